"""The process in which a student's code runs: it executes cells and calls functions on request.

    python student.py '{"requests": 3, "replies": 4, "readable": […], "writable": "…", …}'

It reads requests, one JSON text a line, and writes a reply to each. It knows no answers: it gets
the arguments of a test and gives back what the student's function returns. So whatever the code
does to this process, to the course's module or to `check`, it can only change what it returns.
"""

import base64
import json
import os
import sys

import confine

settings = json.loads(sys.argv[1])
requests = os.fdopen(settings["requests"], "r", encoding="utf-8")
replies = os.fdopen(settings["replies"], "w", encoding="utf-8")


def shut_in():
    """Take away what the code may not touch. What it needs is imported later, from inside."""
    if settings["confined"]:
        confine.in_a_child(settings["namespaces"])
        confine.open_only(settings["readable"], [settings["writable"], "/dev/null"])
    confine.limit(settings["memory"], settings["file_size"], settings["seconds"])
    os.chdir(settings["writable"])


shut_in()

import plain  # noqa: E402  (NumPy starts threads, so it is imported in the confined process)
from IPython.core.interactiveshell import InteractiveShell  # noqa: E402
from traitlets.config import Config  # noqa: E402


def make_shell():
    """IPython's shell, without history and colours; what is displayed is collected."""
    config = Config()
    config.HistoryManager.enabled = False
    config.InteractiveShell.colors = "NoColor"
    config.InteractiveShell.display_page = True
    shell = InteractiveShell.instance(config=config)
    sys.path.insert(0, "")
    return shell


current = {"token": None}  # of the request that is being answered


def send(message):
    # The first line break ends what a student's code may have written into this pipe.
    replies.write("\n" + json.dumps(message | current) + "\n")
    replies.flush()


def receive():
    line = requests.readline()
    if not line:
        os._exit(0)
    request = json.loads(line)
    current["token"] = request["token"]
    return request


# --- Cells ----------------------------------------------------------------------------------------


def run(source):
    """Execute a cell. Only texts and PNG pictures of what it displays are kept."""
    from IPython.utils.capture import capture_output

    with capture_output(stdout=False, stderr=False) as captured:
        result = shell.run_cell(source, store_history=False)
    shown = [_shown(output.data) for output in captured.outputs]
    sys.stdout.flush()
    sys.stderr.flush()
    error = result.error_before_exec or result.error_in_exec
    return {"shown": shown, "error": type(error).__name__ if error else None}


def _shown(data):
    kept = {"text/plain": str(data.get("text/plain", ""))[:10_000]}
    picture = data.get("image/png")
    if isinstance(picture, bytes):
        picture = base64.b64encode(picture).decode()
    if picture:
        kept["image/png"] = picture
    return kept


# --- Answers --------------------------------------------------------------------------------------


class Remote:
    """Stands for an object outside, such as a network that writes down what a loop does with it.

    Its plain attributes are here; they go back with each message, so that changes arrive outside.
    A method is called outside.
    """

    def __init__(self, data):
        self.__dict__["_number"] = data["object"]
        for name, value in data["attributes"].items():
            self.__dict__[name] = plain.decode(value, Remote)
        remotes[data["object"]] = self

    def __getattr__(self, name):
        if name.startswith("_"):
            raise AttributeError(name)

        def method(*arguments):
            encoded = [plain.encode(a, _known) for a in arguments]
            send({"method": name, "of": self._number, "arguments": encoded, "state": state()})
            reply = receive()
            if "raised" in reply:
                raise RuntimeError(reply["raised"])
            return plain.decode(reply["value"], Remote)

        return method


remotes = {}


def _known(value):
    if isinstance(value, Remote):
        return {"object": value._number}
    return {"other": type(value).__name__}


def state():
    """The attributes of all objects from outside, and the generators' states, as they are now."""
    found = {}
    for number, remote in remotes.items():
        attributes = {k: v for k, v in remote.__dict__.items() if k != "_number"}
        found[number] = {k: plain.encode(v, _known) for k, v in attributes.items()}
    for number, generator in generators.items():
        found[number] = {"generator": plain.encode(generator.bit_generator.state)}
    return found


generators = {}


def _argument(data):
    if "generator" not in data:
        return Remote(data)
    import numpy as np

    generator = np.random.default_rng()
    generator.bit_generator.state = plain.decode(data["generator"])
    generators[data["object"]] = generator
    return generator


def call(name, arguments):
    """Call the student's function; give back what it returns, or what it raised."""
    remotes.clear()
    generators.clear()
    try:
        value = eval(name, shell.user_ns)(*(plain.decode(a, _argument) for a in arguments))
        return {"value": plain.encode(value, _known), "state": state()}
    except BaseException as error:
        return {"raised": type(error).__name__, "words": str(error)[:500]}


def look(name):
    """What a name stands for: a value, or the news that it can be called."""
    try:
        value = eval(name, shell.user_ns)
    except BaseException as error:
        return {"raised": type(error).__name__, "words": str(error)[:500]}
    return {"callable": True} if callable(value) else {"value": plain.encode(value)}


shell = make_shell()
send({"ready": True})
while True:
    request = receive()
    if "run" in request:
        send({"reply": run(request["run"])})
    elif "look" in request:
        send({"reply": look(request["look"])})
    else:
        send({"reply": call(request["call"], request["arguments"])})
