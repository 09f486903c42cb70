# SPDX-License-Identifier: GPL-2.0-or-later
"""docs/modules.md and docs/wiring/*.svg: where the wires go, for people."""
from .documents import HEAD, table
from .modules import SIGNALS, UART_SIGNALS

COLORS = {"P20": "#b58900", "P21": "#6c71c4", "P22": "#268bd2", "P23": "#2aa198", "CEN": "#d33682",
          "3V3": "#dc322f", "GND": "#586e75"}

WORDS = """# Where the wires go

Pads of modules and pins of packages, for each wire of [wiring.md](wiring.md), and RX1 (P10) and TX1 (P11) for the way
through the bootloader ([uart.md](uart.md)). `beken-flash wiring NAME` prints one of them, and the name leads to a
picture of the SPI wires. **-**: no pad is known; then the wire goes to the pin of the package
itself. Pin 1 of a package has the dot, and pins are counted counterclockwise. Names that begin with T are test
points.

All of this is what others published, and none of it was tried here: measure before you solder.
`beken-flash doctor --watch` shows within seconds whether CEN and GND are right.

"""


def pads_text(wiring, signal):
    return " or ".join(wiring.pads(signal)) or "-"


def modules_document(packages, modules, sources):
    signals = SIGNALS + UART_SIGNALS
    head = ["", "SoC", "package", *signals, "source"]
    rows = [[f"[{wiring.name}](wiring/{wiring.name.lower()}.svg)", ", ".join(wiring.socs), wiring.package or "",
             *(pads_text(wiring, signal) for signal in signals),
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


def picture(wiring, packages, adapters):
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
            f'<text x="156" y="{y + 5}" text-anchor="end" fill="#fff">{adapters["CH341A"].ends[signal][0]}</text>',
            f'<text x="253" y="{y - 6}" text-anchor="middle" font-size="13">{signal}</text>',
            f'<text x="352" y="{y + 5}">{place}</text>',
        ]
    return "\n".join(parts + ["</svg>"]) + "\n"


# What the pads of modules are called, see docs/wiring.md.
PADS = {"P20": "TCK, F_SCK, SCK", "P21": "TMS, F_CS, CSN", "P22": "TDI, F_SI, SI", "P23": "TDO, F_SO, SO",
        "CEN": "CE, CEN, EN, RST", "3V3": "3V3, VCC", "GND": "GND"}
BOX, GAP = 76, 34


def strip_of(adapter, top):
    """The rows of pins, those with a wire in its color."""
    parts = []
    for row, pins in enumerate(adapter.strip):
        for number, pin in enumerate(pins):
            signal = adapter.signal_at(pin)
            x, y = 16 + BOX * number, top + GAP * row
            parts += [
                f'<rect x="{x}" y="{y}" width="{BOX - 4}" height="{GAP - 6}" rx="4" '
                f'fill="{COLORS[signal] if signal else "#bbb"}"/>',
                f'<text x="{x + BOX // 2 - 2}" y="{y + 19}" text-anchor="middle" font-size="12" '
                f'fill="{"#fff" if signal else "#222"}">{pin}</text>',
            ]
    return parts


def adapter_picture(adapter):
    """White below it, so that it can be read on a dark page, too."""
    rows = 64 + GAP * len(SIGNALS)
    height = rows + (GAP * len(adapter.strip) + 10 if adapter.strip else 0)
    parts = [
        '<!-- SPDX-License-Identifier: GPL-2.0-or-later -->',
        '<!-- Made by `make docs` from chipdb/adapters.toml; do not edit. -->',
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 640 {height}" font-family="sans-serif" '
        'font-size="15">',
        f'<title>From a {adapter.title} to a module</title>',
        f'<rect width="640" height="{height}" rx="8" fill="#fff"/>',
        f'<rect x="16" y="40" width="260" height="{rows - 56}" rx="6" fill="#222"/>',
        f'<rect x="424" y="40" width="200" height="{rows - 56}" rx="6" fill="#eee" stroke="#888"/>',
        f'<text x="16" y="28" font-weight="bold">{adapter.title}</text>',
        '<text x="424" y="28" font-weight="bold">module</text>',
    ]
    for number, signal in enumerate(SIGNALS):
        y = 66 + GAP * number
        pin, place, labels = adapter.ends[signal]
        small = ", ".join(text for text in (place, labels) if text and text != pin)
        parts += [
            f'<line x1="276" y1="{y}" x2="424" y2="{y}" stroke="{COLORS[signal]}" stroke-width="4"/>',
            f'<text x="28" y="{y + 5}" font-size="11" fill="#ccc">{small}</text>',
            f'<text x="266" y="{y + 5}" text-anchor="end" fill="#fff">{pin}</text>',
            f'<text x="350" y="{y - 6}" text-anchor="middle" font-size="13">{signal}</text>',
            f'<text x="436" y="{y + 5}">{PADS[signal]}</text>',
        ]
    return "\n".join(parts + strip_of(adapter, rows - 6) + ["</svg>"]) + "\n"
