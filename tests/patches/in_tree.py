#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""
The sources for flashrom's tree: they compile against the little of flashrom that they use, for
every release, and leave no names of their own behind.
"""
import functools
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "patches"), str(ROOT / "tests")]
sys.dont_write_bytecode = True

from maker import amalgamation, chips, patch, tree  # noqa: E402
from made_patches import new_files  # noqa: E402
import tap  # noqa: E402

# Two seconds each, and asked for by nearly every case.
patch.new_files = functools.cache(patch.new_files)

SURFACE = ROOT / "tests/patches/surface"
# As flashrom's own build has them.
FLAGS = ["-std=c99", "-D_DEFAULT_SOURCE", "-D_POSIX_C_SOURCE=200809L", "-O1", "-Wall", "-Wextra",
         "-Wshadow", "-Wmissing-prototypes", "-Wwrite-strings", "-Wno-unused-parameter", "-Werror"]
LIBUSB = subprocess.run(["pkg-config", "--cflags", "libusb-1.0"], check=True, text=True,
                        capture_output=True).stdout.split()
COMPILERS = [name for name in ("gcc", "clang") if shutil.which(name)]

# Patch, the release that is compiled for, and what is in that release's include/.
VARIANTS = [("1.3.0", 103, ["all"]), ("1.4-1.6", 104, ["all"]),
            ("1.4-1.6", 105, ["all", "since-1.5"]), ("1.7", 107, ["all", "since-1.5"]),
            ("1.8", 108, ["all", "since-1.5"])]

# What flashrom's mock of libusb does not replace, and why that does no harm.
UNMOCKED = {"libusb_strerror": "needs no device",
            "libusb_clear_halt": "is called after a stall only, which no test of flashrom makes"}


def sources(release):
    return {pathlib.Path(path).name: text for path, text in new_files(release).items()
            if "/beken_spi" in f"/{path}" and "tests/" not in path and path[-2:] in (".c", ".h")}


class InTree(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.folder, cls.done = pathlib.Path(folder.name), {}

    def compile(self, compiler, release, number, include):
        """The objects; what one test has compiled, the others do not compile again."""
        folder = self.folder / f"{compiler}-{number}"
        if folder not in self.done:
            self.done[folder] = self.compile_into(folder, compiler, release, number, include)
        return self.done[folder]

    def compile_into(self, folder, compiler, release, number, include):
        files = sources(release)
        folder.mkdir(exist_ok=True)
        for name, text in files.items():
            (folder / name).write_text(text)
        objects = []
        for name in sorted(name for name in files if name.endswith(".c")):
            objects.append(folder / f"{name}.o")
            # Only one file knows flashrom; the others are alike for all releases.
            alike = (compiler, files["beken_spi.h"], files[name])
            if '"flash.h"' not in files[name] and alike in self.done:
                shutil.copy(self.done[alike], objects[-1])
                continue
            result = subprocess.run(
                [compiler, *FLAGS, *LIBUSB, f"-DSURFACE={number}",
                 *(f"-I{SURFACE / part}" for part in include), "-c", folder / name, "-o",
                 objects[-1]], text=True, capture_output=True, check=False)
            self.assertEqual(result.returncode, 0, result.stderr)
            self.done[alike] = objects[-1]
        return objects

    def test_the_driver_compiles_for_every_release_without_a_warning(self):
        for compiler in COMPILERS:
            for release, number, include in VARIANTS:
                with self.subTest(f"{compiler} {number}"):
                    self.compile(compiler, release, number, include)

    def test_it_defines_no_name_that_is_not_clearly_its_own(self):
        objects = self.compile(COMPILERS[0], "1.8", 108, ["all", "since-1.5"])
        names = subprocess.run(["nm", "--defined-only", "--extern-only", "-f", "posix", *objects],
                               text=True, capture_output=True, check=True).stdout
        found = [line.split()[0] for line in names.split("\n") if " " in line]
        self.assertIn("programmer_beken_spi", found)
        # The compiler's own for position independent code, on 32-bit machines of Intel's kind.
        self.assertEqual([name for name in found if not name.startswith(
            ("beken_", "programmer_beken_spi", "__x86.get_pc_thunk."))], [])

    def test_all_names_that_it_needs_are_its_own_or_flashroms_or_libraries(self):
        objects = self.compile(COMPILERS[0], "1.8", 108, ["all", "since-1.5"])
        output = self.folder / "all.o"
        subprocess.run(["ld", "-r", "-o", output, *objects], check=True)
        names = subprocess.run(["nm", "--undefined-only", "-f", "posix", output],
                               text=True, capture_output=True, check=True).stdout
        own = [name for name in re.findall(r"^(\w+)", names, re.M) if name.startswith("beken_")]
        self.assertEqual(own, [])

    def test_of_libusb_it_calls_only_what_the_mock_of_every_release_replaces(self):
        # With the mock's handles the real functions crash.
        called = {}
        for release, number, include in VARIANTS:
            if release in called:
                continue
            objects = self.compile(COMPILERS[0], release, number, include)
            names = subprocess.run(["nm", "--undefined-only", "-f", "posix", *objects],
                                   text=True, capture_output=True, check=True).stdout
            called[release] = set(re.findall(r"^libusb_\w+", names, re.M))
        for version in chips.RELEASES:
            release = patch.of_version(version)
            hooks = (ROOT / f"patches/hooks/{release}.diff").read_text()
            mocked = chips.Known(version).mocked | set(
                re.findall(r"^\+.*--wrap=(libusb_\w+)", hooks, re.M))
            self.assertIn("libusb_claim_interface", called[release] & mocked, version)
            self.assertEqual(called[release] - mocked - set(UNMOCKED), set(), version)
        self.assertNotIn("STALL", (ROOT / "patches/new/beken_spi_test.c").read_text())

    def test_nothing_of_what_only_the_bridge_needs_is_in_it(self):
        text = "".join(sources("1.8").values())
        for word in ("serprog", "chipdb_socs", "chipdb_soc_by_name", "pty"):
            self.assertEqual(re.findall(rf".*\b{word}\b.*", text), [])

    def test_a_release_gets_no_code_for_another_one(self):
        for release in patch.RELEASES:
            self.assertEqual([path for path, text in new_files(release).items()
                              if "BEKEN_FLASHROM" in text], [])
        self.assertEqual([path for path, text in sources("1.8").items()
                          if "__has_include" in text], [])

    def test_a_source_that_was_forgotten_is_named(self):
        read = tree.reader()

        def with_new_room(name):
            return read(name) + '#include "programmer/serprog.h"\n' if name == "proxy.c" else read(name)
        with self.assertRaisesRegex(SystemExit, "proxy.c includes serprog.h"):
            amalgamation.files(with_new_room, 108)

    def test_lines_are_no_longer_than_flashrom_allows(self):
        for path, text in new_files("1.8").items():
            longest = max(len(line.expandtabs(8)) for line in text.split("\n"))
            self.assertLessEqual(longest, 112, path)


class Parameters(unittest.TestCase):
    def setUp(self):
        known = ""
        for name in ("programmer/link/link.h", "programmer/link/spi_link.h"):
            text = (ROOT / name).read_text()
            known += re.search(r"#define \w+_PARAMETERS\b(.*?)\n\n", text, re.S).group(1)
        for path in (ROOT / "programmer/adapters").glob("*.c"):
            known += "".join(re.findall(r"value_help = (.*)", path.read_text()))
        self.names = sorted(set(re.findall(r"(\w+)=", known)))
        self.assertIn("usb", self.names)

    def test_flashrom_is_asked_for_every_parameter_that_the_bridge_has(self):
        text = (ROOT / "patches/new/flashrom_glue.c").read_text()
        names = re.search(r"names\[\] = \{(.*?)\}", text, re.S).group(1)
        self.assertEqual(sorted(re.findall(r'"(\w+)"', names)), self.names)

    def test_the_manual_page_of_every_release_has_every_parameter(self):
        for release in patch.RELEASES:
            text = (ROOT / f"patches/hooks/{release}.diff").read_text()
            for name in self.names + ["registers"]:
                self.assertRegex(text, rf"(?m)^\+.*\b{name}=", f"{release}: {name}")


if __name__ == "__main__":
    os.chdir(ROOT)
    tap.main()
