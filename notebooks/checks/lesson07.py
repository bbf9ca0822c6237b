"""Lesson 07: the right answers to the exercises, and hints for typical wrong ones."""

import numpy as np

from rnnlib.lesson import Exercise

rng = np.random.default_rng(7)
H, D = 3, 2


def slope(gate):
    """σ′ in terms of σ."""
    return gate * (1 - gate)


def mixing(
    sides=lambda h, n: h - n,
    box=slope,
    open_to_new=lambda z: 1 - z,
    tanh=lambda n: 1 - n**2,
    road=lambda z: z,
):
    def answer(dh, z, n, h_prev):
        return dh * sides(h_prev, n) * box(z), dh * open_to_new(z) * tanh(n), dh * road(z)

    return answer


def reset(
    box=slope,
    other=lambda m, r: m,
    below=lambda U, da: U.T @ da,
    old=lambda h: h,
    through=lambda r: r,
):
    def answer(da_n, r, m, h_prev, U_n):
        behind = below(U_n, da_n)
        return (
            da_n * other(m, r) * box(r),
            da_n * through(r),
            behind * old(h_prev) * box(r),
            behind * through(r),
        )

    return answer


def weights(inner="dm", outer="da_n", road=1.0, order="rzn", transposed=True):
    def answer(da_r, da_z, da_n, dm, dh_road, x, h_prev, U):
        errors = {"da_n": da_n, "dm": dm}
        above, behind = ({"r": da_r, "z": da_z, "n": errors[last]} for last in (outer, inner))
        above, behind = (
            np.concatenate([blocks[gate] for gate in order]) for blocks in (above, behind)
        )
        down = (
            U.T @ behind
            if transposed
            else sum(u @ da for u, da in zip(np.split(U, 3), np.split(behind, 3), strict=True))
        )
        return (
            np.outer(above, x),
            np.outer(behind, h_prev),
            above,
            errors[inner],
            road * dh_road + down,
        )

    return answer


def without_gates(da_r, da_z, da_n, dm, dh_road, x, h_prev, U):
    dW, dU, db, db_n, _ = weights()(da_r, da_z, da_n, dm, dh_road, x, h_prev, U)
    return dW, dU, db, db_n, dh_road + U[-len(dm) :].T @ dm


def dialect(order="ifgo", turn=True, biases=lambda one, two: one + two):
    def answer(weight_ih, weight_hh, bias_ih, bias_hh):
        def moved(array):
            blocks = dict(zip("ifgo", np.split(array, 4), strict=True))
            return np.concatenate([blocks[gate] for gate in order])

        kernel, recurrent, bias = (
            moved(weight_ih),
            moved(weight_hh),
            moved(biases(bias_ih, bias_hh)),
        )
        return (kernel.T, recurrent.T, bias) if turn else (kernel, recurrent, bias)

    return answer


def gate(*shape):
    return rng.uniform(0.1, 0.9, shape)


def normal(*shape):
    return rng.normal(size=shape)


EXERCISES = {
    "7.1": Exercise(
        terms=("da_z", "da_n", "dh_road"),
        answer=mixing(),
        cases=[(normal(H), gate(H), rng.uniform(-0.9, 0.9, H), normal(H)) for _ in range(3)],
        hint=(
            "z_t stands in both terms. "
            "The candidate is multiplied by 1 − z_t, and the old state by z_t."
        ),
        mistakes={
            (
                "z_t also multiplies n_t, with a minus. So the error at z_t is dh (h_prev − n)."
            ): mixing(sides=lambda h, n: h),
            (
                "The sign is wrong. "
                "A larger z keeps more of h_prev and takes less of n, so use h_prev − n."
            ): mixing(sides=lambda h, n: n - h),
            (
                "The slope of σ is missing. "
                "da_z is the error at the weighted sum, so multiply by z(1 − z)."
            ): mixing(box=lambda z: 1.0),
            (
                "The slope of tanh is missing. "
                "da_n is the error at the weighted sum, so multiply by 1 − n²."
            ): mixing(tanh=lambda n: 1.0),
            "The candidate is computed with tanh, not with σ. Its slope is 1 − n².": mixing(
                tanh=slope
            ),
            (
                "Here z keeps the old state. The candidate gets dh (1 − z), and the road gets dh z."
            ): mixing(open_to_new=lambda z: z, road=lambda z: 1 - z),
            "The valve z stands on the road. So what goes back is dh z.": mixing(
                road=lambda z: 1.0
            ),
        },
    ),
    "7.2": Exercise(
        terms=("da_r_after", "dm", "da_r_before", "dh_reset"),
        answer=reset(),
        cases=[(normal(H), gate(H), normal(H), normal(H), normal(H, H)) for _ in range(3)],
        hint=(
            "At a valve, each side gets the error times the value of the other side. "
            "With reset before, the error first goes down through U_n."
        ),
        mistakes={
            (
                "The slope of σ is missing. "
                "da_r is the error at the weighted sum, so multiply by r(1 − r)."
            ): reset(box=lambda r: 1.0),
            "Errors go down through the transposed matrix. Use U_nᵀ da_n.": reset(
                below=lambda U, da: U @ da
            ),
            (
                "With reset before, the product with U_n stands between the valve and a_n. "
                "Start with U_nᵀ da_n."
            ): reset(below=lambda U, da: da),
            "What passes the valve is multiplied by r in both conventions.": reset(
                through=lambda r: 1.0
            ),
            (
                "The other side of the valve is m with reset after, and h_prev with reset before. "
                "It is not r itself."
            ): reset(other=lambda m, r: r, old=lambda h: 1.0),
        },
    ),
    "7.3": Exercise(
        terms=("dW", "dU", "db", "db_n", "dh_prev"),
        answer=weights(),
        cases=[
            (
                normal(H),
                normal(H),
                normal(H),
                normal(H),
                normal(H),
                normal(D),
                normal(H),
                normal(3 * H, H),
            )
        ],
        hint=(
            "The rows of W and b get da_r, da_z and da_n. "
            "The rows of U get da_r, da_z and dm. "
            "h_prev collects what comes from U and from the road."
        ),
        mistakes={
            (
                "U_n h_prev + b_Un stands behind the reset valve, so its rows get dm, not da_n."
            ): weights(inner="da_n"),
            (
                "W_n x_t + b_Wn stands outside the reset valve, so its rows get da_n, not dm."
            ): weights(outer="dm"),
            "The direct path through z leads to h_prev, too. Add dh_road.": weights(road=0.0),
            "The rows stand in the order r, z, n.": weights(order="zrn"),
            (
                "The reset gate and the update gate read h_prev, too. "
                "Add their errors through U_r and U_z."
            ): without_gates,
            "Errors go down through the transposed matrix. Use Uᵀ.": weights(transposed=False),
        },
    ),
    "7.4": Exercise(
        terms=("kernel", "recurrent_kernel", "bias"),
        answer=dialect(),
        cases=[(normal(4 * H, D), normal(4 * H, H), normal(4 * H), normal(4 * H))],
        hint=(
            "PyTorch has the order i, f, g, o, and Keras has i, f, c, o. "
            "Keras multiplies from the other side. The two biases add up to one."
        ),
        mistakes={
            "g and c are two names for the candidate, so the order is the same already.": dialect(
                order="ifog"
            ),
            "Keras multiplies x @ kernel, so its matrices are the transposed ones.": dialect(
                turn=False
            ),
            "The two biases add up. The second one is missing.": dialect(
                biases=lambda one, two: one
            ),
            "You averaged the two biases. Add them.": dialect(
                biases=lambda one, two: (one + two) / 2
            ),
        },
    ),
}
