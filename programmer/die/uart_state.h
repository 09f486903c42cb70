/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * uart_state.h - what is known of a die behind a bootloader and of its line; internal to
 * uart_die.h.
 *
 * What works on it, each file on those before it: uart_sum.h asks for checksums, uart_hits.h and
 * uart_unread.h keep account of what damaged commands did, uart_content.h reads, uart_astray.h
 * looks for what such commands did, uart_change.h changes, uart_settle.h proves what was changed.
 */
#ifndef DIE_UART_STATE_H
#define DIE_UART_STATE_H

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

/* Requests sent ahead: their few bytes wait in the chip while it sends an answer. */
#define UART_FLYING 3

/* The most that is read or proved at once. */
#define UART_BLOCK_SECTORS (65536u / UART_SECTOR)

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
	unsigned *proved;  /* of each sector that was seen: uart_doubts() before that */
	bool *wrong;	   /* of each sector that was sent: it was not there when that was asked */
	uint32_t *differs; /* of each sector the sum when it last was not what it should be, or 0 */

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
	bool careful;  /* the line has damaged something: uart_line_damages() */

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
	/* From the first to the last one of what did not become what was sent, and was not read. */
	struct range not_written;
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

static inline size_t uart_sector_count(const struct uart_die *uart)
{
	return uart->die.part->size / UART_SECTOR;
}

static inline struct range uart_sectors(size_t first, size_t count)
{
	return (struct range){(uint32_t)first * UART_SECTOR, (uint32_t)count * UART_SECTOR};
}

/* Notices that the chip was reset in between: the next erase lifts the protection again. */
void uart_look_at_epoch(struct uart_die *uart);

/* Whether a sector of bytes is erased. */
bool uart_is_blank(const uint8_t *data);

/*
 * How often so far a command was not answered as it should be, and may have done something else
 * elsewhere: what was proved before the last time is in doubt.
 */
unsigned uart_doubts(const struct uart_die *uart);

/* A sector that was seen to hold what is known of it. @doubts: before it was asked for. */
void uart_is_seen(struct uart_die *uart, size_t sector, unsigned doubts);

/* Whether the line has damaged anything so far. */
bool uart_line_damages(struct uart_die *uart);

/* How many sectors were requested, and how many arrived: lowers the rate if too few did. */
enum trouble_kind uart_went(struct uart_die *uart, size_t asked, size_t came);

/* The sums of what is to be changed: see uart_unread.h. */
void uart_forget_sums(struct uart_die *uart, struct range range);

#endif
