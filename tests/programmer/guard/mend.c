/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A job of flashrom on a die with one fault: it ends with the right content, or truthfully. */
#include "tests/unit.h"
#include "tests/programmer/die/memory_die.h"
#include "programmer/guard/mend.h"
#include "programmer/guard/proxy.h"

#include <stdlib.h>

#define SECTOR 4096u
#define PAGE 256u
#define START 0x20000u
#define LENGTH (5 * SECTOR)

static const struct chipdb_part *part;
static struct memory_die *memory;
static struct proxy *proxy;
static struct notes notes;
static uint8_t *wanted, read_back[LENGTH];

/* Content that does not repeat itself. */
static uint8_t noise(uint32_t i)
{
	return (uint8_t)((i * UINT32_C(2654435761)) >> 24);
}

static int begin(void **state)
{
	(void)state;
	part = chipdb_part_by_name("GD25Q40B");
	memory = memory_die_new(part);
	wanted = malloc(part->size);
	if (!memory || !wanted)
		return 1;
	for (uint32_t i = 0; i < part->size; i++)
		memory->memory[i] = noise(i);
	memcpy(wanted, memory->memory, part->size);
	for (uint32_t i = 0; i < LENGTH; i++)
		wanted[START + i] = noise(part->size + 3 * i);
	notes_begin(&notes);
	proxy = proxy_new(&memory->die,
			  &(struct proxy_options){.part = part, .observer = &notes.observer});
	return proxy ? 0 : 1;
}

static int end(void **state)
{
	(void)state;
	proxy_close(proxy, true);
	proxy = NULL;
	memory_die_free(memory);
	free(wanted);
	return 0;
}

static enum trouble_kind read_range(uint32_t start, uint8_t *to, uint32_t length)
{
	return proxy_read(proxy, start, to, length);
}

static void read_all(void)
{
	uint8_t *all = malloc(part->size);

	assert_non_null(all);
	for (unsigned i = 0; i < 2; i++)
		for (uint32_t at = 0; at < part->size; at += PROXY_READ_MOST)
			assert_int_equal(read_range(at, all + at, PROXY_READ_MOST), TROUBLE_NONE);
	assert_memory_equal(all, memory->memory, part->size);
	free(all);
}

/*
 * As flashrom does: everything is read, then each sector is erased, read back and programmed; then
 * verified.
 */
static enum trouble_kind write_wanted(void)
{
	uint8_t sector[SECTOR];
	enum trouble_kind kind = TROUBLE_NONE;

	for (uint32_t at = START; !kind && at < START + LENGTH; at += SECTOR) {
		kind = proxy_erase(proxy, (struct range){at, SECTOR});
		if (!kind)
			kind = read_range(at, sector, SECTOR);
		if (!kind)
			kind = proxy_write(proxy, at, wanted + at, SECTOR);
	}
	if (!kind)
		kind = read_range(START, read_back, LENGTH);
	if (kind)
		return kind;
	return proxy_finish(proxy);
}

static void assert_all_is_right(void)
{
	assert_int_equal(write_wanted(), TROUBLE_NONE);
	assert_memory_equal(read_back, wanted + START, LENGTH);
	assert_memory_equal(memory->memory, wanted, part->size);
	assert_int_equal(notes.errors, 0);
}

static unsigned long changes_without_fault(void)
{
	unsigned long changes;

	assert_all_is_right();
	changes = memory->changes;
	end(NULL);
	begin(NULL);
	return changes;
}

static void again(void)
{
	end(NULL);
	begin(NULL);
	read_all();
}

static void without_a_fault_nothing_is_sent_twice(void **state)
{
	unsigned long reads;

	(void)state;
	read_all();
	reads = memory->reads;
	assert_all_is_right();
	assert_int_equal(memory->programs, LENGTH / PAGE);
	assert_int_equal(memory->erases, LENGTH / SECTOR);
	/* Checks of readings and of the die before the first change; one to verify. */
	assert_in_range(memory->reads - reads, 1, 160 + 64);
	assert_int_equal(notes.warnings, 0);
}

static void a_change_that_was_lost_is_made_again(void **state)
{
	unsigned long changes = changes_without_fault();

	(void)state;
	for (unsigned long at = 1; at <= changes; at++) {
		again();
		memory->lost_change = at;
		assert_all_is_right();
		assert_int_equal(notes.warnings, 1);
		assert_null(strstr(notes.text, "one reading was wrong"));
	}
}

static void a_page_that_took_only_half_is_programmed_again(void **state)
{
	(void)state;
	for (unsigned long at = 1; at <= LENGTH / PAGE; at++) {
		again();
		memory->half_program = at;
		assert_all_is_right();
		assert_int_equal(notes.warnings, 1);
	}
}

static void a_flipped_bit_of_a_reading_is_read_again_and_changes_nothing(void **state)
{
	unsigned long first, last, programs;

	(void)state;
	read_all();
	first = memory->reads;
	assert_all_is_right();
	last = memory->reads;
	programs = memory->programs;
	for (unsigned long at = first + 1; at <= last; at++) {
		again();
		memory->flipped_read = at;
		assert_all_is_right();
		assert_int_equal(memory->programs, programs);
	}
}

/* An address has no checksum: the place that was hit instead is found and restored. */
static void a_change_that_went_astray_is_put_back(void **state)
{
	unsigned long changes = changes_without_fault();
	static const uint32_t places[] = {0, START - SECTOR, START + SECTOR, START + LENGTH,
					  0x7f000};

	(void)state;
	for (unsigned long at = 1; at <= changes; at += 7)
		for (size_t i = 0; i < COUNT_OF(places); i++) {
			again();
			memory->astray_change = at;
			memory->astray_to = places[i];
			assert_all_is_right();
		}
}

/*
 * A place that was read as blank, once, holds a piece of what was sent: only a misdirected program
 * does that.
 */
static void a_program_that_went_astray_into_what_is_blank_is_erased_again(void **state)
{
	(void)state;
	for (unsigned readings = 1; readings <= 2; readings++) {
		uint8_t sector[SECTOR];

		end(NULL);
		begin(NULL);
		memset(memory->memory + 0x7e000, 0xff, SECTOR);
		memcpy(wanted, memory->memory, START);
		memcpy(wanted + START + LENGTH, memory->memory + START + LENGTH,
		       part->size - START - LENGTH);
		for (unsigned i = 0; i < readings; i++)
			assert_int_equal(read_range(0x7e000, sector, SECTOR), TROUBLE_NONE);
		memory->astray_change = 8; /* after the erases */
		memory->astray_to = 0x7e300;
		assert_all_is_right();
		assert_mentions(&notes, "0x7e000: a change meant for elsewhere hit this sector");
	}
}

/* Another program's change, or a wrong reading. */
static void what_is_in_a_blank_sector_and_was_not_sent_is_named_and_left(void **state)
{
	uint8_t sector[SECTOR];

	(void)state;
	memset(memory->memory + 0x7e000, 0xff, SECTOR);
	assert_int_equal(read_range(0x7e000, sector, SECTOR), TROUBLE_NONE);
	for (uint32_t i = 0; i < PAGE; i++)
		memory->memory[0x7e300 + i] = noise(7 * i);
	memory->die.caps.checked = true;
	memory->lost_change = 1;
	assert_int_equal(write_wanted(), TROUBLE_NOT_WRITTEN);
	assert_int_equal(notes.trouble.range.start, 0x7e000);
	assert_int_equal(memory->memory[0x7e300], noise(0));
}

/* After a lost command all bytes read as FF, or 00: they never replace the content of the die. */
static void a_reading_that_was_wrong_is_never_written_to_the_die(void **state)
{
	static const uint8_t misread[] = {0xff, 0x00};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(misread); i++)
		for (unsigned blank_there = 0; blank_there < 2; blank_there++) {
			uint8_t *at, saved[SECTOR], got[SECTOR];

			end(NULL);
			begin(NULL);
			memory->die.caps.checked = true; /* or the error is found earlier */
			at = memory->memory + 0x70000;
			if (blank_there)
				memset(at, 0xff, SECTOR);
			memcpy(saved, at, SECTOR);
			memset(at, misread[i], SECTOR);
			assert_int_equal(read_range(0x70000, got, SECTOR), TROUBLE_NONE);
			memcpy(at, saved, SECTOR);
			memory->lost_change = 1;
			write_wanted();
			assert_memory_equal(at, saved, SECTOR);
			assert_memory_equal(memory->memory + START, wanted + START, LENGTH);
		}
}

static void what_was_hit_and_was_never_read_cannot_be_known(void **state)
{
	(void)state;
	memory->astray_change = 2;
	memory->astray_to = 0x7f000;
	assert_int_equal(write_wanted(), TROUBLE_NONE);
	assert_memory_equal(memory->memory + START, wanted + START, LENGTH);
	assert_true(notes.warnings > 0);
}

/* What only a backup says, and nobody read: enough to name what was hit, too little to write it. */
static void what_was_hit_and_is_in_a_given_backup_is_named(void **state)
{
	(void)state;
	proxy_expect(proxy, (struct range){0, part->size}, memory->memory);
	memory->astray_change = 1;
	memory->astray_to = 0x7e000;
	assert_int_equal(write_wanted(), TROUBLE_NOT_WRITTEN);
	assert_int_equal(notes.trouble.range.start, 0x7e000);
	assert_mentions(&notes, "0x7e000 does not read as in the backup");
	assert_int_equal(memory->memory[0x7e000], 0xff);
	assert_memory_equal(memory->memory + START, wanted + START, LENGTH);
}

static void what_was_changed_since_the_backup_is_no_reason_to_fail(void **state)
{
	uint8_t *backup = malloc(part->size);

	(void)state;
	assert_non_null(backup);
	memcpy(backup, memory->memory, part->size);
	for (uint32_t i = 0; i < PAGE; i++)
		backup[0x7e000 + i] = (uint8_t)~noise(i);
	proxy_expect(proxy, (struct range){0, part->size}, backup);
	memory->lost_change = 1;
	assert_all_is_right();
	assert_true(notes.warnings > 0);
	free(backup);
}

/* That a backup says it is blank is not a reading. */
static void what_is_blank_in_a_backup_only_is_erased(void **state)
{
	uint8_t *blank = malloc(part->size);

	(void)state;
	assert_non_null(blank);
	memset(blank, 0xff, part->size);
	proxy_expect(proxy, (struct range){0, part->size}, blank);
	assert_all_is_right();
	assert_int_equal(memory->erases, LENGTH / SECTOR);
	free(blank);
}

/* A misdirected erase of it would look as if it had succeeded. */
static void what_is_blank_already_is_not_erased_again(void **state)
{
	(void)state;
	memset(memory->memory + START, 0xff, LENGTH);
	read_all();
	assert_int_equal(proxy_erase(proxy, (struct range){START, LENGTH}), TROUBLE_NONE);
	assert_int_equal(proxy_finish(proxy), TROUBLE_NONE);
	assert_int_equal(memory->erases, 0);
	/* What was written here is erased. */
	assert_all_is_right();
	assert_int_equal(proxy_erase(proxy, (struct range){START, LENGTH}), TROUBLE_NONE);
	assert_int_equal(proxy_finish(proxy), TROUBLE_NONE);
	assert_int_equal(memory->erases, 2 * LENGTH / SECTOR);
}

static void what_is_written_and_erased_at_once_is_erased(void **state)
{
	(void)state;
	memset(memory->memory + START, 0xff, LENGTH);
	read_all();
	assert_int_equal(proxy_write(proxy, START, wanted, PAGE), TROUBLE_NONE);
	assert_int_equal(proxy_erase(proxy, (struct range){START, SECTOR}), TROUBLE_NONE);
	assert_int_equal(proxy_finish(proxy), TROUBLE_NONE);
	for (uint32_t i = 0; i < PAGE; i++)
		assert_int_equal(memory->memory[START + i], 0xff);
}

static void what_was_read_wrong_as_blank_is_erased_by_who_verifies(void **state)
{
	uint8_t sector[SECTOR];

	(void)state;
	memory->die.caps.checked = true; /* or the reading is checked at once */
	memory->lost_read = 1;
	assert_int_equal(read_range(START, sector, SECTOR), TROUBLE_NONE);
	assert_int_equal(proxy_erase(proxy, (struct range){START, SECTOR}), TROUBLE_NONE);
	assert_int_equal(read_range(START, sector, SECTOR), TROUBLE_NONE);
	assert_int_equal(read_range(START, sector, SECTOR), TROUBLE_NONE);
	assert_int_equal(proxy_finish(proxy), TROUBLE_NONE);
	for (uint32_t i = 0; i < SECTOR; i++)
		assert_int_equal(memory->memory[START + i] & sector[i], 0xff);
}

static void a_cell_that_is_dead_ends_it_with_what_is_there(void **state)
{
	(void)state;
	read_all();
	memory->dead = (struct range){START + SECTOR + 700, 1};
	if (!write_wanted()) {
		assert_int_equal(read_back[SECTOR + 700], 0);
		assert_int_equal(memory->memory[START + SECTOR + 700], 0);
	}
	/* It is tried three more times, and the rest of the die is left alone. */
	assert_int_equal(memory->erases, LENGTH / SECTOR + MEND_TRIES);
}

static void a_die_that_takes_nothing_is_not_worn_out(void **state)
{
	(void)state;
	read_all();
	memory->dead = (struct range){START, LENGTH};
	write_wanted();
	assert_in_range(memory->erases, 1, LENGTH / SECTOR + 4);
}

static void a_chip_that_went_away_is_sent_nothing_more(void **state)
{
	unsigned long changes;

	(void)state;
	assert_int_equal(proxy_erase(proxy, (struct range){START, SECTOR}), TROUBLE_NONE);
	/* Reading the rest of the block: what was held back is sent. */
	assert_int_equal(read_range(START + SECTOR, read_back, PAGE), TROUBLE_NONE);
	changes = memory->changes;
	assert_int_equal(changes, 1);
	memory->gone = true;
	read_range(START, read_back, SECTOR);
	assert_int_not_equal(proxy_finish(proxy), TROUBLE_NONE);
	assert_int_equal(memory->changes, changes);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(without_a_fault_nothing_is_sent_twice),
		CASE(a_change_that_was_lost_is_made_again),
		CASE(a_page_that_took_only_half_is_programmed_again),
		CASE(a_flipped_bit_of_a_reading_is_read_again_and_changes_nothing),
		CASE(a_change_that_went_astray_is_put_back),
		CASE(a_program_that_went_astray_into_what_is_blank_is_erased_again),
		CASE(what_is_in_a_blank_sector_and_was_not_sent_is_named_and_left),
		CASE(a_reading_that_was_wrong_is_never_written_to_the_die),
		CASE(what_was_hit_and_was_never_read_cannot_be_known),
		CASE(what_was_hit_and_is_in_a_given_backup_is_named),
		CASE(what_was_changed_since_the_backup_is_no_reason_to_fail),
		CASE(what_is_blank_in_a_backup_only_is_erased),
		CASE(what_is_blank_already_is_not_erased_again),
		CASE(what_is_written_and_erased_at_once_is_erased),
		CASE(what_was_read_wrong_as_blank_is_erased_by_who_verifies),
		CASE(a_cell_that_is_dead_ends_it_with_what_is_there),
		CASE(a_die_that_takes_nothing_is_not_worn_out),
		CASE(a_chip_that_went_away_is_sent_nothing_more),
	};

	return cmocka_run_group_tests_name("mend", tests, NULL, NULL);
}
