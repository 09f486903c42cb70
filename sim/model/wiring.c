/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sim/model/wiring.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ITEM_ROOM 32

const struct wiring wiring_right = {
	.goes = {[PAD_P20] = 3,
		 [PAD_P21] = 0,
		 [PAD_P22] = 5,
		 [PAD_P23] = 7,
		 [PAD_CEN] = 2,
		 [PAD_GND] = PIN_GROUND},
};

static const char *const pad_names[] = {"P20", "P21", "P22", "P23", "CEN", "GND", NULL};
static const char *const place_names[] = {"D0", "D1", "D2",  "D3",   "D4", "D5",
					  "D6", "D7", "GND", "open", NULL};
static const char *const held_names[] = {"free", "low", "high", "moving", NULL};
static const char *const supply_names[] = {"good", "none", "weak", NULL};

/* The place of @length characters of @text in @names, or -1. */
static int find(const char *const *names, const char *text, size_t length)
{
	for (int i = 0; names[i]; i++)
		if (strlen(names[i]) == length && memcmp(names[i], text, length) == 0)
			return i;
	return -1;
}

static bool swap_pads(struct wiring *wiring, const char *text)
{
	const char *slash = strchr(text, '/');
	int one = slash ? find(pad_names, text, (size_t)(slash - text)) : -1;
	int other = slash ? find(pad_names, slash + 1, strlen(slash + 1)) : -1;
	uint8_t goes;

	if (one < 0 || other < 0 || one == other)
		return false;
	goes = wiring->goes[one];
	wiring->goes[one] = wiring->goes[other];
	wiring->goes[other] = goes;
	return true;
}

static bool set_noise(struct wiring *wiring, const char *text)
{
	char *end;
	unsigned long value = strtoul(text, &end, 10);

	if (text[0] < '0' || text[0] > '9' || *end || value > UINT32_MAX)
		return false;
	wiring->noise = (uint32_t)value;
	return true;
}

static bool set_named(struct wiring *wiring, const char *item, size_t length, const char *value)
{
	int pad = find(pad_names, item, length), place;

	if (length == 4 && memcmp(item, "swap", 4) == 0)
		return swap_pads(wiring, value);
	if (length == 5 && memcmp(item, "noise", 5) == 0)
		return set_noise(wiring, value);
	if (length == 6 && memcmp(item, "supply", 6) == 0) {
		place = find(supply_names, value, strlen(value));
		if (place >= 0)
			wiring->supply = (enum supply)place;
		return place >= 0;
	}
	place = find(place_names, value, strlen(value));
	if (pad < 0 || place < 0)
		return false;
	wiring->goes[pad] = (uint8_t)place;
	return true;
}

bool wiring_change(struct wiring *wiring, const char *item)
{
	const char *sign = strpbrk(item, "=:");
	int pad, held;

	wiring->given = true;
	if (!sign) {
		wiring->bridged |= strcmp(item, "bridge") == 0;
		wiring->slow |= strcmp(item, "slow") == 0;
		return strcmp(item, "bridge") == 0 || strcmp(item, "slow") == 0;
	}
	if (*sign == '=')
		return set_named(wiring, item, (size_t)(sign - item), sign + 1);
	pad = find(pad_names, item, (size_t)(sign - item));
	held = find(held_names, sign + 1, strlen(sign + 1));
	if (pad < 0 || pad == PAD_GND || held < 0)
		return false;
	wiring->held[pad] = (enum held)held;
	return true;
}

bool wiring_parse(struct wiring *wiring, const char *text)
{
	char item[ITEM_ROOM];

	while (*text) {
		size_t length = strcspn(text, ",");

		if (length == 0 || length >= sizeof(item))
			return false;
		memcpy(item, text, length);
		item[length] = '\0';
		if (!wiring_change(wiring, item))
			return false;
		text += length + (text[length] == ',');
	}
	return true;
}
