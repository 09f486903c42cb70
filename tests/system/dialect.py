# SPDX-License-Identifier: GPL-2.0-or-later
"""What a command line may contain, and the replies: misspellings, -q, -v, --log and --color."""
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
import tap
from lamp import Commands


class Saying(Commands):
    def test_what_is_misspelled_is_asked_back_before_the_chip_is_touched(self):
        for line, words in (
                ("raed a", "did you mean read?"), ("read --regoin=rf a", "did you mean --region?"),
                ("read --forget a", "read has no option --forget; resume has it"),
                ("read --json=1 a", "--json takes no value"), ("write --with a", "--with-rf, --with-net"),
                ("--at=0 read a", "goes after its command"), ("read -x a", "unknown option -x"),
                ("detect --color=red", "always, never or auto"),
                ("detect --log=no/such/file", "No such file")):
            with self.subTest(line):
                run = self.refused(self.flash(*line.split()), 2, words)
                self.assertEqual(run.stats["packets"], 0)

    def test_quiet_is_silence_but_for_the_result_and_verbose_says_more(self):
        run = self.good(self.flash("backup", "-q", "a.bin"))
        self.assertEqual(run.messages, "")
        self.assertIn("a.bin: ", run.output)
        self.assertNotIn("resets needed", self.flash("detect").messages)
        self.assertIn("resets needed", self.good(self.flash("-v", "detect")).messages)
        run = self.flash("detect", "-q", device=("--adapter", "none"))
        self.assertIn("error: no adapter", run.messages)

    def test_the_log_has_everything_with_times_and_is_never_replaced(self):
        for line in ("detect", "backup -q --json a.bin"):
            self.good(self.flash(*line.split(), "--log=log.txt"))
        self.flash("reset", "--log=log.txt", device=("--adapter", "none"))
        lines = self.rig.file("log.txt").read_text().splitlines()
        for line in lines:
            self.assertRegex(line, r"^ *\d+\.\d{3}  ")
        text = "\n".join(line.split("  ", 1)[1] for line in map(str.lstrip, lines))
        for words in ("version 0.", "command detect\n", "SoC:        BK7231N\n", "resets needed",
                      "exit status 0\n", "option --quiet\n", "phase read, 2097152 bytes\n",
                      '"event": "result"', "trouble no-adapter", "error: no adapter", "exit status 1"):
            self.assertIn(words, text)

    def test_colors_are_for_terminals_or_who_asks_and_never_in_the_log(self):
        red = "\033[31m"
        nowhere = ("--adapter", "none")
        self.assertNotIn("\033", self.flash("detect", device=nowhere).messages)
        run = self.flash("detect", "--color=always", "--log=log.txt", device=nowhere)
        self.assertIn(f"{red}error: ", run.messages)
        self.assertNotIn("\033", self.rig.file("log.txt").read_text())
        self.assertIn("\033[32m", self.good(self.flash("doctor", "--color=always")).output)

    def test_a_change_with_options_of_other_tools_is_not_run_if_one_was_left_out(self):
        for line, words in (
                ("-w -s 0 fw=new.bin", "Here it is: beken-flash write fw=new.bin"),
                ("write a -d --dry-run", "unknown option -d"), ("write a -u", "Here it is: beken-flash write a"),
                ("read -c 1048576 a", "1048576 is not a number of sectors"), ("wriet -u a", "did you mean write?"),
                ("-p linux_spi:dev=/dev/spidev0.0,spispeed=9 -E",
                 "Here it is: flashrom-beken -p beken_spi:spidev=/dev/spidev0.0 -E"),
                ("-p serprog:dev=/dev/ttyACM0 -E", "left out: dev=/dev/ttyACM0")):
            with self.subTest(line):
                run = self.refused(self.flash(*line.split()), 2, words)
                self.assertEqual(run.stats["packets"], 0)
                self.assertNotIn("--params", run.messages)


if __name__ == "__main__":
    tap.main()
