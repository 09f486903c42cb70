/* SPDX-License-Identifier: GPL-2.0-or-later */
/* sfdp_table.h - a table of JESD216A, with times, written from that standard. */
#ifndef TESTS_SFDP_TABLE_H
#define TESTS_SFDP_TABLE_H

#include <stdint.h>
#include <string.h>

#define SFDP_TABLE_SIZE (0x20 + 16 * 4)

static inline void sfdp_table_put(uint8_t *table, unsigned dword, uint32_t value)
{
	for (unsigned i = 0; i < 4; i++)
		table[0x20 + 4 * (dword - 1) + i] = (uint8_t)(value >> 8 * i);
}

/*
 * 20h 4 KiB 48 ms, 52h 32 KiB 128 ms, D8h 64 KiB 160 ms (10 * 16); at most 2 * (4 + 1) times
 * that; pages of 256 bytes, 384 us (6 * 64), at most 2 * (2 + 1) times; all of it 7.68 s
 * (30 * 256 ms). The basic table is at 20h.
 */
static inline void sfdp_table_jesd216a(uint8_t *space, uint32_t size)
{
	static const uint8_t headers[16] = {'S', 'F', 'D', 'P', 5,    1, 0, 0xff,
					    0,	 5,   1,   16,	0x20, 0, 0, 0xff};

	memset(space, 0xff, 512);
	memset(space + 0x20, 0, 64);
	memcpy(space, headers, 16);
	sfdp_table_put(space, 1, 0xfff120e5);
	sfdp_table_put(space, 2, size * 8 - 1);
	sfdp_table_put(space, 8, 0x520f200c);
	sfdp_table_put(space, 9, 0x0000d810);
	sfdp_table_put(space, 10,
		       4 | (2u | 1u << 5) << 4 | (7u | 1u << 5) << 11 | (9u | 1u << 5) << 18);
	sfdp_table_put(space, 11, 2 | 8u << 4 | (5u | 1u << 5) << 8 | (29u | 1u << 5) << 24);
}

#endif
