# SPDX-License-Identifier: GPL-2.0-or-later
"""Sends a signal to the programs of its own process group whose command lines begin so.

usage: send.py NUMBER BEGIN... (for `beken-sim run --do-at`)
"""
import os
import pathlib
import sys


def main():
    number, begins = int(sys.argv[1]), tuple(sys.argv[2:])
    sent = 0
    for entry in pathlib.Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        pid = int(entry.name)
        try:
            words = (entry / "cmdline").read_bytes().decode(errors="replace")
            if os.getpgid(pid) == os.getpgrp() and words.startswith(begins):
                os.kill(pid, number)
                sent += 1
        except OSError:
            continue  # it has ended already
    if not sent:
        sys.exit(f"send.py: nobody is called {begins}")


if __name__ == "__main__":
    main()
