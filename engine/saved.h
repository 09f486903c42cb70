/* SPDX-License-Identifier: GPL-2.0-or-later */
/* saved.h - the file that a restore is from: whether a flash held that, and in which order. */
#ifndef ENGINE_SAVED_H
#define ENGINE_SAVED_H

#include "engine/session.h"

struct saved_use {
	const char *path;
	bool has_manifest;
	bool takes_code; /* its bootloader or application is restored */
};

/*
 * @bytes: of the size of the flash, from the file. With a manifest they are what the flash held,
 * and it is only said if a module cannot start with them. Without, they may have been damaged
 * since: then the user is asked (DOUBTFUL_CONTENT); and a reading that started elsewhere in the
 * flash and wrapped around is turned. Code that is not restored is not judged.
 *
 * False after a trouble.
 */
bool saved_examine(const struct session *session, const struct saved_use *use, uint8_t *bytes);

#endif
