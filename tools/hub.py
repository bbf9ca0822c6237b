"""Try the course out on a JupyterHub of your own: loopback only, no accounts, one password.

    python tools/hub.py                  state in .hub/, at http://127.0.0.1:8000
    python tools/hub.py --port 9000 --state FOLDER

Students' homes and the hub's database lie in the state folder and are there again at the next
start. Ctrl-C ends the hub, its proxy and all servers, and so does closing the terminal.
deploy/hub/try_out_config.py says why this is no hub for a class.
"""

import argparse
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import hub_image

ROOT = hub_image.ROOT
# Version 4 runs on every Node.js that a system may still have, and the chart uses it, too.
PROXY = "configurable-http-proxy@4.6.3"
PROXY_FOLDER = Path(sys.prefix) / "proxy"
CONFIG = ROOT / "deploy" / "hub" / "try_out_config.py"
ENDINGS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)  # Ctrl-C, kill, a terminal that closes
NO_NODE = """JupyterHub's proxy is a program for Node.js, and {program} was not found.
On Debian or Ubuntu, run: sudo apt install nodejs npm
On macOS, run: brew install node"""


def proxy():
    """The path of JupyterHub's proxy. If it is not there, npm installs it beside this Python."""
    path = PROXY_FOLDER / "node_modules" / ".bin" / "configurable-http-proxy"
    for name in ("node", "npm"):
        if not shutil.which(name):
            raise SystemExit(NO_NODE.format(program=name))
    if not path.exists():
        print(f"Installing {PROXY} into {PROXY_FOLDER}.", flush=True)
        quiet = ("--no-audit", "--no-fund", "--loglevel=error")
        command = ("npm", "install", *quiet, "--prefix", str(PROXY_FOLDER), PROXY)
        if subprocess.run(command, check=False).returncode:
            raise SystemExit(f"npm could not install {PROXY}. Is there a network?")
    return path


def free_ports(number):
    """Ports of loopback that nobody listens on now."""
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(number)]
    ports = [taken.getsockname()[1] for taken in sockets]
    for taken in sockets:
        taken.close()
    return ports


def refuse_a_port_in_use(port):
    """Stop if another program listens on the port."""
    try:
        socket.create_server(("127.0.0.1", port)).close()
    except OSError:
        message = f'Port {port} is in use. Name another one: make hub ARGS="--port 9000"'
        raise SystemExit(message) from None


def environment(state, port, password):
    """What deploy/hub/try_out_config.py reads, added to this process's environment."""
    return os.environ | {
        "COURSE_FOLDER": str(state / "course"),
        "COURSE_PYTHON": sys.executable,
        "HUB_STATE": str(state),
        "HUB_PORTS": ",".join(map(str, [port, *free_ports(2)])),
        "HUB_PROXY": str(proxy()),
        "HUB_PASSWORD": password,
        "PYTHONWARNINGS": "ignore",
    }


def serve(state, variables):
    """Run JupyterHub until it ends or one of ENDINGS asks for it; return its exit code."""
    asked = []
    for number in ENDINGS:
        signal.signal(number, lambda number, _: asked.append(number))
    command = [sys.executable, "-m", "jupyterhub", "-f", str(CONFIG), "--log-level=WARN"]
    # In a session of its own, the hub hears of no signal but ours, and it ends the others in order.
    hub = subprocess.Popen(command, cwd=state, env=variables, start_new_session=True)
    public, _, own = variables["HUB_PORTS"].split(",")
    for port in (own, public):  # the hub answers last where its proxy is already running
        while is_wanted(hub, asked) and not answers(f"http://127.0.0.1:{port}/hub/api/"):
            time.sleep(0.3)
    if is_wanted(hub, asked):
        print(f"Open http://127.0.0.1:{public} and log in under any name.")
        print(f"The password is {variables['HUB_PASSWORD']}")
        print("Ctrl-C ends the hub and all servers.", flush=True)
    while is_wanted(hub, asked):
        time.sleep(0.3)
    hub.terminate()  # once, because a second request would break off the first
    return exit_code(hub.wait(), bool(asked))


def is_wanted(hub, asked):
    """Whether the hub still runs and nobody has asked for its end."""
    return hub.poll() is None and not asked


def exit_code(code, was_asked):
    """What a shell would report: 128 + the signal that ended the hub. An end by request is 0."""
    if was_asked and code == -signal.SIGTERM:  # the hub was still starting
        return 0
    return 128 - code if code < 0 else code


def answers(address):
    """Whether somebody serves the address."""
    try:
        urllib.request.urlopen(address, timeout=5).close()
    except OSError:
        return False
    return True


def main():
    """Read the command line, prepare the state folder and serve."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument("--state", type=Path, default=ROOT / ".hub")
    options = parser.parse_args()
    refuse_a_port_in_use(options.port)
    state = options.state.resolve()
    state.mkdir(mode=0o700, parents=True, exist_ok=True)
    hub_image.write(state / "course")
    password = secrets.token_urlsafe(9)
    variables = environment(state, options.port, password)
    print("FOR TRYING OUT ONLY: all students' servers run under your own account.", flush=True)
    return serve(state, variables)


if __name__ == "__main__":
    sys.exit(main())
