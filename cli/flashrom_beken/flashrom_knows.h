/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * flashrom_knows.h - what the installed flashrom calls a flash, asked of that flashrom itself.
 *
 * Its releases know different parts by different names, and 1.3.0 does not even report its release.
 * So it is run once on a flash that has this ID and nothing else, not even an SFDP table, and its
 * output is read. It is given no operation: it only probes, and cannot reach the real flash.
 */
#ifndef FLASHROM_KNOWS_H
#define FLASHROM_KNOWS_H

#include "cli/flashrom_beken/flashrom_names.h"

/*
 * The entries for the ID @id in the database of the program @flashrom; no names: there is none.
 * False when that could not be determined: it is not a flashrom, it did not end within
 * FLASHROM_ASK_MS, or @cancelled (which is asked at least every 20 ms) said so.
 *
 * Takes a second, since flashrom sleeps so long before it speaks serprog; no time
 * if the answer is in the cache (flashrom_cache.h).
 */
bool flashrom_knows(const char *flashrom, const uint8_t id[3], bool (*cancelled)(void *data),
		    void *data, struct flashrom_names *names);

#define FLASHROM_ASK_MS 5000

/* A name that came from here was not taken: do not answer from the cache again. */
void flashrom_knows_forget(const char *flashrom, const uint8_t id[3]);

#endif
