/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "programmer/guard/samples.h"

#include <string.h>

#define EACH 16384u /* bytes of a reading for each sample */

/* A different place in each reading; quality does not matter. */
static uint32_t next_random(struct samples *samples)
{
	samples->state = samples->state * 1664525 + 1013904223;
	return samples->state >> 8;
}

bool samples_take(struct samples *samples, uint32_t address, const uint8_t *data, size_t len)
{
	size_t wanted = len < EACH ? 1 : len / EACH, slice;

	if (len < SAMPLES_LEAST)
		return true;
	if (wanted > SAMPLES_MOST - samples->count)
		return false;
	slice = len / wanted;
	for (size_t i = 0; i < wanted; i++) {
		size_t at = i * slice + next_random(samples) % (slice - SAMPLE_BYTES);
		struct sample *sample = &samples->list[samples->count++];

		sample->address = address + (uint32_t)at;
		memcpy(sample->bytes, data + at, SAMPLE_BYTES);
	}
	return true;
}

static struct die_op read_of(const struct sample *sample, uint8_t *rx)
{
	return (struct die_op){
		.kind = DIE_READ, .address = sample->address, .rx = rx, .len = SAMPLE_BYTES};
}

/* Either the first look was wrong, or the reading: two more looks decide. */
static enum trouble_kind look_twice(const struct sample *sample, struct beken_die *die, bool *same)
{
	uint8_t rx[2][SAMPLE_BYTES];
	struct die_op ops[] = {read_of(sample, rx[0]), read_of(sample, rx[1])};
	enum trouble_kind kind = die_run(die, ops, 2);

	*same = !kind && memcmp(rx[0], sample->bytes, SAMPLE_BYTES) == 0 &&
		memcmp(rx[1], sample->bytes, SAMPLE_BYTES) == 0;
	return kind;
}

enum trouble_kind samples_look(const struct samples *samples, size_t from, struct beken_die *die,
			       enum samples_seen *seen, uint32_t *where)
{
	uint8_t rx[SAMPLES_MOST][SAMPLE_BYTES], id[3];
	struct die_op ops[SAMPLES_MOST + 1];
	size_t count = samples->count - from;
	enum trouble_kind kind;
	bool same = true;

	for (size_t i = 0; i < count; i++)
		ops[i] = read_of(&samples->list[from + i], rx[i]);
	ops[count] = (struct die_op){.kind = DIE_ID, .rx = id};
	kind = die_run(die, ops, count + 1);
	*seen = SAMPLES_AWAY;
	if (kind || memcmp(id, die->part->id, sizeof(id)) != 0)
		return kind;
	for (size_t i = 0; !kind && same && i < count; i++) {
		const struct sample *sample = &samples->list[from + i];

		*where = sample->address;
		if (memcmp(rx[i], sample->bytes, SAMPLE_BYTES) != 0)
			kind = look_twice(sample, die, &same);
	}
	*seen = same ? SAMPLES_SAME : SAMPLES_DIFFER;
	return kind;
}
