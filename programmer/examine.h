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
	bool opened; /* the adapter; else nothing of the rest is there */
	struct spi_caps caps;
	bool has_modes; /* it could be in one in which it is no adapter */
	char port[48];
	struct wire_seen seen;
	struct wire_verdict verdict;
};

/*
 * Opens the adapter, looks, and lets it go; a chip that linked stays so, any other runs.
 * @quickly: what can be seen in a second, for who looks again and again. What fails (the
 * adapter, not the wires) is raised, and returned.
 */
enum trouble_kind beken_examine(const struct beken_options *options, bool quickly,
				struct examined *examined);

#endif
