"""Parameters, where they start, and cells whose parameters are set by hand."""

import numpy as np
import pytest
from support.cells import (
    CELLS,
    Case,
    assert_same,
)

from rnnlib.cells import GRU, LSTM, RNN
from rnnlib.gradcheck import relative_error
from rnnlib.initial import orthogonal, xavier


@pytest.mark.parametrize("name", CELLS)
def test_parts_are_views_of_the_parameters(name):
    cell = Case(name).cell
    n, D, H = len(cell.gates), cell.input_size, cell.hidden_size
    shapes = {k: v.shape for k, v in cell.params.items() if k != "b_n"}
    assert shapes == {"W": (n * H, D), "U": (n * H, H), "b": (n * H,)}
    for k, gate in enumerate(cell.gates):
        for key, view in cell.part(gate).items():
            view[...] = k + 1
            assert (cell.params[key][k * H : (k + 1) * H] == k + 1).all()
    assert (cell.params["b"] == np.repeat(np.arange(n) + 1, H)).all()


def test_initial_parameters():
    lstm = LSTM(3, 4, rng=np.random.default_rng(0), forget_bias=2.5)
    assert (lstm.part("f")["b"] == 2.5).all()
    assert not any(lstm.part(gate)["b"].any() for gate in "iog")
    for gate in lstm.gates:
        U = lstm.part(gate)["U"]
        np.testing.assert_allclose(U @ U.T, np.eye(4), atol=1e-12)
        assert np.abs(lstm.part(gate)["W"]).max() <= np.sqrt(6 / 7)
    assert LSTM(3, 4, rng=np.random.default_rng(0)).part("f")["b"][0] == 1
    gru = GRU(3, 4, rng=np.random.default_rng(0), dtype=np.float32)
    assert gru.dtype == np.float32 and all(p.dtype == np.float32 for p in gru.params.values())
    assert not gru.params["b"].any() and not gru.params["b_n"].any()


def test_random_matrices():
    W = xavier(200, 300, np.random.default_rng(0))
    assert np.abs(W).max() <= np.sqrt(6 / 500) and abs(W.var() * 250 - 1) < 0.02
    np.testing.assert_allclose(
        np.linalg.svd(orthogonal(6, np.random.default_rng(0), gain=1.5))[1], 1.5
    )
    determinants = [np.linalg.det(orthogonal(3, np.random.default_rng(seed))) for seed in range(20)]
    assert min(determinants) < 0 < max(determinants)


@pytest.mark.parametrize("kind", [RNN, LSTM, GRU])
def test_the_same_generator_gives_the_same_cell(kind):
    first, second, third = (kind(3, 4, rng=np.random.default_rng(seed)) for seed in (0, 0, 1))
    assert_same(first.params, second.params)
    assert not np.array_equal(first.params["W"], third.params["W"])


def test_an_open_forget_gate_and_a_closed_input_gate_keep_the_cell():
    case = Case("LSTM tanh", T=200)
    case.cell.part("f")["b"][:] = 1000
    case.cell.part("i")["b"][:] = -1000
    trace, grads = case.run()
    np.testing.assert_array_equal(trace.c, np.broadcast_to(case.state["c"], trace.c.shape))
    case.cell.params["U"][:] = 0  # so that h carries nothing, and c is the only way back
    trace = case.cell.forward(case.x, case.state)
    grads = case.cell.backward(
        trace, np.zeros_like(case.dh), case.dstate | {"h": np.zeros_like(case.dstate["h"])}
    )
    np.testing.assert_array_equal(grads.state["c"], case.dstate["c"])


def test_a_closed_forget_gate_forgets():
    case = Case("LSTM tanh")
    case.cell.part("f")["b"][:] = -1000
    trace, grads = case.run()
    np.testing.assert_allclose(trace.c, trace.i * trace.g, rtol=1e-15)
    assert not grads.state["c"].any()


@pytest.mark.parametrize("reset", ["after", "before"])
def test_a_gru_with_z_at_one_keeps_its_state_and_at_zero_takes_the_candidate(reset):
    case = Case(f"GRU {reset}")
    case.cell.part("z")["b"][:] = 1000
    np.testing.assert_allclose(
        case.cell.forward(case.x, case.state).h[-1], case.state["h"], rtol=1e-12
    )
    case.cell.part("z")["b"][:] = -1000
    trace = case.cell.forward(case.x, case.state)
    np.testing.assert_allclose(trace.h, trace.n, rtol=1e-12)


def test_the_two_resets_differ_by_where_r_stands():
    after, before = Case("GRU after"), Case("GRU before")
    for name, p in after.cell.params.items():
        before.cell.params[name][...] = p
    runs = [cell.forward(after.x, after.state).h.copy() for cell in (after.cell, before.cell)]
    assert relative_error(*runs) > 0.01
    for cell in (after.cell, before.cell):
        cell.part("r")["b"][:] = 1000
    runs = [cell.forward(after.x, after.state).h for cell in (after.cell, before.cell)]
    np.testing.assert_allclose(*runs, rtol=1e-12)


def test_a_linear_rnn_multiplies_by_U_each_step():
    case = Case("RNN identity", T=3, B=1, D=1, H=2)
    case.cell.params["W"][:] = case.cell.params["b"][:] = 0
    U = case.cell.params["U"]
    np.testing.assert_allclose(
        case.cell.forward(case.x, case.state).h[-1, 0], U @ U @ U @ case.state["h"][0]
    )
