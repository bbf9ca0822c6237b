"""Which names a piece of code defines, and which it needs."""

import re
import symtable

MAGIC_LINE = re.compile(r"(?m)^\s*[%!].*$")


def all_tables(table):
    """A symbol table and those of all functions and classes in it."""
    yield table
    for child in table.get_children():
        yield from all_tables(child)


def defined_and_needed(source):
    """What a cell defines for the cells after it, and what it needs from those before it."""
    top = symtable.symtable(MAGIC_LINE.sub("", source), "cell", "exec")
    defined = {
        symbol.get_name()
        for symbol in top.get_symbols()
        if symbol.is_assigned() or symbol.is_imported()
    }
    used = set()
    for table in all_tables(top):
        for symbol in table.get_symbols():
            if symbol.is_referenced() and (table is top or symbol.is_global()):
                used.add(symbol.get_name())
    return defined, used - defined
