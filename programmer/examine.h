/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * examine.h - what is wrong between an adapter and a chip; see link/wire_verdict.h.
 *
 * Only for the programmer beken_spi. Nothing that changes the die is sent.
 */
#ifndef EXAMINE_H
#define EXAMINE_H

#include "programmer/link/wire_verdict.h"
#include "programmer/programmer.h"

struct examined {
	bool opened; /* the adapter; without it nothing else here is valid */
	struct spi_caps caps;
	bool has_modes; /* it has a mode in which it is not an adapter */
	char port[48];
	struct wire_seen seen;
	const char *symptom; /* how the link failed, in words; or NULL */
	struct wire_verdict verdict;
};

/*
 * Opens the adapter, examines the wiring, and releases it; a chip that linked stays in SPI mode,
 * any other runs. @quickly: only what can be seen in a second, for repeated checks. A failure of
 * the adapter, not of the wires, is raised and returned.
 */
enum trouble_kind beken_examine(const struct beken_options *options, bool quickly,
				struct examined *examined);

#endif
