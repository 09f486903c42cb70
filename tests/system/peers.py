# SPDX-License-Identifier: GPL-2.0-or-later
"""Programs of others for the CH341A, run unmodified on the virtual device where they are installed.

None of them can bring a Beken chip into SPI mode: they get one that is linked already, with a flash
that all of them know and that is not protected. What they leave is compared with what they were given.
"""
import collections
import shutil

import rig

PART, SIZE = "GD25Q16B", 2 << 20

# Each job is a list of commands; {file} is the file that they read to, or write from.
Peer = collections.namedtuple("Peer", "name program where read write")
PEERS = [
    Peer("flashrom, ch341a_spi", "flashrom", "Debian: flashrom",
         [["-p", "ch341a_spi", "-r", "{file}"]], [["-p", "ch341a_spi", "-w", "{file}"]]),
    Peer("flashprog", "flashprog", "Debian 13: flashprog",
         [["-p", "ch341a_spi", "-r", "{file}"]], [["-p", "ch341a_spi", "-w", "{file}"]]),
    Peer("ch341prog", "ch341prog", "github.com/setarcos/ch341prog",
         [["-r", "{file}"]], [["-e"], ["-w", "{file}"]]),
    Peer("SNANDer", "snander", "github.com/Droid-MAX/SNANDer",
         [["-r", "{file}"]], [["-e"], ["-w", "{file}"]]),
]
# Without a command line, or with other libraries than the one that the simulator preloads.
NOT_RUN = "IMSProg (a window only), ufprog (its own device libraries)"


def installed():
    return [peer for peer in PEERS if shutil.which(peer.program)]


def looked_for():
    return "\n".join(f"{peer.name:22} {peer.program:11} "
                     f"{'here' if shutil.which(peer.program) else 'not here'}: {peer.where}"
                     for peer in PEERS) + f"\nnot run: {NOT_RUN}"


def seconds(peer, job, host):
    """Virtual seconds for the whole job, or None if it failed."""
    old, new = rig.random_bytes(SIZE, 1), rig.random_bytes(SIZE, 2)
    bench = rig.Rig()
    try:
        path = bench.file("file.bin", b"" if job == "read" else new)
        if job == "read":
            path.unlink()
        die, total = old, 0
        for arguments in getattr(peer, job):
            run = bench.run(peer.program, *(word.format(file=path) for word in arguments),
                            image=die, device=("--entry", "linked", "--part", PART, "--host", host))
            # The exit status says nothing: SNANDer's is 255 after "Status: OK".
            die, total = run.die, total + run.stats["virtual_us"] / 1e6
        good = path.exists() and path.read_bytes() == old if job == "read" else die == new
        return total if good else None
    finally:
        bench.close()
