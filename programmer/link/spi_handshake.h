/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * spi_handshake.h - bringing a Beken SoC into its SPI mode, and out of it again.
 *
 * CEN low and high resets the SoC. For some tens of milliseconds afterwards it drives D2 on its
 * data output and listens for a byte D2; when it has got one it becomes, after up to a second, the
 * SPI NOR die inside its package. A CEN pulse ends that. docs/protocol.md has the details and the
 * sources.
 *
 * Success is a plausible answer to 9Fh, the same several times: all 00, all FF or a remaining D2
 * are never taken for an ID. Plausible answers that differ in one byte are a flash behind a bad
 * contact; those that differ more may be noise of a running firmware, and count as no answer.
 *
 * A chip that took D2, but shows no flash, may have a flash in deep power-down: it is woken, see
 * spi_wake.h.
 *
 * Nothing is raised here; what was seen is in the report. One thread, as the bus.
 */
#ifndef SPI_HANDSHAKE_H
#define SPI_HANDSHAKE_H

#include "base/observer.h"
#include "programmer/bus/spi.h"
#include "programmer/link/spi_wake.h"

enum link_enter {
	LINK_AUTO,   /* use a bus that is linked already, else reset and link */
	LINK_ALWAYS, /* reset and link in any case */
	LINK_NEVER,  /* only use a bus that is linked already; CEN is not touched */
};

/*
 * On a bus that may carry this computer's own flash (spi_caps.may_be_own) LINK_AUTO does as
 * LINK_ALWAYS, and only what is silent while CEN is low is a module. With LINK_NEVER nothing can
 * tell them apart: the user has to confirm it by not_own.
 */

struct link_options {
	enum link_enter enter;
	unsigned reset_ms;   /* how long CEN is held low, 10 to 5000; later tries hold it longer */
	unsigned tries;	     /* at most this many resets, 1 to 1000 */
	unsigned timeout_ms; /* no new try begins after this time */
	bool not_own;	     /* the user says that what answers is not this computer's own flash */
};

/*
 * How it went, as a kind of trouble:
 *
 *   NONE         a flash answers
 *   NO_ANSWER    LINK_NEVER, and no flash answers
 *   LINE_LOW     never an echo of D2; the data line was always 0
 *   LINE_HIGH    ... always 1
 *   NO_ECHO      ... the line carried something, but no D2
 *   NOT_TAKEN    the chip offers D2 but does not react to ours
 *   NO_FLASH     D2 was taken, but no flash answered
 *   UNSTEADY     a flash answers, but not the same twice: a bad contact
 *   OWN_FLASH    a flash answers by itself that may be this computer's own
 *   CEN_UNWIRED  the flash answers even while CEN is low, or the adapter has no pin for CEN
 *   INTERRUPTED the bus's observer cancelled it
 *   others the bus failed with this
 */
struct link_report {
	enum trouble_kind kind;
	uint8_t id[3];	     /* NONE: the answer to 9Fh */
	bool was_linked;     /* NONE: no reset was needed */
	enum spi_wake woken; /* NONE: what it took, beyond that */
	unsigned tries;	     /* resets that were made */
	uint8_t last_id[3];  /* otherwise: what 9Fh answered last */
};

/*
 * Returns report->kind. Bounded by options->timeout_ms plus one try (under 4 s; 10 s at 30 kHz).
 * CEN is high afterwards, whatever happened, unless the bus fails for good.
 */
enum trouble_kind spi_handshake(struct spi_bus *bus, const struct link_options *options,
				const struct observer *observer, struct link_report *report);

/* Whether the kind is one that the wires may cause: the bus works, but no flash answers. */
bool spi_handshake_failed(enum trouble_kind kind);

/*
 * Reset the SoC so that its firmware starts. *@ignored is set when the flash answers even
 * while CEN is low: then nothing was reset.
 */
enum trouble_kind spi_release(struct spi_bus *bus, unsigned reset_ms, bool *ignored);

#endif
