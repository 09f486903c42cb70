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

#define NUMBER_MOST 65535
#define CHANNEL_MOST 64

/* Returns NULL, or what would be right. */
static const char *set_port(struct uart_params *params, const char *value)
{
	static const char tcp[] = "tcp:";

	params->port[0] = params->tcp.place.host[0] = '\0';
	if (strncmp(value, tcp, sizeof(tcp) - 1) == 0)
		return net_place_parse(value + sizeof(tcp) - 1, TCP_PORT, NUMBER_MOST,
				       &params->tcp.place);
	if (value[0] != '/' || strlen(value) >= sizeof(params->port))
		return "a serial port, as in /dev/ttyUSB0, or tcp:HOST";
	strcpy(params->port, value);
	return NULL;
}

static const char *set_cen(struct uart_params *params, const char *value)
{
	static const char *const kinds[] = {"obk:", "tasmota:"};

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		size_t length = strlen(kinds[i]);

		if (strncmp(value, kinds[i], length) != 0)
			continue;
		params->tcp.relay = (enum relay_kind)(RELAY_OBK + i);
		return net_place_parse(value + length, 1, CHANNEL_MOST, &params->tcp.relay_place);
	}
	return "obk:HOST or tasmota:HOST";
}

/* 1 accepted; 0 bad value, and *@right may say what would be right; -1 no such parameter. */
static int set(struct uart_params *params, const char *name, const char *value, const char **right)
{
	static const char *const reset[] = {"auto", "lines", "hand", NULL};
	static const char *const leave[] = {"run", "stay", NULL};
	int index;

	*right = NULL;
	if (strcmp(name, "port") == 0)
		return !(*right = set_port(params, value));
	if (strcmp(name, "cen") == 0)
		return !(*right = set_cen(params, value));
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
	const char *right;
	int taken;

	uart_params_known(there_is, sizeof(there_is));
	if (!value) {
		observer_raise(observer, TROUBLE_USAGE, NO_RANGE,
			       "beken_uart: \"%s\" is not of the form name=value. Known are: %s",
			       item, there_is);
		return false;
	}
	*value++ = '\0';
	taken = set(params, item, value, &right);
	if (taken < 0)
		observer_raise(observer, TROUBLE_USAGE, NO_RANGE,
			       "beken_uart has no parameter \"%s\". Known are: %s", item, there_is);
	else if (taken == 0 && right)
		observer_raise(observer, TROUBLE_USAGE, NO_RANGE,
			       "beken_uart: bad value \"%s\" of %s: it takes %s", value, item,
			       right);
	else if (taken == 0)
		observer_raise(observer, TROUBLE_USAGE, NO_RANGE,
			       "beken_uart: bad value \"%s\" of %s. Possible: %s", value, item,
			       there_is);
	return taken > 0;
}

/* Checks which parameters may be combined. */
static bool fits(const struct uart_params *params, const struct observer *observer)
{
	const char *wrong = NULL;

	if (!params->port[0] && !params->tcp.place.host[0])
		wrong = "beken_uart needs to know where the chip is: port=/dev/ttyUSB0, or "
			"port=tcp:HOST";
	else if (params->port[0] && params->tcp.relay != RELAY_NONE)
		wrong = "beken_uart: cen= goes with port=tcp:HOST; at a serial port RTS or DTR is "
			"at CEN";
	else if (!params->port[0] && params->rate > UART_START_RATE)
		wrong = "beken_uart: over a network it is baud=115200, since the helper cannot be "
			"told another rate";
	if (wrong)
		observer_raise(observer, TROUBLE_USAGE, NO_RANGE, "%s", wrong);
	return !wrong;
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
	return good && fits(params, observer);
}
