# SPDX-License-Identifier: GPL-2.0-or-later
"""Stock flashrom does all its jobs through -p beken_spi."""
import functools
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
import rig
import speed
import tap

KIB = 1024
SIZE = 2048 * KIB
PART_KNOWN = ("--part", "GD25Q16B")    # to flashrom 1.3.0
PART_UNKNOWN = ("--part", "TH25Q16HB")
PARTS = ("EN25QH16B", "GD25Q16B", "TH25Q16HB", "P25Q16HB", "XT25F16B", "W25Q32")


OLD, NEW = rig.random_bytes(SIZE, 1), rig.random_bytes(SIZE, 2)


@functools.cache
def rewritten(part):
    """A full write over other content, shared by several tests because it takes long."""
    bench = rig.Rig()
    try:
        return bench.beken("-w", bench.file("new.bin", NEW), image=OLD,
                           device=("--part", part, "--sr", "firmware"))
    finally:
        bench.close()


class Flash(rig.Case):
    old, new = OLD, NEW

    def good(self, run):
        self.assertEqual(run.status, 0, run.output)
        self.assertEqual(run.stats["cen"], "high")
        return run

    def layout(self, start, end):
        return self.rig.file("layout", f"{start:06x}:{end - 1:06x} part\n".encode())

    def test_a_read_gives_the_content_of_the_die_and_changes_nothing(self):
        run = self.good(self.rig.beken("-r", "out.bin", image=self.old,
                                       device=(*PART_KNOWN, "--sr", "firmware")))
        self.same(self.rig.file("out.bin").read_bytes(), self.old)
        self.same(run.die, self.old)
        self.assertEqual(run.stats["sr_writes"], 0)
        self.assertEqual(run.stats["page_programs"], 0)
        self.assertEqual(int(run.stats["status_registers"], 16), 0x4004)

    def test_a_full_write_over_other_content_is_verified_and_exact(self):
        run = self.good(rewritten(speed.bench.KNOWN))
        self.assertIn("VERIFIED", run.output)
        self.same(run.die, self.new)

    def test_regions_of_a_layout_are_extracted_each_to_its_file(self):
        self.rig.file("layout", b"002000:003fff some\n0123f0:0178ff odd\n")
        run = self.good(self.rig.beken("-l", "layout", "-x", image=self.old, device=PART_KNOWN))
        self.same(self.rig.file("some").read_bytes(), self.old[0x2000:0x4000])
        self.same(self.rig.file("odd").read_bytes(), self.old[0x123f0:0x17900])
        self.same(run.die, self.old)

    def test_a_part_that_flashrom_does_not_know_is_written_in_full_pages(self):
        run = self.good(rewritten(speed.bench.UNKNOWN))
        self.same(run.die, self.new)
        # A page may be sent twice if the die was slower than expected.
        self.assertLess(run.stats["page_programs"], SIZE // 256 * 1.01)
        self.assertIn(speed.bench.UNKNOWN, run.output)

    def test_a_part_that_flashrom_does_not_know_is_as_quick_as_one_that_it_knows(self):
        stats = {cell: rewritten(cell[-1]).stats for cell in speed.bench.PART_CELLS}
        for what, value, wanted, good in speed.bench.targets(stats):
            self.assertTrue(good, f"{what}: {value}, wanted {wanted}")

    def test_every_part_is_written_in_the_state_in_which_firmware_leaves_it(self):
        for part in PARTS:
            with self.subTest(part=part):
                size = 2 * SIZE if part == "W25Q32" else SIZE
                old = rig.random_bytes(size, 3)
                changed = old[:8 * KIB] + rig.random_bytes(4 * KIB, 4) + old[12 * KIB:]
                self.layout(8 * KIB, 12 * KIB)
                run = self.good(self.rig.beken(
                    "-l", "layout", "-i", "part", "-N", "-w", self.rig.file("new.bin", changed),
                    image=old, device=("--part", part, "--sr", "firmware")))
                self.same(run.die, changed)
                self.assertLessEqual(run.stats["sr_writes"], 2)
                self.assertEqual(run.stats["ignored_protected"], 0)

    def test_a_verify_of_other_content_fails_as_flashrom_does(self):
        run = self.rig.beken("-v", self.rig.file("new.bin", self.new), image=self.old,
                             device=PART_KNOWN)
        self.assertEqual(run.status, 3, run.output)
        self.same(run.die, self.old)

    def test_a_region_write_touches_only_the_region(self):
        # 0x129F70 bytes, which is no multiple of a page or a sector, as in many QIO files.
        length = 0x29F70
        part = rig.random_bytes(length, 5)
        self.layout(0, length)
        self.rig.file("whole.bin", self.old)
        self.rig.file("part.bin", part)
        run = self.good(self.rig.beken("-l", "layout", "-i", "part:part.bin", "-N", "-w",
                                       "whole.bin", image=self.old, device=PART_UNKNOWN))
        self.same(run.die[:length], part)
        self.same(run.die[length:], self.old[length:])

    def test_a_region_erase_leaves_the_rest(self):
        self.layout(64 * KIB, 128 * KIB)
        run = self.good(self.rig.beken("-l", "layout", "-i", "part", "-E", image=self.old,
                                       device=PART_KNOWN))
        self.same(run.die[64 * KIB:128 * KIB], b"\xff" * 64 * KIB)
        self.same(run.die[:64 * KIB], self.old[:64 * KIB])
        self.same(run.die[128 * KIB:], self.old[128 * KIB:])

    def test_a_whole_erase_takes_the_large_commands(self):
        run = self.good(self.rig.beken("-E", image=self.old, device=PART_KNOWN))
        self.assertEqual(run.die.count(0xff), SIZE)
        self.assertEqual(run.stats["erases"]["4096"], 0)
        # Some releases use one command for the whole chip.
        self.assertLessEqual(sum(run.stats["erases"].values()), SIZE // (64 * KIB))

    def test_an_erase_never_reaches_beyond_what_was_asked(self):
        # From the middle of one block to the middle of the second one after it.
        start, end = 60 * KIB, 164 * KIB
        self.layout(start, end)
        run = self.good(self.rig.beken("-l", "layout", "-i", "part", "-E", image=self.old,
                                       device=PART_KNOWN))
        self.same(run.die, self.old[:start] + b"\xff" * (end - start) + self.old[end:])
        self.assertEqual(run.stats["erases"]["65536"], 1)
        self.assertEqual(run.stats["erases"]["32768"], 1)
        self.assertEqual(run.stats["erases"]["4096"], 2)
        self.assertEqual(run.stats["page_programs"], 0)

    def test_a_die_that_stays_protected_is_an_error_and_not_a_chip_erase(self):
        run = self.rig.beken("-w", self.rig.file("new.bin", self.new), image=self.old,
                             device=(*PART_KNOWN, "--sr", "4084", "--wp", "low"))
        self.assertNotEqual(run.status, 0)
        self.assertIn("stays write-protected", run.output)
        self.assertTrue(run.output.rstrip().endswith("was not changed"), run.output[-300:])
        self.same(run.die, self.old)
        self.assertEqual(sum(run.stats["erases"].values()), 0)
        self.assertEqual(run.stats["ignored_protected"], 0)
        self.assertEqual(run.stats["cen"], "high")

    def test_quad_enable_survives_the_lifting_of_protection(self):
        self.layout(0, 4 * KIB)
        new = rig.random_bytes(4 * KIB, 6) + self.old[4 * KIB:]
        for behaviour in ("keeps", "clears"):
            with self.subTest(one_byte_01=behaviour):
                run = self.good(self.rig.beken(
                    "-l", "layout", "-i", "part", "-N", "-w", self.rig.file("new.bin", new),
                    image=self.old,
                    device=(*PART_KNOWN, "--sr", "4204", "--one-byte-01", behaviour)))
                self.same(run.die, new)
                self.assertEqual(int(run.stats["status_registers"], 16), 0x0200)
                self.assertEqual(run.stats["sr_writes"], 1)

    def test_pages_that_the_busy_die_ignored_are_programmed_again(self):
        self.layout(0, 256 * KIB)
        new = rig.random_bytes(256 * KIB, 7) + self.old[256 * KIB:]
        run = self.good(self.rig.beken("-l", "layout", "-i", "part", "-N", "-w",
                                       self.rig.file("new.bin", new), image=self.old,
                                       device=(*PART_KNOWN, "--busy", "varying", "--seed", "5")))
        self.assertGreater(run.stats["ignored_while_busy"], 0)
        self.same(run.die, new)

    def test_a_slow_die_is_waited_for(self):
        self.layout(0, 16 * KIB)
        new = rig.random_bytes(16 * KIB, 8) + self.old[16 * KIB:]
        run = self.good(self.rig.beken("-l", "layout", "-i", "part", "-N", "-w",
                                       self.rig.file("new.bin", new), image=self.old,
                                       device=(*PART_KNOWN, "--busy", "maximum")))
        self.same(run.die, new)

    def test_the_same_run_costs_the_same(self):
        self.layout(0, 64 * KIB)
        runs = [self.good(self.rig.beken("-l", "layout", "-i", "part", "-r", "out.bin",
                                         image=self.old, device=PART_UNKNOWN))
                for _ in range(2)]
        self.assertEqual(runs[0].stats, runs[1].stats)

    def test_a_real_dump_is_replaced_by_real_firmware(self):
        dump = rig.DUMPS / "bk7231n-plug.bin"
        firmware = rig.DUMPS / "openbk7231n-qio-1.18.300.bin"
        if not dump.exists() or not firmware.exists():
            self.skipTest("the real dumps are not here")
        old, new = dump.read_bytes(), firmware.read_bytes()
        self.layout(0, len(new))
        run = self.good(self.rig.beken("-l", "layout", "-i", f"part:{firmware}", "-N", "-w", dump,
                                       image=old, device=("--soc", "BK7231N", "--sr", "firmware")))
        self.same(run.die, new + old[len(new):])


if __name__ == "__main__":
    tap.main()
