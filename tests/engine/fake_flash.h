/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fake_flash.h - a flash of arrays, with faults, in place of engine/flash.c.
 *
 * A test that links fake_flash.c and fake_chip.c has no adapter and no libflashrom: all of
 * engine/flash.h is answered from here, and so are the status registers and the signals, so that
 * flash.c, protection.c and signals.c are never linked. Everything else is the real thing, up to
 * the commands.
 *
 * What a write does is what libflashrom and the driver do: the sectors in which @present differs
 * are erased, their pages programmed unless they stay blank, and the range is read and compared.
 */
#ifndef TESTS_ENGINE_FAKE_FLASH_H
#define TESTS_ENGINE_FAKE_FLASH_H

#include "chipdb/chipdb.h"
#include "engine/flash.h"
#include "programmer/examine.h"

#define FAKE_EVENTS 4096
#define FAKE_FLIPS 8

enum fake_what {
	FAKE_PEEK,    /* flash_peek() */
	FAKE_READ,    /* one range of flash_read() */
	FAKE_WRITE,   /* one range of flash_write() */
	FAKE_ERASE,   /* one range of flash_erase() */
	FAKE_SECTOR,  /* a sector of the die is erased, by flash_write() or flash_erase() */
	FAKE_PROGRAM, /* a page of the die is programmed */
	FAKE_KINDS,
};

struct fake_event {
	enum fake_what what;
	struct range range;
};

/* Bits of a byte that are wrong in its readings number @first to @last, counted from 1. */
struct fake_flip {
	uint32_t address;
	uint8_t bits;
	unsigned first, last;
};

/* The value that means "never" in the faults. */
#define FAKE_NOWHERE UINT32_MAX
#define FAKE_NEVER UINT_MAX

struct fake_flash {
	const struct chipdb_part *part;
	uint8_t *die; /* what it holds */
	uint32_t registers;

	/* Faults. */
	bool missing;	     /* there is no adapter */
	uint32_t unreadable; /* each reading of this byte fails */
	unsigned blind_from; /* from this call of flash.h, counted from 1, all reads as FF */
	struct fake_flip flips[FAKE_FLIPS];
	size_t flip_count;
	unsigned steps;		 /* sectors and pages that change before the power fails */
	uint32_t stubborn;	 /* the page at this address cannot be programmed */
	unsigned interrupt_at;	 /* a signal arrives in this call of flash.h, counted from 1 */
	unsigned interrupt_step; /* a signal arrives after this number of sectors and pages */
	bool registers_unread, registers_stay; /* they cannot be read, or set */
	bool registers_return;		       /* the firmware sets them back at once */
	bool ends_badly;		       /* flash_close() has bad news */
	struct range shut;		       /* what cannot be changed this way */
	bool only_size; /* of the flash, as from a bootloader: no ID, no registers */
	uint32_t known; /* so many bytes of each range are, see flash_known() */
	bool by_flashrom; /* it alone knows the part, and that this much is protected: */
	struct range guarded;
	bool guarded_unknown;
	uint32_t clock_hz;
	unsigned slower_after; /* the clock is halved after this number of wrong readings */

	/* What looking at the wires shows, unless the adapter fails. */
	struct examined examined;
	enum trouble_kind adapter;

	/* What was done, in order. */
	struct fake_event events[FAKE_EVENTS];
	size_t event_count;
	unsigned calls, opened, closed, resets, differed, idles;
	unsigned compared; /* number of flash_read() calls whose caller compares the readings */
	uint64_t bytes[FAKE_KINDS];
	char params[512]; /* of the last flash_open() */

	/* For fake_flash.c only. */
	bool off;
	unsigned seen[FAKE_FLIPS];
	int signal;
};

/* A blank flash without faults. It is the only one until fake_end(). */
void fake_begin(struct fake_flash *fake, const struct chipdb_part *part);
void fake_end(struct fake_flash *fake);
struct fake_flash *fake_plugged(void); /* that one, or NULL */

/* For the next run, also after a power cut: the power is back, counts and faults are cleared. */
void fake_again(struct fake_flash *fake);

void fake_flip(struct fake_flash *fake, uint32_t address, uint8_t bits, unsigned first,
	       unsigned last);

/* What flash_open() returns, without its options. To be closed. */
struct flash *fake_open(struct fake_flash *fake, const struct observer *observer);

size_t fake_count(const struct fake_flash *fake, enum fake_what what);
const struct fake_event *fake_nth(const struct fake_flash *fake, enum fake_what what, size_t n);

/* Whether any byte of the die was erased or programmed. */
bool fake_changed(const struct fake_flash *fake);

/* Whether this byte was read, or peeked at. */
bool fake_was_read(const struct fake_flash *fake, uint32_t address);

#endif
