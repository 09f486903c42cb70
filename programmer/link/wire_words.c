/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The words of wire_verdict.h. */
#include <stdio.h>
#include <string.h>

#include "programmer/link/wire_verdict.h"

struct words {
	const char *text, *next;
};

/*
 * {a} and {b} are pads, {A} and {B} the adapter's pins for them; {clock} and others as everywhere,
 * {beside} the pin next to that of CEN.
 */
static const struct words words[WIRE_CAUSE_COUNT] = {
	[WIRE_OPEN] = {"{a} is not connected to {A}",
		       "measure from {A} of the adapter to the pad {a}: it should beep"},
	[WIRE_SWAPPED] = {"{a} and {b} are swapped",
			  "connect {a} to {A} and {b} to {B} of the adapter"},
	[WIRE_MISPLACED] = {"{a} is on {B}", "connect {a} to {A} of the adapter"},
	[WIRE_CEN_BESIDE] = {"CEN is on {beside}, the pin next to {cen}", "move the wire to {cen}"},
	[WIRE_CEN_AT_CLOCK] = {"CEN is on {clock}, the pin next to {cen}",
			       "move the wire to {cen}, and look for a bridge between the two"},
	[WIRE_GROUND_SWAPPED] = {"{a} and ground are swapped",
				 "look where the wire of {A} ends: at a pad, or at ground?"},
	[WIRE_HELD_LOW] = {"something holds {a} low",
			   "with all power off, measure from {a} to ground: it must not beep. "
			   "Disconnect what else is on it"},
	[WIRE_HELD_HIGH] = {"something holds {a} high",
			    "with all power off, measure from {a} to 3.3 V: it must not beep. "
			    "Disconnect what else is on it"},
	[WIRE_BRIDGED] = {"{a} and {b} touch", "look for solder between the two pads or wires"},
	[WIRE_OTHER_DRIVER] = {"another chip sends on {a}",
			       "disconnect what else is on it, such as a serial adapter"},
	[WIRE_NO_WIRES] = {"nothing is connected", "docs/wiring.md says which wire goes where"},
	[WIRE_NO_POWER] = {"the module has no power",
			   "measure 3.3 V between 3V3 and GND of the module"},
	[WIRE_WEAK_SUPPLY] = {"the chip restarts again and again: its supply is too weak",
			      "feed the module with 3.3 V from a supply that gives 300 mA"},
	[WIRE_NO_GROUND] = {"the grounds of adapter and module are not joined",
			    "measure from GND of the adapter to GND of the module: it should beep"},
	[WIRE_NOISE] = {"bits get lost on the way, as on long wires or bad contacts",
			"make all wires shorter than 10 cm, and solder rather than clip"},
	[WIRE_SLOW_WIRE] = {"{a} is too slow for the adapter's clock, which cannot be changed",
			    "make its wire shorter than 10 cm, and disconnect what else is on it"},
	[WIRE_IN_RESET] =
		{"the board holds CEN low",
		 "measure 3.3 V on CEN of the module: is a button or another chip there?"},
	[WIRE_BARE_DIE] = {"this is a flash without a SoC, or CEN has no effect on it",
			   "for a flash alone use flashrom with its own driver of the adapter"},
	[WIRE_ENTERS_RARELY] = {"the chip enters SPI mode only sometimes",
				"give it more tries: tries=200"},
	[WIRE_MODE_CLOSED] = {"the SPI mode of this chip may be disabled for good",
			      "believe this only when all wires were measured: nothing helps then"},
	[WIRE_NO_FLASH] = {"the chip takes D2, but its flash does not answer",
			   "cut the module's power for a second, and try again"},
	[WIRE_NOT_RESET] = {"no flash answers, and a reset was forbidden", "omit enter=never"},
	[WIRE_CEN_UNDRIVEN] = {"nothing drives CEN, and this adapter has no pin for it",
			       "say what does: cen=GPIO25 (a GPIO line), cen=rts:/dev/ttyUSB0 (a "
			       "serial port), or cen=manual (by hand)"},
};

const char *wire_cause_name(enum wire_cause cause)
{
	static const char *const names[] = {
#define X(id, name) [WIRE_##id] = name,
		WIRE_CAUSES(X)
#undef X
	};

	return names[cause];
}

const char *wire_pad(uint8_t line)
{
	switch (line) {
	case SPI_LINE_CLOCK:
		return "P20";
	case SPI_LINE_SELECT:
		return "P21";
	case SPI_LINE_OUT:
		return "P22";
	case SPI_LINE_IN:
		return "P23";
	default:
		return "CEN";
	}
}

static const char *pin_of(const struct spi_caps *caps, uint8_t line)
{
	switch (line) {
	case SPI_LINE_CLOCK:
		return caps->pins.clock;
	case SPI_LINE_SELECT:
		return caps->pins.select;
	case SPI_LINE_OUT:
		return caps->pins.out;
	case SPI_LINE_IN:
		return caps->pins.in;
	case SPI_LINE_CEN:
		return caps->pins.cen;
	default:
		return caps->beside_cen;
	}
}

/* The replacement of the word of @length characters at @word; NULL: spi_pins_put() does it. */
static const char *value_of(const struct wire_suspect *suspect, const struct spi_caps *caps,
			    const char *word, size_t length)
{
	if (length == 6 && memcmp(word, "beside", 6) == 0)
		return caps->beside_cen;
	if (length != 1)
		return NULL;
	switch (word[0]) {
	case 'a':
		return wire_pad(suspect->a);
	case 'b':
		return wire_pad(suspect->b);
	case 'A':
		return pin_of(caps, suspect->a);
	case 'B':
		return pin_of(caps, suspect->b);
	default:
		return NULL;
	}
}

static const char *put(const struct wire_suspect *suspect, const struct spi_caps *caps,
		       const char *from, char text[WIRE_TEXT_ROOM])
{
	char half[WIRE_TEXT_ROOM] = "";
	size_t length = 0;

	while (*from && length + 1 < sizeof(half)) {
		const char *end = *from == '{' ? strchr(from, '}') : NULL;
		const char *value =
			end ? value_of(suspect, caps, from + 1, (size_t)(end - from - 1)) : NULL;

		if (value) {
			length +=
				(size_t)snprintf(half + length, sizeof(half) - length, "%s", value);
			from = end + 1;
		} else {
			half[length++] = *from++;
		}
		if (length < sizeof(half))
			half[length] = '\0';
	}
	return spi_pins_put(&caps->pins, half, text, WIRE_TEXT_ROOM);
}

const char *wire_suspect_text(const struct wire_suspect *suspect, const struct spi_caps *caps,
			      char text[WIRE_TEXT_ROOM])
{
	return put(suspect, caps, words[suspect->cause].text, text);
}

const char *wire_suspect_next(const struct wire_suspect *suspect, const struct spi_caps *caps,
			      char text[WIRE_TEXT_ROOM])
{
	return put(suspect, caps, words[suspect->cause].next, text);
}
