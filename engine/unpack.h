/* SPDX-License-Identifier: GPL-2.0-or-later */
/* unpack.h - a file in memory, laid out as in the flash. */
#ifndef ENGINE_UNPACK_H
#define ENGINE_UNPACK_H

#include "image/uf2.h"

/*
 * A UF2 file is replaced by its content, and *@carried says which of these bytes it has. Any other
 * file stays as it is, with *@carried NULL; so does a UF2 file with a fault, which is in @uf2.
 * False if memory runs out. The caller frees all that is returned.
 */
bool unpack_file(struct uf2 *uf2, uint8_t **data, size_t *size, uint8_t **carried);

#endif
