# SPDX-License-Identifier: GPL-2.0-or-later
"""Releases of flashrom differ: a script around the installed one imitates each difference.

The whole suite runs with any release by FLASHROM=; see docs/releases.md.
"""
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
import rig
import tap

SIZE = 2 << 20
END = 0x3064  # end of the region, in the middle of a sector

OLD_HELP = " -r | --read <file> \n -w | --write (<file>|-) \n -p | --programmer <name>"
NEW_HELP = " -r | --read [<file>] \n -p | --programmer <name> \n --progress \n --fmap-verify"


class Releases(rig.Case):
    def setUp(self):
        super().setUp()
        self.old = rig.random_bytes(SIZE, 1)
        self.part = rig.random_bytes(END, 2)
        self.rig.file("part.bin", self.part)
        self.rig.file("whole.bin", self.old)
        self.rig.file("layout", f"000000:{END - 1:06x} part\n".encode())
        (self.rig.path / "tmp").mkdir()

    def release(self, version, end='exec "$FLASHROM_REAL" "$@"', help_text=OLD_HELP):
        """The environment of a flashrom that claims to be this release; its runs are recorded."""
        script = self.rig.file("flashrom.sh", f"""#!/bin/sh
[ "$*" = --version ] && echo "flashrom {version} on Linux 6.1 (x86_64)" && exit
[ "$*" = --help ] && echo '{help_text}' && exit
for word; do echo "$word"; done > {self.rig.path}/words
{end}
""".encode())
        script.chmod(0o755)
        return {"FLASHROM": str(script), "FLASHROM_REAL": str(rig.STOCK),
                "TMPDIR": str(self.rig.path / "tmp")}

    def words(self):
        return self.rig.file("words").read_text().splitlines()

    def write(self, env, *arguments, **options):
        return self.rig.beken("-c", "SFDP-capable chip", "-l", "layout", *arguments, "-N",
                              image=self.old, env=env, device=("--part", "GD25Q16B"), **options)

    def misread(self, first=""):
        """Writes, and reports a failure, as 1.4.0 does because of its last byte."""
        return f'{first}\n"$FLASHROM_REAL" "$@" && exit 3'

    def test_what_1_4_0_misread_is_looked_at_again_and_good(self):
        for include, whole in (("part:part.bin", self.old),
                               ("part", self.part + self.old[END:])):
            with self.subTest(include):
                self.rig.file("whole.bin", whole)
                run = self.write(self.release("1.4.0", self.misread()), "-i", include,
                                 "-w", "whole.bin")
                self.assertEqual(run.status, 0, run.output)
                self.assertIn("checked again: it holds", run.output)
                self.assertNotIn("half written", run.output)
                self.same(run.die, self.part + self.old[END:])

    def test_what_1_4_0_wrote_wrong_stays_a_failure(self):
        spoil = "printf X | dd of=part.bin bs=1 seek=4100 conv=notrunc status=none"
        mend = f"cp good.bin part.bin; exit 3"
        self.rig.file("good.bin", self.part)
        run = self.write(self.release("v1.4.0", f'{spoil}\n"$FLASHROM_REAL" "$@"; {mend}'),
                         "-i", "part:part.bin", "-w", "whole.bin")
        self.assertEqual(run.status, 3, run.output)
        self.assertIn("does not hold", run.output)
        self.assertIn("half written", run.output)

    def test_what_1_4_0_did_beside_a_region_is_looked_at_too(self):
        beyond = f'sed -i s/{END - 1:06x}/{END:06x}/ layout; printf X >> part.bin'
        mend = f"cp good.bin part.bin; sed -i s/{END:06x}/{END - 1:06x}/ layout; exit 3"
        self.rig.file("good.bin", self.part)
        run = self.write(self.release("1.4.0", f'{beyond}\n"$FLASHROM_REAL" "$@"; {mend}'),
                         "-i", "part:part.bin", "-w", "whole.bin")
        self.assertNotEqual(run.die[END], self.old[END])
        self.assertEqual(run.status, 3, run.output)
        self.assertIn("does not hold", run.output)

    def test_where_nothing_can_be_compared_the_failure_stands_and_the_way_is_said(self):
        run = self.write(self.release("1.4.0", self.misread()), "-i", "part", "-w", "-",
                         stdin=open(self.rig.file("whole.bin"), "rb"))
        self.assertEqual(run.status, 3, run.output)
        self.assertIn("use -v instead of -w to find out", run.output)

    def test_of_other_releases_and_aligned_regions_a_failure_is_believed(self):
        for version, end in (("1.4.0", 0x3000), ("unknown", END), ("v1.5.1", END),
                             ("v1.4.01", END)):
            with self.subTest(version):
                self.rig.file("part.bin", self.part[:end])
                self.rig.file("layout", f"000000:{end - 1:06x} part\n".encode())
                run = self.write(self.release(version, self.misread()), "-i", "part:part.bin",
                                 "-w", "whole.bin")
                self.assertEqual(run.status, 3, run.output)
                self.assertNotIn("checked again", run.output)

    def test_an_option_that_this_release_has_not_is_said_before_the_chip_is_touched(self):
        for words, said in ((["--progress", "-r", "x"], "from 1.4"),
                            (["--sacrifice-ratio=5", "-r", "x"], "from 1.5"),
                            (["--fmap-verify", "-r", "x"], "from 1.7"),
                            (["--read-repeated=3", "x"], "from 1.8"),
                            (["--use-first-chip", "-r", "x"], "Omit it"),
                            (["--no-such", "-r", "x"], "no option --no-such"),
                            (["-r"], "-r without a file is possible from flashrom 1.6 on"),
                            (["-w", "-i", "part:part.bin", "-l", "layout"], "-w without a file")):
            with self.subTest(words):
                run = self.rig.beken(*words, env=self.release("unknown"))
                self.assertEqual(run.status, 1, run.output)
                self.assertIn(said, run.output)
                self.assertEqual(run.stats["packets"], 0)
                self.assertFalse(self.rig.file("words").exists())

    def test_an_option_that_this_release_has_is_handed_on(self):
        for words in (["--progress"], ["--progr"], ["--fmap-verify"], ["-r"]):
            with self.subTest(words):
                self.rig.beken("-c", "x", *words, env=self.release("v1.8.0", "exit 0", NEW_HELP))
                self.assertEqual(self.words()[-len(words):], words)

    def test_the_programmer_is_handed_on_in_full(self):
        for words in (["--prog=beken_spi"], ["--pro", "beken_spi"]):
            with self.subTest(words):
                self.rig.run(rig.FLASHROM_BEKEN, *words, "-c", "x",
                             env=self.release("v1.8.0", "exit 0"))
                self.assertRegex("=".join(self.words()), "--programmer=serprog:dev=")

    def test_a_file_with_blanks_behind_a_region_is_given_under_a_plain_name(self):
        name = "my own\t'part'.bin"
        whole = self.rig.path / "a b" / "c.bin"
        whole.parent.mkdir()
        end = 0x3000  # an end that all releases handle correctly
        env = self.release("v1.8.0")
        self.rig.file("layout", f"000000:{end - 1:06x} part\n".encode())
        self.rig.file(name, self.part[:end])
        for arguments in (["-i", f"part:{name}"], [f"--include=part:{self.rig.path / name}"]):
            with self.subTest(arguments):
                run = self.write(env, *arguments, "-w", "whole.bin")
                self.assertEqual(run.status, 0, run.output)
                self.same(run.die, self.part[:end] + self.old[end:])
                self.assertFalse([word for word in self.words() if "part:" in word and " " in word])
        run = self.write(env, "-i", f"part:{whole}", "-r", "padded.bin")
        self.assertEqual(run.status, 0, run.output)
        self.same(whole.read_bytes(), self.old[:end])
        self.assertEqual(list((self.rig.path / "tmp").iterdir()), [])


if __name__ == "__main__":
    tap.main()
