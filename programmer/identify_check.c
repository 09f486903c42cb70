/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "identify.h"

bool identify_check(struct spi_bus *bus, const struct chipdb_part *part, bool size_told,
		    const struct log *log)
{
	(void)bus;
	(void)part;
	(void)size_told;
	(void)log;
	return true;
}
