# SPDX-License-Identifier: GPL-2.0-or-later
"""beken-flash backup, write, restore and resume."""
import hashlib
import json
import os
import pathlib
import signal
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
import rig
import tap
from module import APP, DATA, FIRMWARE, KIB, MAC_AT, NET, REFUSED, RF, Case


class Backup(Case):
    def test_a_backup_is_the_die_and_its_manifest_says_what_it_is_of(self):
        run = self.good(self.flash("backup", "b.bin"))
        self.same(self.rig.file("b.bin").read_bytes(), self.own)
        manifest = json.loads(self.rig.file("b.bin.json").read_text())
        self.assertEqual(manifest["sha256"], hashlib.sha256(self.own).hexdigest())
        self.assertEqual(manifest["part"], "TH25Q16HB")
        self.assertEqual(manifest["soc"], "BK7231N")
        self.assertEqual(manifest["registers"], 0x4004)
        self.assertEqual(manifest["mac"], self.own[MAC_AT:MAC_AT + 6].hex(":"))
        self.assertIn({"name": "rf", "start": RF, "length": 4096}, manifest["regions"])
        self.assertEqual(run.stats["sr_writes"], 0)
        self.same(run.die, self.own)

    def test_without_a_name_it_is_called_by_soc_mac_and_date_and_numbered(self):
        for _ in range(2):
            self.good(self.flash("backup"))
        mac = self.own[MAC_AT:MAC_AT + 6].hex()
        names = sorted(path.name for path in self.rig.path.glob("BK7231N-*.bin"))
        self.assertEqual(len(names), 2)
        self.assertRegex(names[1], rf"^BK7231N-{mac}-\d{{8}}\.bin$")
        self.assertRegex(names[0], rf"^BK7231N-{mac}-\d{{8}}-2\.bin$")

    def test_nothing_is_overwritten_neither_a_backup_nor_a_manifest(self):
        self.rig.file("b.bin", b"mine")
        self.rig.file("c.bin.json", b"mine, too")
        for name in ("b.bin", "c.bin"):
            run = self.flash("backup", name)
            self.assertEqual(run.status, 1)
            self.assertIn("never overwritten", run.output)
        self.assertEqual(self.rig.file("b.bin").read_bytes(), b"mine")
        self.assertFalse(self.rig.file("c.bin").exists())

    def test_a_few_wrong_bits_make_it_slower_and_are_told(self):
        run = self.good(self.flash("backup", "--json", "b.bin", device=("--noise", 300000)))
        result = json.loads(run.output.splitlines()[-1])
        self.same(self.rig.file("b.bin").read_bytes(), self.own)
        manifest = json.loads(self.rig.file("b.bin.json").read_text())
        for told in (result, manifest):
            self.assertIn(told["wrong_bits"], range(5, 40))
            self.assertEqual(told["read_bits"] // 8, 2 * len(self.own) + 4096 * sum(
                piece["readings"] - 2 for piece in told["read_again"]))

    def test_too_many_wrong_bits_are_an_error_with_the_rate_and_are_kept_aside(self):
        run = self.flash("backup", "--json", "b.bin", device=("--noise", 10000))
        self.assertEqual(run.status, 1)
        trouble = next(event for event in map(json.loads, run.output.splitlines())
                       if event["event"] == "trouble")
        self.assertEqual(trouble["kind"], "too-noisy")
        rate = trouble["values"]["read_bits"] / trouble["values"]["wrong_bits"]
        self.assertTrue(60000 < rate < 100000, rate)
        self.assertFalse(self.rig.file("b.bin").exists())
        kept = list(self.rig.path.glob("b.bin.unconfirmed-*"))
        self.assertEqual(len(kept), 1)
        self.assertTrue(all(path.stat().st_size == len(self.own) for path in kept))

    def test_a_first_reading_is_kept_when_the_second_is_cut_off(self):
        run = self.flash("backup", "b.bin", device=("--unplug-at", 20000))
        self.assertEqual(run.status, 1)
        self.same(self.rig.file("b.bin.unconfirmed-1").read_bytes(), self.own)
        self.assertFalse(self.rig.file("b.bin").exists())

    def test_a_directory_that_is_not_there_is_an_error_before_the_long_reading(self):
        run = self.flash("backup", "no/b.bin")
        self.assertEqual(run.status, 1)
        self.assertIn("make the directory first", run.output)
        self.assertLess(run.stats["virtual_us"], 1e6)

    def test_a_disk_that_is_full_is_known_before_the_long_reading(self):
        run = self.rig.run("sh", "-c", 'ulimit -f 512; exec "$0" backup b.bin', rig.BEKEN_FLASH,
                           image=self.own)
        self.assertEqual(run.status, 1, run.output)
        self.assertIn("limit for files", run.output)
        self.assertFalse(self.rig.file("b.bin").exists())

    def test_a_dry_run_reads_nothing_and_leaves_nothing(self):
        run = self.good(self.flash("backup", "--dry-run", "--json", "b.bin"))
        self.assertGreater(self.result(run)["typical_ms"], 30000)
        self.assertLess(run.stats["spi_bytes"], 4000)
        self.assertFalse([path for path in self.rig.path.iterdir() if "b.bin" in path.name])


class Write(Case):
    def test_a_qio_changes_its_own_bytes_and_nothing_else(self):
        self.assertEqual(len(self.qio), 1220464)
        other = bytearray(self.own)
        other[:len(self.qio)] = rig.random_bytes(len(self.qio), 2)
        other[:16] = self.own[:16]
        other[len(self.qio):len(self.qio) + 4 * KIB] = rig.random_bytes(4 * KIB, 3)
        run = self.good(self.flash("write", "qio.bin", image=bytes(other)))
        self.same(run.die[:len(self.qio)], self.qio)
        self.same(run.die[len(self.qio):], bytes(other[len(self.qio):]))

    def test_a_backup_is_made_first(self):
        run = self.good(self.flash("write", "--json", "qio.bin"))
        backup = self.rig.file(self.result(run)["backup"])
        self.same(backup.read_bytes(), self.own)
        self.assertTrue(backup.with_name(backup.name + ".json").exists())
        self.assertFalse(self.journal())

    def test_an_application_goes_behind_the_bootloader_which_is_never_touched(self):
        other = bytearray(self.own)
        other[APP + 34 * 100:APP + 34 * 200] = b"\xff" * 3400
        run = self.good(self.flash("write", "ua.bin", image=bytes(other)))
        self.same(run.die[:APP], self.own[:APP])
        self.same(run.die[APP:len(self.qio)], self.qio[APP:])

    def test_a_uf2_file_is_written_where_its_parts_belong_and_all_else_stays(self):
        app = self.rig.file("other-qio.bin").read_bytes()[APP:]
        code = len(app[:-102].rstrip(b"\xff"))
        code += -code % 34
        run = self.good(self.flash("write", "app.uf2"))
        end = APP + len(app)
        self.same(run.die[:APP], self.own[:APP])
        self.same(run.die[APP:APP + code], app[:code])
        self.same(run.die[APP + code:end - 102], self.own[APP + code:end - 102])
        self.same(run.die[end - 102:end], app[-102:])
        self.same(run.die[end:], self.own[end:])
        self.assertIn("left out", run.output)
        self.good(self.flash("verify", "app.uf2", image=run.die))

    def test_a_uf2_file_that_is_cut_off_or_for_another_chip_is_refused(self):
        self.rig.file("cut.uf2", self.rig.file("app.uf2").read_bytes()[:-512])
        for name, words in {"cut.uf2": "cut off", "rtl8710b.uf2": "RTL8710B"}.items():
            for force in ((), ("--force=truncated,wrong-soc,not-an-image", "--at=0x11000")):
                with self.subTest(name, force=force):
                    run = self.flash("write", name, *force)
                    self.refused(run)
                    self.assertIn(words, run.output)
                    self.assertNotIn("--force=", run.output)

    def test_an_application_is_refused_where_no_bootloader_starts_it(self):
        blank_boot = b"\xff" * APP + self.own[APP:]
        app_at_0 = self.qio[APP:] + self.own[len(self.qio) - APP:]
        for die in (blank_boot, app_at_0):
            for option in ("--soc=BK7231N", "--no-backup"):
                run = self.flash("write", "ua.bin", option, image=die)
                self.refused(run, "would-not-start", die=die)
                self.assertIn("QIO", run.output)
        run = self.good(self.flash("write", "qio.bin", image=app_at_0))
        self.same(run.die[:len(self.qio)], self.qio)

    def test_of_another_modules_dump_calibration_and_settings_stay_ones_own(self):
        run = self.good(self.flash("write", "dump.bin"))
        self.same(run.die[:RF], self.dump[:RF])
        self.same(run.die[RF:], self.own[RF:])
        for option in ("--with-rf", "--with-net", "--with-data"):
            self.assertTrue(option in run.output or option == "--with-rf", run.output)

    def test_settings_stay_where_they_are_known_by_their_content_only(self):
        def settled(die, seed):
            die = bytearray(die)
            cfg = b"CFG\x00\x06\x00\x00\x00" + rig.random_bytes(100, seed)
            die[0x1c0000:0x1c0000 + len(cfg)] = cfg
            die[0x1c2000:0x1c3000] = rig.random_bytes(0x1000, seed + 1)
            die[0x1c2020:0x1c2040] = 2 * bytes.fromhex("46dced0e672f3b70ae1276a3f8712e03")
            return bytes(die)
        own, theirs = settled(self.own, 1), settled(self.dump, 3)
        self.rig.file("theirs.bin", theirs)
        run = self.good(self.flash("write", "theirs.bin", image=own))
        self.assertIn("OpenBeken's settings at 0x1c0000 stays the module's own", run.output)
        self.same(run.die[0x1c0000:RF], own[0x1c0000:RF])
        run = self.good(self.flash("write", "--with-net", "--with-data", "theirs.bin", image=own))
        self.same(run.die[0x1c0000:RF], theirs[0x1c0000:RF])

    def test_where_neither_module_nor_file_has_calibration_it_is_told(self):
        bare = bytearray(self.own)
        bare[RF:RF + 4096] = b"\xff" * 4096
        run = self.good(self.flash("write", "qio.bin", image=bytes(bare)))
        self.assertIn("neither calibration nor a MAC address", run.output)
        run = self.good(self.flash("write", "qio.bin", image=self.own))
        self.assertNotIn("neither calibration", run.output)
        bare[RF + 2048] = 0
        run = self.good(self.flash("write", self.rig.file("new.bin", self.dump), image=bytes(bare)))
        self.assertIn("that of the file is left out", run.output)

    def test_where_nobody_knows_the_place_of_settings_it_is_told(self):
        self.rig.file("new.bin", self.dump)
        for soc, told in (("BK7231M", True), ("BK7231N", False)):
            run = self.flash("write", "--dry-run", f"--soc={soc}", "--force=wrong-soc,wrong-key",
                             "new.bin")
            self.assertEqual("not known where firmware of a BK7231M keeps" in run.output, told)

    def test_what_differs_only_where_it_stays_is_told_so(self):
        theirs = bytearray(self.dump)
        theirs[NET] ^= 1
        self.rig.file("theirs.bin", bytes(theirs))
        run = self.good(self.flash("write", "theirs.bin", image=self.dump))
        self.assertIn("is, except for what stays as it is, in the flash already", run.output)
        self.assertIn("--with-net takes it from the file", run.output)
        self.same(run.die, self.dump)

    def test_a_blank_region_that_was_read_goes_back_where_it_is_blank(self):
        self.good(self.flash("read", "--region=userdata", "user.bin", image=self.dump))
        arguments = ("write", "--at=0x1db000", "user.bin")
        run = self.good(self.flash(*arguments, image=self.dump))
        self.assertIn("in the flash already", run.output)
        changed = bytearray(self.dump)
        changed[0x1dc000] = 0
        run = self.flash(*arguments, image=bytes(changed))
        self.assertEqual(run.status, REFUSED, run.output)
        self.same(run.die, bytes(changed))

    def test_of_a_padded_application_verify_compares_what_write_wrote(self):
        end = APP + len((self.rig.file("ua.bin")).read_bytes())
        padded = self.rig.file("ua.bin").read_bytes() + b"\xff" * (-end % 4096)
        self.rig.file("padded.bin", padded)
        die = bytearray(self.dump)
        die[end:end + 16] = bytes(16)
        run = self.good(self.flash("write", "padded.bin", image=bytes(die)))
        self.same(run.die[end:end + 16], bytes(16))
        self.good(self.flash("verify", "padded.bin", image=run.die))

    def test_a_rotated_dump_is_turned_round(self):
        run = self.good(self.flash("write", "rotated.bin"))
        self.same(run.die[:RF], self.dump[:RF])
        self.same(run.die[RF:], self.own[RF:])

    def test_what_is_named_is_written_but_another_mac_is_asked_for(self):
        run = self.flash("write", "dump.bin", "--with-rf")
        self.assertEqual(run.status, REFUSED, run.output)
        self.assertIn("--yes=identity-lost", run.output)
        self.same(run.die, self.own)
        run = self.good(self.flash("write", "dump.bin", "--with-rf", "--yes=identity-lost"))
        self.same(run.die[RF:NET], self.dump[RF:NET])
        self.same(run.die[NET:], self.own[NET:])
        run = self.good(self.flash("write", "dump.bin", "--with-net", "--with-data"))
        self.same(run.die[RF:NET], self.own[RF:NET])
        self.same(run.die[NET:], self.dump[NET:])

    def test_what_would_brick_or_waste_is_refused_by_name(self):
        self.rig.file("empty.bin", b"")
        self.rig.file("blank.bin", b"\xff" * (64 * KIB))
        self.rig.file("large.bin", self.dump + self.dump)
        for arguments, names in {
                ("ua.bin", "--at=0"): ["app-at-0"], ("damaged.bin",): ["damaged"],
                ("app.rbl",): ["update"], ("plain-bootloader.bin",): ["wrong-soc", "wrong-key"],
                ("blank.bin",): ["blank"], ("large.bin",): [],
                ("qio.bin", "--at=0x11000"): ["wrong-address"],
                ("qio.bin", "--soc=BK7252"): ["wrong-soc"]}.items():
            with self.subTest(arguments=arguments):
                run = self.flash("write", *arguments)
                self.refused(run, *names)
                self.assertLess(run.stats["virtual_us"], 1e6)  # not after a long reading

    def test_a_refusal_is_overruled_by_its_name_and_by_no_other(self):
        self.refused(self.flash("write", "damaged.bin", "--force=wrong-soc"), "damaged")
        run = self.good(self.flash("write", "damaged.bin", "--force=damaged,unconfirmed"))
        self.same(run.die[:len(self.qio)], self.rig.file("damaged.bin").read_bytes())
        run = self.flash("write", "qio.bin", "--force=everything")
        self.assertNotEqual(run.status, 0)
        self.assertIn("'everything' is not one", run.output)

    def test_a_forced_file_without_a_place_needs_one_and_must_fit(self):
        self.rig.file("raw", b"raw bytes")
        run = self.flash("write", "raw", "--force=not-an-image")
        self.assertEqual(run.status, REFUSED, run.output)
        self.assertIn("--at", run.output)
        run = self.flash("write", "raw", "--force=not-an-image", "--at=0x1ffffc")
        self.assertEqual(run.status, REFUSED, run.output)
        run = self.good(self.flash("write", "raw", "--force=not-an-image", "--at=0x140002"))
        self.same(run.die, self.own[:0x140002] + b"raw bytes" + self.own[0x14000B:])

    def test_a_file_that_is_there_already_needs_no_backup_and_no_change(self):
        run = self.good(self.flash("write", "--json", "qio.bin", image=self.dump))
        self.assertIsNone(self.result(run)["backup"])
        self.assertEqual(self.result(run)["changed_bytes"], 0)
        self.assertEqual(run.stats["page_programs"], 0)
        self.assertFalse(list(self.rig.path.glob("BK7231N-*")))

    def test_a_dry_run_says_what_would_be_done_and_changes_nothing(self):
        run = self.good(self.flash("write", "--dry-run", "--json", "dump.bin"))
        self.same(run.die, self.own)
        self.assertEqual(run.stats["sr_writes"], 0)
        result = self.result(run)
        self.assertEqual(result["ranges"], [{"start": 0x30000, "length": 0x20000}])
        self.assertEqual([kept["region"] for kept in result["kept"] if kept["differs"]],
                         ["rf", "net", "kvs"])
        self.assertGreater(result["typical_ms"], 16000)
        self.assertFalse(list(self.rig.path.glob("BK7231N-*")))

    def test_a_blank_module_gets_the_soc_from_the_file(self):
        blank = b"\xff" * len(self.dump)
        run = self.good(self.flash("write", "qio.bin", "--yes=doubtful-content", image=blank))
        self.assertIn("taken from the file: BK7231N", run.output)
        self.same(run.die, self.qio + blank[len(self.qio):])

    def test_a_soc_that_contradicts_the_bootloader_is_refused(self):
        run = self.flash("write", "dump.bin", "--soc=BK7231T", "--force=wrong-key")
        self.refused(run, "wrong-soc")

    def test_protection_is_left_open_or_as_it_was_found(self):
        run = self.good(self.flash("write", "qio.bin"))
        self.assertEqual(int(run.stats["status_registers"], 16), 0)
        run = self.good(self.flash("write", "--protect", "qio.bin"))
        self.assertEqual(int(run.stats["status_registers"], 16), 0x4004)

    def test_a_die_that_stays_protected_is_an_error_and_leaves_no_journal(self):
        run = self.flash("write", "qio.bin", device=("--sr", "4084", "--wp", "low", "--part",
                                                     "GD25Q16B"))
        self.assertEqual(run.status, 1, run.output)
        self.assertIn("was not changed", run.output)
        self.same(run.die, self.own)
        self.assertFalse(self.journal())

    def test_a_given_backup_is_taken_after_a_look_and_little_is_read(self):
        self.backup()
        new = bytearray(self.own)
        new[DATA:DATA + 4 * KIB] = rig.random_bytes(4 * KIB, 4)
        self.rig.file("new.bin", bytes(new))
        run = self.good(self.flash("write", "new.bin", "--with-data", "--backup", "backup.bin",
                                   "--force=damaged,unconfirmed,inconsistent"))
        self.same(run.die, bytes(new))
        self.assertLess(run.stats["spi_bytes"], 45000)

    def test_a_given_backup_of_another_content_or_a_damaged_one_is_refused(self):
        backup = self.backup()
        run = self.flash("write", "qio.bin", "--backup", "backup.bin", image=self.dump)
        self.assertEqual(run.status, REFUSED, run.output)
        self.assertIn("not match the backup", run.output)
        self.same(run.die, self.dump)
        content = bytearray(self.own)
        content[0x150000] ^= 1
        backup.write_bytes(content)
        run = self.flash("write", "qio.bin", "--backup", "backup.bin")
        self.assertEqual(run.status, REFUSED, run.output)
        self.assertIn("SHA-256", run.output)

    def test_a_sector_is_compared_in_full_with_the_given_backup_before_it_is_erased(self):
        self.backup()
        die = bytearray(self.own)
        die[0x30000 + 2] ^= 1  # where no sample is taken
        run = self.flash("write", "qio.bin", "--backup", "backup.bin", image=bytes(die))
        self.assertEqual(run.status, REFUSED, run.output)
        self.same(run.die, bytes(die))

    def test_calibration_that_reads_differently_twice_stops_the_write(self):
        run = self.flash("write", "qio.bin", device=(*FIRMWARE, "--noise", 3000))
        self.assertEqual(run.status, 1, run.output)
        self.same(run.die, self.own)

    def test_other_names_and_pipes_are_told_clearly(self):
        os.mkfifo(self.rig.path / "pipe")
        name = "a 'b' \n%s.bin"
        self.rig.file(name, self.qio)
        self.good(self.flash("write", name, "--no-backup"))
        for path, text in (("pipe", "not a regular file"), (".", "not a regular file"),
                           ("none.bin", "No such file")):
            run = self.flash("write", path)
            self.assertEqual(run.status, 1, run.output)
            self.assertIn(text, run.output)

    def test_a_real_dump_gets_real_firmware_and_keeps_its_calibration(self):
        dump = rig.DUMPS / "bk7231n-plug.bin"
        firmware = rig.DUMPS / "openbk7231n-qio-1.18.300.bin"
        if not dump.exists() or not firmware.exists():
            self.skipTest("the real dumps are not here")
        old, new = dump.read_bytes(), firmware.read_bytes()
        run = self.good(self.flash("write", firmware, image=old))
        self.same(run.die, new + old[len(new):])


class Restore(Case):
    def test_a_backup_is_restored_to_the_last_byte(self):
        self.backup()
        other = self.good(self.flash("write", "qio.bin")).die
        other = other[:NET] + rig.random_bytes(64 * KIB, 5) + other[NET + 64 * KIB:]
        run = self.good(self.flash("restore", "backup.bin", image=other))
        self.same(run.die, self.own)

    def test_only_some_regions_can_be_taken(self):
        self.backup()
        changed = bytearray(self.own)
        changed[RF + 0x80:NET + 0x100] = bytes(NET + 0x80 - RF)
        changed[0x20000] ^= 1
        run = self.good(self.flash("restore", "--region=rf,net", "backup.bin",
                                   image=bytes(changed)))
        self.same(run.die, bytes(changed[:RF]) + self.own[RF:])
        run = self.flash("restore", "--region=no", "backup.bin")
        self.assertEqual(run.status, REFUSED, run.output)

    def test_a_backup_that_is_damaged_or_has_no_manifest_is_refused(self):
        backup = self.backup()
        manifest = self.rig.file("backup.bin.json")
        text = manifest.read_text()
        backup.write_bytes(self.dump)
        self.assertEqual(self.flash("restore", "backup.bin").status, REFUSED)
        manifest.write_text(text.replace('"size": ', '"size": 1'))
        self.assertEqual(self.flash("restore", "backup.bin").status, REFUSED)
        manifest.unlink()
        backup.write_bytes(self.own)
        run = self.flash("restore", "backup.bin")
        self.assertEqual(run.status, REFUSED)
        self.assertIn("--no-manifest", run.output)
        run = self.good(self.flash("restore", "--no-manifest", "--yes=doubtful-content", "backup.bin",
                                   image=self.qio + self.own[len(self.qio):]))
        self.same(run.die, self.own)

    def test_without_a_manifest_a_dump_that_begins_elsewhere_is_turned_round(self):
        for turn in (APP, RF, 0x1000):
            self.rig.file("r.bin", self.own[turn:] + self.own[:turn])
            run = self.good(self.flash("restore", "--no-manifest", "--yes=doubtful-content",
                                       "r.bin", image=self.qio + self.own[len(self.qio):]))
            self.assertIn("rotated back", run.output)
            self.same(run.die, self.own)

    def test_a_copy_of_a_bootloader_elsewhere_turns_nothing_round(self):
        odd = bytearray(self.own)
        odd[:APP] = rig.random_bytes(APP, 9)
        odd[0x140000:0x140000 + APP] = self.qio[:APP]
        self.rig.file("odd.bin", bytes(odd))
        run = self.flash("restore", "--no-manifest", "odd.bin")
        self.assertEqual(run.status, REFUSED, run.output)
        self.assertIn("there is no bootloader at its start", run.output)
        run = self.good(self.flash("restore", "--no-manifest", "--yes=doubtful-content", "odd.bin"))
        self.same(run.die, bytes(odd))


class Resume(Case):
    def test_after_a_cable_was_pulled_it_goes_on(self):
        half = self.stop()
        wanted = self.dump[:RF] + self.own[RF:]
        self.assertNotIn(half, (self.own, wanted))
        run = self.good(self.flash("resume", image=half))
        self.same(run.die, wanted)
        self.assertFalse(self.journal())
        self.assertEqual([path.name for path in self.rig.file("state/beken-flash").iterdir()],
                         ["lock"])
        self.assertEqual(self.flash("resume").status, REFUSED)

    def test_after_a_stopped_write_the_backup_can_be_restored(self):
        half = self.stop("--backup", "backup.bin")
        run = self.good(self.flash("restore", "backup.bin", image=half))
        self.same(run.die, self.own)
        self.assertFalse(self.journal())

    def test_protection_is_put_back_as_the_first_run_found_it(self):
        half = self.stop("--protect")
        run = self.good(self.flash("resume", image=half, device=("--soc", "BK7231N")))
        self.assertEqual(int(run.stats["status_registers"], 16), 0x4004)
        self.same(run.die, self.dump[:RF] + self.own[RF:])

    def test_an_unfinished_write_stands_before_another(self):
        half = self.stop()
        run = self.flash("write", "qio.bin", image=half)
        self.assertEqual(run.status, REFUSED, run.output)
        self.assertIn("resume --forget", run.output)
        self.same(run.die, half)
        run = self.flash("restore", "--region=rf", self.backup(image=half), image=half)
        self.assertEqual(run.status, REFUSED, run.output)
        self.assertEqual(self.flash("resume", "--forget").status, 0)
        self.good(self.flash("write", "qio.bin", image=half))

    def test_a_damaged_journal_is_an_error_and_can_be_forgotten(self):
        self.stop()
        journal = self.rig.file("state/beken-flash/journal.json")
        text = journal.read_text()
        wanted = journal.parent / json.loads(text)["image"]
        wanted.write_bytes(self.own)
        self.assertEqual(self.flash("resume").status, REFUSED)
        for bad in ("", "{}", text.replace('"start": 0', '"start": 4294967296'),
                    text.replace('"image": "', '"image": "../'),
                    text.replace('"size": 2097152', '"size": -4096')):
            journal.write_text(bad)
            run = self.flash("resume")
            self.assertEqual(run.status, REFUSED, run.output)
            self.same(run.die, self.own)
            self.assertEqual(self.flash("write", "qio.bin").status, REFUSED)
        self.assertEqual(self.flash("resume", "--forget").status, 0)
        self.assertFalse(self.journal())

    def test_ctrl_c_in_the_middle_is_resumed(self):
        # The last commands erase, program and verify.
        whole = self.good(self.flash("write", "dump.bin", device=FIRMWARE))
        run = self.flash("write", "dump.bin", image=self.own,
                         device=(*FIRMWARE, *rig.ctrl_c(whole.stats["spi_ops"] - 100)))
        self.assertEqual(run.status, 128 + signal.SIGINT, run.output)
        self.assertEqual(run.stats["cen"], "high")
        self.assertTrue(self.journal())
        run = self.good(self.flash("resume", image=run.die))
        self.same(run.die, self.dump[:RF] + self.own[RF:])


if __name__ == "__main__":
    tap.main()
