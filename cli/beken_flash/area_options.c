/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cli/beken_flash/area_options.h"

#include <string.h>

#include "base/number.h"

static bool parse_number(const char *option, const char *text, const struct observer *observer,
			 bool *has, uint32_t *number)
{
	*has = text != NULL;
	if (!text || number_bytes(text, number))
		return true;
	observer_raise(observer, TROUBLE_USAGE, NO_RANGE,
		       "--%s=%s is no number: write 69632, 68K, 1M or 0x11000", option, text);
	return false;
}

bool area_parse(const char *regions, const char *at, const char *size,
		const struct observer *observer, struct area_wish *wish)
{
	*wish = (struct area_wish){.regions = regions};
	if (regions && (at || size)) {
		observer_raise(observer, TROUBLE_USAGE, NO_RANGE,
			       "--region does not go together with --at and --size");
		return false;
	}
	if (!parse_number("at", at, observer, &wish->has_at, &wish->at) ||
	    !parse_number("size", size, observer, &wish->has_size, &wish->size))
		return false;
	if (wish->has_size && wish->size == 0)
		observer_raise(observer, TROUBLE_USAGE, NO_RANGE, "--size=0 is nothing");
	return !wish->has_size || wish->size > 0;
}

bool area_parse_one(const char *region, const char *at, const char *size,
		    const struct observer *observer, struct area_wish *wish)
{
	if (!region || !strchr(region, ','))
		return area_parse(region, at, size, observer, wish);
	observer_raise(observer, TROUBLE_USAGE, NO_RANGE,
		       "a file holds one region: take them one by one");
	return false;
}
