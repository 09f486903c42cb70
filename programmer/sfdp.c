/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sfdp.h"

#include <string.h>

#define BASIC_TABLE 0x10
#define BASIC_DWORDS 9

/*
 * First double word: 20h erases 4 KiB, writes of 64 bytes or more, status
 * register volatile with 06h as its enable, 3-byte addresses, no dual or quad reads.
 */
#define DWORD1_WRITE_64 0x04u
#define DWORD1_VOLATILE_WREN 0x18u
#define DWORD1_RESERVED_ONES 0xff8000e0u
#define DWORD1_ERASE_4K 0x01u
#define DWORD1_NO_ERASE_4K 0x03u

/* Double words 5 to 7 without 2-2-2 and 4-4-4 reads: only reserved ones. */
#define DWORD5_RESERVED_ONES 0xffffffeeu
#define DWORD67_RESERVED_ONES 0x0000ffffu

static void put32(uint8_t *at, uint32_t value)
{
	for (int i = 0; i < 4; i++)
		at[i] = (uint8_t)(value >> 8 * i);
}

static uint8_t log2_of(uint32_t size)
{
	uint8_t power = 0;

	while (size >>= 1)
		power++;
	return power;
}

void sfdp_make(const struct chipdb_part *part, uint8_t table[SFDP_SIZE])
{
	static const uint8_t headers[BASIC_TABLE] = {
		'S',	     'F',  'D',	 'P',
		0x00,	     0x01, 0x00, 0xff, /* revision 1.0, one table */
		0x00,	     0x00, 0x01, BASIC_DWORDS,
		BASIC_TABLE, 0x00, 0x00, 0xff,
	};
	uint8_t *basic = table + BASIC_TABLE, *types = basic + 28;
	uint32_t dword1 = DWORD1_RESERVED_ONES | DWORD1_WRITE_64 | DWORD1_VOLATILE_WREN;
	uint8_t opcode_4k = 0xff;

	memset(table, 0, SFDP_SIZE);
	memcpy(table, headers, sizeof(headers));
	for (size_t i = 0; i < CHIPDB_ERASES && part->erase[i].opcode; i++) {
		if (part->erase[i].size == part->size)
			break;
		if (part->erase[i].size == 4096)
			opcode_4k = part->erase[i].opcode;
		if (types < table + SFDP_SIZE) {
			*types++ = log2_of(part->erase[i].size);
			*types++ = part->erase[i].opcode;
		}
	}
	dword1 |= opcode_4k != 0xff ? DWORD1_ERASE_4K : DWORD1_NO_ERASE_4K;
	put32(basic, dword1 | (uint32_t)opcode_4k << 8);
	put32(basic + 4, part->size * 8 - 1);
	put32(basic + 16, DWORD5_RESERVED_ONES);
	put32(basic + 20, DWORD67_RESERVED_ONES);
	put32(basic + 24, DWORD67_RESERVED_ONES);
}
