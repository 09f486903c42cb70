#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""What a packager leaves out with meson_options.txt is neither needed nor installed."""
import functools
import json
import pathlib
import re
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests"))
import tap  # noqa: E402

OPTIONS = re.findall(r"^option\('(\w+)', type: 'boolean', value: true",
                     (ROOT / "meson_options.txt").read_text(), re.M)


def run(*command, **options):
    return subprocess.run([str(word) for word in command], cwd=ROOT, check=True, text=True,
                          stdout=subprocess.PIPE, **options).stdout


class Build:
    def __init__(self, folder, off, more=()):
        self.folder = pathlib.Path(folder)
        # Only the set of targets matters here, not how fast the programs run.
        run("meson", "setup", "-Doptimization=0", *(f"-D{name}=false" for name in off),
            *more, self.folder)

    def introspect(self, what):
        return json.loads((self.folder / f"meson-info/intro-{what}.json").read_text())

    def libraries(self):
        # From 1.2 on meson also lists dependencies that are declared in the project, as dep1234.
        return {row["name"] for row in self.introspect("dependencies")
                if not re.fullmatch(r"dep\d+", row["name"])} - {"threads", "m"}

    def files(self):
        return [pathlib.Path(path) for path in self.introspect("installed").values()]

    def installed(self):
        """Names of installed files, and of directories that hold a whole group of files."""
        return {path.name for path in self.files()} | {path.parent.name for path in self.files()}

    def tests(self):
        return {row["name"] for row in self.introspect("tests")}

    def commands(self):
        """What ninja would run to build everything, independent of the name of the build directory."""
        said = run("ninja", "-C", self.folder, "-t", "commands")
        return set(said.replace(str(self.folder), "").splitlines())


class Options(unittest.TestCase):
    @classmethod
    @functools.cache
    def build(cls, *off, more=()):
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        return Build(folder.name, off, more)

    def test_every_option_is_tried_here(self):
        self.assertEqual(sorted(OPTIONS), ["beken_flash", "docs", "metainfo", "simulator", "tests"])

    def test_without_beken_flash_there_is_no_libflashrom(self):
        build = self.build("beken_flash")
        self.assertEqual(build.libraries(), {"libusb-1.0", "libserialport", "libcurl", "cmocka"})
        names = build.installed()
        self.assertEqual({name for name in names if "beken-flash" in name}, set())
        self.assertLessEqual({"flashrom-beken", "beken-sim", "beken-sim.1", "protocol.md"}, names)
        self.assertIn("system-session", build.tests())
        self.assertNotIn("system-write", build.tests())

    def test_without_the_simulator_the_unit_tests_are_left(self):
        build = self.build("simulator")
        names = build.installed()
        self.assertEqual({name for name in names if "beken-sim" in name}, set())
        self.assertLessEqual({"flashrom-beken", "beken-flash", "beken-flash.1"}, names)
        self.assertLessEqual({"spi_handshake", "proxy", "sim-nor"}, build.tests())
        self.assertEqual({name for name in build.tests() if name.startswith("system-")}, set())

    def test_without_tests_and_docs_there_is_no_cmocka_and_all_programs_with_man_pages(self):
        build = self.build("tests", "docs")
        self.assertNotIn("cmocka", build.libraries())
        self.assertEqual(build.tests(), set())
        names = build.installed()
        self.assertEqual({name for name in names if name.endswith(".md")}, set())
        self.assertLessEqual({"flashrom-beken", "beken-flash", "beken-sim", "layouts",
                              "flashrom-beken.1", "beken-flash.1", "beken-sim.1"}, names)
        # Without optimization gcc keeps functions that nobody calls.
        run("ninja", "-C", build.folder, "docs/beken-flash.1")
        self.assertIn(".Ss write", (build.folder / "docs/beken-flash.1").read_text())

    def test_the_smallest_package_needs_what_ports_need_only(self):
        build = self.build(*OPTIONS, more=("-Dudevdir=",))
        self.assertEqual(build.libraries(), {"libusb-1.0", "libserialport", "libcurl"})
        self.assertEqual({path.name for path in build.files() if path.suffix != ".layout"},
                         {"flashrom-beken", "flashrom", "flashrom-beken.1"})

    def test_the_smallest_package_builds_since_the_full_one_does(self):
        commands = self.build(*OPTIONS, more=("-Dudevdir=",)).commands()
        self.assertTrue(any("flashrom-beken" in command for command in commands))
        self.assertEqual(commands - self.build().commands(), set())


if __name__ == "__main__":
    tap.main()
