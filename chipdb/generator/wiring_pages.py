# SPDX-License-Identifier: GPL-2.0-or-later
"""docs/modules.md and docs/wiring/*.svg: where the wires go, for people."""
from .documents import HEAD, table
from .modules import SIGNALS

# Of a CH341A: docs/wiring.md has its sources.
ADAPTER = {"P20": "D3 (SCK, CLK)", "P21": "D0 (CS0)", "P22": "D5 (MOSI)", "P23": "D7 (MISO)", "CEN": "D2",
           "3V3": "3.3 V", "GND": "GND"}
COLORS = {"P20": "#b58900", "P21": "#6c71c4", "P22": "#268bd2", "P23": "#2aa198", "CEN": "#d33682",
          "3V3": "#dc322f", "GND": "#586e75"}

WORDS = """# Where the wires go

Pads of modules and pins of packages, for each wire of [wiring.md](wiring.md). `beken-flash wiring NAME` prints one
of them, and the name leads to a picture. **-**: on no pad that is known; then the wire goes to the pin of the
package itself. Pin 1 of a package has the dot, and they are counted against the clock. Names with a T in front
are test points.

All of this is what others published, and none of it was tried here: measure before you solder. That CEN and GND
are right shows in seconds, by `beken-flash doctor --watch`.

"""


def pads_text(wiring, signal):
    return " or ".join(wiring.pads(signal)) or "-"


def modules_document(packages, modules, sources):
    head = ["", "SoC", "package", *SIGNALS, "source"]
    rows = [[f"[{wiring.name}](wiring/{wiring.name.lower()}.svg)", ", ".join(wiring.socs), wiring.package or "",
             *(pads_text(wiring, signal) for signal in SIGNALS),
             ", ".join(wiring.sources)]
            for wiring in [*packages.values(), *modules.values()]]
    used = dict.fromkeys(who for wiring in [*packages.values(), *modules.values()] for who in wiring.sources)
    named = [[who, sources.what[who]] for who in used]
    return HEAD + WORDS + table(head, rows) + "\n" + table(["Source", ""], named)


def place_of(wiring, packages, signal):
    """Where a wire ends: words, and whether that is a pad of the module."""
    kind = "pad" if wiring.package else "pin"
    if wiring.pads(signal):
        return f"{kind} {pads_text(wiring, signal)}", True
    chip = packages.get(wiring.package)
    if chip and chip.pads(signal):
        return f"no pad: pin {pads_text(chip, signal)} of the chip", False
    return "as the module's data sheet says", False


def picture(wiring, packages):
    """White below it, so that it can be read on a dark page, too."""
    height = 64 + 34 * len(SIGNALS)
    title = f"{wiring.name} ({', '.join(wiring.socs)})"
    parts = [
        '<!-- SPDX-License-Identifier: GPL-2.0-or-later -->',
        '<!-- Made by `make docs` from chipdb/modules.toml; do not edit. -->',
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 640 {height}" font-family="sans-serif" '
        'font-size="15">',
        f'<title>From a CH341A to a {title}</title>',
        f'<rect width="640" height="{height}" rx="8" fill="#fff"/>',
        f'<rect x="16" y="40" width="150" height="{height - 56}" rx="6" fill="#222"/>',
        f'<rect x="340" y="40" width="284" height="{height - 56}" rx="6" fill="#eee" stroke="#888"/>',
        '<text x="16" y="28" font-weight="bold">CH341A</text>',
        f'<text x="340" y="28" font-weight="bold">{title}</text>',
    ]
    for number, signal in enumerate(SIGNALS):
        y = 66 + 34 * number
        place, sure = place_of(wiring, packages, signal)
        dash = "" if sure else ' stroke-dasharray="6 4"'
        parts += [
            f'<line x1="166" y1="{y}" x2="340" y2="{y}" stroke="{COLORS[signal]}" stroke-width="4"{dash}/>',
            f'<text x="156" y="{y + 5}" text-anchor="end" fill="#fff">{ADAPTER[signal]}</text>',
            f'<text x="253" y="{y - 6}" text-anchor="middle" font-size="13">{signal}</text>',
            f'<text x="352" y="{y + 5}">{place}</text>',
        ]
    return "\n".join(parts + ["</svg>"]) + "\n"
