/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "engine/find_rf.h"

#include <stdio.h>
#include <string.h>

#include "engine/steady.h"

#define BEGIN_BYTES 16u /* enough to recognize it */
#define BYTES 64u	/* with the MAC address */

#define PLACES 128u /* that are looked at in one go */

/* Whether there is one at a place whose @begin looks like one. */
static bool look_at(struct session *session, uint32_t at, const uint8_t begin[BEGIN_BYTES],
		    struct rf *rf, bool *found)
{
	uint8_t bytes[BYTES];

	*found = rf_parse(begin, BEGIN_BYTES, 0, rf);
	if (!*found)
		return true;
	if (!steady_read(session, at, bytes, BYTES))
		return false;
	*found = rf_parse(bytes, BYTES, 0, rf);
	rf->offset = at;
	return true;
}

/* Reads the beginnings of @count sectors, after which the die answers with its ID. */
static bool peek_begins(struct session *session, uint32_t start, size_t count,
			uint8_t begins[PLACES][BEGIN_BYTES])
{
	struct proxy_piece pieces[PLACES];

	for (size_t i = 0; i < count; i++)
		pieces[i] = (struct proxy_piece){start + (uint32_t)i * RF_ALIGNMENT, begins[i],
						 BEGIN_BYTES};
	return flash_peek_all(session->flash, pieces, count);
}

bool find_rf_at(struct session *session, uint32_t at, struct rf *rf, bool *found)
{
	uint8_t begin[PLACES][BEGIN_BYTES];

	return peek_begins(session, at, 1, begin) && look_at(session, at, begin[0], rf, found);
}

bool find_rf(struct session *session, struct rf found[IMAGE_RFS], size_t *count)
{
	uint32_t places = session->part->size / RF_ALIGNMENT, piece;
	uint8_t begins[PLACES][BEGIN_BYTES];

	*count = 0;
	for (uint32_t first = 0; first < places && *count < IMAGE_RFS; first += piece) {
		piece = places - first < PLACES ? places - first : PLACES;
		if (!peek_begins(session, first * RF_ALIGNMENT, piece, begins))
			return false;
		for (uint32_t i = 0; i < piece && *count < IMAGE_RFS; i++) {
			bool there;

			if (!look_at(session, (first + i) * RF_ALIGNMENT, begins[i], &found[*count],
				     &there))
				return false;
			*count += there;
		}
	}
	return true;
}

const char *find_rf_text(const struct rf *found, size_t count, char text[FIND_RF_TEXT])
{
	text[0] = '\0';
	for (size_t i = 0; i < count; i++)
		snprintf(text + strlen(text), FIND_RF_TEXT - strlen(text), "%s0x%zx",
			 !i		 ? ""
			 : i + 1 < count ? ", "
					 : " and ",
			 found[i].offset);
	return text;
}
