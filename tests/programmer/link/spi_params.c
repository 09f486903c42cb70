/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/unit.h"
#include "programmer/link/spi_link.h"

static struct notes notes;

static struct spi_params parsed(const char *text)
{
	struct spi_params params;

	notes_begin(&notes);
	if (!spi_params_parse(text, &params, &notes.observer))
		fail_msg("\"%s\" was refused: %s", text ? text : "(null)", notes.text);
	assert_string_equal(notes.text, "");
	return params;
}

/* It is refused, with one message that names @culprit and lists all parameters. */
static void refused(const char *text, const char *culprit)
{
	static const char *const all[] = {"enter=", "reset_ms=",  "tries=",	"leave=", "usb=",
					  "cen=",   "cen_drive=", "unprotect=", "chip="};
	struct spi_params params;

	notes_begin(&notes);
	if (spi_params_parse(text, &params, &notes.observer))
		fail_msg("\"%s\" was taken", text);
	assert_int_equal(notes.errors, 1);
	assert_mentions(&notes, culprit);
	for (size_t i = 0; i < COUNT_OF(all); i++)
		assert_mentions(&notes, all[i]);
}

static void nothing_given_means_the_defaults(void **state)
{
	static const char *const nothing[] = {NULL, "", ",", ",,"};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(nothing); i++) {
		struct spi_params params = parsed(nothing[i]);

		assert_int_equal(params.link.enter, LINK_AUTO);
		assert_int_equal(params.link.reset_ms, 100);
		assert_int_equal(params.link.tries, 25);
		assert_int_equal(params.leave, LEAVE_RUN);
		assert_null(params.adapter);
		/* Enough time for all tries. */
		assert_true(params.link.timeout_ms >= 25 * 3000);
	}
}

static void each_parameter_can_be_set(void **state)
{
	(void)state;
	assert_int_equal(parsed("enter=auto").link.enter, LINK_AUTO);
	assert_int_equal(parsed("enter=always").link.enter, LINK_ALWAYS);
	assert_int_equal(parsed("enter=never").link.enter, LINK_NEVER);
	assert_int_equal(parsed("reset_ms=10").link.reset_ms, 10);
	assert_int_equal(parsed("reset_ms=5000").link.reset_ms, 5000);
	assert_int_equal(parsed("tries=1").link.tries, 1);
	assert_int_equal(parsed("tries=1000").link.tries, 1000);
	assert_int_equal(parsed("leave=run").leave, LEAVE_RUN);
	assert_int_equal(parsed("leave=spi").leave, LEAVE_SPI);
	assert_int_equal(parsed("").speed_hz, 0);
	assert_int_equal(parsed("speed=7.5M").speed_hz, 7500000);
	assert_int_equal(parsed("speed=30k").speed_hz, 30000);
	assert_int_equal(parsed("speed=937.5k").speed_hz, 937500);
	assert_int_equal(parsed("speed=1000000").speed_hz, 1000000);
	assert_int_equal(parsed("speed=100000000").speed_hz, 100000000);
	assert_int_equal(parsed("speed=1.234M").speed_hz, 1234000);
	assert_int_equal(parsed("speed=0.5k").speed_hz, 500);
	assert_false(parsed("mode=0").mode3);
	assert_true(parsed("mode=3").mode3);
	assert_false(parsed("").link.not_own);
	assert_true(parsed("own_flash=no").link.not_own);
	assert_string_equal(parsed("spidev=/dev/spidev0.1").adapter, "spidev");
	assert_string_equal(parsed("spidev=/dev/spidev0.1").place, "/dev/spidev0.1");
	assert_string_equal(parsed("cen=GPIO25").cen, "GPIO25");
	assert_string_equal(parsed("cen=own").cen, "own");
	assert_string_equal(parsed("cen=rts:/dev/ttyUSB0").cen, "rts:/dev/ttyUSB0");
	assert_false(parsed("cen_drive=open-drain").push_pull);
	assert_true(parsed("cen_drive=push-pull").push_pull);
	assert_string_equal(parsed("usb=1:23").adapter, "usb");
	assert_string_equal(parsed("usb=1:23").place, "1:23");
	assert_string_equal(parsed("usb=1-2.3").place, "1-2.3");
}

static void parameters_stand_in_any_order_and_the_last_one_counts(void **state)
{
	struct spi_params params = parsed("tries=7,leave=spi,reset_ms=20,tries=8,enter=always");

	(void)state;
	assert_int_equal(params.link.tries, 8);
	assert_int_equal(params.link.reset_ms, 20);
	assert_int_equal(params.link.enter, LINK_ALWAYS);
	assert_int_equal(params.leave, LEAVE_SPI);
}

static void a_chip_that_was_not_reset_is_left_as_it_was_found(void **state)
{
	(void)state;
	assert_int_equal(parsed("enter=never").leave, LEAVE_SPI);
	assert_int_equal(parsed("enter=never,leave=run").leave, LEAVE_RUN);
	assert_int_equal(parsed("leave=run,enter=never").leave, LEAVE_RUN);
	assert_int_equal(parsed("enter=always").leave, LEAVE_RUN);
	assert_int_equal(parsed("cen=none").leave, LEAVE_SPI);
	assert_int_equal(parsed("cen=manual").leave, LEAVE_RUN);
}

static void more_tries_get_more_time(void **state)
{
	(void)state;
	assert_true(parsed("tries=1000").link.timeout_ms >= 1000 * 3000);
	assert_true(parsed("tries=1").link.timeout_ms >= 3000);
}

static void unknown_names_are_refused_and_named(void **state)
{
	(void)state;
	refused("speeed=1", "speeed");
	refused("Enter=auto", "Enter");
	refused("enter_=auto", "enter_");
	refused("=auto", "\"\"");
	refused("tries=3,voltage=3.3V,leave=run", "voltage");
	refused("tries=3, leave=run", "\" leave\"");
}

static void a_name_without_a_value_is_refused(void **state)
{
	(void)state;
	refused("enter", "enter");
	refused("tries=3,never", "never");
}

static void bad_values_are_refused_and_named(void **state)
{
	static const char *const bad[][2] = {
		{"enter=sometimes", "sometimes"},
		{"enter=", "enter"},
		{"enter=Auto", "Auto"},
		{"enter=auto=never", "auto=never"},
		{"leave=", "leave"},
		{"leave=default", "default"},
		{"cen=25", "25"},
		{"cen=", "cen"},
		{"cen=rts:ttyUSB0", "rts"},
		{"cen_drive=weak", "weak"},
		{"speed=0", "0"},
		{"speed=fast", "fast"},
		{"speed=1.5", "1.5"},
		{"speed=7.M", "7.M"},
		{"speed=7.1234M", "7.1234M"},
		{"speed=5000M", "5000M"},
		{"speed=.5M", ".5M"},
		{"speed=M", "M"},
		{"speed=4294967296", "4294967296"},
		{"speed=0000000001", "0000000001"},
		{"speed=1MHz", "1MHz"},
		{"mode=1", "1"},
		{"own_flash=yes", "yes"},
		{"spidev=0.0", "0.0"},
		{"reset_ms=9", "reset_ms"},
		{"reset_ms=5001", "reset_ms"},
		{"reset_ms=", "reset_ms"},
		{"reset_ms=-100", "reset_ms"},
		{"reset_ms=+100", "reset_ms"},
		{"reset_ms= 100", "reset_ms"},
		{"reset_ms=100ms", "100ms"},
		{"reset_ms=1e3", "1e3"},
		{"reset_ms=0x64", "0x64"},
		{"reset_ms=4294967396", "reset_ms"},
		{"reset_ms=18446744073709551716", "reset_ms"},
		{"reset_ms=99999999999999999999999", "reset_ms"},
		{"tries=0", "tries"},
		{"tries=1001", "tries"},
		{"tries=ten", "ten"},
		{"usb=", "usb"},
		{"usb=/dev/bus/usb/001/002", "/dev/bus"},
		{"usb=1:2 ", "usb"},
		{"usb=1:", "usb"},
		{"usb=:4", "usb"},
		{"usb=1-2.", "usb"},
		{"usb=1:2:3", "usb"},
		{"usb=12", "usb"},
		{"usb=1111111111222222222233333333334444444444555555555566666666667777", "usb"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(bad); i++)
		refused(bad[i][0], bad[i][1]);
}

static void a_line_whose_opening_is_a_reset_contradicts_enter_never(void **state)
{
	struct spi_params params;

	(void)state;
	notes_begin(&notes);
	assert_false(
		spi_params_parse("enter=never,cen=dtr:/dev/ttyUSB0", &params, &notes.observer));
	assert_int_equal(notes.trouble.kind, TROUBLE_USAGE);
	assert_mentions(&notes, "enter=never forbids a reset");
}

static void the_longest_adapter_name_still_fits(void **state)
{
	(void)state;
	parsed("usb=1-1111111122222222223333333333444444444455555555556666666666777");
	assert_int_equal(
		strlen(parsed("usb=1-1111111122222222223333333333444444444455555555556666666666777")
			       .place),
		63);
}

static void without_a_log_errors_are_silent(void **state)
{
	struct spi_params params;

	(void)state;
	assert_false(spi_params_parse("nonsense", &params, NULL));
	assert_true(spi_params_parse("tries=2", &params, NULL));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_given_means_the_defaults),
		cmocka_unit_test(each_parameter_can_be_set),
		cmocka_unit_test(parameters_stand_in_any_order_and_the_last_one_counts),
		cmocka_unit_test(a_chip_that_was_not_reset_is_left_as_it_was_found),
		cmocka_unit_test(more_tries_get_more_time),
		cmocka_unit_test(unknown_names_are_refused_and_named),
		cmocka_unit_test(a_name_without_a_value_is_refused),
		cmocka_unit_test(bad_values_are_refused_and_named),
		cmocka_unit_test(a_line_whose_opening_is_a_reset_contradicts_enter_never),
		cmocka_unit_test(the_longest_adapter_name_still_fits),
		cmocka_unit_test(without_a_log_errors_are_silent),
	};

	return cmocka_run_group_tests_name("spi_params", tests, NULL, NULL);
}
