/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * image.h - what is in a file that is to be written to a flash.
 *
 * image_identify() examines only the bytes: not the file's name, and not a chip. It says what they
 * are, for which SoC, what is wrong with them, and how it knows. Whether they may be written is
 * another question: see placement.h. What tells the kinds apart, and the sources for it, are in
 * docs/images.md.
 *
 * It is safe on any bytes. What it finds is in findings.h.
 */
#ifndef IMAGE_IMAGE_H
#define IMAGE_IMAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "image/findings.h"

/* @data may be NULL if @size is 0. False if memory runs out; nothing else fails. */
bool image_identify(const uint8_t *data, size_t size, struct image *image);

/* @size bytes of a flash into @to, so that @from[@first], where the flash starts, comes first. */
void image_turn(uint8_t *to, const uint8_t *from, size_t size, size_t first);

#endif
