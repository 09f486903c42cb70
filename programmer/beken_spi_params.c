/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The parameters of `-p beken_spi:`; see beken_spi.h. */
#include "programmer/beken_spi.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define KNOWN                                                                                      \
	"enter=auto|always|never, reset_ms=10..5000, tries=1..1000, leave=run|spi, "               \
	"unprotect=auto|no|restore, chip=NAME or chip=size:2M, usb=BUS:ADDRESS or usb=BUS-PORT"

#define DEFAULT_RESET_MS 100
#define DEFAULT_TRIES 25
#define TIMEOUT_PER_TRY_MS 4000

static bool number(const char *value, unsigned least, unsigned most, unsigned *result)
{
	unsigned long parsed;
	char *end;

	if (value[0] < '0' || value[0] > '9')
		return false;
	errno = 0;
	parsed = strtoul(value, &end, 10);
	if (errno || *end || parsed < least || parsed > most)
		return false;
	*result = (unsigned)parsed;
	return true;
}

static bool choice(const char *value, const char *const *words, unsigned *result)
{
	for (*result = 0; words[*result]; (*result)++)
		if (strcmp(value, words[*result]) == 0)
			return true;
	return false;
}

/* "1:4" or "1-2.3": one separator behind the bus, digits at both ends. */
static bool is_usb(const char *value)
{
	static const char digits[] = "0123456789";
	size_t len = strlen(value), bus = strspn(value, digits);

	if (bus == 0 || len < bus + 2 || !strchr(digits, value[len - 1]))
		return false;
	if (value[bus] == ':')
		return bus + 1 + strspn(value + bus + 1, digits) == len;
	return value[bus] == '-' && bus + 1 + strspn(value + bus + 1, "0123456789.") == len;
}

/* 1 taken, 0 bad value, -1 no such parameter. */
static int set(struct beken_spi_params *params, const char *name, const char *value)
{
	static const char *const enter[] = {"auto", "always", "never", NULL};
	static const char *const leave[] = {"spi", "run", NULL};
	static const char *const unprotect[] = {"auto", "no", "restore", NULL};
	unsigned index;

	if (strcmp(name, "enter") == 0) {
		if (!choice(value, enter, &index))
			return 0;
		params->link.enter = (enum link_enter)index;
		return 1;
	}
	if (strcmp(name, "leave") == 0) {
		if (!choice(value, leave, &index))
			return 0;
		params->leave = index == 1 ? LEAVE_RUN : LEAVE_SPI;
		return 1;
	}
	if (strcmp(name, "unprotect") == 0) {
		if (!choice(value, unprotect, &index))
			return 0;
		params->unprotect = (enum protection_policy)index;
		return 1;
	}
	if (strcmp(name, "chip") == 0) {
		if (!identify_is_chip(value) || strlen(value) >= sizeof(params->chip))
			return 0;
		strcpy(params->chip, value);
		return 1;
	}
	if (strcmp(name, "reset_ms") == 0)
		return number(value, 10, 5000, &params->link.reset_ms);
	if (strcmp(name, "tries") == 0)
		return number(value, 1, 1000, &params->link.tries);
	if (strcmp(name, "usb") == 0) {
		if (!is_usb(value) || strlen(value) >= sizeof(params->usb))
			return 0;
		strcpy(params->usb, value);
		return 1;
	}
	return -1;
}

static bool parse_one(char *item, struct beken_spi_params *params, const struct observer *observer)
{
	char *value = strchr(item, '=');
	int taken;

	if (!value) {
		observer_raise(observer, TROUBLE_USAGE, NO_RANGE,
			       "beken_spi: \"%s\" is not of the form name=value. There is: %s",
			       item, KNOWN);
		return false;
	}
	*value++ = '\0';
	taken = set(params, item, value);
	if (taken < 0)
		observer_raise(observer, TROUBLE_USAGE, NO_RANGE,
			       "beken_spi has no parameter \"%s\". There is: %s", item, KNOWN);
	else if (taken == 0)
		observer_raise(observer, TROUBLE_USAGE, NO_RANGE,
			       "beken_spi: bad value \"%s\" of %s. There is: %s", value, item,
			       KNOWN);
	return taken > 0;
}

bool beken_spi_parse(const char *text, struct beken_spi_params *params,
		     const struct observer *observer)
{
	char *copy, *item, *state;
	bool good = true;

	*params = (struct beken_spi_params){
		.link = {.enter = LINK_AUTO, .reset_ms = DEFAULT_RESET_MS, .tries = DEFAULT_TRIES},
	};
	copy = strdup(text ? text : "");
	if (!copy) {
		observer_raise(observer, TROUBLE_NO_MEMORY, NO_RANGE, "out of memory");
		return false;
	}
	for (item = strtok_r(copy, ",", &state); item && good; item = strtok_r(NULL, ",", &state))
		good = parse_one(item, params, observer);
	free(copy);
	/* A chip that was not brought into SPI mode by us is left as it was found. */
	if (params->leave == LEAVE_DEFAULT)
		params->leave = params->link.enter == LINK_NEVER ? LEAVE_SPI : LEAVE_RUN;
	params->link.timeout_ms = params->link.tries * TIMEOUT_PER_TRY_MS;
	return good;
}
