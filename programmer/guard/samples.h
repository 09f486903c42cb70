/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * samples.h - a few bytes of each long reading, to check whether the die still reads the same
 * later.
 *
 * A command has no checksum. A die that missed a read command leaves the line alone, so that 64 KiB
 * read as FF or 00; one that misread an address returns the bytes of another place; a SoC that left
 * SPI mode drives anything. A single reading shows none of that. So of each reading some bytes are
 * kept, and read again, together, before that reading decides anything.
 *
 * A zeroed one is empty. Threads: one.
 */
#ifndef SAMPLES_H
#define SAMPLES_H

#include "programmer/die/die.h"

#define SAMPLES_MOST 128    /* that fit: for 2 MiB of readings */
#define SAMPLES_LEAST 4096u /* a shorter reading gets none */
#define SAMPLE_BYTES 16u

struct sample {
	uint32_t address;
	uint8_t bytes[SAMPLE_BYTES];
};

struct samples {
	struct sample list[SAMPLES_MOST];
	size_t count;	/* 0 forgets them */
	uint32_t state; /* of the choice of places */
};

/* Takes samples of a reading: one of each 16 KiB. False: there is no room for them. */
bool samples_take(struct samples *samples, uint32_t address, const uint8_t *data, size_t len);

enum samples_seen {
	SAMPLES_SAME,
	SAMPLES_DIFFER, /* at *where, in two of three readings at least */
	SAMPLES_AWAY,	/* no ID after them: do not trust any of it */
};

/* Reads those from number @from on again. Returns what the die does; only then *@seen is set. */
enum trouble_kind samples_look(const struct samples *samples, size_t from, struct beken_die *die,
			       enum samples_seen *seen, uint32_t *where);

#endif
