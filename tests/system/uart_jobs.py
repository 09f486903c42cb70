# SPDX-License-Identifier: GPL-2.0-or-later
"""The jobs of beken-flash through the chip's bootloader."""
import json
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
import lamp
import rig
import tap
from lamp import DIE

AT = slice(0x140000, 0x141000)
NEW = rig.random_bytes(0x1000, 4)


class UartJobs(lamp.Commands):
    def job(self, loader, *arguments, image=DIE, device=(), status=0):
        run = self.flash(arguments[0], "--port=/dev/ttyUSB0", *arguments[1:], image=image,
                         device=("--uart", loader, *device))
        self.assertEqual(run.status, status, run.output + run.messages)
        return run

    def test_a_backup_a_write_and_back_again(self):
        self.rig.file("new", NEW)
        for loader in ("t", "n"):
            with self.subTest(loader):
                self.job(loader, "backup", f"{loader}.bin")
                self.same(self.rig.file(f"{loader}.bin").read_bytes(), DIE)
                run = self.job(loader, "write", f"--backup={loader}.bin", "--at=0x140000",
                               "--force=not-an-image", "new")
                self.same(run.die, DIE[:AT.start] + NEW + DIE[AT.stop:])
                self.same(self.job(loader, "restore", "--yes", f"{loader}.bin", image=run.die).die,
                          DIE)

    def test_what_needs_another_bootloader_is_refused_before_the_first_erase_and_left_to_spi(self):
        other = DIE[:0x500] + bytes(16) + DIE[0x510:AT.start] + NEW + DIE[AT.stop:]
        self.job("u", "backup", "other.bin", image=other)
        run = self.job("u", "restore", "--yes", "other.bin", status=3)
        self.assertIn("0x000000-0x010fff (68 KiB) of the flash cannot be changed this way", run.messages)
        self.assertIn("beken-flash wiring shows its wires", run.messages)
        self.assertFalse(any(run.stats["erases"].values()))
        self.same(run.die, DIE)

    def test_a_protection_that_the_rom_cannot_lift_is_left_to_spi_and_said_to_be_as_it_was(self):
        self.rig.file("new", NEW)
        run = self.job("n", "write", "--no-backup", "--yes", "--force=not-an-image", "--at=0x140000",
                       "new", device=("--part", "P25Q16HB", "--sr", "4004"), status=3)
        self.assertIn("The write protection is as it was: they were 0x4004. Use SPI", run.messages)
        self.assertNotIn("half", run.messages)
        self.same(run.die, DIE)

    def test_info_says_who_answers_and_what_is_out_of_reach(self):
        for loader, answers in (
                ("t", "the bootloader in the flash, BK7231S_1.0.5; it does not change 0x000000-0x010fff (68 KiB)"),
                ("u", "the bootloader in the flash; it does not change 0x000000-0x010fff (68 KiB)"),
                ("n", "the ROM of a chip with the ID 7231c")):
            with self.subTest(loader):
                self.assertIn(f"answers:    {answers}\n", self.job(loader, "info", "--quiet").output)
                lines = self.job(loader, "info", "--json").output.splitlines()
                self.assertEqual(json.loads(lines[-1])["answers"], answers)
        self.assertIn("out of reach this way", self.job("t", "info").output)
        self.assertIn("status registers", self.job("n", "info").output)
        self.assertIsNone(json.loads(self.flash("info", "--json").output.splitlines()[-1])["answers"])

    def test_what_a_bootloader_does_not_tell_is_not_said(self):
        run = self.job("t", "info")
        self.assertIn("flash:      unknown, 2048 KiB, whose ID is out of reach this way", run.output)
        self.assertNotIn("EF 40", run.output)
        found = json.loads(self.job("t", "info", "--json").output.splitlines()[-1])
        self.assertIsNone(found["part"]["id"])
        for member in ("status_registers", "protected", "protected_ranges", "registers_locked"):
            self.assertIsNone(found[member])
        self.job("t", "backup", "b.bin")
        kept = json.loads(self.rig.file("b.bin.json").read_text())
        self.assertIsNone(kept["id"])
        self.assertIsNone(kept["registers"])

    def test_a_backup_of_one_way_serves_the_other(self):
        self.rig.file("new", NEW)
        changed = DIE[:AT.start] + NEW + DIE[AT.stop:]
        self.good(self.flash("backup", "spi.bin"))
        self.job("t", "backup", "uart.bin")
        write = ("--at=0x140000", "--force=not-an-image", "new")
        self.same(self.job("t", "write", "--backup=spi.bin", *write).die, changed)
        self.same(self.good(self.flash("write", "--backup=uart.bin", *write)).die, changed)
        self.same(self.job("t", "restore", "--yes", "spi.bin", image=changed).die, DIE)
        self.same(self.good(self.flash("restore", "--yes", "uart.bin", image=changed)).die, DIE)

    def test_the_adapter_is_a_serial_port_for_programs_too(self):
        lines = self.job("n", "info", "--json").output.splitlines()
        adapter = json.loads(lines[-1])["adapter"]
        self.assertEqual(adapter["port"], "/dev/ttyUSB0")
        self.assertEqual(adapter["kind"], "serial port")

    def test_protection_of_a_bootloader_in_the_flash_is_out_of_reach(self):
        run = self.job("t", "unprotect", status=3)
        self.assertIn("does not reach its status registers", run.messages)

    def test_two_readings_cost_one_and_the_sums_of_the_other(self):
        run = self.job("n", "backup", "b.bin")
        self.assertIn("read twice", run.output)
        self.assertLess(run.stats["uart"]["from_chip"], len(DIE) * 11 // 10)

    def test_the_doctor_says_what_is_wrong_there_too(self):
        self.assertIn("the chip's bootloader answers at /dev/ttyUSB0", self.job("t", "doctor").output)
        run = self.job("t", "doctor", "--params=reset=lines", device=(
            "--uart-cen", "none", "--uart-faults", "echo"), status=1)
        self.assertIn("TX and RX are joined", run.output)

    def test_a_chip_is_not_said_to_stay_in_a_mode_that_there_is_not(self):
        run = self.job("t", "detect", "--hold", status=2)
        self.assertIn("--hold is for SPI", run.messages)
        self.assertNotIn("stays", run.output)
        self.assertEqual(run.stats["uart"]["cen_resets"], 0)

    def test_the_chip_is_reset(self):
        self.assertEqual(self.job("t", "reset").stats["uart"]["cen_resets"], 1)


if __name__ == "__main__":
    tap.main()
