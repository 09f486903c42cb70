/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * programmer.h - a programmer by its name: link, part and proxy.
 *
 *   beken_open()    reads the parameters, brings the chip to where its flash answers, and finds
 *                   out which part that is
 *   beken_start()   makes the proxy through which flashrom works
 *   beken_close()   sends what is queued, lets the chip run (or not), releases the adapter
 *
 * Parameters are "name=value,name=value...", NULL and "" are fine. all programmers have chip= and
 * unprotect=; the others belong to the link (link.h).
 *
 * Threads: one object, one thread. Troubles are raised where they are found, once.
 */
#ifndef PROGRAMMER_H
#define PROGRAMMER_H

#include "base/observer.h"
#include "chipdb/chipdb.h"
#include "programmer/guard/identify.h"
#include "programmer/guard/proxy.h"
#include "programmer/link/link.h"

struct beken_options {
	const char *programmer; /* its name; NULL: beken_spi */
	const char *parameters;
	const struct observer *observer; /* outlives what is opened */
	/*
	 * Gets the names of the adapter's pins, for the words of troubles, as soon as they are
	 * known, also when opening fails then. May be NULL.
	 */
	struct spi_pins *pins;
	/* Called for a flash that is not in the database, see identify.h. May be NULL. */
	const struct identify_ask *ask;
};

/* Where an adapter is plugged in, and the parameter that says so: "usb" and "1-4.2". */
struct beken_place {
	char kind[16], parameter[16], value[48];
	const char *mode; /* not NULL: it is in that mode now, and not an adapter */
	bool only_named;  /* it may be something else: do nothing to it unless it was named */
};

/* All that can be listed, up to @room; returns how many. Nothing is opened. */
size_t beken_places(struct beken_place *places, size_t room);

struct beken_programmer;

/* NULL after a trouble; then nothing is open, and the chip was released as at the end. */
struct beken_programmer *beken_open(const struct beken_options *options);

/* Belongs to @beken. */
const struct chipdb_part *beken_part(const struct beken_programmer *beken);

/* The source of the statement which part it is. */
enum identity_source beken_part_source(const struct beken_programmer *beken);

/*
 * The adapter: its name, its place ("1-4.2"), the parameter for the place ("usb"), and its clock in
 * Hz as it is now.
 */
const char *beken_adapter(const struct beken_programmer *beken);
const char *beken_place(const struct beken_programmer *beken);
const char *beken_port(const struct beken_programmer *beken);
uint32_t beken_clock_hz(const struct beken_programmer *beken);

/* See die_differed(): a reading that was just made was wrong, and the clock may be lower now. */
void beken_differed(struct beken_programmer *beken);

/* See die_idle(); for waits without a proxy's bridge. */
void beken_idle(struct beken_programmer *beken);

/* Whether the die told its ID; without it, that of the part is made up from the size. */
bool beken_tells_id(const struct beken_programmer *beken);

/* What answers instead of the flash, in words, and what it cannot do; or NULL. */
const char *beken_answers(const struct beken_programmer *beken);

/* Whether the link reaches the die's status registers. */
bool beken_has_registers(const struct beken_programmer *beken);

/* What the link to the die costs; belongs to @beken. */
const struct die_cost *beken_cost(const struct beken_programmer *beken);

/* See die_known(). */
uint32_t beken_known(struct beken_programmer *beken, struct range range);

/*
 * NULL when memory runs out. The proxy belongs to @beken; call this once. Of @options read_only,
 * registers and stand_in count, the rest is known here.
 */
struct proxy *beken_start(struct beken_programmer *beken, const struct proxy_options *options);

/*
 * Ends the session. Not TROUBLE_NONE when changes were lost, protection was not restored or
 * CEN could not be brought back; that was raised.
 */
enum trouble_kind beken_close(struct beken_programmer *beken);

/* Checks only the text of the parameters. False after TROUBLE_USAGE, which was raised. */
bool beken_check(const struct beken_options *options, struct link_intent *intent);

/*
 * Resets the chip, so that its firmware runs, whatever it does now: no link is needed. A failure is
 * raised.
 */
enum trouble_kind beken_reset(const struct beken_options *options);

#endif
