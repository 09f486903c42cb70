# SPDX-License-Identifier: GPL-2.0-or-later
"""A small computer's own pins: an SPI bus and a GPIO line, and what must never happen on them."""
import pathlib
import signal
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
import rig
import tap

NODE = "/dev/spidev0.0"
BUS = f"spidev={NODE},cen=GPIO25,speed=7.5M"
SIZE = 512 << 10
SMALL = ("--part", "GD25Q40B")


class Spidev(rig.Case):
    def setUp(self):
        super().setUp()
        self.content = rig.random_bytes(SIZE, 1)

    def flash(self, name, *arguments, params=BUS, items="", device=(), **options):
        """beken-flash NAME on the bus, which behaves as @items say."""
        options.setdefault("image", self.content)
        device = ("--adapter", "spidev", *SMALL, *device, *(("--spidev", items) if items else ()))
        return self.rig.flash(name, f"--params={params}", *arguments, device=device, **options)

    def good(self, run):
        self.assertEqual(run.status, 0, run.output)
        self.assertEqual(run.stats["cen"], "high")
        return run

    def refused(self, *words, moved=None, **options):
        run = self.flash("read", "out.bin", **options)
        self.assertNotEqual(run.status, 0, run.output)
        for word in words:
            self.assertIn(word, run.output)
        self.assertFalse(self.rig.file("out.bin").exists())
        self.same(run.die, self.content)
        if moved is not None:
            self.assertLessEqual(run.stats["messages"], moved)
        return run

    def read(self, **options):
        run = self.good(self.flash("read", "out.bin", **options))
        out = self.rig.file("out.bin")
        self.same(out.read_bytes(), self.content)
        out.unlink()
        return run

    # --- it works ---

    def test_it_is_read_whatever_the_kernel_and_the_entry_are_like(self):
        for items, entry in (("", "measured"), ("slot=64,bufsiz=1024", "clocked"),
                             ("slot=8,rounds-up", "csharp"), ("keeps", "slow-cen"),
                             ("cs-low,timeout=30", "late-window")):
            with self.subTest(items=items, entry=entry):
                self.read(items=items, device=("--entry", entry))

    def test_a_stock_flashrom_reads_the_same(self):
        run = self.rig.run(rig.STOCK, "-p", f"linux_spi:dev={NODE},spispeed=7500", "-r", "out.bin",
                           device=("--adapter", "spidev", "--entry", "linked", "--part",
                                   "GD25Q16B"), image=self.content * 4)
        self.assertEqual(run.status, 0, run.output)
        self.same(self.rig.file("out.bin").read_bytes(), self.content * 4)

    def test_it_answers_a_program_as_a_real_kernel_does(self):
        """tools/check-kernel asks a real kernel the same."""
        client = rig.BUILD / "tests" / "system" / "pins-client"
        run = self.rig.run(client, NODE, "/dev/gpiochip0",
                           device=("--adapter", "spidev", "--entry", "measured", "--spidev", "keeps"))
        self.assertEqual(run.status, 0, run.output)
        run = self.rig.run(client, NODE, "/dev/gpiochip0",
                           device=("--adapter", "spidev", "--entry", "measured"))
        self.assertEqual(run.status, 1, "a line that is not kept is one that it has to miss")

    def test_what_is_written_is_in_the_die(self):
        new = rig.random_bytes(70000, 2)
        self.rig.file("new.bin", new)
        run = self.good(self.flash("write", "--at=0", "--force=not-an-image", "--no-backup",
                                   "new.bin", device=("--sr", "firmware", "--busy", "varying")))
        self.same(run.die, new + self.content[len(new):])

    def test_flashrom_beken_can_use_the_bus_as_well(self):
        run = self.rig.beken("-r", "out.bin", params=BUS, image=self.content,
                             device=("--adapter", "spidev", *SMALL))
        self.good(run)
        self.same(self.rig.file("out.bin").read_bytes(), self.content)

    # --- this computer's own flash ---

    def test_the_computers_own_flash_is_never_touched(self):
        self.refused("this computer's own flash", "spi-nor", items="nor", moved=0)
        run = self.refused("boot EEPROM", items="pi5", moved=0,
                           params=BUS.replace("0.0", "10.0"))
        self.assertEqual(run.stats["cen_pulses"], 0)

    def test_a_flash_that_answers_by_itself_is_not_taken_for_the_modules(self):
        sticky = ("--entry", "sticky")
        for params in (BUS, BUS + ",enter=always", BUS + ",own_flash=no,enter=always"):
            with self.subTest(params):
                self.refused("even while CEN is low", params=params,
                             device=sticky, moved=9)
        for params in (BUS + ",enter=never", f"spidev={NODE},cen=none,enter=never"):
            with self.subTest(params):
                run = self.refused("a flash answers without having been reset", "own_flash=no",
                                   params=params, device=sticky, moved=4)
                self.assertEqual(run.stats["cen_pulses"], 0)
        # The user knows better, and says so.
        self.read(params=f"spidev={NODE},cen=none,enter=never,own_flash=no",
                  device=("--entry", "linked"))

    def test_the_kind_of_it_is_own_flash(self):
        run = self.flash("detect", "--json", device=("--entry", "sticky"))
        self.assertIn('"kind":"own-flash"', run.output.replace(" ", ""))

    # --- what fails ---

    def test_what_is_missing_or_taken_is_said(self):
        for items, params, words in (
                ("", BUS.replace("0.0", "3.1"), ("there is no /dev/spidev3.1", NODE)),
                ("", f"spidev={NODE}", ("nothing drives CEN", "cen=GPIO25", "cen=manual")),
                ("", BUS.replace("GPIO25", "GPIO8"), ("used by \"spi0 CS0\"",)),
                ("taken", BUS, ("used by \"button\"",)),
                ("forbidden", BUS, (f"{NODE} cannot be used", "root")),
                ("held", BUS, ("stays low though it was released",)),
                ("", BUS.replace("7.5M", "3k"), ("does not take mode 0 at 3000 Hz", "speed=")),
                ("", BUS.replace("7.5M", "200M"), ("from 1000 to 125000000 Hz",))):
            with self.subTest(words=words):
                self.refused(*words, items=items, params=params, moved=4)

    def test_a_driver_that_goes_away_in_the_middle_is_an_error_and_not_a_hang(self):
        run = self.refused("driver unloaded", "supply of this computer", items="shutdown=100")
        self.assertNotIn("lug it in", run.output)

    def test_two_programs_do_not_share_the_bus(self):
        program = ("import fcntl, os, subprocess, sys; bus = os.open(sys.argv[1], os.O_RDWR); "
                   "fcntl.flock(bus, fcntl.LOCK_EX); sys.exit(subprocess.call(sys.argv[2:]))")
        run = self.rig.run(sys.executable, "-c", program, NODE, rig.BEKEN_FLASH, "detect",
                           f"--params={BUS}", device=("--adapter", "spidev", *SMALL))
        self.assertNotEqual(run.status, 0, run.output)
        self.assertIn(f"{NODE} cannot be used: another program has locked it", run.output)

    def test_a_chip_that_a_kill_left_in_reset_runs_again_after_reset(self):
        """Raspberry Pi OS and Allwinner keep the level of a line that nobody holds any more."""
        def run(items, *commands):
            script = "; ".join(f"'{rig.BEKEN_FLASH}' {name} --params={BUS}" for name in commands)
            return self.rig.run("sh", "-c", script, image=self.content, device=(
                "--adapter", "spidev", *SMALL, "--spidev", items,
                *rig.send("50ms", signal.SIGKILL, str(rig.BEKEN_FLASH), "detect")))
        self.assertEqual(run("slot=128", "detect").stats["cen"], "high")
        self.assertEqual(run("keeps", "detect").stats["cen"], "low")
        cured = self.good(run("keeps", "detect", "reset"))
        self.assertIn("was left low by an earlier program", cured.output)

    def test_a_signal_leaves_cen_high_and_the_line_free(self):
        run = self.flash("read", "out.bin", items="keeps", device=rig.ctrl_c("300ms"))
        self.assertEqual(run.status, 130, run.output)
        self.assertEqual(run.stats["cen"], "high")


if __name__ == "__main__":
    tap.main()
