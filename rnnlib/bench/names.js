// Accessible names: says what each control is called, and which option is chosen.
//
// ipywidgets gives the handles of sliders, the buttons of Play and the buttons of a choice no name
// that a screen reader could say, and does not tell it which option is chosen. ipywidgets makes
// its elements late and again and again, so they are named whenever some are new.

const PLAY_BUTTONS = ["Play or pause", "Back to the beginning", "Repeat"]; // in their order

// Keep everything in the bench around `view` named. Calls sliderHeld(number of the control, value)
// while the reader drags a slider. Returns a function that ends this.
function keepNamed(view, sliderHeld) {
  const watcher = new MutationObserver((changes) => {
    if (changes.some(bringsNewElements)) nameAll(view.closest(".rnn-bench"), sliderHeld);
  });
  const whatToWatch = {
    childList: true, subtree: true, attributes: true, attributeFilter: ["class"],
  };
  let ended = false;
  function startWhenInPage() {
    if (ended) return;
    const bench = view.closest(".rnn-bench");
    if (!bench) {
      requestAnimationFrame(startWhenInPage);
      return;
    }
    nameAll(bench, sliderHeld);
    watcher.observe(bench, whatToWatch);
  }
  requestAnimationFrame(startWhenInPage);
  return () => {
    ended = true;
    watcher.disconnect();
  };
}

// A class changes when an option is chosen. A slider's readout brings only new text.
function bringsNewElements({ type, addedNodes }) {
  return type === "attributes" || [...addedNodes].some((node) => node instanceof Element);
}

function nameAll(bench, sliderHeld) {
  bench.querySelectorAll(".rnn-bench-controls > *").forEach((control, number) => {
    nameControl(control);
    listenToSlider(control, (value) => sliderHeld(number, value));
  });
  bench.querySelectorAll(".widget-play button").forEach((button, i) => {
    setAttribute(button, "aria-label", PLAY_BUTTONS[i]);
  });
}

function nameControl(control) {
  const label = control.querySelector("label")?.textContent;
  control.querySelectorAll("[role=slider], input, select").forEach((node) => {
    setAttribute(node, "aria-label", label);
  });
  const readout = control.querySelector(".widget-readout");
  if (readout) setAttribute(readout, "aria-label", `${label}: value`);
  control.querySelectorAll("button").forEach((option) => {
    setAttribute(option, "aria-label", `${label}: ${option.textContent.trim()}`);
    setAttribute(option, "aria-pressed", String(option.classList.contains("mod-active")));
  });
}

// A held slider tells its model only when it is let go, so listen to the slider itself.
function listenToSlider(control, held) {
  const slider = control.querySelector(".noUi-target")?.noUiSlider;
  slider?.off("slide.bench"); // `nameAll` may have come by here before
  slider?.on("slide.bench", ([value]) => held(Number(value)));
}

// Only what is new: a screen reader may say again what is set again.
function setAttribute(node, name, value) {
  if (node.getAttribute(name) !== value) node.setAttribute(name, value);
}
