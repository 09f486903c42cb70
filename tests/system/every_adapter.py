# SPDX-License-Identifier: GPL-2.0-or-later
"""Whatever the chip does, each adapter comes to the same end as a CH341A; TORTURE=1: all of it."""
import concurrent.futures
import json
import os
import pathlib
import subprocess
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
import rig
import tap

ADAPTERS = {
    "spi": "tries=6",
    "spidev": "tries=6,spidev=/dev/spidev0.0,cen=GPIO25,speed=7.5M",
    "ch347t": "tries=6,usb=1-1,speed=15M",
    "ch347t-old": "tries=6,usb=1-1,speed=15M",
    "ch347f": "tries=6,usb=1-1,speed=30M",
    "ft232h": "tries=6,usb=1-1,speed=30M",
}
SAMPLE = ("csharp", "no-cs")
# One that CEN does not reach may be the computer's own flash where the bus is the computer's.
OTHERS = {("spidev", "sticky"): "own-flash"}


def entries():
    if not os.environ.get("TORTURE"):
        return SAMPLE
    said = subprocess.run([rig.SIM, "list", "entries"], check=True, text=True, capture_output=True)
    # What enters one time in many does so by chance, which is not the same at another clock.
    return [name for name in said.stdout.split() if not name.startswith("flaky")]


def end(cell):
    """The kind with which it ended, and how it was left."""
    adapter, entry = cell
    bench = rig.Rig()
    try:
        run = bench.flash("detect", "--json", f"--params={ADAPTERS[adapter]},enter=always",
                          device=("--adapter", adapter, "--entry", entry, "--part", "GD25Q40B"))
        told = json.loads(run.output.splitlines()[-1])
        return told["kind"], run.stats["cen"], run.stats["sr_write_commands"]
    finally:
        bench.close()


class EveryAdapter(unittest.TestCase):
    def test_each_chip_is_linked_or_said_to_be_what_it_is(self):
        cells = [(adapter, entry) for entry in entries() for adapter in ADAPTERS]
        with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
            ends = dict(zip(cells, pool.map(end, cells)))
        for (adapter, entry), found in ends.items():
            with self.subTest(adapter=adapter, entry=entry):
                kind = OTHERS.get((adapter, entry), ends["spi", entry][0])
                self.assertEqual(found, (kind, "high", 0))


if __name__ == "__main__":
    tap.main()
