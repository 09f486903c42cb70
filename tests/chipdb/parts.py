#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Every kind of mistake in families.toml and parts/*.toml is refused as FILE:LINE."""
from database import FAMILIES, PARTS, SOCS, DatabaseTest, line_with
import tap


class Parts(DatabaseTest):
    def part(self, old, new, line, *words):
        self.refused("parts/a.toml", old, new, line, *words)

    def family(self, old, new, line, *words):
        self.refused("families.toml", old, new, line, *words)

    def override(self, line, message_line, *words, source=None):
        """The part differs from its family; what results is stored in the part."""
        text = line + (f"\n{source}" if source else "")
        self.part("firmware_sr = 0x4004\n", f"firmware_sr = 0x4004\n{text}\n", message_line,
                  *words)

    def test_good_text_becomes_a_table(self):
        self.assertEqual(self.run_on(), "")
        table = self.out.read_text()
        for words in (".id = {0xc8, 0x40, 0x15}", ".size = 2097152u", ".sr_count = 2",
                      '.also = "GD25Q16(B)"', "{0xc7, 2097152u, 10000000u, 20000000u}",
                      ".firmware_sr = 0x4004", '.refuse = "it is no SPI NOR die"',
                      ".address_bytes = 3"):
            self.assertIn(words, table)

    def test_broken_toml_is_refused(self):
        self.part('maker = "GigaDevice"', 'maker = "GigaDevice', "maker")
        self.family('sr_write = "joint"', 'sr_write = joint', "sr_write")

    def test_each_missing_key_of_a_part_is_named(self):
        for key in ("name", "maker", "size", "family"):
            with self.subTest(key):
                self.part(f"\n{key} = ", f"\n# {key} = ", "[C84015]", f"'{key}'")

    def test_each_missing_key_of_a_family_is_named_in_the_part(self):
        for line in FAMILIES.splitlines():
            key = line.split(" = ")[0]
            if " = " not in line or key in ("text", "sr2", "erase") or key.startswith("source"):
                continue
            with self.subTest(key):
                groups = {"sr_write": "sr_write", "sr_volatile": "volatile", "sfdp": "sfdp"}
                text = FAMILIES.replace(f"{line}\n", "")
                if key in groups:
                    text = "".join(other + "\n" for other in text.splitlines()
                                   if not other.startswith(f"source.{groups[key]} "))
                message = self.run_on({"families.toml": text})
                self.assertIn(f"parts/a.toml:{line_with(PARTS, '[C84015]')}: ", message)
                self.assertIn(f"'{key}'", message)

    def test_unknown_keys_are_refused(self):
        self.part('family = "gd25q"', 'family = "gd25q"\nqspi = true', "qspi", "'qspi'")
        self.family("sfdp = false", "sfdp = false\nqspi = true", "qspi", "'qspi'")
        self.part('refuse = "', 'page = 256\nrefuse = "', "page", "'page'")

    def test_a_key_outside_of_all_tables_is_refused(self):
        self.part("# another comment", "stray = 1 #", "stray", "not a table")
        self.family("# a comment", "stray = 1 #", "stray", "not a table")

    def test_unknown_families_are_refused(self):
        self.part('family = "gd25q"', 'family = "gd26q"', "family", "gd26q")

    def test_values_of_the_wrong_type_are_refused(self):
        self.part("size = 0x200000", 'size = "2M"', "size", "int")
        self.part('name = "GD25Q16B"', "name = 25", "name", "str")
        self.part("firmware_sr = 0x4004", "firmware_sr = true", "firmware_sr", "int")
        self.part('also = ["GD25Q16(B): tool"]', "also = [1]", "also", "no text")
        self.family("sfdp = false", "sfdp = 0", "sfdp", "bool")
        self.family("program = [700, 2400]", "program = 700", "program", "list")

    def test_a_fact_without_a_source_is_refused(self):
        for line in FAMILIES.splitlines():
            if line.startswith("source."):
                group = line.split(" ")[0]
                with self.subTest(group):
                    text = FAMILIES.replace(f"{line}\n", "")
                    self.assertIn(f"has no {group}", self.run_on({"families.toml": text}))
        self.part('source.id = "tool: tools"\n', "", "[C84015]", "source.id")

    def test_a_part_that_differs_needs_a_source_of_its_own(self):
        self.part('source.firmware_sr = "tool: inferred"\n', "", "firmware_sr", "firmware_sr")
        self.override("program = [400, 3000]", "program", "source.times")
        erase = "erase = [[0x20, 4096, 1, 2]]"
        self.override(erase, "erase =", "source.geometry", source='source.times = "tool: tools"')
        self.override("needless_write_locks = true", "needless", "source.quirks")
        self.override("one_byte_01_clears_sr2 = true", "one_byte", "source.one_byte_01")

    def test_a_part_may_differ_and_may_have_a_better_source_for_the_same(self):
        table = self.accepted("parts/a.toml", "firmware_sr = 0x4004", """firmware_sr = 0x4004
program = [400, 3000]
source.times = "maker: measured"
source.registers = "maker: measured\"""")
        self.assertIn(".program_typ_us = 400", table)

    def test_sources_must_be_known_and_say_how_sure(self):
        self.part('source.id = "tool: tools"', 'source.id = "toool: tools"', "source.id", "toool")
        self.part('source.id = "tool: tools"', 'source.id = "tool: maybe"', "source.id",
                  "measured")
        self.part('source.id = "tool: tools"', 'source.id = "tool"', "source.id", "assumed")
        self.part('source.id = "tool: tools"', 'source.id = ": tools"', "source.id", "no source")
        self.part('source.id = "tool: tools"', "source.id = []", "source.id", "text")
        self.family("maker tool: tools", "maker tol: tools", "source.registers", "tol")
        self.part("GD25Q16(B): tool", "GD25Q16(B): toool", "also", "toool")
        self.part("BK7231T: tool", "BK7231T: toool", "seen", "toool")
        self.part("BK7231T: tool", "BK7231T", "seen", "BK7231T")

    def test_a_source_of_nothing_is_refused(self):
        self.part("source.id", "source.colour = 'tool: tools'\nsource.id", "source.colour",
                  "nothing")
        self.part("source.id", "source.quirks = 'tool: tools'\nsource.id", "source.quirks",
                  "nothing")

    def test_sources_have_a_name_and_say_something(self):
        self.refused("sources.toml", 'what = "some tool"', 'what = " "', 'what = " "', "nothing")
        self.refused("sources.toml", "what = \"some tool\"", "", "[tool]", "'what'")
        self.refused("sources.toml", "[tool]", '["to ol"]', '["to ol"]', "plain")

    def test_a_key_that_is_no_id_is_refused(self):
        for key in ("c84015", "C8401", "C840155", "GD25Q16"):
            with self.subTest(key):
                text = PARTS.replace("C84015", key)
                message = self.run_on({"parts/a.toml": text})
                self.assertIn(f"parts/a.toml:{line_with(text, f'[{key}]')}: ", message)
                self.assertIn("six hexadecimal digits", message)

    def test_a_size_that_is_none_is_refused(self):
        for size in ("0x200001", "0x8000", "0x8000000", "0", "-1"):
            with self.subTest(size):
                self.part("0x200000", size, "size", "power of two")

    def test_a_size_that_contradicts_the_id_is_refused_but_where_the_id_is_refused(self):
        self.part("0x200000", "0x400000", "size", "15 means 2097152")
        self.accepted("parts/a.toml", "0x80000\n", "0x100000\n")

    def test_times_out_of_order_are_refused(self):
        for times, words in (("[2400, 700]", "typical"), ("[0, 700]", "typical"),
                             ("[700]", "[typical, maximum]"),
                             ("[700, 2.4]", "[typical, maximum]")):
            for key in ("program", "sr_write_time", "chip_erase_time"):
                with self.subTest(key=key, times=times):
                    self.override(f"{key} = {times}", f"{key} =", words,
                                  source='source.times = "tool: tools"')

    def erase(self, value, *words):
        self.override(f"erase = {value}", "erase = ", *words, source=(
            'source.times = "tool: tools"\nsource.geometry = "tool: tools"'))

    def test_erase_commands_must_ascend_and_be_complete(self):
        self.erase("[[0x20, 4095, 1, 2]]", "powers of two")
        self.erase("[[0x20, 0x400000, 1, 2]]", "powers of two")
        self.erase('[[0x20, "all", 1, 2]]', "powers of two")
        self.erase("[[0xD8, 65536, 1, 2], [0x20, 4096, 1, 2]]", "ascending")
        self.erase("[[0x20, 4096, 3, 2]]", "typical")
        self.erase("[[0x20, 4096]]", "rows")
        self.erase("[4096]", "rows")
        self.erase("[]", "erase commands")
        self.erase("[" + "[0x20, 4096, 1, 2], " * 6 + "]", "too many")
        self.erase('[["20", 4096, 1, 2]]', "opcode")
        self.erase("[[0x120, 4096, 1, 2]]", "opcode")
        self.erase("[[0, 4096, 1, 2]]", "opcode")

    def test_a_chip_erase_takes_its_share_but_no_less_than_a_block(self):
        table = self.accepted("families.toml", "[312500, 625000]", "[5, 625000]")
        self.assertIn("{0xc7, 2097152u, 280000u, 20000000u}", table)

    def test_address_bytes_follow_the_size(self):
        self.override("address_bytes = 4", "address_bytes", "2097152 bytes",
                      source='source.geometry = "tool: tools"')
        self.erase("[[0x21, 4096, 1, 2]]", "21h does not take 3 bytes")
        big = PARTS.replace("C84015", "C84019").replace("0x200000", "0x2000000")
        self.assertIn("does not suit", self.run_on({"parts/a.toml": big}))
        four = FAMILIES.replace("address_bytes = 3", "address_bytes = 4")
        self.assertIn("20h does not take 4", self.run_on({"parts/a.toml": big,
                                                          "families.toml": four}))
        four = four.replace("0x20,", "0x21,").replace("0xD8,", "0xDC,")
        with_big = SOCS.replace("flash = [0x200000]", "flash = [0x2000000]")
        self.assertEqual(self.run_on({"parts/a.toml": big, "families.toml": four,
                                      "socs.toml": with_big}), "")
        self.assertIn(".address_bytes = 4", self.out.read_text())

    def registers(self, line, message_line, *words):
        self.override(line, message_line, *words, source='source.registers = "tool: tools"')

    def test_registers_name_eight_known_bits_once(self):
        self.registers('sr1 = "SRP0 SEC TB BP2 BP1 BP0 WIP"', "sr1", "eight bits")
        self.registers('sr2 = "HPM CMP - LB LB LB QE SRP1"', "sr2", "HPM")
        self.registers('sr2 = "SUS CMP - LB LB LB QE WIP"', "[C84015]", "WIP twice")
        self.registers('sr1 = "SRP0 SEC TB BP2 BP1 - WEL WIP"', "sr1", "BP0")
        text = FAMILIES.replace('sr2 = "', 'sr3 = "')
        self.assertIn("no sr2", self.run_on({"families.toml": text}))

    def test_every_register_has_an_opcode_that_reads_it(self):
        self.registers("sr_read = [0x05]", "sr_read", "each further register")
        self.registers("sr_read = [0x35, 0x05]", "sr_read", "05h")
        self.registers('sr_read = [0x05, "15"]', "sr_read", "opcode")
        table = self.accepted("parts/a.toml", "firmware_sr = 0x4004",
                              "firmware_sr = 0x4004\nsr_read = [0x05, 0x15]\n"
                              'source.registers = "tool: tools"')
        self.assertIn(".sr_read = {0x05, 0x15}", table)

    def test_register_writes_are_joint_or_split(self):
        self.override('sr_write = "both"', "sr_write =", "joint nor split",
                      source='source.sr_write = "tool: tools"')

    def test_firmware_sets_no_bit_that_it_does_not_set(self):
        for value, bit in (("0x4005", "0x1"), ("0x4404", "0x400"), ("0x4204", "0x200"),
                           ("0x4104", "0x100"), ("0x6004", "0x2000"), ("0x14004", "0x10000"),
                           ("-1", "")):
            with self.subTest(value):
                self.part("firmware_sr = 0x4004", f"firmware_sr = {value}", "firmware_sr", bit)
        text = FAMILIES.replace("SUS CMP", "SUS TB_OTP").replace("SEC TB", "SEC -")
        self.assertIn("0x4000", self.run_on({"families.toml": text}))

    def test_a_name_that_is_taken_is_refused(self):
        twin = PARTS[PARTS.index("[C84015]"):PARTS.index("[[C84015")].replace("C84015", "C86015")
        for name, line in (("gd25q16b", "gd25q16b"), ("gd25q16(b)", "gd25q16(b)")):
            with self.subTest(name):
                text = PARTS + twin.replace('"GD25Q16B"', f'"{name}"').replace(
                    'also = ["GD25Q16(B): tool"]\n', "")
                message = self.run_on({"parts/a.toml": text})
                self.assertIn("taken", message)
                self.assertIn("parts/a.toml:", message)
        text = PARTS + twin.replace('"GD25Q16B"', '"Other"')
        message = self.run_on({"parts/a.toml": text})
        self.assertIn("taken by C84015", message)
        self.part("GD25Q16(B): tool", "gd25q16b: tool", "also", "its name already")

    def test_an_id_that_is_taken_is_refused(self):
        self.assertRegex(self.run_on({"parts/a.toml": PARTS + PARTS}), r"a\.toml:\d+: ")
        message = self.run_on({"parts/b.toml": PARTS.replace('"GD25Q16B"', '"Twin"')})
        self.assertIn("b.toml:2: [C84015] the ID is taken", message)

    def test_names_that_would_break_the_table_are_refused(self):
        self.part('"GigaDevice"', "'Giga\"Device'", "maker")
        self.part('name = "GD25Q16B"', "name = 'GD25Q\\16B'", "name")
        self.part("GD25Q16(B): tool", "A, B: tool", "also", "plain")
        self.part("it is no", 'it is \\"no\\"', "refuse", "plain")

    def test_a_part_seen_in_an_unknown_soc_is_refused(self):
        self.part("BK7231T: tool", "BK7232T: tool", "seen", "BK7232T")

    def test_a_conflict_names_its_voices_and_what_is_done(self):
        self.part('careful = "reads both"\n', "", "[[C84015.conflict]]", "'careful'")
        self.part('careful = "reads both"', 'careful = ""', "careful", "plain text")
        self.part('    "maker: two",\n', "", "says", "two voices")
        self.part('"maker: two"', '"mker: two"', "mker: two", "mker")
        self.part('"maker: two"', '"two"', '"two"', "'two'")
        self.part('fact = "registers"', 'fact = "registers"\nwhy = "x"', "why", "'why'")
        self.part("[[C84015.conflict]]", "[C84015.conflict]", "[C84015]", "conflict")

    def test_a_second_conflict_has_its_own_lines(self):
        second = '\n[[C84015.conflict]]\nfact = "x"\nsays = ["tool: 1"]\ncareful = "y"\n'
        text = PARTS + second
        message = self.run_on({"parts/a.toml": text})
        line = line_with(text, 'says = ["tool: 1"]')
        self.assertIn(f"a.toml:{line}: ", message)


if __name__ == "__main__":
    tap.main()
