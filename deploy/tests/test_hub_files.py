"""What a lecturer copies to a hub: the image's files and the configurations of JupyterHub."""

import json
import re
import subprocess
import tomllib
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
HUB = ROOT / "deploy" / "hub"
HUB_PYTHON = ROOT / ".venv-hub" / "bin" / "python"
DOCKERFILE = (HUB / "image" / "Dockerfile").read_text(encoding="utf-8")
POST_BUILD = (HUB / "image" / "postBuild").read_text(encoding="utf-8")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
CONDA = yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))
JUPYTERHUB = next(
    requirement
    for requirement in PROJECT["optional-dependencies"]["hub"]
    if requirement.startswith("jupyterhub>")
)

# The image


def test_docker_and_repo2docker_take_the_same_python():
    (python,) = re.findall(r"(?m)^FROM python:(\d+\.\d+)-", DOCKERFILE)
    assert f"python={python}" in CONDA["dependencies"]


def test_docker_and_repo2docker_install_the_same_packages():
    """Both install the folder itself; repo2docker brings the hub's server, Docker is told to."""
    (installed,) = re.findall(r"pip install --no-cache-dir (.*) \\", DOCKERFILE)
    assert installed == f'--editable . "{JUPYTERHUB}"'
    assert {"pip": ["--editable ."]} in CONDA["dependencies"]


@pytest.mark.parametrize(
    "step", ["deploy/overrides.json", "import matplotlib.pyplot", "MPLCONFIGDIR=/tmp/matplotlib"]
)
def test_docker_and_repo2docker_prepare_the_same(step):
    assert step in DOCKERFILE
    assert step in POST_BUILD


@pytest.fixture(scope="module")
def image_folder(tmp_path_factory):
    import hub_image

    folder = tmp_path_factory.mktemp("image") / "hub-image"
    hub_image.write(folder)
    return folder


def test_the_folder_has_what_both_builds_read_and_no_solutions(image_folder):
    names = ("environment.yml", "pyproject.toml", "postBuild", "deploy/overrides.json")
    for name in (*names, "deploy/hub/lay_course.py", "rnnlib/__init__.py"):
        assert (image_folder / name).exists(), name
    assert not (image_folder / "Dockerfile").exists(), "repo2docker would read nothing else"
    notebook = (image_folder / "notebooks" / "05a_lstm_gates.ipynb").read_text(encoding="utf-8")
    assert '"solution"' not in notebook
    assert (image_folder / "postBuild").stat().st_mode & 0o111, "repo2docker runs it"


def test_the_folder_is_written_again(image_folder):
    import hub_image

    module = image_folder / "rnnlib" / "__init__.py"
    stale = image_folder / "notebooks" / "a_lesson_that_was_dropped.ipynb"
    module.unlink()
    stale.write_text("{}")
    environment = image_folder / ".venv-hub" / "pyvenv.cfg"  # what one server has there
    environment.parent.mkdir()
    environment.write_text("")
    hub_image.write(image_folder)
    assert module.exists()
    assert not stale.exists()
    assert environment.exists()


def test_the_service_starts_a_configuration_that_the_folder_has(image_folder):
    service = (image_folder / "deploy" / "hub" / "course-hub.service").read_text(encoding="utf-8")
    (start,) = re.findall(r"(?m)^ExecStart=(.*)$", service)
    program, option, configuration = start.split()
    assert (program, option) == ("/srv/course/.venv-hub/bin/jupyterhub", "-f")
    assert (image_folder / Path(configuration).relative_to("/srv/course")).exists()


# Configurations of JupyterHub

NAMES_OF_TRAITS = """
import json, sys
import jupyterhub.app, jupyterhub.proxy, jupyterhub.spawner, systemdspawner
from jupyterhub import auth
from jupyterhub.authenticators import shared
app = jupyterhub.app.JupyterHub()
app.load_config_file(sys.argv[1])
known = {}
for module in (jupyterhub.app, jupyterhub.proxy, jupyterhub.spawner, auth, shared, systemdspawner):
    known |= {name: kind for name, kind in vars(module).items() if hasattr(kind, "class_traits")}
wrong = []
for owner, values in app.config.items():
    for name, value in values.items():
        try:
            known[owner].class_traits(config=True)[name]
        except KeyError:
            wrong.append(f"{owner}.{name}")
print(json.dumps({"wrong": wrong, "spawner": app.spawner_class.__name__,
                  "cmd": app.config.Spawner.cmd, "args": app.config.Spawner.args}))
"""
TRYING_OUT = {
    "HUB_STATE": "/tmp",
    "HUB_PORTS": "1,2,3",
    "HUB_PROXY": "p",
    "HUB_PASSWORD": "12345678",
}


@pytest.mark.skipif(not HUB_PYTHON.exists(), reason="make test-deploy makes .venv-hub")
@pytest.mark.parametrize(
    ("name", "spawner"),
    [
        ("course_config.py", "LocalProcessSpawner"),
        ("one_server_config.py", "SystemdSpawner"),
        ("try_out_config.py", "SimpleLocalProcessSpawner"),
    ],
)
def test_jupyterhub_knows_every_setting(name, spawner):
    done = subprocess.run(
        [HUB_PYTHON, "-c", NAMES_OF_TRAITS, HUB / name],
        env={"COURSE_FOLDER": str(ROOT), "PATH": "/usr/bin:/bin"} | TRYING_OUT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout.splitlines()[-1])
    assert found["wrong"] == []
    assert found["spawner"] == spawner
    assert found["cmd"][1] == f"{ROOT}/deploy/hub/lay_course.py"
    assert "--MappingKernelManager.cull_idle_timeout=3600" in found["args"]
