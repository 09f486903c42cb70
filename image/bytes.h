/* SPDX-License-Identifier: GPL-2.0-or-later */
/* bytes.h - numbers as they stand in files. */
#ifndef IMAGE_BYTES_H
#define IMAGE_BYTES_H

#include <stdint.h>

/* The little-endian number in the four bytes at @data. */
static inline uint32_t get_le32(const uint8_t *data)
{
	return data[0] | (uint32_t)data[1] << 8 | (uint32_t)data[2] << 16 | (uint32_t)data[3] << 24;
}

#endif
