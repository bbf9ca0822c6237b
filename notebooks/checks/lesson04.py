"""Lesson 04: the right answers to the exercises, and hints for typical wrong ones."""

import numpy as np

from rnnlib.lesson import Exercise

rng = np.random.default_rng(4)


def logistic(a):
    return 1 / (1 + np.exp(-a))


# 4.1 half-lives


def memory(half_life, share):
    factor = 0.5 ** (1 / half_life)
    return factor, np.log(share) / np.log(factor)


def memory_linear(half_life, share):
    return 1 - 0.5 / half_life, np.log(share) / np.log(1 - 0.5 / half_life)


def memory_root(half_life, share):
    factor = (1 / half_life) ** 0.5
    return factor, np.log(share) / np.log(factor)


def memory_quotient(half_life, share):
    factor = 0.5 ** (1 / half_life)
    return factor, np.log(share / factor)


# 4.2 the repeated logistic function


def repeated(x, gain, n):
    y, slope = x, np.ones_like(x)
    for _ in range(n):
        y = logistic(gain * y)
        slope = gain * y * (1 - y) * slope
    return y, slope


def repeated_without_gain(x, gain, n):
    y, slope = x, np.ones_like(x)
    for _ in range(n):
        y = logistic(gain * y)
        slope = y * (1 - y) * slope
    return y, slope


def repeated_before(x, gain, n):
    y, slope = x, np.ones_like(x)
    for _ in range(n):
        slope = gain * y * (1 - y) * slope
        y = logistic(gain * y)
    return y, slope


def repeated_last(x, gain, n):
    y, _ = repeated(x, gain, n)
    return y, gain * y * (1 - y)


def repeated_sum(x, gain, n):
    y, slope = x, np.zeros_like(x)
    for _ in range(n):
        y = logistic(gain * y)
        slope = slope + gain * y * (1 - y)
    return y, slope


# 4.3 the Jacobian of a step


def jacobian(h, h_prev, U):
    J, J_prev = (1 - h**2)[:, None] * U, (1 - h_prev**2)[:, None] * U
    return J, J @ J_prev


def jacobian_columns(h, h_prev, U):
    return U * (1 - h**2), U * (1 - h**2) @ (U * (1 - h_prev**2))


def jacobian_no_slope(h, h_prev, U):
    return U, U @ U


def jacobian_slope_of_prev(h, h_prev, U):
    J = (1 - h_prev**2)[:, None] * U
    return J, J @ J


def jacobian_transposed(h, h_prev, U):
    J, J_two = jacobian(h, h_prev, U)
    return J.T, J_two.T


def jacobian_order(h, h_prev, U):
    J, J_prev = (1 - h**2)[:, None] * U, (1 - h_prev**2)[:, None] * U
    return J, J_prev @ J


def jacobian_squared(h, h_prev, U):
    J = (1 - h**2)[:, None] * U
    return J, J @ J


# 4.4 radius and bound


def bound(U, rho, gamma, k):
    scaled = rho * U / np.abs(np.linalg.eigvals(U)).max()
    lam = np.linalg.norm(scaled, 2)
    return scaled, lam, (gamma * lam) ** k


def bound_by_norm(U, rho, gamma, k):
    scaled = rho * U / np.linalg.norm(U, 2)
    return scaled, np.linalg.norm(scaled, 2), (gamma * np.linalg.norm(scaled, 2)) ** k


def bound_real_part(U, rho, gamma, k):
    scaled = rho * U / np.linalg.eigvals(U).real.max()
    return scaled, np.linalg.norm(scaled, 2), (gamma * np.linalg.norm(scaled, 2)) ** k


def bound_by_radius(U, rho, gamma, k):
    return bound(U, rho, gamma, k)[0], rho, (gamma * rho) ** k


def bound_frobenius(U, rho, gamma, k):
    scaled = bound(U, rho, gamma, k)[0]
    return scaled, np.linalg.norm(scaled), (gamma * np.linalg.norm(scaled)) ** k


def bound_slope_once(U, rho, gamma, k):
    scaled, lam, _ = bound(U, rho, gamma, k)
    return scaled, lam, gamma * lam**k


# 4.5 clipping


def clip(dW, dU, db, threshold):
    norm = np.sqrt((dW**2).sum() + (dU**2).sum() + (db**2).sum())
    scale = min(1.0, threshold / norm)
    return norm, scale * dW, scale * dU, scale * db


def clip_each(dW, dU, db, threshold):
    norm = clip(dW, dU, db, threshold)[0]
    return norm, *(min(1.0, threshold / np.linalg.norm(d)) * d for d in (dW, dU, db))


def clip_elements(dW, dU, db, threshold):
    norm = clip(dW, dU, db, threshold)[0]
    return norm, *(np.clip(d, -threshold, threshold) for d in (dW, dU, db))


def clip_always(dW, dU, db, threshold):
    norm = clip(dW, dU, db, threshold)[0]
    return norm, *(threshold / norm * d for d in (dW, dU, db))


def clip_after(dW, dU, db, threshold):
    norm, *clipped = clip(dW, dU, db, threshold)
    return min(norm, threshold), *clipped


def clip_sum_of_norms(dW, dU, db, threshold):
    norm = np.linalg.norm(dW) + np.linalg.norm(dU) + np.linalg.norm(db)
    scale = min(1.0, threshold / norm)
    return norm, scale * dW, scale * dU, scale * db


U = rng.normal(size=(4, 4))

EXERCISES = {
    "4.1": Exercise(
        terms=("factor", "steps"),
        answer=memory,
        cases=[(10.0, 0.01), (23.0, 1e-6), (1.5, 0.2)],
        hint=(
            "Write the task as two equations. "
            "One is factor ** half_life = 1/2, and the other is factor ** steps = share. "
            "Then take logarithms."
        ),
        mistakes={
            (
                "Half is lost after half_life steps, but each step doesn't take away the same "
                "amount. Each step multiplies by the factor, so you need a root, not a division."
            ): memory_linear,
            (
                "You took the square root of 1 / half_life. "
                "The factor is the half_life-th root of 1/2."
            ): memory_root,
            (
                "From factor ** steps = share follows steps · ln(factor) = ln(share). "
                "So steps is a quotient of two logarithms, not the logarithm of a quotient."
            ): memory_quotient,
        },
    ),
    "4.2": Exercise(
        terms=("y", "slope"),
        answer=repeated,
        cases=[
            (rng.normal(size=5), 1.0, 3),
            (rng.normal(size=4), 2.5, 1),
            (rng.normal(size=3), 6.0, 7),
        ],
        hint=(
            "The slope starts at 1. Each round multiplies it by gain · y (1 − y), where y is "
            "the output of this round."
        ),
        mistakes={
            (
                "The inner factor is missing. "
                "The derivative of gain · y is gain, and every round multiplies by it."
            ): repeated_without_gain,
            (
                "In σ′ = y (1 − y), y is the output of this round, not its input. Compute y first."
            ): repeated_before,
            (
                "You gave the slope of the last round alone. "
                "The slope of a chain is the product of all slopes."
            ): repeated_last,
            "You added the slopes. The slopes of nested functions are multiplied.": repeated_sum,
        },
    ),
    "4.3": Exercise(
        terms=("J", "J_two"),
        answer=jacobian,
        cases=[
            tuple(np.tanh(rng.normal(size=(2, 4)))) + (rng.normal(size=(4, 4)),) for _ in range(2)
        ],
        hint=(
            "The Jacobian of one step is J_t = diag(1 − h_t²) U. "
            "The step before has the same form with h_t−1. "
            "Over both steps, the Jacobian is J_t J_t−1."
        ),
        mistakes={
            (
                "diag(s) U scales the rows of U, one for each unit that receives. "
                "U diag(s) scales its columns. Here you need to scale the rows."
            ): jacobian_columns,
            (
                "The slope of tanh is missing. Multiply what comes through U by φ′(a) = 1 − h²."
            ): jacobian_no_slope,
            (
                "The slope belongs to step t, where tanh gave h_t. In 1 − h², use h and not h_prev."
            ): jacobian_slope_of_prev,
            (
                "J[j, k] says how h_t of unit j changes with h_t−1 of unit k. "
                "Your matrix is transposed."
            ): jacobian_transposed,
            (
                "A product of matrices is read from the right. "
                "The earlier step stands on the right, and the later one on the left."
            ): jacobian_order,
            (
                "Each step has a slope of its own. "
                "The slope of the step before is computed from h_prev."
            ): jacobian_squared,
        },
    ),
    "4.4": Exercise(
        terms=("U_scaled", "lam", "bound"),
        answer=bound,
        cases=[(U, 0.9, 1.0, 10), (rng.normal(size=(3, 3)), 1.4, 0.25, 6)],
        hint=(
            "The spectral radius is the largest |eigenvalue|. "
            "lam is the largest singular value, np.linalg.norm(·, 2). "
            "Each of the k steps contributes a factor gamma · lam."
        ),
        mistakes={
            (
                "You divided by the largest singular value. "
                "The spectral radius is the largest absolute value of an eigenvalue."
            ): bound_by_norm,
            (
                "Eigenvalues may be complex. Take their absolute values, not their real parts."
            ): bound_real_part,
            (
                "The bound needs the largest singular value. A matrix with a spectral radius "
                "below one can still stretch some vectors at first."
            ): bound_by_radius,
            (
                "Without a second argument, np.linalg.norm gives the root of the sum of squares. "
                "The largest singular value is np.linalg.norm(·, 2)."
            ): bound_frobenius,
            (
                "The gradient passes φ at every step, so gamma is multiplied in k times, as lam is."
            ): bound_slope_once,
        },
    ),
    "4.5": Exercise(
        terms=("norm", "dW", "dU", "db"),
        answer=clip,
        cases=[
            (rng.normal(size=(3, 2)), rng.normal(size=(3, 3)), rng.normal(size=3), 1.0),
            (
                0.1 * rng.normal(size=(3, 2)),
                0.1 * rng.normal(size=(3, 3)),
                0.1 * rng.normal(size=3),
                2.0,
            ),
            (
                0.1 * rng.normal(size=(2, 1)),
                9.0 * rng.normal(size=(2, 2)),
                3.0 * rng.normal(size=2),
                4.0,
            ),
        ],
        hint=(
            "Compute one norm over all numbers of all three arrays. "
            "Then multiply all of them by one scale, min(1, threshold / norm)."
        ),
        mistakes={
            (
                "You clipped each array by its own norm, which changes the direction of the step. "
                "Use one scale for all arrays."
            ): clip_each,
            (
                "You clipped each number by itself, which changes the direction of the step. "
                "Clipping by norm only shortens it."
            ): clip_elements,
            (
                "A gradient shorter than the threshold must stay as it is. You made it longer."
            ): clip_always,
            (
                "Return the norm that the gradient had before it was clipped. "
                "This is the number that one watches."
            ): clip_after,
            (
                "The joint norm is the root of the sum of all squares, not the sum of the three "
                "norms."
            ): clip_sum_of_norms,
        },
    ),
}
