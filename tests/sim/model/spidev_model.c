/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The SPI bus and the GPIO chip of a small computer, as Linux shows them. */
#include "tests/unit.h"
#include "sim/model/spidev_model.h"

#include <errno.h>

#define LINE SPIDEV_CEN_LINE

static struct spidev_options options;
static struct board_stats stats;
static struct soc soc;
static struct nor nor;
static struct spidev bus;

static void begin(const char *items, const char *entry)
{
	struct board_options board = {.part = chipdb_part_by_name("EN25QH16B"), .seed = 1};

	memset(&stats, 0, sizeof(stats));
	options = spidev_usual;
	if (items[0])
		assert_true(spidev_parse(&options, items));
	assert_true(nor_init(&nor, &board, &stats));
	soc_init(&soc, soc_variant_by_name(entry), 1, &nor, &stats);
	spidev_init(&bus, &options, 0, &soc, &stats);
	assert_int_equal(spidev_speed(&bus, 1000000, 0), 0);
}

static int end(void **state)
{
	(void)state;
	nor_fini(&nor);
	return 0;
}

static const uint8_t rdid[] = {0x9f};

static int ask_id(uint8_t id[3], uint8_t cs_change)
{
	const struct spidev_transfer x[] = {{.tx = rdid, .length = 1},
					    {.rx = id, .length = 3, .cs_change = cs_change}};

	return spidev_message(&bus, x, 2, 0);
}

static void a_message_is_one_window_and_returns_its_length(void **state)
{
	uint8_t id[3];
	uint64_t before;

	(void)state;
	begin("", "linked");
	before = spidev_now(&bus);
	assert_int_equal(ask_id(id, false), 4);
	assert_memory_equal(id, ((const uint8_t[]){0x1c, 0x70, 0x15}), 3);
	assert_int_equal(spidev_now(&bus) - before, 60000 + 4 * 8000);
	assert_int_equal(stats.messages, 1);
	assert_int_equal(stats.spi_ops, 1);
}

static void cs_rises_for_ten_microseconds_where_a_transfer_says_so(void **state)
{
	uint8_t id[2][3];
	const struct spidev_transfer x[] = {{.tx = rdid, .length = 1},
					    {.rx = id[0], .length = 3, .cs_change = true},
					    {.tx = rdid, .length = 1},
					    {.rx = id[1], .length = 3}};
	uint64_t before;

	(void)state;
	begin("", "linked");
	before = spidev_now(&bus);
	assert_int_equal(spidev_message(&bus, x, 4, 0), 8);
	assert_memory_equal(id[0], id[1], 3);
	assert_int_equal(stats.spi_ops, 2);
	assert_int_equal(spidev_now(&bus) - before, 60000 + 8 * 8000 + 10000);
}

static void a_window_that_is_left_open_goes_on_in_the_next_program(void **state)
{
	const struct spidev_transfer nothing = {.length = 0};
	uint8_t id[3];

	(void)state;
	begin("", "linked");
	ask_id(id, true);
	spidev_close(&bus);
	ask_id(id, false);
	/* The die repeats its ID for a command that was never sent. */
	assert_int_equal(stats.spi_ops, 1);
	assert_memory_equal(id, ((const uint8_t[]){0x70, 0x15, 0x1c}), 3);
	end(NULL);

	begin("", "linked");
	ask_id(id, true);
	assert_int_equal(spidev_message(&bus, &nothing, 1, 0), 0);
	ask_id(id, false);
	assert_int_equal(stats.spi_ops, 2);
	assert_int_equal(id[0], 0x1c);
	/* A setting also ends the window, if it is valid. */
	ask_id(id, true);
	assert_int_equal(spidev_mode(&bus, 0x80, 0), -EINVAL);
	ask_id(id, true);
	assert_int_equal(id[0], 0x70);
	assert_int_equal(spidev_mode(&bus, 0, 0), 0);
	ask_id(id, false);
	assert_int_equal(id[0], 0x1c);
}

static void what_does_not_fit_moves_nothing(void **state)
{
	static const struct {
		const char *items;
		size_t fit; /* number of one-byte transfers that fit */
	} cases[] = {{"", 32}, {"slot=64", 64}, {"slot=8", 511}, {"bufsiz=512", 4}};
	static uint8_t rx[512], big[4097];
	static struct spidev_transfer x[513];
	const struct spidev_transfer whole = {.tx = big, .rx = big, .length = 4096};
	const struct spidev_transfer more = {.rx = big, .length = 4097};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		begin(cases[i].items, "linked");
		for (size_t k = 0; k < COUNT_OF(x); k++)
			x[k] = (struct spidev_transfer){
				.rx = &rx[k % 512], .length = 1, .cs_change = true};
		assert_int_equal(spidev_message(&bus, x, cases[i].fit + 1, 0), -EMSGSIZE);
		assert_int_equal(stats.spi_bytes, 0);
		assert_int_equal(spidev_message(&bus, x, cases[i].fit, 0), cases[i].fit);
		end(NULL);
	}
	begin("", "linked");
	assert_int_equal(spidev_message(&bus, &whole, 1, 0), 4096);
	assert_int_equal(spidev_message(&bus, &more, 1, 0), -EMSGSIZE);
}

static void the_clock_is_the_next_slower_or_the_next_faster(void **state)
{
	static const struct {
		const char *items;
		uint32_t hz;
		uint64_t ns_per_byte;
	} cases[] = {{"", 1000000, 8000}, {"", 16000000, 512},
		     {"", 7000000, 1152}, {"rounds-up", 7000000, 1088},
		     {"", 900000000, 64}, {"rounds-up", 16000000, 448}};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		uint8_t rx[100];
		const struct spidev_transfer x = {.rx = rx, .length = 100, .hz = cases[i].hz};
		uint64_t before;

		begin(cases[i].items, "linked");
		before = spidev_now(&bus);
		spidev_message(&bus, &x, 1, 0);
		assert_int_equal(spidev_now(&bus) - before, 60000 + 100 * cases[i].ns_per_byte);
		end(NULL);
	}
	begin("", "linked");
	assert_int_equal(spidev_speed(&bus, 0, 0), -EINVAL);
	assert_int_equal(spidev_speed(&bus, 3000, 0), 0);
	assert_int_equal(spidev_message(&bus, &(struct spidev_transfer){.length = 0}, 1, 0),
			 -EINVAL);
	assert_int_equal(
		spidev_message(&bus, &(struct spidev_transfer){.length = 0, .hz = 4000}, 1, 0), 0);
	assert_int_equal(spidev_mode(&bus, 0x80, 0), -EINVAL);
	assert_int_equal(spidev_mode(&bus, 3, 0), 0);
	assert_int_equal(spidev_bits(&bus, 9, 0), -EINVAL);
}

static void a_transfer_without_buffers_clocks_nothing_and_counts(void **state)
{
	const struct spidev_transfer x = {.length = 9, .delay_us = 50};
	uint64_t before;

	(void)state;
	begin("", "linked");
	before = spidev_now(&bus);
	assert_int_equal(spidev_message(&bus, &x, 1, 0), 9);
	assert_int_equal(stats.spi_bytes, 0);
	assert_int_equal(spidev_now(&bus) - before, 60000 + 50000);
}

static void faults_come_when_they_are_asked_for(void **state)
{
	uint8_t id[3];

	(void)state;
	begin("timeout=2", "linked");
	assert_int_equal(ask_id(id, false), 4);
	assert_int_equal(ask_id(id, false), -ETIMEDOUT);
	assert_int_equal(ask_id(id, false), 4);
	end(NULL);
	begin("shutdown=1", "linked");
	assert_int_equal(ask_id(id, false), 4);
	assert_int_equal(ask_id(id, false), -ESHUTDOWN);
	assert_int_equal(spidev_speed(&bus, 1000000, 0), -ESHUTDOWN);
}

static const struct spidev_wish released = {.output = true, .open_drain = true, .level = true};

static void the_line_moves_cen(void **state)
{
	(void)state;
	begin("", "linked");
	assert_int_equal(spidev_line_request(&bus, LINE, &released, 0), 0);
	assert_true(soc.cen);
	assert_int_equal(stats.cen_pulses, 0);
	assert_int_equal(spidev_line_set(&bus, false, 0), 0);
	assert_false(soc.cen);
	assert_int_equal(spidev_line_get(&bus, 0), 0);
	assert_int_equal(spidev_line_set(&bus, true, 0), 0);
	assert_int_equal(spidev_line_get(&bus, 0), 1);
	assert_int_equal(stats.cen_pulses, 1);
}

static void a_line_has_one_owner(void **state)
{
	(void)state;
	begin("", "linked");
	assert_int_equal(spidev_line_request(&bus, LINE, &released, 0), 0);
	assert_int_equal(spidev_line_request(&bus, LINE, &released, 0), -EBUSY);
	assert_string_equal(spidev_line_consumer(&bus, LINE), "beken-cen");
	spidev_line_release(&bus);
	assert_int_equal(spidev_line_request(&bus, LINE, &released, 0), 0);
	assert_int_equal(spidev_line_request(&bus, 8, &released, 0), -EBUSY);
	assert_int_equal(spidev_line_request(&bus, 54, &released, 0), -EINVAL);
	end(NULL);
	begin("taken", "linked");
	assert_int_equal(spidev_line_request(&bus, LINE, &released, 0), -EBUSY);
	assert_string_equal(spidev_line_consumer(&bus, LINE), "button");
}

/* As the kernels of Debian and of Raspberry Pi OS do. */
static void what_becomes_of_a_line_that_is_let_go_depends_on_the_kernel(void **state)
{
	static const struct spidev_wish low = {.output = true, .open_drain = true};

	(void)state;
	begin("", "linked");
	spidev_line_request(&bus, LINE, &low, 0);
	assert_false(soc.cen);
	spidev_line_release(&bus);
	assert_true(soc.cen);
	end(NULL);
	begin("keeps", "linked");
	spidev_line_request(&bus, LINE, &low, 0);
	spidev_line_release(&bus);
	assert_false(soc.cen);
	end(NULL);
	begin("keeps,cen-low", "linked");
	assert_false(soc.cen);
	spidev_line_request(&bus, LINE, &released, 0);
	assert_true(soc.cen);
}

static void a_line_that_is_held_stays_low(void **state)
{
	(void)state;
	begin("held", "linked");
	spidev_line_request(&bus, LINE, &released, 0);
	assert_int_equal(spidev_line_get(&bus, 0), 0);
}

static void a_mistake_in_the_items_is_refused(void **state)
{
	static const char *const bad[] = {"",	     "slot",	"slot=",     "slot=0",
					  "slot=12", "nothing", "timeout=x", "bufsiz=70000"};

	(void)state;
	begin("", "linked");
	for (size_t i = 0; i < COUNT_OF(bad); i++) {
		struct spidev_options parsed = spidev_usual;

		if (spidev_parse(&parsed, bad[i]))
			fail_msg("\"%s\" was taken", bad[i]);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(a_message_is_one_window_and_returns_its_length, end),
		cmocka_unit_test_teardown(cs_rises_for_ten_microseconds_where_a_transfer_says_so,
					  end),
		cmocka_unit_test_teardown(a_window_that_is_left_open_goes_on_in_the_next_program,
					  end),
		cmocka_unit_test_teardown(what_does_not_fit_moves_nothing, end),
		cmocka_unit_test_teardown(the_clock_is_the_next_slower_or_the_next_faster, end),
		cmocka_unit_test_teardown(a_transfer_without_buffers_clocks_nothing_and_counts,
					  end),
		cmocka_unit_test_teardown(faults_come_when_they_are_asked_for, end),
		cmocka_unit_test_teardown(the_line_moves_cen, end),
		cmocka_unit_test_teardown(a_line_has_one_owner, end),
		cmocka_unit_test_teardown(
			what_becomes_of_a_line_that_is_let_go_depends_on_the_kernel, end),
		cmocka_unit_test_teardown(a_line_that_is_held_stays_low, end),
		cmocka_unit_test_teardown(a_mistake_in_the_items_is_refused, end),
	};

	return cmocka_run_group_tests_name("spidev_model", tests, NULL, NULL);
}
