/* SPDX-License-Identifier: GPL-2.0-or-later */
/* job_info.h - what is in the die: firmware, calibration, and what its regions begin with. */
#ifndef ENGINE_JOB_INFO_H
#define ENGINE_JOB_INFO_H

#include "engine/flash_map.h"
#include "engine/session.h"
#include "image/image.h"

#define INFO_NOTES (2 * CHIPDB_REGIONS)

/* What a region begins with, where that is known. */
struct info_note {
	const struct chipdb_region *region;
	enum image_kind kind;
};

struct info_job {
	struct image image;
	struct info_note notes[INFO_NOTES];
	size_t note_count;
	/* Bytes that were read only once, since they are too many; the rest is confirmed. */
	uint32_t read_once;
	struct flash_map map; /* with @all; else .count is 0 */

	/* Kept by job_info.c. */
	uint8_t *die; /* of the size of the part; only what was read of it */
};

/* Opens the chip, examines it, and closes it. @all: reads and checks every byte. */
bool info_do_job(struct info_job *info, struct session *session,
		 const struct session_options *options, bool all);

#endif
