"""A plain JupyterHub on one Linux server, where every student has an account of the system.

    sudo systemctl start course-hub         with course-hub.service, see README.md beside this file

Students log in with their system's password. systemd starts their servers and enforces the limits.
The page is served on this machine only; put your web server with HTTPS in front of it.
"""

import sys
from pathlib import Path

c = get_config()  # noqa: F821  JupyterHub defines it
load_subconfig(str(Path(__file__).with_name("course_config.py")))  # noqa: F821

c.JupyterHub.bind_url = "http://127.0.0.1:8000"
c.JupyterHub.hub_bind_url = "http://127.0.0.1:8081"
c.JupyterHub.db_url = "sqlite:////srv/jupyterhub/jupyterhub.sqlite"
c.JupyterHub.cookie_secret_file = "/srv/jupyterhub/jupyterhub_cookie_secret"

c.JupyterHub.authenticator_class = "pam"
c.Authenticator.allow_all = False
c.LocalAuthenticator.allowed_groups = {"students", "lecturers"}
c.PAMAuthenticator.admin_groups = {"lecturers"}

# pip install ".[hub]" brings it. It needs a system that runs systemd.
c.JupyterHub.spawner_class = "systemdspawner.SystemdSpawner"
c.SystemdSpawner.isolate_tmp = True
c.SystemdSpawner.disable_user_sudo = True
# Every user of a server can listen to a kernel's TCP ports. Files in a /tmp of one's own are safe,
# and their path is short enough for a socket, which a long home might not be.
c.Spawner.args = [*c.Spawner.args, "--KernelManager.transport=ipc"]
c.Spawner.environment = c.Spawner.environment | {"JUPYTER_RUNTIME_DIR": "/tmp/jupyter-runtime"}

# A server that nobody has used for an hour ends. Its notebooks are saved in the home.
CULL_AFTER = 3600
c.JupyterHub.services = [
    {
        "name": "cull-idle",
        "command": [sys.executable, "-m", "jupyterhub_idle_culler", f"--timeout={CULL_AFTER}"],
    }
]
c.JupyterHub.load_roles = [
    {
        "name": "cull-idle",
        "services": ["cull-idle"],
        "scopes": ["list:users", "read:users:activity", "read:servers", "delete:servers"],
    }
]
