/* SPDX-License-Identifier: GPL-2.0-or-later */
/* bytes.h - numbers and texts as they are stored in files. */
#ifndef IMAGE_BYTES_H
#define IMAGE_BYTES_H

#include <stddef.h>
#include <stdint.h>

/* The little-endian number in the four bytes at @data. */
static inline uint32_t get_le32(const uint8_t *data)
{
	return data[0] | (uint32_t)data[1] << 8 | (uint32_t)data[2] << 16 | (uint32_t)data[3] << 24;
}

/*
 * A text of @size bytes, or up to a 0. @to has room for one byte more; what is not ASCII becomes
 * '?'.
 */
static inline void get_text(char *to, const uint8_t *from, size_t size)
{
	size_t i;

	for (i = 0; i < size && from[i]; i++)
		to[i] = from[i] >= ' ' && from[i] <= '~' ? (char)from[i] : '?';
	to[i] = '\0';
}

#endif
