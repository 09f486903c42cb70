#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""What generate.py makes: layouts for flashrom, documents, and messages without tracebacks."""
import contextlib
import io
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import tomllib
import unittest
from xml.etree import ElementTree

from database import ROOT, DatabaseTest
import generate
import tap

LAYOUTS = pathlib.Path(os.environ.get("BUILD", ROOT / "build")) / "chipdb" / "layouts"
FLASHROM = shutil.which("flashrom", path=os.environ.get("PATH", "") + ":/usr/sbin")
SIZES = {"2M": 0x200000, "4M": 0x400000, "8M": 0x800000}


def size_of(path):
    return SIZES[path.stem.split("-")[-1]]


def read(path):
    """[(first, last, name)]"""
    rows = []
    for line in path.read_text().splitlines():
        place, name = line.split(" ")
        first, last = place.split(":")
        rows.append((int(first, 16), int(last, 16), name))
    return rows


class Layouts(unittest.TestCase):
    def setUp(self):
        self.paths = sorted(LAYOUTS.glob("*.layout"))
        self.assertGreaterEqual(len(self.paths), 12)

    def test_layouts_cover_the_whole_die_without_gap_or_overlap(self):
        for path in self.paths:
            with self.subTest(path.name):
                rows, following = read(path), 0
                for first, last, _ in rows:
                    self.assertEqual(first, following)
                    self.assertGreaterEqual(last, first)
                    following = last + 1
                self.assertEqual(following, size_of(path))
                names = [name for _, _, name in rows]
                self.assertEqual(len(names), len(set(names)))

    def test_the_calibration_is_where_dumps_have_it(self):
        for name, start in (("BK7231T-2M", 0x1E0000), ("BK7231N-2M", 0x1D0000),
                            ("BK7231M-2M", 0x1D0000), ("BL2028N-2M", 0x1E0000),
                            ("BK7231Q-2M", 0x1E0000)):
            with self.subTest(name):
                rows = {row[2]: row for row in read(LAYOUTS / f"{name}.layout")}
                self.assertEqual(rows["rf"][0], start)

    def test_bootloader_and_application_of_n_are_as_long_as_its_qio_file(self):
        rows = read(LAYOUTS / "BK7231N-2M.layout")
        self.assertEqual([row[2] for row in rows[:2]], ["bootloader", "app"])
        self.assertEqual(rows[1][1] + 1, 1220464)

    def test_what_is_only_in_the_larger_flash_is_not_in_the_layout_of_the_smaller(self):
        self.assertNotIn("rf-4m", (LAYOUTS / "BK7252-2M.layout").read_text())
        self.assertIn("rf-4m", (LAYOUTS / "BK7252-4M.layout").read_text())

    @unittest.skipUnless(FLASHROM, "no flashrom here")
    def test_flashrom_takes_every_region_of_every_layout(self):
        with tempfile.TemporaryDirectory() as folder:
            for path in self.paths:
                with self.subTest(path.name):
                    regions = [word for _, _, name in read(path) for word in ("-i", name)]
                    result = subprocess.run(
                        [FLASHROM, "-p", f"dummy:emulate=VARIABLE_SIZE,size={size_of(path)}",
                         "-l", path, *regions, "-r", f"{folder}/image"],
                        text=True, capture_output=True, check=False)
                    self.assertEqual(result.returncode, 0, result)


class Documents(unittest.TestCase):
    def test_the_documents_are_in_step_with_the_database(self):
        with tempfile.TemporaryDirectory() as folder:
            generate.main(["docs", folder])
            made = [path.relative_to(folder) for path in pathlib.Path(folder).rglob("*.*")]
            self.assertGreater(len(made), 20)
            for name in made:
                self.assertEqual(pathlib.Path(folder, name).read_text(),
                                 (ROOT / "docs" / name).read_text(), "run: make docs")

    def test_every_picture_is_good_svg_on_white_with_all_wires(self):
        pictures = sorted((ROOT / "docs" / "wiring").glob("*.svg"))
        self.assertGreater(len(pictures), 20)
        for path in pictures:
            with self.subTest(path.name):
                picture = ElementTree.parse(path).getroot()
                texts = [element.text for element in picture.iter() if element.text]
                for signal in ("P20", "P21", "P22", "P23", "CEN", "3V3", "GND"):
                    self.assertIn(signal, texts)
                # It is drawn first, and is as large as the whole picture.
                ground = next(picture.iter("{http://www.w3.org/2000/svg}rect"))
                self.assertEqual((ground.get("fill"), ground.get("width"), ground.get("height")),
                                 ("#fff", *picture.get("viewBox").split()[2:]))

    def test_the_picture_of_each_adapter_has_its_pins_and_its_page_has_them_too(self):
        pages = "".join((ROOT / "docs" / page).read_text() for page in ("wiring.md", "adapters.md"))
        adapters = tomllib.loads((ROOT / "chipdb" / "adapters.toml").read_text())
        self.assertEqual(len(adapters), 4)
        for name, adapter in adapters.items():
            self.assertIn(adapter["levels"][0], pages)
            path = f"wiring/adapter-{name.lower()}.svg"
            self.assertIn(path, pages)
            texts = [element.text for element in ElementTree.parse(ROOT / "docs" / path).iter() if element.text]
            for signal in ("P20", "P21", "P22", "P23", "CEN"):
                with self.subTest(adapter=name, signal=signal):
                    pin, place, _ = adapter[signal]
                    self.assertIn(pin, texts)
                    self.assertTrue(any(place in text for text in texts))
                    self.assertIn(pin, pages)
                    # As many pins in the row are colored as there are wires.
            drawn = [element for element in ElementTree.parse(ROOT / "docs" / path).iter() if element.get("rx") == "4"]
            colored = [element for element in drawn if element.get("fill") != "#bbb"]
            self.assertEqual(len(colored), 5 if "strip" in adapter else 0)

    def test_the_certainties_are_explained_alike_in_both_places(self):
        text = (ROOT / "docs" / "parts.md").read_text()
        words = [line for line in (ROOT / "chipdb" / "README.md").read_text().splitlines()
                 if line.split(" ")[1:2] and line.split(" ")[1] in
                 "measured datasheet tools reported inferred assumed".split()]
        self.assertEqual(len(words), 6)
        for line in words:
            self.assertIn(line, text)


class Messages(DatabaseTest):
    def test_layouts_that_the_build_does_not_expect_are_refused_with_their_names(self):
        message = self.run_on(arguments=["layouts", str(self.folder / "BK7231N-2M.layout")])
        self.assertIn("BK7231T-2M.layout", message)
        self.assertIn("meson.build", message)
        self.assertFalse((self.folder / "BK7231N-2M.layout").exists())

    def test_gaps_have_names(self):
        path = self.folder / "BK7231T-2M.layout"
        self.assertEqual(self.run_on(arguments=["layouts", str(path)]), "")
        self.assertEqual(read(path), [
            (0, 0x10FFF, "boot"), (0x11000, 0x111F6F, "app"), (0x111F70, 0x1DFFFF, "rest1"),
            (0x1E0000, 0x1E0FFF, "rf"), (0x1E1000, 0x1FFFFF, "rest2")])

    def test_the_real_database_is_good(self):
        with contextlib.redirect_stdout(io.StringIO()):
            generate.main(["check"])

    def test_a_missing_file_is_told_without_a_traceback(self):
        result = subprocess.run([sys.executable, ROOT / "chipdb" / "generate.py", "--database",
                                 self.folder, "check"], text=True, capture_output=True,
                                check=False)
        self.assertEqual(result.returncode, 1)
        self.assertIn("sources.toml", result.stderr)
        self.assertNotIn("Traceback", result.stderr)

    def test_the_usage_is_told(self):
        for arguments in ([], ["docs"], ["tables"], ["cook"], ["check", "more"], ["--database"]):
            with self.subTest(arguments):
                result = subprocess.run([sys.executable, ROOT / "chipdb" / "generate.py",
                                         *arguments], text=True, capture_output=True, check=False)
                self.assertEqual(result.returncode, 1)
                self.assertIn("usage:", result.stderr)


if __name__ == "__main__":
    tap.main()
