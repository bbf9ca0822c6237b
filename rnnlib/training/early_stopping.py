"""Early stopping: look at held-out data now and then, and remember the best parameters."""

import numpy as np


class EarlyStopping:
    """Looks at held-out data every `every` updates.

    network: what is trained. validation: (x, target, mask), or None to look at nothing.
    patience: after so many looks without a new best, `should_stop` is True; None for never.
    """

    def __init__(self, network, validation, every, patience):
        self.network, self.validation = network, validation
        self.every, self.patience = every, patience
        self.lowest, self.best_params, self.looks_since_best = np.inf, None, 0

    @property
    def should_stop(self):
        """Whether there was no new best for `patience` looks."""
        return self.patience is not None and self.looks_since_best >= self.patience

    def look(self, history):
        """After an update: look at the held-out data if it is time, and write into the history."""
        if self.validation is None or history.updates % self.every:
            return
        loss = self.network.evaluate(*self.validation)[0]
        history.validation.append((history.updates, loss))
        self.looks_since_best += 1
        if loss < self.lowest:
            self.lowest, self.looks_since_best = loss, 0
            self.best_params = self.network.copy_params()
            history.best = history.updates

    def put_back_best(self):
        """With `patience`: give the network the parameters of the best look."""
        if self.patience is not None and self.best_params is not None:
            self.network.set_params(self.best_params)
