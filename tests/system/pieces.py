# SPDX-License-Identifier: GPL-2.0-or-later
"""beken-flash write and identify with files that are a piece of something known."""
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
import rig
import tap
from lamp import DIE, KIB, MADE, RF, SIZE, Commands, without

HALF = SIZE // 2
OTHER = (MADE / "other-qio.bin").read_bytes()
# The same module, with other firmware.
FOREIGN = OTHER + DIE[len(OTHER):]


class Pieces(Commands):
    def write(self, content, *options, die, name="piece.bin"):
        return self.flash("write", self.rig.file(name, content), *options, image=die)

    def goes_back(self, content, *options, die, ways=(["--no-backup"],)):
        for backup in ways:
            run = self.good(self.write(content, *options, *backup, die=die))
            self.same(run.die, DIE)
            self.assertIn("bootloader and application are complete", run.messages)

    def stays_out(self, content, *options, die, name):
        run = self.write(content, *options, "--no-backup", die=die)
        self.assertEqual(run.status, 3, run.output + run.messages)
        self.assertIn(f"--force={name}", run.messages)
        self.same(run.die, die)

    def test_the_first_sector_puts_right_what_it_belongs_to(self):
        self.goes_back(DIE[:4096], die=without(DIE, slice(0, 4096)),
                       ways=([], ["--no-backup"]))
        self.goes_back(DIE[:64 * KIB], die=without(DIE, slice(0, 8192)))

    def test_the_first_sector_of_another_firmware_does_not(self):
        self.stays_out(OTHER[:4096], die=DIE, name="truncated")

    def test_a_file_that_was_cut_off_is_refused_on_other_firmware(self):
        self.stays_out(OTHER[:len(OTHER) // 2], die=DIE, name="unconfirmed")
        self.stays_out(OTHER[:0x11000 + 34 * 4096], die=DIE, name="unconfirmed")

    def test_the_start_of_an_application_goes_back_only_to_its_own_firmware(self):
        piece = DIE[0x11000:0x12000]
        self.goes_back(piece, die=without(DIE, slice(0x11000, 0x12000)))
        self.stays_out(piece, die=FOREIGN, name="truncated")

    def test_one_half_of_a_dump_is_judged_by_the_other(self):
        noise = rig.random_bytes(0x1000, 7)
        spoilt = DIE[:0x1f0000] + noise + DIE[0x1f1000:]
        self.goes_back(DIE[HALF:], "--with-data", die=spoilt)
        self.goes_back(DIE[:HALF], die=without(DIE, slice(0, 0x20000)))
        self.stays_out(DIE[HALF:], die=FOREIGN, name="inconsistent")
        self.stays_out(DIE[:HALF], die=FOREIGN, name="unconfirmed")

    def test_unknown_bytes_are_judged_where_they_make_code(self):
        piece = DIE[0x18000:0x19000]
        at = "--at=0x18000"
        self.goes_back(piece, at, die=without(DIE, slice(0x18000, 0x19000)))
        self.stays_out(rig.random_bytes(4096, 3), at, die=DIE, name="not-an-image")
        self.stays_out(piece, "--at=0x1f0000", die=DIE, name="not-an-image")
        self.stays_out(piece, die=DIE, name="not-an-image")

    def test_the_modules_own_stays_whatever_half_is_written(self):
        other = bytearray(DIE[HALF:])
        other[RF.start - HALF + 36 + 5] ^= 0x55
        run = self.good(self.write(bytes(other), die=DIE))
        self.same(run.die, DIE)

    def test_a_piece_is_called_one(self):
        for content, words in ((DIE[:4096], "the start of a bootloader"),
                               (DIE[0x11000:0x12000], "the start of an application"),
                               (DIE[:HALF], "a bootloader and the start of an application"),
                               (DIE[HALF:], "the end of a flash of 0x200000 bytes, from 0x100000 on")):
            run = self.rig.run("sh", "-c", f"{rig.BEKEN_FLASH} identify "
                               f"{self.rig.file('piece.bin', content)}")
            self.assertIn("piece.bin: " + words, run.output)


if __name__ == "__main__":
    tap.main()
