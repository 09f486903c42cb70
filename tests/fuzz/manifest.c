/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The manifest beside a backup: whatever is accepted from it lies within the flash, and reads back
 * the same.
 */
#include "tests/fuzz/state.h"

#include <stdlib.h>

#include "engine/manifest.h"

#define FILE_NAME "backup.bin" MANIFEST_SUFFIX

void fuzz_seeds(void)
{
	const struct chipdb_part *part = chipdb_part_by_name("GD25Q16B");
	uint8_t *die = calloc(part->size, 1);
	struct manifest manifest = {.mac = "c8:47:8c:00:00:01"};
	size_t length;
	char *text;

	assert_non_null(die);
	manifest_describe(&manifest, part, chipdb_soc_by_name("BK7231N"), die);
	text = manifest_text(&manifest, &length);
	assert_non_null(text);
	fuzz_seed(text, length);
	free(text);
	manifest_describe(&manifest, part, NULL, die);
	text = manifest_text(&manifest, &length);
	assert_non_null(text);
	fuzz_seed(text, length);
	free(text);
	free(die);
	fuzz_seed_text("{\"schema\": 1e0, \"size\": -1, \"regions\": [{}]}");
	fuzz_seed_text("[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[");
}

static enum manifest_result read_it(struct manifest *manifest, struct notes *notes)
{
	char path[300];

	snprintf(path, sizeof(path), "%s/backup.bin", fuzz_folder());
	notes_begin(notes);
	return manifest_read(manifest, path, &notes->observer);
}

static void check(const struct manifest *manifest)
{
	assert_in_range(manifest->size, 1, FLASH_SIZE_MOST);
	assert_true(manifest->confirmed <= manifest->size);
	assert_int_equal(strlen(manifest->sha256), MANIFEST_SHA256 - 1);
	assert_true(memchr(manifest->part, 0, sizeof(manifest->part)));
	assert_true(memchr(manifest->soc, 0, sizeof(manifest->soc)));
	assert_true(memchr(manifest->mac, 0, sizeof(manifest->mac)));
	assert_true(memchr(manifest->date, 0, sizeof(manifest->date)));
	assert_true(manifest->region_count <= MANIFEST_REGIONS);
	for (size_t i = 0; i < manifest->region_count; i++) {
		const struct range range = manifest->regions[i].range;

		assert_true(manifest->regions[i].name[0]);
		assert_in_range(range.length, 1, manifest->size);
		assert_in_range(range.start, 0, manifest->size - range.length);
	}
}

void fuzz_one(const uint8_t *data, size_t size)
{
	static struct notes notes;
	struct manifest manifest, again;
	enum manifest_result result;
	size_t length;
	char *text;

	fuzz_put(FILE_NAME, data, size);
	result = read_it(&manifest, &notes);
	assert_int_equal(notes.errors, result == MANIFEST_BAD);
	if (result != MANIFEST_GOOD)
		return;
	check(&manifest);
	text = manifest_text(&manifest, &length);
	assert_non_null(text);
	fuzz_put(FILE_NAME, text, length);
	free(text);
	assert_int_equal(read_it(&again, &notes), MANIFEST_GOOD);
	assert_memory_equal(&again, &manifest, sizeof(manifest));
}
