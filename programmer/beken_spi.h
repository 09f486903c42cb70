/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * beken_spi.h - the programmer `beken_spi`: parameters, adapter, link, part, proxy.
 *
 *   beken_spi_open()    reads the parameters, finds the adapter, brings the SoC into
 *                       SPI mode, reads the flash ID and finds the part
 *   beken_spi_start()   makes the proxy through which flashrom works
 *   beken_spi_close()   sends what is queued, lets the SoC run (or not), releases pins
 *
 * Threads: one object, one thread. Errors are logged with what to do next.
 */
#ifndef BEKEN_SPI_H
#define BEKEN_SPI_H

#include "chipdb/chipdb.h"
#include "programmer/guard/identify.h"
#include "programmer/link/link.h"
#include "base/observer.h"
#include "programmer/guard/protection.h"
#include "programmer/guard/proxy.h"
#include "programmer/bus/spi.h"

enum beken_spi_leave {
	LEAVE_DEFAULT, /* only while parsing: run, but spi with enter=never */
	LEAVE_RUN,     /* reset the SoC at the end, so that its firmware boots */
	LEAVE_SPI,     /* leave it in SPI mode, for another program */
};

/* The parameters behind `-p beken_spi:`. */
struct beken_spi_params {
	struct link_options link;
	enum beken_spi_leave leave;
	char usb[64];  /* usb=: which adapter; empty for the only one */
	char chip[40]; /* chip=: what an unknown flash is, see identify.h; mostly empty */
	enum protection_policy unprotect;
};

/*
 * Read "name=value,name=value..." (NULL and "" are fine). False after an error,
 * which names the parameter and lists what there is.
 */
bool beken_spi_parse(const char *text, struct beken_spi_params *params,
		     const struct observer *observer);

struct beken_spi_options {
	const char *params; /* as for beken_spi_parse() */
	const struct observer *observer;
};

struct beken_spi;

/* NULL after an error; CEN is high and the pins are released then. */
struct beken_spi *beken_spi_open(const struct beken_spi_options *options);

const struct chipdb_part *beken_spi_part(const struct beken_spi *beken);

/* The port that the adapter is plugged in at, as in usb=1-4.2. */
const char *beken_spi_adapter(const struct beken_spi *beken);

/* What this session may do, and how it looks to flashrom. */
struct beken_spi_session {
	bool read_only; /* refuse everything that changes the die's content */
	enum proxy_registers registers;
	/*
	 * The ID that flashrom is given instead of the part's own, or NULL. A part of the same
	 * size and geometry that flashrom knows.
	 */
	const uint8_t *stand_in;
};

/* NULL when memory is short. The proxy belongs to @beken; call this once. */
struct proxy *beken_spi_start(struct beken_spi *beken, const struct beken_spi_session *session);

/*
 * Ends the session. Returns 0, or an spi_error when changes were lost, protection was
 * not restored or CEN could not be brought back; that has been logged.
 */
int beken_spi_close(struct beken_spi *beken);

/*
 * Reset the SoC, so that its firmware runs, whatever it does now: no link is needed. Of the
 * parameters usb= and reset_ms= count. False after an error.
 */
bool beken_spi_reset(const struct beken_spi_options *options);

#endif
