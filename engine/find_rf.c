/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "engine/find_rf.h"

#include <stdio.h>
#include <string.h>

#include "engine/steady.h"

#define BEGIN_BYTES 16u /* enough to recognize it */
#define BYTES 64u	/* with the MAC address */

bool find_rf_at(struct session *session, uint32_t at, struct rf *rf, bool *found)
{
	uint8_t bytes[BYTES];

	*found = false;
	if (!flash_peek(session->flash, at, bytes, BEGIN_BYTES))
		return false;
	if (!rf_parse(bytes, BEGIN_BYTES, 0, rf))
		return true;
	if (!steady_read(session, at, bytes, BYTES))
		return false;
	*found = rf_parse(bytes, BYTES, 0, rf);
	rf->offset = at;
	return true;
}

bool find_rf(struct session *session, struct rf found[IMAGE_RFS], size_t *count)
{
	*count = 0;
	for (uint32_t at = 0; at < session->part->size && *count < IMAGE_RFS; at += RF_ALIGNMENT) {
		bool there;

		if (!find_rf_at(session, at, &found[*count], &there))
			return false;
		*count += there;
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
