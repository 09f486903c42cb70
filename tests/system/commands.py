# SPDX-License-Identifier: GPL-2.0-or-later
"""The commands of beken-flash on the simulator; backup, write and restore have files of their own."""
import json
import os
import pathlib
import re
import signal
import sys
from xml.etree import ElementTree

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
import rig
import tap
from lamp import BEKEN_FLASH, DIE, FIRMWARE_SR, MAC, MADE, RF, SIZE, Commands, without


class Looking(Commands):
    def test_detect_says_what_is_there_and_changes_nothing(self):
        run = self.unchanged(self.good(self.flash("detect")))
        for words in ("CH341A at usb=", "SoC:        BK7231N\n", "its bootloader calls itself BK7231N", "TH25Q16HB",
                      "2048 KiB", "protection: on", "0x4004"):
            self.assertIn(words, run.output)

    def test_a_chip_that_is_held_serves_others_until_it_is_reset(self):
        held = "--params=enter=never"
        run = self.good(self.flash(shell=f"""
            {BEKEN_FLASH} detect --hold && {rig.STOCK} -p ch341a_spi --flash-size &&
            {BEKEN_FLASH} read {held} --region=rf rf.bin && {BEKEN_FLASH} reset &&
            ! {BEKEN_FLASH} detect {held}""", device=("--part", "GD25Q16B")))
        self.assertIn("-p beken_spi:enter=never", run.output)
        self.assertIn("beken-flash reset", run.output)
        self.assertIn("no flash answers", run.messages)
        self.assertEqual(run.output.count("stays in SPI mode"), 1)
        self.assertEqual(self.rig.file("rf.bin").read_bytes(), DIE[RF])

    def test_a_reset_needs_no_link_and_only_pulls_cen(self):
        run = self.unchanged(self.good(self.flash("reset", device=("--entry", "closed"))))
        self.assertEqual(run.stats["cen_pulses"], 1)

    def test_a_result_that_nobody_gets_is_no_success(self):
        run = self.flash(shell=f"{BEKEN_FLASH} detect > /dev/full")
        self.assertEqual(run.status, 1)
        self.assertIn("standard output: No space left", run.messages)

    def test_info_says_what_firmware_calibration_and_regions_there_are(self):
        run = self.unchanged(self.good(self.flash("info")))
        for words in ("bootloader 1.0", "app 1.0", MAC, "0x1d0000-0x1d0fff", "tuya"):
            self.assertIn(words, run.output)

    def test_info_all_checks_every_block_as_identify_does(self):
        damaged = bytearray(DIE)
        damaged[0x11100] ^= 1
        run = self.good(self.flash("info", "--all", image=bytes(damaged)))
        self.assertIn("a whole flash", run.output)
        self.assertIn("1 bad", run.output)
        self.assertIn(MAC, run.output)

    def test_the_map_shows_what_is_blank_and_what_is_kept(self):
        image = without(DIE, slice(0x1c0000, 0x1c8000))
        run = self.good(self.flash("info", "--map", image=image))
        self.assertIn("\n0x1c0000  ........########K", run.output)
        run = self.good(self.flash("info", "--map=map.svg", "--json", image=image))
        picture = ElementTree.parse(self.rig.file("map.svg")).getroot()
        self.assertEqual(sum(box.get("width") == "15" for box in picture.iter()), SIZE // 4096)
        ranges = json.loads(run.output.splitlines()[-1])["map"]
        self.assertEqual(sum(piece["length"] for piece in ranges), SIZE)
        self.assertIn({"use": "blank", "start": 0x1c0000, "length": 0x8000}, ranges)
        for name in ("map.svg", "no/such/folder.svg"):
            run = self.flash("info", f"--map={name}")
            self.assertEqual((run.status, run.output, run.stats["packets"]), (1, "", 0), run.messages)

    def test_an_empty_flash_is_no_error(self):
        blank = b"\xff" * SIZE
        run = self.good(self.flash("info", image=blank))
        self.assertIn("SoC:        unknown", run.output)
        self.assertIn("calibration: none", run.output)

    def test_the_soc_can_be_told_and_a_contradiction_is_said(self):
        run = self.good(self.flash("detect", "--soc=BK7231T"))
        self.assertIn("SoC:        BK7231T\n            it was said", run.output)
        self.assertIn("said to be a BK7231T, but its bootloader calls itself BK7231N", run.messages)


class Reading(Commands):
    def test_a_region_a_range_and_all_of_it_are_read(self):
        for arguments, piece in (
                (["--region=rf"], RF), (["--at=0x1d0000", "--size=4K"], RF),
                (["--at=1M"], slice(0x100000, SIZE)), ([], slice(0, SIZE)),
                (["--at", "0x123", "--size", "7"], slice(0x123, 0x12a))):
            with self.subTest(arguments):
                self.unchanged(self.good(self.flash("read", *arguments, "out.bin")))
                self.same(self.rig.file("out.bin").read_bytes(), DIE[piece])
                self.rig.file("out.bin").unlink()

    def test_of_a_soc_that_may_be_several_only_these_are_examples(self):
        without_boot = b"\xff" * 0x11000 + DIE[0x11000:]
        run = self.flash("read", "--region=app", "app.bin", image=without_boot)
        self.assertEqual(run.status, 3, run.messages)
        self.assertEqual(re.findall(r"--soc=(\w+)", run.messages), ["BK7231N", "BK7231M"])
        self.assertNotIn("--soc=", self.flash("read", "--region=app", "app.bin",
                                              image=b"\xff" * SIZE).messages)
        for soc in ("BK7231N", "BK7231M"):
            run = self.good(self.flash("read", "--region=app", f"--soc={soc}", f"{soc}.bin",
                                       image=without_boot))
            self.same(self.rig.file(f"{soc}.bin").read_bytes()[:0x1000], DIE[0x11000:0x12000])

    def test_standard_output_gets_the_content_and_nothing_else(self):
        self.good(self.flash(shell=f"{BEKEN_FLASH} read --region=rf - > out.bin"))
        self.same(self.rig.file("out.bin").read_bytes(), DIE[RF])

    def test_any_name_of_a_file_is_fine(self):
        for name in ("two words", "it's", "ä\udcff", "-strange", "new\nline", "%s%n"):
            with self.subTest(name):
                self.good(self.flash("read", "--region=rf", "--", name))
                self.same((self.rig.path / name).read_bytes(), DIE[RF])

    def test_a_file_that_is_there_is_never_replaced(self):
        self.rig.file("out.bin", b"precious")
        os.symlink("nowhere", self.rig.path / "link")
        os.mkfifo(self.rig.path / "fifo")
        for name, words in (("out.bin", "choose another name"), ("link", "exists already"),
                            ("fifo", "standard output"), ("/dev/null", "standard output"),
                            (".", "exists already")):
            with self.subTest(name):
                run = self.refused(self.flash("read", name), 1, name, words)
                self.assertEqual(run.stats["packets"], 0)
        self.assertEqual(self.rig.file("out.bin").read_bytes(), b"precious")

    def test_a_directory_that_can_not_be_written_is_said_before_anything_is_read(self):
        for name in ("no/such/out.bin", "/proc/out.bin", "messages/out.bin"):
            with self.subTest(name):
                run = self.refused(self.flash("read", name), 1, name)
                self.assertNotIn("read 100%", run.messages)
        self.assertEqual(self.files(), [])

    def test_a_full_disk_leaves_no_file(self):
        self.refused(self.flash(shell=f"ulimit -f 64; {BEKEN_FLASH} read out.bin"), 1, "out.bin")
        self.refused(self.flash(shell=f"{BEKEN_FLASH} read --region=rf - > /dev/full"), 1,
                     "No space left")
        self.assertEqual(self.files(), [])

    def test_ctrl_c_in_the_middle_leaves_no_file_and_releases_the_chip(self):
        whole = self.good(self.flash("read", "whole.bin"))
        self.rig.file("whole.bin").unlink()
        run = self.flash(shell=f"exec {BEKEN_FLASH} read out.bin",
                         device=rig.ctrl_c(whole.stats["spi_ops"] // 2))
        self.assertEqual(run.status, 128 + signal.SIGINT, run.messages)
        self.assertIn("read  ", run.messages)
        self.assertIn("CEN was released", run.messages)
        self.assertEqual(self.files(), [])
        self.unchanged(run)

    def test_progress_is_one_line_on_a_terminal_and_plain_lines_elsewhere(self):
        master, slave = os.openpty()
        self.addCleanup(os.close, master)
        self.addCleanup(os.close, slave)
        arguments = "read --once --at=0 --size=256K"
        self.good(self.flash(shell=f"{BEKEN_FLASH} {arguments} 1.bin 2>{os.ttyname(slave)}"))
        shown = os.read(master, 65536).decode()
        self.assertRegex(shown, r"\r[^\n]*read +\d+%, \d+ of 256 KiB, \d+ KiB/s, \d+ s left")
        self.assertEqual(shown.count("\n"), 2)  # the two messages that come before it
        run = self.good(self.flash(shell=f"{BEKEN_FLASH} {arguments} 2.bin"))
        self.assertEqual(run.messages.count(", 0 s left\n"), 1)
        self.assertGreater(run.messages.count("of 256 KiB"), 2)
        self.assertNotIn("\r", run.messages)

    def test_an_adapter_that_is_unplugged_leaves_no_file(self):
        run = self.flash("read", "out.bin", device=("--unplug-at", "3000"))
        self.assertEqual(run.status, 1, run.messages)
        self.assertIn("error", run.messages)
        self.assertEqual(self.files(), [])


class Verifying(Commands):
    def test_the_same_is_0_and_something_else_is_3_with_its_place(self):
        self.rig.file("rf.bin", DIE[RF])
        self.unchanged(self.good(self.flash("verify", "--region=rf", "rf.bin")))
        self.unchanged(self.good(self.flash("verify", "--at=0x1d0000", "rf.bin")))
        run = self.unchanged(self.flash("verify", "--at=0x1d1000", "rf.bin"))
        self.assertEqual(run.status, 3, run.messages)
        other = bytearray(DIE)
        other[0x1234] ^= 1
        run = self.unchanged(self.flash("verify", self.rig.file("other.bin", bytes(other))))
        self.assertEqual(run.status, 3)
        self.assertIn("1 bytes, the first at 0x1234", run.output)

    def test_without_an_address_a_file_is_compared_where_it_belongs(self):
        for name in ("ua.bin", "qio.bin"):
            content = (MADE / name).read_bytes()
            die = bytearray(DIE)
            at = 0x11000 if name == "ua.bin" else 0
            die[at:at + len(content)] = content
            with self.subTest(name):
                run = self.good(self.flash("verify", MADE / name, image=bytes(die)))
                self.assertIn(f"0x{at:06x}-", run.output)

    def test_an_address_that_may_be_meant_as_hexadecimal_is_asked_about(self):
        for command in (["write", "qio.bin"], ["read", "x.bin"], ["erase", "--yes"]):
            for at, words in (("11000", ("0x2af8", "0x11000")), ("1d0000", ("0x1d0000",))):
                size = [] if command[0] == "write" else ["--size=4K"]
                self.refused(self.flash(*command, *size, f"--at={at}"), 2, *words)

    def test_a_file_that_says_nothing_of_itself_needs_an_address(self):
        self.rig.file("noise.bin", rig.random_bytes(5000, 2))
        self.refused(self.flash("verify", "noise.bin"), 3, "--at")

    def test_a_pipe_is_a_file_like_any_other(self):
        self.rig.file("rf.bin", DIE[RF])
        self.good(self.flash(shell=f"cat rf.bin | {BEKEN_FLASH} verify --region=rf /dev/stdin"))

    def test_files_that_do_not_fit_or_can_not_be_read_are_refused(self):
        self.rig.file("empty.bin", b"")
        self.rig.file("large.bin", bytes(5000))
        for arguments, status, words in (
                (["--region=rf", "large.bin"], 3, "has 5000 bytes"),
                (["--at=2M", "large.bin"], 3, "past the end"),
                (["--at=0x1fffff", "large.bin"], 3, "past the end"),
                (["--at=0", "--size=8K", "large.bin"], 3, "only 5000"),
                (["empty.bin"], 3, "empty"), (["no.bin"], 1, "No such file"),
                (["."], 1, "directory")):
            with self.subTest(arguments):
                self.refused(self.flash("verify", *arguments), status, words)


class Protecting(Commands):
    def registers(self, run):
        return int(run.stats["status_registers"], 16)

    def test_unprotect_and_protect_show_before_and_after(self):
        run = self.good(self.flash("unprotect"))
        self.assertEqual(self.registers(run), 0)
        self.assertIn("before: status registers 0x4004, protected", run.output)
        self.assertIn("after:  status registers 0x0000, not protected", run.output)
        run = self.good(self.flash("protect", device=("--sr", "0")))
        self.assertEqual(self.registers(run), FIRMWARE_SR)
        self.assertIn("after:  status registers 0x4004, protected", run.output)
        self.same(run.die, DIE)

    def test_registers_that_are_right_are_not_written(self):
        for command, sr in (("unprotect", "0"), ("protect", "firmware"),
                            ("protect --registers=0x4004", "firmware")):
            with self.subTest(command):
                run = self.good(self.flash(*command.split(), device=("--sr", sr)))
                self.unchanged(run)
                self.assertIn("nothing was done", run.output)

    def test_quad_enable_stays(self):
        run = self.good(self.flash("unprotect", device=("--part", "GD25Q16B", "--sr", "4204")))
        self.assertEqual(self.registers(run), 0x0200)
        run = self.good(self.flash("protect", device=("--part", "GD25Q16B", "--sr", "0200")))
        self.assertEqual(self.registers(run), 0x4204)

    def test_registers_can_be_given_but_only_protection_bits(self):
        run = self.good(self.flash("protect", "--registers=0x0c",
                                   device=("--part", "GD25Q16B", "--sr", "0")))
        self.assertEqual(self.registers(run), 0x0c)
        for value, status in (("0x8000", 3), ("0x200", 3), ("zz", 2), ("", 2), ("-1", 2),
                              ("0x1000000", 2)):
            with self.subTest(value):
                self.refused(self.flash("protect", f"--registers={value}",
                                        device=("--part", "GD25Q16B")), status, "--registers")

    def test_unprotect_with_restore_still_lifts_it(self):
        run = self.good(self.flash("unprotect", "--params=unprotect=restore"))
        self.assertEqual(self.registers(run), 0)


class Trying(Commands):
    PLACE = ("--at=0x1ff000", "--size=4K")

    def test_everything_is_as_before_and_no_file_is_left(self):
        run = self.good(self.flash("test", *self.PLACE))
        self.same(run.die, DIE)
        self.assertEqual(int(run.stats["status_registers"], 16), FIRMWARE_SR)
        self.assertGreaterEqual(run.stats["page_programs"], 32)
        self.assertEqual(self.files(), [])

    def test_the_file_stays_if_it_is_named(self):
        self.good(self.flash("test", *self.PLACE, "--save=old.bin"))
        self.same(self.rig.file("old.bin").read_bytes(), DIE[0x1ff000:])

    def test_without_a_place_it_takes_what_belongs_to_nothing_or_where_updates_wait(self):
        run = self.good(self.flash("test"))
        self.assertIn("0x1c0000-0x1cffff", run.output)
        self.same(run.die, DIE)
        die = b"\xff" * len(DIE)
        run = self.flash("test", image=die)
        self.assertEqual((run.status, run.stats["page_programs"]), (3, 0), run.messages)
        self.assertIn("depends on the SoC", run.messages)

    def test_on_every_soc_it_finds_a_piece_or_says_why_there_is_none(self):
        # Only the user says which SoC it is.
        die = b"\xff" * len(DIE)
        for soc in ("BK7231T", "BK7231N", "BK7252", "BK7238"):
            with self.subTest(soc):
                run = self.flash("test", "--dry-run", f"--soc={soc}", image=die)
                self.assertTrue(run.status == 0 and "would write a pattern to 0x" in run.output or
                                run.status == 3 and "every piece belongs" in run.messages,
                                run.output + run.messages)

    def test_a_soc_that_the_flash_denies_is_refused_before_any_change(self):
        for line in ("test --soc=BK7231T --at=0x1d0000 --size=4K",
                     "erase --all --soc=BK7231T --yes"):
            with self.subTest(line):
                self.refused(self.flash(*line.split()), 3, "--soc")

    def test_calibration_and_crooked_places_are_refused(self):
        self.refused(self.flash("test", "--at=0x1d0000", "--size=4K"), 3, "calibration")
        run = self.flash("test", *self.PLACE, image=DIE[:0x1ff000] + DIE[RF])
        self.assertEqual(run.status, 3, run.messages)
        self.assertIn("calibration", run.messages)
        self.assertEqual(run.stats["page_programs"], 0)
        self.refused(self.flash("test", "--at=0x1f0001", "--size=4K"), 3, "sector")
        self.refused(self.flash("test", "--at=0x1ff000"), 2, "--size")

    def test_a_file_that_can_not_be_written_ends_it_before_any_change(self):
        self.rig.file("old.bin", b"precious")
        for name in ("old.bin", "no/such/file"):
            with self.subTest(name):
                self.refused(self.flash("test", *self.PLACE, f"--save={name}"), 1, name)
        self.assertEqual(self.rig.file("old.bin").read_bytes(), b"precious")

    def test_a_flash_that_stays_protected_fails_and_leaves_nothing(self):
        run = self.flash("test", *self.PLACE,
                         device=("--part", "GD25Q16B", "--sr", "4084", "--wp", "low"))
        self.assertEqual(run.status, 1)
        self.same(run.die, DIE)
        self.assertEqual(self.files(), [])

    def test_when_the_adapter_goes_in_the_middle_the_content_is_in_the_file(self):
        for milliseconds in range(600, 2000, 100):
            run = self.flash("test", "--at=0x1f0000", "--size=64K",
                             device=("--unplug-at", milliseconds))
            if run.status and run.die[0x1f0000:] != DIE[0x1f0000:]:
                self.assertEqual(len(self.files()), 1, run.messages)
                self.same(self.rig.file(self.files()[0]).read_bytes(), DIE[0x1f0000:])
                self.assertIn(self.files()[0], run.messages)
                return
            for name in self.files():
                self.rig.file(name).unlink()
        self.fail("it never went in the middle")

    def test_ctrl_c_puts_back_what_was_there(self):
        # It takes 1800 commands; in the middle, the pattern is there.
        run = self.flash(shell=f"exec {BEKEN_FLASH} test --at=0x1c0000 --size=64K",
                         device=rig.ctrl_c(900))
        self.assertIn("pattern  ", run.messages)
        self.same(run.die, DIE)
        self.assertEqual(run.status, 128 + signal.SIGINT, run.messages)
        self.assertEqual(self.files(), [])


class Running(Commands):
    def test_a_command_that_is_run_hears_of_broken_pipes_as_ever(self):
        run = self.flash("run", "--", "grep", "SigIgn", "/proc/self/status")
        ignored = int(re.search(r"SigIgn:\s*(\w+)", run.output).group(1), 16)
        for number in (signal.SIGPIPE, signal.SIGXFSZ):
            self.assertFalse(ignored >> (number - 1) & 1, number)

    def test_flashrom_inside_is_the_one_that_knows_beken_spi(self):
        self.good(self.flash("run", "--", "flashrom", "-p", "beken_spi", "-r", "out.bin"))
        self.same(self.rig.file("out.bin").read_bytes(), DIE)

    def test_options_of_the_command_are_its_own_also_without_dashes(self):
        run = self.good(self.flash("run", "echo", "--json", "--addr", "1"))
        self.assertEqual(run.output, "--json --addr 1\n")

    def test_nothing_else_of_the_environment_is_changed(self):
        run = self.good(self.flash(shell=f"env | sort > before; {BEKEN_FLASH} run env | sort"))
        before = self.rig.file("before").read_text().splitlines()
        changed = [line for line in run.output.splitlines() if line not in before]
        self.assertEqual([line.split("=")[0] for line in changed if not line.startswith("_=")],
                         ["PATH"])

    def test_the_exit_status_is_the_commands(self):
        for command, status in (("exit 7", 7), ("kill -TERM $$", 128 + 15)):
            for options in ([], ["--json"]):
                with self.subTest(command, options=options):
                    run = self.flash("run", *options, "--", "sh", "-c", command)
                    self.assertEqual(run.status, status)
        self.assertEqual(self.flash("run", "--", "no-such-command").status, 127)

        self.assertEqual(self.flash("run", "--", "/").status, 126)
        self.assertEqual(self.flash("run").status, 2)

    def test_a_command_that_calls_flashrom_by_sudo_is_told_why_that_fails(self):
        self.rig.file("flash.sh", b"#!/bin/sh\n# as root\n/usr/bin/sudo -E flashrom -p beken_spi -r a.bin\n"
                                  b"sudo -n flashrom -p beken_spi -r a.bin\n")
        self.rig.file("fine.sh", b"#!/bin/sh\n# not sudo flashrom\nsudo apt install a; flashrom -L\n"
                                 b"sudo -u me ls flashrom\n")
        words = "PATH is usually not passed on by sudo"
        for line in ("sudo flashrom -p beken_spi -r a.bin", "sh flash.sh", "./flash.sh",
                     "sudo -u root A=b flashrom -p beken_spi", "sh -c 'cd /; sudo -n flashrom -p beken_spi'"):
            with self.subTest(line):
                run = self.flash(shell=f"PATH=/nowhere {BEKEN_FLASH} run -- {line}")
                self.assertIn(words, run.messages)
        for line in ("true", "sh fine.sh", "sudo apt install flashrom", "sh -c 'flashrom --sudo; sudo ls'"):
            with self.subTest(line):
                self.assertNotIn(words, self.flash(shell=f"PATH=/nowhere {BEKEN_FLASH} run -- {line}").messages)


class WrongInput(Commands):
    def test_what_is_wrong_in_the_line_is_said_before_the_chip_is_touched(self):
        for line, words in (
                ("read", "needs FILE"), ("read a b", "takes only"), ("detect x", "takes no"),
                ("read --at=x a", "--at=x"), ("read --size=-1 a", "--size=-1"),
                ("read --at=1G a", "--at=1G"), ("read --region=rf --at=0 a", "--region"),
                ("read --region=rf,net a", "one region"), ("read --nix a", "nix"),
                ("verify --region=rf,net messages", "one region"),
                ("erase --yes", "give a range"), ("erase --all --region=rf --yes", "--all"),
                ("erase --at=0 --yes", "give a range"), ("detect --soc=NIX", "NIX"),
                ("detect --soc=bk7231", "BK7231T or BK7231N or BK7231M"),
                ("detect --soc=wb3s", "sold with BK7231T"),
                ("detect --params=nix=1", "nix"), ("reset --params=nix=1", "nix"),
                ("read --json -", "standard output"), ("nix", "unknown command nix"),
                ("write_flash a --addr 0x11000", "beken-flash write a --at=0x11000"),
                ("-w -u -s 11000 -b 921600 a", "Here it is: beken-flash write --at=0x11000 a"),
                ("write_flash -S 4096 a", "nothing like this: -S"),
                ("-p ch341a_spi -r a", "Here it is: flashrom-beken -p beken_spi -r a"),
                ("fread a", "beken-flash backup a"), ("fwrite a", "beken-flash write a")):
            with self.subTest(line):
                run = self.refused(self.flash(*line.split()), 2, words)
                self.assertEqual(run.stats["packets"], 0)
        self.assertEqual(self.files(), [])

    def test_what_does_not_fit_the_flash_is_refused(self):
        for line, words in (
                ("read --region=nix a", "bootloader, app"), ("read --at=2M a", "past the end"),
                ("read --at=1M --size=0x100001 a", "at most 0x100000 fit"),
                ("erase --region=nix --yes", "bootloader, app"),
                ("erase --at=2M --size=1 --yes", "past the end")):
            with self.subTest(line):
                self.refused(self.flash(*line.split()), 3, words)
        self.refused(self.flash("read", "--size=0", "a"), 2, "an empty range")
        self.assertEqual(self.files(), [])

    def test_no_adapter_and_no_chip_are_said_with_what_to_do(self):
        for device, words in ((("--adapter", "none"), "no adapter found"),
                              (("--adapter", "uart"), "UART position"),
                              (("--adapter", "forbidden"), "no permission"),
                              (("--entry", "closed"), "no link")):
            for command in ("detect", "info", "read a", "protect"):
                with self.subTest(command, device=device):
                    run = self.flash(*command.split(), device=device)
                    self.assertEqual(run.status, 1)
                    self.assertIn(words, run.messages)
        self.assertEqual(self.files(), [])

    def test_a_die_that_was_left_asleep_is_woken_and_what_helped_is_said(self):
        for state, words in (("power-down", "deep power-down, and ABh woke it"),
                             ("qpi", "QPI or in a continuous read, and FFh"),
                             ("continuous-read", "QPI or in a continuous read, and FFh")):
            for more in ((), ("--entry", "linked")):
                run = self.good(self.flash("detect", device=("--die-state", state, *more)))
                self.assertIn(words, run.messages)
                self.assertIn("2048 KiB", run.output)

    def test_the_spelling_of_the_windows_tool_reads(self):
        run = self.good(self.flash("read_flash", "--addr", "0x1d0000", "-len", "0x1000", "--out",
                                   "rf.bin", "--port", "COM3"))
        self.same(self.rig.file("rf.bin").read_bytes(), DIE[RF])
        self.assertIn("beken-flash read --at=0x1d0000 --size=0x1000 rf.bin", run.messages)

    def test_other_tools_spellings_read_or_say_a_line_that_runs(self):
        self.rig.file("qio.bin", (MADE / "other-qio.bin").read_bytes())
        for line, name in (("-r -s 1d0000 -l 1000 a.bin", "a.bin"),
                           ("flash read bk7231n -s 0x1d0000 -l 0x1000 b.bin", "b.bin"),
                           ("read_flash -d COM3 -b 115200 -s 0x1d0000 -l 0x1000 c.bin", "c.bin")):
            with self.subTest(line):
                self.good(self.flash(*line.split()))
                self.same(self.rig.file(name).read_bytes(), DIE[RF])
        for line in ("-w -u -s 0x0 -b 921600 qio.bin", "write_flash 0x0 qio.bin", "flash write -s 0 qio.bin",
                     "qio.bin --device COM3 --write"):
            with self.subTest(line):
                run = self.refused(self.flash(*line.split()), 2, "Here it is: beken-flash write qio.bin")
                words = re.search(r"Here it is: beken-flash (.*)", run.messages)[1].split()
                self.assertIn("would go to 0x000000", self.good(self.flash(*words, "--dry-run")).output)


class DryRun(Commands):
    def test_nothing_is_changed_and_the_time_is_said(self):
        self.rig.file("rf.bin", DIE[RF])
        for line in ("read out.bin", "verify --region=rf rf.bin", "erase --all",
                     "erase --region=tuya", "unprotect", "protect --registers=0",
                     "test --at=0x1ff000 --size=4K"):
            with self.subTest(line):
                run = self.unchanged(self.good(self.flash(*line.split(), "--dry-run")))
                self.assertIn("would ", run.output)
                self.assertIn("by the datasheet", run.output)
                self.assertIn("at risk: ", run.output)
        self.assertEqual(self.files(), ["rf.bin"])

    def test_it_says_what_goes_and_what_stays(self):
        run = self.good(self.flash("erase", "--all", "--dry-run"))
        self.assertIn("would erase 0x000000-0x1cffff", run.output)
        self.assertIn("would keep 0x1d0000-0x1d2fff", run.output)


if __name__ == "__main__":
    tap.main()
