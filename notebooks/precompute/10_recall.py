"""Lesson 10: an LSTM's last state against attention over all its states, asked for one of n items.

Each kind of network gets three learning rates for each task and each n, tried on seed 100. The best of them is written into
CHOSEN and then used on five other seeds. Every network has at most UPDATES updates; one that answers over 99 % right at two
looks in a row is done and stops. Two runs of the larger network go on for twice as long, to see whether time was what it
lacked. With eight items there is only the network that the lesson's bench shows.
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
    """A read-out that looks at all hidden states: used in place of Dense, it answers at the last step only.

    q = A h_T,  s_t = h_t·q/√H,  a = softmax(s),  m = Σ_t a_t h_t,  y_T = V (h_T, m) + b,  t = 1 … T − 1."""

    def __init__(self, H, K, *, rng, dtype=np.float32):
        self.input_size = H
        self.params = {
            "A": rng.normal(size=(H, H)).astype(dtype) / dtype(np.sqrt(H)),
            "V": rng.normal(size=(K, 2 * H)).astype(dtype) / dtype(np.sqrt(2 * H)),
            "b": np.zeros(K, dtype),
        }

    def forward(self, h):
        """h (T, B, H) -> a trace with a (T − 1, B), m (B, H) and h, here the output y (T, B, K), zero before step T."""
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
        return SimpleNamespace(
            params={"A": dq.T @ last, "V": dy[-1].T @ trace.both, "b": dy[-1].sum(axis=0)}, x=dh
        )


def items(task, n, B, rng):
    """(x, target, mask): n items, then a question for one of them, answered at the last step; x (n + 1, B, 24).

    by key: each item is a key and a value, the question a key. by place: items are values, the question a place, 1 to n."""
    keys = rng.permuted(np.tile(np.arange(KEYS), (B, 1)), axis=1)[:, :n].T
    values, asked = rng.integers(0, VALUES, (n, B)), rng.integers(0, n, B)
    x, step, b = (
        np.zeros((n + 1, B, KEYS + VALUES), np.float32),
        np.arange(n)[:, None],
        np.arange(B),
    )
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
    readout = (Attention if kind.startswith("attention") else Dense)(
        H, VALUES, rng=rng, dtype=np.float32
    )
    return Network([LSTM(KEYS + VALUES, H, rng=rng, dtype=np.float32)], readout, cross_entropy)


def right(network, data):
    """The share of answers that are right."""
    x, target, _ = data
    return float((network.forward(x).y[-1].argmax(axis=-1) == target[-1]).mean())


def train(task, n, kind, seed, rate, updates=UPDATES, progress=None):
    """(the network, [share right of 1,000 fresh sequences after each LOOK updates]); it stops after two looks over 99 %."""
    rng = np.random.default_rng(seed)
    network, fresh, looks = build(kind, rng), items(task, n, 1000, np.random.default_rng(99)), []

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
    """The best of the points of one arm: most right at the last two looks; among several over 99 %, the soonest there."""
    return min(tuned, key=lambda p: (-min(np.mean(p["right"][-2:]), 0.99), len(p["right"])))["rate"]


def point(task, n, kind, seed, rate, updates=UPDATES):
    network, looks = train(task, n, kind, seed, rate, updates)
    return {"weights": sum(p.size for p in network.params.values()), "right": looks}


if __name__ == "__main__":
    import runner

    runner.main(__file__)
