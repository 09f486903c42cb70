# SPDX-License-Identifier: GPL-2.0-or-later
"""The backup that `beken-flash write` makes is true, though there is no time to read twice."""
import json
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
import lamp
import rig
import tap


def sparse_die():
    """Like a real one: code, calibration, settings, and blank elsewhere."""
    die = bytearray(lamp.without(lamp.DIE, slice(0x12a000, lamp.SIZE)))
    for piece in (lamp.RF, lamp.NET, lamp.TUYA):
        die[piece] = lamp.DIE[piece]
    return bytes(die)


DIE = sparse_die()
FLIPS = range(100000, lamp.SIZE, 4 * 190000)


class SecondReading(lamp.Commands):
    def write(self, *arguments, die=DIE, **options):
        self.rig.file("one", b"x")
        return self.flash("write", "--at=0x1a0000", "--force=not-an-image", *arguments, "one",
                          image=die, **options)

    def manifest(self, name="b.bin"):
        return json.loads(self.rig.file(name + ".json").read_text())

    def test_of_a_real_flash_every_byte_of_the_backup_is_confirmed(self):
        run = self.good(self.write("--backup=b.bin"))
        self.assertEqual(self.manifest()["confirmed"], lamp.SIZE)
        self.assertNotIn("only once", run.messages)
        self.assertLess(run.stats["virtual_us"], 32e6)

    def test_one_flipped_bit_never_gets_into_a_backup(self):
        # In code, in a blank place, and in settings; tools/torture tries more places.
        for at in FLIPS:
            with self.subTest(at=at):
                name = f"{at}.bin"
                run = self.write(f"--backup={name}", device=("--flip-at", at))
                self.assertEqual(run.status, 0, run.messages)
                self.same(self.rig.file(name).read_bytes(), DIE)
                self.assertEqual(self.manifest(name)["confirmed"], lamp.SIZE)

    def test_one_flipped_bit_does_not_hide_the_only_byte_of_a_sector(self):
        die = bytearray(DIE)
        die[0x1de123] = 0xef
        hidden = 0
        for at in (0x1de123 + 602, 0x1de123 + 601, 0x1de123 + 603):
            run = self.write(f"--backup={at}.bin", die=bytes(die), device=("--flip-at", at))
            self.assertEqual(run.status, 0, run.messages)
            hidden += "two readings differ" in run.messages
            self.same(self.rig.file(f"{at}.bin").read_bytes(), bytes(die))
        self.assertEqual(hidden, 3)

    def test_of_a_flash_without_checksums_what_is_read_once_is_told(self):
        noise = rig.random_bytes(lamp.SIZE, 7)
        run = self.good(self.write("--backup=b.bin", die=noise))
        self.assertIn("read only once", run.messages)
        self.assertEqual(self.manifest()["confirmed"], lamp.SIZE // 4 + 4096)
        run = self.good(self.flash("restore", "b.bin", image=run.die))
        self.assertIn("read only once", run.messages)

    def test_where_it_writes_comes_first_though_time_is_short(self):
        noise = rig.random_bytes(lamp.SIZE, 7)
        seen = self.good(self.flash("read", "--once", "--at=0", "--size=0x1a0000", "-", image=noise))
        at = seen.stats["spi_bytes"] + 600
        run = self.write("--backup=b.bin", die=noise, device=("--flip-at", at))
        self.assertEqual(run.status, 0, run.messages)
        self.assertIn("two readings differ", run.messages)
        self.same(self.rig.file("b.bin").read_bytes(), noise)

    def test_without_a_backup_the_rest_of_a_sector_is_read_twice_before_it_is_written_back(self):
        whole = self.good(self.write("--no-backup")).die
        seen = self.good(self.flash("read", "--once", "--at=0", "--size=4096", "-", image=DIE))
        ends = set()
        for at in range(seen.stats["spi_bytes"] - 2000, seen.stats["spi_bytes"] + 6000, 800):
            run = self.write("--no-backup", device=("--flip-at", at))
            self.same(run.die, DIE if run.status else whole)
            if run.status:
                self.assertIn("two readings differ", run.messages)
            ends.add(run.status)
        self.assertEqual(ends, {0, 1})

    def test_without_a_backup_a_sector_that_has_to_go_is_not_read(self):
        own, other = bytearray(lamp.DIE), bytearray(lamp.DIE)
        other[0x12a000:0x1d0000] = rig.random_bytes(0xa6000, 9)
        other[lamp.NET] = rig.random_bytes(0x2000, 10)
        # No firmware of a BK7231N has settings there, and yet it is unique to the module.
        own[0x158000:0x159000] = lamp.DIE[lamp.RF]
        own[0x170000:0x170008] = b"CFG\x09\x05\0\0\0"
        self.rig.file("other", bytes(other))
        wanted = bytes(other[:0x158000] + own[0x158000:0x159000] + other[0x159000:0x170000] +
                       own[0x170000:0x171000] + other[0x171000:lamp.NET.start] + own[lamp.NET.start:])
        write = ("write", "--json", "other")
        plan = self.good(self.flash(*write, "--no-backup", "--dry-run", image=bytes(own)))
        run = self.good(self.flash(*write, "--no-backup", image=bytes(own)))
        full = self.good(self.flash(*write, "--backup=b.bin", image=bytes(own)))
        self.same(run.die, wanted)
        self.same(full.die, wanted)
        planned, done, saved = (json.loads(each.output.splitlines()[-1]) for each in (plan, run, full))
        self.assertEqual(done["unread_bytes"], 0xa4000)
        self.assertEqual(saved["unread_bytes"], 0)
        # What is not read is erased as if it had been, and the estimate counts no time for reading it.
        self.assertEqual(done["ranges"], saved["ranges"])
        for what in ("erases", "page_programs"):
            self.assertEqual(run.stats[what], full.stats[what])
        for what in ("unread_bytes", "ranges", "typical_ms", "most_ms"):
            self.assertEqual(done[what], planned[what])
        # In addition to the estimate, both need the start, and what a release of flashrom does more.
        beside = [each.stats["virtual_us"] / 1e6 - told["typical_ms"] / 1e3
                  for each, told in ((run, done), (full, saved))]
        self.assertAlmostEqual(*beside, delta=0.1)
        self.same(self.rig.file("b.bin").read_bytes(), bytes(own))

    def test_another_modules_content_is_read_twice_before_it_is_replaced(self):
        other = bytearray(DIE)
        other[lamp.RF.start + 36 + 5] ^= 0x55
        self.good(self.flash("backup", "b.bin", image=DIE))
        run = self.flash("restore", "--yes=other-module", "b.bin", image=bytes(other),
                         device=("--flip-at", 1000000))
        self.assertEqual(run.status, 1, run.messages)
        self.assertIn("two readings differ", run.messages)
        self.same(run.die, bytes(other))

    def test_a_given_backup_is_not_believed_where_the_file_brings_nothing_new(self):
        changed = bytearray(DIE)
        changed[0x30812] ^= 4
        self.rig.file("b.bin", DIE)
        self.rig.file("dump", DIE)
        new = bytearray(DIE)
        new[0x31000:0x128000] = rig.random_bytes(0x128000 - 0x31000, 5)
        self.rig.file("new", bytes(new[:0x129000]))
        force = "--force=not-an-image,damaged,unconfirmed,inconsistent"
        for file in ("dump", "new"):
            run = self.flash("write", "--at=0", force, "--backup=b.bin", file,
                             image=bytes(changed))
            self.assertEqual(run.status, 3, run.output + run.messages)
            self.assertIn("not match the backup", run.messages)
            self.same(run.die, bytes(changed))

    def test_a_flipped_bit_is_no_difference_for_verify(self):
        self.rig.file("dump", DIE)
        seen = self.good(self.flash("detect", image=DIE)).stats["spi_bytes"]
        for at in (0x40000, 0x1d0024, 0x1f8000):
            run = self.good(self.flash("verify", "--at=0", "dump", image=DIE,
                                       device=("--flip-at", seen + at)))
            self.assertIn("two readings differ", run.messages)

    def test_a_read_is_made_twice_unless_it_says_once(self):
        area = ("--at=0x10000", "--size=0x20000")
        once = self.good(self.flash("read", "--once", *area, "-", image=DIE)).stats["spi_bytes"]
        run = self.good(self.flash("read", "--json", *area, "a", image=DIE,
                                   device=("--flip-at", once - 0x10000)))
        self.same(self.rig.file("a").read_bytes(), DIE[0x10000:0x30000])
        result = json.loads(run.output.splitlines()[-1])
        self.assertEqual(result["wrong_bits"], 1)
        self.assertGreater(run.stats["spi_bytes"], once + 0x20000)

    def test_info_states_nothing_that_two_readings_do_not_agree_on(self):
        whole = self.good(self.flash("info", "--json", image=DIE))
        right = json.loads(whole.output.splitlines()[-1])
        for at in range(2000, whole.stats["spi_bytes"], 14650):
            run = self.flash("info", "--json", image=DIE, device=("--flip-at", at))
            said = json.loads(run.output.splitlines()[-1])
            if run.status == 0:
                for of in ("socs", "bootloader", "application", "calibration", "regions"):
                    self.assertEqual(said[of], right[of], (at, of))
            else:
                self.assertIn("two readings differ", run.messages + run.output)

    def test_what_is_taken_from_a_given_backup_is_told(self):
        self.rig.file("b.bin", DIE)
        self.rig.file("new", DIE[:0x30000] + b"new" + DIE[0x30003:])
        run = self.good(self.flash("write", "--at=0", "--backup=b.bin", "new",
                                   "--force=not-an-image,damaged,unconfirmed,inconsistent",
                                   image=DIE))
        self.assertIn("compared with the backup in samples only", run.messages)

    def test_of_a_sector_that_a_region_covers_in_part_the_rest_is_read_twice(self):
        die = bytearray(DIE)
        die[0x129f80:0x12a000] = rig.random_bytes(0x80, 4)
        self.good(self.flash("backup", "b.bin", image=bytes(die)))
        die[0x128000] ^= 1
        seen = self.good(self.flash("read", "--once", "--at=0", "--size=4096", "-", image=bytes(die)))
        at = 0x129fc0 + seen.stats["spi_bytes"] - 4096
        run = self.flash("restore", "--region=app", "b.bin", image=bytes(die),
                         device=("--flip-at", at))
        self.assertEqual(run.status, 1, run.output + run.messages)
        self.assertIn("two readings differ", run.messages)
        self.same(run.die, bytes(die))


if __name__ == "__main__":
    tap.main()
