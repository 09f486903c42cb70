# SPDX-License-Identifier: GPL-2.0-or-later
"""--help, the man page and the shell completions say the same about every command."""
import os
import pathlib
import re
import shutil
import subprocess
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2]))
import tap  # noqa: E402

BUILD = pathlib.Path(os.environ["BUILD"])
BEKEN_FLASH = BUILD / "cli" / "beken-flash"
MAN = BUILD / "docs" / "beken-flash.1"
COMPLETIONS = BUILD / "cli" / "docs"


def help_of(*command):
    return subprocess.run([BEKEN_FLASH, *command, "--help"], capture_output=True, text=True,
                          check=True).stdout


def commands():
    """{name: [options]} as in --help, with those that every command has included."""
    names = re.findall(r"^  (\w+) ", help_of(), re.M)
    return {name: re.findall(r"^  (?:-\w, )?--([\w-]+)", help_of(name), re.M) for name in names}


def common():
    """The options that every command has, as --help says."""
    text = help_of()
    return re.findall(r"^  (?:-\w, )?--([\w-]+)", text[text.index("\nOptions:"):], re.M)


def complete(*words):
    """What bash offers after these words; the last one is incomplete."""
    line = " ".join(f"'{word}'" for word in words)
    script = (f"source {COMPLETIONS / 'beken-flash'}; compopt() {{ :; }}; "
              f"COMP_WORDS=({line}); COMP_CWORD={len(words) - 1}; _beken_flash; "
              "printf '%s\\n' \"${COMPREPLY[@]}\"")
    return subprocess.run(["bash", "-c", script], capture_output=True, text=True,
                          check=True).stdout.split()


class Descriptions(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.commands = commands()

    def test_there_are_commands(self):
        for name in ("doctor", "detect", "info", "read", "verify", "erase", "protect", "unprotect",
                     "test", "reset", "run", "identify"):
            self.assertIn(name, self.commands)

    def test_the_man_page_has_every_command_with_all_of_its_options(self):
        sections = dict(part.split("\n", 1) for part in MAN.read_text().split("\n.Ss ")[1:])
        every = MAN.read_text().split("\n.Sh OPTIONS\n")[1].split("\n.Sh ")[0]
        for name, options in self.commands.items():
            for option in options:
                with self.subTest(f"{name} --{option}"):
                    place = every if option in common() else sections[name]
                    self.assertRegex(place, rf"(?m)^\.It (?:Fl \w , )?Fl Fl {option}( |$)")

    def test_nothing_of_the_template_is_left_in_the_man_page(self):
        self.assertNotRegex(MAN.read_text(), r"(?m)^@\w+@")

    def test_the_man_page_is_good_mdoc(self):
        if not shutil.which("groff"):
            self.skipTest("groff is not here")
        run = subprocess.run(["groff", "-mdoc", "-Tutf8", "-ww", MAN], capture_output=True,
                             text=True)
        self.assertEqual((run.returncode, run.stderr), (0, ""))

    def test_the_shells_know_every_command_with_all_of_its_options(self):
        zsh = (COMPLETIONS / "_beken-flash").read_text()
        fish = (COMPLETIONS / "beken-flash.fish").read_text()
        for name, options in self.commands.items():
            part = zsh[zsh.index(f"\n{name})"):]
            part = part[:part.index(";;")]
            for option in options:
                with self.subTest(f"{name} --{option}"):
                    self.assertRegex(part, rf"--{option}[=\[]")
                    self.assertRegex(fish, rf"beken-flash (-s \w )?-l {option} "
                                     if option in common() else f"from {name}' -l {option} ")
                    self.assertIn(f"--{option}",
                                  [word.rstrip("=") for word in complete("x", name, "-")])

    def test_the_shells_describe_them_as_the_help_does(self):
        zsh = (COMPLETIONS / "_beken-flash").read_text()
        fish = (COMPLETIONS / "beken-flash.fish").read_text()
        shown = dict(re.findall(r"(?m)^  (\w+) +(.*)", help_of().partition("Options:")[0]))
        self.assertEqual(set(shown), set(self.commands))
        for name, summary in shown.items():
            self.assertIn(f"'{name}:" + summary.replace("'", "'\\''") + "'", zsh)
            self.assertIn(f" -a {name} -d '" + summary.replace("'", "\\'") + "'", fish)
        for text in (help_of(*line) for line in [[], *([name] for name in self.commands)]):
            for option, words in re.findall(r"(?m)^  (?:-\w, )?--([\w-]+)\S* +(.*)", text):
                with self.subTest(option):
                    self.assertRegex(zsh, rf"--{option}=?\[" + re.escape(re.sub(
                        r"([]\[:])", r"\\\1", words.replace("'", "'\\''")) + "]"))
                    self.assertIn(f"-l {option} -d '" + words.replace("'", "\\'") + "'", fish)

    def test_bash_completes_commands_options_socs_and_regions(self):
        self.assertEqual(complete("beken-flash", "det"), ["detect"])
        self.assertEqual(complete("beken-flash", "help", "det"), ["detect"])
        self.assertEqual(complete("beken-flash", "read", "--color", "=", "n"), ["never"])
        self.assertEqual(complete("beken-flash", "read", "--si"), ["--size="])
        self.assertEqual(complete("beken-flash", "read", "--soc", "=", "BK7231N"), ["BK7231N"])
        self.assertIn("tuya", complete("beken-flash", "erase", "--region", "="))
        self.assertEqual(complete("beken-flash", "read", "nam"), [])

    def test_help_of_a_command_is_the_same_however_it_is_asked_for(self):
        for name in self.commands:
            for line in (["help", name], [name, "-h"], ["--help", name]):
                run = subprocess.run([BEKEN_FLASH, *line], capture_output=True, text=True)
                self.assertEqual((run.returncode, run.stdout), (0, help_of(name)), line)
        run = subprocess.run([BEKEN_FLASH, "help"], capture_output=True, text=True)
        self.assertEqual(run.stdout, help_of())
        run = subprocess.run([BEKEN_FLASH, "help", "raed"], capture_output=True, text=True)
        self.assertEqual(run.returncode, 2)
        self.assertIn("did you mean read?", run.stderr)

    def test_every_help_fits_a_terminal_and_lists_the_exit_status(self):
        for name in self.commands:
            with self.subTest(name):
                text = help_of(name)
                self.assertIn("Exit status:\n  0 ", text)
                about = text[:text.index("\nExamples:")] if "\nExamples:" in text else text
                for line in about.splitlines():
                    self.assertLessEqual(len(line), 100, line)


if __name__ == "__main__":
    tap.main()
