/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "engine/second_reading.h"

#include <stdlib.h>
#include <string.h>

#include "engine/estimate.h"
#include "engine/looks.h"
#include "engine/reading.h"
#include "image/crc_blocks.h"

#define SECTOR READING_PIECE
/* At most this part of the die is read again, of what is neither proven nor blank. */
#define QUARTER 4

/* What is known of each sector. */
enum trust {
	UNPROVEN,
	PROVEN, /* by its CRCs */
	AGAIN,	/* will be read again */
};

static void read_again(uint8_t *sectors, uint32_t size, uint32_t start, uint32_t length)
{
	if (length == 0 || start >= size || length > size - start)
		return;
	for (uint32_t i = start / SECTOR; i <= (start + length - 1) / SECTOR; i++)
		sectors[i] = AGAIN;
}

static void mark_own(uint8_t *sectors, uint32_t size, const struct content *content)
{
	/* The regions of several SoCs are mostly the same; reading more does no harm. */
	for (size_t i = 0; i < content->target.identity.soc_count; i++)
		for (size_t j = 0;
		     j < CHIPDB_REGIONS && content->target.identity.socs[i]->regions[j].name; j++) {
			const struct chipdb_region *region =
				&content->target.identity.socs[i]->regions[j];

			if (region->kind == CHIPDB_REGION_RF || region->kind == CHIPDB_REGION_NET)
				read_again(sectors, size, region->start, region->length);
		}
	for (size_t i = 0; i < content->rf_count; i++)
		read_again(sectors, size, (uint32_t)content->rf[i].offset,
			   (uint32_t)content->rf[i].length);
}

static void mark_edges(uint8_t *sectors, uint32_t size, struct range written)
{
	uint32_t end = written.start + written.length;

	if (written.start % SECTOR)
		read_again(sectors, size, written.start, 1);
	if (end % SECTOR)
		read_again(sectors, size, end, 1);
}

/*
 * Blocks are looked for at any place: what was erased and written anew may begin anywhere. A
 * random match does no harm, since it takes 121 of them to prove a sector.
 */
static void mark_proven(uint8_t *sectors, uint32_t size, const uint8_t *die)
{
	uint32_t proven = 0, begin = 0; /* all from @begin up to @proven is */
	size_t at;

	while ((at = crc_blocks_next(die, size, proven)) < size) {
		if (at > proven)
			begin = (uint32_t)at;
		proven = (uint32_t)at + CRC_BLOCK_SIZE;
		for (uint32_t i = (proven - CRC_BLOCK_SIZE) / SECTOR; i * SECTOR < proven; i++)
			if (sectors[i] == UNPROVEN && i * SECTOR >= begin &&
			    (i + 1) * SECTOR <= proven)
				sectors[i] = PROVEN;
	}
}

static void mark_blank(uint8_t *sectors, uint32_t size, const uint8_t *die)
{
	for (uint32_t i = 0; i < size / SECTOR; i++)
		if (sectors[i] == UNPROVEN && crc_blocks_blank(die + i * SECTOR, SECTOR))
			sectors[i] = AGAIN;
}

/* Chooses as many unproven sectors as there is time for; returns how many are left. */
static uint32_t mark_unproven(uint8_t *sectors, uint32_t size, struct range written)
{
	uint32_t count = size / SECTOR, room = count / QUARTER, left = 0;
	uint32_t begin = written.start / SECTOR;
	uint32_t end = (written.start + written.length + SECTOR - 1) / SECTOR;

	for (uint32_t i = begin; i < end && room > 0; i++)
		if (sectors[i] == UNPROVEN) {
			sectors[i] = AGAIN;
			room--;
		}
	for (uint32_t i = 0; i < count; i++) {
		if (sectors[i] == UNPROVEN && room > 0) {
			sectors[i] = AGAIN;
			room--;
		}
		left += sectors[i] == UNPROVEN;
	}
	return left;
}

/*
 * What is to be read again; NULL without memory. @left: number of sectors of which only samples are
 * read.
 */
static uint8_t *choose(uint32_t size, const uint8_t *die, const struct content *content,
		       struct range written, uint32_t *left)
{
	uint8_t *sectors = calloc(size / SECTOR, 1);

	if (!sectors)
		return NULL;
	mark_own(sectors, size, content);
	mark_edges(sectors, size, written);
	mark_proven(sectors, size, die);
	mark_blank(sectors, size, die);
	*left = mark_unproven(sectors, size, written);
	return sectors;
}

static uint32_t count_again(const uint8_t *sectors, uint32_t size)
{
	uint32_t count = 0;

	for (uint32_t i = 0; i < size / SECTOR; i++)
		count += sectors[i] == AGAIN;
	return count;
}

/* The die; bytes that differ are settled. */
struct again {
	struct looks looks;
	uint8_t *die;
	struct steadiness *steadiness;
};

/* If a sample differs, its whole sector is in doubt. Lowering the clock ends it. */
static bool settle(void *data, struct range range, uint8_t *seen)
{
	const struct again *again = data;
	const struct range sector = {range.start / SECTOR * SECTOR, SECTOR};
	struct session *session = again->looks.session;

	return steady_settle(session, again->steadiness, sector, again->die + sector.start,
			     range.length == SECTOR ? seen : NULL) &&
	       !steady_is_slower(session, again->steadiness);
}

static bool look_again(struct again *again, const uint8_t *sectors)
{
	struct session *session = again->looks.session;
	uint32_t count = session->part->size / SECTOR, state = again->die[0] | 1u;
	uint64_t bytes = (uint64_t)count_again(sectors, session->part->size) * SECTOR;
	struct estimate time = {0};
	bool good = true;

	estimate_compare(&time, &session->cost, bytes);
	estimate_samples(&time, &session->cost, READING_SAMPLE, count - bytes / SECTOR);
	observer_phase(session->observer, "read again", &time.work);
	for (uint32_t i = 0; i < count && good; i++) {
		const struct range sector = {i * SECTOR, SECTOR};

		good = looks_add(&again->looks,
				 sectors[i] == AGAIN ? sector : reading_sample(sector, &state));
	}
	good = good && looks_end(&again->looks);
	observer_phase_end(session->observer);
	steady_count(again->steadiness, 2 * bytes);
	return good;
}

enum second_reading second_reading(struct session *session, uint8_t *die,
				   const struct content *content, struct range written,
				   uint32_t *sure, struct steadiness *steadiness)
{
	uint32_t size = session->part->size, left;
	uint8_t *sectors = choose(size, die, content, written, &left);
	struct again again = {
		.looks = {.session = session, .die = die, .differs = settle, .data = &again},
		.die = die,
		.steadiness = steadiness,
	};
	bool good;

	if (!sectors) {
		session_no_memory(session);
		return SECOND_FAILED;
	}
	*sure = size - left * SECTOR;
	good = look_again(&again, sectors);
	free(sectors);
	if (!good)
		return session->trouble.kind || !steady_is_slower(session, steadiness)
			       ? SECOND_FAILED
			       : SECOND_SLOWER;
	return steadiness->count ? SECOND_DIFFERED : SECOND_AGREES;
}

uint32_t second_reading_bytes(uint32_t size, const uint8_t *die, const struct content *content,
			      struct range written)
{
	uint32_t left, bytes;
	uint8_t *sectors = choose(size, die, content, written, &left);

	if (!sectors)
		return 0;
	bytes = count_again(sectors, size) * SECTOR;
	free(sectors);
	return bytes;
}
