/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * look.h - what a module is: the one judgement of its content, whoever asks.
 *
 * From the same evidence as for a file (image/identity.h), and from what the user says. The
 * bootloader decides about the SoC, and where the calibration is, which no firmware brings. An
 * application's own name only narrows down here: it may have been the wrong one. One that lies at
 * 0, where the bootloader belongs, is no evidence at all.
 */
#ifndef ENGINE_LOOK_H
#define ENGINE_LOOK_H

#include "engine/session.h"

/*
 * A few sectors of the die: the begin of the bootloader and the places of calibration, both
 * read twice: they have to agree. Sets session->target; what speaks against the user's word is
 * noted. False after a trouble.
 */
bool look_at_module(struct session *session);

/* The same of a whole content of the die. @image is what image_identify() makes of it. */
void look_at_content(const struct session *session, const struct image *image, const struct rf *rf,
		     size_t rf_count, struct target *target);

#endif
