# SPDX-License-Identifier: GPL-2.0-or-later
"""What beken-flash --json prints is what docs/json.md says."""
import json
import pathlib
import re
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
import rig
import tap
from lamp import BEKEN_FLASH, DIE, MADE, RF, Commands

TYPES = {"number": int, "text": str, "bool": bool, "list": list, "object": dict,
         "null": type(None)}


def documented():
    """{section: {member: [types]}} of the tables in docs/json.md."""
    sections, members = {}, None
    for line in (rig.ROOT / "docs" / "json.md").read_text().splitlines():
        if line.startswith("#"):
            members = sections.setdefault(line.lstrip("# "), {})
        row = re.match(r"\| `([^`]+)` \| ([a-z ]+) \|", line)
        if row:
            members[row[1]] = [TYPES[name] for name in row[2].split(" or ")]
    return sections


class Json(Commands):
    def setUp(self):
        super().setUp()
        self.documented = documented()
        self.common = self.documented["beken-flash --json"]

    def check(self, value, members, prefix=""):
        """The members of an object are those of the table, and of the types in it."""
        here = {name.removeprefix(prefix): types for name, types in members.items()
                if name.startswith(prefix) and not re.search(r"[.\[]", name[len(prefix):])}
        self.assertEqual(sorted(value), sorted(here), prefix or value)
        for name, types in here.items():
            self.assertIn(type(value[name]), types, prefix + name)
            inner = prefix + name
            if any(member.startswith(inner + ".") for member in members):
                self.check(value[name], members, inner + ".")
            elif any(member.startswith(inner + "[].") for member in members):
                for element in value[name]:
                    self.check(element, members, inner + "[].")

    def events(self, run):
        """All lines, checked; the result is the last and the only one."""
        lines = [json.loads(line) for line in run.output.splitlines()]
        for line in lines[:-1]:
            self.assertIn(line["event"], ("log", "phase", "progress", "step", "suspect",
                                          "trouble"))
            self.check(line, {**self.common, **self.documented[f"event {line['event']}"]})
        self.assertEqual(lines[-1]["event"], "result")
        self.assertEqual(lines[-1]["schema"], 2)
        self.assertEqual(lines[-1]["status"], run.status)
        return lines

    def result(self, run, section, status=0):
        self.assertEqual(run.status, status, run.output + run.messages)
        result = self.events(run)[-1]
        self.check(result, {**self.common, **self.documented["event result"],
                            **(self.documented[section] if section else {})})
        return result

    def test_every_command_gives_what_the_document_says(self):
        self.rig.file("rf.bin", DIE[RF])
        for line, status in (
                ("doctor", 0), ("detect", 0), ("detect --hold", 0), ("info", 0),
                ("info --all", 0),
                ("backup backup.bin", 0), ("restore backup.bin", 0),
                (f"write --backup=old.bin {MADE / 'qio.bin'}", 0),
                ("read out.bin", 0), ("verify --region=rf rf.bin", 0),
                ("verify --at=0 rf.bin", 3), ("erase --region=tuya --yes", 0),
                ("erase --all --yes", 0), ("protect", 0), ("unprotect", 0),
                ("test --at=0x1ff000 --size=4K", 0),
                ("test --at=0x1ff000 --size=4K --save=saved.bin", 0), ("reset", 0)):
            with self.subTest(line):
                name, *rest = line.split()
                result = self.result(self.flash(name, "--json", *rest), f"result of {name}",
                                     status)
                self.assertEqual(result["command"], name)
        result = self.result(self.flash("run", "--json", "false"), "result of run", 1)
        self.assertEqual(result["status"], 1)
        # Nobody knows what the command did with the flash.
        self.assertEqual(result["flash"], "unknown")

    def test_every_command_with_json_is_in_the_document(self):
        text = subprocess.run([BEKEN_FLASH, "--help"], capture_output=True, text=True).stdout
        for name in re.findall(r"^  (\w+) ", text, re.M):
            options = subprocess.run([BEKEN_FLASH, name, "--help"], capture_output=True,
                                     text=True).stdout
            self.assertIn("--json", options)
            if name != "identify":
                self.assertIn(f"result of {name}", self.documented)

    def test_a_dry_run_gives_what_the_document_says(self):
        self.rig.file("rf.bin", DIE[RF])
        for line in ("read out.bin", "verify --region=rf rf.bin", "erase --all", "unprotect",
                     "protect", "test --at=0x1ff000 --size=4K", "detect", "info", "backup",
                     "reset", "run"):
            with self.subTest(line):
                command = ["--", "false"] if line == "run" else []
                run = self.unchanged(self.flash(*line.split(), "--json", "--dry-run", *command))
                result = self.result(run, "with --dry-run")
                self.assertTrue(result["dry_run"])
                self.assertGreaterEqual(result["most_ms"], result["typical_ms"])

    def test_a_failure_has_a_result_without_more(self):
        for line, device, status in (
                ("detect", ("--adapter", "none"), 1), ("reset", ("--adapter", "none"), 1),
                ("detect --soc=NIX", (), 2), ("read --region=nix out.bin", (), 3),
                ("read --at=x out.bin", (), 2), ("verify no.bin", (), 1),
                ("erase --all", (), 3), ("protect --registers=zz", (), 2),
                ("test --at=0", (), 2), ("info", ("--entry", "closed"), 1)):
            with self.subTest(line):
                run = self.flash(*line.split(), "--json", device=device)
                self.result(run, None, status)
                self.assertIn("error: ", run.messages)

    def test_the_kinds_of_trouble_are_those_of_the_document(self):
        text = (rig.ROOT / "docs" / "json.md").read_text()
        documented = re.findall(r"^\| `([a-z-]+)` \| ([\d +N]+) \|",
                                text[text.index("## kinds of trouble"):], re.M)
        known = re.findall(r'X\([A-Z_]+, "([a-z-]+)", (\d+),',
                           (rig.ROOT / "base" / "trouble.h").read_text())
        self.assertEqual(documented, [(name, "128 + N" if name == "interrupted" else status)
                                      for name, status in known])

    def test_every_fault_on_the_way_to_the_chip_has_a_kind_of_its_own(self):
        self.rig.file("qio.bin", (MADE / "qio.bin").read_bytes())
        for kind, device in {
                "no-adapter": ("--adapter", "none"), "adapter-mode": ("--adapter", "uart"),
                "adapter-forbidden": ("--adapter", "forbidden"),
                "many-adapters": ("--second-adapter",), "line-low": ("--entry", "dead-00"),
                "line-high": ("--entry", "dead-FF"), "no-echo": ("--entry", "no-cen"),
                "not-taken": ("--entry", "no-cs"), "adapter-gone": ("--unplug-at", "300"),
        }.items():
            for line in ("info", "backup", "write qio.bin"):
                with self.subTest(f"{kind}: {line}"):
                    run = self.flash(*line.split(), "--json", "--params=tries=3", device=device)
                    lines = self.events(run)
                    trouble = next(line for line in lines if line["event"] == "trouble")
                    self.assertEqual((trouble["kind"], lines[-1]["kind"], lines[-1]["flash"]),
                                     (kind, kind, "untouched"), run.output)
                    self.assertNotIn("{", trouble["next"])

    def test_progress_goes_up_to_the_whole(self):
        lines = self.events(self.flash("read", "--json", "out.bin"))
        phase = next(line for line in lines if line["event"] == "phase")
        done = [line["bytes"] for line in lines if line["event"] == "progress"]
        self.assertEqual(phase["bytes"], len(DIE))
        self.assertEqual(done, sorted(done))
        self.assertEqual(done[-1], len(DIE))
        self.assertGreaterEqual(len(done), 9)

    def test_what_a_result_says_is_so(self):
        info = self.result(self.flash("info", "--json"), "result of info")
        self.assertEqual(info["socs"], ["BK7231N"])
        self.assertEqual(info["calibration"][0]["mac"], "10:5a:17:01:02:03")
        self.assertEqual([header["name"] for header in info["rbl"]], ["bootloader", "app"])
        self.assertEqual(info["status_registers"], 0x4004)
        erased = self.result(self.flash("erase", "--json", "--at=0x1d0000", "--size=8K", "--yes"),
                             "result of erase")
        self.assertEqual(erased["erased"], [{"start": 0x1d1000, "length": 0x1000}])
        self.assertEqual(erased["kept"], [{"start": 0x1d0000, "length": 0x1000}])
        changed = self.result(self.flash("unprotect", "--json"), "result of unprotect")
        self.assertEqual((changed["before"], changed["after"], changed["changed"],
                          changed["protected"]), (0x4004, 0, True, False))

    def test_any_name_of_a_file_gives_valid_json(self):
        run = self.flash("read", "--json", "--region=rf", "it's \"\\\n\udcff.bin")
        self.assertEqual(self.result(run, "result of read")["file"], "it's \"\\\n\ufffd.bin")


if __name__ == "__main__":
    tap.main()
