#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The rig with real programs: lsusb, usbip, libusb and stock flashrom.

Usage: rig.py PATH-OF-BEKEN-SIM. Prints TAP; a tool that is not installed skips its tests.
"""

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time

# flashrom is often in a directory that is not in a user's PATH.
os.environ["PATH"] += ":/usr/local/sbin:/usr/sbin:/sbin"

SIM = os.path.abspath(sys.argv[1])
SIZE = 2 << 20
CHIP = ["--part", "GD25Q16B", "--entry", "linked"]
LIMIT = 300  # seconds: nothing may hang, and no test depends on speed

work = tempfile.mkdtemp(prefix="test-rig-")
scratch = os.path.join(work, "tmp")
os.mkdir(scratch)
CLIENT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "usb_client.py")
env = dict(os.environ, TMPDIR=scratch, LC_ALL="C")


def path(name):
    return os.path.join(work, name)


def put(name, seed, size=SIZE):
    data = random.Random(seed).randbytes(size)
    with open(path(name), "wb") as file:
        file.write(data)
    return path(name)


def get(name):
    with open(path(name), "rb") as file:
        return file.read()


def sim(*arguments):
    # In a session of its own, so that signals to its process group do not reach this process.
    done = subprocess.run([SIM, *arguments], env=env, timeout=LIMIT, text=True,
                          start_new_session=True,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
    assert not os.listdir(scratch), f"left behind: {os.listdir(scratch)}"
    return done.returncode, done.stdout


def run(*arguments):
    return sim("run", *arguments)


def flashrom(options, *arguments):
    return run(*options, "--", "flashrom", "-p", "ch341a_spi", *arguments)


def client(name, *options):
    """Runs one of usb_client.py's programs under the rig."""
    status, output = run(*options, "--", sys.executable, CLIENT, name)
    assert status == 0, output


def test_lsusb_sees_the_adapter():
    status, output = run("--", "lsusb")
    assert status == 0 and "Bus 001 Device 002: ID 1a86:5512" in output, output


def test_lsusb_sees_other_adapters():
    assert "1a86:5523" in run("--adapter", "uart", "--", "lsusb")[1]
    assert "1a86" not in run("--adapter", "none", "--", "lsusb")[1]
    assert "1a86:5512" in run("--adapter", "forbidden", "--", "lsusb")[1]
    output = run("--second-adapter", "--", "lsusb")[1]
    assert "Device 002: ID 1a86:5512" in output and "Device 003: ID 1a86:5512" in output, output
    output = run("--product-string", "--", "lsusb", "-v", "-d", "1a86:")[1]
    assert "USB UART-LPT" in output, output


def test_claim():
    client("claim")


def test_time():
    client("timeout")


def test_a_thread_that_waits_for_the_device_can_be_woken():
    client("event")


def test_unplug():
    client("unplug", "--unplug-at", "500")


def erase(kill, script):
    """Runs it on a flash; returns (the last line of its output, statistics, content)."""
    image = put("image", 8)
    status, output = run(*CHIP, *kill, "--image", image, "--save", path("saved"), "--stats",
                         path("stats"), "--", "sh", "-c", script, sys.executable, CLIENT)
    assert status == 0, output
    return output.split("\n")[-2], json.loads(get("stats")), get("saved")


ERASE = '"$0" "$@" erases; echo $?'


def test_kill_at_a_command_leaves_what_was_done_before_and_nothing_else():
    for kill in range(1, 9):
        said, stats, die = erase(["--kill-at", str(kill)], ERASE)
        done = (kill - 1) // 2
        assert said == "137", (kill, said)
        assert stats["spi_ops"] == kill, (kill, stats)
        assert stats["erases"]["4096"] == done, (kill, stats)
        assert die == b"\xff" * 4096 * done + get("image")[4096 * done:], kill


def test_kill_at_a_command_that_never_comes_changes_nothing():
    runs = [erase(kill, ERASE) for kill in ([], ["--kill-at", "0"], ["--kill-at", "9"])]
    said, stats, die = runs[0]
    assert said == "0" and stats["spi_ops"] == 8, (said, stats)
    assert die == b"\xff" * 4096 * 4 + get("image")[4096 * 4:]
    assert runs[1] == runs[2] == runs[0], runs[1][:2] + runs[2][:2]


def test_kill_at_is_for_one_program_and_the_next_finds_the_chip_as_it_was_left():
    said, stats, die = erase(["--kill-at", "4"], ERASE + '; "$0" "$@" erases_after_a_kill; '
                             "echo $?")
    assert said == "0" and stats["spi_ops"] == 4 + 8, (said, stats)
    assert stats["erases"]["4096"] == 1 + 1 + 4, stats
    assert die == b"\xff" * 4096 * 4 + get("image")[4096 * 4:]


def test_do_at_a_command_runs_once_while_the_device_stands_still():
    said, stats, die = erase(["--do-at", "4:echo done; kill -s TERM 0"], "trap '' TERM; " + ERASE)
    assert said == "0" and stats["spi_ops"] == 8, (said, stats)
    assert die == b"\xff" * 4096 * 4 + get("image")[4096 * 4:]
    for event in "4:kill -INT 0", "1500ms:kill -INT 0":
        said, stats, die = erase(["--do-at", event], "trap : INT; " + ERASE)
        assert said == "130" and 4 <= stats["spi_ops"] <= 6, (event, said, stats)
        done = stats["erases"]["4096"]
        assert die == b"\xff" * 4096 * done + get("image")[4096 * done:], event


def test_server_dies():
    note = path("note")
    done = subprocess.Popen([SIM, "run", "--", "sh", "-c",
                             f"trap '' TERM; exec {sys.executable} {CLIENT} "
                             "lost_server"], env=dict(env, RIG_NOTE=note))
    assert done.wait(LIMIT) == -signal.SIGKILL
    end = time.monotonic() + LIMIT
    while not (os.path.exists(note) and get("note") == b"no device"):
        assert time.monotonic() < end
        time.sleep(0.01)
    shutil.rmtree(scratch)  # nobody was left to remove it
    os.mkdir(scratch)


def test_flashrom_reads():
    image = put("image", 1)
    for i in "12":
        status, output = flashrom(CHIP + ["--image", image, "--stats", path("stats" + i)],
                                  "-r", path("read" + i))
        assert status == 0, output
        assert get("read" + i) == get("image")
    assert get("stats1") == get("stats2")
    stats = json.loads(get("stats1"))
    assert 15.2e6 < stats["virtual_us"] < 16.2e6, stats
    assert stats["page_programs"] == stats["sr_writes"] == 0, stats
    assert stats["cen"] == "high", stats


def test_flashrom_writes():
    image, new = put("image", 1), put("new", 2)
    for i in "12":
        status, output = flashrom(CHIP + ["--image", image, "--save", path("saved"),
                                          "--stats", path("stats" + i)], "-w", new)
        assert status == 0 and "VERIFIED" in output, output
        assert get("saved") == get("new")
    assert get("stats1") == get("stats2")
    stats = json.loads(get("stats1"))
    assert stats["page_programs"] == SIZE // 256, stats


def test_flashrom_notices_what_is_wrong():
    status, output = flashrom(CHIP + ["--unplug-at", "5000"], "-r", path("none"))
    assert status not in (0, 124), output
    for adapter in "uart", "none", "forbidden":
        status, output = flashrom(CHIP + ["--adapter", adapter], "-r", path("none"))
        assert status == 1 and "Couldn't open device" in output, output


def test_usbip_lists():
    with subprocess.Popen([SIM, "serve", "--listen", "127.0.0.1:0", "--second-adapter",
                           "--stats", path("stats"), "--save", path("saved")],
                          env=env, stdout=subprocess.PIPE, text=True) as server:
        port = server.stdout.readline().split()[-1]
        tool = shutil.which("usbip", path=env["PATH"] + ":/usr/sbin:/sbin")
        output = subprocess.run([tool, "--tcp-port", port, "list", "-r", "127.0.0.1"],
                                timeout=LIMIT, text=True, stdout=subprocess.PIPE,
                                check=True).stdout
        assert "1-1:" in output and "1-2:" in output and "1a86:5512" in output, output
        server.send_signal(signal.SIGTERM)
        assert server.wait(LIMIT) == 0
    assert get("saved") == b"\xff" * SIZE
    assert json.loads(get("stats"))["out_urbs"] == 0


def test_exit_status():
    assert run("--", "true")[0] == 0
    assert run("--", "sh", "-c", "exit 7")[0] == 7
    assert run("--", "sh", "-c", "kill -9 $$")[0] == 128 + 9
    assert run("--", "/nonexistent")[0] == 127
    assert run("--", "/etc/passwd")[0] == 126
    with subprocess.Popen([SIM, "run", "--", "sh", "-c", "trap 'exit 9' TERM; echo; while :; do "
                           "sleep 0.05; done"], env=env, stdout=subprocess.PIPE) as process:
        process.stdout.readline()
        process.send_signal(signal.SIGINT)  # the child handles it
        process.send_signal(signal.SIGTERM)
        assert process.wait(LIMIT) == 9
    assert not os.listdir(scratch)


def test_files():
    small, large = put("small", 3, 1000), put("large", 4, SIZE + 1)
    assert run("--image", small, "--save", path("saved"), "--", "true")[0] == 0
    assert get("saved") == get("small") + b"\xff" * (SIZE - 1000)
    status, output = run("--image", large, "--save", path("absent"), "--", "true")
    assert status == 1 and "longer than" in output, output
    assert run("--image", path("missing"), "--", "true")[0] == 1
    status, output = run("--save", path("no/such/place"), "--", "true")
    assert status == 1 and "cannot write" in output, output
    assert not os.path.exists(path("absent"))


def test_unknown_part():
    options = ["--part", "GD25Q16B", "--entry", "linked", "--id", "c46099"]
    status, output = flashrom(options + ["--sfdp", "1M"], "--flash-size")
    assert status == 0 and str(1 << 20) in output.split("\n"), output
    status, output = flashrom(options + ["--sfdp", "none"], "--flash-size")
    assert "unknown SPI chip (RDID)" in output and output.split()[-1] == "0", output


def test_relabelled_part():
    image, long = put("image", 5, SIZE // 2), put("long", 6, SIZE)
    options = CHIP + ["--capacity", "1M"]
    status, output = flashrom(options + ["--image", image, "--save", path("saved")],
                              "-r", path("read"))
    assert status == 0, output
    assert get("read") == 2 * get("image")
    assert get("saved") == get("image")
    status, output = run(*options, "--image", long, "--", "true")
    assert status == 1 and "longer than the 1048576 bytes" in output, output


def test_noise():
    image = put("image", 7)
    for i in "12":
        status, output = flashrom(CHIP + ["--image", image, "--noise", "20000", "--save",
                                          path("saved")], "-r", path("read" + i))
        assert status == 0, output
    wrong = sum(a != b for a, b in zip(get("read1"), get("image")))
    assert SIZE // 40000 < wrong < SIZE // 10000, wrong
    assert get("read1") == get("read2")
    assert get("saved") == get("image")


def test_register_writes_are_counted():
    options = ["--part", "GD25Q16B", "--entry", "linked", "--sr", "1c", "--stats", path("stats")]
    status, output = flashrom(options, "-r", path("read"))
    assert status == 0, output
    stats = json.loads(get("stats"))
    assert stats["sr_writes"] == stats["sr_write_commands"] == 2, stats
    assert stats["sr_writes_volatile"] == stats["sr_writes_needless"] == 0, stats


def test_values_that_do_not_fit_the_part():
    for options, words in (
            (["--id", "C460"], "six hexadecimal digits"),
            (["--id", "C4609X"], "six hexadecimal digits"),
            (["--capacity", "4M"], "from 64K to 2048K"),
            (["--capacity", "32K"], "from 64K to 2048K"),
            (["--capacity", "768K"], "power of two"),
            (["--capacity", "1G"], "power of two"),
            (["--capacity", "-1M"], "power of two"),
            (["--capacity", ""], "power of two"),
            (["--capacity", "18446744073709551615M"], "power of two"),
            (["--sfdp", "some"], "from 64K to 524288K"),
            (["--sfdp", "1024M"], "from 64K to 524288K"),
            (["--registers", "0"], "at least 1"),
            (["--registers", "3"], "at most 2 for a GD25Q16B"),
            (["--registers", "1", "--sr", "4004"], "from 0 to 255"),
            (["--sr-write", "none"], "part, joint, split, both"),
            (["--noise", "4294967296"], "from 0 to 4294967295")):
        status, output = run("--part", "GD25Q16B", *options, "--", "true")
        assert status == 2 and words in output, (options, status, output)
    for options in (["--capacity", "65536"], ["--capacity", "2M"], ["--sfdp", "512M"],
                    ["--sfdp", "part"], ["--registers", "2", "--sr", "ffff"],
                    ["--registers", "1", "--sr", "firmware"], ["--sr-write", "both"]):
        status, output = run("--part", "GD25Q16B", *options, "--", "true")
        assert status == 0, (options, status, output)


def test_bad_options():
    for options in (["run"], ["run", "--"], ["run", "--soc", "x", "--", "true"],
                    ["run", "--part", "x", "--", "true"], ["run", "--entry", "x", "--", "true"],
                    ["run", "--sr", "xyz", "--", "true"], ["run", "--sr", "1000000", "--", "true"],
                    ["run", "--host", "x", "--", "true"], ["run", "--seed", "-1", "--", "true"],
                    ["run", "--unplug-at", "", "--", "true"], ["run", "--adapter"],
                    ["run", "--kill-at", "", "--", "true"], ["run", "--kill-at", "x", "--", "true"],
                    ["run", "--kill-at", "-1", "--", "true"], ["run", "--kill-at"],
                    ["run", "--kill-at", "4294967296", "--", "true"],
                    ["run", "--do-at", "1", "--", "true"], ["run", "--do-at", "1:", "--", "true"],
                    ["run", "--do-at", "x:true", "--", "true"],
                    ["run", "--do-at", "-1:true", "--", "true"],
                    ["run", "--do-at", "0:true", "--", "true"],
                    ["run", "--do-at", "1s:true", "--", "true"],
                    ["serve", "--do-at", "1:true", "--listen", "127.0.0.1:1"],
                    ["serve", "--kill-at", "1", "--listen", "127.0.0.1:1"],
                    ["run", "--nonsense", "--", "true"], ["run", "--listen", "x", "--", "true"],
                    ["serve"], ["serve", "--listen", "127.0.0.1:1", "more"],
                    ["serve", "--adapter", "none", "--listen", "127.0.0.1:1"],
                    ["list"], ["list", "x"], [], ["dance"]):
        status, output = sim(*options)
        assert status == 2 and "beken-sim: " in output, (options, status, output)
    for address in "0.0.0.0:3240", "example.org:3240", "3240":
        status, output = sim("serve", "--listen", address)
        assert status == 1 and address in output, output


def test_lists():
    assert "BK7231N" in sim("list", "socs")[1].split("\n")
    parts = [line.split() for line in sim("list", "parts")[1].splitlines()]
    assert ["GD25Q16B", "C84015", "2048", "KiB", "GigaDevice"] in parts, parts
    assert "ottime" in sim("list", "bootloaders")[1].split("\n")
    assert "linked" in sim("list", "entries")[1].split("\n")
    assert sim("--version")[1].startswith("beken-sim ")
    assert "--unplug-at" in sim("--help")[1]


def needs(name):
    tools = {"test_usbip_lists": "usbip", "test_flashrom": "flashrom", "test_lsusb": "lsusb",
             "test_unknown": "flashrom", "test_relabelled": "flashrom", "test_noise": "flashrom",
             "test_register": "flashrom"}
    return next((tool for start, tool in tools.items() if name.startswith(start)), None)


def main():
    tests = {name: test for name, test in globals().items() if name.startswith("test_")}
    failures = 0
    print(f"1..{len(tests)}")
    for number, (name, test) in enumerate(tests.items(), 1):
        tool = needs(name)
        if tool and not shutil.which(tool, path=env["PATH"] + ":/usr/sbin:/sbin"):
            print(f"ok {number} {name} # SKIP {tool} is not installed", flush=True)
            continue
        try:
            test()
            print(f"ok {number} {name}", flush=True)
        except (AssertionError, OSError, subprocess.SubprocessError) as error:
            failures += 1
            print(f"not ok {number} {name}", flush=True)
            print("\n".join("# " + line for line in repr(error).split("\\n")), flush=True)
            import traceback
            print("# line", traceback.extract_tb(error.__traceback__)[-1].lineno)
    shutil.rmtree(work)
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
