# SPDX-License-Identifier: GPL-2.0-or-later
"""CEN moved by something other than the adapter: a line of a serial port."""
import pathlib
import signal
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
import rig
import tap

PORT = "/dev/ttyUSB0"
SMALL = ("--part", "GD25Q40B")
SIZE = 512 << 10


class Cen(rig.Case):
    def setUp(self):
        super().setUp()
        self.content = rig.random_bytes(SIZE, 1)

    def flash(self, name, *arguments, adapter="spi", line="rts", wired="rts", params="", device=()):
        return self.rig.flash(name, f"--params=cen={line}:{PORT}{params}", *arguments, image=self.content,
                              device=("--adapter", adapter, "--cen-by", wired, *SMALL, *device))

    def test_it_serves_each_adapter_and_each_line(self):
        for adapter, line, entry, params in (
                ("spi", "rts", "measured", ""), ("ch347t", "dtr", "slow-cen", ""),
                ("spidev", "rts", "short-window", ",spidev=/dev/spidev0.0,speed=7.5M")):
            with self.subTest(adapter=adapter, line=line, entry=entry):
                run = self.flash("read", "out.bin", adapter=adapter, line=line, wired=line, params=params,
                                 device=("--entry", entry))
                self.assertEqual((run.status, run.stats["cen"]), (0, "high"), run.output)
                self.same(self.rig.file("out.bin").read_bytes(), self.content)
                self.rig.file("out.bin").unlink()

    def test_another_pin_of_the_adapter_can_be_cen(self):
        for adapter, pin, number in (("ft232h", "acbus3", 11), ("ft232h", "adbus6", 6), ("ch347t", "gpio7", 7),
                                     ("ch347t-old", "gpio4", 4), ("ch347f", "gpio0", 0)):
            with self.subTest(adapter=adapter, pin=pin):
                device = ("--adapter", adapter, "--cen-pin", number, *SMALL)
                run = self.rig.flash("read", f"--params=usb=1-1,cen={pin}", "out.bin", image=self.content, device=device)
                self.assertEqual((run.status, run.stats["cen"]), (0, "high"), run.output)
                self.same(self.rig.file("out.bin").read_bytes(), self.content)
                self.rig.file("out.bin").unlink()
                # The usual CEN line is not connected then.
                run = self.rig.flash("detect", "--params=usb=1-1,tries=2", image=self.content, device=device)
                self.assertEqual((run.status, run.stats["cen_pulses"]), (1, 0), run.output)

    def test_a_kill_or_a_signal_with_such_a_pin_leaves_it_as_the_usual_one(self):
        for adapter, pin, number in (("ft232h", "acbus3", 11), ("ch347t", "gpio7", 7)):
            with self.subTest(adapter=adapter):
                run = self.rig.flash("read", f"--params=usb=1-1,cen={pin}", "out.bin", image=self.content,
                                     device=("--adapter", adapter, "--cen-pin", number, *SMALL, *rig.ctrl_c("50ms")))
                self.assertEqual((run.status, run.stats["cen"]), (130, "high"), run.output)

    def test_a_pin_that_the_adapter_does_not_have_is_said(self):
        for adapter, pin in (("ft232h", "adbus3"), ("ch347t", "gpio5"), ("spi", "acbus3")):
            with self.subTest(adapter=adapter):
                run = self.rig.flash("detect", f"--params=usb=1-1,cen={pin}", device=("--adapter", adapter, *SMALL))
                self.assertEqual((run.status, run.stats["cen_pulses"]), (1, 0), run.output)
                self.assertIn(f"there is no GPIO line {pin} here", run.output)

    def test_a_wire_on_the_other_line_does_not_reset_the_chip(self):
        run = self.flash("detect", "--json", params=",tries=2", wired="dtr")
        self.assertEqual((run.status, run.stats["cen"]), (1, "high"), run.output)
        self.assertIn("CEN to RTS of ttyUSB0", run.output)

    def test_a_kill_while_cen_is_low_leaves_it_high(self):
        run = self.rig.run("sh", "-c", f"'{rig.BEKEN_FLASH}' detect --params=cen=rts:{PORT}; true", device=(
            "--cen-by", "rts", *SMALL, *rig.send("50ms", signal.SIGKILL, str(rig.BEKEN_FLASH), "detect")))
        self.assertIn("Killed", run.output)
        self.assertEqual(run.stats["cen"], "high")

    def test_a_port_that_is_not_there_is_said(self):
        run = self.rig.flash("detect", f"--params=cen=rts:{PORT}", device=SMALL)
        self.assertEqual(run.status, 1)
        self.assertIn(f"{PORT} cannot be used: No such file or directory", run.output)


if __name__ == "__main__":
    tap.main()
