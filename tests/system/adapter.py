# SPDX-License-Identifier: GPL-2.0-or-later
"""What a user sees when the adapter, a cable or the chip is not as it should be."""
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
import rig
import tap


class Adapter(rig.Case):
    def setUp(self):
        super().setUp()
        self.content = rig.random_bytes(2 << 20, 1)

    def refused(self, *words, device=(), params="", arguments=("-r", "out.bin")):
        run = self.rig.beken(*arguments, image=self.content, device=device, params=params)
        self.assertNotEqual(run.status, 0, run.output)
        for word in words:
            self.assertIn(word, run.output)
        self.assertNotIn("Calibrating", run.output, "flashrom was started")
        self.assertFalse(self.rig.file("out.bin").exists())
        self.same(run.die, self.content)
        return run

    def test_no_adapter_is_said(self):
        self.refused("no adapter found", device=("--adapter", "none"))

    def test_the_uart_position_of_the_jumper_is_said(self):
        self.refused("1a86:5523", "jumper", device=("--adapter", "uart"))

    def test_missing_permission_is_said(self):
        self.refused("no permission", "plugdev", device=("--adapter", "forbidden"))

    def test_two_adapters_are_listed_and_none_is_taken(self):
        run = self.refused("several CH341A adapters", "usb=1:2", "usb=1:3",
                           device=("--second-adapter",))
        self.assertEqual(run.stats["packets"], 0)

    def test_one_of_two_adapters_is_chosen_by_address(self):
        run = self.rig.beken("-r", "out.bin", image=self.content, device=("--second-adapter",),
                             params="usb=1:3")
        self.assertEqual(run.status, 0, run.output)
        self.same(self.rig.file("out.bin").read_bytes(), self.content)

    def test_an_adapter_that_is_not_there_is_said(self):
        self.refused("there is no adapter at usb=7:7", params="usb=7:7")

    def test_the_doctor_that_is_proposed_examines_the_same_adapter(self):
        run = self.rig.beken("--flash-size", params="usb=1-1,tries=3", device=("--second-adapter",))
        self.assertRegex(run.output, r"(?m): beken-flash doctor --params=usb=1-1,tries=3$")

    def test_bad_parameters_are_refused_before_anything_happens(self):
        for params in ("reset_ms=5", "entre=auto", "enter=maybe", "tries", "usb="):
            with self.subTest(params=params):
                run = self.refused("beken_spi", "enter=auto|always|never", params=params)
                self.assertEqual(run.stats["packets"], 0)

    def test_each_wiring_fault_gets_its_own_diagnosis(self):
        for entry, words in {
                "dead-00": ("always 0", "power (3.3 V)"),
                "dead-FF": ("always 1",),
                "swapped": ("not the other way round",),
                "no-cen": ("CEN",),
                "no-cs": ("P21", "tries=200"),
                "closed": ("no echo", "disabled for good"),
        }.items():
            with self.subTest(entry=entry):
                run = self.refused(*words, device=("--entry", entry), params="tries=3")
                self.assertEqual(run.stats["cen"], "high")

    def test_an_end_that_could_not_reset_the_chip_is_told(self):
        run = self.rig.beken("--flash-size", image=self.content, device=("--entry", "sticky"))
        self.assertEqual(run.status, 0, run.output)
        self.assertIn("still in SPI mode", run.output)

    def test_a_chip_that_enters_one_time_in_a_few_is_linked(self):
        run = self.rig.beken("--flash-size", image=self.content,
                             device=("--entry", "flaky", "--seed", "3"))
        self.assertEqual(run.status, 0, run.output)
        self.assertIn("2097152", run.output)

    def test_unplugging_in_the_middle_is_an_error_and_not_a_hang(self):
        for arguments in (("-r", "out.bin"), ("-w", "new.bin")):
            with self.subTest(arguments=arguments):
                self.rig.file("new.bin", rig.random_bytes(2 << 20, 2))
                run = self.rig.beken(*arguments, image=self.content,
                                     device=("--unplug-at", "3000"))
                self.assertNotEqual(run.status, 0, run.output)
                self.assertIn("unplugged", run.output)
                if run.stats["page_programs"]:
                    self.assertIn("half written", run.output)

    def test_pages_lost_after_flashrom_was_content_are_not_called_a_success(self):
        old = b"\xff" * 4096 + self.content[4096:]
        new = rig.random_bytes(1024, 2) + old[1024:]
        self.rig.file("new.bin", new)
        self.rig.file("old.bin", old)
        self.rig.file("layout", b"000000:000fff part\n")
        arguments = ("-l", "layout", "-i", "part", "-n", "--flash-contents", "old.bin",
                     "-w", "new.bin")
        whole = self.rig.beken(*arguments, image=old)
        self.assertEqual(whole.status, 0, whole.output)
        self.same(whole.die, new)
        # flashrom prints its last lines, four pages of 4 ms are sent, and the reset takes 100 ms.
        end = whole.stats["virtual_us"] // 1000 - 116
        run = self.rig.beken(*arguments, image=old, device=("--unplug-at", str(end)))
        self.assertFalse(run.die == new, "unplugged too late to show anything")
        self.assertNotEqual(run.status, 0, run.output)
        self.assertIn("flashrom reported success", run.output)

    def test_a_stall_or_a_lost_reply_is_recovered_from(self):
        for fault in (("--stall-out", "1"), ("--stall-out", "300"), ("--lose-reply", "20000")):
            with self.subTest(fault=fault):
                run = self.rig.beken("-r", "out.bin", image=self.content, device=fault)
                self.assertEqual(run.status, 0, run.output)
                self.same(self.rig.file("out.bin").read_bytes(), self.content)

    def test_replies_never_pile_up_in_the_adapter(self):
        run = self.rig.beken("-r", "out.bin", image=self.content,
                             device=("--strict-replies", "--host", "U"))
        self.assertEqual(run.status, 0, run.output)


if __name__ == "__main__":
    tap.main()
