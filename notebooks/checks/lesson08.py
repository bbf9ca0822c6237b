"""Lesson 08: the right answers to the exercises, and hints for typical wrong ones."""

import numpy as np

from rnnlib.lesson import Exercise

rng = np.random.default_rng(8)


def normalised(source=lambda train, test: train, own=False, axis=0, guard=True, centre=True):
    def scaled(x, known):
        mean, std = known.mean(axis=axis, keepdims=True), known.std(axis=axis, keepdims=True)
        std = np.where(std == 0, 1.0 if guard else 1e-8, std)
        return (x - mean * centre) / std

    def answer(x_train, x_test):
        known = source(x_train, x_test)
        return scaled(x_train, known), scaled(x_test, x_test if own else known)

    return answer


def stopping(count=lambda epoch, best: epoch - best, first=1, keep_best=True, than_last=False):
    def answer(losses, patience):
        best = 1
        for epoch, loss in enumerate(losses, start=1):
            lowest = losses[epoch - 2] if than_last and epoch > 1 else losses[best - 1]
            best = epoch if loss < lowest else best
            if count(epoch, best) >= patience:
                break
        return (best if keep_best else epoch) + first - 1, epoch + first - 1

    return answer


def softsign(slope=lambda h: (1 - np.abs(h)) ** 2, penalty=1.0, back=lambda U, da: U.T @ da):
    def answer(dh, h, x, h_prev, W, U, lam):
        da = dh * slope(h)
        dW, dU = np.outer(da, x) + penalty * lam * W, np.outer(da, h_prev) + penalty * lam * U
        return da, dW, dU, da, back(U, da)

    return answer


def updates(fresh=True, forget=lambda keep: 1 - keep, root=np.sqrt, ahead=True):
    def answer(d, s, v, rate, keep):
        grown, faded = (s + d**2, keep * s + forget(keep) * d**2) if fresh else (s, s)
        moving = keep * v + d
        return (
            rate * d / root(grown),
            rate * d / root(faded),
            rate * (d + keep * moving if ahead else moving),
        )

    return answer


x_train = rng.normal(3, 2, (9, 4))
x_train[:, 2] = 0.5
TABLES = [(x_train, rng.normal(2, 3, (5, 4))), (rng.normal(size=(6, 3)), rng.normal(size=(4, 3)))]
CURVES = [
    (np.array([3.0, 2.0, 1.5, 1.7, 1.6, 1.4, 1.8, 1.7, 1.65, 1.9, 1.0]), 3),
    (np.array([2.0, 1.0, 1.2, 0.9]), 2),
    (np.array([1.0, 1.3, 1.2, 1.1, 0.5]), 2),
]
STEPS = [
    (
        rng.normal(size=3),
        rng.uniform(-0.9, 0.9, 3),
        rng.normal(size=2),
        rng.normal(size=3),
        rng.normal(size=(3, 2)),
        rng.normal(size=(3, 3)),
        lam,
    )
    for lam in (0.3, 0.05)
]
MEMORIES = [
    (rng.normal(size=4), rng.uniform(0.5, 2, 4), rng.normal(size=4), 0.1, keep)
    for keep in (0.9, 0.7)
]

EXERCISES = {
    "8.1": Exercise(
        terms=("x_train", "x_test"),
        answer=normalised(),
        cases=TABLES,
        hint=(
            "Compute one mean and one standard deviation for each feature (axis 0), from the "
            "training rows alone. Use them for both tables."
        ),
        mistakes={
            (
                "You looked at the test set. Its numbers went into the mean and the spread."
            ): normalised(lambda train, test: np.concatenate([train, test])),
            (
                "You scaled the test set by its own numbers. "
                "The network learned with those of the training set."
            ): normalised(own=True),
            (
                "You computed one mean for each example. Examples are rows, so average over axis 0."
            ): normalised(own=True, axis=1),
            (
                "You divided a feature that never varies by almost nothing. Leave its spread at 1."
            ): normalised(guard=False),
            "You did not subtract the mean.": normalised(centre=False),
        },
    ),
    "8.2": Exercise(
        terms=("best", "stopped"),
        answer=stopping(),
        cases=CURVES,
        hint=(
            "best is the epoch of the lowest loss so far. "
            "Stop as soon as epoch − best reaches the patience."
        ),
        mistakes={
            "Epochs count from 1 here. You counted from 0.": stopping(first=0),
            "The weights to put back are those of the lowest loss, not the last ones.": stopping(
                keep_best=False
            ),
            (
                "You waited one epoch too long. Stop when epoch − best reaches the patience."
            ): stopping(lambda epoch, best: epoch - best - 1),
            (
                "Compare with the lowest loss so far, not with the loss of the epoch before."
            ): stopping(than_last=True),
        },
    ),
    "8.3": Exercise(
        terms=("da", "dW", "dU", "db", "dh_prev"),
        answer=softsign(),
        cases=STEPS,
        hint=(
            "First compute da = dh φ′. "
            "Then dW = da xᵀ + λW, dU = da h_prevᵀ + λU and db = da. "
            "The step before gets dh_prev = Uᵀ da."
        ),
        mistakes={
            "You used the slope of tanh, 1 − h². The slope of softsign is (1 − |h|)².": softsign(
                lambda h: 1 - h**2
            ),
            (
                "1/(1 + |a|)² needs a, and you gave it h. Written with h, the slope is (1 − |h|)²."
            ): softsign(lambda h: 1 / (1 + np.abs(h)) ** 2),
            "The square is missing. The slope of softsign is (1 − |h|)².": softsign(
                lambda h: 1 - np.abs(h)
            ),
            "The penalty is missing. Add λW to dW and λU to dU.": softsign(penalty=0.0),
            "The penalty is λ/2 times the squares, so its gradient is λW, not 2λW.": softsign(
                penalty=2.0
            ),
            "U must be transposed on the way back.": softsign(back=lambda U, da: U @ da),
        },
    ),
    "8.4": Exercise(
        terms=("adagrad", "rmsprop", "nesterov"),
        answer=updates(),
        cases=MEMORIES,
        hint=(
            "AdaGrad adds d² to s. RMSProp takes ρ s + (1 − ρ) d². "
            "Nesterov subtracts η (d + μ v) with the new v."
        ),
        mistakes={
            "The memory must take in the new gradient before it is used.": updates(fresh=False),
            "RMSProp multiplies the new part by 1 − ρ, so that the memory is a mean.": updates(
                forget=lambda keep: 1.0
            ),
            "Divide by the root of s, not by s.": updates(root=lambda s: s),
            (
                "You gave plain momentum, η v. "
                "Nesterov looks one step ahead and subtracts η (d + μ v)."
            ): updates(ahead=False),
        },
    ),
}
