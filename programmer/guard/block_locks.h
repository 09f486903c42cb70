/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * block_locks.h - the locks that each block of a die has of its own while WPS is set.
 *
 * As in the datasheets of W25Q32JV and W25Q128JV: one lock for each block of 64 KiB, but in the
 * first and the last of them one for each sector of 4 KiB. All are set when power comes. While
 * WPS is clear they have no effect. Nothing here writes a status register: with the locks open
 * the die is writable, and cut power brings back what was there.
 *
 * Errors: TROUBLE_NONE or the kind, which is not raised here. Threads: one.
 */
#ifndef BLOCK_LOCKS_H
#define BLOCK_LOCKS_H

#include "base/range.h"
#include "programmer/die/die.h"

/* Of a part of 16 MiB, the largest that three address bytes reach. */
#define BLOCK_LOCKS_MOST (16 + 254 + 16)

struct block_locks {
	bool locked[BLOCK_LOCKS_MOST];
	unsigned count; /* how many there are */
};

enum trouble_kind block_locks_read(struct beken_die *die, struct block_locks *locks);

/*
 * Open all of them: by one command for all (98h) and, where that did not help, one by one (39h).
 * @locks is what they are afterwards.
 */
enum trouble_kind block_locks_open(struct beken_die *die, struct block_locks *locks);

/* Set those that are set in @before; @locks is what they are now, and afterwards. */
enum trouble_kind block_locks_close(struct beken_die *die, const struct block_locks *before,
				    struct block_locks *locks);

bool block_locks_any(const struct block_locks *locks);
bool block_locks_same(const struct block_locks *a, const struct block_locks *b);

/* What is locked. False if that is in more pieces than there is room for. */
bool block_locks_ranges(const struct chipdb_part *part, const struct block_locks *locks,
			struct ranges *ranges);

#endif
