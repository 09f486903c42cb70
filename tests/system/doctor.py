# SPDX-License-Identifier: GPL-2.0-or-later
"""beken-flash doctor names what is wrong, from the adapter to the content; the die is not changed."""
import json
import os
import pathlib
import re
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
import lamp
import tap
from lamp import BEKEN_FLASH, DIE, SIZE


class Doctor(lamp.Commands):
    def doctor(self, *device, options=()):
        """The steps by name, the suspects and the result; the die is unchanged, and CEN is high."""
        run = self.unchanged(self.flash("doctor", "--json", *options, device=device))
        events = [json.loads(line) for line in run.output.splitlines()]
        steps = {event["name"]: event["state"] for event in events if event["event"] == "step"}
        return steps, [event for event in events if event["event"] == "suspect"], events[-1]

    def test_good_wires_are_good_up_to_the_content(self):
        steps, suspects, result = self.doctor()
        self.assertEqual((suspects, result["status"]), ([], 0))
        self.assertEqual({name for name, state in steps.items() if state == "good"},
                         {"adapter", "permission", "mode", "driver", "cen", "link", "id", "status",
                          "content"})

    def test_each_fault_of_the_adapter_ends_at_its_step(self):
        for adapter, step in (("none", "adapter"), ("uart", "mode"), ("forbidden", "permission")):
            with self.subTest(adapter):
                steps, suspects, result = self.doctor("--adapter", adapter)
                self.assertEqual((steps[step], suspects, result["status"]), ("bad", [], 1))
                self.assertEqual(list(steps.values()).count("bad"), 1)

    def test_wires_are_named_in_words_with_a_next_step(self):
        for wiring, cause, certain in (
                ("swap=P21/P22", "swapped", True), ("CEN=D1", "cen-beside", True),
                ("P23=open", "open", False), ("bridge", "bridged", True),
                ("supply=weak", "weak-supply", True), ("noise=300", "noise", False)):
            with self.subTest(wiring):
                _, suspects, result = self.doctor("--wiring", wiring)
                self.assertIn(cause, [suspect["cause"] for suspect in suspects])
                self.assertEqual(suspects[0]["certain"], certain)
                self.assertEqual(result["status"], 1)
                self.assertTrue(all(suspect["next"] for suspect in suspects))

    def test_a_chip_that_was_reset_a_moment_ago_is_not_one_that_restarts(self):
        # It listens after any reset, and then echoes. The second doctor starts while it does so.
        for entry, before in (("measured", "doctor"), ("measured", "reset"), ("long-window", "detect"),
                              ("late-window", "detect")):
            with self.subTest(f"{entry} {before}"):
                run = self.flash(shell=f"{BEKEN_FLASH} {before} >/dev/null && {BEKEN_FLASH} doctor --json",
                                 device=("--entry", entry))
                self.assertNotIn('"suspect"', self.unchanged(self.good(run)).output)
        run = self.flash(shell=f"{BEKEN_FLASH} detect >/dev/null; {BEKEN_FLASH} doctor --json",
                         device=("--wiring", "supply=weak"))
        self.assertIn('"weak-supply", "certain": true', run.output)

    def test_a_bus_without_a_pin_for_cen_is_told_so(self):
        line = "doctor", "--params=spidev=/dev/spidev0.0"
        run = self.flash(*line, device=("--adapter", "spidev"))
        self.refused(run, 1, "nothing drives CEN", "--params=cen=GPIO25")
        self.assertRegex(run.output, r"(?m)^cen +BAD +nothing drives CEN$")
        run = self.good(self.flash(*line, "--params=enter=never,own_flash=no",
                                   device=("--adapter", "spidev", "--entry", "linked")))
        self.assertRegex(run.output, r"(?m)^cen +seen +nothing drives CEN$")

    def test_several_wires_in_wrong_places_are_one_fault(self):
        run = self.flash("doctor", device=("--wiring", "P20=D0,P21=D5,P22=D3"))
        self.refused(run, 1, "P20 is on D0, and P21 is on D5, and P22 is on D3. Connect P20 to D3 of the adapter")

    def test_a_link_that_fails_is_described_in_words(self):
        for entry, words in (("no-cen", "the firmware seems to run"), ("dead-00", "was always 0"),
                             ("dead-FF", "was always 1"), ("no-cs", "does not see ours")):
            with self.subTest(entry):
                run = self.flash("doctor", device=("--entry", entry))
                self.assertRegex(run.output, rf"(?m)^link +BAD +.*{words}")
                self.assertNotIn("going on", run.messages)

    def test_a_flash_that_is_smaller_than_its_id_says_is_told(self):
        for kib in (256, 1024):
            with self.subTest(kib):
                image = DIE[:kib * 1024]
                run = self.flash("doctor", "--json", device=("--capacity", f"{kib}K"), image=image)
                events = [json.loads(line) for line in run.output.splitlines()]
                trouble = next(event for event in events if event["event"] == "trouble")
                self.assertEqual((run.status, trouble["kind"], trouble["values"]),
                                 (1, "part-smaller", {"size_by_id": SIZE, "size_seen": kib * 1024}))
                self.assertEqual([event["state"] for event in events if event.get("name") == "id"], ["bad"])
                self.same(run.die, image)
                self.assertEqual(run.stats["cen"], "high")
        # Where nothing is, nothing repeats itself; and who says the size is believed.
        self.good(self.flash("doctor", image=b"\xff" * SIZE))
        self.good(self.flash("doctor", "--params=chip=TH25Q16HB", device=("--capacity", "256K"), image=DIE[:262144]))

    def test_what_does_not_link_points_to_the_doctor(self):
        run = self.flash("info", device=("--wiring", "P23=open"))
        self.refused(run, 1, "beken-flash doctor")

    def test_any_command_that_does_not_link_says_what_doctor_would(self):
        # Searching the wires takes a second: `make torture` tries each command with each fault.
        for wiring, commands in (("swap=P22/P23", ("detect", "backup")), ("P20=open", ("erase --all --yes",))):
            device = ("--wiring", wiring)
            _, suspects, _ = self.doctor(*device)
            for command in ("detect", "backup", "erase --all --yes") if "TORTURE" in os.environ else commands:
                with self.subTest(f"{wiring} {command}"):
                    run = self.unchanged(self.flash(*command.split(), "--json", device=device))
                    events = [json.loads(line) for line in run.output.splitlines()]
                    self.assertEqual([event for event in events if event["event"] == "suspect"],
                                     suspects)
                    run = self.refused(self.flash(*command.split(), device=device), 1, "error: no link",
                                       *(suspect["seen"] for suspect in suspects))

    def test_watching_ends_when_the_flash_answers(self):
        steps, _, result = self.doctor(options=("--watch",))
        self.assertEqual((steps["link"], result["status"]), ("good", 0))

    def test_what_it_proposes_is_done_as_printed(self):
        run = self.good(self.flash("doctor"))
        words = re.search(r"Next: beken-flash (.*)", run.output)[1].split()
        self.good(self.flash(*words))
        self.assertTrue(any(re.fullmatch(r"BK7231N-.*\.bin", name) for name in self.files()))

    def test_what_it_proposes_is_meant_for_the_same_adapter(self):
        two = ("--second-adapter", "--entry", "flaky")
        run = self.flash("doctor", "--usb=1-2", device=two)
        self.assertIn("Next: beken-flash backup --usb=1-2\n", run.output)
        # A parameter of the programmer is given as an option of this program.
        self.assertIn("give it more tries: --params=tries=200", run.output)
        self.good(self.flash("detect", "--usb=1-2", "--params=tries=200", "--params=reset_ms=50", device=two))
        run = self.flash("detect", "--usb=1-1", "--json", "--params=tries=3", device=two)
        self.assertIn("beken-flash doctor --params=tries=3 --usb=1-1", run.messages)
        run = self.flash("detect", "--json", device=("--adapter", "ft232h"))
        self.assertIn('"next": "If that is the one, name it: --usb=1-1", "try": ["--usb=1-1"]', run.output)
        self.good(self.flash("detect", "--usb=1-1", device=("--adapter", "ft232h")))


if __name__ == "__main__":
    tap.main()
