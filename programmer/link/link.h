/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * link.h - a link to a die: what has to be done before it answers, and to let the chip run again.
 * One row for each programmer in programmers.c; a front end knows only the names.
 *
 * Parameters are "name=value,name=value...", NULL and "" are fine. Those that all programmers
 * have in common are read by programmer.c and do not come here.
 */
#ifndef LINK_H
#define LINK_H

#include "base/observer.h"
#include "programmer/bus/spi.h"
#include "programmer/die/die.h"

/* What parameters() has room for, and the common ones for it; see programmer.c. */
#define LINK_PARAMETERS_ROOM 600
#define LINK_COMMON_PARAMETERS "unprotect=auto|no|restore, chip=NAME or chip=size:2M"

/* A chip that answers as a flash. Whoever makes a link embeds this as its first member. */
struct link {
	struct beken_die *die; /* what the layers above work on */
	struct spi_bus *bus;   /* that it is connected to; NULL: it is not SPI */
	const char *kind;      /* of the adapter: "CH341A", "serial port" */
	const char *place;     /* the parameter whose value @port is: "usb", "port" */
	uint32_t clock_hz;     /* bits a second on the way to the die */
	const char *answers;   /* what is between, in words, and its limits; NULL: nothing */

	uint8_t id[3];	  /* the answer to 9Fh */
	bool was_linked;  /* it answered without a reset */
	unsigned resets;  /* that were needed */
	bool stays;	  /* release() leaves it as it is */
	const char *port; /* where the adapter is: "1-4.2", "/dev/ttyUSB0" */

	/* Lets the chip run, or not, and frees the link. A failure is raised, and returned. */
	enum trouble_kind (*release)(struct link *link);
};

/* What the parameters say about the chip, for trial runs that describe what would be done. */
struct link_intent {
	bool stays;	   /* the chip is left in its mode at the end */
	unsigned reset_ms; /* how long a reset lasts */
};

/* Something that such a link may be at. */
struct link_place {
	const char *kind, *parameter; /* static: "serial port", "port" */
	char value[48];		      /* "/dev/ttyUSB0" */
};

struct programmer {
	const char *name; /* "beken_spi" */

	/* All parameters, the common ones among them, for messages; returns @text. */
	const char *(*parameters)(char *text, size_t room);

	/*
	 * NULL after a trouble, which was raised; then nothing is open, and the chip was released
	 * as the parameters say for the end. @pins: gets the names of the adapter's pins as soon as
	 * they are known, also when the link fails then: troubles that are raised from there on may
	 * need them. Never NULL. The observer outlives the link.
	 */
	struct link *(*open)(const char *parameters, const struct observer *observer,
			     struct spi_pins *pins);

	/* Checks the text only. False after TROUBLE_USAGE, which was raised. */
	bool (*check)(const char *parameters, const struct observer *observer,
		      struct link_intent *intent);

	/*
	 * Resets the chip, so that its firmware runs, whatever it does now: no link is needed.
	 * May be NULL. What fails is raised.
	 */
	enum trouble_kind (*reset)(const char *parameters, const struct observer *observer);

	/*
	 * What is plugged in, returns how many, at most @room. Nothing is opened: what is at a
	 * serial port may be something else, and opening it may reset that. May be NULL: only
	 * adapters on a bus are to be listed (adapter.h).
	 */
	size_t (*list)(struct link_place *places, size_t room);
};

extern const struct programmer *const programmers[]; /* NULL ends it; the first is the default */

#endif
