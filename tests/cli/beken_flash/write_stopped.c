/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A write: what it knows about the die before it starts, and what happens when it is stopped. */
#include <stdlib.h>

#include "engine/journal.h"
#include "tests/engine/place.h"
#include "tests/image/make.h"

#define REFUSED 3
#define FILE_NAME "file.bin"
#define LENGTH 0x30010u /* covered by the file, which ends within a sector */

#define write_with(place, ...) place_run(place, &command_write, __VA_ARGS__, FILE_NAME, NULL)
#define write_it(place) place_run(place, &command_write, FILE_NAME, NULL)
#define resume(place) place_run(place, &command_resume, NULL)

/* A file that differs from module 1 in sectors of every kind; returns the result of the write. */
static uint8_t *put_file(void)
{
	uint8_t *wanted = place_new_module(1);

	for (uint32_t i = 0x20000; i < LENGTH; i++)
		wanted[i] = (uint8_t)(i * 3 + i / 256);
	memset(wanted, 0x33, 64);
	place_put(FILE_NAME, wanted, LENGTH);
	return wanted;
}

/* The user says what the file is. */
#define FORCED                                                                                     \
	"--at=0", "--force=not-an-image,wrong-address,damaged,inconsistent,unconfirmed,"           \
		  "truncated,no-bootloader,wrong-soc,padded"

static void one_wrong_reading_is_not_what_the_backup_holds(void **state)
{
	struct place *place = *state;
	uint8_t *own = place_new_module(1), *wanted = put_file(), *saved;

	fake_flip(&place->fake, PLACE_NET + 7, 4, 1, 1);
	assert_int_equal(write_with(place, FORCED, "--backup=old.bin"), 0);
	saved = place_get("old.bin", PLACE_SIZE);
	assert_memory_equal(saved, own, PLACE_SIZE);
	place_expect(place, wanted);
	free(saved);
	free(own);
	free(wanted);
}

static void a_contact_that_is_never_good_is_not_written_through(void **state)
{
	struct place *place = *state;

	free(put_file());
	for (unsigned i = 1; i < FAKE_FLIPS; i++)
		fake_flip(&place->fake, PLACE_NET + 7, 4, 2 * i - 1, 2 * i - 1);
	assert_int_equal(write_with(place, FORCED, "--backup=old.bin"), 1);
	place_expect_untouched(place, place_new_module(1));
	assert_false(place_has("old.bin"));
}

static void a_backup_that_is_in_the_way_is_no_backup(void **state)
{
	struct place *place = *state;

	free(put_file());
	place_put("old.bin.json", "{}", 2);
	assert_int_equal(write_with(place, FORCED, "--backup=old.bin"), 1);
	place_expect_untouched(place, place_new_module(1));
}

static void without_a_backup_nothing_is_read_but_what_is_covered_and_the_calibration(void **state)
{
	struct place *place = *state;
	uint8_t *wanted = put_file();

	assert_int_equal(write_with(place, FORCED, "--no-backup"), 0);
	place_expect(place, wanted);
	assert_int_equal(place_count(".json"), 0);
	assert_true(fake_was_read(&place->fake, LENGTH));
	assert_false(fake_was_read(&place->fake, 0x31000));
	assert_false(fake_was_read(&place->fake, PLACE_NET));
	assert_true(fake_was_read(&place->fake, PLACE_RF));
	free(wanted);
}

static void without_a_backup_the_rest_of_a_sector_is_read_twice(void **state)
{
	struct place *place = *state;

	free(put_file());
	fake_flip(&place->fake, LENGTH + 20, 1, 1, 1);
	assert_int_equal(write_with(place, FORCED, "--no-backup"), 1);
	place_expect_untouched(place, place_new_module(1));
}

static void a_given_backup_is_taken_for_the_content(void **state)
{
	struct place *place = *state;
	uint8_t *wanted = put_file(), *own = place_new_module(1);

	place_put_backup("old.bin", own);
	assert_int_equal(write_with(place, FORCED, "--backup=old.bin"), 0);
	place_expect(place, wanted);
	/* Only samples are read, the range that the file covers, and what changes. */
	assert_int_equal(fake_count(&place->fake, FAKE_READ), 0);
	free(own);
	free(wanted);
}

static void a_given_backup_of_another_module_is_refused(void **state)
{
	struct place *place = *state;
	uint8_t *other = place_new_module(1);

	free(put_file());
	/* It differs only in the calibration. */
	other[PLACE_CALIBRATION + 3] ^= 0xff;
	place_put_backup("old.bin", other);
	assert_int_equal(write_with(place, FORCED, "--backup=old.bin"), 3);
	place_expect_untouched(place, place_new_module(1));
	free(other);
}

static void a_given_backup_of_before_a_change_is_refused(void **state)
{
	struct place *place = *state;
	uint8_t *old = place_new_module(1);

	free(put_file());
	memset(old + 0x150000, 0x11, 0x10000);
	place_put_backup("old.bin", old);
	assert_int_equal(write_with(place, FORCED, "--backup=old.bin"), 3);
	/* The samples miss one byte, but everything that will be erased is read completely. */
	place_module(old, 1);
	old[0x20fff] ^= 1;
	place_put_backup("old.bin", old);
	assert_int_equal(write_with(place, FORCED, "--backup=old.bin"), 3);
	place_expect_untouched(place, place_new_module(1));
	free(old);
}

static void a_given_backup_of_another_flash_or_size_is_refused(void **state)
{
	struct place *place = *state;
	uint8_t *own = place_new_module(1);
	struct manifest manifest = {.confirmed = PLACE_SIZE};
	size_t length;
	char *text;

	free(put_file());
	place_put("old.bin", own, PLACE_SIZE / 2);
	assert_int_equal(write_with(place, FORCED, "--backup=old.bin"), 3);
	place_put("old.bin", own, PLACE_SIZE);
	manifest_describe(&manifest, chipdb_part_by_name("GD25Q16B"), NULL, own);
	text = manifest_text(&manifest, &length);
	place_put("old.bin.json", text, length);
	assert_int_equal(write_with(place, FORCED, "--backup=old.bin"), 3);
	place_expect_untouched(place, own);
	free(text);
}

static void a_stopped_job_is_in_the_way(void **state)
{
	struct place *place = *state;
	uint8_t *own = place_new_module(1);

	free(put_file());
	place_leave_journal(own, own);
	assert_int_equal(write_with(place, FORCED), REFUSED);
	place_put(PLACE_STATE "/journal.json", "[", 1);
	assert_int_equal(write_with(place, FORCED), REFUSED);
	assert_true(place_has_journal());
	place_expect_untouched(place, own);
}

/* After each number of steps up to the end. */
static void a_power_cut_at_any_step_is_put_right_by_resume(void **state)
{
	struct place *place = *state;
	uint8_t *wanted = put_file();
	size_t whole;

	assert_int_equal(write_with(place, FORCED), 0);
	whole = fake_count(&place->fake, FAKE_SECTOR) + fake_count(&place->fake, FAKE_PROGRAM);
	assert_true(whole > 100);
	for (size_t steps = 0; steps < whole; steps += 31) {
		if (steps + 31 >= whole)
			steps = whole - 1;
		place_module(place->fake.die, 1);
		fake_again(&place->fake);
		place->fake.steps = (unsigned)steps;
		assert_int_equal(write_with(place, FORCED), 4);
		assert_true(place_has_journal());
		/* The first page is not begun before everything else is written. */
		if (steps < whole - 1)
			assert_int_not_equal(place->fake.die[0], 0x33);
		fake_again(&place->fake);
		assert_int_equal(resume(place), 0);
		place_expect(place, wanted);
		assert_false(place_has_journal());
	}
	free(wanted);
}

static void a_signal_within_the_write_leaves_a_journal(void **state)
{
	struct place *place = *state;
	uint8_t *wanted = put_file();
	struct journal journal;

	place->fake.interrupt_step = 20;
	assert_int_equal(write_with(place, FORCED, "--backup=old.bin"), 130);
	assert_int_equal(journal_read(&journal, 1, NULL), JOURNAL_THERE);
	assert_string_equal(journal.command, "write");
	assert_string_equal(journal.file, FILE_NAME);
	assert_string_equal(journal.mac, place_mac(1));
	assert_string_equal(journal.wanted_mac, place_mac(1));
	assert_string_equal(journal.part, "TH25Q16HB");
	assert_int_equal(journal.size, PLACE_SIZE);
	assert_true(place_has(journal.backup));
	assert_int_equal(place->fake.closed, 1);
	fake_again(&place->fake);
	assert_int_equal(resume(place), 0);
	place_expect(place, wanted);
	free(wanted);
}

static void a_signal_before_the_first_change_leaves_all_as_it_was(void **state)
{
	struct place *place = *state;
	unsigned calls;

	free(put_file());
	assert_int_equal(write_with(place, FORCED, "--dry-run"), 0);
	calls = place->fake.calls;
	assert_in_range(calls, 2, 1000);
	for (unsigned call = 1; call <= calls; call++) {
		fake_again(&place->fake);
		place->fake.interrupt_at = call;
		assert_int_equal(write_with(place, FORCED), 130);
		assert_false(place_has_journal());
		assert_int_equal(place_count(".json"), 0);
	}
	place_expect_untouched(place, place_new_module(1));
}

static void a_resume_of_a_write_without_backup_leaves_the_rest_alone(void **state)
{
	struct place *place = *state;
	uint8_t *wanted = put_file();

	place->fake.steps = 30;
	assert_int_equal(write_with(place, FORCED, "--no-backup"), 4);
	fake_again(&place->fake);
	assert_int_equal(resume(place), 0);
	place_expect(place, wanted);
	assert_false(fake_was_read(&place->fake, PLACE_NET));
	free(wanted);
}

/* Its calibration was read, which shows that it is another module; it is not part of the job. */
static void resumed_by_wish_on_another_module_such_a_write_leaves_its_calibration(void **state)
{
	struct place *place = *state;
	uint8_t *wanted = put_file(), *other = place_new_module(2);

	place->fake.steps = 30;
	assert_int_equal(write_with(place, FORCED, "--no-backup"), 4);
	fake_again(&place->fake);
	memcpy(place->fake.die, other, PLACE_SIZE);
	assert_int_equal(resume(place), REFUSED);
	assert_int_equal(place_run(place, &command_resume, "--yes=other-module", NULL), 0);
	memcpy(other, wanted, LENGTH);
	place_expect(place, other);
	free(other);
	free(wanted);
}

static void protection_that_was_to_be_put_back_is_put_back_by_resume(void **state)
{
	struct place *place = *state;
	uint8_t *wanted = put_file();
	uint32_t registers = place->fake.registers;

	place->fake.steps = 30;
	assert_int_equal(write_with(place, FORCED, "--protect"), 4);
	assert_int_not_equal(place->fake.registers, registers);
	fake_again(&place->fake);
	assert_int_equal(resume(place), 0);
	place_expect(place, wanted);
	assert_int_equal(place->fake.registers, registers);
	free(wanted);
}

static void protection_that_is_not_put_back_is_no_end_of_the_job(void **state)
{
	struct place *place = *state;

	free(put_file());
	place->fake.steps = 30;
	assert_int_equal(write_with(place, FORCED, "--protect"), 4);
	fake_again(&place->fake);
	place->fake.registers_stay = true;
	assert_int_equal(resume(place), 1);
	assert_true(place_has_journal());
}

static void registers_that_cannot_be_read_are_no_reason_to_begin(void **state)
{
	struct place *place = *state;

	free(put_file());
	place->fake.registers_unread = true;
	assert_int_equal(write_with(place, FORCED, "--protect"), 1);
	assert_false(place_has_journal());
	place_expect_untouched(place, place_new_module(1));
}

static void a_journal_that_cannot_be_made_is_no_reason_to_begin(void **state)
{
	struct place *place = *state;

	free(put_file());
	setenv("XDG_STATE_HOME", "/dev/null/nowhere", 1);
	assert_int_equal(write_with(place, FORCED, "--no-backup"), 1);
	place_expect_untouched(place, place_new_module(1));
}

static void a_dry_run_changes_nothing_and_makes_no_file(void **state)
{
	struct place *place = *state;

	free(put_file());
	assert_int_equal(write_with(place, FORCED, "--dry-run", "--json"), 0);
	assert_non_null(strstr(place->output, "\"start\": 0, \"length\": 4096"));
	assert_non_null(strstr(place->output, "\"start\": 131072, \"length\": 69632"));
	assert_int_equal(place_count(".json"), 0);
	assert_false(place_has("state"));
	place_expect_untouched(place, place_new_module(1));
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, place_set_up_closed, place_tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(one_wrong_reading_is_not_what_the_backup_holds),
		CASE(a_contact_that_is_never_good_is_not_written_through),
		CASE(a_backup_that_is_in_the_way_is_no_backup),
		CASE(without_a_backup_nothing_is_read_but_what_is_covered_and_the_calibration),
		CASE(without_a_backup_the_rest_of_a_sector_is_read_twice),
		CASE(a_given_backup_is_taken_for_the_content),
		CASE(a_given_backup_of_another_module_is_refused),
		CASE(a_given_backup_of_before_a_change_is_refused),
		CASE(a_given_backup_of_another_flash_or_size_is_refused),
		CASE(a_stopped_job_is_in_the_way),
		CASE(a_power_cut_at_any_step_is_put_right_by_resume),
		CASE(a_signal_within_the_write_leaves_a_journal),
		CASE(a_signal_before_the_first_change_leaves_all_as_it_was),
		CASE(a_resume_of_a_write_without_backup_leaves_the_rest_alone),
		CASE(resumed_by_wish_on_another_module_such_a_write_leaves_its_calibration),
		CASE(protection_that_was_to_be_put_back_is_put_back_by_resume),
		CASE(protection_that_is_not_put_back_is_no_end_of_the_job),
		CASE(registers_that_cannot_be_read_are_no_reason_to_begin),
		CASE(a_journal_that_cannot_be_made_is_no_reason_to_begin),
		CASE(a_dry_run_changes_nothing_and_makes_no_file),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
