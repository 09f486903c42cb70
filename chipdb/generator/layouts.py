# SPDX-License-Identifier: GPL-2.0-or-later
"""Layout files for flashrom -l: first and last byte of every region, and of the gaps between."""


def size_name(size):
    return f"{size >> 20}M" if size >= 1 << 20 else f"{size >> 10}K"


def rows(soc, size):
    """(first, last, name) that cover the whole flash; gaps are called rest1, rest2, ..."""
    covered, gaps, result = 0, 0, []
    for region in soc.regions_in(size) + [{"name": None, "start": size, "length": 0}]:
        if region["start"] > covered:
            gaps += 1
            result.append((covered, region["start"] - 1, f"rest{gaps}"))
        if region["name"]:
            covered = region["start"] + region["length"]
            result.append((region["start"], covered - 1, region["name"]))
    return result


def layouts(socs):
    """{file name: text}, one for each SoC and size of flash."""
    return {
        f"{soc.name}-{size_name(size)}.layout":
            "".join(f"{first:08x}:{last:08x} {name}\n" for first, last, name in rows(soc, size))
        for soc in socs for size in soc.data["flash"]
    }
