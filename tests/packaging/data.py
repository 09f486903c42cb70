#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""What the system reads of an installation: the udev rule and the metainfo; and that there is one version.

BUILD names a build that is ready.
"""
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import unittest
import xml.etree.ElementTree as xml

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests"))
import tap  # noqa: E402

BUILD = pathlib.Path(os.environ["BUILD"])
RULE, = (ROOT / "data").glob("*.rules")
METAINFO, = (ROOT / "data").glob("*.metainfo.xml")
VERSION = re.search(r"version: '([\d.]+)'", (ROOT / "meson.build").read_text())[1]


def adapters():
    """{"1a86:5512", ...}: the IDs that the driver looks for."""
    found = set()
    for path in (ROOT / "programmer/adapters").glob("*.c"):
        text = path.read_text()
        vendors = re.findall(r"#define VENDOR_\w+ 0x([0-9a-f]{4})", text)
        found |= {f"{vendors[0]}:{product}"
                  for product in re.findall(r"#define PRODUCT_SPI\w* 0x([0-9a-f]{4})", text)}
    return found


class Rule(unittest.TestCase):
    def setUp(self):
        text = re.sub(r"^#.*\n", "", RULE.read_text(), flags=re.M).replace("\\\n", "")
        self.lines = [dict(re.findall(r'([\w{}]+(?:==|!=|\+=|:=|=))"([^"]*)"(?:,\s*|$)', line))
                      for line in text.splitlines() if line.strip()]
        self.text = text

    def test_nothing_of_a_line_is_left_that_is_no_key_with_a_value(self):
        for line in self.text.splitlines():
            self.assertRegex(line, r'^([A-Z]+(\{\w+\})?(==|!=|\+=)"[^"]*"(, *|$))+$')

    def test_it_comes_before_the_seats_get_their_devices(self):
        self.assertLess(int(RULE.name.split("-")[0]), 71)

    def test_every_adapter_of_the_driver_is_for_the_seat_and_nothing_else_is(self):
        self.assertEqual({f"{line['ATTR{idVendor}==']}:{line['ATTR{idProduct}==']}"
                          for line in self.lines}, adapters())
        for line in self.lines:
            self.assertEqual(line.pop("TAG+="), "uaccess")
            self.assertEqual((line["SUBSYSTEM=="], line["ENV{DEVTYPE}=="], line["ACTION!="]),
                             ("usb", "usb_device", "remove"))

    def test_owner_group_and_mode_are_left_to_others_and_nothing_is_run(self):
        for line in self.lines:
            self.assertEqual([key for key in line if re.match(r"OWNER|GROUP|MODE|RUN|PROGRAM|IMPORT",
                                                              key)], [])

    def test_udevadm_has_nothing_against_it(self):
        known = shutil.which("udevadm") and subprocess.run(
            ["udevadm", "verify", "--help"], capture_output=True).returncode == 0
        if not known:
            self.skipTest("there is no udevadm that can verify (systemd 254 or later)")
        run = subprocess.run(["udevadm", "verify", RULE], capture_output=True, text=True)
        self.assertEqual(run.returncode, 0, run.stdout + run.stderr)


class Metainfo(unittest.TestCase):
    def setUp(self):
        self.root = xml.parse(METAINFO).getroot()

    def test_appstreamcli_finds_no_fault(self):
        if not shutil.which("appstreamcli"):
            self.skipTest("appstreamcli is not here (Debian: appstream)")
        run = subprocess.run(["appstreamcli", "validate", "--no-net", METAINFO],
                             capture_output=True, text=True)
        self.assertEqual(run.returncode, 0, run.stdout + run.stderr)

    def test_it_is_named_after_its_id(self):
        self.assertEqual(METAINFO.name, self.root.findtext("id") + ".metainfo.xml")

    def test_it_names_the_adapters_of_the_driver(self):
        aliases = [alias.text for alias in self.root.iter("modalias")]
        self.assertEqual(sorted(aliases),
                         sorted("usb:v{}p{}d*".format(*pair.upper().split(":"))
                                for pair in adapters()))

    def test_its_programs_are_built(self):
        for binary in self.root.iter("binary"):
            self.assertTrue((BUILD / "cli" / binary.text).exists(), binary.text)


class Version(unittest.TestCase):
    def test_the_newest_release_and_the_newest_news_are_of_this_version(self):
        releases = xml.parse(METAINFO).getroot().iter("release")
        self.assertEqual(next(releases).get("version"), VERSION)
        news = re.search(r"^## ([\d.]+)", (ROOT / "NEWS.md").read_text(), re.M)
        self.assertEqual(news[1], VERSION)

    def test_every_program_says_it_behind_its_name(self):
        for path in ("cli/beken-flash", "sim/beken-sim"):
            run = subprocess.run([BUILD / path, "--version"], capture_output=True, text=True)
            self.assertEqual((run.returncode, run.stdout, run.stderr),
                             (0, f"{path.split('/')[1]} {VERSION}\n", ""))

    def flashrom(self, *words):
        """Output, with a stand-in for flashrom that prints its arguments."""
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        stub = pathlib.Path(folder.name, "flashrom")
        stub.write_text('#!/bin/sh\necho "flashrom 9.9 $*"\n')
        stub.chmod(0o755)
        run = subprocess.run([BUILD / "cli" / words[0], *words[1:]], capture_output=True, text=True,
                             env={**os.environ, "FLASHROM": str(stub)})
        self.assertEqual(run.returncode, 0)
        return run.stdout, run.stderr

    def test_flashroms_own_answer_stays_as_it_is_on_standard_output(self):
        self.assertEqual(self.flashrom("flashrom-beken", "--version"),
                         ("flashrom 9.9 --version\n", f"flashrom-beken {VERSION}\n"))
        self.assertEqual(self.flashrom("flashrom-beken", "-R", "-p", "beken_spi"),
                         ("flashrom 9.9 -R -p dummy\n", f"flashrom-beken {VERSION}\n"))

    def test_what_is_called_flashrom_says_nothing_of_its_own(self):
        self.assertEqual(self.flashrom("path/flashrom", "--version"),
                         ("flashrom 9.9 --version\n", ""))


if __name__ == "__main__":
    tap.main()
