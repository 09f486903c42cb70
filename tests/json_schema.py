# SPDX-License-Identifier: GPL-2.0-or-later
"""
Holds a line of `beken-flash --json` against docs/beken-flash.schema.json.

It knows the part of JSON Schema that the document uses, and refuses any other. A reader has to
put up with members that are new; a test has not: here they are wrong.
"""
import json
import pathlib

DOCUMENT = pathlib.Path(__file__).resolve().parents[1] / "docs" / "beken-flash.schema.json"
TYPES = {"object": dict, "array": list, "string": str, "integer": int, "boolean": bool,
         "null": type(None)}
SPOKEN = {"$schema", "$comment", "$defs", "title", "description"}


class Schema:
    def __init__(self, document):
        self.document = document
        self.rules = {"type": self.type, "const": self.const, "enum": self.enum,
                      "minimum": self.minimum, "properties": self.properties,
                      "required": self.required, "items": self.items, "$ref": self.ref,
                      "additionalProperties": self.additional, "allOf": self.all_of,
                      "not": self.not_, "if": self.if_, "then": lambda *_: None}

    def wrong(self, line):
        """What is wrong with a line; nothing: []."""
        found = list(self.check(line, self.document, ""))
        return found + [f"{name}: not in the document" for name in self.unknown(line)]

    def check(self, value, schema, path):
        for word, argument in schema.items():
            if word not in SPOKEN:
                yield from self.rules[word](value, argument, schema, path) or ()

    def fits(self, value, schema):
        return not list(self.check(value, schema, ""))

    def type(self, value, names, schema, path):
        names = names if isinstance(names, list) else [names]
        if not any(type(value) is TYPES[name] for name in names):
            yield f"{path}: {value!r} is no {' or '.join(names)}"

    def const(self, value, only, schema, path):
        if value != only or type(value) is not type(only):
            yield f"{path}: {value!r} is not {only!r}"

    def enum(self, value, values, schema, path):
        if value not in values:
            yield f"{path}: {value!r} is none of {values}"

    def minimum(self, value, least, schema, path):
        if type(value) is int and value < least:
            yield f"{path}: {value} is below {least}"

    def properties(self, value, members, schema, path):
        if isinstance(value, dict):
            for name, inner in members.items():
                if name in value:
                    yield from self.check(value[name], inner, f"{path}.{name}")

    def required(self, value, names, schema, path):
        if isinstance(value, dict):
            yield from (f"{path}.{name}: missing" for name in names if name not in value)

    def additional(self, value, inner, schema, path):
        if isinstance(value, dict):
            for name in value.keys() - schema.get("properties", {}).keys():
                yield from self.check(value[name], inner, f"{path}.{name}")

    def items(self, value, inner, schema, path):
        if isinstance(value, list):
            for number, element in enumerate(value):
                yield from self.check(element, inner, f"{path}[{number}]")

    def ref(self, value, name, schema, path):
        yield from self.check(value, self.target(name), path)

    def all_of(self, value, schemas, schema, path):
        for inner in schemas:
            yield from self.check(value, inner, path)

    def not_(self, value, inner, schema, path):
        if self.fits(value, inner):
            yield f"{path}: is what it must not be"

    def if_(self, value, condition, schema, path):
        if self.fits(value, condition):
            yield from self.check(value, schema["then"], path)

    def target(self, name):
        return self.document["$defs"][name.removeprefix("#/$defs/")]

    def met(self, value, schema):
        """All schemas that a value has to fit, with combined ones taken apart."""
        yield schema
        if "$ref" in schema:
            yield from self.met(value, self.target(schema["$ref"]))
        if "if" in schema and self.fits(value, schema["if"]):
            yield from self.met(value, schema["then"])
        for inner in schema.get("allOf", ()):
            yield from self.met(value, inner)

    def unknown(self, value, schemas=None, path=""):
        """Members that no schema names."""
        schemas = [met for schema in schemas or [self.document] for met in self.met(value, schema)]
        if isinstance(value, list):
            inner = [schema["items"] for schema in schemas if "items" in schema]
            for number, element in enumerate(value):
                yield from self.unknown(element, inner or [{}], f"{path}[{number}]")
        if not isinstance(value, dict) or any("additionalProperties" in s for s in schemas):
            return
        for name, member in value.items():
            inner = [schema["properties"][name] for schema in schemas
                     if name in schema.get("properties", {})]
            if inner:
                yield from self.unknown(member, inner, f"{path}.{name}")
            else:
                yield f"{path}.{name}"


def parse(text):
    """An object whose members may have any names."""
    def build(pairs):
        members = dict(pairs)
        if len(members) != len(pairs):
            raise AssertionError(f"a member is there twice: {text}")
        return members
    return json.loads(text, object_pairs_hook=build)


def load():
    return Schema(json.loads(DOCUMENT.read_text()))
