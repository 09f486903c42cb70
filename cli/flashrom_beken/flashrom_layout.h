/* SPDX-License-Identifier: GPL-2.0-or-later */
/* flashrom_layout.h - the regions of a layout file, as flashrom's -l reads it. */
#ifndef FLASHROM_LAYOUT_H
#define FLASHROM_LAYOUT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/range.h"

/*
 * The region of this name, which has @length letters; its lines are "first:last name" with
 * hexadecimal addresses (man flashrom). False if there is none, or no such file.
 */
bool flashrom_layout_find(const char *path, const char *name, size_t length, struct range *range);

#endif
