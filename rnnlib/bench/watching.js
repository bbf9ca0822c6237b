// Watching: finds a bench's controls in the page, as soon as they are there and whenever some are
// new. ipywidgets makes its elements late, and replaces them often.

// Calls whenNew(element of the bench around `view`) then. Returns a function that ends this.
function watchControls(view, whenNew) {
  const watcher = new MutationObserver((changes) => {
    if (changes.some(bringsNewElements)) whenNew(view.closest(".rnn-bench"));
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
    whenNew(bench);
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

// The elements of the controls, in the order of the trait `controls`: panel.py lays them out so.
function controlElements(bench) {
  return bench.querySelectorAll(".rnn-bench-controls > *");
}

// While the reader holds a slider, calls whenHeld(value) at every move. Its model hears nothing
// until the slider is let go, so this listens to noUiSlider, the slider inside the widget.
function listenToSlider(control, whenHeld) {
  const slider = control.querySelector(".noUi-target")?.noUiSlider;
  slider?.off("slide.bench"); // the same slider may have been found before
  slider?.on("slide.bench", ([value]) => whenHeld(Number(value)));
}
