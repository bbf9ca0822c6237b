"""What cells.py writes of its results: lines while it runs, tables, RESULTS.md and growth.png."""

from datetime import date

import matplotlib
import numpy as np
from cells_plan import CELL_SIDES, CELLS, GROWTH, MIDDLE, NETWORK_SIDES, WINDOW

matplotlib.use("Agg")
import matplotlib.pyplot as plt  # noqa: E402
from matplotlib.ticker import NullFormatter  # noqa: E402

from rnnlib import plots  # noqa: E402

REPORT = """# How fast the cells are

Written by `make bench`: benchmarks/cells.py, whose first lines say how it is made fair.

{date}. {versions}.

float32; a ratio below 1 means that rnnlib is faster. One thread: CPU time; two threads: wall time.

## Forward and backward

`products` are the matrix products of the pass alone, in NumPy.

{cells}
## A training step of a network

One cell, a linear read-out of H/4 numbers at every step, squared error, backward, clipping, Adam.

{network}
## How cost grows

![Four panels on logarithmic axes. The first three show the time of an LSTM against T, B and H, \
for rnnlib and PyTorch. The time rises with each, slowly at first and then steadily. The last one \
shows the peak memory against T. It rises with full backpropagation and stays level with \
truncated backpropagation.](growth.png)

Time of an LSTM as a power of each size, over the upper half of its range: {powers}.

From T = {shortest} to T = {longest} the peak memory of a training pass grows {full:.1f}-fold
with full backpropagation and {truncated:.2f}-fold with windows of {window} steps.
"""


def in_words(result):
    """One result as a line that is printed while the measuring goes on."""
    if result["part"] == "versions":
        return result["words"]
    if result["part"] == "memory":
        memory = "memory at T = {T}: {full} bytes full, {truncated} truncated"
        return memory.format(**result)
    if "cell" in result:
        what = f"{result['cell']} {tuple(result['size'])}"
        ratio = f", rnnlib/PyTorch {result['ratio']['PyTorch']:.2f}"
    else:
        what = f"LSTM, {result['symbol']} = {result['value']}"
        ratio = ""
    times = ", ".join(f"{side} {1e3 * s:.3f}" for side, s in result["seconds"].items())
    return f"{result['part']}, {result['threads']} thread(s), {what}: {times} ms{ratio}"


# Tables


def tables(results, part):
    """Markdown lines: a table for each cell and number of threads, and its geometric means."""
    sides = CELL_SIDES if part == "cells" else NETWORK_SIDES
    lines = []
    for cell in CELLS:
        for threads in (1, 2):
            wanted = (part, cell, threads)
            rows = [r for r in results if (r["part"], r.get("cell"), r.get("threads")) == wanted]
            if rows:
                plural = "s" if threads > 1 else ""
                lines += [f"### {cell}, {threads} thread{plural}", "", *table(rows, sides), ""]
                lines += [means(rows), ""]
    return lines


def table(rows, sides):
    times, ratios = ([f"{side}, ms" for side in sides], [f"rnnlib / {s}" for s in sides[1:]])
    titles = ["T, B, D, H", *times, *ratios]
    lines = ["| " + " | ".join(titles) + " |", "|" + "---|" * len(titles)]
    for row in rows:
        fields = [", ".join(map(str, row["size"]))]
        fields += [f"{1e3 * row['seconds'][side]:.3g}" for side in sides]
        fields += [f"{row['ratio'][side]:.2f}" for side in sides[1:]]
        lines.append("| " + " | ".join(fields) + " |")
    return lines


def means(rows):
    mean = geometric_mean([row["ratio"]["PyTorch"] for row in rows])
    fastest = geometric_mean([row["fastest"] for row in rows])
    return (
        f"Geometric mean of rnnlib / PyTorch: **{mean:.2f}**; of the fastest rounds: {fastest:.2f}"
    )


def geometric_mean(values):
    return float(np.exp(np.mean(np.log(values))))


# Growth


def times_against(results, symbol, side):
    """(values of the symbol, seconds) of one side, as an array with two rows."""
    rows = [r for r in results if r.get("symbol") == symbol]
    return np.array([(r["value"], r["seconds"][side]) for r in rows]).T


def exponent(results, symbol, side):
    """p of time ~ symbol^p, fitted over the upper half of the values."""
    upper_half = times_against(results, symbol, side)[:, len(GROWTH[symbol]) // 2 :]
    return float(np.polyfit(*np.log(upper_half), 1)[0])


def draw(results, path):
    """Draw time against T, B and H, and peak memory against T, on logarithmic axes."""
    plots.use_style()
    fig, axes = plt.subplots(1, 4, figsize=(13, 3.2))
    for ax, symbol in zip(axes, GROWTH):
        draw_time(ax, results, symbol)
    axes[0].set_ylabel("forward + backward, ms")
    axes[0].legend()
    draw_memory(axes[3], results)
    for ax in axes:
        # Labels between the powers of ten would overlap.
        ax.xaxis.set_minor_formatter(NullFormatter())
        ax.yaxis.set_minor_formatter(NullFormatter())
    fig.savefig(path, dpi=100, metadata={"Software": None})


def draw_time(ax, results, symbol):
    for side, colour_of in (("rnnlib", "LSTM"), ("PyTorch", "x")):
        values, seconds = times_against(results, symbol, side)
        look = plots.symbol(colour_of, label=side)
        ax.loglog(values, 1e3 * seconds, marker="o", markersize=3, **look)
    others = ", ".join(f"{key} = {value}" for key, value in MIDDLE.items() if key != symbol)
    ax.set(xlabel=symbol, title=others)


def draw_memory(ax, results):
    rows = [r for r in results if r["part"] == "memory"]
    for key, colour_of, label in (
        ("full", "c", "full"),
        ("truncated", "f", f"truncated, {WINDOW} steps"),
    ):
        megabytes = [row[key] / 1e6 for row in rows]
        ax.loglog([row["T"] for row in rows], megabytes, **plots.symbol(colour_of, label=label))
    ax.set(xlabel="T", title="peak memory of a training pass, MB")
    ax.legend()


def report(results):
    """The text of RESULTS.md."""
    memory = {r["T"]: r for r in results if r["part"] == "memory"}
    few, many = memory[min(memory)], memory[max(memory)]
    powers = []
    for symbol in GROWTH:
        ours, theirs = (exponent(results, symbol, side) for side in NETWORK_SIDES)
        powers.append(f"{symbol} to the {ours:.2f} (PyTorch {theirs:.2f})")
    return REPORT.format(
        date=date.today(),
        versions=next(r["words"] for r in results if r["part"] == "versions"),
        cells="\n".join(tables(results, "cells")),
        network="\n".join(tables(results, "network")),
        powers=", ".join(powers),
        shortest=few["T"],
        longest=many["T"],
        full=many["full"] / few["full"],
        truncated=many["truncated"] / few["truncated"],
        window=WINDOW,
    )
