"""A bench in the real JupyterLab: every control moves it, and the reader sees what is right."""

import base64
import io

import matplotlib.style
import numpy as np
import pytest
from lab_server import open_notebook, run_all, settle
from PIL import Image
from support.benches import drawn_in_full
from support.page import (
    errors,
    picture,
    press,
    reset,
    until_picture,
    until_words,
    words,
)
from support.samples import rich_bench

pytestmark = pytest.mark.browser
LEAST_CONTRAST = 3  # as WCAG 2.1 (1.4.11) wants between what one can use and what is behind it
MOST_APART = 64  # of 255: two ways of smoothing the same edge
COLOURS_OF_HANDLE_AND_PAGE = """(bench) => {
  const colour = (part) => getComputedStyle(part).backgroundColor;
  let behind = bench;
  while (colour(behind) === "rgba(0, 0, 0, 0)") behind = behind.parentElement;
  const parts = [bench.querySelector(".noUi-handle"), behind];
  return parts.map((part) => colour(part).match(/[\\d.]+/g).map(Number));
}"""
# --- Every control moves the picture ---


def test_a_preset_moves_several_controls(bench):
    bench.get_by_role("button", name="steep").click()
    until_words(bench, "gain 5.0, shape wave")


def test_a_choice_moves_the_picture_and_says_what_is_chosen(bench):
    wave = bench.get_by_role("button", name="shape: wave")
    wave.click()
    until_words(bench, "shape wave")
    assert wave.get_attribute("aria-pressed") == "true"
    line = bench.get_by_role("button", name="shape: line")
    assert line.get_attribute("aria-pressed") == "false"


def test_a_text_moves_the_picture(bench):
    bench.get_by_label("word", exact=True).fill("th")
    until_words(bench, "word 'th'")


def test_an_action_moves_the_picture(bench):
    bench.get_by_role("button", name="Train").click()
    until_words(bench, "gain 9.0, shape training")


def test_reset_brings_the_first_picture_back(bench):
    before = picture(bench)
    bench.get_by_role("button", name="steep").click()
    until_words(bench, "gain 5.0, shape wave")
    reset(bench)
    until_picture(bench, same_as=before)
    assert errors(bench.page) == []


def test_play_runs(bench):
    play = bench.get_by_role("button", name="Play or pause")
    play.click()
    until_words(bench, "gain 2.")
    play.click()
    settle(bench.page)


def test_play_pauses_where_the_slider_stands(bench):
    play = bench.get_by_role("button", name="Play or pause")
    play.click()
    until_words(bench, "gain 2.")
    play.click()
    settle(bench.page)
    bench.page.wait_for_timeout(300)
    paused = words(bench)
    bench.page.wait_for_timeout(500)
    assert words(bench) == paused
    readout = float(bench.get_by_label("gain: value").inner_text())
    assert f"gain {readout:.1f}," in paused


# --- What the reader sees ---


def test_an_error_while_moving_is_shown_until_it_is_over(bench):
    alert = bench.locator("[role=alert]")
    press(bench, "ArrowRight", times=30)
    bench.page.wait_for_function(
        "alert => alert.textContent.includes('the gain is four')", arg=alert.element_handle()
    )
    press(bench, "ArrowRight")
    until_words(bench, "gain 4.1")
    assert alert.inner_text() == ""


def test_the_still_picture_steps_aside_for_the_live_one(bench):
    assert bench.locator("canvas").is_visible()
    assert bench.page.locator(".jp-Notebook .jp-RenderedImage img").is_hidden()
    assert bench.page.locator(".jp-Notebook .rnn-bench-still").is_hidden()


def luminance(rgb):
    """The relative luminance of an sRGB colour, as WCAG defines it."""
    parts = np.array(rgb[:3]) / 255
    linear = np.where(parts < 0.04, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)
    return linear @ [0.2126, 0.7152, 0.0722]


def test_a_handle_stands_out_from_the_page(bench):
    """Also from the last row of a lecture hall."""
    bench.get_by_role("button", name="Reset", exact=True).focus()
    handle, behind = bench.evaluate(COLOURS_OF_HANDLE_AND_PAGE)
    dark, light = sorted([luminance(handle), luminance(behind)])
    assert (light + 0.05) / (dark + 0.05) > LEAST_CONTRAST
    assert handle[3:] in ([], [1]), "the handle must be opaque"


def test_the_browser_paints_what_matplotlib_draws(page, lab):
    """Lines painted over or left out, wrong colours, a wrong order fail; smoothing may differ."""
    open_notebook(page, lab, "test-rich.ipynb")
    run_all(page)
    url = page.locator(".rnn-bench canvas").evaluate("canvas => canvas.toDataURL()")
    file = io.BytesIO(base64.b64decode(url.split(",")[1]))
    live = np.asarray(Image.open(file).convert("RGB")).astype(int)
    with matplotlib.style.context("default"):  # a lesson that ran here may have set its own
        full = drawn_in_full(rich_bench())[..., :3].astype(int)
    assert live.shape == full.shape
    assert unlike_any_neighbour(live, full) == []
    assert unlike_any_neighbour(full, live) == []


def unlike_any_neighbour(one, other):
    """The (y, x) of the pixels of one image that are unlike all nine around there in the other."""
    padded = np.pad(other, ((1, 1), (1, 1), (0, 0)), mode="edge")
    rows, columns = other.shape[:2]
    shifted = [padded[y : y + rows, x : x + columns] for y in range(3) for x in range(3)]
    below, above = np.min(shifted, axis=0) - one, one - np.max(shifted, axis=0)
    apart = np.maximum(below, above).max(axis=2)
    return np.argwhere(apart > MOST_APART).tolist()
