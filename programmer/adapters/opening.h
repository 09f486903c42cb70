/* SPDX-License-Identifier: GPL-2.0-or-later */
/* opening.h - what the open() of every adapter does at its start and its end. */
#ifndef OPENING_H
#define OPENING_H

#include "programmer/bus/adapter.h"

/* @size zeroed bytes, which begin with a bus of these ops and this observer. NULL: it was raised.
 */
void *opening_begin(size_t size, const struct spi_adapter_ops *ops,
		    const struct observer *observer);

/*
 * Returns the bus if @kind is NONE. Else closes it and returns NULL; if the adapter is @there,
 * raises that it takes no commands. A missing adapter was raised already by the code that looked
 * for it.
 */
struct spi_bus *opening_end(struct spi_bus *bus, enum trouble_kind kind, bool there);

/*
 * Whether cen= names a pin of this adapter: @prefix in small letters, as "GPIO7" is a line of this
 * computer, and one of the @digits. Returns that, and it becomes pins.cen, in capitals; else -1.
 */
int opening_own_cen(struct spi_bus *bus, const struct adapter_wish *wish, const char *prefix,
		    const char *digits);

#endif
