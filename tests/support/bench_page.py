"""A bench in a page of a real browser: its picture, and waiting until the picture changes."""

PICTURE_OF = """bench => {
  const canvas = bench.querySelector("canvas");
  const { width, height } = canvas;
  const pixels = canvas.getContext("2d").getImageData(0, 0, width, height).data;
  let hash = 5381;
  for (let i = 0; i < pixels.length; i++) hash = (hash * 33 + pixels[i]) | 0;
  return hash;
}"""


def picture(bench):
    """A number that stands for the pixels of the bench's picture."""
    return bench.evaluate(PICTURE_OF)


def wait_for_another_picture(bench, before):
    """Wait until the bench shows another picture than the one before."""
    bench.page.wait_for_function(
        f"([bench, before]) => ({PICTURE_OF})(bench) !== before",
        arg=[bench.element_handle(), before],
    )
