"""What hub_load.py writes: a table, and the sizes that follow from it for a class of ninety."""

import importlib.metadata
import math
import platform
import subprocess
from datetime import date
from pathlib import Path

RESULTS = Path(__file__).resolve().parent / "RESULTS.md"
HEADING = "\n# A hub for a class\n"
LAST = "\n# Sliders, every bench\n"  # slider_latency.py replaces everything from here on
CLASS = 90
MINUTES_OF_BEGINNING = 5  # in which a class logs in and runs its first cells
SPARE = 1.5  # memory is bought with this factor: a second notebook, a longer list, a copy

ABOUT = """
By `benchmarks/hub_load.py`: {day}, {machine}.
All students of a round log in at the same moment, run lesson 05a and move a slider of its first
bench over the hub's proxy, by the messages that the page sends. Times are from the log-in on,
median / worst student. Slider: question to answer, median / 95 % of the moves, without the page's
painting. "Now and then" is a move every half second; "dragging" is everybody at once, without a
pause. Memory is that of a student's server and kernel (PSS). The simulated students run on the same
two cores, and so did other programs; the last column says how much of the machine they took.

| students | server ready, s | first cell, s | lesson, s | slider now and then, ms | dragging, ms \
| memory a student, MB | hub and proxy, MB | other programs, cores |
|---|---|---|---|---|---|---|---|---|
"""

SIZES = """
What follows for {students} students. A student costs {start:.1f} s of CPU until the first cell,
{all:.0f} s for the whole lesson, and {picture:.0f} ms for each picture of a slider.

| | what is needed | how it is computed |
|---|---|---|
| memory | {memory_each:.2f} GB a student, {memory_all:.0f} GB in all | {memory:.0f} MB measured, \
times {spare} for a second notebook; hub and proxy {hub:.1f} GB; lesson 09 needs more |
| CPU at the beginning of a lecture | {beginning:.1f} cores | {students} × {start:.1f} s within \
{minutes} minutes |
| CPU while everybody runs the lesson | {lesson:.1f} cores | {students} × {all:.0f} s within \
{minutes} minutes |
| CPU while a third drags a slider | {drag:.1f} cores | {draggers} × 20 pictures a second × \
{picture:.0f} ms |
| wait for the first cell, if all log in at the same moment | {wait16:.0f} s with 16 cores, \
{wait8:.0f} s with 8 | {students} × {start:.1f} s on these \
cores, and {alone:.0f} s that it takes alone |

These are computed from the round with {measured} students on two cores, and not measured with
{students}. The hub must let that many servers start at once (`concurrent_spawn_limit`): it refuses
the others and asks them to try again.
"""


def pair(values, digits=1, factor=1.0):
    return " / ".join(f"{factor * value:.{digits}f}" for value in values)


def row(figures):
    """A line of the table."""
    cells = [
        str(figures["students"]),
        pair(figures["server"]),
        pair(figures["first cell"]),
        pair(figures["lesson"]),
        pair(figures["paused"], 0, 1000),
        pair(figures["dragged"], 0, 1000),
        pair(figures["memory"], 0),
        f"{figures['hub']:.0f}",
        f"{figures['rest']:.1f}",
    ]
    return f"| {' | '.join(cells)} |"


def sizes(figures, alone):
    """The numbers for a class, from a round and the seconds until a student's first cell alone."""
    start, everything = figures["cpu of start"], figures["cpu of all"]
    picture, memory = figures["cpu of a picture"], figures["memory"][0]
    draggers, seconds = CLASS // 3, 60 * MINUTES_OF_BEGINNING
    hub = math.ceil(figures["hub"] / 100) / 10
    each = SPARE * memory / 1000
    return {
        "students": CLASS,
        "measured": figures["students"],
        "minutes": MINUTES_OF_BEGINNING,
        "spare": SPARE,
        "start": start,
        "all": everything,
        "picture": 1000 * picture,
        "memory": memory,
        "hub": hub,
        "memory_each": each,
        "memory_all": CLASS * each + hub,
        "beginning": CLASS * start / seconds,
        "lesson": CLASS * everything / seconds,
        "draggers": draggers,
        "drag": draggers * 20 * picture,
        "alone": alone,
        "wait8": CLASS * start / 8 + alone,
        "wait16": CLASS * start / 16 + alone,
    }


def machine():
    """The versions, the system and the processor."""
    version = importlib.metadata.version
    node = subprocess.run(["node", "--version"], capture_output=True, text=True, check=False)
    parts = [f"Python {platform.python_version()}"]
    parts += [f"{name} {version(name)}" for name in ("jupyterhub", "jupyterlab", "numpy")]
    parts += [f"Node.js {node.stdout.strip()}", platform.system(), processor()]
    return ", ".join(parts)


def processor():
    info = Path("/proc/cpuinfo")
    lines = info.read_text().splitlines() if info.exists() else []
    names = [line.partition(": ")[2] for line in lines if line.startswith("model name")]
    return f"{names[0]}, {len(names)} cores" if names else platform.machine()


def section(rounds):
    """The section of RESULTS.md."""
    head = ABOUT.format(day=date.today(), machine=machine())
    rows = "\n".join(map(row, rounds))
    needed = SIZES.format(**sizes(rounds[-1], alone=rounds[0]["first cell"][0]))
    return f"{HEADING}{head}{rows}\n{needed}"


def write(text):
    """Put the section in place of the last one in RESULTS.md, or before the section LAST."""
    before, heading, after = RESULTS.read_text(encoding="utf-8").partition(HEADING)
    if heading:
        _, mark, following = after.partition("\n# ")
    else:
        before, mark, following = before.partition(LAST)
    RESULTS.write_text(before + text + mark + following, encoding="utf-8")
    print(f"written: {RESULTS.name}")
