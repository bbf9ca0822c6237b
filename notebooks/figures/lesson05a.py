"""Lesson 05a's benches of twelve steps and of gates in time: their controls, names and presets."""

from rnnlib.bench import Choice, Slider

from .gates_in_time import describe_gates, draw_gates, update_gates, weight_tables
from .twelve_steps import describe_cell, draw_cell, on_wires, update_cell

__all__ = [
    "CELL_BENCH",
    "CELL_CONTROLS",
    "GATES_BENCH",
    "GATES_CONTROLS",
    "describe_cell",
    "describe_gates",
    "draw_cell",
    "draw_gates",
    "on_wires",
    "update_cell",
    "update_gates",
    "weight_tables",
]


# Bench: twelve steps

BIASES = {"b_i": -4.0, "b_f": 4.0, "b_o": -4.0}
CELL_CONTROLS = {
    "t": Slider("step t", 1, 12, 1, 2),
    "wires": Choice("wires carry", ("forward", "backward"), "forward"),
    "b_i": Slider("input bias", -12.0, 6.0, 0.5, -4.0),
    "b_f": Slider("forget bias", -6.0, 6.0, 0.5, 4.0),
    "b_o": Slider("output bias", -6.0, 6.0, 0.5, -4.0),
}
CELL_BENCH = {
    "describe": describe_cell,
    "play": "t",
    "figsize": (11, 7),
    "name": "twelve steps",
    "presets": {
        "Leaks in": BIASES | {"b_i": -1.0},
        "Forgets at once": BIASES | {"b_f": -6.0},
        "Never writes": BIASES | {"b_i": -12.0},
    },
}


# Bench: gates in time

SCRIPTS = ("store and recall", "no erase", "three pulses", "stop and go")


def _settings(script, b_i, w_i, b_f, w_f, b_o, w_o, u_g):
    gates = {"b_i": b_i, "w_i": w_i, "b_f": b_f, "w_f": w_f, "b_o": b_o, "w_o": w_o, "u_g": u_g}
    return {"script": script} | gates


GATES_BENCH = {
    "describe": describe_gates,
    "figsize": (11, 7),
    "name": "gates in time",
    "presets": {
        "Latch": _settings("store and recall", -4.0, 8.0, 4.0, 0.0, 4.0, 0.0, 0.0),
        "Leaky integrator": _settings("three pulses", 6.0, 0.0, 2.0, 0.0, 6.0, 0.0, 0.0),
        "Counter": _settings("three pulses", 6.0, 0.0, 6.0, 0.0, 6.0, 0.0, 0.0),
        "One-step delay": _settings("stop and go", -4.0, 8.0, 4.0, -8.0, -4.0, 8.0, 0.0),
        "Plain RNN": _settings("three pulses", 6.0, 0.0, -6.0, 0.0, 6.0, 0.0, 1.25),
    },
}


# The bench opens with the preset Latch. Two sliders share a row: a gate's bias and its weight.
GATES_CONTROLS = {
    "script": Choice("script", SCRIPTS, "store and recall"),
    "u_g": Slider("weight from h to candidate", -4.0, 4.0, 0.25, 0.0),
    "b_i": Slider("input bias", -6.0, 6.0, 0.5, -4.0),
    "w_i": Slider("input gate, weight from write", -12.0, 12.0, 0.5, 8.0),
    "b_f": Slider("forget bias", -6.0, 6.0, 0.5, 4.0),
    "w_f": Slider("forget gate, weight from erase", -12.0, 12.0, 0.5, 0.0),
    "b_o": Slider("output bias", -6.0, 6.0, 0.5, 4.0),
    "w_o": Slider("output gate, weight from read", -12.0, 12.0, 0.5, 0.0),
}
