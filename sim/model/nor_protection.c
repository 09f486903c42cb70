/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sim/model/nor_protection.h"

#define KIB 1024U

static bool is_set(const struct chipdb_part *part, uint32_t sr, enum chipdb_bit bit)
{
	return sr & chipdb_sr_mask(part, bit);
}

static uint32_t smaller(uint32_t a, uint32_t b)
{
	return a < b ? a : b;
}

static uint32_t larger(uint32_t a, uint32_t b)
{
	return a > b ? a : b;
}

/* The number that the BP bits make. */
static unsigned count(const struct chipdb_part *part, uint32_t sr)
{
	return (is_set(part, sr, CHIPDB_BP0) ? 1U : 0) | (is_set(part, sr, CHIPDB_BP1) ? 2U : 0) |
	       (is_set(part, sr, CHIPDB_BP2) ? 4U : 0) | (is_set(part, sr, CHIPDB_BP3) ? 8U : 0);
}

static uint32_t selected_length(const struct chipdb_part *part, uint32_t sr)
{
	bool four_bits = chipdb_sr_mask(part, CHIPDB_BP3);
	uint32_t block = four_bits ? 64 * KIB : larger(64 * KIB, part->size / 64);
	unsigned bp = count(part, sr), all_set = count(part, UINT32_MAX);

	if (bp == 0)
		return 0;
	if (is_set(part, sr, CHIPDB_4KBL))
		return smaller(4 * KIB << (bp - 1), 32 * KIB);
	if (bp == all_set)
		return part->size;
	if (is_set(part, sr, CHIPDB_SEC))
		return smaller(4 * KIB << (bp - 1), 32 * KIB);
	return smaller(block << (bp - 1), part->size);
}

struct nor_range nor_protected(const struct chipdb_part *part, uint32_t sr)
{
	uint32_t length = selected_length(part, sr);
	bool bottom = is_set(part, sr, CHIPDB_TB) || is_set(part, sr, CHIPDB_TB_OTP);

	if (is_set(part, sr, CHIPDB_CMP)) {
		length = part->size - length;
		bottom = !bottom;
	}
	return (struct nor_range){bottom ? 0 : part->size - length, length};
}

bool nor_range_hit(struct nor_range protected, uint32_t start, uint32_t length)
{
	return protected.length && length && start < protected.start + protected.length &&
	       protected.start < start + length;
}
