# SPDX-License-Identifier: GPL-2.0-or-later
"""
The rooms include each other only as tests/arrows.txt allows, files stay short, libraries neither print nor exit.

    python3 tests/layering.py [NAME OF A TEST]
"""
import os
import pathlib
import re
import subprocess
import sys
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests"))
import tap  # noqa: E402

LINES_MOST = 500
ADAPTER_MOST = 350  # as CONTRIBUTING.md says
FRONT_END_MOST = 4000  # decisions about a die belong to the engine

# Libraries and kernel interfaces, and the only files that may use them.
HEADERS = {
    r"libusb\.h": r"programmer/adapters/(ch341a_usb|usb_find|usb_pipe)\.[ch]",
    r"libflashrom\.h": r"engine/flash_(libflashrom|worker)\.c",
    r"jansson\.h": r"engine/(manifest|journal)\.c",
    r"libserialport\.h": r"programmer/wire/tty\.c",
    r"curl/curl\.h": r"programmer/wire/relay\.c",
    r"linux/(spi|gpio).*": r"(programmer/adapters|sim/rig)/.*",
}
# Writing to a file that was passed in is not printing, and _exit() in a forked child is not exiting.
SPEAKING = re.compile(r"\b(printf|puts|putchar|vprintf|perror|stdout|stderr|exit|abort)\b")
COMMAND_LINE = re.compile(r"(?<![\w-])--[a-z]|\bbeken-flash ")
FORMAT = re.compile(r"__attribute__\(\(format\(printf, \d+, \d+\)\)\)")
NOT_CODE = re.compile(r'/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])+\'', re.S)
STRING = re.compile(r'/\*.*?\*/|("(?:\\.|[^"\\\n])*")', re.S)


def released():
    """All files of a tree that is not a git checkout, except those of builds in it."""
    for folder, folders, files in os.walk(ROOT):
        folders[:] = [name for name in folders if name[0] != "." and name != "__pycache__" and
                      not os.path.exists(os.path.join(folder, name, "build.ninja"))]
        yield from (os.path.relpath(os.path.join(folder, name), ROOT) for name in files)


def tracked():
    if not (ROOT / ".git").exists():
        return list(released())
    names = subprocess.run(["git", "-C", ROOT, "ls-files", "--cached", "--others",
                            "--exclude-standard"],
                           check=True, text=True, capture_output=True).stdout.split("\n")
    return [name for name in names if name and (ROOT / name).exists()]


class Room:
    def __init__(self, name, place, may):
        self.name, self.place, self.may = name, place, may

    def holds(self, path):
        return path == self.place if self.place.endswith(".h") else path.startswith(self.place)


def read_arrows(text):
    rows = [line.split() for line in text.split("\n") if line.strip() and line[0] != "#"]
    return sorted((Room(row[0], row[1], row[2:]) for row in rows),
                  key=lambda room: -len(room.place))


def room_of(rooms, path):
    return next((room for room in rooms if room.holds(path)), None)


def includes(text):
    """(name, whether in quotes) of each include."""
    for match in re.finditer(r'^[ \t]*#[ \t]*include[ \t]+(?:"([^"]+)"|<([^>]+)>)', text, re.M):
        yield match.group(1) or match.group(2), bool(match.group(1))


def wrong_arrows(rooms, files):
    """The includes that no arrow allows; @files is {path: text}."""
    found = []
    for path, text in files.items():
        room = room_of(rooms, path)
        if room is None:
            found.append(f"{path}: is in no room")
            continue
        for name, quoted in includes(text):
            if not quoted or room.may == ["*"]:
                continue
            to = room_of(rooms, name)
            if name not in files or to is None:
                if room.name != "in-tree":
                    found.append(f"{path}: {name} is no file, seen from the root")
            elif to.name != room.name and to.name not in room.may:
                found.append(f"{path}: {room.name} may not know {to.name} ({name})")
    return found


def loops(files):
    """Files that need each other; a header and its source count as one."""
    def stem(path):
        return path.rsplit(".", 1)[0]
    edges = {}
    for path, text in files.items():
        edges.setdefault(stem(path), set()).update(
            stem(name) for name, quoted in includes(text)
            if quoted and name in files and stem(name) != stem(path))
    found, done = [], set()

    def walk(at, way):
        if at in way:
            found.append(" -> ".join(way[way.index(at):] + [at]))
            return
        if at in done:
            return
        for to in sorted(edges.get(at, ())):
            walk(to, way + [at])
        done.add(at)
    for at in sorted(edges):
        walk(at, [])
    return found


class Arrows(unittest.TestCase):
    ROOMS = read_arrows("low low/\nhigh.h high/door.h low\nhigh high/ high.h low\nfree free/ *\n")

    def test_an_include_against_the_arrows_is_found(self):
        files = {"low/a.h": "", "high/b.c": '#include "low/a.h"\n', "low/c.c":
                 '\n#include "high/d.h"\n', "high/d.h": ""}
        self.assertEqual(wrong_arrows(self.ROOMS, files),
                         ["low/c.c: low may not know high (high/d.h)"])

    def test_a_header_can_be_a_room_of_its_own(self):
        files = {"high/door.h": '#include "high/d.h"\n', "high/d.h": ""}
        self.assertEqual(len(wrong_arrows(self.ROOMS, files)), 1)

    def test_an_include_by_a_bare_name_is_found(self):
        files = {"low/a.h": "", "low/c.c": '#include "a.h"\n'}
        self.assertEqual(len(wrong_arrows(self.ROOMS, files)), 1)

    def test_a_file_in_no_room_is_found(self):
        self.assertEqual(wrong_arrows(self.ROOMS, {"attic/a.c": ""}), ["attic/a.c: is in no room"])

    def test_a_loop_is_found_through_the_headers_of_its_files(self):
        files = {"low/a.h": "", "low/a.c": '#include "low/b.h"\n', "low/b.h": "",
                 "low/b.c": '#include "low/a.h"\n'}
        self.assertEqual(loops(files), ["low/a -> low/b -> low/a"])
        files["low/b.c"] = ""
        self.assertEqual(loops(files), [])


class House(unittest.TestCase):
    def setUp(self):
        self.paths = tracked()
        self.files = {path: (ROOT / path).read_text(encoding="utf-8") for path in self.paths
                      if path.endswith((".c", ".h")) and not path.startswith("patches/driver/")}
        self.rooms = read_arrows((ROOT / "tests/arrows.txt").read_text(encoding="utf-8"))

    def assertNothing(self, found):
        self.assertEqual(list(found), [])

    def ours(self):
        return {path: text for path, text in self.files.items() if not path.startswith("tests/")}

    def below_the_programs(self):
        return {path: text for path, text in self.ours().items()
                if not path.startswith(("cli/", "sim/", "patches/"))}

    def test_every_include_follows_the_arrows(self):
        self.assertNothing(wrong_arrows(self.rooms, self.files))

    def test_no_files_need_each_other(self):
        self.assertNothing(loops(self.ours()))

    def test_only_one_place_knows_each_library(self):
        found = []
        for path, text in self.ours().items():
            for name, quoted in includes(text):
                found += [f"{path}: {name}" for header, place in HEADERS.items()
                          if not quoted and re.fullmatch(header, name) and
                          not path.startswith("patches/") and not re.fullmatch(place, path)]
        self.assertNothing(found)

    def test_base_names_are_unique(self):
        seen = {}
        for path in self.ours():
            seen.setdefault(path.rsplit("/", 1)[1], []).append(path)
        self.assertNothing([" ".join(paths) for paths in seen.values() if len(paths) > 1])

    def test_no_file_is_too_long(self):
        long = {path: (ROOT / path).read_text(encoding="utf-8").count("\n") for path in self.paths
                if path.endswith((".c", ".h", ".py")) and
                not path.startswith("patches/driver/")}  # flashrom has one file for each programmer
        self.assertNothing([f"{path}: too long" for path, lines in long.items() if lines > LINES_MOST])

    def test_an_adapter_is_one_small_file(self):
        rows = {path: text.count("\n") for path, text in self.ours().items()
                if re.search(r"(?m)^const struct adapter \w+_adapter = ", text)}
        self.assertGreaterEqual(len(rows), 4)
        self.assertNothing([f"{path}: too long" for path, lines in rows.items() if lines > ADAPTER_MOST])

    def test_the_front_end_stays_thin(self):
        lines = sum(text.count("\n") for path, text in self.ours().items()
                    if path.startswith("cli/beken_flash/"))
        self.assertLess(lines, FRONT_END_MOST)

    def test_libraries_neither_print_nor_end_the_process(self):
        found = []
        for path, text in self.below_the_programs().items():
            code = FORMAT.sub("", NOT_CODE.sub("", text))
            found += [f"{path}: {line.strip()}" for line in code.split("\n")
                      if SPEAKING.search(line)]
        self.assertNothing(found)

    def test_libraries_do_not_know_the_command_line(self):
        found = []
        for path, text in self.below_the_programs().items():
            found += [f"{path}: {string}" for string in STRING.findall(text)
                      if string and COMMAND_LINE.search(string)]
        self.assertNothing(found)

    def test_the_map_for_newcomers_names_files_that_there_are(self):
        text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
        named = re.findall(r"`([\w./-]+\.(?:c|h|py|txt|toml|md))`", text)
        self.assertGreater(len(named), 20)
        self.assertNothing(name for name in named if "NAME" not in name and not any(
            path == name or path.endswith("/" + name) for path in self.paths))


if __name__ == "__main__":
    tap.main()
