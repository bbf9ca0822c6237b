"""The values for the chart "Zero to JupyterHub", and the example of README.md beside them.

Helm compares the values with the chart's schema. So does a test here, if it is told where the
schema is: a file, or an address.

    helm pull jupyterhub --repo https://hub.jupyter.org/helm-chart/ --version "~4" --untar
    make test-deploy ARGS="-k chart" ZERO_TO_JUPYTERHUB_SCHEMA=jupyterhub/values.schema.json
"""

import os
import re
import urllib.request
from pathlib import Path

import jsonschema
import pytest
import yaml

HUB = Path(__file__).resolve().parents[1] / "hub"
README = (HUB / "README.md").read_text(encoding="utf-8")
DOCKERFILE = (HUB / "image" / "Dockerfile").read_text(encoding="utf-8")
COURSE_CONFIG = (HUB / "course_config.py").read_text(encoding="utf-8")
VALUES = yaml.safe_load((HUB / "zero_to_jupyterhub.yaml").read_text(encoding="utf-8"))
EXAMPLE = yaml.safe_load(re.search(r"```yaml\n(.*?)```", README, re.DOTALL)[1])
SCHEMA = "ZERO_TO_JUPYTERHUB_SCHEMA"
CLASS = 90
# The fields that we set, and their types as they were read in the chart's schema. This list only
# notices a field that is new here. Whether the chart knows it, the schema itself must say.
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


# The chart's schema


@pytest.fixture(scope="module")
def schema():
    place = os.environ.get(SCHEMA)
    if not place:
        pytest.skip(f"{SCHEMA} names no schema to compare with; this file's first lines say how")
    if "://" in place:
        with urllib.request.urlopen(place, timeout=60) as answer:
            return yaml.safe_load(answer.read())
    return yaml.safe_load(Path(place).expanduser().read_text(encoding="utf-8"))


def problems(values, schema):
    """What the schema has against the values. What they lack, the chart's own values add."""
    found = jsonschema.Draft7Validator(schema).iter_errors(values)
    return [
        f"{error.json_path}: {error.message}" for error in found if error.validator != "required"
    ]


@pytest.mark.parametrize("values", [VALUES, EXAMPLE], ids=["our file", "README's example"])
def test_the_charts_schema_accepts_the_values(values, schema):
    assert problems(values, schema) == []


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"hub": {"activeServerLimit": 100}}, []),
        ({"hub": {"activeServersLimit": 100}}, ["$.hub: Additional properties are not allowed"]),
        ({"hub": {"activeServerLimit": "100"}}, ["$.hub.activeServerLimit: '100' is not of type"]),
    ],
)
def test_a_mistake_in_the_charts_values_is_found(values, said):
    limit = {"type": ["integer", "null"]}
    hub = {"additionalProperties": False, "properties": {"activeServerLimit": limit}}
    found = problems(values, {"required": ["proxy"], "properties": {"hub": hub}})
    assert len(found) == len(said)
    assert all(problem.startswith(start) for problem, start in zip(found, said))


def test_every_field_was_compared_with_the_chart_and_has_its_type():
    assert GIVEN.keys() == FIELDS.keys()
    for name, kind in FIELDS.items():
        value = GIVEN[name]
        assert isinstance(value, kind), name
        assert kind is not int or not isinstance(value, bool), name


def test_the_example_lets_the_students_in():
    """Without a setting that says who may log in, JupyterHub 5 lets in nobody but the admins."""
    assert EXAMPLE["hub"]["config"]["Authenticator"]["allow_all"] is True


# What a class needs


def test_a_student_has_enough_and_not_too_much():
    guarantee, limit = (in_bytes(GIVEN[f"singleuser.memory.{k}"]) for k in ("guarantee", "limit"))
    assert guarantee <= limit
    assert limit >= 1.1e9 + 0.5e9, "lesson 09 has its peak, and a second notebook is open"
    assert f'mem_limit = "{GIVEN["singleuser.memory.limit"]}"' in COURSE_CONFIG
    assert GIVEN["singleuser.cpu.guarantee"] <= GIVEN["singleuser.cpu.limit"]


def test_a_class_that_logs_in_at_once_is_let_in():
    """Beyond its limits the hub refuses a start, whatever the machine could carry."""
    assert GIVEN["hub.activeServerLimit"] >= CLASS
    assert GIVEN["hub.concurrentSpawnLimit"] >= CLASS
    (limit,) = re.findall(r"c\.JupyterHub\.concurrent_spawn_limit = (\d+)", COURSE_CONFIG)
    assert int(limit) >= CLASS


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
