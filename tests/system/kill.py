# SPDX-License-Identifier: GPL-2.0-or-later
"""A write that is killed at a command to the flash, and what `beken-flash resume` does then."""
import concurrent.futures
import os
import pathlib
import signal
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
import lamp
import rig
import tap

KIB = 1024
DIE = 512 * KIB
PART = ("--part", "GD25Q40B", "--sr", "firmware")
LENGTH = 70 * KIB + 300  # a block of 64 KiB, sectors, and a piece of one
MUCH = 140 * KIB + 300  # a quarter of the die: this much is not read before it is replaced
SAMPLE = 24
UART_PART = ("--part", "GD25Q16B", "--sr", "firmware")
UART_AT = 0x20000  # behind what a bootloader keeps for itself


class Job:
    """One write over other content, at all of its points: commands to the flash."""

    def __init__(self, *options, device=PART, begin=b"", length=LENGTH, at=0, die=DIE):
        self.options, self.device, self.at = options, device, at
        self.old = begin + rig.random_bytes(die, 1)[len(begin):]
        self.new = rig.random_bytes(length, 2)
        self.wanted = self.old[:at] + self.new + self.old[at + length:]
        whole = self.run(None)
        self.output, self.points = whole.output, self.points_of(whole.stats)

    @staticmethod
    def points_of(stats):
        return range(1, stats["spi_ops"] + 1)

    @staticmethod
    def kill(point):
        return ("--kill-at", point)

    def run(self, kill_at):
        bench = rig.Rig()
        try:
            write = [rig.BEKEN_FLASH, "write", f"--at={self.at}", "--force=not-an-image",
                     *self.options, bench.file("new.bin", self.new)]
            script = '"$@"; echo wrote $?; "$0" resume $WAY; echo resumed $?'
            device = (*self.device, *self.kill(kill_at)) if kill_at else self.device
            way = [word for word in self.options if word.startswith(("--params=", "--port="))]
            return bench.run("sh", "-c", script, rig.BEKEN_FLASH, *write, image=self.old,
                             device=device, env={"WAY": " ".join(way)})
        finally:
            bench.close()

    def complaint(self, kill_at):
        """What is wrong after a kill at that command; None: nothing."""
        run = self.run(kill_at)
        words = run.output.split()
        wrote = words[words.index("wrote") + 1]
        resumed = words[words.index("resumed") + 1]
        # Either nothing had begun or everything was finished: there is nothing to resume.
        allowed = {"0": [self.wanted], "3": [self.old, self.wanted]}.get(resumed, [])
        if wrote == "0":
            allowed = [self.wanted] if resumed == "3" else []
        if run.die in allowed and run.stats["cen"] == "high":
            return None
        return f"killed at {kill_at} of {self.points.stop}: write ended with {wrote}, " \
               f"resume with {resumed}\n{run.output}"

    def walk(self, points):
        with concurrent.futures.ThreadPoolExecutor(2 * (os.cpu_count() or 1)) as pool:
            yield from pool.map(self.complaint, points)


class UartJob(Job):
    """The same through a bootloader: every 10 ms of its end, in which the changes are made."""

    def __init__(self, loader, *options):
        super().__init__("--port=/dev/ttyUSB0", *options, device=("--uart", loader, *UART_PART),
                         at=UART_AT, die=2048 * KIB)

    @staticmethod
    def points_of(stats):
        end = stats["uart"]["virtual_us"] // 1000
        # At its very end the next program may be the one that is killed.
        return range(end * 7 // 8, end - 100, 10)

    @staticmethod
    def kill(point):
        return rig.send(f"{point}ms", signal.SIGKILL, rig.BEKEN_FLASH)


# With a backup, a long reading comes first and the changes at the end.
JOBS = {
    "without a backup": lambda: Job("--no-backup"),
    "with a backup": Job,
    "through a bootloader in ROM": lambda: UartJob("n", "--no-backup"),
    "through a bootloader in the flash": lambda: UartJob("t"),
    "of what was not read": lambda: Job("--no-backup", begin=lamp.DIE[:32 * KIB], length=MUCH),
}


def sample(job, count):
    """Points from the first to the last."""
    last = len(job.points) - 1
    return [job.points[at] for at in sorted({index * last // (count - 1) for index in range(count)})]


class Kill(unittest.TestCase):
    def walk(self, job, count):
        complaints = [text for text in job.walk(sample(job, count)) if text]
        self.assertFalse(complaints, "\n".join(complaints))

    def test_a_write_that_was_killed_anywhere_is_completed_by_resume(self):
        self.walk(JOBS["without a backup"](), SAMPLE)

    def test_a_killed_write_that_makes_a_backup_first_is_completed(self):
        self.walk(JOBS["with a backup"](), SAMPLE // 2)

    def test_a_killed_write_through_a_bootloader_is_completed(self):
        self.walk(JOBS["through a bootloader in ROM"](), SAMPLE // 3)
        self.walk(JOBS["through a bootloader in the flash"](), SAMPLE // 3)

    def test_a_killed_write_of_much_that_was_not_read_before_is_completed(self):
        job = JOBS["of what was not read"]()
        self.assertIn("of them were not read before, except for the first bytes", job.output)
        self.walk(job, SAMPLE)


if __name__ == "__main__":
    tap.main()
