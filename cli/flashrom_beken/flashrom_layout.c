/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cli/flashrom_beken/flashrom_layout.h"

#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#define LINE_ROOM 600

bool flashrom_layout_find(const char *path, const char *name, size_t length, struct range *range)
{
	char line[LINE_ROOM], found[LINE_ROOM];
	uint32_t first, last;
	bool seen = false;
	FILE *file = fopen(path, "r");

	if (!file)
		return false;
	while (!seen && fgets(line, sizeof(line), file))
		seen = sscanf(line, "%" SCNx32 ":%" SCNx32 " %599s", &first, &last, found) == 3 &&
		       strlen(found) == length && memcmp(found, name, length) == 0 &&
		       first <= last && last < UINT32_MAX;
	fclose(file);
	if (seen)
		*range = (struct range){first, last - first + 1};
	return seen;
}
