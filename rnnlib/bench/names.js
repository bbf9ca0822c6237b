// Accessible names: says what each control is called, and which option is chosen.
//
// ipywidgets gives the handles of sliders, the buttons of Play and the buttons of a choice no name
// that a screen reader could say, and does not tell it which option is chosen.

const PLAY_BUTTONS = ["Play or pause", "Back to the beginning", "Repeat"]; // in their order

function nameAll(bench) {
  controlElements(bench).forEach(nameControl);
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

// Only what is new: a screen reader may say again what is set again.
function setAttribute(node, name, value) {
  if (node.getAttribute(name) !== value) node.setAttribute(name, value);
}
