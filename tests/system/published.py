# SPDX-License-Identifier: GPL-2.0-or-later
"""What others measured with a CH341A, and the same on the virtual device.

rows() makes the runs; page() is docs/calibration.md. Virtual time does not depend on
the machine, so the page is the same wherever it is made.
"""
import collections

import rig

PAGE = rig.ROOT / "docs" / "calibration.md"
LIMIT = 5.0  # percent

PART = ("--part", "W25Q32")
MIB = 1 << 20
SIZE = 4 * MIB
PROGRAM_PAGES = SIZE // 256

E8400 = "bigbigmdm/Performance_of_chip_programmers, README"
HEADS = "linuxboot/heads, pull request 1282"
CH341PROG = "setarcos/ch341prog, README"
BOTH = CH341PROG + "; linuxboot/heads, issue 157"
LARGE = "a report with an MX25L25645G, flashrom 1.5.1, Linux 6.12.8"

# published is a range from low to high; it and simulated have the same unit.
Row = collections.namedtuple("Row", "what host low high unit source simulated compared")


def difference(row):
    """By how many percent it differs from the nearest end of the published range."""
    nearest = min(max(row.simulated, row.low), row.high)
    return (row.simulated / nearest - 1) * 100


def close(row):
    return abs(difference(row)) <= LIMIT


class Bench:
    """Runs on a W25Q32; each gives seconds of virtual time."""

    def __init__(self):
        self.rig = rig.Rig()
        self.content = rig.random_bytes(SIZE, 1)

    def seconds(self, run):
        if run.status != 0:
            raise RuntimeError(run.output)
        return run.stats["virtual_us"] / 1e6

    def expect(self, got, wanted):
        if got != wanted:
            raise RuntimeError("a run left other bytes than it should have")

    def probe(self, host):
        return self.seconds(self.rig.stock("--flash-size", device=(*PART, "--host", host)))

    def read(self, host):
        seconds = self.seconds(self.rig.stock("-r", "out.bin", image=self.content,
                                              device=(*PART, "--host", host)))
        self.expect(self.rig.file("out.bin").read_bytes(), self.content)
        return seconds

    def write(self, host):
        """On a blank chip, so that nothing is erased: read, program, verify."""
        run = self.rig.stock("-w", self.rig.file("new.bin", self.content),
                             device=(*PART, "--host", host))
        self.expect(run.die, self.content)
        self.expect(run.stats["page_programs"], PROGRAM_PAGES)
        return self.seconds(run)

    def _single_in(self, verb, host, size, **options):
        return self.rig.run(rig.BUILD / "tests" / "system" / "single-in", verb, str(size),
                            "data.bin", device=("--entry", "linked", *PART, "--host", host),
                            **options)

    def single_in_read(self, host):
        """Seconds for 1 MiB, if every packet costs the same and is waited for."""
        seconds = self.seconds(self._single_in("read", host, MIB, image=self.content))
        self.expect(self.rig.file("data.bin").read_bytes(), self.content[:MIB])
        return seconds

    def single_in_write(self, host):
        """Seconds for 1 MiB, if every page costs the same."""
        self.rig.file("data.bin", self.content[:MIB])
        run = self._single_in("write", host, MIB)
        self.expect(run.die[:MIB], self.content[:MIB])
        return self.seconds(run)


def rows():
    bench = Bench()
    try:
        probe = {host: bench.probe(host) for host in ("X", "X200", "T")}
        read = {host: bench.read(host) for host in ("X", "X200", "U", "T")}
        single_read = {host: bench.single_in_read(host) for host in ("X", "X200", "U")}
        single_write = {host: bench.single_in_write(host) for host in ("X", "X200", "U")}
        page_ms = (bench.write("U") - 2 * read["U"]) / PROGRAM_PAGES * 1000
    finally:
        bench.rig.close()

    def larger(host, factor):
        return probe[host] + factor * (read[host] - probe[host])

    def on_x(what, low, high, source, seconds, compared):
        """On the X host, and on the slow X200, which need not agree with what was published."""
        return [Row(what, host, low, high, "s", source, seconds(host),
                    compared or host == "X") for host in ("X", "X200")]

    return [
        *on_x("flashrom reads 32 MiB (a)", 252, 252, LARGE, lambda host: larger(host, 8), True),
        *on_x("ch341prog reads 8 MiB (a) (b)", 60, 63, BOTH,
              lambda host: 8 * single_read[host], True),
        *on_x("ch341prog writes 8 MiB (a) (b)", 86, 100, BOTH,
              lambda host: 8 * single_write[host], False),
        Row("flashrom and others read 4 MiB (c)", "U", 33.0, 34.6, "s", E8400, read["U"], True),
        Row("ch341prog reads 4 MiB (a)", "U", 135.3, 135.3, "s", E8400, 4 * single_read["U"], True),
        Row("ch341prog writes 4 MiB (a)", "U", 359.5, 359.5, "s", E8400, 4 * single_write["U"],
            True),
        Row("flashrom reads 4 MiB", "T", 67.78, 67.78, "s", HEADS, read["T"], True),
        Row("flashrom reads 8 MiB (a)", "T", 135.38, 135.38, "s", HEADS, larger("T", 2), True),
        # (write - read - verify) / pages of the README: (132.7 - 34.6 - 34.5) / 16384
        Row("flashrom programs a page (d)", "U", 3.88, 3.88, "ms", E8400, page_ms, False),
    ]


def table(rows_):
    lines = ["| measurement | published | class | simulated | difference | source |",
             "|---|---:|:---:|---:|---:|---|"]
    for row in rows_:
        digits = 2 if row.unit == "ms" else 1
        published = f"{row.low:g}" if row.low == row.high else f"{row.low:.1f} to {row.high:.1f}"
        lines.append(f"| {row.what} | {published} {row.unit} | {row.host} "
                     f"| {row.simulated:.{digits}f} {row.unit} | {difference(row):+.1f} % "
                     f"| {row.source} |")
    return "\n".join(lines)


def page(all_rows):
    reproduced = [row for row in all_rows if row.compared]
    others = [row for row in all_rows if not row.compared]
    program = next(row for row in others if row.unit == "ms")
    share = program.low / program.simulated * 100
    return f"""<!-- SPDX-License-Identifier: GPL-2.0-or-later -->
<!-- Made by `make calibrate`; change tests/system/published.py, not this page. -->
# How close the virtual adapter's time is to real ones

The model is one engine that runs packets one after the other, 40 us each and 6.03 us a SPI byte, below one of four kinds
of USB host: X (xHCI, a transfer begins 25 us after it was submitted and is seen 25 us after it ended), X200 (the same with
200 and 75 us), U (UHCI, seen when the next 1 ms frame begins, 16 us between two packets) and T (not explained, two packets
in 1 ms); `sim/model/ch341a_engine.c` and `sim/model/host.h` say where each figure comes from.
Not modelled are the time that a program needs to start and to compute, jitter, Windows, and what else is on the bus; and no
report names its controller, so the classes are inferred.

None of these figures was measured by this project: the published ones are others', from real adapters, and the simulated
ones are virtual time of real programs (flashrom 1.3.0, and `tests/system/single_in.c`, which does as ch341prog does) on a
virtual W25Q32. The difference is to the nearest end of what was published.

{table(reproduced)}

A test keeps each of these within {LIMIT:g} %.

(a) flashrom's reads measured on 4 MiB, all that ch341prog does on 1 MiB, and scaled; probing is not scaled. The virtual chips
are not larger, and every page, every packet and every read command costs the same.

(b) 63 and 86 s are from ch341prog's own page, about 60 and about 100 s from a report that does not name its program, which
was probably ch341prog. Neither the hosts nor the contents are known.

(c) SNANDer 33.0 s, IMSProg 33.2 and 33.9 s, flashrom 1.2 34.6 s, which includes its start, all on one machine. They read
4 to 64 KiB at a time, so what they have in common is the time for each packet, 244 us. The adapter takes 227; why it was
more there is not known. U has the difference as a pause between two packets.

## How uncertain the cost of a transfer is

A program that waits for each transfer depends on how long a host takes to start it and to report its end; one that sends
many at once does not. flashrom's reading of 32 MiB leaves 0.5 ms for each of its commands, if nothing but the host took it and the
adapter's clock is as measured on a wire; ch341prog's write, thirteen waits a page, leaves 0.05 ms. X is fitted to all
of them at once; X200 is the other end. A gain of this project over another program that depends on the host is stated for
both, here and by `make bench`: with X it is the smaller one.

## Published, but not comparable

{table(others)}

(d) The published figure is a write minus a read and a verify, over all {PROGRAM_PAGES} pages. But flashrom leaves out blank pages, and
what was written is not known, so {program.low} ms is the least that a page can have cost. The model's {program.simulated:.2f} ms are six frames: one for
WREN, three for the page and two for the status, because flashrom ends the page's CS window only with the first status
command, which therefore always finds the chip busy. It would agree if {share:.0f} % of the pages were not blank. ch341prog leaves
out none, and its write on the same machine, 22 frames a page, agrees.

## What can be tested

On T, a block of 64 KiB takes 1.06 s. IMSProg and SNANDer read such blocks and wait 1 s for each: the model predicts that
they fail there, while flashrom, which reads 4 KiB at a time, takes 68 s for 4 MiB. Nobody has reported either.

## Programming on T

On T a job takes as long as it has packets, 0.5 ms each, whatever they hold. flashrom-beken needs 12 for a page: nine with
its 260 bytes, one with the status, and two with the chip selects, in which the write enable is clocked by hand. The floor of
`make bench` has ten, and none for the pins.

Eleven would do if the status were clocked by hand, too. Between two pages there are then two packets with 60 pin operations.
Of these one ends the page, 16 clock the command, 16 its answer, two look at the bits of it that count, one ends that window,
17 clock and end the write enable, and one begins the next page: 54. The six that are left are delays of at most 64 us each, so
that the answer begins 0.40 ms after the page. But a page takes 0.4 ms typically on the fastest parts that are known, 0.7 ms on
most, and the next may take longer; a look that comes too early costs more pages than are gained. To begin the answer in
the first packet and let the 0.5 ms to the next one pass in the middle of it would rely on a status that may change within a
byte, for which there is no source. A packet without the mark at its end would have room for another delay; nobody has shown that it works.
And a page that is begun before the last one is known to be done is no gain, but a check less.
"""
