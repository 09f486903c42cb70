/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The queue of changes: what is sent together, what is not, and what is reported if it fails. */
#include "tests/unit.h"

#include "programmer/guard/changes.h"
#include "tests/programmer/die/memory_die.h"

#define PAGE 256u
#define SECTOR 4096u

static struct notes notes;
static struct memory_die *memory;
static struct changes changes;
static struct range progress[64];
static enum activity activities[64];
static size_t progress_count;

static void hear_progress(void *data, enum activity activity, struct range range)
{
	(void)data;
	assert_true(progress_count < COUNT_OF(progress));
	activities[progress_count] = activity;
	progress[progress_count++] = range;
}

static int set_up(void **state)
{
	const struct chipdb_part *part = chipdb_part_by_name("GD25Q40B");

	(void)state;
	notes_begin(&notes);
	notes.observer.progress = hear_progress;
	progress_count = 0;
	memory = memory_die_new(part);
	assert_non_null(memory);
	die_take_part(&memory->die, part);
	changes = (struct changes){.die = &memory->die, .observer = &notes.observer};
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	memory_die_free(memory);
	return 0;
}

static enum trouble_kind program(uint32_t address, size_t len, uint8_t fill)
{
	uint8_t data[2 * PAGE];

	memset(data, fill, sizeof(data));
	return changes_program(&changes, address, data, len);
}

static void expect(uint32_t address, size_t len, uint8_t fill)
{
	for (uint32_t i = 0; i < len; i++)
		assert_int_equal(memory->memory[address + i], fill);
}

static void changes_wait_until_they_are_flushed(void **state)
{
	(void)state;
	assert_int_equal(changes_flush(&changes), TROUBLE_NONE);
	assert_int_equal(memory->runs, 0);
	assert_int_equal(program(0x1000, PAGE, 0x11), TROUBLE_NONE);
	assert_int_equal(changes_erase(&changes, 0, 0x2000), TROUBLE_NONE);
	assert_int_equal(memory->runs, 0);
	assert_int_equal(changes_state(&changes), DIE_UNTOUCHED);
	assert_int_equal(progress_count, 0);
	memory->memory[0x2fff] = 0;
	assert_int_equal(changes_flush(&changes), TROUBLE_NONE);
	assert_int_equal(memory->runs, 1);
	assert_int_equal(memory->ops, 2);
	assert_int_equal(changes_state(&changes), DIE_HALF);
	expect(0x1000, PAGE, 0x11);
	expect(0x2000, SECTOR, 0xff);
	assert_int_equal(progress_count, 2);
	assert_int_equal(progress[0].start, 0x1000);
	assert_int_equal(progress[0].length, PAGE);
	assert_int_equal(progress[1].start, 0x2000);
	assert_int_equal(progress[1].length, SECTOR);
	/* What was sent already is not sent again. */
	assert_int_equal(changes_flush(&changes), TROUBLE_NONE);
	assert_int_equal(memory->runs, 1);
}

/* A full queue is sent completely, and the next change starts a new one. */
static void a_queue_that_is_full_is_sent_whole(void **state)
{
	(void)state;
	for (uint32_t i = 0; i < CHANGES_MOST - 1; i++)
		assert_int_equal(program(i * PAGE, PAGE, (uint8_t)i), TROUBLE_NONE);
	assert_int_equal(memory->ops, 0);
	assert_int_equal(program((CHANGES_MOST - 1) * PAGE, PAGE, 0x77), TROUBLE_NONE);
	assert_int_equal(memory->runs, 1);
	assert_int_equal(memory->ops, CHANGES_MOST);
	for (uint32_t i = 0; i < CHANGES_MOST - 1; i++)
		expect(i * PAGE, PAGE, (uint8_t)i);
	expect((CHANGES_MOST - 1) * PAGE, PAGE, 0x77);
	for (uint32_t i = 0; i <= CHANGES_MOST; i++)
		assert_int_equal(changes_erase(&changes, 0, 0x10000 + i * SECTOR), TROUBLE_NONE);
	assert_int_equal(memory->runs, 2);
	assert_int_equal(memory->ops, 2 * CHANGES_MOST);
	assert_int_equal(changes_flush(&changes), TROUBLE_NONE);
	assert_int_equal(memory->ops, 2 * CHANGES_MOST + 1);
}

/* The last page, if it is not full, may be continued. */
static void a_page_in_pieces_is_one_program(void **state)
{
	(void)state;
	for (uint32_t i = 0; i < CHANGES_MOST - 1; i++)
		assert_int_equal(changes_erase(&changes, 0, 0x10000 + i * SECTOR), TROUBLE_NONE);
	for (uint32_t at = 0; at < PAGE; at += 64) {
		assert_int_equal(memory->ops, 0);
		assert_int_equal(program(0x1000 + at, 64, (uint8_t)at), TROUBLE_NONE);
	}
	assert_int_equal(memory->programs, 1);
	for (uint32_t at = 0; at < PAGE; at += 64)
		expect(0x1000 + at, 64, (uint8_t)at);
}

static void pieces_that_do_not_adjoin_or_are_of_two_pages_are_not_joined(void **state)
{
	(void)state;
	assert_int_equal(program(0x1000, 64, 1), TROUBLE_NONE);
	assert_int_equal(program(0x1080, 64, 2), TROUBLE_NONE);
	assert_int_equal(program(0x10c0, 64, 3), TROUBLE_NONE);
	assert_int_equal(program(0x1100, 64, 4), TROUBLE_NONE);
	assert_int_equal(changes_erase(&changes, 0, 0x2000), TROUBLE_NONE);
	assert_int_equal(program(0x3000, 1, 5), TROUBLE_NONE);
	assert_int_equal(changes_flush(&changes), TROUBLE_NONE);
	assert_int_equal(memory->programs, 4);
	expect(0x1000, 64, 1);
	expect(0x1040, 64, 0xff);
	expect(0x1080, 64, 2);
	expect(0x10c0, 64, 3);
	expect(0x1100, 64, 4);
	expect(0x3000, 1, 5);
}

static void what_is_no_program_of_a_page_is_refused_and_not_queued(void **state)
{
	(void)state;
	assert_int_equal(program(0x1000, 0, 0), TROUBLE_BUG);
	assert_int_equal(program(0x1000, PAGE + 1, 0), TROUBLE_BUG);
	assert_int_equal(program(0x1001, PAGE, 0), TROUBLE_BUG);
	assert_int_equal(notes.errors, 3);
	assert_int_equal(program(0x1001, PAGE - 1, 0), TROUBLE_NONE);
	assert_int_equal(changes_flush(&changes), TROUBLE_NONE);
	assert_int_equal(memory->programs, 1);
}

static void a_read_travels_behind_what_is_queued(void **state)
{
	uint8_t data[PAGE];

	(void)state;
	assert_int_equal(program(0x1000, PAGE, 0x22), TROUBLE_NONE);
	assert_false(changes.read);
	assert_int_equal(changes_read(&changes, 0x1000, data, sizeof(data)), TROUBLE_NONE);
	assert_int_equal(memory->runs, 1);
	for (size_t i = 0; i < sizeof(data); i++)
		assert_int_equal(data[i], 0x22);
	assert_true(changes.read && changes.sent && changes.unchecked);
	assert_int_equal(progress_count, 2);
	assert_int_equal(progress[1].start, 0x1000);
	assert_int_equal(progress[1].length, sizeof(data));
}

static void reading_alone_changes_nothing(void **state)
{
	uint8_t data[16];

	(void)state;
	assert_int_equal(changes_read(&changes, 0x1000, data, sizeof(data)), TROUBLE_NONE);
	assert_true(changes.read && !changes.sent);
	assert_int_equal(changes_state(&changes), DIE_UNTOUCHED);
	memory->fail_at = 1;
	assert_int_equal(changes_read(&changes, 0x1000, data, sizeof(data)), TROUBLE_ADAPTER_FAULT);
	assert_int_equal(notes.errors, 1);
	assert_int_equal(notes.trouble.die, DIE_UNTOUCHED);
	assert_int_equal(notes.trouble.range.start, 0x1000);
	assert_int_equal(notes.trouble.range.length, sizeof(data));
	assert_mentions(&notes, "reading");
	assert_int_equal(progress_count, 1);
}

static bool shake(void *data)
{
	(void)data;
	memory->memory[0x1008]++;
	return false;
}

static void what_is_read_again_is_what_two_readings_agree_on(void **state)
{
	uint8_t data[16], again[16];

	(void)state;
	memory->memory[0x1000] = 0x12;
	memory->flipped_read = 2;
	assert_int_equal(changes_read(&changes, 0x1000, data, sizeof(data)), TROUBLE_NONE);
	assert_int_equal(changes_read_again(&changes, 0x1000, data, again, sizeof(data)),
			 TROUBLE_NONE);
	assert_memory_equal(data, memory->memory + 0x1000, sizeof(data));
	assert_int_equal(memory->reads, 4);
	/* What was received with a checksum needs no second reading. */
	memory->die.caps.checked = true;
	assert_int_equal(changes_read_again(&changes, 0x1000, data, again, sizeof(data)),
			 TROUBLE_NONE);
	assert_int_equal(memory->reads, 4);
}

static void what_never_reads_the_same_is_a_bad_contact(void **state)
{
	uint8_t data[16], again[16];

	(void)state;
	notes.observer.cancelled = shake;
	memory->observer = &notes.observer;
	memory->memory[0x1000] = 0x12;
	assert_int_equal(changes_read(&changes, 0x1000, data, sizeof(data)), TROUBLE_NONE);
	assert_int_equal(changes_read_again(&changes, 0x1000, data, again, sizeof(data)),
			 TROUBLE_UNSTEADY_READ);
	assert_int_equal(memory->reads, 4);
	assert_int_equal(notes.errors, 1);
	assert_int_equal(notes.trouble.die, DIE_UNTOUCHED);
	assert_int_equal(notes.trouble.range.start, 0x1000);
	assert_int_equal(notes.trouble.range.length, sizeof(data));
}

/* Progress counts what was received; from a die that is away nothing was. */
static void several_places_are_read_in_one_run_if_the_die_is_there_behind_them(void **state)
{
	uint8_t one[16], other[32];
	const struct die_op reads[] = {
		{.kind = DIE_READ, .address = 0x1000, .rx = one, .len = sizeof(one)},
		{.kind = DIE_READ, .address = 0x3000, .rx = other, .len = sizeof(other)}};
	bool there;

	(void)state;
	memset(memory->memory + 0x1000, 0x12, 16);
	memset(memory->memory + 0x3000, 0x34, 32);
	assert_int_equal(changes_erase(&changes, 0, 0x2000), TROUBLE_NONE);
	assert_int_equal(changes_read_all(&changes, reads, 2, &there), TROUBLE_NONE);
	assert_true(there);
	assert_int_equal(memory->runs, 1);
	assert_int_equal(memory->erases, 1);
	assert_memory_equal(one, memory->memory + 0x1000, sizeof(one));
	assert_memory_equal(other, memory->memory + 0x3000, sizeof(other));
	assert_int_equal(progress_count, 3);
	assert_int_equal(progress[1].start, 0x1000);
	assert_int_equal(progress[2].start, 0x3000);
	assert_int_equal(progress[2].length, sizeof(other));
	assert_true(changes.read && changes.unchecked);
	memory->gone = true;
	assert_int_equal(changes_read_all(&changes, reads, 2, &there), TROUBLE_NONE);
	assert_false(there);
	assert_int_equal(progress_count, 3);
	memory->gone = false;
	memory->fail_at = memory->ops + 1;
	there = true;
	assert_int_equal(changes_read_all(&changes, reads, 2, &there), TROUBLE_ADAPTER_FAULT);
	assert_false(there);
	assert_int_equal(progress_count, 3);
}

/* A wrong byte in a page that was written here is read again, and that may fail, too. */
static void a_look_that_fails_is_no_success(void **state)
{
	uint8_t page[PAGE];

	(void)state;
	for (unsigned more = 1; more <= 2; more++) {
		changes.mend = mend_new(&memory->die, NULL, &notes.observer);
		assert_non_null(changes.mend);
		assert_int_equal(changes_erase(&changes, 0, 0x1000), TROUBLE_NONE);
		assert_int_equal(program(0x1000, PAGE, 0x0f), TROUBLE_NONE);
		assert_int_equal(changes_flush(&changes), TROUBLE_NONE);
		memory->memory[0x1008] = 0xff;
		memory->fail_at = memory->ops + more + 1; /* after the reading */
		assert_int_equal(changes_read(&changes, 0x1000, page, PAGE), TROUBLE_ADAPTER_FAULT);
		assert_int_equal(notes.errors, more);
		assert_int_equal(notes.trouble.die, DIE_HALF);
		memory->fail_at = 0;
		mend_free(changes.mend);
		changes.mend = NULL;
	}
}

/* The reading after the repair is passed on. */
static void what_was_put_right_is_what_was_read(void **state)
{
	uint8_t page[PAGE], right[PAGE];

	(void)state;
	memset(right, 0x0f, PAGE);
	changes.mend = mend_new(&memory->die, NULL, &notes.observer);
	assert_int_equal(changes_erase(&changes, 0, 0x1000), TROUBLE_NONE);
	assert_int_equal(program(0x1000, PAGE, 0x0f), TROUBLE_NONE);
	memory->lost_change = 2;
	assert_int_equal(changes_read(&changes, 0x1000, page, PAGE), TROUBLE_NONE);
	assert_memory_equal(page, right, PAGE);
	assert_memory_equal(memory->memory + 0x1000, right, PAGE);
	mend_free(changes.mend);
	changes.mend = NULL;
}

static void a_queue_that_fails_is_forgotten_and_said_with_all_that_it_covered(void **state)
{
	(void)state;
	memory->fail_at = 2;
	assert_int_equal(changes_erase(&changes, 0, 0x5000), TROUBLE_NONE);
	assert_int_equal(program(0x3000, PAGE, 0), TROUBLE_NONE);
	assert_int_equal(program(0x4000, 16, 0), TROUBLE_NONE);
	assert_int_equal(changes_erase(&changes, 0, 0x6000), TROUBLE_NONE);
	assert_int_equal(changes_flush(&changes), TROUBLE_ADAPTER_FAULT);
	assert_int_equal(notes.errors, 1);
	assert_int_equal(notes.trouble.kind, TROUBLE_ADAPTER_FAULT);
	assert_int_equal(notes.trouble.die, DIE_HALF);
	assert_int_equal(notes.trouble.range.start, 0x3000);
	assert_int_equal(notes.trouble.range.length, 0x4000);
	assert_mentions(&notes, "changing");
	assert_int_equal(progress_count, 0);
	assert_int_equal(changes_flush(&changes), TROUBLE_NONE);
	assert_int_equal(memory->runs, 1);
}

static void a_command_that_was_sent_again_is_told_once(void **state)
{
	(void)state;
	memory->repeats = 1;
	for (uint32_t at = 0x3000; at < 0x6000; at += SECTOR) {
		assert_int_equal(changes_erase(&changes, 0, at), TROUBLE_NONE);
		assert_int_equal(changes_flush(&changes), TROUBLE_NONE);
		assert_int_equal(notes.warnings, 1);
		assert_mentions(&notes, "0x3000: a command got lost");
	}
}

/* Also if a full queue has to be sent first. */
static void a_change_that_could_not_be_queued_is_no_success(void **state)
{
	(void)state;
	for (uint32_t i = 0; i < CHANGES_MOST; i++)
		assert_int_equal(changes_erase(&changes, 0, 0x10000 + i * SECTOR), TROUBLE_NONE);
	memory->fail_at = 1;
	assert_int_equal(changes_erase(&changes, 0, 0x40000), TROUBLE_ADAPTER_FAULT);
	for (uint32_t i = 0; i < CHANGES_MOST; i++)
		assert_int_equal(changes_erase(&changes, 0, 0x10000 + i * SECTOR), TROUBLE_NONE);
	assert_int_equal(program(0x1000, 16, 0), TROUBLE_ADAPTER_FAULT);
	assert_int_equal(notes.errors, 2);
	expect(0x1000, 16, 0xff);
}

static void a_unit_of_programs_is_not_cut_by_the_end_of_the_queue(void **state)
{
	(void)state;
	memory->die.caps.cost.program_unit = 4 * PAGE;
	for (uint32_t i = 0; i < CHANGES_MOST - 3; i++)
		assert_int_equal(changes_erase(&changes, 0, 0x10000 + i * SECTOR), TROUBLE_NONE);
	assert_int_equal(program(0x1000, PAGE, 0), TROUBLE_NONE);
	assert_int_equal(memory->ops, CHANGES_MOST - 3);
	for (uint32_t i = 1; i < 4; i++)
		assert_int_equal(program(0x1000 + i * PAGE, PAGE, 0), TROUBLE_NONE);
	assert_int_equal(changes_flush(&changes), TROUBLE_NONE);
	assert_int_equal(memory->runs, 2);
	assert_int_equal(memory->frames, 1);
	/* If there is room, it is queued with the others. */
	for (uint32_t i = 0; i < CHANGES_MOST - 4; i++)
		assert_int_equal(changes_erase(&changes, 0, 0x10000 + i * SECTOR), TROUBLE_NONE);
	for (uint32_t i = 0; i < 4; i++)
		assert_int_equal(program(0x2000 + i * PAGE, PAGE, 0), TROUBLE_NONE);
	assert_int_equal(memory->runs, 3);
}

static void assert_told(size_t i, enum activity activity, uint32_t start, uint32_t length)
{
	assert_true(i < progress_count);
	assert_int_equal(activities[i], activity);
	assert_int_equal(progress[i].start, start);
	assert_int_equal(progress[i].length, length);
}

/* It has another price. */
static void of_what_is_read_it_is_told_how_much_was_known_before(void **state)
{
	uint8_t data[2 * SECTOR];

	(void)state;
	memory->known = (struct range){0x2000, SECTOR};
	assert_int_equal(changes_read(&changes, 0x1000, data, 2 * SECTOR), TROUBLE_NONE);
	assert_int_equal(changes_read(&changes, 0x2000, data, 16), TROUBLE_NONE);
	assert_int_equal(changes_read(&changes, 0x3000, data, 16), TROUBLE_NONE);
	assert_int_equal(progress_count, 4);
	assert_told(0, ACTIVITY_READ, 0x1000, SECTOR);
	assert_told(1, ACTIVITY_COMPARE, 0x2000, SECTOR);
	assert_told(2, ACTIVITY_COMPARE, 0x2000, 16);
	assert_told(3, ACTIVITY_READ, 0x3000, 16);
}

/* The next run waits for it: that time is its own. */
static void what_a_die_has_under_way_is_told_when_it_is_done(void **state)
{
	uint8_t data[16];

	(void)state;
	memory->die.under_way = (struct range){0x1100, PAGE};
	assert_int_equal(program(0x1000, PAGE, 1), TROUBLE_NONE);
	assert_int_equal(program(0x1100, PAGE, 1), TROUBLE_NONE);
	assert_int_equal(changes_flush(&changes), TROUBLE_NONE);
	assert_int_equal(progress_count, 1);
	assert_told(0, ACTIVITY_PROGRAM, 0x1000, PAGE);
	memory->die.under_way = NO_RANGE;
	assert_int_equal(changes_read(&changes, 0x2000, data, 16), TROUBLE_NONE);
	assert_int_equal(progress_count, 3);
	assert_told(1, ACTIVITY_PROGRAM, 0x1100, PAGE);
	assert_told(2, ACTIVITY_READ, 0x2000, 16);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(changes_wait_until_they_are_flushed),
		TEST(a_queue_that_is_full_is_sent_whole),
		TEST(a_page_in_pieces_is_one_program),
		TEST(pieces_that_do_not_adjoin_or_are_of_two_pages_are_not_joined),
		TEST(what_is_no_program_of_a_page_is_refused_and_not_queued),
		TEST(a_read_travels_behind_what_is_queued),
		TEST(reading_alone_changes_nothing),
		TEST(what_is_read_again_is_what_two_readings_agree_on),
		TEST(what_never_reads_the_same_is_a_bad_contact),
		TEST(several_places_are_read_in_one_run_if_the_die_is_there_behind_them),
		TEST(a_look_that_fails_is_no_success),
		TEST(what_was_put_right_is_what_was_read),
		TEST(a_queue_that_fails_is_forgotten_and_said_with_all_that_it_covered),
		TEST(a_command_that_was_sent_again_is_told_once),
		TEST(a_change_that_could_not_be_queued_is_no_success),
		TEST(a_unit_of_programs_is_not_cut_by_the_end_of_the_queue),
		TEST(of_what_is_read_it_is_told_how_much_was_known_before),
		TEST(what_a_die_has_under_way_is_told_when_it_is_done),
	};

	return cmocka_run_group_tests_name("changes", tests, NULL, NULL);
}
