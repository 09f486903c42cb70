/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "engine/repeats.h"

#include <string.h>

#define SAMPLES 64u
#define BYTES 16u
#define LOOKS 3u

struct samples {
	uint8_t bytes[SAMPLES][BYTES];
};

static bool look(struct session *session, unsigned number, struct samples *samples)
{
	const uint32_t step = session->part->size / SAMPLES;
	const uint32_t offset = step / LOOKS / BYTES * BYTES * number;
	struct proxy_piece pieces[SAMPLES];

	for (uint32_t i = 0; i < SAMPLES; i++)
		pieces[i] = (struct proxy_piece){step * i + offset, samples->bytes[i], BYTES};
	return flash_peek_all(session->flash, pieces, SAMPLES);
}

static bool is_blank(const struct samples *samples)
{
	for (uint32_t i = 0; i < SAMPLES; i++)
		if (memcmp(samples->bytes[i], samples->bytes[i] + 1, BYTES - 1) != 0)
			return false;
	return true;
}

/* The least number of samples after which they come again; SAMPLES: they do not. */
static uint32_t period(const struct samples *samples)
{
	uint32_t found = SAMPLES;

	while (found > 1 && memcmp(samples->bytes, samples->bytes[found / 2],
				   (SAMPLES - found / 2) * BYTES) == 0)
		found /= 2;
	return found;
}

bool repeats_look(struct session *session, uint32_t *after)
{
	uint32_t longest = 0;
	bool something = false;

	*after = 0;
	for (unsigned number = 0; number < LOOKS && longest < SAMPLES; number++) {
		struct samples samples;
		uint32_t one;

		if (!look(session, number, &samples))
			return false;
		one = period(&samples);
		longest = one > longest ? one : longest;
		something |= !is_blank(&samples);
	}
	if (something && longest < SAMPLES)
		*after = session->part->size / SAMPLES * longest;
	return true;
}
