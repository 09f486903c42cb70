# SPDX-License-Identifier: GPL-2.0-or-later
"""
docs/json.md and docs/beken-flash.schema.json, from json.toml and the troubles.

    python3 cli/docs/json_docs.py DIRECTORY
"""
import json
import pathlib
import re
import sys
import tomllib

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
SCHEMA = 2

HEAD = """<!-- SPDX-License-Identifier: GPL-2.0-or-later -->
<!-- Made by `make docs` from cli/docs/json.toml; do not edit. -->
# beken-flash --json

With `--json` a command prints one JSON object a line on standard output, as things happen. Each
has these members:

| member | type | meaning |
|---|---|---|
| `schema` | number | 2. It grows when a member changes its meaning or goes; new members may come at any time, and new events, which a reader has to skip |
| `event` | text | what the line is, see below |

The last line is the result. There is exactly one, also after a failure; only `identify` has none, but
a line a file. Troubles go to standard error as well.

All of this as a JSON Schema is in [beken-flash.schema.json](beken-flash.schema.json): each line is
one instance of it. `--record=FILE` appends lines of the same form.

Members are always there; what is not known is null. A range of bytes is `start`, its first address,
and `length`; `size` is that of a whole flash or file. All are bytes, and numbers. Status registers are
SR1, plus SR2 times 256, plus SR3 times 65536.
"""


def troubles():
    """[(name, exit status)], in their order."""
    text = (ROOT / "base" / "trouble.h").read_text()
    return [(name, int(status))
            for name, status in re.findall(r'X\([A-Z_]+, "([a-z-]+)", (\d+),', text)]


class Table:
    def __init__(self, text):
        self.data = tomllib.loads(text)

    def members(self, rows):
        """The rows with those of groups in their place: (name, type, meaning, texts)."""
        for row in rows:
            if isinstance(row, dict):
                yield from self.members(self.data["groups"][row["use"]]["members"])
            else:
                name, type_, meaning, *texts = row
                yield name, type_, meaning, texts[0] if texts else None


# --- for people ---

def shown_type(type_):
    return {"kind": "text", "values": "object", "true": "bool", "false": "bool"}.get(
        type_, type_.replace("list of text", "list"))


def markdown_table(members):
    lines = ["| member | type | meaning |", "|---|---|---|"]
    for name, type_, meaning, texts in members:
        meaning = meaning or {"true": "true", "false": "false"}.get(type_, "")
        if texts:
            choice = "one of " + ", ".join(f"`{text}`" for text in texts)
            meaning = f"{meaning}; {choice}" if meaning else choice
        lines.append(f"| `{name}` | {shown_type(type_)} | {meaning} |".replace("|  |", "| |"))
    return "\n".join(lines) + "\n"


def section(title, text, members):
    parts = [f"## {title}\n", *([text + "\n"] if text else []),
             *([markdown_table(members)] if members else [])]
    return "\n".join(parts)


def markdown(table):
    data = table.data
    parts = [HEAD]
    for event in data["events"]:
        parts.append(section(f"event {event['name']}", event.get("text"),
                             list(table.members(event["members"]))))
    parts.append(section("event result", "After a failure these are all. After a success the command's "
                         "own follow.", list(table.members(data["result"]["members"]))))
    own = [f"`{result['name']}`" for result in data["results"] if result.get("dry") == "own"]
    plan = [f"`{result['name']}`" for result in data["results"] if result.get("dry") == "plan"]
    parts.append(section("with --dry-run", f"{', '.join(own)} give what they give without it, and `actions` "
                         f"and `risks`. These give:\n{', '.join(plan)}.",
                         list(table.members(data["dry_run"]["members"]))))
    for result in data["results"]:
        members = list(table.members(result.get("members", [])))
        title = f"result of {result['name']}" + (f", {result['mark']}" if "mark" in result else "")
        parts.append(section(title, result.get("text") or (None if members else "No more members."),
                             members))
    lines = [f"| `{name}` | {'128 + N' if name == 'interrupted' else status} | {data['kinds'][name]} |"
             for name, status in troubles()]
    parts.append("## kinds of trouble\n\nThe exit status is that of the kind; but 4 whenever the flash is half "
                 "written, and 128 + N after signal N.\n\n| kind | exit status | what it is |\n|---|---|---|\n" +
                 "\n".join(lines) + "\n")
    return "\n".join(parts)


# --- for programs ---

SIMPLE = {
    "text": {"type": "string"},
    "number": {"type": "integer", "minimum": 0},
    "bool": {"type": "boolean"},
    "true": {"const": True},
    "false": {"const": False},
    "list": {"type": "array", "items": {"type": "object", "properties": {}, "required": []}},
    "list of text": {"type": "array", "items": {"type": "string"}},
    "object": {"type": "object", "properties": {}, "required": []},
    "kind": {"$ref": "#/$defs/kind"},
    "values": {"type": "object", "additionalProperties": {"type": ["string", "integer"]}},
}


def schema_of(type_, texts):
    name = type_.removesuffix(" or null")
    schema = json.loads(json.dumps(SIMPLE[name]))
    if name != type_:
        schema["type"] = [schema["type"], "null"]
    if texts:
        schema["enum"] = texts + ([None] if name != type_ else [])
    return schema


def inner(schema, path):
    """The object in which a member is, by the path in front of its name."""
    for name in path:
        schema = schema["properties"][name.removesuffix("[]")]
        if name.endswith("[]"):
            schema = schema["items"]
    return schema


def object_schema(members):
    schema = {"type": "object", "properties": {}, "required": []}
    for name, type_, meaning, texts in members:
        *path, last = name.split(".")
        place = inner(schema, path)
        place["properties"][last] = schema_of(type_, texts)
        if meaning:
            place["properties"][last]["description"] = meaning
        place["required"].append(last)
    return schema


def when(condition, name):
    return {"if": condition, "then": {"$ref": f"#/$defs/{name}"}}


def has(**members):
    """A condition: these members are there, with one of these values (None: with any)."""
    return {"properties": {name: {"enum": values} for name, values in members.items() if values},
            "required": list(members)}


def schema_document(table):
    data = table.data
    definitions = {"kind": {"enum": [name for name, _ in troubles()]}}
    lines = []
    for event in data["events"]:
        definitions[event["name"]] = object_schema(table.members(event["members"]))
        lines.append(when(has(event=[event["name"]]), event["name"]))
    definitions["result"] = object_schema(table.members(data["result"]["members"]))
    lines.append(when(has(event=["result"]), "result"))
    for name in ("dry_run", "dry_run_own"):
        definitions[name] = object_schema(table.members(data[name]["members"]))
    marks = {result["name"]: result["mark"] for result in data["results"] if "mark" in result}
    for result in data["results"]:
        name, dry = result["name"], result.get("dry")
        done = has(event=["result"], command=[name], kind=result.get("kinds", ["none"]))
        planned = {"allOf": [done, has(dry_run=[True])]}
        title = f"result_{name}" + (f"_{result['mark']}" if "mark" in result else "")
        definitions[title] = object_schema(table.members(result.get("members", [])))
        if "mark" in result:
            done = {"allOf": [done, has(**{result["mark"]: None})]}
        elif name in marks:
            done = {"allOf": [done, {"not": has(**{marks[name]: None})}]}
        if dry == "plan":
            lines.append(when(planned, "dry_run"))
            done = {"allOf": [done, {"not": has(dry_run=[True])}]}
        elif dry == "own":
            lines.append(when(planned, "dry_run_own"))
        lines.append(when(done, title))
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "One line of beken-flash --json",
        "$comment": "Made by `make docs` from cli/docs/json.toml; do not edit.",
        "type": "object",
        "properties": {"schema": {"const": SCHEMA}, "event": {"type": "string"}},
        "required": ["schema", "event"],
        "allOf": lines,
        "$defs": definitions,
    }


def lines_of(document):
    """JSON with a line for each definition and each condition."""
    def pack(value):
        return json.dumps(value, ensure_ascii=False)
    parts = []
    for name, value in document.items():
        if name == "$defs":
            inner = ",\n".join(f"  {pack(key)}: {pack(schema)}" for key, schema in value.items())
            parts.append(f" {pack(name)}: {{\n{inner}\n }}")
        elif name == "allOf":
            inner = ",\n".join(f"  {pack(condition)}" for condition in value)
            parts.append(f" {pack(name)}: [\n{inner}\n ]")
        else:
            parts.append(f" {pack(name)}: {pack(value)}")
    return "{\n" + ",\n".join(parts) + "\n}"


def main():
    table = Table((HERE / "json.toml").read_text())
    folder = pathlib.Path(sys.argv[1])
    (folder / "json.md").write_text(markdown(table))
    (folder / "beken-flash.schema.json").write_text(lines_of(schema_document(table)) + "\n")


if __name__ == "__main__":
    main()
