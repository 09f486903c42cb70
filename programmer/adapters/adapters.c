/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "programmer/bus/adapter.h"

#include <stddef.h>
#include <string.h>

#include "programmer/adapters/ch341a.h"
#include "programmer/adapters/ch347.h"
#include "programmer/adapters/ft232h.h"
#include "programmer/adapters/spidev.h"
#include "programmer/bus/cen.h"

const struct adapter *const adapters[] = {
	&ch341a_adapter, &spidev_adapter, &ft232h_adapter, &ch347t_adapter, &ch347f_adapter, NULL,
};

static bool answers_to(const struct adapter *adapter, const struct adapter_wish *wish)
{
	if (!wish->parameter)
		return !adapter->only_named;
	return strcmp(wish->parameter, adapter->parameter) == 0;
}

/* The first that could be meant; *only: there is no other. */
static const struct adapter *first_of(const struct adapter *const *table,
				      const struct adapter_wish *wish, bool *only)
{
	const struct adapter *first = NULL;

	*only = true;
	for (; *table; table++) {
		*only &= !first || !answers_to(*table, wish);
		if (!first && answers_to(*table, wish))
			first = *table;
	}
	return first;
}

/* When none is there, the first one's open() says what is wrong. */
static const struct adapter *choose(const struct adapter *const *table,
				    const struct adapter_wish *wish,
				    const struct observer *observer)
{
	bool only;
	const struct adapter *first = first_of(table, wish, &only), *found = NULL;

	for (; *table && !only; table++) {
		if (!answers_to(*table, wish) || !(*table)->present(*table, wish))
			continue;
		if (found) {
			observer_raise(observer, TROUBLE_MANY_ADAPTERS, NO_RANGE,
				       "adapters of several kinds are there: %s and %s",
				       found->name, (*table)->name);
			return NULL;
		}
		found = *table;
	}
	return found ? found : first;
}

/* Raises what the adapter cannot do. */
static bool can_do(const struct adapter *adapter, const struct adapter_wish *wish,
		   const struct observer *observer)
{
	if (wish->speed_hz &&
	    (wish->speed_hz < adapter->slowest_hz || wish->speed_hz > adapter->fastest_hz)) {
		if (adapter->fastest_hz)
			observer_raise(observer, TROUBLE_USAGE, NO_RANGE,
				       "speed= of a %s is from %u to %u Hz", adapter->name,
				       (unsigned)adapter->slowest_hz,
				       (unsigned)adapter->fastest_hz);
		else
			observer_raise(observer, TROUBLE_USAGE, NO_RANGE,
				       "a %s has one speed: leave speed= away", adapter->name);
		return false;
	}
	if (wish->mode3 && !adapter->mode3) {
		observer_raise(observer, TROUBLE_USAGE, NO_RANGE,
			       "a %s has mode 0 alone: leave mode= away", adapter->name);
		return false;
	}
	return true;
}

struct spi_bus *adapter_open_of(const struct adapter *const *table, const struct adapter_wish *wish,
				const struct observer *observer)
{
	const struct adapter *adapter = choose(table, wish, observer);

	if (!adapter || !can_do(adapter, wish, observer))
		return NULL;
	return adapter->open(adapter, wish, observer);
}

struct spi_bus *adapter_open(const struct adapter_wish *wish, const struct observer *observer)
{
	return adapter_open_of(adapters, wish, observer);
}

void adapter_close(struct spi_bus *bus)
{
	if (!bus)
		return;
	if (bus->cen)
		bus->cen->ops->close(bus->cen);
	bus->ops->close(bus);
}
