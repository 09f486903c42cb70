/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * die.h - a flash die that can be asked for its ID, read, programmed and erased, whatever it is
 * connected to: a SPI bus (spi_die.h), a bootloader at the end of a serial line, memory.
 *
 * Work comes in runs: ops that are done one after the other, as if each waited for the one before.
 * A run may travel as a whole, and adjacent ops may be joined on the way (a bootloader makes one
 * frame of sixteen pages). Waiting for a busy die, enabling a write and choosing an opcode are the
 * die's own business: after a run it is ready, or the next call waits for it. Answers are in their
 * buffers when the call returns, and only then.
 *
 * A run with changes is not given up when the observer cancels, except an erase of the whole chip,
 * which may take minutes; a run of reads only may be (TROUBLE_INTERRUPTED).
 *
 * Units: addresses and lengths are bytes of the die, times microseconds. A program lies within a
 * page of the part, over bytes that were erased, or leaves bits as they are: like all NOR flash a
 * die only clears bits.
 *
 * Errors: TROUBLE_NONE or the kind; nothing is raised here, since only the caller knows what it was
 * for. After an error answers are undefined, and it is not known which ops were done, only that
 * none after the failed one was. A die repeats by itself what its link allows to repeat; a fault
 * that it returns persisted.
 *
 * Ownership: ops and buffers are the caller's and live until the call returns. The part outlives
 * the die. Whoever makes a die frees it. Threads: one die, one thread at a time.
 */
#ifndef DIE_DIE_H
#define DIE_DIE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/range.h"
#include "base/trouble.h"
#include "chipdb/chipdb.h"

/* Enough for the check before the first change (identify_check.c), the longest run there is. */
#define DIE_RUN_MOST 160

#define DIE_PROGRAM_MOST 256 /* bytes of one program: the largest page of any part */
#define DIE_SFDP_MOST 64     /* bytes of one DIE_SFDP */
#define DIE_CLOSED 2

enum die_op_kind {
	DIE_ID,	     /* the three bytes of 9Fh, or their equivalent, into rx */
	DIE_SFDP,    /* @len bytes of the die's own table at @address; only with caps.sfdp */
	DIE_READ,    /* @len bytes from @address into rx, as many as there are */
	DIE_PROGRAM, /* @len bytes of data to @address */
	DIE_ERASE,   /* by part->erase[.erase], at @address, aligned to its size */
};

/* All but DIE_ID and DIE_SFDP need to know the part, see die_take_part(). */
struct die_op {
	enum die_op_kind kind;
	uint32_t address;
	size_t len;
	const uint8_t *data;
	uint8_t *rx;
	/* An index, not a pointer: the part may be a copy of another. */
	unsigned erase;
};

/*
 * What the link adds to the die's own times, for estimates; all 0 if that is nothing, or not known.
 *
 * What is known is what was read before, or written, or expected (die_expect()), and is still so.
 */
struct die_cost {
	uint32_t ns_per_byte; /* that is read or programmed */
	uint32_t ns_per_known_byte;
	uint32_t ns_per_erased_byte; /* of the first look at what was erased */
	uint32_t us_per_read;	     /* in addition to its bytes, if they are few */
	uint32_t us_per_known_read;  /* the same however many they are */
	uint32_t us_per_program;     /* in addition to its bytes */
	uint32_t us_per_erase;
	/*
	 * All of a page's time where several are programmed and the die does that while the next
	 * one comes; 0: it takes what its bytes, its program and the die take, one after the other.
	 */
	uint32_t us_per_page;
	uint32_t read_unit; /* a smaller read costs as much as one of this many bytes; 1 on SPI */
	uint32_t program_unit; /* the same of a program; 0: of a page */
};

/* What a die is able to do, and what it costs. Does not change when the part is known. */
struct die_caps {
	bool sfdp;	    /* can be asked for its own table */
	bool no_id;	    /* DIE_ID gives only the size: 1 << the last byte */
	bool size_assumed;  /* and that was not seen */
	bool registers;	    /* status registers can be read and written */
	bool checked;	    /* a checksum covers what is transferred: reading once is enough */
	bool sum;	    /* can compute the CRC-32 of a range without sending it */
	uint32_t size_most; /* the largest die that it reaches all of; 0: any */
	struct range closed[DIE_CLOSED]; /* what can be read but not changed over this link */
	struct die_cost cost;
};

/* Register values are SR1 | SR2 << 8 | SR3 << 16, without WIP, WEL and SUS. */
struct die_registers_write {
	enum chipdb_sr_write method;
	bool volatile_only; /* a power cycle undoes it */
	unsigned count;	    /* as die_registers_read() found; 1 makes it a one-byte 01h */
	uint32_t from, to;  /* the present and the wanted values; they must differ */
};

/* The locks of single blocks (CHIPDB_WPS). They last until power is cut. */
enum die_locks { DIE_LOCK, DIE_UNLOCK, DIE_LOCK_ALL, DIE_UNLOCK_ALL };

struct beken_die;

/*
 * Brings back a die that stops answering during the work: it fell asleep, is in another mode, or
 * the chip's firmware has taken over the line. Made by the link, which knows how (spi_revive.h).
 *
 * TROUBLE_NONE: it answers with the ID of its part and is ready; *@was_away: it did not before.
 * Else what is wrong with it. It notes what it did.
 */
struct die_reviver {
	enum trouble_kind (*revive)(struct die_reviver *reviver, struct beken_die *die,
				    bool *was_away);
};

/*
 * Makes the way to a die slower of which readings differ again and again. Made by the link, which
 * knows how (spi_speed.h).
 */
struct die_slower {
	/* One reading was wrong. True: the way is slower from now on, which it noted. */
	bool (*differed)(struct die_slower *slower);
};

#define DIE_REVIVALS_MOST 8 /* more often than this it is given up */

/*
 * What a kind of die implements. It gets what die_run() and the others below have checked:
 * no run is longer than DIE_RUN_MOST, nothing lies outside the part, crosses a page or touches a
 * closed range, and nothing is asked for that its caps lack.
 */
struct die_ops {
	enum trouble_kind (*run)(struct beken_die *die, struct die_op *ops, size_t count);
	enum trouble_kind (*wait_ready)(struct beken_die *die, uint32_t max_us);
	/* May be NULL: */
	void (*take_part)(struct beken_die *die);
	enum trouble_kind (*register_read)(struct beken_die *die, unsigned which, uint8_t *value);
	enum trouble_kind (*registers_read)(struct beken_die *die, uint32_t *sr, unsigned *count);
	enum trouble_kind (*registers_write)(struct beken_die *die,
					     const struct die_registers_write *write);
	enum trouble_kind (*lock_read)(struct beken_die *die, uint32_t address, bool *locked);
	enum trouble_kind (*lock_write)(struct beken_die *die, enum die_locks what,
					uint32_t address);
	enum trouble_kind (*sum)(struct beken_die *die, struct range range, uint32_t *crc);
	void (*expect)(struct beken_die *die, struct range range, const uint8_t *data);
	uint32_t (*known)(struct beken_die *die, struct range range);
	void (*idle)(struct beken_die *die);
};

/* Whoever makes a die embeds this as its first member. */
struct beken_die {
	const struct die_ops *ops;
	struct die_caps caps;
	const struct chipdb_part *part; /* NULL until die_take_part() */
	struct die_reviver *reviver;	/* or NULL: there is none, or it did not help */
	struct die_slower *slower;	/* or NULL: there is only one speed */
	/*
	 * How often it was away and came back. What was read or sent since it was last seen to
	 * answer must not be trusted, except for the run that brought it back.
	 */
	unsigned revived;
	unsigned repeated; /* runs with a change that it did not take until it was back */
	/* What of the last run's programs the next call waits for; length 0: nothing. */
	struct range under_way;
};

/* Which part it is, from now on. What was learnt about its speed is forgotten. */
void die_take_part(struct beken_die *die, const struct chipdb_part *part);

/*
 * TROUBLE_CLOSED_RANGE if a change touches one, TROUBLE_BUG if an op breaks the rules above:
 * then nothing of the run was done.
 *
 * A run in which the die stays busy, or answers a DIE_ID with an ID other than its part's, calls
 * .reviver, and is then repeated as a whole: erases and programs have the same result however often
 * they are done. Where nothing can bring the die back the run returns its own trouble, or what the
 * reviver found.
 */
enum trouble_kind die_run(struct beken_die *die, struct die_op *ops, size_t count);

/* Runs of one op. */
enum trouble_kind die_id(struct beken_die *die, uint8_t id[3]);
enum trouble_kind die_read(struct beken_die *die, uint32_t address, uint8_t *rx, size_t len);

/*
 * A reading that was just made was not what other readings of the same bytes say. True: the way to
 * the die is slower now, and what was read before that is as doubtful. Only between runs, when the
 * die is ready: so nothing that changes it is under way.
 */
bool die_differed(struct beken_die *die);

/*
 * Until it is ready, also if it was left in the middle of something; TROUBLE_STAYS_BUSY after
 * @max_us.
 */
enum trouble_kind die_wait_ready(struct beken_die *die, uint32_t max_us);

/*
 * Nothing is asked of it for a while. To be called at least every DIE_IDLE_MS, where that is
 * possible: a bootloader that hears nothing for longer gives up, and the chip starts its firmware.
 * Cheap, and may be called more often. A failure shows in the next run.
 */
#define DIE_IDLE_MS 20
void die_idle(struct beken_die *die);

/* Whether nothing in @range is closed. */
bool die_may_change(const struct beken_die *die, struct range range);

/*
 * The status registers; TROUBLE_NO_REGISTERS where this link does not reach them.
 *
 * die_register_read() asks for one as it is now, with WIP and WEL; @which is 0 for SR1.
 *
 * die_registers_read() gives two readings that agree, of a die that is ready. *@count: how many
 * there are. The database may name more than the die has; the others read FF and count as 0.
 * TROUBLE_UNSTEADY_READ when SR1 reads FF or the readings differ, TROUBLE_LINK_LOST when the die
 * does not answer with its ID at the same time, not even after it was brought back.
 *
 * die_registers_write() returns when the die is ready again. Only a read shows whether it took the
 * write. Registers of which no bit changes are not written, except those that travel with others in
 * one 01h.
 */
enum trouble_kind die_register_read(struct beken_die *die, unsigned which, uint8_t *value);
enum trouble_kind die_registers_read(struct beken_die *die, uint32_t *sr, unsigned *count);
enum trouble_kind die_registers_write(struct beken_die *die,
				      const struct die_registers_write *write);

/*
 * The lock of the block that contains @address; only for a part with CHIPDB_WPS, and effective only
 * while that bit is set. Only a read shows whether a write was taken. For all of them @address is
 * 0.
 */
enum trouble_kind die_lock_read(struct beken_die *die, uint32_t address, bool *locked);
enum trouble_kind die_lock_write(struct beken_die *die, enum die_locks what, uint32_t address);

/* The CRC-32 of IEEE 802.3 (as zlib's crc32()) of a range; only with caps.sum. */
enum trouble_kind die_sum(struct beken_die *die, struct range range, uint32_t *crc);

/*
 * What a range is likely to hold: where that is right, reading it may cost no more than a checksum.
 * It is never trusted: a read returns what the die holds. @data is copied.
 */
void die_expect(struct beken_die *die, struct range range, const uint8_t *data);

/* Of @range, how many bytes are known, for estimates; 0 where that makes no difference. */
uint32_t die_known(struct beken_die *die, struct range range);

#endif
