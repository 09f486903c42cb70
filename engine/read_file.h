/* SPDX-License-Identifier: GPL-2.0-or-later */
/* read_file.h - a whole file in memory. */
#ifndef ENGINE_READ_FILE_H
#define ENGINE_READ_FILE_H

#include <stddef.h>
#include <stdint.h>

/* No flash of these SoCs is larger than 64 MiB, and no other file is of interest. */
#define READ_FILE_MOST ((size_t)1 << 27)

/*
 * Returns the bytes of the file, to be freed, and their number in @size; NULL with
 * errno set if it cannot be read. EFBIG: it is larger than READ_FILE_MOST.
 */
uint8_t *read_file(const char *path, size_t *size);

#endif
