# SPDX-License-Identifier: GPL-2.0-or-later
"""beken-flash erase: what is erased, and what stays because it is unique to the module."""
import os
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
import rig
import tap
from lamp import DIE, FIRMWARE_SR, MAC, NET, RF, SIZE, TUYA, Commands, without


class Erasing(Commands):
    def flash(self, *arguments, **options):
        """Without the long reading for a backup, unless the test is about that."""
        if not any(word.startswith(("--backup", "--no-backup")) for word in arguments):
            arguments += ("--no-backup",)
        return super().flash(*arguments, **options)

    def test_a_region_goes_and_nothing_else(self):
        run = self.good(self.flash("erase", "--region=tuya", "--yes"))
        self.same(run.die, without(DIE, TUYA))

    def test_what_is_called_verified_was_read_behind_the_erase(self):
        """Noise is not read before, since there is nothing in it to keep."""
        run = self.good(self.flash("erase", "--all", "--yes",
                                   image=rig.random_bytes(SIZE, 1)))
        self.assertIn("Erased and verified: 2016 KiB", run.output)
        self.assertGreater(run.stats["spi_bytes"], 2016 * 1024)

    def test_several_regions_go_together(self):
        for form in (["--region=tuya,net"], ["--region=tuya", "--region", "net"]):
            with self.subTest(form):
                run = self.good(self.flash("erase", *form, "--yes"))
                self.same(run.die, without(DIE, TUYA, NET))

    def test_a_backup_is_made_before_anything_goes(self):
        run = self.good(super().flash("erase", "--region=tuya", "--yes"))
        backup, manifest = self.files()
        self.assertEqual(manifest, backup + ".json")
        self.same(self.rig.file(backup).read_bytes(), DIE)
        self.assertIn(backup, run.output)
        run = self.good(self.flash("erase", "--region=tuya", "--yes", "--backup=mine.bin"))
        self.same(self.rig.file("mine.bin").read_bytes(), DIE)

    def test_a_backup_that_is_named_and_there_is_compared_and_taken(self):
        self.rig.file("mine.bin", DIE)
        run = self.good(self.flash("erase", "--region=tuya", "--yes", "--backup=mine.bin"))
        self.same(run.die, without(DIE, TUYA))
        self.assertEqual(self.files(), ["mine.bin"])
        self.rig.file("mine.bin", without(DIE, slice(0x1ed000, 0x1ee000)))
        self.refused(self.flash("erase", "--region=tuya", "--yes", "--backup=mine.bin"), 3,
                     "not match the backup")
        self.refused(self.flash("erase", "--at=0x1ed800", "--size=8", "--backup=mine.bin",
                                "--yes=partial-sector"), 3, "not match the backup")

    def test_without_a_backup_only_by_a_word_and_then_it_is_quick(self):
        run = self.good(self.flash("erase", "--region=tuya", "--yes", "--no-backup"))
        self.same(run.die, without(DIE, TUYA))
        self.assertEqual(self.files(), [])
        self.assertLess(run.stats["spi_bytes"], 400 * 1024)
        run = self.flash("erase", "--region=tuya", "--yes", "--no-backup", "--backup=x.bin")
        self.assertEqual(run.status, 2)

    def test_a_backup_that_cannot_be_made_ends_it_before_the_first_erase(self):
        run = self.flash("erase", "--region=tuya", "--yes", "--backup=missing/x.bin")
        self.assertEqual(run.status, 1)
        self.assertIn("missing/x.bin", run.messages)
        self.unchanged(run)

    def test_a_range_that_is_no_whole_sector_is_asked_for_and_leaves_its_neighbours(self):
        part = ("erase", "--at=0x1f0800", "--size=0x1000")
        self.refused(self.flash(*part, "--yes"), 3, "0x1f0000-0x1f07ff", "0x1f1800-0x1f1fff",
                     "--yes=partial-sector")
        for backup in (["--backup=part.bin"], ["--no-backup"]):
            with self.subTest(backup):
                run = self.good(self.flash(*part, "--yes=partial-sector", *backup))
                self.same(run.die, without(DIE, slice(0x1f0800, 0x1f1800)))
        run = self.good(self.flash(*part, "--dry-run"))
        self.assertIn("would erase 0x1f0000-0x1f07ff (2 KiB) with it, and write it back",
                      run.output)
        self.assertIn("--yes=partial-sector", run.messages)

    def test_what_stays_of_a_sector_was_read_twice_before(self):
        arguments = ("erase", "--at=0x1f0800", "--size=8", "--yes=partial-sector", "--no-backup")
        end = self.good(self.flash(*arguments, "--dry-run")).stats["spi_bytes"]
        whole = self.good(self.flash(*arguments)).stats["spi_bytes"]
        seen = ""
        for at in range(end, whole, 2900):
            run = self.flash(*arguments, device=("--flip-at", at))
            self.assertIn(run.status, (0, 1, 4), run.messages)
            if run.status == 0:
                self.same(run.die, without(DIE, slice(0x1f0800, 0x1f0808)))
            elif run.status == 1:
                self.same(run.die, DIE)
            seen += run.messages
        self.assertIn("two readings differ", seen)

    def test_whole_sectors_beside_a_part_of_one_go_as_well(self):
        run = self.good(self.flash("erase", "--at=0x1ee800", "--size=0x2800",
                                   "--yes=partial-sector"))
        self.same(run.die, without(DIE, slice(0x1ee800, 0x1f1000)))

    def test_what_starts_the_module_is_called_that(self):
        for options, words in ((["--at=0", "--size=64K"], "the bootloader: the module does not start"),
                               (["--region=app"], "the application: the module does nothing"),
                               (["--all"], "the bootloader and the application")):
            with self.subTest(options):
                run = self.good(self.flash("erase", *options, "--no-backup", "--yes"))
                self.assertIn("warning: this erases " + words, run.messages)
                run = self.good(self.flash("erase", *options, "--no-backup", "--dry-run"))
                self.assertIn("at risk: " + words, run.output)
        run = self.good(self.flash("erase", "--region=tuya", "--no-backup", "--yes"))
        self.assertNotIn("warning", run.messages)

    def test_settings_of_openbeken_in_an_unusual_place_stay_with_all(self):
        die = bytearray(DIE)
        die[0x1e8000:0x1e9000] = b"CFG\x55\x05\0\0\0" + b"\x33" * 0xff8
        for backup in (["--backup=all.bin"], ["--no-backup"]):
            run = self.good(self.flash("erase", "--all", "--yes", *backup, image=bytes(die)))
            self.same(run.die[0x1e8000:0x1e9000], die[0x1e8000:0x1e9000])
        run = self.good(self.flash("erase", "--all", "--with-net", "--yes", image=bytes(die)))
        self.same(run.die[0x1e8000:0x1e9000], b"\xff" * 0x1000)

    def test_all_keeps_calibration_and_network_unless_they_are_named(self):
        whole = slice(0, SIZE)
        for options, kept in (([], [RF, NET]), (["--with-net"], [RF]), (["--with-rf"], [NET]),
                              (["--with-rf", "--with-net"], [])):
            with self.subTest(options):
                wanted = bytearray(without(DIE, whole))
                for piece in kept:
                    wanted[piece] = DIE[piece]
                run = self.good(self.flash("erase", "--all", "--yes", *options))
                self.same(run.die, bytes(wanted))
                if kept:
                    self.assertIn("keeping 0x1d", run.messages)

    def test_calibration_in_the_range_stays_unless_it_is_named(self):
        run = self.good(self.flash("erase", "--at=0x1c0000", "--size=128K", "--yes"))
        self.same(run.die, without(DIE, slice(0x1c0000, RF.start), slice(RF.stop, 0x1e0000)))
        self.refused(self.flash("erase", "--at=0x1d0000", "--size=4K", "--yes"), 3, "--with-rf")
        run = self.good(self.flash("erase", "--region=rf", "--yes"))
        self.same(run.die, without(DIE, RF))
        self.assertIn("MAC address are erased with it", run.messages)

    def test_calibration_in_an_unusual_place_stays_too(self):
        die = bytearray(DIE)
        die[0x1f0000:0x1f1000] = DIE[RF]
        run = self.good(self.flash("erase", "--region=tuya", "--yes", image=bytes(die)))
        self.same(run.die, without(bytes(die), slice(TUYA.start, 0x1f0000),
                                   slice(0x1f1000, SIZE)))
        die[TUYA.start:TUYA.start + 4096] = DIE[RF]
        run = self.good(self.flash("erase", "--region=tuya", "--yes", image=bytes(die)))
        self.same(run.die[TUYA.start:TUYA.start + 4096], DIE[RF])
        run = self.good(self.flash("erase", "--region=tuya", "--with-rf", "--yes",
                                   image=bytes(die)))
        self.same(run.die, without(bytes(die), TUYA))

    def test_one_flipped_bit_does_not_hide_calibration_in_an_unusual_place(self):
        die = bytearray(DIE)
        die[0x1f0000:0x1f1000] = DIE[RF]
        arguments = ("erase", "--at=0x1f0000", "--size=4K", "--dry-run", "--no-backup")
        run = self.flash(*arguments, image=bytes(die))
        for at in range(run.stats["spi_bytes"] - 36, run.stats["spi_bytes"]):
            run = self.flash(*arguments, image=bytes(die), device=("--flip-at", at))
            if run.status == 1:
                self.assertIn("two readings differ", run.messages)
            else:
                self.assertEqual(run.status, 3, f"{at}: {run.output}{run.messages}")

    def test_where_the_soc_is_unknown_the_places_of_all_socs_stay(self):
        die = b"\x01" * SIZE
        run = self.good(self.flash("erase", "--all", "--yes", "--no-backup", image=die))
        for at in (0x1d0000, 0x1e0000):
            self.assertEqual(run.die[at], 1)
        self.assertEqual(run.die[0x100000], 0xff)
        run = self.flash("erase", "--region=rf", "--yes", image=die)
        self.assertEqual(run.status, 3)
        self.assertIn("--soc", run.messages)

    def test_an_erase_that_was_cut_off_is_not_to_be_resumed_but_done_again(self):
        whole = self.good(self.flash("erase", "--all", "--yes", "--no-backup"))
        half = whole.stats["virtual_us"] // 2000
        whole = self.good(self.flash("erase", "--all", "--yes", "--backup=first.bin"))
        for options, ms, again in ((["--no-backup"], half, "erase again\n"),
                                   (["--backup=old.bin"], whole.stats["virtual_us"] // 1000 - half,
                                    "erase again, with --no-backup\n")):
            run = self.flash("erase", "--all", "--yes", *options, device=("--unplug-at", ms))
            self.assertEqual(run.status, 4, run.messages)
            self.assertNotIn("resume", run.messages)
            self.assertIn(again, run.messages.rsplit("half", 1)[1])
        self.assertIn("the content of the flash is in old.bin",
                      run.messages)

    def test_nothing_is_erased_without_a_yes(self):
        run = self.refused(self.flash("erase", "--all"), 3, "--yes")
        self.assertEqual(run.stats["packets"], 0)

    def answer(self, text):
        """erase --region=tuya, with this typed at a terminal."""
        master, slave = os.openpty()
        self.addCleanup(os.close, master)
        self.addCleanup(os.close, slave)
        os.write(master, text)
        return self.flash("erase", "--region=tuya", stdin=slave)

    def test_on_a_terminal_it_asks_and_only_yes_is_one(self):
        for text in (b"no\n", b"y\n", b"\n", b"yes please\n", b"\x04"):
            with self.subTest(text):
                self.refused(self.answer(text), 3, "Erase 76 KiB", "was not changed")
        self.same(self.good(self.answer(b"yes\n")).die, without(DIE, TUYA))

    def test_yes_twice_is_yes(self):
        self.same(self.good(self.flash("erase", "--region=tuya", "--yes", "--yes")).die,
                  without(DIE, TUYA))

    def test_protection_is_put_back_if_that_is_wished(self):
        run = self.good(self.flash("erase", "--region=tuya", "--yes",
                                   "--params=unprotect=restore"))
        self.assertEqual(int(run.stats["status_registers"], 16), FIRMWARE_SR)
        self.same(run.die, without(DIE, TUYA))

    def test_a_flash_that_stays_protected_is_an_error(self):
        run = self.flash("erase", "--region=tuya", "--yes",
                         device=("--part", "GD25Q16B", "--sr", "4084", "--wp", "low"))
        self.assertEqual(run.status, 1)
        self.assertIn("stays write-protected", run.messages)
        self.same(run.die, DIE)


if __name__ == "__main__":
    tap.main()
