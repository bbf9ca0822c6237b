"""Lesson 05a's trained cells and its optional measurements are as the text describes them."""

import numpy as np
import pytest
from support.lessons import namespace


@pytest.fixture(scope="module")
def lesson():
    return namespace("05a")


def test_an_input_gate_stores_as_much_as_it_is_open(lesson):
    np.testing.assert_allclose(lesson["openings"], [0.02, 0.5, 0.98], atol=0.005)
    assert np.argmax(lesson["slopes"]) == 1
    assert lesson["slopes"][1] == pytest.approx(0.16, abs=0.01)


def test_six_cells_learn_as_the_text_says(lesson):
    losses = np.sort(lesson["losses"])
    assert lesson["has_learned"].sum() == 4
    assert losses[3] < 0.001
    assert losses[4] == pytest.approx(0.005, abs=0.003)  # it has nearly learned the task
    assert losses[5] == pytest.approx(0.022, abs=0.004)
    assert losses[5] < lesson["silent"] / 2


def test_all_six_cells_have_the_four_weights_of_the_gates_set_by_hand(lesson):
    assert all(lesson["has_all_four"])
    wires = {("i", 1): 1, ("f", 2): -1, ("f", 1): -1, ("o", 3): 1}  # write, erase, write, read
    for cell in lesson["trained"]:
        for (gate, column), sign in wires.items():
            assert sign * cell.part(gate)["W"][0, column] > 2


def test_the_worst_cell_opens_its_input_gate_for_one_sign_only(lesson):
    worst = lesson["trained"][lesson["worst"]]
    opening = {v: worst.forward(lesson["script_of"]([v], write=[1])).i.item() for v in (1, -1)}
    assert worst.part("i")["W"][0, 0] == pytest.approx(-4.5, abs=0.3)
    assert worst.part("i")["W"][0, 1] == pytest.approx(2.5, abs=0.3)
    assert worst.part("i")["b"][0] == pytest.approx(-4.5, abs=0.3)
    assert opening[1] < 0.05
    assert opening[-1] > 0.85
    h, target = worst.forward(lesson["new_scripts"]).h, lesson["target_of"](lesson["new_scripts"])
    assert h[np.isclose(target, 0.6)].mean() == pytest.approx(0.13, abs=0.03)
    assert h[np.isclose(target, -0.6)].mean() < -0.5


def test_the_worst_cells_candidate_is_about_minus_1_at_every_write(lesson):
    worst = lesson["trained"][lesson["worst"]]
    assert worst.part("g")["W"][0, 0] == pytest.approx(0.2, abs=0.1)
    g, x = worst.forward(lesson["new_scripts"]).g[:, :, 0], lesson["new_scripts"]
    assert g[x[:, :, 1] > 0].max() < -0.97


def test_the_gates_do_not_see_the_cell_state(lesson):
    assert lesson["reach"]["c_prev"].max() == 0
    assert min(lesson["reach"]["x_t"].min(), lesson["reach"]["h_prev"].min()) > 0.1


def test_the_block_has_four_times_the_weights(lesson):
    assert lesson["sizes"] == [45, 180]
    assert lesson["largest"] < 1e-12
