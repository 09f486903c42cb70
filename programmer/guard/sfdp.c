/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "programmer/guard/sfdp.h"

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

static uint32_t get32(const uint8_t *at)
{
	uint32_t value = 0;

	for (int i = 0; i < 4; i++)
		value |= (uint32_t)at[i] << 8 * i;
	return value;
}

/* @count bits from bit @low on. */
static uint32_t bits(uint32_t dword, unsigned low, unsigned count)
{
	return dword >> low & ((UINT32_C(1) << count) - 1);
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
		if (chipdb_erases_chip(&part->erase[i]))
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

bool sfdp_find(const uint8_t headers[SFDP_HEADERS], uint32_t *address, size_t *len)
{
	const uint8_t *basic = headers + 8; /* always the first parameter header */
	uint32_t dwords = basic[3];

	if (memcmp(headers, "SFDP", 4) != 0 || headers[5] != 1)
		return false;
	if (basic[0] != 0x00 || basic[2] != 1 || dwords < BASIC_DWORDS)
		return false;
	*address = bits(get32(basic + 4), 0, 24);
	if (*address % 4 || *address < SFDP_HEADERS || *address + 4 * dwords > 0x1000000)
		return false;
	*len = 4 * dwords < SFDP_BASIC_MOST ? 4 * dwords : SFDP_BASIC_MOST;
	return true;
}

/* Second double word: the number of bits less one, or the power of two. 0 if neither makes sense.
 */
static uint32_t size_told(uint32_t dword)
{
	uint64_t size = ((uint64_t)dword + 1) / 8;

	if (bits(dword, 31, 1)) {
		uint32_t power = bits(dword, 0, 31);

		if (power < 32 || power > 34)
			return 0;
		size = UINT64_C(1) << (power - 3);
	} else if (((uint64_t)dword + 1) % 8) {
		return 0;
	}
	return size >= 65536 && (size & (size - 1)) == 0 ? (uint32_t)size : 0;
}

/*
 * Opcodes that erase on 25-series parts. Nothing else is sent on a die's word: 01h with
 * an address would write the status registers.
 */
static bool is_erase(uint8_t opcode)
{
	return opcode == 0x20 || opcode == 0x52 || opcode == 0xd7 || opcode == 0xd8;
}

/* Sorted in by size; what is unusable or there already is left out. */
static void add_told_erase(struct sfdp *sfdp, struct chipdb_erase erase)
{
	size_t at = 0;

	if (!is_erase(erase.opcode) || erase.size < 4096 || erase.size > 65536 ||
	    erase.size >= sfdp->size)
		return;
	for (size_t i = 0; i < SFDP_ERASES && sfdp->erase[i].opcode; i++)
		if (sfdp->erase[i].opcode == erase.opcode || sfdp->erase[i].size == erase.size)
			return;
	while (at < SFDP_ERASES && sfdp->erase[at].opcode && sfdp->erase[at].size < erase.size)
		at++;
	if (at == SFDP_ERASES)
		return;
	memmove(&sfdp->erase[at + 1], &sfdp->erase[at],
		(SFDP_ERASES - 1 - at) * sizeof(sfdp->erase[0]));
	sfdp->erase[at] = erase;
}

/* "Count + 1" of 1, 16, 128 or 1000 ms; the longest time is an even multiple of that. */
static void erase_times(struct chipdb_erase *erase, uint32_t dword10, unsigned type)
{
	static const uint32_t unit_us[] = {1000, 16000, 128000, 1000000};
	uint32_t field = bits(dword10, 4 + 7 * type, 7);

	erase->typ_us = (bits(field, 0, 5) + 1) * unit_us[bits(field, 5, 2)];
	erase->max_us = 2 * (bits(dword10, 0, 4) + 1) * erase->typ_us;
}

static void program_and_chip_times(struct sfdp *sfdp, uint32_t dword10, uint32_t dword11)
{
	static const uint32_t chip_unit_us[] = {16000, 256000, 4000000, 64000000};
	uint64_t chip_max_us;

	sfdp->program_typ_us = (bits(dword11, 8, 5) + 1) * (bits(dword11, 13, 1) ? 64 : 8);
	sfdp->program_max_us = 2 * (bits(dword11, 0, 4) + 1) * sfdp->program_typ_us;
	sfdp->chip_erase_typ_us = (bits(dword11, 24, 5) + 1) * chip_unit_us[bits(dword11, 29, 2)];
	chip_max_us = UINT64_C(2) * (bits(dword10, 0, 4) + 1) * sfdp->chip_erase_typ_us;
	sfdp->chip_erase_max_us = chip_max_us < UINT32_MAX ? (uint32_t)chip_max_us : UINT32_MAX;
}

bool sfdp_parse(const uint8_t *basic, size_t len, struct sfdp *sfdp)
{
	uint32_t dword1, dword10 = 0, dword11 = 0;
	bool has_times = len >= 4 * 11;

	*sfdp = (struct sfdp){.page = 256};
	if (len < 4 * BASIC_DWORDS)
		return false;
	dword1 = get32(basic);
	sfdp->size = size_told(get32(basic + 4));
	/* Programs of single bytes, or addresses that always have four. */
	if (!sfdp->size || !(dword1 & DWORD1_WRITE_64) || bits(dword1, 17, 2) > 1)
		return false;
	if (has_times) {
		uint32_t power;

		dword10 = get32(basic + 36);
		dword11 = get32(basic + 40);
		power = bits(dword11, 4, 4);
		if (power < 6)
			return false;
		sfdp->page = power < 8 ? UINT32_C(1) << power : 256;
		program_and_chip_times(sfdp, dword10, dword11);
	}
	for (unsigned type = 0; type < 4; type++) {
		const uint8_t *field = basic + 28 + 2 * type;
		struct chipdb_erase erase = {.opcode = field[1]};

		if (field[0] == 0 || field[0] > 16)
			continue;
		erase.size = UINT32_C(1) << field[0];
		if (has_times)
			erase_times(&erase, dword10, type);
		add_told_erase(sfdp, erase);
	}
	if (bits(dword1, 0, 2) == DWORD1_ERASE_4K)
		add_told_erase(sfdp, (struct chipdb_erase){.opcode = (uint8_t)bits(dword1, 8, 8),
							   .size = 4096});
	return sfdp->erase[0].opcode != 0;
}
