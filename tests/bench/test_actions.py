"""Actions: buttons that call a function of the lesson, which shows many pictures."""

import numpy as np
import pytest
from support.benches import ask, frames_of
from support.samples import line_bench

from rnnlib.bench import session


def train(bench):
    for gain in np.linspace(0, 1, 200):
        bench.show(gain * np.ones(50))


def button(bench, label):
    _, row, _ = bench.panel_widget.children
    return next(button for button in row.children if button.description == label)


def test_the_last_picture_that_an_action_shows_is_drawn():
    bench = line_bench(actions={"Train": train})
    button(bench, "Train").click()
    assert bench.words == "The line ends at 1.00."


def test_pictures_that_nobody_could_see_are_left_out():
    bench = line_bench(actions={"Train": train})
    frames = frames_of(bench)
    button(bench, "Train").click()
    assert len(frames) < 100


def test_a_question_does_not_undo_what_an_action_shows():
    bench = line_bench(actions={"Train": train})
    button(bench, "Train").click()
    assert ask(bench, gain=1)["words"] == "The line ends at 1.00."


def test_reset_brings_the_picture_back_from_what_an_action_shows():
    bench = line_bench(actions={"Grow": lambda bench: bench.show(np.full(50, 5.0))})
    button(bench, "Grow").click()
    button(bench, "Reset").click()
    assert bench.words == "The line ends at 1.00."


def drawn_data_of(bench):
    """The list to which all data is added that the bench draws from now on."""
    drawn, update = [], bench.update

    def noting_update(artists, data):
        drawn.append(data[-1])
        update(artists, data)

    bench.update = noting_update
    return drawn


def test_the_last_picture_of_an_action_is_not_drawn_twice(monkeypatch):
    monkeypatch.setattr(session, "SECONDS_BETWEEN_SHOWS", 0)
    bench = line_bench()
    drawn = drawn_data_of(bench)
    bench.act(train)
    assert drawn == list(np.linspace(0, 1, 200))


def test_a_set_in_an_action_counts_more_than_a_picture_skipped_before():
    def action(bench):
        train(bench)
        bench.set(gain=2)

    bench = line_bench()
    bench.act(action)
    assert bench.words == "The line ends at 2.00."


def test_a_question_after_an_error_does_not_undo_what_an_action_shows():
    bench = line_bench()
    ask(bench, gain=3)
    bench.act(train)
    frame = ask(bench, gain=3)
    assert (frame["words"], frame["error"]) == ("The line ends at 1.00.", "")


def test_an_interrupted_action_is_shown_as_an_error():
    def action(bench):
        raise KeyboardInterrupt

    bench = line_bench(actions={"Train": action})
    try:
        button(bench, "Train").click()
    except KeyboardInterrupt:
        pytest.fail("the interrupt went on to the kernel's thread")
    assert "KeyboardInterrupt" in bench.picture_widget.frame["error"]


def test_an_actions_error_is_seen_in_the_page():
    bench = line_bench(actions={"Break": lambda bench: 1 / 0})
    button(bench, "Break").click()
    assert "ZeroDivisionError" in bench.picture_widget.frame["error"]


def test_an_action_called_by_code_raises_its_error():
    with pytest.raises(ZeroDivisionError):
        line_bench().act(lambda bench: 1 / 0)


def test_another_ratio_does_not_undo_what_an_action_shows():
    bench = line_bench()
    bench.act(train)
    bench.show(np.full(50, 5.0))
    assert ask(bench, ratio=2, gain=1)["words"] == "The line ends at 5.00."
