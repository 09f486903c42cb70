/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "identify.h"

bool identify_is_chip(const char *chip)
{
	return chipdb_part_by_name(chip) != NULL;
}

bool identify(struct spi_bus *bus, const uint8_t id[3], const char *chip, const struct log *log,
	      struct identity *identity)
{
	const struct chipdb_part *part = chipdb_part_by_id(id);

	(void)bus;
	(void)chip;
	if (!part) {
		log_error(log,
			  "the flash answers with the ID %02X %02X %02X, which is not in "
			  "the database; nothing was changed. Please report the ID and "
			  "the module's name",
			  id[0], id[1], id[2]);
		return false;
	}
	identity->part = *part;
	identity->source = IDENTITY_DATABASE;
	return true;
}
