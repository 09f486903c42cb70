#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The patches: in step with the sources, sound, and with little of flashrom in them."""
import functools
import pathlib
import re
import subprocess
import sys
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "patches"), str(ROOT / "tests")]
sys.dont_write_bytecode = True

from maker import chips, patch, pieces  # noqa: E402
import tap  # noqa: E402

# Two seconds each, and asked for by nearly every case.
patch.new_files = functools.cache(patch.new_files)

PATCHES = sorted((ROOT / "patches").glob("*.patch"))
HUNK = re.compile(r"@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@$")


def hunks(text):
    """(path, old start, new start, lines) of every hunk; raises ValueError where it is unsound."""
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


class Patches(unittest.TestCase):
    def test_the_patches_are_what_the_sources_give(self):
        made = patch.patches()
        self.assertEqual(sorted(made), [path.name for path in PATCHES])
        for path in PATCHES:
            self.assertTrue(path.read_text() == made[path.name],
                            f"{path.name} is out of step: run patches/make-patches and commit")

    def test_every_hunk_is_as_long_as_it_says_and_in_order(self):
        for path in PATCHES:
            with self.subTest(path.name):
                last = {}
                for file, start, _, _ in hunks(path.read_text()):
                    self.assertLessEqual(last.get(file, -1), start)
                    last[file] = start
                self.assertTrue(last)

    def test_a_wrong_count_would_be_found(self):
        with self.assertRaises((ValueError, IndexError)):
            list(hunks("+++ b/x\n@@ -1,1 +1,3 @@\n a\n+b\n"))

    def test_git_takes_them_for_patches(self):
        for path in PATCHES:
            result = subprocess.run(["git", "apply", "--numstat", path], cwd="/", text=True,
                                    capture_output=True, check=False)
            self.assertEqual(result.returncode, 0, result.stderr)
            text = path.read_text()
            self.assertTrue(text.startswith("From 0000"))
            self.assertRegex(text, r"(?m)^Subject: \[PATCH\] .{1,72}$")

    def test_what_is_new_comes_out_whole(self):
        for release in patch.RELEASES:
            files = patch.new_files(release)
            made = {path: "".join(line[1:] + "\n" for line in body) for path, _, _, body
                    in hunks((ROOT / f"patches/flashrom-{release}.patch").read_text())
                    if path in files}
            self.assertTrue(made == files, release)

    def test_flashroms_own_lines_are_one_line_of_context_or_what_is_replaced(self):
        for path in PATCHES:
            for file, _, _, body in hunks(path.read_text()):
                kinds = "".join(line[0] for line in body)
                self.assertRegex(kinds, r"^ ?(\+|-(?=[-+])| (?! ))+ ?$", f"{path.name}: {file}")
                self.assertLess(len(re.findall("[ -]", kinds)), 10, f"{path.name}: {file}")

    def test_nothing_of_flashroms_is_removed_that_is_not_put_back_longer(self):
        for path in PATCHES:
            for file, _, _, body in hunks(path.read_text()):
                removed = [line[1:] for line in body if line[0] == "-"]
                added = [line[1:] for line in body if line[0] == "+"]
                self.assertLessEqual(len(removed), 1, f"{path.name}: {file}")
                for line in removed:
                    words = re.findall(r"\w+", line)
                    self.assertTrue(any(set(words) <= set(re.findall(r"\w+", new))
                                        for new in added), f"{path.name}: {file}: {line}")


class Chips(unittest.TestCase):
    def setUp(self):
        self.releases = {release: chips.Known(release) for release in chips.RELEASES}

    def test_a_release_gets_only_what_it_lacks(self):
        for release, known in self.releases.items():
            with self.subTest(release):
                parts = chips.missing(known)
                self.assertTrue(parts)
                self.assertEqual({part.id for part in parts} & known.ids, set())

    def test_no_entry_says_that_it_was_tested(self):
        for release in self.releases:
            text = (ROOT / f"patches/flashrom-{release}-chips.patch").read_text()
            entries = len(re.findall(r"^\+\t\t\.vendor", text, re.M))
            self.assertEqual(entries, len(chips.missing(self.releases[release])))
            self.assertEqual(len(re.findall(r"^\+\t\t\.tested\t\t= TEST_UNTESTED,$", text, re.M)),
                             entries)

    def test_erases_of_an_entry_cover_the_chip(self):
        for part in chips.missing(self.releases["1.8.0"]):
            rows = re.findall(r"\{ \{([\d *]+), (\d+)\} \}", chips.erasers(part, True))
            self.assertTrue(rows)
            for size, count in rows:
                product = int(count)
                for factor in size.split("*"):
                    product *= int(factor)
                self.assertEqual(product, part.size, part.name)

    def test_register_bits_need_more_than_one_voice(self):
        for part in chips.missing(self.releases["1.8.0"]):
            if chips.register_bits(part):
                self.assertNotIn("assumed", [word for _, word in part.sources["registers"]])
        self.assertFalse(any(chips.register_bits(part) for part in
                             chips.missing(self.releases["1.8.0"])
                             if part.sources["registers"] == [(["bkflash"], "tools")]))

    def test_every_id_of_an_entry_is_defined(self):
        for release, known in self.releases.items():
            text = (ROOT / f"patches/flashrom-{release}-chips.patch").read_text()
            defined = set(re.findall(r"^\+#define (\w+)", text, re.M)) | set(known.macros.values())
            used = set(re.findall(r"^\+\t\t\.(?:manufacture|model)_id\t= (\w+),", text, re.M))
            self.assertEqual(used - defined, set(), release)


class Releases(unittest.TestCase):
    TEXT = "a\n#if BEKEN_FLASHROM < 104\nold\n#else\nnew\n#endif\nb\n"

    def test_only_the_side_of_a_condition_that_holds_is_left(self):
        self.assertEqual(pieces.for_release(self.TEXT, 103), "a\nold\nb\n")
        self.assertEqual(pieces.for_release(self.TEXT, 104), "a\nnew\nb\n")

    def test_what_only_the_compiler_can_know_stays_a_condition(self):
        text = 'a\n#if BEKEN_FLASHROM == 104 && !__has_include("x")\nb\n#else\nc\n#endif\n'
        self.assertEqual(pieces.for_release(text, 104),
                         'a\n#if !__has_include("x")\nb\n#else\nc\n#endif\n')
        self.assertEqual(pieces.for_release(text, 107), "a\nc\n")

    def test_a_nested_condition_goes_with_what_it_is_in(self):
        text = "#if BEKEN_FLASHROM < 104\n#ifdef X\nx\n#endif\n#endif\ny\n"
        self.assertEqual(pieces.for_release(text, 108), "y\n")
        self.assertEqual(pieces.for_release(text, 103), "#ifdef X\nx\n#endif\ny\n")


class Pieces(unittest.TestCase):
    def test_a_file_is_cut_at_its_declarations(self):
        text = ("/* Of both. */\nint f(int a,\n      int b);\nint g(void);\n\n#define A 1\n"
                "#define B(x) \\\n\t(x)\n\nstruct s {\n\tint a;\n};\n\n"
                "static int h(void)\n{\n\tint a;\n\n\treturn a; /* } */\n}\n")
        found = pieces.cut(text)
        self.assertEqual([sorted(piece.names) for piece in found],
                         [["f"], ["g"], ["A"], ["B"], ["s"], ["h"]])
        self.assertEqual("".join("\n" * piece.spaced + piece.text for piece in found), "\n" + text)

    def test_enumerators_are_names_of_their_enum(self):
        piece = pieces.Piece("enum e {\n\tA, /* not B */\n\tC = 3,\n};\n")
        self.assertEqual(piece.names, {"e", "A", "C"})

    def test_the_arguments_of_a_longer_head_stay_under_each_other(self):
        self.assertEqual(pieces.realigned("static int f(int a,\n      int b)\n{\n"),
                         "static int f(int a,\n\t     int b)\n{\n")


if __name__ == "__main__":
    tap.main()
