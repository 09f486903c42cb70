/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/unit.h"
#include "tests/image/identified.h"

#include <stdlib.h>

static void check_all_kinds_of(const char *soc)
{
	const struct chipdb_soc *of = chipdb_soc_by_name(soc);
	struct recipe recipe = recipe_for(soc);
	struct bytes dump = make_dump(&recipe, 0x200000);
	const struct {
		struct bytes bytes;
		enum image_kind kind;
		size_t address;
	} files[] = {
		{make_copy(dump, 0, dump.size), IMAGE_DUMP, 0},
		{make_rotated(dump, APP), IMAGE_ROTATED_DUMP, APP},
		{make_rotated(dump, 0x180000), IMAGE_ROTATED_DUMP, 0x180000},
		{make_copy(dump, APP, dump.size - APP), IMAGE_REST, APP},
		{make_qio(&recipe), IMAGE_QIO, 0},
		{make_app(&recipe), IMAGE_APPLICATION, APP},
		{make_bootloader(&recipe), IMAGE_BOOTLOADER, 0},
	};

	for (size_t i = 0; i < COUNT_OF(files); i++) {
		struct image *image = identify(files[i].bytes);

		assert_kind(image, files[i].kind);
		assert_nothing_grave(image);
		assert_true(image->has_address);
		assert_int_equal(image->address, files[i].address);
		assert_int_equal(identity_socs(&image->identity) & ~chipdb_socs_alike(of), 0);
		assert_true(identity_socs(&image->identity) & chipdb_soc_bit(of));
		assert_int_equal(image->coding.kind,
				 of->code == CHIPDB_CODE_PLAIN ? CODING_PLAIN : CODING_STOCK);
		free(image);
	}
	free_bytes(dump);
}

static void every_kind_is_known_for_every_soc(void **state)
{
	(void)state;
	for (size_t i = 0; i < chipdb_soc_count; i++)
		if (makes_bootloader(&chipdb_socs[i]))
			check_all_kinds_of(chipdb_socs[i].name);
}

static bool is_for(const struct image *image, const char *soc)
{
	return identity_socs(&image->identity) & chipdb_soc_bit(chipdb_soc_by_name(soc));
}

static void assert_only_for(const struct image *image, const char *soc)
{
	assert_int_equal(identity_socs(&image->identity), chipdb_soc_bit(chipdb_soc_by_name(soc)));
}

static void the_bootloaders_own_name_decides(void **state)
{
	struct recipe recipe = recipe_for("BK7252");
	struct image *image = identify(make_bootloader(&recipe));

	(void)state;
	assert_only_for(image, "BK7252");
	assert_int_equal(identity_reason(&image->identity)->kind, EVIDENCE_BOOT_NAME);
	free(image);
}

static void of_a_nameless_plain_bootloader_nothing_is_known(void **state)
{
	struct recipe recipe = recipe_for("BK7252");
	struct image *image;

	(void)state;
	recipe.nameless = true;
	image = identify(make_bootloader(&recipe));
	assert_int_equal(image->identity.soc_count, 0);
	assert_kind(image, IMAGE_BOOTLOADER);
	free(image);
}

static void the_application_names_what_its_nameless_bootloader_does_not(void **state)
{
	struct recipe recipe = recipe_for("BK7252");
	struct image *image;

	(void)state;
	recipe.nameless = true;
	image = identify(make_qio(&recipe));
	assert_only_for(image, "BK7252");
	assert_string_equal(image->application.names.firmware, "OpenBK7252");
	assert_string_equal(image->application.names.version, "1.18.300");
	free(image);
}

static void a_keyed_application_names_its_soc(void **state)
{
	struct recipe recipe = recipe_for("BK7231T");
	struct image *image = identify(make_app(&recipe));

	(void)state;
	assert_only_for(image, "BK7231T");
	free(image);
	recipe.built_for = "BK";
	image = identify(make_app(&recipe));
	assert_true(is_for(image, "BK7231T"));
	assert_true(is_for(image, "BK7231N"));
	assert_false(is_for(image, "BK7231M"));
	free(image);
}

static void a_soc_that_nobody_knows_is_none_of_ours(void **state)
{
	struct recipe recipe = recipe_for("BK7231T");
	struct image *image;

	(void)state;
	recipe.built_for = "BK7999X";
	image = identify(make_app(&recipe));
	assert_int_equal(image->identity.soc_count, 0);
	assert_true(image->identity.foreign);
	free(image);
}

/*
 * OpenBeken for BK7231M calls itself BK7231N, but its code is plain, and its partition ends where
 * BK7231M's does.
 */
static void the_end_of_an_application_tells_plain_socs_apart(void **state)
{
	struct recipe recipe = recipe_for("BK7231M");
	struct image *image;

	(void)state;
	recipe.built_for = "BK7231N";
	image = identify(make_app(&recipe));
	assert_only_for(image, "BK7231M");
	free(image);
	recipe.built_for = "BK";
	image = identify(make_app(&recipe));
	assert_int_equal(image->identity.soc_count, 0);
	free(image);
}

static void a_header_off_the_grid_of_blocks_is_no_damage(void **state)
{
	struct recipe recipe = recipe_for("BK7231T");
	struct image *image;
	struct bytes qio, dump;

	(void)state;
	recipe.off_grid = true;
	image = identify(make_qio(&recipe));
	assert_kind(image, IMAGE_QIO);
	assert_int_equal(image->size, 0x100000);
	assert_nothing_grave(image);
	free(image);

	/* The same in a flash, with older firmware after it. */
	recipe.off_grid = false;
	recipe.app_code = 0xf0000;
	dump = make_dump(&recipe, 0x200000);
	recipe.off_grid = true;
	recipe.app_code = 0x8000;
	qio = make_qio(&recipe);
	memcpy(dump.data, qio.data, qio.size);
	free_bytes(qio);
	image = identify(dump);
	assert_kind(image, IMAGE_DUMP);
	assert_nothing_grave(image);
	assert_int_equal(image->application.check, CODE_MATCHES);
	free(image);
}

static void a_header_of_libretiny_confirms_its_application_and_names_its_soc(void **state)
{
	struct recipe recipe = recipe_for("BK7231N");
	struct bytes app;
	struct image *image;

	(void)state;
	recipe.libretiny = true;
	app = make_app(&recipe);
	image = identify(make_copy(app, 0, app.size));
	assert_kind(image, IMAGE_APPLICATION);
	assert_nothing_grave(image);
	assert_int_equal(image->application.check, CODE_MATCHES);
	assert_non_null(identity_evidence(&image->identity, EVIDENCE_APP_VERSION));
	assert_only_for(image, "BK7231N");
	free(image);
	/* With good blocks in the wrong order, it is not. */
	memcpy(app.data + 34 * 9, app.data + 34 * 8, 34);
	image = identify(app);
	assert_true(image_has(image, IMAGE_UNCONFIRMED));
	free(image);
}

static void a_dump_tells_where_calibration_and_mac_are(void **state)
{
	static const uint8_t mac[6] = {0x10, 0x5a, 0x17, 0x01, 0x02, 0x03};
	struct recipe recipe = recipe_for("BK7231N");
	struct bytes dump = make_dump(&recipe, 0x200000);
	struct image *image = identify(make_rotated(dump, APP));

	(void)state;
	assert_int_equal(image->rf_count, 1);
	assert_int_equal(image->rf[0].offset, 0x1d0000);
	assert_memory_equal(image->rf[0].mac, mac, 6);
	free(image);

	memset(dump.data + 0x1d0000, 0xff, 0x1000);
	image = identify(dump);
	assert_true(image_has(image, IMAGE_NO_CALIBRATION));
	free(image);
}

static void damage_is_counted_and_located(void **state)
{
	struct recipe recipe = recipe_for("BK7231N");
	struct bytes qio = make_qio(&recipe);
	struct image *image;

	(void)state;
	qio.data[APP + 34 * 5 + 3] ^= 1;
	qio.data[APP + 34 * 9 + 33] ^= 0x80;
	image = identify(qio);
	assert_true(image_has(image, IMAGE_DAMAGED));
	assert_int_equal(image->application.bad, 2);
	assert_int_equal(image->application.first_bad, APP + 34 * 5);
	assert_int_equal(image->bootloader.bad, 0);
	free(image);
}

static void swap_blocks(struct bytes bytes, size_t one, size_t other)
{
	uint8_t block[34];

	memcpy(block, bytes.data + one, 34);
	memcpy(bytes.data + one, bytes.data + other, 34);
	memcpy(bytes.data + other, block, 34);
}

static void good_blocks_in_a_wrong_order_are_seen(void **state)
{
	struct recipe recipe = recipe_for("BK7231N");
	struct bytes qio = make_qio(&recipe), dump = make_dump(&recipe, 0x200000);
	struct image *image;

	(void)state;
	swap_blocks(qio, APP + 34 * 20, APP + 34 * 30);
	image = identify(qio);
	assert_int_equal(image->application.bad, 0);
	assert_true(image_has(image, IMAGE_UNCONFIRMED));
	free(image);
	swap_blocks(dump, APP + 34 * 20, APP + 34 * 30);
	image = identify(dump);
	assert_true(image_has(image, IMAGE_DAMAGED));
	free(image);
}

/* Like a dump of a camera that worked, see docs/images.md. */
static void a_flash_may_have_a_bootloader_that_its_header_does_not_confirm(void **state)
{
	struct recipe recipe = recipe_for("BK7252");
	struct bytes dump = make_dump(&recipe, 0x200000);
	struct image *image;

	(void)state;
	swap_blocks(dump, 34 * 20, 34 * 30);
	image = identify(make_copy(dump, 0, dump.size));
	assert_nothing_grave(image);
	assert_true(image_has(image, IMAGE_UNPROVEN));
	free(image);
	image = identify(make_copy(dump, 0, APP));
	assert_true(image_has(image, IMAGE_UNCONFIRMED));
	free(image);
	free_bytes(dump);
}

static void plain_and_keyed_code_do_not_go_together(void **state)
{
	struct recipe keyed = recipe_for("BK7231N"), plain = recipe_for("BK7231M");
	struct image *image;

	(void)state;
	keyed.plain_app = true;
	image = identify(make_qio(&keyed));
	assert_true(image_has(image, IMAGE_INCONSISTENT));
	free(image);
	plain.keyed_app = true;
	image = identify(make_qio(&plain));
	assert_true(image_has(image, IMAGE_INCONSISTENT));
	free(image);
}

/* BK7231M is a plain BK7231N; its applications may say that they are for BK7231N. */
static void a_plain_bootloader_outweighs_what_the_application_says(void **state)
{
	struct recipe recipe = recipe_for("BK7231M");
	struct image *image;

	(void)state;
	recipe.built_for = "BK7231N";
	image = identify(make_qio(&recipe));
	assert_nothing_grave(image);
	assert_only_for(image, "BK7231M");
	free(image);
}

/* The key is in the eFUSE, and may be none: a BK7231T without one runs plain code. */
static void a_name_outweighs_how_the_code_is_coded(void **state)
{
	struct recipe recipe = recipe_for("BK7231T");
	struct image *image;

	(void)state;
	recipe.plain_app = true;
	image = identify(make_app(&recipe));
	assert_kind(image, IMAGE_APPLICATION);
	assert_nothing_grave(image);
	assert_only_for(image, "BK7231T");
	free(image);
}

/* The owner's backup must go back, whatever key it has. */
static void images_with_another_key_are_known(void **state)
{
	struct recipe recipe = recipe_for("BK7231N");
	enum image_kind kinds[] = {IMAGE_DUMP, IMAGE_QIO, IMAGE_APPLICATION, IMAGE_BOOTLOADER};

	(void)state;
	recipe.key = KEY_OTHER;
	for (size_t i = 0; i < COUNT_OF(kinds); i++) {
		struct image *image = identify(i == 0	? make_dump(&recipe, 0x200000)
					       : i == 1 ? make_qio(&recipe)
					       : i == 2 ? make_app(&recipe)
							: make_bootloader(&recipe));

		assert_kind(image, kinds[i]);
		assert_nothing_grave(image);
		assert_int_equal(image->coding.kind, CODING_OTHER);
		free(image);
	}
}

static void a_flash_read_twice_is_seen(void **state)
{
	struct recipe recipe = recipe_for("BK7231N");
	struct bytes dump = make_dump(&recipe, 0x200000), twice = make_copy(dump, 0, 0x400000);
	struct image *image;

	(void)state;
	memcpy(twice.data + 0x200000, dump.data, dump.size);
	free_bytes(dump);
	image = identify(twice);
	assert_true(image_has(image, IMAGE_REPEATED));
	free(image);
}

static void updates_and_raw_code_are_known(void **state)
{
	struct recipe recipe = recipe_for("BK7231N");
	struct bytes ota = make_ota(&recipe), uf2 = {(uint8_t[]){'U', 'F', '2', '\n'}, 4};
	const struct {
		struct bytes bytes;
		enum image_kind kind;
	} files[] = {
		{make_copy(ota, 0, ota.size), IMAGE_OTA},
		{make_ug(&recipe), IMAGE_UG},
		{make_stripped(make_bootloader(&recipe)), IMAGE_UNFRAMED_CODE},
		{make_rf(), IMAGE_RF},
		{make_copy(uf2, 0, 4), IMAGE_UF2},
		{make_bytes(0x200000, 0xff), IMAGE_CONSTANT},
		{make_bytes(0x200000, 0x00), IMAGE_CONSTANT},
		{make_bytes(0, 0), IMAGE_EMPTY},
	};
	struct image *image;

	(void)state;
	for (size_t i = 0; i < COUNT_OF(files); i++) {
		image = identify(files[i].bytes);
		assert_kind(image, files[i].kind);
		assert_nothing_grave(image);
		free(image);
	}
	ota.data[ota.size - 1] ^= 1;
	image = identify(make_copy(ota, 0, ota.size));
	assert_true(image_has(image, IMAGE_DAMAGED));
	free(image);
	image = identify(make_copy(ota, 0, ota.size - 1));
	assert_true(image_has(image, IMAGE_TRUNCATED));
	free(image);
	free_bytes(ota);
}

static void other_files_are_called_by_their_name(void **state)
{
	static const struct {
		const char *begin, *name;
	} files[] = {
		{"\177ELF\001\001", "elf"},
		{"PK\003\004", "zip"},
		{"\037\213\010", "gzip"},
		{"<!DOCTYPE html><title>404</title>", "html"},
		{"\n <html>", "html"},
		{"Not Found\n", "text"},
		{":020000040000FA\r\n", "intel-hex"},
		{"S00600004844521B\r\n", "s-record"},
		{"version https://git-lfs.github.com/spec/v1\noid sha256:", "lfs-pointer"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(files); i++) {
		struct bytes bytes = make_bytes(strlen(files[i].begin), 0);
		struct image *image;

		memcpy(bytes.data, files[i].begin, bytes.size);
		image = identify(bytes);
		assert_kind(image, IMAGE_OTHER);
		assert_string_equal(image->other->name, files[i].name);
		free(image);
	}
}

static void settings_are_known_by_their_begin(void **state)
{
	struct bytes obk = make_bytes(0x1000, 0xff), tuya = make_bytes(0x12000, 0xff);
	static const uint8_t zeros[16] = {0x46, 0xdc, 0xed, 0x0e, 0x67, 0x2f, 0x3b, 0x70,
					  0xae, 0x12, 0x76, 0xa3, 0xf8, 0x71, 0x2e, 0x03};
	struct image *image;

	(void)state;
	memcpy(obk.data, "CFG\x55\x03\0\0", 8);
	image = identify(obk);
	assert_kind(image, IMAGE_OBK_CONFIG);
	free(image);
	memcpy(tuya.data + 0x1020, zeros, 16);
	memcpy(tuya.data + 0x1030, zeros, 16);
	image = identify(tuya);
	assert_kind(image, IMAGE_TUYA_CONFIG);
	free(image);
}

static void every_kind_and_finding_has_a_name(void **state)
{
	(void)state;
	for (enum image_kind kind = 0; kind <= IMAGE_OTHER; kind++) {
		assert_non_null(image_kind_name(kind));
		assert_non_null(image_kind_title(kind));
	}
	for (enum image_finding_kind kind = 0; kind < IMAGE_FINDING_KINDS; kind++)
		assert_non_null(image_finding_name(kind));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_kind_is_known_for_every_soc),
		cmocka_unit_test(the_bootloaders_own_name_decides),
		cmocka_unit_test(of_a_nameless_plain_bootloader_nothing_is_known),
		cmocka_unit_test(the_application_names_what_its_nameless_bootloader_does_not),
		cmocka_unit_test(a_soc_that_nobody_knows_is_none_of_ours),
		cmocka_unit_test(a_keyed_application_names_its_soc),
		cmocka_unit_test(the_end_of_an_application_tells_plain_socs_apart),
		cmocka_unit_test(a_header_off_the_grid_of_blocks_is_no_damage),
		cmocka_unit_test(a_header_of_libretiny_confirms_its_application_and_names_its_soc),
		cmocka_unit_test(a_dump_tells_where_calibration_and_mac_are),
		cmocka_unit_test(damage_is_counted_and_located),
		cmocka_unit_test(good_blocks_in_a_wrong_order_are_seen),
		cmocka_unit_test(a_flash_may_have_a_bootloader_that_its_header_does_not_confirm),
		cmocka_unit_test(plain_and_keyed_code_do_not_go_together),
		cmocka_unit_test(a_plain_bootloader_outweighs_what_the_application_says),
		cmocka_unit_test(a_name_outweighs_how_the_code_is_coded),
		cmocka_unit_test(images_with_another_key_are_known),
		cmocka_unit_test(a_flash_read_twice_is_seen),
		cmocka_unit_test(updates_and_raw_code_are_known),
		cmocka_unit_test(other_files_are_called_by_their_name),
		cmocka_unit_test(settings_are_known_by_their_begin),
		cmocka_unit_test(every_kind_and_finding_has_a_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
