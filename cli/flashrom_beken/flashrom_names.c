/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cli/flashrom_beken/flashrom_names.h"

#include <stdlib.h>
#include <string.h>

#define FOUND "Found "
#define BEFORE_NAME " flash chip \""
#define BEHIND_NAME "\" ("
#define BEHIND_SIZE " kB, "
#define FOUND_NONE "No EEPROM/flash device found"

bool flashrom_names_add(struct flashrom_names *names, const char *name, size_t len, uint32_t kib)
{
	struct flashrom_name *added = &names->names[names->count];

	if (names->count == FLASHROM_NAMES_MOST || len == 0 || len >= sizeof(added->name) ||
	    kib == 0)
		return false;
	for (size_t i = 0; i < len; i++)
		if (name[i] < ' ' || name[i] > '~')
			return false;
	memcpy(added->name, name, len);
	added->name[len] = '\0';
	added->kib = kib;
	names->count++;
	return true;
}

static void read_line(struct flashrom_output *output)
{
	const char *name, *end;
	char *behind;
	unsigned long long kib;

	if (strncmp(output->line, FOUND_NONE, strlen(FOUND_NONE)) == 0)
		output->answered = true;
	if (strncmp(output->line, FOUND, strlen(FOUND)))
		return;
	name = strstr(output->line, BEFORE_NAME);
	if (!name)
		return;
	name += strlen(BEFORE_NAME);
	end = strstr(name, BEHIND_NAME);
	if (!end)
		return;
	kib = strtoull(end + strlen(BEHIND_NAME), &behind, 10);
	if (strncmp(behind, BEHIND_SIZE, strlen(BEHIND_SIZE)) || kib > UINT32_MAX)
		return;
	output->answered = true;
	flashrom_names_add(&output->names, name, (size_t)(end - name), (uint32_t)kib);
}

void flashrom_output_feed(struct flashrom_output *output, const char *text, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		if (text[i] != '\n') {
			if (output->len < sizeof(output->line))
				output->line[output->len++] = text[i];
			continue;
		}
		if (output->len < sizeof(output->line)) {
			output->line[output->len] = '\0';
			read_line(output);
		}
		output->len = 0;
	}
}
