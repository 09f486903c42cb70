# SPDX-License-Identifier: GPL-2.0-or-later
"""A helper device in the network, between the programs and the chip's bootloader."""
import json
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
import lamp
import rig
import tap

# With a small die the half hour of virtual time at each rate stays short.
PART, SIZE = "GD25Q80B", 1 << 20
AREA = 0x11000
OLD = rig.random_bytes(SIZE, 1)
NEW = OLD[:0x40000] + rig.random_bytes(0x4000, 2) + OLD[0x44000:]
PORT = "port=tcp:127.0.0.1"
FLOOR = SIZE // 4096 * (12 + 4096 + 15) * 10 / 115200


class UartNet(lamp.Commands):
    def flashrom(self, loader, *arguments, net="", params="cen=obk:127.0.0.1", device=()):
        programmer = "beken_uart:" + ",".join(filter(None, (PORT, params)))
        return self.rig.run(rig.FLASHROM_BEKEN, "-p", programmer, *arguments, image=OLD,
                            device=("--part", PART, "--uart", loader, "--uart-net",
                                    "latency=20,jitter=10" + net, *device))

    def is_read(self, run):
        self.assertEqual(run.status, 0, run.output)
        self.same(self.rig.file("out").read_bytes(), OLD)
        self.assertEqual(run.stats["net"]["relay"], "on")
        return run

    def refused(self, run, words):
        self.assertEqual(run.status, 1, run.output)
        self.assertIn(words, run.output)
        self.same(run.die, OLD)
        if run.stats["net"]["commands"]:
            self.assertEqual(run.stats["net"]["relay"], "on")

    def test_all_of_the_flash_is_read_at_the_rate_of_the_line(self):
        for loader, helper in (("u", "obk:127.0.0.1"), ("n", "tasmota:localhost:1")):
            with self.subTest(loader):
                run = self.is_read(self.flashrom(loader, "-r", "out", params=f"cen={helper}"))
                self.assertNotIn("requests were repeated", run.output)
                # The first reset is the one that links: LinkChecks flow while CEN rises.
                self.assertEqual(run.stats["net"]["commands"], 2)
                self.assertEqual(run.stats["net"]["lost"], 0)
                if loader == "n":
                    self.assertLess(run.stats["uart"]["virtual_us"] / 1e6, 1.3 * FLOOR)

    def test_what_is_written_is_there(self):
        self.rig.file("new", NEW)
        run = self.flashrom("n", "-w", "new")
        self.assertIn("VERIFIED", run.output)
        self.same(run.die, NEW)

    def test_a_network_that_stands_still_costs_no_byte(self):
        self.is_read(self.flashrom("n", "-r", "out", net=",stall=400"))

    def test_a_network_that_gives_single_bytes_costs_none(self):
        run = self.job("read", "--at=0x20000", "--size=8K", "--once", "out", net="split")
        self.assertEqual(run.status, 0, run.messages)
        self.same(self.rig.file("out").read_bytes(), OLD[0x20000:0x22000])

    def test_a_connection_that_is_closed_in_the_middle_is_opened_again(self):
        run = self.is_read(self.flashrom("n", "-r", "out", net=",close=50000"))
        self.assertIn("the chip found again 1 times", run.output)
        self.assertEqual(run.stats["net"]["clients"], 2)

    def test_a_helper_that_goes_away_in_the_middle_is_said_and_cen_is_released(self):
        self.refused(self.flashrom("n", "-r", "out", net=",stop=50000"),
                     "the bridge closed the connection")

    def test_a_helper_that_does_not_obey_is_named_with_what_it_said(self):
        for net, words in ((",password", "it answers with HTTP status 401"),
                           (",no-relay", 'asked for "SetChannel 1 1": it answers 0'),
                           (",chatters", "the helper's HTTP command failed")):
            with self.subTest(net):
                self.refused(self.flashrom("n", "-r", "out", net=net), words)

    def test_without_a_relay_a_person_is_asked(self):
        run = self.flashrom("n", params="wait=1")
        self.refused(run, "switch its power off and on now")
        self.assertEqual(run.stats["net"]["commands"], 0)

    def test_a_helper_that_is_not_there_is_named(self):
        run = self.rig.run(rig.FLASHROM_BEKEN, "-p", "beken_uart:port=tcp:127.0.0.1:1")
        self.assertEqual(run.status, 1)
        self.assertIn("nothing answers at tcp:127.0.0.1:1: Connection refused", run.output)

    def test_a_chip_far_away_is_kept_awake(self):
        self.rig.file("new", NEW)
        for loader, lost in (("t", False), ("u", True), ("n", True)):
            with self.subTest(loader):
                run = self.flashrom(loader, "-w", "new", net=",latency=100,jitter=60")
                self.assertIn("VERIFIED", run.output)
                self.same(run.die, NEW)
                # Behind an erase by those that refuse little nothing may be sent, and they reset.
                self.assertEqual("during an erase the chip may reset" in run.output, lost)
                self.assertEqual(run.stats["net"]["commands"] > 2, lost)

    def test_a_network_that_is_too_slow_for_the_chip_is_named(self):
        run = self.flashrom("n", "-r", "out", net=",latency=300")
        self.refused(run, "and the network: a chip that hears nothing for a tenth of a second or more resets")

    def test_ctrl_c_releases_cen(self):
        for when in ("400ms", "20000ms"):  # while CEN is low, and while flashrom reads
            with self.subTest(when):
                run = self.flashrom("n", "-r", "out", device=rig.ctrl_c(when))
                self.assertNotEqual(run.status, 0)
                self.assertEqual(run.stats["net"]["relay"], "on")

    def job(self, command, *arguments, net="latency=20"):
        return self.flash(command, "--port=tcp:127.0.0.1", "--params=cen=obk:127.0.0.1", *arguments,
                          image=OLD, device=("--part", PART, "--uart", "n", "--uart-net", net))

    def test_the_adapter_is_a_network_for_programs_too(self):
        run = self.job("info", "--json")
        self.assertEqual(run.status, 0, run.messages)
        adapter = json.loads(run.output.splitlines()[-1])["adapter"]
        self.assertEqual(adapter["kind"], "network")
        self.assertEqual(adapter["port"], "tcp:127.0.0.1:8888")

    def test_the_kinds_are_told_apart(self):
        for net, kind in (("stop=2000", "net-closed"), ("password", "helper-refused")):
            with self.subTest(kind):
                run = self.job("info", "--json", net=net)
                self.assertEqual(run.status, 1, run.output)
                self.assertEqual(json.loads(run.output.splitlines()[-1])["kind"], kind)

    def test_the_doctor_and_a_reset_know_it(self):
        self.assertIn("the chip's bootloader answers at tcp:127.0.0.1:8888",
                      self.job("doctor").output)
        run = self.job("doctor", net="password")
        self.assertEqual(run.status, 1)
        self.assertIn("HTTP status 401", run.output)
        run = self.job("reset")
        self.assertEqual(run.status, 0, run.messages)
        self.assertEqual((run.stats["net"]["commands"], run.stats["net"]["relay"]), (2, "on"))


if __name__ == "__main__":
    tap.main()
