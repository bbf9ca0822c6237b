// A bench in the browser: ask the kernel for pictures, paint them, name what ipywidgets leaves unnamed.
// The kernel's side is bench.py. A question carries the newest values; at most two are on their way at a time.

const MOST_ON_THEIR_WAY = 2;

export default () => {
  const views = new Set(), me = Math.random().toString(36).slice(2), controls = {};
  let layers = [], asked = {}, onTheirWay = 0, behind = false, painted = null;

  async function initialize({ model }) {
    const find = (reference) => model.widget_manager.get_model(reference.slice("IPY_MODEL_".length));
    for (const [name, reference] of Object.entries(model.get("controls"))) controls[name] = await find(reference);
    if (model.get("play").length) linkPlay(...await Promise.all(model.get("play").map((x) => x.slice ? find(x) : x)));

    const value = (name) => controls[name].get("index") ?? controls[name].get("value");
    const ask = () => {
      behind = onTheirWay >= MOST_ON_THEIR_WAY;
      if (behind) return;
      onTheirWay++;
      for (const name in controls) asked[name] = value(name);
      model.send({ id: me, values: asked, ratio: window.devicePixelRatio > 1 ? 2 : 1 });
    };
    const receive = () => {
      const frame = model.get("frame");
      if (frame.answers === me) onTheirWay--;
      else asked = { ...frame.values };
      if (frame.ops) painted = frame;
      for (const view of views) show(view, frame);
      if (behind) ask();
    };
    const decode = async () => { layers = await Promise.all(model.get("layers").map(decodeLayer)); };
    for (const name in controls)
      controls[name].on("change:value change:index", () => { if (value(name) !== asked[name]) ask(); });
    await decode();
    model.on("change:frame", receive);
    model.on("change:layers", () => decode().then(() => views.forEach((view) => show(view, model.get("frame")))));
    painted = model.get("frame");
    ask();
  }

  function render({ model, el }) {
    el.innerHTML = `<div class="rnn-bench-picture"><canvas role="img"></canvas></div>
      <div class="rnn-bench-words" aria-live="polite"></div><pre class="rnn-bench-error" role="alert"></pre>`;
    const [canvas, words, error] = ["canvas", ".rnn-bench-words", ".rnn-bench-error"].map((x) => el.querySelector(x));
    const view = { canvas, words, error };
    views.add(view);
    show(view, model.get("frame"));
    const stop = keepNamed(el, model.get("lengths"), controls);
    return () => { stop(); views.delete(view); };
  }

  function show({ canvas, words, error }, frame) {
    if (painted?.ops) paint(canvas, painted, layers);
    if (error.textContent !== frame.error) error.textContent = frame.error;
    if (frame.error) return;
    words.textContent = frame.words;
    canvas.setAttribute("aria-label", frame.words);
  }

  return { initialize, render };
};

async function decodeLayer({ png, x, y }) {
  return { x, y, bitmap: await createImageBitmap(new Blob([png], { type: "image/png" })) };
}

// Paint a frame: layers that stand still, and between them paths and images in the order matplotlib draws them.
function paint(canvas, frame, layers) {
  const [width, height, ratio] = frame.size;
  if (canvas.width !== width || canvas.height !== height) [canvas.width, canvas.height] = [width, height];
  canvas.style.width = `${width / ratio}px`;
  const bytes = frame.data.buffer.slice(frame.data.byteOffset, frame.data.byteOffset + frame.data.byteLength);
  const context = canvas.getContext("2d");
  const painters = {
    layer: (op) => { const l = layers[op.layer]; if (l) context.drawImage(l.bitmap, l.x, l.y); },
    path: (op) => paintPath(context, op, bytes),
    image: (op) => paintImage(context, op, bytes),
  };
  for (const op of frame.ops) {
    context.save();
    if (op.clip) { context.beginPath(); context.rect(...op.clip); context.clip(); }
    painters[op.kind](op);
    context.restore();
  }
}

const floats = (bytes, [start, length]) => new Float32Array(bytes, start, length / 4);

function paintPath(context, op, bytes) {
  const points = floats(bytes, op.points), path = new Path2D();
  let next = "moveTo";
  for (let i = 0; i < points.length; i += 2) {
    const [x, y] = [points[i], points[i + 1]];
    if (!Number.isNaN(x)) { path[next](x, y); next = "lineTo"; }
    else if (y === 1) path.closePath();
    else next = "moveTo";
  }
  Object.assign(context, { fillStyle: op.fill, strokeStyle: op.stroke, lineWidth: op.width, lineJoin: op.join,
                           lineCap: op.cap, miterLimit: 4, lineDashOffset: op.dash_offset ?? 0 });
  context.setLineDash(op.dashes ?? []);
  const places = op.places ? floats(bytes, op.places) : [0, 0];
  for (let i = 0; i < places.length; i += 2) {
    context.setTransform(1, 0, 0, 1, places[i], places[i + 1]);
    if (op.fill) context.fill(path);
    if (op.stroke) context.stroke(path);
  }
}

function paintImage(context, op, bytes) {
  const [height, width] = op.shape, sheet = new OffscreenCanvas(width, height);
  const pixels = new Uint8ClampedArray(bytes, ...op.pixels);
  sheet.getContext("2d").putImageData(new ImageData(pixels, width, height), 0, 0);
  context.globalAlpha = op.alpha;
  context.imageSmoothingEnabled = false;
  context.transform(...op.place);
  context.drawImage(sheet, 0, 0);
}

// Play counts steps from 0; the slider has its own start and range. Each follows the other.
function linkPlay(play, slider, low, step) {
  play.on("change:value", () => {
    const value = Math.min(low + play.get("value") * step, slider.get("max"));
    if (Math.abs(value - slider.get("value")) < step / 2) return;
    slider.set("value", value);
    slider.save_changes();
  });
  slider.on("change:value", () => play.set("value", Math.round((slider.get("value") - low) / step)));
}

// ipywidgets gives slider handles, Play's buttons and chosen options no accessible name or state.
function keepNamed(el, lengths, controls) {
  let watcher;
  const name = (bench) => {
    const label = (node, words) => { if (node && node.getAttribute("aria-label") !== words) node.setAttribute("aria-label", words); };
    for (const control of bench.querySelectorAll(".rnn-bench-controls > *")) {
      const words = control.querySelector("label")?.textContent ?? "";
      label(control.querySelector("[role=slider]"), words);
      label(control.querySelector(".widget-readout"), `${words}: value`);
      label(control.querySelector("input, select"), words);
      for (const button of control.querySelectorAll("button")) {
        label(button, `${words}: ${button.textContent.trim()}`);
        const pressed = String(button.classList.contains("mod-active"));
        if (button.getAttribute("aria-pressed") !== pressed) button.setAttribute("aria-pressed", pressed);
      }
    }
    bench.querySelectorAll(".jupyter-widget-play button, .widget-play button").forEach(
      (button, i) => { label(button, ["Play or pause", "Back to the beginning", "Repeat"][i] ?? "Play"); });
  };
  const wait = () => {
    const bench = el.closest(".rnn-bench");
    if (!bench) { if (watcher !== null) requestAnimationFrame(wait); return; }
    name(bench);
    watcher = new MutationObserver(() => name(bench));
    watcher.observe(bench, { childList: true, subtree: true, attributes: true, attributeFilter: ["class"] });
  };
  wait();
  return () => { watcher?.disconnect(); watcher = null; };
}
