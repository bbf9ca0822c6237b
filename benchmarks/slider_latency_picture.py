"""A picture of the course's heaviest kind, to time: an LSTM over 100 steps, 4 axes, 10 lines, an image."""

import numpy as np

from rnnlib.bench import Bench, Slider
from rnnlib.cells import LSTM

STEPS, HIDDEN = 100, 16
COLOURS = {"f": "#D55E00", "i": "#0072B2", "o": "#009E73", "g": "#CC79A7"}
lstm = LSTM(1, HIDDEN, rng=np.random.default_rng(0))
x = (np.random.default_rng(1).random((STEPS, 1, 1)) < 0.15).astype(float)


def compute(b_f, b_i, b_o, w):
    for gate, bias in {"f": b_f, "i": b_i, "o": b_o}.items():
        lstm.part(gate)["b"][:] = bias
    return lstm.forward(w * x), b_f


def draw(fig, data):
    axes = fig.subplots(2, 2)
    fig.subplots_adjust(0.06, 0.14, 0.98, 0.9, 0.16, 0.45)
    steps, blank = np.arange(STEPS), np.zeros(STEPS)
    axes[0, 0].set(title="gates of unit 0", xlim=(0, STEPS - 1), ylim=(-1.05, 1.05))
    gates = [axes[0, 0].plot(steps, blank, color=colour, label=gate)[0] for gate, colour in COLOURS.items()]
    axes[0, 0].legend(loc="lower right", ncol=4, fontsize=7)
    axes[0, 1].set(title="cell and hidden state", xlim=(0, STEPS - 1), ylim=(-6, 6))
    axes[0, 1].plot(steps, x[:, 0, 0], color="0.7", lw=0.8)
    states = [axes[0, 1].plot(steps, blank, color=colour, ls=dashes)[0]
              for dashes in ("-", "--") for colour in list(COLOURS.values())[:3]]
    for ax in axes[0]:
        ax.grid(alpha=0.3)
    axes[1, 0].set(title="hidden units over time", xlabel="step t", ylabel="unit")
    image = axes[1, 0].imshow(np.zeros((HIDDEN, STEPS)), aspect="auto", vmin=-1, vmax=1, cmap="RdBu_r",
                              interpolation="nearest")
    axes[1, 1].set(title="mean gate", xlim=(-0.5, 3.5), ylim=(0, 1.1), xticks=range(4), xticklabels=COLOURS)
    bars = axes[1, 1].bar(range(4), np.ones(4), color=COLOURS.values())
    texts = [axes[1, 1].text(place, 1, "", ha="center") for place in range(4)]
    return {"gates": gates, "states": states, "image": image, "bars": list(bars), "texts": texts,
            "title": fig.suptitle("")}


def update(artists, data):
    trace, b_f = data
    gates = [getattr(trace, gate)[:, 0] for gate in COLOURS]
    for line, gate in zip(artists["gates"], gates, strict=True):
        line.set_ydata(gate[:, 0])
    for place, line in enumerate(artists["states"]):
        line.set_ydata((trace.c if place < 3 else trace.h)[:, 0, place % 3])
    artists["image"].set_data(trace.h[:, 0].T)
    for bar, text, gate in zip(artists["bars"], artists["texts"], gates, strict=True):
        bar.set_height(abs(gate.mean()))
        text.set_text(f"{gate.mean():+.2f}")
    artists["title"].set_text(f"forget bias {b_f:+.2f}")


def lstm_bench():
    bench = Bench(compute, draw, update, {
        "b_f": Slider("forget bias", -5.0, 5.0, 0.05, 1.0), "b_i": Slider("input bias", -5.0, 5.0, 0.05, 0.0),
        "b_o": Slider("output bias", -5.0, 5.0, 0.05, 0.0), "w": Slider("input weight", 0.0, 3.0, 0.05, 1.0)},
        describe=lambda data: f"Forget bias {data[1]:+.2f}: the forget gate is {data[0].f.mean():.2f} on average.")
    return bench
