/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sim/model/nor_locks.h"

#include <string.h>

#define BLOCK_SHIFT 16
#define SECTOR_SHIFT 12

static bool *lock_at(struct nor_locks *locks, uint32_t address)
{
	uint32_t block = address >> BLOCK_SHIFT, sector = address >> SECTOR_SHIFT & 15;

	if (block == 0)
		return &locks->first[sector];
	if (block == (locks->size - 1) >> BLOCK_SHIFT)
		return &locks->last[sector];
	return &locks->between[block];
}

void nor_locks_init(struct nor_locks *locks, uint32_t size)
{
	locks->size = size;
	nor_locks_set_all(locks, true);
}

void nor_locks_set(struct nor_locks *locks, uint32_t address, bool locked)
{
	*lock_at(locks, address) = locked;
}

void nor_locks_set_all(struct nor_locks *locks, bool locked)
{
	memset(locks->first, locked, sizeof(locks->first));
	memset(locks->last, locked, sizeof(locks->last));
	memset(locks->between, locked, sizeof(locks->between));
}

bool nor_locks_get(const struct nor_locks *locks, uint32_t address)
{
	struct nor_locks copy = *locks;

	return *lock_at(&copy, address);
}

unsigned nor_locks_count(const struct nor_locks *locks)
{
	uint32_t blocks = locks->size >> BLOCK_SHIFT;
	unsigned count = 0;

	for (uint32_t at = 0; at < locks->size;) {
		uint32_t block = at >> BLOCK_SHIFT;

		count += nor_locks_get(locks, at);
		at += 1U << (block == 0 || block == blocks - 1 ? SECTOR_SHIFT : BLOCK_SHIFT);
	}
	return count;
}

bool nor_locks_hit(const struct nor_locks *locks, uint32_t start, uint32_t length)
{
	for (uint32_t at = start >> SECTOR_SHIFT << SECTOR_SHIFT; at < start + length;
	     at += 1U << SECTOR_SHIFT)
		if (nor_locks_get(locks, at))
			return true;
	return false;
}
