/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The locks of single blocks, which protect while WPS is set (W25Q32JV and W25Q128JV, "Individual
 * Block/Sector Lock"): one for each 64 KiB, and in the first and the last 64 KiB one for each
 * 4 KiB. All are set when power comes, and gone with it.
 *
 *   36h, 39h   set or clear the one at an address, 7Eh, 98h all of them; after WREN
 *   3Dh        the lock at an address, as the lowest bit of each byte that follows
 *
 * Assumed: WEL falls with such a command, and none of them takes time. A program or erase is
 * refused if one byte of it is locked, the erase of the whole die if anything is.
 */
#ifndef SIM_NOR_LOCKS_H
#define SIM_NOR_LOCKS_H

#include <stdbool.h>
#include <stdint.h>

#include "chipdb/chipdb.h"

#define NOR_LOCKS 1024 /* by 4 KiB in the first 64 KiB, the last, and each 64 KiB of 64 MiB */

struct nor_locks {
	uint32_t size;
	bool first[16], last[16], between[NOR_LOCKS];
};

/* Power comes to a die of @size bytes. */
void nor_locks_init(struct nor_locks *locks, uint32_t size);

void nor_locks_set(struct nor_locks *locks, uint32_t address, bool locked);
void nor_locks_set_all(struct nor_locks *locks, bool locked);
bool nor_locks_get(const struct nor_locks *locks, uint32_t address);

/* How many are set. */
unsigned nor_locks_count(const struct nor_locks *locks);

/* Whether a byte of @length from @start on is locked. */
bool nor_locks_hit(const struct nor_locks *locks, uint32_t start, uint32_t length);

#endif
