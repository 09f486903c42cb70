/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * identify.h - which part the die in the chip is.
 *
 * A known ID is looked up in the chip database. An unknown one is described by the
 * die's own SFDP table (JESD216), if it has one, with the protection bits that nearly
 * all parts share. Without that it is refused, unless the user says what it is:
 * chip=NAME (a part of the database that it is like) or chip=size:2M.
 *
 * Dice are sold under a false name, so a known ID is doubted when the die's own table says
 * another size. chip= with the name of the known part ends that doubt; any other chip= is
 * refused, since it would drive the die as what it is not.
 *
 * Nothing here changes the die.
 */
#ifndef IDENTIFY_H
#define IDENTIFY_H

#include "chipdb/chipdb.h"
#include "base/observer.h"
#include "programmer/die/die.h"

enum identity_source {
	IDENTITY_DATABASE,
	IDENTITY_SFDP, /* an unknown ID, and the die's own table */
	IDENTITY_USER, /* an unknown ID, and chip= */
};

struct identity {
	struct chipdb_part part; /* with the ID that the die gave; a copy for this session */
	char name[40];		 /* part.name points here if the name is made up */
	enum identity_source source;
	bool size_told; /* the user said what it is, so the size is not doubted */
};

/*
 * @id: what the die answered to 9Fh. @chip: the value of chip=, or "". TROUBLE_NONE, or a kind
 * that has been raised with what to do: an unknown ID (PART_UNKNOWN), a part that is not
 * driven (PART_REFUSED), a chip= or an SFDP table that contradicts the ID (PART_DOUBTFUL),
 * or the link's fault.
 *
 * @identity must not be moved afterwards.
 */
enum trouble_kind identify(struct beken_die *die, const uint8_t id[3], const char *chip,
			   const struct observer *observer, struct identity *identity);

/*
 * Before the first change, by one run of under 3 KiB of reads: does the die, which knows its
 * part, give the same answers twice (or is there a bad contact), and has it really the size
 * that its ID says? A smaller one repeats its content, because addresses wrap round; only
 * when it looks like that is more of it read. @size_told spares the second question.
 *
 * A die that covers what travels by a check sum is not asked twice, and one whose small reads
 * are dear (caps.read_unit) is looked at in fewer places.
 *
 * TROUBLE_UNSTEADY_READ, TROUBLE_PART_SMALLER or the link's fault, which has been raised.
 */
enum trouble_kind identify_check(struct beken_die *die, bool size_told,
				 const struct observer *observer);

/*
 * Whether @chip is a value that identify() may be given, for the parameters' sake: a part of
 * the database, or "size:" and a power of two from 64K to 16M, in bytes, K or M.
 */
bool identify_is_chip(const char *chip);

#endif
