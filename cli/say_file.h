/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * say_file.h - what a file is that flashrom is about to write, and what is right for it.
 *
 * flashrom looks at nothing but the size. What fits by its size may still leave a module that
 * does not start; what does not fit mostly belongs somewhere. Only what is known for certain is
 * said.
 */
#ifndef CLI_SAY_FILE_H
#define CLI_SAY_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What a message holds; a name that is so long that a command would be cut gets none. */
#define SAY_FILE_ROOM 1000

enum file_use {
	FILE_WHOLE,  /* all of it, from address 0 on */
	FILE_PARTS,  /* regions of it, at the same addresses of the flash */
	FILE_REGION, /* all of it, as one region */
};

struct file_write {
	const char *path; /* as the user spelled it */
	enum file_use use;
	size_t start, length; /* what flashrom would fill with it */
	size_t flash_size;
	const char *params; /* of the programmer, for the command that is printed; or "" */
};

/* One sentence or two, without the full stop; or NULL if there is nothing to say. */
const char *say_file(const uint8_t *data, size_t size, const struct file_write *write,
		     char text[SAY_FILE_ROOM]);

#endif
