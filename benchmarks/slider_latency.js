// Runs in the page: when does which slider position appear on the screen?
(() => {
  const SQUARES = 8; // as in slider_pictures.py
  const STRIP = [400, 60]; // where to look: the picture's lower left corner, in its pixels
  const now = () => performance.timeOrigin + performance.now();
  const sheet = new OffscreenCanvas(...STRIP);
  const context = sheet.getContext("2d", { willReadFrequently: true });
  const latency = { pictures: [], slider: [], pressed: null, watching: false };
  window.latency = latency;
  let lastSource = null, lastCode = null;

  const PICTURE = ".jp-Notebook .rnn-bench canvas, .jp-Notebook .widget-output img";
  const picture = () => document.querySelector(PICTURE);

  // The squares are as wide as the red one that ends them. Black is 1, the lowest digit is first.
  function readCode(element) {
    const height = element.naturalHeight || element.height;
    context.fillStyle = "#fff";
    context.fillRect(0, 0, ...STRIP);
    context.drawImage(element, 0, height - STRIP[1], ...STRIP, 0, 0, ...STRIP);
    const { data } = context.getImageData(0, 0, ...STRIP);
    const at = (x, y) => data.subarray(4 * (STRIP[0] * y + x));
    const red = (x, y) => { const [r, g, b] = at(x, y); return r > 220 && g < 70 && b < 70; };
    for (let y = STRIP[1] - 4; y > 4; y -= 2)
      for (let right = STRIP[0] - 1; right > 5; right--)
        if (red(right, y) && red(right - 5, y)) {
          let left = right;
          while (left > 0 && red(left - 1, y)) left--;
          const width = right - left + 1;
          let code = 0;
          for (let j = 0; j < SQUARES; j++) {
            const middle = Math.round(left - (SQUARES - j - 0.5) * width);
            if (at(middle, y - 3)[0] < 128) code |= 1 << j;
          }
          return code;
        }
    return null;
  }

  // Only when the page changed a picture, because reading takes time of its own. A bench names its
  // canvas each time it paints.
  let willLook = false;
  function lookAtNextFrame() {
    if (!willLook) requestAnimationFrame(look);
    willLook = true;
  }
  function look() {
    willLook = false;
    const element = latency.watching && picture();
    if (!element) return;
    if (element.tagName !== "CANVAS") {
      if (!element.complete || !element.naturalWidth) return lookAtNextFrame();
      if (element.src === lastSource) return;
      lastSource = element.src;
    }
    const code = readCode(element);
    if (code === null || code === lastCode) return;
    lastCode = code;
    latency.pictures.push({ time: now(), code });
  }
  const changed = ({ type, target }) =>
    type === "attributes" ? target.matches("canvas, img") : target.closest?.(".widget-output");
  const watcher = new MutationObserver((records) => records.some(changed) && lookAtNextFrame());
  watcher.observe(document, {
    subtree: true, childList: true, attributes: true, attributeFilter: ["aria-label", "src"],
  });

  const notePress = (event) => { latency.pressed = performance.timeOrigin + event.timeStamp; };
  document.addEventListener("keydown", notePress, true);

  latency.start = () => {
    if (!picture()) return false;
    const handle = document.querySelector(".jp-Notebook .noUi-handle");
    const slider = handle.closest(".slider").noUiSlider;
    const { range, step } = slider.options; // exact, where aria-valuenow is rounded
    const position = () => Math.round((slider.get(true) - range.min) / step) % (1 << SQUARES);
    const note = () => latency.slider.push([now(), position()]);
    new MutationObserver(note).observe(handle.parentElement, { attributes: true });
    latency.watching = true;
    return Math.round((range.max - range.min) / step) + 1;
  };

  latency.forget = () => Object.assign(latency, { pictures: [], slider: [], pressed: null });

  // Drag the first slider over 0.9 of its track, then wait until no picture has come for a while.
  latency.drag = async (moves, rate) => {
    const handle = document.querySelector(".jp-Notebook .noUi-handle");
    const track = handle.closest(".noUi-base").getBoundingClientRect();
    const point = (part) => ({ bubbles: true, cancelable: true, buttons: 1,
      clientX: track.left + part * track.width, clientY: track.top + track.height / 2 });
    const rest = (ms) => new Promise((done) => setTimeout(done, ms));
    const box = handle.getBoundingClientRect();
    const middle = box.left + box.width / 2;
    const down = new MouseEvent("mousedown", { ...point(0), clientX: middle });
    handle.firstElementChild.dispatchEvent(down);
    document.documentElement.dispatchEvent(new MouseEvent("mousemove", point(0.05)));
    await rest(1500);
    latency.forget();
    const start = performance.now();
    for (let i = 1; i <= moves; i++) {
      await rest(Math.max(0, start + (1000 * i) / rate - performance.now()));
      const move = new MouseEvent("mousemove", point(0.05 + (0.9 * i) / moves));
      document.documentElement.dispatchEvent(move);
    }
    await rest(3000);
    const up = new MouseEvent("mouseup", { ...point(0.95), buttons: 0 });
    document.documentElement.dispatchEvent(up);
    return { pictures: latency.pictures, slider: latency.slider };
  };
})();
