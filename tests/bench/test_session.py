"""Questions from the page, and the answers to them."""

import threading

import numpy as np
import pytest
from support.benches import ask, assert_live_is_full, frames_of
from support.samples import gain_and_cell, line_bench, rich_bench

# --- Answers ---


def test_an_answer_names_its_question():
    assert ask(line_bench(), question_id=["tab", 7], gain=2)["question_id"] == ["tab", 7]


def test_a_question_moves_the_bench():
    bench = line_bench(gain_and_cell())
    ask(bench, gain=2, cell=1)
    assert bench.values == {"gain": 2, "cell": "LSTM"}


def test_ipywidgets_own_message_about_a_move_costs_no_second_picture():
    bench = line_bench(gain_and_cell())
    ask(bench, gain=2, cell=1)
    calls = len(bench.calls)
    bench.widgets["gain"].set_state({"value": 2})
    ask(bench, gain=2, cell=1)
    assert len(bench.calls) == calls


def test_ipywidgets_own_message_may_be_overtaken():
    bench = line_bench()
    ask(bench, gain=2)
    calls = len(bench.calls)
    bench.widgets["gain"].set_state({"value": 1.5})
    assert bench.values["gain"] == 2
    assert len(bench.calls) == calls


def test_every_question_is_answered_even_when_nothing_has_changed():
    bench = line_bench()
    frames = frames_of(bench)
    for number in range(3):
        ask(bench, question_id=["tab", number], gain=2)
    assert [frame["question_id"] for frame in frames] == [["tab", 0], ["tab", 1], ["tab", 2]]


def test_a_question_from_before_a_set_does_not_undo_it():
    bench = line_bench()
    before = bench.picture_widget.frame["version"]
    bench.set(gain=4)
    assert ask(bench, version=before, gain=0)["words"] == "The line ends at 4.00."


def test_a_question_from_after_a_set_counts():
    bench = line_bench()
    bench.set(gain=4)
    assert ask(bench, gain=0)["words"] == "The line ends at 0.00."


def test_a_fine_screen_gets_twice_the_pixels():
    bench = line_bench()
    coarse = bench.picture_widget.frame
    fine = ask(bench, ratio=2, gain=2)
    assert (coarse["size"], coarse["ratio"]) == ((300, 200), 1)
    assert (fine["size"], fine["ratio"]) == ((600, 400), 2)
    assert_live_is_full(bench)


# --- Errors ---


def test_an_error_while_moving_is_shown_and_the_last_picture_stays():
    bench = line_bench()
    good = ask(bench, gain=2)
    bad = ask(bench, gain=3)
    assert "ArithmeticError: the gain is three" in bad["error"]
    assert bad["data"] == good["data"]
    assert bad["words"] == good["words"]


def test_an_error_is_still_there_when_asked_again():
    bench = line_bench()
    ask(bench, gain=3)
    assert "the gain is three" in ask(bench, gain=3)["error"]


def test_an_error_is_gone_with_the_next_good_picture():
    bench = line_bench()
    ask(bench, gain=3)
    better = ask(bench, gain=4)
    assert better["error"] == ""
    assert better["words"] == "The line ends at 4.00."


@pytest.mark.parametrize("gain", [2, 4])
def test_a_picture_is_drawn_after_an_error_even_where_it_was_drawn_before(gain):
    bench = line_bench()
    ask(bench, gain=2)
    ask(bench, gain=3)
    assert ask(bench, gain=gain)["error"] == ""


def test_an_error_stays_when_the_page_asks_with_another_ratio():
    bench = line_bench()
    ask(bench, gain=3)
    assert "the gain is three" in ask(bench, ratio=2, gain=3)["error"]


def test_layers_say_the_ratio_of_the_frames_that_they_belong_to():
    bench = line_bench()
    for ratio in (1, 2):
        frame = ask(bench, ratio=ratio, gain=2)
        assert {layer["ratio"] for layer in bench.picture_widget.layers} == {frame["ratio"]}


def test_a_question_that_cannot_be_understood_is_answered_with_the_error():
    frame = ask(line_bench(gain_and_cell()), question_id=["tab", 0], cell=7)
    assert frame["question_id"] == ["tab", 0]
    assert "IndexError" in frame["error"]


def test_an_interrupt_of_the_kernel_is_shown_as_an_error():
    def compute(gain):
        if gain == 4:
            raise KeyboardInterrupt
        return np.full(50, gain)

    bench = line_bench()
    bench.compute = compute
    try:
        frame = ask(bench, gain=4)
    except KeyboardInterrupt:
        pytest.fail("the interrupt went on to the kernel's thread")
    assert "KeyboardInterrupt" in frame["error"]


# --- Threads ---


def test_questions_and_buttons_in_different_threads_do_not_mix_their_pictures():
    bench = rich_bench()
    operations_at = {t: len(ask(bench, t=t)["ops"]) for t in (0.5, 4.0)}
    bench.set(t=9)
    frames = frames_of(bench)

    def press_buttons():
        for _ in range(20):
            bench.set(t=0.5)

    def ask_questions():
        for _ in range(20):
            ask(bench, t=4.0)

    threads = [threading.Thread(target=press_buttons), threading.Thread(target=ask_questions)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    seen = {(frame["words"], len(frame["ops"])) for frame in frames}
    assert seen <= {("t is 0.50.", operations_at[0.5]), ("t is 4.00.", operations_at[4.0])}
    assert seen
