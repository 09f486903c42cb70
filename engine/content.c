/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "engine/content.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/look.h"
#include "engine/rf_places.h"

size_t content_find_rf(const uint8_t *die, size_t size, struct rf found[IMAGE_RFS])
{
	size_t count = 0;

	for (size_t at = 0; at < size && count < IMAGE_RFS; at += RF_ALIGNMENT)
		if (rf_parse(die, size, at, &found[count]))
			count++;
	return count;
}

void content_mac(const uint8_t *die, size_t size, char mac[MANIFEST_MAC])
{
	struct rf found[IMAGE_RFS];
	size_t count = content_find_rf(die, size, found);

	mac[0] = '\0';
	for (size_t i = 0; i < count && !mac[0]; i++) {
		const uint8_t *m = found[i].mac;

		if (found[i].mac_good)
			snprintf(mac, MANIFEST_MAC, "%02x:%02x:%02x:%02x:%02x:%02x", m[0], m[1],
				 m[2], m[3], m[4], m[5]);
	}
}

bool content_same_rf(const uint8_t *one, const uint8_t *other, size_t size)
{
	const uint8_t *const dies[] = {one, other};

	for (size_t which = 0; which < 2; which++) {
		struct rf found[IMAGE_RFS];
		size_t count = content_find_rf(dies[which], size, found);

		for (size_t i = 0; i < count; i++)
			if (memcmp(one + found[i].offset, other + found[i].offset,
				   found[i].length) != 0)
				return false;
	}
	return true;
}

bool content_peek_rf(struct session *session, struct range known, uint32_t length, uint8_t *die)
{
	uint32_t starts[RF_PLACES];
	struct proxy_piece pieces[RF_PLACES];
	size_t count = rf_places(session->part->size, length, starts), wanted = 0;

	for (size_t i = 0; i < count; i++)
		if (starts[i] < known.start || starts[i] - known.start >= known.length)
			pieces[wanted++] = (struct proxy_piece){starts[i], die + starts[i], length};
	return flash_peek_all(session->flash, pieces, wanted);
}

bool content_rf_is_steady(struct session *session, const uint8_t *die)
{
	const struct range nothing = {0, 0};
	uint32_t size = session->part->size;
	uint8_t *again = malloc(size);
	bool good = false;

	if (!again) {
		session_no_memory(session);
		return false;
	}
	memcpy(again, die, size);
	if (content_peek_rf(session, nothing, RF_ALIGNMENT, again)) {
		good = memcmp(again, die, size) == 0;
		if (!good)
			observer_raise(
				session->observer, TROUBLE_UNSTEADY_READ, NO_RANGE,
				"two readings of the calibration differ; nothing was changed");
	}
	free(again);
	return good;
}

void content_copy_rf(uint8_t *die, const uint8_t *from, uint32_t size)
{
	uint32_t starts[RF_PLACES];
	size_t count = rf_places(size, RF_ALIGNMENT, starts);

	for (size_t i = 0; i < count; i++)
		memcpy(die + starts[i], from + starts[i], RF_ALIGNMENT);
}

bool content_look(struct content *content, struct session *session, const uint8_t *die)
{
	memset(content, 0, sizeof(*content));
	if (!image_identify(die, session->part->size, &content->image)) {
		session_no_memory(session);
		return false;
	}
	content->rf_count = content_find_rf(die, session->part->size, content->rf);
	content->settings_count = settings_find(die, session->part->size, content->settings);
	look_at_content(session, &content->image, content->rf, content->rf_count, &content->target);
	content_mac(die, session->part->size, content->mac);
	return true;
}

const struct chipdb_soc *content_soc(const struct content *content)
{
	const struct identity *identity = &content->target.identity;

	return identity->soc_count == 1 ? identity->socs[0] : NULL;
}
