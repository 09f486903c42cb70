/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "programmer/bus/adapter.h"

#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "programmer/adapters/ch341a.h"
#include "programmer/adapters/ch347.h"
#include "programmer/adapters/ft232h.h"
#include "programmer/adapters/spidev.h"
#include "programmer/bus/cen.h"

const struct adapter *const adapters[] = {
	&ch341a_adapter,  &ch347t_adapter,  &ch347f_adapter, &ft232h_adapter,
	&ft2232h_adapter, &ft4232h_adapter, &spidev_adapter, NULL,
};

static bool answers_to(const struct adapter *adapter, const struct adapter_wish *wish)
{
	if (!wish->parameter)
		return !adapter->only_named;
	return strcmp(wish->parameter, adapter->parameter) == 0;
}

#define PLACES_MOST 16
#define LIST_ROOM 400

/* All adapters that are present and have the wished parameter, also those that must be named. */
static size_t find_places(const struct adapter *const *table, const struct adapter_wish *wish,
			  struct adapter_place places[PLACES_MOST])
{
	size_t count = 0;

	for (; *table; table++)
		if (!wish->parameter || strcmp(wish->parameter, (*table)->parameter) == 0)
			count += (*table)->list(*table, places + count, PLACES_MOST - count);
	return count;
}

static void name_places(const struct adapter_place *places, size_t count, char list[LIST_ROOM])
{
	size_t len = 0;

	list[0] = '\0';
	for (size_t i = 0; i < count && len < LIST_ROOM; i++)
		len += (size_t)snprintf(list + len, LIST_ROOM - len, "%s%s at %s=%s", i ? ", " : "",
					places[i].adapter->name, places[i].adapter->parameter,
					places[i].value);
}

static void raise_several(const struct adapter *const *table, const struct adapter_wish *wish,
			  const struct observer *observer)
{
	struct adapter_place places[PLACES_MOST];
	size_t count = find_places(table, wish, places), kept = 0;
	struct trouble trouble;
	char list[LIST_ROOM];

	for (size_t i = 0; i < count; i++)
		if (answers_to(places[i].adapter, wish) && !places[i].mode)
			places[kept++] = places[i];
	name_places(places, kept, list);
	trouble = trouble_seen(TROUBLE_MANY_ADAPTERS, "adapters of several kinds are present: %s",
			       list);
	trouble_add_number(&trouble, "adapters", kept);
	observer_tell(observer, &trouble);
}

static void raise_others(const struct adapter_place *places, size_t count,
			 const struct adapter_wish *wish, const struct observer *observer)
{
	struct trouble trouble;
	char list[LIST_ROOM];

	name_places(places, count, list);
	if (wish->parameter)
		trouble = trouble_seen(TROUBLE_NO_ADAPTER, "there is no adapter at %s=%s, but %s",
				       wish->parameter, wish->value, list);
	else
		trouble =
			trouble_seen(TROUBLE_NO_ADAPTER,
				     "no adapter that is chosen automatically; there is %s", list);
	trouble_set_next(&trouble, "If that is the one, name it: %s=%s",
			 places[0].adapter->parameter, places[0].value);
	if (wish->parameter)
		trouble_add_text(&trouble, wish->parameter, "%s", wish->value);
	trouble_add_number(&trouble, "adapters", count);
	observer_tell(observer, &trouble);
}

/*
 * None of those that are present is meant. Returns the adapter whose open() reports why: one in
 * another mode, or the first one, if there is nothing; NULL if a trouble was raised.
 */
static const struct adapter *none_of_them(const struct adapter *const *table,
					  const struct adapter_wish *wish,
					  const struct observer *observer)
{
	struct adapter_place places[PLACES_MOST];
	size_t count = find_places(table, wish, places), others = 0;

	for (size_t i = 0; i < count; i++) {
		if (places[i].mode && (!wish->value || strcmp(wish->value, places[i].value) == 0))
			return places[i].adapter;
		if (!places[i].mode)
			places[others++] = places[i];
	}
	if (others) {
		raise_others(places, others, wish, observer);
		return NULL;
	}
	while (!answers_to(*table, wish))
		table++;
	return *table;
}

/* The number of rows that match the wish. */
static unsigned rows_of(const struct adapter *const *table, const struct adapter_wish *wish)
{
	unsigned rows = 0;

	for (; *table; table++)
		rows += answers_to(*table, wish);
	return rows;
}

/* NULL after a trouble was raised. If only one row matches, no search is needed. */
static const struct adapter *choose(const struct adapter *const *table,
				    const struct adapter_wish *wish,
				    const struct observer *observer)
{
	const bool only = rows_of(table, wish) == 1;
	const struct adapter *found = NULL;

	for (const struct adapter *const *row = table; *row; row++) {
		if (!answers_to(*row, wish) || (!only && !(*row)->present(*row, wish)))
			continue;
		if (found) {
			raise_several(table, wish, observer);
			return NULL;
		}
		found = *row;
	}
	return found ? found : none_of_them(table, wish, observer);
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
				       "a %s has one speed: omit speed=", adapter->name);
		return false;
	}
	if (wish->mode3 && !adapter->mode3) {
		observer_raise(observer, TROUBLE_USAGE, NO_RANGE,
			       "a %s has only mode 0: omit mode=", adapter->name);
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
