// A bench in the browser: ask the kernel (bench.py) for pictures, paint them, name what ipywidgets leaves unnamed.

const STEPS = { 1: "moveTo", 2: "lineTo", 79: "closePath" }; // by matplotlib's codes
const MOST_ON_THEIR_WAY = 2; // questions; the newest values always go last
export default () => {
  const me = Math.random(), views = new Set(), sliding = {}; // where a slider is that is held: it tells its model when let go
  let layers = [], ask, asked = 0, lastQuestion, onTheirWay = 0, version = -1;
  async function initialize({ model }) {
    const controls = await Promise.all(Object.entries(model.get("controls")).map(
      async ([name, reference]) => [name, await model.widget_manager.get_model(reference.slice("IPY_MODEL_".length))]));
    ask = () => {
      const values = controls.map(([name, control], k) => [name, sliding[k] ?? control.get("index") ?? control.get("value")]);
      const question = { version, ratio: window.devicePixelRatio > 1 ? 2 : 1, controls: Object.fromEntries(values) };
      if (onTheirWay >= MOST_ON_THEIR_WAY || lastQuestion === JSON.stringify(question)) return;
      lastQuestion = JSON.stringify(question);
      onTheirWay++;
      model.send({ id: [me, asked++], ...question });
    };
    const receive = () => {
      const frame = model.get("frame");
      if (!frame.size) return; // the kernel has not drawn it yet
      if (frame.answers?.[0] === me) onTheirWay--;
      views.forEach((view) => show(view, frame, layers));
      version = frame.version; // another one if the kernel moved the controls: what was asked before is void
      ask();
    };
    const decode = async () => { layers = await Promise.all(model.get("layers").map(
      async ({ png, x, y }) => [await createImageBitmap(new Blob([png], { type: "image/png" })), x, y])); };
    await decode();
    document.querySelector("link.busy.favicon")?.remove(); // JupyterLab would fetch it anew each time the kernel is asked
    controls.forEach(([, control], k) => control.on("change:value change:index", () => { delete sliding[k]; ask(); }));
    model.on("change:layers", () => decode().then(() => views.forEach((view) => show(view, model.get("frame"), layers))));
    model.on("change:frame", receive);
    receive();
  }
  function render({ model, el }) {
    el.innerHTML = `<div class="rnn-bench-picture"><canvas role="img"></canvas></div>
      <div class="rnn-bench-words" aria-live="polite"></div><pre class="rnn-bench-error" role="alert"></pre>`;
    views.add(el);
    show(el, model.get("frame"), layers);
    const stopNaming = keepNamed(el, (k, value) => { sliding[k] = value; ask(); });
    return () => { stopNaming(); views.delete(el); };
  }
  return { initialize, render };
};

function show(el, frame, layers) {
  if (!frame.size) return;
  const canvas = el.querySelector("canvas"), error = el.querySelector(".rnn-bench-error");
  paint(canvas, frame, layers);
  canvas.setAttribute("aria-label", frame.words);
  el.querySelector(".rnn-bench-words").textContent = frame.words;
  if (error.textContent !== frame.error) error.textContent = frame.error;
}

// Layers that stand still, and between them paths and images, in the order in which matplotlib draws them.
function paint(canvas, { size: [width, height], ratio, data, ops }, layers) {
  if (canvas.width !== width || canvas.height !== height) [canvas.width, canvas.height] = [width, height];
  canvas.style.width = `${width / ratio}px`;
  const bytes = data.buffer.slice(data.byteOffset, data.byteOffset + data.byteLength), context = canvas.getContext("2d");
  for (const op of ops) {
    context.save();
    if (op.clip) { context.beginPath(); context.rect(...op.clip); context.clip(); }
    painters[op.kind](context, op, bytes, layers);
    context.restore();
  }
}

const sheet = new OffscreenCanvas(1, 1), ink = sheet.getContext("2d", { willReadFrequently: true }); // slow to make, so one for all
const painters = {
  layer: (context, op, bytes, layers) => layers[op.layer] && context.drawImage(...layers[op.layer]),
  path(context, op, bytes) {
    const numbers = ([start, length]) => new Float32Array(bytes.slice(start, start + length)); // from any byte on
    const points = numbers(op.points), codes = new Uint8Array(bytes, ...op.codes), path = new Path2D();
    codes.forEach((code, i) => path[STEPS[code]](points[2 * i], points[2 * i + 1]));
    const draw = (to, fill = op.fills[0]) => {
      Object.assign(to, { fillStyle: fill, strokeStyle: op.stroke, lineWidth: op.width, lineJoin: op.join,
                          lineCap: op.cap, miterLimit: 4, lineDashOffset: op.dash_offset });
      to.setLineDash(op.dashes ?? []);
      if (fill) to.fill(path);
      if (op.stroke) to.stroke(path);
    };
    if (!op.places) return draw(context);
    const places = numbers(op.places), [dx, dy] = [places[0] % 1, places[1] % 1]; // at all places, if one filling
    const reach = Math.ceil(1 + 2 * (op.width ?? 0) + Math.max(...points.map(Math.abs)));
    Object.assign(sheet, { width: 2 * reach, height: 2 * reach });
    ink.translate(reach + dx, reach + dy);
    draw(ink);
    for (let i = 0; i < places.length; i += 2) {
      if (op.fills.length < 2) { context.drawImage(sheet, places[i] - dx - reach, places[i + 1] - dy - reach); continue; }
      context.setTransform(1, 0, 0, 1, places[i], places[i + 1]);
      draw(context, op.fills[(i / 2) % op.fills.length]);
    }
  },
  image(context, op, bytes) {
    const [height, width] = op.shape, pixels = new ImageData(new Uint8ClampedArray(bytes, ...op.pixels), width, height);
    Object.assign(sheet, { width, height });
    ink.putImageData(pixels, 0, 0);
    Object.assign(context, { globalAlpha: op.alpha, imageSmoothingEnabled: false });
    context.transform(...op.place);
    context.drawImage(sheet, 0, 0);
  },
};

// ipywidgets gives slider handles, Play's buttons and chosen options no accessible name or state. Tells slid(k, value) of drags.
function keepNamed(el, slid) {
  const set = (node, name, value) => { if (node && node.getAttribute(name) !== value) node.setAttribute(name, value); };
  const nameAll = (bench) => {
    for (const [k, control] of bench.querySelectorAll(".rnn-bench-controls > *").entries()) {
      const label = control.querySelector("label")?.textContent, slider = control.querySelector(".noUi-target")?.noUiSlider;
      slider?.off("slide.bench");
      slider?.on("slide.bench", ([value]) => slid(k, Number(value)));
      control.querySelectorAll("[role=slider], input, select").forEach((node) => set(node, "aria-label", label));
      set(control.querySelector(".widget-readout"), "aria-label", `${label}: value`);
      for (const button of control.querySelectorAll("button")) {
        set(button, "aria-label", `${label}: ${button.textContent.trim()}`);
        set(button, "aria-pressed", String(button.classList.contains("mod-active")));
      }
    }
    bench.querySelectorAll(".widget-play button").forEach(
      (button, i) => set(button, "aria-label", ["Play or pause", "Back to the beginning", "Repeat"][i]));
  };
  const isNew = ({ type, addedNodes }) => type === "attributes" || [...addedNodes].some((node) => node instanceof Element); // not just a readout
  const watcher = new MutationObserver((changes) => changes.some(isNew) && nameAll(el.closest(".rnn-bench")));
  requestAnimationFrame(function start() {
    const bench = el.closest(".rnn-bench");
    if (!bench) return requestAnimationFrame(start);
    nameAll(bench);
    watcher.observe(bench, { childList: true, subtree: true, attributes: true, attributeFilter: ["class"] });
  });
  return () => watcher.disconnect();
}
