"""What every JupyterHub on one server needs for the course.

The Littlest JupyterHub: copy this file into /opt/tljh/config/jupyterhub_config.d/ and run
`sudo tljh-config reload`. A plain JupyterHub: one_server_config.py loads it.
"""

import os
from pathlib import Path

c = get_config()  # noqa: F821  JupyterHub defines it

# The folder that `make hub-image` wrote, and the Python that the course is installed in.
COURSE = os.environ.get("COURSE_FOLDER", "/srv/course")
LITTLEST = Path("/opt/tljh/user/bin/python3")
PYTHON = os.environ.get("COURSE_PYTHON") or str(
    LITTLEST if LITTLEST.exists() else Path(COURSE) / ".venv-hub/bin/python"
)

# The student's server starts through lay_course.py, which never overwrites work.
c.Spawner.cmd = [PYTHON, f"{COURSE}/deploy/hub/lay_course.py", "jupyterhub-singleuser"]
c.Spawner.default_url = "/lab/tree/lived-forwards/00_welcome.ipynb"

# rnnlib itself limits NumPy to one thread. This is for code that doesn't import rnnlib.
c.Spawner.environment = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}

# The sizes come from benchmarks/RESULTS.md: lesson 09 needs 1.1 GB for two seconds. A spawner
# that can't enforce a limit ignores it.
c.Spawner.mem_limit = "2G"
c.Spawner.cpu_limit = 2.0

# A kernel of a closed notebook ends after an hour. A notebook that is open keeps its kernel.
c.Spawner.args = [
    "--MappingKernelManager.cull_idle_timeout=3600",
    "--MappingKernelManager.cull_interval=300",
    "--MappingKernelManager.cull_connected=False",
]

# When a lecture begins, many servers start at once, and each takes longer than one alone.
c.Spawner.start_timeout = 300
c.Spawner.http_timeout = 120
# Beyond this number the hub refuses a start and asks the student to try again. So it is the size of
# the class, and some spare.
c.JupyterHub.concurrent_spawn_limit = 100
