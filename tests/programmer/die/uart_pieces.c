/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Sectors that are written in pieces, on a line that damages what is sent: a doubled byte of an
 * address leads to no bootloader, and what goes astray is known.
 */
#include "programmer/die/uart_pieces.h"

#include "programmer/die/uart_change.h"
#include "tests/programmer/die/uart_fixture.h"

#define SIZE 0x200000u
#define LINE 32u
#define PIECE (44 * LINE)
#define AT 0x104000u /* where the die is blank */

static const uint8_t head[] = {0x01, 0xe0, 0xfc, 0xff, 0xf4};

/* The pieces that were sent; the first one may be damaged. */
static unsigned pieces, harmful;
static uint32_t first_at;
static size_t last_bytes;
static uint8_t flips_at, flips; /* a place in it, and the bits */
static size_t loses_at;		/* another one; 0: none */
static unsigned hits_twice;	/* this one loses a byte, and its last one is doubled; 0: none */

static struct uart_die *die(void)
{
	return uart_die_of(uart.die);
}

/* Of data from @address on, line by line, as a bootloader takes it. */
static bool hits_bootloader(uint32_t address, size_t count)
{
	static const uint32_t erases[] = {1, 0x1000, 0x8000, 0x10000};

	for (size_t at = 0; at < count; at += LINE) {
		uint32_t line = address + (uint32_t)at, erased = erases[line >> 24 & 3];

		if (line % SIZE / erased * erased < UART_BL_AREA)
			return true;
	}
	return false;
}

/* If a byte of the address, or the one before it, comes twice. */
static bool may_harm(const uint8_t *frame, size_t count)
{
	bool harms = false;

	for (size_t twice = 7; twice < 11; twice++) {
		uint8_t bytes[6];

		memcpy(bytes, frame + 7, twice - 6);
		memcpy(bytes + (twice - 6), frame + twice, 12 - twice);
		harms |= hits_bootloader(uart_number(bytes + 1), count);
	}
	return harms;
}

static size_t look(uint8_t *bytes, size_t count)
{
	if (count < 13 || memcmp(bytes, head, sizeof(head)) != 0 || bytes[7] != 0x06)
		return count;
	last_bytes = (bytes[5] | (size_t)bytes[6] << 8) - 5;
	if (!pieces++) {
		first_at = uart_number(bytes + 8);
		bytes[flips_at] ^= flips;
	}
	harmful += may_harm(bytes, last_bytes);
	if (hits_twice && pieces == hits_twice) {
		memmove(bytes + loses_at, bytes + loses_at + 1, count - loses_at - 1);
		bytes[count - 1] = bytes[count - 2];
		return count;
	}
	if (pieces > 1 || !loses_at || hits_twice)
		return count;
	memmove(bytes + loses_at, bytes + loses_at + 1, count - loses_at - 1);
	return count - 1;
}

static void begin(const char *name)
{
	uart_fixture_begin(name);
	uart.damages = look;
	pieces = harmful = flips = 0;
	loses_at = hits_twice = 0;
}

static void fill_in(uint8_t *data, size_t count)
{
	for (size_t i = 0; i < count; i++)
		data[i] = (uint8_t)(i * 37 + 11);
}

static void what_is_sent_in_pieces_arrives(void **state)
{
	uint8_t data[SECTOR];

	(void)state;
	fill_in(data, sizeof(data));
	for (size_t i = 0; i < LOADERS; i++) {
		begin(loaders[i]);
		assert_int_equal(uart_erase_range(die(), (struct range){AT, SECTOR}), TROUBLE_NONE);
		assert_int_equal(uart_write_in_pieces(die(), AT, data, SECTOR), TROUBLE_NONE);
		assert_memory_equal(uart.sim->nor.memory + AT, data, SECTOR);
		assert_int_equal(first_at, AT);
		assert_int_equal(pieces, 3);
		/* Behind the first one they are led by a line. */
		assert_int_equal(last_bytes, SECTOR % PIECE + (is_rom(loaders[i]) ? 0 : 2 * LINE));
		assert_int_equal(die()->lost_changes, 0);
	}
}

/* The piece begins earlier then, with ones, if it is known what is there. */
static void a_doubled_byte_of_an_address_leads_to_no_bootloader(void **state)
{
	uint8_t data[SECTOR], in_front[12 * LINE];
	unsigned earlier = 0;

	(void)state;
	fill_in(data, sizeof(data));
	begin("n");
	memset(die()->known, UART_SEEN, SIZE / SECTOR);
	for (uint32_t at = 0x20000; at < SIZE; at += at < 0x40000 ? SECTOR : 0x1d000) {
		const uint8_t *there = uart.sim->nor.memory + at - sizeof(in_front);

		pieces = 0;
		memcpy(in_front, there, sizeof(in_front));
		assert_int_equal(uart_write_in_pieces(die(), at, data, SECTOR), TROUBLE_NONE);
		assert_memory_equal(there, in_front, sizeof(in_front));
		assert_int_equal(harmful, 0);
		if (first_at == at)
			continue;
		earlier++;
		assert_in_range(at - first_at, LINE, sizeof(in_front));
		assert_int_equal(die()->known[at / SECTOR - 1], UART_SENT);
	}
	assert_true(earlier > 0);
}

static void where_a_piece_begins_earlier_all_of_it_is_sent(void **state)
{
	uint8_t data[PIECE];

	(void)state;
	fill_in(data, sizeof(data));
	begin("n");
	assert_int_equal(uart_erase_range(die(), (struct range){AT, SECTOR}), TROUBLE_NONE);
	memset(die()->known, UART_SEEN, SIZE / SECTOR);
	assert_int_equal(uart_write_in_pieces(die(), AT, data, sizeof(data)), TROUBLE_NONE);
	assert_int_equal(first_at, AT - LINE);
	assert_int_equal(pieces, 2);
	assert_int_equal(last_bytes, LINE);
	assert_memory_equal(uart.sim->nor.memory + AT, data, sizeof(data));
	/* But not where that does not help. */
	pieces = 0;
	assert_int_equal(uart_write_in_pieces(die(), 0x20080, data, LINE), TROUBLE_NONE);
	assert_int_equal(first_at, 0x20080);
}

static void where_nothing_is_known_no_piece_begins_earlier(void **state)
{
	uint8_t data[LINE] = {0};

	(void)state;
	begin("n");
	for (unsigned known = UART_UNKNOWN; known <= UART_GUESSED; known++) {
		memset(die()->known, (int)known, SIZE / SECTOR);
		pieces = 0;
		assert_int_equal(uart_write_in_pieces(die(), AT, data, LINE), TROUBLE_NONE);
		assert_int_equal(first_at, AT);
		assert_int_equal(die()->known[AT / SECTOR - 1], known);
	}
}

/* Of 0x020080 a doubled byte leads there; of a place in front of it none does. */
static void a_few_bytes_are_sent_with_what_is_in_front_of_them_in_their_sector(void **state)
{
	uint8_t data[SECTOR], whole[SECTOR];

	(void)state;
	begin("n");
	assert_int_equal(uart_erase_range(die(), (struct range){0x20000, SECTOR}), TROUBLE_NONE);
	memset(data, 0xff, sizeof(data));
	fill_in(data, 2 * LINE);
	assert_int_equal(uart_program_sector(die(), 0x20, data, 0, 2 * LINE), TROUBLE_NONE);
	memcpy(whole, data, sizeof(whole));
	memset(data, 0xff, sizeof(data));
	fill_in(data + 0x80, LINE);
	fill_in(whole + 0x80, LINE);
	/* From here on the line damages bytes. */
	uart.talk.counts.again++;
	die()->known[0x1f] = UART_SEEN;
	pieces = harmful = 0;
	assert_int_equal(uart_program_sector(die(), 0x20, data, 0x80, 0x80 + LINE), TROUBLE_NONE);
	assert_memory_equal(uart.sim->nor.memory + 0x20000, whole, sizeof(whole));
	assert_true(first_at < 0x20080);
	assert_int_equal(harmful, 0);
}

static void from_where_a_few_bytes_begin_no_doubled_byte_leads_to_the_bootloader(void **state)
{
	static const uint8_t ones[SECTOR];
	unsigned earlier = 0;

	(void)state;
	begin("n");
	for (uint32_t at = 0x20000; at < SIZE; at += at < 0x30000 ? LINE : 0x7fe0) {
		uint32_t begins = uart_piece_begin(die(), at);

		assert_in_range(begins, at - at % SECTOR, at);
		assert_int_equal(begins % LINE, 0);
		earlier += begins < at;
		if (begins % SECTOR == 0)
			continue;
		assert_int_equal(uart_write_in_pieces(die(), begins, ones, at + LINE - begins),
				 TROUBLE_NONE);
		assert_int_equal(first_at, begins);
		pieces = 0;
	}
	assert_int_equal(harmful, 0);
	assert_true(earlier > 0);
}

/* A line takes little time, and tells nothing of what a longer piece may take. */
static void how_long_a_piece_takes_is_learned_from_long_ones(void **state)
{
	uint8_t data[SECTOR];

	(void)state;
	fill_in(data, sizeof(data));
	begin("n");
	assert_int_equal(uart_write_in_pieces(die(), AT, data, LINE), TROUBLE_NONE);
	assert_int_equal(die()->piece_us, 0);
	assert_int_equal(uart_write_in_pieces(die(), AT, data, SECTOR), TROUBLE_NONE);
	assert_true(die()->piece_us > 0);
}

static void a_piece_that_is_lost_is_sent_again_and_counted(void **state)
{
	uint8_t data[SECTOR];

	(void)state;
	fill_in(data, sizeof(data));
	begin("n");
	flips_at = 0;
	flips = 0x80;
	assert_int_equal(uart_write_in_pieces(die(), AT, data, SECTOR), TROUBLE_NONE);
	assert_memory_equal(uart.sim->nor.memory + AT, data, SECTOR);
	assert_int_equal(pieces, 4);
	assert_int_equal(die()->lost_changes, 1);
	assert_int_equal(uart.talk.counts.relinks, 1);
}

/* Nor by what keeps a chip awake in a network: of a lost byte of its address the rest never comes.
 */
static void a_piece_that_lost_a_byte_is_never_done(void **state)
{
	static uint8_t all[SIZE];
	uint8_t data[SECTOR];

	(void)state;
	fill_in(data, sizeof(data));
	for (size_t i = 0; i < 2 * LOADERS; i++) {
		begin(loaders[i / 2]);
		uart.sim->wire.caps.jitter_us = i % 2 ? 60000 : 0;
		assert_int_equal(uart_erase_range(die(), (struct range){AT, SECTOR}), TROUBLE_NONE);
		memcpy(all, uart.sim->nor.memory, SIZE);
		memcpy(all + AT, data, SECTOR);
		for (loses_at = 8; loses_at < 12; loses_at++) {
			pieces = 0;
			assert_int_equal(uart_write_in_pieces(die(), AT, data, SECTOR),
					 TROUBLE_NONE);
			assert_memory_equal(uart.sim->nor.memory, all, SIZE);
		}
	}
}

/* It is done where the rest of its address says, and 0x01 would make that an erase. */
static void a_piece_that_lost_a_byte_and_doubled_another_spares_the_bootloader(void **state)
{
	static const uint8_t of_erases[] = {0x01, 0x02, 0x03, 0x0c, 0xe5};
	uint8_t data[SECTOR];

	(void)state;
	for (size_t i = 1; i < LOADERS; i++)
		for (unsigned number = 1; number <= 3; number++)
			for (size_t at = 8; at < 12; at++) {
				memset(data, of_erases[at % COUNT_OF(of_erases)], sizeof(data));
				begin(loaders[i]);
				memset(die()->known, UART_SEEN, SIZE / SECTOR);
				assert_int_equal(
					uart_erase_range(die(), (struct range){AT, SECTOR}),
					TROUBLE_NONE);
				hits_twice = number;
				loses_at = at;
				assert_int_equal(uart_write_in_pieces(die(), AT, data, SECTOR),
						 TROUBLE_NONE);
				assert_true(pieces > 3);
				assert_memory_equal(uart.sim->nor.memory, before, UART_BL_AREA);
			}
}

static void a_piece_that_is_answered_from_elsewhere_was_done_there(void **state)
{
	const uint32_t astray = AT ^ 0x10000;
	uint8_t data[SECTOR];

	(void)state;
	fill_in(data, sizeof(data));
	begin("n");
	flips_at = 10;
	flips = 0x01;
	assert_int_equal(uart_write_in_pieces(die(), AT, data, SECTOR), TROUBLE_NONE);
	assert_memory_equal(uart.sim->nor.memory + AT, data, SECTOR);
	assert_memory_equal(uart.sim->nor.memory + astray, data, PIECE);
	assert_int_equal(die()->hits[astray / SECTOR].how, UART_MAY_BE_HIT);
	assert_int_equal(die()->hits[AT / SECTOR].how, UART_NOT_HIT);
	assert_int_equal(die()->lost_changes, 1);
}

#define CASE(name) cmocka_unit_test_teardown(name, uart_fixture_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(what_is_sent_in_pieces_arrives),
		CASE(a_doubled_byte_of_an_address_leads_to_no_bootloader),
		CASE(where_a_piece_begins_earlier_all_of_it_is_sent),
		CASE(where_nothing_is_known_no_piece_begins_earlier),
		CASE(a_few_bytes_are_sent_with_what_is_in_front_of_them_in_their_sector),
		CASE(from_where_a_few_bytes_begin_no_doubled_byte_leads_to_the_bootloader),
		CASE(how_long_a_piece_takes_is_learned_from_long_ones),
		CASE(a_piece_that_is_lost_is_sent_again_and_counted),
		CASE(a_piece_that_lost_a_byte_is_never_done),
		CASE(a_piece_that_lost_a_byte_and_doubled_another_spares_the_bootloader),
		CASE(a_piece_that_is_answered_from_elsewhere_was_done_there),
	};

	return cmocka_run_group_tests_name("uart_pieces", tests, NULL, NULL);
}
