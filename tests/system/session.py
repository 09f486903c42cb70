# SPDX-License-Identifier: GPL-2.0-or-later
"""The command line, starting other programs, and every way to end early."""
import os
import pathlib
import re
import signal
import subprocess
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
import rig
import tap

SIZE = 2 << 20

# A write of this size over other content takes 6 000 commands: flashrom is writing by then.
WRITTEN = SIZE // 4
MIDDLE = 3000


def processes():
    """Command lines of all processes, by process ID."""
    found = {}
    for entry in pathlib.Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                words = (entry / "cmdline").read_bytes().split(b"\0")
            except OSError:
                continue
            if words != [b""]:  # not a zombie
                found[int(entry.name)] = b" ".join(words).decode(errors="replace")
    return found


class Session(rig.Case):
    def setUp(self):
        super().setUp()
        self.content = rig.random_bytes(SIZE, 1)

    def put_new(self):
        self.rig.file("new.bin", rig.random_bytes(WRITTEN, 2) + self.content[WRITTEN:])

    def good(self, run):
        self.assertEqual(run.status, 0, run.output)
        return run

    def read_by(self, *command, env=None, **options):
        run = self.good(self.rig.run(*command, image=self.content, env=env, **options))
        self.same(self.rig.file("out.bin").read_bytes(), self.content)
        return run

    def test_every_form_of_the_command_line_is_taken(self):
        beken = rig.FLASHROM_BEKEN
        for form in (["-p", "beken_spi", "-r", "out.bin"], ["-pbeken_spi", "-rout.bin"],
                     ["-r", "out.bin", "--programmer=beken_spi:tries=3"],
                     ["--read", "out.bin", "--programmer", "beken_spi", "-V"],
                     ["-Vrout.bin", "--prog=beken_spi"]):
            with self.subTest(form=form):
                self.read_by(beken, *form)

    def test_with_another_programmer_it_is_simply_flashrom(self):
        run = self.good(self.rig.run(rig.FLASHROM_BEKEN, "-p", "dummy:emulate=W25Q128FV",
                                     "--flash-size"))
        self.assertIn("16777216", run.output)

    def test_an_adapters_own_programmer_is_flashroms_and_says_what_the_chip_needs(self):
        words = "-p beken_spi brings it there"
        line = rig.FLASHROM_BEKEN, "-p", "ch341a_spi", "--flash-size"
        run = self.rig.run(*line, device=("--entry", "closed"))
        self.assertEqual(run.status, self.rig.run(rig.STOCK, *line[1:], device=("--entry", "closed")).status)
        self.assertIn("No EEPROM/flash device found", run.output)
        self.assertIn(words, run.output)
        self.assertEqual(run.stats["cen_pulses"], 0)
        # Not where it went well, and not where flashrom was only asked for its help.
        run = self.good(self.rig.run(*line, device=("--entry", "linked", "--part", "GD25Q16B")))
        self.assertNotIn(words, run.output)
        run = self.rig.run(rig.FLASHROM_BEKEN, "-p", "ch341a_spi", "--help")
        self.assertNotIn(words, run.output)

    def test_what_is_said_of_an_adapters_own_programmer_helps(self):
        line = f"{rig.FLASHROM_BEKEN} -p ch341a_spi --flash-size"
        device = ("--part", "GD25Q16B", "--entry", "instant")
        said = re.search(r"and beken-flash (.*?) leaves", self.rig.run(*line.split(), device=device).output)[1]
        self.good(self.rig.run("sh", "-c", f"{rig.BEKEN_FLASH} {said} && {line}", device=device))

    def test_a_signal_to_the_bridge_ends_the_flashrom_that_it_only_runs(self):
        run = self.rig.run(rig.FLASHROM_BEKEN, "-p", "ch341a_spi", "-r", "out.bin", image=self.content,
                           device=("--entry", "linked", "--part", "GD25Q16B",
                                   *rig.send("300ms", signal.SIGTERM, rig.FLASHROM_BEKEN)))
        self.assertEqual(run.status, 128 + signal.SIGTERM, run.output)
        self.assertFalse(self.rig.file("out.bin").exists())

    def test_help_is_flashroms(self):
        stock = subprocess.run([rig.STOCK, "--help"], capture_output=True)
        for arguments in (["--help"], ["-p", "beken_spi", "-h"]):
            ours = subprocess.run([rig.FLASHROM_BEKEN, *arguments], capture_output=True)
            self.assertEqual(ours.returncode, stock.returncode)
            self.assertEqual(ours.stdout.splitlines()[-50:], stock.stdout.splitlines()[-50:])

    def test_a_script_called_flashrom_that_runs_the_bridge_does_not_go_round_for_ever(self):
        script = self.rig.file("flashrom", f"#!/bin/sh\nexec {rig.FLASHROM_BEKEN} \"$@\"\n".encode())
        script.chmod(0o755)
        self.read_by(rig.FLASHROM_BEKEN, "-p", "beken_spi", "-r", "out.bin",
                     env={"PATH": f"{self.rig.path}:{os.environ['PATH']}"})

    def test_flashroms_failure_is_seen_when_the_end_of_children_is_ignored(self):
        launch = ("import os, signal, sys; signal.signal(signal.SIGCHLD, signal.SIG_IGN);"
                  "os.execv(sys.argv[1], sys.argv[1:])")
        run = self.rig.run(sys.executable, "-c", launch, rig.FLASHROM_BEKEN, "-p", "beken_spi",
                           "-r", "/dev/full", image=self.content)
        self.assertEqual(run.status, 1, run.output)

    def test_a_hangup_that_is_ignored_does_not_stop_a_write(self):
        self.put_new()
        run = self.good(self.rig.run(
            "nohup", rig.FLASHROM_BEKEN, "-p", "beken_spi", "-w", "new.bin", image=self.content,
            device=rig.send(MIDDLE, signal.SIGHUP, rig.FLASHROM_BEKEN, rig.STOCK)))
        self.assertNotIn("send.py", run.output)
        self.same(run.die, self.rig.file("new.bin").read_bytes())

    def test_flashrom_is_found_when_path_lacks_it(self):
        self.read_by(rig.FLASHROM_BEKEN, "-p", "beken_spi", "-r", "out.bin",
                     env={"PATH": "/usr/bin:/bin"})

    def test_a_missing_flashrom_is_said_with_what_to_install(self):
        run = self.rig.run(rig.FLASHROM_BEKEN, "-p", "beken_spi", "-r", "out.bin",
                           env={"FLASHROM": "/nonexistent/flashrom"})
        self.assertEqual(run.status, 1)
        self.assertIn("/nonexistent/flashrom", run.output)
        self.assertIn("apt install flashrom", run.output)
        self.assertEqual(run.stats["packets"], 0)

    def test_an_old_script_works_with_the_directory_in_front_of_path(self):
        script = self.rig.file("script.sh", b"set -e\nflashrom -p beken_spi -r out.bin\n")
        self.read_by("sh", script,
                     env={"PATH": f"{rig.PATH_DIRECTORY}:{os.environ['PATH']}"})

    def test_flashroms_exit_status_is_kept(self):
        run = self.rig.beken("-c", "NOSUCHCHIP", "-r", "out.bin", image=self.content)
        self.assertEqual(run.status, 1, run.output)

    def test_a_program_that_is_not_flashrom_is_no_success(self):
        run = self.rig.beken("-r", "out.bin", image=self.content, env={"FLASHROM": "/bin/true"})
        self.assertEqual(run.status, 1, run.output)
        self.assertIn("did not use the chip", run.output)

    def test_a_nearly_right_programmer_is_put_right(self):
        for arguments in (["-r", "x"], ["-p", "BEKEN_SPI"], ["-p", "beken_spi,enter=always"]):
            with self.subTest(arguments=arguments):
                run = self.rig.run(rig.FLASHROM_BEKEN, *arguments)
                self.assertEqual(run.status, 1)
                self.assertIn("-p beken_spi[:name=value,...]", run.output)

    def test_a_name_of_ours_behind_c_is_answered_with_flashroms(self):
        run = self.rig.beken("-c", "TH25Q16HB", "-r", "out.bin", image=self.content)
        self.assertEqual(run.status, 1)
        self.assertIn("Omit -c", run.output)

    def wrapper(self, end):
        """A script around flashrom that records each run; and its record."""
        script = self.rig.file("wrapper.sh", f"""#!/bin/sh
echo "$@" >> {self.rig.path}/runs
{end}
""".encode())
        script.chmod(0o755)
        notes = self.rig.file("runs", b"")
        return {"FLASHROM": str(script)}, lambda: notes.read_text().splitlines()

    def ours(self, run):
        """Lines of this project, without the prefix."""
        return [line.removeprefix("flashrom-beken: ") for line in run.output.splitlines()
                if line.startswith("flashrom-beken: ")]

    def test_the_real_name_of_an_unknown_part_is_told_before_and_after(self):
        run = self.read_by(rig.FLASHROM_BEKEN, "-p", "beken_spi", "-r", "out.bin",
                           device=("--part", "TH25Q16HB"))
        self.assertEqual(self.ours(run), [
            "bringing the chip into SPI mode",
            "linked: Tsingteng TH25Q16HB, 2048 KiB (ID EB 60 15)",
            'flashrom does not know it and will call it "SFDP-capable chip"',
            'what flashrom calls "SFDP-capable chip" is Tsingteng TH25Q16HB, 2048 KiB'])

    def test_a_name_that_is_nearly_the_same_is_not_told_again(self):
        run = self.read_by(rig.FLASHROM_BEKEN, "-p", "beken_spi", "-r", "out.bin",
                           device=("--part", "GD25Q16B"))
        self.assertEqual(len(self.ours(run)), 2, run.output)
        self.assertIn('"GD25Q16', run.output)

    def test_flashrom_does_not_look_through_its_other_parts(self):
        for part in ("TH25Q16HB", "GD25Q16B"):
            with self.subTest(part=part):
                run = self.read_by(rig.FLASHROM_BEKEN, "-p", "beken_spi", "-r", "out.bin",
                                   device=("--part", part))
                self.assertNotIn("requested mapping", run.output)

    def test_what_needs_no_name_works_with_one(self):
        for part in ("TH25Q16HB", "GD25Q16B"):
            with self.subTest(part=part):
                run = self.good(self.rig.beken("--flash-size", device=("--part", part)))
                self.assertIn("2097152", run.output)

    def test_a_script_around_flashrom_is_asked_without_operation_and_input(self):
        env, runs = self.wrapper(f"""case "$*" in *-r*) ;; *) cat >> {self.rig.path}/input;; esac
exec {rig.STOCK} "$@" """)
        stdin = open(self.rig.file("stdin", b"for flashrom itself"), "rb")
        self.addCleanup(stdin.close)
        self.read_by(rig.FLASHROM_BEKEN, "-p", "beken_spi", "-r", "out.bin", env=env, stdin=stdin,
                     device=("--part", "GD25Q16B"))
        asked, used = runs()
        self.assertRegex(asked, r"^-p serprog:dev=\S+$")
        self.assertRegex(used, r"^-c GD25Q16\S* -p serprog:dev=\S+ -r out.bin$")
        self.assertEqual(self.rig.file("input").read_bytes(), b"")

    def test_with_c_nothing_is_asked(self):
        env, runs = self.wrapper(f'exec {rig.STOCK} "$@"')
        run = self.read_by(rig.FLASHROM_BEKEN, "-p", "beken_spi", "-c", "SFDP-capable chip", "-r",
                           "out.bin", env=env)
        self.assertEqual(len(runs()), 1)
        self.assertIn('what flashrom calls "SFDP-capable chip" is', run.output)

    def test_what_flashrom_has_told_is_kept_until_it_proves_wrong(self):
        cache = {"XDG_CACHE_HOME": str(self.rig.path)}
        arguments = [rig.FLASHROM_BEKEN, "-p", "beken_spi", "-r", "out.bin"]
        gd25q16b = {"device": ("--part", "GD25Q16B"), "env": cache}
        self.read_by(*arguments, **gd25q16b)
        entry = self.rig.file("flashrom-beken/C84015")
        first, _, end = entry.read_text().splitlines(keepends=True)
        entry.write_text(first + "2048 NOSUCHCHIP\n" + end)
        run = self.rig.run(*arguments, image=self.content, **gd25q16b)
        self.assertEqual(run.status, 1, run.output)
        self.assertIn("NOSUCHCHIP", run.output)
        self.read_by(*arguments, **gd25q16b)

    def test_a_home_that_can_not_be_written_is_no_error(self):
        self.read_by(rig.FLASHROM_BEKEN, "-p", "beken_spi", "-r", "out.bin",
                     env={"XDG_CACHE_HOME": "/proc/self", "HOME": "/nonexistent"})

    def test_ctrl_c_while_flashrom_is_asked_ends_soon_with_cen_high(self):
        env, runs = self.wrapper(f"exec sleep {10 * rig.HANG}")
        process = self.rig.start(rig.FLASHROM_BEKEN, "-p", "beken_spi", "-w", "new.bin",
                                 image=self.content, env=env)
        while not runs():
            self.assertIsNone(process.poll(), "it ended before it asked")
            time.sleep(0.05)
        os.killpg(process.pid, signal.SIGINT)
        run = self.rig.finish(process)
        self.ended_cleanly(run, [])
        self.assertEqual(run.status, 130, run.output)
        self.assertIn("was not changed", run.output)
        self.assertEqual(len(runs()), 1)

    def test_write_protection_options_need_a_run_of_their_own(self):
        self.rig.file("new.bin", self.content)
        for option in ("--wp-status", "--wp-list", "--wp-disable", "--wp-range=0,0"):
            for operation in (["-r", "out.bin"], ["-w", "new.bin"], ["-v", "new.bin"], ["-E"]):
                with self.subTest(option=option, operation=operation):
                    run = self.rig.beken(option, *operation, image=self.content)
                    self.assertEqual(run.status, 1)
                    self.assertIn("a run of its own", run.output)
                    self.assertEqual(run.stats["packets"], 0)

    def test_write_protection_of_a_part_that_flashrom_does_not_know_is_refused(self):
        env, runs = self.wrapper(f'exec {rig.STOCK} "$@"')
        for option in ("--wp-status", "--wp-disable"):
            with self.subTest(option=option):
                before = len(runs())
                run = self.rig.beken(option, image=self.content, env=env,
                                     device=("--part", "TH25Q16HB", "--sr", "firmware"))
                self.assertEqual(run.status, 1)
                self.assertIn("needs a part that flashrom knows", run.output)
                self.assertEqual(len(runs()) - before, 1)
                self.assertEqual(run.stats["sr_writes"], 0)
                self.same(run.die, self.content)

    def test_write_protection_bits_that_flashrom_does_not_know_are_said_to_be_no_need(self):
        for option in ("--wp-status", "--wp-disable"):
            with self.subTest(option=option):
                run = self.rig.beken(option, image=self.content,
                                     device=("--part", "GD25Q16B", "--sr", "firmware"))
                self.assertEqual(run.status, 1, run.output)
                self.assertIn("unprotect=", self.ours(run)[-1])
                self.assertEqual(run.stats["sr_writes"], 0)
                self.same(run.die, self.content)

    def part_with_protection_bits(self):
        """A part of 4 MiB that is in the database, and whose protection bits flashrom 1.3.0 knows."""
        parts = subprocess.run([rig.SIM, "list", "parts"], capture_output=True, text=True).stdout
        part = next((p for p in parts.split() if p.startswith("GD25Q32")), None)
        if not part:
            self.skipTest("no GD25Q32 in the database")
        return part, rig.random_bytes(2 * SIZE, 3)

    def test_write_protection_is_shown_as_it_is_and_not_touched(self):
        part, content = self.part_with_protection_bits()
        for registers, shown in (("0000", "(none)"), ("001c", "(all)")):
            with self.subTest(registers=registers):
                run = self.good(self.rig.beken("--wp-status", image=content,
                                               device=("--part", part, "--sr", registers)))
                self.assertIn(shown, run.output)
                self.assertEqual(run.stats["sr_writes"], 0)
                self.same(run.die, content)

    def test_write_protection_is_lifted_and_set_when_it_is_asked_for(self):
        part, content = self.part_with_protection_bits()
        for before, protected_range, bits in (("001c", "0,0", 0), ("0000", "0,0x400000", 0x1c)):
            with self.subTest(before=before):
                run = self.good(self.rig.beken("--wp-range=" + protected_range, image=content,
                                               device=("--part", part, "--sr", before)))
                self.assertEqual(int(run.stats["status_registers"], 16) & 0x1c, bits)
                self.same(run.die, content)

    def test_after_leave_spi_the_stock_driver_reads_the_same(self):
        script = self.rig.file("chain.sh", f"""set -e
{rig.FLASHROM_BEKEN} -p beken_spi:leave=spi -r first.bin
{rig.STOCK} -p ch341a_spi -r out.bin
cmp first.bin out.bin
""".encode())
        self.read_by("sh", script, device=("--part", "GD25Q16B"))

    def test_after_leave_run_the_chip_has_booted(self):
        script = self.rig.file("chain.sh", f"""{rig.FLASHROM_BEKEN} -p beken_spi --flash-size
{rig.FLASHROM_BEKEN} -p beken_spi:enter=never --flash-size
""".encode())
        run = self.rig.run("sh", script, image=self.content)
        self.assertNotEqual(run.status, 0)
        self.assertIn("no flash answers", run.output)

    def test_a_chip_in_spi_mode_is_used_as_it_is(self):
        run = self.good(self.rig.beken("-r", "out.bin", image=self.content,
                                       device=("--entry", "linked"), params="leave=spi"))
        self.assertEqual(run.stats["cen_pulses"], 0)

    def interrupt(self, device):
        """A write with a signal in its middle; returns the run, and the processes that are still alive."""
        self.put_new()
        process = self.rig.start(rig.FLASHROM_BEKEN, "-p", "beken_spi", "-w", "new.bin",
                                 image=self.content, device=device)
        run = self.rig.finish(process)
        self.assertNotIn("send.py", run.output)
        until = time.monotonic() + rig.HANG
        while left := [line for pid, line in processes().items()
                       if str(self.rig.path) in line or self.in_group(pid, process.pid)]:
            if time.monotonic() > until:
                break
            time.sleep(0.01)
        return run, left

    @staticmethod
    def in_group(pid, group):
        try:
            return os.getpgid(pid) == group
        except ProcessLookupError:
            return False

    def ended_cleanly(self, run, left):
        self.assertNotEqual(run.status, 0, run.output)
        self.assertEqual(run.stats["cen"], "high", run.output)
        self.assertEqual(left, [])

    def test_ctrl_c_releases_cen_and_leaves_no_process(self):
        run, left = self.interrupt(rig.ctrl_c(MIDDLE))
        self.ended_cleanly(run, left)
        self.assertEqual(run.status, 130, run.output)
        self.assertIn("stopped by a signal", run.output)
        # What the message says about the flash is true.
        if run.stats["page_programs"] + sum(run.stats["erases"].values()):
            self.assertIn("half written", run.output)
        else:
            self.assertIn("was not changed", run.output)

    def test_sigterm_releases_cen_and_leaves_no_process(self):
        run, left = self.interrupt(rig.send(MIDDLE, signal.SIGTERM, rig.FLASHROM_BEKEN))
        self.ended_cleanly(run, left)
        self.assertEqual(run.status, 143, run.output)

    def test_a_killed_flashrom_is_noticed_and_cen_released(self):
        run, left = self.interrupt(rig.send(MIDDLE, signal.SIGKILL, rig.STOCK))
        self.ended_cleanly(run, left)
        self.assertEqual(run.status, 137, run.output)
        self.assertIn("ended by signal 9", run.output)

    def test_a_killed_bridge_takes_flashrom_with_it(self):
        run, left = self.interrupt(rig.send(MIDDLE, signal.SIGKILL, rig.FLASHROM_BEKEN))
        self.assertNotEqual(run.status, 0)
        self.assertEqual(left, [])

    def test_ctrl_c_while_linking_ends_soon_with_cen_high(self):
        # A try takes half a second, all of them ten minutes.
        run = self.rig.run(rig.FLASHROM_BEKEN, "-p", "beken_spi:tries=1000", "-r", "out.bin",
                           image=self.content,
                           device=("--entry", "dead-00", *rig.ctrl_c("5000ms")))
        self.assertEqual(run.status, 130, run.output)
        self.assertEqual(run.stats["cen"], "high")
        self.assertLess(run.stats["virtual_us"], 7000000)


if __name__ == "__main__":
    tap.main()
