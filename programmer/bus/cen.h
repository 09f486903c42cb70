/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * cen.h - what drives CEN, where that is not a pin of the adapter: a GPIO line of this computer, a
 * line of a serial port, or a person.
 *
 * A driver for CEN is attached to a bus, whatever its adapter, and the bus owns it from then on:
 * SPI_CEN goes to it, and adapter_close() releases it. It ends the stream (SPI_CEN_APART).
 */
#ifndef BUS_CEN_H
#define BUS_CEN_H

#include "base/observer.h"
#include "programmer/bus/spi.h"

struct cen;

struct cen_ops {
	/* High lets the SoC run. Returns a kind of trouble, which was not raised. */
	enum trouble_kind (*set)(struct cen *cen, bool level);
	/* Released, high, and freed. */
	void (*close)(struct cen *cen);
};

/* Each driver of CEN embeds this as its first member. */
struct cen {
	const struct cen_ops *ops;
	char name[SPI_PIN_ROOM]; /* "GPIO25", as pins.cen of an adapter */
	/*
	 * A person does it: set() says what is to be done and does not wait for it, so that only
	 * the chip shows when CEN rises.
	 */
	bool by_hand;
};

struct cen_wish {
	const char *value; /* one of CEN_VALUES; NULL: the adapter's own pin */
	bool push_pull; /* a GPIO line drives CEN high, too; else the pull-up of the module does */
};

#define CEN_VALUES                                                                                 \
	"cen=own|acbus0|gpio7|GPIO25|gpiochip0:25|rts:/dev/ttyUSB0|dtr:/dev/ttyUSB0|manual|none, " \
	"cen_drive=open-drain|push-pull"
#define CEN_VALUE_ROOM 128

/* Whether @value has the form of one; nothing is opened. */
bool cen_is_value(const char *value);

/* Whether opening that one is a reset of the chip by itself. */
bool cen_opens_low(const char *value);

/*
 * Attaches it to the bus, CEN high; "none" means that there is no wire to CEN, and the name of the
 * pin that the adapter has as CEN already means that. False after a trouble, which was raised; the
 * bus is then unchanged.
 */
bool cen_put_on(struct spi_bus *bus, const struct cen_wish *wish);

#endif
