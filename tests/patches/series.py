#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""
The series of patches for flashrom, as far as they can be known without its source: well formed, in
its style, small, the same whenever they are made, and no chip twice. patches/try-release builds them.
"""
import pathlib
import re
import shutil
import subprocess
import sys
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "patches"), str(ROOT / "tests")]
sys.dont_write_bytecode = True

from maker import chips, diffs, series  # noqa: E402
import tap  # noqa: E402

ALL = {release: series.patches(release) for release in series.RELEASES}
DRIVER = ["beken_spi.c", "ch341a_usb.c", "ch341a_usb.h"]
HUNK = re.compile(r"@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@$")


def hunks(text):
    """(path, old start, new start, lines) of every hunk; raises ValueError if one is malformed."""
    path, lines, at = None, text.split("\n"), 0
    while at < len(lines):
        if lines[at].startswith("+++ b/"):
            path = lines[at][6:]
        match = HUNK.match(lines[at])
        at += 1
        if not match:
            continue
        old, new = (int(match.group(i) or 1) for i in (2, 4))
        body = []
        while old > 0 or new > 0:
            kind = lines[at][:1]
            if kind not in (" ", "+", "-"):
                raise ValueError(f"{path}: line {at + 1} is in no hunk")
            old, new = old - (kind in " -"), new - (kind in " +")
            body.append(lines[at])
            at += 1
        if old or new or lines[at][:1] in (" ", "+"):
            raise ValueError(f"{path}: the counts of a hunk are wrong before line {at + 1}")
        yield path, int(match.group(1)), int(match.group(3)), body


def patches():
    return [(release, name, text) for release, made in ALL.items() for name, text in made.items()]


class Form(unittest.TestCase):
    def test_each_hunk_is_as_long_as_it_says(self):
        for release, name, text in patches():
            with self.subTest(f"{release}/{name}"):
                self.assertTrue(list(hunks(text)))

    def test_a_wrong_count_would_be_found(self):
        with self.assertRaises((ValueError, IndexError)):
            list(hunks("+++ b/x\n@@ -1,1 +1,3 @@\n a\n+b\n"))

    @unittest.skipUnless(shutil.which("git"), "no git here")
    def test_git_takes_each_for_a_patch(self):
        for release, made in ALL.items():
            result = subprocess.run(["git", "apply", "--numstat"], input="".join(made.values()),
                                    cwd="/", text=True, capture_output=True, check=False)
            self.assertEqual(result.returncode, 0, f"{release}: {result.stderr}")

    def test_a_series_is_numbered_and_leaves_the_sign_off_to_who_sends_it(self):
        for made in ALL.values():
            for number, (name, text) in enumerate(sorted(made.items()), 1):
                self.assertTrue(text.startswith("From 0000"))
                self.assertIn(f"Subject: [PATCH {number}/{len(made)}] ", text)
                self.assertTrue(name.startswith(f"{number:04}-"))
                self.assertNotIn("Signed-off-by", text)

    def test_messages_are_as_flashroms_guide_wants_them(self):
        for release, name, text in patches():
            with self.subTest(f"{release}/{name}"):
                head = text.split("\n---\n")[0].split("\n")
                subject = head[3].split("] ", 1)[1]
                self.assertRegex(subject, r"^\w+: [A-Z]")
                self.assertLess(len(subject), 73)
                self.assertLessEqual(max(map(len, head[4:])), 73)
                self.assertRegex(" ".join(head), "[Ss]imulator")

    def test_the_patches_are_the_same_each_time(self):
        for release in ("1.3.0", "main"):
            self.assertEqual(series.patches(release), ALL[release])

    def test_an_edit_without_its_place_is_refused(self):
        with self.assertRaises(ValueError):
            diffs.edited("a.c", "x\n", [["a.c", "y\n", "z\n"]])
        with self.assertRaises(ValueError):
            diffs.edited("a.c", "y\ny\n", [["a.c", "y\n", "z\n"]])


class Style(unittest.TestCase):
    def added(self, release="main"):
        for text in ALL[release].values():
            for path, _, _, body in hunks(text):
                yield path, [line[1:] for line in body if line[0] == "+"]

    def test_the_driver_has_less_than_a_thousand_lines(self):
        for release in series.RELEASES:
            texts = series.sources(release)
            self.assertLess(sum(texts[name].count("\n") for name in DRIVER), 1000, release)

    def test_no_line_is_longer_than_flashrom_allows(self):
        for path, lines in self.added():
            # Longer lines are usual in its tables and pages.
            if path.endswith((".c", ".h")) and "unittests.h" not in path:
                for line in lines:
                    self.assertLessEqual(len(line.expandtabs(8)), 112, f"{path}: {line}")

    def test_no_line_ends_with_a_blank_or_begins_with_eight(self):
        for path, lines in self.added():
            for line in lines:
                self.assertNotRegex(line, r"[ \t]$", path)
                if path.endswith((".c", ".h")):
                    self.assertNotRegex(line, r"^\t* {8}", f"{path}: {line}")

    def test_each_file_names_its_licence(self):
        for name, text in series.sources("main").items():
            if name.endswith((".c", ".h")):
                self.assertIn("SPDX-License-Identifier: GPL-2.0-or-later", text[:200], name)

    def test_the_driver_has_no_conditions_on_a_release(self):
        for name, text in series.sources("main").items():
            self.assertNotRegex(text, r"FLASHROM_VERSION|BEKEN_FLASHROM|__has_include", name)

    def test_the_shared_file_knows_nothing_of_the_chip_behind_it(self):
        for name in ("ch341a_usb.c", "ch341a_usb.h"):
            code = series.sources("main")[name].replace("The flashrom-beken authors", "")
            self.assertNotRegex(code, r"(?i)beken|flash_id|\bcen\b")

    def test_each_parameter_is_in_the_manual_page_of_each_release(self):
        names = set(re.findall(r'get_param\(cfg, "(\w+)"', series.sources("main")["beken_spi.c"]))
        self.assertEqual(names, {"enter", "leave", "num", "registers", "reset_ms", "tries"})
        for release, made in ALL.items():
            for name in names:
                self.assertRegex("".join(made.values()), rf"(?m)^\+.*\b{name}=", release)


class Chips(unittest.TestCase):
    RELEASES = sorted({this.known for this in series.RELEASES.values() if this.known})

    def test_five_to_ten_chips_are_added(self):
        self.assertTrue(5 <= len(chips.load()) <= 10)

    def test_no_release_gets_a_chip_that_it_has(self):
        for release in self.RELEASES:
            known = chips.known(release)
            added = [chip["id"] for chip in chips.load()
                     if any(chips.model(chip) in diff for _, _, diff in chips.commits(release))]
            self.assertEqual(len(set(added)), len(added))
            self.assertEqual(set(added) & known.ids, set(), release)

    def test_none_stands_behind_the_generic_entries_that_find_it_too(self):
        for release in self.RELEASES:
            known = chips.known(release)
            generic = min(line for file, line, vendor, name in known.entries
                          if file == "flashchips.c" and
                          (vendor in ("Unknown", "Generic") or name.startswith("unknown ")))
            for chip in chips.load():
                vendor = chips.VENDORS[int(chip["id"][:2], 16)][0]
                file, line, _ = known.place(vendor, chip["name"])
                self.assertTrue(file != "flashchips.c" or line < generic, f"{release} {chip['name']}")

    def test_a_vendor_with_a_generic_entry_gets_its_chips_into_its_own_file(self):
        # Otherwise EN25QE32A and EN25QW32A would be found twice, with three of the releases.
        known = chips.Known("entry flashchips.c 60 Unknown|SFDP-capable chip\n"
                            "entry flashchips.c 90 Eon|unknown Eon SPI chip\n"
                            "entry flashchips/eon.c 13 Eon|EN25B05\n"
                            "entry flashchips/eon.c 50 Eon|EN25S10\nend flashchips/eon.c 80")
        self.assertEqual(known.place("Eon", "EN25QE32A"), ("flashchips/eon.c", 49, True))

    def test_erases_cover_the_chip_and_52h_is_among_them(self):
        for chip in chips.load():
            rows = re.findall(r"\{ \{([\d *]+), (\d+)\} \},\n.*_(\w\w),", chips.erasers(chip))
            self.assertIn("52", [opcode for _, _, opcode in rows])
            for size, count, _ in rows:
                product = int(count)
                for factor in size.split("*"):
                    product *= int(factor)
                self.assertEqual(product, chips.kib(chip) * 1024, chip["name"])

    def test_each_says_its_voltage_and_that_nobody_has_tested_it(self):
        for chip in chips.load():
            text = chips.entry(chip, "1.8.0")
            self.assertIn("TEST_UNTESTED", text)
            self.assertRegex(text, r"\.voltage\t= \{\d{4}, \d{4}\},")

    def test_the_part_that_register_writes_lock_up_is_not_offered_to_everybody(self):
        self.assertNotIn("852015", [chip["id"] for chip in chips.load()])


if __name__ == "__main__":
    tap.main()
