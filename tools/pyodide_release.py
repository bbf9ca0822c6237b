"""The packages that only Pyodide's own release has, from a folder or from an address.

Each is compared with the sha256 in the lock file. What came from an address is kept in the cache.
"""

import hashlib
import http.client
import re
import urllib.request
from pathlib import Path

PYODIDE = "314.0.6"  # the version that jupyterlite-pyodide-kernel was made for
ADDRESS = f"https://cdn.jsdelivr.net/pyodide/v{PYODIDE}/full/"
SECONDS_TO_ANSWER = 20


def sha256(data):
    return hashlib.sha256(data).hexdigest()


def is_address(source):
    return re.match("https?://", source) is not None


def refuse_an_incomplete_folder(source, entries):
    """Stop if the source is a folder that lacks a file of these packages."""
    if is_address(source):
        return
    folder = Path(source).expanduser()
    lacking = [e["file_name"] for e in entries if not (folder / e["file_name"]).is_file()]
    if lacking:
        raise SystemExit(
            f"PYODIDE names the folder {folder.absolute()}, which lacks\n  "
            + "\n  ".join(lacking)
            + f"\nThese files belong to Pyodide's release {PYODIDE}: {ADDRESS}"
        )


def read(entry, source, cache):
    """The bytes of a package's file: from a folder, from the cache, or from an address."""
    name = entry["file_name"]
    if not is_address(source):
        return (Path(source).expanduser() / name).read_bytes()
    kept = cache / name
    if kept.exists() and sha256(kept.read_bytes()) == entry["sha256"]:
        return kept.read_bytes()
    with urllib.request.urlopen(source.rstrip("/") + "/" + name, timeout=SECONDS_TO_ANSWER) as file:
        return file.read()


def put(entry, source, cache, folder):
    """Put a package's file into the folder. If the address can't be reached, return False.

    The address of the file is then written into the entry of the lock.
    """
    name = entry["file_name"]
    try:
        data = read(entry, source, cache)
    except (OSError, http.client.HTTPException):  # the second if the connection breaks off
        if not is_address(source):
            raise
        entry["file_name"] = source.rstrip("/") + "/" + name
        return False
    if sha256(data) != entry["sha256"]:
        raise SystemExit(
            f"{name} from {source} is not the file that Pyodide {PYODIDE} was released with: its "
            "sha256 differs from the lock file's. Take it from that very release."
        )
    (folder / name).write_bytes(data)
    if is_address(source):
        cache.mkdir(parents=True, exist_ok=True)
        (cache / name).write_bytes(data)
    return True
