"""Wrong arguments: the error names the argument, what was expected, and what came."""

import numpy as np
import pytest
from support.cells import (
    Case,
)

from rnnlib.cells import GRU, LSTM, RNN
from rnnlib.initial import orthogonal, xavier


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
        (
            {"state": {"h": np.zeros((2, 4)), "c": np.zeros((3, 4))}},
            ["state['h']", "(B, H) = (3, 4)", "(2, 4)"],
        ),
        (
            {"state": {"h": np.zeros((3, 4)), "c": np.zeros(4)}},
            ["state['c']", "(B, H) = (3, 4)", "(4,)"],
        ),
        ({"state": {"h": np.zeros((3, 4))}}, ["state ", "h, c", "['h']"]),
        ({"state": np.zeros((3, 4))}, ["state ", "h, c", "ndarray"]),
        ({"dh": np.zeros((5, 3, 2))}, ["dh ", "(T, B, H) = (5, 3, 4)", "(5, 3, 2)"]),
        ({"dh": np.zeros((5, 3, 4), complex)}, ["dh ", "float64", "complex128"]),
        ({"dstate": {"h": np.zeros((3, 4))}}, ["dstate ", "h, c", "['h']"]),
        (
            {"dstate": {"h": np.zeros((3, 4)), "c": np.zeros((3, 5))}},
            ["dstate['c']", "(B, H) = (3, 4)", "(3, 5)"],
        ),
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
            with pytest.raises(
                ValueError, match=f"trace must be .* got a trace of {other.split()[0]}"
            ):
                case.cell.backward(Case(other).run()[0], case.dh)
    for trace, got in (
        (Case(name, H=5).run()[0], r"a trace of .*\(2, 5"),
        (Case(name, D=3).run()[0], r"a trace of .*\(3, 4"),
        (None, "NoneType"),
    ):
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
        (
            lambda rng: RNN(3, 4, rng=rng, activation="sigmoid"),
            ["activation", "logistic", "'sigmoid'"],
        ),
        (lambda rng: LSTM(3, 4, rng=rng, activation=None), ["activation", "tanh", "None"]),
        (
            lambda rng: GRU(3, 4, rng=rng, reset="inside"),
            ["reset", "'after' or 'before'", "'inside'"],
        ),
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
