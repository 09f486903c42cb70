# SPDX-License-Identifier: GPL-2.0-or-later
"""beken-flash on a simulated BK7231N, for tests of its commands."""
import atexit
import pathlib
import shlex
import shutil
import subprocess
import tempfile

import rig

KIB = 1024
SIZE = 2048 * KIB
RF = slice(0x1d0000, 0x1d1000)
NET = slice(0x1d1000, 0x1d3000)
TUYA = slice(0x1ed000, 0x200000)
MAC = "10:5a:17:01:02:03"
FIRMWARE_SR = 0x4004
BEKEN_FLASH = str(rig.BEKEN_FLASH)
MADE = pathlib.Path(tempfile.mkdtemp(prefix="beken-made-"))
atexit.register(shutil.rmtree, MADE)


def make_die():
    """The flash of a BK7231N with everything in it, and content in each of its sectors."""
    subprocess.run([rig.BUILD / "tests" / "image" / "write-images", MADE], check=True)
    die = bytearray((MADE / "dump.bin").read_bytes())
    noise = rig.random_bytes(SIZE, 1)
    for piece in (slice(0x12a000, RF.start), slice(NET.start, SIZE)):
        die[piece] = noise[piece]
    return bytes(die)


DIE = make_die()


def without(die, *pieces):
    """With FF at these places."""
    die = bytearray(die)
    for piece in pieces:
        die[piece] = b"\xff" * (piece.stop - piece.start)
    return bytes(die)


class Commands(rig.Case):
    def flash(self, *arguments, device=(), shell=None, **options):
        """beken-flash ARGUMENTS; .output is standard output, .messages the rest."""
        words = shell or " ".join(shlex.quote(str(word)) for word in [BEKEN_FLASH, *arguments])
        options.setdefault("image", DIE)
        run = self.rig.run("sh", "-c", f"exec 2>messages; {words}",
                           device=("--sr", "firmware", *device), **options)
        run.messages = self.rig.file("messages").read_text(errors="replace")
        return run

    def good(self, run):
        self.assertEqual(run.status, 0, run.output + run.messages)
        self.assertEqual(run.stats["cen"], "high")
        return run

    def unchanged(self, run):
        """No command was sent that could change the flash."""
        self.same(run.die, DIE)
        self.assertEqual(sum(run.stats["erases"].values()), 0)
        self.assertEqual(run.stats["page_programs"], 0)
        self.assertEqual(run.stats["sr_write_commands"], 0)
        self.assertEqual(run.stats["cen"], "high")
        return run

    def refused(self, run, status, *words):
        self.assertEqual(run.status, status, run.output + run.messages)
        for word in words:
            self.assertIn(word, run.messages)
        return self.unchanged(run)

    def files(self):
        """The files that a command left in its directory."""
        ours = {"die.bin", "stats.json", "image.bin", "messages", "state"}
        return sorted(entry.name for entry in self.rig.path.iterdir() if entry.name not in ours)
