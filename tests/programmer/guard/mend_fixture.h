/* SPDX-License-Identifier: GPL-2.0-or-later */
/* mend_fixture.h - a die of bytes in memory that holds noise, and what mends it. */
#ifndef TESTS_MEND_FIXTURE_H
#define TESTS_MEND_FIXTURE_H

#include "programmer/guard/mend.h"
#include "tests/programmer/die/memory_die.h"
#include "tests/unit.h"

extern const struct chipdb_part *part;
extern struct memory_die *memory;
extern struct mend *mend;
extern struct notes notes;

/* The first content of the die. */
uint8_t noise(uint32_t address);

/* Set-up and tear-down of a test. */
int mend_fixture_begin(void **state);
int mend_fixture_end(void **state);

#endif
