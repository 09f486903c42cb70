/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "programmer/guard/protection_state.h"

#define BP_SECTOR 0x1000u
#define BP_SECTORS_MOST 0x8000u
#define BP_BLOCK 0x10000u
#define BP_FIELD 0x7cu /* BP and related bits in SR1 */

static bool is_set(const struct chipdb_part *part, uint32_t sr, enum chipdb_bit bit)
{
	return sr & chipdb_sr_mask(part, bit);
}

static unsigned bp_of(const struct chipdb_part *part, uint32_t sr)
{
	static const enum chipdb_bit bits[] = {CHIPDB_BP0, CHIPDB_BP1, CHIPDB_BP2, CHIPDB_BP3};
	unsigned bp = 0;

	for (unsigned i = 0; i < sizeof(bits) / sizeof(bits[0]); i++)
		if (is_set(part, sr, bits[i]))
			bp |= 1u << i;
	return bp;
}

uint32_t protection_size_bits(const struct chipdb_part *part)
{
	return chipdb_sr_mask(part, CHIPDB_BP0) | chipdb_sr_mask(part, CHIPDB_BP1) |
	       chipdb_sr_mask(part, CHIPDB_BP2) | chipdb_sr_mask(part, CHIPDB_BP3);
}

uint32_t protection_mask(const struct chipdb_part *part)
{
	return protection_size_bits(part) | chipdb_sr_mask(part, CHIPDB_TB) |
	       chipdb_sr_mask(part, CHIPDB_SEC) | chipdb_sr_mask(part, CHIPDB_CMP);
}

/* BP = 0 selects nothing and all ones everything; CMP turns that round. */
bool protection_active(const struct chipdb_part *part, uint32_t sr)
{
	uint32_t bits = protection_size_bits(part);

	if (sr & chipdb_sr_mask(part, CHIPDB_WPS))
		return false;
	return (sr & bits) != (sr & chipdb_sr_mask(part, CHIPDB_CMP) ? bits : 0);
}

/* @unit doubled BP - 1 times, but not above @most. */
static uint32_t doubled(uint32_t unit, unsigned bp, uint32_t most)
{
	uint64_t length = (uint64_t)unit << (bp - 1);

	return length < most ? (uint32_t)length : most;
}

/* What BP selects, before CMP. */
static uint32_t selected(const struct chipdb_part *part, uint32_t sr)
{
	const unsigned bp = bp_of(part, sr), all = bp_of(part, UINT32_MAX);
	uint32_t block = part->size / 64 > BP_BLOCK && all <= 7 ? part->size / 64 : BP_BLOCK;

	if (bp == 0)
		return 0;
	if (is_set(part, sr, CHIPDB_4KBL))
		return doubled(BP_SECTOR, bp, BP_SECTORS_MOST);
	if (bp == all)
		return part->size;
	return is_set(part, sr, CHIPDB_SEC) ? doubled(BP_SECTOR, bp, BP_SECTORS_MOST)
					    : doubled(block, bp, part->size);
}

static struct range range_of(const struct chipdb_part *part, uint32_t sr)
{
	uint32_t length = selected(part, sr);
	bool bottom = is_set(part, sr, CHIPDB_TB) || is_set(part, sr, CHIPDB_TB_OTP);

	if (is_set(part, sr, CHIPDB_CMP)) {
		length = part->size - length;
		bottom = !bottom;
	}
	return (struct range){bottom ? 0 : part->size - length, length};
}

static enum protection_lock lock_of(const struct chipdb_part *part, uint32_t sr)
{
	bool srp0 = is_set(part, sr, CHIPDB_SRP0);

	if (is_set(part, sr, CHIPDB_SRP1))
		return srp0 ? LOCK_GOOD : LOCK_POWER;
	return srp0 && !is_set(part, sr, CHIPDB_QE) ? LOCK_PIN : LOCK_NONE;
}

void protection_state_of(const struct chipdb_part *part, uint32_t sr,
			 struct protection_state *state)
{
	*state = (struct protection_state){
		.registers = sr,
		.active = protection_active(part, sr),
		.by_blocks = is_set(part, sr, CHIPDB_WPS),
		.lock = lock_of(part, sr),
	};
	/* A bit of unknown meaning may affect the range, too. */
	state->known = !state->active ||
		       (part->bp_ranges && !(sr & BP_FIELD & chipdb_sr_mask(part, CHIPDB_UNKNOWN)));
	if (state->known && state->active)
		ranges_add(&state->ranges, range_of(part, sr));
	state->active = state->active && (!state->known || state->ranges.count);
}
