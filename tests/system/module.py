# SPDX-License-Identifier: GPL-2.0-or-later
"""A module with firmware and data of its own, for tests of the commands that write to it."""
import json

import rig

KIB = 1024
RF, NET, KVS, DATA = 0x1D0000, 0x1D1000, 0x1D3000, 0x1DB000
MAC_AT = RF + 36
APP = 0x11000
FIRMWARE = ("--soc", "BK7231N", "--sr", "firmware")
REFUSED = 3


class Case(rig.Case):
    """A module with the dump's SoC, its own MAC and settings, and other firmware."""

    def setUp(self):
        super().setUp()
        self.rig.images()
        self.dump = self.rig.file("dump.bin").read_bytes()
        self.qio = self.rig.file("qio.bin").read_bytes()
        own = bytearray(self.dump)
        own[MAC_AT + 5] ^= 0x55
        own[NET:NET + 16] = b"network settings"
        own[KVS:KVS + 8] = b"settings"
        own[0x30000:0x50000] = rig.random_bytes(0x20000, 1)
        self.own = bytes(own)

    def flash(self, *arguments, image=None, device=FIRMWARE, **options):
        return self.rig.flash(*arguments, image=self.own if image is None else image,
                              device=device, **options)

    def good(self, run):
        self.assertEqual(run.status, 0, run.output)
        self.assertEqual(run.stats["cen"], "high")
        return run

    def untouched(self, run, die):
        self.same(run.die, die)
        self.assertEqual(sum(run.stats["erases"].values()), 0)
        self.assertEqual(run.stats["page_programs"], 0)
        self.assertEqual(run.stats["sr_write_commands"], 0)

    def refused(self, run, *names, die=None):
        self.assertEqual(run.status, REFUSED, run.output)
        for name in names:
            self.assertIn(f"--force={name}", run.output)
        self.untouched(run, self.own if die is None else die)

    def result(self, run):
        lines = [json.loads(line) for line in run.output.splitlines() if line.startswith("{")]
        self.assertEqual(lines[-1]["event"], "result", run.output)
        return lines[-1]

    def backup(self, name="backup.bin", **options):
        self.good(self.flash("backup", name, **options))
        return self.rig.file(name)

    def stop(self, *arguments, file="dump.bin", at_ms=31500, **options):
        """A write whose cable is pulled after it has begun; returns the content of the flash then."""
        run = self.flash("write", file, *arguments,
                         device=(*FIRMWARE, "--unplug-at", at_ms), **options)
        self.assertEqual(run.status, 4, run.output)
        self.assertIn("beken-flash resume", run.output)
        self.assertTrue(self.journal())
        return run.die

    def journal(self):
        return self.rig.file("state/beken-flash/journal.json").exists()
