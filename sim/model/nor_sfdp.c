/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sim/model/nor_sfdp.h"

#include <string.h>

#include "sim/model/nor_command.h"

#define HEADER_BYTES 16
#define WORDS 9
#define ERASE_TYPES 4
#define ERASE_4K 4096
#define NO_4K_ERASE UINT32_C(3)
#define HAS_4K_ERASE UINT32_C(1)
#define WRITES_64 (UINT32_C(1) << 2) /* the write buffer holds 64 bytes or more */
#define EITHER_ADDRESS (UINT32_C(1) << 17)
#define SIXTEEN_MIB (UINT32_C(1) << 24)
#define TWO_GBIT (UINT32_C(1) << 28) /* in bytes */
#define UNUSED_1 (UINT32_C(0x1FF) << 23 | UINT32_C(7) << 5)

static unsigned log2_of(uint32_t power_of_two)
{
	unsigned n = 0;

	while (power_of_two >>= 1)
		n++;
	return n;
}

/* Up to 2 Gbit the number of bits less one, above that the power of two, marked by bit 31. */
static uint32_t density(uint32_t size)
{
	if (size > TWO_GBIT)
		return UINT32_C(1) << 31 | (log2_of(size) + 3);
	return (uint32_t)(UINT64_C(8) * size - 1);
}

void nor_sfdp_make(const struct chipdb_part *part, uint32_t size, uint8_t table[SFDP_BYTES])
{
	static const uint8_t headers[HEADER_BYTES] = {
		'S', 'F', 'D', 'P', 0, 1, 0, 0xFF, 0x00, 0, 1, WORDS, HEADER_BYTES, 0, 0, 0xFF,
	};
	uint32_t words[WORDS] = {0}, erase_4k = NO_4K_ERASE | UINT32_C(0xFF) << 8;
	unsigned types = 0;

	for (unsigned i = 0; i < CHIPDB_ERASES && part->erase[i].opcode; i++) {
		const struct chipdb_erase *erase = &part->erase[i];
		uint32_t opcode = nor_usual_erase(erase->opcode);

		if (nor_is_chip_erase(erase->opcode) || types == ERASE_TYPES)
			continue;
		if (erase->size == ERASE_4K)
			erase_4k = HAS_4K_ERASE | opcode << 8;
		words[7 + types / 2] |= (log2_of(erase->size) | opcode << 8) << 16 * (types % 2);
		types++;
	}
	/* 1-1-1 only: no fast read with several lines. */
	words[0] = UNUSED_1 | WRITES_64 | erase_4k | (size > SIXTEEN_MIB ? EITHER_ADDRESS : 0);
	words[1] = density(size);
	words[4] = 0xFFFFFFEE;
	words[5] = 0x0000FFFF;
	words[6] = 0x0000FFFF;

	memcpy(table, headers, HEADER_BYTES);
	for (unsigned i = 0; i < 4 * WORDS; i++)
		table[HEADER_BYTES + i] = (uint8_t)(words[i / 4] >> 8 * (i % 4));
}
