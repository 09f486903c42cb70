/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Genuine images are accepted, and accidents are refused: images that were cut, flipped, shifted,
 * padded, mixed or mistaken, in more than a thousand cases.
 *
 * Not counted, because no program can see it in the file alone:
 * - changes in regions without checksums (settings, calibration, what follows the application), and
 *   in erased blocks after the application of a dump;
 * - a file cut exactly where a smaller image of another kind ends: a QIO file after its bootloader,
 *   a dump after its application;
 * - good blocks of a dump's bootloader in the wrong order (docs/images.md says why);
 * - a file for a SoC that begins like the right one and says nothing else.
 */
#include "tests/unit.h"
#include "tests/image/accidents.h"
#include "tests/image/make.h"
#include "image/placement.h"

#include <stdlib.h>

#define SUBJECTS_MOST 48
/* With a sanitizer each case is ten times slower, and the first ones show what it finds. */
#ifdef TEST_SANITIZED
#define SEEDS 1
#define EACH 3 /* every third accident; which ones, changes from image to image */
#define REFUSED_LEAST 400
#else
#define SEEDS 4
#define EACH 1
#define REFUSED_LEAST 1000
#endif

static struct subject subjects[SUBJECTS_MOST];
static size_t subject_count;
static unsigned refused;

static void add(const char *name, const char *soc, struct bytes bytes)
{
	struct subject *subject = &subjects[subject_count++];

	assert_true(subject_count <= SUBJECTS_MOST);
	snprintf(subject->name, sizeof(subject->name), "%s %s", soc, name);
	subject->bytes = bytes;
	subject->soc = chipdb_soc_by_name(soc);
	assert_non_null(subject->soc);
	assert_true(image_identify(bytes.data, bytes.size, &subject->image));
}

static void add_published(const char *name, const char *soc)
{
	const char *directory = getenv("BEKEN_DUMPS");
	char path[512];
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s", directory ? directory : ".", name);
	file = fopen(path, "rb");
	if (!file)
		return;
	fseek(file, 0, SEEK_END);
	struct bytes bytes = make_bytes((size_t)ftell(file), 0);
	rewind(file);
	assert_int_equal(fread(bytes.data, 1, bytes.size, file), bytes.size);
	fclose(file);
	add(name, soc, bytes);
}

static int collect_subjects(void **state)
{
	static const char *const socs[] = {"BK7231T", "BK7231N", "BK7231M",
					   "BK7231U", "BK7238",	 "BK7252"};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(socs); i++) {
		struct recipe recipe = recipe_for(socs[i]);
		struct bytes dump = make_dump(&recipe, FLASH);

		recipe.seed += (uint32_t)i;
		add("dump", socs[i], dump);
		add("rotated dump", socs[i], make_rotated(dump, APP));
		add("QIO", socs[i], make_qio(&recipe));
		add("application", socs[i], make_app(&recipe));
		add("bootloader", socs[i], make_bootloader(&recipe));
	}
	/* Published images, where they are installed; otherwise only made ones are used. */
	add_published("bk7231n-plug.bin", "BK7231N");
	add_published("bk7231t-bulb.bin", "BK7231T");
	add_published("bk7231t-rotated.bin", "BK7231T");
	add_published("openbk7231n-qio-1.18.300.bin", "BK7231N");
	add_published("openbk7231t-qio-1.18.300.bin", "BK7231T");
	add_published("openbk7252-qio-1.18.300.bin", "BK7252");
	return 0;
}

static int free_subjects(void **state)
{
	(void)state;
	for (size_t i = 0; i < subject_count; i++)
		free_bytes(subjects[i].bytes);
	return 0;
}

static bool is_placed(struct bytes bytes, const struct chipdb_soc *soc, size_t flash, size_t wish)
{
	static struct placement placement;
	static struct image image;
	const struct target target = make_target(soc, NULL);

	assert_true(image_identify(bytes.data, bytes.size, &image));
	return placement_find(&image, soc, soc ? &target : NULL, flash, wish, &placement);
}

/* A flash size that fits the file, so that only its content can be a reason to refuse it. */
static size_t flash_for(size_t size)
{
	return size > FLASH ? 2 * FLASH : FLASH;
}

static void must_refuse(const struct subject *subject, const char *what, struct bytes bytes,
			const struct chipdb_soc *soc, size_t flash, size_t wish)
{
	if (is_placed(bytes, soc, flash, wish))
		fail_msg("accepted: %s, %s", subject->name, what);
	refused++;
}

static void genuine_images_are_accepted(void **state)
{
	(void)state;
	for (size_t i = 0; i < subject_count; i++) {
		const struct subject *subject = &subjects[i];

		if (!is_placed(subject->bytes, subject->soc, FLASH, PLACEMENT_ANYWHERE) ||
		    !is_placed(subject->bytes, NULL, FLASH, PLACEMENT_ANYWHERE))
			fail_msg("refused: %s", subject->name);
	}
}

static void mutate(const struct subject *subject, size_t which, uint32_t seed)
{
	/* The buffer has exactly this size, so that a sanitizer detects a read past its end. */
	struct bytes bytes = make_copy(subject->bytes, 0, subject->bytes.size), exact;

	bytes = accidents[which].apply(subject, bytes, &seed);
	if (bytes.size == subject->bytes.size &&
	    memcmp(bytes.data, subject->bytes.data, bytes.size) == 0) {
		free_bytes(bytes);
		return;
	}
	exact = make_copy(bytes, 0, bytes.size);
	free_bytes(bytes);
	must_refuse(subject, accidents[which].name, exact, subject->soc, flash_for(exact.size),
		    PLACEMENT_ANYWHERE);
	free_bytes(exact);
}

static void accidents_are_refused(void **state)
{
	(void)state;
	for (size_t i = 0; i < subject_count; i++)
		for (size_t which = i % EACH; which < accident_count; which += EACH)
			for (uint32_t seed = 1; seed <= SEEDS; seed++)
				mutate(&subjects[i], which,
				       seed * UINT32_C(2654435761) + (uint32_t)(i * 31 + which));
}

static void mistaken_socs_addresses_and_sizes_are_refused(void **state)
{
	static const size_t addresses[] = {0, 0x1000, 0x10000, APP, 0x12000, 0x132000, FLASH - 1};

	(void)state;
	for (size_t i = 0; i < subject_count; i++) {
		const struct subject *subject = &subjects[i];
		size_t right = subject->image.kind == IMAGE_APPLICATION ? APP : 0;

		for (size_t k = 0; k < chipdb_soc_count; k++)
			if (!(chipdb_socs_alike(&chipdb_socs[k]) &
			      identity_socs(&subject->image.identity)))
				must_refuse(subject, chipdb_socs[k].name, subject->bytes,
					    &chipdb_socs[k], FLASH, PLACEMENT_ANYWHERE);
		for (size_t k = 0; k < COUNT_OF(addresses); k++)
			if (addresses[k] != right)
				must_refuse(subject, "another address", subject->bytes,
					    subject->soc, FLASH, addresses[k]);
		if (is_dump(subject)) {
			must_refuse(subject, "a smaller flash", subject->bytes, subject->soc,
				    FLASH / 2, PLACEMENT_ANYWHERE);
			must_refuse(subject, "a larger flash", subject->bytes, subject->soc,
				    2 * FLASH, PLACEMENT_ANYWHERE);
		}
	}
}

/* The bootloader of one SoC before the application of another. */
static void mixtures_are_refused(void **state)
{
	static const char *const keyed[] = {"BK7231T", "BK7231N"}, *const plain[] = {"BK7231M",
										     "BK7231U",
										     "BK7252"};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(keyed); i++) {
		struct recipe recipe = recipe_for(keyed[i]);
		struct subject subject = {.name = "a mixture"};
		struct bytes bytes;

		recipe.built_for = keyed[!i];
		bytes = make_qio(&recipe);
		must_refuse(&subject, keyed[i], bytes, chipdb_soc_by_name(keyed[i]), FLASH, 0);
		free_bytes(bytes);
		recipe.built_for = NULL;
		recipe.plain_app = true;
		bytes = make_dump(&recipe, FLASH);
		must_refuse(&subject, "plain application", bytes, NULL, FLASH, 0);
		free_bytes(bytes);
	}
	for (size_t i = 0; i < COUNT_OF(plain); i++) {
		struct recipe recipe = recipe_for(plain[i]);
		struct subject subject = {.name = "a mixture"};
		struct bytes bytes;

		recipe.keyed_app = true;
		bytes = make_qio(&recipe);
		must_refuse(&subject, "keyed application", bytes, NULL, FLASH, 0);
		free_bytes(bytes);
	}
}

static void enough_wrong_files_were_tried(void **state)
{
	(void)state;
	print_message("# %u wrong files refused, %zu genuine ones accepted\n", refused,
		      subject_count);
	assert_true(refused >= REFUSED_LEAST);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(genuine_images_are_accepted),
		cmocka_unit_test(accidents_are_refused),
		cmocka_unit_test(mistaken_socs_addresses_and_sizes_are_refused),
		cmocka_unit_test(mixtures_are_refused),
		cmocka_unit_test(enough_wrong_files_were_tried),
	};

	return cmocka_run_group_tests(tests, collect_subjects, free_subjects);
}
