# SPDX-License-Identifier: GPL-2.0-or-later
"""The simulator's serial port: programs with plain termios and with pyserial on it."""
import importlib.util
import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
import rig
import tap

CLIENT = pathlib.Path(__file__).resolve().parent / "uart_client.py"


class Uart(rig.Case):

    def client(self, name, *device):
        ran = self.rig.run(sys.executable, CLIENT, name, device=("--uart", "t", *device))
        self.assertEqual(ran.status, 0, ran.output)
        return ran

    def test_a_program_resets_the_chip_by_rts_and_links(self):
        stats = self.client("link").stats["uart"]
        self.assertEqual(stats["noise"], 0)
        self.assertEqual(stats["cen_resets"], 1)  # open() asserts RTS, the program clears it

    def test_a_sector_costs_its_wire_time_and_the_same_every_time(self):
        first, second = self.client("times"), self.client("times")
        self.assertEqual((first.output, first.stats), (second.output, second.stats))

    def test_what_is_written_is_in_the_die(self):
        ran = self.client("write")
        self.assertEqual(ran.die[0x20000:0x21000], bytes(range(256)) * 16)
        self.assertEqual(ran.stats["erases"]["4096"], 1)

    def test_what_is_erased_by_uart_is_read_by_spi_at_once(self):
        ran = self.rig.run(
            "sh", "-c", f"{sys.executable} {CLIENT} erase && {rig.FLASHROM_BEKEN} -p beken_spi "
            "-r out.bin", device=("--uart", "t"), image=bytes(2 << 20))
        self.assertEqual(ran.status, 0, ran.output)
        out = self.rig.file("out.bin").read_bytes()
        self.assertEqual(out, ran.die)
        self.assertEqual(out[0x20000:0x21000], b"\xff" * 4096)
        self.assertEqual(ran.stats["ignored_while_busy"], 0)
        self.assertLess(ran.stats["virtual_us"], 100e6)

    def test_a_timeout_is_the_models_time(self):
        self.client("silence")

    def test_an_idle_link_ends_by_a_reset(self):
        self.assertEqual(self.client("idle").stats["uart"]["own_resets"], 1)

    def test_a_wrong_rate_is_noise(self):
        self.assertEqual(self.client("noise").stats["uart"]["noise"], 5)

    def test_a_rate_without_a_name(self):
        self.client("other_rate")

    def test_flipped_bytes_are_counted_and_repeat(self):
        device = ("--uart", "t", "--uart-faults", "flip=300")
        first, second = (self.rig.run(sys.executable, CLIENT, "flipped", device=device)
                         for _ in range(2))
        self.assertEqual(first.status, 0, first.output)
        self.assertGreater(first.stats["uart"]["faults"], 0)
        self.assertEqual(first.stats, second.stats)

    def test_one_program_has_the_port(self):
        self.client("twice")

    def test_pyserial(self):
        if not importlib.util.find_spec("serial"):
            raise unittest.SkipTest("python3-serial is not installed")
        self.client("pyserial")

    def test_a_bootloader_that_does_not_exist_is_refused(self):
        ran = self.rig.run("true", device=("--uart", "x"))
        self.assertEqual(ran.status, 2)
        self.assertIn("list bootloaders", ran.output)


if __name__ == "__main__":
    tap.main()
