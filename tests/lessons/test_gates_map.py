"""Graves's map shows the gates and the open ways that it is given, and the measured matrix."""

import numpy as np
import pytest
from matplotlib.colors import same_color
from support.lessons import beside_the_notebooks
from support.pictures import assert_texts_apart, pictures_shown

from rnnlib import plots
from rnnlib.cells import LSTM

maps = beside_the_notebooks("figures.gates_map")

EXAMPLE = np.zeros((10, 3))  # columns i, f, o
EXAMPLE[[0, 4, 8], 0] = EXAMPLE[[1, 2, 3, 4, 5, 6, 8, 9], 1] = EXAMPLE[[2, 5, 7, 9], 2] = 1


@pytest.fixture
def shown(monkeypatch):
    yield from pictures_shown(monkeypatch)


def measured(pattern, u, rng, k=6.0):
    """The gates of one cell that obey a pattern (T, 3), and ∂h_t/∂x_s (T, T)."""
    T, cell = len(pattern), LSTM(4, 1, rng=rng)
    for row, gate in enumerate("ifo"):
        part = cell.part(gate)
        part["W"][:], part["b"][:] = 2 * k * np.eye(4)[row + 1], -k
    cell.part("g")["W"][:] = np.eye(4)[0]
    cell.params["U"][:] = u * rng.choice([-1, 1], (4, 1))
    x = np.column_stack([rng.choice([-0.05, 0.05], T), pattern])[:, None]
    trace = cell.forward(np.repeat(x, T, axis=1))
    gates = {gate: getattr(trace, gate)[:, 0, 0].copy() for gate in "ifo"}
    return gates, cell.backward(trace, np.eye(T)[:, :, None]).x[:, :, 0].T


def predicted(pattern, detour):
    """True at (t, s) where there is an open way from the input of step s to the output of t."""
    i, f, o = pattern.T > 0
    way = np.zeros((len(pattern), len(pattern)), bool)
    for s in range(len(pattern)):
        in_cell = in_h = False
        for t in range(s, len(pattern)):
            comes_in = (t == s and i[s]) or (detour and in_h and i[t])
            in_cell = comes_in or (in_cell and f[t])
            in_h = in_cell and o[t]
            way[t, s] = in_h
    return way


def random_pattern(seed):
    return (np.random.default_rng(seed).random((12, 3)) < (0.4, 0.8, 0.4)).astype(float)


def case(pattern, u, detour):
    gates, J = measured(pattern, u, np.random.default_rng(1))
    return gates, predicted(pattern, detour), J


CASES = [
    (*case(EXAMPLE, 0.0, False), 9),
    (*case(EXAMPLE, 0.0, False), 5),
    (*case(random_pattern(11), 0.0, False), 8),
    (*case(random_pattern(119), 0.25, True), 7),
]


def lines(ax, start=""):
    """{label: line} of the lines whose label starts so."""
    return {line.get_label(): line for line in ax.lines if line.get_label().startswith(start)}


@pytest.mark.parametrize(("gates", "ways", "J", "step"), CASES)
def test_every_gate_is_marked_at_its_place(shown, gates, ways, J, step):
    maps.gates_map(gates, ways, J, step)
    marks = lines(shown[0][0].axes[0])
    for gate, (right, up) in {"i": (0, -maps.UP), "f": (-0.5, 0), "o": (0, maps.UP)}.items():
        opening = gates[gate]
        kinds = {"open": opening > 0.7, "closed": opening < 0.3}
        kinds["between"] = (opening >= 0.3) & (opening <= 0.7)
        for kind, here in kinds.items():
            line = marks[f"{gate} {kind}"]
            np.testing.assert_array_equal(line.get_xdata(), np.flatnonzero(here) + 1 + right)
            assert (np.asarray(line.get_ydata()) == up).all()
            assert same_color(line.get_color(), plots.COLOURS[gate])


@pytest.mark.parametrize(("gates", "ways", "J", "step"), CASES)
def test_cells_and_matrix_show_the_sensitivities(shown, gates, ways, J, step):
    maps.gates_map(gates, ways, J, step)
    left, right = shown[0][0].axes[:2]
    (cells,) = [each for each in left.collections if each.get_label() == "cells"]
    np.testing.assert_array_equal(cells.get_array(), np.abs(J[step]))
    image = right.images[0]
    lower = np.tril(np.ones_like(J, bool))
    np.testing.assert_array_equal(image.get_array()[lower], np.abs(J)[lower])
    assert cells.get_clim() == image.get_clim()
    rings = lines(right)["ways"]
    rows, columns = np.nonzero(ways)
    np.testing.assert_array_equal(rings.get_xydata(), np.column_stack([columns + 1, rows + 1]))


@pytest.mark.parametrize(("gates", "ways", "J", "step"), CASES)
def test_a_way_is_a_line_from_its_input_to_the_output(shown, gates, ways, J, step):
    maps.gates_map(gates, ways, J, step)
    fig, alt = shown[0]
    paths = lines(fig.axes[0], "way from")
    direct = predicted(np.column_stack([gates[name] > 0.7 for name in "ifo"]), detour=False)
    assert set(paths) == {f"way from {s + 1}" for s in np.flatnonzero(direct[step])}
    for name, line in paths.items():
        start, inside, along, end = line.get_xydata()
        assert start[0] == inside[0] == int(name.split()[-1]) and start[1] < -maps.UP
        assert along[0] == end[0] == step + 1 and end[1] > maps.UP
        assert inside[1] == along[1] == 0
    detours = int(ways[step].sum() - direct[step].sum())
    assert (f"{detours} more through the detour" in alt) == (detours > 0)
    assert_texts_apart(fig)


def test_the_cases_have_ways_with_and_without_a_detour():
    assert [int(ways[step].sum()) for _, ways, _, step in CASES] == [1, 2, 5, 5]


def test_the_words_agree_with_the_numbers(shown):
    gates, ways, J, _ = CASES[0]
    maps.gates_map(gates, ways, J, 5)
    maps.gates_map(gates, ways, J, 0)
    assert "leads to output 6 from the inputs of steps 1 and 5." in shown[0][1]
    assert "leads to output 1 from no input." in shown[1][1]
    assert "the gates predict 4 open ways" in shown[0][1]
    assert f"at least {np.abs(J)[ways].min():.2g}. Elsewhere it is at most" in shown[0][1]
    assert shown[0][1].endswith(f"at most {np.abs(J)[~ways].max():.2g}.")


def test_a_gate_that_is_half_open_is_a_dot_and_does_not_break_a_way(shown):
    gates, ways, J, _ = CASES[0]
    half = gates | {"f": np.where(np.arange(10) == 3, 0.5, gates["f"])}
    maps.gates_map(half, ways, J, 5)
    ax = shown[0][0].axes[0]
    np.testing.assert_array_equal(lines(ax)["f between"].get_xydata(), [[3.5, 0]])
    assert set(lines(ax, "way from")) == {"way from 1", "way from 5"}
