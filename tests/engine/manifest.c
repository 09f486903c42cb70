/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "engine/manifest.h"

#include <stdlib.h>
#include <unistd.h>

#include "tests/unit.h"

struct place {
	char backup[40], path[48];
	uint8_t *die;
	struct manifest manifest;
	struct notes notes;
};

static int set_up(void **state)
{
	struct place *place = calloc(1, sizeof(*place));
	const struct chipdb_part *part = chipdb_part_by_name("TH25Q16HB");
	int fd;

	strcpy(place->backup, "/tmp/beken-manifest-XXXXXX");
	fd = mkstemp(place->backup);
	assert_true(fd >= 0);
	close(fd);
	snprintf(place->path, sizeof(place->path), "%s.json", place->backup);
	place->die = calloc(1, part->size);
	notes_begin(&place->notes);
	strcpy(place->manifest.mac, "c8:47:8c:00:00:01");
	place->manifest.registers = 0x4004;
	place->manifest.has_registers = true;
	place->manifest.confirmed = part->size;
	manifest_describe(&place->manifest, part, chipdb_soc_by_name("BK7231N"), place->die);
	*state = place;
	return 0;
}

static int tear_down(void **state)
{
	struct place *place = *state;

	unlink(place->backup);
	unlink(place->path);
	free(place->die);
	free(place);
	return 0;
}

static void put(const struct place *place, const char *text)
{
	FILE *file = fopen(place->path, "wb");

	fputs(text, file);
	fclose(file);
}

static char *text_of(const struct place *place)
{
	size_t length;
	char *text = manifest_text(&place->manifest, &length);

	assert_non_null(text);
	assert_int_equal(strlen(text), length);
	return text;
}

static void what_is_written_is_read(void **state)
{
	struct place *place = *state;
	struct manifest found;
	char *text = text_of(place);

	put(place, text);
	free(text);
	assert_int_equal(manifest_read(&found, place->backup, &place->notes.observer),
			 MANIFEST_GOOD);
	assert_string_equal(found.part, "TH25Q16HB");
	assert_string_equal(found.id, "EB 60 15");
	assert_string_equal(found.soc, "BK7231N");
	assert_string_equal(found.mac, "c8:47:8c:00:00:01");
	assert_int_equal(found.registers, 0x4004);
	assert_int_equal(found.region_count, place->manifest.region_count);
	assert_int_equal(manifest_region(&found, "rf")->range.start, 0x1d0000);
	assert_null(manifest_region(&found, "no"));
	assert_true(manifest_fits(&found, place->die, 2 << 20));
}

static void a_changed_byte_does_not_fit(void **state)
{
	struct place *place = *state;

	place->die[12345] = 1;
	assert_false(manifest_fits(&place->manifest, place->die, 2 << 20));
	place->die[12345] = 0;
	assert_false(manifest_fits(&place->manifest, place->die, 1 << 20));
}

static void a_missing_one_is_told_from_a_bad_one(void **state)
{
	struct place *place = *state;
	struct manifest found;

	assert_int_equal(manifest_read(&found, place->backup, &place->notes.observer),
			 MANIFEST_MISSING);
	assert_int_equal(place->notes.errors, 0);
	put(place, "{\"schema\": 1");
	assert_int_equal(manifest_read(&found, place->backup, &place->notes.observer),
			 MANIFEST_BAD);
	assert_int_equal(place->notes.errors, 1);
}

/* Each replaces a good member. */
static void every_value_is_checked(void **state)
{
	static const struct {
		const char *good, *bad, *named;
	} cases[] = {
		{"\"schema\": 1", "\"schema\": 2", "schema"},
		{"\"size\": 2097152", "\"size\": -1", "size"},
		{"\"size\": 2097152", "\"size\": 99999999999999", "size"},
		{"\"size\": 2097152", "\"size\": 0", "size"},
		{"\"size\": 2097152", "\"size\": \"2097152\"", "size"},
		{"\"registers\": 16388", "\"registers\": \"4004\"", "registers"},
		{"\"part\": \"TH25Q16HB\"", "\"part\": \"\\u001b[2J\"", "part"},
		{"\"id\": \"EB 60 15\"", "\"id\": \"EB 60 15 00\"", "id"},
		{"c8:47:8c:00:00:01", "c8:47:8c:00:00:0", "mac"},
		{"c8:47:8c:00:00:01", "c8-47-8c-00-00-01", "mac"},
		{"c8:47:8c:00:00:01", "c8:47:8c:00:00:012", "mac"},
		{"\"confirmed\": 2097152", "\"confirmed\": 2097153", "confirmed"},
		{"\"sha256\": \"", "\"sha256\": \"a", "sha256"},
		{"\"start\": 1900544", "\"start\": 2097152", "regions"},
		{"\"start\": 1900544, \"length\": 4096", "\"start\": 2097151, \"length\": 2",
		 "regions"},
		{"\"start\": 1900544, \"length\": 4096", "\"start\": 2097152, \"length\": 0",
		 "regions"},
		{"\"name\": \"rf\"", "\"name\": \"\"", "regions"},
		{"\"regions\": [", "\"regions\": [1, ", "regions"},
	};
	struct place *place = *state;
	char *text = text_of(place), changed[4096], wanted[48];
	struct manifest found;

	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		const char *at = strstr(text, cases[i].good);

		assert_non_null(at);
		snprintf(changed, sizeof(changed), "%.*s%s%s", (int)(at - text), text, cases[i].bad,
			 at + strlen(cases[i].good));
		put(place, changed);
		notes_begin(&place->notes);
		assert_int_equal(manifest_read(&found, place->backup, &place->notes.observer),
				 MANIFEST_BAD);
		snprintf(wanted, sizeof(wanted), "\"%s\" is missing or wrong", cases[i].named);
		if (!strstr(place->notes.text, wanted))
			fail_msg("%s: %s", cases[i].bad, place->notes.text);
	}
	free(text);
}

static void a_module_without_soc_and_mac_has_null_there(void **state)
{
	struct place *place = *state;
	struct manifest found;
	char *text;

	place->manifest.mac[0] = '\0';
	manifest_describe(&place->manifest, chipdb_part_by_name("TH25Q16HB"), NULL, place->die);
	text = text_of(place);
	assert_non_null(strstr(text, "\"soc\": null, \"mac\": null, \"regions\": []"));
	put(place, text);
	free(text);
	assert_int_equal(manifest_read(&found, place->backup, &place->notes.observer),
			 MANIFEST_GOOD);
	assert_string_equal(found.mac, "");
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(what_is_written_is_read),
		CASE(a_changed_byte_does_not_fit),
		CASE(a_missing_one_is_told_from_a_bad_one),
		CASE(every_value_is_checked),
		CASE(a_module_without_soc_and_mac_has_null_there),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
