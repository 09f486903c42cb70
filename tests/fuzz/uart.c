/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Bytes on a serial line that should be a bootloader's answers: frames are parsed within their
 * bytes, and a die on such a line ends every run within its time limits. The first byte of an input
 * chooses the family, and how many bytes arrive at a time.
 */
#include "tests/fuzz/fuzz.h"

#include "programmer/die/uart_die.h"

#define VIRTUAL_MOST_US (UINT64_C(1200) * 1000000)

/* A wire that delivers the input, and then nothing more. */
struct fuzz_wire {
	struct wire wire;
	struct fuzz_input input;
	size_t at_once;
	uint64_t us;
};

static enum trouble_kind take(struct wire *wire, const uint8_t *bytes, size_t count)
{
	(void)bytes;
	((struct fuzz_wire *)wire)->us += wire_bytes_us(wire, count);
	return TROUBLE_NONE;
}

static enum trouble_kind give(struct wire *wire, uint8_t *bytes, size_t most, uint32_t wait_us,
			      size_t *got)
{
	struct fuzz_wire *fuzz = (struct fuzz_wire *)wire;

	*got = 0;
	while (*got < most && *got < fuzz->at_once && fuzz->input.size)
		bytes[(*got)++] = fuzz_byte(&fuzz->input);
	fuzz->us += *got ? wire_bytes_us(wire, *got) : wait_us + 1;
	return TROUBLE_NONE;
}

static enum trouble_kind drain(struct wire *wire)
{
	(void)wire;
	return TROUBLE_NONE;
}

static enum trouble_kind set_rate(struct wire *wire, uint32_t rate)
{
	(void)wire, (void)rate;
	return TROUBLE_NONE;
}

static uint64_t now_us(struct wire *wire)
{
	return ((struct fuzz_wire *)wire)->us;
}

static void sleep_us(struct wire *wire, uint64_t us)
{
	((struct fuzz_wire *)wire)->us += us;
}

static const struct wire_ops fuzz_wire_ops = {.write = take,
					      .read = give,
					      .drain = drain,
					      .set_rate = set_rate,
					      .now_us = now_us,
					      .sleep_us = sleep_us};

void fuzz_seeds(void)
{
	static const uint8_t link[] = {0x00, 0x04, 0x0e, 0x05, 0x01, 0xe0, 0xfc, 0x01, 0x00};
	static const uint8_t sector[] = {0x05, 0x04, 0x0e, 0xff, 0x01, 0xe0, 0xfc, 0xf4,
					 0x06, 0x10, 0x09, 0x00, 0x00, 0x10, 0x00, 0x00};
	static const uint8_t id[] = {0x07, 0x04, 0x0e, 0xff, 0x01, 0xe0, 0xfc, 0xf4, 0x0a, 0x00,
				     0x0c, 0x00, 0x9f, 0x00, 0x00, 0x00, 0x15, 0x40, 0xc8, 0x00};
	uint8_t long_one[2 + UART_ANSWER_MOST] = {0};

	fuzz_seed(link, sizeof(link));
	fuzz_seed(sector, sizeof(sector));
	fuzz_seed(id, sizeof(id));
	memcpy(long_one, sector, sizeof(sector));
	fuzz_seed(long_one, sizeof(long_one));
}

static void decode(const uint8_t *data, size_t size)
{
	const struct uart_request requests[] = {uart_link_check(), uart_read_sector(0x1000),
						uart_get_id(), uart_check_crc(NO_RANGE)};
	struct uart_answer answer;

	for (size_t at = 0; at < size; at++) {
		size_t used = 0;

		if (uart_decode(data + at, size - at, &answer, &used) != UART_ANSWER)
			continue;
		assert_in_range(used, 1, size - at);
		assert_true(used <= UART_ANSWER_MOST);
		if (answer.length)
			assert_true(answer.payload >= data + at &&
				    answer.payload + answer.length <= data + at + used);
		for (size_t i = 0; i < COUNT_OF(requests); i++) {
			if (uart_is_answer_to(&answer, &requests[i]))
				assert_int_equal(answer.length, requests[i].answer_len);
			uart_is_refusal_of(&answer, &requests[i]);
		}
	}
}

void fuzz_one(const uint8_t *data, size_t size)
{
	struct fuzz_wire wire = {.wire = {.ops = &fuzz_wire_ops, .rate = 115200},
				 .input = {data, size}};
	uint8_t how = fuzz_byte(&wire.input), bytes[300];
	struct uart_loader loader = {.family = how & 1 ? UART_ROM : UART_BL};
	static struct uart_talk talk;
	static struct notes notes;
	struct beken_die *die;
	uint8_t id[3];

	decode(data, size);
	wire.wire.caps = (struct wire_caps){.kind = "fuzz", .rate_most = 115200};
	wire.at_once = how & 2 ? 1 : 64;
	notes_begin(&notes);
	talk = (struct uart_talk){.wire = &wire.wire};
	die = uart_die_new(&talk, &loader, &notes.observer);
	assert_non_null(die);
	die_take_part(die, chipdb_part_by_name("GD25Q40B"));
	die_id(die, id);
	die_read(die, 0x20000, bytes, sizeof(bytes));
	uart_die_finish(die);
	uart_die_free(die);
	assert_in_range(wire.us, 0, VIRTUAL_MOST_US);
}
