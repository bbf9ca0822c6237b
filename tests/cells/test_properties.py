"""What must be true of any cell, for random shapes and numbers."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.cells import (
    CELLS,
    Case,
    assert_same,
    cases,
    everything,
    quickly,
)

from rnnlib.activations import ACTIVATIONS
from rnnlib.gradcheck import relative_error


@quickly
@given(cases)
def test_shapes_and_dtypes(case):
    T, B, D = case.x.shape
    H = case.cell.hidden_size
    trace, grads = case.run()
    values = everything(trace, grads)
    for name, value in values.items():
        expected = {"trace.state": (B, H), "grads.state": (B, H), "grads.x": (T, B, D)}
        key = name.rpartition(".")[0] if name.count(".") == 2 else name
        shape = (
            case.cell.params[name.split(".")[2]].shape
            if key == "grads.params"
            else expected.get(key, (T, B, H))
        )
        assert value.shape == shape, name
        assert value.dtype == np.float64, name


@quickly
@given(cases, st.randoms(use_true_random=False))
def test_the_order_of_the_batch_does_not_matter(case, random):
    order = random.sample(range(case.x.shape[1]), case.x.shape[1])
    trace, grads = case.run()
    case.x, case.dh = case.x[:, order], case.dh[:, order]
    case.state, case.dstate = (
        {k: v[order] for k, v in s.items()} for s in (case.state, case.dstate)
    )
    moved, moved_grads = case.run()
    assert relative_error(moved.h, trace.h[:, order]) < 1e-12
    assert relative_error(moved_grads.x, grads.x[:, order]) < 1e-12
    for name, value in grads.params.items():
        np.testing.assert_allclose(moved_grads.params[name], value, rtol=1e-9, atol=1e-12)


@quickly
@given(cases)
def test_a_batch_of_one_is_a_slice_of_a_batch(case):
    trace, grads = case.run()
    total = {name: 0 for name in case.cell.params}
    for k in range(case.x.shape[1]):
        one = slice(k, k + 1)
        state, dstate = ({key: v[one] for key, v in s.items()} for s in (case.state, case.dstate))
        single = case.cell.forward(case.x[:, one], state)
        single_grads = case.cell.backward(single, case.dh[:, one], dstate)
        np.testing.assert_allclose(single.h, trace.h[:, one], rtol=1e-12, atol=1e-14)
        np.testing.assert_allclose(single_grads.x, grads.x[:, one], rtol=1e-9, atol=1e-13)
        total = {name: value + single_grads.params[name] for name, value in total.items()}
    for name, value in total.items():
        np.testing.assert_allclose(grads.params[name], value, rtol=1e-9, atol=1e-12, err_msg=name)


@quickly
@given(cases, st.integers(0, 5))
def test_two_chunks_with_the_state_carried_are_one_run(case, cut):
    T, cell = len(case.x), case.cell
    cut = cut % T
    if cut == 0:
        return
    whole, grads = case.run()
    first = cell.forward(case.x[:cut], case.state)
    second = cell.forward(case.x[cut:], first.state)
    np.testing.assert_allclose(np.concatenate([first.h, second.h]), whole.h, rtol=1e-12, atol=1e-14)
    late = cell.backward(second, case.dh[cut:], case.dstate)
    early = cell.backward(first, case.dh[:cut], late.state)
    np.testing.assert_allclose(np.concatenate([early.x, late.x]), grads.x, rtol=1e-9, atol=1e-13)
    for name in cell.params:
        np.testing.assert_allclose(
            early.params[name] + late.params[name], grads.params[name], rtol=1e-9, atol=1e-12
        )
    for name in cell.states:
        np.testing.assert_allclose(early.state[name], grads.state[name], rtol=1e-9, atol=1e-13)


@quickly
@given(cases)
def test_the_present_does_not_know_the_future(case):
    T = len(case.x)
    trace = case.cell.forward(case.x, case.state)
    for t in range(T - 1):
        x = case.x.copy()
        x[t + 1 :] += 1
        changed = case.cell.forward(x, case.state)
        np.testing.assert_array_equal(changed.h[: t + 1], trace.h[: t + 1])
    dh = np.zeros_like(case.dh)
    dh[0] = 1
    assert not case.cell.backward(trace, dh).x[1:].any()


@quickly
@given(cases)
def test_float32_agrees_with_float64(case):
    trace, grads = case.run()
    for name, p in case.cell.params.items():
        case.cell.params[name] = p.astype(np.float32)
    single, single_grads = case.run()
    assert single.h.dtype == single_grads.x.dtype == np.float32
    assert relative_error(single.h, trace.h) < 1e-4
    if getattr(case.cell, "activation", None) is not ACTIVATIONS["relu"]:
        for name, value in grads.params.items():
            assert relative_error(single_grads.params[name], value) < 1e-3, name


@pytest.mark.parametrize("dtype", [np.int64, np.float16, np.float32, bool])
def test_real_inputs_of_any_kind_are_converted(dtype):
    case = Case("LSTM tanh")
    x = (case.x > 0).astype(dtype)
    np.testing.assert_array_equal(case.cell.forward(x).h, case.cell.forward(x.astype(float)).h)


def test_inputs_may_lie_anyhow_in_memory():
    for name in CELLS:
        case = Case(name)
        expected = everything(*case.run())
        case.x, case.dh = np.asfortranarray(case.x), np.repeat(case.dh, 2, axis=2)[:, :, ::2]
        assert_same(everything(*case.run()), expected)
