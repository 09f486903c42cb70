# SPDX-License-Identifier: GPL-2.0-or-later
"""flashrom-beken -w with files that flashrom judges only by their size."""
import os
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
import rig
import tap
from lamp import BEKEN_FLASH, DIE, MADE, RF, SIZE

APP = 0x11000
QIO, UA, DUMP = ((MADE / name).read_bytes() for name in ("qio.bin", "ua.bin", "dump.bin"))
WARNING = "flashrom-beken: warning: "


def onto(die, at, content):
    return die[:at] + content + die[at + len(content):]


def nearly(content):
    """Content of a die that need not be written completely."""
    return onto(content, 0x80000, bytes(byte ^ 0xff for byte in content[0x80000:0x81000]))


class UnfitFiles(rig.Case):
    def write(self, name, content, *arguments, params="", image=DIE):
        """-w with this file; .said are the messages of this project."""
        if content is not None:
            self.rig.file(name, content)
        run = self.rig.beken(*(arguments or ("-w", name)), image=image, params=params)
        run.said = [line.removeprefix(WARNING) for line in run.output.splitlines()
                    if line.startswith(WARNING)]
        return run

    def paste(self, run, image=DIE):
        """The command at the end of the line, as a user would copy it."""
        self.assertEqual(len(run.said), 1, run.output)
        command = "beken-flash " + run.said[0].split(": beken-flash ")[1]
        script = self.rig.file("paste.sh", command.encode())
        pasted = self.rig.run("sh", script, image=image, env={
            "PATH": f"{pathlib.Path(BEKEN_FLASH).parent}:{os.environ['PATH']}"})
        self.assertEqual(pasted.status, 0, command + "\n" + pasted.output)
        return pasted

    def test_of_another_size_it_is_said_what_it_is_and_the_command_puts_it_there(self):
        for name, content, words, wanted in (
                ("ua.bin", UA, "is an application (UA) for BK7231N that belongs at 0x11000",
                 onto(DIE, APP, UA)),
                ("qio.bin", QIO, "bootloader and application (QIO) for BK7231N that belongs at "
                 "0x0", onto(DIE, 0, QIO)),
                ("boot.bin", QIO[:APP], "is a bootloader for BK7231N that belongs at 0x0",
                 onto(DIE, 0, QIO[:APP])),
                ("rf.bin", DIE[RF], "is a calibration region, and the SoC decides", DIE)):
            with self.subTest(name):
                run = self.write(name, content)
                self.assertNotEqual(run.status, 0)
                self.same(run.die, DIE)
                self.assertIn(words, run.said[0])
                self.same(self.paste(run).die, wanted)

    def test_the_command_can_be_pasted_whatever_the_file_is_called(self):
        for name in ("it's $odd \"name\".bin", "-ua.bin"):
            with self.subTest(name):
                run = self.write(name, UA, "--write=" + name, params="tries=3")
                self.assertIn("--params=tries=3 ", run.said[0])
                self.same(self.paste(run).die, onto(DIE, APP, UA))
                for other in self.rig.path.glob("*.bin.json"):
                    other.unlink()

    def test_a_name_that_is_too_long_gets_no_half_command(self):
        folders = "/".join(["d" * 200] * 2)
        (self.rig.path / folders).mkdir(parents=True)
        run = self.write(f"{folders}/ua.bin", UA)
        self.assertIn("belongs at 0x11000", run.said[0])
        self.assertNotIn("beken-flash write", run.output)

    def test_of_another_size_it_is_said_why_nothing_is_right_for_it(self):
        damaged = bytearray(QIO)
        damaged[APP + 34 * 7 + 5] ^= 1
        for name, content, words in (
                ("page.bin", b"<!DOCTYPE html><html><body>404</body></html>", "it is a web page"),
                ("app.rbl", (MADE / "app.rbl").read_bytes(), "an over-the-air update"),
                ("damaged.bin", bytes(damaged), "CRC blocks are wrong"),
                ("large.bin", onto(b"\xff" * 2 * SIZE, 0, DUMP), "Use a file for a flash of this size"),
                ("noise.bin", rig.random_bytes(5000, 2),
                 "has 5000 bytes, the flash 2097152, and it is not known what this file is")):
            with self.subTest(name):
                run = self.write(name, content)
                self.assertNotEqual(run.status, 0)
                self.assertEqual(len(run.said), 1, run.output)
                self.assertIn(words, run.said[0])
                self.assertNotIn("beken-flash write", run.output)
                self.same(run.die, DIE)

    def test_a_dump_of_a_smaller_flash_is_called_that(self):
        self.rig.file("dump.bin", DUMP)
        run = self.rig.beken("-w", "dump.bin", image=DIE + DIE, device=("--part", "W25Q32"))
        self.assertIn("a dump of 0x200000 bytes, but the flash has 0x400000", run.output)
        self.assertNotIn("beken-flash write", run.output)
        self.same(run.die, DIE + DIE)

    def test_what_fits_by_its_size_alone_is_written_after_a_warning(self):
        for name, content, words, command in (
                ("rotated.bin", DUMP[APP:] + DUMP[:APP], "rotated: what belongs at address 0 is "
                 "at 0x1ef000 of it; the module would not start with it", True),
                ("own.bin", onto(DUMP, 0, UA), "is an application (UA) for BK7231N that belongs "
                 "at 0x11000", False),
                ("filled.bin", UA.ljust(SIZE, b"\xff"), "belongs at 0x11000", False),
                ("qio-filled.bin", QIO.ljust(SIZE, b"\xff"), "would erase what is in the flash "
                 "there", False),
                ("blank.bin", b"\xff" * SIZE, "would erase the flash", False),
                ("region.bin", onto(bytes(SIZE), RF.start, DIE[RF]), "nothing but bytes 00 at "
                 "its start, where the bootloader belongs", False)):
            with self.subTest(name):
                run = self.write(name, content, image=nearly(content))
                self.assertEqual(run.status, 0, run.output)
                self.same(run.die, content)
                self.assertEqual(len(run.said), 1, run.output)
                self.assertIn(words, run.said[0])
                self.assertEqual("beken-flash write" in run.said[0], command)
                self.assertLess(run.output.index(WARNING), run.output.index("serprog: "))

    def test_a_rotated_dump_is_turned_by_the_command_of_the_warning(self):
        run = self.write("rotated.bin", DUMP[APP:] + DUMP[:APP], image=DUMP)
        self.same(self.paste(run, image=onto(DUMP, 0, QIO)).die, DUMP)

    def test_nothing_is_said_of_what_is_right_or_not_known(self):
        for name, content in (("dump.bin", DUMP), ("own.bin", DIE),
                              ("noise.bin", rig.random_bytes(SIZE, 2))):
            with self.subTest(name):
                run = self.write(name, content, image=nearly(content))
                self.assertEqual(run.status, 0, run.output)
                self.assertEqual(run.said, [])
        for arguments in (["-r", "ua.bin2"], ["-v", "ua.bin"], ["-w", "no-such-file"]):
            with self.subTest(arguments):
                self.assertEqual(self.write("ua.bin", UA, *arguments).said, [])

    def test_a_pipe_reaches_flashrom_whole(self):
        self.rig.file("dump.bin", DUMP)
        os.mkfifo(self.rig.path / "pipe")
        for feed, name in (("cat dump.bin |", "-"), ("cat dump.bin > pipe &", "pipe")):
            with self.subTest(name):
                run = self.rig.run("sh", "-c", f"{feed} {rig.FLASHROM_BEKEN} -p beken_spi -w {name}",
                                   image=DIE)
                self.assertNotIn(WARNING, run.output)
                if name == "-":
                    self.same(run.die, DUMP)

    def test_the_file_of_a_region_is_looked_into_at_the_place_that_the_layout_gives_it(self):
        self.rig.file("dump.bin", DUMP)
        self.rig.file("lay", f"{0:06x}:{len(UA) - 1:06x} fw\n"
                      f"{APP:x}:{APP + len(UA) - 1:x} app\n0:fff small\n".encode())
        both = ("-l", "lay", "-w", "dump.bin", "-N")
        for region, said, at in (("fw", "that belongs at 0x11000", 0), ("app", None, APP),
                                 ("small", "that belongs at 0x11000: beken-flash write ua.bin",
                                  None)):
            with self.subTest(region):
                run = self.write("ua.bin", UA, *both, "-i", f"{region}:ua.bin")
                self.same(run.die, DIE if at is None else onto(DIE, at, UA))
                self.assertEqual(len(run.said), 1 if said else 0, run.output)
                self.assertIn(said or "", "".join(run.said))

    def test_of_a_file_whose_regions_alone_are_written_only_a_wrong_place_is_said(self):
        self.rig.file("lay", b"1d0000:1d0fff rf\n")
        for name, content, words in (
                ("rotated.bin", DUMP[APP:] + DUMP[:APP], "rotated"),
                ("blank.bin", b"\xff" * SIZE, None),
                ("small.bin", QIO, "belongs at 0x0: beken-flash write small.bin")):
            with self.subTest(name):
                run = self.write(name, content, "-l", "lay", "-i", "rf", "-N", "-w", name)
                self.assertEqual(len(run.said), 1 if words else 0, run.output)
                self.assertIn(words or "", "".join(run.said))
                self.assertNotIn("would not start", run.output)

    def test_if_all_regions_have_files_of_their_own_the_content_behind_w_does_not_count(self):
        self.rig.file("lay", b"1d0000:1d0fff rf\n")
        self.rig.file("rf.bin", DIE[RF])
        run = self.write("rotated.bin", DUMP[APP:] + DUMP[:APP], "-l", "lay", "-i", "rf:rf.bin",
                         "-N", "-w", "rotated.bin")
        self.assertEqual((run.status, run.said), (0, []), run.output)


if __name__ == "__main__":
    tap.main()
