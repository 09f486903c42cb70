/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The parameters of the programmer `beken_uart`. */
#include "programmer/link/uart_link.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/number.h"
#include "programmer/die/uart_rate.h"

#define DEFAULT_WAIT_S 30

const char *uart_params_known(char *text, size_t room)
{
	snprintf(text, room, "%s", UART_PARAMETERS ", " LINK_COMMON_PARAMETERS);
	return text;
}

/* Index in @words, or -1. */
static int choice(const char *value, const char *const *words)
{
	for (int i = 0; words[i]; i++)
		if (strcmp(value, words[i]) == 0)
			return i;
	return -1;
}

static bool set_port(struct uart_params *params, const char *value)
{
	if (value[0] != '/' || strlen(value) >= sizeof(params->port))
		return false;
	strcpy(params->port, value);
	return true;
}

/* 1 taken, 0 bad value, -1 no such parameter. */
static int set(struct uart_params *params, const char *name, const char *value)
{
	static const char *const reset[] = {"auto", "lines", "hand", NULL};
	static const char *const leave[] = {"run", "stay", NULL};
	int index;

	if (strcmp(name, "port") == 0)
		return set_port(params, value);
	if (strcmp(name, "wait") == 0)
		return number_plain(value, 1, 600, &params->enter.wait_s);
	if (strcmp(name, "baud") == 0) {
		params->rate = 0;
		return strcmp(value, "auto") == 0 ||
		       number_plain(value, UART_START_RATE, UART_RATE_BEST, &params->rate);
	}
	if (strcmp(name, "reset") == 0) {
		index = choice(value, reset);
		params->enter.reset = index < 0 ? UART_RESET_AUTO : (enum uart_reset)index;
		return index >= 0;
	}
	if (strcmp(name, "leave") == 0) {
		index = choice(value, leave);
		params->stays = index == 1;
		return index >= 0;
	}
	return -1;
}

static bool parse_one(char *item, struct uart_params *params, const struct observer *observer)
{
	char *value = strchr(item, '='), there_is[LINK_PARAMETERS_ROOM];
	int taken;

	uart_params_known(there_is, sizeof(there_is));
	if (!value) {
		observer_raise(observer, TROUBLE_USAGE, NO_RANGE,
			       "beken_uart: \"%s\" is not of the form name=value. There is: %s",
			       item, there_is);
		return false;
	}
	*value++ = '\0';
	taken = set(params, item, value);
	if (taken < 0)
		observer_raise(observer, TROUBLE_USAGE, NO_RANGE,
			       "beken_uart has no parameter \"%s\". There is: %s", item, there_is);
	else if (taken == 0)
		observer_raise(observer, TROUBLE_USAGE, NO_RANGE,
			       "beken_uart: bad value \"%s\" of %s. There is: %s", value, item,
			       there_is);
	return taken > 0;
}

bool uart_params_parse(const char *text, struct uart_params *params,
		       const struct observer *observer)
{
	char *copy = strdup(text ? text : ""), *item, *state;
	bool good = true;

	*params = (struct uart_params){.enter = {.wait_s = DEFAULT_WAIT_S}};
	if (!copy) {
		observer_raise(observer, TROUBLE_NO_MEMORY, NO_RANGE, "out of memory");
		return false;
	}
	for (item = strtok_r(copy, ",", &state); item && good; item = strtok_r(NULL, ",", &state))
		good = parse_one(item, params, observer);
	free(copy);
	if (good && !params->port[0]) {
		observer_raise(observer, TROUBLE_USAGE, NO_RANGE,
			       "beken_uart needs to know the serial port: port=/dev/ttyUSB0");
		return false;
	}
	return good;
}
