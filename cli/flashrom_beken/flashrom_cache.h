/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * flashrom_cache.h - what a flashrom has answered once, so that it is not asked again.
 *
 * One small text file for each ID in $XDG_CACHE_HOME/flashrom-beken, or else in
 * ~/.cache/flashrom-beken. Its first line names the flashrom by path, size and time of the last
 * change; an entry for another one is ignored, as is a damaged one. An entry that cannot be written
 * is not an error: flashrom is then asked every time.
 *
 * Nothing is kept of a script, since what it runs may change while it does not; nor in a
 * home of another user, as with sudo, where files would be left that are not the user's.
 */
#ifndef FLASHROM_CACHE_H
#define FLASHROM_CACHE_H

#include <limits.h>

#include "cli/flashrom_beken/flashrom_names.h"

struct flashrom_cache {
	char file[PATH_MAX];	  /* the entry; empty if nothing is kept */
	char key[PATH_MAX + 100]; /* its first line, with the newline */
};

/* Find out where the entry is. Do it before flashrom runs, which may be replaced meanwhile. */
void flashrom_cache_find(struct flashrom_cache *cache, const char *flashrom, const uint8_t id[3]);

bool flashrom_cache_load(const struct flashrom_cache *cache, struct flashrom_names *names);
void flashrom_cache_store(const struct flashrom_cache *cache, const struct flashrom_names *names);
void flashrom_cache_forget(const struct flashrom_cache *cache);

#endif
