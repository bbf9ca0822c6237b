"""FOR TRYING OUT ONLY: `make hub` on your own machine, on loopback, without accounts.

Everyone who knows the password that `make hub` prints can log in under any name, and all servers
run as the person who started the hub. Nothing separates one student from another. For a class, use
zero_to_jupyterhub.yaml, The Littlest JupyterHub or one_server_config.py (see README.md here).

tools/hub.py sets the environment variables that are read here.
"""

import os
import sys
from pathlib import Path

c = get_config()  # noqa: F821  JupyterHub defines it
load_subconfig(str(Path(__file__).with_name("course_config.py")))  # noqa: F821

STATE = Path(os.environ["HUB_STATE"])
PORT, API_PORT, HUB_PORT = os.environ["HUB_PORTS"].split(",")

c.JupyterHub.bind_url = f"http://127.0.0.1:{PORT}"
c.JupyterHub.hub_bind_url = f"http://127.0.0.1:{HUB_PORT}"
c.ConfigurableHTTPProxy.api_url = f"http://127.0.0.1:{API_PORT}"
c.ConfigurableHTTPProxy.command = [os.environ["HUB_PROXY"], "--log-level=warn"]
c.ConfigurableHTTPProxy.pid_file = str(STATE / "proxy.pid")
c.JupyterHub.db_url = f"sqlite:///{STATE}/jupyterhub.sqlite"
c.JupyterHub.cookie_secret_file = str(STATE / "cookie_secret")
c.JupyterHub.cleanup_servers = True
c.JupyterHub.cleanup_proxy = True

c.JupyterHub.authenticator_class = "shared-password"
c.SharedPasswordAuthenticator.user_password = os.environ["HUB_PASSWORD"]
c.Authenticator.allow_all = True
c.Authenticator.username_pattern = "[a-z][a-z0-9-]{0,30}"  # a name becomes a folder's name

c.JupyterHub.spawner_class = "simple"
c.SimpleLocalProcessSpawner.home_dir_template = str(STATE / "homes" / "{username}")
c.Spawner.ip = "127.0.0.1"
c.Spawner.args = [*c.Spawner.args, "--ServerApp.log_level=30"]
if sys.platform != "win32" and os.geteuid() == 0:
    c.Spawner.args = [*c.Spawner.args, "--allow-root"]
