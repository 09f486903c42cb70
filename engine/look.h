/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * look.h - what a module is: the one place where its content is judged.
 *
 * From the same evidence as for a file (image/identity.h), and from what the user says. The
 * bootloader decides about the SoC, and so does the place of the calibration, which no firmware
 * contains. An application's own name only narrows down here: it may have been the wrong one. One
 * at address 0, where the bootloader belongs, is not evidence at all.
 */
#ifndef ENGINE_LOOK_H
#define ENGINE_LOOK_H

#include "engine/session.h"

/*
 * Reads a few sectors of the die: the start of the bootloader and the places of calibration, both
 * twice, which have to agree. Sets session->target; what contradicts the user is noted. False after
 * a trouble.
 */
bool look_at_module(struct session *session);

/* The same from the whole content of the die. @image is the result of image_identify(). */
void look_at_content(const struct session *session, const struct image *image, const struct rf *rf,
		     size_t rf_count, struct target *target);

#endif
