"""The bug clinic of lessons 03 and 05b.

Seven patients have a backward pass with one faulty line, and one has a faulty forward pass.
Every line carries a number, so that an answer can point at it.
"""

import numpy as np

from rnnlib.gradcheck import numerical, relative_error

RNN_BACKWARD = """\
 1  later = np.zeros(H)
 2  for t in range(T, 0, -1):
 3      dh = e[t - 1] + later
 4      da = dh * (1 - h[t] ** 2)
 5      dW += np.outer(da, x[t - 1])
 6      dU += np.outer(da, h[t - 1])
 7      db += da
 8      later = U.T @ da
"""

IN_PLACE = """\
 1  later = np.zeros(H)
 2  for t in range(T, 0, -1):
 3      dh = e[t - 1] + later
 4      da = dh * (1 - h[t] ** 2)
 5      later = np.matmul(U.T, da, out=da)
 6      dW += np.outer(da, x[t - 1])
 7      dU += np.outer(da, h[t - 1])
 8      db += da
"""

LSTM_BACKWARD = """\
 1  dh_next, dc_next = np.zeros(H), np.zeros(H)
 2  for t in range(T, 0, -1):
 3      dh = e[t - 1] + dh_next
 4      dc = dc_next + dh * o[t] * (1 - np.tanh(c[t]) ** 2)
 5      da_i = dc * g[t] * i[t] * (1 - i[t])
 6      da_f = dc * c[t - 1] * f[t] * (1 - f[t])
 7      da_o = dh * np.tanh(c[t]) * o[t] * (1 - o[t])
 8      da_g = dc * i[t] * (1 - g[t] ** 2)
 9      da = np.concatenate([da_i, da_f, da_o, da_g])
10      dW += np.outer(da, x[t - 1])
11      dU += np.outer(da, h[t - 1])
12      db_i, db_f, db_o, db_g = db_i + da_i, db_f + da_f, db_o + da_o, db_g + da_g
13      dh_next = U.T @ da
14      dc_next = dc * f[t]
"""

RNN_FORWARD = """\
 1  h[0] = h0
 2  for t in range(1, T + 1):
 3      h[t] = np.tanh(W @ x[t - 1] + U @ h[t - 1] + b)
"""

LSTM_FORWARD = """\
 1  for t in range(1, T + 1):
 2      a = W @ x[t - 1] + U @ h[t - 1] + np.concatenate([b_i, b_f, b_o, b_g])
 3      i[t], f[t], o[t] = (1 / (1 + np.exp(-a[k * H : (k + 1) * H])) for k in range(3))
 4      g[t] = np.tanh(a[3 * H :])
 5      c[t] = f[t] * c[t - 1] + i[t] * g[t]
 6      h[t] = o[t] * np.tanh(c[t])
"""


def swap(source, old, new):
    assert source.count(old) == 1, old
    return source.replace(old, new)


# Lines that mean the same. With them, the three patients of lesson 05b differ in more lines than
# the faulty ones, so that comparing the listings with each other does not find the fault.
SAME_MEANING = {
    "F": {
        "dh * np.tanh(c[t]) * o[t] * (1 - o[t])": "o[t] * (1 - o[t]) * np.tanh(c[t]) * dh",
        "dU += np.outer(da, h[t - 1])": "dU += da[:, None] * h[t - 1]",
    },
    "G": {
        "dc * g[t] * i[t] * (1 - i[t])": "i[t] * (1 - i[t]) * g[t] * dc",
        "dc * i[t] * (1 - g[t] ** 2)": "(1 - g[t] ** 2) * i[t] * dc",
        "dh_next = U.T @ da": "dh_next = da @ U",
    },
    "J": {
        "dc_next + dh * o[t] * (1 - np.tanh(c[t]) ** 2)": (
            "dh * o[t] / np.cosh(c[t]) ** 2 + dc_next"
        ),
        "dc * c[t - 1] * f[t] * (1 - f[t])": "f[t] * (1 - f[t]) * c[t - 1] * dc",
        "dc_next = dc * f[t]": "dc_next = f[t] * dc",
    },
}


def written_otherwise(name):
    """The right backward pass of the LSTM, with some lines written in another way."""
    source = LSTM_BACKWARD
    for old, new in SAME_MEANING[name].items():
        source = swap(source, old, new)
    return source


PATIENTS = {  # the forward pass, the backward pass, and the line that is at fault
    # Lesson 03: simple RNNs. In E the forward pass is at fault.
    "A": (RNN_FORWARD, IN_PLACE, 5),
    "B": (RNN_FORWARD, swap(RNN_BACKWARD, "np.outer(da, h[t - 1])", "np.outer(da, h[t])"), 6),
    "C": (RNN_FORWARD, swap(RNN_BACKWARD, "dh = e[t - 1] + later", "dh = e[t - 1]"), 3),
    "D": (RNN_FORWARD, swap(RNN_BACKWARD, "U.T @ da", "U @ da"), 8),
    "E": (swap(RNN_FORWARD, "U @ h[t - 1]", "U @ h[max(t - 2, 0)]"), None, 3),
    # Lesson 05b: LSTMs.
    "F": (
        LSTM_FORWARD,
        swap(written_otherwise("F"), "db_f + da_f, db_o + da_o", "db_f + da_i, db_o + da_o"),
        12,
    ),
    "G": (LSTM_FORWARD, swap(written_otherwise("G"), "dc = dc_next + dh", "dc = dh"), 4),
    "J": (
        LSTM_FORWARD,
        swap(written_otherwise("J"), "np.tanh(c[t]) * o[t] * (1 - o[t])", "np.tanh(c[t])"),
        7,
    ),
}
BACKWARD_E = """\
 1  for t in range(T, 0, -1):
 2      da = (e[t - 1] + dh[t]) * (1 - h[t] ** 2)
 3      dW += np.outer(da, x[t - 1])
 4      dU += np.outer(da, h[max(t - 2, 0)])
 5      db += da
 6      dh[max(t - 2, 0)] += U.T @ da
"""


def bare(source):
    """The source without its line numbers."""
    return "\n".join(line[4:] for line in source.splitlines())


def _run(name, given, what):
    forward, backward, _ = PATIENTS[name]
    space = {"np": np, **given}
    T, H = len(given["x"]), len(given["h0"])
    space |= {"T": T, "H": H, "h": np.zeros((T + 1, H))}
    space |= {k: np.zeros((T + 1, H)) for k in "ifogc"} | {"dh": np.zeros((T + 1, H))}
    space["h"][0], space["c"][0] = given["h0"], given["c0"]
    exec(bare(forward), space)
    if what == "backward":
        space |= {f"d{k}": np.zeros_like(v) for k, v in given.items() if k[0] in "WUb"}
        space["e"] = given["e"].copy()
        exec(bare(backward or BACKWARD_E), space)
    return space


def examine(name, steps=4, units=3, seed=3):
    """{gradient: relative error} of a patient on random numbers.

    The reference is the slope that differences of the patient's own forward pass give.
    """
    rng = np.random.default_rng(seed)
    T, D, H = steps, 2, units
    lstm = PATIENTS[name][0] is LSTM_FORWARD
    rows, biases = (4 * H, ("b_i", "b_f", "b_o", "b_g")) if lstm else (H, ("b",))
    given = {
        "x": rng.normal(size=(T, D)),
        "W": rng.normal(size=(rows, D)) / 2,
        "U": rng.normal(size=(rows, H)) / 2,
    }
    given |= {b: rng.normal(size=H) / 2 for b in biases}
    given |= {
        "h0": rng.normal(size=H) / 2,
        "c0": rng.normal(size=H) / 2,
        "e": rng.normal(size=(T, H)),
    }
    claimed = _run(name, given, "backward")
    weights = {k: given[k] for k in ("W", "U", *biases)}
    slopes = numerical(lambda: (given["e"] * _run(name, given, "forward")["h"][1:]).sum(), weights)
    return {f"d{k}": relative_error(claimed[f"d{k}"], slopes[k]) for k in weights}


def report(name, **sizes):
    """One line for a patient: the relative error of each gradient, and a word on it.

    The word is "ok" if the error is below 1e-7, and "WRONG" otherwise.
    """
    errors = examine(name, **sizes)
    words = [
        f"{gradient} ≈ {error:.0e} {'ok' if error < 1e-7 else 'WRONG'}"
        for gradient, error in errors.items()
    ]
    return f"patient {name}:  " + "   ".join(words)


def _shown(name):
    forward, backward, _ = PATIENTS[name]
    if name == "E":
        return f"patient E, forward pass\n{forward}"
    cell = "RNN" if forward is RNN_FORWARD else "LSTM"
    return f"patient {name}, backward pass of an {cell}\n{backward}"


SOURCES = {name: _shown(name) for name in PATIENTS}
