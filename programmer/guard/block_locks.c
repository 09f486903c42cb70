/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "programmer/guard/block_locks.h"

#include <string.h>

#define LOCK_SECTOR 0x1000u
#define LOCK_BLOCK 0x10000u
#define LOCK_SECTORS (LOCK_BLOCK / LOCK_SECTOR)

static unsigned lock_count(const struct chipdb_part *part)
{
	return part->size / LOCK_BLOCK - 2 + 2 * LOCK_SECTORS;
}

/* What the lock of this number is for. */
static struct range lock_range(const struct chipdb_part *part, unsigned number)
{
	unsigned behind = lock_count(part) - LOCK_SECTORS;

	if (number < LOCK_SECTORS)
		return (struct range){number * LOCK_SECTOR, LOCK_SECTOR};
	if (number < behind)
		return (struct range){(number - LOCK_SECTORS + 1) * LOCK_BLOCK, LOCK_BLOCK};
	return (struct range){part->size - LOCK_BLOCK + (number - behind) * LOCK_SECTOR,
			      LOCK_SECTOR};
}

enum trouble_kind block_locks_read(struct beken_die *die, struct block_locks *locks)
{
	enum trouble_kind kind = TROUBLE_NONE;

	*locks = (struct block_locks){.count = 0};
	if (die->part->size < 2 * LOCK_BLOCK || lock_count(die->part) > BLOCK_LOCKS_MOST)
		return TROUBLE_BUG;
	locks->count = lock_count(die->part);
	for (unsigned i = 0; !kind && i < locks->count; i++)
		kind = die_lock_read(die, lock_range(die->part, i).start, &locks->locked[i]);
	return kind;
}

/* Changes those that are not as @wanted, one by one. */
static enum trouble_kind change_each(struct beken_die *die, const struct block_locks *wanted,
				     const struct block_locks *locks)
{
	enum trouble_kind kind = TROUBLE_NONE;

	for (unsigned i = 0; !kind && i < locks->count; i++)
		if (locks->locked[i] != wanted->locked[i])
			kind = die_lock_write(die, wanted->locked[i] ? DIE_LOCK : DIE_UNLOCK,
					      lock_range(die->part, i).start);
	return kind;
}

/* First with the command for @all, if that is wanted; then what still differs, one by one. */
static enum trouble_kind change_locks(struct beken_die *die, const struct block_locks *wanted,
				      bool by_all, enum die_locks all, struct block_locks *locks)
{
	enum trouble_kind kind = TROUBLE_NONE;

	if (by_all && !block_locks_same(wanted, locks)) {
		kind = die_lock_write(die, all, 0);
		if (!kind)
			kind = block_locks_read(die, locks);
	}
	if (kind || block_locks_same(wanted, locks))
		return kind;
	kind = change_each(die, wanted, locks);
	return kind ? kind : block_locks_read(die, locks);
}

enum trouble_kind block_locks_open(struct beken_die *die, struct block_locks *locks)
{
	const struct block_locks open = {.count = locks->count};

	return change_locks(die, &open, true, DIE_UNLOCK_ALL, locks);
}

static bool all_set(const struct block_locks *locks)
{
	for (unsigned i = 0; i < locks->count; i++)
		if (!locks->locked[i])
			return false;
	return true;
}

enum trouble_kind block_locks_close(struct beken_die *die, const struct block_locks *before,
				    struct block_locks *locks)
{
	return change_locks(die, before, all_set(before), DIE_LOCK_ALL, locks);
}

bool block_locks_any(const struct block_locks *locks)
{
	return memchr(locks->locked, true, locks->count) != NULL;
}

bool block_locks_same(const struct block_locks *a, const struct block_locks *b)
{
	return a->count == b->count && memcmp(a->locked, b->locked, sizeof(a->locked)) == 0;
}

bool block_locks_ranges(const struct chipdb_part *part, const struct block_locks *locks,
			struct ranges *ranges)
{
	for (unsigned i = 0; i < locks->count; i++)
		if (locks->locked[i] && !ranges_add(ranges, lock_range(part, i)))
			return false;
	return true;
}
