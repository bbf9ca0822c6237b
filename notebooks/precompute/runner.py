"""What every precompute script shares: run a grid of points over seeds, on both cores, and store it as readable JSON.

A script has FILE (a name in notebooks/data), TOLERANCE (relative, what another machine may differ by), keys() -> list of
dicts, point(**key) -> dict of numbers or lists, and ends with `if __name__ == "__main__": runner.main(__file__)`.
"""

import importlib.util
import json
import platform
import time
from concurrent.futures import ProcessPoolExecutor
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


def _point(script, key):
    return load(script).point(**key)


def _rounded(value):
    if isinstance(value, (list, tuple, np.ndarray)):
        return [_rounded(v) for v in value]
    if isinstance(value, (float, np.floating)):
        return float(f"{value:.6g}")
    return value.item() if isinstance(value, np.generic) else value


def main(script, workers=2):
    """Compute every point, say how long it takes, write the file."""
    module, started = load(script), time.monotonic()
    keys, points = module.keys(), []
    bar = Progress(Path(script).stem, len(keys))
    with ProcessPoolExecutor(workers) as pool:
        for key, result in zip(keys, pool.map(_point, [str(script)] * len(keys), keys)):
            points.append(key | {name: _rounded(value) for name, value in result.items()})
            bar(len(points))
    bar.close()
    minutes = round((time.monotonic() - started) / 60, 1)
    made = {"script": Path(script).name, "minutes": minutes, "python": platform.python_version(), "numpy": np.__version__}
    DATA.mkdir(exist_ok=True)
    lines = ",\n".join(json.dumps(p) for p in points)
    (DATA / module.FILE).write_text(f'{{"made": {json.dumps(made)},\n"points": [\n{lines}\n]}}\n', encoding="utf-8")
    print(f"{module.FILE}: {len(points)} points in {minutes} minutes")
