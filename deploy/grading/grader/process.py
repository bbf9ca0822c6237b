"""The other end of student.py: start it, ask it, wait no longer than allowed, and end it."""

import contextlib
import json
import os
import secrets
import selectors
import shutil
import site
import subprocess
import sys
import sysconfig
import tempfile
import time
from pathlib import Path

import rnnlib

from . import confine, plain

HERE = Path(__file__).parent
LONGEST_REPLY = 30_000_000  # characters
KEPT_OUTPUT = 20_000  # characters of what a cell prints; the rest is counted and thrown away
SYSTEM = ("/usr", "/lib", "/lib64", "/bin", "/etc/fonts", "/etc/ld.so.cache", "/etc/localtime")
FONT_LISTS = Path.home() / ".cache" / "matplotlib"
MEMORY = 4 * confine.GIGABYTE
FILE_SIZE = 100_000_000


class Ended(Exception):
    """The process is gone: it took too long, it ended by itself, or its reply was no reply."""


def readable_folders():
    """What the student's process may read: Python, its packages and the course's module."""
    folders = {sys.prefix, sys.base_prefix, sysconfig.get_paths()["purelib"]}
    folders |= {os.path.dirname(os.path.realpath(sys.executable)), *site.getsitepackages()}
    folders |= {str(Path(rnnlib.__file__).resolve().parent)}
    # An editable install names the folder above the module; only the module itself is opened.
    folders |= {str(HERE / "plain.py")}
    return sorted(folder for folder in folders | set(SYSTEM) if os.path.exists(folder))


class StudentProcess:
    """One process that runs a student's cells in a copy of the assignment's folder.

    Its notebooks stay outside.
    """

    def __init__(self, folder, cpu_seconds, confined=True, namespaces=True):
        self.folder = Path(tempfile.mkdtemp(prefix="submission-"))
        if folder:
            # The notebooks of the source hold the model answers of the open questions.
            unwanted = shutil.ignore_patterns("*.ipynb")
            shutil.copytree(folder, self.folder, symlinks=True, ignore=unwanted, dirs_exist_ok=True)
        self.printed, self.characters, self.line = "", 0, b""
        self.selector = selectors.DefaultSelector()
        self.deadline = time.monotonic() + 60
        self._start({"seconds": int(cpu_seconds), "confined": confined, "namespaces": namespaces})
        try:
            self._receive()
        except Ended as ended:
            raise RuntimeError(
                f"A process for a submission did not start: {self.printed}"
            ) from ended

    def _start(self, settings):
        request_end, self.requests = os.pipe()
        self.replies, reply_end = os.pipe()
        output, output_end = os.pipe()
        self.output = output
        settings |= {
            "requests": request_end,
            "replies": reply_end,
            "readable": readable_folders(),
            "writable": str(self.folder),
            "memory": MEMORY,
            "file_size": FILE_SIZE,
        }
        self.process = subprocess.Popen(
            [sys.executable, str(HERE / "student.py"), json.dumps(settings)],
            stdin=subprocess.DEVNULL,
            stdout=output_end,
            stderr=output_end,
            pass_fds=(request_end, reply_end),
            env=self._environment(),
            cwd=self.folder,
            start_new_session=True,
        )
        for end in (request_end, reply_end, output_end):
            os.close(end)
        for end in (self.output, self.replies):
            os.set_blocking(end, False)
            self.selector.register(end, selectors.EVENT_READ)

    def _environment(self):
        """A few settings of its own, and nothing of the environment that the grader runs in."""
        home = self.folder / ".home"
        fonts = home / "matplotlib"
        fonts.mkdir(parents=True, exist_ok=True)
        # Without its list of fonts, matplotlib looks for fonts for seconds, in every process.
        for path in FONT_LISTS.glob("fontlist-*.json"):
            shutil.copy(path, fonts)
        return {
            "PATH": "/usr/bin:/bin",
            "HOME": str(home),
            "TMPDIR": str(self.folder),
            "IPYTHONDIR": str(home / "ipython"),
            "MPLCONFIGDIR": str(fonts),
            "MPLBACKEND": "module://matplotlib_inline.backend_inline",
            "PYTHONDONTWRITEBYTECODE": "1",
            "PYTHONIOENCODING": "utf-8:replace",
            "LANG": "C.UTF-8",
            "OMP_NUM_THREADS": "1",
            "OPENBLAS_NUM_THREADS": "1",
        }

    # --- Requests ---------------------------------------------------------------------------------

    def allow(self, seconds):
        """From now on, the process has so many seconds."""
        self.deadline = time.monotonic() + seconds

    def ask(self, request, on_method=None):
        """Send a request and wait for its reply. Raises Ended.

        on_method: answers when the student's function calls a method of an object outside.
        """
        # Only a reply that repeats the token counts, so that none can be written in advance.
        token = {"token": secrets.token_hex(8)}
        self._send(request | token)
        while True:
            message = self._receive(token["token"])
            if "reply" in message and isinstance(message["reply"], dict):
                return message["reply"]
            if "method" in message and on_method:
                self._send(on_method(message) | token)
            else:
                self._end("its reply could not be read")

    def take_output(self):
        """What was printed since the last call, shortened, and how many characters it had."""
        time.sleep(0.01)
        self._read_output()
        printed, characters = self.printed, self.characters
        self.printed, self.characters = "", 0
        return printed, characters

    def _send(self, message):
        try:
            self._write(json.dumps(message).encode() + b"\n")
        except OSError:
            self._end("it ended by itself")

    def _write(self, data):
        # The pipe may be full while the process prints, so both directions are served.
        os.set_blocking(self.requests, False)
        while data:
            try:
                data = data[os.write(self.requests, data) :]
            except BlockingIOError:
                self._wait(0.01)

    def _receive(self, token=None):
        """The next message with this token; all other lines are passed over."""
        while True:
            while b"\n" not in self.line:
                self._wait(0.5)
                if len(self.line) > LONGEST_REPLY:
                    self._end("it gave back more than can be read")
            line, _, self.line = self.line.partition(b"\n")
            try:
                message = json.loads(line)
            except (ValueError, RecursionError):
                continue
            if isinstance(message, dict) and message.get("token") == token:
                return message

    def _wait(self, seconds):
        """Read what has come, for at most so many seconds."""
        if time.monotonic() > self.deadline:
            self._end("it did not come to an end in time")
        for key, _ in self.selector.select(seconds):
            if key.fd == self.output:
                self._read_output()
            else:
                data = self._read(self.replies)
                if data == b"":
                    self._end("it ended by itself")
                self.line += data or b""

    def _read_output(self):
        for _ in range(100):
            data = self._read(self.output)
            if not data:
                break
            text = data.decode("utf-8", "replace")
            self.characters += len(text)
            self.printed += text[: KEPT_OUTPUT - len(self.printed)]
        if data == b"" and self.output in self.selector.get_map():
            self.selector.unregister(self.output)  # the process has closed it

    @staticmethod
    def _read(end):
        """Some bytes; b"" at the end of the pipe; None if there is nothing at the moment."""
        try:
            return os.read(end, 1 << 20)
        except BlockingIOError:
            return None

    # --- The end ----------------------------------------------------------------------------------

    def _end(self, why):
        self._read_output()
        self.close()
        raise Ended(why)

    def close(self):
        """End the process and everything that it started, and remove its folder."""
        if self.selector is None:
            return
        self.process.terminate()  # it ends everything that it has started, and then itself
        try:
            self.process.wait(5)
        except subprocess.TimeoutExpired:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.process.pid, 9)
            self.process.wait()
        self.selector.close()
        self.selector = None
        for end in (self.requests, self.replies, self.output):
            os.close(end)
        shutil.rmtree(self.folder, ignore_errors=True)


def decoded(data, other=None):
    """A value from the student's process. Raises Ended if it is none."""
    try:
        return plain.decode(data, other)
    except (ValueError, TypeError, LookupError, OverflowError, RecursionError, MemoryError):
        raise Ended("its reply could not be read") from None
