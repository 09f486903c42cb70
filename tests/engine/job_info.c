/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is said about a module, and which bytes that comes from. */
#include "engine/job_info.h"

#include <stdlib.h>

#include "tests/engine/place.h"
#include "tests/image/make.h"

#define APP_HEADER (0x129f70 - 102) /* as in the BK7231N's own partition table */

static struct info_job info;

static bool look(struct place *place, bool all)
{
	const struct session_options options = {.writes = false};
	bool good;

	notes_begin(&place->notes);
	session_begin(&place->session, &place->notes.observer);
	good = info_do_job(&info, &place->session, &options, all);
	session_close(&place->session);
	assert_int_equal(place->fake.opened, place->fake.closed);
	return good;
}

/* Another die with as much of this content as fits; the rest is blank. */
static void change_part(struct place *place, const char *name)
{
	const struct chipdb_part *part = chipdb_part_by_name(name);
	uint8_t *before = malloc(PLACE_SIZE);

	assert_non_null(before);
	memcpy(before, place->fake.die, PLACE_SIZE);
	fake_end(&place->fake);
	fake_begin(&place->fake, part);
	memcpy(place->fake.die, before, part->size < PLACE_SIZE ? part->size : PLACE_SIZE);
	free(before);
}

static const struct info_note *note_of(const char *region)
{
	for (size_t i = 0; i < info.note_count; i++)
		if (strcmp(info.notes[i].region->name, region) == 0)
			return &info.notes[i];
	return NULL;
}

static void fill(struct place *place, uint32_t start, uint32_t length)
{
	for (uint32_t i = 0; i < length; i++)
		place->fake.die[start + i] = (uint8_t)(i * 7 + i / 256 + 1);
}

static void bootloader_application_and_calibration_are_told(void **state)
{
	assert_true(look(*state, false));
	assert_true(info.image.has_bootloader);
	assert_int_equal(info.image.partitions.count, 3);
	assert_int_equal(info.image.rbl_count, 2);
	assert_string_equal(info.image.rbl[0].name, "bootloader");
	assert_string_equal(info.image.rbl[1].name, "app");
	assert_int_equal(info.image.rbl[1].offset, APP_HEADER);
	assert_int_equal(info.image.rf_count, 1);
	assert_int_equal(info.image.rf[0].offset, PLACE_RF);
	assert_int_equal(info.image.rf[0].length, 0x200);
	assert_int_equal(info.map.count, 0);
	assert_null(info.die);
}

static void without_a_bootloader_there_is_no_table_to_follow(void **state)
{
	struct place *place = *state;

	memset(place->fake.die, 0xff, PLACE_APP);
	assert_true(look(place, false));
	assert_false(info.image.has_bootloader);
	assert_int_equal(info.image.rbl_count, 0);
	assert_int_equal(info.image.partitions.count, 0);
}

static void an_application_without_its_header_is_none(void **state)
{
	struct place *place = *state;

	memset(place->fake.die + APP_HEADER, 0xff, 102);
	assert_true(look(place, false));
	assert_int_equal(info.image.rbl_count, 1);
	assert_string_equal(info.image.rbl[0].name, "bootloader");
}

/*
 * The table is that of a module with more flash: its application would end past the end of this
 * one.
 */
static void what_lies_behind_the_flash_is_not_looked_at(void **state)
{
	struct place *place = *state;

	change_part(place, "GD25Q80B");
	assert_true(look(place, false));
	assert_int_equal(info.image.partitions.count, 3);
	assert_int_equal(info.image.rbl_count, 1);
	assert_int_equal(info.image.rf_count, 0);
	assert_int_equal(info.note_count, 0);
}

/* A block of code: 32 bytes, and their CRC-16. */
static void frame(uint8_t block[34])
{
	unsigned sum = 0xffff;

	for (unsigned i = 0; i < 32 * 8; i++) {
		unsigned bit = block[i / 8] >> (7 - i % 8) & 1;

		sum = (sum << 1 ^ ((sum >> 15 ^ bit) & 1 ? 0x8005 : 0)) & 0xffff;
	}
	block[32] = (uint8_t)(sum >> 8);
	block[33] = (uint8_t)sum;
}

/* A table may hold any numbers, even with a correct CRC. */
static void an_application_that_would_end_behind_the_flash_is_not_looked_at(void **state)
{
	/* Addresses count code bytes: 32 of them take 34 bytes of flash. */
	static const uint32_t rows[][2] = {
		{0xf0000, 0x108880}, {0x1f0000, 0x1000}, {0x1e1e20, 0x20}, {0x11000, 0x20}};
	struct place *place = *state;
	/*
	 * The table is the last three entries of the bootloader's code; this block is in the second
	 * of them.
	 */
	uint8_t *block = place->fake.die + ((0x3000 - 2 * 64) / 32 + 1) * 34;

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		put_word(block + 20, rows[i][0]);
		put_word(block + 24, rows[i][1]);
		frame(block);
		assert_true(look(place, false));
		assert_int_equal(info.image.partitions.count, 3);
		assert_int_equal(info.image.partitions.entry[1].start, rows[i][0] / 32 * 34);
		assert_int_equal(info.image.rbl_count, 1);
	}
}

static void a_region_that_begins_with_something_known_is_noted(void **state)
{
	struct place *place = *state;

	assert_true(look(place, false));
	assert_int_equal(note_of("download")->kind, IMAGE_CONSTANT);
	assert_int_equal(note_of("kvs")->kind, IMAGE_CONSTANT);
	assert_int_equal(note_of("userdata")->kind, IMAGE_CONSTANT);
	/*
	 * None is about calibration or code, which are reported elsewhere, or settings, whose
	 * content is unknown.
	 */
	assert_int_equal(info.note_count, 3);
	fill(place, PLACE_RF, PLACE_SECTOR);
	assert_true(look(place, false));
	assert_int_equal(note_of("rf")->kind, IMAGE_UNKNOWN);
	assert_int_equal(info.note_count, 4);
	assert_int_equal(info.image.rf_count, 0);
}

static void of_a_soc_that_is_only_possible_nothing_but_calibration_is_looked_for(void **state)
{
	struct place *place = *state;

	memset(place->fake.die, 0xff, PLACE_SIZE);
	assert_true(look(place, false));
	assert_null(session_soc(&place->session));
	assert_int_equal(info.image.rf_count, 0);
	assert_true(info.note_count > 0);
	for (size_t i = 0; i < info.note_count; i++) {
		assert_int_equal(info.notes[i].region->kind, CHIPDB_REGION_RF);
		assert_int_equal(info.notes[i].kind, IMAGE_CONSTANT);
	}
}

static void calibration_where_several_socs_have_it_is_told_once(void **state)
{
	struct place *place = *state;

	memcpy(place->fake.die + 0x1e0000, place->fake.die + PLACE_RF, PLACE_SECTOR);
	memset(place->fake.die, 0xff, 0x1e0000);
	assert_true(look(place, false));
	assert_null(session_soc(&place->session));
	assert_int_equal(info.image.rf_count, 1);
	assert_int_equal(info.image.rf[0].offset, 0x1e0000);
}

static void calibration_where_no_soc_has_it_is_told_too(void **state)
{
	struct place *place = *state;

	memcpy(place->fake.die + 0x150000, place->fake.die + PLACE_RF, PLACE_SECTOR);
	memset(place->fake.die + PLACE_RF, 0xff, PLACE_SECTOR);
	for (unsigned all = 0; all < 2; all++) {
		assert_true(look(place, all));
		assert_int_equal(info.image.rf_count, 1);
		assert_int_equal(info.image.rf[0].offset, 0x150000);
	}
}

static void more_calibrations_than_can_be_told_are_no_harm(void **state)
{
	static const uint32_t places[] = {0x1d0000, 0x1e0000, 0x1e3000, 0x1f3000, 0x3fe000};
	struct place *place = *state;
	uint8_t rf[PLACE_SECTOR];

	memcpy(rf, place->fake.die + PLACE_RF, sizeof(rf));
	change_part(place, "GD25Q32E");
	memset(place->fake.die, 0xff, place->fake.part->size);
	for (size_t i = 0; i < COUNT_OF(places); i++)
		memcpy(place->fake.die + places[i], rf, sizeof(rf));
	assert_true(look(place, false));
	assert_int_equal(info.image.rf_count, IMAGE_RFS);
	for (size_t i = 0; i < IMAGE_RFS; i++)
		for (size_t j = 0; j < i; j++)
			assert_int_not_equal(info.image.rf[i].offset, info.image.rf[j].offset);
}

static unsigned times_read(const struct place *place, uint32_t address)
{
	unsigned count = 0;

	for (size_t i = 0; i < place->fake.event_count; i++) {
		const struct range range = place->fake.events[i].range;

		count += range.length >= PLACE_SECTOR &&
			 range_touches(range, (struct range){address, 1});
	}
	return count;
}

static void all_of_it_is_drawn_and_confirmed(void **state)
{
	struct place *place = *state;

	assert_true(look(place, true));
	assert_int_equal(times_read(place, PLACE_APP + 2 * PLACE_SECTOR), 1);
	assert_int_equal(info.image.kind, IMAGE_DUMP);
	assert_int_equal(info.read_once, 0);
	assert_int_equal(info.map.count, PLACE_SIZE / PLACE_SECTOR);
	assert_int_equal(info.map.use[0], SECTOR_USED);
	assert_int_equal(info.map.use[PLACE_RF / PLACE_SECTOR], SECTOR_KEPT);
	assert_int_equal(info.map.use[0x150], SECTOR_BLANK);
	assert_null(info.die);
}

static void how_much_was_read_but_once_is_told(void **state)
{
	struct place *place = *state;

	fill(place, 0x30000, 0x120000);
	assert_true(look(place, true));
	assert_in_range(info.read_once, 0x120000 - PLACE_SIZE / 4, 0x120000);
	assert_int_equal(info.read_once % PLACE_SECTOR, 0);
}

/* What was read at too fast a clock does not count, not even code that its CRCs confirm. */
static void at_a_lower_clock_all_of_it_is_read_anew(void **state)
{
	struct place *place = *state;

	place->fake.slower_after = 1;
	fake_flip(&place->fake, PLACE_NET + 50, 1, 2, 2);
	assert_true(look(place, true));
	assert_int_equal(times_read(place, PLACE_APP + 2 * PLACE_SECTOR), 2);
	assert_int_equal(place->fake.differed, 1);
}

static void what_cannot_be_read_ends_it(void **state)
{
	static const uint32_t places[] = {PLACE_APP - 1, APP_HEADER + 50, PLACE_NET + 100};
	struct place *place = *state;

	for (size_t i = 0; i < COUNT_OF(places); i++)
		for (unsigned all = 0; all < 2; all++) {
			fake_again(&place->fake);
			place->fake.unreadable = places[i];
			assert_false(look(place, all));
			assert_int_equal(session_trouble(&place->session)->kind,
					 TROUBLE_ADAPTER_GONE);
		}
	fake_again(&place->fake);
	place->fake.registers_unread = true;
	assert_false(look(place, false));
	fake_again(&place->fake);
	place->fake.ends_badly = true;
	assert_false(look(place, false));
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, place_set_up_closed, place_tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(bootloader_application_and_calibration_are_told),
		CASE(without_a_bootloader_there_is_no_table_to_follow),
		CASE(an_application_without_its_header_is_none),
		CASE(what_lies_behind_the_flash_is_not_looked_at),
		CASE(an_application_that_would_end_behind_the_flash_is_not_looked_at),
		CASE(a_region_that_begins_with_something_known_is_noted),
		CASE(of_a_soc_that_is_only_possible_nothing_but_calibration_is_looked_for),
		CASE(calibration_where_several_socs_have_it_is_told_once),
		CASE(calibration_where_no_soc_has_it_is_told_too),
		CASE(more_calibrations_than_can_be_told_are_no_harm),
		CASE(all_of_it_is_drawn_and_confirmed),
		CASE(how_much_was_read_but_once_is_told),
		CASE(at_a_lower_clock_all_of_it_is_read_anew),
		CASE(what_cannot_be_read_ends_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
