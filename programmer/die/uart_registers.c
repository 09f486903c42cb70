/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "programmer/die/uart_registers.h"

#include "programmer/die/uart_change.h"

#define SR_BUSY UINT32_C(0x000003) /* WIP and WEL */
#define SR_SUSPENDED UINT32_C(0x008000)
#define READINGS 3

enum trouble_kind uart_register_read(struct beken_die *die, unsigned which, uint8_t *value)
{
	const struct uart_request request = uart_read_status(die->part->sr_read[which]);
	struct uart_answer answer;
	enum trouble_kind kind = uart_collect(uart_die_of(die));

	if (!kind)
		kind = talk_ask(uart_die_of(die)->talk, &request, 0, &answer, NULL);
	if (!kind)
		*value = answer.payload[1];
	return kind;
}

static enum trouble_kind read_registers_once(struct beken_die *die, uint32_t *sr, unsigned *count)
{
	enum trouble_kind kind = TROUBLE_NONE;

	*sr = 0;
	for (*count = 0; *count < die->part->sr_count; (*count)++) {
		uint8_t value;

		kind = uart_register_read(die, *count, &value);
		if (kind || value == 0xff)
			break;
		*sr |= (uint32_t)value << 8 * *count;
	}
	*sr &= ~(SR_BUSY | SR_SUSPENDED);
	return kind || *count ? kind : TROUBLE_UNSTEADY_READ;
}

static enum trouble_kind read_surely(struct beken_die *die, uint32_t *sr, unsigned *count)
{
	enum trouble_kind kind = TROUBLE_UNSTEADY_READ;

	for (unsigned i = 0; kind == TROUBLE_UNSTEADY_READ && i < READINGS; i++) {
		uint32_t again = 0;
		unsigned count_again = 0;

		kind = read_registers_once(die, sr, count);
		if (!kind)
			kind = read_registers_once(die, &again, &count_again);
		if (!kind && (again != *sr || count_again != *count))
			kind = TROUBLE_UNSTEADY_READ;
	}
	return kind;
}

enum trouble_kind uart_registers_read(struct beken_die *die, uint32_t *sr, unsigned *count)
{
	struct uart_die *uart = uart_die_of(die);
	enum trouble_kind kind = read_surely(die, sr, count);

	if (!kind && !uart->register_count) {
		uart->registers = *sr;
		uart->register_count = *count;
	}
	return kind;
}

/*
 * The ROM knows only 01h with one or two bytes, and that changes the registers for good. Registers
 * that need another opcode are out of reach this way. After a damaged answer, the next reading
 * shows whether it was carried out.
 */
enum trouble_kind uart_registers_write(struct beken_die *die,
				       const struct die_registers_write *write)
{
	const uint8_t values[] = {(uint8_t)write->to, (uint8_t)(write->to >> 8)};
	size_t count = write->count > 1 && write->method == CHIPDB_SR_JOINT ? 2 : 1;
	struct uart_request request = uart_write_status(values, count);
	uint32_t reached = count == 2 ? 0xffff : 0xff;
	struct uart_talk *talk = uart_die_of(die)->talk;
	enum uart_heard heard;
	struct uart_answer answer;
	enum trouble_kind kind;

	if ((write->from ^ write->to) & ~reached)
		return TROUBLE_NO_REGISTERS;
	if (count == 1 && write->count > 1 && die->part->one_byte_01_clears_sr2)
		return TROUBLE_NO_REGISTERS;
	/* The next reading tells what they are from now on. */
	uart_die_of(die)->register_count = 0;
	kind = uart_collect(uart_die_of(die));
	if (!kind)
		kind = talk_send(talk, &request);
	if (!kind)
		kind = talk_hear(talk, &request, die->part->sr_write_max_us, &answer, &heard);
	if (!kind && heard != UART_HEARD)
		kind = talk_sync(talk);
	return kind;
}

void uart_registers_note(struct beken_die *die)
{
	uint32_t sr;
	unsigned count;

	uart_die_of(die)->register_count = 0;
	uart_registers_read(die, &sr, &count);
}

/* @now: what they are; afterwards what they have become. */
static enum trouble_kind put_back(struct uart_die *uart, uint32_t *now)
{
	const struct die_registers_write write = {.method = uart->die.part->sr_write,
						  .count = uart->register_count,
						  .from = *now,
						  .to = uart->registers};
	enum trouble_kind kind = uart_registers_write(&uart->die, &write);
	unsigned count;

	return kind == TROUBLE_NO_REGISTERS ? TROUBLE_NONE
	       : kind			    ? kind
					    : read_surely(&uart->die, now, &count);
}

enum trouble_kind uart_registers_settle(struct beken_die *die)
{
	struct uart_die *uart = uart_die_of(die);
	uint32_t wanted = uart->registers, now, hit;
	unsigned known = uart->register_count, count;
	enum trouble_kind kind;

	if (!die->caps.registers || !die->part)
		return TROUBLE_NONE;
	/* Nobody waits once more for a chip that is gone. */
	if (!known || uart->talk->gone) {
		observer_note(uart->observer, NOTE_WARN, TROUBLE_NONE,
			      "the line damaged commands, and whether they changed the status "
			      "registers was not checked: %s",
			      known ? "the work was not completed"
				    : "what these were before is not known");
		return TROUBLE_NONE;
	}
	kind = read_surely(die, &now, &count);
	hit = now;
	if (!kind && count == known && now != wanted)
		kind = put_back(uart, &now);
	uart->register_count = known;
	if (kind)
		return observer_raise(uart->observer, kind, NO_RANGE,
				      "the line damaged commands, and the status registers could "
				      "not be read at the end: %s",
				      trouble_text(kind));
	if (count != known || now != wanted)
		return observer_raise(
			uart->observer, TROUBLE_STAYS_PROTECTED, NO_RANGE,
			"the status registers changed from 0x%04x to 0x%04x, by a "
			"command that the line damaged or by the chip's firmware, and "
			"they are 0x%04x now",
			(unsigned)wanted, (unsigned)hit, (unsigned)now);
	if (hit != wanted)
		observer_note(uart->observer, NOTE_WARN, TROUBLE_NONE,
			      "the status registers had changed from 0x%04x to 0x%04x, by a "
			      "command that the line damaged or by the chip's firmware; they were "
			      "put back",
			      (unsigned)wanted, (unsigned)hit);
	return TROUBLE_NONE;
}
