"""rnnlib's cells beside PyTorch's and JAX's and beside their matrix products alone, in one run, on this machine.

    python benchmarks/cells.py                                    everything, into benchmarks/RESULTS.md and growth.png
    python benchmarks/cells.py --cells LSTM --sizes 3,5           a part of it, printed only
    python benchmarks/cells.py --parts cells --threads 1 --rounds 5

How it is made fair:
- Forward plus backward in float32, the same x, the same dh (what a loss would send), gradients of every weight and of
  no input. Each side keeps what it may: rnnlib its trace and gradients (`out=`), PyTorch its modules, JAX a compiled
  `lax.scan` (compiling is not timed); the products alone write into memory they have.
- For each number of threads a process of its own, in which OpenBLAS, PyTorch and JAX are held to that number.
- In a round every side runs in turn for about 50 ms; the ratio is taken within the round, and the median over the
  rounds is reported: what the machine does meanwhile hits all sides, though not quite alike (in a slow minute of a
  shared machine many short calls lose more than one long one), so the fastest rounds are compared as well.
- One thread is measured in CPU time, two in wall time. Before its turn on two threads each side waits 50 ms and runs
  once untimed, so that the threads of the side before, which look for work for a while, have gone to sleep.
- Python's cyclic garbage collector rests while a side is timed, as in timeit, and runs between the rounds: with JAX
  imported, which hooks into it, each of its runs costs far more, and charges whoever happens to make a tuple.
- OPENBLAS_CORETYPE is left out of the environment: each library picks its kernels for this processor itself.
"""

import argparse
import gc
import json
import os
import platform
import subprocess
import sys
import time
import tracemalloc
from datetime import date
from pathlib import Path

HERE = Path(__file__).resolve().parent
SIZES = [(100, 1, 1, 8), (100, 1, 8, 32), (100, 32, 2, 32), (100, 32, 8, 64), (100, 32, 64, 128), (200, 64, 32, 128),
         (1000, 32, 2, 32), (50, 128, 128, 256)]  # fmt: skip
CELLS = {"RNN": 1, "LSTM": 4, "GRU": 3}  # blocks of H rows in the weights
SIDES = ("rnnlib", "PyTorch", "JAX", "products")
PARTS = ("cells", "network", "growth")
GROWTH = {"T": (25, 50, 100, 200, 400, 800), "B": (1, 4, 16, 64, 256), "H": (8, 16, 32, 64, 128, 256)}
MIDDLE = {"T": 100, "B": 32, "D": 16, "H": 64}
SLIDERS = "\n# Sliders"
MEMORY_T, WINDOW = (200, 400, 800, 1600, 3200), 100


# Sides: each a function that makes one forward and backward pass


def data(T, B, D, H):
    rng = np.random.default_rng(0)
    return rng.normal(size=(T, B, D)).astype(np.float32), rng.normal(size=(T, B, H)).astype(np.float32)


def ours(name, x, dh):
    cell = getattr(cells, name)(x.shape[2], dh.shape[2], rng=np.random.default_rng(0), dtype=np.float32)
    memory = [None, None]

    def run():
        memory[0] = cell.forward(x, out=memory[0])
        memory[1] = cell.backward(memory[0], dh, out=memory[1])

    return run


def pytorch(name, x, dh):
    net = getattr(torch.nn, name)(x.shape[2], dh.shape[2])
    x, dh = torch.tensor(x), torch.tensor(dh)

    def run():
        net.zero_grad(set_to_none=True)
        net(x)[0].backward(dh)

    return run


def with_jax(name, x, dh):
    H, n = dh.shape[2], CELLS[name]
    rng, sigma, tanh = np.random.default_rng(0), jax.nn.sigmoid, jnp.tanh
    shapes = {"W": (n * H, x.shape[2]), "U": (n * H, H), "b": (n * H,), "b_n": (H,)}
    params = {key: jnp.asarray(rng.normal(0, 0.1, shape), jnp.float32) for key, shape in shapes.items()}

    def step(p, state, a):
        h, c = state
        if name == "RNN":
            h = tanh(a + h @ p["U"].T)
        elif name == "LSTM":
            i, f, o, g = jnp.split(a + h @ p["U"].T, 4, axis=1)
            c = sigma(f) * c + sigma(i) * tanh(g)
            h = sigma(o) * tanh(c)
        else:
            a_r, a_z, a_n = jnp.split(a, 3, axis=1)
            u_r, u_z, u_n = jnp.split(h @ p["U"].T, 3, axis=1)
            z = sigma(a_z + u_z)
            h = (1 - z) * tanh(a_n + sigma(a_r + u_r) * (u_n + p["b_n"])) + z * h
        return (h, c), h

    def loss(p, x, dh):
        zeros = jnp.zeros(dh.shape[1:])
        return (jax.lax.scan(lambda state, a: step(p, state, a), (zeros, zeros), x @ p["W"].T + p["b"])[1] * dh).sum()

    gradient = jax.jit(jax.grad(loss))
    x, dh = jnp.asarray(x), jnp.asarray(dh)
    return lambda: jax.block_until_ready(gradient(params, x, dh))


def products(name, x, dh):
    """The matrix products of a forward and backward pass, as few and as large as they can be, and nothing else."""
    (T, B, D), H, rows = x.shape, dh.shape[2], CELLS[name] * dh.shape[2]
    rng = np.random.default_rng(0)

    def array(*shape):
        return rng.normal(0, 0.01, shape).astype(np.float32)

    W, U, Ut, a, h = array(rows, D), array(rows, H), array(H, rows), array(rows, B), array(H, B)
    every_x, every_h, every_a = array(D, T * B), array(H, T * B), array(rows, T * B)
    into_a, into_h, dW, dU = array(rows, B), array(H, B), array(rows, D), array(rows, H)

    def run():
        np.dot(W, every_x, out=every_a)
        for _ in range(T):
            np.dot(U, h, out=into_a)
        for _ in range(T):
            np.dot(Ut, a, out=into_h)
        np.dot(every_a, every_x.T, out=dW)
        np.dot(every_a, every_h.T, out=dU)

    return run


def our_network(name, x, target):
    rng, (_, _, D), K = np.random.default_rng(0), x.shape, target.shape[2]
    H = 4 * K
    net = Network([getattr(cells, name)(D, H, rng=rng, dtype=np.float32)], Dense(H, K, rng=rng, dtype=np.float32), mse)
    optimizer = Adam(0.001)

    def run():
        _, grads, _ = net.loss_and_grads(x, target)
        clip_by_norm(grads, 1.0)
        optimizer.step(net.params, grads)

    return run


def pytorch_network(name, x, target):
    D, K = x.shape[2], target.shape[2]
    cell, readout = getattr(torch.nn, name)(D, 4 * K), torch.nn.Linear(4 * K, K)
    weights = [*cell.parameters(), *readout.parameters()]
    optimizer, x, target = torch.optim.Adam(weights, lr=0.001), torch.tensor(x), torch.tensor(target)

    def run():
        optimizer.zero_grad(set_to_none=True)
        torch.nn.functional.mse_loss(readout(cell(x)[0]), target).backward()
        torch.nn.utils.clip_grad_norm_(weights, 1.0)
        optimizer.step()

    return run


# Measuring


def interleaved(sides, threads, rounds, block=0.03):
    """{side: seconds a call in each round}: the sides in turn, each for about `block` seconds a round."""
    clock = time.process_time if threads == 1 else time.perf_counter
    calls = {}
    for name, run in sides.items():
        run()
        start = time.perf_counter()
        run()
        calls[name] = max(1, round(block / (time.perf_counter() - start)))
    seconds = {name: [] for name in sides}
    gc.disable()
    for _ in range(rounds):
        gc.collect()
        for name, run in sides.items():
            if threads > 1:
                time.sleep(0.05)
                run()
            start = clock()
            for _ in range(calls[name]):
                run()
            seconds[name].append((clock() - start) / calls[name])
    gc.enable()
    return {name: np.array(values) for name, values in seconds.items()}


def peak_memory(run):
    """Most bytes NumPy held at once while `run` ran."""
    tracemalloc.start()
    run()
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return peak


def training_memory(T, window):
    """Peak memory of one pass of training over T steps, `window` steps at a time, the input made as it is read."""
    cell = cells.LSTM(MIDDLE["D"], MIDDLE["H"], rng=np.random.default_rng(0), dtype=np.float32)
    x, dh = data(window, MIDDLE["B"], MIDDLE["D"], MIDDLE["H"])

    def run():
        trace = grads = state = None
        for _ in range(T // window):
            trace = cell.forward(x, state, out=trace)
            grads = cell.backward(trace, dh, out=grads)
            state = trace.state

    return peak_memory(run)


def measure(part, options):
    """What a worker does: yields one dict for each thing measured, with plain numbers."""
    threads, rounds = options.threads, options.rounds
    if part in ("cells", "network"):
        for name in options.cells:
            for size in (SIZES[k - 1] for k in options.sizes):
                x, dh = data(*size)
                if part == "cells":
                    sides = {"rnnlib": ours(name, x, dh), "PyTorch": pytorch(name, x, dh), "JAX": with_jax(name, x, dh),
                             "products": products(name, x, dh)}  # fmt: skip
                else:
                    target = dh[:, :, : size[3] // 4]
                    sides = {"rnnlib": our_network(name, x, target), "PyTorch": pytorch_network(name, x, target)}
                seconds = interleaved(sides, threads, rounds)
                ratios = {side: float(np.median(seconds["rnnlib"] / s)) for side, s in seconds.items()}
                medians = {side: float(np.median(s)) for side, s in seconds.items()}
                fastest = float(seconds["rnnlib"].min() / seconds["PyTorch"].min())
                yield {"part": part, "cell": name, "size": size, "seconds": medians, "ratio": ratios, "fastest": fastest}
    elif part == "growth" and threads == 1:
        for symbol, values in GROWTH.items():
            for value in values:
                size = [(MIDDLE | {symbol: value})[s] for s in "TBDH"]
                x, dh = data(*size)
                seconds = interleaved({"rnnlib": ours("LSTM", x, dh), "PyTorch": pytorch("LSTM", x, dh)}, 1, rounds)
                medians = {side: float(np.median(s)) for side, s in seconds.items()}
                yield {"part": part, "symbol": symbol, "value": value, "seconds": medians}
        for T in MEMORY_T:
            yield {"part": "memory", "T": T, "full": training_memory(T, T), "truncated": training_memory(T, WINDOW)}


def versions():
    """The libraries, their kernels for matrix products, and the machine, in words."""
    pools = {pool["internal_api"]: pool for pool in threadpool_info()}
    blas = pools.get("openblas", {})
    about = Path("/proc/cpuinfo").read_text().splitlines() if sys.platform == "linux" else []
    names = [line.partition(":")[2].strip() for line in about if line.startswith("model name")]
    cpu = names[0] if names else platform.processor()
    return (f"Python {platform.python_version()}, NumPy {np.__version__} with OpenBLAS {blas.get('version', '?')} "
            f"({blas.get('architecture', '?')} kernels), PyTorch {torch.__version__} "
            f"({torch.backends.cpu.get_cpu_capability()}), JAX {jax.__version__}; {platform.system()}, {cpu}, "
            f"{os.cpu_count()} cores")  # fmt: skip


def work(options):
    """In a process of its own: measure, and write a line of JSON for each result."""
    torch.set_num_threads(options.threads)
    print(json.dumps({"part": "versions", "words": versions()}), flush=True)
    for part in options.parts:
        for result in measure(part, options):
            print(json.dumps(result | {"threads": options.threads}), flush=True)


# Reporting


def start_workers(options):
    """Every result of every worker, printed as it comes."""
    results = []
    for threads in options.threads:
        environment = {k: v for k, v in os.environ.items() if k != "OPENBLAS_CORETYPE"}
        for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
            environment[variable] = str(threads)
        one = "false" if threads == 1 else "true"
        environment["XLA_FLAGS"] = f"--xla_cpu_multi_thread_eigen={one} intra_op_parallelism_threads={threads}"
        command = [sys.executable, __file__, "--worker", "--threads", str(threads), "--rounds", str(options.rounds)]
        for name in ("parts", "cells", "sizes"):
            command += [f"--{name}", ",".join(map(str, getattr(options, name)))]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as worker:
            for line in worker.stdout:
                results.append(json.loads(line))
                print(in_words(results[-1]), flush=True)
        if worker.returncode:
            sys.exit(worker.returncode)
    return results


def in_words(r):
    if "seconds" not in r:
        memory = "memory at T = {T}: {full} bytes full, {truncated} truncated"
        return r.get("words") or memory.format(**r)
    what = f"{r['cell']} {tuple(r['size'])}" if "cell" in r else f"LSTM, {r['symbol']} = {r['value']}"
    times = ", ".join(f"{side} {1e3 * s:.3f}" for side, s in r["seconds"].items())
    ratio = f", rnnlib/PyTorch {r['ratio']['PyTorch']:.2f}" if "ratio" in r else ""
    return f"{r['part']}, {r['threads']} thread(s), {what}: {times} ms{ratio}"


def geometric_mean(values):
    return float(np.exp(np.mean(np.log(values))))


def tables(results, part, sides):
    """Markdown lines: for each cell and number of threads a table of times and ratios, and their geometric mean."""
    titles = ["T, B, D, H", *(f"{side}, ms" for side in sides), *(f"rnnlib / {side}" for side in sides[1:])]
    lines = []
    for name in CELLS:
        for threads in (1, 2):
            rows = [r for r in results if (r["part"], r.get("cell"), r.get("threads")) == (part, name, threads)]
            if not rows:
                continue
            lines += [f"### {name}, {threads} thread{'s' * (threads > 1)}", ""]
            lines += ["| " + " | ".join(titles) + " |", "|" + "---|" * len(titles)]
            for r in rows:
                numbers = [f"{1e3 * r['seconds'][side]:.3g}" for side in sides]
                numbers += [f"{r['ratio'][side]:.2f}" for side in sides[1:]]
                lines.append("| " + " | ".join([", ".join(map(str, r["size"])), *numbers]) + " |")
            mean, fastest = (geometric_mean(values) for values in zip(*((r["ratio"]["PyTorch"], r["fastest"]) for r in rows)))
            lines += ["", f"Geometric mean of rnnlib / PyTorch: **{mean:.2f}**; of the fastest rounds: {fastest:.2f}", ""]
    return lines


def exponents(results, side):
    """{symbol: p} of time ~ symbol^p, fitted over the upper half of the values."""
    fitted = {}
    for symbol, values in GROWTH.items():
        points = [(r["value"], r["seconds"][side]) for r in results if r.get("symbol") == symbol][len(values) // 2 :]
        fitted[symbol] = float(np.polyfit(*np.log(np.array(points)).T, 1)[0])
    return fitted


def draw(results, path):
    """Time against T, B and H, and peak memory against T, on log-log axes."""
    import matplotlib

    matplotlib.use("Agg")
    import matplotlib.pyplot as plt
    from matplotlib.ticker import NullFormatter

    from rnnlib.plots import symbol as look
    from rnnlib.plots import use_style

    use_style()
    fig, axes = plt.subplots(1, 4, figsize=(13, 3.2))
    for ax, symbol in zip(axes, GROWTH, strict=False):
        for side, style in (("rnnlib", look("LSTM")), ("PyTorch", look("x"))):
            points = np.array([(r["value"], 1e3 * r["seconds"][side]) for r in results if r.get("symbol") == symbol])
            ax.loglog(*points.T, marker="o", markersize=3, **style | {"label": side})
        others = ", ".join(f"{key} = {value}" for key, value in MIDDLE.items() if key != symbol)
        ax.set(xlabel=symbol, title=f"{others}")
    axes[0].set_ylabel("forward + backward, ms")
    memory = [r for r in results if r["part"] == "memory"]
    for key, style, label in (("full", "c", "full"), ("truncated", "f", f"truncated, {WINDOW} steps")):
        axes[3].loglog([r["T"] for r in memory], [r[key] / 1e6 for r in memory], **look(style) | {"label": label})
    axes[3].set(xlabel="T", title="peak memory of a training pass, MB")
    axes[0].legend()
    axes[3].legend()
    for ax in axes:
        ax.xaxis.set_minor_formatter(NullFormatter())  # labels between the powers of ten run into each other
        ax.yaxis.set_minor_formatter(NullFormatter())
    fig.savefig(path, dpi=100, metadata={"Software": None})


def report(results):
    """The text of RESULTS.md."""
    said = next(r["words"] for r in results if r["part"] == "versions")
    memory = {r["T"]: r for r in results if r["part"] == "memory"}
    few, many = memory[min(memory)], memory[max(memory)]
    p, q = exponents(results, "rnnlib"), exponents(results, "PyTorch")
    grown = {key: many[key] / few[key] for key in ("full", "truncated")}
    powers = ", ".join(f"{s} to the {p[s]:.2f} (PyTorch {q[s]:.2f})" for s in GROWTH)
    return "\n".join([
        "# How fast the cells are", "",
        "Written by `make bench`: benchmarks/cells.py, whose first lines say how it is made fair.", "",
        f"{date.today()}. {said}.", "",
        "float32; a ratio below 1 means that rnnlib is faster. One thread: CPU time; two threads: wall time.", "",
        "## Forward and backward", "",
        "`products` are the matrix products of the pass alone, in NumPy.", "",
        *tables(results, "cells", SIDES),
        "## A training step of a network", "",
        "One cell, a linear read-out of H/4 numbers at every step, squared error, backward, clipping, Adam.", "",
        *tables(results, "network", SIDES[:2]),
        "## How cost grows", "",
        "![Four panels on logarithmic axes. Time of an LSTM against T, B and H for rnnlib and PyTorch: lines, bent "
        "where few calls become much work. Peak memory against T: a line for full, level for truncated BPTT.]"
        "(growth.png)", "",
        f"Time of an LSTM as a power of each size, over the upper half of its range: {powers}.", "",
        f"From T = {few['T']} to T = {many['T']} the peak memory of a training pass grows {grown['full']:.1f}-fold",
        f"with full backpropagation and {grown['truncated']:.2f}-fold with windows of {WINDOW} steps.", "",
    ])  # fmt: skip


def parse():
    def listed(text):
        return text.split(",")

    def numbered(text):
        return [int(k) for k in listed(text)]

    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--cells", type=listed, default=list(CELLS), help="RNN,LSTM,GRU")
    parser.add_argument("--sizes", type=numbered, default=list(range(1, 9)), help="1,…,8")
    parser.add_argument("--threads", type=numbered, default=[1, 2], help="1,2")
    parser.add_argument("--parts", type=listed, default=list(PARTS), help=",".join(PARTS))
    parser.add_argument("--rounds", type=int, default=15, help="how often each side takes its turn")
    parser.add_argument("--worker", action="store_true", help=argparse.SUPPRESS)
    return parser, parser.parse_args()


def main():
    parser, options = parse()
    if options.worker:
        options.threads = options.threads[0]
        return work(options)
    results = start_workers(options)
    whole = all(getattr(options, name) == parser.get_default(name) for name in ("cells", "sizes", "threads", "parts"))
    if whole:
        draw(results, HERE / "growth.png")
        path = HERE / "RESULTS.md"
        sliders = path.read_text(encoding="utf-8").partition(SLIDERS)[1:] if path.exists() else ()  # stays as it was
        path.write_text(report(results) + "".join(sliders), encoding="utf-8")
        print(f"written: {path}, growth.png")
    else:
        print("\n".join(tables(results, "cells", SIDES) + tables(results, "network", SIDES[:2])))


if __name__ == "__main__":
    import numpy as np

    if "--worker" in sys.argv:
        import jax
        import jax.numpy as jnp
        import torch
        from threadpoolctl import threadpool_info

        from rnnlib import cells
        from rnnlib.dense import Dense
        from rnnlib.losses import mse
        from rnnlib.network import Network
        from rnnlib.optim import Adam, clip_by_norm
    main()
