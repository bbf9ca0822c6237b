"""Show the benches of every lesson as full-screen pages, for a projector: one page a lesson, served by Voilà.

    python deploy/present.py [options of Voilà, such as --no-browser or --port=9000]

The pages are made anew at each start from the lessons themselves, in a folder that goes when the server stops. A page runs
those cells of its lesson that its benches need, in their order and without their outputs, and then shows the benches.
"""

import ast
import builtins
import contextlib
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import nbformat

NOTEBOOKS = Path(__file__).resolve().parents[1] / "notebooks"
# As large as the screen allows, and pictures drawn for twice the pixels, so that they stay sharp when they are enlarged.
LOOK = """from IPython.display import HTML, display
display(HTML('''<style>
body { background: white; margin: auto; max-width: 1100px; }
.jp-Cell { padding: 0 1em; }
.jp-OutputPrompt, .jp-InputPrompt { display: none; }
h1 { font-size: 1.2em; margin: 0.4em 0 0; }
h3 { font-size: 1.1em; margin: 1.2em 0 0.3em; }
</style><script>
Object.defineProperty(window, 'devicePixelRatio', { get: () => 2 });
const fit = () => { document.body.style.zoom = Math.max(1, Math.min(innerWidth / 1120, innerHeight / 720)); };
addEventListener('resize', fit);
addEventListener('DOMContentLoaded', fit);
</script>'''))"""


def names(code):
    """(names that the code makes or changes at its top level, all names that it reads)."""
    tree = ast.parse(re.sub(r"(?m)^(\s*)[%!].*$", r"\1pass", code))
    made, changed = set(), []
    for statement in tree.body:
        if isinstance(statement, (ast.FunctionDef, ast.ClassDef)):
            made.add(statement.name)
            continue
        for node in ast.walk(statement):
            if isinstance(node, (ast.Import, ast.ImportFrom)):
                made |= {(alias.asname or alias.name).split(".")[0] for alias in node.names}
            elif isinstance(getattr(node, "ctx", None), ast.Store):
                changed.append(node)  # a = …, a[0] = …, a.b = …
        if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call):
            changed += [statement.value.func, *statement.value.args]  # a.sort(), np.add.at(a, …), fit(a, …)
    for node in changed:
        while isinstance(node, (ast.Attribute, ast.Subscript)):
            node = node.value
        if isinstance(node, ast.Name):
            made.add(node.id)
    read = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    return made, read


def needed(cells, wanted):
    """The places of those cells before the last wanted one that the wanted cells depend on, themselves included."""
    everywhere = {*dir(builtins), "np", "plt", "plots", "display"}  # a call of these changes nothing that others read
    chosen, reads, before = set(wanted), set(), None
    while chosen != before:  # again, because a function may read what is made after it
        before = set(chosen)
        for k in reversed(range(max(wanted) + 1)):
            made, read = names(cells[k].source)
            made -= set() if re.search(r"(?m)^(import|from) ", cells[k].source) else everywhere
            if k in chosen or made & reads:
                chosen.add(k)
                reads |= read
    return chosen


def shows_a_bench(cell):
    """Whether a cell ends with a bench: that is what it shows."""
    return any("rnn-bench" in str(output.get("data", {}).get("text/html", "")) for output in cell.get("outputs", []))


def page(notebook):
    """The notebook's benches under their headings, after one silent cell with what they need; None if it has none."""
    headings, code, shown = [], [], []
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            headings += re.findall(r"(?m)^#+ +(.+)$", cell.source)
        elif not {"exercise", "solution"} & set(cell.metadata.get("tags", [])):
            if shows_a_bench(cell):
                shown.append((len(code), headings[-1]))
            code.append(cell)
    if not shown:
        return None
    keep = needed(code, {k for k, _ in shown})
    cells, silent = [nbformat.v4.new_code_cell(LOOK), nbformat.v4.new_markdown_cell(f"# {headings[0]}")], []
    below = dict(shown)
    for k in sorted(keep):
        if k in below:
            if silent:
                cells.append(nbformat.v4.new_code_cell("\n\n".join(["%%capture", *silent])))
                silent = []
            cells += [nbformat.v4.new_markdown_cell(f"### {below[k]}"), nbformat.v4.new_code_cell(code[k].source)]
        else:
            silent.append(code[k].source)
    return nbformat.v4.new_notebook(cells=cells, metadata=notebook.metadata)


def write(folder):
    """All pages, and beside them what their cells read."""
    for part in ("data", "precompute"):
        shutil.copytree(NOTEBOOKS / part, folder / part, ignore=shutil.ignore_patterns("__pycache__"))
    for path in sorted(NOTEBOOKS.glob("*.ipynb")):
        made = page(nbformat.read(path, as_version=4))
        if made:
            nbformat.write(made, folder / path.name)


def main():
    with tempfile.TemporaryDirectory() as folder:
        write(Path(folder))
        options = ["--Voila.ip=127.0.0.1", *sys.argv[1:]]
        with contextlib.suppress(KeyboardInterrupt):
            subprocess.run([sys.executable, "-m", "voila", folder, *options], check=False)


if __name__ == "__main__":
    main()
