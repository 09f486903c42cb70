/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Genuine images are accepted, and what becomes of them by accident is not: cut,
 * flipped, shifted, filled up, mixed and mistaken, more than a thousand times.
 *
 * Not counted, because no program can see it in the file alone:
 * - changes in regions without checksums (settings, calibration, what is behind the
 *   application), and in erased blocks behind the application of a dump;
 * - a file cut exactly where a smaller image of another kind ends: a QIO file behind its
 *   bootloader, a dump behind its application;
 * - good blocks of a dump's bootloader in another order (docs/images.md says why);
 * - a file for a SoC that starts like the other one and says nothing else.
 */
#include "tests/unit.h"
#include "tests/image/make.h"
#include "image/placement.h"

#include <stdlib.h>

#define FLASH 0x200000u
#define SUBJECTS_MOST 48
#define SEEDS 4

struct subject {
	char name[80];
	struct bytes bytes;
	const struct chipdb_soc *soc;
	struct image image; /* of the genuine bytes */
};

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
	const char *directory = getenv("DUMPS");
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
	/* Those that are there: without them, there are only made ones. */
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

static bool is_dump(const struct subject *subject)
{
	return subject->image.kind == IMAGE_DUMP || subject->image.kind == IMAGE_ROTATED_DUMP;
}

/* Where a byte of the flash is in the file. */
static size_t in_file(const struct subject *subject, size_t address)
{
	return (address + subject->bytes.size - subject->image.address) % subject->bytes.size;
}

/* A piece of code, and how many blocks of content it has. */
static const struct code *pick_code(const struct subject *subject, uint32_t *random, size_t *blocks)
{
	bool boot = subject->image.has_bootloader &&
		    (!subject->image.has_application || test_random(random) % 4 == 0);
	const struct code *code = boot ? &subject->image.bootloader : &subject->image.application;

	*blocks = code->header.raw_size / 32;
	return code;
}

/* Each takes a copy of the bytes; one that does not apply returns them as they are. */
typedef struct bytes mutation(const struct subject *subject, struct bytes bytes, uint32_t *random);

static bool is_image_of_another_kind(const struct subject *subject, size_t size)
{
	const struct image *image = &subject->image;
	size_t address = image->kind == IMAGE_ROTATED_DUMP ? APP : image->address;
	size_t end = address + size;

	if (address == 0 && end <= APP && end >= image->bootloader.header.offset + 102)
		return true;
	if (address == APP && end >= FLASH / 4 && (end & (end - 1)) == 0)
		return true; /* a dump without its bootloader */
	return image->has_application && end >= image->application.header.offset + 102 &&
	       end < image->application.end + 34;
}

static struct bytes cut_to(const struct subject *subject, struct bytes bytes, size_t size)
{
	if (!is_image_of_another_kind(subject, size))
		bytes.size = size;
	return bytes;
}

static struct bytes cut(const struct subject *subject, struct bytes bytes, uint32_t *random)
{
	return cut_to(subject, bytes, 1 + test_random(random) % (bytes.size - 1));
}

static struct bytes cut_between_blocks(const struct subject *subject, struct bytes bytes,
				       uint32_t *random)
{
	return cut_to(subject, bytes, (1 + test_random(random) % (bytes.size / 34 - 1)) * 34);
}

static struct bytes cut_between_sectors(const struct subject *subject, struct bytes bytes,
					uint32_t *random)
{
	return cut_to(subject, bytes, (1 + test_random(random) % (bytes.size / 4096 - 1)) * 4096);
}

static struct bytes cut_the_begin(const struct subject *subject, struct bytes bytes,
				  uint32_t *random)
{
	size_t size = 1 + test_random(random) % 4095;

	(void)subject;
	memmove(bytes.data, bytes.data + size, bytes.size - size);
	bytes.size -= size;
	return bytes;
}

static struct bytes flip_a_bit(const struct subject *subject, struct bytes bytes, uint32_t *random)
{
	size_t blocks;
	const struct code *code = pick_code(subject, random, &blocks);
	size_t at = code->start + test_random(random) % (blocks * 34);

	bytes.data[in_file(subject, at)] ^= (uint8_t)(1 << test_random(random) % 8);
	return bytes;
}

static struct bytes flip_a_bit_of_a_header(const struct subject *subject, struct bytes bytes,
					   uint32_t *random)
{
	size_t blocks;
	const struct code *code = pick_code(subject, random, &blocks);
	size_t at = code->header.offset + test_random(random) % 102;

	bytes.data[in_file(subject, at)] ^= (uint8_t)(1 << test_random(random) % 8);
	return bytes;
}

static struct bytes fill(const struct subject *subject, struct bytes bytes, uint32_t *random,
			 int with)
{
	size_t blocks, sector;
	const struct code *code = pick_code(subject, random, &blocks);

	sector = code->start / 4096 + test_random(random) % (blocks * 34 / 4096);
	memset(bytes.data + in_file(subject, sector * 4096), with, 4096);
	return bytes;
}

static struct bytes clear_a_sector(const struct subject *subject, struct bytes bytes,
				   uint32_t *random)
{
	return fill(subject, bytes, random, 0);
}

/* In a dump, a bootloader may differ from its header; blank blocks in it are no error. */
static struct bytes erase_a_sector(const struct subject *subject, struct bytes bytes,
				   uint32_t *random)
{
	return fill(subject, bytes, random, 0xff);
}

static struct bytes swap_blocks(const struct subject *subject, struct bytes bytes, uint32_t *random)
{
	const struct code *code = subject->image.has_application ? &subject->image.application
								 : &subject->image.bootloader;
	size_t blocks = code->header.raw_size / 32;
	uint8_t *one = bytes.data +
		       in_file(subject, code->start + test_random(random) % blocks * 34),
		*other = bytes.data +
			 in_file(subject, code->start + test_random(random) % blocks * 34),
		block[34];

	memcpy(block, one, 34);
	memmove(one, other, 34);
	memcpy(other, block, 34);
	return bytes;
}

static struct bytes lose_a_byte(const struct subject *subject, struct bytes bytes, uint32_t *random)
{
	size_t blocks;
	const struct code *code = pick_code(subject, random, &blocks);
	size_t at = in_file(subject, code->start + test_random(random) % (blocks * 34));

	memmove(bytes.data + at, bytes.data + at + 1, bytes.size - at - 1);
	bytes.data[bytes.size - 1] = 0xff;
	return bytes;
}

/* A reading in which every byte came one late, with a FF in front. */
static struct bytes shift(const struct subject *subject, struct bytes bytes, uint32_t *random)
{
	size_t by = 1 + test_random(random) % 33;

	(void)subject;
	memmove(bytes.data + by, bytes.data, bytes.size - by);
	memset(bytes.data, 0xff, by);
	return bytes;
}

static struct bytes turn_bits_round(const struct subject *subject, struct bytes bytes,
				    uint32_t *random)
{
	(void)subject;
	(void)random;
	for (size_t i = 0; i < bytes.size; i++) {
		unsigned byte = bytes.data[i], turned = 0;

		for (unsigned bit = 0; bit < 8; bit++)
			turned |= (byte >> bit & 1) << (7 - bit);
		bytes.data[i] = (uint8_t)turned;
	}
	return bytes;
}

static struct bytes swap_bytes(const struct subject *subject, struct bytes bytes, uint32_t *random)
{
	size_t unit = test_random(random) % 2 ? 2 : 4;

	(void)subject;
	for (size_t i = 0; i + unit <= bytes.size; i += unit)
		for (size_t k = 0; k < unit / 2; k++) {
			uint8_t byte = bytes.data[i + k];

			bytes.data[i + k] = bytes.data[i + unit - 1 - k];
			bytes.data[i + unit - 1 - k] = byte;
		}
	return bytes;
}

static struct bytes replace_line_ends(const struct subject *subject, struct bytes bytes,
				      uint32_t *random)
{
	(void)subject;
	(void)random;
	for (size_t i = 0; i + 1 < bytes.size; i++)
		if (bytes.data[i] == '\n') {
			memmove(bytes.data + i + 1, bytes.data + i, bytes.size - i - 1);
			bytes.data[i++] = '\r';
			if (i > 0x20000)
				break;
		}
	return bytes;
}

static struct bytes fill_up(const struct subject *subject, struct bytes bytes, uint32_t *random)
{
	size_t size = FLASH << test_random(random) % 2;
	struct bytes larger;

	if (is_dump(subject))
		return bytes;
	larger = make_copy(bytes, 0, size);
	free_bytes(bytes);
	return larger;
}

static struct bytes double_up(const struct subject *subject, struct bytes bytes, uint32_t *random)
{
	struct bytes twice = make_copy(bytes, 0, 2 * bytes.size);

	(void)subject;
	(void)random;
	memcpy(twice.data + bytes.size, bytes.data, bytes.size);
	free_bytes(bytes);
	return twice;
}

static struct bytes strip(const struct subject *subject, struct bytes bytes, uint32_t *random)
{
	(void)subject;
	(void)random;
	return make_stripped(bytes);
}

static struct bytes append(const struct subject *subject, struct bytes bytes, uint32_t *random)
{
	struct bytes more = make_copy(bytes, 0, bytes.size + 1 + test_random(random) % 5000);

	(void)subject;
	for (size_t i = bytes.size; i < more.size; i++)
		more.data[i] = (uint8_t)test_random(random);
	more.data[more.size - 1] = 'x';
	free_bytes(bytes);
	return more;
}

static const struct {
	const char *name;
	mutation *apply;
} mutations[] = {
	{"cut", cut},
	{"cut between blocks", cut_between_blocks},
	{"cut between sectors", cut_between_sectors},
	{"its begin cut", cut_the_begin},
	{"a bit flipped", flip_a_bit},
	{"a bit of a header flipped", flip_a_bit_of_a_header},
	{"a sector zero", clear_a_sector},
	{"a sector erased", erase_a_sector},
	{"blocks swapped", swap_blocks},
	{"a byte lost", lose_a_byte},
	{"shifted", shift},
	{"bits turned round", turn_bits_round},
	{"bytes swapped", swap_bytes},
	{"line ends replaced", replace_line_ends},
	{"filled up", fill_up},
	{"doubled", double_up},
	{"CRCs stripped", strip},
	{"appended to", append},
};

static bool is_placed(struct bytes bytes, const struct chipdb_soc *soc, size_t flash, size_t wish)
{
	static struct placement placement;
	static struct image image;

	assert_true(image_identify(bytes.data, bytes.size, &image));
	return placement_find(&image, soc, flash, wish, &placement);
}

/* The flash that the file might be for, so that only the content is left to be wrong. */
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
	/* Of exactly the size afterwards, so that a sanitizer watches the end. */
	struct bytes bytes = make_copy(subject->bytes, 0, subject->bytes.size), exact;

	bytes = mutations[which].apply(subject, bytes, &seed);
	if (bytes.size == subject->bytes.size &&
	    memcmp(bytes.data, subject->bytes.data, bytes.size) == 0) {
		free_bytes(bytes);
		return;
	}
	exact = make_copy(bytes, 0, bytes.size);
	free_bytes(bytes);
	must_refuse(subject, mutations[which].name, exact, subject->soc, flash_for(exact.size),
		    PLACEMENT_ANYWHERE);
	free_bytes(exact);
}

static void accidents_are_refused(void **state)
{
	(void)state;
	for (size_t i = 0; i < subject_count; i++)
		for (size_t which = 0; which < COUNT_OF(mutations); which++)
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
			if (!image_is_for(&subject->image, &chipdb_socs[k]))
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

/* The bootloader of one SoC in front of the application of another. */
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

static void they_were_more_than_a_thousand(void **state)
{
	(void)state;
	print_message("# %u wrong files refused, %zu genuine ones accepted\n", refused,
		      subject_count);
	assert_true(refused >= 1000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(genuine_images_are_accepted),
		cmocka_unit_test(accidents_are_refused),
		cmocka_unit_test(mistaken_socs_addresses_and_sizes_are_refused),
		cmocka_unit_test(mixtures_are_refused),
		cmocka_unit_test(they_were_more_than_a_thousand),
	};

	return cmocka_run_group_tests(tests, collect_subjects, free_subjects);
}
