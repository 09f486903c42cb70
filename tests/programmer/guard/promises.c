/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Changes that flashrom takes for done are checked, in time and completely. */
#include "tests/unit.h"

#include "programmer/guard/promises.h"
#include "tests/programmer/die/memory_die.h"

#define SECTOR 4096u
#define BLOCK 65536u
#define SAMPLE 27u

static const struct chipdb_part *part;
static struct memory_die *memory;
static struct changes changes;
static struct promises promises;
static struct notes notes;
static uint8_t data[BLOCK];

static int begin(void **state)
{
	(void)state;
	part = chipdb_part_by_name("GD25Q40B");
	notes_begin(&notes);
	memory = memory_die_new(part);
	if (!memory)
		return 1;
	die_take_part(&memory->die, part);
	changes = (struct changes){.die = &memory->die, .observer = &notes.observer};
	return !promises_init(&promises, &changes, SECTOR);
}

static int end(void **state)
{
	(void)state;
	promises_free(&promises);
	memory_die_free(memory);
	return 0;
}

static bool tell_blank(uint32_t start, uint32_t length)
{
	bool told;

	assert_int_equal(promises_blank(&promises, (struct range){start, length}, &told),
			 TROUBLE_NONE);
	return told;
}

static void see(uint32_t address, uint32_t len)
{
	memcpy(data, memory->memory + address, len);
	assert_int_equal(promises_see(&promises, address, data, len), TROUBLE_NONE);
}

static bool is_due(uint32_t address)
{
	return promise_at(&promises, address)->is_due;
}

static void expect_broken(enum trouble_kind kind, uint32_t at)
{
	assert_int_equal(kind, TROUBLE_NOT_WRITTEN);
	assert_int_equal(notes.trouble.range.start, at);
	assert_int_equal(notes.trouble.range.length, SECTOR);
	notes_begin(&notes);
}

static void a_sector_that_is_told_blank_is_seen_at_its_begin_and_due(void **state)
{
	(void)state;
	promises_erased(&promises, (struct range){BLOCK, BLOCK});
	assert_true(tell_blank(BLOCK, BLOCK));
	assert_int_equal(memory->reads, BLOCK / SECTOR);
	for (uint32_t at = BLOCK; at < 2 * BLOCK; at += SECTOR)
		assert_true(is_due(at));
	assert_false(is_due(BLOCK - SECTOR) || is_due(2 * BLOCK));
	/* A second look asks for the actual content. */
	assert_false(tell_blank(BLOCK, BLOCK));
	assert_int_equal(promises_look(&promises, BLOCK), TROUBLE_NONE);
	assert_int_equal(memory->reads, BLOCK / SECTOR + 1);
	assert_false(is_due(BLOCK) || is_due(2 * BLOCK - SECTOR));
	assert_int_equal(notes.errors, 0);
}

static void each_sectors_sample_has_to_be_blank(void **state)
{
	bool told;

	(void)state;
	promises_erased(&promises, (struct range){0, BLOCK});
	for (uint32_t at = 0; at < BLOCK; at += 5 * SECTOR) {
		memory->memory[at + SAMPLE - 1] = 0xfe;
		expect_broken(promises_blank(&promises, (struct range){at, SECTOR}, &told), at);
		memory->memory[at + SAMPLE - 1] = 0xff;
	}
	memory->memory[3 * SECTOR] = 0;
	expect_broken(promises_blank(&promises, (struct range){2 * SECTOR, 2 * SECTOR}, &told),
		      3 * SECTOR);
	memory->fail_at = memory->ops + 1;
	assert_int_equal(promises_blank(&promises, (struct range){SECTOR, SECTOR}, &told),
			 TROUBLE_ADAPTER_FAULT);
}

static void what_is_not_blank_behind_the_sample_is_found_later(void **state)
{
	(void)state;
	promises_erased(&promises, (struct range){0, BLOCK});
	memory->memory[BLOCK - 1] = 0;
	memory->memory[SECTOR + SAMPLE] = 0;
	assert_true(tell_blank(0, BLOCK));
	expect_broken(promises_look(&promises, 0), SECTOR);
	memory->memory[SECTOR + SAMPLE] = 0xff;
	expect_broken(promises_look(&promises, SECTOR), BLOCK - SECTOR);
}

static void only_whole_sectors_that_are_fresh_are_told_blank(void **state)
{
	(void)state;
	promises_erased(&promises, (struct range){0, 4 * SECTOR});
	assert_false(tell_blank(1, SECTOR));
	assert_false(tell_blank(SECTOR, SECTOR - 1));
	assert_false(tell_blank(SECTOR, SECTOR + 1));
	assert_false(tell_blank(3 * SECTOR, 2 * SECTOR));
	assert_false(tell_blank(4 * SECTOR, SECTOR));
	assert_int_equal(memory->reads, 0);
	see(SECTOR, SECTOR);
	assert_false(tell_blank(SECTOR, SECTOR));
	assert_true(tell_blank(2 * SECTOR, 2 * SECTOR));
	assert_true(tell_blank(0, SECTOR));
}

/* Only the right content of the whole range keeps a promise. */
static void a_promise_is_kept_by_its_content_alone(void **state)
{
	(void)state;
	for (uint32_t i = 0; i < 3 * SECTOR; i++)
		memory->memory[i] = (uint8_t)(i * 7 + i / 256);
	for (uint32_t at = 0; at < 3 * SECTOR; at += SECTOR)
		promise_content(promise_at(&promises, at), memory->memory + at, SECTOR);
	see(1, 2 * SECTOR - 1); /* all of one sector except its first byte, and a whole sector */
	assert_true(is_due(0));
	assert_false(is_due(SECTOR));
	see(2 * SECTOR, SECTOR - 1);
	assert_true(is_due(2 * SECTOR));
	see(SECTOR + 5, 10);
	assert_true(is_due(0) && is_due(2 * SECTOR));
	memory->memory[0] ^= 0x80;
	see(0, 3 * SECTOR);
	assert_true(is_due(0));
	assert_false(is_due(2 * SECTOR));
	expect_broken(promises_look(&promises, 0), 0);
	memory->memory[0] ^= 0x80;
	see(0, SECTOR);
	assert_false(is_due(0));
}

static void a_sector_that_is_to_be_blank_and_is_not_is_an_error_at_once(void **state)
{
	(void)state;
	*promise_at(&promises, SECTOR) = (struct promise){.blank = true};
	memory->memory[2 * SECTOR - 1] = 0x7f;
	memcpy(data, memory->memory, 3 * SECTOR);
	expect_broken(promises_see(&promises, 0, data, 3 * SECTOR), SECTOR);
	expect_broken(promises_see(&promises, SECTOR, data + SECTOR, SECTOR), SECTOR);
	assert_int_equal(promises_see(&promises, SECTOR + 1, data + SECTOR + 1, SECTOR - 1),
			 TROUBLE_NONE);
	assert_int_equal(promises_see(&promises, 2 * SECTOR, data + 2 * SECTOR, SECTOR),
			 TROUBLE_NONE);
}

static void what_is_due_in_a_row_is_one_reading_up_to_the_end_of_the_flash(void **state)
{
	const uint32_t start = part->size - BLOCK - SECTOR;

	(void)state;
	assert_int_equal(promises_look(&promises, start), TROUBLE_NONE);
	assert_int_equal(memory->reads, 0);
	for (uint32_t at = start; at < part->size; at += SECTOR)
		promise_content(promise_at(&promises, at), memory->memory + at, SECTOR);
	assert_int_equal(promises_look(&promises, start), TROUBLE_NONE);
	assert_int_equal(memory->reads, 1);
	assert_false(is_due(part->size - 2 * SECTOR));
	assert_true(is_due(part->size - SECTOR)); /* more than one reading returns */
	assert_int_equal(promises_look(&promises, start), TROUBLE_NONE);
	assert_int_equal(memory->reads, 1);
	assert_int_equal(promises_look(&promises, part->size - SECTOR), TROUBLE_NONE);
	assert_int_equal(memory->reads, 2);
	assert_false(is_due(part->size - SECTOR));
	promise_content(promise_at(&promises, 0), memory->memory, SECTOR);
	memory->fail_at = memory->ops + 1;
	assert_int_equal(promises_look(&promises, 0), TROUBLE_ADAPTER_FAULT);
	assert_true(is_due(0));
}

/* No known bit protects it, so it may be a lock that is not known. */
static void what_else_may_lock_the_flash_is_told_where_that_is_not_known(void **state)
{
	(void)state;
	promises_broken(&promises, 0);
	assert_mentions(&notes, "out of reach this way: use SPI");
	notes_begin(&notes);
	memory->die.caps.registers = true;
	promises_broken(&promises, 0);
	assert_mentions(&notes, "locks of single blocks (WPS)");
	assert_int_equal(notes.trouble.die, DIE_UNTOUCHED);
	notes_begin(&notes);
	die_take_part(&memory->die, chipdb_part_by_name("W25Q32"));
	changes.sent = true;
	promises_broken(&promises, 0);
	assert_mentions(&notes, "then write again\n");
	assert_null(strstr(notes.text, "WPS"));
	assert_int_equal(notes.trouble.die, DIE_HALF);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(a_sector_that_is_told_blank_is_seen_at_its_begin_and_due),
		CASE(each_sectors_sample_has_to_be_blank),
		CASE(what_is_not_blank_behind_the_sample_is_found_later),
		CASE(only_whole_sectors_that_are_fresh_are_told_blank),
		CASE(a_promise_is_kept_by_its_content_alone),
		CASE(a_sector_that_is_to_be_blank_and_is_not_is_an_error_at_once),
		CASE(what_is_due_in_a_row_is_one_reading_up_to_the_end_of_the_flash),
		CASE(what_else_may_lock_the_flash_is_told_where_that_is_not_known),
	};

	return cmocka_run_group_tests_name("promises", tests, NULL, NULL);
}
