/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One frame to a bootloader is damaged on its way: each frame in turn, and each of its bytes that
 * matter. The result is exact, or it is reported what is not.
 */
#include "programmer/die/uart_state.h"
#include "tests/programmer/die/uart_fixture.h"

/* In a long frame: the length, the command, the address and the byte before it, the data. */
static const size_t places[] = {5, 6, 7, 8, 9, 10, 11, 12, 40};

enum damage { LOSE, TWICE, FLIP, DAMAGES };

static struct {
	unsigned number, frames; /* the damaged one, from 1; and how many were sent */
	enum damage kind;
	size_t place;
	uint8_t bit;
} hit;

static size_t damage(uint8_t *bytes, size_t count)
{
	static const uint8_t begin[] = {0x01, 0xe0, 0xfc, 0xff, 0xf4};
	size_t at = hit.place < count ? hit.place : count - 1;

	if (count < sizeof(begin) || memcmp(bytes, begin, sizeof(begin)) != 0 ||
	    ++hit.frames != hit.number)
		return count;
	switch (hit.kind) {
	case LOSE:
		memmove(bytes + at, bytes + at + 1, count - at - 1);
		return count - 1;
	case TWICE:
		memmove(bytes + at + 1, bytes + at, count - at);
		return count + 1;
	default:
		bytes[at] ^= hit.bit;
		return count;
	}
}

/* Everything around the written range is known, as after a backup. */
static enum trouble_kind work(void)
{
	enum trouble_kind kind = read_back(0, 0x40000);

	hit.frames = 0;
	uart.damages = damage;
	for (uint32_t i = 0; !kind && i < 5; i++)
		kind = write_sector(START + i * SECTOR, (uint8_t)i);
	if (!kind)
		kind = clear_bits(0x30010, 7);
	if (!kind)
		kind = read_back(0x30000, 2 * SECTOR);
	return kind ? kind : uart_die_finish(uart.die);
}

static unsigned frames_of(const char *name)
{
	hit.number = 0;
	uart_fixture_begin(name);
	assert_int_equal(work(), TROUBLE_NONE);
	assert_memory_equal(uart.sim->nor.memory, wanted, USED);
	return hit.frames;
}

/* The number of sectors of the die with wrong content. */
static unsigned sectors_wrong(uint32_t *first)
{
	unsigned wrong = 0;

	for (uint32_t at = 0; at < USED; at += SECTOR) {
		if (memcmp(uart.sim->nor.memory + at, wanted + at, SECTOR) == 0)
			continue;
		*first = wrong++ ? *first : at;
	}
	return wrong;
}

static void a_frame_that_is_damaged_ends_exact_or_said(void **state)
{
	unsigned exact = 0, all = 0;

	(void)state;
	for (size_t i = 0; i < LOADERS; i++) {
		unsigned frames = frames_of(loaders[i]);

		for (unsigned try = i % 2; try < COUNT_OF(places) * DAMAGES; try += 2) {
			enum trouble_kind kind;
			uint32_t first = 0;
			unsigned wrong;

			hit.number = 1 + try * 5 % frames;
			hit.place = places[try % COUNT_OF(places)];
			hit.kind = (enum damage)(try / COUNT_OF(places));
			hit.bit = (uint8_t)(1u << try % 8);
			uart_fixture_begin(loaders[i]);
			kind = work();
			wrong = sectors_wrong(&first);
			all++;
			exact += !kind && !wrong;
			if (kind != TROUBLE_NOT_WRITTEN && (kind || wrong))
				fail_msg("%s, frame %u of %u, byte %zu, damage %d: %s, %u wrong "
					 "from "
					 "%x; %s",
					 loaders[i], hit.number, frames, hit.place, (int)hit.kind,
					 trouble_name(kind), wrong, (unsigned)first,
					 uart.notes.text);
			if (wrong)
				assert_true(range_touches(uart.notes.trouble.range,
							  (struct range){first, SECTOR}));
		}
	}
	print_message("# %u of %u are exact\n", exact, all);
	assert_true(exact * 10 >= all * 8);
}

/* Otherwise later errors of the line would be blamed on it, and no piece sent more carefully. */
static void a_write_that_was_lost_is_over_when_it_was_put_right(void **state)
{
	unsigned lost = 0;

	(void)state;
	for (size_t i = 0; i < LOADERS; i++)
		for (unsigned number = 1; number <= 3; number++) {
			hit.number = number;
			hit.place = 40;
			hit.kind = LOSE;
			uart_fixture_begin(loaders[i]);
			assert_int_equal(read_back(0, 0x40000), TROUBLE_NONE);
			hit.frames = 0;
			uart.damages = damage;
			assert_int_equal(clear_bits(0x30010, 7), TROUBLE_NONE);
			lost += uart_die_of(uart.die)->lost_changes;
			assert_false(uart_die_of(uart.die)->too_fast);
			assert_int_equal(uart_die_finish(uart.die), TROUBLE_NONE);
			assert_false(uart_die_of(uart.die)->too_fast);
			uart_fixture_end();
		}
	assert_true(lost > 0);
}

/*
 * A byte of its address that comes twice makes 0x20200000 of 0x022000, and most bootloaders take
 * that modulo the size of the die. So none of the pieces that are sent once a line has damaged
 * anything has such an address.
 */
static void no_doubled_byte_of_a_piece_leads_to_the_bootloader(void **state)
{
	unsigned pieces = 0;

	(void)state;
	for (size_t place = 7; place < 12; place++)
		for (hit.number = 1;; hit.number++) {
			hit.place = place;
			hit.kind = TWICE;
			uart_fixture_begin("t");
			assert_int_equal(read_back(0, 0x40000), TROUBLE_NONE);
			uart_die_of(uart.die)->careful = true;
			hit.frames = 0;
			uart.damages = damage;
			for (uint32_t i = 0; i < 3; i++)
				assert_int_equal(write_sector(START + i * SECTOR, (uint8_t)i),
						 TROUBLE_NONE);
			assert_memory_equal(uart.sim->nor.memory, before, UART_BL_AREA);
			if (hit.number > hit.frames)
				break;
			pieces++;
		}
	assert_true(pieces >= 5 * 3 * 4); /* one of each begins earlier */
}

/* Nothing is known but what is written, as without a backup. */
static enum trouble_kind work_unread(bool careful)
{
	enum trouble_kind kind = TROUBLE_NONE;

	uart_die_of(uart.die)->careful = careful;
	hit.frames = 0;
	uart.damages = damage;
	for (uint32_t i = 0; !kind && i < 4; i++)
		kind = write_sector(START + i * SECTOR, (uint8_t)(i + 1));
	return kind ? kind : uart_die_finish(uart.die);
}

static void one_is_lost(const char *name, uint32_t begin, bool network)
{
	print_message("# %s, 0x%06x, %zu%s\n", name, (unsigned)begin, hit.place,
		      network ? ", network" : "");
	hit.kind = LOSE;
	hit.number = 1;
	uart_fixture_begin(name);
	if (network)
		uart.sim->wire.caps.jitter_us = 60000;
	if (strcmp(name, "t") == 0)
		snprintf(uart.loader.version, sizeof(uart.loader.version), "BK7231S_1.0.5");
	hit.frames = 0;
	uart.damages = damage;
	assert_int_equal(write_sector(begin, 1), TROUBLE_NONE);
	assert_int_equal(uart_die_finish(uart.die), TROUBLE_NONE);
	assert_true(hit.frames > 1);
	assert_memory_equal(uart.sim->nor.memory, wanted, USED);
}

/*
 * A chip waits for the rest of an erase that lost a byte of its address, and then takes 0x020000
 * for 0x000200, or 0x025fff for 0x005fff: the ROM refuses no address, and most bootloaders none
 * from 0x2000 on. So the rest never comes, not even as what keeps a chip awake in a network; Tuya's
 * refuse those addresses.
 */
static void no_lost_byte_of_an_erase_leads_anywhere(void **state)
{
	static const char *const names[] = {"n", "u", "7251", "a9", "ottime", "t"};
	static const uint32_t begins[] = {START, 0x25000, 0x43000, 0x5f000};

	(void)state;
	for (size_t k = 0; k < COUNT_OF(names); k++)
		for (size_t i = 0; i < COUNT_OF(begins); i++)
			for (hit.place = 8; hit.place < 13; hit.place++) {
				one_is_lost(names[k], begins[i], false);
				one_is_lost(names[k], begins[i], true);
			}
}

/* Of the whole die, whose end was blank. */
static bool differs(uint32_t *first)
{
	const uint8_t *memory = uart.sim->nor.memory;

	if (sectors_wrong(first))
		return true;
	for (*first = USED; *first < 0x200000; ++*first)
		if (memory[*first] != 0xff)
			return true;
	return false;
}

static void expect_said(const char *name, bool careful, unsigned *astray)
{
	enum trouble_kind kind;
	uint32_t first = 0;

	uart_fixture_begin(name);
	kind = work_unread(careful);
	if (hit.number > hit.frames)
		return;
	if (differs(&first)) {
		++*astray;
		if (kind == TROUBLE_NOT_WRITTEN &&
		    range_touches(uart.notes.trouble.range, (struct range){first, 1}))
			return;
	} else if (!kind || strstr(uart.notes.text, "may have been")) {
		return;
	}
	fail_msg("%s, frame %u, byte %zu, damage %d, bit %x: %s, %x; %s", name, hit.number,
		 hit.place, (int)hit.kind, hit.bit, trouble_name(kind), (unsigned)first,
		 uart.notes.text);
}

/*
 * Each byte of the address of one frame, and those in front of it; what it hits was not read in
 * this session. What is said to have been changed was, and what may have been is said so.
 */
static void what_goes_astray_where_nothing_is_known_is_named(void **state)
{
	unsigned astray = 0;

	(void)state;
	for (size_t i = 0; i < 2; i++)
		for (hit.number = 1; hit.number <= 3; hit.number++)
			for (hit.place = 7; hit.place < 12; hit.place++) {
				hit.bit = (uint8_t)(1u << (hit.number + hit.place) % 8);
				for (int kind = 0; kind < DAMAGES; kind++) {
					hit.kind = (enum damage)kind;
					/* The second one is the first write. */
					if (hit.number == 2 ||
					    ((int)hit.place + kind) % 3 == (int)i)
						expect_said(loaders[i], hit.number == 3, &astray);
				}
			}
	print_message("# %u went astray\n", astray);
	assert_true(astray >= 10);
}

/* What answers to whole sectors is late from now on: the computer, a hub or the chip is busy. */
static size_t delays(uint8_t *bytes, size_t count)
{
	bool writes = count > SECTOR && bytes[7] == 0x07;

	uart_wire_set_latency(uart.sim->line, writes ? 100000000 : 1000000);
	return count;
}

static void writes_that_are_answered_late_end_no_job(void **state)
{
	(void)state;
	for (size_t i = 0; i < LOADERS; i++) {
		uart_fixture_begin(loaders[i]);
		uart.talk.relinks_soon = false; /* a person would have to */
		assert_int_equal(write_sector(START, 1), TROUBLE_NONE);
		uart.damages = delays;
		assert_int_equal(write_sector(START + SECTOR, 2), TROUBLE_NONE);
		uart.damages = NULL;
		uart_die_finish(uart.die);
		assert_memory_equal(uart.sim->nor.memory, wanted, USED);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(a_frame_that_is_damaged_ends_exact_or_said,
					  uart_fixture_teardown),
		cmocka_unit_test_teardown(no_doubled_byte_of_a_piece_leads_to_the_bootloader,
					  uart_fixture_teardown),
		cmocka_unit_test_teardown(no_lost_byte_of_an_erase_leads_anywhere,
					  uart_fixture_teardown),
		cmocka_unit_test_teardown(what_goes_astray_where_nothing_is_known_is_named,
					  uart_fixture_teardown),
		cmocka_unit_test_teardown(writes_that_are_answered_late_end_no_job,
					  uart_fixture_teardown),
		cmocka_unit_test_teardown(a_write_that_was_lost_is_over_when_it_was_put_right,
					  uart_fixture_teardown),
	};

	return cmocka_run_group_tests_name("uart_damage", tests, NULL, NULL);
}
