#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""What is installed where: in the usual folders, and wherever a packager puts them.

BUILD names a build that is ready: it is installed into a staging folder.
"""
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests"))
import tap  # noqa: E402

LIST = [line for line in (ROOT / "tests/packaging/installed.txt").read_text().splitlines()
        if not line.startswith("#")]
OTHER = {"prefix": "/opt/x", "bindir": "tools", "libexecdir": "lib/fb", "libdir": "lib64",
         "datadir": "data", "mandir": "data/handbook", "udevdir": "/lib/udev"}
MOVED = {"bash_completion_dir": "data/bash", "zsh_completion_dir": "data/vendor-completions"}


def folders(build):
    """{name: folder} of the options of a build, with the prefix in front."""
    options = subprocess.run(["meson", "introspect", "--buildoptions", build], check=True,
                             text=True, stdout=subprocess.PIPE).stdout
    found = {row["name"]: row["value"] for row in json.loads(options)
             if row["name"] in OTHER}
    return {name: pathlib.PurePath(found["prefix"], value) for name, value in found.items()}


def expected(build):
    names = folders(build)
    return sorted(line.format_map(names) for line in LIST)


def listed(paths, lines):
    """@paths, sorted; paths within a directory of the list that ends with /* are replaced by that entry."""
    groups = {line[:-2]: line for line in lines if line.endswith("/*")}
    return sorted({groups.get(str(path.parent), str(path)) for path in paths})


class Installed(unittest.TestCase):
    def folder(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        return pathlib.Path(folder.name)

    def test_a_staging_folder_gets_the_files_of_the_list_and_uninstall_leaves_none(self):
        build, stage = pathlib.Path(os.environ["BUILD"]), self.folder()
        subprocess.run(["meson", "install", "-C", build, "--no-rebuild", "--destdir", stage],
                       check=True, stdout=subprocess.DEVNULL)
        paths = ["/" / path.relative_to(stage) for path in stage.rglob("*")
                 if path.is_symlink() or not path.is_dir()]
        lines = expected(build)
        self.assertEqual(listed(paths, lines), lines)
        link, = stage.rglob("path/flashrom")
        self.assertFalse(pathlib.PurePath(os.readlink(link)).is_absolute())
        self.assertEqual(link.resolve().name, "flashrom-beken")
        self.assertTrue(os.access(link, os.X_OK))
        subprocess.run(["ninja", "-C", build, "uninstall"], check=True, stdout=subprocess.DEVNULL)
        self.assertEqual(list(stage.rglob("*")), [])

    def test_other_folders_are_kept_to_also_where_one_file_names_another(self):
        build = self.folder()
        subprocess.run(["meson", "setup", *(f"-D{name}={value}" for name, value in
                                            {**OTHER, **MOVED, "tests": "false"}.items()), build],
                       cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
        plan = json.loads((build / "meson-info/intro-installed.json").read_text())
        # For a directory that is installed as a whole, the plan names only the directory.
        paths = [pathlib.PurePath(path, name.name) if name else pathlib.PurePath(path)
                 for source, path in plan.items()
                 for name in (pathlib.Path(source).glob("*") if pathlib.Path(source).is_dir()
                              else [None])]
        moved = {"/opt/x/data/bash-completion/completions/": "/opt/x/data/bash/",
                 "/opt/x/data/zsh/site-functions/": "/opt/x/data/vendor-completions/"}
        lines = expected(build)
        for old, new in moved.items():
            lines = [line.replace(old, new) for line in lines]
        self.assertEqual(listed(paths, lines), sorted(lines))
        commands = (build / "build.ninja").read_text()
        self.assertIn('-DINSTALLED_PATH="../lib/fb/flashrom-beken/path"', commands.replace("\\", ""))
        self.assertIn('-DBEKEN_SIM_LIBDIR="/opt/x/lib64/flashrom-beken"', commands.replace("\\", ""))


if __name__ == "__main__":
    tap.main()
