/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * conformance.h - what every die has to do, whatever it hangs on. A new kind of die proves by
 * it that guard/ can rely on what die.h says.
 */
#ifndef TESTS_CONFORMANCE_H
#define TESTS_CONFORMANCE_H

#include "programmer/die/die.h"

/* One kind of die. There is one at a time, between begin() and end(). */
struct conformance {
	const char *name;
	const struct chipdb_part *part;
	/* A die that knows its part; its content does not matter. */
	struct beken_die *(*begin)(const struct chipdb_part *part);
	void (*end)(void);
	/* Its content, past the die: as many bytes as the part has, to be read and set. */
	uint8_t *(*memory)(void);
	/* Whether the observer wants to end from now on. */
	void (*cancel)(bool cancelled);
	/* From now on changes fail, from the one of this number on (from 0) or earlier. */
	void (*break_at)(unsigned change);
};

/* Runs all cases; returns what main() shall return. */
int conformance_run(const struct conformance *subject);

#endif
