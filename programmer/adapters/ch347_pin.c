/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "programmer/adapters/ch347_pin.h"
#include "programmer/adapters/opening.h"

#include <stdlib.h>

#include "programmer/bus/cen.h"

#define OUTPUT_HIGH 0xf8
#define OUTPUT_LOW 0xf0

struct pin {
	struct cen cen;
	struct spi_bus *bus;
	ch347_set_pins *set;
	int number;
};

static enum trouble_kind set_level(struct cen *cen, bool level)
{
	const struct pin *pin = (const struct pin *)cen;
	uint8_t pins[CH347_PINS] = {0};

	pins[pin->number] = level ? OUTPUT_HIGH : OUTPUT_LOW;
	return pin->set(pin->bus, pins);
}

static void close_pin(struct cen *cen)
{
	set_level(cen, true);
	free(cen);
}

enum trouble_kind ch347_pin_put_on(struct spi_bus *bus, const struct adapter_wish *wish, bool is_f,
				   ch347_set_pins *set)
{
	static const struct cen_ops ops = {.set = set_level, .close = close_pin};
	int number = opening_own_cen(bus, wish, "gpio", is_f ? "01234567" : "467");
	enum trouble_kind kind;
	struct pin *pin;

	if (number < 0)
		return TROUBLE_NONE;
	pin = calloc(1, sizeof(*pin));
	if (!pin)
		return TROUBLE_NO_MEMORY;
	*pin = (struct pin){.cen.ops = &ops, .bus = bus, .set = set, .number = number};
	kind = set_level(&pin->cen, true);
	if (kind) {
		free(pin);
		return kind;
	}
	bus->cen = &pin->cen;
	bus->caps.cen = SPI_CEN_APART;
	return TROUBLE_NONE;
}
