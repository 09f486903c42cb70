# SPDX-License-Identifier: GPL-2.0-or-later
"""beken-flash identify, on images made for it and on published ones."""
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2]))
import json_schema  # noqa: E402
import tap  # noqa: E402

BUILD = pathlib.Path(os.environ["BUILD"])
BEKEN_FLASH = BUILD / "cli" / "beken-flash"
WRITE_IMAGES = BUILD / "tests" / "image" / "write-images"
SCHEMA = json_schema.load()
DUMPS = pathlib.Path(os.environ.get("BEKEN_DUMPS", "/nonexistent"))


def beken_flash(*arguments):
    return subprocess.run([BEKEN_FLASH, *map(str, arguments)], capture_output=True, text=True,
                          timeout=60)


class Made(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.directory = pathlib.Path(tempfile.mkdtemp())
        subprocess.run([WRITE_IMAGES, cls.directory], check=True)

    @classmethod
    def tearDownClass(cls):
        shutil.rmtree(cls.directory)

    def write(self, name, content):
        path = self.directory / name
        path.write_bytes(content)
        return path

    def identify(self, name, status):
        run = beken_flash("identify", "--json", self.directory / name)
        self.assertEqual(run.returncode, status, run.stdout + run.stderr)
        lines = run.stdout.splitlines()
        self.assertEqual(len(lines), 1)
        image = json.loads(lines[0])
        self.assertEqual(SCHEMA.wrong(image), [])
        return image

    def test_images_of_each_kind_are_told_apart(self):
        for name, kind, address in [
            ("dump.bin", "dump", 0), ("rotated.bin", "rotated-dump", 0), ("qio.bin", "qio", 0),
            ("ua.bin", "application", 0x11000), ("bootloader.bin", "bootloader", 0),
            ("rf.bin", "rf", None),
        ]:
            with self.subTest(name):
                image = self.identify(name, 0)
                self.assertEqual((image["event"], image["kind"], image["start"]),
                                 ("file", kind, address))
                self.assertEqual(image["length"], None if address is None else image["size"])
                self.assertTrue(image["writable"])

    def test_json_tells_what_is_in_a_dump(self):
        image = self.identify("rotated.bin", 0)
        self.assertEqual(image["socs"], ["BK7231N"])
        self.assertEqual(image["code"], "keyed")
        self.assertEqual(image["rotation"], 0x1ef000)
        self.assertEqual(image["calibration"],
                         [{"start": 0x1d0000, "length": 512, "mac": "10:5a:17:01:02:03"}])
        self.assertEqual([entry["name"] for entry in image["partitions"]],
                         ["bootloader", "app", "download"])
        self.assertEqual(image["application"]["blocks"]["bad"], 0)
        self.assertIsNone(image["application"]["blocks"]["first_bad"])
        self.assertEqual(image["application"]["header"], "matches")
        self.assertEqual([header["name"] for header in image["rbl"]], ["bootloader", "app"])

    def test_a_uf2_file_is_told_by_what_it_holds_and_what_is_left_out(self):
        image = self.identify("app.uf2", 0)
        self.assertEqual((image["container"], image["kind"], image["start"]),
                         ("uf2", "application", 0x11000))
        self.assertEqual(image["size"], (self.directory / "app.uf2").stat().st_size)
        self.assertEqual(image["length"], 1150832)
        self.assertIn({"kind": "uf2-family", "strength": "strong", "place": None,
                       "socs": ["BK7231N", "BK7231M", "BL2028N"], "contradicts": False,
                       "text": "its UF2 blocks are of the family BK7231N"}, image["identity"])
        run = beken_flash("identify", self.directory / "app.uf2")
        self.assertIn("app.uf2: UF2 of an application (UA)", run.stdout)
        self.assertIn("for the partition download: an over-the-air update, which is left out",
                      run.stdout)
        self.assertIsNone(self.identify("ua.bin", 0)["container"])

    def test_a_uf2_file_of_another_chip_or_a_cut_one_is_refused_and_why_is_said(self):
        image = self.identify("rtl8710b.uf2", 3)
        self.assertEqual(image["refusals"][0]["name"], "wrong-soc")
        self.assertIn("it is for RTL8710B", image["refusals"][0]["text"])
        self.write("cut.uf2", (self.directory / "app.uf2").read_bytes()[:5000])
        image = self.identify("cut.uf2", 3)
        self.assertEqual((image["kind"], image["container"]), ("uf2", None))
        self.assertEqual(image["refusals"][0]["name"], "truncated")
        self.assertRegex(image["refusals"][0]["text"], r"it has 9 of \d+ blocks")

    def test_what_must_not_be_written_ends_with_3_and_its_reason(self):
        for name, refusal in [("damaged.bin", "damaged"), ("app.rbl", "update")]:
            with self.subTest(name):
                image = self.identify(name, 3)
                self.assertFalse(image["writable"])
                self.assertIn(refusal, [why["name"] for why in image["refusals"]])

    def test_the_text_says_where_an_image_belongs(self):
        run = beken_flash("identify", self.directory / "ua.bin")
        self.assertEqual(run.returncode, 0)
        self.assertIn("ua.bin: an application (UA), 1150832 bytes", run.stdout)
        self.assertIn("SoC:         BK7231N\n", run.stdout)
        self.assertIn("coding:      with the stock key\n", run.stdout)
        self.assertIn("011000:129f6f", run.stdout)

    def test_the_text_says_what_must_not_be_written_and_why(self):
        run = beken_flash("identify", self.directory / "damaged.bin")
        self.assertEqual(run.returncode, 3)
        self.assertIn("DO NOT WRITE [damaged]", run.stdout)
        self.assertIn("the first at 0x110ee", run.stdout)

    def test_a_rotated_dump_is_described_as_such(self):
        run = beken_flash("identify", self.directory / "rotated.bin")
        self.assertEqual(run.returncode, 0)
        self.assertIn("byte 0x1ef000 of the file comes first", run.stdout)

    def test_a_bootloaders_own_name_tells_its_soc_and_is_shown_with_its_place(self):
        image = self.identify("plain-bootloader.bin", 0)
        self.assertEqual(image["socs"], ["BK7252"])
        name = image["identity"][0]
        self.assertEqual((name["kind"], name["strength"], name["contradicts"]),
                         ("boot-name", "strong", False))
        self.assertIn("BK7251", name["text"])
        self.assertEqual(name["place"], 0x1028 // 32 * 34 + 8)
        self.assertEqual(image["coding"], "plain")

    def test_the_firmwares_own_name_and_version_are_said(self):
        image = self.identify("ua.bin", 0)
        self.assertEqual(image["firmware"], {"name": "OpenBK7231N", "version": "1.18.300"})
        self.assertIn("OpenBK7231N 1.18.300",
                      beken_flash("identify", self.directory / "ua.bin").stdout)

    def test_error_pages_and_pointers_are_called_by_their_name(self):
        self.write("404.bin", b"<!DOCTYPE html><title>Not Found</title>")
        self.write("pointer.bin", b"version https://git-lfs.github.com/spec/v1\n")
        self.write("empty.bin", b"")
        self.write("noise.bin", bytes(range(1, 256)) * 9)
        for name, kind in [("404.bin", "html"), ("pointer.bin", "lfs-pointer"),
                           ("empty.bin", "empty"), ("noise.bin", "unknown")]:
            with self.subTest(name):
                self.assertEqual(self.identify(name, 3)["kind"], kind)

    def test_several_files_get_a_line_each_and_the_worst_status(self):
        files = [self.directory / name for name in ("qio.bin", "app.rbl", "ua.bin")]
        run = beken_flash("identify", "--json", *files)
        self.assertEqual(run.returncode, 3)
        self.assertEqual([json.loads(line)["kind"] for line in run.stdout.splitlines()],
                         ["qio", "ota", "application"])
        run = beken_flash("identify", "--json", *files, self.directory / "no-such.bin", files[1])
        self.assertEqual(run.returncode, 1)
        unreadable = json.loads(run.stdout.splitlines()[3])
        self.assertEqual((unreadable["event"], unreadable["trouble"]), ("unreadable", "file"))
        self.assertEqual(SCHEMA.wrong(unreadable), [])
        self.assertEqual(len(run.stdout.splitlines()), 5)

    def test_what_can_not_be_read_is_said(self):
        for path, why in [("no-such.bin", "No such file"), (".", "directory")]:
            run = beken_flash("identify", self.directory / path)
            self.assertEqual(run.returncode, 1)
            self.assertIn(why, run.stderr)
            self.assertEqual(run.stdout, "")

    def test_any_file_name_gives_valid_json(self):
        name = b'it\'s "q\\\n\xff\xc3\xa4.bin'
        path = os.fsencode(self.directory) + b"/" + name
        shutil.copy(self.directory / "rf.bin", path)
        run = subprocess.run([BEKEN_FLASH, "identify", "--json", path], capture_output=True)
        image = json.loads(run.stdout.decode("utf-8"))
        self.assertTrue(image["file"].endswith('it\'s "q\\\n\ufffdä.bin'))


class Usage(unittest.TestCase):
    def test_help_lists_the_commands_and_their_options(self):
        run = beken_flash("--help")
        self.assertEqual(run.returncode, 0)
        self.assertIn("identify", run.stdout)
        run = beken_flash("identify", "--help")
        self.assertEqual(run.returncode, 0)
        self.assertIn("--json", run.stdout)

    def test_the_version_comes_behind_the_name(self):
        run = beken_flash("--version")
        self.assertEqual((run.returncode, run.stderr), (0, ""))
        self.assertRegex(run.stdout, r"\Abeken-flash \d+\.\d+\.\d+\n\Z")

    def test_wrong_usage_ends_with_2_and_a_hint(self):
        for arguments in [(), ("identify",), ("identify", "--no-such", "x"), ("no-such",),
                          ("--no-such",)]:
            with self.subTest(arguments):
                run = beken_flash(*arguments)
                self.assertEqual(run.returncode, 2)
                self.assertIn("--help", run.stderr)

    def test_the_man_page_knows_every_option(self):
        page = (BUILD / "docs" / "beken-flash.1").read_text()
        for line in beken_flash("identify", "--help").stdout.splitlines():
            if line.startswith("  --"):
                self.assertIn(line.split()[0].removeprefix("--").split("=")[0], page)


class Published(unittest.TestCase):
    """They are not part of the project; BEKEN_DUMPS names the folder that holds them."""

    def check(self, name, kind, soc, calibration=None, mac=None):
        path = DUMPS / name
        if not path.exists():
            self.skipTest(f"{path} is not there")
        run = beken_flash("identify", "--json", path)
        self.assertEqual(run.returncode, 0, run.stdout + run.stderr)
        image = json.loads(run.stdout)
        self.assertEqual((image["kind"], image["socs"]), (kind, [soc]))
        self.assertEqual(image["findings"], [])
        self.assertEqual([(entry["start"], entry["mac"]) for entry in image["calibration"]],
                         [(calibration, mac)] if mac else [])
        for piece in ("bootloader", "application"):
            self.assertEqual(image[piece]["blocks"]["bad"], 0)
            self.assertEqual(image[piece]["header"], "matches")
        return image

    def test_a_dump_of_a_bk7231n(self):
        self.check("bk7231n-plug.bin", "dump", "BK7231N", 0x1d0000, "38:1f:8d:1e:74:68")

    def test_a_dump_of_a_bk7231t(self):
        self.check("bk7231t-bulb.bin", "dump", "BK7231T", 0x1e0000, "10:5a:17:46:e8:01")

    def test_a_rotated_dump_of_a_bk7231t(self):
        image = self.check("bk7231t-rotated.bin", "rotated-dump", "BK7231T", 0x1e0000,
                           "50:8a:06:ae:1b:4d")
        self.assertEqual(image["rotation"], 0x1ef000)

    def test_firmware_for_bk7231n(self):
        self.check("openbk7231n-qio-1.18.300.bin", "qio", "BK7231N")

    def test_firmware_for_bk7231t_whose_size_is_that_of_a_flash(self):
        self.check("openbk7231t-qio-1.18.300.bin", "qio", "BK7231T")

    def test_firmware_for_bk7252(self):
        self.check("openbk7252-qio-1.18.300.bin", "qio", "BK7252")


if __name__ == "__main__":
    tap.main()
