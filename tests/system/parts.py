# SPDX-License-Identifier: GPL-2.0-or-later
"""Stock flashrom does all its jobs on every kind of part of the database."""
import concurrent.futures
import os
import pathlib
import sys
import tomllib

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
import rig
import tap

KIB = 1024
PAGE, SECTOR, BLOCK = 256, 4 * KIB, 64 * KIB
EDGE = 256 * KIB  # content at both ends of the die; the middle is blank

# The last block but one and a piece of the last: where CMP and BP0 protect, and above 16 MiB on a
# large part. Not a multiple of a sector.
TAIL, LENGTH = 2 * BLOCK, BLOCK + 2 * SECTOR + 100


WRITTEN = (0, 1, 9, 15)  # pages of each sector


# What distinguishes the kinds of parts, besides the size.
KIND = ("family", "program", "erase", "sr1", "sr3", "firmware_sr", "sr_write", "sr_volatile",
        "one_byte_01_clears_sr2", "needless_write_locks")


def parts():
    """{name: size} of flash dies: the first of each kind, or with TORTURE=1 all of them."""
    found = {}
    for file in sorted((rig.ROOT / "chipdb" / "parts").glob("*.toml")):
        for part in tomllib.loads(file.read_text()).values():
            if "refuse" in part:
                continue
            kind = part["name"] if "TORTURE" in os.environ else repr([*map(part.get, KIND)])
            found.setdefault(kind, (part["name"], part["size"]))
    return dict(found.values())


def content(size, seed):
    """Random at both ends, blank between them, since large dies take long to make."""
    edge = min(EDGE, size // 2)
    ends = rig.random_bytes(2 * edge, seed)
    return ends[:edge] + b"\xff" * (size - 2 * edge) + ends[edge:]


def written(length):
    """Every fourth page, among them the first and last of a sector; blank pages are only erased."""
    random, pages = rig.random_bytes(length, 2), range(-(-length // PAGE))
    return b"".join(random[page * PAGE:(page + 1) * PAGE] if page % 16 in WRITTEN else
                    b"\xff" * len(random[page * PAGE:(page + 1) * PAGE]) for page in pages)


def tail_of(size):
    """First address and length of what is written."""
    return (0, SECTOR * 5 + 100) if size <= TAIL else (size - TAIL, LENGTH)


def write_tail(name, size, asks, *, params="", device=()):
    """By the name that flashrom is asked for, which takes a second, or up to 16 MiB by the table, at once."""
    bench = rig.Rig()
    try:
        start, length = tail_of(size)
        old = content(size, 1)
        new = old[:start] + written(length) + old[start + length:]
        bench.file("layout", f"{start:08x}:{start + length - 1:08x} part\n".encode())
        chip = [] if asks or size > 16 << 20 else ["-c", "SFDP-capable chip"]
        run = bench.beken(*chip, "-l", "layout", "-i", "part", "-N", "-w",
                          bench.file("new.bin", new), image=old, params=params,
                          device=("--part", name, "--sr", "firmware", *device))
        return name, size, run, new
    finally:
        bench.close()


class Parts(rig.Case):
    def test_every_kind_of_part_is_read_erased_written_and_verified(self):
        # flashrom is asked about every fourth part.
        found = {name: (size, number % 4 == 0)
                 for number, (name, size) in enumerate(parts().items())}
        self.assertGreaterEqual(len(found), 40)
        with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
            for name, size, run, new in pool.map(
                    lambda part: write_tail(part[0], *part[1]), found.items()):
                with self.subTest(part=name):
                    self.check(name, size, run, new)

    def check(self, name, size, run, new):
        self.assertEqual(run.status, 0, f"{name}: {run.output}")
        self.verified(run)
        self.same(run.die, new)
        # The user is told the real name, before flashrom starts and afterwards.
        self.assertIn(name, run.output.split("serprog", 1)[0])
        # The bus carries full pages, whatever part flashrom takes it for.
        start, length = tail_of(size)
        pages = sum(any(byte != 0xff for byte in run.die[at:at + PAGE])
                    for at in range(start, start + length, PAGE))
        self.assertLessEqual(run.stats["page_programs"], pages + 17, name)
        self.assertEqual(run.stats["ignored_protected"], 0, name)
        self.assertLessEqual(run.stats["sr_writes"], 3, name)
        self.assertEqual(run.stats["cen"], "high")


if __name__ == "__main__":
    tap.main()
