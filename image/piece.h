/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * piece.h - a file that is a part of something known: its first sector, or one half of a flash.
 *
 * By itself such a file is unfit, or unknown; it may still be right at the address it came from.
 */
#ifndef IMAGE_PIECE_H
#define IMAGE_PIECE_H

#include "image/findings.h"

/*
 * Called after everything else: names the piece in image->piece, if the file is one. The end of a
 * flash is known by calibration data where a SoC has it; its kind is IMAGE_REST, and it has an
 * address.
 */
void image_find_piece(const uint8_t *data, size_t size, struct image *image);

#endif
