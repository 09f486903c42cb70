#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Check the chip database and make from it what others use.

usage: generate.py tables OUTPUT.c
       generate.py layouts OUTPUT.layout ...    exactly those that the database has
       generate.py docs FOLDER                  parts.md, socs.md, modules.md and wiring/*.svg
       generate.py check

--database FOLDER in front takes the text from there. A mistake in it is reported as
FILE:LINE: what is wrong, and nothing is made. README.md explains the text.
"""
import pathlib
import sys

sys.dont_write_bytecode = True  # no __pycache__ in the source tree

# The modules beside this file come after that switch.
from generator import adapters, c_tables, documents, layouts, modules, parts, socs, text, wiring_pages  # noqa: E402


class Usage(Exception):
    pass


def write(files):
    for path, content in files.items():
        path.parent.mkdir(exist_ok=True)
        path.write_text(content, encoding="utf-8")


def make(what, outputs, database):
    """What is asked for, as {path: text}."""
    sources = text.Sources(database / "sources.toml")
    families = parts.load_families(database / "families.toml", sources)
    all_parts = parts.load_parts(database, families, sources)
    pads, all_socs = socs.load_socs(database / "socs.toml", all_parts, sources)
    packages, all_modules = modules.load_modules(database / "modules.toml", all_socs, sources)
    all_adapters = adapters.load_adapters(database / "adapters.toml", sources)
    if what == "tables" and len(outputs) == 1:
        return {outputs[0]: c_tables.tables(all_parts, all_socs, packages, all_modules, all_adapters)}
    if what == "layouts" and outputs:
        made = layouts.layouts(all_socs)
        if {path.name for path in outputs} != made.keys():
            raise text.Bad("the database has other layouts; chipdb/layouts/meson.build must list "
                           + ", ".join(f"'{name}'" for name in sorted(made)))
        return {path: made[path.name] for path in outputs}
    if what == "docs" and len(outputs) == 1:
        return {
            outputs[0] / "parts.md": documents.parts_document(all_parts, families, sources),
            outputs[0] / "socs.md": documents.socs_document(pads, all_socs),
            outputs[0] / "modules.md": wiring_pages.modules_document(packages, all_modules, sources),
            **{outputs[0] / "wiring" / f"{name.lower()}.svg": wiring_pages.picture(wiring, packages, all_adapters)
               for name, wiring in (packages | all_modules).items()},
            **{outputs[0] / "wiring" / f"adapter-{name.lower()}.svg": wiring_pages.adapter_picture(adapter)
               for name, adapter in all_adapters.items()},
        }
    if what == "check" and not outputs:
        return {}
    raise Usage


def main(arguments):
    database = pathlib.Path(__file__).parent
    try:
        if arguments[:1] == ["--database"] and len(arguments) > 1:
            database, arguments = pathlib.Path(arguments[1]), arguments[2:]
        if not arguments:
            raise Usage
        write(make(arguments[0], [pathlib.Path(name) for name in arguments[1:]], database))
    except Usage:
        sys.exit(__doc__)
    except (text.Bad, OSError) as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main(sys.argv[1:])
