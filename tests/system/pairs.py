# SPDX-License-Identifier: GPL-2.0-or-later
"""Some of the modules and files of tests/engine/pairs.c, with the programs on the virtual device."""
import pathlib
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
import rig
import tap

APP = 0x11000
REFUSED = 3
RF = {"BK7231T": 0x1E0000, "BK7231N": 0x1D0000, "BK7231M": 0x1D0000, "BK7252": 0x1E0000}


def make(soc):
    """One image of each kind, by their names."""
    with tempfile.TemporaryDirectory() as directory:
        subprocess.run([rig.WRITE_IMAGES, directory, soc], check=True)
        return {path.name: path.read_bytes() for path in pathlib.Path(directory).iterdir()}


IMAGES = {soc: make(soc) for soc in RF}


def over(die, at, content):
    return die[:at] + content + die[at + len(content):]


class Pairs(rig.Case):
    def command(self, *arguments, soc, die):
        part = ("--part", "GD25Q16B") if soc == "BK7252" else ()
        return self.rig.flash(*arguments, device=("--soc", soc, *part), image=die)

    def put(self, content, soc, die):
        self.rig.file("fw.bin", content)
        return self.command("write", "--no-backup", "fw.bin", soc=soc, die=die)

    def written(self, content, soc, die, becomes):
        run = self.put(content, soc, die)
        self.assertEqual(run.status, 0, run.output)
        self.same(run.die, becomes)

    def refused(self, content, soc, die, name):
        run = self.put(content, soc, die)
        self.assertEqual(run.status, REFUSED, run.output)
        self.assertIn(f"--force={name}", run.output)
        self.same(run.die, die)

    def test_firmware_for_this_soc_is_written(self):
        for soc, images in IMAGES.items():
            die, new = images["dump.bin"], images["other-qio.bin"]
            self.written(new, soc, die, over(die, 0, new))

    def test_firmware_for_another_soc_or_coding_is_refused(self):
        for soc, images in IMAGES.items():
            for other in IMAGES.keys() - {soc}:
                keyed = {soc, other} <= {"BK7231T", "BK7231N"}
                plain = not {soc, other} & {"BK7231T", "BK7231N"}
                self.refused(IMAGES[other]["other-qio.bin"], soc, images["dump.bin"],
                             "wrong-soc" if keyed or plain else "wrong-key")

    def test_an_application_at_0_is_said_and_only_what_brings_a_bootloader_is_written(self):
        die = over(IMAGES["BK7231N"]["dump.bin"], 0, IMAGES["BK7231T"]["ua.bin"])
        images = IMAGES["BK7231N"]
        run = self.command("info", soc="BK7231N", die=die)
        self.assertIn("application at 0", run.output)
        self.refused(images["ua.bin"], "BK7231N", die, "would-not-start")
        self.written(images["qio.bin"], "BK7231N", die, over(die, 0, images["qio.bin"]))

    def test_without_a_bootloader_the_rest_tells_what_runs_also_without_a_backup(self):
        die = over(IMAGES["BK7231N"]["dump.bin"], 0, b"\xff" * APP)
        new = IMAGES["BK7231N"]["other-qio.bin"]
        self.refused(IMAGES["BK7231M"]["qio.bin"], "BK7231N", die, "wrong-key")
        self.written(new, "BK7231N", die, over(die, 0, new))

    def test_of_a_dump_the_calibration_stays_the_modules_own(self):
        for soc, images in IMAGES.items():
            die = over(images["dump.bin"], RF[soc] + 41, b"\x77")
            new = over(images["dump.bin"], 0, images["other-qio.bin"])
            self.written(new, soc, die, over(new, RF[soc] + 41, b"\x77"))


if __name__ == "__main__":
    tap.main()
