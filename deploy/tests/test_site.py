"""The static site: what is in it, and where its packages come from."""

import hashlib
import json
import re
import tomllib

import built_site
import pyodide_release
import wasm_packages
import yaml
from built_site import COMPILED, ROOT

# What is in it


def test_the_lock_file_is_complete(packages):
    assert COMPILED | {"lived-forwards", "ipython", "ipywidgets", "anywidget"} <= set(packages)
    for name, entry in packages.items():
        assert {wasm_packages.normal(other) for other in entry["depends"]} <= set(packages), name


def test_every_wheel_is_there_or_has_an_address(built, packages):
    for name, entry in packages.items():
        assert re.fullmatch("[0-9a-f]{64}", entry["sha256"]), name
        if not entry["file_name"].startswith("http"):
            wheel = built.folder / "static" / "pyodide" / entry["file_name"]
            assert hashlib.sha256(wheel.read_bytes()).hexdigest() == entry["sha256"], name
        else:
            assert name in COMPILED
            assert re.fullmatch(r"https?://\S+/[^/]+_wasm32\.whl", entry["file_name"]), name


def test_the_builder_says_which_packages_are_not_in_the_site(built, packages):
    elsewhere = built_site.elsewhere(packages)
    if elsewhere:
        assert f"{', '.join(elsewhere)} could not be read from" in built.printed
        assert "the site does not contain them" in built.printed
        assert "make site PYODIDE=" in built.printed
    else:
        assert "no page asks another server for anything" in built.printed


def test_it_holds_the_students_edition_for_the_browsers_kernel(built):
    given = sorted((built.folder / "files").glob("*.ipynb"))
    assert [path.name for path in given] == [
        path.name for path in sorted((ROOT / "notebooks").glob("*.ipynb"))
    ]
    for path in given:
        notebook = json.loads(path.read_text(encoding="utf-8"))
        assert notebook["metadata"]["kernelspec"]["name"] == "python"
        tags = [tag for cell in notebook["cells"] for tag in cell["metadata"].get("tags", [])]
        assert "solution" not in tags
    assert not (built.folder / "files" / "TEACHING.md").exists()
    for name in ("claims.json", "checks", "data", "figures", "precompute"):
        assert (built.folder / "files" / name).exists()


def test_the_welcome_page_says_how_work_is_kept(built):
    welcome = (built.folder / "files" / "00_welcome.ipynb").read_text(encoding="utf-8")
    assert "saved in this browser" in welcome
    assert "File → Download" in welcome
    assert "make lab" not in welcome


def test_the_site_is_small_enough_for_any_host(built):
    sizes = [path.stat().st_size for path in built.folder.rglob("*") if path.is_file()]
    assert sum(sizes) < 120e6
    assert max(sizes) < 25e6  # some hosts take no larger file


def test_the_course_brings_all_that_it_needs_in_the_browser(packages):
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    needed = {re.match(r"[\w-]+", line)[0] for line in project["dependencies"]}
    depends = set(packages["lived-forwards"]["depends"])
    assert needed - depends == {"jupyterlab", "threadpoolctl"}
    assert depends <= needed


def test_what_a_package_needs_is_read_from_its_metadata(monkeypatch):
    lines = ["Jupyterlab_Widgets~=3.0", "comm>=0.1", "widgetsnbextension~=4.0", "new.one"]
    lines += ['pytest; extra == "test"']
    monkeypatch.setattr(wasm_packages.metadata, "requires", lambda name: lines)
    assert wasm_packages.needs("ipywidgets") == ["jupyterlab-widgets", "comm", "new-one"]


# Publishing


def test_the_page_names_the_files_of_the_release(packages):
    page = (ROOT / "deploy" / "site" / "README.md").read_text(encoding="utf-8")
    assert pyodide_release.ADDRESS in page
    for name in COMPILED:
        assert f"\n{packages[name]['file_name'].rpartition('/')[2]}\n" in page, name


def test_the_workflow_publishes_a_complete_site():
    workflow = yaml.safe_load((ROOT / "deploy" / "site" / "pages.yml").read_text(encoding="utf-8"))
    assert workflow["permissions"] == {"contents": "read", "pages": "write", "id-token": "write"}
    (job,) = workflow["jobs"].values()
    assert "make site ARGS=--complete" in [step.get("run") for step in job["steps"]]
    (upload,) = [s for s in job["steps"] if "upload-pages-artifact" in s.get("uses", "")]
    assert upload["with"]["path"] == "site"
    assert job["steps"][-1]["uses"].startswith("actions/deploy-pages@")
