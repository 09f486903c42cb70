/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * register_die.h - status registers on a fake bus, with the behaviour that a test needs, and a
 * count of the register writes. There is one, called die.
 *
 * Include after unit.h.
 */
#ifndef TESTS_REGISTER_DIE_H
#define TESTS_REGISTER_DIE_H

#include "tests/programmer/fake_bus.h"
#include "programmer/die/spi_die.h"
#include "tests/programmer/guard/lift_result.h"

struct register_die {
	struct fake_bus fake;  /* first */
	struct beken_die *spi; /* on it */
	uint8_t sr[3], kept[3];
	unsigned count;	 /* number of its registers; others read FF */
	unsigned joint;	 /* the most bytes that it accepts after 01h */
	bool split;	 /* accepts 31h and 11h */
	bool takes_50h;	 /* accepts volatile writes */
	bool clears_sr2; /* one-byte 01h clears SR2 */
	bool locked;	 /* ignores all writes */
	bool away;	 /* its data line is 0 */
	uint8_t stuck[3];
	uint8_t read[3]; /* opcodes that read the registers */

	struct notes notes;
	size_t done; /* number of ops of the fake bus that were carried out */
	bool enabled, enabled_volatile, reads_wel;
	unsigned writes, volatile_writes, needless;
};

extern struct register_die die;

/* A die like @part, which a test may then change, and the object that protection.h needs. */
struct protection register_die_begin(const struct chipdb_part *part, uint32_t sr,
				     enum protection_policy policy);

/* The value in die.sr or die.kept. */
uint32_t register_die_value(const uint8_t sr[3]);

/* Checks the registers and the number of writes, none of which may have been without effect. */
void assert_registers(uint32_t sr, unsigned writes);

/* Kinds of parts, independent of the database. */
extern const struct chipdb_part joint, split, macronix, single;

#endif
