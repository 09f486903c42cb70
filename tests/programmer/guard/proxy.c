/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The proxy on a bus that records what it is sent. proxy_die.c uses a die. */
#include "tests/unit.h"
#include "tests/programmer/fake_bus.h"
#include "programmer/die/spi_die.h"
#include "programmer/guard/proxy.h"

#define FLASH_SIZE 0x200000u

static struct fake_bus fake;
static struct beken_die *die;
static struct notes notes;
static struct proxy *proxy;

static struct {
	enum activity activity;
	uint32_t address, len;
} told[256];
static size_t told_count;

static void on_progress(void *data, enum activity activity, struct range range)
{
	assert_ptr_equal(data, &notes);
	assert_true(told_count < COUNT_OF(told));
	told[told_count].activity = activity;
	told[told_count].address = range.start;
	told[told_count++].len = range.length;
}

/* Answers as the expected die does, blank and unprotected. */
static void answer(struct fake_bus *bus, const struct spi_op *op)
{
	static const uint8_t id[3] = {0xc8, 0x40, 0x15};

	(void)bus;
	if (op->kind == SPI_XFER && op->tx[0] == 0x9f)
		memcpy(op->rx, id, 3);
}

static void begin(bool read_only)
{
	const struct proxy_options options = {
		.part = chipdb_part_by_name("GD25Q16B"),
		.read_only = read_only,
		.observer = &notes.observer,
	};

	proxy_close(proxy, true);
	spi_die_free(die);
	fake_bus_begin(&fake);
	die = spi_die_new(&fake.bus);
	assert_non_null(die);
	fake.answer = answer;
	notes_begin(&notes);
	notes.observer.progress = on_progress;
	told_count = 0;
	proxy = proxy_new(die, &options);
	assert_non_null(proxy);
	assert_int_equal(fake.batches, 0);
}

static int end(void **state)
{
	(void)state;
	proxy_close(proxy, true);
	spi_die_free(die);
	proxy = NULL;
	die = NULL;
	return 0;
}

static enum trouble_kind send_byte(uint8_t opcode)
{
	return proxy_op(proxy, &opcode, 1, NULL, 0);
}

/* @opcode, @address and @len data bytes, which count up from @first. */
static enum trouble_kind send_to(uint8_t opcode, uint32_t address, size_t len, uint8_t first)
{
	uint8_t tx[4 + 300] = {opcode, (uint8_t)(address >> 16), (uint8_t)(address >> 8),
			       (uint8_t)address};

	for (size_t i = 0; i < len; i++)
		tx[4 + i] = (uint8_t)(first + i);
	return proxy_op(proxy, tx, 4 + len, NULL, 0);
}

static enum trouble_kind program(uint32_t address, size_t len, uint8_t first)
{
	assert_int_equal(send_byte(0x06), 0);
	return send_to(0x02, address, len, first);
}

static enum trouble_kind erase_4k(uint32_t address)
{
	assert_int_equal(send_byte(0x06), 0);
	return send_to(0x20, address, 0, 0);
}

static enum trouble_kind read_at(uint32_t address, uint8_t *rx, size_t len)
{
	const uint8_t tx[4] = {0x03, (uint8_t)(address >> 16), (uint8_t)(address >> 8),
			       (uint8_t)address};

	return proxy_op(proxy, tx, 4, rx, len);
}

/* Window number @index that was sent with this opcode, or NULL. */
static struct fake_op *sent(uint8_t opcode, size_t index)
{
	for (size_t i = 0; i < fake.count; i++)
		if (fake.ops[i].kind == SPI_XFER && fake.ops[i].tx[0] == opcode && index-- == 0)
			return &fake.ops[i];
	return NULL;
}

static struct fake_op *last_sent(uint8_t opcode)
{
	struct fake_op *last = NULL;

	for (size_t i = 0; sent(opcode, i); i++)
		last = sent(opcode, i);
	return last;
}

static void the_id_comes_without_the_bus(void **state)
{
	static const uint8_t id[6] = {0xc8, 0x40, 0x15, 0, 0, 0};
	const uint8_t rdid = 0x9f;
	uint8_t rx[6];

	(void)state;
	begin(true);
	for (size_t len = 1; len <= sizeof(rx); len++) {
		memset(rx, 0x5a, sizeof(rx));
		assert_int_equal(proxy_op(proxy, &rdid, 1, rx, len), 0);
		assert_memory_equal(rx, id, len);
	}
	assert_int_equal(fake.batches, 0);
}

/* flashrom sends four bytes and takes the first answer for the dummy byte; others send five. */
static void sfdp_comes_without_the_bus_in_both_forms(void **state)
{
	const uint8_t tx[5] = {0x5a, 0, 0, 0, 0};
	uint8_t rx[9], far[5] = {0x5a, 0x10, 0, 0, 0};

	(void)state;
	begin(true);
	assert_int_equal(proxy_op(proxy, tx, 4, rx, 9), 0);
	assert_memory_equal(rx + 1, "SFDP", 4);
	assert_int_equal(proxy_op(proxy, tx, 5, rx, 8), 0);
	assert_memory_equal(rx, "SFDP", 4);
	assert_int_equal(proxy_op(proxy, (const uint8_t[]){0x5a, 0, 0, 2, 0}, 5, rx, 8), 0);
	assert_memory_equal(rx, "DP", 2);
	assert_int_equal(proxy_op(proxy, far, 5, rx, 2), 0);
	assert_int_equal(rx[0], 0xff);
	assert_int_not_equal(proxy_op(proxy, tx, 3, rx, 1), 0);
	assert_int_not_equal(proxy_op(proxy, tx, 1, rx, 1), 0);
	assert_int_equal(fake.batches, 0);
}

static uint8_t status(uint8_t opcode)
{
	uint8_t rx[2] = {0x5a, 0x5a};

	assert_int_equal(proxy_op(proxy, &opcode, 1, rx, 2), 0);
	assert_int_equal(rx[0], rx[1]);
	return rx[0];
}

static void the_status_is_ready_and_unprotected_and_knows_wel(void **state)
{
	(void)state;
	begin(false);
	assert_int_equal(status(0x05), 0);
	assert_int_equal(status(0x35), 0);
	assert_int_equal(status(0x15), 0);
	send_byte(0x06);
	assert_int_equal(status(0x05), 2);
	send_byte(0x04);
	assert_int_equal(status(0x05), 0);
	send_byte(0x06);
	assert_int_equal(fake.batches, 0);
	assert_int_equal(send_to(0x02, 0, 1, 0), 0);
	assert_int_equal(status(0x05), 0);
}

static void writes_of_the_status_registers_are_swallowed(void **state)
{
	static const uint8_t opcodes[] = {0x01, 0x31, 0x11};

	(void)state;
	for (int read_only = 0; read_only < 2; read_only++) {
		begin(read_only);
		for (size_t i = 0; i < COUNT_OF(opcodes); i++) {
			for (size_t len = 1; len <= 4; len++) {
				uint8_t tx[4] = {opcodes[i], 0xff, 0xff, 0xff};

				send_byte(len % 2 ? 0x06 : 0x50);
				assert_int_equal(proxy_op(proxy, tx, len, NULL, 0), 0);
				assert_int_equal(status(0x05), 0);
			}
		}
		assert_int_equal(proxy_finish(proxy), 0);
		assert_int_equal(fake.batches, 0);
	}
}

static void pieces_of_a_page_become_one_program(void **state)
{
	struct fake_op *op;

	(void)state;
	begin(false);
	for (uint32_t at = 0; at < 512; at += 64)
		assert_int_equal(program(0x1000 + at, 64, (uint8_t)at), 0);
	assert_int_equal(proxy_finish(proxy), 0);
	for (unsigned page = 0; page < 2; page++) {
		op = sent(0x02, page);
		assert_non_null(op);
		assert_int_equal(op->tx_len, 260);
		assert_int_equal(op->tx[2], 0x10 + page);
		for (unsigned i = 0; i < 256; i++)
			assert_int_equal(op->tx[4 + i], i);
		assert_int_equal(op[-1].tx[0], 0x06);
		assert_int_equal(op[1].kind, SPI_WAIT_READY);
	}
	assert_null(sent(0x02, 2));
	assert_null(sent(0x06, 2));
}

static void only_what_continues_is_joined(void **state)
{
	(void)state;
	begin(false);
	assert_int_equal(program(0x100, 16, 0), 0);
	assert_int_equal(program(0x111, 15, 0), 0); /* a gap */
	assert_int_equal(program(0x120, 16, 0), 0); /* continues */
	assert_int_equal(program(0x110, 1, 0), 0);  /* backwards */
	send_byte(0x06);
	assert_int_equal(send_to(0xd8, 0x20000, 0, 0), 0);
	assert_int_equal(program(0x111, 1, 0), 0); /* after an erase */
	assert_int_equal(proxy_finish(proxy), 0);
	assert_int_equal(sent(0x02, 0)->tx_len, 4 + 16);
	assert_int_equal(sent(0x02, 1)->tx_len, 4 + 31);
	assert_int_equal(sent(0x02, 2)->tx_len, 4 + 1);
	assert_int_equal(sent(0x02, 3)->tx_len, 4 + 1);
	assert_true(sent(0x02, 2) < sent(0xd8, 0) && sent(0xd8, 0) < sent(0x02, 3));
	assert_null(sent(0x02, 4));
}

static void a_program_over_the_end_of_a_page_is_refused(void **state)
{
	(void)state;
	begin(false);
	assert_int_not_equal(program(0x1f0, 17, 0), 0);
	assert_int_not_equal(program(0x001, 256, 0), 0);
	assert_int_not_equal(program(0x000, 257, 0), 0);
	assert_int_not_equal(program(0x000, 0, 0), 0);
	assert_int_equal(program(0x1f0, 16, 0), 0);
	assert_int_equal(program(0x000, 256, 0), 0);
	assert_int_equal(proxy_finish(proxy), 0);
	assert_null(sent(0x02, 2));
}

static void a_change_needs_its_own_write_enable(void **state)
{
	static const uint8_t others[] = {0x04, 0x50, 0x01};

	(void)state;
	begin(false);
	assert_int_not_equal(send_to(0x02, 0, 16, 0), 0);
	assert_int_not_equal(send_to(0x20, 0, 0, 0), 0);
	assert_int_not_equal(send_byte(0xc7), 0);
	assert_int_equal(program(0, 16, 0), 0);
	assert_int_not_equal(send_to(0x02, 16, 16, 0), 0);
	for (size_t i = 0; i < COUNT_OF(others); i++) {
		send_byte(0x06);
		send_byte(others[i]);
		assert_int_not_equal(send_to(0x02, 16, 16, 0), 0);
	}
	assert_int_equal(proxy_finish(proxy), 0);
	assert_null(sent(0x02, 1));
}

static void a_reading_run_refuses_every_change_and_says_so_once(void **state)
{
	static const uint8_t opcodes[] = {0x02, 0x20, 0x52, 0xd8, 0x60, 0xc7};

	(void)state;
	begin(true);
	for (size_t i = 0; i < COUNT_OF(opcodes); i++) {
		for (size_t len = 0; len <= 256; len += 64) {
			send_byte(0x06);
			assert_int_not_equal(send_to(opcodes[i], 0, len, 0), 0);
			send_byte(0x06);
			assert_int_not_equal(send_byte(opcodes[i]), 0);
		}
	}
	assert_int_equal(fake.batches, 0);
	assert_int_equal(notes.errors, 1);
	assert_int_equal(proxy_finish(proxy), 0);
	/* Reading still works. */
	assert_int_equal(read_at(0, (uint8_t[4]){0}, 4), 0);
}

static void the_queue_goes_out_before_a_read_and_in_the_same_batch(void **state)
{
	static uint8_t rx[4096];

	(void)state;
	begin(false);
	assert_int_equal(erase_4k(0x3000), 0);
	assert_int_equal(program(0x3000, 256, 1), 0);
	assert_null(sent(0x20, 0));
	assert_int_equal(read_at(0x5000, rx, sizeof(rx)), 0);
	assert_int_equal(sent(0x20, 0)->batch, last_sent(0x03)->batch);
	assert_int_equal(sent(0x02, 0)->batch, last_sent(0x03)->batch);
	assert_true(sent(0x20, 0) < sent(0x02, 0) && sent(0x02, 0) < last_sent(0x03));
	assert_int_equal(told_count, 3);
	assert_int_equal(told[0].activity, ACTIVITY_ERASE);
	assert_int_equal(told[0].len, 4096);
	assert_int_equal(told[1].activity, ACTIVITY_PROGRAM);
	assert_int_equal(told[1].address, 0x3000);
	assert_int_equal(told[1].len, 256);
	assert_int_equal(told[2].activity, ACTIVITY_READ);
	assert_int_equal(told[2].len, 4096);
}

static void waits_last_as_long_as_the_part_needs(void **state)
{
	const struct chipdb_part *part = chipdb_part_by_name("GD25Q16B");

	(void)state;
	begin(false);
	send_byte(0x06);
	assert_int_equal(send_byte(0xc7), 0);
	assert_int_equal(program(0, 256, 0), 0);
	assert_int_equal(erase_4k(0x3000), 0);
	assert_int_equal(proxy_finish(proxy), 0);
	assert_int_equal(sent(0x02, 0)[1].expect_us, part->program_typ_us);
	assert_int_equal(sent(0x02, 0)[1].max_us, part->program_max_us);
	assert_int_equal(sent(0x20, 0)[1].max_us, part->erase[0].max_us);
	assert_int_equal(sent(0xc7, 0)[1].max_us, 20000000);
	assert_int_equal(sent(0xc7, 0)->tx_len, 1);
}

static void protection_is_looked_at_once_and_not_before_the_first_change(void **state)
{
	uint8_t rx[4];

	(void)state;
	begin(false);
	assert_int_equal(read_at(0, rx, 4), 0);
	assert_null(sent(0x05, 0));
	assert_null(sent(0x35, 0));
	for (uint32_t page = 0; page < 100; page++)
		assert_int_equal(program(256 * page, 256, 0), 0);
	assert_int_equal(proxy_finish(proxy), 0);
	assert_non_null(sent(0x35, 0));
	assert_true(sent(0x35, 0) < sent(0x02, 0));
	for (size_t i = 0; sent(0x35, i); i++)
		assert_true(sent(0x35, i) < sent(0x02, 0));
	assert_null(sent(0x01, 0));
	assert_null(sent(0x02, 100));
	assert_non_null(sent(0x02, 99));
}

static void addresses_outside_of_the_die_are_refused(void **state)
{
	uint8_t rx[16];

	(void)state;
	begin(false);
	assert_int_not_equal(read_at(FLASH_SIZE, rx, 1), 0);
	assert_int_not_equal(read_at(0xffffff, rx, 1), 0);
	assert_int_not_equal(read_at(FLASH_SIZE - 15, rx, 16), 0);
	assert_int_not_equal(program(FLASH_SIZE, 1, 0), 0);
	assert_int_not_equal(erase_4k(FLASH_SIZE), 0);
	assert_int_equal(fake.batches, 0);
	assert_int_equal(read_at(FLASH_SIZE - 16, rx, 16), 0);
	assert_int_equal(program(FLASH_SIZE - 1, 1, 0), 0);
	assert_int_equal(erase_4k(FLASH_SIZE - 1), 0);
	assert_int_equal(proxy_finish(proxy), 0);
}

static void commands_of_the_wrong_length_are_refused(void **state)
{
	const uint8_t read[6] = {0x03}, fast[6] = {0x0b}, erase[6] = {0x20}, all[2] = {0xc7};
	uint8_t rx[4];

	(void)state;
	begin(false);
	for (size_t len = 1; len <= 6; len++) {
		assert_int_equal(!proxy_op(proxy, read, len, rx, 4), len == 4);
		assert_int_equal(!proxy_op(proxy, fast, len, rx, 4), len == 5);
		send_byte(0x06);
		assert_int_equal(!proxy_op(proxy, erase, len, NULL, 0), len == 4);
	}
	send_byte(0x06);
	assert_int_not_equal(proxy_op(proxy, all, 2, NULL, 0), 0);
	assert_int_not_equal(proxy_op(proxy, all, 0, NULL, 0), 0);
}

static void after_a_failure_everything_is_refused_and_the_end_tells_it(void **state)
{
	const uint8_t rdid = 0x9f;
	uint8_t rx[4];
	unsigned batches;

	(void)state;
	begin(false);
	assert_int_equal(program(0, 256, 0), 0);
	fake.error = TROUBLE_ADAPTER_GONE;
	assert_int_not_equal(read_at(0, rx, 4), 0);
	batches = fake.batches;
	fake.error = 0;
	assert_int_not_equal(read_at(0, rx, 4), 0);
	assert_int_not_equal(proxy_op(proxy, &rdid, 1, rx, 3), 0);
	assert_int_not_equal(send_byte(0x06), 0);
	assert_int_not_equal(send_byte(0xc7), 0);
	assert_int_not_equal(proxy_finish(proxy), 0);
	assert_int_not_equal(proxy_finish(proxy), 0);
	assert_int_equal(fake.batches, batches);
	assert_true(notes.errors > 0);
}

static void a_failure_of_the_last_writes_is_told_at_the_end(void **state)
{
	(void)state;
	begin(false);
	assert_int_equal(program(0, 256, 0), 0);
	assert_int_equal(read_at(0, (uint8_t[4]){0}, 4), 0);
	assert_int_equal(program(256, 256, 0), 0);
	fake.error = TROUBLE_STAYS_BUSY;
	assert_int_equal(proxy_finish(proxy), TROUBLE_STAYS_BUSY);
	assert_int_equal(proxy_finish(proxy), TROUBLE_STAYS_BUSY);
}

static void the_end_sends_what_is_queued_and_nothing_twice(void **state)
{
	(void)state;
	begin(false);
	assert_int_equal(proxy_finish(proxy), 0);
	assert_int_equal(fake.batches, 0);
	assert_int_equal(program(0, 1, 0), 0);
	assert_int_equal(proxy_finish(proxy), 0);
	assert_int_equal(proxy_finish(proxy), 0);
	assert_non_null(sent(0x02, 0));
	assert_null(sent(0x02, 1));
}

/* flashrom tries commands of other parts: that is not a trouble. */
static void a_frame_that_is_none_is_refused_by_its_kind_and_not_raised(void **state)
{
	static const uint8_t frames[][6] = {{0x02, 0, 0}, {0x20, 0}, {0xb7},   {0xe9},
					    {0xc7},	  {0xab},    {0x03, 0}};
	static const size_t lengths[] = {3, 2, 1, 1, 1, 1, 2};

	(void)state;
	begin(false);
	for (size_t i = 0; i < COUNT_OF(frames); i++)
		assert_int_equal(proxy_op(proxy, frames[i], lengths[i], NULL, 0),
				 TROUBLE_REFUSED_COMMAND);
	assert_int_equal(proxy_op(proxy, frames[0], 0, NULL, 0), TROUBLE_REFUSED_COMMAND);
	assert_int_equal(notes.errors, 0);
	assert_int_equal(proxy_finish(proxy), TROUBLE_NONE);
	begin(true);
	assert_int_equal(send_byte(0xc7), TROUBLE_READ_ONLY);
	assert_int_equal(notes.trouble.kind, TROUBLE_READ_ONLY);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_id_comes_without_the_bus),
		cmocka_unit_test(sfdp_comes_without_the_bus_in_both_forms),
		cmocka_unit_test(the_status_is_ready_and_unprotected_and_knows_wel),
		cmocka_unit_test(writes_of_the_status_registers_are_swallowed),
		cmocka_unit_test(pieces_of_a_page_become_one_program),
		cmocka_unit_test(only_what_continues_is_joined),
		cmocka_unit_test(a_program_over_the_end_of_a_page_is_refused),
		cmocka_unit_test(a_change_needs_its_own_write_enable),
		cmocka_unit_test(a_reading_run_refuses_every_change_and_says_so_once),
		cmocka_unit_test(the_queue_goes_out_before_a_read_and_in_the_same_batch),
		cmocka_unit_test(waits_last_as_long_as_the_part_needs),
		cmocka_unit_test(protection_is_looked_at_once_and_not_before_the_first_change),
		cmocka_unit_test(addresses_outside_of_the_die_are_refused),
		cmocka_unit_test(commands_of_the_wrong_length_are_refused),
		cmocka_unit_test(after_a_failure_everything_is_refused_and_the_end_tells_it),
		cmocka_unit_test(a_failure_of_the_last_writes_is_told_at_the_end),
		cmocka_unit_test(the_end_sends_what_is_queued_and_nothing_twice),
		cmocka_unit_test(a_frame_that_is_none_is_refused_by_its_kind_and_not_raised),
	};

	return cmocka_run_group_tests_name("proxy", tests, NULL, end);
}
