/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/image/judge.h"

static struct image image;

static void check_code(bool there, const struct code *code, size_t end)
{
	if (!there)
		return;
	assert_true(code->start <= code->end && code->end <= end);
	assert_true((code->good + code->blank + code->bad + code->leftovers) * 34 <=
		    code->end - code->start);
	if (code->bad > 0)
		assert_in_range(code->first_bad, code->start, code->end - 34);
	assert_true(memchr(code->names.self, 0, sizeof(code->names.self)));
}

static void check_image(size_t size)
{
	/* A rotated flash begins at address 0; other files begin at their own address. */
	size_t end = image.size + (image.kind == IMAGE_ROTATED_DUMP ? 0 : image.address);

	assert_int_equal(image.file_size, size);
	if (image.unpacked)
		assert_in_range(image.size, 1, 0x400000);
	else
		assert_int_equal(image.size, size);
	assert_int_equal(image.kind == IMAGE_UF2, image.uf2.fault != UF2_GOOD);
	assert_int_equal(image.kind == IMAGE_UF2, image.uf2.why[0] != '\0');
	assert_non_null(image_kind_name(image.kind));
	assert_int_equal(image.kind == IMAGE_OTHER, image.other != NULL);
	assert_true(image.identity.soc_count <= IDENTITY_FEW);
	for (size_t i = 0; i < image.identity.soc_count; i++)
		assert_non_null(image.identity.socs[i]);
	for (size_t i = 0; i < image.identity.count; i++)
		assert_true(image.identity.list[i].words[0]);
	check_code(image.has_bootloader, &image.bootloader, end);
	check_code(image.has_application, &image.application, end);
	for (size_t i = 0; i < image.rf_count; i++)
		assert_true(image.rf[i].offset < end);
	for (size_t i = 0; i < image.finding_count; i++) {
		assert_true(image.findings[i].kind < IMAGE_FINDING_KINDS);
		assert_true(image.findings[i].text[0]);
	}
}

static void check_placement(const struct placement *placement, size_t flash_size)
{
	for (size_t i = 0; i < placement->refusal_count; i++)
		assert_true(placement->refusals[i].text[0]);
	if (placement->refusal_count > 0)
		return;
	assert_true(placement->length <= flash_size);
	assert_true(placement->address <= flash_size - placement->length);
	assert_true(placement->rotation < image.size);
}

void judge(struct bytes bytes, uint32_t *random, struct placement *placement)
{
	const struct chipdb_soc *soc = &chipdb_socs[test_random(random) % chipdb_soc_count];
	const struct target target = make_target(soc, NULL);
	size_t flash = (size_t)0x80000 << test_random(random) % 4;
	size_t wish = test_random(random) % 3 ? PLACEMENT_ANYWHERE : test_random(random) % flash;

	assert_true(image_identify(bytes.data, bytes.size, &image));
	check_image(bytes.size);
	placement_find(&image, test_random(random) % 4 ? soc : NULL,
		       test_random(random) % 4 ? &target : NULL, flash, wish, placement);
	check_placement(placement, flash);
}
