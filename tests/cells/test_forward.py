"""The forward pass against the textbook's equations."""

import numpy as np
import pytest
from support.cells import (
    CELLS,
    Case,
    textbook,
)


@pytest.mark.parametrize("name", CELLS)
def test_forward_is_the_textbook_step(name):
    case = Case(name, T=7)
    expected = textbook(case.cell, case.x, case.state)
    trace = case.cell.forward(case.x, case.state)
    for key, value in expected.items():
        np.testing.assert_allclose(getattr(trace, key), value, rtol=1e-12, atol=1e-14, err_msg=key)
    for key, value in trace.state.items():
        np.testing.assert_array_equal(value, getattr(trace, key)[-1])


@pytest.mark.parametrize("name", CELLS)
def test_no_state_means_zeros(name):
    case = Case(name)
    zeros = {key: np.zeros_like(value) for key, value in case.state.items()}
    np.testing.assert_array_equal(case.cell.forward(case.x).h, case.cell.forward(case.x, zeros).h)


def test_extreme_inputs_saturate_without_overflow():
    for name in CELLS:
        case = Case(name)
        if "relu" not in name and "identity" not in name:
            with np.errstate(all="raise", under="ignore"):  # a gate that is shut for good is 0
                trace = case.cell.forward(1e4 * case.x, case.state)
                grads = case.cell.backward(trace, case.dh)
            assert np.isfinite(trace.h).all() and all(
                np.isfinite(g).all() for g in grads.params.values()
            )
