/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The parameters of the programmer `beken_spi`. */
#include "programmer/link/spi_link.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/number.h"

#define DEFAULT_RESET_MS 100
#define DEFAULT_TRIES 25
#define TIMEOUT_PER_TRY_MS 4000

static bool choice(const char *value, const char *const *words, unsigned *result)
{
	for (*result = 0; words[*result]; (*result)++)
		if (strcmp(value, words[*result]) == 0)
			return true;
	return false;
}

/* A parameter that names an adapter. The same results as set(). */
static int set_adapter(struct spi_params *params, const char *name, const char *value)
{
	int taken = -1;

	for (size_t i = 0; adapters[i]; i++) {
		if (strcmp(name, adapters[i]->parameter) != 0)
			continue;
		taken = 0;
		if (!adapters[i]->is_value(value) || strlen(value) >= sizeof(params->place))
			continue;
		params->adapter = adapters[i]->parameter;
		strcpy(params->place, value);
		return 1;
	}
	return taken;
}

/* 1 taken, 0 bad value, -1 no such parameter. */
static int set(struct spi_params *params, const char *name, const char *value)
{
	static const char *const enter[] = {"auto", "always", "never", NULL};
	static const char *const leave[] = {"spi", "run", NULL};
	static const char *const drive[] = {"open-drain", "push-pull", NULL};
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
	if (strcmp(name, "cen") == 0) {
		if (!cen_is_value(value) || strlen(value) >= sizeof(params->cen))
			return 0;
		strcpy(params->cen, value);
		return 1;
	}
	if (strcmp(name, "cen_drive") == 0) {
		if (!choice(value, drive, &index))
			return 0;
		params->push_pull = index == 1;
		return 1;
	}
	if (strcmp(name, "reset_ms") == 0)
		return number_plain(value, 10, 5000, &params->link.reset_ms);
	if (strcmp(name, "tries") == 0)
		return number_plain(value, 1, 1000, &params->link.tries);
	return set_adapter(params, name, value);
}

/* Of adapters that share a parameter it is named once. */
const char *spi_params_known(char *text, size_t room)
{
	size_t len = (size_t)snprintf(text, room,
				      SPI_PARAMETERS ", " CEN_VALUES ", " LINK_COMMON_PARAMETERS);

	for (size_t i = 0; adapters[i] && len < room; i++) {
		bool named = false;

		for (size_t before = 0; before < i; before++)
			named |= strcmp(adapters[before]->parameter, adapters[i]->parameter) == 0;
		if (!named)
			len += (size_t)snprintf(text + len, room - len, ", %s",
						adapters[i]->value_help);
	}
	return text;
}

static bool parse_one(char *item, struct spi_params *params, const struct observer *observer)
{
	char *value = strchr(item, '='), there_is[LINK_PARAMETERS_ROOM];
	int taken;

	if (!value) {
		observer_raise(observer, TROUBLE_USAGE, NO_RANGE,
			       "beken_spi: \"%s\" is not of the form name=value. There is: %s",
			       item, spi_params_known(there_is, sizeof(there_is)));
		return false;
	}
	*value++ = '\0';
	taken = set(params, item, value);
	if (taken < 0)
		observer_raise(observer, TROUBLE_USAGE, NO_RANGE,
			       "beken_spi has no parameter \"%s\". There is: %s", item,
			       spi_params_known(there_is, sizeof(there_is)));
	else if (taken == 0)
		observer_raise(observer, TROUBLE_USAGE, NO_RANGE,
			       "beken_spi: bad value \"%s\" of %s. There is: %s", value, item,
			       spi_params_known(there_is, sizeof(there_is)));
	return taken > 0;
}

bool spi_params_parse(const char *text, struct spi_params *params, const struct observer *observer)
{
	char *copy, *item, *state;
	bool good = true;

	*params = (struct spi_params){
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
	/* A chip that was not brought into SPI mode by us, or cannot be reset, is left as it is. */
	if (params->leave == LEAVE_DEFAULT)
		params->leave = params->link.enter == LINK_NEVER || strcmp(params->cen, "none") == 0
					? LEAVE_SPI
					: LEAVE_RUN;
	params->link.timeout_ms = params->link.tries * TIMEOUT_PER_TRY_MS;
	return good;
}

struct spi_bus *spi_params_open(const struct spi_params *params, const struct observer *observer)
{
	const struct adapter_wish wish = {params->adapter, params->adapter ? params->place : NULL};
	const struct cen_wish cen = {params->cen[0] ? params->cen : NULL, params->push_pull};
	struct spi_bus *bus = adapter_open(&wish, observer);

	if (bus && !cen_put_on(bus, &cen)) {
		adapter_close(bus);
		return NULL;
	}
	return bus;
}
