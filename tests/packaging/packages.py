#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Needed packages are named once, in tools/packages, and everything that repeats them agrees with it."""
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests"))
import tap  # noqa: E402

SETS = {name: words.split() for name, words in
        re.findall(r"^([\w-]+): (.+)$", (ROOT / "tools/packages").read_text(), re.M)}
# What every Debian package may rely on.
ESSENTIAL = {"make", "gcc", "libc6-dev"}
# debhelper depends on these.
BY_DEBHELPER = {"ninja-build"}


def field(name):
    """{package: the rest} of a field of debian/control's source paragraph."""
    paragraph = (ROOT / "debian/control").read_text().split("\n\n")[0]
    text = re.search(rf"^{name}:((?:.*\n)(?:[ \t].*\n)*)", paragraph + "\n", re.M)[1]
    entries = [entry.strip() for entry in text.replace("\n", " ").split(",") if entry.strip()]
    return {re.match(r"[\w.+-]+", entry)[0]: entry for entry in entries}


class Packages(unittest.TestCase):
    def test_the_table_of_the_page_has_every_set_and_its_packages(self):
        rows = re.findall(r"^\| ([a-z-]+) \| ([\w. +-]+) \| [^|]+ \| [\w ]+ \|$",
                          (ROOT / "docs/install.md").read_text(), re.M)
        self.assertEqual({name: words.split() for name, words in rows}, SETS)

    def test_the_debian_package_builds_with_what_the_build_needs(self):
        needs = set(field("Build-Depends"))
        # By the name that Debian 12 and later prefer.
        needs = {"pkg-config" if name == "pkgconf" else name for name in needs}
        self.assertEqual(set(SETS["build"]) - needs - ESSENTIAL - BY_DEBHELPER, set())

    def test_it_needs_nothing_that_no_set_names(self):
        known = {name for words in SETS.values() for name in words}
        needs = {"pkg-config" if name == "pkgconf" else name for name in field("Build-Depends")}
        self.assertEqual(needs - known - {"debhelper-compat", "dh-sequence-python3"}, set())

    def test_what_only_tests_need_is_not_needed_without_them(self):
        for name, entry in field("Build-Depends").items():
            if name in {"libcmocka-dev", "git"}:
                self.assertIn("<!nocheck>", entry)

    def install(self, *sets, **environment):
        """The output of install-deps on a Debian where nothing is installed."""
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        for name, text in {"dpkg-query": "exit 1", "id": "echo 1000", "sudo": "exit 1",
                           "apt-get": f"echo called >>{folder.name}/called"}.items():
            path = pathlib.Path(folder.name, name)
            path.write_text(f"#!/bin/sh\n{text}\n")
            path.chmod(0o755)
        run = subprocess.run([ROOT / "tools/install-deps", *sets], text=True, capture_output=True,
                             env={**os.environ, "PATH": f"{folder.name}:{os.environ['PATH']}",
                                  **environment})
        self.assertFalse(pathlib.Path(folder.name, "called").exists())
        return run

    def test_where_nothing_may_be_installed_one_line_says_what_is_missing(self):
        for environment in ({"NO_INSTALL": "1"}, {"NO_INSTALL": ""}):  # there is no terminal to ask at
            run = self.install("build", "demo", **environment)
            self.assertEqual(run.returncode, 1)
            self.assertEqual(run.stdout, "")
            self.assertEqual(run.stderr, "packages are missing: sudo apt-get install "
                             "--no-install-recommends " +
                             " ".join(SETS["build"] + SETS["demo"]) + "\n")

    def test_a_set_that_there_is_not_is_wrong_usage(self):
        self.assertEqual(self.install("buidl").returncode, 2)

    def test_make_without_what_it_needs_names_it_and_installs_nothing(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        for name, text in {"meson": "exit 1", "dpkg-query": "exit 1", "apt-get": "exit 9",
                           "sudo": "exit 9"}.items():
            path = pathlib.Path(folder.name, name)
            path.write_text(f"#!/bin/sh\n{text}\n")
            path.chmod(0o755)
        if not shutil.which("make"):
            self.skipTest("make is not here")
        run = subprocess.run(["make", "-C", ROOT, f"BUILD={folder.name}/build"], text=True,
                             capture_output=True,
                             env={**os.environ, "PATH": f"{folder.name}:{os.environ['PATH']}"})
        self.assertNotEqual(run.returncode, 0)
        line, = [line for line in run.stderr.splitlines() if "apt-get install" in line]
        self.assertTrue(line.endswith(" ".join(SETS["build"])), line)


if __name__ == "__main__":
    tap.main()
