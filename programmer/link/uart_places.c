/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where a chip's UART may be; see link.h. */
#include <stdio.h>

#include "programmer/link/uart_link.h"
#include "programmer/wire/tty_list.h"

#define PORTS_MOST 16

size_t uart_places(struct link_place *places, size_t room)
{
	char paths[PORTS_MOST][TTY_PATH];
	size_t count = tty_list(paths, room < PORTS_MOST ? room : PORTS_MOST);

	for (size_t i = 0; i < count; i++) {
		places[i] = (struct link_place){.kind = "serial port", .parameter = "port"};
		snprintf(places[i].value, sizeof(places[i].value), "%.47s", paths[i]);
	}
	return count;
}
