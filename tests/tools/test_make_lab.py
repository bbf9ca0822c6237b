"""`make lab`, really started: what a student's browser gets, and who else gets nothing."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request

import pytest
from support.course import ROOT


class ServedCourse:
    """`make lab`, started on this machine while another program holds the port it is given."""

    def __init__(self, folder):
        self.log = folder / "log"
        variables = ("JUPYTER_RUNTIME_DIR", "JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "IPYTHONDIR")
        environment = os.environ | {name: str(folder / name) for name in variables}
        self.taken = socket.create_server(("127.0.0.1", 0))
        self.taken_port = self.taken.getsockname()[1]
        with self.log.open("w") as log:
            self.process = subprocess.Popen(
                ["make", "lab", f"ARGS=--no-browser --port={self.taken_port}"],
                cwd=ROOT,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def wait_for_address(self, seconds=120):
        """Return (port, page, token) from the address that JupyterLab prints."""
        address = re.compile(r"http://127\.0\.0\.1:(\d+)(/\S*)\?token=(\w{40,})")
        end = time.monotonic() + seconds
        while time.monotonic() < end and self.process.poll() is None:
            found = address.search(self.log.read_text())
            if found:
                return int(found[1]), found[2], found[3]
            time.sleep(0.2)
        raise AssertionError(self.log.read_text())

    def stop(self):
        os.killpg(self.process.pid, signal.SIGTERM)
        self.process.wait(30)
        self.taken.close()


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    if not (ROOT / ".venv" / "ready-course").exists() or sys.prefix != str(ROOT / ".venv"):
        pytest.skip("there is no environment that make lab would start from; make test makes one")
    course = ServedCourse(tmp_path_factory.mktemp("served"))
    yield course
    course.stop()


def answer(url, seconds=20):
    """What the server answers. It prints its address a moment before it listens."""
    end = time.monotonic() + seconds
    while True:
        try:
            with urllib.request.urlopen(url, timeout=30) as response:
                return response.read()
        except urllib.error.URLError as error:
            refused = isinstance(error.reason, ConnectionRefusedError)
            if not refused or time.monotonic() > end:
                raise
        time.sleep(0.2)


@pytest.mark.slow
def test_make_lab_serves_the_course_to_this_machine_and_its_token_only(served):
    port, page, token = served.wait_for_address()
    home = f"http://127.0.0.1:{port}"
    assert port != served.taken_port
    assert page == "/lab/tree/00_welcome.ipynb"
    assert b"JupyterLab" in answer(f"{home}{page}?token={token}")
    listing = json.loads(answer(f"{home}/api/contents?token={token}"))["content"]
    assert "00_welcome.ipynb" in [entry["name"] for entry in listing]
    with pytest.raises(urllib.error.HTTPError, match="403"):
        answer(f"{home}/api/contents")


@pytest.mark.slow
def test_make_lab_does_not_ask_about_news(served):
    port, _, token = served.wait_for_address()
    setting = "@jupyterlab/apputils-extension:notification"
    read = answer(f"http://127.0.0.1:{port}/lab/api/settings/{setting}?token={token}")
    assert json.loads(read)["schema"]["properties"]["fetchNews"]["default"] == "false"
