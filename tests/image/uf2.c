/* SPDX-License-Identifier: GPL-2.0-or-later */
/* UF2 files: what they hold, and that nothing else is taken for a UF2 file. */
#include "image/uf2.h"

#include <stdlib.h>

#include "image/placement.h"
#include "tests/image/identified.h"
#include "tests/image/make_uf2.h"
#include "tests/unit.h"

#define FLASH 0x200000u

static const struct {
	const char *soc;
	uint32_t family;
} built[] = {{"BK7231T", UF2_T},
	     {"BK7231N", UF2_N},
	     {"BK7231M", UF2_N},
	     {"BK7238", UF2_BK7238},
	     {"BK7252", UF2_BK7251}};

static struct bytes make_build(const char *soc)
{
	struct recipe recipe = recipe_for(soc);

	recipe.libretiny = true;
	return make_app(&recipe);
}

static struct bytes make_n(void)
{
	return make_app_uf2(UF2_N, make_build("BK7231N"));
}

static struct placement placement;

/* Whether the content of the file, which is freed, may be placed on a module with this SoC. */
static bool is_placed(struct bytes uf2, const char *soc)
{
	const struct chipdb_soc *of = chipdb_soc_by_name(soc);
	const struct target target = make_target(of, NULL);
	struct image *image = identify(uf2);
	bool good = placement_find(image, of, &target, FLASH, PLACEMENT_ANYWHERE, &placement);

	free(image);
	return good;
}

static void assert_refused(struct bytes uf2, enum placement_refusal why, const char *words)
{
	assert_false(is_placed(uf2, "BK7231N"));
	for (size_t i = 0; i < placement.refusal_count; i++)
		if (placement.refusals[i].why == why && strstr(placement.refusals[i].text, words))
			return;
	fail_msg("refused, but as %s: %s", placement_refusal_name(placement.refusals[0].why),
		 placement.refusals[0].text);
}

static void a_uf2_file_is_what_it_holds(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(built); i++) {
		struct bytes app = make_build(built[i].soc);
		size_t size = app.size;
		struct bytes uf2 = make_app_uf2(built[i].family, app);
		struct image *image = identify(make_copy(uf2, 0, uf2.size));

		assert_kind(image, IMAGE_APPLICATION);
		assert_nothing_grave(image);
		assert_true(image->unpacked);
		assert_int_equal(image->file_size, uf2.size);
		assert_int_equal(image->size, size);
		assert_int_equal(image->address, APP);
		assert_true(identity_socs(&image->identity) &
			    chipdb_soc_bit(chipdb_soc_by_name(built[i].soc)));
		assert_non_null(identity_evidence(&image->identity, EVIDENCE_UF2_FAMILY));
		assert_string_equal(image->uf2.board, "generic");
		assert_string_equal(image->uf2.firmware, "lamp");
		assert_string_equal(image->uf2.version, "2.5.1");
		free(image);
		assert_true(is_placed(uf2, built[i].soc));
		assert_int_equal(placement.address, APP);
		assert_int_equal(placement.length, size);
		assert_true(placement.soc_checked);
	}
}

static void what_it_does_not_carry_is_known(void **state)
{
	struct bytes app = make_build("BK7231N"), copy = make_copy(app, 0, app.size);
	struct uf2_piece pieces[2];
	struct bytes uf2;
	struct uf2_content content;
	struct uf2 said;

	(void)state;
	split_app(app, pieces);
	uf2 = make_app_uf2(UF2_N, copy);
	assert_true(uf2_unpack(uf2.data, uf2.size, &said, &content));
	assert_int_equal(said.fault, UF2_GOOD);
	assert_int_equal(content.address, APP);
	assert_int_equal(content.size, app.size);
	assert_memory_equal(content.data, app.data, app.size);
	for (size_t at = 0; at < app.size; at++)
		assert_int_equal(content.carried[at],
				 at < pieces[0].bytes.size || at >= app.size - 102);
	assert_int_equal(said.part_count, 2);
	assert_string_equal(said.parts[0].name, "app");
	assert_true(said.parts[0].by_wire);
	assert_int_equal(said.parts[0].bytes, pieces[0].bytes.size + 102);
	assert_string_equal(said.parts[1].name, "download");
	assert_false(said.parts[1].by_wire);
	uf2_free_content(&content);
	free_bytes(uf2);
	free_bytes(app);
	free_bytes(pieces[0].bytes);
	free_bytes(pieces[1].bytes);
}

static void bootloader_and_application_are_a_qio(void **state)
{
	struct recipe recipe = recipe_for("BK7231N");
	struct uf2_piece pieces[3];
	struct bytes app = make_app(&recipe);
	struct image *image;

	(void)state;
	split_app(app, pieces);
	free_bytes(app);
	pieces[2] = (struct uf2_piece){"bootloader", true, 0, make_bootloader(&recipe)};
	image = identify(make_uf2(UF2_N, pieces, 3));
	assert_kind(image, IMAGE_QIO);
	assert_nothing_grave(image);
	assert_int_equal(image->address, 0);
	free(image);
}

static void a_file_that_is_not_whole_is_refused(void **state)
{
	struct bytes uf2 = make_n(), copy;
	size_t header = uf2_piece_at(uf2, 2);

	(void)state;
	for (size_t size = 4; size < uf2.size; size += size < 1100 ? 1 : 3 * 512 - 1)
		assert_refused(make_copy(uf2, 0, size), PLACEMENT_TRUNCATED, "cut off");
	/* Extra bytes at the end, missing ones at the start, and damage in the middle. */
	assert_refused(make_copy(uf2, 0, uf2.size + 1), PLACEMENT_DAMAGED, "something else");
	copy = make_copy(uf2, 512, uf2.size - 512);
	assert_refused(copy, PLACEMENT_DAMAGED, "block 0 says that it is number 1");
	copy = make_copy(uf2, 0, uf2.size - 512);
	memcpy(copy.data + header, uf2.data + header + 512, uf2.size - header - 512);
	assert_refused(copy, PLACEMENT_DAMAGED, "missing");
	copy = make_copy(uf2, 0, uf2.size + 512);
	memcpy(copy.data + header, uf2.data + header - 512, uf2.size - header + 512);
	assert_refused(copy, PLACEMENT_DAMAGED, "double");
	copy = make_copy(uf2, 0, uf2.size);
	memcpy(copy.data + 512 * 3, uf2.data + 512 * 2, 512);
	memcpy(copy.data + 512 * 2, uf2.data + 512 * 3, 512);
	assert_refused(copy, PLACEMENT_DAMAGED, "out of order");
	free_bytes(uf2);
}

static void a_block_that_is_no_block_is_refused(void **state)
{
	static const struct {
		size_t at;
		uint32_t word;
	} wrong[] = {{4, 0}, {508, 0}, {16, 477}, {16, UINT32_MAX}};
	struct bytes uf2 = make_n(), copy;
	size_t tag = uf2_piece_at(uf2, 0) + 32 + 256;

	(void)state;
	for (size_t i = 0; i < COUNT_OF(wrong); i++)
		for (unsigned block = 0; block < 4; block += 3) {
			copy = make_copy(uf2, 0, uf2.size);
			put_word(copy.data + block * 512 + wrong[i].at, wrong[i].word);
			assert_refused(copy, PLACEMENT_DAMAGED, "is damaged");
		}
	for (unsigned size = 1; size < 256; size += 254 / 2) {
		copy = make_copy(uf2, 0, uf2.size);
		copy.data[tag] = (uint8_t)(size < 4 ? size : 255);
		assert_refused(copy, PLACEMENT_DAMAGED, "is damaged");
	}
	/* Two blocks with the same address. */
	copy = make_copy(uf2, 0, uf2.size);
	put_word(copy.data + 3 * 512 + 12, 0x180);
	assert_refused(copy, PLACEMENT_DAMAGED, "has the address of an earlier one: 0x11180");
	free_bytes(uf2);
}

static struct bytes of_family(uint32_t family)
{
	return make_app_uf2(family, make_build("BK7231N"));
}

static void of_another_family_it_is_refused(void **state)
{
	struct bytes uf2 = make_n();

	(void)state;
	assert_refused(of_family(UF2_RTL8710B), PLACEMENT_WRONG_SOC,
		       "RTL8710B, which is not one of Beken's");
	assert_refused(of_family(0x12345678), PLACEMENT_WRONG_SOC, "0x12345678");
	put_word(uf2.data + 5 * 512 + 28, UF2_T);
	assert_refused(make_copy(uf2, 0, uf2.size), PLACEMENT_WRONG_SOC, "several SoCs");
	for (size_t at = 0; at < uf2.size; at += 512)
		uf2.data[at + 9] &= (uint8_t)~0x20;
	assert_refused(uf2, PLACEMENT_WRONG_SOC, "does not say which SoC it is for");
	for (size_t i = 0; i < chipdb_soc_count; i++)
		if (!(chipdb_socs_called("BK7231N") & chipdb_soc_bit(&chipdb_socs[i])))
			assert_false(is_placed(make_n(), chipdb_socs[i].name));
}

static void a_family_and_a_name_that_contradict_each_other_are_refused(void **state)
{
	struct recipe recipe = recipe_for("BK7231N");

	(void)state;
	assert_refused(make_app_uf2(UF2_T, make_app(&recipe)), PLACEMENT_INCONSISTENT,
		       "of the family BK7231T, but its application calls itself OpenBK7231N");
}

static struct bytes one_piece(const char *partition, bool by_wire, uint32_t offset,
			      struct bytes bytes)
{
	struct uf2_piece piece = {partition, by_wire, offset, bytes};

	return make_uf2(UF2_N, &piece, 1);
}

static void what_has_no_place_is_refused(void **state)
{
	static const char *const partitions[] = {"kvs",	     "calibration", "rf",
						 "userdata", "download",    "ota1"};
	const enum placement_refusal unplaced = PLACEMENT_WRONG_ADDRESS;
	struct bytes uf2 = make_n();

	(void)state;
	for (size_t i = 0; i < COUNT_OF(partitions); i++)
		assert_refused(one_piece(partitions[i], true, 0, make_build("BK7231N")), unplaced,
			       partitions[i]);
	assert_refused(one_piece("app", true, 0x1ef000, make_bytes(1, 0)), unplaced,
		       "past the end");
	assert_refused(one_piece("app", true, UINT32_MAX, make_bytes(1, 0)), unplaced,
		       "past the end");
	assert_refused(one_piece(NULL, true, 0, make_build("BK7231N")), unplaced, "older form");
	assert_refused(one_piece("download", false, 0, make_build("BK7231N")), PLACEMENT_UPDATE,
		       "only over-the-air updates");
	assert_refused(make_uf2(UF2_N, NULL, 0), PLACEMENT_UPDATE, "nothing");
	/* Its own table has the application at a different place. */
	for (size_t at = 32; at < 512 - 40; at++)
		if (memcmp(uf2.data + at, "01PEapp", 8) == 0)
			put_word(uf2.data + at + 36, 0x12000);
	assert_refused(uf2, unplaced, "has the partition app at 0x12000");
}

static void what_ends_behind_its_partition_is_refused(void **state)
{
	struct bytes app = make_build("BK7231U");

	(void)state;
	/* The header is where the application of a BK7231U ends; N's ends elsewhere. */
	assert_false(is_placed(make_app_uf2(UF2_N, app), "BK7231M"));
	assert_true(placement_refuses(&placement, PLACEMENT_TOO_LARGE));
	/* It may be for a SoC that is also called N and whose application ends there. */
	assert_true(is_placed(make_app_uf2(UF2_N, make_build("BL2028N")), "BL2028N"));
}

static void code_in_the_partition_of_other_code_is_refused(void **state)
{
	struct recipe recipe = recipe_for("BK7231N");
	struct bytes app = make_build("BK7231N");

	(void)state;
	assert_refused(one_piece("app", true, 0, make_bootloader(&recipe)), PLACEMENT_INCONSISTENT,
		       "go to 0x11000");
	assert_refused(one_piece("bootloader", true, 0, make_copy(app, 0, APP)),
		       PLACEMENT_INCONSISTENT, "go to 0x0");
	assert_refused(one_piece("app", true, 0, make_rf()), PLACEMENT_INCONSISTENT,
		       "a calibration region");
	/* Half of its proper size. */
	assert_refused(one_piece("app", true, 0, make_copy(app, 0, 34 * 100)),
		       PLACEMENT_UNCONFIRMED, "no RBL header");
	assert_refused(one_piece("app", true, (uint32_t)app.size - 102,
				 make_copy(app, app.size - 102, 102)),
		       PLACEMENT_NOT_AN_IMAGE, "");
	free_bytes(app);
}

/* Flipped bits elsewhere, as in a name, do not change what is written. */
static void no_accident_changes_what_is_written(void **state)
{
	struct bytes uf2 = make_n();
	struct uf2_content right, content;
	struct uf2 said;
	uint32_t random = 17;
	unsigned refused = 0;

	(void)state;
	assert_true(uf2_unpack(uf2.data, uf2.size, &said, &right));
	for (unsigned round = 0; round < 1000; round++) {
		struct bytes copy = make_copy(uf2, 0, uf2.size);
		size_t block = test_random(&random) % (uf2.size / 512) * 512;
		/* Mostly in the numbers, and in the tags of the first blocks. */
		size_t at = test_random(&random) % (round % 2 ? 32 : 512);

		if (round % 4 == 3)
			block = uf2_piece_at(uf2, round / 4 % 3);
		copy.data[block + at] ^= (uint8_t)(1 << test_random(&random) % 8);
		assert_true(uf2_unpack(copy.data, copy.size, &said, &content));
		if (is_placed(make_copy(copy, 0, copy.size), "BK7231N")) {
			assert_int_equal(said.fault, UF2_GOOD);
			assert_int_equal(content.address, right.address);
			assert_int_equal(content.size, right.size);
			assert_memory_equal(content.data, right.data, right.size);
			assert_memory_equal(content.carried, right.carried, right.size);
		} else {
			refused++;
		}
		uf2_free_content(&content);
		free_bytes(copy);
	}
	assert_true(refused > 400);
	uf2_free_content(&right);
	free_bytes(uf2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_uf2_file_is_what_it_holds),
		cmocka_unit_test(what_it_does_not_carry_is_known),
		cmocka_unit_test(bootloader_and_application_are_a_qio),
		cmocka_unit_test(a_file_that_is_not_whole_is_refused),
		cmocka_unit_test(a_block_that_is_no_block_is_refused),
		cmocka_unit_test(of_another_family_it_is_refused),
		cmocka_unit_test(a_family_and_a_name_that_contradict_each_other_are_refused),
		cmocka_unit_test(what_has_no_place_is_refused),
		cmocka_unit_test(what_ends_behind_its_partition_is_refused),
		cmocka_unit_test(code_in_the_partition_of_other_code_is_refused),
		cmocka_unit_test(no_accident_changes_what_is_written),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
