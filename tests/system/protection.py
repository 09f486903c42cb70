# SPDX-License-Identifier: GPL-2.0-or-later
"""Write protection, unknown parts, and dies that are not what they say, with stock flashrom."""
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
import rig
import tap

KIB = 1024
SIZE = 2048 * KIB
SPLIT, VOLATILE, JOINT = "P25Q16HB", "XT25F16B", "GD25Q16B"
WITH_WP = ("--part", "GD25Q32E")  # a part whose protection bits flashrom 1.3.0 knows
UNKNOWN = "C46099"


class Job(rig.Case):
    """Changes one sector of a 2 MiB die."""

    def setUp(self):
        super().setUp()
        self.old = rig.random_bytes(SIZE, 1)
        self.new = self.old[:8 * KIB] + rig.random_bytes(4 * KIB, 2) + self.old[12 * KIB:]
        self.rig.file("layout", b"002000:002fff part\n")
        self.rig.file("new.bin", self.new)

    def write(self, device, params="", **options):
        """Changes one sector."""
        return self.rig.beken("-l", "layout", "-i", "part", "-N", "-w", "new.bin",
                              image=self.old, device=device, params=params, **options)

    def untouched(self, run, *words):
        """It failed, said why, and sent nothing to the die that changes it."""
        self.assertNotEqual(run.status, 0, run.output)
        for word in words:
            self.assertIn(word, run.output)
        self.same(run.die, self.old)
        self.assertEqual(sum(run.stats["erases"].values()), 0)
        self.assertEqual(run.stats["page_programs"], 0)
        self.assertEqual(run.stats["sr_writes"], 0)
        self.assertEqual(run.stats["cen"], "high")

    def written(self, run, registers):
        self.assertEqual(run.status, 0, run.output)
        self.same(run.die, self.new)
        self.assertEqual(int(run.stats["status_registers"], 16), registers, run.output)
        self.assertEqual(run.stats["cen"], "high")


class Protection(Job):
    def test_unprotect_no_leaves_a_protected_die_alone(self):
        run = self.write(("--part", JOINT, "--sr", "4004"), "unprotect=no")
        self.untouched(run, "unprotect=no", "0x4004: 0x000000-0x1effff (1984 KiB)")
        self.assertEqual(int(run.stats["status_registers"], 16), 0x4004)

    def test_unprotect_no_writes_an_open_die(self):
        run = self.write(("--part", JOINT, "--sr", "0200"), "unprotect=no")
        self.written(run, 0x0200)
        self.assertEqual(run.stats["sr_writes"], 0)

    def test_unprotect_restore_puts_protection_back(self):
        for part in (JOINT, SPLIT, VOLATILE):
            for registers in (0x4004, 0x421c | 0x20, 0x4000, 0x003c, 0x007c):
                with self.subTest(part=part, registers=hex(registers)):
                    run = self.write(("--part", part, "--sr", f"{registers:x}"),
                                     "unprotect=restore")
                    self.written(run, registers)

    def test_unprotect_restore_writes_nothing_where_nothing_was_protected(self):
        run = self.write(("--part", JOINT, "--sr", "0200"), "unprotect=restore")
        self.written(run, 0x0200)
        self.assertEqual(run.stats["sr_writes"], 0)

    def test_unprotect_restore_holds_after_an_interrupt(self):
        whole = self.rig.file("whole.bin", rig.random_bytes(SIZE, 3))
        # Of 25 000 commands; protection has been lifted by then.
        run = self.rig.run(rig.FLASHROM_BEKEN, "-p", "beken_spi:unprotect=restore", "-w", whole,
                           image=self.old,
                           device=("--part", JOINT, "--sr", "4004", *rig.ctrl_c(10000)))
        self.assertIn("protection lifted", run.output)
        self.assertNotEqual(run.status, 0)
        self.assertEqual(int(run.stats["status_registers"], 16), 0x4004, run.output)
        self.assertEqual(run.stats["cen"], "high")

    def test_protection_is_not_put_back_unless_asked(self):
        self.written(self.write(("--part", JOINT, "--sr", "4204")), 0x0200)

    def test_every_trap_is_passed_with_as_few_register_writes_as_bits_demand(self):
        traps = [
            # part, registers before, after, register writes, further options
            (JOINT, 0x4004, 0x0000, 1),
            (JOINT, 0x4000, 0x0000, 1),
            (JOINT, 0x401c, 0x401c, 0),
            (JOINT, 0x003c, 0x0000, 1),
            (JOINT, 0x007c, 0x0000, 1),
            (JOINT, 0x4204, 0x0200, 1, "--one-byte-01", "clears"),
            (SPLIT, 0x4004, 0x0000, 2),
            ("P25Q16HBK", 0x0000, 0x0000, 0),
            ("P25Q16HBK", 0x4000, 0x0000, 1),
            ("P25Q16HBK", 0x4004, 0x0000, 2),
            ("EN25QH16B", 0x7c, 0x40, 1),
            ("EN25QH16B", 0x40, 0x40, 0),
            ("MX25V1635F", 0x0838, 0x0800, 1),
            ("MX25V1635F", 0x0878, 0x0840, 1),
            # The die has only one register, whatever the database says.
            (JOINT, 0x0004, 0x0000, 1, "--registers", "1"),
            # The die accepts the other form of register writes.
            (JOINT, 0x4004, 0x0000, 2, "--sr-write", "split"),
            # ... and one byte is a form, too, which does not reach CMP.
            (SPLIT, 0x4004, 0x0000, 2, "--sr-write", "joint"),
        ]
        for part, before, after, writes, *options in traps:
            with self.subTest(part=part, before=hex(before), options=options):
                run = self.write(("--part", part, "--sr", f"{before:x}", *options))
                self.written(run, after)
                self.assertEqual(run.stats["sr_writes"], writes, run.output)

    def test_a_locked_die_says_what_helps(self):
        self.untouched(self.write(("--part", JOINT, "--sr", "4084", "--wp", "low")), "WP#")
        self.untouched(self.write(("--part", JOINT, "--sr", "4104")), "SRP1",
                       "protect 0x000000-0x1effff (1984 KiB)")

    def test_a_lock_that_is_not_known_of_the_part_is_named_as_what_it_may_be(self):
        # Its registers say that nothing is protected; a third one, which is not in the database, has WPS.
        self.old = rig.random_bytes(2 * SIZE, 1)
        self.rig.file("new.bin", rig.random_bytes(2 * SIZE, 2))
        run = self.write(("--part", "W25Q32", "--id", "C84016", "--sr", "40000"))
        self.assertNotEqual(run.status, 0)
        self.assertIn("locks of single blocks (WPS)", run.output)
        self.same(run.die, self.old)


class BlockLocks(Job):
    """A part with WPS set: each block has its own lock, all of them are set, and BP has no effect."""

    PART = ("--part", "W25Q32")
    WPS = 0x040000
    LOCKS = 62 + 2 * 16

    def setUp(self):
        super().setUp()
        self.old = rig.random_bytes(2 * SIZE, 1)
        self.new = self.old[:8 * KIB] + rig.random_bytes(4 * KIB, 2) + self.old[12 * KIB:]
        self.rig.file("new.bin", self.new)

    def device(self, registers=WPS, *more):
        return (*self.PART, "--sr", f"{registers:x}", *more)

    def test_locked_blocks_are_opened_before_a_write_and_no_register_is_written(self):
        for registers in (self.WPS, self.WPS | 0x4000, self.WPS | 0x001c):
            for more in ((), ("--block-locks", "single")):
                with self.subTest(registers=hex(registers), more=more):
                    run = self.write(self.device(registers, *more))
                    self.written(run, registers)
                    self.assertEqual(run.stats["sr_writes"], 0)
                    self.assertEqual(run.stats["ignored_protected"], 0)

    def test_block_locks_are_set_again_where_protection_is_put_back(self):
        for more in ((), ("--block-locks", "single")):
            run = self.write(self.device(self.WPS, *more), "unprotect=restore")
            self.written(run, self.WPS)
            # The next program that does not care for the locks finds them set.
            self.assertEqual(run.stats["locked_blocks"], self.LOCKS)
        run = self.write(self.device())
        self.assertEqual(run.stats["locked_blocks"], 0)

    def test_unprotect_no_leaves_them_alone(self):
        self.untouched(self.write(self.device(), "unprotect=no"), "unprotect=no")

    def test_without_wps_they_have_no_effect_and_are_not_looked_at(self):
        run = self.write(self.device(0x4004))
        self.written(run, 0)
        self.assertEqual(run.stats["locked_blocks"], self.LOCKS)

    def test_block_locks_are_reported(self):
        for command in ("detect", "info"):
            run = self.rig.flash(command, image=self.old, device=self.device())
            self.assertEqual(run.status, 0, run.output)
            self.assertIn("locks of single blocks (WPS)", run.output)
            self.assertIn("protected:  0x000000-0x3fffff (4096 KiB)", run.output)
        run = self.rig.flash("unprotect", image=self.old, device=self.device())
        self.assertEqual(run.status, 0, run.output)
        self.assertIn("after:  status registers 0x40000, not protected", run.output)
        self.assertEqual(run.stats["locked_blocks"], 0)


class Unknown(Job):
    def test_an_id_that_nobody_knows_works_by_the_dies_own_table(self):
        run = self.write(("--part", "TH25Q16HB", "--id", UNKNOWN, "--sr", "4204"))
        self.written(run, 0x0200)
        self.assertIn("C4 60 99", run.output)

    def test_an_unknown_part_without_sfdp_is_refused_with_the_way_on(self):
        run = self.write(("--part", JOINT, "--id", UNKNOWN, "--sfdp", "none"))
        self.untouched(run, "C4 60 99", "chip=")

    def test_an_id_that_flashrom_knows_goes_on_with_its_knowledge_and_says_so(self):
        for part, id, name, size in (("GD25Q80B", "EF4014", "W25Q80", 1024),
                                     (JOINT, "EF4015", "W25Q16", 2048),
                                     (JOINT, "1C3015", "EN25Q16", 2048)):
            device = ("--part", part, "--id", id, "--sfdp", "none", "--sr", "4204")
            with self.subTest(id=id):
                self.old, self.new = self.old[:size * KIB], self.new[:size * KIB]
                self.rig.file("new.bin", self.new)
                run = self.write(device)
                self.written(run, 0x0200)
                self.says_whose_knowledge(run, name, size)
                run = self.rig.flash("detect", device=device, image=self.old)
                self.says_whose_knowledge(run, name, size)
                self.assertIn(name, run.output.split("flash:", 1)[1])
                run = self.rig.flash("read", "out.bin", device=device, image=self.old)
                self.assertEqual(run.status, 0, run.output)
                self.same(self.rig.file("out.bin").read_bytes(), self.old)
                self.rig.file("out.bin").unlink()
                run = self.rig.flash("erase", "--at=0x2000", "--size=4K", "--yes=identity-lost",
                                     device=device, image=self.old)
                self.assertEqual(run.status, 0, run.output)
                self.same(run.die, self.old[:8 * KIB] + b"\xff" * 4 * KIB + self.old[12 * KIB:])
            self.setUp()

    def says_whose_knowledge(self, run, name, size):
        self.assertEqual(run.status, 0, run.output)
        self.assertIn("not in this program's database", run.output)
        self.assertRegex(run.output, f"going on with what flashrom knows: {name}\\S*, {size} KiB")

    def test_chip_names_what_an_unknown_part_is_like(self):
        for chip in (JOINT, "size:2M"):
            with self.subTest(chip=chip):
                run = self.write(("--part", JOINT, "--id", UNKNOWN, "--sfdp", "none",
                                  "--sr", "4004"), f"chip={chip}")
                self.written(run, 0)

    def test_chip_does_not_overrule_what_is_known(self):
        run = self.write(("--part", JOINT), "chip=XT25F16B")
        self.untouched(run, JOINT)

    def test_a_size_that_the_dies_own_table_denies_is_refused(self):
        run = self.write(("--part", "TH25Q16HB", "--sfdp", "1M"))
        self.untouched(run, "1024", "2048")

    def test_a_die_whose_addresses_wrap_is_found_out_before_it_is_erased(self):
        half = self.old[:SIZE // 2]
        run = self.rig.beken("-l", "layout", "-i", "part", "-N", "-w", "new.bin", image=half,
                             device=("--part", JOINT, "--capacity", "1M"))
        self.assertNotEqual(run.status, 0, run.output)
        self.assertIn("1024 KiB", run.output)
        self.assertEqual(sum(run.stats["erases"].values()), 0)
        self.same(run.die[:SIZE // 2], half)

    def test_a_bad_contact_is_found_out_before_anything_is_erased(self):
        for one_in in (2, 20, 200):
            with self.subTest(one_in=one_in):
                run = self.write(("--part", JOINT, "--noise", str(one_in), "--entry", "linked"),
                                 "tries=1")
                self.assertNotEqual(run.status, 0, run.output)
                self.same(run.die, self.old)
                self.assertEqual(run.stats["cen"], "high")


class Said(Job):
    """What beken-flash says about protection and locks before anything is written."""

    def said(self, *command, part=JOINT, registers, more=()):
        run = self.rig.flash(*command, image=self.old,
                             device=("--part", part, "--sr", f"{registers:x}", *more))
        self.assertEqual(run.status, 0, run.output)
        self.assertEqual(run.stats["sr_writes"], 0)
        return run.output

    def test_the_range_is_said_and_not_only_that_there_is_one(self):
        for registers, where in ((0x4004, "0x000000-0x1effff (1984 KiB)"),
                                 (0x0004, "0x1f0000-0x1fffff (64 KiB)"),
                                 (0x0064, "0x000000-0x000fff (4 KiB)")):
            with self.subTest(registers=hex(registers)):
                for command in ("detect", "info"):
                    output = self.said(command, registers=registers)
                    self.assertIn(f"protected:  {where}", output)
                    self.assertIn("it is lifted before a write", output)
                self.assertIn(f"protected: {where}",
                              self.said("unprotect", "--dry-run", registers=registers))
                run = self.rig.flash("unprotect", image=self.old, device=(
                    "--part", JOINT, "--sr", f"{registers:x}"))
                self.assertIn(f"protected: {where}", run.output)
                self.assertIn("after:  status registers 0x0000, not protected", run.output)

    def test_json_says_the_same(self):
        output = self.said("detect", "--json", registers=0x4104)
        self.assertIn('"protected": true, "protected_ranges": '
                      '[{"start": 0, "length": 2031616}], "registers_locked": "power-cycle"',
                      output)

    def test_where_nobody_knows_the_range_it_says_so(self):
        output = self.said("detect", part="MX25V1635F", registers=0x0038)
        self.assertIn("not known for this part", output)
        self.assertIn('"protected_ranges": null',
                      self.said("detect", "--json", part="MX25V1635F", registers=0x0038))

    def test_locked_registers_are_said_to_be_locked(self):
        for registers, word, part in ((0x4104, "SRP1", JOINT), (0x4084, "WP#", JOINT),
                                      (0x7bfc, "for good", "P25Q16HBK")):
            for command in (("detect",), ("info",), ("erase", "--at=0x2000", "--size=4K",
                                                     "--yes=identity-lost", "--dry-run")):
                with self.subTest(registers=hex(registers), command=command):
                    output = self.said(*command, part=part, registers=registers)
                    self.assertIn("locked", output)
                    self.assertIn(word, output)
                    self.assertNotIn("it is lifted", output)

    def test_what_flashroms_entry_says_of_protection_is_used(self):
        self.old = rig.random_bytes(8192 * KIB, 1)
        for id in ("EF4017", "C86017"):
            output = self.said("detect", part="GD25Q64C", registers=0x0004,
                               more=("--id", id, "--sfdp", "none"))
            self.assertIn("0x7e0000-0x7fffff (128 KiB)", output)
        # A part of flashrom without a description of its protection bits.
        self.setUp()
        output = self.said("detect", registers=0x001c, more=("--id", "1C3015", "--sfdp", "none"))
        self.assertIn("not known for this part", output)


class WriteProtect(rig.Case):
    """flashrom's own --wp-... with the real registers."""

    def wp(self, *arguments, registers="0000", device=WITH_WP):
        return self.rig.beken(*arguments, device=(*device, "--sr", registers))

    def test_the_status_is_the_real_one_and_is_only_read(self):
        run = self.wp("--wp-status", registers="4004")
        self.assertEqual(run.status, 0, run.output)
        self.assertRegex(run.output, "range")
        self.assertNotIn("start=0x00000000, length=0x00000000", run.output)
        self.assertEqual(run.stats["sr_writes"], 0)
        run = self.wp("--wp-status", registers="0000")
        self.assertEqual(run.status, 0, run.output)

    def test_the_list_is_flashroms(self):
        run = self.wp("--wp-list")
        self.assertEqual(run.status, 0, run.output)
        self.assertEqual(run.stats["sr_writes"], 0)

    def test_a_range_is_set_and_cleared_in_the_real_registers(self):
        run = self.wp("--wp-range", "0,0x400000")
        self.assertEqual(run.status, 0, run.output)
        self.assertNotEqual(int(run.stats["status_registers"], 16) & 0x1c, 0)
        run = self.wp("--wp-range", "0,0", registers="4204")
        self.assertEqual(run.status, 0, run.output)
        self.assertEqual(int(run.stats["status_registers"], 16) & ~0x60, 0x0200)

    def test_enable_and_disable_reach_srp0_and_nothing_else(self):
        run = self.wp("--wp-enable", registers="0200")
        self.assertEqual(run.status, 0, run.output)
        self.assertEqual(int(run.stats["status_registers"], 16), 0x0280)
        run = self.wp("--wp-disable", registers="0280")
        self.assertEqual(run.status, 0, run.output)
        self.assertEqual(int(run.stats["status_registers"], 16), 0x0200)

    def test_what_flashrom_can_not_is_refused_and_nothing_is_done(self):
        for device in (("--part", "TH25Q16HB"), ("--part", "GD25Q16B")):
            with self.subTest(device=device):
                run = self.wp("--wp-range", "0,0", registers="4004", device=device)
                self.assertNotEqual(run.status, 0, run.output)
                self.assertEqual(run.stats["sr_writes"], 0)
                self.assertEqual(int(run.stats["status_registers"], 16), 0x4004)

    def test_together_with_another_operation_it_is_refused(self):
        run = self.wp("--wp-disable", "-r", "out.bin", registers="4004")
        self.assertNotEqual(run.status, 0)
        self.assertEqual(run.stats["sr_writes"], 0)
        self.assertFalse(self.rig.file("out.bin").exists())


if __name__ == "__main__":
    tap.main()
