/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>

#include "programmer/bus/adapter.h"
#include "programmer/programmer.h"

#define PLACES_MOST 32

size_t beken_places(struct beken_place *places, size_t room)
{
	struct adapter_place found[PLACES_MOST];
	size_t count = 0;

	for (const struct adapter *const *at = adapters; *at; at++)
		count += (*at)->list(*at, found + count, PLACES_MOST - count);
	for (size_t i = 0; i < count && i < room; i++) {
		places[i] = (struct beken_place){.mode = found[i].mode,
						 .only_named = found[i].adapter->only_named};
		snprintf(places[i].kind, sizeof(places[i].kind), "%s", found[i].adapter->name);
		snprintf(places[i].parameter, sizeof(places[i].parameter), "%s",
			 found[i].adapter->parameter);
		snprintf(places[i].value, sizeof(places[i].value), "%s", found[i].value);
	}
	return count < room ? count : room;
}
