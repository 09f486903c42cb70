/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * second_reading.h - whether one reading of a die can be trusted, without a complete second one.
 *
 * A bad contact flips a bit now and then, and the adapter does not notice. `backup` reads
 * everything twice. A write has less time: reading twice would make it a quarter longer. But most
 * of a flash has its own checksums: code has a CRC in each 34 bytes (crc_blocks.h). So this reads
 * again
 *
 *	all of what only this module has (calibration, network settings),
 *	all of the sectors that a write covers in part, whose rest it writes back,
 *	all that is blank: a contact that is open for a moment also reads as blank,
 *	of everything else without a checksum up to a quarter of the die, and
 *	some bytes of each remaining sector.
 *
 * Of three dumps of real modules 28, 37 and 52 of 512 sectors are neither proven nor blank.
 */
#ifndef ENGINE_SECOND_READING_H
#define ENGINE_SECOND_READING_H

#include "engine/content.h"
#include "engine/session.h"
#include "engine/steady.h"

enum second_reading {
	SECOND_AGREES,
	SECOND_DIFFERED, /* noted as a warning, with the place; it is clear now what is there */
	SECOND_SLOWER,	 /* readings differed too often, and the clock is lower: read all anew */
	SECOND_FAILED,	 /* a trouble: not clear, not read, or interrupted */
};

/*
 * @die is one reading, and @content what it says. @written: where a write is going to be; its
 * sectors come first when there are too many. @sure: how many bytes are certain then, at most the
 * size of the part. What differs is read again, and @die gets what is there. @steadiness, begun
 * before the first reading: what it took.
 */
enum second_reading second_reading(struct session *session, uint8_t *die,
				   const struct content *content, struct range written,
				   uint32_t *sure, struct steadiness *steadiness);

/* How many bytes it would read, without the samples. */
uint32_t second_reading_bytes(uint32_t size, const uint8_t *die, const struct content *content,
			      struct range written);

#endif
