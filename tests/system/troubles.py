# SPDX-License-Identifier: GPL-2.0-or-later
"""Each kind of trouble has a test that causes it; here are those that no unit test causes."""
import fcntl
import json
import pathlib
import re
import shlex
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
import lamp
import rig
import tap
from lamp import DIE

TESTS = rig.ROOT / "tests"


class Troubles(lamp.Commands):
    def made(self, kind, name, *arguments, before="", **options):
        """The first trouble that is reported is of this kind, and so is the result."""
        words = " ".join([shlex.quote(str(word)) for word in
                          (lamp.BEKEN_FLASH, name, "--json", *arguments)])
        run = self.flash(shell=before + words, **options)
        self.assertNotEqual(run.status, 0, run.messages)
        lines = [json.loads(line) for line in run.output.splitlines()]
        told = [line["kind"] for line in lines if line["event"] == "trouble"]
        self.assertEqual([lines[-1]["event"], lines[-1]["kind"], *told[:1]],
                         ["result", kind, *[kind][:len(told)]], run.output)

    def journal(self):
        return self.rig.file("state/beken-flash/journal.json")

    def stop(self):
        self.rig.file("new", rig.random_bytes(0x10000, 3))
        write = ("write", "--at=0x140000", "--force=not-an-image", "--no-backup", "new")
        end = self.good(self.flash(*write)).stats["virtual_us"] // 1000
        half = self.flash(*write, device=("--unplug-at", end - 500)).die
        self.assertTrue(self.journal().exists())
        return half

    def test_requests_for_registers_that_do_not_exist(self):
        self.made("register-refused", "protect", "--registers=0x8000")
        self.made("register-unknown", "protect", device=("--part", "P25Q16HB", "--id", "AA6015"))

    def test_requests_for_a_wrong_place(self):
        self.rig.file("noise", rig.random_bytes(5000, 1))
        self.made("wrong-place", "verify", "noise")
        self.made("no-such-range", "read", "--at=2M", "--size=4K", "out")
        self.made("partial-sector", "erase", "--at=0x1f0010", "--size=16", "--no-backup", "--yes")

    def test_a_soc_that_the_flash_contradicts(self):
        self.good(self.flash("backup", "b.bin"))
        self.made("soc-contradicted", "restore", "--region=rf", "--soc=BK7231T", "b.bin")

    def test_a_backup_of_something_else(self):
        self.good(self.flash("backup", "b.bin"))
        content = bytearray(DIE)
        content[0x30000] ^= 1
        self.rig.file("b.bin", bytes(content))
        self.made("wrong-backup", "restore", "b.bin")
        self.rig.file("b.bin.json").unlink()
        self.made("no-manifest", "restore", "b.bin")
        self.made("stale-backup", "write", "--backup=b.bin", str(lamp.MADE / "qio.bin"),
                  "--force=unconfirmed,inconsistent,damaged")
        self.made("file-exists", "backup", "b.bin")

    def test_a_job_that_was_stopped(self):
        self.made("nothing-to-resume", "resume")
        half = self.stop()
        self.made("unfinished", "write", "--at=0x140000", "--force=not-an-image", "new", image=half)
        with open(self.journal().parent / "lock", "w", encoding="ascii") as lock:
            fcntl.lockf(lock, fcntl.LOCK_EX)
            self.made("busy-program", "resume", image=half)
        self.journal().write_text("{")
        self.made("journal-damaged", "resume", image=half)

    def test_a_file_that_finds_no_room(self):
        self.made("disk-full", "read", "out", before="ulimit -f 100; ")

    def test_programs_that_fail(self):
        self.made("command-failed", "run", "false")
        # flashrom-beken prints messages for people only.
        for kind, program, words in (
                ("no-flashrom", "/nowhere/flashrom", "no flashrom that can be run at FLASHROM="),
                ("flashrom-failed", "/bin/true", "did not use the chip: is it flashrom?")):
            with self.subTest(kind):
                run = self.rig.beken("-r", "out", image=DIE, env={"FLASHROM": program})
                self.assertNotEqual(run.status, 0)
                self.assertIn(words, run.output)

    def test_every_kind_is_made_to_happen_somewhere(self):
        header = (rig.ROOT / "base" / "trouble.h").read_text()
        kinds = re.findall(r'X\(([A-Z_0-9]+), "([a-z0-9-]+)"', header)
        self.assertGreater(len(kinds), 50)
        texts = [path.read_text() for path in TESTS.rglob("*") if path.suffix in (".c", ".py")]
        missing = [name for symbol, name in kinds
                   if not any(re.search(rf'TROUBLE_{symbol}\b|"{name}"', text) for text in texts)]
        self.assertEqual(missing, [])


if __name__ == "__main__":
    tap.main()
