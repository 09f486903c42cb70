/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "engine/module.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/content.h"
#include "engine/part_id.h"

enum module_difference module_differs(const uint8_t *own, const uint8_t *other, uint32_t size)
{
	char mac[MANIFEST_MAC], other_mac[MANIFEST_MAC];
	struct rf found[IMAGE_RFS];

	content_mac(own, size, mac);
	content_mac(other, size, other_mac);
	if (mac[0])
		return strcmp(mac, other_mac) == 0 ? MODULE_SAME : MODULE_OTHER_MAC;
	/* A made-up MAC says nothing; the calibration does. */
	if (content_find_rf(own, size, found) == 0 || content_same_rf(own, other, size))
		return MODULE_SAME;
	return MODULE_OTHER_CALIBRATION;
}

static const char *id_or_none(const char *id)
{
	return id[0] ? id : "not known";
}

bool module_has_other_flash(const struct journal *journal, const struct chipdb_part *part,
			    const char *id, char why[MODULE_WHY])
{
	if (part_ids_fit(id, journal->id) && part->size == journal->size)
		return false;
	snprintf(why, MODULE_WHY, "its flash is %s (ID %s, %u KiB), and this is %s (ID %s, %u KiB)",
		 journal->part, id_or_none(journal->id), (unsigned)(journal->size / 1024),
		 part->name, id_or_none(id), (unsigned)(part->size / 1024));
	return true;
}

/* It may have the old MAC or the wanted one; or none, while that is being written. */
static bool has_other_mac(const struct journal *journal, const uint8_t *present, char *why)
{
	char mac[MANIFEST_MAC];

	content_mac(present, journal->size, mac);
	if (!mac[0] || strcmp(mac, journal->mac) == 0 || strcmp(mac, journal->wanted_mac) == 0)
		return false;
	snprintf(why, MODULE_WHY, "its MAC address is %s, and this one has %s",
		 journal->mac[0]	  ? journal->mac
		 : journal->wanted_mac[0] ? journal->wanted_mac
					  : "unknown",
		 mac);
	return true;
}

/* For a write without a backup, only the range and the calibration are known. */
static uint8_t *what_is_known(const struct journal *journal, const uint8_t *present,
			      const uint8_t *wanted)
{
	const struct range known = journal->known;
	uint8_t *seen = malloc(journal->size);

	if (!seen)
		return NULL;
	memcpy(seen, wanted, journal->size);
	content_copy_rf(seen, present, journal->size);
	memcpy(seen + known.start, present + known.start, known.length);
	return seen;
}

static bool was_there(const struct journal *journal, const uint8_t *die, const struct rf *rf)
{
	char sum[MANIFEST_SHA256];

	sha256_text(die + rf->offset, rf->length, sum);
	for (size_t i = 0; i < journal->calibration_count; i++)
		if (strcmp(journal->calibration[i], sum) == 0)
			return true;
	return false;
}

/*
 * Erased, and programmed to some point. The page in which the power failed may hold anything; then
 * the user has to confirm that this is the module.
 */
static bool is_on_its_way(const uint8_t *seen, const uint8_t *wanted, size_t length)
{
	for (size_t i = 0; i < length; i++)
		if (seen[i] != 0xff && seen[i] != wanted[i])
			return false;
	return true;
}

/*
 * Content that is neither old nor a step on the way would be lost; and what was to stay has to be
 * there.
 */
static bool differs_in_calibration(const struct journal *journal, const uint8_t *seen,
				   const uint8_t *wanted)
{
	struct rf found[IMAGE_RFS];
	size_t count = content_find_rf(seen, journal->size, found);

	for (size_t i = 0; i < count; i++)
		if (!was_there(journal, seen, &found[i]) &&
		    !is_on_its_way(seen + found[i].offset, wanted + found[i].offset,
				   found[i].length))
			return true;
	count = content_find_rf(wanted, journal->size, found);
	for (size_t i = 0; i < count; i++)
		if (was_there(journal, wanted, &found[i]) &&
		    memcmp(seen + found[i].offset, wanted + found[i].offset, found[i].length) != 0)
			return true;
	return false;
}

static bool has_other_calibration(const struct journal *journal, const uint8_t *present,
				  const uint8_t *wanted, char *why)
{
	uint8_t *seen = wanted ? what_is_known(journal, present, wanted) : NULL;
	bool other = wanted && (!seen || differs_in_calibration(journal, seen, wanted));

	free(seen);
	if (other)
		snprintf(why, MODULE_WHY, "this one has a different calibration");
	return other;
}

bool module_is_other(const struct journal *journal, const uint8_t *present, const uint8_t *wanted,
		     char why[MODULE_WHY])
{
	return has_other_mac(journal, present, why) ||
	       has_other_calibration(journal, present, wanted, why);
}

bool module_had_calibration(const struct journal *journal, const uint8_t *die, uint32_t size)
{
	struct rf found[IMAGE_RFS];
	size_t count = content_find_rf(die, size, found);

	for (size_t i = 0; i < count; i++)
		if (!was_there(journal, die, &found[i]))
			return false;
	return count > 0;
}

void module_remember(struct journal *journal, const uint8_t *present, const uint8_t *wanted)
{
	struct rf found[IMAGE_RFS];

	content_mac(present, journal->size, journal->mac);
	content_mac(wanted, journal->size, journal->wanted_mac);
	journal->calibration_count = content_find_rf(present, journal->size, found);
	for (size_t i = 0; i < journal->calibration_count; i++)
		sha256_text(present + found[i].offset, found[i].length, journal->calibration[i]);
}
