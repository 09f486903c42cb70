/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * other_files.h - files that people take for a flash image, by how they begin.
 */
#ifndef IMAGE_OTHER_FILES_H
#define IMAGE_OTHER_FILES_H

#include <stddef.h>
#include <stdint.h>

struct other_file {
	const char *name;   /* for machines: small letters, digits and "-" */
	const char *title;  /* for people: "an ELF program" */
	const char *advice; /* what to use instead; begins with a small letter */
};

/* What it is, or NULL if it may be a flash image. */
const struct other_file *other_file_find(const uint8_t *data, size_t size);

#endif
