"""Gradient checks are right where the slopes are known, and they find a wrong backward pass."""

import numpy as np
import pytest

from rnnlib.cells import GRU, LSTM, RNN
from rnnlib.gradcheck import check_cell, complex_step, numerical, relative_error


def test_central_differences_on_known_slopes():
    arrays = {"w": np.array([[0.3, -1.2], [2.0, 0.1]]), "b": np.array([0.5])}
    before = {name: w.copy() for name, w in arrays.items()}
    slopes = numerical(lambda: float((arrays["w"] ** 3).sum() * arrays["b"][0]), arrays)
    np.testing.assert_allclose(slopes["w"], 3 * arrays["w"] ** 2 * 0.5, rtol=1e-8)
    np.testing.assert_allclose(slopes["b"], [(arrays["w"] ** 3).sum()], rtol=1e-8)
    for name, w in before.items():
        np.testing.assert_array_equal(arrays[name], w)  # put back to the last bit


def test_complex_step_is_right_to_the_last_digits():
    arrays = {"w": np.array([0.3, -1.2, 2.0])}
    slopes = complex_step(lambda moved: np.tanh(moved["w"] ** 2).sum(), arrays)
    np.testing.assert_allclose(
        slopes["w"], 2 * arrays["w"] / np.cosh(arrays["w"] ** 2) ** 2, rtol=1e-14
    )
    assert arrays["w"].dtype == np.float64


def test_relative_error():
    assert relative_error([1.0, 2.0], [1.0, 2.0]) == 0
    assert relative_error([0.0], [0.0]) == 0
    assert relative_error([2.0, 0.0], [1.0, 0.0]) == 0.5
    assert relative_error([1.0, 1e-12], [1.0, 0.0]) == 1e-12
    assert relative_error([1.0], [-1.0]) == 2


@pytest.mark.parametrize("kind", [RNN, LSTM, GRU])
@pytest.mark.parametrize("method", ["difference", "complex"])
def test_a_wrong_gradient_is_noticed(kind, method):
    """Each entry of a backward pass in turn off by 1 %: exactly that entry is reported."""
    rng = np.random.default_rng(0)
    cell = kind(2, 3, rng=rng)
    for p in cell.params.values():
        p[...] = rng.normal(0, 0.5, p.shape)
    x, dh = rng.normal(size=(4, 2, 2)), rng.normal(size=(4, 2, 3))
    limit = 1e-7 if method == "difference" else 1e-12
    right = cell.backward
    assert max(check_cell(cell, x, dh, method=method).values()) < limit
    for wrong in cell.params:

        def backward(*arguments, wrong=wrong):
            grads = right(*arguments)
            grads.params[wrong] *= 1.01
            return grads

        cell.backward = backward
        errors = check_cell(cell, x, dh, method=method)
        assert [name for name, error in errors.items() if error > limit] == [wrong]


def test_an_unknown_method_is_named():
    with pytest.raises(ValueError, match="method must be 'difference' or 'complex'; got 'exact'"):
        check_cell(
            RNN(1, 1, rng=np.random.default_rng(0)),
            np.zeros((1, 1, 1)),
            np.zeros((1, 1, 1)),
            method="exact",
        )
