"""`make hub`, really started: a student logs in, has the course, and keeps the work."""

import contextlib
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

ROOT = Path(__file__).resolve().parents[2]
HUB_PYTHON = ROOT / ".venv-hub" / "bin" / "python"
NOTEBOOK = "lived-forwards/00_welcome.ipynb"
sys.path.append(str(ROOT / "benchmarks"))

pytestmark = [
    pytest.mark.skipif(not HUB_PYTHON.exists(), reason="make test-deploy makes .venv-hub"),
    pytest.mark.skipif(not shutil.which("npm"), reason="the hub's proxy needs Node.js and npm"),
]


class Hub:
    """A hub of our own on a free port of loopback. Its state stays when it ends."""

    def __init__(self, state):
        self.state = state
        self.log = state.with_name(f"{state.name}.log")
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = free.getsockname()[1]
        self.address = f"http://127.0.0.1:{self.port}"
        environment = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
        command = [HUB_PYTHON, ROOT / "tools" / "hub.py", "--port", str(self.port)]
        with self.log.open("w") as log:
            self.process = subprocess.Popen(
                [*command, "--state", state], env=environment, stdout=log, stderr=subprocess.STDOUT
            )
        self.password = self.wait_for_password()

    def wait_for_password(self, seconds=120):
        end = time.monotonic() + seconds
        while time.monotonic() < end and self.process.poll() is None:
            found = re.search(r"The password is (\S+)", self.log.read_text())
            if found:
                return found[1]
            time.sleep(0.2)
        self.stop()
        raise AssertionError(self.log.read_text())

    def student(self, name):
        from hub_student import Student

        return Student(self.address, name, self.password)

    def processes(self):
        """Every process of this machine that belongs to this hub."""
        found = []
        for process in psutil.process_iter():
            with contextlib.suppress(psutil.Error):
                if process.environ().get("HOME", "").startswith(str(self.state)):
                    found.append(process)
        return found + psutil.Process(self.process.pid).children(recursive=True)

    def stop(self, number=signal.SIGINT):
        self.process.send_signal(number)
        return self.process.wait(60)


@pytest.fixture(scope="module")
def state(tmp_path_factory):
    return tmp_path_factory.mktemp("hub") / "state"


@pytest.fixture(scope="module")
def hub(state):
    hub = Hub(state)
    yield hub
    if hub.process.poll() is None:
        hub.stop()


@pytest.fixture(scope="module")
def ada(hub):
    """A student who has logged in and whose server runs."""
    student = hub.student("ada")
    student.log_in()
    student.start_server()
    return student


def content(student):
    return student.api("GET", f"contents/{NOTEBOOK}")["content"]


def test_it_says_that_it_is_for_trying_out(hub):
    assert "FOR TRYING OUT ONLY" in hub.log.read_text()


def test_a_wrong_password_opens_nothing(hub):
    stranger = hub.student("eve")
    stranger.password = "guessed it"
    with pytest.raises(PermissionError):
        stranger.log_in()


def test_a_name_cannot_lead_out_of_the_homes(hub):
    stranger = hub.student("../ada")
    with pytest.raises(PermissionError):
        stranger.log_in()


def test_it_listens_on_loopback_only(hub, ada):
    for process in hub.processes():
        for connection in process.net_connections("inet"):
            if connection.status == psutil.CONN_LISTEN:
                assert connection.laddr.ip == "127.0.0.1", process.cmdline()


def test_the_course_lies_in_the_home(hub, ada, state):
    files = {entry["name"] for entry in ada.api("GET", "contents/lived-forwards")["content"]}
    assert {"00_welcome.ipynb", "05a_lstm_gates.ipynb", "checks", "figures", "data"} <= files
    assert "TEACHING.md" not in files
    assert (state / "homes" / "ada" / "lived-forwards" / "checks").is_dir()


def test_the_hub_gives_a_notebook_one_blas_thread(ada):
    """Even without rnnlib, whose own limit has a test in tests/basics."""
    ada.open("lived-forwards/05a_lstm_gates.ipynb")
    printed = ada.run(
        "import numpy, os\nfrom threadpoolctl import threadpool_info\n"
        "print([lib['num_threads'] for lib in threadpool_info() if lib['user_api'] == 'blas'])\n"
        "print(os.environ['OMP_NUM_THREADS'], os.environ['OPENBLAS_NUM_THREADS'])"
    )
    assert printed.split() == ["[1]", "1", "1"]


def test_a_slider_moves_a_picture(ada):
    sources = ada.open("lived-forwards/05a_lstm_gates.ipynb")
    for source in sources:
        ada.run(source)
        if ada.benches():
            break
    assert 0 < ada.move_slider(1) < 10


def test_a_second_start_does_not_overwrite_work(hub, ada):
    work = content(ada)
    work["cells"][0]["source"] = "my own words"
    ada.api("PUT", f"contents/{NOTEBOOK}", json={"type": "notebook", "content": work})
    ada.stop_server()
    ada.start_server()
    assert content(ada)["cells"][0]["source"] == "my own words"


def test_it_stops_cleanly_and_the_next_hub_finds_the_work(hub, ada, state):
    assert_nothing_is_left_after(hub, signal.SIGINT)
    again = Hub(state)
    try:
        student = again.student("ada")
        student.log_in()
        student.start_server()
        assert content(student)["cells"][0]["source"] == "my own words"
        assert_nothing_is_left_after(again, signal.SIGHUP)  # what a closed terminal sends
    finally:
        if again.process.poll() is None:
            again.stop()


def assert_nothing_is_left_after(hub, number):
    processes = hub.processes()
    assert len(processes) >= 3, "the hub, its proxy and a server"
    assert hub.stop(number) == 0
    _, alive = psutil.wait_procs(processes, timeout=15)
    assert alive == [], [process.cmdline() for process in alive]
    with socket.socket() as visitor:
        assert visitor.connect_ex(("127.0.0.1", hub.port)) != 0


@pytest.mark.parametrize(
    ("code", "was_asked", "reported"),
    [(0, True, 0), (1, False, 1), (-9, False, 137), (-9, True, 137), (-15, True, 0)],
)
def test_a_hub_that_was_killed_is_reported(code, was_asked, reported):
    import hub

    assert hub.exit_code(code, was_asked) == reported


def test_a_port_in_use_is_told_what_to_do(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        command = [HUB_PYTHON, ROOT / "tools" / "hub.py", "--port", port, "--state", tmp_path]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode != 0
    assert "make hub ARGS=" in done.stderr
