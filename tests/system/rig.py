# SPDX-License-Identifier: GPL-2.0-or-later
"""Runs real programs against the virtual device, for tests and measurements.

BUILD names the build directory (default: build, beside the sources). FLASHROM names the flashrom
to test with (default: the installed one); beken-flash uses the libflashrom that LD_LIBRARY_PATH
leads to, or that it was built with.
"""
import json
import os
import pathlib
import random
import re
import shlex
import signal
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests"))
import json_schema  # noqa: E402
BUILD = pathlib.Path(os.environ.get("BUILD", ROOT / "build")).resolve()
SIM = BUILD / "sim" / "beken-sim"
FLASHROM_BEKEN = BUILD / "cli" / "flashrom-beken"
BEKEN_FLASH = BUILD / "cli" / "beken-flash"
WRITE_IMAGES = BUILD / "tests" / "image" / "write-images"
PATH_DIRECTORY = BUILD / "cli" / "path"
STOCK = os.environ.get("FLASHROM") or next(
    (p for p in ("/usr/sbin/flashrom", "/usr/local/sbin/flashrom", "/usr/bin/flashrom")
     if os.access(p, os.X_OK)), "flashrom")


def _release():
    """What it calls itself: Debian's 1.3.0 says "unknown"; "" if it does not run."""
    try:
        said = subprocess.run([STOCK, "--version"], stdout=subprocess.PIPE, text=True, check=False)
    except OSError:
        return ""
    return (said.stdout.split() + ["", ""])[1]


RELEASE = _release()
IS_1_3_0 = RELEASE.removeprefix("v") in ("unknown", "1.3.0")
# Published images, which are not part of the project. Without them some cases are skipped.
DUMPS = pathlib.Path(os.environ.get("BEKEN_DUMPS", "/nonexistent"))

# Every line of beken-flash --json is checked against it, in all tests.
SCHEMA = json_schema.load()

# flashrom is asked about an ID only once for all runs of a test program.
_cache = BUILD / "test-cache"

# Nothing here takes half as long, even with a sanitizer on a slow machine.
HANG = 180


# Background jobs of a shell ignore Ctrl-C, and so would programs that they start.
signal.signal(signal.SIGINT, signal.default_int_handler)


def ctrl_c(when):
    """Options of the device: Ctrl-C at the command with this number, or at this time (300ms)."""
    return ("--do-at", f"{when}:kill -INT 0")


def send(when, number, *begins):
    """The same with another signal, for programs whose command lines begin with one of these."""
    words = [sys.executable, pathlib.Path(__file__).with_name("send.py"), int(number), *begins]
    return ("--do-at", f"{when}:" + " ".join(shlex.quote(str(word)) for word in words))


def check_json(output):
    """Each JSON line of beken-flash fits the schema; one without an end was cut off."""
    for line in output.split(b"\n")[:-1]:
        if line.startswith(b'{"schema": '):
            wrong = SCHEMA.wrong(json_schema.parse(line))
            if wrong:
                raise AssertionError(f"not as docs/beken-flash.schema.json says: {wrong}\n{line}")


class Run:
    """The results of a run."""

    def __init__(self, status, output, stats, die):
        self.status = status  # of the command
        self.output = output  # of the command and the simulator
        self.stats = stats    # of the device, as a dictionary
        self.die = die        # its content afterwards


def random_bytes(size, seed):
    return random.Random(seed).randbytes(size)


class Rig:
    """A directory for files, and runs of the simulator in it."""

    def __init__(self):
        _cache.mkdir(exist_ok=True)
        self._directory = tempfile.TemporaryDirectory(prefix="beken-test-")
        self.path = pathlib.Path(self._directory.name)

    def close(self):
        self._directory.cleanup()

    def file(self, name, content=None):
        path = self.path / name
        if content is not None:
            path.write_bytes(content)
        return path

    def start(self, *command, device=(), image=None, env=None, **popen):
        """Starts `beken-sim run DEVICE -- COMMAND`; finish() ends it."""
        arguments = [SIM, "run", "--save", self.path / "die.bin", "--stats",
                     self.path / "stats.json", *device]
        if image is not None:
            arguments += ["--image", self.file("image.bin", image)]
        for name in ("die.bin", "stats.json"):
            (self.path / name).unlink(missing_ok=True)
        popen.setdefault("stdin", subprocess.DEVNULL)
        return subprocess.Popen(
            [str(a) for a in [*arguments, "--", *command]], cwd=self.path,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True,
            env={**os.environ, "XDG_CACHE_HOME": str(_cache),
                 "XDG_STATE_HOME": str(self.path / "state"), "BEKEN_SIM_HURRY": "1",
                 **(env or {})}, **popen)

    def finish(self, process):
        try:
            output, _ = process.communicate(timeout=HANG)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.communicate()
            raise
        check_json(output)
        stats = self.path / "stats.json"
        die = self.path / "die.bin"
        return Run(process.returncode, output.decode(errors="replace"),
                   json.loads(stats.read_text()) if stats.exists() else None,
                   die.read_bytes() if die.exists() else None)

    def run(self, *command, **options):
        return self.finish(self.start(*command, **options))

    def beken(self, *arguments, params="", **options):
        """flashrom-beken -p beken_spi:PARAMS ARGUMENTS"""
        programmer = "beken_spi" + (":" + params if params else "")
        return self.run(FLASHROM_BEKEN, "-p", programmer, *arguments, **options)

    def flash(self, *arguments, **options):
        """beken-flash ARGUMENTS"""
        return self.run(BEKEN_FLASH, *arguments, **options)

    def images(self):
        """One image of each kind, as files of the rig."""
        subprocess.run([str(WRITE_IMAGES), str(self.path)], check=True)

    def stock(self, *arguments, **options):
        """Stock flashrom with its own CH341A driver, on a chip that is in SPI mode already."""
        options["device"] = ("--entry", "linked", *options.pop("device", ()))
        run = self.run(STOCK, "-p", "ch341a_spi", *arguments, **options)
        entry = one_of_several(run.output)
        if not entry:
            return run
        if not arguments:  # a mere probe lists all of them
            run.status = 0
            return run
        return self.run(STOCK, "-p", "ch341a_spi", "-c", entry, *arguments, **options)


def one_of_several(output):
    """The name for -c, if a flashrom said that it wants one: some have several entries for one ID."""
    several = re.search(r'definitions match the detected chip\(s\): "(.*?)"', output)
    return several and several.group(1)


class Case(unittest.TestCase):
    """A test with a rig of its own."""

    def setUp(self):
        self.rig = Rig()
        self.addCleanup(self.rig.close)

    def verified(self, run):
        """flashrom compared what it wrote, or flashrom-beken did, because flashrom gets that wrong."""
        self.assertTrue("VERIFIED" in run.output or "checked again: it holds" in run.output,
                        run.output)

    def same(self, found, wanted):
        """Equal contents; reports where they differ, instead of printing megabytes."""
        if found == wanted:
            return
        self.assertIsNotNone(found, "there is nothing")
        self.assertEqual(len(found), len(wanted), "lengths")
        at = next(i for i, pair in enumerate(zip(found, wanted)) if pair[0] != pair[1])
        self.fail(f"differs at 0x{at:06x}: {found[at:at + 8].hex()}, not {wanted[at:at + 8].hex()}")
