/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "nor_sfdp.h"

#include <string.h>

#define HEADER_BYTES 16
#define WORDS 9
#define ERASE_TYPES 4
#define ERASE_4K 4096
#define NO_4K_ERASE UINT32_C(3)
#define HAS_4K_ERASE UINT32_C(1)
#define WRITES_64 (UINT32_C(1) << 2) /* the write buffer holds 64 bytes or more */
#define UNUSED_1 (UINT32_C(0x1FF) << 23 | UINT32_C(7) << 5)

static unsigned log2_of(uint32_t power_of_two)
{
	unsigned n = 0;

	while (power_of_two >>= 1)
		n++;
	return n;
}

void nor_sfdp_make(const struct chipdb_part *part, uint8_t table[SFDP_BYTES])
{
	static const uint8_t headers[HEADER_BYTES] = {
		'S', 'F', 'D', 'P', 0, 1, 0, 0xFF, 0x00, 0, 1, WORDS, HEADER_BYTES, 0, 0, 0xFF,
	};
	uint32_t words[WORDS] = {0};
	unsigned types = 0;

	/* 1-1-1 only: no fast read with several lines, 3-byte addresses. */
	words[0] = UNUSED_1 | WRITES_64 | NO_4K_ERASE | 0xFF00;
	words[1] = part->size * 8 - 1;
	words[4] = 0xFFFFFFEE;
	words[5] = 0x0000FFFF;
	words[6] = 0x0000FFFF;

	for (unsigned i = 0; i < CHIPDB_ERASES && part->erase[i].opcode; i++) {
		const struct chipdb_erase *erase = &part->erase[i];
		uint32_t type = log2_of(erase->size) | (uint32_t)erase->opcode << 8;

		if (erase->size == part->size || types == ERASE_TYPES)
			continue;
		if (erase->size == ERASE_4K)
			words[0] =
				UNUSED_1 | WRITES_64 | HAS_4K_ERASE | (uint32_t)erase->opcode << 8;
		words[7 + types / 2] |= type << 16 * (types % 2);
		types++;
	}

	memcpy(table, headers, HEADER_BYTES);
	for (unsigned i = 0; i < 4 * WORDS; i++)
		table[HEADER_BYTES + i] = (uint8_t)(words[i / 4] >> 8 * (i % 4));
}
