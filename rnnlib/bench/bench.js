// A bench in the browser: it asks the kernel (session.py) for the picture of the controls' values.
//
// A question has the values of all controls. The kernel's answer is the trait `frame`. With two
// questions on their way, the kernel works on the next one while the page paints an answer. While
// two are on their way, moves of the controls are not lost: when an answer comes, the values of
// that moment go into the next question. So the last question always has the last values.

// session.py joins this file with painting.js, names.js and watching.js: to a browser, they are
// one script.

const MOST_ON_THEIR_WAY = 2;
const MODEL_PREFIX = "IPY_MODEL_"; // how ipywidgets refers to a widget inside a trait

class PictureClient {
  constructor() {
    this.tab = Math.random(); // two tabs may show one bench: each knows its own questions by this
    this.views = new Set(); // the elements that show the bench; JupyterLab can show it twice
    this.layers = null; // until they are loaded
    this.valueWhileHeld = {}; // {number of a control: where the reader holds its slider}
    this.questionsAsked = 0; // makes each question's id another one
    this.questionsOnTheirWay = 0;
    this.lastQuestion = null; // as text; the same question is not asked twice
    this.version = -1; // of the frame painted last
  }

  async begin(model) {
    this.model = model;
    this.controls = await findControls(model);
    await this.loadLayers();
    keepIconFromBeingFetched();
    this.controls.forEach(([, control], number) => {
      control.on("change:value change:index", () => this.controlMoved(number));
    });
    model.on("change:layers", () => this.loadLayers().then(() => this.showEverywhere()));
    model.on("change:frame", () => this.receive());
    this.receive();
  }

  controlMoved(number) {
    delete this.valueWhileHeld[number]; // the slider was let go, and its model knows where
    this.ask();
  }

  sliderHeld(number, value) {
    this.valueWhileHeld[number] = value;
    this.ask();
  }

  ask() {
    const question = {
      version: this.version,
      ratio: window.devicePixelRatio > 1 ? 2 : 1,
      controls: this.values(),
    };
    const asText = JSON.stringify(question);
    if (this.questionsOnTheirWay >= MOST_ON_THEIR_WAY || asText === this.lastQuestion) return;
    this.lastQuestion = asText;
    this.questionsOnTheirWay += 1;
    this.model.send({ id: [this.tab, this.questionsAsked], ...question });
    this.questionsAsked += 1;
  }

  values() {
    const values = {};
    this.controls.forEach(([name, control], number) => {
      values[name] = this.valueWhileHeld[number] ?? control.get("index") ?? control.get("value");
    });
    return values;
  }

  receive() {
    const frame = this.model.get("frame");
    if (!frame.size) return; // the kernel has not drawn yet
    if (frame.question_id?.[0] === this.tab) this.questionsOnTheirWay -= 1;
    this.showEverywhere();
    this.version = frame.version; // a new one if the kernel moved the controls
    this.ask();
  }

  async loadLayers() {
    const layers = this.model.get("layers");
    const loaded = await Promise.all(layers.map(loadLayer));
    if (layers === this.model.get("layers")) this.layers = loaded; // else newer ones are loading
  }

  addView(model, view) {
    view.innerHTML = `
      <div class="rnn-bench-picture"><canvas role="img"></canvas></div>
      <div class="rnn-bench-words" aria-live="polite"></div>
      <pre class="rnn-bench-error" role="alert"></pre>`;
    this.views.add(view);
    show(view, model.get("frame"), this.layers);
    const stopWatching = watchControls(view, (bench) => this.attendTo(bench));
    return () => {
      stopWatching();
      this.views.delete(view);
    };
  }

  attendTo(bench) {
    nameAll(bench);
    controlElements(bench).forEach((control, number) => {
      listenToSlider(control, (value) => this.sliderHeld(number, value));
    });
  }

  showEverywhere() {
    this.views.forEach((view) => show(view, this.model.get("frame"), this.layers));
  }
}

// [[name, model of the control's widget], ...]
function findControls(model) {
  const references = Object.entries(model.get("controls"));
  return Promise.all(references.map(async ([name, reference]) => {
    const id = reference.slice(MODEL_PREFIX.length);
    return [name, await model.widget_manager.get_model(id)];
  }));
}

async function loadLayer({ png, x, y, ratio }) {
  const image = await createImageBitmap(new Blob([png], { type: "image/png" }));
  return { image, x, y, ratio };
}

// JupyterLab shows a busy kernel by an icon of the tab, and would fetch that icon anew for each
// question. It does without if the icon's element is gone.
function keepIconFromBeingFetched() {
  document.querySelector("link.busy.favicon")?.remove();
}

function show(view, frame, layers) {
  if (!frame.size || !layers) return; // not drawn yet, or not loaded yet
  const canvas = view.querySelector("canvas");
  // New layers and the first frame of their size come one after the other. Paint only with both.
  if (layers.every((layer) => layer.ratio === frame.ratio)) paint(canvas, frame, layers);
  canvas.setAttribute("aria-label", frame.words);
  setText(view.querySelector(".rnn-bench-words"), frame.words);
  setText(view.querySelector(".rnn-bench-error"), frame.error);
}

// Only what is new: a screen reader may say again what is set again.
function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

// What anywidget calls: `initialize` once for each bench, `render` for each place that shows it.

export default () => {
  const client = new PictureClient();
  return {
    initialize: ({ model }) => client.begin(model),
    render: ({ model, el }) => client.addView(model, el),
  };
};
