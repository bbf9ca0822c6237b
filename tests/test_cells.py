"""The recurrent cells against the textbook, against numerical slopes, against other libraries, against themselves.

The biases are random everywhere: at zero they hide faults (a bias that two gates share, a b_n on the wrong side of r).
"""

import tracemalloc

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rnnlib.activations import ACTIVATIONS
from rnnlib.cells import GRU, LSTM, RNN
from rnnlib.gradcheck import check_cell, relative_error
from rnnlib.initial import orthogonal, xavier

CELLS = {
    **{f"RNN {phi}": (RNN, {"activation": phi}) for phi in ACTIVATIONS},
    **{f"LSTM {phi}": (LSTM, {"activation": phi}) for phi in ACTIVATIONS},
    **{f"GRU {reset}": (GRU, {"reset": reset}) for reset in ("after", "before")},
}
ANALYTIC = [name for name in CELLS if not name.endswith(("relu", "softsign"))]

PHI = {
    "tanh": np.tanh,
    "logistic": lambda a: 1 / (1 + np.exp(-a)),
    "relu": lambda a: np.where(a > 0, a, 0.0),
    "softsign": lambda a: a / (1 + abs(a)),
    "identity": lambda a: a,
}
sigma = PHI["logistic"]


def make(name, D, H, rng, dtype=np.float64):
    """A cell with every parameter random, biases too."""
    kind, options = CELLS[name]
    cell = kind(D, H, rng=rng, dtype=dtype, **options)
    for p in cell.params.values():
        p[...] = rng.normal(0, 0.5, p.shape)
    return cell


def like_state(cell, B, rng):
    return {name: rng.normal(size=(B, cell.hidden_size)) for name in cell.states}


class Case:
    """A cell with an input, an initial state and what a loss might send back, all random."""

    def __init__(self, name, T=5, B=3, D=2, H=4, seed=0, dtype=np.float64):
        rng = np.random.default_rng(seed)
        self.cell = make(name, D, H, rng, dtype)
        self.x, self.dh = rng.normal(size=(T, B, D)), rng.normal(size=(T, B, H))
        self.state, self.dstate = like_state(self.cell, B, rng), like_state(self.cell, B, rng)

    def run(self, **out):
        trace = self.cell.forward(self.x, self.state)
        return trace, self.cell.backward(trace, self.dh, self.dstate, **out)


def everything(trace, grads):
    """Every number a caller can read, by name; copies."""
    values = {f"trace.{name}": getattr(trace, name) for name in NAMES if hasattr(trace, name)}
    values |= {f"grads.{name}": getattr(grads, name) for name in ("x", "h", "c") if hasattr(grads, name)}
    for name, part in (("trace.state", trace.state), ("grads.params", grads.params), ("grads.state", grads.state)):
        values |= {f"{name}.{key}": value for key, value in part.items()}
    return {name: np.array(value) for name, value in values.items()}


NAMES = ("h", "c", "i", "f", "o", "g", "r", "z", "n")


def assert_same(left, right, tolerance=0.0):
    assert left.keys() == right.keys()
    for name in left:
        assert relative_error(left[name], right[name]) <= tolerance, name


sizes = st.tuples(st.integers(1, 6), st.integers(1, 4), st.integers(1, 4), st.integers(1, 5))
cases = st.builds(
    lambda name, size, seed: Case(name, *size, seed=seed), st.sampled_from(list(CELLS)), sizes, st.integers(0, 99)
)
quickly = settings(max_examples=40, deadline=None)


# The textbook


def textbook(cell, x, state):
    """One step after the other, one gate after the other, as the docstrings write them. {name: (T, B, H)}."""
    h, c = state["h"], state.get("c")
    steps = []
    phi = PHI[cell.activation.name] if cell.activation else np.tanh
    for x_t in x:

        def a(gate, h, x_t=x_t):
            p = cell.part(gate)
            return x_t @ p["W"].T + h @ p["U"].T + p["b"]

        if isinstance(cell, RNN):
            h = phi(a("h", h))
            steps.append({"h": h})
        elif isinstance(cell, LSTM):
            i, f, o, g = sigma(a("i", h)), sigma(a("f", h)), sigma(a("o", h)), phi(a("g", h))
            c = f * c + i * g
            h = o * phi(c)
            steps.append({"i": i, "f": f, "o": o, "g": g, "c": c, "h": h})
        else:
            r, z, p, b_n = sigma(a("r", h)), sigma(a("z", h)), cell.part("n"), cell.params["b_n"]
            if cell.reset == "after":
                n = np.tanh(x_t @ p["W"].T + p["b"] + r * (h @ p["U"].T + b_n))
            else:
                n = np.tanh(x_t @ p["W"].T + p["b"] + (r * h) @ p["U"].T + b_n)
            h = (1 - z) * n + z * h
            steps.append({"r": r, "z": z, "n": n, "h": h})
    return {name: np.array([step[name] for step in steps]) for name in steps[0]}


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
            assert np.isfinite(trace.h).all() and all(np.isfinite(g).all() for g in grads.params.values())


# Gradients


def far_from_kinks(case, distance=1e-3):
    """relu and softsign bend at 0, where a difference of two losses is no slope: is every place they look at off 0?"""
    cell, trace = case.cell, case.cell.forward(case.x, case.state)
    h_prev = np.concatenate([case.state["h"][None], trace.h[:-1]])
    p = cell.part(cell.gates[-1])
    seen = [case.x @ p["W"].T + h_prev @ p["U"].T + p["b"]] + ([trace.c] if "c" in cell.states else [])
    return min(np.abs(a).min() for a in seen) > distance


@pytest.mark.parametrize("name", CELLS)
@pytest.mark.parametrize("seed", [0, 100])
def test_backward_agrees_with_central_differences(name, seed):
    case = next(case for case in (Case(name, seed=s) for s in range(seed, seed + 50)) if far_from_kinks(case))
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
    assert max(check_cell(case.cell, case.x, case.dh, case.state, case.dstate, method="complex").values()) < 1e-12


@pytest.mark.parametrize("name", ANALYTIC)
def test_a_gradient_from_the_final_state_alone(name):
    case = Case(name)
    errors = check_cell(case.cell, case.x, np.zeros_like(case.dh), case.state, case.dstate, method="complex")
    assert max(errors.values()) < 1e-12, errors


@pytest.mark.parametrize("name", ANALYTIC)
def test_total_gradients_are_those_of_a_run_cut_at_that_step(name):
    """dE/dh_t and dE/dc_t are what a run over the steps after t finds at its initial state."""
    case = Case(name)
    trace, grads = case.run()
    for t in range(len(case.x) - 1):
        state = {key: getattr(trace, key)[t] for key in case.state}
        rest = case.cell.backward(case.cell.forward(case.x[t + 1 :], state), case.dh[t + 1 :], case.dstate)
        np.testing.assert_allclose(grads.h[t], case.dh[t] + rest.state["h"], rtol=1e-12)
        if "c" in case.state:
            through_h = trace.o[t] * case.cell.activation.slope(case.cell.activation.apply(trace.c[t]))
            np.testing.assert_allclose(grads.c[t], rest.state["c"] + grads.h[t] * through_h, rtol=1e-12)
    np.testing.assert_array_equal(grads.h[-1], case.dh[-1] + case.dstate["h"])


# What must not matter


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
        shape = case.cell.params[name.split(".")[2]].shape if key == "grads.params" else expected.get(key, (T, B, H))
        assert value.shape == shape, name
        assert value.dtype == np.float64, name


@quickly
@given(cases, st.randoms(use_true_random=False))
def test_the_order_of_the_batch_does_not_matter(case, random):
    order = random.sample(range(case.x.shape[1]), case.x.shape[1])
    trace, grads = case.run()
    case.x, case.dh = case.x[:, order], case.dh[:, order]
    case.state, case.dstate = ({k: v[order] for k, v in s.items()} for s in (case.state, case.dstate))
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
        np.testing.assert_allclose(early.params[name] + late.params[name], grads.params[name], rtol=1e-9, atol=1e-12)
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
    if case.cell.activation is not ACTIVATIONS["relu"]:
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


# No hidden state


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
    arrays = [case.x, case.dh, *case.state.values(), *case.dstate.values(), *case.cell.params.values()]
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
    trace = case.cell.forward(case.x, out=trace)  # from zeros again, nothing of the old start is left
    np.testing.assert_array_equal(trace.h, case.cell.forward(case.x).h)
    assert_same(everything(trace, case.cell.backward(trace, case.dh, out=grads)),
                everything(trace, case.cell.backward(trace, case.dh)))


@pytest.mark.parametrize("name", CELLS)
def test_memory_of_other_sizes_is_not_used(name):
    """Another length, another number of hidden units, another cell: `out` cannot hold it, so new memory is taken."""
    case = Case(name)
    expected = everything(*case.run())
    for other in (Case(name, T=4), Case(name, B=2), Case(name, D=3), Case(name, H=5), Case(name, dtype=np.float32),
                  Case("GRU after" if "LSTM" in name else "LSTM tanh")):
        old, old_grads = other.run()
        trace = case.cell.forward(case.x, case.state, out=old)
        grads = case.cell.backward(trace, case.dh, case.dstate, out=old_grads)
        assert trace is not old and grads is not old_grads
        assert_same(everything(trace, grads), expected)


def peak_memory(run):
    run()
    tracemalloc.start()
    run()
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return peak


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
    """With `out`, T steps take no memory that grows with T: what one array over time needs would be 8 bytes · T·B·H."""
    T, B, D, H = 6000, 4, 3, 8
    case = Case(name, T, B, D, H)
    for p in case.cell.params.values():
        p *= 0.1  # so that 6,000 steps of a linear network do not overflow
    trace = case.cell.forward(case.x)
    grads = case.cell.backward(trace, case.dh)
    one_array = case.x.itemsize * T * B * H
    assert peak_memory(lambda: case.cell.forward(case.x, out=trace)) < one_array / 10
    assert peak_memory(lambda: case.cell.backward(trace, case.dh, out=grads)) < one_array / 2
    assert peak_memory(lambda: case.cell.forward(case.x)) > one_array  # the measurement sees what is taken


# Parameters


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
    np.testing.assert_allclose(np.linalg.svd(orthogonal(6, np.random.default_rng(0), gain=1.5))[1], 1.5)
    determinants = [np.linalg.det(orthogonal(3, np.random.default_rng(seed))) for seed in range(20)]
    assert min(determinants) < 0 < max(determinants)


@pytest.mark.parametrize("kind", [RNN, LSTM, GRU])
def test_the_same_generator_gives_the_same_cell(kind):
    first, second, third = (kind(3, 4, rng=np.random.default_rng(seed)) for seed in (0, 0, 1))
    assert_same(first.params, second.params)
    assert not np.array_equal(first.params["W"], third.params["W"])


# Cells that can be read off


def test_an_open_forget_gate_and_a_closed_input_gate_keep_the_cell():
    case = Case("LSTM tanh", T=200)
    case.cell.part("f")["b"][:] = 1000
    case.cell.part("i")["b"][:] = -1000
    trace, grads = case.run()
    np.testing.assert_array_equal(trace.c, np.broadcast_to(case.state["c"], trace.c.shape))
    case.cell.params["U"][:] = 0  # so that h carries nothing, and c is the only way back
    trace = case.cell.forward(case.x, case.state)
    grads = case.cell.backward(trace, np.zeros_like(case.dh), case.dstate | {"h": np.zeros_like(case.dstate["h"])})
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
    np.testing.assert_allclose(case.cell.forward(case.x, case.state).h[-1], case.state["h"], rtol=1e-12)
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
    np.testing.assert_allclose(case.cell.forward(case.x, case.state).h[-1, 0], U @ U @ U @ case.state["h"][0])


# Other libraries' numbers


def wave(shape, start):
    """Numbers anyone can make again: 0.7 sin(start + 1.3 k), k counting in C order."""
    return 0.7 * np.sin(start + 1.3 * np.arange(np.prod(shape))).reshape(shape)


def from_torch_order(name, a):
    """The blocks of PyTorch's LSTM stand in the order i, f, g, o; ours i, f, o, g."""
    return np.concatenate([np.split(a, 4)[k] for k in (0, 1, 3, 2)]) if name == "LSTM" else a


GOLDEN = {
    "RNN": {
        "h": [
            -0.5983452066, 0.239979684, 0.5385018405, -0.9104507937, 0.0860925338, -0.2919884058,
            -0.1702287034, -0.1429463775, 0.6791610645, -0.9107636401, -0.2084101286, 0.1954112884,
        ],
        "x": [
            0.2765824164, 0.1854218792, -0.1773821454, -0.0612322803, -0.0775900852, 0.0197217665,
            -0.1726473112, 0.1777443775, 0.2677401368, 0.4278063296, 0.0043378234, -0.4254856043,
            -0.0036637041, -0.004306939, 0.0013595019, -0.0054319543, 0.0039122685, 0.0075250088,
        ],
        "state h": [
            0.2937266195, -0.0095583136, -0.0681805478, 0.0280077704,
        ],
        "W": [
            -0.1882548154, 0.4030479519, 0.4038845255, 0.5455590295, 0.803242756, -0.1158260368,
        ],
        "U": [
            -0.4283176244, 0.4137049722, -0.7285020002, 0.7103279517,
        ],
        "b": [
            0.5305124871, -0.2165511796,
        ],
    },
    "LSTM": {
        "h": [
            0.2295580547, -0.0512331003, 0.0191911687, -0.1371806316, 0.0916444244, -0.0170847692,
            0.1326430848, -0.1875975338, 0.0344647849, 0.0423327586, 0.1752240878, -0.1555702787,
        ],
        "x": [
            -0.0288745496, 0.0179643103, 0.0384854136, 0.0237962863, 0.0136618209, -0.0164872442,
            -0.0369066187, 0.0324729218, 0.0542795558, 0.0634683608, -0.0395293301, -0.0846164598,
            0.1391926206, 0.1598868784, -0.0536535153, 0.2296141255, -0.0030531649, -0.2312475616,
        ],
        "state h": [
            -0.0189364778, 0.0337852705, 0.0211706235, -0.0213166549,
        ],
        "W": [
            -0.0515272154, -0.0025632069, 0.0501559057, -0.0177570958, -0.024092753, 0.0048675294,
            -0.0355571912, -0.0061627057, 0.0322601581, 0.0592058355, -0.0257806586, -0.0729984275,
            -0.216239987, -0.0253904199, 0.2026561718, -0.1848081278, 0.0296806026, 0.2006871806,
            -0.0493518727, 0.0180855412, 0.0590275949, -0.032174048, -0.0527094467, 0.0039746175,
        ],
        "U": [
            -0.0137128862, 0.0334658096, -0.0322198831, 0.0424328779, -0.0074277413, 0.0151037616,
            0.0105330111, -0.0079360903, -0.0521135776, 0.0236882408, 0.0120215359, -0.0606144529,
            -0.0111981267, 0.0388026422, 0.0115850073, -0.0176412113,
        ],
        "b": [
            0.058818527, -0.1754199165, 0.001666432, -0.050575456, -0.3074843793, 0.1666225403,
            0.0924443257, 0.0819586483,
        ],
        "final c": [
            0.1888254302, 0.0887623935, 0.3644319506, -0.5497678847,
        ],
        "state c": [
            0.0787888916, -0.0710071348, -0.0356988134, -0.068364368,
        ],
    },
    "GRU": {
        "h": [
            0.5287382816, -0.0854648207, 0.344338475, 0.0558778904, 0.047697632, -0.0787335196,
            0.6278387384, -0.3454127647, -0.1082738655, 0.2133516924, 0.3893035017, -0.4288659506,
        ],
        "x": [
            -0.1154943428, 0.137853326, 0.1892455492, -0.0289364164, 0.2575061445, 0.1667016005,
            0.0128236011, -0.1648992251, -0.1010443002, -0.1290721119, -0.1092032037, 0.0706486537,
            0.0015272171, 0.0056195129, 0.0014792091, -0.0019802546, -0.0035925425, 0.0000582528,
        ],
        "state h": [
            0.0949276739, 0.1307167257, -0.4537515035, -0.5485995111,
        ],
        "W": [
            0.0157415728, -0.0485188323, -0.0416990344, -0.0001686362, -0.0217922491, -0.011490166,
            0.1009227053, 0.0775003928, -0.0594601767, -0.0483306383, 0.0105499337, 0.0539748282,
            -0.1947850802, 0.3144069855, 0.3629920809, -0.0076930451, 0.3454647311, 0.1925158669,
        ],
        "U": [
            0.0081384188, -0.0157594664, 0.007205996, -0.0088188309, 0.039002382, -0.0891589535,
            -0.0324682905, 0.1029502148, -0.0111241321, 0.0811762741, -0.0277586483, 0.0264903135,
        ],
        "b": [
            0.0099577464, 0.0017129136, -0.1701012678, 0.2423351188, 0.1774661301, -0.1749576185,
        ],
        "b_n": [
            0.0641505463, -0.03237545,
        ],
    },
}


@pytest.mark.parametrize("name", GOLDEN)
def test_values_and_gradients_of_pytorch(name):
    """Computed with torch 2.13.0 in float64 on nn.RNN, nn.LSTM and nn.GRU (T, B, D, H = 3, 2, 3, 2).

    weight_ih_l0 = wave(·, 1), weight_hh_l0 = wave(·, 2), bias_ih_l0 = wave(·, 3), bias_hh_l0 = 0, but for a GRU its
    last H numbers wave(H, 4); x = wave(·, 5), h0 = wave(·, 6), c0 = wave(·, 7); E = Σ wave(·, 8)·y + Σ wave(·, 9)·h_T
    + Σ wave(·, 10)·c_T. Written down: y, c_T and dE/d(x, h0, c0, weights, biases), 10 decimals.
    """
    T, B, D, H = 3, 2, 3, 2
    cell = {"RNN": RNN, "LSTM": LSTM, "GRU": GRU}[name](D, H, rng=np.random.default_rng(0))
    for start, key in enumerate(("W", "U", "b", "b_n"), 1):
        if key in cell.params:
            cell.params[key][...] = from_torch_order(name, wave(cell.params[key].shape, start))
    state = {key: wave((B, H), start) for key, start in zip(cell.states, (6, 7), strict=False)}
    dstate = {key: wave((B, H), start) for key, start in zip(cell.states, (9, 10), strict=False)}
    trace = cell.forward(wave((T, B, D), 5), state)
    grads = cell.backward(trace, wave((T, B, H), 8), dstate)
    ours = {"h": trace.h, "x": grads.x, **grads.params, **{f"state {key}": v for key, v in grads.state.items()}}
    if name == "LSTM":
        ours["final c"] = trace.state["c"]
    assert ours.keys() == GOLDEN[name].keys()
    for key, value in GOLDEN[name].items():
        expected = np.array(value).reshape(ours[key].shape)
        expected = from_torch_order(name, expected) if key in cell.params else expected
        np.testing.assert_allclose(ours[key], expected, atol=1e-10, err_msg=key)


@pytest.mark.parametrize("name", ["RNN", "LSTM", "GRU"])
def test_pytorch_itself(name):
    """Where torch is installed: values and gradients of larger random nets."""
    torch = pytest.importorskip("torch")
    case = Case({"RNN": "RNN tanh", "LSTM": "LSTM tanh", "GRU": "GRU after"}[name], T=40, B=5, D=6, H=7)
    net = getattr(torch.nn, name)(6, 7, dtype=torch.float64)
    H = 7
    p = {key: torch.tensor(from_torch_order(name, value)) for key, value in case.cell.params.items()}
    b_hh = torch.zeros_like(p["b"])
    if name == "GRU":
        b_hh[2 * H :] = p["b_n"]
    for theirs, ours in zip(net.parameters(), (p["W"], p["U"], p["b"], b_hh), strict=True):
        theirs.data = ours
    x = torch.tensor(case.x, requires_grad=True)
    start = [torch.tensor(v[None], requires_grad=True) for v in case.state.values()]
    y, end = net(x, tuple(start) if name == "LSTM" else start[0])
    end = end if name == "LSTM" else (end,)
    ends = zip(end, case.dstate.values(), strict=True)
    ((y * torch.tensor(case.dh)).sum() + sum((e * torch.tensor(d)).sum() for e, d in ends)).backward()
    trace, grads = case.run()
    W, U, b, b_hh = (from_torch_order(name, q.grad.numpy()) for q in net.parameters())
    pairs = [(trace.h, y.detach().numpy()), (grads.x, x.grad.numpy())]
    pairs += [(grads.params["W"], W), (grads.params["U"], U), (grads.params["b"], b)]
    pairs += [(grads.state[key], s.grad.numpy()[0]) for key, s in zip(case.state, start, strict=True)]
    pairs += [(grads.params["b_n"], b_hh[2 * H :])] if name == "GRU" else []
    for ours, theirs in pairs:
        assert relative_error(ours, theirs) < 1e-9


def numbers(text, *shape):
    return np.array(text.split(), float).reshape(shape)


def test_lstm_of_tensorflow_lite():
    """TensorFlow, tensorflow/lite/kernels/unidirectional_sequence_lstm_test.cc, case NoCifg_NoPeephole_NoProjection_
    NoLayerNorm: T, B, D, H = 3, 1, 2, 4, every weight another number, tolerance 1e-5."""
    lstm = LSTM(2, 4, rng=np.random.default_rng(0))
    weights = {
        "i": """-0.45018822 -0.02338299 -0.0870589 -0.34550029 0.04266912 -0.15680569 -0.34856534 0.43890524
                -0.0063535 -0.2042388 0.31454784 -0.35746509 0.28902304 0.08183324 -0.16555229 0.02286911
                -0.13566875 0.03034258 0.48091322 -0.12528998 0.24077177 -0.51332325 -0.33502164 0.10629296""",
        "f": """0.09701663 0.20334584 -0.50592935 -0.31343272 -0.40032279 0.44781327 0.01387155 -0.35593212
                -0.48684245 -0.06655136 0.42224967 0.2112639 0.27654213 0.20864892 -0.07646349 0.45877004
                0.00141793 -0.14609534 0.36447752 0.09196436 0.28053468 0.01560611 -0.20127171 -0.01140004""",
        "o": """-0.25065863 -0.28290087 0.04613829 0.40525138 0.44272184 0.03897077 -0.1556896 0.19487578
                0.43385774 -0.17194885 0.2718237 0.09215671 0.24107647 -0.39835793 0.18212086 0.01301402
                0.48572797 -0.50656658 0.20047462 -0.20607421 -0.51818722 -0.15390486 0.0468148 0.39922136""",
        "g": """-0.50013041 0.1370284 0.11810488 0.2013163 -0.20583314 0.44344562 0.22077113 -0.29909778
                -0.3407414 0.24443203 -0.2078532 0.26320225 0.05695659 -0.00123841 -0.4744786 -0.35869038
                -0.06418842 -0.13502428 -0.501764 0.22830659 -0.46367589 0.26016325 -0.03894562 -0.16368064""",
    }
    for gate, text in weights.items():
        both = numbers(text, 24)
        lstm.part(gate)["W"][:], lstm.part(gate)["U"][:] = both[:8].reshape(4, 2), both[8:].reshape(4, 4)
        lstm.part(gate)["b"][:] = gate == "f"
    h = lstm.forward(numbers("2 3 3 4 1 1", 3, 1, 2)).h
    expected = """-0.02973187 0.1229473 0.20885126 -0.15358765 -0.03716109 0.12507336 0.41193449 -0.20860538
                  -0.15053082 0.09120187 0.24278517 -0.12222792"""
    np.testing.assert_allclose(h, numbers(expected, 3, 1, 4), atol=1e-5)


def test_gradients_of_burn():
    """Burn (tracel-ai/burn, autodiff test ad_lstm), numbers there taken from PyTorch: E = mean of all h; T, B, D, H =
    2, 4, 3, 2, blocks in the order i, f, g, o, b_f = 1, the other biases 0. Its b gradient is given to 1e-4."""
    lstm = LSTM(3, 2, rng=np.random.default_rng(0))
    W = """0.5515 -1.0005 -0.9981 -0.3744 -0.6567 -0.8902 -0.7804 0.5981 -0.9637 0.9862 -0.1910 0.1298 -0.5881 -0.6989
           0.5698 -0.5157 -0.5139 0.8493 0.3309 -0.5226 -0.1362 0.3765 0.5327 0.7626"""
    U = """-0.4148 -0.1351 0.2090 0.4742 -0.6913 0.0456 0.2024 0.6486 0.1362 -0.0956 0.3370 -0.3085 -0.2517 0.0471
           -0.2644 0.4771"""
    x = """6.1599e-2 1.4434e-1 5.0515e-1 4.5327e-1 9.6461e-2 9.4723e-1 6.5902e-1 8.3846e-1 8.5444e-1 7.3353e-1 7.8060e-1
           2.7181e-1 4.5411e-1 7.2665e-1 4.0610e-1 2.4880e-4 2.0886e-1 5.9652e-1 4.7231e-1 2.0873e-1 8.2748e-1 3.4535e-2
           8.7611e-2 8.1984e-1"""
    lstm.params["W"][:] = from_torch_order("LSTM", numbers(W, 8, 3))
    lstm.params["U"][:] = from_torch_order("LSTM", numbers(U, 8, 2))
    grads = lstm.backward(lstm.forward(numbers(x, 2, 4, 3)), np.full((2, 4, 2), 1 / 16)).params
    dW = """-7.1392e-3 -9.1484e-3 -8.3713e-5 -1.8330e-3 -4.6515e-3 1.3608e-2 -2.5509e-4 1.6488e-5 -1.5846e-3 2.9855e-4
            6.5486e-4 -5.2864e-5 2.6259e-2 2.5132e-2 5.2782e-2 3.8327e-2 4.1747e-2 6.8519e-2 -4.2946e-3 -5.0783e-3
            -1.4337e-3 1.2592e-4 1.1887e-4 5.2137e-3"""
    dU = """-2.7388e-4 -3.0253e-4 -5.5798e-4 -3.4758e-4 2.1925e-4 2.1652e-4 1.5562e-4 2.2855e-4 -7.7453e-4 3.3847e-4
            -6.2271e-4 9.5916e-4 6.3325e-5 5.1526e-5 -3.4406e-5 1.8998e-4"""
    db = "-0.0054 0.0125 -0.0017 0.0006 0.0790 0.1081 -0.0045 0.0066"
    np.testing.assert_allclose(grads["W"], from_torch_order("LSTM", numbers(dW, 8, 3)), rtol=1e-3, atol=1e-5)
    np.testing.assert_allclose(grads["U"], from_torch_order("LSTM", numbers(dU, 8, 2)), rtol=1e-3, atol=1e-6)
    np.testing.assert_allclose(grads["b"], from_torch_order("LSTM", numbers(db, 8)), atol=1e-4)


@pytest.mark.parametrize(
    "activation, b, expected",
    [
        ("tanh", "0 0 0", "0.9408395 0.53823817 0.84270686 0.98932856 0.768665 0.90461975"),
        ("tanh", "1.0289404 1.6362579 0.4370661", "0.9922437 0.97749525 0.9312212 nan 0.9901317 0.95906746"),
        ("logistic", "1.0289404 1.6362579 0.4370661", "0.94126844 0.9036043 0.841243 nan 0.934215 0.873708"),
    ],
)
def test_rnn_of_openvino(activation, b, expected):
    """OpenVINO, ngraph/test/backend/recurrent_cells.in.cpp: rnn_cell_*, one step, B, D, H = 2, 3, 3.

    Where a bias is given, OpenVINO cuts what enters φ to ±2.88; the one number that this changes is left out (nan).
    """
    rnn = RNN(3, 3, rng=np.random.default_rng(0), activation=activation)
    W = "0.41930267 0.7872176 0.89940447 0.23659843 0.24676207 0.17101714 0.3147149 0.6555601 0.4559603"
    U = "0.8374871 0.86660194 0.82114047 0.71549815 0.18775631 0.3182116 0.25392973 0.38301638 0.85531586"
    rnn.params["W"][:], rnn.params["U"][:], rnn.params["b"][:] = numbers(W, 3, 3), numbers(U, 3, 3), numbers(b, 3)
    x = numbers("0.3432185 0.612268 0.20272376 0.9513413 0.30585995 0.7265472", 1, 2, 3)
    h = numbers("0.12444675 0.52055854 0.46489045 0.4983964 0.7730452 0.28439692", 2, 3)
    expected = numbers(expected, 2, 3)
    given = np.isfinite(expected)
    np.testing.assert_allclose(rnn.forward(x, {"h": h}).h[0][given], expected[given], atol=1e-6)


def set_gru(gru, W, U, b, b_n):
    """Parameters whose blocks stand in ONNX's order z, r, n."""
    H = gru.hidden_size
    for key, text, shape in (("W", W, (3 * H, -1)), ("U", U, (3 * H, H)), ("b", b, (3 * H,))):
        z, r, n = np.split(numbers(text, *shape), 3)
        gru.params[key][...] = np.concatenate([r, z, n])
    gru.params["b_n"][:] = numbers(b_n, H)


@pytest.mark.parametrize(
    "reset, expected",
    [
        ("before", "0.2366661 -0.1500429 -0.03255286 0.0774838 0.07378622 -0.02782359 -0.05556786 0.0785508"),
        ("after", "0.2539424 -0.1742078 -0.03255286 0.0774838 0.08749971 -0.0485242 -0.05773478 0.07961658"),
    ],
)
def test_gru_of_onnx_runtime(reset, expected):
    """ONNX Runtime, onnxruntime/test/providers/cpu/rnn/deep_cpu_gru_op_test.cc, cases ONNXRuntime_TestGRUOpForwardBatch
    and …LinearBeforeReset: T, B, D, H = 2, 2, 2, 2, every weight another number."""
    gru = GRU(2, 2, rng=np.random.default_rng(0), reset=reset)
    W = """-0.494659 0.0453352 -0.487793 0.417264 -0.0091708 -0.255364 -0.106952 -0.266717 -0.0888852 -0.428709
           -0.283349 0.208792"""
    U = """0.146626 -0.0620289 -0.0815302 0.100482 -0.228172 0.405972 0.31576 0.281487 -0.394864 0.42111 -0.386624
           -0.390225"""
    set_gru(gru, W, U, "0.381619 0.0323954 -0.258721 0.45056 -0.250755 0.0967895", "0 0")
    x = numbers("-0.455351 -0.276391 -0.455351 -0.276391 -0.185934 -0.269585 -0.185934 -0.269585", 2, 2, 2)
    h = gru.forward(x, {"h": numbers("0.5 -0.5 0 0", 2, 2)}).h
    np.testing.assert_allclose(h, numbers(expected, 2, 2, 2), atol=1e-6)


@pytest.mark.parametrize(
    "reset, expected",
    [
        ("before", """0.16783132 -0.11754231 0.11977843 0.2046872 -0.10372487 0.15365849
                      0.22688604 -0.19698407 0.14017843 0.33386092 -0.15799662 0.2381169"""),
        ("after", """0.15024948 -0.11097029 -0.02121867 0.18887489 -0.09747667 0.02093463
                     0.19538902 -0.19016478 -0.05644283 0.30856851 -0.15190377 0.05999807"""),
    ],
)
def test_gru_biases_of_onnx_runtime(reset, expected):
    """The same file, ForwardDefaultActivationsSimpleWeightsWithBias…: two sets of biases, every one another number;
    those of r and z add, those of n stand on both sides of the reset. T, B, D, H = 2, 2, 1, 3; U = 0.1 throughout."""
    gru = GRU(1, 3, rng=np.random.default_rng(0), reset=reset)
    set_gru(gru, "0.1 0.2 0.3 0.2 0.3 0.1 0.3 0.1 0.2", "0.1 " * 27, "-0.04 0.6 -0.69 -0.15 -0.72 0.32 0.3 -0.3 -0.3",
            "0.07 -0.03 0.5")
    h = gru.forward(numbers("-0.1 0.2 -0.3 0.4", 2, 2, 1)).h
    np.testing.assert_allclose(h, numbers(expected, 2, 2, 3), atol=1e-6)


# Wrong arguments


def raising(name, **changes):
    """The message of the error that the case raises with some of x, state, dh, dstate changed."""
    case = Case(name)
    for key, value in changes.items():
        setattr(case, key, value)
    with pytest.raises(ValueError) as error:
        case.run()
    return str(error.value)


@pytest.mark.parametrize(
    "changes, words",
    [
        ({"x": np.zeros((5, 3))}, ["x ", "(T, B, D) = (any, any, 2)", "(5, 3)"]),
        ({"x": np.zeros((5, 3, 4))}, ["x ", "(T, B, D) = (any, any, 2)", "(5, 3, 4)"]),
        ({"x": np.zeros((0, 3, 2))}, ["x ", "(T, B, D)", "(0, 3, 2)"]),
        ({"x": np.zeros((5, 0, 2))}, ["x ", "(T, B, D)", "(5, 0, 2)"]),
        ({"x": np.zeros((5, 3, 2), complex)}, ["x ", "float64", "complex128"]),
        ({"x": np.full((5, 3, 2), "a")}, ["x ", "numbers", "U1"]),
        ({"x": [[[1, 2], [3, 4]], [[5, 6]]]}, ["x ", "(T, B, D)"]),
        ({"state": {"h": np.zeros((2, 4)), "c": np.zeros((3, 4))}}, ["state['h']", "(B, H) = (3, 4)", "(2, 4)"]),
        ({"state": {"h": np.zeros((3, 4)), "c": np.zeros(4)}}, ["state['c']", "(B, H) = (3, 4)", "(4,)"]),
        ({"state": {"h": np.zeros((3, 4))}}, ["state ", "h, c", "['h']"]),
        ({"state": np.zeros((3, 4))}, ["state ", "h, c", "ndarray"]),
        ({"dh": np.zeros((5, 3, 2))}, ["dh ", "(T, B, H) = (5, 3, 4)", "(5, 3, 2)"]),
        ({"dh": np.zeros((5, 3, 4), complex)}, ["dh ", "float64", "complex128"]),
        ({"dstate": {"h": np.zeros((3, 4))}}, ["dstate ", "h, c", "['h']"]),
        ({"dstate": {"h": np.zeros((3, 4)), "c": np.zeros((3, 5))}}, ["dstate['c']", "(B, H) = (3, 4)", "(3, 5)"]),
    ],
)
def test_wrong_arrays_are_named(changes, words):
    message = raising("LSTM tanh", **changes)
    for word in words:
        assert word in message, message


@pytest.mark.parametrize("name", ["RNN tanh", "LSTM tanh", "GRU after"])
def test_a_trace_of_another_cell_is_refused(name):
    case = Case(name)
    for other in ("RNN tanh", "LSTM tanh", "GRU after"):
        if other != name:
            with pytest.raises(ValueError, match=f"trace must be .* got a trace of {other.split()[0]}"):
                case.cell.backward(Case(other).run()[0], case.dh)
    for trace, got in ((Case(name, H=5).run()[0], r"a trace of .*\(2, 5"), (Case(name, D=3).run()[0], r"a trace of .*\(3, 4"), (None, "NoneType")):
        with pytest.raises(ValueError, match=f"trace must be .* got .*{got}"):
            case.cell.backward(trace, case.dh)


@pytest.mark.parametrize(
    "build, words",
    [
        (lambda rng: RNN(0, 4, rng=rng), ["input_size", "positive whole number", "0"]),
        (lambda rng: LSTM(3, 2.5, rng=rng), ["hidden_size", "positive whole number", "2.5"]),
        (lambda rng: GRU(3, True, rng=rng), ["hidden_size", "positive whole number", "True"]),
        (lambda rng: LSTM(3, 4, rng=7), ["rng", "Generator", "7"]),
        (lambda rng: LSTM(3, 4, rng=np.random), ["rng", "Generator"]),
        (lambda rng: RNN(3, 4, rng=rng, activation="sigmoid"), ["activation", "logistic", "'sigmoid'"]),
        (lambda rng: LSTM(3, 4, rng=rng, activation=None), ["activation", "tanh", "None"]),
        (lambda rng: GRU(3, 4, rng=rng, reset="inside"), ["reset", "'after' or 'before'", "'inside'"]),
        (lambda rng: RNN(3, 4, rng=rng, dtype=np.int32), ["dtype", "float32 or float64", "int32"]),
        (lambda rng: RNN(3, 4, rng=rng, dtype="number"), ["dtype", "float32 or float64", "number"]),
        (lambda rng: LSTM(3, 4, rng=rng).part("x"), ["gate", "i, f, o, g", "'x'"]),
        (lambda rng: xavier(3, 4, None), ["rng", "Generator", "None"]),
        (lambda rng: orthogonal(3, 0), ["rng", "Generator", "0"]),
    ],
)
def test_wrong_settings_are_named(build, words):
    with pytest.raises(ValueError) as error:
        build(np.random.default_rng(0))
    for word in words:
        assert word in str(error.value), str(error.value)
