#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Every kind of mistake in socs.toml is refused as FILE:LINE."""
from database import SOCS, DatabaseTest, line_with
import tap


class Socs(DatabaseTest):
    def soc(self, old, new, line, *words):
        self.refused("socs.toml", old, new, line, *words)

    def test_good_text_becomes_a_table(self):
        self.assertEqual(self.run_on(), "")
        table = self.out.read_text()
        for words in ('.name = "BK7231T"', '.also = "T0"', "CHIPDB_CODE_KEYED",
                      "{{{0x43, 0x09, 0xb5, 0x96}, 4}}", ".rf = 0x1e0000", ".mac_offset = 36",
                      '{"app", 0x11000, 0x100f70, CHIPDB_REGION_APP}'):
            self.assertIn(words, table)

    def test_each_missing_key_is_named(self):
        for key in ("part", "flash", "spi_mode", "evidence", "code"):
            with self.subTest(key):
                self.soc(f"\n{key} = ", f"\n# {key} = ", "[soc.BK7231T]", f"'{key}'")
        for key in ("signal", "labels"):
            with self.subTest(key):
                self.soc(f"\n{key} = ", f"\n# {key} = ", "[pad.P20]", f"'{key}'")

    def test_unknown_keys_and_tables_are_refused(self):
        self.soc('part = "GD25Q16B"', 'part = "GD25Q16B"\ncolour = 2', "colour", "'colour'")
        self.soc('signal = "SCK"', 'signal = "SCK"\nvolts = 3', "volts", "'volts'")
        self.soc("[pad.P20]", "[pid.P20]", "[pid.P20]", "pid")

    def test_a_fact_without_a_source_is_refused(self):
        for group, key in (("part", "part ="), ("flash", "flash ="), ("spi_mode", "spi_mode ="),
                           ("code", "code ="), ("bootloader", "bootloaders"),
                           ("mac", "mac_offset")):
            with self.subTest(group):
                self.soc(f"source.{group} =", f"# source.{group} =", key, f"source.{group}")
        self.soc(', source = "tool: measured" },\n    { name = "app"', ' },\n    { name = "app"',
                 '"boot"', "'source'")
        self.soc('source = "maker: datasheet"', "", "[pad.P20]", "no source")

    def test_sources_must_be_known_and_say_how_sure(self):
        self.soc('source.code = "tool', 'source.code = "tol', "source.code", "tol")
        self.soc('source.code = "tool: measured"', 'source.code = "tool: seen"', "source.code",
                 "measured")
        self.soc('"maker: datasheet"', '"maker: book"', '"maker: book"', "datasheet")
        self.soc('kind = "rf", source = "tool', 'kind = "rf", source = "tol', '"rf"', "tol")
        self.soc("T0: tool", "T0: tol", "also", "tol")
        self.soc("source.code", "source.pins = 'tool: measured'\nsource.code", "source.pins",
                 "nothing")

    def test_an_unknown_part_is_refused(self):
        self.soc('part = "GD25Q16B"', 'part = "W25Q16"', "part", "W25Q16")
        self.soc('part = "GD25Q16B"', 'part = "BK"', "part", "BK")

    def test_the_usual_part_has_a_usual_size(self):
        self.soc("flash = [0x200000]", "flash = [0x400000]", "part", "size")

    def test_sizes_of_flash_are_powers_of_two_and_ascend(self):
        for flash in ("[]", "[0x200001]", "[0x400000, 0x200000]", "[0x200000, 0x200000]",
                      '["2M"]', "[0x10000, 0x20000, 0x40000, 0x80000, 0x200000]"):
            with self.subTest(flash):
                self.soc("flash = [0x200000]", f"flash = {flash}", "flash =", "'flash'")

    def test_words_are_of_the_known_ones(self):
        self.soc('"confirmed"', '"maybe"', "spi_mode", "confirmed")
        self.soc('"keyed"', '"secret"', "code", "keyed")
        self.soc('kind = "app"', 'kind = "code"', '"app"', "kind")

    def test_fingerprints_are_up_to_eight_bytes(self):
        for bad in ('["43 09"]', '["430"]', '["4309B596"]', '["430912345678901234"]', '[""]',
                    "[1]", '["11", "22", "33", "44", "55"]'):
            with self.subTest(bad):
                self.soc('["4309b596"]', bad, "bootloaders", "'bootloaders'")

    def test_lengths_of_bootloaders_are_lengths(self):
        for bad in ("[]", "[0]", "[0x200000]", '["all"]'):
            with self.subTest(bad):
                self.soc("mac_offset = 36", f"mac_offset = 36\nbootloader_used = {bad}",
                         "bootloader_used", "lengths")

    def test_overlapping_regions_are_refused(self):
        self.soc("start = 0x11000", "start = 0x10FFF", '"app"', "boot and app overlap")
        self.soc("start = 0x1E0000", "start = 0x0", '"rf"', "overlap")

    def test_regions_beyond_the_flash_are_refused(self):
        self.soc("start = 0x1E0000", "start = 0x200000", '"rf"', "0x201000, beyond the flash")
        self.soc("length = 0x1000,", "length = 0x20001,", '"rf"', "beyond the flash")
        self.soc("length = 0x1000,", "length = 0,", '"rf"', "length")
        self.soc("start = 0x1E0000", "start = -1", '"rf"', "bad start")

    def test_a_region_across_the_end_of_the_smaller_flash_is_refused(self):
        text = SOCS.replace("flash = [0x200000]", "flash = [0x200000, 0x400000]").replace(
            "length = 0x1000,", "length = 0x21000,")
        message = self.run_on({"socs.toml": text})
        rf = line_with(text, '"rf"')
        self.assertIn(f"socs.toml:{rf}: ", message)
        self.assertIn("straddles", message)

    def test_names_of_regions_are_plain_and_differ(self):
        for name in ("RF", "r f", "", "2nd", "a" * 40, "rest1"):
            with self.subTest(name):
                self.soc('"rf", start', f'"{name}", start', f'"{name}", start', "name")
        self.soc('"rf", start', '"app", start', '"app"', "twice")

    def test_regions_are_complete(self):
        self.soc("length = 0x1000, ", "", '"rf"', "'length'")
        self.soc("length = 0x1000, ", "length = 0x1000, size = 1, ", '"rf"', "'size'")
        self.soc("length = 0x1000, ", 'length = "4K", ', '"rf"', "'length'")

    def test_names_that_are_taken_or_would_break_the_table_are_refused(self):
        again = SOCS[SOCS.index("[soc."):SOCS.index("[[soc")].replace("[soc.BK7231T]",
                                                                      "[soc.bk7231t]")
        message = self.run_on({"socs.toml": SOCS + again})
        self.assertIn("[soc.bk7231t] the name bk7231t is taken by BK7231T", message)
        again = again.replace("[soc.bk7231t]", "[soc.BK7231S]")
        self.assertIn("the name T0 is taken by BK7231T", self.run_on({"socs.toml": SOCS + again}))
        self.soc('evidence = "a log"', "evidence = 'a \"log\"'", "evidence", "plain")

    def test_a_conflict_names_its_voices_and_what_is_done(self):
        self.soc('careful = "nothing"', "", "[[soc.BK7231T.conflict]]", "'careful'")
        self.soc(', "maker: there"', "", "says", "two voices")


if __name__ == "__main__":
    tap.main()
