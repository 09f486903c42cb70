# SPDX-License-Identifier: GPL-2.0-or-later
"""
Over a serial line the time left is right, too: from the first tenth of each phase on.

TORTURE=1: each job by each bootloader, rate and content; else some of them.
"""
import itertools
import json
import os
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
import lamp
import rig
import tap
from lamp import DIE

TORTURE = "TORTURE" in os.environ

APP = slice(0x11000, lamp.RF.start)  # what each bootloader may change, without the calibration
NEW = rig.random_bytes(0x80000, 5) + b"\xff" * 0x20000 + rig.random_bytes(0x80000, 6)


def with_app(app):
    return DIE[:APP.start] + app + DIE[APP.stop:]


CONTENTS = {
    "full": with_app(rig.random_bytes(APP.stop - APP.start, 7)),
    "blank": with_app(b"\xff" * (APP.stop - APP.start)),
}
WRITE = "write new.bin --at=0x11000 --force=not-an-image --force=wrong-address --yes"
ERASE = f"erase --at={APP.start:#x} --size={APP.stop - APP.start:#x} --yes"
JOBS = {
    "backup": "backup new-backup.bin",
    "write": WRITE,
    "write, known": WRITE + " --backup=now.bin",
    "write, lost": WRITE + " --no-backup",
    "restore": "restore --yes=doubtful-content --no-manifest other.bin",
    "erase": ERASE,
    "erase, known": ERASE + " --backup=now.bin",
    "erase, lost": ERASE + " --no-backup",
    "verify": "verify --at=0x11000 app.bin",
}
LOADERS = ("u", "7251", "t", "s", "q", "a9", "ottime", "n", "7238")
RATES = ("115200", "921600", "2000000")
SAMPLE = (
    ("write", "t", "2000000", "full"), ("write, lost", "n", "115200", "full"),
    ("write, known", "u", "921600", "full"), ("restore", "n", "2000000", "full"),
    ("erase", "n", "921600", "full"), ("verify", "t", "115200", "blank"),
)
# What nobody waits for. In the first half second of a phase the chip may have been reset, or one erase have ended.
BEGIN_MS = 500
NOTHING_MS = 100


class TimeLeft(lamp.Commands):
    def run_job(self, job, loader, rate, content, *device):
        die = CONTENTS[content]
        for name, data in (("new.bin", NEW), ("now.bin", die), ("app.bin", die[APP]),
                           ("other.bin", die[:0x20000] + NEW + die[0x20000 + len(NEW):])):
            self.rig.file(name, data)
        for name in ("new-backup.bin", "record"):
            self.rig.file(name).unlink(missing_ok=True)
        record = [] if job == "verify" else ["--record=record"]
        run = self.flash(*JOBS[job].split(), "--json", *record, "--port=/dev/ttyUSB0",
                         f"--params=baud={rate}", image=die, device=("--uart", loader, *device))
        return run, [json.loads(line) for line in run.output.splitlines()]

    def phases(self, lines):
        """Of each phase what it took and the lines of its progress; that of `verify` ends with its last."""
        phases = []
        for line in lines:
            if line["event"] == "phase":
                phases.append([None, []])
            elif line["event"] == "progress":
                phases[-1][1].append(line)
        if self.rig.file("record").exists():
            took = [phase["ms"] for phase in json.loads(self.rig.file("record").read_text())["phases"]]
        else:
            took = [progress[-1]["ms"] for _, progress in phases]
        self.assertEqual(len(took), len(phases))
        return [(ms, progress) for ms, (_, progress) in zip(took, phases)]

    def assert_right(self, lines):
        known = 0
        for took, progress in self.phases(lines):
            for line in progress:
                if line["ms"] < max(took / 10, BEGIN_MS) or line["left_ms"] is None:
                    continue
                known += 1
                self.assertAlmostEqual(line["ms"] + line["left_ms"], took,
                                       delta=max(took / 20, NOTHING_MS), msg=line)
        return known

    def test_the_time_left_is_right_from_the_first_tenth_on(self):
        cells = itertools.product(JOBS, LOADERS, RATES, CONTENTS) if TORTURE else SAMPLE
        for cell in cells:
            with self.subTest(" ".join(cell)):
                run, lines = self.run_job(*cell)
                self.assertEqual(run.status, 0, run.output + run.messages)
                self.assertGreaterEqual(self.assert_right(lines), 8)
                told = sum(took for took, _ in self.phases(lines)) * 1000
                self.assertGreater(told, 0.7 * run.stats["uart"]["virtual_us"], "most of it is told")


if __name__ == "__main__":
    tap.main()
