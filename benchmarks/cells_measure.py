"""What a worker of cells.py does: it measures, and prints a line of JSON for each result."""

import gc
import json
import os
import platform
import sys
import time
import tracemalloc
from pathlib import Path

import cells_sides as sides
import jax
import numpy as np
import torch
from cells_plan import CELL_SIDES, GROWTH, MEMORY_T, MIDDLE, NETWORK_SIDES, SIZES, WINDOW
from threadpoolctl import threadpool_info

SECONDS_OF_A_TURN = 0.03
SECONDS_UNTIL_THREADS_SLEEP = 0.05


def work(options):
    """Measure all parts that the options name."""
    threads = options.threads[0]
    torch.set_num_threads(threads)
    print(json.dumps({"part": "versions", "words": versions()}), flush=True)
    for part in options.parts:
        for result in MEASURES[part](options, threads):
            print(json.dumps({"part": part, "threads": threads} | result), flush=True)


def measure_cells(options, threads):
    make = (sides.ours, sides.pytorch, sides.with_jax, sides.products)
    for name in options.cells:
        for size in (SIZES[k - 1] for k in options.sizes):
            x, dh = sides.data(*size)
            runs = {side: made(name, x, dh) for side, made in zip(CELL_SIDES, make)}
            yield {"cell": name, "size": size} | compared(runs, threads, options.rounds)


def measure_network(options, threads):
    make = (sides.our_network, sides.pytorch_network)
    for name in options.cells:
        for size in (SIZES[k - 1] for k in options.sizes):
            x, dh = sides.data(*size)
            target = dh[:, :, : size[3] // 4]
            runs = {side: made(name, x, target) for side, made in zip(NETWORK_SIDES, make)}
            yield {"cell": name, "size": size} | compared(runs, threads, options.rounds)


def measure_growth(options, threads):
    """Time and memory as one size grows. One thread is enough to see it."""
    if threads > 1:
        return
    for symbol, values in GROWTH.items():
        for value in values:
            size = MIDDLE | {symbol: value}
            x, dh = sides.data(**size)
            runs = {"rnnlib": sides.ours("LSTM", x, dh), "PyTorch": sides.pytorch("LSTM", x, dh)}
            seconds = interleaved(runs, threads, options.rounds)
            yield {"symbol": symbol, "value": value, "seconds": medians(seconds)}
    for T in MEMORY_T:
        full, truncated = training_memory(T, T), training_memory(T, WINDOW)
        yield {"part": "memory", "T": T, "full": full, "truncated": truncated}


MEASURES = {"cells": measure_cells, "network": measure_network, "growth": measure_growth}


# Time


def compared(runs, threads, rounds):
    """The median times, the median ratios within a round, and the ratio of the fastest rounds."""
    seconds = interleaved(runs, threads, rounds)
    ratios = {side: float(np.median(seconds["rnnlib"] / s)) for side, s in seconds.items()}
    fastest = float(seconds["rnnlib"].min() / seconds["PyTorch"].min())
    return {"seconds": medians(seconds), "ratio": ratios, "fastest": fastest}


def medians(seconds):
    return {side: float(np.median(s)) for side, s in seconds.items()}


def interleaved(runs, threads, rounds):
    """{side: seconds of a call in each round}. In each round the sides take their turns."""
    clock = time.process_time if threads == 1 else time.perf_counter
    calls = {side: calls_in_a_turn(run) for side, run in runs.items()}
    seconds = {side: [] for side in runs}
    gc.disable()
    for _ in range(rounds):
        gc.collect()
        for side, run in runs.items():
            if threads > 1:
                time.sleep(SECONDS_UNTIL_THREADS_SLEEP)
                run()
            start = clock()
            for _ in range(calls[side]):
                run()
            seconds[side].append((clock() - start) / calls[side])
    gc.enable()
    return {side: np.array(values) for side, values in seconds.items()}


def calls_in_a_turn(run):
    """How many calls fill a turn. The first call is not counted: it may compile."""
    run()
    start = time.perf_counter()
    run()
    return max(1, round(SECONDS_OF_A_TURN / (time.perf_counter() - start)))


# Memory


def training_memory(T, window):
    """The most bytes that NumPy holds in a training pass over T steps, one window at a time.

    Every window is given the same input, because a long one would count as memory, too.
    """
    cell = sides.our_cell("LSTM", MIDDLE["D"], MIDDLE["H"])
    x, dh = sides.data(window, MIDDLE["B"], MIDDLE["D"], MIDDLE["H"])
    tracemalloc.start()
    trace = grads = state = None
    for _ in range(T // window):
        trace = cell.forward(x, state, out=trace)
        grads = cell.backward(trace, dh, out=grads)
        state = trace.state
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return peak


# The machine


def versions():
    """The libraries, their kernels for matrix products, and the machine, in words."""
    pools = {pool["internal_api"]: pool for pool in threadpool_info()}
    blas = pools.get("openblas", {})
    return (
        f"Python {platform.python_version()}, NumPy {np.__version__} with OpenBLAS "
        f"{blas.get('version', '?')} ({blas.get('architecture', '?')} kernels), "
        f"PyTorch {torch.__version__} ({torch.backends.cpu.get_cpu_capability()}), "
        f"JAX {jax.__version__}; {platform.system()}, {processor()}, {os.cpu_count()} cores"
    )


def processor():
    if sys.platform == "linux":
        for line in Path("/proc/cpuinfo").read_text().splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor()
