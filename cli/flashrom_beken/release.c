/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cli/flashrom_beken/release.h"

#include <ctype.h>
#include <string.h>

#include "cli/flashrom_beken/flashrom_says.h"

struct newer_option {
	const char *name;
	const char *since;
	const char *instead;
};

static const struct newer_option newer_options[] = {
	{"progress", "1.4", "Omit it: progress is shown anyway"},
	{"sacrifice-ratio", "1.5", "Omit it: erases are joined anyway"},
	{"fmap-verify", "1.7", "--fmap does the same without that check"},
	{"read-repeated", "1.8", "-r twice and a comparison do the same"},
	{"use-first-chip", NULL, "Omit it: one of several names is chosen anyway"},
};

static bool cancelled(void *data)
{
	return observer_cancelled(data);
}

static bool ask(const char *flashrom, const char *option, const struct observer *observer,
		char text[FLASHROM_SAYS_ROOM])
{
	struct observer copy = *observer;

	return flashrom_says(flashrom, option, cancelled, &copy, text);
}

/* Options may be abbreviated unless that is ambiguous. */
static bool is_listed(const char *help, const char *name, size_t len)
{
	for (const char *at = help; (at = strstr(at, "--")); at += 2)
		if (strncmp(at + 2, name, len) == 0)
			return true;
	return false;
}

static bool has_option(const char *flashrom, const char *help, const char *option,
		       const struct observer *observer)
{
	const char *name = option + strspn(option, "-");
	size_t len = strcspn(name, "=");

	if (is_listed(help, name, len))
		return true;
	for (size_t i = 0; i < sizeof(newer_options) / sizeof(newer_options[0]); i++) {
		const struct newer_option *newer = &newer_options[i];

		if (strncmp(newer->name, name, len))
			continue;
		observer_raise(observer, TROUBLE_USAGE, NO_RANGE,
			       "%s has no option --%s%s%s. %s. Nothing was done", flashrom,
			       newer->name, newer->since ? "; flashrom has it from " : "",
			       newer->since ? newer->since : "", newer->instead);
		return false;
	}
	observer_raise(observer, TROUBLE_USAGE, NO_RANGE,
		       "%s has no option --%.*s, see --help. Nothing was done", flashrom, (int)len,
		       name);
	return false;
}

/* "--read [<file>]" there, "--read <file>" in the releases before. */
static bool may_lack_file(const char *flashrom, const char *help, char operation,
			  const struct observer *observer)
{
	const char *name = operation == 'r'   ? "--read ["
			   : operation == 'w' ? "--write ["
					      : "--verify [";

	if (strstr(help, name))
		return true;
	observer_raise(observer, TROUBLE_USAGE, NO_RANGE,
		       "-%c without a file is possible from flashrom 1.6 on, and %s is older. Name "
		       "%s. Nothing was done",
		       operation, flashrom,
		       operation == 'r'
			       ? "one; it gets the size of the flash, and with -i REGION:FILE "
				 "nothing but that region"
			       : "one of the size of the flash; with -i REGION:FILE that region "
				 "comes from its own file");
	return false;
}

bool release_has_options(const char *flashrom, const struct flashrom_args *args,
			 const struct observer *observer)
{
	char help[FLASHROM_SAYS_ROOM];

	/* If it cannot be asked, flashrom itself reports the error. */
	if ((!args->doubtful && !args->fileless) || !ask(flashrom, "--help", observer, help) ||
	    !is_listed(help, "programmer", strlen("programmer")))
		return true;
	return (!args->doubtful || has_option(flashrom, help, args->doubtful, observer)) &&
	       (!args->fileless || may_lack_file(flashrom, help, args->fileless, observer));
}

bool release_misreads_ends(const char *flashrom, const struct observer *observer)
{
	static const char begin[] = "flashrom ", release[] = "1.4.0";
	char text[FLASHROM_SAYS_ROOM];
	const char *version;

	if (!ask(flashrom, "--version", observer, text))
		return false;
	version = strstr(text, begin);
	if (!version)
		return false;
	version += strlen(begin);
	version += *version == 'v';
	/* Release candidates have it as well. */
	return strncmp(version, release, strlen(release)) == 0 &&
	       !isdigit((unsigned char)version[strlen(release)]);
}
