/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is an ID of a flash, and what only looks like one. */
#include "tests/unit.h"
#include "chipdb/chipdb.h"
#include "tests/programmer/fake_bus.h"
#include "programmer/link/spi_handshake.h"

static struct fake_bus fake;

/* The same three bytes whenever 9Fh is asked. */
static void answer_id(struct fake_bus *bus, const struct spi_op *op)
{
	if (op->kind == SPI_XFER && op->tx[0] == 0x9f && op->rx_len == 3)
		memcpy(op->rx, bus->values, 3);
}

/* The last byte differs every other time. */
static void answer_changing(struct fake_bus *bus, const struct spi_op *op)
{
	if (op->kind != SPI_XFER || op->tx[0] != 0x9f)
		return;
	memcpy(op->rx, bus->values, op->rx_len);
	op->rx[op->rx_len - 1] = (uint8_t)(0x15 + bus->asked++ % 2);
}

/* All bytes change from answer to answer. */
static void answer_noise(struct fake_bus *bus, const struct spi_op *op)
{
	if (op->kind != SPI_XFER || op->tx[0] != 0x9f)
		return;
	for (size_t i = 0; i < op->rx_len; i++)
		op->rx[i] = (uint8_t)(bus->values[i] + 7 * bus->asked + i);
	bus->asked++;
}

static struct link_report ask(const uint8_t id[3],
			      void (*answer)(struct fake_bus *, const struct spi_op *))
{
	const struct link_options options = {
		.enter = LINK_NEVER, .reset_ms = 100, .tries = 1, .timeout_ms = 4000};
	struct link_report report;

	fake_bus_begin(&fake);
	memcpy(fake.values, id, 3);
	fake.answer = answer;
	spi_handshake(&fake.bus, &options, NULL, &report);
	return report;
}

static void every_part_of_the_database_has_a_plausible_id(void **state)
{
	(void)state;
	for (size_t i = 0; i < chipdb_part_count; i++) {
		struct link_report report = ask(chipdb_parts[i].id, answer_id);

		assert_int_equal(report.kind, TROUBLE_NONE);
		assert_memory_equal(report.id, chipdb_parts[i].id, 3);
	}
}

static void idle_lines_and_leftovers_of_d2_are_no_id(void **state)
{
	static const uint8_t traps[][3] = {
		{0x00, 0x00, 0x00}, {0xff, 0xff, 0xff}, {0xd2, 0xd2, 0xd2}, {0xd2, 0x00, 0x00},
		{0xd2, 0xff, 0xff}, {0xd2, 0xd2, 0x00}, {0x00, 0xd2, 0xd2}, {0xff, 0xd2, 0xd2},
		{0x52, 0xd2, 0xd2}, {0x52, 0xd2, 0x00}, {0x1c, 0x70, 0xd2}, {0xa5, 0xa5, 0xa5},
		{0x1c, 0x00, 0x00}, {0x1c, 0xff, 0xff}, {0x00, 0x1c, 0x70}, {0xff, 0xef, 0x40},
		{0xd2, 0x40, 0x15}, {0x00, 0xff, 0xff}, {0xff, 0x00, 0x00},
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(traps); i++) {
		struct link_report report = ask(traps[i], answer_id);

		if (report.kind != TROUBLE_NO_ANSWER)
			fail_msg("%02x %02x %02x", traps[i][0], traps[i][1], traps[i][2]);
		assert_memory_equal(report.last_id, traps[i], 3);
	}
}

static void an_id_that_changes_a_little_is_a_bad_contact(void **state)
{
	static const uint8_t id[3] = {0xc8, 0x40, 0x15};

	(void)state;
	assert_int_equal(ask(id, answer_changing).kind, TROUBLE_UNSTEADY);
}

static void an_id_that_changes_in_leftovers_of_d2_is_none(void **state)
{
	static const uint8_t traps[][3] = {
		{0xd2, 0x00, 0x00}, {0x00, 0x00, 0x00}, {0xff, 0xff, 0x00}, {0x52, 0xd2, 0x00}};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(traps); i++)
		assert_int_equal(ask(traps[i], answer_changing).kind, TROUBLE_NO_ANSWER);
}

static void noise_of_a_running_firmware_is_no_bad_contact(void **state)
{
	static const uint8_t id[3] = {0xc8, 0x40, 0x15};

	(void)state;
	assert_int_equal(ask(id, answer_noise).kind, TROUBLE_NO_ANSWER);
}

/* A SoC that echoes D2, takes it, and then answers like a die with a bad contact. */
static void answer_taken(struct fake_bus *bus, const struct spi_op *op)
{
	if (op->kind == SPI_DUPLEX && bus->batches < 8)
		memset(op->rx, 0xd2, op->tx_len);
	else
		answer_changing(bus, op);
}

static void after_d2_was_taken_it_is_a_bad_contact_as_well(void **state)
{
	static const uint8_t id[3] = {0xc8, 0x40, 0x15};
	const struct link_options options = {
		.enter = LINK_ALWAYS, .reset_ms = 100, .tries = 1, .timeout_ms = 4000};
	struct link_report report;

	(void)state;
	fake_bus_begin(&fake);
	fake.short_memory = true;
	memcpy(fake.values, id, 3);
	fake.answer = answer_taken;
	assert_int_equal(spi_handshake(&fake.bus, &options, NULL, &report), TROUBLE_UNSTEADY);
	assert_memory_equal(report.last_id, id, 2);
}

/* A SoC that echoes D2, takes it, and then is silent. */
static void answer_silence(struct fake_bus *bus, const struct spi_op *op)
{
	if (op->kind == SPI_DUPLEX && bus->batches < 8)
		memset(op->rx, 0xd2, op->tx_len);
}

static void d2_that_was_taken_without_a_flash_behind_it_is_told_so(void **state)
{
	const struct link_options options = {
		.enter = LINK_ALWAYS, .reset_ms = 100, .tries = 1, .timeout_ms = 4000};
	struct link_report report;

	(void)state;
	fake_bus_begin(&fake);
	fake.short_memory = true;
	fake.answer = answer_silence;
	assert_int_equal(spi_handshake(&fake.bus, &options, NULL, &report), TROUBLE_NO_FLASH);
}

static void one_lucky_answer_is_not_enough(void **state)
{
	static const uint8_t id[3] = {0xc8, 0x40, 0x15};
	unsigned questions = 0;

	(void)state;
	assert_int_equal(ask(id, answer_id).kind, TROUBLE_NONE);
	for (size_t i = 0; i < fake.count; i++)
		questions += fake.ops[i].kind == SPI_XFER && fake.ops[i].tx[0] == 0x9f;
	assert_true(questions >= 2);
}

static void asking_sends_nothing_that_could_change_a_die(void **state)
{
	static const uint8_t id[3] = {0xc8, 0x40, 0x15};

	(void)state;
	ask(id, answer_id);
	for (size_t i = 0; i < fake.count; i++) {
		assert_int_not_equal(fake.ops[i].kind, SPI_CEN);
		if (fake.ops[i].kind == SPI_XFER)
			assert_true(fake.ops[i].tx[0] == 0x9f || fake.ops[i].tx[0] == 0x00);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_part_of_the_database_has_a_plausible_id),
		cmocka_unit_test(idle_lines_and_leftovers_of_d2_are_no_id),
		cmocka_unit_test(an_id_that_changes_a_little_is_a_bad_contact),
		cmocka_unit_test(an_id_that_changes_in_leftovers_of_d2_is_none),
		cmocka_unit_test(noise_of_a_running_firmware_is_no_bad_contact),
		cmocka_unit_test(after_d2_was_taken_it_is_a_bad_contact_as_well),
		cmocka_unit_test(d2_that_was_taken_without_a_flash_behind_it_is_told_so),
		cmocka_unit_test(one_lucky_answer_is_not_enough),
		cmocka_unit_test(asking_sends_nothing_that_could_change_a_die),
	};

	return cmocka_run_group_tests_name("spi_handshake_id", tests, NULL, NULL);
}
