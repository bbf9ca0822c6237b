"""Lesson 10: an LSTM's last state against attention over all its states, asked for one of n items.

For each task and each n, each kind of network tries three learning rates on seed 100. The best rate
stands in CHOSEN and is used on five other seeds. A network gets at most UPDATES updates. Its
answers are judged after every LOOK updates, and it stops when over 99 % are right twice in a row.
Two runs of the larger network get twice as many updates, to see whether it only lacked time. With
eight items there is only the network that the lesson's bench shows.
"""

from types import SimpleNamespace

import numpy as np

from rnnlib.cells import LSTM
from rnnlib.dense import Dense
from rnnlib.losses import cross_entropy, softmax
from rnnlib.network import Network
from rnnlib.optim import Adam
from rnnlib.training import fit

FILE = "10_recall.json"
TOLERANCE = 0.15  # of an accuracy
KEYS, VALUES, UPDATES, LOOK = 16, 8, 2000, 250
TASKS, ITEMS = ("by key", "by place"), (2, 16)
KINDS = {"last state, H = 32": 32, "last state, H = 64": 64, "attention, H = 32": 32}
RATES, TUNING_SEED, SEEDS = (0.01, 0.02, 0.04), 100, range(5)
CHOSEN = {
    ("by key", 2, "last state, H = 32"): 0.04,
    ("by key", 2, "last state, H = 64"): 0.04,
    ("by key", 2, "attention, H = 32"): 0.02,
    ("by key", 16, "last state, H = 32"): 0.04,
    ("by key", 16, "last state, H = 64"): 0.04,
    ("by key", 16, "attention, H = 32"): 0.04,
    ("by place", 2, "last state, H = 32"): 0.01,
    ("by place", 2, "last state, H = 64"): 0.01,
    ("by place", 2, "attention, H = 32"): 0.01,
    ("by place", 16, "last state, H = 32"): 0.02,
    ("by place", 16, "last state, H = 64"): 0.04,
    ("by place", 16, "attention, H = 32"): 0.02,
    ("by place", 8, "attention, H = 32"): 0.02,
}
LONGER = [(task, 16, "last state, H = 64") for task in TASKS]


class Attention:
    """A read-out that looks at all hidden states. It takes the place of Dense.

    It answers at the last step only:

    q = A h_T,  s_t = h_t·q/√H,  a = softmax(s),  m = Σ_t a_t h_t,  y_T = V (h_T, m) + b

    Here t runs from 1 to T − 1.
    """

    def __init__(self, H, K, *, rng, dtype=np.float32):
        self.input_size = H
        self.params = {
            "A": rng.normal(size=(H, H)).astype(dtype) / dtype(np.sqrt(H)),
            "V": rng.normal(size=(K, 2 * H)).astype(dtype) / dtype(np.sqrt(2 * H)),
            "b": np.zeros(K, dtype),
        }

    def forward(self, h):
        """The output for hidden states h (T, B, H).

        Returns a trace with a (T − 1, B) and m (B, H). Its h is the output y (T, B, K), because a
        network expects it under this name. y is 0 before step T.
        """
        A, V, b = self.params.values()
        states, q = h[:-1], h[-1] @ A.T
        a = softmax(np.einsum("tbh,bh->tb", states, q).T / np.sqrt(h.shape[2]).astype(h.dtype)).T
        m = np.einsum("tb,tbh->bh", a, states)
        both = np.concatenate([h[-1], m], axis=1)
        y = np.zeros((*h.shape[:2], len(b)), h.dtype)
        y[-1] = both @ V.T + b
        return SimpleNamespace(h=y, states=h, q=q, a=a, m=m, both=both)

    def backward(self, trace, dy):
        """Gradients of the parameters and of every hidden state, for dy (T, B, K)."""
        A, V, _ = self.params.values()
        states, last, H = trace.states[:-1], trace.states[-1], trace.states.shape[2]
        dboth = dy[-1] @ V
        dm = dboth[:, H:]
        da = np.einsum("tbh,bh->tb", states, dm)
        ds = trace.a * (da - (trace.a * da).sum(axis=0)) / np.sqrt(H).astype(dy.dtype)
        dq = np.einsum("tb,tbh->bh", ds, states)
        dh = np.empty_like(trace.states)
        dh[:-1] = trace.a[..., None] * dm + ds[..., None] * trace.q
        dh[-1] = dboth[:, :H] + dq @ A
        params = {"A": dq.T @ last, "V": dy[-1].T @ trace.both, "b": dy[-1].sum(axis=0)}
        return SimpleNamespace(params=params, x=dh)


def items(task, n, B, rng):
    """B sequences of n items, followed by a question for one of them.

    by key: an item is a key and a value, and the question is a key.
    by place: an item is a value, and the question is a place from 1 to n.

    Returns (x, target, mask), where x has the shape (n + 1, B, 24). Only the last step counts.
    """
    keys = rng.permuted(np.tile(np.arange(KEYS), (B, 1)), axis=1)[:, :n].T
    values, asked = rng.integers(0, VALUES, (n, B)), rng.integers(0, n, B)
    x = np.zeros((n + 1, B, KEYS + VALUES), np.float32)
    step, b = np.arange(n)[:, None], np.arange(B)
    x[step, b, KEYS + values] = 1
    if task == "by key":
        x[step, b, keys] = 1
    x[n, b, keys[asked, b] if task == "by key" else asked] = 1
    target = np.zeros((n + 1, B), int)
    target[n] = values[asked, b]
    mask = np.zeros(target.shape, bool)
    mask[n] = True
    return x, target, mask


def build(kind, rng):
    """The network of that kind: an LSTM, and a read-out of its last state or of all."""
    H = KINDS[kind]
    Readout = Attention if kind.startswith("attention") else Dense
    readout = Readout(H, VALUES, rng=rng, dtype=np.float32)  # its weights are drawn first
    lstm = LSTM(KEYS + VALUES, H, rng=rng, dtype=np.float32)
    return Network([lstm], readout, cross_entropy)


def right(network, data):
    """The share of answers that are right."""
    x, target, _ = data
    return float((network.forward(x).y[-1].argmax(axis=-1) == target[-1]).mean())


def train(task, n, kind, seed, rate, updates=UPDATES, progress=None):
    """Train one network until over 99 % of its answers are right twice in a row.

    Returns the network and the share of right answers after every LOOK updates. It is measured on
    1,000 fresh sequences.
    """
    rng = np.random.default_rng(seed)
    network = build(kind, rng)
    fresh = items(task, n, 1000, np.random.default_rng(99))
    looks = []

    def look(history):
        if len(history.loss) % LOOK == 0:
            looks.append(right(network, fresh))
        return len(looks) > 1 and min(looks[-2:]) > 0.99

    fit(
        network,
        lambda rng: items(task, n, 64, rng),
        Adam(rate),
        updates=updates,
        rng=rng,
        clip=1.0,
        until=look,
        progress=progress,
    )
    return network, looks


def keys():
    names = "task", "n", "kind", "seed", "rate", "updates"
    tuning = [(*arm, TUNING_SEED, rate, UPDATES) for arm in CHOSEN for rate in RATES]
    verdict = [(*arm, seed, CHOSEN[arm], UPDATES) for arm in CHOSEN for seed in SEEDS]
    longer = [(*arm, TUNING_SEED, CHOSEN[arm], 2 * UPDATES) for arm in LONGER]
    return [dict(zip(names, key)) for key in tuning + verdict + longer]


def best_rate(tuned):
    """The best learning rate among the points of one arm.

    Its last two measurements have the highest share of right answers. All shares over 99 % count as
    equally good, and then the network that reached them first is the best.
    """

    def order(p):
        share = np.mean(p["right"][-2:])
        return -min(share, 0.99), len(p["right"])

    return min(tuned, key=order)["rate"]


def point(task, n, kind, seed, rate, updates=UPDATES):
    """Train once. Returns the number of weights and the share of right answers at each look."""
    network, looks = train(task, n, kind, seed, rate, updates)
    return {"weights": sum(p.size for p in network.params.values()), "right": looks}


if __name__ == "__main__":
    import runner

    runner.main(__file__)
