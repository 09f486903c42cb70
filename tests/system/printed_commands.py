# SPDX-License-Identifier: GPL-2.0-or-later
"""Every command that is printed anywhere runs as it is printed, and does what is said of it.

tests/printed.py collects them. One that is new fails here until it has a row: Shown() for what is
in pages, man pages and help; for what a message prints, the test that copies it from there; or the
reason why no test can run it.
"""
import fnmatch
import os
import pathlib
import re
import shutil
import subprocess
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
import lamp
import printed
import rig
import tap
from lamp import DIE, MAC, MADE, RF, SIZE, TUYA, without

QIO, UA = (MADE / "other-qio.bin").read_bytes(), (MADE / "ua.bin").read_bytes()
FLASHED = QIO + DIE[len(QIO):]
KNOWN = ("--part", "GD25Q16B")  # stock flashrom knows it
SCRIPT = b"#!/bin/sh\nflashrom -p beken_spi -r out.bin\n"
OUT = {"out.bin": DIE}
PATH = f"{rig.BUILD / 'cli'}:{rig.BUILD / 'sim'}:{os.environ['PATH']}:/usr/sbin"


class Shown:
    """What a command does on a module that holds @before, and holds @die afterwards."""

    def __init__(self, says="", *, makes=None, files=None, before=DIE, die=None, run=None,
                 device=KNOWN, typed=None, first=None, plain=False, registers=None):
        self.says = says            # a regular expression that its output has to match
        self.makes = makes or {}    # name, also with *: content; None: any content
        self.files = files or {}    # files that exist beforehand
        self.before, self.die = before, before if die is None else die
        self.run = run              # the command that is run, with names in place of FILE, COMMAND ...
        self.device = device
        self.typed = typed          # typed at its terminal
        self.first = first          # run before it, on DIE
        self.plain = plain          # it brings its own device, or needs none
        self.registers = registers


def write(name, *, die=FLASHED, **more):
    return Shown("were written and verified", files={name: QIO}, die=die, **more)


AS_FLASHROM = "PATH=$PWD/build/cli/path:$PATH"
BRIDGE = "flashrom-beken -p beken_spi"
SHOWN = {
    # Reading.
    f"{BRIDGE} -r backup.bin": Shown(makes={"backup.bin": DIE}),
    f"{BRIDGE} -r again.bin": Shown(makes={"again.bin": DIE}),
    "cmp backup.bin again.bin": Shown(files={"backup.bin": DIE, "again.bin": DIE}, plain=True),
    "beken-flash backup --params=spidev=/dev/spidev0.0,cen=GPIO25 backup.bin": Shown(
        makes={"backup.bin": DIE, "backup.bin.json": None}, device=(*KNOWN, "--adapter", "spidev")),
    "beken-flash backup --params=usb=1-1 backup.bin": Shown(
        makes={"backup.bin": DIE, "backup.bin.json": None}, device=(*KNOWN, "--adapter", "ft232h")),
    "beken-flash backup --params=cen=rts:/dev/ttyUSB0 backup.bin": Shown(
        makes={"backup.bin": DIE, "backup.bin.json": None}, device=(*KNOWN, "--cen-by", "rts")),
    "beken-flash backup --params=speed=15M backup.bin": Shown(
        makes={"backup.bin": DIE, "backup.bin.json": None}, device=(*KNOWN, "--adapter", "ch347t")),
    "beken-flash backup --port=/dev/ttyUSB0": Shown(
        makes={"BK*.bin": DIE}, device=(*KNOWN, "--uart", "n")),
    "flashrom-beken -p beken_uart:port=tcp:192.168.1.20,cen=obk:192.168.1.20:1 -r backup.bin": Shown(
        makes={"backup.bin": DIE}, device=(*KNOWN, "--uart", "n", "--uart-net", "latency=20"),
        run="flashrom-beken -p beken_uart:port=tcp:127.0.0.1,cen=obk:127.0.0.1:1 -r backup.bin"),
    # Of a flashrom that contains the driver; here it is the bridge.
    "flashrom -p beken_spi -r backup.bin": Shown(
        makes={"backup.bin": DIE}, run=f"{AS_FLASHROM}; flashrom -p beken_spi -r backup.bin"),
    "flashrom -p beken_spi:enter=always,reset_ms=500 -r backup.bin": Shown(
        makes={"backup.bin": DIE}, run=f"{AS_FLASHROM}; flashrom -p beken_spi:enter=always,"
        "reset_ms=500 -r backup.bin"),
    "PATH=$PWD/build/cli/path:$PATH flashrom -p beken_spi -r backup.bin": Shown(
        makes={"backup.bin": DIE}),
    f"{BRIDGE} -V ... 2>&1 | tee log.txt": Shown(
        "CH341A", run=f"{BRIDGE} -V -r out.bin 2>&1 | tee log.txt", makes={**OUT, "log.txt": None}),
    "beken-flash doctor": Shown(r"link +good .*\n(.*\n)*content +good"),
    "beken-flash doctor --watch": Shown(r"link +good"),
    "beken-flash wiring MODULE": Shown("P23", run="beken-flash wiring WB3S", plain=True),
    "beken-flash wiring NAME": Shown("CEN", run="beken-flash wiring BK7238-QFN32", plain=True),
    "beken-flash wiring": Shown("(?m)^CBU +BK7231N$", plain=True),
    "beken-flash wiring CB2S": Shown(r"(?m)^P23 +D7 +MISO +ADBUS2 +MISO +8 +17$", plain=True),
    "beken-flash list": Shown("CH341A at usb=1-1: BK7231N"),
    "beken-flash detect": Shown("SoC:        BK7231N\n"),
    "beken-flash info": Shown(MAC),
    "beken-flash info --map": Shown(r"(?m)^0x1c0000  #{16}K{16}$"),
    "beken-flash info --json | jq -r 'select(.event == \"result\").calibration[0].mac'": Shown(
        rf"(?m)^{MAC}$"),
    "beken-flash backup": Shown(MAC, makes={"BK7231N-*.bin": DIE}),
    "beken-flash read --region=rf rf.bin": Shown(makes={"rf.bin": DIE[RF]}),
    "beken-flash read --at=0 --size=0x11000 bootloader.bin": Shown(
        makes={"bootloader.bin": DIE[:0x11000]}),
    "beken-flash read --region=app - | sha256sum": Shown(r"(?m)^[0-9a-f]{64}  -$"),
    "flashrom -p beken_spi -w backup.bin": Shown(
        "VERIFIED", files={"backup.bin": DIE}, before=FLASHED, die=DIE,
        run=f"{AS_FLASHROM}; flashrom -p beken_spi -w backup.bin"),
    # Examining files.
    "beken-flash identify FILE": Shown(
        "belongs at:  011000:", files={"ua.bin": UA}, plain=True, run="beken-flash identify ua.bin"),
    "beken-flash identify FILE...": Shown(
        r"ua.bin: an application.*q.bin: QIO", files={"ua.bin": UA, "q.bin": QIO}, plain=True,
        run="beken-flash identify ua.bin q.bin"),
    "beken-flash identify OpenBK7231N_QIO_1.18.300.bin": Shown(
        "belongs at:  000000:", files={"OpenBK7231N_QIO_1.18.300.bin": QIO}, plain=True),
    "beken-flash identify --json backup.bin | jq -r '.calibration[].mac'": Shown(
        rf"(?m)^{MAC}$", files={"backup.bin": DIE}, plain=True),
    # Writing.
    f"{BRIDGE} -w backup.bin": Shown("VERIFIED", files={"backup.bin": DIE}, before=FLASHED, die=DIE),
    "flashrom-beken -w": Shown("VERIFIED", files={"backup.bin": DIE}, before=FLASHED, die=DIE,
                               run=f"{BRIDGE} -w backup.bin"),
    "beken-flash write firmware.bin": write("firmware.bin", makes={"BK7231N-*.bin": DIE}),
    "beken-flash write --backup=lamp.bin OpenBK7231N_QIO.bin": write(
        "OpenBK7231N_QIO.bin", makes={"lamp.bin": DIE}),
    "beken-flash write --dry-run OpenBK7231N_QIO.bin": Shown(
        "would write 0x000000", files={"OpenBK7231N_QIO.bin": QIO}),
    "beken-flash restore backup.bin": Shown(
        "as in backup.bin", before=FLASHED, die=DIE, first="beken-flash backup backup.bin"),
    "beken-flash restore --region=rf backup.bin": Shown(
        before=without(FLASHED, RF), die=FLASHED, first="beken-flash backup backup.bin"),
    "beken-flash verify firmware.bin": Shown("the same", files={"firmware.bin": QIO},
                                             before=FLASHED),
    "beken-flash verify OpenBK7231N_QIO.bin": Shown(
        "the same", files={"OpenBK7231N_QIO.bin": QIO}, before=FLASHED),
    "beken-flash verify --region=rf rf.bin": Shown("the same", files={"rf.bin": DIE[RF]}),
    # Erasing and testing.
    "beken-flash erase --region=tuya --dry-run": Shown("would erase 0x1ed000-0x1fffff"),
    "beken-flash erase --region=tuya": Shown("Erase 76 KiB", die=without(DIE, TUYA),
                                             typed=b"yes\n"),
    "beken-flash erase --at=0x1ed000 --size=8K --backup=lamp.bin --yes": Shown(
        die=without(DIE, slice(0x1ed000, 0x1ef000)), makes={"lamp.bin": DIE}),
    "beken-flash erase --all --dry-run": Shown("would keep 0x1d0000-0x1d2fff"),
    "beken-flash test --at=0x1ff000 --size=4K": Shown("0x1ff000-0x1fffff"),
    "beken-flash protect": Shown(r"after:  [^\n]*0x4004, protected", registers=0x4004),
    "beken-flash protect --registers=0x4004": Shown(r"after:  [^\n]*0x4004, protected",
                                                    registers=0x4004),
    # Handing the chip over.
    "beken-flash detect --hold": Shown("stays in SPI mode"),
    "beken-flash detect --hold && flashrom -p ch341a_spi -r dump.bin; beken-flash reset": Shown(
        makes={"dump.bin": DIE}),
    f"{BRIDGE}:leave=spi --flash-size": Shown(
        str(SIZE), makes=OUT, run=f"{BRIDGE}:leave=spi --flash-size && {BRIDGE}:enter=never "
        "-r out.bin"),
    "beken-flash run -- ./script.sh": Shown(files={"script.sh": SCRIPT}, makes=OUT),
    "beken-flash run -- ./backup-all.sh": Shown(files={"backup-all.sh": SCRIPT}, makes=OUT),
    "beken-flash run -- flashrom -p beken_spi -r dump.bin": Shown(makes={"dump.bin": DIE}),
    "flashrom-beken --version": Shown(r"flashrom .*flashrom-beken \d+\.\d+\.\d+\n|"
                                      r"flashrom-beken \d+\.\d+\.\d+\nflashrom ", plain=True),
    # Only named.
    "beken-flash --json": Shown('"command": "detect"', run="beken-flash detect --json"),
    "beken-flash COMMAND --help": Shown("usage: beken-flash read", plain=True,
                                        run="beken-flash read --help"),
    # Without hardware.
    "make demo": Shown(r"(?s)\A(?!.*UNTESTED).*The demo went well", plain=True,
                       run=f"BEKEN_DUMPS= {rig.ROOT / 'tools' / 'demo'} {rig.BUILD}"),
    "beken-sim run --part GD25Q16B --entry linked --image dump.bin --stats stats.json -- flashrom "
    "-p ch341a_spi -r out.bin": Shown(files={"dump.bin": DIE}, plain=True,
                                      makes={**OUT, "stats.json": None}),
    "beken-sim run --part GD25Q16B --sr firmware --entry linked -- flashrom -p ch341a_spi -r out.bin":
        Shown(plain=True, makes={"out.bin": b"\xff" * SIZE}),
    "beken-sim run -- sh -c 'lsusb; flashrom-beken -p beken_spi --flash-size'": Shown(
        rf"1a86:5512.*\n{SIZE}\n", plain=True),
    "beken-sim run -- sh -c 'lsusb; flashrom-beken -p beken_spi'": Shown(
        "1a86:5512.*Found ", plain=True),
    "beken-sim run --part GD25Q16B --id C46099 --sfdp 2M --entry linked -- flashrom -p ch341a_spi "
    "--flash-size": Shown(rf"\n{SIZE}\n", plain=True),
    "beken-sim run [OPTIONS] -- COMMAND...": Shown(
        "1a86:5512", plain=True, run="beken-sim run --soc BK7231N -- lsusb"),
    "beken-sim list entries": Shown("linked", plain=True),
    "beken-sim list parts": Shown("TH25Q16HB", plain=True),
}

# Printed in messages: the tests that provoke a message and run its command.
COPIED = {
    "beken-flash %s%s--help": "printed_commands.py test_the_help_that_is_pointed_at_is_there",
    "beken-flash help COMMAND": "printed_commands.py test_the_help_that_is_pointed_at_is_there",
    "beken-flash COMMAND --params=enter=never": "printed_commands.py test_a_held_chip_is_used_as_told",
    "flashrom-beken -p beken_spi:enter=never": "printed_commands.py test_a_held_chip_is_used_as_told",
    "flashrom -p ch341a_spi": "printed_commands.py test_a_held_chip_is_used_as_told",
    "beken-flash wiring": "printed_commands.py test_of_an_unknown_module_the_list_is_printed",
    "beken-flash list": "boards.py test_the_port_of_list_says_which_adapter_is_meant",
    "beken-flash detect --hold": "session.py test_what_is_said_of_an_adapters_own_programmer_helps",
    "beken-flash reset": "printed_commands.py test_a_held_chip_is_used_as_told",
    "flashrom -p beken_spi":
        "commands.py test_flashrom_inside_is_the_one_that_knows_beken_spi",
    "beken-flash backup": "doctor.py test_what_it_proposes_is_done_as_printed",
    "beken-flash verify %s%s":
        "printed_commands.py test_what_was_only_sampled_is_compared_by_the_command_that_is_named",
    "beken-flash write FILE":
        "printed_commands.py test_a_file_without_a_manifest_is_written_by_the_command_that_is_named",
    "beken-flash resume%s%s": "printed_commands.py test_a_stopped_write_ends_as_told",
    "beken-flash restore":
        "journal.py test_the_advised_restore_can_be_pasted_whatever_the_backup_is_called",
    "beken-flash resume": "printed_commands.py test_a_stopped_write_ends_as_told",
    "beken-flash restore BACKUP": "printed_commands.py test_a_stopped_write_ends_as_told",
    "beken-flash resume --forget": "printed_commands.py test_a_stopped_write_ends_as_told",
    "beken-flash resume --journal=N": "journal.py "
                                      "test_of_two_that_were_stopped_the_number_says_which_to_forget",
    "beken-flash %s again%s": "printed_commands.py test_what_is_to_be_run_again_can_be",
    "beken-flash write --params=%s %s%s":
        "unfit_files.py test_the_command_can_be_pasted_whatever_the_file_is_called",
    "beken-flash write %s%s":
        "unfit_files.py test_of_another_size_it_is_said_what_it_is_and_the_command_puts_it_there",
    "beken-sim --help": "simulator.py test_lists",
    "beken-sim list": "simulator.py test_lists",
    "beken-sim list socs": "simulator.py test_lists",
    "beken-sim list entries": "simulator.py test_lists",
    "beken-sim list bootloaders": "simulator.py test_lists",
    "beken-sim list parts": "simulator.py test_lists",
    "beken-sim serve": "simulator.py test_usbip_lists",
    "beken-sim run": "simulator.py test_exit_status",
}

BUILDS = "it builds or tests all of this, by itself"
AS_ROOT = "it changes the machine, as root"
USBIP = "it needs root and a kernel's vhci-hcd: tools/check-kernel does it in a virtual machine"
NOT_RUN = {
    **{f"make{what}": BUILDS for what in (
        "", " check", " deps", " docs", " patches", " patches RELEASE=main", " bench", " calibrate", " torture",
        " fuzz", " check-kernel", " coverage ARGS=engine", " mutate", " mutate ARGS=programmer/bus",
        ' mutate ARGS="--count=6 --most=5 programmer engine"', " package", " check-package", " check-recipes",
        " install", " uninstall", " deps SETS=clang",
        " docs stories && git diff --exit-code docs",
        ' MESON_ARGS="-Dbeken_flash=false -Dtests=false"')},
    "flashrom -p beken_spi:registers=real --wp-status": "only a flashrom with the driver in it has "
                                                        "registers=",
    "meson dist -C build --formats xztar --no-tests": "make check-package does so",
    "meson test -C build": BUILDS,
    "meson test -C build system-flash": BUILDS,
    "BUILD=build python3 tests/system/session.py Session.test_help_is_flashroms": BUILDS,
    "CC=clang meson setup build-clang": BUILDS,
    "meson setup build-sanitize -Db_sanitize=address,undefined": BUILDS,
    "tools/check-releases BUILD PREFIX": BUILDS,
    "tools/check-distro trixie": AS_ROOT,
    "sudo make install": AS_ROOT,
    "sudo apt install ./flashrom-beken_*.deb": AS_ROOT,
    "apt install make": AS_ROOT,
    "apt install flashrom": AS_ROOT,
    "apt install umockdev": AS_ROOT,
    "sudo adduser $USER plugdev": AS_ROOT,
    "sudo flashrom -p beken_spi": "the page says why it does not work",
    "sudo flashrom-beken -p beken_spi -r backup.bin": AS_ROOT,
    "sudo beken-flash run -- ./backup-all.sh": AS_ROOT,
    "echo -n 1-2:1.0 | sudo tee /sys/bus/usb/drivers/spi-ch341/unbind": AS_ROOT,
    "lsusb -t": "it shows the drivers of the machine's own kernel",
    "modprobe vhci-hcd": USBIP,
    "mkdir -p /var/run/vhci_hcd": USBIP,
    "usbip attach -r 127.0.0.1 -b 1-1": USBIP,
    "usbip detach -p 0": USBIP,
    "beken-sim serve --listen ADDRESS": USBIP,
    "beken-sim serve --listen 127.0.0.1:3240 &": USBIP,
    "beken-sim serve --listen 127.0.0.1:3240 --save die.bin": USBIP,
}


class Complete(unittest.TestCase):
    def test_every_command_that_is_printed_is_run_or_it_is_said_why_not(self):
        pages = printed.pages()
        messages = printed.messages(pages)
        # A collector that finds nothing would accept everything.
        self.assertGreater(len(pages), 60)
        self.assertGreater(len(messages), 20)
        for what, found, rows in (("pages", pages, SHOWN), ("messages", messages, COPIED)):
            missing = {command: places for command, places in found.items()
                       if command not in rows and command not in NOT_RUN}
            self.assertEqual(missing, {}, f"{what}: no test runs these")
            self.assertEqual(sorted(set(rows) - set(found)), [], f"{what}: nobody prints these")
        self.assertEqual(sorted(set(NOT_RUN) - set(pages) - set(messages)), [])

    def test_the_tests_that_copy_commands_from_messages_are_there(self):
        for row in COPIED.values():
            file, name = row.split()
            text = (rig.ROOT / "tests" / "system" / file).read_text()
            self.assertTrue(f"def {name}(" in text, row)

    def test_each_row_has_a_test_of_its_own(self):
        self.assertEqual(sum(name.startswith("test_") for name in dir(Pages)), len(SHOWN))

    def test_of_each_command_something_is_looked_at(self):
        for command, shown in SHOWN.items():
            with self.subTest(command):
                self.assertTrue(shown.says or shown.makes or shown.die != shown.before or
                                command.startswith("cmp "))

    def test_no_command_writes_at_address_0(self):
        for command in [*printed.pages(), *printed.messages({})]:
            with self.subTest(command):
                self.assertNotRegex(command, r"write\b.*--at=0x?0*\b")
                self.assertNotRegex(command, r"\bprintf\b|\b0+:[0-9a-f]+ |-i \S+ .*-r\b|-[rw] .*-i\b")


class Pages(lamp.Commands):
    """One test for each row of SHOWN."""

    def shell(self, command, shown, image):
        self.rig.file("command.sh", f"{command}\n".encode())
        more = {}
        if shown.typed:
            master, slave = os.openpty()
            self.addCleanup(os.close, master)
            self.addCleanup(os.close, slave)
            os.write(master, shown.typed)
            more["stdin"] = slave
        if shown.plain:
            return self.plain()
        device = ("--sr", "0" if shown.registers else "firmware", *shown.device)
        return self.rig.run("sh", "command.sh", device=device, image=image,
                            env={"PATH": PATH}, **more)

    def plain(self):
        done = subprocess.run(
            ["sh", "command.sh"], cwd=self.rig.path, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, timeout=rig.HANG,
            env={**os.environ, "PATH": PATH, "BEKEN_SIM_HURRY": "1",
                 "XDG_STATE_HOME": str(self.rig.path / "state")}, check=False)
        return rig.Run(done.returncode, done.stdout.decode(errors="replace"), None, None)

    def try_one(self, command, shown):
        os.symlink(rig.BUILD, self.rig.path / "build")
        if shown.first:
            self.rig.file("first.sh", shown.first.encode())
            self.rig.run("sh", "first.sh", image=DIE, device=shown.device, env={"PATH": PATH})
        for name, content in shown.files.items():
            self.rig.file(name, content).chmod(0o755)
        run = self.shell(shown.run or command, shown, shown.before)
        self.assertEqual(run.status, 0, run.output)
        self.assertTrue(re.search(shown.says, run.output, re.S), run.output)
        if not shown.plain:
            self.same(run.die, shown.die)
        if shown.registers is not None:
            self.assertEqual(int(run.stats["status_registers"], 16), shown.registers)
        for name, content in shown.makes.items():
            found = fnmatch.filter(os.listdir(self.rig.path), name)
            self.assertEqual(len(found), 1, (name, run.output))
            if content is not None:
                self.same(self.rig.file(found[0]).read_bytes(), content)


def add_test(command, shown):
    def test(self):
        for tool in ("jq", "lsusb", "sha256sum"):
            if tool in command and not shutil.which(tool):
                self.skipTest(f"{tool} is not installed")
        self.try_one(command, shown)

    setattr(Pages, "test_" + re.sub(r"\W+", "_", command.replace("...", " more")).strip("_"),
            test)


for _command, _shown in SHOWN.items():
    add_test(_command, _shown)


class Messages(lamp.Commands):
    """A message is provoked, and the command in it is copied and run."""

    def paste(self, command, **options):
        self.rig.file("paste.sh", f"{command}\n".encode())
        return self.good(self.flash(shell="sh ./paste.sh", env={"PATH": PATH}, **options))

    def test_the_help_that_is_pointed_at_is_there(self):
        for line, usage in (("read", "usage: beken-flash read"), ("nix", "usage: beken-flash C")):
            run = self.flash(line)
            self.assertEqual(run.status, 2)
            command = run.messages.split("see ")[1].split("\n")[0]
            self.assertIn(usage, self.paste(command).output)
        run = self.paste("beken-flash --help")
        command = re.search(r"^(beken-flash help COMMAND) says", run.output, re.M).group(1)
        for name in printed.of_help(lamp.BEKEN_FLASH):
            self.assertIn(f"usage: beken-flash {name} ",
                          self.paste(command.replace("COMMAND", name)).output)

    def test_of_an_unknown_module_the_list_is_printed(self):
        run = self.flash("wiring", "CB2")
        self.assertEqual(run.status, 2)
        self.assertIn("did you mean CB2", run.messages)
        self.assertIn("CB2S", self.paste(re.search(r"(beken-flash wiring) lists", run.messages)[1]).output)

    def test_a_held_chip_is_used_as_told(self):
        said = self.good(self.flash("detect", "--hold", device=KNOWN)).output
        ours, bridge, stock = re.findall(r"^  (\S.*)$", said.split("Continue with")[1], re.M)
        reset = re.search(r"(beken-flash reset) lets", said).group(1)
        run = self.paste("\n".join([
            "set -e", "beken-flash detect --hold", ours.replace("COMMAND", "read 1.bin"),
            bridge.replace("...", "-r 2.bin"), stock.replace("...", "-r 3.bin"), reset,
            f"! {ours.replace('COMMAND', 'detect')}"]), device=KNOWN)
        self.assertIn("no flash answers", run.messages)
        for name in ("1.bin", "2.bin", "3.bin"):
            self.same(self.rig.file(name).read_bytes(), DIE)

    def test_what_was_only_sampled_is_compared_by_the_command_that_is_named(self):
        self.rig.file("it's.bin", QIO)
        self.good(self.flash("backup", "b.bin"))
        run = self.good(self.flash("write", "--backup=b.bin", "it's.bin"))
        command = re.search(r"(beken-flash verify .*) compares all of it", run.messages).group(1)
        self.assertIn("0x000000-0x129f6f (1192 KiB): the same",
                      self.paste(command, image=run.die).output)
        # Output that goes elsewhere is compared there.
        self.rig.file("new.bin", b"new" + DIE[0x140003:0x180000])
        run = self.good(self.flash("write", "--backup=b.bin", "--at=0x140000",
                                   "--force=not-an-image", "new.bin"))
        command = re.search(r"(beken-flash verify .*) compares all of it", run.messages).group(1)
        self.assertIn("0x140000-0x17ffff (256 KiB): the same",
                      self.paste(command, image=run.die).output)

    def test_a_file_without_a_manifest_is_written_by_the_command_that_is_named(self):
        self.rig.file("own.bin", DIE)
        run = self.refused(self.flash("restore", "own.bin"), 3, "--no-manifest")
        command = re.search(r"(beken-flash write FILE) examines", run.messages).group(1)
        run = self.paste(command.replace("FILE", "own.bin"), image=FLASHED)
        self.same(run.die, DIE)

    def stop(self, *line, **files):
        """Runs this command on a module whose cable is pulled half-way."""
        for name, content in files.items():
            self.rig.file(name, content)
        whole = self.good(self.flash(*line))
        for name in self.files():
            if name.startswith("b.bin"):
                self.rig.file(name).unlink()
        for before in (*range(500, 0, -50), *range(550, 2000, 50)):
            run = self.flash(*line, device=(
                "--unplug-at", whole.stats["virtual_us"] // 1000 - before))
            if run.status == 4:
                return run, whole.die
            self.flash("resume", "--forget")
            for name in self.files():
                if name.startswith("b.bin"):
                    self.rig.file(name).unlink()
        self.fail("it never stopped in the middle")

    def test_a_stopped_write_ends_as_told(self):
        half, new = self.stop("write", "--backup=b.bin", "q", q=QIO)
        again = self.flash("write", "q", image=half.die)
        self.assertEqual(again.status, 3, again.messages)
        stopped = pathlib.Path(shutil.copytree(self.rig.path, f"{self.rig.path}-stopped"))
        self.addCleanup(shutil.rmtree, stopped)
        for told, wanted in ((r"run: (beken-flash resume);", new),
                             (r"(beken-flash resume) continues", new),
                             (r"(beken-flash restore BACKUP) brings", DIE),
                             (r"(beken-flash resume --forget) drops", half.die)):
            with self.subTest(told):
                shutil.rmtree(self.rig.path)
                shutil.copytree(stopped, self.rig.path)
                command = re.search(told, half.messages + again.messages).group(1)
                run = self.paste(command.replace("BACKUP", "b.bin"), image=half.die)
                self.same(run.die, wanted)
                # Nothing prevents the next write.
                self.good(self.flash("write", "--no-backup", "q", image=run.die))

    def test_what_is_to_be_run_again_can_be(self):
        line = ("erase", "--region=tuya", "--yes")
        half, new = self.stop(*line, "--backup=b.bin")
        same, more = re.search(r"run the same (beken-flash \w+) again, with (--[a-z-]+)\n",
                               half.messages).groups()
        self.assertEqual(same, "beken-flash erase")
        run = self.paste(" ".join([same, *line[1:], more]), image=half.die)
        self.same(run.die, new)


if __name__ == "__main__":
    tap.main()
