/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The HTTP commands of a helper device; see uart_bridge.h. */
#ifndef SIM_UART_BRIDGE_HTTP_H
#define SIM_UART_BRIDGE_HTTP_H

#include <stdbool.h>
#include <stdint.h>

#define UART_BRIDGE_REQUEST 2048u

/* What its commands change. */
struct uart_bridge_driver {
	bool runs;
	unsigned starts; /* counts starts and stops: each drops the client */
	uint32_t rate, buffer;
	bool relay; /* number 1 */
};

enum uart_bridge_http_result { UART_BRIDGE_DONE, UART_BRIDGE_REFUSED };

/*
 * @request: all of it, as a text; @answer: room for UART_BRIDGE_REQUEST. @ignores: relays are not
 * known.
 */
enum uart_bridge_http_result uart_bridge_http(struct uart_bridge_driver *driver,
					      const char *request, bool ignores, char *answer);

void uart_bridge_http_answer(char *answer, unsigned status, const char *body);

#endif
