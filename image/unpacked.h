/* SPDX-License-Identifier: GPL-2.0-or-later */
/* unpacked.h - what a UF2 file says about itself, and whether its content is of that kind. */
#ifndef IMAGE_UNPACKED_H
#define IMAGE_UNPACKED_H

#include "image/findings.h"

/* What is in the file, and what is left out. */
void image_say_uf2(struct image *image);

/*
 * Only code goes into code partitions, each piece into its own: the first byte to @address.
 * Partitions end where a CRC block ends.
 */
void image_compare_uf2(size_t address, struct image *image);

#endif
