/* SPDX-License-Identifier: GPL-2.0-or-later */
/* show_image.h - the pieces of a flash's content, for people and for programs. */
#ifndef CLI_SHOW_IMAGE_H
#define CLI_SHOW_IMAGE_H

#include "image/image.h"
#include "base/json.h"

/* Bootloader, application, partitions and calibration; what is missing is left out. */
void show_pieces(const struct image *image);

/* The same as members, and rbl, evidence and findings. */
void show_pieces_json(struct json *json, const struct image *image);

#endif
