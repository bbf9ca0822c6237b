"""φ and φ′: known values, slopes against the functions themselves, `out`, and names."""

import numpy as np
import pytest

from rnnlib.activations import ACTIVATIONS, get

A = np.concatenate([np.linspace(-6, 6, 40), [-1e-3, 1e-3]])  # 0 itself left out: relu bends there


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_slopes_are_the_slopes_of_the_functions(name):
    phi, step = get(name), 1e-6
    numerical = (phi.apply(A + step) - phi.apply(A - step)) / (2 * step)
    np.testing.assert_allclose(phi.slope(phi.apply(A)), numerical, atol=1e-8)


def test_known_values():
    a = np.array([-2.0, 0.0, 0.5, 3.0])
    np.testing.assert_allclose(get("logistic").apply(a), 1 / (1 + np.exp(-a)), rtol=1e-14)
    np.testing.assert_allclose(
        get("tanh").apply(a), (np.exp(2 * a) - 1) / (np.exp(2 * a) + 1), rtol=1e-14
    )
    np.testing.assert_array_equal(get("relu").apply(a), [0, 0, 0.5, 3])
    np.testing.assert_allclose(get("softsign").apply(a), [-2 / 3, 0, 1 / 3, 3 / 4])
    np.testing.assert_array_equal(get("identity").apply(a), a)
    assert get("logistic").slope(0.5) == 0.25 and get("relu").slope(np.array(0.0)) == 0


def test_far_out_nothing_overflows():
    with np.errstate(all="raise"):
        for name in ("logistic", "tanh", "softsign"):
            y = get(name).apply(np.array([-1e30, 1e30]))
            np.testing.assert_allclose(y, [0 if name == "logistic" else -1, 1])
            np.testing.assert_array_equal(get(name).slope(y), [0, 0])


@pytest.mark.parametrize("name", ACTIVATIONS)
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_out_and_dtype(name, dtype):
    phi, a = get(name), A.astype(dtype)
    y = phi.apply(a)
    slope = phi.slope(y)
    assert y.dtype == slope.dtype == dtype and y.shape == slope.shape == a.shape
    into = np.full_like(a, np.nan)
    assert phi.slope(y, into) is into
    np.testing.assert_array_equal(into, slope)
    assert phi.apply(a, a) is a  # in place
    np.testing.assert_array_equal(a, y)


@pytest.mark.parametrize("name", ["tanh", "logistic", "identity"])
def test_complex_numbers_pass(name):
    """What the complex step needs: φ(a + iε) ≈ φ(a) + iε φ′(a)."""
    phi = get(name)
    np.testing.assert_allclose(
        phi.apply(A + 1e-20j).imag / 1e-20, phi.slope(phi.apply(A)), rtol=1e-10, atol=1e-15
    )


@pytest.mark.parametrize("name", ["sigmoid", None, "Tanh"])
def test_an_unknown_name_lists_the_known_ones(name):
    with pytest.raises(ValueError) as error:
        get(name)
    for word in (*ACTIVATIONS, repr(name)):
        assert word in str(error.value)
