#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""
The database against the published lists: where it cites a list, that list does say so.

A part that is in no list is added in chipdb/parts/ alone. chipdb_ids.c looks at the compiled table.
"""
import collections
import unittest

from database import ROOT
from generator import parts, text
import tap


class Reported(unittest.TestCase):
    def setUp(self):
        folder = ROOT / "chipdb"
        self.sources = text.Sources(folder / "sources.toml")
        families = parts.load_families(folder / "families.toml", self.sources)
        self.parts = {part.id: part for part in
                      parts.load_parts(folder, families, self.sources)}
        lines = (ROOT / "tests/chipdb/reported.txt").read_text(encoding="utf-8").splitlines()
        self.rows = [line.split(maxsplit=3) for line in lines if not line.startswith("#")]
        self.said_by = {id: set(who.split(",")) for id, _, who, _ in self.rows}
        self.lists = set().union(*self.said_by.values())

    def claims(self, part):
        """The lists that the database cites for the ID of a part."""
        return {name for names, _ in part.sources["id"] for name in names} & self.lists

    def test_no_id_is_listed_twice_and_every_list_is_a_known_source(self):
        self.assertEqual([id for id, count in
                          collections.Counter(row[0] for row in self.rows).items() if count > 1],
                         [])
        self.assertEqual(self.lists - self.sources.what.keys(), set())

    def test_every_reported_id_is_in_the_database_with_its_size(self):
        for id, kib, _, _ in self.rows:
            with self.subTest(id):
                self.assertIn(id, self.parts)
                self.assertEqual(self.parts[id].size, int(kib) * 1024)

    def test_the_database_names_exactly_the_lists_that_have_an_id(self):
        for id, part in self.parts.items():
            self.assertEqual(self.claims(part), self.said_by.get(id, set()), id)

    def test_a_name_that_was_given_to_one_id_only_leads_to_it(self):
        given = collections.Counter(name for *_, name in self.rows)
        for id, _, _, name in self.rows:
            if given[name] == 1:
                part = self.parts[id]
                self.assertIn(name, [part.name, *(other for other, _ in part.also)], id)


if __name__ == "__main__":
    tap.main()
