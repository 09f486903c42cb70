/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * proxy.h - what flashrom is allowed to see and do.
 *
 * flashrom talks to the proxy as if it were the flash, one CS window at a time.
 * The proxy answers what it knows without the bus (ID, SFDP, status registers),
 * collects what changes the die and sends it in batches, and keeps from the die
 * what must not reach it:
 *
 *   - flashrom rewrites status registers even for a plain read; writes to them
 *     are swallowed, and they always read as unprotected and ready. Protection
 *     is lifted once, before the first erase or program (protection.h).
 *     The user's own --wp-... is the exception: then flashrom sees the real registers,
 *     and what it writes is done by the part's own method.
 *   - WREN and a program, or an erase, are acknowledged at once and queued
 *     (changes.h); small erases are joined to large ones, and those of a page become ones of
 *     a sector whose rest is written back (writeback.h).
 *   - before the first change the die is checked (identify_check()).
 *   - what the die has closed stays as it is: a change that touches it is refused before
 *     anything is sent, an erase of the whole chip like any other (gate.h).
 *   - with read_only set, whatever could change the die is refused.
 *   - a part that flashrom does not know is described by an SFDP table, or, above
 *     16 MiB, appears under the ID of one that it knows (stand_in). flashrom then chooses 3- or
 *     4-byte addresses as for that part; the die gets its own.
 *   - other opcodes never reach the die: those that read are answered with FF, as by a part that
 *     does not know them, the rest is refused.
 *
 * Callers with addresses instead of frames read, program and erase by proxy_read(), proxy_write()
 * and proxy_erase(), with the same rules.
 *
 * A failure is found late, since writes are acknowledged early: then every
 * later op is refused, so that flashrom ends instead of trying a chip erase, and
 * proxy_finish() reports it.
 *
 * Errors: TROUBLE_NONE, or a kind that has been raised; except for a frame with an unknown command
 * (TROUBLE_REFUSED_COMMAND), which is only refused: flashrom probes what there is. Threads: one
 * proxy, one thread.
 */
#ifndef PROXY_H
#define PROXY_H

#include "base/observer.h"
#include "chipdb/chipdb.h"
#include "programmer/guard/protection.h"
#include "programmer/die/die.h"

/* What flashrom sees of the status registers. */
enum proxy_registers {
	PROXY_REGISTERS_HIDDEN, /* always unprotected and ready; writes are swallowed */
	PROXY_REGISTERS_READ,	/* the real ones; writes are refused */
	PROXY_REGISTERS_WRITE,	/* the real ones; written by the part's own method */
};

struct proxy_options {
	const struct chipdb_part *part;
	bool read_only;
	bool size_told; /* see identify_check() */
	enum protection_policy unprotect;
	enum proxy_registers registers;
	const uint8_t *stand_in; /* the ID that flashrom is given; NULL for the part's own */
	const struct observer *observer;
};

struct proxy;

/* What became of the die so far. */
enum proxy_done {
	PROXY_NOTHING, /* it was neither read nor changed */
	PROXY_HAS_READ,
	PROXY_CHANGED, /* an erase or a program was sent, or will be at the end */
};

/*
 * NULL when memory runs out. The die must be linked, and is told its part; it outlives the proxy,
 * as must what the options point to.
 */
struct proxy *proxy_new(struct beken_die *die, const struct proxy_options *options);

/* The most data bytes that one op may write or read. */
#define PROXY_WRITE_MOST 256
#define PROXY_READ_MOST 65536

/*
 * One CS window: @tx_len bytes out, then @rx_len bytes in. After an error @rx is undefined.
 */
enum trouble_kind proxy_op(struct proxy *proxy, const uint8_t *tx, size_t tx_len, uint8_t *rx,
			   size_t rx_len);

/*
 * Bytes of the die by address, as many as there are. proxy_write() programs, so what is there must
 * be erased, or hold the bits already; proxy_erase() takes multiples of the smallest erase. As with
 * frames, changes are queued, and proxy_finish() says whether all is done. TROUBLE_BUG for what is
 * not inside the part.
 */
enum trouble_kind proxy_read(struct proxy *proxy, uint32_t address, uint8_t *data, size_t len);
enum trouble_kind proxy_write(struct proxy *proxy, uint32_t address, const uint8_t *data,
			      size_t len);
enum trouble_kind proxy_erase(struct proxy *proxy, struct range range);

/* Bytes of the die at an address; the caller owns @data. */
struct proxy_piece {
	uint32_t address;
	uint8_t *data;
	size_t len; /* at most PROXY_READ_MOST, and not 0 */
};

/* Many pieces, in as few round trips to the adapter as they need. Each is read once. */
enum trouble_kind proxy_read_all(struct proxy *proxy, const struct proxy_piece *pieces,
				 size_t count);

/*
 * Whether the caller reads again and compares all that it reads from now on: then no samples of it
 * are checked, and wrong readings are not failures of the proxy.
 */
void proxy_is_compared(struct proxy *proxy, bool compared);

/* See die_idle(). */
void proxy_idle(struct proxy *proxy);

/* What a range is likely to hold, see die_expect() and mend_expect(). */
void proxy_expect(struct proxy *proxy, struct range range, const uint8_t *data);

/* Whether the die can change everything in @range; to ask before the first change. */
bool proxy_may_change(const struct proxy *proxy, struct range range);

/* The same: NONE, or CLOSED_RANGE, which is raised. */
enum trouble_kind proxy_check_open(struct proxy *proxy, struct range range);

/*
 * Send what is queued, and check what was promised to flashrom and not seen since (writeback.h).
 * Returns the first error since the start. May be called at any time and more than once.
 */
enum trouble_kind proxy_finish(struct proxy *proxy);

/*
 * The end: as proxy_finish(), then protection is restored if it has to be, and the proxy is freed.
 * @interrupted: flashrom was stopped, so what it was told need not be checked any more; it is still
 * sent. NULL is fine.
 */
enum trouble_kind proxy_close(struct proxy *proxy, bool interrupted);

/* From now on flashrom sees this of the status registers. */
void proxy_show_registers(struct proxy *proxy, enum proxy_registers registers);

enum proxy_done proxy_done(const struct proxy *proxy);

/*
 * After proxy_finish(), where a change was not where it belongs: for how many bytes it is not known
 * whether it has hit them, since they were never read. Else 0.
 */
uint32_t proxy_unknown(const struct proxy *proxy);

/*
 * The status registers, for callers that read or set them directly. Belongs to the proxy; what is
 * queued is not sent before.
 */
struct protection *proxy_protection(struct proxy *proxy);

#endif
