/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * say_file.h - what a file is that flashrom is about to write, and how to write it right.
 *
 * flashrom checks only the size. A file of the right size may still leave a module that does not
 * start; one of another size usually has its place. Only what is certain is said.
 */
#ifndef CLI_SAY_FILE_H
#define CLI_SAY_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Room of a message; with a name so long that a command would be cut there is no message. */
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
