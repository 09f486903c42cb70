/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * chip_choice.h - under which name flashrom is to work with a part (its option -c).
 *
 * With a name it looks for nothing else: releases before 1.8 then spare the user dozens of
 * "requested mapping" lines, and an ID with several entries is not ambiguous.
 */
#ifndef CHIP_CHOICE_H
#define CHIP_CHOICE_H

#include "chipdb/chipdb.h"
#include "cli/flashrom_beken/flashrom_names.h"

/* flashrom's entry for any part that describes itself; the proxy offers such a table. */
#define CHIP_BY_SFDP_NAME "SFDP-capable chip"

enum chip_choice_kind {
	CHIP_UNASKED,  /* flashrom could not be asked: it is left alone */
	CHIP_KNOWN,    /* flashrom knows the ID */
	CHIP_BY_SFDP,  /* it does not, and works by the table */
	CHIP_STAND_IN, /* it does not, and no table fits: it gets another part's ID */
	CHIP_NONE,     /* there is no such other part either */
};

struct chip_choice {
	enum chip_choice_kind kind;
	char name[FLASHROM_NAME_ROOM];	/* for -c; empty if there is none */
	uint8_t id[3];			/* the part's, or that of its stand-in */
	struct flashrom_names possible; /* with CHIP_KNOWN: all names of the right size */
};

/* As flashrom_knows(). */
struct chip_choice_ask {
	bool (*ask)(void *data, const uint8_t id[3], struct flashrom_names *names);
	void *data;
};

void chip_choose(const struct chipdb_part *part, const struct chip_choice_ask *ask,
		 struct chip_choice *choice);

/*
 * Whether flashrom's @name, such as "GD25Q256D/GD25Q256E", shows a user that it is @part: one of
 * the names begins like one of the part's.
 */
bool chip_is_called(const struct chipdb_part *part, const char *name);

#endif
