#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The recipes in debian/ and packaging/ are for this version, and can be read by the tools of their systems."""
import pathlib
import re
import shutil
import subprocess
import sys
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests"))
import tap  # noqa: E402

RECIPES = ROOT / "packaging"
VERSION = re.search(r"version: '([\d.]+)'", (ROOT / "meson.build").read_text())[1]
# Where each recipe has its version; the ebuild has it in its name.
VERSIONS = {
    "debian/changelog": r"\Aflashrom-beken \(([\d.]+)-\d+\)",
    "packaging/arch/PKGBUILD": r"^pkgver=(.+)$",
    "packaging/homebrew/flashrom-beken.rb": r"flashrom-beken-([\d.]+)\.tar",
    "packaging/nix/package.nix": r'^  version = "(.+)";$',
    "packaging/openwrt/Makefile": r"^PKG_VERSION:=(.+)$",
    "packaging/rpm/flashrom-beken.spec": r"^Version: +(.+)$",
}


class Recipes(unittest.TestCase):
    def test_all_are_of_this_version(self):
        for name, pattern in VERSIONS.items():
            with self.subTest(name):
                self.assertEqual(re.findall(pattern, (ROOT / name).read_text(), re.M), [VERSION])
        self.assertEqual([path.name for path in RECIPES.glob("gentoo/*.ebuild")],
                         [f"flashrom-beken-{VERSION}.ebuild"])

    def test_each_says_what_was_checked_and_what_nobody_has_tried(self):
        for path in RECIPES.glob("*/*"):
            if path.name.startswith("try") or path.parent.name == "debian":
                continue
            head = re.split(r"^(?!#)", path.read_text(), maxsplit=1, flags=re.M)[0]
            with self.subTest(path.name):
                self.assertRegex(head, r"Checked on Debian \d+: ")
                self.assertIn("Tried by nobody: ", head)

    def test_options_that_they_name_are_options_of_the_build(self):
        options = set(re.findall(r"^option\('(\w+)'", (ROOT / "meson_options.txt").read_text(), re.M))
        for path in [ROOT / "debian/rules", *RECIPES.glob("*/*")]:
            text = path.read_text()
            named = set(re.findall(r"-D([a-z_]+)(?==)", text)) | set(
                re.findall(r'lib\.meson\w+ "(\w+)"', text)) | set(re.findall(r"meson_use (?:\w+ )?(\w+)\)", text))
            with self.subTest(path.name):
                self.assertEqual(named - options - {"werror"}, set())

    def readable(self, program, *command):
        if not shutil.which(program):
            self.skipTest(f"{program} is not here")
        run = subprocess.run([program, *command], capture_output=True, text=True)
        self.assertEqual(run.returncode, 0, run.stdout + run.stderr)

    def test_bash_reads_those_that_are_scripts(self):
        for path in [RECIPES / "arch/PKGBUILD", *RECIPES.glob("gentoo/*.ebuild")]:
            self.readable("bash", "-n", path)

    def test_ruby_reads_the_formula(self):
        self.readable("ruby", "-c", RECIPES / "homebrew/flashrom-beken.rb")

    def test_nix_reads_the_package(self):
        self.readable("nix-instantiate", "--parse", RECIPES / "nix/package.nix")


if __name__ == "__main__":
    tap.main()
