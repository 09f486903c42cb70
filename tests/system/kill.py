# SPDX-License-Identifier: GPL-2.0-or-later
"""A write that is killed at a command to the flash, and what `beken-flash resume` does then."""
import concurrent.futures
import os
import pathlib
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


class Job:
    """One write over other content, to be killed at any of its commands."""

    def __init__(self, *options, device=(), begin=b"", length=LENGTH):
        self.options, self.device = options, (*PART, *device)
        self.old = begin + rig.random_bytes(DIE, 1)[len(begin):]
        self.new = rig.random_bytes(length, 2)
        self.wanted = self.new + self.old[length:]
        whole = self.run(None)
        self.commands, self.output = whole.stats["spi_ops"], whole.output

    def run(self, kill_at):
        bench = rig.Rig()
        try:
            write = [rig.BEKEN_FLASH, "write", "--at=0", "--force=not-an-image", *self.options,
                     bench.file("new.bin", self.new)]
            script = '"$@"; echo wrote $?; "$0" resume $PARAMS; echo resumed $?'
            device = (*self.device, "--kill-at", kill_at) if kill_at else self.device
            params = [word for word in self.options if word.startswith("--params=")]
            return bench.run("sh", "-c", script, rig.BEKEN_FLASH, *write, image=self.old,
                             device=device, env={"PARAMS": " ".join(params)})
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
        return f"killed at command {kill_at} of {self.commands}: write ended with {wrote}, " \
               f"resume with {resumed}\n{run.output}"

    def walk(self, points):
        with concurrent.futures.ThreadPoolExecutor(2 * (os.cpu_count() or 1)) as pool:
            yield from pool.map(self.complaint, points)


# With a backup, a long reading comes first and the changes at the end.
JOBS = {
    "without a backup": lambda: Job("--no-backup"),
    "with a backup": Job,
    "of what was not read": lambda: Job("--no-backup", begin=lamp.DIE[:32 * KIB], length=MUCH),
}


def sample(job, count):
    """Points from the first command to the last, most of them where changes are made."""
    return sorted({1 + index * (job.commands - 1) // (count - 1) for index in range(count)})


class Kill(unittest.TestCase):
    def walk(self, job, count):
        complaints = [text for text in job.walk(sample(job, count)) if text]
        self.assertFalse(complaints, "\n".join(complaints))

    def test_a_write_that_was_killed_anywhere_is_completed_by_resume(self):
        self.walk(JOBS["without a backup"](), SAMPLE)

    def test_so_is_a_write_that_makes_a_backup_first(self):
        self.walk(JOBS["with a backup"](), SAMPLE // 2)

    def test_so_is_a_write_of_much_that_was_not_read_before(self):
        job = JOBS["of what was not read"]()
        self.assertIn("of them were not read before, except for the first bytes", job.output)
        self.walk(job, SAMPLE)


if __name__ == "__main__":
    tap.main()
