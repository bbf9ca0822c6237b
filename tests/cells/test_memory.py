"""A cell keeps no state: traces are independent, and their memory can be used again."""

import tracemalloc

import numpy as np
import pytest
from support.cells import (
    CELLS,
    Case,
    assert_same,
    everything,
)


def peak_memory(run):
    run()
    tracemalloc.start()
    run()
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return peak


@pytest.mark.parametrize("name", CELLS)
def test_backward_twice_gives_the_same(name):
    case = Case(name)
    trace, grads = case.run()
    first = everything(trace, grads)
    assert_same(everything(trace, case.cell.backward(trace, case.dh, case.dstate)), first)
    assert_same(everything(trace, grads), first)


@pytest.mark.parametrize("name", CELLS)
def test_two_traces_side_by_side(name):
    case, other = Case(name), Case(name, seed=1)
    expected = everything(*case.run())
    trace = case.cell.forward(case.x, case.state)
    case.cell.backward(case.cell.forward(other.x, other.state), other.dh, other.dstate)
    assert_same(everything(trace, case.cell.backward(trace, case.dh, case.dstate)), expected)


@pytest.mark.parametrize("name", CELLS)
def test_a_trace_remembers_the_weights_and_input_it_was_made_with(name):
    case = Case(name)
    expected = everything(*case.run())
    trace = case.cell.forward(case.x, case.state)
    grads = case.cell.backward(trace, case.dh, case.dstate)
    case.x += 1
    for p in case.cell.params.values():
        p *= -3
    assert_same(everything(trace, grads), expected)  # x is computed when asked for, now
    assert_same(everything(trace, case.cell.backward(trace, case.dh, case.dstate)), expected)


@pytest.mark.parametrize("name", CELLS)
def test_forward_and_backward_leave_their_arguments_alone(name):
    case = Case(name)
    arrays = [
        case.x,
        case.dh,
        *case.state.values(),
        *case.dstate.values(),
        *case.cell.params.values(),
    ]
    before = [a.copy() for a in arrays]
    case.run()
    for a, b in zip(arrays, before, strict=True):
        np.testing.assert_array_equal(a, b)


@pytest.mark.parametrize("name", CELLS)
def test_used_memory_gives_the_same_numbers_in_the_same_arrays(name):
    case, other = Case(name), Case(name, seed=1)
    expected = everything(*case.run())
    trace = case.cell.forward(other.x, other.state)
    grads = case.cell.backward(trace, other.dh, other.dstate)
    h, dW = trace.h, grads.params["W"]
    again = case.cell.forward(case.x, case.state, out=trace)
    assert again is trace and again.h is h
    grads_again = case.cell.backward(again, case.dh, case.dstate, out=grads)
    assert grads_again is grads and grads.params["W"] is dW
    assert_same(everything(again, grads_again), expected)
    assert_same(everything(case.cell.forward(case.x, case.state, out=trace), grads), expected)
    trace = case.cell.forward(
        case.x, out=trace
    )  # from zeros again, nothing of the old start is left
    np.testing.assert_array_equal(trace.h, case.cell.forward(case.x).h)
    assert_same(
        everything(trace, case.cell.backward(trace, case.dh, out=grads)),
        everything(trace, case.cell.backward(trace, case.dh)),
    )


@pytest.mark.parametrize("name", CELLS)
def test_memory_of_other_sizes_is_not_used(name):
    """For another length, number of units or cell, `out` does not fit, so new memory is taken."""
    case = Case(name)
    expected = everything(*case.run())
    for other in (
        Case(name, T=4),
        Case(name, B=2),
        Case(name, D=3),
        Case(name, H=5),
        Case(name, dtype=np.float32),
        Case("GRU after" if "LSTM" in name else "LSTM tanh"),
    ):
        old, old_grads = other.run()
        trace = case.cell.forward(case.x, case.state, out=old)
        grads = case.cell.backward(trace, case.dh, case.dstate, out=old_grads)
        assert trace is not old and grads is not old_grads
        assert_same(everything(trace, grads), expected)


@pytest.mark.parametrize("name", CELLS)
def test_numpys_settings_are_left_as_they_were(name):
    case = Case(name, 5, 2, 3, 4)
    with np.errstate(over="raise", invalid="warn"):
        np.setbufsize(4096)
        before = np.geterr(), np.getbufsize()
        case.cell.backward(case.cell.forward(case.x), case.dh)
        assert (np.geterr(), np.getbufsize()) == before


@pytest.mark.parametrize("name", CELLS)
def test_a_long_sequence_takes_no_new_memory_once_the_first_is_done(name):
    """With `out`, a pass takes much less memory than one array over time, 8 · T · B · H bytes."""
    T, B, D, H = 6000, 4, 3, 8
    case = Case(name, T, B, D, H)
    for p in case.cell.params.values():
        p *= 0.1  # so that 6,000 steps of a linear network do not overflow
    trace = case.cell.forward(case.x)
    grads = case.cell.backward(trace, case.dh)
    one_array = case.x.itemsize * T * B * H
    assert peak_memory(lambda: case.cell.forward(case.x, out=trace)) < one_array / 5
    assert peak_memory(lambda: case.cell.backward(trace, case.dh, out=grads)) < one_array / 2
    assert (
        peak_memory(lambda: case.cell.forward(case.x)) > one_array
    )  # the measurement sees what is taken
