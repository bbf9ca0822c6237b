"""Lesson 06: an LSTM that forecasts sunspots, started in three ways, and CO₂, and how long it remembers.

For each series and start the hidden size and the learning rate are chosen by the validation loss, on seeds that are used
for nothing else.
"""

from collections import namedtuple

import numpy as np
import runner

from rnnlib import datasets
from rnnlib.cells import LSTM
from rnnlib.dense import Dense
from rnnlib.losses import mse
from rnnlib.network import Network
from rnnlib.optim import Adam
from rnnlib.training import fit

FILE = "06_forecast.json"
TOLERANCE = 0.2
K = 11  # horizons 1 … 11, all forecast at once
STARTS = {"sunspots": ("forget 1", "forget 3, input −3", "chrono"), "CO₂": ("forget 1",)}
SIZES, RATES, TUNING_SEEDS, SEEDS = (8, 16), (0.002, 0.005, 0.015), (100, 101, 102), range(6)
CHOSEN = {  # see `chosen`
    ("sunspots", "forget 1"): {"H": 16, "rate": 0.005},
    ("sunspots", "forget 3, input −3"): {"H": 16, "rate": 0.005},
    ("sunspots", "chrono"): {"H": 8, "rate": 0.015},
    ("CO₂", "forget 1"): {"H": 16, "rate": 0.005},
}

# value: what is forecast; back: from there to the unit of the series; train, test: the steps at which the validation
# stretch and the held-out end begin; season: its length in steps; years: the dates.
Record = namedtuple("Record", "value back train test season years")
SUN, CO2 = datasets.sunspots(), datasets.co2(fill=True).value.reshape(-1, 4).mean(axis=1)
SERIES = {
    "sunspots": Record(np.sqrt(SUN.value), np.square, 221, 256, 11, SUN.time.astype(float)),
    "CO₂": Record(CO2, np.positive, 342, 428, 13, 1958.24 + np.arange(571) * 28 / 365.25),
}


def changes_of(s):
    """What the LSTM reads: the change at every step, with the mean and the spread of the training stretch taken out."""
    step = np.insert(np.diff(s.value), 0, 0)
    return (step - step[: s.train].mean()) / step[: s.train].std()


def windows(s, start, end):
    """All windows of four seasons between two steps: x (T, B, 1), what the series gains in 1 … K steps, and the mask."""
    T = 4 * s.season
    t = np.arange(start + T - 1, end - K) - np.arange(T)[::-1, None]
    gains = np.stack([s.value[t + h] - s.value[t] for h in range(1, K + 1)], axis=-1)
    counted = np.arange(T)[:, None] >= s.season  # the first season only warms up
    return changes_of(s)[t][..., None], gains, np.broadcast_to(counted, t.shape)


def build(s, start, H, rng):
    """A network with one LSTM and a read-out of K numbers; the longest lag that "chrono" expects is a window."""
    cell = LSTM(1, H, rng=rng, dtype=np.float32)
    if start != "forget 1":
        longest = 4 * s.season
        cell.part("f")["b"][:] = np.log(rng.uniform(1, longest - 1, H)) if start == "chrono" else 3
        cell.part("i")["b"][:] = -cell.part("f")["b"]
    return Network([cell], Dense(H, K, rng=rng, dtype=np.float32), mse)


def train(s, seed, start, H, rate, progress=None):
    """Train on value[:train], stop by value[train:test]. Returns the network, its forecasts (n, K), the validation loss."""
    rng = np.random.default_rng(seed)
    x, gains, mask = windows(s, 1, s.train)
    x_val, gains_val, mask_val = windows(s, s.train - 4 * s.season, s.test)
    scale, centre = gains.std((0, 1)), gains.mean((0, 1))
    network = build(s, start, H, rng)
    validation = (x_val, (gains_val - centre) / scale, mask_val)
    fit(network, (x, (gains - centre) / scale, mask), Adam(rate), epochs=200, batch_size=32, rng=rng, clip=1.0, l2=1e-3,
        validation=validation, validate_every=10, patience=15, progress=progress)  # fmt: skip
    y = network.forward(changes_of(s)[:, None, None]).y[:, 0]
    return network, s.value[:, None] + y * scale + centre, network.evaluate(*validation)[0]


def errors(s, forecast):
    """The error (K,) on the held-out end at each horizon, root mean square, in the unit of the series."""
    result = []
    for h in range(1, K + 1):
        t = np.arange(s.test - h, len(s.value) - h)
        missed = s.back(forecast[t, h - 1]) - s.back(s.value[t + h])
        result.append(float(np.sqrt(np.mean(missed**2))))
    return result


def time_constants(network, s):
    """The median of −1/ln f over the whole series, for each unit, in steps."""
    f = network.forward(changes_of(s)[:, None, None]).layers[0].f[s.season :, 0]
    return np.median(-1 / np.log(np.clip(f, 1e-7, 1 - 1e-7)), axis=0)


def chosen(points):
    """{(series, start): the size and rate with the lowest median validation loss over the tuning seeds}."""

    def loss(arm):
        tried = [
            p["validation"]
            for p in points
            if arm.items() <= p.items() and p["seed"] in TUNING_SEEDS
        ]
        return np.median(tried)

    best = {(n, start): min(arms(n, start), key=loss) for n in SERIES for start in STARTS[n]}
    return {key: {"H": arm["H"], "rate": arm["rate"]} for key, arm in best.items()}


def nudged(network, s, lags=34):
    """What a nudge does later: raise one input by 0.1 and see how far the forecasts move 0 … lags − 1 steps after it.

    The mean over many steps of the nudge, as a share of how far they move at once.
    """
    x, moved = changes_of(s)[:, None, None], np.zeros(lags)
    before = network.forward(x).y[:, 0]
    for t in range(4 * s.season, len(x) - lags, 10):
        other = x.copy()
        other[t] += 0.1
        moved += np.abs(network.forward(other).y[t : t + lags, 0] - before[t : t + lags]).mean(
            axis=1
        )
    return moved / moved[0]


def arms(series, start):
    return [
        {"series": series, "start": start, "H": H, "rate": rate} for H in SIZES for rate in RATES
    ]


def keys():
    pairs = [(n, start) for n in SERIES for start in STARTS[n]]
    tuning = [
        arm | {"seed": seed} for pair in pairs for arm in arms(*pair) for seed in TUNING_SEEDS
    ]
    return tuning + [
        {"series": n, "start": start} | CHOSEN[n, start] | {"seed": s}
        for n, start in pairs
        for s in SEEDS
    ]


def point(series, start, H, rate, seed, progress=None):
    """The validation loss; for the seeds of the verdict also held-out errors, sorted time constants, a nudge's effect."""
    s = SERIES[series]
    network, forecast, validation = train(s, seed, start, H, rate, progress)
    if seed in TUNING_SEEDS:
        return {"validation": validation}
    tau = np.sort(time_constants(network, s))
    return {
        "validation": validation,
        "error": errors(s, forecast),
        "tau": tau,
        "nudged": nudged(network, s),
    }


if __name__ == "__main__":
    runner.main(__file__)
