/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A write without a backup leaves unread what it erases in any case, and nothing else. */
#include <stdlib.h>

#include "engine/journal.h"
#include "tests/engine/place.h"

#define REFUSED 3
#define FILE_NAME "file.bin"
/* Noise in 160 sectors, which is more than a quarter of the die. */
#define NOISE 0x130000u
#define NOISE_END 0x1d0000u
#define NOISE_SECTORS ((NOISE_END - NOISE) / PLACE_SECTOR)

#define write_with(place, ...) place_run(place, &command_write, __VA_ARGS__, FILE_NAME, NULL)
#define write_it(place) place_run(place, &command_write, "--no-backup", FILE_NAME, NULL)
#define resume(place) place_run(place, &command_resume, NULL)

static void add_noise(uint8_t *die, uint32_t start, uint32_t end, uint32_t seed)
{
	uint32_t state = seed * UINT32_C(2654435761) | 1;

	for (uint32_t i = start; i < end; i++) {
		state = state * 1664525 + 1013904223;
		die[i] = (uint8_t)(state >> 24);
	}
}

/* A dump of another module with the same firmware: the file, and module 1 after the write. */
struct swap {
	struct place *place;
	uint8_t *own, *file, *wanted;
};

static int set_up(void **state)
{
	struct swap *swap = calloc(1, sizeof(*swap));
	void *place;

	place_set_up_closed(&place);
	swap->place = place;
	swap->own = place_new_module(1);
	swap->file = place_new_module(2);
	swap->wanted = malloc(PLACE_SIZE);
	assert_non_null(swap->wanted);
	add_noise(swap->own, NOISE, NOISE_END, 1);
	add_noise(swap->file, NOISE, NOISE_END, 2);
	*state = swap;
	return 0;
}

static int tear_down(void **state)
{
	struct swap *swap = *state;
	void *place = swap->place;

	free(swap->own);
	free(swap->file);
	free(swap->wanted);
	free(swap);
	return place_tear_down(&place);
}

/* Plugs in the module in its present state, and puts the file into the directory. */
static struct place *begin(struct swap *swap)
{
	struct place *place = swap->place;

	fake_again(&place->fake);
	memcpy(place->fake.die, swap->own, PLACE_SIZE);
	place_put(FILE_NAME, swap->file, PLACE_SIZE);
	memcpy(swap->wanted, swap->own, PLACE_SIZE);
	memcpy(swap->wanted + NOISE, swap->file + NOISE, NOISE_END - NOISE);
	return place;
}

/* Read further than its first bytes. */
static bool was_read(const struct place *place, uint32_t sector)
{
	return fake_was_read(&place->fake, sector + 0x100);
}

/* With a backup all of it is read. */
static void expect_as_with_a_backup(struct swap *swap, const char *options)
{
	struct place *place = begin(swap);
	uint8_t *after = malloc(PLACE_SIZE);

	assert_non_null(after);
	remove("old.bin");
	remove("old.bin.json");
	assert_int_equal(write_with(place, options, "--backup=old.bin"), 0);
	memcpy(after, place->fake.die, PLACE_SIZE);
	begin(swap);
	assert_int_equal(write_with(place, options, "--no-backup"), 0);
	assert_memory_equal(place->fake.die, after, PLACE_SIZE);
	free(after);
}

static void what_its_first_bytes_show_to_go_is_not_read(void **state)
{
	struct swap *swap = *state;
	struct place *place = begin(swap);
	size_t looks = 0;

	assert_int_equal(write_it(place), 0);
	place_expect(place, swap->wanted);
	for (uint32_t at = NOISE; at < NOISE_END; at += PLACE_SECTOR)
		assert_false(was_read(place, at));
	for (size_t i = 0; i < fake_count(&place->fake, FAKE_PEEK); i++)
		looks += fake_nth(&place->fake, FAKE_PEEK, i)->range.start == NOISE + PLACE_SECTOR;
	assert_int_equal(looks, 2);
	/* All of these sectors are erased, and no others. */
	assert_int_equal(place->fake.bytes[FAKE_SECTOR], NOISE_END - NOISE);
	assert_non_null(strstr(place->output, "655360 of them were not read before"));
}

static void all_else_is_read(void **state)
{
	struct swap *swap = *state;
	struct place *place = begin(swap);

	assert_int_equal(write_it(place), 0);
	for (uint32_t at = 0; at < PLACE_SIZE; at += PLACE_SECTOR)
		if (at < NOISE || at >= NOISE_END)
			assert_true(was_read(place, at));
}

static void the_result_and_the_plan_say_how_much_was_not_read(void **state)
{
	struct swap *swap = *state;
	struct place *place = begin(swap);

	assert_int_equal(write_with(place, "--no-backup", "--json"), 0);
	assert_non_null(strstr(place->output, "\"unread_bytes\": 655360"));
	begin(swap);
	assert_int_equal(write_with(place, "--backup=old.bin", "--json"), 0);
	assert_non_null(strstr(place->output, "\"unread_bytes\": 0"));
	begin(swap);
	assert_int_equal(write_with(place, "--no-backup", "--dry-run"), 0);
	assert_non_null(strstr(place->output, "would not read 655360 bytes"));
	place_expect_untouched(place, memcpy(malloc(PLACE_SIZE), swap->own, PLACE_SIZE));
}

static void with_a_backup_all_is_read(void **state)
{
	struct swap *swap = *state;
	struct place *place = begin(swap);

	assert_int_equal(write_with(place, "--backup=old.bin"), 0);
	assert_true(was_read(place, NOISE));
	place_expect(place, swap->wanted);
}

static void what_is_blank_or_begins_alike_is_read(void **state)
{
	struct swap *swap = *state;
	struct place *place;
	uint32_t blank = NOISE + 0x10000, alike = NOISE + 0x20000, cleared = NOISE + 0x30000;

	memset(swap->own + blank, 0xff, PLACE_SECTOR);
	memcpy(swap->own + alike, swap->file + alike, 64);
	/* A sector that only needs more bits cleared is not erased. */
	for (uint32_t i = 0; i < 64; i++)
		swap->own[cleared + i] = swap->file[cleared + i] | 0x18;
	place = begin(swap);
	assert_int_equal(write_it(place), 0);
	assert_true(was_read(place, blank));
	assert_true(was_read(place, alike));
	assert_true(was_read(place, cleared));
	assert_false(was_read(place, NOISE));
	place_expect(place, swap->wanted);
}

static void what_begins_alike_and_is_the_same_is_not_written(void **state)
{
	struct swap *swap = *state;
	struct place *place;

	memcpy(swap->own + NOISE, swap->file + NOISE, 7 * PLACE_SECTOR);
	place = begin(swap);
	assert_int_equal(write_it(place), 0);
	assert_int_equal(place->fake.bytes[FAKE_SECTOR], (NOISE_SECTORS - 7) * PLACE_SECTOR);
	place_expect(place, swap->wanted);
}

/* They are recognized by their first bytes, as when everything is read. */
static void calibration_and_settings_that_lie_where_none_belong_stay(void **state)
{
	static const uint8_t zeros[16] = {0x46, 0xdc, 0xed, 0x0e, 0x67, 0x2f, 0x3b, 0x70,
					  0xae, 0x12, 0x76, 0xa3, 0xf8, 0x71, 0x2e, 0x03};
	static const uint8_t config[8] = {'C', 'F', 'G', 9, 5};
	struct swap *swap = *state;
	uint32_t tuya = NOISE + 0x40000, rf = NOISE + 0x80000, obk = NOISE + 0x90000;
	struct place *place;

	memcpy(swap->own + tuya + 32, zeros, sizeof(zeros));
	memcpy(swap->own + tuya + 48, zeros, sizeof(zeros));
	memcpy(swap->own + rf, swap->own + PLACE_RF, PLACE_SECTOR);
	memcpy(swap->own + obk, config, sizeof(config));
	place = begin(swap);
	assert_int_equal(write_it(place), 0);
	memcpy(swap->wanted + tuya, swap->own + tuya, 0x13000);
	memcpy(swap->wanted + rf, swap->own + rf, PLACE_SECTOR);
	memcpy(swap->wanted + obk, swap->own + obk, PLACE_SECTOR);
	place_expect(place, swap->wanted);
	assert_false(was_read(place, NOISE));
	expect_as_with_a_backup(swap, "--yes");
	expect_as_with_a_backup(swap, "--with-data");
}

/*
 * A sector in one of the states that matter, chosen by bits of @dice, in the module's content and
 * the file.
 */
static void throw_sector(struct swap *swap, uint32_t at, uint32_t dice)
{
	uint8_t *own = swap->own + at, *file = swap->file + at;
	uint32_t length = dice >> 8 & 1 ? PLACE_SECTOR : dice >> 9 & 127;

	switch (dice & 7) {
	case 0:
		memset(own, 0xff, length);
		break;
	case 1:
		memset(file, 0xff, length);
		break;
	case 2:
		memcpy(own, file, length);
		break;
	case 3:
		for (uint32_t i = 0; i < length; i++)
			file[i] &= own[i];
		break;
	case 4:
		memset(own, 0xff, 64);
		memset(file, 0xff, 64);
		break;
	case 5:
		memcpy(dice >> 16 & 1 ? own : file, swap->own + PLACE_RF, length);
		break;
	case 6:
		memcpy(dice >> 16 & 1 ? own : file, "CFG\x07\x05\0\0", 8);
		break;
	}
}

static void whatever_is_there_it_ends_as_with_a_backup(void **state)
{
	struct swap *swap = *state;

	for (uint32_t seed = 1; seed <= 12; seed++) {
		uint32_t dice = seed * UINT32_C(2654435761);

		add_noise(swap->own, NOISE, NOISE_END, seed);
		add_noise(swap->file, NOISE, NOISE_END, seed + 100);
		for (uint32_t at = NOISE; at < NOISE_END; at += PLACE_SECTOR) {
			dice = dice * 1664525 + 1013904223;
			/*
			 * The samples are taken in other sectors: they show that most of the
			 * content has to go.
			 */
			if (dice >> 28 < 5 && at % (PLACE_SIZE / 64) != 0)
				throw_sector(swap, at, dice >> 4);
		}
		expect_as_with_a_backup(swap, seed % 2 ? "--yes" : "--with-net");
		assert_non_null(strstr(swap->place->output, "were not read before"));
	}
}

static void what_stays_is_read_twice_before_anything_is_changed(void **state)
{
	struct swap *swap = *state;
	struct place *place;

	/* Judged by its first bytes, it would be erased. */
	add_noise(swap->own, PLACE_NET, PLACE_NET + PLACE_SECTOR, 3);
	add_noise(swap->file, PLACE_NET, PLACE_NET + PLACE_SECTOR, 4);
	place = begin(swap);
	fake_flip(&place->fake, PLACE_NET + 0x123, 1, 1, 1);
	assert_int_equal(write_it(place), 1);
	assert_non_null(strstr(place->output, "two readings differ"));
	place_expect_untouched(place, memcpy(malloc(PLACE_SIZE), swap->own, PLACE_SIZE));
	begin(swap);
	assert_int_equal(write_it(place), 0);
	place_expect(place, swap->wanted);
}

static void one_wrong_reading_of_first_bytes_hides_no_calibration(void **state)
{
	struct swap *swap = *state;
	uint32_t rf = NOISE + 0x80000;
	struct place *place;

	memcpy(swap->own + rf, swap->own + PLACE_RF, PLACE_SECTOR);
	/* The first of 64 samples do not fall on it. */
	assert_int_not_equal(rf % (PLACE_SIZE / 64), 0x1000);
	for (unsigned reading = 1; reading <= 3; reading++) {
		place = begin(swap);
		fake_flip(&place->fake, rf + 1, 4, reading, reading);
		assert_int_equal(write_it(place), 0);
		memcpy(swap->wanted + rf, swap->own + rf, PLACE_SECTOR);
		place_expect(place, swap->wanted);
	}
}

static void a_module_that_does_not_start_or_a_file_that_brings_little_is_read_as_ever(void **state)
{
	struct swap *swap = *state;
	struct place *place;

	memcpy(swap->own + NOISE, swap->file + NOISE, 0x30000);
	place = begin(swap);
	assert_int_equal(write_it(place), 0);
	assert_true(was_read(place, NOISE_END - PLACE_SECTOR));
	place_expect(place, swap->wanted);
	add_noise(swap->own, NOISE, NOISE_END, 1);
	add_noise(swap->own, 0, 0x1000, 1);
	place = begin(swap);
	assert_int_equal(write_it(place), 0);
	assert_true(was_read(place, NOISE));
	place_expect_range(place, swap->wanted, PLACE_RF, PLACE_SECTOR);
	/* Even if the user names the SoC. */
	place = begin(swap);
	assert_int_equal(write_with(place, "--no-backup", "--soc=BK7231N"), 0);
	assert_true(was_read(place, NOISE));
}

static void stopped_anywhere_it_is_completed(void **state)
{
	struct swap *swap = *state;
	struct journal journal;

	for (unsigned steps = 0; steps < NOISE_SECTORS * 17; steps += 331) {
		struct place *place = begin(swap);
		bool unfinished;

		place->fake.steps = steps;
		assert_int_equal(write_it(place), 4);
		assert_int_equal(journal_read(&journal, 1, NULL), JOURNAL_THERE);
		assert_int_equal(journal.unread_bytes, NOISE_END - NOISE);
		fake_again(&place->fake);
		/* And it is stopped a second time. */
		place->fake.steps = 40;
		resume(place);
		fake_again(&place->fake);
		unfinished = place_has_journal();
		assert_int_equal(resume(place), unfinished ? 0 : REFUSED);
		place_expect(place, swap->wanted);
		assert_false(place_has_journal());
	}
}

static void what_was_read_and_is_newer_than_a_stopped_write_is_left(void **state)
{
	struct swap *swap = *state;
	struct place *place = begin(swap);

	place->fake.steps = 500;
	assert_int_equal(write_it(place), 4);
	fake_again(&place->fake);
	add_noise(place->fake.die, PLACE_NET, PLACE_NET + PLACE_SECTOR, 9);
	memcpy(swap->wanted + PLACE_NET, place->fake.die + PLACE_NET, PLACE_SECTOR);
	assert_int_equal(resume(place), 0);
	assert_non_null(strstr(place->output, "left as they are"));
	assert_non_null(strstr(place->output, "640 KiB were not read before the write began"));
	place_expect(place, swap->wanted);
}

/*
 * Its calibration, which was to be replaced and was read only for this purpose, shows which module
 * it is.
 */
static void such_a_write_is_resumed_on_no_other_module(void **state)
{
	struct swap *swap = *state;
	struct place *place = begin(swap);

	place->fake.steps = 500;
	assert_int_equal(write_with(place, "--no-backup", "--with-rf", "--yes=identity-lost"), 4);
	fake_again(&place->fake);
	place_module(place->fake.die, 3);
	assert_int_equal(resume(place), REFUSED);
	assert_false(fake_changed(&place->fake));
	memcpy(place->fake.die, swap->own, PLACE_SIZE);
	assert_int_equal(resume(place), 0);
	memcpy(swap->wanted + PLACE_RF, swap->file + PLACE_RF, PLACE_SECTOR);
	place_expect(place, swap->wanted);
}

static void a_signal_before_the_first_change_leaves_all_as_it_was(void **state)
{
	struct swap *swap = *state;
	struct place *place = begin(swap);
	unsigned calls;

	assert_int_equal(write_with(place, "--no-backup", "--dry-run"), 0);
	calls = place->fake.calls;
	for (unsigned call = 1; call <= calls; call++) {
		begin(swap);
		place->fake.interrupt_at = call;
		assert_int_equal(write_it(place), 130);
		assert_false(place_has_journal());
		assert_false(fake_changed(&place->fake));
	}
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(what_its_first_bytes_show_to_go_is_not_read),
		CASE(all_else_is_read),
		CASE(the_result_and_the_plan_say_how_much_was_not_read),
		CASE(with_a_backup_all_is_read),
		CASE(what_is_blank_or_begins_alike_is_read),
		CASE(what_begins_alike_and_is_the_same_is_not_written),
		CASE(calibration_and_settings_that_lie_where_none_belong_stay),
		CASE(whatever_is_there_it_ends_as_with_a_backup),
		CASE(what_stays_is_read_twice_before_anything_is_changed),
		CASE(one_wrong_reading_of_first_bytes_hides_no_calibration),
		CASE(a_module_that_does_not_start_or_a_file_that_brings_little_is_read_as_ever),
		CASE(stopped_anywhere_it_is_completed),
		CASE(what_was_read_and_is_newer_than_a_stopped_write_is_left),
		CASE(such_a_write_is_resumed_on_no_other_module),
		CASE(a_signal_before_the_first_change_leaves_all_as_it_was),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
