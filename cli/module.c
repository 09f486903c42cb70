/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "module.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "content.h"

bool module_has_other_flash(const struct journal *journal, const struct chipdb_part *part,
			    char why[MODULE_WHY])
{
	char id[9];

	part_id_text(part, id);
	if (strcmp(id, journal->id) == 0 && part->size == journal->size)
		return false;
	snprintf(why, MODULE_WHY, "its flash is %s (ID %s, %u KiB), and this is %s (ID %s, %u KiB)",
		 journal->part, journal->id, (unsigned)(journal->size / 1024), part->name, id,
		 (unsigned)(part->size / 1024));
	return true;
}

/* It may have the MAC of before or the wanted one; or none, while that is being written. */
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

/* Of a write without a backup, no more is known than where it went and the calibration. */
static uint8_t *what_is_known(const struct journal *journal, const uint8_t *present,
			      const uint8_t *wanted)
{
	const struct flash_range known = journal->known;
	uint8_t *seen = malloc(journal->size);

	if (!seen)
		return NULL;
	memcpy(seen, wanted, journal->size);
	content_copy_rf(seen, present, journal->size);
	memcpy(seen + known.start, present + known.start, known.length);
	return seen;
}

/* A write leaves the calibration as it was, unless it was to replace it. */
static bool has_other_calibration(const struct journal *journal, const uint8_t *present,
				  const uint8_t *wanted, char *why)
{
	uint8_t *seen;
	bool other;

	if (!wanted || strcmp(journal->command, "write") != 0 ||
	    strcmp(journal->mac, journal->wanted_mac) != 0)
		return false;
	seen = what_is_known(journal, present, wanted);
	other = !seen || !content_same_rf(seen, wanted, journal->size);
	free(seen);
	if (other)
		snprintf(why, MODULE_WHY, "the calibration of this one is another");
	return other;
}

bool module_is_other(const struct journal *journal, const uint8_t *present, const uint8_t *wanted,
		     char why[MODULE_WHY])
{
	return has_other_mac(journal, present, why) ||
	       has_other_calibration(journal, present, wanted, why);
}
