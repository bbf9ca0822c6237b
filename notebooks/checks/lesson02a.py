"""Lesson 02a: the right answers to the exercises, and hints for typical wrong ones."""

import numpy as np

from rnnlib.lesson import Exercise

rng = np.random.default_rng(2)


# Exercise 2a.1


def run(carry=True, start=True, transposed=False, phi=np.tanh, bias=True, offset=True, late=False):
    """Forward through time. The arguments put a typical mistake into it."""

    def forward_through_time(x, h0, W, U, b, V, c):
        h = h0 if start else 0 * h0
        first, states, outputs = h, [], []
        for x_t in x:
            before = h
            past = h if carry else first
            h = phi(W @ x_t + (U.T if transposed else U) @ past + bias * b)
            states.append(h)
            outputs.append(V @ (before if late else h) + offset * c)
        return np.array(states), np.array(outputs)

    return forward_through_time


def one_run(T, D, H, K):
    """x, h0, W, U, b, V and c for a network of these sizes."""
    shapes = ((T, D), (H,), (H, D), (H, H), (H,), (K, H), (K,))
    return tuple(rng.normal(size=shape) for shape in shapes)


# Exercise 2a.2

NOT_HELD = (
    "The unit forgets the first input. The curve must cross the diagonal three times, "
    "so choose u above 1."
)
NOISY = (
    "The noise alone throws the unit out of its state. The noise is multiplied by w, too, "
    "and w is too large for this u."
)
NOT_FLIPPED = (
    "The second input cannot flip the unit. Either w is too small for this u, "
    "or b pushes towards the wrong side."
)
BARELY_FLIPPED = (
    "The second input only just flips the unit. The state should be below −0.5 right after it. "
    "Choose a larger w."
)
NOT_TAKEN = "The state should be above 0.5 right after the first input. Choose a larger w."


def judge_latch(candidate):
    """None if the unit is a latch; otherwise a sentence about what fails first.

    A latch stores an input of +1 through noise, flips when −1 comes in, and stores that as well.
    """
    w, u, b = (float(candidate[name]) for name in ("w", "u", "b"))
    h, states = 0.0, []
    noise = np.where(np.random.default_rng(0).random(202) < 0.5, -0.2, 0.2)
    noise[[0, 101]] = 1.0, -1.0
    noise[60:80] = -0.2  # for a while, the noise pushes towards the other state
    noise[160:180] = 0.2
    for x in noise:
        h = float(np.tanh(w * x + u * h + b))
        states.append(h)
    first, second = np.array(states[:101]), np.array(states[101:])
    if first[0] <= 0.5:
        return f"After the first input h is {first[0]:.2f}. {NOT_TAKEN}"
    if first.min() <= 0.5:
        hint = NOISY if u > 1 else NOT_HELD
        return f"After {first.argmin()} steps of noise h is {first.min():.2f}. {hint}"
    if second.max() >= -0.5:
        hint = NOISY if second[0] < -0.5 else BARELY_FLIPPED if second[0] < 0 else NOT_FLIPPED
        later = f"Right after the input of −1 h is {second[0]:.2f}, later up to {second.max():.2f}."
        return f"{later} {hint}"
    return None


# Exercise 2a.3

FADES_WRONGLY = (
    "Each step multiplies a pulse by u, so ten steps multiply it by u¹⁰. This must be ½."
)
WRONG_MEAN = "If the state stays at h for the input x, then h = w x + u h. With h = x, w + u = 1."
SHIFTED = "With the input 0 the state must approach 0, too, so b must be 0."


def judge_mean(candidate):
    """None if a pulse fades by half in ten steps and a steady input is reached; else a sentence."""
    w, u, b = (float(candidate[name]) for name in ("w", "u", "b"))
    if abs(b) > 1e-9:
        return SHIFTED
    if abs(u) < 1e-12 or abs(u**10 - 0.5) > 2e-3:
        return f"Ten steps after a pulse, {u**10:.3g} of it is left. {FADES_WRONGLY}"
    if abs(w + u - 1) > 2e-4:
        return f"For an input of 3 the state approaches {3 * w / (1 - u):.3g}. {WRONG_MEAN}"
    return None


EXERCISES = {
    "2a.1": Exercise(
        terms=("states", "outputs"),
        answer=run(),
        cases=[one_run(5, 3, 4, 2), one_run(4, 2, 5, 3)],
        hint="Start with h = h0. At each step, h = tanh(W x_t + U h + b), and y_t = V h + c.",
        mistakes={
            (
                "Every step starts from h0 again. Each step should start from the state before it."
            ): run(carry=False),
            "The first step starts from zeros. It should start from h0.": run(start=False),
            "The equation has U h_{t−1}, so write U @ h, not h @ U.": run(transposed=True),
            "The activation is missing: apply tanh to the sum.": run(phi=lambda a: a),
            "The bias b is missing in the state.": run(bias=False),
            "The read-out uses the old state. y_t depends on the new one, h_t.": run(late=True),
            "The read-out has a bias, too: y_t = V h_t + c.": run(offset=False),
        },
    ),
    "2a.2": Exercise(
        terms=("w", "u", "b"),
        answer={"w": 3.5, "u": 2.5, "b": 0.0},
        hint="Choose u above 1 and find the smallest w that flips the unit; then take a larger w.",
        mistakes={
            NOT_HELD: {"w": 1.0, "u": 0.9, "b": 0.0},
            NOT_FLIPPED: {"w": 1.0, "u": 3.0, "b": 0.0},
            NOISY: {"w": 4.0, "u": 1.4, "b": 0.0},
            BARELY_FLIPPED: {"w": 2.8, "u": 2.5, "b": 0.0},
            NOT_TAKEN: {"w": 0.3, "u": 2.0, "b": 0.0},
        },
        judge=judge_latch,
    ),
    "2a.3": Exercise(
        terms=("w", "u", "b"),
        answer={"w": 1 - 0.5**0.1, "u": 0.5**0.1, "b": 0.0},
        hint="The first condition gives u, and then the second gives w.",
        mistakes={
            FADES_WRONGLY: {"w": 0.5, "u": 0.5, "b": 0.0},
            WRONG_MEAN: {"w": 1.0, "u": 0.5**0.1, "b": 0.0},
            SHIFTED: {"w": 1 - 0.5**0.1, "u": 0.5**0.1, "b": 0.2},
        },
        judge=judge_mean,
    ),
}
