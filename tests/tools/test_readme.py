"""README.md and CONTRIBUTING.md tell the truth about the files and commands that they name."""

import re

import pytest
from support.course import COURSE, ROOT

TEXTS = {
    name: (ROOT / name).read_text(encoding="utf-8") for name in ("README.md", "CONTRIBUTING.md")
}
README = TEXTS["README.md"]
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")
CODE_BLOCK = re.compile(r"(?ms)^```.*?^```")
LINK = re.compile(r"\]\(([^)#\s]+)[^)]*\)")
COMMAND = re.compile(r"(?m)(?:`|^)(?:PYTHON=\S+ )?make ([a-z-]+)")


def test_readme_lists_every_lesson_in_order():
    assert re.findall(r"(?m)^\| \[.*\]\(notebooks/(\w+)\.ipynb\)", README) == COURSE


@pytest.mark.parametrize("name", TEXTS)
def test_links_lead_somewhere(name):
    for target in LINK.findall(CODE_BLOCK.sub("", TEXTS[name])):
        assert re.match("https?:", target) or (ROOT / target).exists(), target


@pytest.mark.parametrize("name", TEXTS)
def test_commands_are_targets_of_the_makefile(name):
    commands = COMMAND.findall(TEXTS[name])
    assert commands
    for command in commands:
        assert re.search(rf"(?m)^{command}:", MAKEFILE), command


def test_readme_names_every_part_of_rnnlib():
    named = set(re.findall(r"(?m)^\| `(\w+)` \|", README))
    parts = set()
    for path in (ROOT / "rnnlib").iterdir():
        is_package = (path / "__init__.py").exists()
        is_module = path.suffix == ".py" and path.stem != "__init__"
        if is_package or is_module:
            parts.add(path.stem)
    assert named == parts
