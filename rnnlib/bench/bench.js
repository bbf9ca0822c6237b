// A bench in the browser: it asks the kernel (session.py) for the picture of the controls' values.
//
// A question has the values of all controls. The kernel's answer is the trait `frame`. With two
// questions on their way, the kernel never waits for the page, nor the page for the kernel. While
// two are on their way, moves of the controls are not lost: when an answer comes, the values of
// that moment go into the next question. So the last question always has the last values.

// session.py joins this file with painting.js and names.js: to a browser, they are one script.

const MOST_ON_THEIR_WAY = 2;
const MODEL_PREFIX = "IPY_MODEL_"; // how ipywidgets refers to a widget inside a trait

class Conversation {
  constructor() {
    this.tab = Math.random(); // two tabs may show one bench: each knows its own questions by this
    this.views = new Set(); // the elements that show the bench; JupyterLab can show it twice
    this.layers = [];
    this.heldAt = {}; // {number of a control: where the reader holds its slider}
    this.questionsAsked = 0;
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
    delete this.heldAt[number]; // the slider was let go, and its model knows where
    this.ask();
  }

  sliderHeld(number, value) {
    this.heldAt[number] = value;
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
      values[name] = this.heldAt[number] ?? control.get("index") ?? control.get("value");
    });
    return values;
  }

  receive() {
    const frame = this.model.get("frame");
    if (!frame.size) return; // the kernel has not drawn yet
    if (frame.answers?.[0] === this.tab) this.questionsOnTheirWay -= 1;
    this.showEverywhere();
    this.version = frame.version; // a new one if the kernel moved the controls
    this.ask();
  }

  async loadLayers() {
    this.layers = await Promise.all(this.model.get("layers").map(loadLayer));
  }

  addView(model, view) {
    view.innerHTML = `
      <div class="rnn-bench-picture"><canvas role="img"></canvas></div>
      <div class="rnn-bench-words" aria-live="polite"></div>
      <pre class="rnn-bench-error" role="alert"></pre>`;
    this.views.add(view);
    show(view, model.get("frame"), this.layers);
    const stopNaming = keepNamed(view, (number, value) => this.sliderHeld(number, value));
    return () => {
      stopNaming();
      this.views.delete(view);
    };
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

async function loadLayer({ png, x, y }) {
  const image = await createImageBitmap(new Blob([png], { type: "image/png" }));
  return { image, x, y };
}

// JupyterLab's icon of a busy kernel would be fetched anew for each question.
function keepIconFromBeingFetched() {
  document.querySelector("link.busy.favicon")?.remove();
}

function show(view, frame, layers) {
  if (!frame.size) return;
  const canvas = view.querySelector("canvas");
  paint(canvas, frame, layers);
  canvas.setAttribute("aria-label", frame.words);
  view.querySelector(".rnn-bench-words").textContent = frame.words;
  const error = view.querySelector(".rnn-bench-error");
  // Setting the same text again would make a screen reader say the error again.
  if (error.textContent !== frame.error) error.textContent = frame.error;
}

// What anywidget calls: `initialize` once for each bench, `render` for each place that shows it.

export default () => {
  const conversation = new Conversation();
  return {
    initialize: ({ model }) => conversation.begin(model),
    render: ({ model, el }) => conversation.addView(model, el),
  };
};
