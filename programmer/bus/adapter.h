/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * adapter.h - the table of adapters, one row each, and how one is chosen.
 *
 * An adapter is a file in programmer/adapters/ that makes a struct spi_bus, and a row in
 * adapters.c. Nothing else names it.
 */
#ifndef BUS_ADAPTER_H
#define BUS_ADAPTER_H

#include "base/observer.h"
#include "programmer/bus/spi.h"

/* A parameter that chooses the adapter, and its value: "usb" and "1-4.2". */
struct adapter_wish {
	const char *parameter; /* NULL: none was given, it is the only one there is */
	const char *value;
	uint32_t speed_hz; /* 0: the adapter's default */
	bool mode3;	   /* the clock is high at rest, SPI mode 3; else mode 0 */
	const char *cen;   /* of CEN_VALUES; one of the adapter's own pins is CEN then, see below */
};

struct usb_id {
	uint16_t vendor, product;
	const char *mode; /* the mode in which it is not an adapter: "UART position"; or NULL */
};

#define ADAPTER_USB_MODES 3

/* Where one is plugged in: the value of its parameter. */
struct adapter_place {
	const struct adapter *adapter;
	char value[48];
	const char *mode; /* not NULL: it is in that mode now, and not an adapter */
};

struct adapter {
	const char *name; /* for people; spi_caps.kind is the same */

	/* The parameter that chooses it; other rows may have the same. */
	const char *parameter;	/* "usb" */
	const char *value_help; /* "usb=BUS:ADDRESS or usb=BUS-PORT" */
	bool (*is_value)(const char *value);
	bool only_named; /* never chosen without the parameter: it may be something else */

	uint32_t slowest_hz, fastest_hz; /* 0: it has one speed */
	bool mode3;			 /* it can be set to mode 3 */

	struct usb_id usb; /* vendor 0: it is not on USB */

	/*
	 * The same hardware in modes where it is not an adapter (vendor 0 ends the list), and how
	 * to make it one.
	 */
	struct usb_id other_modes[ADAPTER_USB_MODES + 1];
	const char *mode_next; /* "Move its jumper to the SPI/I2C position" */

	/* Whether one that matches the wish is present. Opens nothing and raises nothing. */
	bool (*present)(const struct adapter *adapter, const struct adapter_wish *wish);
	/* All that are present, in any mode, up to @room; returns how many. Opens nothing. */
	size_t (*list)(const struct adapter *adapter, struct adapter_place *places, size_t room);
	/*
	 * NULL after a trouble, which was raised. Else pins are driven, CEN is high, and caps,
	 * port and observer are filled. Free with adapter_close(). The observer is kept. If the
	 * wish's cen names a pin of this adapter, that is CEN, and pins.cen is its name.
	 */
	struct spi_bus *(*open)(const struct adapter *adapter, const struct adapter_wish *wish,
				const struct observer *observer);
};

extern const struct adapter *const adapters[]; /* NULL ends it */

/*
 * Opens the adapter that @wish chooses, by its row's open(). Without a choice it is the only one
 * present; several are TROUBLE_MANY_ADAPTERS, and with none the message says what is present
 * instead. The table is @table, or with adapter_open() the program's own.
 */
struct spi_bus *adapter_open_of(const struct adapter *const *table, const struct adapter_wish *wish,
				const struct observer *observer);
struct spi_bus *adapter_open(const struct adapter_wish *wish, const struct observer *observer);

/* Releases it, CEN high. NULL is fine. */
void adapter_close(struct spi_bus *bus);

#endif
