/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "engine/reading.h"

#include <stdlib.h>
#include <string.h>

#include "engine/backup.h"

#define SECTOR 4096
#define SAMPLES_MOST 512
#define SAMPLE_BYTES 16

static bool read_whole(struct session *session, const char *phase, uint8_t *die)
{
	const struct range whole = {0, session->part->size};
	bool good;

	observer_phase(session->observer, phase, session->part->size);
	good = flash_read(session->flash, &whole, 1, die);
	observer_phase_end(session->observer);
	return good;
}

uint8_t *reading_once(struct session *session, const char *phase)
{
	uint8_t *die = malloc(session->part->size);

	if (!die)
		session_no_memory(session);
	if (die && read_whole(session, phase, die))
		return die;
	free(die);
	return NULL;
}

uint8_t *reading_confirmed(struct session *session, const char *wish, unsigned *readings)
{
	static const char *const phases[READINGS_MOST] = {"read", "read again", "read a third time",
							  "read a fourth time"};
	uint8_t *read[READINGS_MOST] = {NULL}, *agreed = NULL;
	unsigned count = 0;

	while (!agreed && count < READINGS_MOST) {
		read[count] = reading_once(session, phases[count]);
		if (!read[count])
			break;
		for (unsigned i = 0; i < count && !agreed; i++)
			if (memcmp(read[i], read[count], session->part->size) == 0)
				agreed = read[count];
		if (++count == 2 && !agreed)
			observer_note(session->observer, NOTE_WARN, TROUBLE_NONE,
				      "the two readings differ: a bad contact; reading once more");
	}
	if (!agreed && count == READINGS_MOST)
		observer_raise(
			session->observer, TROUBLE_UNSTEADY_READ, NO_RANGE,
			"no two of %u readings agree: a bad contact. Shorten the wires, check "
			"the supply and GND, and do not write to this chip",
			count);
	for (unsigned i = 0; i < READINGS_MOST; i++) {
		if (!agreed && read[i])
			backup_keep_aside(session, wish, read[i], i + 1);
		if (read[i] != agreed)
			free(read[i]);
	}
	*readings = count;
	return agreed;
}

/* @length: READING_PIECE at the most. */
static enum reading_same look(struct session *session, const uint8_t *die, uint32_t at,
			      size_t length)
{
	uint8_t seen[READING_PIECE];

	if (session_interrupted(session) || !flash_peek(session->flash, at, seen, length))
		return READING_FAILED;
	for (size_t i = 0; i < length; i++)
		if (seen[i] != die[at + i]) {
			observer_note(session->observer, NOTE_WARN, TROUBLE_NONE,
				      "0x%zx: %02x was expected, and %02x is read", at + i,
				      die[at + i], seen[i]);
			return READING_DIFFERS;
		}
	return READING_SAME;
}

enum reading_same reading_compare(struct session *session, const uint8_t *die,
				  const struct range *ranges, size_t count)
{
	enum reading_same same = READING_SAME;

	for (size_t i = 0; i < count; i++)
		for (uint32_t done = 0; same == READING_SAME && done < ranges[i].length;
		     done += READING_PIECE) {
			uint32_t left = ranges[i].length - done;

			same = look(session, die, ranges[i].start + done,
				    left < READING_PIECE ? left : READING_PIECE);
		}
	return same;
}

/* A sequence that repeats; quality does not matter. */
static uint32_t next_random(uint32_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 17;
	*state ^= *state << 5;
	return *state;
}

enum reading_same reading_sample(struct session *session, const uint8_t *die, struct range range,
				 uint32_t *state)
{
	uint32_t room = range.length - SAMPLE_BYTES;

	return look(session, die, range.start + next_random(state) % room, SAMPLE_BYTES);
}

enum reading_same reading_samples(struct session *session, const uint8_t *die, uint32_t seed)
{
	uint32_t step = SECTOR, size = session->part->size, state = seed | 1;
	enum reading_same same = READING_SAME;

	while (size / step > SAMPLES_MOST)
		step *= 2;
	for (uint32_t at = 0; same == READING_SAME && at < size; at += step)
		same = reading_sample(session, die, (struct range){at, step}, &state);
	return same;
}
