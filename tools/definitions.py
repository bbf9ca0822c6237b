"""Find what a piece of a lesson's code needs: imports, functions, constants before it."""

import ast
import symtable

KINDS = (ast.Import, ast.ImportFrom, ast.FunctionDef, ast.ClassDef, ast.Assign)


def names_used(source):
    """The names that the code takes from outside itself."""
    found, tables = set(), [symtable.symtable(source, "cell", "exec")]
    while tables:
        table = tables.pop()
        tables += table.get_children()
        for symbol in table.get_symbols():
            is_module = table.get_type() == "module"
            if symbol.is_referenced() and (is_module or symbol.is_global()):
                found.add(symbol.get_name())
    return found


def needed_by(sources, cells):
    """The statements that define what the sources need: first imports, then all others.

    cells: the code that stands before them, one text for each cell.
    """
    statements = [(tree, cell) for cell in cells for tree in ast.parse(cell).body]
    wanted = set().union(*(names_used(source) for source in sources))
    looked_at, imports, chosen = set(), {}, set()
    while wanted - looked_at:
        name = (wanted - looked_at).pop()
        looked_at.add(name)
        place = _last_definition(name, statements)
        if place is None:
            continue
        tree, cell = statements[place]
        if isinstance(tree, (ast.Import, ast.ImportFrom)):
            imports[name] = _import_of(name, tree)
        else:
            chosen.add(place)
            wanted |= names_used(_source(tree, cell))
    return sorted(set(imports.values())), [_source(*statements[k]) for k in sorted(chosen)]


def _last_definition(name, statements):
    places = [k for k, (tree, _) in enumerate(statements) if name in _defined_by(tree)]
    return places[-1] if places else None


def _defined_by(tree):
    if not isinstance(tree, KINDS):
        return set()
    if isinstance(tree, (ast.Import, ast.ImportFrom)):
        return {alias.asname or alias.name.split(".")[0] for alias in tree.names}
    if isinstance(tree, ast.Assign):
        parts = [part for target in tree.targets for part in ast.walk(target)]
        return {p.id for p in parts if isinstance(p, ast.Name) and isinstance(p.ctx, ast.Store)}
    return {tree.name}


def _import_of(name, tree):
    """The import of this name alone."""
    alias = next(a for a in tree.names if name in (a.asname, a.name.split(".")[0]))
    if isinstance(tree, ast.Import):
        return ast.unparse(ast.Import([alias]))
    return ast.unparse(ast.ImportFrom(tree.module, [alias], tree.level))


def _source(tree, cell):
    """A statement as it is written, with its decorators and with the comment behind it."""
    first = min([tree.lineno, *(d.lineno for d in getattr(tree, "decorator_list", ()))])
    return "\n".join(cell.splitlines()[first - 1 : tree.end_lineno])
