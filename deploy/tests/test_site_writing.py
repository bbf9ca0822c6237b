"""How the static site is written: what it takes from where, and what happens when that fails."""

import gzip
import http.server
import threading
from types import SimpleNamespace

import built_site
import pyodide_release
import pytest
import static_site
import wasm_packages

OUT_OF_REACH = "http://127.0.0.1:9/full"

# Packages from a release


@pytest.fixture
def wheel(tmp_path):
    """What a lock file says of a compiled wheel, a release that has the wheel, and a cache."""
    release, cache, site = tmp_path / "release", tmp_path / "cache", tmp_path / "site"
    release.mkdir()
    site.mkdir()
    name = "a-1-cp314-cp314-wasm32.whl"
    (release / name).write_bytes(b"compiled")
    entry = {"file_name": name, "sha256": pyodide_release.sha256(b"compiled")}
    return SimpleNamespace(entry=entry, name=name, release=release, cache=cache, site=site)


def put(wheel, source):
    """Put the wheel into the site. Was it reached?"""
    return pyodide_release.put(wheel.entry, str(source), wheel.cache, wheel.site)


def test_a_wheel_of_the_release_is_copied(wheel):
    assert put(wheel, wheel.release)
    assert (wheel.site / wheel.name).read_bytes() == b"compiled"


def test_a_wheel_of_another_release_is_refused(wheel):
    wheel.entry["sha256"] = "0" * 64
    with pytest.raises(SystemExit, match="not the file that Pyodide"):
        put(wheel, wheel.release)


def test_a_wheel_out_of_reach_is_named_by_its_address(wheel):
    assert not put(wheel, OUT_OF_REACH)
    assert wheel.entry["file_name"] == f"{OUT_OF_REACH}/{wheel.name}"


def test_a_wheel_from_an_address_is_kept(wheel):
    with built_site.served(wheel.release) as address:
        assert put(wheel, address)
    (wheel.site / wheel.name).unlink()
    assert put(wheel, OUT_OF_REACH)
    assert (wheel.site / wheel.name).read_bytes() == b"compiled"


def test_a_spoilt_wheel_in_the_cache_is_fetched_again(wheel):
    wheel.cache.mkdir()
    (wheel.cache / wheel.name).write_bytes(b"comp")
    with built_site.served(wheel.release) as address:
        assert put(wheel, address)
    assert (wheel.cache / wheel.name).read_bytes() == b"compiled"


class BreaksOff(http.server.BaseHTTPRequestHandler):
    """A host that promises more bytes than it sends."""

    def do_GET(self):
        self.send_response(200)
        self.send_header("Content-Length", "8")
        self.end_headers()
        self.wfile.write(b"comp")

    def log_message(self, *_):
        pass


def test_a_wheel_whose_download_breaks_off_is_out_of_reach(wheel):
    with http.server.HTTPServer(("127.0.0.1", 0), BreaksOff) as server:
        threading.Thread(target=server.handle_request, daemon=True).start()
        assert not put(wheel, f"http://127.0.0.1:{server.server_port}")


def test_a_folder_must_have_every_file(wheel):
    other = {"file_name": "b-1-cp314-cp314-wasm32.whl"}
    pyodide_release.refuse_an_incomplete_folder(str(wheel.release), [wheel.entry])
    with pytest.raises(SystemExit, match="lacks\n  b-1-cp314"):
        pyodide_release.refuse_an_incomplete_folder(str(wheel.release), [wheel.entry, other])
    with pytest.raises(SystemExit, match="no/such/folder, which lacks\n  a-1-cp314"):
        pyodide_release.refuse_an_incomplete_folder("no/such/folder", [wheel.entry])


def test_a_folder_may_be_named_from_the_home(wheel, monkeypatch):
    monkeypatch.setenv("HOME", str(wheel.release.parent))
    pyodide_release.refuse_an_incomplete_folder("~/release", [wheel.entry])
    assert put(wheel, "~/release")


# Downloads and their cache


def test_a_package_that_was_cut_off_is_not_whole(tmp_path):
    package = tmp_path / "package.tgz"
    assert not wasm_packages.is_whole(package)
    package.write_bytes(gzip.compress(bytes(range(256)) * 100))
    assert wasm_packages.is_whole(package)
    package.write_bytes(package.read_bytes()[:-20])
    assert not wasm_packages.is_whole(package)


def test_a_download_that_fails_leaves_nothing(tmp_path):
    command = ["sh", "-c", "echo half > wheel; exit 1"]
    with pytest.raises(SystemExit, match="What to do"):
        wasm_packages.download(command, tmp_path / "cache", "What to do")
    assert list((tmp_path / "cache").iterdir()) == []
    wasm_packages.download(["sh", "-c", "echo all > wheel"], tmp_path / "cache", "What to do")
    assert [path.name for path in (tmp_path / "cache").iterdir()] == ["wheel"]


# An older site


@pytest.fixture
def older(tmp_path):
    """A folder with a site that was written before."""
    folder = tmp_path / "site"
    folder.mkdir()
    (folder / "jupyter-lite.json").write_text("older", encoding="utf-8")
    return folder


def contents(folder):
    """The files in the folder and beside it, with what they say."""
    files = [path for path in folder.parent.rglob("*") if path.is_file()]
    return {str(path.relative_to(folder.parent)): path.read_text() for path in files}


def test_an_older_site_stays_if_the_new_one_fails(older, tmp_path, monkeypatch):
    def fail(*_):
        raise SystemExit("no network")

    monkeypatch.setattr(wasm_packages, "write", fail)
    with pytest.raises(SystemExit, match="no network"):
        static_site.write(older, tmp_path / "cache", OUT_OF_REACH)
    assert contents(older) == {"site/jupyter-lite.json": "older"}


def test_an_older_site_stays_if_the_new_one_must_be_complete(older, tmp_path, monkeypatch):
    monkeypatch.setattr(wasm_packages, "write", lambda *_: ["numpy"])
    with pytest.raises(SystemExit, match="numpy could not be read from"):
        static_site.write(older, tmp_path / "cache", OUT_OF_REACH, complete=True)
    assert contents(older) == {"site/jupyter-lite.json": "older"}


def test_the_new_site_takes_the_place_of_the_older(older, tmp_path, monkeypatch):
    def write_new(folder, *_):
        folder.mkdir()
        (folder / "new.html").write_text("new", encoding="utf-8")
        return []

    monkeypatch.setattr(static_site, "write_new", write_new)
    assert static_site.write(older, tmp_path / "cache", OUT_OF_REACH) == []
    assert contents(older) == {"site/new.html": "new"}
