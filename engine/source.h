/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * source.h - the file of a write: what it is, and where it goes in this die.
 *
 * image/ decides both; this adds what the user overrides.
 */
#ifndef ENGINE_SOURCE_H
#define ENGINE_SOURCE_H

#include "base/observer.h"
#include "engine/plan.h"
#include "image/image.h"
#include "image/placement.h"

/* What the user says about it; zeroed means nothing. */
struct source_wish {
	bool has_at, has_kind, has_size;
	uint32_t at;			     /* where it goes */
	uint32_t size;			     /* how many of its bytes, from its start */
	enum image_kind kind;		     /* what it is, by source_kind_by_name() */
	bool force[PLACEMENT_REFUSAL_KINDS]; /* these do not count */
};

struct source {
	const char *path;
	uint8_t *data;	  /* as it lies in the flash: a UF2 file is unpacked */
	uint8_t *carried; /* of such a file: which bytes are in it; else NULL */
	size_t size;
	struct image image;
	size_t at; /* given by the user, or PLACEMENT_ANYWHERE */
	bool force[PLACEMENT_REFUSAL_KINDS];
	struct placement placement; /* after source_place() */
	bool is_piece;		    /* the same: what it is depends on what is around it */
};

/* False if it is not a name of image_kind_name() that a file can be declared as. */
bool source_kind_by_name(const char *name, enum image_kind *kind);

/* Load, identify, and unpack. False after a trouble. */
bool source_load(struct source *source, const char *path, const struct source_wish *wish,
		 const struct observer *observer);
void source_free(struct source *source);

/*
 * It goes into this region of the SoC, as the user names it, which then may have any content that
 * is nothing else. False, after a trouble, if it is too long for that.
 */
bool source_take_region(struct source *source, const struct chipdb_region *region,
			const struct observer *observer);

/*
 * Decide where it goes in a module. @fits: it runs there, whatever can be told of that. False if
 * something is refused that was not forced: each is a trouble.
 *
 * If a piece of something is refused only because the rest of it is not in the file, the caller
 * that can see the rest decides: .is_piece, and source_refuse_piece().
 */
bool source_place(struct source *source, const struct target *target, bool fits,
		  uint32_t flash_size, const struct observer *observer);

/* What is around the piece does not make it valid: @why, without a full stop. Returns false. */
bool source_refuse_piece(const struct source *source, const char *why,
			 const struct observer *observer);

/* Whether it goes where its content says: what was found in it is going to be there. */
bool source_goes_home(const struct source *source);

/* A dump of a whole flash of @size bytes as it would lie there; to be freed, or NULL. */
uint8_t *source_turned(const struct source *source, uint32_t size);

/* A trouble that the wish's force[@why] overrides; "refusal" is among its values. */
void source_raise_refusal(enum trouble_kind kind, enum placement_refusal why,
			  const struct observer *observer, const char *seen, ...)
	__attribute__((format(printf, 4, 5)));

/* What was placed, for plan_make(). */
struct plan_file source_file(const struct source *source);

#endif
