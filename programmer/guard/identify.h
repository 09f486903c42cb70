/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * identify.h - which part the die in the chip is.
 *
 * A known ID is looked up in the chip database. For an unknown one the installed flashrom is asked:
 * name and size are then taken from it, and erases and times from the die's own SFDP table
 * (JESD216). If flashrom does not know the ID either, the part is described by that table alone.
 * Without a table it is refused, unless the user says what it is: chip=NAME (a part of the database
 * that it is like) or chip=size:2M. The protection bits of what is not in the database are assumed
 * to be those that nearly all parts share.
 *
 * Where the link gives no ID (caps.no_id), chip= says which part it is, or only the size that was
 * seen is known. A chip= of another size is refused then, as is a part that the link does not reach
 * all of.
 *
 * Dice are sold under a false name, so a known ID is doubted when the die's own table gives another
 * size. chip= with the name of the known part ends that doubt; any other chip= is refused, since it
 * would drive the die as what it is not.
 *
 * Nothing here changes the die.
 */
#ifndef IDENTIFY_H
#define IDENTIFY_H

#include "chipdb/chipdb.h"
#include "base/observer.h"
#include "programmer/die/die.h"

/* The longest name in flashrom 1.8.0-rc1 has 54 characters. A longer one is cut. */
#define IDENTITY_NAME 64

enum identity_source {
	IDENTITY_DATABASE,
	IDENTITY_FLASHROM, /* an unknown ID that flashrom knows */
	IDENTITY_SFDP,	   /* an unknown ID, and the die's own table */
	IDENTITY_USER,	   /* an unknown ID, and chip= */
	IDENTITY_SIZE,	   /* no ID, and the size that was seen */
};

struct part_identity {
	struct chipdb_part part;   /* with the ID that the die gave; a copy for this session */
	char name[IDENTITY_NAME];  /* part.name points here if it is not the database's */
	char maker[IDENTITY_NAME]; /* part.maker likewise */
	enum identity_source source;
	bool size_told; /* the user said what it is, so the size is not doubted */
};

/* What flashrom knows about an ID. */
struct identify_known {
	char name[IDENTITY_NAME], maker[IDENTITY_NAME]; /* the maker "" if it was not told */
	uint32_t size;					/* bytes */
};

struct identify_ask {
	/* False: it does not know the ID, or cannot be asked. */
	bool (*ask)(void *data, const uint8_t id[3], struct identify_known *known);
	void *data;
};

/*
 * @id: what the die answered to 9Fh. @chip: the value of chip=, or "". @ask: called for an ID that
 * is not in the database, if chip= is not given; may be NULL. TROUBLE_NONE, or a kind that has been
 * raised with what to do: an unknown ID (PART_UNKNOWN), a part that is not supported
 * (PART_REFUSED), a chip= or an SFDP table that contradicts the ID (PART_DOUBTFUL), or the link's
 * fault.
 *
 * @identity must not be moved afterwards.
 */
enum trouble_kind identify(struct beken_die *die, const uint8_t id[3], const char *chip,
			   const struct identify_ask *ask, const struct observer *observer,
			   struct part_identity *identity);

/* Most makers encode the size as a power of two in the last byte of an ID. 0: this one did not. */
uint32_t identify_size(const uint8_t id[3]);

/*
 * Whether this link can drive a die of @size, as identify() found it or was told: PART_REFUSED, if
 * it does not reach all of it; PART_DOUBTFUL, if it has no ID and was seen to have another size.
 * Beyond its end such a die begins again, with what must never be changed. Both are raised.
 */
enum trouble_kind identify_fits(const struct beken_die *die, const uint8_t id[3], uint32_t size,
				const struct observer *observer);

/*
 * Before the first change, by one run of under 3 KiB of reads: does the die, which knows its part,
 * give the same answers twice (or is there a bad contact), and does it really have the size that
 * its ID says? A smaller one repeats its content, because addresses wrap around; only when it looks
 * like that is more of it read. @size_told spares the second question.
 *
 * A die that covers its transfers by a checksum is not asked twice, and one whose small reads are
 * expensive (caps.cost.read_unit) is checked in fewer places.
 *
 * TROUBLE_UNSTEADY_READ, TROUBLE_PART_SMALLER or the link's fault, which has been raised.
 */
enum trouble_kind identify_check(struct beken_die *die, bool size_told,
				 const struct observer *observer);

/*
 * Whether @chip is a valid value for identify(), to check the parameters: a part of the database,
 * or "size:" and a power of two from 64K to 16M, in bytes, K or M.
 */
bool identify_is_chip(const char *chip);

#endif
