"""Lesson 02b's exercises: what their checks say to the loops and searches that students write."""

import numpy as np
import pytest
from support.lessons import namespace

from rnnlib.lesson import exercises_of, verdict


@pytest.fixture(scope="module")
def lesson():
    return namespace("02b")


def test_a_correct_loop_of_another_form_is_accepted(lesson):
    def write_word(net, rng):
        letters, state = ".", None
        for _ in range(18):
            p, state = lesson["read_letter"](net, letters[-1], state)
            letters += rng.choice(list(lesson["ALPHABET"]), p=p)
            if letters[-1] == ".":
                break
        return letters.strip(".")

    assert verdict(exercises_of("2b")["2b.1"], write_word) == "right."


def said_of(lesson, write_word):
    """What the check of 2b.1 says about a loop that calls the lesson's own read_letter."""
    return verdict(exercises_of("2b")["2b.1"], write_word)


def test_a_loop_that_never_stops_is_stopped_and_told_so(lesson):
    def write_word(net, rng):
        word, letter, state = "", ".", None
        while True:
            p, state = lesson["read_letter"](net, letter, state)
            letter = lesson["ALPHABET"][rng.choice(27, p=p)]
            word += letter

    said = said_of(lesson, write_word)
    assert "Your loop doesn't stop" in said
    assert "at a dot or when the word has 18 letters" in said


def test_a_loop_that_stops_only_at_a_dot_is_told_the_longest_word(lesson):
    def write_word(net, rng):
        word, letter, state = "", ".", None
        while True:
            p, state = lesson["read_letter"](net, letter, state)
            letter = lesson["ALPHABET"][rng.choice(27, p=p)]
            if letter == ".":
                return word
            word += letter

    assert "more than 18 letters" in said_of(lesson, write_word)


def test_a_loop_that_never_updates_the_letter_is_told_so(lesson):
    def write_word(net, rng):
        word, letter, state = "", ".", None
        while len(word) < 18:
            p, state = lesson["read_letter"](net, letter, state)
            word += lesson["ALPHABET"][rng.choice(27, p=p)]
        return word

    assert "It must read the letter that was drawn last" in said_of(lesson, write_word)


def test_a_loop_that_tests_the_letter_it_has_read_is_told_so(lesson):
    def write_word(net, rng):
        word, letter, state = "", ".", None
        while len(word) < 18:
            p, state = lesson["read_letter"](net, letter, state)
            drawn = lesson["ALPHABET"][rng.choice(27, p=p)]
            if letter == ".":
                break
            word += drawn
        return word

    assert "Your loop ends after one step" in said_of(lesson, write_word)


def test_a_word_that_keeps_its_last_dot_is_told_so(lesson):
    def write_word(net, rng):
        word, letter, state = "", ".", None
        while len(word) < 18:
            p, state = lesson["read_letter"](net, letter, state)
            letter = lesson["ALPHABET"][rng.choice(27, p=p)]
            word += letter
            if letter == ".":
                break
        return word

    assert "A dot is part of your word" in said_of(lesson, write_word)


@pytest.mark.parametrize("as_what", [list, np.array])
def test_letters_that_are_not_joined_are_told_so(lesson, as_what):
    def write_word(net, rng):
        letters, letter, state = [], ".", None
        while len(letters) < 18:
            p, state = lesson["read_letter"](net, letter, state)
            letter = lesson["ALPHABET"][rng.choice(27, p=p)]
            if letter == ".":
                break
            letters.append(letter)
        return as_what(letters)

    assert "Return one string" in said_of(lesson, write_word)


def test_a_loop_that_begins_with_a_letter_is_told_so(lesson):
    def write_word(net, rng):
        letter, state = lesson["ALPHABET"][rng.integers(1, 27)], None
        word = letter
        while len(word) < 18:
            p, state = lesson["read_letter"](net, letter, state)
            letter = lesson["ALPHABET"][rng.choice(27, p=p)]
            if letter == ".":
                break
            word += letter
        return word

    assert "The network must read the dot first" in said_of(lesson, write_word)


def test_an_untouched_answer_is_no_mistake(lesson):
    assert said_of(lesson, lambda net, rng: ...) == "nothing has been tried yet."


def test_the_hints_on_the_carry_say_that_both_signs_count(lesson):
    def always_half(h, carry):
        return 0, 0.5

    said = verdict(exercises_of("2b")["2b.2"], always_half)
    assert "or negative exactly there; both count." in said
