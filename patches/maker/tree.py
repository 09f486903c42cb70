# SPDX-License-Identifier: GPL-2.0-or-later
"""The repository's files as the amalgamation reads them."""
import functools
import pathlib
import sys
import textwrap

ROOT = pathlib.Path(__file__).resolve().parents[2]
FOLDERS = [ROOT / name for name in ("programmer", "base", "chipdb", "patches/new")]
WIDTH = 80  # of the tables; tabs count as one here
sys.path.insert(0, str(ROOT / "chipdb"))
sys.dont_write_bytecode = True

from generator import c_tables, parts, text  # noqa: E402


@functools.lru_cache(maxsize=None)
def load_parts():
    folder = ROOT / "chipdb"
    sources = text.Sources(folder / "sources.toml")
    families = parts.load_families(folder / "families.toml", sources)
    return parts.load_parts(folder, families, sources)


def wrapped(line):
    if len(line.expandtabs()) <= WIDTH:
        return line
    return "\n".join(textwrap.wrap(line.strip(), WIDTH, initial_indent="\t\t",
                                   subsequent_indent="\t\t\t", break_long_words=False,
                                   break_on_hyphens=False, tabsize=8, expand_tabs=False))


def reader():
    """The text of an object's file by its name; None where there is none."""
    found = {path.name: path for folder in FOLDERS for path in folder.rglob("*.[ch]")}
    tables = "\n".join(wrapped(line) for line in c_tables.tables(load_parts(), []).split("\n"))

    def read(name):
        if name == "chipdb_tables.c":
            return tables
        return found[name].read_text(encoding="utf-8") if name in found else None
    return read
