/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>

#include "programmer/bus/adapter.h"
#include "programmer/link/link.h"
#include "programmer/programmer.h"

#define PLACES_MOST 32

/* What may be something else, and so is only named. */
static size_t list_links(struct beken_place *places, size_t room)
{
	struct link_place found[PLACES_MOST];
	size_t count = 0, limit = room < PLACES_MOST ? room : PLACES_MOST;

	for (const struct programmer *const *at = programmers; *at; at++)
		if ((*at)->list)
			count += (*at)->list(found + count, limit - count);
	for (size_t i = 0; i < count; i++) {
		places[i] = (struct beken_place){.only_named = true};
		snprintf(places[i].kind, sizeof(places[i].kind), "%s", found[i].kind);
		snprintf(places[i].parameter, sizeof(places[i].parameter), "%s",
			 found[i].parameter);
		snprintf(places[i].value, sizeof(places[i].value), "%s", found[i].value);
	}
	return count;
}

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
	count = count < room ? count : room;
	return count + list_links(places + count, room - count);
}
