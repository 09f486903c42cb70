/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * source.h - the file of `beken-flash write`: what it is, and where it goes in this die.
 *
 * image/ decides both; here are the user's words against it: --as, --at, --force.
 */
#ifndef CLI_SOURCE_H
#define CLI_SOURCE_H

#include "image/image.h"
#include "image/placement.h"
#include "engine/plan.h"
#include "cli/beken_flash/report.h"

struct source {
	const char *path;
	uint8_t *data;
	size_t size;
	struct image image;
	size_t at;			     /* --at, or PLACEMENT_ANYWHERE */
	bool force[PLACEMENT_REFUSAL_KINDS]; /* --force */
	struct placement placement;	     /* after source_place() */
};

/*
 * Load and identify. @as, @at and @force are the options' arguments, or NULL. False after an
 * error, which has been logged.
 */
bool source_load(struct source *source, const char *path, const char *as, const char *at,
		 const char *force, const struct observer *observer);
void source_free(struct source *source);

/*
 * Decide where it goes. @socs: what the module's SoC may be (none: unknown; then the file's
 * are taken). False if something is refused that was not forced: each is logged with the
 * option that overrules it.
 */
bool source_place(struct source *source, const struct chipdb_soc *const *socs, size_t soc_count,
		  uint32_t flash_size, const struct observer *observer);

/* What was placed, for plan_make(). */
struct plan_file source_file(const struct source *source);

#endif
