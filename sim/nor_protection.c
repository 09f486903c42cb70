/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "nor_protection.h"

#define KIB 1024U

static bool is_set(const struct chipdb_part *part, uint32_t sr, enum chipdb_bit bit)
{
	return sr & chipdb_sr_mask(part, bit);
}

static uint32_t smaller(uint32_t a, uint32_t b)
{
	return a < b ? a : b;
}

static uint32_t selected_length(const struct chipdb_part *part, uint32_t sr)
{
	unsigned bp = (is_set(part, sr, CHIPDB_BP0) ? 1U : 0) |
		      (is_set(part, sr, CHIPDB_BP1) ? 2U : 0) |
		      (is_set(part, sr, CHIPDB_BP2) ? 4U : 0);

	if (bp == 0)
		return 0;
	if (is_set(part, sr, CHIPDB_4KBL))
		return smaller(4 * KIB << (bp - 1), 32 * KIB);
	if (bp == 7)
		return part->size;
	if (is_set(part, sr, CHIPDB_SEC))
		return smaller(4 * KIB << (bp - 1), 32 * KIB);
	return smaller(64 * KIB << (bp - 1), part->size);
}

struct nor_range nor_protected(const struct chipdb_part *part, uint32_t sr)
{
	uint32_t length = selected_length(part, sr);
	bool bottom = is_set(part, sr, CHIPDB_TB);

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

uint32_t nor_sr_merge(const struct chipdb_part *part, uint32_t sr, uint32_t value, uint32_t written)
{
	uint32_t fixed = chipdb_sr_mask(part, CHIPDB_WIP) | chipdb_sr_mask(part, CHIPDB_WEL) |
			 chipdb_sr_mask(part, CHIPDB_SUS) | chipdb_sr_mask(part, CHIPDB_UNKNOWN);
	uint32_t once = chipdb_sr_mask(part, CHIPDB_LB) & sr;

	written &= ~fixed;
	return (sr & ~written) | (value & written) | once;
}

bool nor_sr_locked(const struct chipdb_part *part, uint32_t sr, bool wp_low)
{
	if (is_set(part, sr, CHIPDB_SRP1))
		return true;
	/* In quad mode WP# is a data line and locks nothing. */
	return is_set(part, sr, CHIPDB_SRP0) && wp_low && !is_set(part, sr, CHIPDB_QE);
}
