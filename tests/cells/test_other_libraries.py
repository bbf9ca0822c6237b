"""Values and gradients that other libraries have published or computed.

Each file in tests/golden/ says in "source" where its numbers come from.
"""

import json
from pathlib import Path

import numpy as np
import pytest
from support.cells import Case

from rnnlib.cells import GRU, LSTM, RNN
from rnnlib.gradcheck import relative_error

GOLDEN = Path(__file__).parents[1] / "golden"
CELL = {"RNN": RNN, "LSTM": LSTM, "GRU": GRU}


def golden(name):
    return json.loads((GOLDEN / f"{name}.json").read_text(encoding="utf-8"))


def numbers(values, *shape):
    """A list of numbers as an array; null becomes nan."""
    return np.array(values, float).reshape(shape)


def wave(shape, start):
    """Numbers that anyone can make again: 0.7 sin(start + 1.3 k), where k counts in C order."""
    return 0.7 * np.sin(start + 1.3 * np.arange(np.prod(shape))).reshape(shape)


def swap_last_two_blocks(a):
    """From the order i, f, g, o of PyTorch's LSTM to i, f, o, g, or back."""
    i, f, third, fourth = np.split(a, 4)
    return np.concatenate([i, f, fourth, third])


def in_our_order(name, a):
    return swap_last_two_blocks(a) if name == "LSTM" else a


def cell_with_waves(name, D, H):
    cell = CELL[name](D, H, rng=np.random.default_rng(0))
    for start, key in enumerate(("W", "U", "b", "b_n"), 1):
        if key in cell.params:
            cell.params[key][...] = in_our_order(name, wave(cell.params[key].shape, start))
    return cell


@pytest.mark.parametrize("name", CELL)
def test_values_and_gradients_of_pytorch(name):
    expected, (T, B, D, H) = golden("pytorch")[name], (3, 2, 3, 2)
    cell = cell_with_waves(name, D, H)
    state = {key: wave((B, H), start) for key, start in zip(cell.states, (6, 7), strict=False)}
    dstate = {key: wave((B, H), start) for key, start in zip(cell.states, (9, 10), strict=False)}
    trace = cell.forward(wave((T, B, D), 5), state)
    grads = cell.backward(trace, wave((T, B, H), 8), dstate)
    ours = {"h": trace.h, "x": grads.x} | grads.params
    ours |= {f"state {key}": value for key, value in grads.state.items()}
    if name == "LSTM":
        ours["final c"] = trace.state["c"]
    assert ours.keys() == expected.keys()
    for key, value in ours.items():
        theirs = numbers(expected[key], *value.shape)
        if key in cell.params:
            theirs = in_our_order(name, theirs)
        np.testing.assert_allclose(value, theirs, atol=1e-10, err_msg=key)


def in_pytorch(torch, name, case):
    """What PyTorch computes for a case: {name: array}."""
    D, H = case.cell.input_size, case.cell.hidden_size
    net = getattr(torch.nn, name)(D, H, dtype=torch.float64)
    params = {k: torch.tensor(in_our_order(name, p)) for k, p in case.cell.params.items()}
    second_bias = torch.zeros_like(params["b"])
    if name == "GRU":
        second_bias[2 * H :] = params["b_n"]
    values = (params["W"], params["U"], params["b"], second_bias)
    for parameter, value in zip(net.parameters(), values, strict=True):
        parameter.data = value
    x = torch.tensor(case.x, requires_grad=True)
    start = [torch.tensor(v[None], requires_grad=True) for v in case.state.values()]
    y, end = net(x, tuple(start) if name == "LSTM" else start[0])
    end = end if name == "LSTM" else (end,)
    loss = (y * torch.tensor(case.dh)).sum()
    for state, dstate in zip(end, case.dstate.values(), strict=True):
        loss = loss + (state * torch.tensor(dstate)).sum()
    loss.backward()
    W, U, b, second = (in_our_order(name, p.grad.numpy()) for p in net.parameters())
    theirs = {"h": y.detach().numpy(), "x": x.grad.numpy(), "W": W, "U": U, "b": b}
    for key, state in zip(case.state, start, strict=True):
        theirs[f"state {key}"] = state.grad.numpy()[0]
    if name == "GRU":
        theirs["b_n"] = second[2 * H :]
    return theirs


@pytest.mark.parametrize("name", CELL)
def test_pytorch_itself(name):
    """Where torch is installed: the same values and gradients for larger random networks."""
    torch = pytest.importorskip("torch")
    ours = {"RNN": "RNN tanh", "LSTM": "LSTM tanh", "GRU": "GRU after"}[name]
    case = Case(ours, T=40, B=5, D=6, H=7)
    trace, grads = case.run()
    computed = {"h": trace.h, "x": grads.x} | grads.params
    computed |= {f"state {key}": value for key, value in grads.state.items()}
    for key, theirs in in_pytorch(torch, name, case).items():
        assert relative_error(computed[key], theirs) < 1e-9, key


def test_lstm_of_tensorflow_lite():
    values, lstm = golden("tensorflow_lite_lstm"), LSTM(2, 4, rng=np.random.default_rng(0))
    for gate, weights in values["W_and_U"].items():
        lstm.part(gate)["W"][:] = numbers(weights[:8], 4, 2)
        lstm.part(gate)["U"][:] = numbers(weights[8:], 4, 4)
    h = lstm.forward(numbers(values["x"], 3, 1, 2)).h
    np.testing.assert_allclose(h, numbers(values["h"], 3, 1, 4), atol=1e-5)


def test_gradients_of_burn():
    values, lstm = golden("burn_lstm"), LSTM(3, 2, rng=np.random.default_rng(0))
    for key in ("W", "U"):
        p = lstm.params[key]
        p[...] = swap_last_two_blocks(numbers(values[key], *p.shape))
    trace = lstm.forward(numbers(values["x"], 2, 4, 3))
    grads = lstm.backward(trace, np.full((2, 4, 2), 1 / 16)).params
    for key, rtol, atol in (("W", 1e-3, 1e-5), ("U", 1e-3, 1e-6), ("b", 1e-7, 1e-4)):
        expected = swap_last_two_blocks(numbers(values[f"d{key}"], *grads[key].shape))
        np.testing.assert_allclose(grads[key], expected, rtol=rtol, atol=atol, err_msg=key)


@pytest.mark.parametrize("k", range(3))
def test_rnn_of_openvino(k):
    values = golden("openvino_rnn")
    case = values["cases"][k]
    rnn = RNN(3, 3, rng=np.random.default_rng(0), activation=case["activation"])
    rnn.params["W"][:], rnn.params["U"][:] = numbers(values["W"], 3, 3), numbers(values["U"], 3, 3)
    rnn.params["b"][:] = case["b"]
    h = rnn.forward(numbers(values["x"], 1, 2, 3), {"h": numbers(values["h_prev"], 2, 3)}).h[0]
    expected = numbers(case["h"], 2, 3)
    given = np.isfinite(expected)
    assert given.sum() >= 5
    np.testing.assert_allclose(h[given], expected[given], atol=1e-6)


@pytest.mark.parametrize("reset", ["before", "after"])
@pytest.mark.parametrize("case", ["batch", "biases"])
def test_gru_of_onnx_runtime(case, reset):
    values = golden("onnx_runtime_gru")[case]
    T, B, D, H = values["sizes"]
    gru = GRU(D, H, rng=np.random.default_rng(0), reset=reset)
    for key in ("W", "U", "b"):
        p = gru.params[key]
        z, r, n = np.split(numbers(values[key], *p.shape), 3)
        p[...] = np.concatenate([r, z, n])
    gru.params["b_n"][:] = values["b_n"]
    h = gru.forward(numbers(values["x"], T, B, D), {"h": numbers(values["h_prev"], B, H)}).h
    np.testing.assert_allclose(h, numbers(values["h"][reset], T, B, H), atol=1e-6)
