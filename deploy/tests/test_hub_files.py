"""What a lecturer copies to a hub: the image's files, the chart's values, configurations."""

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
COURSE_CONFIG = (HUB / "course_config.py").read_text(encoding="utf-8")
VALUES = yaml.safe_load((HUB / "zero_to_jupyterhub.yaml").read_text(encoding="utf-8"))
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
CONDA = yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))
JUPYTERHUB = next(
    requirement
    for requirement in PROJECT["optional-dependencies"]["hub"]
    if requirement.startswith("jupyterhub>")
)
# The fields that we set and their types, as the chart's documentation gives them. The chart checks
# everything else itself: `helm upgrade` refuses values that don't fit its schema.
FIELDS = {
    "singleuser.image.name": str,
    "singleuser.image.tag": str,
    "singleuser.image.pullPolicy": str,
    "singleuser.cmd": list,
    "singleuser.defaultUrl": str,
    "singleuser.memory.guarantee": str,
    "singleuser.memory.limit": str,
    "singleuser.cpu.guarantee": (int, float),
    "singleuser.cpu.limit": (int, float),
    "singleuser.extraEnv.OMP_NUM_THREADS": str,
    "singleuser.extraEnv.OPENBLAS_NUM_THREADS": str,
    "singleuser.extraEnv.MPLCONFIGDIR": str,
    "singleuser.storage.capacity": str,
    "singleuser.storage.homeMountPath": str,
    "singleuser.startTimeout": int,
    "singleuser.networkPolicy.enabled": bool,
    "singleuser.networkPolicy.egressAllowRules.nonPrivateIPs": bool,
    "singleuser.cloudMetadata.blockWithIptables": bool,
    "hub.concurrentSpawnLimit": int,
    "hub.activeServerLimit": int,
    "hub.config.JupyterHub.admin_access": bool,
    "cull.enabled": bool,
    "cull.timeout": int,
    "cull.every": int,
    "cull.maxAge": int,
    "prePuller.hook.enabled": bool,
    "prePuller.continuous.enabled": bool,
    "scheduling.userScheduler.enabled": bool,
    "scheduling.podPriority.enabled": bool,
    "scheduling.userPlaceholder.enabled": bool,
    "scheduling.userPlaceholder.replicas": int,
}


def flat(values, path=""):
    """{"singleuser.cpu.limit": 2, ...}"""
    found = {}
    for key, value in values.items():
        name = f"{path}.{key}" if path else key
        found |= flat(value, name) if isinstance(value, dict) else {name: value}
    return found


GIVEN = flat(VALUES)


def in_bytes(text):
    number, unit = re.fullmatch(r"(\d+)([MG])", text).groups()
    return int(number) * {"M": 1e6, "G": 1e9}[unit]


# The chart's values


def test_every_field_is_one_of_the_chart_and_has_its_type():
    assert GIVEN.keys() == FIELDS.keys()
    for name, kind in FIELDS.items():
        value = GIVEN[name]
        assert isinstance(value, kind), name
        assert kind is not int or not isinstance(value, bool), name


def test_a_student_has_enough_and_not_too_much():
    guarantee, limit = (in_bytes(GIVEN[f"singleuser.memory.{k}"]) for k in ("guarantee", "limit"))
    assert guarantee <= limit
    assert limit >= 1.1e9 + 0.5e9, "lesson 09 has its peak, and a second notebook is open"
    assert f'mem_limit = "{GIVEN["singleuser.memory.limit"]}"' in COURSE_CONFIG
    assert GIVEN["singleuser.cpu.guarantee"] <= GIVEN["singleuser.cpu.limit"]
    assert GIVEN["hub.activeServerLimit"] >= 90


def test_one_thread_and_a_course_in_the_home_everywhere():
    for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
        assert GIVEN[f"singleuser.extraEnv.{variable}"] == "1"
        assert f"{variable}=1" in DOCKERFILE
        assert f'"{variable}": "1"' in COURSE_CONFIG
    _, program, server = GIVEN["singleuser.cmd"]
    assert program == "/srv/course/deploy/hub/lay_course.py"
    assert (HUB / Path(program).name).exists()
    assert server == "jupyterhub-singleuser"
    assert GIVEN["singleuser.defaultUrl"] in COURSE_CONFIG
    for text in (DOCKERFILE, COURSE_CONFIG):
        assert "deploy/hub/lay_course.py" in text
        assert "jupyterhub-singleuser" in text


def test_idle_servers_end_and_nodes_have_the_image():
    assert GIVEN["cull.enabled"] and GIVEN["cull.timeout"] == 3600
    assert f"CULL_AFTER = {GIVEN['cull.timeout']}" in (HUB / "one_server_config.py").read_text()
    assert GIVEN["prePuller.hook.enabled"] and GIVEN["prePuller.continuous.enabled"]
    assert re.fullmatch(r"\d{4}-\d\d-\d\d", GIVEN["singleuser.image.tag"]), "not latest"


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

    hub_image.write(image_folder)


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
