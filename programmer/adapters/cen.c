/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "programmer/bus/cen.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "programmer/adapters/gpio_line.h"
#include "programmer/adapters/tty_line.h"

struct hand {
	struct cen cen;
	const struct observer *observer;
};

static enum trouble_kind ask_for(struct cen *cen, bool level)
{
	const struct hand *hand = (const struct hand *)cen;

	if (!level)
		observer_note(hand->observer, NOTE_WARN, TROUBLE_NONE,
			      "now connect CEN to ground (GND) for a second, and release it");
	return TROUBLE_NONE;
}

static void free_hand(struct cen *cen)
{
	free(cen);
}

static const struct cen_ops hand_ops = {.set = ask_for, .close = free_hand};

static struct cen *hand_open(const struct cen_wish *wish, const struct observer *observer)
{
	struct hand *hand = calloc(1, sizeof(*hand));

	(void)wish;
	if (!hand) {
		observer_raise(observer, TROUBLE_NO_MEMORY, NO_RANGE, "out of memory");
		return NULL;
	}
	hand->cen = (struct cen){.ops = &hand_ops, .name = "ground, by hand", .by_hand = true};
	hand->observer = observer;
	return &hand->cen;
}

static bool is(const char *value, const char *word)
{
	return strcmp(value, word) == 0;
}

bool cen_is_value(const char *value)
{
	return is(value, "own") || is(value, "none") || is(value, "manual") || tty_line_is(value) ||
	       gpio_line_is(value);
}

bool cen_opens_low(const char *value)
{
	return tty_line_is(value);
}

static struct cen *open_cen(const struct cen_wish *wish, const struct observer *observer)
{
	if (is(wish->value, "manual"))
		return hand_open(wish, observer);
	return tty_line_is(wish->value) ? tty_line_open(wish, observer)
					: gpio_line_open(wish, observer);
}

bool cen_put_on(struct spi_bus *bus, const struct cen_wish *wish)
{
	struct cen *cen;

	if (!wish->value || is(wish->value, "own") ||
	    strcasecmp(wish->value, bus->caps.pins.cen) == 0)
		return true;
	if (is(wish->value, "none")) {
		bus->caps.cen = SPI_CEN_NONE;
		bus->caps.pins.cen[0] = '\0';
		bus->caps.beside_cen = NULL;
		return true;
	}
	cen = open_cen(wish, bus->observer);
	if (!cen)
		return false;
	bus->cen = cen;
	bus->caps.cen = SPI_CEN_APART;
	memcpy(bus->caps.pins.cen, cen->name, sizeof(cen->name));
	/* Steps by hand move the adapter's own pins alone. */
	bus->caps.beside_cen = NULL;
	return true;
}
