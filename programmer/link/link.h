/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * link.h - bringing a Beken SoC into its SPI mode, and out of it again.
 *
 * CEN low and high resets the SoC. For some tens of milliseconds afterwards it
 * drives D2 on its data output and listens for a byte D2; when it has got one it
 * becomes, after up to a second, the SPI NOR die inside its package. A CEN pulse
 * ends that. docs/protocol.md has the whole story and its sources.
 *
 * Success is a plausible answer to 9Fh, the same several times: all 00, all FF
 * or the left-over D2 are never taken for an ID. Plausible answers that differ in one
 * byte are a flash behind a bad contact; those that differ more may be noise of a
 * running firmware, and count as no answer.
 */
#ifndef LINK_H
#define LINK_H

#include "base/observer.h"
#include "programmer/bus/spi.h"

enum link_enter {
	LINK_AUTO,   /* use a bus that is linked already, else reset and link */
	LINK_ALWAYS, /* reset and link in any case */
	LINK_NEVER,  /* only use a bus that is linked already; CEN is not touched */
};

enum link_status {
	LINK_OK,
	LINK_NO_ANSWER,	  /* LINK_NEVER, and no flash answers */
	LINK_STUCK_00,	  /* never an echo of D2; the data line was always 0 */
	LINK_STUCK_FF,	  /* ... always 1 */
	LINK_NO_ECHO,	  /* ... the line carried something, but no D2 */
	LINK_NOT_TAKEN,	  /* the chip offers D2 but does not react to ours */
	LINK_NO_FLASH,	  /* D2 was taken, but no flash answered */
	LINK_UNSTEADY,	  /* a flash answers, but not the same twice: a bad contact */
	LINK_CEN_UNWIRED, /* the flash answers even while CEN is low */
	LINK_CANCELLED,
	LINK_ADAPTER, /* the bus failed; .bus_error says how */
};

struct link_options {
	enum link_enter enter;
	unsigned reset_ms;   /* how long CEN is held low, 10 to 5000; later tries hold it longer */
	unsigned tries;	     /* at most so many resets, 1 to 1000 */
	unsigned timeout_ms; /* no new try begins after this time */
};

struct link_report {
	enum link_status status;
	int bus_error;
	uint8_t id[3];	    /* LINK_OK: the answer to 9Fh */
	bool was_linked;    /* LINK_OK: no reset was needed */
	unsigned tries;	    /* resets that were made */
	uint8_t last_id[3]; /* otherwise: what 9Fh answered last */
};

/* Returns report->status. Bounded by options->timeout_ms plus one try (under 4 s). */
enum link_status link_enter(struct spi_bus *bus, const struct link_options *options,
			    const struct observer *observer, struct link_report *report);

/* What the status means and what to check next, for the user. */
const char *link_advice(enum link_status status);

/*
 * Reset the SoC so that its firmware starts. Returns 0 or an spi_error. *@ignored is set
 * when the flash answers even while CEN is low: then nothing was reset.
 */
int link_leave(struct spi_bus *bus, unsigned reset_ms, bool *ignored);

#endif
