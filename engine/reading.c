/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "engine/reading.h"

#include <stdlib.h>
#include <string.h>

#include "engine/backup.h"
#include "engine/looks.h"

#define SECTOR 4096
#define SAMPLES_MOST 512 /* sectors that are looked at */

/*
 * Together with its command it fits one packet of the usual adapter. Across the boundary of two
 * sectors, at least this much of it is in each.
 */
#define PACKET_BYTES 27
#define PACKET_LEAST 11

static bool read_range(struct session *session, const char *phase, struct range range, uint8_t *die)
{
	bool good;

	session_phase_read(session, phase, &range, 1);
	good = flash_read(session->flash, &range, 1, die);
	observer_phase_end(session->observer);
	return good;
}

uint8_t *reading_once(struct session *session, const char *phase)
{
	const struct range whole = {0, session->part->size};
	uint8_t *die = malloc(whole.length);

	if (!die)
		session_no_memory(session);
	if (die && read_range(session, phase, whole, die))
		return die;
	free(die);
	return NULL;
}

uint8_t *reading_first(struct session *session)
{
	uint8_t *die;

	flash_is_compared(session->flash, true);
	die = reading_once(session, "read");
	flash_is_compared(session->flash, false);
	return die;
}

struct again {
	struct looks looks;
	uint8_t *die;
	struct steadiness *steadiness;
};

/* Lowering the clock ends it, and is not a trouble. */
static bool settle(void *data, struct range range, uint8_t *seen)
{
	const struct again *again = data;
	struct session *session = again->looks.session;

	return steady_settle(session, again->steadiness, range, again->die + range.start, seen) &&
	       !steady_is_slower(session, again->steadiness);
}

bool reading_again(struct session *session, struct range range, uint8_t *die,
		   struct steadiness *steadiness)
{
	struct again again = {
		.looks = {.session = session, .die = die, .differs = settle, .data = &again},
		.die = die,
		.steadiness = steadiness,
	};
	bool good = true;

	session_phase_compare(session, "read again", range.length);
	for (uint32_t done = 0, step; good && done < range.length; done += step) {
		step = range.length - done < LOOKS_BYTES ? range.length - done : LOOKS_BYTES;
		/* Counted during the work, so that the rate is right if it ends early. */
		steady_count(steadiness, 2 * (uint64_t)step);
		good = looks_add(&again.looks, (struct range){range.start + done, step});
	}
	good = good && looks_end(&again.looks);
	observer_phase_end(session->observer);
	return good;
}

bool reading_twice(struct session *session, struct range range, uint8_t *die,
		   struct steadiness *steadiness)
{
	bool good, slower;

	*steadiness = (struct steadiness){.count = 0};
	do {
		steady_begin(session, steadiness);
		flash_is_compared(session->flash, true);
		good = read_range(session, "read", range, die);
		flash_is_compared(session->flash, false);
		good = good && reading_again(session, range, die, steadiness);
		slower = steady_is_slower(session, steadiness);
	} while (slower && !session->trouble.kind);
	return good;
}

uint8_t *reading_confirmed(struct session *session, const char *wish, struct steadiness *steadiness)
{
	const struct range whole = {0, session->part->size};
	uint8_t *die = malloc(whole.length);

	if (!die)
		session_no_memory(session);
	if (!die || reading_twice(session, whole, die, steadiness))
		return die;
	/* At least one reading is complete. */
	if (steadiness->bits)
		backup_keep_aside(session, wish, die, 1);
	free(die);
	return NULL;
}

static bool note_difference(void *data, struct range range, uint8_t *seen)
{
	struct looks *looks = data;
	struct session *session = looks->session;
	const uint8_t *wanted = looks->die + range.start;

	if (!steady_settle(session, NULL, range, seen, NULL))
		return false;
	for (size_t i = 0; i < range.length; i++)
		if (seen[i] != wanted[i]) {
			observer_note(session->observer, NOTE_WARN, TROUBLE_NONE,
				      "0x%zx: %02x was expected, and %02x is read", range.start + i,
				      wanted[i], seen[i]);
			/* This ends the looks, and is not a trouble. */
			looks->data = NULL;
			return false;
		}
	return true;
}

static enum reading_same result_of(const struct looks *looks, bool good)
{
	if (good)
		return READING_SAME;
	return looks->data ? READING_FAILED : READING_DIFFERS;
}

static void begin(struct looks *looks, struct session *session, const uint8_t *die)
{
	looks->session = session;
	looks->die = die;
	looks->differs = note_difference;
	looks->data = looks;
	looks->count = looks->used = 0;
}

enum reading_same reading_compare(struct session *session, const uint8_t *die,
				  const struct range *ranges, size_t count)
{
	struct looks looks;
	bool good = true;

	begin(&looks, session, die);
	for (size_t i = 0; good && i < count; i++)
		good = looks_add(&looks, ranges[i]);
	return result_of(&looks, good && looks_end(&looks));
}

/* A sequence that repeats; quality does not matter. */
static uint32_t next_random(uint32_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 17;
	*state ^= *state << 5;
	return *state;
}

static struct range sample_of(struct range range, uint32_t bytes, uint32_t *state)
{
	return (struct range){range.start + next_random(state) % (range.length - bytes), bytes};
}

struct range reading_sample(struct range range, uint32_t *state)
{
	return sample_of(range, READING_SAMPLE, state);
}

/* Bytes that are all the same tell little: the place may be blank now, or may have been before. */
static bool is_plain(const uint8_t *bytes, size_t length)
{
	return memcmp(bytes, bytes + 1, length - 1) == 0;
}

/* The die, of which samples are compared. */
struct sampling {
	struct looks looks;
	uint32_t half, step, state;
};

/* The same place in both halves, in succession: this shows a die that repeats its content. */
static bool look_at_both(struct sampling *sampling, struct range range)
{
	return looks_add(&sampling->looks, range) &&
	       looks_add(&sampling->looks,
			 (struct range){sampling->half + range.start, range.length});
}

/* Whether there is content on both sides of the boundary of two sectors at @at. */
static bool meet(const struct sampling *sampling, uint32_t at)
{
	const uint8_t *die = sampling->looks.die + at;

	return !is_plain(die - PACKET_LEAST, PACKET_LEAST) && !is_plain(die, PACKET_LEAST);
}

/* Two neighbours of the lower half, and of the upper; their number is a power of two. */
static bool look_at_neighbours(struct sampling *sampling, uint32_t at)
{
	uint32_t step = sampling->step, boundary = at + step;
	uint32_t before = PACKET_LEAST +
			  next_random(&sampling->state) % (PACKET_BYTES - 2 * PACKET_LEAST + 1);

	if (meet(sampling, boundary) && meet(sampling, sampling->half + boundary))
		return look_at_both(sampling, (struct range){boundary - before, PACKET_BYTES});
	for (; at <= boundary; at += step)
		if (!look_at_both(sampling, sample_of((struct range){at, step}, PACKET_BYTES,
						      &sampling->state)))
			return false;
	return true;
}

enum reading_same reading_samples(struct session *session, const uint8_t *die, uint32_t seed)
{
	uint32_t size = session->part->size;
	struct sampling sampling = {.half = size / 2, .step = SECTOR, .state = seed | 1};
	bool good = true;

	begin(&sampling.looks, session, die);
	while (size / sampling.step > SAMPLES_MOST)
		sampling.step *= 2;
	for (uint32_t at = 0; good && at < sampling.half; at += 2 * sampling.step)
		good = look_at_neighbours(&sampling, at);
	return result_of(&sampling.looks, good && looks_end(&sampling.looks));
}
