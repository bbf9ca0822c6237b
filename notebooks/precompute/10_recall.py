"""Lesson 10: an LSTM's last state against attention over all its states, asked for one of n items, over seeds."""

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
KEYS, VALUES, UPDATES, LOOK = 16, 8, 6000, 250
KINDS = {"last state, H = 32": 32, "last state, H = 64": 64, "attention, H = 32": 32}


class Attention:
    """A read-out that looks at all hidden states: used in place of Dense, it answers at the last step only.

    q = A h_T,  s_t = h_t·q/√H,  a = softmax(s),  m = Σ_t a_t h_t,  y_T = V (h_T, m) + b,  t = 1 … T − 1."""

    def __init__(self, H, K, *, rng, dtype=np.float32):
        self.input_size = H
        self.params = {"A": rng.normal(size=(H, H)).astype(dtype) / dtype(np.sqrt(H)),
                       "V": rng.normal(size=(K, 2 * H)).astype(dtype) / dtype(np.sqrt(2 * H)), "b": np.zeros(K, dtype)}

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
        return SimpleNamespace(params={"A": dq.T @ last, "V": dy[-1].T @ trace.both, "b": dy[-1].sum(axis=0)}, x=dh)


def items(task, n, B, rng):
    """(x, target, mask): n items, then a question for one of them, answered at the last step; x (n + 1, B, 24).

    recall: each item is a key and a value, the question a key. copy: items are values, the question a place, 1 to n."""
    keys = rng.permuted(np.tile(np.arange(KEYS), (B, 1)), axis=1)[:, :n].T
    values, asked = rng.integers(0, VALUES, (n, B)), rng.integers(0, n, B)
    x, step, b = np.zeros((n + 1, B, KEYS + VALUES), np.float32), np.arange(n)[:, None], np.arange(B)
    x[step, b, KEYS + values] = 1
    if task == "recall":
        x[step, b, keys] = 1
    x[n, b, keys[asked, b] if task == "recall" else asked] = 1
    target = np.zeros((n + 1, B), int)
    target[n] = values[asked, b]
    mask = np.zeros(target.shape, bool)
    mask[n] = True
    return x, target, mask


def build(kind, rng):
    """The network of that kind: an LSTM, and a read-out of its last state or of all."""
    H = KINDS[kind]
    readout = (Attention if kind.startswith("attention") else Dense)(H, VALUES, rng=rng, dtype=np.float32)
    return Network([LSTM(KEYS + VALUES, H, rng=rng, dtype=np.float32)], readout, cross_entropy)


def right(network, data):
    """The share of answers that are right."""
    x, target, _ = data
    return float((network.forward(x).y[-1].argmax(axis=-1) == target[-1]).mean())


def train(task, n, kind, seed, updates=UPDATES, progress=None):
    """(the network, [share right of 1,000 fresh sequences after each LOOK updates])."""
    rng = np.random.default_rng(seed)
    network, fresh, looks = build(kind, rng), items(task, n, 1000, np.random.default_rng(99)), []

    def look(history):
        if len(history.loss) % LOOK == 0:
            looks.append(right(network, fresh))

    fit(network, lambda rng: items(task, n, 64, rng), Adam(0.005), updates=updates, rng=rng, clip=1.0, until=look,
        progress=progress)
    return network, looks


def keys():
    return [{"task": task, "n": n, "kind": kind, "seed": seed}
            for task in ("recall", "copy") for n in (2, 4, 8, 16) for kind in KINDS for seed in range(5)]


def point(task, n, kind, seed):
    network, looks = train(task, n, kind, seed)
    return {"weights": sum(p.size for p in network.params.values()), "right": looks}


if __name__ == "__main__":
    import runner

    runner.main(__file__)
