"""What every precompute script shares: it runs a grid of points and stores them as readable JSON.

A script defines

    FILE            the name of its file in notebooks/data
    TOLERANCE       by how much, relatively, another machine's numbers may differ
    keys()          a list of dicts, one for each point
    point(**key)    a dict of numbers or lists: what was measured at this point. A network's
                    weights are a dict of arrays, as in `network.params`.

and ends with `if __name__ == "__main__": runner.main(__file__)`.
"""

import importlib.util
import json
import platform
import time
from pathlib import Path

import numpy as np

from rnnlib.training import Progress

DATA = Path(__file__).resolve().parents[1] / "data"


def load(script):
    """The script as a module."""
    spec = importlib.util.spec_from_file_location(Path(script).stem, script)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def stored(file, **key):
    """The one point of a file in notebooks/data that has this key."""
    points = json.loads((DATA / file).read_text("utf-8"))["points"]
    (point,) = [p for p in points if key.items() <= p.items()]
    return point


def main(script, workers=2):
    """Compute every point in `workers` processes, write the file, and say how long it took."""
    module = load(script)
    started = time.monotonic()
    points = compute_points(script, module.keys(), workers)
    minutes = round((time.monotonic() - started) / 60, 1)
    made = {
        "script": Path(script).name,
        "minutes": minutes,
        "python": platform.python_version(),
        "numpy": np.__version__,
    }
    write(DATA / module.FILE, made, points)
    print(f"{module.FILE}: {len(points)} points in {minutes} minutes")


def compute_points(script, keys, workers):
    """Each key, joined with what the script measured there."""
    # Lessons import this module, too, and in the browser there are no processes to import.
    from concurrent.futures import ProcessPoolExecutor

    points = []
    bar = Progress(Path(script).stem, len(keys))
    with ProcessPoolExecutor(workers) as pool:
        for key, result in zip(keys, pool.map(compute_point, [str(script)] * len(keys), keys)):
            points.append(key | {name: rounded(value) for name, value in result.items()})
            bar(len(points))
    bar.close()
    return points


def compute_point(script, key):
    """One point, in a process of its own that has to load the script first."""
    return load(script).point(**key)


def rounded(value):
    """A value as JSON can store it: numbers have six significant digits, arrays become lists."""
    if isinstance(value, dict):
        return {name: rounded(v) for name, v in value.items()}
    if isinstance(value, (list, tuple, np.ndarray)):
        return [rounded(v) for v in value]
    if isinstance(value, (float, np.floating)):
        return float(f"{value:.6g}")
    return value.item() if isinstance(value, np.generic) else value


def write(path, made, points):
    """Write the points, one on each line, so that git shows which of them changed."""
    path.parent.mkdir(exist_ok=True)
    lines = ",\n".join(json.dumps(point) for point in points)
    text = f'{{"made": {json.dumps(made)},\n"points": [\n{lines}\n]}}\n'
    path.write_text(text, encoding="utf-8")
