# SPDX-License-Identifier: GPL-2.0-or-later
"""Every command line that somebody may copy: from pages, man pages, help and messages.

pages() and messages() give {command: [places]}. A block of a page that holds no commands is
marked as ```text; in C sources a command ends where words for people begin.
"""
import os
import pathlib
import re
import subprocess

ROOT = pathlib.Path(__file__).resolve().parents[1]
BUILD = pathlib.Path(os.environ.get("BUILD", ROOT / "build")).resolve()

# Their commands are run when the page is made: tests/system/stories.py.
MADE = {"stories.md"}

INLINE = re.compile(r"`((?:beken-flash|flashrom-beken|beken-sim|flashrom|make|meson|sudo|apt|usbip|"
                    r"modprobe|lsusb) [^`]+)`")

# In messages: how a command begins, and which of the following words still belong to it.
SUBCOMMANDS = ("wiring|list|detect|info|identify|backup|write|restore|resume|read|verify|erase|protect|"
               "unprotect|test|reset|run|help|COMMAND|%s\\S*")
BEGINS = re.compile(
    rf"(?<![\w/.-])(?<!-c )(?:beken-flash(?= (?:{SUBCOMMANDS}|--?\w))|(?:flashrom-beken|flashrom)(?= -)|"
    r"beken-sim(?= (?:run|serve|list|--\w))|apt(?= install)|sudo(?= \w)|make(?= [a-z]+$))")
BELONGS = re.compile(r"--?\w\S*|--|\S*%\S*|\[\S+\]|[A-Z]{3,}(?:\.\.\.)?|\.\.\.|\S+\.(?:bin|layout)|"
                     r"beken_spi\S*|ch341a_spi|socs|parts|entries|bootloaders|flashrom|umockdev")
LITERALS = re.compile(r'(?:(?:"(?:\\.|[^"\\\n])*"|\b[A-Z][A-Z_0-9]+\b)[\s\\]*)*'
                      r'"(?:\\.|[^"\\\n])*"(?:[\s\\]*(?:"(?:\\.|[^"\\\n])*"|\b[A-Z][A-Z_0-9]+\b))*')
PIECE = re.compile(r'"((?:\\.|[^"\\\n])*)"|\b([A-Z][A-Z_0-9]+)\b')


def sources(place, *patterns):
    """Files below a directory of the project, except those of builds in it."""
    for folder in sorted(ROOT.glob(place)):
        if folder.is_dir() and not (folder / "meson-info").exists():
            for pattern in patterns:
                yield from sorted(folder.rglob(pattern))


def logical_lines(lines):
    """Without comments, and with continued lines joined."""
    text = "\n".join(lines).replace("\\\n", " ")
    for line in text.splitlines():
        line = " ".join(re.sub(r"(^|\s)#\s.*", "", line).split())
        if line:
            yield line


def of_markdown(path):
    parts = re.split(r"^```(.*)\n", path.read_text(), flags=re.M)
    # Text, the mark of a block, the block, the mark of its end, text again.
    for words, mark, block in zip(parts[::4], parts[1::4] + [""], parts[2::4] + [""]):
        yield from (" ".join(command.split()) for command in INLINE.findall(words))
        if mark == "":
            yield from logical_lines(block.splitlines())


def of_man(path):
    text = path.read_text().replace("\\e\n", " ").replace("\\-", "-").replace("\\&", "")
    for block in re.findall(r"^\.Bd -literal.*?\n(.*?)^\.Ed", text, re.M | re.S):
        yield from logical_lines(block.replace("\\e", "\\").splitlines())
    for line in re.findall(r"\bQl ([^\n]*)", text):
        line = re.sub(r"( [,.)])+$", "", line)
        if INLINE.fullmatch(f"`{line}`"):
            yield line


def of_flashroms_pages(path):
    """What the patches add to flashrom's own pages."""
    text = path.read_text().replace("\\-", "-")
    return re.findall(r'^\+?(?:\.B "|  )\s+(flashrom -[^"\n]*)', text, re.M)


def of_help(program, *words):
    text = subprocess.run([program, *words, "--help"], capture_output=True, text=True,
                          check=True).stdout
    if "\nExamples:\n" in text:
        yield from re.findall(r"^    (\S.*)", text.split("\nExamples:\n")[1], re.M)
    if not words:
        yield from re.findall(r"^  (\w+) ", text, re.M)


def collect(found, place, commands):
    for command in commands:
        found.setdefault(command, []).append(str(place))


def pages():
    found = {}
    for path in [*ROOT.glob("*.md"), *sources("[a-z]*", "*.md")]:
        if path.name not in MADE:
            collect(found, path.relative_to(ROOT), of_markdown(path))
    for path in [*sources("docs", "*.1"), BUILD / "docs" / "beken-flash.1"]:
        collect(found, path.name, of_man(path))
    for path in sources("patches", "*.diff", "*.rst"):
        collect(found, path.relative_to(ROOT), of_flashroms_pages(path))
    program = BUILD / "cli" / "beken-flash"
    for name in of_help(program):
        collect(found, f"beken-flash {name} --help", of_help(program, name))
    return found


def joined(source):
    """The strings of a C source, with the project's own macros expanded, and any other one as %s."""
    own = dict(re.findall(r'^#define (\w+) "((?:\\.|[^"\\\n])*)"', source, re.M))
    source = re.sub(r"^#include[^\n]*|/\*.*?\*/", "", source, flags=re.M | re.S)
    for match in LITERALS.finditer(source):
        text = "".join(own.get(name, "%s") if name else literal
                       for literal, name in PIECE.findall(match.group()))
        yield text.replace('\\"', '"').replace("\\n", "\n")


def commands_in(text):
    for match in BEGINS.finditer(text):
        words = text[match.start():].split("\n")[0].split(" ")
        taken = words[:2]
        for word in words[2:]:
            if taken[-1][-1] in ".,;:)'" or not BELONGS.fullmatch(word.rstrip(".,;:)'")):
                break
            taken.append(word)
        # A synopsis is not a command.
        if not any(word.startswith("[") for word in taken):
            yield " ".join(taken).rstrip(".,;:)'")


def messages(known):
    """@known: examples that were found already."""
    found = {}
    for room in ("base", "cli", "engine", "image", "programmer", "sim"):
        for path in sources(room, "*.[ch]"):
            for text in joined(path.read_text()):
                if text not in known:
                    collect(found, path.relative_to(ROOT), commands_in(text))
    return found
