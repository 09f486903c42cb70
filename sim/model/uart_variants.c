/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sim/model/uart_variants.h"

#include <stddef.h>
#include <string.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static const uint32_t KNOWN_U[] = {
	0x1C7016, 0x1C7015, 0x1C4116, 0x1C6116, 0x0B4014, 0x0B4015, 0x0B4016, 0x0B4017, 0x0E4016,
	0xC84015, 0xC84016, 0xC86515, 0xEF4016, 0xEF4017, 0x204016, 0xC22315, 0xEB6015, 0xCD7115,
	0xCD6014, 0x854215, 0x856015, 0x852015, 0x852016, 0x856016, 0xC46015, 0,
};
static const uint32_t KNOWN_T[] = {
	0x1C7016, 0x1C7015, 0x0B4014, 0x0B4015, 0x0B4016, 0x0B4017, 0x0E4016, 0xC84015,
	0xC84016, 0x204016, 0xC22315, 0xEF4016, 0xEF4017, 0x856016, 0,
};
static const uint32_t KNOWN_2018[] = {
	0x1C7016, 0x0B4014, 0x0B4015, 0x0B4016, 0x0B4017, 0x0E4016, 0xC84015,
	0xC84016, 0x204016, 0xC22315, 0xEF4016, 0xEF4017, 0x856016, 0,
};
/* Between a frame length that was answered and one that was not. */
#define ROOM 6050
#define TUYA_ROOM 14650

/* IDs whose rows write one byte to the status register. */
static const uint32_t SINGLE[] = {0x1C7016, 0x1C7015, 0x1C4116, 0x1C6116, 0xC84016, 0x854215};

static const struct uart_variant VARIANTS[] = {
	{.name = "u",
	 .room = ROOM,
	 .limit = 0x2000,
	 .write_limit = 0x2000,
	 .checks_size = true,
	 .protects_unknown = true,
	 .known = KNOWN_U,
	 .first_window_us = 5000},
	{.name = "7251",
	 .room = ROOM,
	 .limit = 0x2000,
	 .write_limit = 0x2000,
	 .checks_size = true,
	 .protects_unknown = true,
	 .known = KNOWN_U,
	 .first_window_us = 5000},
	{.name = "t",
	 .room = TUYA_ROOM,
	 .version = "BK7231S_1.0.5",
	 .limit = 0x10000,
	 .write_limit = 0x20E0,
	 .known = KNOWN_T,
	 .first_window_us = 6600},
	{.name = "s",
	 .room = TUYA_ROOM,
	 .version = "BK7231S_1.0.1",
	 .limit = 0x10000,
	 .write_limit = 0x20E0,
	 .link_never_rearms = true,
	 .known = KNOWN_T,
	 .first_window_us = 6400},
	{.name = "q",
	 .room = ROOM,
	 .limit = 0x10000,
	 .write_limit = 0x20E0,
	 .divider_is_high = true,
	 .link_never_rearms = true,
	 .known = KNOWN_2018,
	 .first_window_us = 1900},
	{.name = "a9",
	 .room = ROOM,
	 .limit = 0x2000,
	 .write_limit = 0x2000,
	 .known = KNOWN_T,
	 .first_window_us = 5000},
	{.name = "ottime",
	 .room = ROOM,
	 .limit = 0x2000,
	 .write_limit = 0x2000,
	 .divider_is_high = true,
	 .link_never_rearms = true,
	 .reboot_jumps = true,
	 .known = KNOWN_2018,
	 .first_window_us = 6700},
	{.name = "n",
	 .room = ROOM,
	 .rom = true,
	 .first_window_us = 5000,
	 .chip_id = 0x0007231C,
	 .key = {0x510fb093, 0xa3cbeadc, 0x5993a17e, 0xc7adeb03}},
	{.name = "7238", .room = ROOM, .rom = true, .first_window_us = 5000, .chip_id = 0x00007238},
};

const struct uart_variant *uart_variant(unsigned index)
{
	return index < COUNT(VARIANTS) ? &VARIANTS[index] : NULL;
}

const struct uart_variant *uart_variant_by_name(const char *name)
{
	for (size_t i = 0; i < COUNT(VARIANTS); i++)
		if (!strcmp(VARIANTS[i].name, name))
			return &VARIANTS[i];
	return NULL;
}

bool uart_variant_knows(const struct uart_variant *variant, uint32_t id)
{
	for (const uint32_t *known = variant->known; known && *known; known++)
		if (*known == id)
			return true;
	return false;
}

bool uart_variant_single_register(const struct uart_variant *variant, uint32_t id)
{
	for (size_t i = 0; i < COUNT(SINGLE); i++)
		if (SINGLE[i] == id)
			return uart_variant_knows(variant, id);
	return false;
}
