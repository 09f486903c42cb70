/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sim/model/uart_bridge_http.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define COMMAND_MOST 256u
#define BUFFER_MOST 16384u
#define BUFFER_USUAL 512u

void uart_bridge_http_answer(char *answer, unsigned status, const char *body)
{
	snprintf(answer, UART_BRIDGE_REQUEST,
		 "HTTP/1.1 %u %s\r\nContent-type: application/json\r\nConnection: close\r\n\r\n%s",
		 status, status == 200 ? "OK" : "No", body);
}

static int digit(char c)
{
	return isdigit((unsigned char)c)    ? c - '0'
	       : isxdigit((unsigned char)c) ? tolower((unsigned char)c) - 'a' + 10
					    : -1;
}

/* What follows cmnd=, up to the next blank or '&'. */
static bool find_command(const char *request, char *command)
{
	static const char begin[] = "GET /cm?cmnd=";
	size_t used = 0;

	if (strncmp(request, begin, sizeof(begin) - 1) != 0)
		return false;
	for (request += sizeof(begin) - 1; *request && !strchr(" &\r\n", *request); request++) {
		char c = *request == '+' ? ' ' : *request;

		if (c == '%') {
			int high = digit(request[1]), low = high < 0 ? -1 : digit(request[2]);

			if (low < 0)
				return false;
			c = (char)(high * 16 + low);
			request += 2;
		}
		if (used + 1 == COMMAND_MOST)
			return false;
		command[used++] = c;
	}
	command[used] = 0;
	return used;
}

static const char *behind(const char *text, const char *word)
{
	size_t length = strlen(word);

	return strncasecmp(text, word, length) == 0 ? text + length : NULL;
}

static const char *next_word(const char *text)
{
	while (*text && *text != ' ')
		text++;
	while (*text == ' ')
		text++;
	return text;
}

static bool is_on(const char *word, bool before)
{
	if (behind(word, "toggle"))
		return !before;
	return *word == '1' || behind(word, "on");
}

static bool power(struct uart_bridge_driver *driver, const char *number, bool ignores, char *answer)
{
	const char *value = next_word(number);

	if (ignores || (isdigit((unsigned char)*number) && atoi(number) != 1)) {
		strcpy(answer, "{}");
		return false;
	}
	if (*value)
		driver->relay = is_on(value, driver->relay);
	sprintf(answer, "{\"POWER\":\"%s\"}", driver->relay ? "ON" : "OFF");
	return true;
}

static bool set_channel(struct uart_bridge_driver *driver, const char *arguments, bool ignores,
			char *answer)
{
	bool known = !ignores && atoi(arguments) == 1;

	if (known)
		driver->relay = atoi(next_word(arguments)) != 0;
	sprintf(answer, "%d", known ? driver->relay : 0);
	return known;
}

static bool start_driver(struct uart_bridge_driver *driver, const char *arguments)
{
	const char *rate = next_word(arguments), *buffer = next_word(rate);
	int size = *buffer ? atoi(buffer) : (int)BUFFER_USUAL;

	if (!behind(arguments, "UartTCP"))
		return false;
	if (*rate)
		driver->rate = (uint32_t)atoi(rate);
	driver->buffer = size > 0 && size < (int)BUFFER_MOST ? (uint32_t)size : BUFFER_MOST;
	driver->runs = true;
	driver->starts++;
	return true;
}

static bool one_command(struct uart_bridge_driver *driver, const char *text, bool ignores,
			char *answer)
{
	strcpy(answer, "{}");
	if (behind(text, "SetChannel "))
		return set_channel(driver, next_word(text), ignores, answer);
	if (behind(text, "Power"))
		return power(driver, behind(text, "Power"), ignores, answer);
	if (behind(text, "startDriver "))
		return start_driver(driver, next_word(text));
	if (behind(text, "stopDriver ") && behind(next_word(text), "UartTCP")) {
		driver->runs = false;
		driver->starts++;
		return true;
	}
	/* delay_ms "can be only used from a script"; other commands are not known here. */
	return false;
}

/* Each command is executed, whatever the result of earlier ones. */
static bool backlog(struct uart_bridge_driver *driver, char *text, bool ignores, char *answer)
{
	bool good = true;
	char *state;

	for (char *item = strtok_r(text, ";", &state); item; item = strtok_r(NULL, ";", &state)) {
		while (*item == ' ')
			item++;
		good &= one_command(driver, item, ignores, answer);
	}
	strcpy(answer, "{}");
	return good;
}

enum uart_bridge_http_result uart_bridge_http(struct uart_bridge_driver *driver,
					      const char *request, bool ignores, char *answer)
{
	char command[COMMAND_MOST], body[64];
	bool good;

	if (!find_command(request, command)) {
		uart_bridge_http_answer(answer, 404, "");
		return UART_BRIDGE_REFUSED;
	}
	if (behind(command, "backlog "))
		good = backlog(driver, command + strlen("backlog "), ignores, body);
	else
		good = one_command(driver, command, ignores, body);
	uart_bridge_http_answer(answer, 200, body);
	return good ? UART_BRIDGE_DONE : UART_BRIDGE_REFUSED;
}
