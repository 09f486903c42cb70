/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * uart_content.h - what is known of the die behind a bootloader, and how that is proved; internal
 * to uart_die.h. uart_change.c changes the die, uart_content.c reads it,
 * uart_astray.c and uart_unread.c look for what damaged commands did.
 */
#ifndef DIE_UART_CONTENT_H
#define DIE_UART_CONTENT_H

#include "base/observer.h"
#include "programmer/die/die.h"
#include "programmer/die/uart_loader.h"
#include "programmer/die/uart_talk.h"

enum uart_known {
	UART_UNKNOWN,
	UART_GUESSED, /* the caller expects @content there */
	UART_SEEN,    /* @content was there when it was checked */
	UART_SENT,    /* @content should be there, and was not checked */
};

/* What the SoC's flash controller programs at once. */
#define UART_LINE 32u

/* A BL chip's own area, which is not changed: it is the same at the end as before. */
#define UART_BOOT_RANGE ((struct range){0, UART_BL_AREA})

#define UART_LOST_MOST 4

/* What a damaged command did to a sector whose content is not known. */
enum uart_how {
	UART_NOT_HIT,
	UART_MAY_BE_HIT, /* by what it answered */
	/* It is blank, and something else was expected there, or what is around it is not. */
	UART_MAY_BE_ERASED,
	UART_WRITTEN_OVER, /* it holds nothing but what such a command leaves */
	UART_CHANGED,	   /* its sum is another one; by which command is not known */
};

/* A change that was not acknowledged, with data of its own. */
struct uart_lost {
	struct uart_request request;
	uint8_t data[UART_SECTOR];
};

struct uart_hit {
	enum uart_how how;
	uint32_t wanted; /* where that should have gone */
};

/* The sums of what was not read, from when a line first damaged anything: see uart_unread.c. */
struct uart_unread {
	bool summed;
	bool *has; /* one of a sector that nothing was to change since */
	uint32_t *sum;
};

struct uart_die {
	struct beken_die die; /* first */
	struct uart_talk *talk;
	const struct uart_loader *loader;
	const struct observer *observer;

	/* After take_part(); by the size of the part. */
	uint8_t *content;
	uint8_t *known; /* enum uart_known of each sector */
	uint8_t *scratch;

	/* Of a BL chip. */
	unsigned epoch;	  /* of the talk; another one: the chip was reset */
	bool locked;	  /* a sum has set the protection, and it was not linked again since */
	bool lifted;	  /* an erase has lifted it, and no sum followed; a reset changes nothing */
	bool only_reset;  /* that does not let erases through behind a sum, as was seen */
	bool link_lifts;  /* it does, as was seen */
	unsigned doses;	  /* sums after a change so far */
	bool has_changed; /* anything */
	bool erases; /* an erased range was seen blank once: this bootloader does what it says */

	bool whole; /* the present work is not given up when the observer cancels */

	/* A sector that was sent, its answer still due: the next one is on its way already. */
	bool posted;
	size_t posted_sector;
	bool answered; /* one that was posted was; the last one: */
	size_t answered_sector;
	unsigned calm; /* writes in a row that went well */
	bool careful;  /* the line damages frames: see uart_change.c */

	uint32_t page_us;	   /* how long a page is taken to be programmed */
	bool too_fast;		   /* a write was, and is not put right yet; ... */
	struct uart_counts blamed; /* ... what the line was blamed for before */
	uint32_t page_bad_us;	   /* when that was too short; or 0 */
	bool bad_in_a_row;	   /* for sectors that followed each other */
	uint32_t page_most_us;
	uint32_t piece_us; /* the longest that a Write-N took behind its last byte; 0: unknown */
	unsigned piece_misses;
	unsigned asked, came;  /* sectors, lately */
	unsigned lost_changes; /* that were not acknowledged: what they did instead is not known */
	uint32_t boot_crc;     /* of UART_BOOT_RANGE before the first change */
	bool boot_crc_known;

	/* Of a ROM chip: as they were first read, or read behind a write of them; count 0: never.
	 */
	uint32_t registers;
	unsigned register_count;

	/* Of those changes, until it was looked for what they did; before @unread has its sums. */
	struct uart_lost lost[UART_LOST_MOST];
	size_t lost_count;
	struct uart_unread unread;
	struct uart_hit *hits; /* of each sector */

	/* Length 0: none. */
	struct range not_written; /* it did not become what was sent, and that was not reported */
};

static inline struct uart_die *uart_die_of(struct beken_die *die)
{
	return (struct uart_die *)die;
}

static inline void uart_none_posted(struct uart_die *uart)
{
	uart->posted = false;
	uart->die.under_way = NO_RANGE;
}

/* Notices that the chip was reset in between: the next erase lifts the protection again. */
void uart_look_at_epoch(struct uart_die *uart);

/* --- uart_sum.c --- */

/* Whether the bootloader may be asked for a sum now. */
bool uart_may_sum(const struct uart_die *uart);

/*
 * Whether nothing less lets erases through behind a sum: of BK7231S_1.0.1, and of those of 2018 and
 * 2019. The latter show by their divider, if not at the first rate; or when the first erase did
 * nothing, or a write was not there.
 */
bool uart_needs_reset(const struct uart_die *uart);

/* Whether that is not known of this one: no divider shows at rates where it makes little. */
bool uart_may_need_reset(const struct uart_die *uart);

/* Of whole pages. */
enum trouble_kind uart_sum(struct uart_die *uart, struct range range, uint32_t *crc);

/*
 * The same where nothing else tells what is there: until it is as @likely, or twice the same, since
 * no answer has a checksum. UNSTEADY_READ: neither.
 */
enum trouble_kind uart_sum_surely(struct uart_die *uart, struct range range, uint32_t likely,
				  uint32_t *crc);

/* Whether the die holds the known content of a range; asked @times before the answer is no. */
enum trouble_kind uart_is_there(struct uart_die *uart, struct range range, unsigned times,
				uint32_t *crc, bool *there);

/*
 * Of a sector that was read, and of which the die has another sum: that tells what a line does to
 * it mostly, and costs less than to read it again. What it tells is nothing without sums of what is
 * in front of that page, and behind it.
 */
enum trouble_kind uart_mend(struct uart_die *uart, size_t sector, uint32_t crc, bool *mended);

/* --- uart_content.c --- */

/* Whether a sector of bytes is erased. */
bool uart_is_blank(const uint8_t *data);

/*
 * Reads all sectors from @first on of the die, so that they are known. INTERRUPTED if the observer
 * cancels.
 */
enum trouble_kind uart_look_at(struct uart_die *uart, size_t first, size_t count);

/* The same, only for those of which nothing is known. */
enum trouble_kind uart_know(struct uart_die *uart, size_t first, size_t count);

/*
 * Reads a sector into scratch, until its sum or a second reading agrees; what is known of it stays
 * as it is. UNSTEADY_READ: they never did.
 */
enum trouble_kind uart_read_surely(struct uart_die *uart, size_t sector);

enum uart_erased {
	UART_ERASED,
	UART_NOT_ERASED,     /* it holds what it held */
	UART_ERASED_UNKNOWN, /* no reading was blank, nor what it held */
};

/*
 * Whether a sector that was seen to hold something is blank now, by readings alone: a sum would set
 * a BL chip's protection.
 */
enum trouble_kind uart_look_if_erased(struct uart_die *uart, size_t sector,
				      enum uart_erased *erased);

/*
 * Checks all that was changed, and does it again where it is not as it should be. @likely: most of
 * it will be.
 */
enum trouble_kind uart_settle(struct uart_die *uart, bool likely);

/* --- uart_change.c --- */

/* Whole sectors; blocks of 64 KiB where that fits. */
enum trouble_kind uart_erase_range(struct uart_die *uart, struct range range);

/*
 * Clears bits: @data is for a whole sector, with content between @first and @end, and ones
 * elsewhere.
 */
enum trouble_kind uart_program_sector(struct uart_die *uart, size_t sector,
				      const uint8_t data[UART_SECTOR], size_t first, size_t end);

/* Whether the line has damaged anything so far. */
bool uart_line_damages(struct uart_die *uart);

/* Waits for the answer to a sector that was sent; before anything else is. */
enum trouble_kind uart_collect(struct uart_die *uart);

/* Erases a sector and writes what should be there, once more. */
enum trouble_kind uart_write_again(struct uart_die *uart, size_t sector);

/* How many sectors were requested, and how many arrived: lowers the rate if too few did. */
enum trouble_kind uart_went(struct uart_die *uart, size_t asked, size_t came);

/* --- uart_pieces.c --- */

/* Bytes of what was erased, whole lines, by commands that do nothing until all of them is there. */
enum trouble_kind uart_write_in_pieces(struct uart_die *uart, uint32_t address, const uint8_t *data,
				       size_t len);

/* --- uart_astray.c --- */

/* The address that an answer repeats of a change. False: it is too short for that. */
bool uart_answered_address(const struct uart_request *request, const struct uart_answer *answer,
			   uint32_t *address);

/*
 * What a damaged change did elsewhere, as its answer says: put right if what was there is known,
 * else compared at the end if there is a sum of it, else named.
 */
void uart_note_astray(struct uart_die *uart, const struct uart_request *request,
		      const struct uart_answer *answer);

/* A command for @wanted did this to sectors whose content is not known. */
void uart_hit(struct uart_die *uart, struct range range, uint32_t wanted, enum uart_how how);

/* These sectors were erased on purpose: it is all the same what they held, or what had hit them. */
void uart_is_replaced(struct uart_die *uart, struct range range);

/* Names all that was hit; returns where that begins and ends, of length 0: nothing was. */
struct range uart_name_hits(const struct uart_die *uart);

/*
 * A change that was not acknowledged. What one damaged byte makes of it is looked for wherever
 * nothing is known, once the line is in step, and before anything else is changed: it is named if
 * it can have left what is there.
 */
void uart_note_lost(struct uart_die *uart, const struct uart_request *request);
enum trouble_kind uart_look_for_lost(struct uart_die *uart);

/*
 * A sector whose length was damaged on the way goes on over the next ones, with whatever is sent
 * then: they have to be checked again.
 */
void uart_note_spill(struct uart_die *uart, uint32_t address);

/* --- uart_unread.c --- */

/*
 * On a line that damages commands nothing but the sums of what was never read shows what these did
 * there. So they are taken once, before anything else is changed, and compared when it is read, and
 * at the end; uart_forget_sums() is for what is to be changed.
 */
enum trouble_kind uart_sum_unread(struct uart_die *uart);
void uart_forget_sums(struct uart_die *uart, struct range range);
void uart_compare_read(struct uart_die *uart, size_t sector);
enum trouble_kind uart_compare_unread(struct uart_die *uart);

#endif
