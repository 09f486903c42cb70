/* SPDX-License-Identifier: GPL-2.0-or-later */
/* pins.h - the driver uses the same names for an adapter's pins as the pictures and the tables. */
#ifndef TESTS_PINS_H
#define TESTS_PINS_H

#include "tests/unit.h"
#include "chipdb/chipdb.h"
#include "programmer/bus/spi.h"

/* @name: as in the chip database. CEN "": it is not a pin of this adapter. */
static inline void assert_pins_are_drawn(const struct spi_pins *pins, const char *name)
{
	const struct chipdb_adapter *adapter = chipdb_adapters;

	while (strcmp(adapter->name, name) != 0)
		assert_true(++adapter < chipdb_adapters + chipdb_adapter_count);
	assert_string_equal(pins->clock, adapter->pins[CHIPDB_P20]);
	assert_string_equal(pins->select, adapter->pins[CHIPDB_P21]);
	assert_string_equal(pins->out, adapter->pins[CHIPDB_P22]);
	assert_string_equal(pins->in, adapter->pins[CHIPDB_P23]);
	if (pins->cen[0])
		assert_string_equal(pins->cen, adapter->pins[CHIPDB_CEN]);
}

#endif
