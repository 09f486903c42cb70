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

/* "7.5M", "30k", "1000000": Hz. */
static bool set_speed(const char *value, uint32_t *hz)
{
	static const char digits[] = "0123456789";
	size_t whole = strspn(value, digits), part = 0, unit;
	uint64_t scale = 1, number = 0;

	if (value[whole] == '.')
		part = 1 + strspn(value + whole + 1, digits);
	unit = whole + part;
	if (value[unit] == 'M' || value[unit] == 'k')
		scale = value[unit] == 'M' ? 1000000 : 1000;
	if (!whole || whole > 9 || part == 1 || part > 4 || value[unit + (scale > 1)] ||
	    (part && scale < 1000))
		return false;
	for (size_t i = 0; i < unit; i++)
		if (value[i] != '.')
			number = number * 10 + (uint64_t)(value[i] - '0');
	number *= scale;
	for (size_t i = 1; i < part; i++)
		number /= 10;
	*hz = number <= UINT32_MAX ? (uint32_t)number : 0;
	return *hz > 0;
}

static bool set_cen_line(struct spi_params *params, const char *value)
{
	if (!cen_is_value(value) || strlen(value) >= sizeof(params->cen))
		return false;
	strcpy(params->cen, value);
	return true;
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
	if (strcmp(name, "cen") == 0)
		return set_cen_line(params, value);
	if (strcmp(name, "speed") == 0)
		return set_speed(value, &params->speed_hz);
	if (strcmp(name, "mode") == 0) {
		params->mode3 = strcmp(value, "3") == 0;
		return params->mode3 || strcmp(value, "0") == 0;
	}
	if (strcmp(name, "own_flash") == 0) {
		params->link.not_own = strcmp(value, "no") == 0;
		return params->link.not_own;
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

/* A parameter that several adapters share is listed once. */
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
			       "beken_spi: \"%s\" is not of the form name=value. Known are: %s",
			       item, spi_params_known(there_is, sizeof(there_is)));
		return false;
	}
	*value++ = '\0';
	taken = set(params, item, value);
	if (taken < 0)
		observer_raise(observer, TROUBLE_USAGE, NO_RANGE,
			       "beken_spi has no parameter \"%s\". Known are: %s", item,
			       spi_params_known(there_is, sizeof(there_is)));
	else if (taken == 0)
		observer_raise(observer, TROUBLE_USAGE, NO_RANGE,
			       "beken_spi: bad value \"%s\" of %s. Possible: %s", value, item,
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
	if (good && params->link.enter == LINK_NEVER && cen_opens_low(params->cen)) {
		observer_raise(
			observer, TROUBLE_USAGE, NO_RANGE,
			"beken_spi: enter=never forbids a reset, but opening the port of cen=%s "
			"resets the chip: use cen=none, and start the firmware with the command "
			"reset afterwards",
			params->cen);
		good = false;
	}
	/* A chip that was in SPI mode before, or that cannot be reset, is left as it is. */
	if (params->leave == LEAVE_DEFAULT)
		params->leave = params->link.enter == LINK_NEVER || strcmp(params->cen, "none") == 0
					? LEAVE_SPI
					: LEAVE_RUN;
	params->link.timeout_ms = params->link.tries * TIMEOUT_PER_TRY_MS;
	return good;
}

struct spi_bus *spi_params_open(const struct spi_params *params, const struct observer *observer)
{
	const struct adapter_wish wish = {
		.parameter = params->adapter,
		.value = params->adapter ? params->place : NULL,
		.speed_hz = params->speed_hz,
		.mode3 = params->mode3,
		.cen = params->cen[0] ? params->cen : NULL,
	};
	const struct cen_wish cen = {wish.cen, params->push_pull};
	struct spi_bus *bus = adapter_open(&wish, observer);

	if (bus && !cen_put_on(bus, &cen)) {
		adapter_close(bus);
		return NULL;
	}
	return bus;
}
