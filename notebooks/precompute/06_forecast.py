"""Lesson 06: an LSTM that forecasts sunspots or CO₂, and how long it remembers.

For sunspots it is started in three ways. For each series and start, the hidden size and the
learning rate are chosen by the validation loss. The seeds of these tuning runs are used for nothing
else.
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
SIZES = (8, 16)
RATES = (0.002, 0.005, 0.015)
TUNING_SEEDS = (100, 101, 102)
SEEDS = range(6)
CHOSEN = {  # see `chosen`
    ("sunspots", "forget 1"): {"H": 16, "rate": 0.005},
    ("sunspots", "forget 3, input −3"): {"H": 16, "rate": 0.005},
    ("sunspots", "chrono"): {"H": 8, "rate": 0.015},
    ("CO₂", "forget 1"): {"H": 16, "rate": 0.005},
}

# value   the numbers that are forecast
# back    the function that turns them into the unit of the series
# train   the step at which training data end and validation data begin
# test    the step at which validation data end and held-out data begin
# season  the length of a season in steps
# years   the date of every step
Record = namedtuple("Record", "value back train test season years")
SUN = datasets.sunspots()
CO2 = datasets.co2(fill=True).value.reshape(-1, 4).mean(axis=1)
SERIES = {
    "sunspots": Record(np.sqrt(SUN.value), np.square, 221, 256, 11, SUN.time.astype(float)),
    "CO₂": Record(CO2, np.positive, 342, 428, 13, 1958.24 + np.arange(571) * 28 / 365.25),
}


def changes_of(s):
    """The LSTM's input: the change at every step, standardised.

    The mean and the standard deviation come from the training data.
    """
    step = np.insert(np.diff(s.value), 0, 0)
    return (step - step[: s.train].mean()) / step[: s.train].std()


def windows(s, start, end):
    """All windows of four seasons between two steps.

    Returns the inputs (T, B, 1), how much the series grows in 1 … K steps (T, B, K), and the mask.
    """
    T = 4 * s.season
    t = np.arange(start + T - 1, end - K) - np.arange(T)[::-1, None]
    gains = np.stack([s.value[t + h] - s.value[t] for h in range(1, K + 1)], axis=-1)
    counted = np.arange(T)[:, None] >= s.season  # the first season only warms up
    return changes_of(s)[t][..., None], gains, np.broadcast_to(counted, t.shape)


def build(s, start, H, rng):
    """A network with one LSTM and a read-out of K numbers.

    The start "chrono" expects lags up to the length of a window.
    """
    cell = LSTM(1, H, rng=rng, dtype=np.float32)
    if start != "forget 1":
        longest = 4 * s.season
        cell.part("f")["b"][:] = np.log(rng.uniform(1, longest - 1, H)) if start == "chrono" else 3
        cell.part("i")["b"][:] = -cell.part("f")["b"]
    return Network([cell], Dense(H, K, rng=rng, dtype=np.float32), mse)


def standard(gains):
    """The standard deviation and the mean of the training gains at each horizon, (K,) both."""
    return gains.std((0, 1)), gains.mean((0, 1))


def train(s, seed, start, H, rate, progress=None):
    """Train on value[:train] and choose the moment to stop by value[train:test].

    Returns the network, its forecasts (n, K) and the validation loss.
    """
    rng = np.random.default_rng(seed)
    x, gains, mask = windows(s, 1, s.train)
    x_val, gains_val, mask_val = windows(s, s.train - 4 * s.season, s.test)
    scale, centre = standard(gains)
    network = build(s, start, H, rng)
    validation = (x_val, (gains_val - centre) / scale, mask_val)
    fit(
        network,
        (x, (gains - centre) / scale, mask),
        Adam(rate),
        epochs=200,
        batch_size=32,
        rng=rng,
        clip=1.0,
        l2=1e-3,
        validation=validation,
        validate_every=10,
        patience=15,
        progress=progress,
    )
    return network, forecasts(network, s), network.evaluate(*validation)[0]


def forecasts(network, s):
    """What a trained network forecasts at each step for the next K steps, (n, K)."""
    scale, centre = standard(windows(s, 1, s.train)[1])
    y = network.forward(changes_of(s)[:, None, None]).y[:, 0]
    return s.value[:, None] + y * scale + centre


def errors(s, forecast):
    """The root mean square error (K,) on the held-out data at each horizon.

    It has the unit of the series.
    """
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
    """{(series, start): the hidden size and the rate that do best over the tuning seeds}.

    The best pair has the lowest median validation loss.
    """
    tuning = [p for p in points if p["seed"] in TUNING_SEEDS]

    def loss(arm):
        return np.median([p["validation"] for p in tuning if arm.items() <= p.items()])

    best = {(n, start): min(arms(n, start), key=loss) for n in SERIES for start in STARTS[n]}
    return {key: {"H": arm["H"], "rate": arm["rate"]} for key, arm in best.items()}


def nudged(network, s, lags=34):
    """How much the forecasts change 0 … lags − 1 steps after one input is raised by 0.1.

    Returns the mean over many positions of that input, relative to the change at lag 0.
    """
    x, moved = changes_of(s)[:, None, None], np.zeros(lags)
    before = network.forward(x).y[:, 0]
    for t in range(4 * s.season, len(x) - lags, 10):
        other = x.copy()
        other[t] += 0.1
        after = network.forward(other).y[:, 0]
        moved += np.abs(after[t : t + lags] - before[t : t + lags]).mean(axis=1)
    return moved / moved[0]


def arms(series, start):
    """All pairs of a hidden size and a learning rate that are tried."""
    pairs = [(H, rate) for H in SIZES for rate in RATES]
    return [{"series": series, "start": start, "H": H, "rate": rate} for H, rate in pairs]


def keys():
    pairs = [(n, start) for n in SERIES for start in STARTS[n]]
    tuning, runs = [], []
    for series, start in pairs:
        for arm in arms(series, start):
            tuning += [arm | {"seed": seed} for seed in TUNING_SEEDS]
        best = {"series": series, "start": start} | CHOSEN[series, start]
        runs += [best | {"seed": seed} for seed in SEEDS]
    return tuning + runs


def point(series, start, H, rate, seed, progress=None):
    """The validation loss. The seeds that are not for tuning are measured further.

    error: the errors on the held-out data.
    tau: the sorted time constants.
    nudged: how much the forecasts change after one input is raised.
    """
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
