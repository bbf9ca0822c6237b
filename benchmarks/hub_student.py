"""A simulated student of a hub: logs in as a browser does, runs a lesson, and moves a slider.

It speaks HTTP with the hub and the student's server, and a websocket with the kernel, in the
messages that JupyterLab sends. A slider's question is the one of rnnlib/bench/bench.js, over the
same comm; what is missing is the painting in the page.
"""

import json
import re
import struct
import time
import uuid

import requests
import websocket

TIMEOUT = 120  # seconds for any single answer
LOOPBACK = re.compile(r"http://127\.0\.0\.1:\d+")


class Student:
    """One student of the hub at `address`, which must be on this machine."""

    def __init__(self, address, name, password):
        if not LOOPBACK.fullmatch(address):
            raise ValueError(f"a load test goes to http://127.0.0.1:PORT only, not to {address}")
        self.address, self.name, self.password = address, name, password
        self.browser = requests.Session()
        self.server = f"{address}/user/{name}"
        self.channel = None
        self.sliders, self.pictures = {}, {}  # states of widgets, by the id of their comm

    # The hub

    def log_in(self):
        """Fill in the form, and ask for a token as the hub's own pages do."""
        form = f"{self.address}/hub/login"
        self.browser.get(form, timeout=TIMEOUT).raise_for_status()
        fields = {"username": self.name, "password": self.password, "_xsrf": self._xsrf()}
        answer = self.browser.post(form, data=fields, timeout=TIMEOUT, allow_redirects=False)
        if answer.status_code != 302:
            raise PermissionError(f"{self.name} could not log in ({answer.status_code})")
        page = self.browser.get(f"{self.address}/hub/token", timeout=TIMEOUT)
        page.raise_for_status()
        self._hub("POST", "/tokens", json={"note": "simulated student"}, keep_token=True)

    def _xsrf(self):
        return next(cookie.value for cookie in self.browser.cookies if cookie.name == "_xsrf")

    def _hub(self, method, path, keep_token=False, **options):
        headers = {"X-XSRFToken": self._xsrf(), "Referer": f"{self.address}/hub/token"}
        url = f"{self.address}/hub/api/users/{self.name}{path}"
        answer = self.browser.request(method, url, headers=headers, timeout=TIMEOUT, **options)
        answer.raise_for_status()
        if keep_token:
            self.token = {"Authorization": f"token {answer.json()['token']}"}
        return answer

    def start_server(self):
        """Start the student's server and wait until it answers."""
        self._hub("POST", "/server")
        end = time.monotonic() + TIMEOUT
        while time.monotonic() < end:
            answer = requests.get(f"{self.server}/api/status", headers=self.token, timeout=TIMEOUT)
            if answer.ok and "started" in answer.text:
                return
            time.sleep(0.2)
        raise TimeoutError(f"{self.name}'s server did not start")

    def stop_server(self):
        """End the kernel's connection and the server."""
        if self.channel:
            self.channel.close()
        self._hub("DELETE", "/server")

    # The notebook

    def api(self, method, path, **options):
        """An answer of the student's own server, as JSON."""
        url = f"{self.server}/api/{path}"
        answer = requests.request(method, url, headers=self.token, timeout=TIMEOUT, **options)
        answer.raise_for_status()
        return answer.json()

    def open(self, notebook):
        """Open a notebook of the home and start its kernel; return the sources of its cells."""
        cells = self.api("GET", f"contents/{notebook}")["content"]["cells"]
        kernel = {"path": notebook, "name": notebook, "type": "notebook"}
        session = self.api("POST", "sessions", json=kernel | {"kernel": {"name": "python3"}})
        address = self.server.replace("http:", "ws:", 1)
        self.channel = websocket.create_connection(
            f"{address}/api/kernels/{session['kernel']['id']}/channels",
            header=[f"Authorization: {self.token['Authorization']}"],
            timeout=TIMEOUT,
        )
        return [cell["source"] for cell in cells if cell["cell_type"] == "code"]

    def run(self, source):
        """Run a cell and wait until the kernel is idle again; return what it printed."""
        content = {"code": source, "silent": False, "store_history": True, "allow_stdin": False}
        request = self._send("execute_request", content)
        said, done = [], set()
        while done != {"execute_reply", "idle"}:
            message = self._receive()
            if message["parent_header"].get("msg_id") != request:
                continue
            kind, content = message["msg_type"], message["content"]
            if kind == "error":
                raise RuntimeError("\n".join(content["traceback"]))
            if kind == "stream":
                said.append(content["text"])
            elif kind == "execute_reply":
                done.add(kind)
            elif kind == "status" and content["execution_state"] == "idle":
                done.add("idle")
        return "".join(said)

    def _send(self, kind, content):
        header = {"msg_id": uuid.uuid4().hex, "msg_type": kind, "version": "5.3"}
        header |= {"username": self.name, "session": self.name, "date": "2026-01-01T00:00:00Z"}
        message = {"header": header, "parent_header": {}, "metadata": {}, "content": content}
        self.channel.send(json.dumps(message | {"channel": "shell", "buffers": []}))
        return header["msg_id"]

    def _receive(self):
        """The kernel's next message. Widgets that it opens are kept."""
        received = self.channel.recv()
        message = json.loads(received if isinstance(received, str) else text_of(received))
        if message["msg_type"] == "comm_open":
            state = message["content"]["data"].get("state", {})
            comm = message["content"]["comm_id"]
            if "frame" in state and "controls" in state:
                self.pictures[comm] = state
            elif {"min", "max", "value"} <= state.keys():
                self.sliders[comm] = state
        return message

    # The slider

    def benches(self):
        """[(a bench's comm, {name: model of a slider})] for the benches that have sliders."""
        found = []
        for comm, picture in self.pictures.items():
            models = {
                name: self.sliders.get(model.removeprefix("IPY_MODEL_"))
                for name, model in picture["controls"].items()
            }
            models = {name: model for name, model in models.items() if model}
            if models:
                found.append((comm, models))
        return found

    def move_slider(self, number):
        """Move the first slider of the first bench; return the seconds until its picture is here.

        number: the how-many-th move this is; the slider goes to a new place at each.
        """
        comm, models = self.benches()[0]
        name, model = next(iter(models.items()))
        part = (number * 0.618) % 1  # a golden step: never twice at the same place
        value = model["min"] + part * (model["max"] - model["min"])
        steps = round((value - model["min"]) / model["step"])
        value = model["min"] + steps * model["step"]
        question_id = [self.name, number]
        question = {"id": question_id, "version": 0, "ratio": 1, "controls": {name: value}}
        start = time.perf_counter()
        self._send("comm_msg", {"comm_id": comm, "data": {"method": "custom", "content": question}})
        while True:
            content = self._receive()["content"]
            frame = content.get("data", {}).get("state", {}).get("frame", {})
            if content.get("comm_id") == comm and frame.get("question_id") == question_id:
                if frame["error"]:
                    raise RuntimeError(frame["error"])
                return time.perf_counter() - start


def text_of(received):
    """The JSON of a message with buffers: the number of its parts, their places, and the parts."""
    _, start, end = struct.unpack("!3I", received[:12])
    return received[start:end].decode("utf-8")
