/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * session.h - one chip on one adapter, for one job: opened, examined, closed.
 *
 * It knows the SoC as far as the content of the flash or the user reveals it, and keeps the first
 * trouble: the jobs return false, and session_trouble() says which trouble it was and what became
 * of the die.
 *
 * Nothing here prints, asks on a terminal or reads a command line. A job that would lose what is
 * unique to this module calls the options' ask(); without that it fails.
 *
 * Threads: one session, one thread.
 */
#ifndef ENGINE_SESSION_H
#define ENGINE_SESSION_H

#include <limits.h>

#include "base/observer.h"
#include "chipdb/chipdb.h"
#include "engine/flash.h"
#include "engine/part_id.h"
#include "engine/rf_places.h"
#include "programmer/guard/protection_words.h"
#include "image/fit.h"

struct session_options {
	const char *programmer; /* its name; NULL: beken_spi */
	const char *parameters; /* of the programmer; or NULL */
	const char *soc;	/* what it is according to the user; or NULL */
	bool writes;		/* without it everything that changes the die is refused */
	bool holds;		/* the chip stays in SPI mode at the end */
	bool restores;		/* protection is put back at the end */
	/* Gets the adapter's names of its pins, as soon as they are known. May be NULL. */
	struct spi_pins *pins;
};

struct session {
	/* For the jobs: remembers the first trouble, and passes everything on. */
	const struct observer *observer;

	struct flash *flash;
	const struct chipdb_part *part; /* stays after session_close(), as does the adapter */
	bool id_told;			/* else the part's ID is made up, see flash_tells_id() */
	char adapter[16];		/* what it is */
	const char *place;		/* the parameter that says where it is: "usb" */
	char port[288];			/* and its value */
	char answers[128];		/* what answers instead of it, see flash_answers(); or "" */
	struct die_cost cost;		/* of the way to the die; stays, too */
	bool stays;			/* in SPI mode after session_close() */
	uint32_t unknown_bytes;		/* after session_close(): flash_unknown() */
	const struct chipdb_soc *told;	/* by the user; or NULL */

	/* After session_look_at_protection(). */
	struct protection_state protection;
	bool protection_seen;

	struct target target; /* which module it is, after look_at_module() */
	struct rf_begins rf;  /* and what is where calibration may be */
	char mac[18];	      /* and what only it has, if it was found: its address, and the */
	char calibration[65]; /* SHA-256 of its calibration; else "" */
	bool told_otherwise;  /* by the user, but the content indicates another SoC */

	/* Kept by session.c. */
	struct observer own;
	const struct observer *watcher;
	struct trouble trouble;
	enum die_state die;
	bool die_told, deferred, unfinished;
	bool stuck; /* the chip could not be released */
	char saved[PATH_MAX];
	struct chipdb_part part_copy;
	char part_name[IDENTITY_NAME], part_maker[IDENTITY_NAME];

	/* Whether the user agrees to lose what @kind names. NULL: never. */
	bool (*ask)(void *data, enum trouble_kind kind, const char *question);
	void *ask_data;
};

/*
 * An empty session, for troubles that are found before anything is opened. @session must not be
 * moved afterwards; @watcher outlives it.
 */
void session_begin(struct session *session, const struct observer *watcher);

/* After session_begin(). False after a trouble; then nothing is open. */
bool session_open(struct session *session, const struct session_options *options);

/* False if something went wrong at the end. Twice is fine. */
bool session_close(struct session *session);

/*
 * The first trouble, with what became of the die; kind NONE: there was none. For a job that failed
 * there always is one.
 */
const struct trouble *session_trouble(struct session *session);

/* A job failed, or is refused, though no trouble was raised: then this raises one. */
const struct trouble *session_failure(struct session *session);

/*
 * What a job that changes the die knows about its state; without it, a die to which a change was
 * sent counts as half written after a failure.
 */
void session_set_die(struct session *session, enum die_state die);

/*
 * There is a journal (journal.h), with which the job can be finished. @backup: the file that holds
 * what the die held before, "" if there is none; it is copied. NULL: there is no journal.
 */
void session_set_unfinished(struct session *session, const char *backup);
const char *session_unfinished(const struct session *session);

/* False, and a trouble, if what the user said contradicts what look_at_module() has seen. */
bool session_agrees(const struct session *session);

/* The SoC if there is exactly one; else NULL. */
const struct chipdb_soc *session_soc(const struct session *session);

/*
 * Whether the user agrees to what @question says would be lost; false raises @kind, with its
 * name as the value "consent": so that a front end can say how to agree to it.
 */
bool session_ask(const struct session *session, enum trouble_kind kind, const char *question, ...)
	__attribute__((format(printf, 3, 4)));

/*
 * A phase begins that reads these ranges, one after the other; or twice, the second time to
 * compare; or only compares so much. The end: observer_phase_end().
 */
void session_phase_read(const struct session *session, const char *name, const struct range *ranges,
			size_t count);
void session_phase_read_twice(const struct session *session, const char *name,
			      const struct range *ranges, size_t count);
void session_phase_compare(const struct session *session, const char *name, uint64_t bytes);

/*
 * The same of so many places at each of which a few bytes are read @times, one after the other;
 * @known: so many of them were read before. False: that takes no second, so nothing was told.
 */
bool session_phase_search(const struct session *session, const char *name, uint32_t bytes,
			  uint64_t places, uint64_t known, unsigned times);

/* Raises NO_MEMORY; returns false. */
bool session_no_memory(const struct session *session);

/* The flash's ID as in "C8 40 15", or "" if it did not tell it. */
void session_id_text(const struct session *session, char text[PART_ID]);

/* Which flash it is, in words. Returns @text. */
#define SESSION_FLASH 160
const char *session_flash_text(const struct session *session, char text[SESSION_FLASH]);

/* The status registers, 0 where the link does not reach them; false after a trouble. */
bool session_registers(const struct session *session, uint32_t *registers);

/*
 * What is protected, into .protection; false after a trouble. Where the link does not reach the
 * registers, .protection_seen stays false. For a part that only flashrom knows, flashrom's entry
 * gives the range, if it has one.
 */
bool session_look_at_protection(struct session *session);

/* Whether the observer wants to end it, whatever is deferred. */
bool session_interrupted(const struct session *session);

/*
 * While @deferred, that does not end the job: for one that must put back what it changed.
 */
void session_defer(struct session *session, bool deferred);

#endif
