/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Getting any bootloader to listen, with any kind of reset; and chips that do not answer. */
#include "tests/unit.h"
#include "programmer/link/uart_enter.h"
#include "programmer/link/uart_identify.h"
#include "programmer/link/uart_link.h"
#include "tests/programmer/sim_wire.h"

/* As udev names one. */
#define LONG_PORT                                                                                  \
	"/dev/serial/by-id/usb-Silicon_Labs_CP2102_USB_to_UART_Bridge_Controller_0001-if00-port0"

static struct sim_wire *sim;
static struct uart_talk talk;
static struct uart_entered entered;

static enum trouble_kind enter(struct sim_wire_options options, enum uart_reset reset)
{
	const struct uart_enter_options how = {.reset = reset, .wait_s = 2};

	sim = sim_wire_new(&options);
	for (uint32_t i = 0; i < sim->nor.part->size; i++)
		sim->nor.memory[i] = (uint8_t)((i * UINT32_C(2654435761)) >> 24);
	talk = (struct uart_talk){.wire = &sim->wire};
	return uart_enter(&talk, &how, &sim->observer, &entered);
}

static void each_bootloader_is_found_by_either_line(void **state)
{
	static const enum uart_wire_cen lines[] = {UART_CEN_RTS, UART_CEN_DTR};

	(void)state;
	for (unsigned i = 0; uart_variant(i); i++) {
		print_message("# %s\n", uart_variant(i)->name);
		assert_int_equal(enter((struct sim_wire_options){.loader = uart_variant(i)->name,
								 .cen = lines[i % 2]},
				       UART_RESET_LINES),
				 TROUBLE_NONE);
		assert_true(entered.by_lines);
		sim_wire_free(sim);
	}
}

static void each_bootloader_is_known_with_its_family_and_the_dies_size(void **state)
{
	static const struct {
		const char *loader, *version, *part;
		enum uart_family family;
		uint8_t id[3];
		bool never_rearms;
	} rows[] = {
		{"t", "BK7231S_1.0.5", "GD25Q16B", UART_BL, {0xef, 0x40, 0x15}, false},
		{"s", "BK7231S_1.0.1", "GD25Q16B", UART_BL, {0xef, 0x40, 0x15}, true},
		{"u", "", "W25Q32", UART_BL, {0xef, 0x40, 0x16}, false},
		{"n", "", "GD25Q16B", UART_ROM, {0xc8, 0x40, 0x15}, false},
		{"7238", "", "W25Q32", UART_ROM, {0xef, 0x40, 0x16}, false},
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct uart_loader loader;

		assert_int_equal(enter((struct sim_wire_options){.loader = rows[i].loader,
								 .part = rows[i].part},
				       UART_RESET_AUTO),
				 TROUBLE_NONE);
		assert_int_equal(uart_identify(&talk, &loader), TROUBLE_NONE);
		assert_false(loader.size_assumed);
		assert_int_equal(loader.family, rows[i].family);
		assert_string_equal(loader.version, rows[i].version);
		assert_memory_equal(loader.id, rows[i].id, 3);
		assert_int_equal(loader.never_rearms, rows[i].never_rearms);
		sim_wire_free(sim);
	}
}

static void a_blank_die_has_no_size_that_can_be_seen(void **state)
{
	struct uart_loader loader;

	(void)state;
	assert_int_equal(enter((struct sim_wire_options){.loader = "t"}, UART_RESET_AUTO),
			 TROUBLE_NONE);
	memset(sim->nor.memory, 0xff, sim->nor.part->size);
	assert_int_equal(uart_identify(&talk, &loader), TROUBLE_NONE);
	assert_true(loader.size_assumed);
	assert_int_equal(loader.id[2], 0x15);
	sim_wire_free(sim);
}

static void who_does_not_answer_is_told_by_what_comes(void **state)
{
	static const struct {
		const char *faults;
		enum trouble_kind kind;
	} rows[] = {
		{NULL, TROUBLE_UART_SILENT},
		{"stuck", TROUBLE_UART_SILENT},
		{"echo", TROUBLE_UART_ECHO},
		{"log", TROUBLE_UART_FIRMWARE},
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		assert_int_equal(enter((struct sim_wire_options){.loader = "t",
								 .cen = UART_CEN_NONE,
								 .faults = rows[i].faults},
				       UART_RESET_AUTO),
				 rows[i].kind);
		sim_wire_free(sim);
	}
}

static void bytes_are_text_or_frames_or_neither(void **state)
{
	static const char text[] = "\r\n[boot] rst cause 2\r\nhello\r\n";
	static const uint8_t frames[] = {0x04, 0x0e, 0x03, 0x00, 0x04, 0x0e, 0x03, 0x01},
			     noise[] = {0xfe, 0x80, 0x00, 0x7c, 0x91, 0xe0, 0x33, 0x1c};
	char line[16];

	(void)state;
	assert_int_equal(uart_judge(NULL, 0), TROUBLE_UART_SILENT);
	assert_int_equal(uart_judge((const uint8_t *)text, sizeof(text) - 1),
			 TROUBLE_UART_FIRMWARE);
	assert_int_equal(uart_judge(frames, sizeof(frames)), TROUBLE_UART_OTHER);
	assert_int_equal(uart_judge(noise, sizeof(noise)), TROUBLE_UART_GARBAGE);
	assert_string_equal(
		uart_first_line((const uint8_t *)text, sizeof(text) - 1, line, sizeof(line)),
		"[boot] rst caus");
	assert_string_equal(uart_first_line(noise, 3, line, sizeof(line)), "");
}

/* Nine of ten bytes are enough: the first or another one may be damaged. */
static void text_may_have_some_damaged_bytes(void **state)
{
	static const uint8_t edges[] = {' ', '~', '\r', '\n', '\t', 0x1b},
			     beyond[] = {0x1f, 0x7f, 0x80, 0x00};
	uint8_t bytes[40];

	(void)state;
	memset(bytes, 'a', sizeof(bytes));
	memset(bytes + 36, 0xfe, 4);
	assert_int_equal(uart_judge(bytes, 40), TROUBLE_UART_FIRMWARE);
	assert_int_equal(uart_judge(bytes + 1, 39), TROUBLE_UART_GARBAGE);
	for (size_t i = 0; i < sizeof(edges); i++)
		assert_int_equal(uart_judge(edges + i, 1), TROUBLE_UART_FIRMWARE);
	for (size_t i = 0; i < sizeof(beyond); i++)
		assert_int_equal(uart_judge(beyond + i, 1), TROUBLE_UART_GARBAGE);
}

/* A single frame may be chance, also at the end of the bytes. */
static void two_frames_make_an_echo_or_another_bootloader(void **state)
{
	static const uint8_t ours[] = {0x01, 0xe0, 0xfc, 0x01, 0x00, 0x01, 0xe0, 0xfc, 0x01, 0x00},
			     others[] = {0x04, 0x0e, 0x80, 0x04, 0x0e};

	(void)state;
	assert_int_equal(uart_judge(ours, sizeof(ours)), TROUBLE_UART_ECHO);
	assert_int_equal(uart_judge(ours, sizeof(ours) - 1), TROUBLE_UART_GARBAGE);
	assert_int_equal(uart_judge(others, sizeof(others)), TROUBLE_UART_OTHER);
	assert_int_equal(uart_judge(others, sizeof(others) - 1), TROUBLE_UART_GARBAGE);
}

static void the_first_line_is_what_can_be_read_of_it_and_fits(void **state)
{
	static const char text[] = "\r\n ok~\x7fno";
	char line[4], all[32];

	(void)state;
	assert_string_equal(
		uart_first_line((const uint8_t *)text, sizeof(text) - 1, all, sizeof(all)), " ok~");
	assert_string_equal(
		uart_first_line((const uint8_t *)text, sizeof(text) - 1, line, sizeof(line)),
		" ok");
	assert_string_equal(uart_first_line((const uint8_t *)text, 3, all, sizeof(all)), " ");
	assert_string_equal(uart_first_line((const uint8_t *)text, 0, all, sizeof(all)), "");
}

/* Waiting for a person can be cancelled. */
static void waiting_ends_when_the_user_wants_it(void **state)
{
	const struct uart_enter_options how = {.reset = UART_RESET_HAND, .wait_s = 600};

	(void)state;
	sim = sim_wire_new(&(struct sim_wire_options){.loader = "t", .cen = UART_CEN_NONE});
	talk = (struct uart_talk){.wire = &sim->wire};
	sim->is_cancelled = true;
	assert_int_equal(uart_enter(&talk, &how, &sim->observer, &entered), TROUBLE_INTERRUPTED);
	sim_wire_free(sim);
}

static void parameters_are_taken_or_named(void **state)
{
	static const char *const bad[] = {
		"",
		"port=ttyUSB0",
		"port=/dev/ttyUSB0,baud=9600",
		"port=/dev/x,baud=3e6",
		"port=/dev/x,reset=when",
		"port=/dev/x,wait=0",
		"port=/dev/x,wait=601",
		"port=/dev/x,port=tcp:host,baud=921600",
		"port=/dev/x,leave=",
		"port=/dev/x,enter=auto",
		"port",
		"port=tcp:",
		"port=tcp:::1",
		"port=tcp:host:0",
		"port=tcp:host,baud=921600",
		"port=tcp:host,cen=obk",
		"port=tcp:host,cen=obk:",
		"port=tcp:host,cen=obk:host:65",
		"port=tcp:host,cen=esp:host",
		"port=/dev/x,cen=obk:host",
		"cen=obk:host",
	};
	struct uart_params params;
	struct notes notes;

	(void)state;
	notes_begin(&notes);
	assert_true(uart_params_parse("port=/dev/ttyUSB1,baud=460800,reset=hand,wait=5,leave=stay",
				      &params, &notes.observer));
	assert_string_equal(params.port, "/dev/ttyUSB1");
	assert_int_equal(params.rate, 460800);
	assert_int_equal(params.enter.reset, UART_RESET_HAND);
	assert_int_equal(params.enter.wait_s, 5);
	assert_true(params.stays);
	assert_true(uart_params_parse("port=/dev/ttyUSB1,baud=auto", &params, &notes.observer));
	assert_int_equal(params.rate, 0);
	assert_int_equal(params.enter.reset, UART_RESET_AUTO);
	assert_false(params.stays);
	assert_true(uart_params_parse("port=tcp:[::1]:23,cen=tasmota:lamp.local:2", &params,
				      &notes.observer));
	assert_string_equal(params.port, "");
	assert_string_equal(params.tcp.place.host, "::1");
	assert_int_equal(params.tcp.place.number, 23);
	assert_int_equal(params.tcp.relay, RELAY_TASMOTA);
	assert_string_equal(params.tcp.relay_place.host, "lamp.local");
	assert_int_equal(params.tcp.relay_place.number, 2);
	assert_true(
		uart_params_parse("cen=obk:a,port=tcp:b,baud=115200", &params, &notes.observer));
	assert_int_equal(params.tcp.place.number, TCP_PORT);
	assert_int_equal(params.tcp.relay_place.number, 1);
	/* The last value counts, and nothing of the earlier ones. */
	assert_true(uart_params_parse(
		"port=tcp:b,port=/dev/x,baud=921600,baud=auto,wait=600,wait=1,reset=hand,"
		"reset=lines,leave=stay,leave=run",
		&params, &notes.observer));
	assert_string_equal(params.port, "/dev/x");
	assert_string_equal(params.tcp.place.host, "");
	assert_int_equal(params.rate, 0);
	assert_int_equal(params.enter.wait_s, 1);
	assert_int_equal(params.enter.reset, UART_RESET_LINES);
	assert_false(params.stays);
	assert_true(uart_params_parse("port=/dev/x,port=tcp:b,wait=600", &params, &notes.observer));
	assert_string_equal(params.port, "");
	assert_int_equal(params.enter.wait_s, 600);
	assert_true(uart_params_parse("port=" LONG_PORT, &params, &notes.observer));
	assert_string_equal(params.port, LONG_PORT);
	assert_int_equal(notes.errors, 0);
	for (unsigned i = 0; i < COUNT_OF(bad); i++) {
		assert_false(uart_params_parse(bad[i], &params, &notes.observer));
		assert_int_equal(notes.errors, i + 1);
	}
	assert_int_equal(notes.trouble.kind, TROUBLE_USAGE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_bootloader_is_found_by_either_line),
		cmocka_unit_test(each_bootloader_is_known_with_its_family_and_the_dies_size),
		cmocka_unit_test(a_blank_die_has_no_size_that_can_be_seen),
		cmocka_unit_test(who_does_not_answer_is_told_by_what_comes),
		cmocka_unit_test(bytes_are_text_or_frames_or_neither),
		cmocka_unit_test(text_may_have_some_damaged_bytes),
		cmocka_unit_test(two_frames_make_an_echo_or_another_bootloader),
		cmocka_unit_test(the_first_line_is_what_can_be_read_of_it_and_fits),
		cmocka_unit_test(waiting_ends_when_the_user_wants_it),
		cmocka_unit_test(parameters_are_taken_or_named),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
