#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""What a packager leaves out by meson_options.txt is neither needed nor installed."""
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
        # What is built counts here, not how fast it runs.
        run("meson", "setup", "-Doptimization=0", *(f"-D{name}=false" for name in off),
            *more, self.folder)

    def introspect(self, what):
        return json.loads(run("meson", "introspect", f"--{what}", self.folder))

    def libraries(self):
        # From 1.2 on meson lists what is declared inside as well, as dep1234.
        return {row["name"] for row in self.introspect("dependencies")
                if not re.fullmatch(r"dep\d+", row["name"])} - {"threads"}

    def installed(self):
        """Names of installed files, and of folders where a whole group of files goes."""
        paths = [pathlib.Path(path) for path in self.introspect("installed").values()]
        return {path.name for path in paths} | {path.parent.name for path in paths}

    def tests(self):
        return {row["name"] for row in self.introspect("tests")}


class Options(unittest.TestCase):
    def build(self, *off, more=()):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
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
        # Nothing is optimized here, which is when gcc keeps what nobody calls.
        run("ninja", "-C", build.folder, "docs/beken-flash.1")
        self.assertIn(".Ss write", (build.folder / "docs/beken-flash.1").read_text())

    def test_the_smallest_package_needs_what_ports_need_only_and_builds(self):
        build = self.build(*OPTIONS, more=["-Dudevdir="])
        self.assertEqual(build.libraries(), {"libusb-1.0", "libserialport", "libcurl"})
        run("ninja", "-C", build.folder)
        run("meson", "install", "-C", build.folder, "--no-rebuild", "--destdir",
            build.folder / "dest")
        there = {path.name for path in (build.folder / "dest").rglob("*") if not path.is_dir()}
        self.assertEqual({name for name in there if not name.endswith(".layout")},
                         {"flashrom-beken", "flashrom", "flashrom-beken.1"})


if __name__ == "__main__":
    tap.main()
