/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cli/beken_flash/area_options.h"

#include <string.h>

#include "base/number.h"

#define SECTOR 4096 /* regions and partitions start at multiples of it */

static bool parse_size(const char *text, const struct observer *observer, struct area_wish *wish)
{
	wish->has_size = text != NULL;
	if (!text || number_bytes(text, &wish->size))
		return true;
	observer_raise(observer, TROUBLE_USAGE, NO_RANGE,
		       "--size=%s is not a number: write 69632, 68K, 1M or 0x11000", text);
	return false;
}

bool area_parse_address(const char *text, const struct observer *observer, uint32_t *at)
{
	bool good = number_bytes(text, at), doubtful = number_looks_hexadecimal(text, SECTOR);

	if (good && !doubtful)
		return true;
	if (good)
		observer_raise(
			observer, TROUBLE_USAGE, NO_RANGE,
			"--at=%s is 0x%x if it is decimal; if 0x%s is meant, write it with 0x",
			text, (unsigned)*at, text);
	else if (doubtful)
		observer_raise(observer, TROUBLE_USAGE, NO_RANGE,
			       "--at=%s is not a decimal number. If it is hexadecimal, write 0x%s",
			       text, text);
	else
		observer_raise(observer, TROUBLE_USAGE, NO_RANGE,
			       "--at=%s is not an address: write 69632, 68K, 1M or 0x11000", text);
	return false;
}

bool area_parse(const struct command_line *line, const struct observer *observer,
		struct area_wish *wish)
{
	const char *regions = line->option[OPTION_REGION], *at = line->option[OPTION_AT];
	const char *size = line->option[OPTION_SIZE];

	*wish = (struct area_wish){.regions = regions, .has_at = at != NULL};
	if (regions && (at || size)) {
		observer_raise(observer, TROUBLE_USAGE, NO_RANGE,
			       "--region cannot be combined with --at and --size");
		return false;
	}
	if ((at && !area_parse_address(at, observer, &wish->at)) ||
	    !parse_size(size, observer, wish))
		return false;
	if (wish->has_size && wish->size == 0)
		observer_raise(observer, TROUBLE_USAGE, NO_RANGE, "--size=0 is an empty range");
	return !wish->has_size || wish->size > 0;
}

bool area_parse_one(const struct command_line *line, const struct observer *observer,
		    struct area_wish *wish)
{
	const char *region = line->option[OPTION_REGION];

	if (!region || !strchr(region, ','))
		return area_parse(line, observer, wish);
	observer_raise(observer, TROUBLE_USAGE, NO_RANGE,
		       "a file holds one region: take them one by one");
	return false;
}
