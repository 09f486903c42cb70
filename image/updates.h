/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * updates.h - files that running firmware unpacks: RBL packages, and Tuya's upgrade files, which
 * are such a package with a header of their own in front (docs/images.md).
 */
#ifndef IMAGE_UPDATES_H
#define IMAGE_UPDATES_H

#include "image/findings.h"

/* Whether the file is one; then its kind is set, and what is wrong with it. */
bool image_is_update(const uint8_t *data, size_t size, struct image *image);

#endif
