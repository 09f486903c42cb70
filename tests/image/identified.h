/* SPDX-License-Identifier: GPL-2.0-or-later */
/* identified.h - what image_identify() says of bytes that make.h made. */
#ifndef TESTS_IMAGE_IDENTIFIED_H
#define TESTS_IMAGE_IDENTIFIED_H

#include "image/image.h"
#include "tests/image/make.h"

/* Frees the bytes. The result is to be freed. */
struct image *identify(struct bytes bytes);

void assert_kind(const struct image *image, enum image_kind kind);
void assert_nothing_grave(const struct image *image);

#endif
