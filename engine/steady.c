/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "engine/steady.h"

#include <stdio.h>
#include <string.h>

#define LEAD 2 /* the lead, in readings, that a value of a byte needs over all others */

struct votes {
	uint8_t read[STEADY_READINGS][STEADY_PIECE];
	unsigned count;
};

const char *steady_rate(const struct steadiness *steadiness, char text[STEADY_TEXT])
{
	text[0] = '\0';
	if (steadiness->wrong)
		snprintf(text, STEADY_TEXT, "one bit in %llu was read wrong",
			 (unsigned long long)(steadiness->bits / steadiness->wrong));
	return text;
}

void steady_json(const struct steadiness *steadiness, struct json *json)
{
	json_number(json, "clock_hz", steadiness->clock_hz);
	json_number(json, "first_clock_hz", steadiness->first_clock_hz);
	json_number(json, "read_bits", steadiness->bits);
	json_number(json, "wrong_bits", steadiness->wrong);
	json_begin(json, "read_again", '[');
	for (size_t i = 0; i < steadiness->count; i++) {
		const struct range range = steadiness->pieces[i].range;

		json_begin(json, NULL, '{');
		json_range(json, range.start, range.length);
		json_number(json, "readings", steadiness->pieces[i].readings);
		json_end(json, '}');
	}
	json_end(json, ']');
}

void steady_begin(const struct session *session, struct steadiness *steadiness)
{
	uint32_t first_hz = steadiness->first_clock_hz, now_hz = flash_clock_hz(session->flash);

	*steadiness = (struct steadiness){.clock_hz = now_hz,
					  .first_clock_hz = first_hz ? first_hz : now_hz};
}

bool steady_is_slower(const struct session *session, const struct steadiness *steadiness)
{
	return flash_clock_hz(session->flash) < steadiness->clock_hz;
}

void steady_count(struct steadiness *steadiness, uint64_t bytes)
{
	steadiness->bits += 8 * bytes;
}

static bool raise_too_noisy(const struct session *session, const struct steadiness *steadiness)
{
	char rate[STEADY_TEXT];
	struct trouble trouble = trouble_seen(TROUBLE_TOO_NOISY,
					      "readings differ in too many places of the flash: %s",
					      steady_rate(steadiness, rate));

	trouble_add_number(&trouble, "wrong_bits", steadiness->wrong);
	trouble_add_number(&trouble, "read_bits", steadiness->bits);
	observer_tell(session->observer, &trouble);
	return false;
}

/* The number of pieces that may differ. */
static size_t pieces_most(uint32_t size)
{
	size_t half = size / STEADY_PIECE / 2;

	return half < STEADY_PIECES ? half : STEADY_PIECES;
}

static unsigned votes_for(const struct votes *votes, size_t i, uint8_t value)
{
	unsigned count = 0;

	for (unsigned a = 0; a < votes->count; a++)
		count += votes->read[a][i] == value;
	return count;
}

/* The value of byte @i that leads; false if it does not lead clearly. */
static bool elect(const struct votes *votes, size_t i, uint8_t *value)
{
	unsigned most = 0, next = 0;

	for (unsigned a = 0; a < votes->count; a++) {
		unsigned count = votes_for(votes, i, votes->read[a][i]);

		if (count > most) {
			most = count;
			*value = votes->read[a][i];
		}
	}
	for (unsigned a = 0; a < votes->count; a++)
		if (votes->read[a][i] != *value && votes_for(votes, i, votes->read[a][i]) > next)
			next = votes_for(votes, i, votes->read[a][i]);
	return most >= next + LEAD;
}

static bool elect_all(const struct votes *votes, size_t length, uint8_t *bytes)
{
	for (size_t i = 0; i < length; i++)
		if (!elect(votes, i, &bytes[i]))
			return false;
	return true;
}

static uint64_t wrong_bits(const struct votes *votes, size_t length, const uint8_t *bytes)
{
	uint64_t wrong = 0;

	for (unsigned a = 0; a < votes->count; a++)
		for (size_t i = 0; i < length; i++)
			wrong += (unsigned)__builtin_popcount(votes->read[a][i] ^ bytes[i]);
	return wrong;
}

/* Counts the wrong ones of the readings that were made here; the first may be an old one. */
static void tell_wrong(const struct session *session, const struct votes *votes, size_t length,
		       const uint8_t *bytes)
{
	for (unsigned a = 1; a < votes->count; a++)
		if (memcmp(votes->read[a], bytes, length) != 0)
			flash_differed(session->flash);
}

/* Records the effort; false if it is too much. @had: readings counted already. */
static bool account(const struct session *session, struct steadiness *steadiness,
		    struct range piece, const struct votes *votes, unsigned had, uint64_t wrong)
{
	if (!steadiness)
		return true;
	steady_count(steadiness, (uint64_t)(votes->count - had) * piece.length);
	if (!wrong)
		return true;
	steadiness->wrong += wrong;
	if (steadiness->count == pieces_most(session->part->size))
		return raise_too_noisy(session, steadiness);
	steadiness->pieces[steadiness->count].range = piece;
	steadiness->pieces[steadiness->count++].readings = votes->count;
	return true;
}

static bool raise_unsteady(const struct session *session, struct range piece)
{
	struct trouble trouble = trouble_seen(
		TROUBLE_UNSTEADY_READ, "after %u readings of 0x%x it is not clear what is there",
		STEADY_READINGS, (unsigned)piece.start);

	trouble.range = piece;
	observer_tell(session->observer, &trouble);
	return false;
}

/* Readings while the chip is away do not count. */
static bool peek(struct session *session, struct range range, uint8_t *bytes)
{
	const struct proxy_piece piece = {range.start, bytes, range.length};

	return flash_peek_all(session->flash, &piece, 1);
}

bool steady_settle(struct session *session, struct steadiness *steadiness, struct range piece,
		   uint8_t *read, const uint8_t *second)
{
	struct votes votes = {.count = 1};
	unsigned had;
	uint64_t wrong;

	memcpy(votes.read[0], read, piece.length);
	if (second)
		memcpy(votes.read[votes.count++], second, piece.length);
	for (had = votes.count; !elect_all(&votes, piece.length, read); votes.count++) {
		if (votes.count == STEADY_READINGS)
			return raise_unsteady(session, piece);
		if (session_interrupted(session) || !peek(session, piece, votes.read[votes.count]))
			return false;
	}
	wrong = wrong_bits(&votes, piece.length, read);
	if (wrong)
		observer_note(session->observer, NOTE_WARN, TROUBLE_NONE,
			      "0x%x: two readings differ, a bad contact; after %u readings it is "
			      "clear what is there",
			      (unsigned)piece.start, votes.count);
	tell_wrong(session, &votes, piece.length, read);
	return account(session, steadiness, piece, &votes, had, wrong);
}

/* Both readings are sent in one batch. */
bool steady_read_all(struct session *session, const struct proxy_piece *places, size_t count)
{
	struct proxy_piece pieces[2 * STEADY_PLACES] = {{.len = 0}};
	uint8_t again[STEADY_PIECE], *second = again;

	for (size_t i = 0; i < count; i++) {
		pieces[i] = pieces[count + i] = places[i];
		pieces[count + i].data = second;
		second += places[i].len;
	}
	if (!flash_peek_all(session->flash, pieces, 2 * count))
		return false;
	second = again;
	for (size_t i = 0; i < count; i++) {
		const struct proxy_piece *place = &places[i];
		const struct range range = {place->address, (uint32_t)place->len};

		if (!steady_settle(session, NULL, range, place->data, second))
			return false;
		second += place->len;
	}
	return true;
}

bool steady_read(struct session *session, uint32_t at, uint8_t *bytes, size_t count)
{
	for (size_t done = 0, length; done < count; done += length) {
		length = count - done < STEADY_PIECE ? count - done : STEADY_PIECE;
		if (!steady_read_all(
			    session,
			    &(struct proxy_piece){at + (uint32_t)done, bytes + done, length}, 1))
			return false;
	}
	return true;
}
