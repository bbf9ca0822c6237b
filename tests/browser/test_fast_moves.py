"""A bench in the real JupyterLab: moves faster than pictures, and sliders that are held."""

import re

import pytest
from lab_server import settle
from support.page import errors, picture, press, reset, until_picture, until_words, words

pytestmark = pytest.mark.browser
MINUS = "\N{MINUS SIGN}"
NOTE_WHAT_IS_SENT = """() => {
  window.sent = [];
  window.sendUnnoted = WebSocket.prototype.send;
  WebSocket.prototype.send = function (message) {
    const method = new TextDecoder().decode(message).match(/"method": *"(\\w+)"/);
    if (method) sent.push(method[1]);
    return sendUnnoted.call(this, message);
  };
}"""
NOTE_NO_MORE = "() => { WebSocket.prototype.send = sendUnnoted; }"


def test_the_last_of_many_fast_moves_is_what_remains(bench):
    press(bench, "ArrowRight", times=25)
    press(bench, "ArrowLeft", times=45)
    until_words(bench, f"gain {MINUS}1.0")
    settle(bench.page)
    assert f"gain {MINUS}1.0" in words(bench)
    assert bench.get_by_label("gain: value").inner_text() == f"{MINUS}1.0"


def test_a_bench_goes_on_answering_after_many_presets(bench):
    for _ in range(4):
        bench.get_by_role("button", name="steep").click()
        reset(bench)
    until_words(bench, "gain 1.0")
    settle(bench.page)
    for gain in ("1.1", "1.2", "1.3"):
        press(bench, "ArrowRight")
        until_words(bench, f"gain {gain}")
    assert errors(bench.page) == []


def test_a_moving_slider_makes_the_page_fetch_nothing(bench):
    """JupyterLab fetches the icon of a busy kernel each time it shows it, for each picture."""
    fetched = []
    bench.page.on("request", lambda request: fetched.append(request.url))
    press(bench, "ArrowRight", times=10)
    until_words(bench, "gain 2.0")
    settle(bench.page)
    assert [url for url in fetched if "/static/" in url] == []


# --- Drags. ipywidgets' own message about a move costs as much as a picture ---


@pytest.fixture
def held(bench):
    """The bench while its slider is held to the right of its start, and the slider's value."""
    page, handle = bench.page, bench.locator(".noUi-handle").first
    handle.scroll_into_view_if_needed()
    box = handle.bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.evaluate(NOTE_WHAT_IS_SENT)
    page.mouse.move(x, y)
    page.mouse.down()
    for step in range(1, 11):
        page.mouse.move(x + 3 * step, y)  # not far: the bench fails at 4, and Play goes up
        page.wait_for_timeout(30)
    value = float(bench.get_by_label("gain: value").inner_text())
    until_words(bench, f"gain {value:.1f},")
    settle(page)
    yield bench, value
    page.mouse.up()
    page.evaluate(NOTE_NO_MORE)


def sent(page):
    return page.evaluate("() => sent")


def test_a_held_slider_only_asks_for_pictures(held):
    bench, value = held
    assert value > 1.0
    assert len(sent(bench.page)) > 1
    assert set(sent(bench.page)) == {"custom"}


def test_a_slider_tells_its_model_once_when_let_go(held):
    page = held[0].page
    before = len(sent(page))
    page.mouse.up()
    settle(page)
    assert sent(page)[before:] == ["update"]


def test_a_key_after_a_drag_goes_on_from_there(held):
    bench, value = held
    bench.page.mouse.up()
    settle(bench.page)
    before = len(sent(bench.page))
    bench.page.keyboard.press("ArrowRight")
    until_words(bench, f"gain {value + 0.1:.1f},")
    settle(bench.page)
    assert sent(bench.page)[before:] == ["custom", "update"]


def test_play_after_a_drag_goes_on_from_there(held):
    bench, value = held
    bench.page.mouse.up()
    settle(bench.page)
    before, play = picture(bench), bench.get_by_role("button", name="Play or pause")
    play.click()
    until_picture(bench, other_than=before)
    said = words(bench)
    play.click()
    assert float(re.search(r"gain ([\d.]+),", said)[1]) > value
    assert errors(bench.page) == []
