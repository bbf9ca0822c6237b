"""The backward pass against finite differences and the complex step."""

import numpy as np
import pytest
from support.cells import (
    ANALYTIC,
    CELLS,
    Case,
    sigma,
)

from rnnlib.activations import ACTIVATIONS
from rnnlib.gradcheck import check_cell, relative_error


def far_from_kinks(case, distance=1e-3):
    """Whether relu and softsign, which bend at 0, only look at places away from 0.

    At a bend the difference of two losses is no slope.
    """
    cell, trace = case.cell, case.cell.forward(case.x, case.state)
    h_prev = np.concatenate([case.state["h"][None], trace.h[:-1]])
    p = cell.part(cell.gates[-1])
    seen = [case.x @ p["W"].T + h_prev @ p["U"].T + p["b"]] + (
        [trace.c] if "c" in cell.states else []
    )
    return min(np.abs(a).min() for a in seen) > distance


@pytest.mark.parametrize("name", CELLS)
@pytest.mark.parametrize("seed", [0, 100])
def test_backward_agrees_with_central_differences(name, seed):
    case = next(
        case
        for case in (Case(name, seed=s) for s in range(seed, seed + 50))
        if far_from_kinks(case)
    )
    errors = check_cell(case.cell, case.x, case.dh, case.state, case.dstate)
    assert set(errors) == {*case.cell.params, "x", *(f"state {key}" for key in case.state)}
    assert max(errors.values()) < 1e-7, errors


@pytest.mark.parametrize("name", ANALYTIC)
@pytest.mark.parametrize("sizes", [(1, 1, 1, 1), (6, 2, 3, 4), (30, 3, 1, 2)], ids=str)
def test_backward_agrees_with_the_complex_step(name, sizes):
    case = Case(name, *sizes)
    errors = check_cell(case.cell, case.x, case.dh, case.state, case.dstate, method="complex")
    assert max(errors.values()) < 1e-12, errors


def test_an_lstm_may_squash_its_candidate_and_its_cell_differently():
    case = Case("LSTM tanh")
    plain = case.cell.forward(case.x, case.state).h
    case.cell.activation, case.cell.squash = ACTIVATIONS["identity"], ACTIVATIONS["logistic"]
    trace = case.cell.forward(case.x, case.state)
    assert relative_error(trace.h, plain) > 0.1
    np.testing.assert_allclose(trace.h, trace.o * sigma(trace.c), rtol=1e-12)
    assert (
        max(
            check_cell(
                case.cell, case.x, case.dh, case.state, case.dstate, method="complex"
            ).values()
        )
        < 1e-12
    )


@pytest.mark.parametrize("name", ANALYTIC)
def test_a_gradient_from_the_final_state_alone(name):
    case = Case(name)
    errors = check_cell(
        case.cell, case.x, np.zeros_like(case.dh), case.state, case.dstate, method="complex"
    )
    assert max(errors.values()) < 1e-12, errors


@pytest.mark.parametrize("name", ANALYTIC)
def test_total_gradients_are_those_of_a_run_cut_at_that_step(name):
    """dE/dh_t and dE/dc_t are what a run over the steps after t finds at its initial state."""
    case = Case(name)
    trace, grads = case.run()
    for t in range(len(case.x) - 1):
        state = {key: getattr(trace, key)[t] for key in case.state}
        rest = case.cell.backward(
            case.cell.forward(case.x[t + 1 :], state), case.dh[t + 1 :], case.dstate
        )
        np.testing.assert_allclose(grads.h[t], case.dh[t] + rest.state["h"], rtol=1e-12)
        if "c" in case.state:
            through_h = trace.o[t] * case.cell.activation.slope(
                case.cell.activation.apply(trace.c[t])
            )
            np.testing.assert_allclose(
                grads.c[t], rest.state["c"] + grads.h[t] * through_h, rtol=1e-12
            )
    np.testing.assert_array_equal(grads.h[-1], case.dh[-1] + case.dstate["h"])
