/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * flash.h - the flash in the chip, for the commands of beken-flash.
 *
 * Reading, writing, verifying and erasing are libflashrom's work: it determines what has to be
 * erased and programmed, and compares afterwards. It works in a child process, at the other end of
 * a pty on which this process speaks serprog, because in libflashrom 1.3.0 everything is global:
 * the programmer, the log callback, and the answer to RDID, which it remembers for the life of a
 * process (even a wrong one). A child process can be discarded.
 *
 * What libflashrom 1.3.0 cannot do is done here or below: progress (the proxy sees every command),
 * large erases (writeback.h), protection as Beken's dies need it, reading some bytes without its
 * start-up of one second (flash_peek()), and saying where and how much a comparison differs: the
 * verification of a write is libflashrom's, that of a file is a reading by it, which the command
 * compares.
 *
 * The child is forked by flash_open() before the adapter is opened, so that it never holds any part
 * of it. Nothing is sent to the die before it is asked for.
 *
 * Errors: functions return false after a trouble. Threads: one.
 */
#ifndef ENGINE_FLASH_H
#define ENGINE_FLASH_H

#include "programmer/programmer.h"

/* The largest die; memory for it is reserved, not used. */
#define FLASH_SIZE_MOST ((size_t)64 << 20)

struct flash_options {
	const char *programmer; /* its name; NULL: beken_spi */
	const char *params;	/* as after -p beken_spi: */
	const struct observer *observer;
	bool read_only;	       /* refuse everything that would change the die */
	struct spi_pins *pins; /* gets the adapter's, see programmer.h; may be NULL */
};

struct flash;

/* Finds the adapter, brings the chip into SPI mode, and identifies the part. */
struct flash *flash_open(const struct flash_options *options);

/*
 * Sends what is queued, restores protection if it has to be, lets the chip run or not,
 * as the parameters say. False also when something was lost. NULL is fine.
 */
bool flash_close(struct flash *flash);

const struct chipdb_part *flash_part(const struct flash *flash);

/* The source of the statement which part it is, see identify.h. */
enum identity_source flash_part_source(const struct flash *flash);

/*
 * What the adapter is ("kind" in docs/json.md), and where, as in usb=1-4.2: the parameter, which
 * is static, and its value.
 */
const char *flash_adapter(const struct flash *flash);
const char *flash_place(const struct flash *flash);
const char *flash_port(const struct flash *flash);

/* What the link to it costs. */
const struct die_cost *flash_cost(const struct flash *flash);

/* Of @range, how many bytes are read at the price of what is known, see struct die_cost. */
uint32_t flash_known(struct flash *flash, struct range range);

/* Bits a second on the way to it, as it is now; it may become lower by flash_differed(). */
uint32_t flash_clock_hz(const struct flash *flash);

/*
 * A reading that was just made was not what others of the same bytes say. Where that goes on the
 * clock is lowered (spi_speed.h); what was read at the faster one is as doubtful then.
 */
void flash_differed(struct flash *flash);

/* To be called at least every DIE_IDLE_MS while a user is asked: see die_idle(). */
void flash_idle(struct flash *flash);

/* Of libflashrom: "unknown" with Debian's build of 1.3.0. */
const char *flash_engine_version(void);

/* What answers instead of it, in words, and what that cannot do; NULL: it does so itself. */
const char *flash_answers(const struct flash *flash);

/* Whether it told its ID; without it, flash_part() has one that is made up from the size. */
bool flash_tells_id(const struct flash *flash);

/*
 * Whether the link can change all of these ranges, which a job has to know before it changes any
 * of them. False after CLOSED_RANGE.
 */
bool flash_can_change(struct flash *flash, const struct range *ranges, size_t count);

/* Whether the link reaches its status registers. */
bool flash_has_registers(const struct flash *flash);

/* Its status registers; see protection.h. */
struct protection *flash_protection(struct flash *flash);

/*
 * What the die protects now, by libflashrom's entry for it: a range, of length 0 if nothing. False:
 * the entry does not describe that, or libflashrom failed.
 */
bool flash_protected_range(struct flash *flash, struct range *range);

/* What became of the die so far. */
enum proxy_done flash_done(const struct flash *flash);

/* See proxy_unknown(). */
uint32_t flash_unknown(const struct flash *flash);

/* What all of it is likely to hold, see die_expect(); @die has the size of the part. */
void flash_expect(struct flash *flash, const uint8_t *die);

/* See proxy_is_compared(). */
void flash_is_compared(struct flash *flash, bool compared);

/* As flash_peek_all() with one piece. */
bool flash_peek(struct flash *flash, uint32_t address, uint8_t *data, size_t len);

/*
 * Many pieces, without libflashrom: the cost of a round trip of adapter and bus is paid once for
 * some hundred of them. The flash is asked for its ID after them (proxy_read_all()).
 */
bool flash_peek_all(struct flash *flash, const struct proxy_piece *pieces, size_t count);

/* The ranges of the die into the same places of @die, which has the size of the part. */
bool flash_read(struct flash *flash, const struct range *ranges, size_t count, uint8_t *die);

/*
 * Make the ranges equal to @wanted, and verify them. @present is what the die holds now: only what
 * differs is erased and programmed. Both have the size of the part. Ranges should begin and end at
 * the smallest erase size: libflashrom rewrites the rest of a sector that is only partly inside.
 */
bool flash_write(struct flash *flash, const struct range *ranges, size_t count,
		 const uint8_t *wanted, const uint8_t *present);

bool flash_erase(struct flash *flash, const struct range *ranges, size_t count);

#endif
