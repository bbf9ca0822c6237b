"""The bench's script alone, in an empty page, with a model that stands for the kernel."""

import pytest

from rnnlib.bench.session import PictureWidget

pytestmark = pytest.mark.browser
# Shows a picture of one layer of a colour. `set` is what the kernel does to a trait of the widget.
MODEL = """async (script) => {
  const module = await import(URL.createObjectURL(new Blob([script], { type: "text/javascript" })));
  window.makeLayer = async (size, colour, ratio) => {
    const canvas = new OffscreenCanvas(size, size);
    const context = canvas.getContext("2d");
    context.fillStyle = colour;
    context.fillRect(0, 0, size, size);
    const png = new Uint8Array(await (await canvas.convertToBlob()).arrayBuffer());
    return { png, x: 0, y: 0, ratio };
  };
  window.makeFrame = (size, ratio, words, error = "") => ({
    size: [size, size], ratio, words, error, version: 0, question_id: null,
    ops: [{ kind: "layer", layer: 0 }], data: new DataView(new ArrayBuffer(0)),
  });
  const traits = {
    controls: {}, layers: [await makeLayer(4, "red", 1)], frame: makeFrame(4, 1, "at first"),
  };
  const handlers = {};
  const model = {
    get: (name) => traits[name],
    on: (event, handler) => { handlers[event] = handler; },
    send: () => {},
  };
  window.set = (name, value) => {
    traits[name] = value;
    handlers[`change:${name}`]();
  };
  document.body.innerHTML = '<div class="rnn-bench"><div id="view"></div></div>';
  window.view = document.getElementById("view");
  const { initialize, render } = module.default();
  await initialize({ model });
  render({ model, el: view });
  window.canvas = view.querySelector("canvas");
  window.colour = () => [...canvas.getContext("2d").getImageData(0, 0, 1, 1).data].join();
  window.aWhile = () => new Promise((done) => setTimeout(done, 200));
}"""
RED, BLUE = "255,0,0,255", "0,0,255,255"


@pytest.fixture
def script(browser):
    page = browser.new_page()
    page.evaluate(MODEL, PictureWidget._esm)
    yield page
    page.close()


def test_a_frame_is_painted_on_the_layers_of_its_own_ratio(script):
    seen = script.evaluate("""async () => {
      const seen = [[canvas.width, colour()]];
      set("layers", [await makeLayer(8, "blue", 2)]);
      await aWhile(); // the new layers are loaded, and the frame is still the old one
      set("frame", { ...makeFrame(4, 1, "old"), error: "failed" });
      seen.push([canvas.width, colour()]);
      set("frame", makeFrame(8, 2, "new"));
      seen.push([canvas.width, colour()]);
      set("layers", [await makeLayer(4, "red", 1)]);
      set("frame", makeFrame(4, 1, "newer")); // its layers are not loaded yet
      seen.push([canvas.width, colour()]);
      await aWhile();
      seen.push([canvas.width, colour()]);
      return seen;
    }""")
    assert seen == [[4, RED], [4, RED], [8, BLUE], [8, BLUE], [4, RED]]


def test_words_that_stay_are_not_set_again(script):
    """A screen reader might say them again at each picture."""
    changes = script.evaluate("""() => {
      const observer = new MutationObserver(() => {});
      observer.observe(view, { childList: true, characterData: true, subtree: true });
      const count = (words) => {
        set("frame", makeFrame(4, 1, words));
        return observer.takeRecords().length > 0;
      };
      return [count("at first"), count("then"), count("then")];
    }""")
    assert changes == [False, True, False]
