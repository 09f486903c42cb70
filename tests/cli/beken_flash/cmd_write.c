/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a write takes from its file, and what stays as it is in the module. */
#include <stdlib.h>

#include "engine/manifest.h"
#include "tests/engine/place.h"
#include "tests/image/make_uf2.h"

#define REFUSED 3
#define MADE_UP (PLACE_MAC + 3) /* three bytes that are 0 in a MAC that the firmware made up */
#define FILE_NAME "file.bin"

#define write_with(place, ...) place_run(place, &command_write, __VA_ARGS__, FILE_NAME, NULL)
#define write_it(place) place_run(place, &command_write, FILE_NAME, NULL)

/* Bootloader and application of another version, for this SoC. Returns the size. */
static uint32_t put_qio(const char *soc, uint8_t *data)
{
	struct recipe recipe = recipe_for(soc);
	struct bytes qio;

	recipe.seed = 0x777;
	qio = make_qio(&recipe);
	place_put(FILE_NAME, qio.data, qio.size);
	if (data)
		memcpy(data, qio.data, qio.size);
	free_bytes(qio);
	return (uint32_t)qio.size;
}

static void put_module(unsigned number)
{
	uint8_t *other = place_new_module(number);

	place_put(FILE_NAME, other, PLACE_SIZE);
	free(other);
}

static void a_qio_goes_to_0_and_all_behind_it_stays(void **state)
{
	struct place *place = *state;
	uint8_t *wanted = place_new_module(1);

	put_qio("BK7231N", wanted);
	assert_int_equal(write_it(place), 0);
	place_expect(place, wanted);
	assert_false(place_has_journal());
	assert_int_equal(place->fake.closed, 1);
	free(wanted);
}

/* Not written: the gap between code and header of the application, and the place of its update. */
static void of_a_uf2_file_only_what_it_carries_by_wire_is_written(void **state)
{
	struct place *place = *state;
	struct recipe recipe = recipe_for("BK7231N");
	struct bytes app, uf2;
	struct uf2_piece pieces[2];
	uint8_t *wanted;

	recipe.seed = 0x777;
	recipe.libretiny = true;
	app = make_app(&recipe);
	split_app(app, pieces);
	memset(place->fake.die + PLACE_APP + app.size / 2, 0x5a, 100);
	memset(place->fake.die + PLACE_APP + app.size + 0x100, 0xa5, 0x1000);
	wanted = malloc(PLACE_SIZE);
	memcpy(wanted, place->fake.die, PLACE_SIZE);
	for (size_t i = 0; i < COUNT_OF(pieces); i++) {
		memcpy(wanted + PLACE_APP + pieces[i].offset, pieces[i].bytes.data,
		       pieces[i].bytes.size);
		free_bytes(pieces[i].bytes);
	}
	uf2 = make_app_uf2(UF2_N, app);
	place_put(FILE_NAME, uf2.data, uf2.size);
	free_bytes(uf2);
	assert_int_equal(write_it(place), 0);
	place_expect(place, wanted);
	assert_non_null(strstr(place->output, "download is an over-the-air update"));
	assert_int_equal(write_it(place), 0);
	assert_non_null(strstr(place->output, "in the flash already"));
	free(wanted);
}

/* The rest of a sector is written back: a bit of it that was read wrong would be lost for good. */
static void expect_steady(struct place *place, uint32_t beside, const char *option, int status)
{
	uint8_t *before = malloc(PLACE_SIZE);

	memcpy(before, place->fake.die, PLACE_SIZE);
	fake_flip(&place->fake, beside, 1, 1, 1);
	assert_int_equal(write_with(place, "--no-backup", option), status);
	place_expect_untouched(place, before);
}

static void what_stays_between_the_parts_of_a_uf2_file_is_read_twice(void **state)
{
	struct recipe recipe = recipe_for("BK7231N");
	struct uf2_piece pieces[2];
	struct bytes app, uf2;
	uint32_t end;

	recipe.seed = 0x777;
	recipe.libretiny = true;
	app = make_app(&recipe);
	split_app(app, pieces);
	end = PLACE_APP + pieces[0].offset + (uint32_t)pieces[0].bytes.size;
	free_bytes(pieces[0].bytes);
	free_bytes(pieces[1].bytes);
	uf2 = make_app_uf2(UF2_N, app);
	place_put(FILE_NAME, uf2.data, uf2.size);
	free_bytes(uf2);
	expect_steady(*state, end + 16, "--protect", 1);
}

/* CRCs show wrong bits in code. The application ends within a sector, whose rest has no CRCs. */
static void what_stays_around_a_piece_is_proven_or_read_twice(void **state)
{
	struct place *place = *state;
	const uint32_t at = 0x129000, end = 0x129f70;
	uint8_t *die = place->fake.die;

	memset(die + end, 0x33, 16);
	place_put(FILE_NAME, die + at, end - at);
	memset(die + at, 0xff, 0x22);
	memset(die + end - 0x66, 0xff, 0x66);
	expect_steady(place, end + 4, "--at=0x129000", 1);
	place_put(FILE_NAME, die + PLACE_APP + 0x100, 0x800);
	memset(die + PLACE_APP + 0x100, 0xff, 0x800);
	expect_steady(place, PLACE_APP + 0x50, "--at=0x11100", REFUSED);
}

static void the_backup_holds_the_old_content_and_was_there_before_the_first_change(void **state)
{
	struct place *place = *state;
	uint8_t *own = place_new_module(1), *saved;
	struct manifest manifest;

	put_qio("BK7231N", NULL);
	assert_int_equal(write_with(place, "--backup=old.bin"), 0);
	saved = place_get("old.bin", PLACE_SIZE);
	assert_memory_equal(saved, own, PLACE_SIZE);
	free(saved);
	assert_int_equal(manifest_read(&manifest, "old.bin", NULL), MANIFEST_GOOD);
	assert_true(manifest_fits(&manifest, own, PLACE_SIZE));
	assert_string_equal(manifest.mac, place_mac(1));
	assert_string_equal(manifest.soc, "BK7231N");
	assert_int_equal(manifest.registers, place->fake.part->firmware_sr);
	assert_int_equal(manifest.confirmed, PLACE_SIZE);
	free(own);
}

static void a_dump_of_another_module_leaves_what_is_this_ones_own(void **state)
{
	struct place *place = *state;
	uint8_t *wanted = place_new_module(1), *other = place_new_module(2);

	memset(other + 0x20000, 0, 0x1000);
	memset(wanted + 0x20000, 0, 0x1000);
	place_put(FILE_NAME, other, PLACE_SIZE);
	assert_int_equal(write_with(place, "--force=damaged,inconsistent,unconfirmed"), 0);
	place_expect(place, wanted);
	free(other);
	free(wanted);
}

static void net_and_data_go_by_their_names_and_without_a_question(void **state)
{
	struct place *place = *state;
	uint8_t *wanted = place_new_module(1), *other = place_new_module(2);

	put_module(2);
	memcpy(wanted + PLACE_NET, other + PLACE_NET, 0x2000);
	assert_int_equal(write_with(place, "--with-net"), 0);
	place_expect(place, wanted);
	memcpy(wanted + PLACE_TUYA, other + PLACE_TUYA, 0x13000);
	assert_int_equal(write_with(place, "--with-data"), 0);
	place_expect(place, wanted);
	free(other);
	free(wanted);
}

static void another_mac_is_refused_until_it_is_wished(void **state)
{
	struct place *place = *state;
	uint8_t *wanted = place_new_module(1), *other = place_new_module(2);

	put_module(2);
	assert_int_equal(write_with(place, "--with-rf"), REFUSED);
	assert_false(fake_changed(&place->fake));
	assert_false(place_has_journal());
	assert_int_equal(write_with(place, "--with-rf", "--yes=identity-lost"), 0);
	memcpy(wanted + PLACE_RF, other + PLACE_RF, PLACE_SECTOR);
	place_expect(place, wanted);
	assert_int_equal(place_count(".bin"), 2);
	free(other);
	free(wanted);
}

static void a_mac_that_would_be_lost_is_refused(void **state)
{
	struct place *place = *state;
	uint8_t *blank = place_new_module(1);

	memset(blank + PLACE_RF, 0xff, PLACE_SECTOR);
	place_put(FILE_NAME, blank, PLACE_SIZE);
	assert_int_equal(write_with(place, "--with-rf"), REFUSED);
	place_expect_untouched(place, place_new_module(1));
	free(blank);
}

static void another_calibration_is_refused_where_the_mac_is_made_up(void **state)
{
	struct place *place = *state;
	uint8_t *content = place_new_module(2);

	memset(content + MADE_UP, 0, 3);
	place_put(FILE_NAME, content, PLACE_SIZE);
	place_module(content, 1);
	memset(content + MADE_UP, 0, 3);
	memset(place->fake.die + MADE_UP, 0, 3);
	assert_int_equal(write_with(place, "--with-rf"), REFUSED);
	place_expect_untouched(place, content);
}

static void a_module_without_calibration_takes_another_ones(void **state)
{
	struct place *place = *state;
	uint8_t *other = place_new_module(2);

	memset(place->fake.die + PLACE_RF, 0xff, PLACE_SECTOR);
	put_module(2);
	assert_int_equal(write_with(place, "--with-rf"), 0);
	place_expect_range(place, other, PLACE_RF, PLACE_SECTOR);
	free(other);
}

/* A file of calibration alone is recognized as such; the question about the MAC comes anyway. */
static void a_file_of_calibration_is_written_after_a_question(void **state)
{
	struct place *place = *state;
	uint8_t *wanted = place_new_module(1), *other = place_new_module(2);

	place_put(FILE_NAME, other + PLACE_RF, PLACE_SECTOR);
	assert_int_equal(write_it(place), REFUSED);
	assert_false(fake_changed(&place->fake));
	assert_int_equal(write_with(place, "--yes=identity-lost"), 0);
	memcpy(wanted + PLACE_RF, other + PLACE_RF, PLACE_SECTOR);
	place_expect(place, wanted);
	free(other);
	free(wanted);
}

static void calibration_in_an_unusual_place_stays(void **state)
{
	struct place *place = *state;
	uint8_t *wanted = place_new_module(2);

	memcpy(place->fake.die + 0x1f4000, place->fake.die + PLACE_RF, PLACE_SECTOR);
	memset(place->fake.die + PLACE_RF, 0xff, PLACE_SECTOR);
	memcpy(wanted, place->fake.die, PLACE_SIZE);
	put_module(2);
	assert_int_equal(write_with(place, "--with-data", "--force=wrong-soc"), 0);
	place_expect_range(place, wanted, 0x1f4000, PLACE_SECTOR);
	place_expect_range(place, wanted, PLACE_RF, PLACE_SECTOR);
	free(wanted);
}

static void calibration_where_the_soc_has_none_is_another_soc(void **state)
{
	struct place *place = *state;
	uint8_t *own;

	memcpy(place->fake.die + 0x1e0000, place->fake.die + PLACE_RF, PLACE_SECTOR);
	memset(place->fake.die + PLACE_RF, 0xff, PLACE_SECTOR);
	own = malloc(PLACE_SIZE);
	memcpy(own, place->fake.die, PLACE_SIZE);
	put_qio("BK7231N", NULL);
	assert_int_equal(write_it(place), REFUSED);
	place_expect_untouched(place, own);
}

static void a_file_for_another_soc_is_refused(void **state)
{
	struct place *place = *state;

	put_qio("BK7231T", NULL);
	assert_int_equal(write_it(place), REFUSED);
	/* It was refused before the long reading. */
	assert_int_equal(fake_count(&place->fake, FAKE_READ), 0);
	place_expect_untouched(place, place_new_module(1));
}

/* Even if the calibration does not show that it is wrong. */
static void a_told_soc_that_the_flash_contradicts_is_refused(void **state)
{
	struct place *place = *state;
	uint8_t *own = place_new_module(1);

	memset(own + PLACE_RF, 0xff, PLACE_SECTOR);
	memcpy(place->fake.die, own, PLACE_SIZE);
	put_qio("BK7231T", NULL);
	assert_int_equal(write_with(place, "--soc=BK7231T"), REFUSED);
	place_expect_untouched(place, own);
	assert_int_equal(write_with(place, "--soc=BK7231T", "--force=wrong-soc"), 0);
}

static void a_file_that_is_no_image_is_refused_and_forced_to_an_address(void **state)
{
	struct place *place = *state;
	uint8_t *wanted = place_new_module(1);

	place_put(FILE_NAME, "these are no bytes for a flash, but words", 41);
	assert_int_equal(write_it(place), REFUSED);
	assert_int_equal(write_with(place, "--force=not-an-image"), REFUSED);
	assert_false(fake_changed(&place->fake));
	assert_int_equal(write_with(place, "--force=not-an-image", "--at=0x140010"), 0);
	memcpy(wanted + 0x140010, "these are no bytes for a flash, but words", 41);
	place_expect(place, wanted);
	free(wanted);
}

static void what_is_behind_the_flash_is_refused_even_by_force(void **state)
{
	struct place *place = *state;

	place_put(FILE_NAME, "these are no bytes for a flash, but words", 41);
	assert_int_equal(write_with(place, "--force=not-an-image,too-large", "--at=0x1ffff0"),
			 REFUSED);
	place_expect_untouched(place, place_new_module(1));
}

static void a_rotated_dump_is_turned_round(void **state)
{
	struct place *place = *state;
	struct bytes dump = {place_new_module(1), PLACE_SIZE};
	struct bytes rotated = make_rotated(dump, PLACE_APP);

	memset(place->fake.die, 0, PLACE_SECTOR);
	memcpy(place->fake.die, dump.data, 8);
	place_put(FILE_NAME, rotated.data, rotated.size);
	assert_int_equal(write_it(place), 0);
	place_expect(place, dump.data);
	free_bytes(rotated);
	free_bytes(dump);
}

static void an_erased_module_takes_the_soc_of_the_file(void **state)
{
	struct place *place = *state;
	uint8_t *wanted = place_new_module(2);

	memset(place->fake.die, 0xff, PLACE_SIZE);
	place->fake.die[0] = 0;
	put_module(2);
	assert_int_equal(write_it(place), 0);
	/* Its own calibration and settings are blank, and stay so. */
	memset(wanted + PLACE_RF, 0xff, 0x3000);
	memset(wanted + PLACE_TUYA, 0xff, 0x13000);
	place_expect(place, wanted);
	free(wanted);
}

static void a_key_of_its_own_is_said_where_the_chips_is_not_known(void **state)
{
	static const char words[] = "a key of its own";
	struct place *place = *state;
	struct recipe recipe = recipe_for("BK7231N");
	struct bytes qio;

	recipe.key = KEY_OTHER;
	qio = make_qio(&recipe);
	place_put(FILE_NAME, qio.data, qio.size);
	free_bytes(qio);
	memset(place->fake.die, 0xff, PLACE_SIZE);
	assert_int_equal(write_with(place, "--dry-run", "--soc=BK7231N"), 0);
	assert_non_null(strstr(place->output, words));
	put_qio("BK7231N", NULL);
	assert_int_equal(write_with(place, "--dry-run", "--soc=BK7231N"), 0);
	assert_null(strstr(place->output, words));
	/* Where the chip's SoC is known, it contradicts the file, or there is no question. */
	place_module(place->fake.die, 1);
	assert_int_equal(write_with(place, "--dry-run"), 0);
	assert_null(strstr(place->output, words));
}

static void what_is_there_already_is_not_written(void **state)
{
	struct place *place = *state;

	put_module(1);
	assert_int_equal(write_it(place), 0);
	place_expect_untouched(place, place_new_module(1));
	assert_int_equal(place_count(".json"), 0);
	assert_non_null(strstr(place->output, "is in the flash already"));
	/* A backup that the user named is still made. */
	assert_int_equal(write_with(place, "--backup=old.bin"), 0);
	assert_true(place_has("old.bin.json"));
	assert_false(fake_changed(&place->fake));
}

static void a_blank_file_that_ends_behind_the_flash_is_refused(void **state)
{
	struct place *place = *state;
	uint8_t *blank = malloc(2 * PLACE_SECTOR);

	memset(blank, 0xff, 2 * PLACE_SECTOR);
	place_put(FILE_NAME, blank, 2 * PLACE_SECTOR);
	free(blank);
	assert_int_equal(write_with(place, "--at=0x1ff000"), REFUSED);
	place_expect_untouched(place, place_new_module(1));
}

static void a_region_takes_a_file_of_its_size_and_stays_no_more(void **state)
{
	struct place *place = *state;
	uint8_t *wanted = place_new_module(1);

	/* Nor does an image go to its own place instead. */
	put_qio("BK7231N", NULL);
	assert_int_equal(write_with(place, "--region=nonsense"), REFUSED);
	assert_false(fake_changed(&place->fake));
	place_put(FILE_NAME, place->fake.die + 0x100, 0x2000);
	assert_int_equal(write_with(place, "--region=net"), 0);
	memcpy(wanted + PLACE_NET, wanted + 0x100, 0x2000);
	place_expect(place, wanted);
	free(wanted);
}

static void wrong_words_are_no_write(void **state)
{
	struct place *place = *state;

	put_module(2);
	assert_int_equal(write_with(place, "--backup=a", "--no-backup"), 2);
	assert_int_equal(write_with(place, "--backup=."), 2);
	assert_int_equal(write_with(place, "--force=everything"), 2);
	assert_int_equal(write_with(place, "--at=here"), 2);
	assert_int_equal(write_with(place, "--as=poem"), 2);
	assert_int_equal(write_with(place, "--soc=Z80"), 2);
	assert_int_equal(write_with(place, "--params=warp=9"), 2);
	assert_int_equal(place->fake.opened, 0);
	place_expect_untouched(place, place_new_module(1));
}

static void a_file_may_be_called_something_else(void **state)
{
	struct place *place = *state;
	uint8_t *wanted = place_new_module(1);

	memset(wanted + PLACE_APP, 0, PLACE_SECTOR);
	place_put(FILE_NAME, wanted + PLACE_APP, PLACE_SECTOR);
	assert_int_equal(write_with(place, "--as=application"), 0);
	place_expect(place, wanted);
	free(wanted);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, place_set_up_closed, place_tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(a_qio_goes_to_0_and_all_behind_it_stays),
		CASE(of_a_uf2_file_only_what_it_carries_by_wire_is_written),
		CASE(what_stays_between_the_parts_of_a_uf2_file_is_read_twice),
		CASE(what_stays_around_a_piece_is_proven_or_read_twice),
		CASE(the_backup_holds_the_old_content_and_was_there_before_the_first_change),
		CASE(a_dump_of_another_module_leaves_what_is_this_ones_own),
		CASE(net_and_data_go_by_their_names_and_without_a_question),
		CASE(another_mac_is_refused_until_it_is_wished),
		CASE(a_mac_that_would_be_lost_is_refused),
		CASE(another_calibration_is_refused_where_the_mac_is_made_up),
		CASE(a_module_without_calibration_takes_another_ones),
		CASE(a_file_of_calibration_is_written_after_a_question),
		CASE(calibration_in_an_unusual_place_stays),
		CASE(calibration_where_the_soc_has_none_is_another_soc),
		CASE(a_file_for_another_soc_is_refused),
		CASE(a_told_soc_that_the_flash_contradicts_is_refused),
		CASE(a_file_that_is_no_image_is_refused_and_forced_to_an_address),
		CASE(what_is_behind_the_flash_is_refused_even_by_force),
		CASE(a_rotated_dump_is_turned_round),
		CASE(an_erased_module_takes_the_soc_of_the_file),
		CASE(a_key_of_its_own_is_said_where_the_chips_is_not_known),
		CASE(what_is_there_already_is_not_written),
		CASE(a_blank_file_that_ends_behind_the_flash_is_refused),
		CASE(a_region_takes_a_file_of_its_size_and_stays_no_more),
		CASE(wrong_words_are_no_write),
		CASE(a_file_may_be_called_something_else),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
