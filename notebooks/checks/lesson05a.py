"""Lesson 05a: the right answers to the exercises, and hints for typical wrong ones."""

import runpy
from pathlib import Path

import numpy as np

from rnnlib.cells import LSTM
from rnnlib.lesson import Exercise

# The gates set by hand stand in a file of their own. It is found from any folder.
gates_by_hand = runpy.run_path(str(Path(__file__).with_name("gates_by_hand.py")))
rng = np.random.default_rng(5)


def step_back(
    later=1.0,
    tanh_slope=lambda c: 1 - np.tanh(c) ** 2,
    show=lambda o: o,
    shown=np.tanh,
    gate_slope=lambda y: y * (1 - y),
    g_slope=lambda g: 1 - g**2,
    swap=False,
    keep=lambda f: f,
    old=lambda c, f: c,
):
    """The right backward pass of one step, or one with a mistake."""

    def one_step_back(dh, dc_later, i, f, o, g, c, c_prev):
        dc = later * dc_later + dh * show(o) * tanh_slope(c)
        to_i, to_g = (i, g) if swap else (g, i)
        da_i = dc * to_i * gate_slope(i)
        da_f = dc * old(c_prev, f) * gate_slope(f)
        da_o = dh * shown(c) * gate_slope(o)
        da_g = dc * to_g * g_slope(g)
        return dc, da_i, da_f, da_o, da_g, dc * keep(f)

    return one_step_back


def step_of(H):
    """Random values of one step, of the size that they have in a cell."""
    dh, dc_later, c, c_prev = rng.normal(size=(4, H))
    return dh, dc_later, gate(H), gate(H), gate(H), rng.uniform(-0.9, 0.9, H), c, c_prev


def sequence(h_later=True, c_later=True, present_h=False, forwards=False, once=False):
    """The right loop over a sequence, or one with a mistake."""

    def sequence_back(x, v, dh, U):
        T, H = dh.shape
        dW, dU, db = np.zeros((4 * H, x.shape[1])), np.zeros((4 * H, H)), np.zeros(4 * H)
        dh_later, dc_later = np.zeros(H), np.zeros(H)
        for t in range(T) if forwards else reversed(range(T)):
            c_prev = v["c"][t - 1] if t > 0 else np.zeros(H)
            h_prev = v["h"][t - 1] if t > 0 else np.zeros(H)
            values = [v[name][t] for name in "ifogc"]
            _, *parts, dc_later = step_back()(dh[t] + dh_later, dc_later, *values, c_prev)
            da = np.concatenate(parts)
            if once:
                dW, dU, db = np.zeros_like(dW), np.zeros_like(dU), np.zeros_like(db)
            dW += np.outer(da, x[t])
            dU += np.outer(da, v["h"][t] if present_h else h_prev)
            db += da
            dh_later = U.T @ da * h_later
            dc_later = dc_later * c_later
        return dW, dU, db

    return sequence_back


def sequence_of(T, D, H):
    """The forward pass of a random LSTM over T steps, and a random dh: (x, v, dh, U)."""
    cell = LSTM(D, H, rng=rng)
    cell.params["b"][:] = rng.normal(size=4 * H)
    x = rng.normal(size=(T, 1, D))
    trace = cell.forward(x)
    v = {name: getattr(trace, name)[:, 0] for name in "ifogch"}
    return x[:, 0], v, rng.normal(size=(T, H)), cell.params["U"]


def gate(*shape):
    return rng.uniform(0.1, 0.9, shape)


EXERCISES = {
    "5a.1": Exercise(
        terms=("dc", "da_i", "da_f", "da_o", "da_g", "dc_prev"),
        answer=step_back(),
        cases=[step_of(3) for _ in range(3)],
        hint=(
            "Follow the wires from right to left. A plus sign copies the gradient, a times sign "
            "multiplies it by the other branch, and a box multiplies it by its slope."
        ),
        mistakes={
            (
                "You left out dc_later, which step t+1 has sent back. "
                "The gradients of the two branches of c_t are added."
            ): step_back(later=0.0),
            (
                "The gradient from h_t passes the box tanh on its way to c_t. "
                "Multiply it by 1 − tanh²(c_t)."
            ): step_back(tanh_slope=lambda c: 1.0),
            "You computed the slope of tanh from c_t itself. 1 − tanh² needs tanh(c_t).": step_back(
                tanh_slope=lambda c: 1 - c**2
            ),
            (
                "The gradient passes the output gate on its way from h_t to c_t. "
                "Multiply it by o_t."
            ): step_back(show=lambda o: 1.0),
            "At the output gate, the other branch is tanh(c_t), not c_t.": step_back(
                shown=lambda c: c
            ),
            (
                "At the input gate, each branch gets the value of the other one. "
                "So da_i needs g, and da_g needs i."
            ): step_back(swap=True),
            (
                "The slopes of the gates are missing. Multiply by σ′ = y(1 − y) to get the "
                "gradients at their pre-activations."
            ): step_back(gate_slope=lambda y: 1.0),
            "The candidate is computed with tanh, so its slope is 1 − g².": step_back(
                g_slope=lambda g: g * (1 - g)
            ),
            "You left out the slope of the candidate's tanh. Multiply by 1 − g².": step_back(
                g_slope=lambda g: 1.0
            ),
            (
                "The forget gate stands between c_{t−1} and c_t. So what goes back is dc times f."
            ): step_back(keep=lambda f: 1.0),
            "At the forget gate, the other branch is the old cell state, c_prev.": step_back(
                old=lambda c, f: f
            ),
        },
    ),
    "5a.2": Exercise(
        terms=("W", "b"),
        answer=gates_by_hand["BY_HAND"],
        judge=gates_by_hand["judge_gates"],
        hint="",
        mistakes=gates_by_hand["MISTAKES"],
    ),
    "5a.3": Exercise(
        terms=("dW", "dU", "db"),
        answer=sequence(),
        cases=[sequence_of(5, 3, 2), sequence_of(7, 2, 4)],
        hint=(
            "Go from the last step to the first. Carry dh_later and dc_later along, and add up "
            "dW, dU and db over all steps."
        ),
        mistakes={
            (
                "The gradient that goes back through h is missing. "
                "Add dh_later = U.T @ da of step t+1 to dh[t]."
            ): sequence(h_later=False),
            (
                "The gradient that goes back through the cell state is missing. Give one_step_back "
                "the dc_prev of step t+1 as dc_later."
            ): sequence(c_later=False),
            "U reads the hidden state of the step before. So dU needs h_{t−1}, not h_t.": sequence(
                present_h=True
            ),
            "You went from the first step to the last. Go from the last to the first.": sequence(
                forwards=True
            ),
            "You kept the gradients of one step only. Add them up over all steps.": sequence(
                once=True
            ),
        },
    ),
}
