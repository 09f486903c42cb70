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
 *   - WREN and a program, or an erase, are acknowledged at once and queued;
 *     programs of one page are joined. Anything that reads the die sends the
 *     queue first, in the same batch.
 *   - with read_only set, whatever could change the die is refused.
 *   - other opcodes never reach the die: those that ask are answered with FF, as
 *     by a part that does not know them, the rest is refused.
 *
 * A failure is found late, since writes are acknowledged early: then every
 * later op is refused, so that flashrom ends instead of trying a chip erase, and
 * proxy_finish() reports it.
 */
#ifndef PROXY_H
#define PROXY_H

#include "chipdb.h"
#include "log.h"
#include "protection.h"
#include "spi.h"

/* What flashrom sees of the status registers. */
enum proxy_registers {
	PROXY_REGISTERS_HIDDEN, /* always unprotected and ready; writes are swallowed */
	PROXY_REGISTERS_READ,	/* the real ones; writes are refused */
	PROXY_REGISTERS_WRITE,	/* the real ones; written by the part's own method */
};

enum proxy_activity { PROXY_READS, PROXY_PROGRAMS, PROXY_ERASES };

struct proxy_options {
	const struct chipdb_part *part;
	bool read_only;
	bool size_told; /* see identify_check() */
	enum protection_policy unprotect;
	enum proxy_registers registers;
	const uint8_t *stand_in; /* the ID that flashrom is given; NULL for the part's own */
	const struct log *log;
	/* May be NULL. Told after each piece of work which address range it was. */
	void (*progress)(void *data, enum proxy_activity activity, uint32_t address, uint32_t len);
	void *progress_data;
};

struct proxy;

/* What has become of the die so far. */
enum proxy_done {
	PROXY_NOTHING, /* it was neither read nor changed */
	PROXY_HAS_READ,
	PROXY_CHANGED, /* an erase or a program was sent, at the least */
};

/* NULL when memory is short. The bus must be linked, and outlive the proxy. */
struct proxy *proxy_new(struct spi_bus *bus, const struct proxy_options *options);
void proxy_free(struct proxy *proxy);

/* The most data bytes that one op may write or read. */
#define PROXY_WRITE_MOST 256
#define PROXY_READ_MOST 65536

/*
 * One CS window: @tx_len bytes out, then @rx_len bytes in. Returns 0, or an error
 * when the op is refused or failed; @rx is then undefined.
 */
int proxy_op(struct proxy *proxy, const uint8_t *tx, size_t tx_len, uint8_t *rx, size_t rx_len);

/*
 * Send what is queued. Returns 0, or the error of anything that went wrong since
 * the begin, which has been logged. May be called at any time and more than once.
 */
int proxy_finish(struct proxy *proxy);

enum proxy_done proxy_done(const struct proxy *proxy);

#endif
