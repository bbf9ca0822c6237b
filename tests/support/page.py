"""A page of JupyterLab with benches: what it shows, and waiting until it shows it."""

import contextlib

from lab_server import PROBLEMS, shut_down

# A number that stands for all pixels of the bench's canvas.
PICTURE = """(bench) => {
  const canvas = bench.querySelector("canvas");
  const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
  let hash = 5381;
  for (const byte of data) hash = (hash * 33 + byte) | 0;
  return hash;
}"""
PICTURE_IS = f"""([bench, same, other]) => {{
  const now = ({PICTURE})(bench);
  return other === null ? now === same : now !== other;
}}"""
WORDS_CONTAIN = """([bench, words]) =>
  bench.querySelector(".rnn-bench-words").textContent.includes(words)"""


@contextlib.contextmanager
def new_page(browser):
    """A page that lists in `thrown` the errors of its scripts."""
    page = browser.new_page()
    page.thrown = []
    page.on("pageerror", lambda error: page.thrown.append(str(error)))
    yield page
    shut_down(page)


def errors(page):
    """All errors that the notebook shows and that the page's scripts threw."""
    shown = [text for text in page.locator(PROBLEMS).all_inner_texts() if text.strip()]
    return shown + page.thrown


def picture(bench):
    return bench.evaluate(PICTURE)


def words(bench):
    return bench.locator(".rnn-bench-words").inner_text()


def until_picture(bench, same_as=None, other_than=None):
    handle = bench.element_handle()
    bench.page.wait_for_function(PICTURE_IS, arg=[handle, same_as, other_than])


def until_words(bench, text):
    bench.page.wait_for_function(WORDS_CONTAIN, arg=[bench.element_handle(), text])


def press(bench, key, times=1):
    """Press a key that many times on the bench's first slider."""
    bench.get_by_role("slider").first.focus()
    for _ in range(times):
        bench.page.keyboard.press(key)


def reset(bench):
    bench.get_by_role("button", name="Reset", exact=True).click()
