/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * conformance.h - what every die has to do, however it is connected. For a new kind of die these
 * cases prove that guard/ can rely on what die.h says.
 */
#ifndef TESTS_CONFORMANCE_H
#define TESTS_CONFORMANCE_H

#include "programmer/die/die.h"

/* One kind of die. Only one exists at a time, between begin() and end(). */
struct conformance {
	const char *name;
	const struct chipdb_part *part;
	/* A die that knows its part, with any content. */
	struct beken_die *(*begin)(const struct chipdb_part *part);
	void (*end)(void);
	/* The content, not through the die: as many bytes as the part has, to be read and set. */
	uint8_t *(*memory)(void);
	/* Sets whether the observer asks to stop. */
	void (*cancel)(bool cancelled);
	/* Makes changes fail: at the latest from change number @change on, counted from 0. */
	void (*break_at)(unsigned change);
};

/* Runs all cases; returns the result for main(). */
int conformance_run(const struct conformance *subject);

#endif
