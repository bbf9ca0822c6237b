"""Losses, penalties and dropout: values, gradients by central differences, masks, wrong input."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rnnlib import gradcheck, losses

SHAPES = st.tuples(st.integers(1, 4), st.integers(1, 3), st.integers(2, 4), st.integers(0, 2**32))


def batch(T, B, K, seed):
    rng = np.random.default_rng(seed)
    mask = rng.random((T, B)) < 0.6
    mask[rng.integers(T), rng.integers(B)] = True
    return rng.normal(size=(T, B, K)), rng.normal(size=(T, B, K)), rng.integers(0, K, (T, B)), mask


@settings(max_examples=30, deadline=None)
@given(SHAPES)
def test_gradients(shape):
    y, wanted, labels, mask = batch(*shape)
    for m in (None, mask):
        for loss, target in ((losses.mse, wanted), (losses.cross_entropy, labels)):
            slope = gradcheck.numerical(
                lambda loss=loss, target=target, m=m: loss(y, target, m)[0], {"y": y}
            )["y"]
            assert gradcheck.relative_error(loss(y, target, m)[1], slope) < 1e-7


@settings(max_examples=30, deadline=None)
@given(SHAPES)
def test_a_mask_leaves_out_what_it_hides(shape):
    y, wanted, labels, mask = batch(*shape)
    assert np.isclose(losses.mse(y, wanted, mask)[0], ((y - wanted)[mask] ** 2).mean())
    p = np.exp(y) / np.exp(y).sum(-1, keepdims=True)
    nats = -np.log(np.take_along_axis(p, labels[..., None], -1))[..., 0]
    assert np.isclose(losses.cross_entropy(y, labels, mask)[0], nats[mask].mean())
    hidden = np.where(mask[..., None], y, 1e9)
    assert (
        losses.cross_entropy(hidden, np.where(mask, labels, -5), mask)[0]
        == losses.cross_entropy(y, labels, mask)[0]
    )
    assert losses.accuracy(y, labels, mask) == (y.argmax(-1) == labels)[mask].mean()


def test_extreme_outputs_stay_finite():
    y = np.array([[[1e4, -1e4]]])
    E, slope = losses.cross_entropy(y, np.array([[1]]))
    assert E == 2e4 and np.isfinite(slope).all()
    assert np.allclose(losses.softmax(y), [1, 0])


def test_uniform_output_costs_ln_k():
    assert np.isclose(
        losses.cross_entropy(np.zeros((3, 2, 8)), np.zeros((3, 2), int))[0], np.log(8)
    )


@pytest.mark.parametrize("penalty", [losses.l1, losses.l2])
def test_penalties_spare_biases_and_have_right_gradients(penalty):
    rng = np.random.default_rng(0)
    params = {
        "0.W": rng.normal(size=(3, 2)),
        "0.U": rng.normal(size=(3, 3)),
        "0.b": rng.normal(size=3),
        "0.b_n": rng.normal(size=3),
    }
    slopes = gradcheck.numerical(lambda: penalty(params, 0.3)[0], params)
    _, grads = penalty(params, 0.3)
    assert set(grads) == {"0.W", "0.U"}
    for name in params:
        assert np.allclose(slopes[name], grads.get(name, 0), atol=1e-8)


def test_penalties_by_hand():
    params = {"W": np.array([1.0, -2.0]), "b": np.array([9.0])}
    assert losses.l1(params, 0.5)[0] == 1.5 and losses.l2(params, 0.5)[0] == 1.25


def test_dropout_keeps_the_mean():
    x = np.ones((50, 40, 30))
    y, keep = losses.dropout(x, 0.3, np.random.default_rng(1))
    assert set(np.unique(keep)) == {0, 1 / 0.7} and np.array_equal(y, keep)
    assert abs(y.mean() - 1) < 0.02 and abs((y == 0).mean() - 0.3) < 0.01


def test_wrong_input_is_named():
    y, rng = np.zeros((2, 3, 4)), np.random.default_rng(0)
    for call, words in [
        (
            lambda: losses.mse(y, np.zeros((2, 3))),
            r"target must have the shape \(T, B, K\) = \(2, 3, 4\); got \(2, 3\)",
        ),
        (lambda: losses.cross_entropy(y, np.zeros((2, 3))), "target must be whole numbers"),
        (
            lambda: losses.cross_entropy(y, np.full((2, 3), 4)),
            r"target must lie in 0\.\.3; got 4\.\.4",
        ),
        (lambda: losses.mse(y, y, np.zeros((2, 3), bool)), "mask must be True somewhere"),
        (lambda: losses.mse(y, y, np.ones((3, 2), bool)), "mask must have the shape"),
        (lambda: losses.dropout(y, 1.0, rng), r"rate must lie in \[0, 1\); got 1.0"),
        (lambda: losses.dropout(y, 0.5, 3), "rng must be a numpy.random.Generator"),
    ]:
        with pytest.raises(ValueError, match=words):
            call()


def test_whole_numbered_outputs_do_not_cut_fractions_off_the_target():
    assert losses.mse([[1]], [[0.5]])[0] == 0.25


def test_a_mask_of_fractions_is_refused():
    with pytest.raises(ValueError, match="mask must hold numbers that fit in bool; got float64"):
        losses.mse(np.zeros((2, 1)), np.zeros((2, 1)), np.array([0.5, 1.0]))
