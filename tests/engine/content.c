/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "engine/content.h"

#include <stdlib.h>

#include "tests/engine/place.h"

#define ELSEWHERE 0x1f4000u

struct look {
	struct place *place;
	uint8_t *die;
	struct content content;
};

static int set_up(void **state)
{
	struct look *look = calloc(1, sizeof(*look));
	void *place;

	place_set_up(&place);
	look->place = place;
	look->die = place_new_module(1);
	*state = look;
	return 0;
}

static int tear_down(void **state)
{
	struct look *look = *state;
	void *place = look->place;

	free(look->die);
	free(look);
	return place_tear_down(&place);
}

static const char *mac_of(struct look *look)
{
	static char mac[MANIFEST_MAC];

	content_mac(look->die, PLACE_SIZE, mac);
	return mac;
}

static void a_die_tells_its_soc_its_mac_and_its_calibration(void **state)
{
	struct look *look = *state;

	assert_true(content_look(&look->content, &look->place->session, look->die));
	assert_ptr_equal(content_soc(&look->content), chipdb_soc_by_name("BK7231N"));
	assert_string_equal(look->content.mac, place_mac(1));
	assert_int_equal(look->content.rf_count, 1);
	assert_int_equal(look->content.rf[0].offset, PLACE_RF);
}

static void what_the_user_said_goes_before_what_the_die_says(void **state)
{
	struct look *look = *state;
	struct session *session = &look->place->session;

	session->told = chipdb_soc_by_name("BK7231U");
	assert_true(content_look(&look->content, session, look->die));
	assert_ptr_equal(content_soc(&look->content), session->told);
}

/* The place of the calibration leaves a few SoCs, and the application narrows them down. */
static void without_a_bootloader_calibration_and_application_tell(void **state)
{
	struct look *look = *state;
	const struct target *target = &look->content.target;

	memset(look->die, 0xff, PLACE_APP);
	assert_true(content_look(&look->content, &look->place->session, look->die));
	assert_false(target->boots);
	assert_ptr_equal(content_soc(&look->content), chipdb_soc_by_name("BK7231N"));
	memset(look->die, 0xff, PLACE_SIZE);
	assert_true(content_look(&look->content, &look->place->session, look->die));
	assert_int_equal(target->identity.soc_count, 0);
	assert_null(content_soc(&look->content));
	assert_string_equal(look->content.mac, "");
}

/* It shows what went wrong, not which SoC this is. */
static void an_application_at_0_is_no_evidence(void **state)
{
	struct look *look = *state;
	const struct target *target = &look->content.target;

	memmove(look->die, look->die + PLACE_APP, 0x100000);
	assert_true(content_look(&look->content, &look->place->session, look->die));
	assert_true(target->app_at_0);
	assert_false(target->boots);
	assert_null(identity_evidence(&target->identity, EVIDENCE_APP_NAME));
}

static void calibration_where_the_bootloaders_soc_has_none_is_shown(void **state)
{
	struct look *look = *state;
	const struct identity *identity = &look->content.target.identity;

	memcpy(look->die + 0x1e3000, look->die + PLACE_RF, 0x1000);
	memset(look->die + PLACE_RF, 0xff, 0x1000);
	assert_true(content_look(&look->content, &look->place->session, look->die));
	assert_true(identity->contradicted);
	assert_true(identity_evidence(identity, EVIDENCE_CALIBRATION)->contradicts);
	assert_int_equal(identity->soc_count, 2);
}

static void a_blank_or_made_up_mac_is_none(void **state)
{
	struct look *look = *state;

	assert_string_equal(mac_of(look), place_mac(1));
	memset(look->die + PLACE_MAC + 3, 0, 3);
	assert_string_equal(mac_of(look), "");
	memset(look->die + PLACE_MAC, 0xff, 6);
	assert_string_equal(mac_of(look), "");
	look->die[PLACE_RF] = 0;
	assert_string_equal(mac_of(look), "");
}

/* A second calibration has a good MAC, and the first one has not. */
static void the_first_good_mac_is_the_modules(void **state)
{
	struct look *look = *state;

	memcpy(look->die + ELSEWHERE, look->die + PLACE_RF, PLACE_SECTOR);
	look->die[ELSEWHERE + 36 + 5] = 9;
	assert_string_equal(mac_of(look), place_mac(1));
	memset(look->die + PLACE_MAC + 3, 0, 3);
	assert_string_equal(mac_of(look), place_mac(9));
}

static void calibration_is_the_same_only_to_the_last_byte_and_in_its_place(void **state)
{
	struct look *look = *state;
	uint8_t *other = place_new_module(1);

	memset(other, 0, PLACE_RF);
	assert_true(content_same_rf(look->die, other, PLACE_SIZE));
	other[PLACE_RF + 0x1ff] ^= 1;
	assert_false(content_same_rf(look->die, other, PLACE_SIZE));
	/* It does not matter which of the two holds it. */
	memset(other + PLACE_RF, 0xff, PLACE_SECTOR);
	assert_false(content_same_rf(look->die, other, PLACE_SIZE));
	assert_false(content_same_rf(other, look->die, PLACE_SIZE));
	memset(look->die + PLACE_RF, 0xff, PLACE_SECTOR);
	assert_true(content_same_rf(look->die, other, PLACE_SIZE));
	free(other);
}

static void all_places_of_calibration_are_peeked_at_but_the_known(void **state)
{
	struct look *look = *state;
	struct place *place = look->place;

	memset(look->die, 0, PLACE_SIZE);
	assert_true(
		content_peek_rf(&place->session, (struct range){PLACE_RF, 0x1000}, 64, look->die));
	assert_false(fake_was_read(&place->fake, PLACE_RF));
	assert_true(fake_was_read(&place->fake, 0x1e0000));
	fake_again(&place->fake);
	assert_true(content_peek_rf(&place->session, (struct range){0, 0}, 64, look->die));
	assert_memory_equal(look->die + PLACE_RF, place->fake.die + PLACE_RF, 64);
	assert_int_equal(look->die[PLACE_RF + 64], 0);
	place->fake.unreadable = PLACE_RF;
	assert_false(content_peek_rf(&place->session, (struct range){0, 0}, 64, look->die));
}

static void calibration_that_reads_otherwise_once_more_is_not_steady(void **state)
{
	struct look *look = *state;
	struct place *place = look->place;

	assert_true(content_rf_is_steady(&place->session, look->die));
	look->die[PLACE_RF + 0x1ff] ^= 1;
	assert_false(content_rf_is_steady(&place->session, look->die));
	place->fake.unreadable = PLACE_RF;
	assert_false(content_rf_is_steady(&place->session, look->die));
}

static void only_the_places_of_calibration_are_copied(void **state)
{
	struct look *look = *state;
	uint8_t *other = place_new_module(2);

	content_copy_rf(look->die, other, PLACE_SIZE);
	assert_memory_equal(look->die + PLACE_RF, other + PLACE_RF, PLACE_SECTOR);
	assert_memory_not_equal(look->die + PLACE_NET, other + PLACE_NET, 16);
	free(other);
}

static void no_more_calibration_is_found_than_there_is_room_for(void **state)
{
	struct look *look = *state;
	struct rf found[IMAGE_RFS];

	for (unsigned i = 0; i < 2 * IMAGE_RFS; i++)
		memcpy(look->die + 0x140000 + i * PLACE_SECTOR, look->die + PLACE_RF, 0x200);
	assert_int_equal(content_find_rf(look->die, PLACE_SIZE, found), IMAGE_RFS);
	assert_int_equal(found[1].offset, 0x141000);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(a_die_tells_its_soc_its_mac_and_its_calibration),
		CASE(what_the_user_said_goes_before_what_the_die_says),
		CASE(without_a_bootloader_calibration_and_application_tell),
		CASE(an_application_at_0_is_no_evidence),
		CASE(calibration_where_the_bootloaders_soc_has_none_is_shown),
		CASE(a_blank_or_made_up_mac_is_none),
		CASE(the_first_good_mac_is_the_modules),
		CASE(calibration_is_the_same_only_to_the_last_byte_and_in_its_place),
		CASE(all_places_of_calibration_are_peeked_at_but_the_known),
		CASE(calibration_that_reads_otherwise_once_more_is_not_steady),
		CASE(only_the_places_of_calibration_are_copied),
		CASE(no_more_calibration_is_found_than_there_is_room_for),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
