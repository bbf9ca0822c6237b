"""How many students does a hub carry? Simulated students open it on this machine.

    python benchmarks/hub_load.py                      1, 5 and 10 students, into RESULTS.md
    python benchmarks/hub_load.py --students 1,3       printed only

It starts `make hub` in a temporary folder, on a free port of loopback, and ends it. In each round
all students log in at the same moment, as at the beginning of a lecture. Each starts a server,
opens lesson 05a and runs its cells, and then moves a slider: first now and then, as a reader does,
and then without a pause, all at once. hub_student.py says what a simulated student sends; a browser
would add the time of painting. Memory is PSS: what processes share is counted once.
"""

import argparse
import contextlib
import itertools
import os
import re
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import hub_report
import psutil
from hub_student import Student

HERE = Path(__file__).resolve().parent
LESSON = "lived-forwards/05a_lstm_gates.ipynb"
MOST_STUDENTS, SECONDS_IN_ALL = 20, 900
PAUSED_MOVES, PAUSE = 12, 0.5  # moves of a reader, and the mean of the seconds between them
DRAGGED_MOVES = 30
MB = 1e6


@contextlib.contextmanager
def running_hub():
    """Start the hub; give its address, its password and its process."""
    with tempfile.TemporaryDirectory(prefix="hub-load-") as folder:
        port = str(free_port())
        command = [sys.executable, str(HERE.parent / "tools" / "hub.py")]
        log = Path(folder) / "log"
        variables = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
        with log.open("w") as stream:
            hub = subprocess.Popen(
                [*command, "--port", port, "--state", f"{folder}/state"],
                stdout=stream,
                stderr=subprocess.STDOUT,
                env=variables,
            )
        try:
            yield f"http://127.0.0.1:{port}", password_in(log, hub), psutil.Process(hub.pid)
        finally:
            hub.send_signal(signal.SIGTERM)
            hub.wait(60)


def free_port():
    import socket

    with socket.create_server(("127.0.0.1", 0)) as taken:
        return taken.getsockname()[1]


def password_in(log, hub, seconds=120):
    """The password that the hub prints when it is ready."""
    end = time.monotonic() + seconds
    while time.monotonic() < end and hub.poll() is None:
        found = re.search(r"The password is (\S+)", log.read_text())
        if found:
            return found[1]
        time.sleep(0.2)
    raise RuntimeError(f"The hub did not start:\n{log.read_text()}")


def processes_of(student, hub):
    """The processes of a student: the server and what it started."""
    home = f"/homes/{student.name}"
    found = []
    for process in hub.children(recursive=True):
        with contextlib.suppress(psutil.Error):
            if process.environ().get("HOME", "").endswith(home):
                found.append(process)
    return found


def memory(processes):
    return sum(process.memory_full_info().pss for process in processes) / MB


def cpu_seconds(processes):
    return sum(sum(process.cpu_times()[:2]) for process in processes)


def busy_seconds():
    """The CPU seconds that this machine has worked since it started."""
    times = psutil.cpu_times()
    return sum(times) - times.idle - getattr(times, "iowait", 0) - getattr(times, "guest", 0)


def attend(student, hub, everyone):
    """What one student goes through; return what was measured."""
    start = time.perf_counter()
    student.log_in()
    student.start_server()
    result = {"server": time.perf_counter() - start}
    first, *others = student.open(LESSON)
    student.run(first)
    result["first cell"] = time.perf_counter() - start
    result["cpu of start"] = cpu_seconds(processes_of(student, hub))
    for source in others:
        student.run(source)
    result["lesson"] = time.perf_counter() - start
    result["cpu of all"] = cpu_seconds(processes_of(student, hub))
    everyone.wait(SECONDS_IN_ALL)
    result["paused"] = []
    for number in range(PAUSED_MOVES):
        time.sleep(PAUSE * (0.5 + (number * 0.618 + hash(student.name) % 97 / 97) % 1))
        result["paused"].append(student.move_slider(number))
    everyone.wait(SECONDS_IN_ALL)
    before = cpu_seconds(processes_of(student, hub))
    moves = range(PAUSED_MOVES, PAUSED_MOVES + DRAGGED_MOVES)
    result["dragged"] = [student.move_slider(number) for number in moves]
    processes = processes_of(student, hub)
    result["cpu of a picture"] = (cpu_seconds(processes) - before) / DRAGGED_MOVES
    result["memory"] = memory(processes)
    return result


def round_of(number, address, password, hub):
    """One round with a number of students; return its figures."""
    names = [f"student-{number}-{k}" for k in range(number)]
    students = [Student(address, name, password) for name in names]
    everyone = threading.Barrier(number)

    def attend_or_free_the_others(student):
        try:
            return attend(student, hub, everyone)
        except BaseException:
            everyone.abort()
            raise

    busy, own, start = busy_seconds(), cpu_seconds([hub, *hub.children(True)]), time.monotonic()
    own += sum(os.times()[:2])
    with ThreadPoolExecutor(number) as pool:
        results = list(pool.map(attend_or_free_the_others, students))
    own = cpu_seconds([hub, *hub.children(True)]) + sum(os.times()[:2]) - own
    rest = (busy_seconds() - busy - own) / (time.monotonic() - start)
    others = set(hub.children(recursive=True))
    for student in students:
        others -= set(processes_of(student, hub))
    figures = {"students": number, "hub": memory(others), "rest": max(rest, 0.0)}
    figures |= summary(results)
    for student in students:
        student.stop_server()
    return figures


def summary(results):
    """Medians over the students, and the worst of what a student waits for."""
    figures = {}
    for name in ("server", "first cell", "lesson", "memory"):
        values = [result[name] for result in results]
        figures[name] = (statistics.median(values), max(values))
    for name in ("cpu of start", "cpu of all", "cpu of a picture"):
        figures[name] = statistics.mean(result[name] for result in results)
    for name in ("paused", "dragged"):
        values = sorted(itertools.chain.from_iterable(result[name] for result in results))
        figures[name] = (statistics.median(values), values[int(0.95 * len(values))])
    return figures


def numbers(text):
    found = [int(number) for number in text.split(",")]
    if not all(1 <= number <= MOST_STUDENTS for number in found):
        raise argparse.ArgumentTypeError(f"between 1 and {MOST_STUDENTS} students")
    return found


def main():
    """Run the rounds, print their figures, and write them down if they are the usual ones."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--students", type=numbers, help="such as 1,5,10")
    options = parser.parse_args()
    rounds = []
    with running_hub() as (address, password, hub):
        for number in options.students or [1, 5, 10]:
            rounds.append(round_of(number, address, password, hub))
            print(hub_report.row(rounds[-1]), flush=True)
    text = hub_report.section(rounds)
    if options.students:
        print(text)
    else:
        hub_report.write(text)


if __name__ == "__main__":
    main()
