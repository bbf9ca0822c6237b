"""Time rnnlib's cells beside PyTorch's and JAX's, and beside their matrix products alone.

    python benchmarks/cells.py                           all, into RESULTS.md and growth.png
    python benchmarks/cells.py --cells LSTM --sizes 3,5  a part of it, printed only
    python benchmarks/cells.py --parts cells --threads 1 --rounds 5

How it is made fair:

- **The same work.** Each side makes a forward and a backward pass in float32, with the same x and
  the same dh, which stands for what a loss sends. It computes the gradients of all weights, but not
  of the input.
- **Each side as it is meant to be used.** rnnlib reuses its trace and its gradients (`out=`),
  PyTorch its modules, and JAX a compiled `lax.scan`. The time of compiling is not counted. The
  matrix products alone write into arrays that exist already.
- **The same number of threads.** A process of its own measures each number of threads. In it,
  OpenBLAS, PyTorch and JAX are limited to that number.
- **The same moment.** In every round each side runs in turn for about 30 ms. The ratio is taken
  within the round, and its median over all rounds is reported. So whatever else the machine does
  slows all sides down, though not quite equally: on a busy machine many short calls lose more than
  one long call. For this reason the fastest rounds are compared as well.
- **Clocks.** One thread is measured in CPU time, two threads in wall time. The threads of a side go
  on looking for work for a while. So with two threads each side first waits 50 ms and runs once
  without being timed.
- **No garbage collection while a side is timed.** It runs between the rounds. JAX makes each
  collection slower, and the side that happens to trigger it would pay.
- **No fixed kernels.** OPENBLAS_CORETYPE is removed from the environment, so each library chooses
  its own kernels for this processor.
"""

import argparse
import json
import os
import subprocess
import sys
from pathlib import Path

from cells_plan import CELLS, PARTS, SIZES
from cells_report import draw, in_words, report, tables

HERE = Path(__file__).resolve().parent
SLIDERS = "\n# Sliders"  # from here on, RESULTS.md is written by slider_latency.py


def start_workers(options):
    """All results of all workers; each is printed as soon as it comes."""
    results = []
    for threads in options.threads:
        command = worker_command(options, threads)
        environment = worker_environment(threads)
        with subprocess.Popen(
            command, stdout=subprocess.PIPE, text=True, env=environment
        ) as worker:
            for line in worker.stdout:
                results.append(json.loads(line))
                print(in_words(results[-1]), flush=True)
        if worker.returncode:
            sys.exit(worker.returncode)
    return results


def worker_command(options, threads):
    command = [sys.executable, __file__, "--worker"]
    command += ["--threads", str(threads), "--rounds", str(options.rounds)]
    for name in ("parts", "cells", "sizes"):
        command += [f"--{name}", ",".join(map(str, getattr(options, name)))]
    return command


def worker_environment(threads):
    """This process's environment, with every library limited to that number of threads."""
    environment = {key: value for key, value in os.environ.items() if key != "OPENBLAS_CORETYPE"}
    for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
        environment[variable] = str(threads)
    several = "false" if threads == 1 else "true"
    environment["XLA_FLAGS"] = (
        f"--xla_cpu_multi_thread_eigen={several} intra_op_parallelism_threads={threads}"
    )
    return environment


def write_report(results):
    """Write growth.png and RESULTS.md, in which the part about sliders stays as it was."""
    draw(results, HERE / "growth.png")
    path = HERE / "RESULTS.md"
    before = path.read_text(encoding="utf-8") if path.exists() else ""
    _, heading, sliders = before.partition(SLIDERS)
    path.write_text(report(results) + heading + sliders, encoding="utf-8")
    print(f"written: {path}, growth.png")


def words(text):
    return text.split(",")


def numbers(text):
    return [int(number) for number in text.split(",")]


def parser():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--cells", type=words, default=list(CELLS), help="RNN,LSTM,GRU")
    sizes = list(range(1, len(SIZES) + 1))
    parser.add_argument("--sizes", type=numbers, default=sizes, help=f"1,…,{len(SIZES)}")
    parser.add_argument("--threads", type=numbers, default=[1, 2], help="1,2")
    parser.add_argument("--parts", type=words, default=list(PARTS), help=",".join(PARTS))
    rounds = "how many rounds there are; in each, every side takes its turn"
    parser.add_argument("--rounds", type=int, default=15, help=rounds)
    parser.add_argument("--worker", action="store_true", help=argparse.SUPPRESS)
    return parser


def main():
    options = parser().parse_args()
    if options.worker:
        from cells_measure import work  # needs PyTorch and JAX, which only workers import

        work(options)
        return
    results = start_workers(options)
    everything = parser().parse_args(["--rounds", str(options.rounds)])
    if options == everything:
        write_report(results)
    else:
        print("\n".join(tables(results, "cells") + tables(results, "network")))


if __name__ == "__main__":
    main()
