# SPDX-License-Identifier: GPL-2.0-or-later
"""C source cut into its top-level pieces: enough of C for sources in this project's style."""
import dataclasses
import functools
import re

NOT_CODE = re.compile(r'/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])+\'', re.S)
WORD = re.compile(r"[A-Za-z_]\w*")


# Nearly all of the time goes into these, and most of it into the same texts for every release.
@functools.lru_cache(maxsize=None)
def code_of(text):
    """The text without comments, strings and characters."""
    return NOT_CODE.sub(" ", text)


@functools.lru_cache(maxsize=None)
def words_of(text):
    return frozenset(WORD.findall(code_of(text)))


@dataclasses.dataclass(frozen=True)
class Piece:
    """One declaration, definition or macro, with the comment in front of it."""
    text: str
    spaced: bool = True  # there is an empty line in front of it

    @property
    def code(self):
        return code_of(self.text).strip()

    @property
    def comment(self):
        """The comment in front, with its newline."""
        match = re.match(r"\s*(?:/\*.*?\*/\n)?", self.text, re.S)
        return match.group(0)

    @property
    def function(self):
        """(name, whether this is its body) of a function; (None, False) of anything else."""
        head = re.split(r"[{;]", self.code, maxsplit=1)[0]
        match = re.match(r"[^#=()]*?\b(\w+)\s*\(", head)
        if not match or self.code.startswith(("#", "struct", "enum", "typedef")) and \
                not re.match(r"(struct|enum)\s+\w+\s+\*?\w+\(", self.code):
            return None, False
        return match.group(1), "{" in self.code

    @property
    def names(self):
        """What it makes known: a function, a type and its enumerators, a variable, a macro."""
        code = self.code
        macro = re.match(r"#define\s+(\w+)", code)
        if macro:
            return {macro.group(1)}
        name, _ = self.function
        if name:
            return {name}
        names = set()
        kind = re.match(r"(?:static\s+|const\s+)*(struct|enum)\s+(\w+)\s*(\{|;)", code)
        if kind:
            names.add(kind.group(2))
            if kind.group(1) == "enum":
                body = code[code.index("{") + 1:code.rindex("}")] if "{" in code else ""
                names |= set(re.findall(r"(?:^|,)\s*(\w+)", body))
        else:
            variable = re.match(r"[^=({;]*?(\w+)\s*(\[[^]]*\]\s*)*[=;]", code)
            if variable:
                names.add(variable.group(1))
        return names


def ends_here(text):
    """Whether nothing is open at the end of @text: no comment, brace, or unfinished statement."""
    if text.rfind("/*") > text.rfind("*/"):
        return False
    code = code_of(text).strip()
    if not code:
        return False
    if code.startswith("#"):
        return not text.rstrip("\n").endswith("\\")
    opened = code.count("{") - code.count("}")
    return opened == 0 and code.endswith((";", "}"))


@functools.lru_cache(maxsize=None)
def cut(text):
    """The pieces of a file, in order. A comment that stands alone is a piece without code."""
    found, current, spaced = [], "", True
    for line in text.split("\n"):
        empty, is_open = not line.strip(), current.rfind("/*") > current.rfind("*/")
        if empty and not current:
            spaced = True
            continue
        if not (empty and not is_open and not code_of(current).strip()):
            current += line + "\n"
            if not ends_here(current):
                continue
        found.append(Piece(current, spaced))
        current, spaced = "", empty
    if current.strip():
        found.append(Piece(current, spaced))
    return tuple(found)


def without_guard(text):
    """A header without its include guard."""
    match = re.search(r"^#ifndef (\w+_H)\n#define \1\n", text, re.M)
    if not match:
        return text
    return text[:match.start()] + text[match.end():text.rindex("#endif")]


def realigned(text):
    """The lines that continue a function's head, under its opening parenthesis again."""
    lines = text.split("\n")
    first = next((i for i, line in enumerate(lines)
                  if re.match(r"[a-z].*\(", line) and not line.startswith("#")), None)
    if first is None or "(" not in lines[first]:
        return text
    column = len(lines[first][:lines[first].index("(")].expandtabs()) + 1
    depth, i = lines[first].count("(") - lines[first].count(")"), first
    while depth > 0 and i + 1 < len(lines):
        i += 1
        depth += lines[i].count("(") - lines[i].count(")")
        lines[i] = "\t" * (column // 8) + " " * (column % 8) + lines[i].lstrip()
    return "\n".join(lines)


def for_release(text, release):
    """Conditions on BEKEN_FLASHROM decided, their other side and comments on it left out."""
    text = re.sub(r"/\*\s+(?:\* )?BEKEN_FLASHROM.*?\*/\n", "", text, flags=re.S)
    made, stack = [], []
    for line in text.split("\n"):
        match = re.match(r"#if BEKEN_FLASHROM (<|>=|==) (\d+)(?: && (.*))?$", line)
        if match:
            number = int(match.group(2))
            true = {"<": release < number, ">=": release >= number,
                    "==": release == number}[match.group(1)]
            if true and match.group(3):
                made += ["#if " + match.group(3)] if all(a for a, _ in stack) else []
                stack.append((True, False))
            else:
                stack.append((true, True))
            continue
        if re.match(r"#if", line):
            stack.append((True, False))
        elif line.startswith("#else") and stack[-1][1]:
            stack[-1] = (not stack[-1][0], True)
            continue
        elif line.startswith("#endif"):
            _, decided = stack.pop()
            if decided:
                continue
        if all(active for active, _ in stack):
            made.append(line)
    return re.sub(r"\n{3,}", "\n\n", "\n".join(made))
