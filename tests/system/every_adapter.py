# SPDX-License-Identifier: GPL-2.0-or-later
"""For any chip, flash and wires, all adapters come to the same result; TORTURE=1 tries all of them."""
import concurrent.futures
import json
import os
import pathlib
import subprocess
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
import kill
import parts
import rig
import tap

KIB = 1024
TORTURE = "TORTURE" in os.environ

ADAPTERS = {
    "spi": "tries=6",
    "spidev": "tries=6,spidev=/dev/spidev0.0,cen=GPIO25,speed=7.5M",
    "ch347t": "tries=6,usb=1-1,speed=15M",
    "ch347t-old": "tries=6,usb=1-1,speed=15M",
    "ch347f": "tries=6,usb=1-1,speed=30M",
    "ft232h": "tries=6,usb=1-1,speed=30M",
}
OTHERS = [name for name in ADAPTERS if name != "spi"]  # its jobs have tests of their own

SAMPLE = ("csharp", "no-cs")
# A flash that CEN does not reach may be the computer's own, if the bus is.
OWN = {("spidev", "sticky"): "own-flash"}

# Faults, at several places of a write; each one is tried in turn on each adapter.
FAULTS = [
    *[("--kill-at", n) for n in (40, 400, 900, 1200)],
    *[("--flip-at", n) for n in (2000, 30000, 90000)],
    *[("--noise", n) for n in (20000, 100000)],
    *[("--die-state", state) for state in ("power-down", "qpi", "continuous-read")],
    *[("--busy", how) for how in ("maximum", "varying")],
    *[rig.ctrl_c(when) for when in ("300", "1000")],
    ("--unplug-at", "700"), ("--unplug-at", "1200"), ("--entry", "reprotect", "--seed", "2"),
]


# Noise on the edges that the sample at the link does not notice; the clock, and what happens to it.
JITTER = [
    ("ft232h", "4", (30000000, 15000000)),
    ("spi", "50", (1500000, 1500000)),
    ("ch347f", "4", (30000000, 15000000)),
    ("ch347t", "8", (15000000, 7500000)),
    ("ch347t-old", "8", (15000000, 7500000)),
    ("spidev", "16", (7500000, 3750000)),
]


def cells(rows):
    """Each with each adapter; without TORTURE=1, each adapter with one of them."""
    if TORTURE:
        return [(adapter, row) for adapter in OTHERS for row in rows]
    step = max(1, len(rows) // len(OTHERS))
    return [(adapter, rows[number * step % len(rows)]) for number, adapter in enumerate(OTHERS)]


def all_of(function, rows):
    """The results for all cells, in order."""
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        yield from zip(rows, pool.map(lambda row: function(*row), rows))


def entries():
    if not TORTURE:
        return SAMPLE
    said = subprocess.run([rig.SIM, "list", "entries"], check=True, text=True, capture_output=True)
    # A chip that enters one time in many does so by chance, which differs at another clock.
    return [name for name in said.stdout.split() if not name.startswith("flaky")]


def end(adapter, entry):
    """The kind with which it ended, and the state in which it was left."""
    bench = rig.Rig()
    try:
        run = bench.flash("detect", "--json", f"--params={ADAPTERS[adapter]},enter=always",
                          device=("--adapter", adapter, "--entry", entry, "--part", "GD25Q40B"))
        told = json.loads(run.output.splitlines()[-1])
        return told["kind"], run.stats["cen"], run.stats["sr_write_commands"]
    finally:
        bench.close()


def faulty_write(adapter, fault):
    """What is wrong with the result, or with how `resume` completed it afterwards; None: nothing."""
    if adapter == "spidev" and fault[0] == "--unplug-at":
        fault = ("--spidev", f"shutdown={fault[1]}")
    params = f"--params={ADAPTERS[adapter]}"
    device = ("--adapter", adapter, "--part", "GD25Q40B", "--sr", "firmware")
    old, new = rig.random_bytes(512 * KIB, 1), rig.random_bytes(kill.LENGTH, 2)
    wanted = new + old[kill.LENGTH:]
    bench = rig.Rig()
    try:
        bench.file("new.bin", new)
        run = bench.flash("write", "--at=0", "--force=not-an-image", "--no-backup", params, "new.bin",
                          device=(*device, *fault), image=old)
        gone = fault[0] in ("--unplug-at", "--kill-at", "--spidev")
        if run.stats["cen"] != "high" and not gone:
            return f"CEN is low\n{run.output}"
        if run.status == 0:
            return None if run.die == wanted else f"success, and it is not so\n{run.output}"
        if fault[0] == "--noise":  # it lasts: what was read wrong is not taken for the old content
            return None
        again = bench.flash("resume", params, device=device, image=run.die)
        whole = {0: (wanted,), 3: (old, wanted)}.get(again.status, ())
        good = again.die in whole and again.stats["cen"] == "high"
        return None if good else f"{run.output}\nresume ended with {again.status}\n{again.output}"
    finally:
        bench.close()


def write_tail(adapter, part):
    return parts.write_tail(*part, False, params=ADAPTERS[adapter], device=("--adapter", adapter))


def killed(adapter, kill_at):
    job = kill.Job("--no-backup", f"--params={ADAPTERS[adapter]}",
                   device=(*kill.PART, "--adapter", adapter))
    return [text for text in job.walk(kill.sample(job, kill_at)) if text]


class EveryAdapter(unittest.TestCase):
    def test_each_chip_is_linked_or_said_to_be_what_it_is(self):
        ends = dict(all_of(end, [(adapter, entry) for entry in entries() for adapter in ADAPTERS]))
        for (adapter, entry), found in ends.items():
            with self.subTest(adapter=adapter, entry=entry):
                kind = OWN.get((adapter, entry), ends["spi", entry][0])
                self.assertEqual(found, (kind, "high", 0))

    def test_a_line_that_is_dead_is_named_by_the_adapters_own_pins(self):
        for adapter, pins, levels in (
                ("spidev", "P23 goes to MISO and P22 to MOSI", " (5 V on a pin destroys this computer)"),
                ("ch347t", "then CEN to SCS1", ""), ("ft232h", "P23 goes to ADBUS2 and P22 to ADBUS1", ""),
                ("spi", "then CEN to D2", " (a black board may have 5 V: measure pin 28 of the CH341A)")):
            bench = rig.Rig()
            self.addCleanup(bench.close)
            with self.subTest(adapter=adapter):
                run = bench.flash("detect", f"--params={ADAPTERS[adapter]},tries=1",
                                  device=("--adapter", adapter, "--entry", "dead-FF", "--part", "GD25Q40B"))
                self.assertEqual((run.status, run.stats["cen"]), (1, "high"))
                self.assertIn(pins, run.output)
                self.assertIn(f"has power (3.3 V) and shares ground with the adapter{levels}. On some", run.output)

    def test_a_write_is_right_or_completed_by_resume_whatever_goes_wrong(self):
        for (adapter, fault), complaint in all_of(faulty_write, cells(FAULTS)):
            with self.subTest(adapter=adapter, fault=fault):
                self.assertIsNone(complaint)

    def test_each_kind_of_part_is_written(self):
        found = list(parts.parts().items())
        for (adapter, part), (name, _, run, new) in all_of(write_tail, cells(found)):
            with self.subTest(adapter=adapter, part=name):
                self.assertEqual((run.status, run.stats["cen"]), (0, "high"), run.output)
                self.assertTrue(run.die == new)

    def test_a_clock_that_is_too_fast_for_the_wires_is_lowered_and_said(self):
        content = rig.random_bytes(512 * KIB, 1)
        for adapter, limit, said in (("ch347f", 20000000, "the clock is 15000 kHz now"),
                                     ("ft232h", 5000000, "the clock is 3750 kHz now"),
                                     ("spidev", 5000000, "the clock is 3750 kHz now")):
            bench = rig.Rig()
            self.addCleanup(bench.close)
            with self.subTest(adapter=adapter):
                run = bench.flash("read", f"--params={ADAPTERS[adapter]}", "out.bin", image=content,
                                  device=("--adapter", adapter, "--part", "GD25Q40B", "--wire-limit", limit))
                self.assertEqual(run.status, 0, run.output)
                self.assertIn(said, run.output)
                self.assertEqual(bench.file("out.bin").read_bytes(), content)

    def test_a_clock_at_which_readings_go_on_to_differ_is_lowered_in_the_middle_of_a_backup(self):
        content = rig.random_bytes(2048 * KIB, 1)
        for adapter, jitter, clocks in JITTER if TORTURE else JITTER[:2]:
            bench = rig.Rig()
            self.addCleanup(bench.close)
            with self.subTest(adapter=adapter):
                run = bench.flash("backup", f"--params={ADAPTERS[adapter]}", "out.bin", image=content,
                                  device=("--adapter", adapter, "--part", "GD25Q16B", "--wire-jitter", jitter, "--seed", 2))
                self.assertEqual(run.status, 0, run.output)
                self.assertEqual(bench.file("out.bin").read_bytes(), content)
                told = json.loads(bench.file("out.bin.json").read_text())
                self.assertEqual((told["first_clock_hz"], told["clock_hz"], told["wrong_bits"]), (*clocks, 0))
                self.assertEqual(run.output.count("the clock is"), int(clocks[0] != clocks[1]), run.output)

    def test_the_doctor_looks_at_wires_that_are_too_long_for_the_clock_and_finds_them_good(self):
        bench = rig.Rig()
        self.addCleanup(bench.close)
        run = bench.flash("doctor", f"--params={ADAPTERS['ch347f']}", image=rig.random_bytes(512 * KIB, 1),
                          device=("--adapter", "ch347f", "--part", "GD25Q40B", "--wire-limit", "8000000"))
        self.assertEqual(run.status, 0, run.output)
        self.assertIn("SCS1 resets the chip", run.output)
        self.assertIn("the clock is 7500 kHz now", run.output)

    @unittest.skipUnless(TORTURE, "a kill is among the faults above")
    def test_a_write_that_was_killed_at_any_command_is_completed(self):
        for (adapter, _), complaints in all_of(killed, [(adapter, 80) for adapter in OTHERS]):
            with self.subTest(adapter=adapter):
                self.assertEqual(complaints, [])


if __name__ == "__main__":
    tap.main()
