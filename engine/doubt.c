/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "engine/doubt.h"

#include <stdlib.h>

#include "engine/reading.h"
#include "image/whole.h"

#define SAMPLES_AT_ONCE 4

static bool agreed(const struct session *session, enum whole seen, const char *why)
{
	switch (seen) {
	case WHOLE_GOOD:
		return true;
	case WHOLE_CONSTANT:
	case WHOLE_PATTERN:
		return session_ask(
			session, TROUBLE_DOUBTFUL_CONTENT,
			"What was read may not be what the flash holds: %s. A bus that is not "
			"connected also reads like this; check power, ground, and the "
			"wires. %s",
			why,
			seen == WHOLE_CONSTANT ? "Or the flash is really blank."
					       : "Or the flash really holds that.");
	case WHOLE_TWICE:
		return session_ask(session, TROUBLE_DOUBTFUL_CONTENT,
				   "What was read may not be what the flash holds: %s. Then it is "
				   "smaller than its ID says (name its part with chip=), or an "
				   "address was lost on the way.",
				   why);
	case WHOLE_HALF:
		break;
	}
	return session_ask(session, TROUBLE_DOUBTFUL_CONTENT,
			   "What was read may not be what the flash holds: %s. A contact that came "
			   "loose meanwhile also reads like this.",
			   why);
}

bool doubt_reading(const struct session *session, const uint8_t *whole)
{
	char why[WHOLE_WHY];
	enum whole seen = whole_judge(whole, session->part->size, why);

	return agreed(session, seen, why);
}

static bool read_all(struct session *session)
{
	uint8_t *die = reading_once(session, "read all of it");
	bool good = die && doubt_reading(session, die);

	free(die);
	return good;
}

bool doubt_samples(struct session *session, uint8_t bytes[DOUBT_BYTES])
{
	struct proxy_piece pieces[DOUBT_SAMPLES];
	char why[WHOLE_WHY];
	size_t at_once;
	bool good = true;

	for (uint32_t i = 0; i < DOUBT_SAMPLES; i++)
		pieces[i] = (struct proxy_piece){session->part->size / DOUBT_SAMPLES * i,
						 bytes + i * DOUBT_SAMPLE, DOUBT_SAMPLE};
	/* Where that takes long some at a time, so that it is seen how far it is. */
	at_once = session_phase_search(session, "read samples", DOUBT_SAMPLE, DOUBT_SAMPLES, 0, 1)
			  ? SAMPLES_AT_ONCE
			  : DOUBT_SAMPLES;
	for (size_t i = 0; good && i < DOUBT_SAMPLES; i += at_once)
		good = flash_peek_all(session->flash, pieces + i, at_once);
	observer_phase_end(session->observer);
	if (!good)
		return false;
	return whole_judge(bytes, DOUBT_BYTES, why) == WHOLE_GOOD || read_all(session);
}

bool doubt_file(const struct session *session, const char *path, const uint8_t *whole)
{
	char why[WHOLE_WHY];

	return whole_judge(whole, session->part->size, why) == WHOLE_GOOD ||
	       session_ask(session, TROUBLE_DOUBTFUL_CONTENT,
			   "%s may not be what a flash held: %s. A backup over a bad contact looks "
			   "like this.",
			   path, why);
}
