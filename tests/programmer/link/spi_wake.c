/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is sent to a die that does not answer, byte for byte; a busy die is not reset. */
#include "tests/unit.h"
#include "programmer/link/spi_wake.h"
#include "tests/programmer/fake_bus.h"

static struct fake_bus fake;

static void answer(struct fake_bus *bus, const struct spi_op *op)
{
	memset(op->rx, bus->values[0], op->rx_len);
}

static void begin(uint8_t status)
{
	fake_bus_begin(&fake);
	fake.answer = answer;
	fake.values[0] = status;
}

static void assert_sent(size_t i, const uint8_t *bytes, size_t len)
{
	assert_true(i < fake.count);
	assert_int_equal(fake.ops[i].kind, SPI_XFER);
	assert_int_equal(fake.ops[i].tx_len, len);
	assert_memory_equal(fake.ops[i].tx, bytes, len);
}

static void assert_pause(size_t i, uint32_t least_us, uint32_t most_us)
{
	assert_int_equal(fake.count, i + 1);
	assert_int_equal(fake.ops[i].kind, SPI_DELAY);
	assert_in_range(fake.ops[i].expect_us, least_us, most_us);
}

static void one_that_sleeps_gets_abh_and_the_time_to_wake(void **state)
{
	(void)state;
	begin(0);
	assert_int_equal(spi_wake_send(&fake.bus, SPI_WAKE_RELEASE), TROUBLE_NONE);
	assert_sent(0, (const uint8_t[]){0xab}, 1);
	/* The datasheets have at most 30 us. */
	assert_pause(1, 30, 1000);
	assert_int_equal(fake.batches, 1);
}

static void one_in_another_mode_gets_ffh_twice_in_one_window(void **state)
{
	(void)state;
	begin(0);
	assert_int_equal(spi_wake_send(&fake.bus, SPI_WAKE_MODES), TROUBLE_NONE);
	assert_sent(0, (const uint8_t[]){0xff, 0xff}, 2);
	assert_pause(1, 1, 1000);
}

static void a_reset_comes_last_and_a_die_that_works_is_spared(void **state)
{
	static const struct {
		uint8_t status;
		bool resets;
	} rows[] = {{0x00, true},  {0x02, true},  {0xff, true},
		    {0x01, false}, {0x03, false}, {0xfd, false}};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		begin(rows[i].status);
		assert_int_equal(spi_wake_send(&fake.bus, SPI_WAKE_RESET), TROUBLE_NONE);
		assert_sent(0, (const uint8_t[]){0x05}, 1);
		assert_int_equal(fake.ops[0].rx_len, 1);
		if (!rows[i].resets) {
			assert_int_equal(fake.count, 1);
			continue;
		}
		assert_sent(1, (const uint8_t[]){0x66}, 1);
		assert_sent(2, (const uint8_t[]){0x99}, 1);
		/* The datasheets have at most 12 ms. */
		assert_pause(3, 12000, 30000);
	}
}

static void nothing_is_sent_to_one_that_answers(void **state)
{
	(void)state;
	begin(0);
	assert_int_equal(spi_wake_send(&fake.bus, SPI_WAKE_NONE), TROUBLE_NONE);
	assert_int_equal(fake.count, 0);
}

static void a_failure_of_the_bus_is_passed_on(void **state)
{
	(void)state;
	for (enum spi_wake how = SPI_WAKE_RELEASE; how < SPI_WAKES; how++) {
		begin(0);
		fake.error = TROUBLE_ADAPTER_GONE;
		assert_int_equal(spi_wake_send(&fake.bus, how), TROUBLE_ADAPTER_GONE);
	}
}

static void each_has_its_words(void **state)
{
	static const char *const words[] = {"", "ABh", "FFh", "66h and 99h"};

	(void)state;
	for (enum spi_wake how = SPI_WAKE_NONE; how < SPI_WAKES; how++)
		assert_non_null(strstr(spi_wake_text(how), words[how]));
	assert_string_equal(spi_wake_text(SPI_WAKE_NONE), "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_that_sleeps_gets_abh_and_the_time_to_wake),
		cmocka_unit_test(one_in_another_mode_gets_ffh_twice_in_one_window),
		cmocka_unit_test(a_reset_comes_last_and_a_die_that_works_is_spared),
		cmocka_unit_test(nothing_is_sent_to_one_that_answers),
		cmocka_unit_test(a_failure_of_the_bus_is_passed_on),
		cmocka_unit_test(each_has_its_words),
	};

	return cmocka_run_group_tests_name("spi_wake", tests, NULL, NULL);
}
