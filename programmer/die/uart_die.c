/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "programmer/die/uart_die.h"

#include <stdlib.h>
#include <string.h>

#include "programmer/die/uart_astray.h"
#include "programmer/die/uart_change.h"
#include "programmer/die/uart_cost.h"
#include "programmer/die/uart_crc.h"
#include "programmer/die/uart_hits.h"
#include "programmer/die/uart_registers.h"
#include "programmer/die/uart_settle.h"
#include "programmer/die/uart_sum.h"
#include "programmer/die/uart_unread.h"

#define SIZE_MOST (UINT32_C(16) << 20)
#define BLOCK 65536u
#define LOOKS_MOST 4 /* checks of everything that was written, while they fail */

/* The SoC's flash controller programs a page in lines of 32 bytes, which takes longer. */
#define PAGE_TIMES 2
#define PAGE_MOST_TIMES 4

/* Adjoining programs of a run, within one sector. */
struct pending {
	bool any;
	size_t sector, first, end;
	uint8_t data[UART_SECTOR];
};

static enum trouble_kind flush(struct uart_die *uart, struct pending *pending)
{
	if (!pending->any)
		return TROUBLE_NONE;
	pending->any = false;
	return uart_program_sector(uart, pending->sector, pending->data, pending->first,
				   pending->end);
}

static enum trouble_kind program(struct uart_die *uart, const struct die_op *op,
				 struct pending *pending)
{
	size_t sector = op->address / UART_SECTOR, first = op->address % UART_SECTOR;
	size_t end = first + op->len;
	enum trouble_kind kind = TROUBLE_NONE;

	if (pending->any && pending->sector != sector)
		kind = flush(uart, pending);
	if (!pending->any) {
		*pending = (struct pending){true, sector, first, end, {0}};
		memset(pending->data, 0xff, sizeof(pending->data));
	}
	for (size_t i = 0; i < op->len; i++)
		pending->data[first + i] &= op->data[i];
	if (first < pending->first)
		pending->first = first;
	if (end > pending->end)
		pending->end = end;
	return kind;
}

static enum trouble_kind read_range(struct uart_die *uart, const struct die_op *op)
{
	size_t first = op->address / UART_SECTOR;
	size_t last = (op->address + op->len - 1) / UART_SECTOR;
	enum trouble_kind kind = uart_collect(uart);

	if (!kind)
		kind = uart_look_at(uart, first, last - first + 1);
	if (!kind)
		memcpy(op->rx, uart->content + op->address, op->len);
	return kind;
}

/* A BL chip has no command for it: what answers is the same chip, unless it was reset. */
static enum trouble_kind read_id(struct uart_die *uart, uint8_t *id)
{
	const bool rom = uart->loader->family == UART_ROM;
	const struct uart_request request = rom ? uart_get_id() : uart_link_check();
	struct uart_answer answer;
	enum trouble_kind kind = uart_collect(uart);

	if (!kind)
		kind = talk_ask(uart->talk, &request, 0, &answer, NULL);
	if (!kind)
		memcpy(id, rom ? answer.payload + 1 : uart->loader->id, 3);
	if (!kind && !rom && !uart_needs_reset(uart))
		uart->locked = false;
	return kind;
}

static enum trouble_kind do_op(struct uart_die *uart, const struct die_op *op,
			       struct pending *pending)
{
	enum trouble_kind kind;

	if (op->kind == DIE_PROGRAM)
		return program(uart, op, pending);
	kind = flush(uart, pending);
	if (kind)
		return kind;
	switch (op->kind) {
	case DIE_ID:
		return read_id(uart, op->rx);
	case DIE_READ:
		return read_range(uart, op);
	case DIE_ERASE:
		return uart_erase_range(
			uart, (struct range){op->address, uart->die.part->erase[op->erase].size});
	default:
		return TROUBLE_BUG;
	}
}

static enum trouble_kind run(struct beken_die *die, struct die_op *ops, size_t count)
{
	struct uart_die *uart = uart_die_of(die);
	struct pending pending = {.any = false};
	enum trouble_kind kind = TROUBLE_NONE;

	uart_look_at_epoch(uart);
	uart->whole = false;
	for (size_t i = 0; i < count; i++)
		uart->whole |= ops[i].kind == DIE_PROGRAM || ops[i].kind == DIE_ERASE;
	for (size_t i = 0; !kind && i < count; i++)
		kind = do_op(uart, &ops[i], &pending);
	return kind ? kind : flush(uart, &pending);
}

/* The chip answers after it has carried out the command. */
static enum trouble_kind wait_ready(struct beken_die *die, uint32_t max_us)
{
	const struct uart_request link = uart_link_check();
	struct uart_answer answer;
	enum trouble_kind kind = uart_collect(uart_die_of(die));

	return kind ? kind : talk_ask(uart_die_of(die)->talk, &link, max_us, &answer, NULL);
}

static void take_part(struct beken_die *die)
{
	struct uart_die *uart = uart_die_of(die);

	uart->page_us = PAGE_TIMES * die->part->program_typ_us;
	uart->page_most_us = PAGE_MOST_TIMES * die->part->program_typ_us;
	uart->page_bad_us = 0;
	memset(uart->known, UART_UNKNOWN, SIZE_MOST / UART_SECTOR);
	die->caps.cost = uart_cost(uart);
	/* Before anything can hit them; a failure shows in what is done next. */
	if (die->caps.registers)
		uart_registers_note(die);
}

/* A bootloader that counts in pages takes checksums of whole pages; the rest is computed here. */
static enum trouble_kind sum(struct beken_die *die, struct range range, uint32_t *crc)
{
	struct uart_die *uart = uart_die_of(die);
	bool whole = range.start % die->part->page == 0 && range.length % die->part->page == 0;
	uint8_t piece[UART_SECTOR];
	enum trouble_kind kind = uart_collect(uart);

	uart_look_at_epoch(uart);
	if (kind)
		return kind;
	if (whole && uart_may_sum(uart))
		return uart_sum(uart, range, crc);
	*crc = 0;
	for (uint32_t done = 0; !kind && done < range.length; done += (uint32_t)sizeof(piece)) {
		uint32_t left = range.length - done;
		struct die_op op = {.kind = DIE_READ,
				    .address = range.start + done,
				    .rx = piece,
				    .len = left < sizeof(piece) ? left : sizeof(piece)};

		kind = read_range(uart, &op);
		if (!kind)
			*crc = uart_crc32(*crc, piece, op.len);
	}
	return kind;
}

static void expect(struct beken_die *die, struct range range, const uint8_t *data)
{
	struct uart_die *uart = uart_die_of(die);

	for (uint32_t at = 0; range.start % UART_SECTOR == 0 && at + UART_SECTOR <= range.length;
	     at += UART_SECTOR) {
		uint8_t *known = &uart->known[(range.start + at) / UART_SECTOR];

		if (*known != UART_UNKNOWN && *known != UART_GUESSED)
			continue;
		*known = UART_GUESSED;
		memcpy(uart->content + range.start + at, data + at, UART_SECTOR);
	}
}

static uint32_t known(struct beken_die *die, struct range range)
{
	const struct uart_die *uart = uart_die_of(die);
	uint32_t end = range.start + range.length, bytes = 0;

	for (uint32_t at = range.start, next; at < end; at = next) {
		next = at - at % UART_SECTOR + UART_SECTOR;
		if (next > end)
			next = end;
		if (uart->known[at / UART_SECTOR] != UART_UNKNOWN)
			bytes += next - at;
	}
	return bytes;
}

static enum trouble_kind raise_not_written_next(const struct uart_die *uart, struct range range,
						const char *seen, const char *next)
{
	char text[RANGE_TEXT];
	struct trouble trouble =
		trouble_seen(TROUBLE_NOT_WRITTEN, "%s: %s", range_text(range, text), seen);

	trouble.range = range;
	trouble.die = DIE_HALF;
	trouble_set_next(&trouble, "%s", next);
	return observer_tell(uart->observer, &trouble);
}

static enum trouble_kind raise_not_written(const struct uart_die *uart, struct range range,
					   const char *seen)
{
	return raise_not_written_next(uart, range, seen,
				      "Check power and wires, then write it again; the SPI way "
				      "needs no bootloader");
}

/* Leaves the protection as the maker does, and checks that the bootloader is unchanged. */
static enum trouble_kind finish_bl(struct uart_die *uart)
{
	const struct range area = UART_BOOT_RANGE;
	enum trouble_kind kind;
	uint32_t crc;

	kind = uart_sum_surely(uart, area, uart->boot_crc, &crc);
	if (kind)
		return observer_raise(uart->observer, kind, area,
				      "the bootloader could not be asked at the end: %s",
				      trouble_text(kind));
	if (uart->boot_crc_known && crc != uart->boot_crc)
		return raise_not_written(uart, area, "the bootloader's own area has changed");
	return TROUBLE_NONE;
}

static bool went_wrong(const struct uart_counts *counts)
{
	return counts->again || counts->in_step || counts->relinks || counts->written ||
	       counts->mended;
}

/* What was proved before a command was damaged that may have done something else there. */
static void doubt_what_was_proved(struct uart_die *uart)
{
	const unsigned doubts = uart_doubts(uart);

	for (size_t i = 0; i < uart_sector_count(uart); i++)
		if (uart->known[i] == UART_SEEN && uart->proved[i] != doubts &&
		    die_may_change(&uart->die, uart_sectors(i, 1)))
			uart->known[i] = UART_SENT;
}

/* A repair may go astray, too: then everything is checked once more. */
static enum trouble_kind settle_all(struct uart_die *uart, bool *settled)
{
	enum trouble_kind kind = TROUBLE_NONE;

	*settled = false;
	for (unsigned i = 0; !kind && !*settled && i < LOOKS_MOST; i++) {
		unsigned lost = uart->lost_changes;

		doubt_what_was_proved(uart);
		kind = uart_collect(uart);
		if (!kind)
			kind = uart_settle(uart, true);
		*settled = uart->lost_changes == lost || uart->not_written.length;
	}
	return kind;
}

static enum trouble_kind check_changes(struct uart_die *uart)
{
	enum trouble_kind kind;
	struct range hits;
	bool settled;

	uart->whole = true;
	uart_look_at_epoch(uart);
	kind = settle_all(uart, &settled);
	if (!kind)
		kind = uart_look_for_lost(uart);
	if (!kind)
		kind = uart_compare_unread(uart);
	if (kind)
		return observer_raise(uart->observer, kind, NO_RANGE,
				      "what was written could not be checked at the end: %s",
				      trouble_text(kind));
	hits = uart_name_hits(uart);
	if (uart->not_written.length)
		return raise_not_written(uart, uart->not_written,
					 "the flash does not hold all of what was written there");
	if (!settled)
		return raise_not_written(
			uart, (struct range){0, uart->die.part->size},
			"commands were damaged until the end, and may have hit it");
	kind = uart->loader->family == UART_BL ? finish_bl(uart) : TROUBLE_NONE;
	if (!kind && hits.length)
		return raise_not_written_next(
			uart, hits,
			"a command that was damaged on the line has changed some of it, or may "
			"have, and what it held before is not known",
			"Restore it from a backup if there is one; check power and wires before "
			"that, the SPI way needs no bootloader");
	return kind;
}

enum trouble_kind uart_die_finish(struct beken_die *die)
{
	struct uart_die *uart = uart_die_of(die);
	enum trouble_kind registers = TROUBLE_NONE, kind = TROUBLE_NONE;

	if (went_wrong(&uart->talk->counts))
		registers = uart_registers_settle(die);
	if (uart->has_changed)
		kind = check_changes(uart);
	return kind ? kind : registers;
}

static void idle(struct beken_die *die)
{
	talk_keep_awake(uart_die_of(die)->talk);
}

struct beken_die *uart_die_new(struct uart_talk *talk, const struct uart_loader *loader,
			       const struct observer *observer)
{
	static const struct die_ops uart_die_ops = {
		.run = run,
		.wait_ready = wait_ready,
		.take_part = take_part,
		.register_read = uart_register_read,
		.registers_read = uart_registers_read,
		.registers_write = uart_registers_write,
		.sum = sum,
		.expect = expect,
		.known = known,
		.idle = idle,
	};
	struct uart_die *uart = calloc(1, sizeof(*uart));

	if (!uart)
		return NULL;
	*uart = (struct uart_die){
		.die = {.ops = &uart_die_ops,
			.caps = {.no_id = loader->family == UART_BL,
				 .size_assumed = loader->size_assumed,
				 .size_most = SIZE_MOST,
				 .registers = loader->family == UART_ROM,
				 .checked = true,
				 .sum = true}},
		.talk = talk,
		.loader = loader,
		.observer = observer,
		.epoch = talk->epoch,
		.content = malloc(SIZE_MOST),
		.known = calloc(SIZE_MOST / UART_SECTOR, 1),
		.scratch = malloc(BLOCK),
		.proved = calloc(SIZE_MOST / UART_SECTOR, sizeof(unsigned)),
		.wrong = calloc(SIZE_MOST / UART_SECTOR, sizeof(bool)),
		.differs = calloc(SIZE_MOST / UART_SECTOR, sizeof(uint32_t)),
		.unread = {.has = calloc(SIZE_MOST / UART_SECTOR, sizeof(bool)),
			   .sum = malloc(SIZE_MOST / UART_SECTOR * sizeof(uint32_t))},
		.hits = calloc(SIZE_MOST / UART_SECTOR, sizeof(struct uart_hit)),
	};
	if (loader->family == UART_BL)
		uart->die.caps.closed[0] = (struct range){0, UART_BL_AREA};
	uart->die.caps.cost = uart_cost(uart);
	if (uart->content && uart->known && uart->scratch && uart->proved && uart->wrong &&
	    uart->differs && uart->unread.has && uart->unread.sum && uart->hits)
		return &uart->die;
	uart_die_free(&uart->die);
	return NULL;
}

void uart_die_free(struct beken_die *die)
{
	struct uart_die *uart;

	if (!die)
		return;
	uart = uart_die_of(die);
	free(uart->content);
	free(uart->known);
	free(uart->scratch);
	free(uart->proved);
	free(uart->wrong);
	free(uart->differs);
	free(uart->unread.has);
	free(uart->unread.sum);
	free(uart->hits);
	free(uart);
}
