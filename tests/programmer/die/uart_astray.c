/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a damaged command did elsewhere, where nothing is known, is found by what it leaves there,
 * or by what it answers.
 */
#include "programmer/die/uart_astray.h"
#include "programmer/die/uart_content.h"
#include "programmer/die/uart_die.h"
#include "programmer/die/uart_hits.h"
#include "programmer/die/uart_sum.h"
#include "tests/programmer/die/uart_fixture.h"

/* One flipped bit of START. */
#define ASTRAY (START ^ 0x40000u)

static size_t blurred_at, received; /* a byte that arrives damaged, once */

static size_t blur(uint8_t *bytes, size_t count)
{
	if (received <= blurred_at && blurred_at - received < count)
		bytes[blurred_at - received] ^= 0x10;
	received += count;
	return count;
}

static struct uart_die *die(void)
{
	return uart_die_of(uart.die);
}

static enum uart_how how_at(uint32_t address)
{
	return die()->hits[address / SECTOR].how;
}

/* On a die of which nothing was read. */
static void lose(const struct uart_request *request)
{
	uart_note_lost(die(), request);
	assert_int_equal(uart_look_for_lost(die()), TROUBLE_NONE);
}

static void fill_in(uint8_t *data, size_t count)
{
	for (size_t i = 0; i < count; i++)
		data[i] = (uint8_t)(i * 37 + 11);
}

static void programmed(uint32_t address, const uint8_t *data, size_t count)
{
	for (size_t i = 0; i < count; i++)
		uart.sim->nor.memory[address + i] &= data[i];
}

static void what_a_lost_write_did_is_found_after_its_data_is_gone(void **state)
{
	uint8_t data[SECTOR] = {0};
	const struct uart_request request = uart_write_sector(START, data);

	(void)state;
	for (size_t i = 0; i < LOADERS; i++) {
		uart_fixture_begin(loaders[i]);
		fill_in(data, sizeof(data));
		programmed(ASTRAY, data, 256);
		uart_note_lost(die(), &request);
		memset(data, 0, sizeof(data));
		assert_int_equal(uart_look_for_lost(die()), TROUBLE_NONE);
		assert_int_equal(how_at(ASTRAY), UART_WRITTEN_OVER);
	}
}

static void a_lost_write_of_less_than_a_page_is_looked_for(void **state)
{
	uint8_t data[300] = {0};
	struct uart_request request;

	(void)state;
	fill_in(data, sizeof(data));
	uart_fixture_begin("t");
	programmed(ASTRAY, data, 100);
	request = uart_write_bytes(START, data, 100);
	lose(&request);
	assert_int_equal(how_at(ASTRAY), UART_WRITTEN_OVER);

	/* A whole page tells more than the few bytes behind it. */
	uart_fixture_begin("t");
	programmed(ASTRAY, data, 260);
	request = uart_write_bytes(START, data, 260);
	lose(&request);
	assert_int_equal(how_at(ASTRAY), UART_WRITTEN_OVER);

	/* The rest of it, in the next sector. */
	uart_fixture_begin("t");
	programmed(ASTRAY + SECTOR, data + 256, 44);
	request = uart_write_bytes(START + SECTOR - 256, data, 300);
	lose(&request);
	assert_int_equal(how_at(ASTRAY), UART_NOT_HIT);
	assert_int_equal(how_at(ASTRAY + SECTOR), UART_WRITTEN_OVER);
}

static void a_lost_write_that_goes_on_in_the_next_sector_is_found_there(void **state)
{
	uint8_t data[512] = {0};
	const struct uart_request request = uart_write_bytes(START + SECTOR - 256, data, 512);

	(void)state;
	fill_in(data, sizeof(data));
	uart_fixture_begin("t");
	programmed(ASTRAY + SECTOR - 256, data, 512);
	lose(&request);
	assert_int_equal(how_at(ASTRAY), UART_WRITTEN_OVER);
	assert_int_equal(how_at(ASTRAY + SECTOR), UART_WRITTEN_OVER);
	assert_int_equal(how_at(ASTRAY + 2 * SECTOR), UART_NOT_HIT);
}

/* Whatever is there, a page of ones can have left it. */
static void a_lost_page_of_ones_has_changed_nothing(void **state)
{
	uint8_t data[256] = {0};
	const struct uart_request request = uart_write_bytes(0x21000, data, sizeof(data));

	(void)state;
	memset(data, 0xff, sizeof(data));
	uart_fixture_begin("n");
	lose(&request);
	for (uint32_t at = 0; at < 0x200000; at += SECTOR)
		assert_int_equal(how_at(at), UART_NOT_HIT);
}

static void a_few_bytes_may_be_what_they_are_by_chance(void **state)
{
	uint8_t data[512] = {0};
	const struct uart_request request = uart_write_bytes(START, data, sizeof(data));

	(void)state;
	memset(data, 0xff, sizeof(data));
	fill_in(data + 100, 7);
	uart_fixture_begin("n");
	programmed(ASTRAY, data, sizeof(data));
	lose(&request);
	assert_int_equal(how_at(ASTRAY), UART_MAY_BE_HIT);
	/* An eighth one, or the page behind them. */
	for (uint32_t at = 107; at < 512; at += 300) {
		memset(data + 107, 0xff, sizeof(data) - 107);
		fill_in(data + at, at < 256 ? 1 : 8);
		uart_fixture_begin("n");
		programmed(ASTRAY, data, sizeof(data));
		lose(&request);
		assert_int_equal(how_at(ASTRAY), UART_WRITTEN_OVER);
	}
}

/* As a chip takes it: what follows moves up or down by one. Returns the address. */
static uint32_t carry_out(uint8_t *body, size_t count, size_t at, bool doubled)
{
	uint32_t address;

	if (doubled)
		memmove(body + at + 1, body + at, count - at - 1);
	else
		memmove(body + at, body + at + 1, count - at - 1);
	address = uart_number(body + 1) % 0x200000;
	programmed(address, body + 5, count - 6);
	return address;
}

static void a_byte_of_an_address_may_have_been_lost_or_doubled(void **state)
{
	uint8_t body[5 + SECTOR] = {0x07, 0x00, 0x50, 0x0c, 0x00};
	const struct uart_request request = uart_write_sector(0x0c5000, body + 5);

	(void)state;
	for (unsigned doubled = 0; doubled < 2; doubled++)
		for (size_t at = 1; at < 5; at++) {
			uint8_t taken[sizeof(body)];
			uint32_t address;

			uart_fixture_begin("n");
			fill_in(body + 5, SECTOR);
			memcpy(taken, body, sizeof(body));
			address = carry_out(taken, sizeof(taken), at, doubled);
			lose(&request);
			assert_int_equal(how_at(address), UART_WRITTEN_OVER);
		}
}

/* Some sectors around are blank, too, if it was not erased now. */
static enum uart_how look_for_erased(const char *name, bool sums, size_t blank)
{
	const struct uart_request erase = uart_erase(START, false);

	uart_fixture_begin(name);
	if (!sums)
		uart.talk.relink = NULL;
	assert_true(uart_may_sum(die()) == sums);
	memset(uart.sim->nor.memory + ASTRAY, 0xff, blank * SECTOR);
	received = 0;
	uart.blurs = blur;
	lose(&erase);
	return how_at(ASTRAY);
}

static void one_damaged_answer_hides_no_erase_and_makes_none(void **state)
{
	static const struct {
		const char *name;
		bool sums;
	} cases[] = {{"n", true}, {"t", true}, {"s", true}, {"s", false}};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(cases); i++)
		for (blurred_at = 10; blurred_at < 30000;
		     blurred_at += blurred_at < 1200 ? 11 : 1300) {
			assert_int_equal(look_for_erased(cases[i].name, cases[i].sums, 1),
					 UART_MAY_BE_ERASED);
			assert_int_equal(look_for_erased(cases[i].name, cases[i].sums, 2),
					 UART_NOT_HIT);
		}
}

static void without_sums_two_readings_in_a_row_have_to_agree(void **state)
{
	(void)state;
	for (blurred_at = 100; blurred_at < 10000; blurred_at += 1000) {
		uart_fixture_begin("s");
		uart.talk.relink = NULL;
		received = 0;
		uart.blurs = blur;
		assert_int_equal(uart_read_surely(die(), START / SECTOR), TROUBLE_NONE);
		assert_memory_equal(die()->scratch, before + START, SECTOR);
	}
}

/* Of a block that an erase hit, some of it was read before, or is expected there. */
static void blank_block(uint32_t address, uint32_t first, uint32_t end)
{
	memset(uart.sim->nor.memory + address + first, 0xff, end - first);
}

static void a_lost_erase_of_a_block_is_found_where_some_of_it_is_known(void **state)
{
	const struct uart_request erase = uart_erase(START + 0xffff, true);

	(void)state;
	for (size_t i = 0; i < LOADERS; i++)
		for (uint32_t known = 0; known < 0x10000; known += 0xf000) {
			uart_fixture_begin(loaders[i]);
			assert_int_equal(read_back(ASTRAY + known, SECTOR), TROUBLE_NONE);
			blank_block(ASTRAY, 0, 0x10000);
			lose(&erase);
			for (uint32_t at = 0; at < 0x10000; at += SECTOR)
				assert_int_equal(how_at(ASTRAY + at),
						 at == known ? UART_NOT_HIT : UART_MAY_BE_ERASED);
			assert_int_equal(how_at(ASTRAY - SECTOR), UART_NOT_HIT);
			assert_int_equal(how_at(ASTRAY + 0x10000), UART_NOT_HIT);
		}
}

static void a_block_that_is_not_blank_in_its_middle_was_not_erased(void **state)
{
	const struct uart_request erase = uart_erase(START + 0xffff, true);

	(void)state;
	uart_fixture_begin("t");
	blank_block(ASTRAY, 0, 0x7000);
	blank_block(ASTRAY, 0x8000, 0x10000);
	lose(&erase);
	for (uint32_t at = 0; at < 0x10000; at += SECTOR)
		assert_int_equal(how_at(ASTRAY + at), UART_NOT_HIT);
}

/* Then the flash is blank there by itself. */
static void what_is_known_to_be_blank_beside_a_blank_sector_means_no_erase(void **state)
{
	static const uint32_t beside[] = {ASTRAY - SECTOR, ASTRAY + SECTOR};
	const struct uart_request erase = uart_erase(START, false);

	(void)state;
	for (size_t i = 0; i < COUNT_OF(beside); i++)
		for (uint32_t blank = 0; blank < 2; blank++) {
			uart_fixture_begin("t");
			blank_block(ASTRAY, 0, SECTOR);
			blank_block(beside[i], 0, blank * SECTOR);
			assert_int_equal(read_back(beside[i], SECTOR), TROUBLE_NONE);
			lose(&erase);
			assert_int_equal(how_at(ASTRAY), blank ? UART_NOT_HIT : UART_MAY_BE_ERASED);
		}
}

/* As from a backup. What is blank around it does not matter then. */
static void what_was_expected_to_hold_something_and_is_blank_was_erased(void **state)
{
	const struct uart_request erase = uart_erase(START, false);

	(void)state;
	for (size_t i = 0; i < LOADERS; i++) {
		uart_fixture_begin(loaders[i]);
		blank_block(ASTRAY, 0, 3 * SECTOR);
		die_expect(uart.die, (struct range){ASTRAY, SECTOR}, before + ASTRAY);
		lose(&erase);
		assert_int_equal(how_at(ASTRAY), UART_MAY_BE_ERASED);
		assert_int_equal(how_at(ASTRAY + SECTOR), UART_NOT_HIT);
	}
}

static void what_was_expected_to_be_blank_and_is_has_lost_nothing(void **state)
{
	const struct uart_request erase = uart_erase(START, false);

	(void)state;
	uart_fixture_begin("t");
	blank_block(ASTRAY, 0, SECTOR);
	die_expect(uart.die, (struct range){ASTRAY, SECTOR}, uart.sim->nor.memory + ASTRAY);
	lose(&erase);
	assert_int_equal(how_at(ASTRAY), UART_NOT_HIT);
}

/*
 * Two bits of a write's address make each of its lines an erase: of both sectors, if it reaches
 * into a second one.
 */
static void a_lost_write_that_erased_two_sectors_is_found(void **state)
{
	const uint32_t address = START + SECTOR - 64;
	uint8_t data[128] = {0};
	const struct uart_request request = uart_write_bytes(address, data, sizeof(data));

	(void)state;
	memset(data, 0x5a, sizeof(data));
	uart_fixture_begin("t");
	blank_block(START, 0, 2 * SECTOR);
	lose(&request); /* bit 24 flipped: the sectors that it was to be written to */
	assert_int_equal(how_at(START), UART_MAY_BE_ERASED);
	assert_int_equal(how_at(START + SECTOR), UART_MAY_BE_ERASED);
	assert_int_equal(how_at(START + 2 * SECTOR), UART_NOT_HIT);
}

static size_t refuse_all(uint8_t *bytes, size_t count)
{
	static const uint8_t reads[] = {0x01, 0xe0, 0xfc, 0xff, 0xf4, 0x05, 0x00, 0x09};

	if (count >= sizeof(reads) && memcmp(bytes, reads, sizeof(reads)) == 0)
		bytes[0] = 0;
	return count;
}

static void a_sector_that_cannot_be_read_may_have_been_hit(void **state)
{
	uint8_t data[SECTOR] = {0};
	const struct uart_request request = uart_write_sector(START, data);

	(void)state;
	fill_in(data, sizeof(data));
	uart_fixture_begin("n");
	uart.damages = refuse_all;
	lose(&request);
	assert_int_equal(how_at(ASTRAY), UART_MAY_BE_HIT);
	assert_false(uart.talk.gone);
}

static struct uart_answer answer_of(uint8_t payload[5], size_t length, uint32_t address)
{
	uint8_t *at = payload + length - 4;

	for (unsigned i = 0; i < 4; i++)
		at[i] = (uint8_t)(address >> 8 * i);
	return (struct uart_answer){.is_long = true, .payload = payload, .length = length};
}

static void an_answer_that_is_too_short_says_nothing(void **state)
{
	static const uint8_t data[SECTOR];
	const struct uart_request write = uart_write_sector(START, data);
	const struct uart_request erase = uart_erase(START, false);
	uint8_t payload[5] = {0x20};
	struct uart_answer answer;
	uint32_t address = 0;

	(void)state;
	uart_fixture_begin("t");
	answer = answer_of(payload, 5, ASTRAY);
	assert_true(uart_answered_address(&erase, &answer, &address));
	assert_int_equal(address, ASTRAY);
	answer.length = 4;
	assert_false(uart_answered_address(&erase, &answer, &address));
	uart_note_astray(die(), &erase, &answer);
	answer.length = 3;
	assert_false(uart_answered_address(&write, &answer, &address));
	uart_note_astray(die(), &write, &answer);
	for (uint32_t at = 0; at < 0x200000; at += SECTOR)
		assert_int_equal(how_at(at), UART_NOT_HIT);
}

/* From the first sector to the last one, as answered. */
static void expect_doubt(const struct uart_request *request, uint8_t code, uint32_t address,
			 uint32_t first, uint32_t last)
{
	uint8_t payload[5] = {code};
	struct uart_answer answer = answer_of(payload, request->echo_len, address);

	uart_fixture_begin("t");
	uart_note_astray(die(), request, &answer);
	for (uint32_t at = UART_BL_AREA / SECTOR * SECTOR; at < 0x200000; at += SECTOR)
		assert_int_equal(how_at(at),
				 at >= first && at <= last ? UART_MAY_BE_HIT : UART_NOT_HIT);
}

static void an_answered_address_tells_what_was_done_there(void **state)
{
	static const uint8_t data[SECTOR];
	const struct uart_request write = uart_write_sector(START, data);
	const struct uart_request erase = uart_erase(START, false);

	(void)state;
	expect_doubt(&write, 0, ASTRAY, ASTRAY, ASTRAY);
	expect_doubt(&write, 0, ASTRAY + 16, ASTRAY, ASTRAY + SECTOR);
	expect_doubt(&write, 0, 0x03000000 | (ASTRAY + 0x5000), ASTRAY, ASTRAY + 0xf000);
	expect_doubt(&erase, 0x20, ASTRAY + 16, ASTRAY, ASTRAY);
	expect_doubt(&erase, 0xd8, ASTRAY + 0x5000, ASTRAY, ASTRAY + 0xf000);
}

/* A flashrom verifies what it wrote before the end, when everything is checked. */
static void what_a_lost_change_took_is_put_right_when_it_is_read(void **state)
{
	uint8_t data[SECTOR] = {0};
	const struct uart_request request = uart_write_sector(START, data);

	(void)state;
	for (size_t i = 0; i < LOADERS; i++) {
		uart_fixture_begin(loaders[i]);
		assert_int_equal(read_back(START, 0x50000), TROUBLE_NONE);
		assert_int_equal(write_sector(START, 1), TROUBLE_NONE);
		uart_note_lost(die(), &request);
		uart.talk.counts.in_step++;
		memset(uart.sim->nor.memory + ASTRAY, 0xff, 2 * SECTOR);
		assert_int_equal(read_back(START, 0x50000), TROUBLE_NONE);
		assert_memory_equal(rx + START, wanted + START, 0x50000);
		assert_int_equal(uart_die_finish(uart.die), TROUBLE_NONE);
	}
}

/* The chip's firmware has written it: nothing of ours was lost. */
static void what_has_changed_without_a_lost_change_is_read_as_it_is(void **state)
{
	(void)state;
	uart_fixture_begin("n");
	assert_int_equal(read_back(START, 0x50000), TROUBLE_NONE);
	memset(uart.sim->nor.memory + ASTRAY, 0xff, SECTOR);
	assert_int_equal(read_back(START, 0x50000), TROUBLE_NONE);
}

#define CASE(name) cmocka_unit_test_teardown(name, uart_fixture_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(what_a_lost_write_did_is_found_after_its_data_is_gone),
		CASE(a_lost_write_of_less_than_a_page_is_looked_for),
		CASE(a_lost_write_that_goes_on_in_the_next_sector_is_found_there),
		CASE(a_lost_page_of_ones_has_changed_nothing),
		CASE(a_few_bytes_may_be_what_they_are_by_chance),
		CASE(a_byte_of_an_address_may_have_been_lost_or_doubled),
		CASE(one_damaged_answer_hides_no_erase_and_makes_none),
		CASE(without_sums_two_readings_in_a_row_have_to_agree),
		CASE(a_lost_erase_of_a_block_is_found_where_some_of_it_is_known),
		CASE(a_block_that_is_not_blank_in_its_middle_was_not_erased),
		CASE(what_is_known_to_be_blank_beside_a_blank_sector_means_no_erase),
		CASE(what_was_expected_to_hold_something_and_is_blank_was_erased),
		CASE(what_was_expected_to_be_blank_and_is_has_lost_nothing),
		CASE(a_lost_write_that_erased_two_sectors_is_found),
		CASE(a_sector_that_cannot_be_read_may_have_been_hit),
		CASE(an_answer_that_is_too_short_says_nothing),
		CASE(an_answered_address_tells_what_was_done_there),
		CASE(what_a_lost_change_took_is_put_right_when_it_is_read),
		CASE(what_has_changed_without_a_lost_change_is_read_as_it_is),
	};

	return cmocka_run_group_tests_name("uart_astray", tests, NULL, NULL);
}
