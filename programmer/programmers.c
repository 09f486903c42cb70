/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stddef.h>

#include "programmer/link/spi_link.h"
#include "programmer/link/uart_link.h"

const struct programmer *const programmers[] = {
	&spi_link_programmer,
	&uart_link_programmer,
	NULL,
};
