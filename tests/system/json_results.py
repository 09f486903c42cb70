# SPDX-License-Identifier: GPL-2.0-or-later
"""
What beken-flash --json prints is what docs/json.md and docs/beken-flash.schema.json say.

rig.py holds every line of every test against the schema; here each command and each failure is
made to print some, and it is seen that what they say is so.
"""
import json
import pathlib
import re
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
import rig
import tap
from lamp import BEKEN_FLASH, DIE, MADE, RF, Commands

DEFINITIONS = rig.SCHEMA.document["$defs"]


class Json(Commands):
    def events(self, run):
        """All lines; the result is the last and the only one."""
        lines = [json.loads(line) for line in run.output.splitlines()]
        for line in lines[:-1]:
            self.assertIn(line["event"], DEFINITIONS)
            self.assertNotEqual(line["event"], "result")
        self.assertEqual((lines[-1]["event"], lines[-1]["status"]), ("result", run.status))
        return lines

    def result(self, run, status=0, schema=None):
        """The result; @schema: the one of the document that it is held against."""
        self.assertEqual(run.status, status, run.output + run.messages)
        result = self.events(run)[-1]
        met = list(rig.SCHEMA.met(result, rig.SCHEMA.document))
        for name in filter(None, [schema]):
            self.assertIn(DEFINITIONS[name], met, result)
        return result

    def test_the_documents_are_made_from_the_table(self):
        with tempfile.TemporaryDirectory() as folder:
            subprocess.run([sys.executable, rig.ROOT / "cli" / "docs" / "json_docs.py", folder], check=True)
            for made in pathlib.Path(folder).iterdir():
                self.assertEqual(made.read_text(), (rig.ROOT / "docs" / made.name).read_text(),
                                 "make docs makes it anew")

    def test_what_is_not_in_the_schema_is_found(self):
        good = {"schema": 2, "event": "log", "level": "info", "text": "a"}
        self.assertEqual(rig.SCHEMA.wrong(good), [])
        for more in ({"level": "loud"}, {"text": 1}, {"new": 1}, {"schema": 3}):
            self.assertNotEqual(rig.SCHEMA.wrong({**good, **more}), [], more)
        del good["text"]
        self.assertNotEqual(rig.SCHEMA.wrong(good), [])
        done = {"schema": 2, "event": "result", "command": "read", "status": 0, "kind": "none",
                "flash": "untouched"}
        self.assertNotEqual(rig.SCHEMA.wrong(done), [])
        self.assertEqual(rig.SCHEMA.wrong({**done, "status": 1, "kind": "file"}), [])

    def test_every_command_gives_what_the_document_says(self):
        self.rig.file("rf.bin", DIE[RF])
        for line, status in (
                ("wiring", 0), ("doctor", 0), ("detect", 0), ("detect --hold", 0), ("info", 0),
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
                result = self.result(self.flash(name, "--json", *rest), status, f"result_{name}")
                self.assertEqual(result["command"], name)
        run = self.flash("run", "--json", "false")
        result = self.result(run, 1, "result_run")
        self.assertEqual(result["status"], 1)
        # As of every failure there is an event that says why.
        trouble = next(line for line in self.events(run) if line["event"] == "trouble")
        self.assertEqual((trouble["kind"], trouble["values"]), ("command-failed", {"status": 1}))
        # Nothing is known about what the command did with the flash.
        self.assertEqual(result["flash"], "unknown")

    def test_every_command_with_json_is_in_the_document(self):
        text = subprocess.run([BEKEN_FLASH, "--help"], capture_output=True, text=True).stdout
        for name in re.findall(r"^  (\w+) ", text, re.M):
            options = subprocess.run([BEKEN_FLASH, name, "--help"], capture_output=True,
                                     text=True).stdout
            self.assertIn("--json", options)
            if name != "identify":
                self.assertIn(f"result_{name}", DEFINITIONS)

    def test_a_dry_run_gives_what_the_document_says(self):
        self.rig.file("rf.bin", DIE[RF])
        for line in ("read out.bin", "verify --region=rf rf.bin", "erase --all", "unprotect",
                     "protect", "test --at=0x1ff000 --size=4K", "detect", "info", "backup",
                     "reset", "run"):
            with self.subTest(line):
                command = ["--", "false"] if line == "run" else []
                run = self.unchanged(self.flash(*line.split(), "--json", "--dry-run", *command))
                result = self.result(run, 0, "dry_run")
                self.assertTrue(result["dry_run"])
                self.assertGreaterEqual(result["most_ms"], result["typical_ms"])

    def test_a_failure_has_a_result_without_more(self):
        for line, device, status in (
                ("detect", ("--adapter", "none"), 1), ("reset", ("--adapter", "none"), 1),
                ("detect --soc=NIX", (), 2), ("read --region=nix out.bin", (), 3),
                ("read --at=x out.bin", (), 2), ("verify no.bin", (), 1),
                ("erase --all", (), 3), ("protect --registers=zz", (), 2),
                ("test --at=0", (), 2), ("read --nix a", (), 2), ("nix", (), 2), ("read", (), 2),
                ("detect --at=0", (), 2), ("info", ("--entry", "closed"), 1)):
            with self.subTest(line):
                run = self.flash(*line.split(), "--json", device=device)
                result = self.result(run, status)
                self.assertEqual(result.keys(), {"schema", "event", *DEFINITIONS["result"]["properties"]})
                self.assertIn("error: ", run.messages)
                trouble = next(line for line in self.events(run) if line["event"] == "trouble")
                self.assertEqual(trouble["kind"], result["kind"])

    def test_the_next_step_is_named_as_it_is_typed(self):
        self.rig.file("qio.bin", (MADE / "qio.bin").read_bytes())
        self.rig.file("noise.bin", rig.random_bytes(5000, 2))
        for line, device, steps in (
                ("detect", ("--entry", "no-cen"), ["doctor", "--params=reset_ms=500"]),
                ("erase --all", (), ["--yes", "--dry-run"]),
                ("write --at=0x11000 qio.bin", (), ["--force=wrong-address"]),
                ("verify noise.bin", (), ["--at"]),
                ("erase --region=rf --at=0", (), [])):
            with self.subTest(line):
                lines = self.events(self.flash(*line.split(), "--json", device=device))
                trouble = next(line for line in lines if line["event"] == "trouble")
                self.assertEqual(trouble["try"], steps, trouble)

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

    def test_the_wires_of_a_module_are_told_with_pad_and_pin(self):
        result = self.result(self.flash("wiring", "--json", "wb2l_m1"), 0, "result_wiring_wires")
        wires = {wire["wire"]: (wire["pad"], wire["pin"]) for wire in result["wires"]}
        self.assertEqual((wires["P23"], wires["CEN"], wires["3V3"]), (("TSO", "17"), ("TRST", "21"), ("7", None)))
        levels = {adapter["adapter"]: adapter["levels"] for adapter in result["adapters"]}
        self.assertEqual([name for name, words in levels.items() if "pin 28" in words], ["CH341A"])
        printed = self.flash("wiring", "wb2l_m1").output
        for name, words in levels.items():
            self.assertRegex(printed, f"(?m)^{name} +{re.escape(words)}$")
        # For the way through the bootloader: TX of the adapter goes to what the chip receives on.
        self.assertEqual(result["uart"], [{"wire": "P10", "pad": "TRX1", "pin": "26", "adapter": "TX"},
                                          {"wire": "P11", "pad": "TTX1", "pin": "27", "adapter": "RX"}])
        self.assertRegex(printed, r"(?m)^P10 +TX +TRX1 +26$")
        self.assertRegex(printed, r"(?m)^P11 +RX +TTX1 +27$")
        # A SoC is in its package, whatever module it is on.
        result = self.result(self.flash("wiring", "--json", "bk7231n"), 0, "result_wiring_wires")
        self.assertEqual((result["name"], result["wires"][4]["pin"]), ("BK7231-QFN32", "21"))
        self.assertEqual([(wire["pad"], wire["pin"]) for wire in result["uart"]], [(None, "26"), (None, "27")])
        self.result(self.flash("wiring", "--json", "BK7231U"), 2)
        self.result(self.flash("wiring", "--json", "WB9X"), 2)

    def test_progress_goes_up_to_the_whole(self):
        lines = self.events(self.flash("read", "--once", "--json", "out.bin"))
        phase = next(line for line in lines if line["event"] == "phase")
        done = [line["bytes"] for line in lines if line["event"] == "progress"]
        self.assertEqual(phase["bytes"], len(DIE))
        self.assertEqual(done, sorted(done))
        self.assertEqual(done[-1], len(DIE))
        self.assertGreaterEqual(len(done), 9)
        last = [line for line in lines if line["event"] == "progress"][-1]
        self.assertGreater(last["rate"], 0)
        self.assertEqual(last["left_ms"], 0)

    def test_the_time_left_is_right_from_the_first_tenth_on(self):
        blank = b"\xff" * 0x1d0000 + DIE[0x1d0000:]
        self.rig.file("new.bin", rig.random_bytes(0x80000, 5) + b"\xff" * 0x20000 + rig.random_bytes(0x80000, 6))
        write = "write new.bin --at=0x11000 --force=not-an-image --force=wrong-address --yes"
        for line, host, die, phases in (
                (write, "T", DIE, {"read", "read again", "write and verify"}),
                (write + " --no-backup", "U", blank, {"read", "write and verify"}),
                ("erase --all --no-backup --yes", "X", DIE, {"erase"})):
            with self.subTest(line):
                record = f"record-{host}.json"
                run = self.flash(*line.split(), "--json", "--record=" + record,
                                 device=("--host", host), image=die)
                self.assertEqual(run.status, 0, run.output)
                lines = self.events(run)
                took = {phase["name"]: phase["ms"] for phase in
                        json.loads(self.rig.file(record).read_text())["phases"]}
                self.assertEqual(set(took), phases)
                known = [line for line in lines if line["event"] == "progress" and
                         line["ms"] >= took[line["name"]] / 10]
                # flashrom from 1.4 on has erased everything within the first tenth of an erase.
                self.assertGreaterEqual(len(known), 4 * len(phases))
                for line in known:
                    self.assertAlmostEqual((line["ms"] + line["left_ms"]) / took[line["name"]], 1,
                                           delta=0.05, msg=line)

    def test_what_a_result_says_is_so(self):
        info = self.result(self.flash("info", "--json"), 0, "result_info")
        self.assertEqual(info["socs"], ["BK7231N"])
        self.assertEqual(info["calibration"][0]["mac"], "10:5a:17:01:02:03")
        self.assertEqual([header["name"] for header in info["rbl"]], ["bootloader", "app"])
        self.assertEqual(info["status_registers"], 0x4004)
        erased = self.result(self.flash("erase", "--json", "--at=0x1d0000", "--size=8K", "--yes"), 0, "result_erase")
        self.assertEqual(erased["erased"], [{"start": 0x1d1000, "length": 0x1000}])
        self.assertEqual(erased["kept"], [{"start": 0x1d0000, "length": 0x1000}])
        changed = self.result(self.flash("unprotect", "--json"), 0, "result_unprotect")
        self.assertEqual((changed["before"], changed["after"], changed["changed"],
                          changed["protected"]), (0x4004, 0, True, False))

    def test_any_name_of_a_file_gives_valid_json(self):
        run = self.flash("read", "--json", "--region=rf", "it's \"\\\n\udcff.bin")
        self.assertEqual(self.result(run, 0, "result_read")["file"], "it's \"\\\n\ufffd.bin")


if __name__ == "__main__":
    tap.main()
