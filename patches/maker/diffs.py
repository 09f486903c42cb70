# SPDX-License-Identifier: GPL-2.0-or-later
"""Diffs as git writes them, and adapting files to a release."""


def new_file(path, text):
    lines = text.split("\n")
    assert lines.pop() == "", f"{path} does not end with a newline"
    body = "".join(f"+{line}\n" for line in lines)
    return (f"diff --git a/{path} b/{path}\nnew file mode 100644\n--- /dev/null\n+++ b/{path}\n"
            f"@@ -0,0 +1,{len(lines)} @@\n{body}")


def insertion(path, line, before, text, after):
    """A diff that inserts @text after line @line of @path; @before and @after: that line and the next, or None."""
    added = text.split("\n")[:-1]
    context = (before is not None) + (after is not None)
    start = line if before is not None else line + 1
    body = [f" {before}"] * (before is not None) + [f"+{row}" for row in added] + \
        [f" {after}"] * (after is not None)
    return (f"diff --git a/{path} b/{path}\n--- a/{path}\n+++ b/{path}\n"
            f"@@ -{start},{context} +{start},{context + len(added)} @@\n" + "\n".join(body) + "\n")


def read_edits(text):
    """[(file, old text, new text)] from a file of edits; hooks/README.md describes the format."""
    edits = []
    for line in text.split("\n"):
        if line.startswith("== "):
            edits.append([line[3:], "", ""])
        elif line[:1] in ("-", "+"):
            edits[-1][1 if line[0] == "-" else 2] += line[1:] + "\n"
        elif line and not line.startswith("#"):
            raise ValueError(f"an edit begins with -, + or ==, not so: {line}")
    return edits


def edited(name, text, edits):
    """@text of file @name after the edits for it; each must match at exactly one place."""
    for file, old, new in edits:
        if file == name:
            if not old or text.count(old) != 1:
                raise ValueError(f"{name} has {text.count(old)} places for this edit:\n{old}")
            text = text.replace(old, new)
    return text
