/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "engine/part_id.h"

#include <stdio.h>
#include <string.h>

void part_id_text(const struct chipdb_part *part, char text[PART_ID])
{
	snprintf(text, PART_ID, "%02X %02X %02X", part->id[0], part->id[1], part->id[2]);
}

bool part_ids_fit(const char *one, const char *other)
{
	return !one[0] || !other[0] || strcmp(one, other) == 0;
}
