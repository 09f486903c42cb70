# SPDX-License-Identifier: GPL-2.0-or-later
"""The TOML files as tables that know where they stand, so that a mistake has a line."""
import re
import tomllib

CERTAINTIES = ["measured", "datasheet", "tools", "reported", "inferred", "assumed"]


class Bad(Exception):
    """A mistake in the text, as FILE:LINE: what is wrong."""


def load(path):
    with open(path, "rb") as file:
        try:
            return tomllib.load(file)
        except tomllib.TOMLDecodeError as error:
            line = re.search(r"line (\d+)", str(error))
            raise Bad(f"{path}:{line.group(1) if line else 1}: {error}") from None
        except UnicodeDecodeError as error:
            raise Bad(f"{path}:1: {error}") from None


def is_plain(text):
    """Such as may stand in a C string, in a list with ", " between, and in a Markdown table."""
    return re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9 ()/+._-]*", text) is not None


def is_sentence(text):
    return re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9 ()/+._,:;#='-]*", text) is not None


class Table:
    """One table of a file; `number` counts the tables of an array, such as [[C84015.conflict]]."""

    def __init__(self, path, name, data, number=0):
        self.path, self.name, self.data, self.number = path, name, data, number
        self.require(type(data) is dict, None, "is not a table")

    def lines(self):
        """Its numbered lines, from the header to the next one; or that of a stray key."""
        headers = (f"[{self.name}]", f"[[{self.name}]]", f'["{self.name}"]')
        with open(self.path, encoding="utf-8") as file:
            numbered = list(enumerate(file, 1))
        begins = [i for i, (_, line) in enumerate(numbered) if line.startswith("[")]
        mine = [i for i in begins if numbered[i][1].strip() in headers]
        if self.number >= len(mine):
            stray = re.compile(rf"{re.escape(self.name)}\s*=")
            return [row for row in numbered if stray.match(row[1])] or numbered[:1] or [(1, "")]
        begin = mine[self.number]
        end = next((i for i in begins if i > begin), len(numbered))
        return numbered[begin:end]

    def line(self, key, words=None):
        """Where the table begins, or a key in it, or the words in it from this key on."""
        lines = self.lines()
        pattern = re.compile(rf"{re.escape(key)}\s*=" if key else "")
        at = next((i for i, (_, line) in enumerate(lines) if pattern.match(line)), 0)
        behind = [number for number, line in lines[at:] if words and words in line]
        return (behind or [lines[at][0]])[0]

    def require(self, condition, key, message, words=None):
        if not condition:
            raise Bad(f"{self.path}:{self.line(key, words)}: [{self.name}] {message}")

    def check_keys(self, required, optional):
        """Both are {key: type}. `source` is left to others."""
        for key in required:
            self.require(key in self.data, None, f"lacks the key '{key}'")
        for key, value in self.data.items():
            kind = required.get(key, optional.get(key))
            self.require(kind is not None, key, f"has the unknown key '{key}'")
            self.require(type(value) is kind, key, f"'{key}' is not a {kind.__name__}")

    def strings(self, key):
        values = self.data.get(key, [])
        self.require(all(type(value) is str for value in values), key, f"'{key}' is no text")
        return values

    def named(self, key, separator=": "):
        """A list of "WHAT: WHO" as pairs."""
        pairs = []
        for value in self.strings(key):
            what, found, who = value.partition(separator)
            self.require(found and what.strip() and who.strip(), key,
                         f"'{value}' in '{key}' has no '{separator.strip()}'", value)
            pairs.append((what, who))
        return pairs


class Sources:
    """sources.toml: who may be named as a source."""

    def __init__(self, path):
        self.what = {}
        for name, data in load(path).items():
            table = Table(path, name, data)
            table.check_keys({"what": str}, {})
            table.require(re.fullmatch(r"[a-z0-9.-]+", name), None, "the name is not plain")
            table.require(data["what"].strip(), "what", "says nothing")
            self.what[name] = data["what"]

    def parse(self, table, key, value, words=None):
        """A `source` value as a list of ([names], certainty)."""
        entries = [value] if type(value) is str else value
        table.require(type(entries) is list and entries and
                      all(type(entry) is str for entry in entries), key,
                      f"'{key}' is neither text nor a list of it", words)
        parsed = []
        for entry in entries:
            names, found, certainty = entry.partition(":")
            names, certainty = names.split(), certainty.strip()
            table.require(names, key, f"'{key}' names no source", words)
            table.require(found and certainty in CERTAINTIES, key,
                          f"'{key}' does not end in one of: {', '.join(CERTAINTIES)}", words)
            for name in names:
                self.check(table, key, name, words)
            parsed.append((names, certainty))
        return parsed

    def check(self, table, key, name, words=None):
        table.require(name in self.what, key, f"there is no source called '{name}'", words)

    def conflicts(self, path, name, entries):
        """The [[name.conflict]] tables, checked."""
        outer = Table(path, name, {})
        outer.require(type(entries) is list, None, "its conflicts are not [[...conflict]]")
        for number, data in enumerate(entries):
            table = Table(path, f"{name}.conflict", data, number)
            table.check_keys({"fact": str, "says": list, "careful": str}, {})
            for key in ("fact", "careful"):
                table.require(is_sentence(data[key]), key, f"'{key}' is not plain text")
            says = table.named("says")
            table.require(len(says) >= 2, "says", "a conflict needs at least two voices")
            for who, what in says:
                self.check(table, "says", who, f"{who}:")
                table.require(is_sentence(what), "says", f"'{what}' is not plain text", what)
        return entries


class Names:
    """Names that must differ, whatever their case."""

    def __init__(self):
        self.owner = {}

    def add(self, table, key, name, owner):
        other = self.owner.setdefault(name.lower(), owner)
        table.require(other == owner, key, f"the name {name} is taken by {other}", name)
