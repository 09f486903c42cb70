/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/image/accidents.h"

bool is_dump(const struct subject *subject)
{
	return subject->image.kind == IMAGE_DUMP || subject->image.kind == IMAGE_ROTATED_DUMP;
}

/* The offset in the file of a byte of the flash. */
static size_t in_file(const struct subject *subject, size_t address)
{
	return (address + subject->bytes.size - subject->image.address) % subject->bytes.size;
}

/* Picks a piece of code, and the number of its blocks that have content. */
static const struct code *pick_code(const struct subject *subject, uint32_t *random, size_t *blocks)
{
	bool boot = subject->image.has_bootloader &&
		    (!subject->image.has_application || test_random(random) % 4 == 0);
	const struct code *code = boot ? &subject->image.bootloader : &subject->image.application;

	*blocks = code->header.raw_size / 32;
	return code;
}

static bool is_image_of_another_kind(const struct subject *subject, size_t size)
{
	const struct image *image = &subject->image;
	size_t address = image->kind == IMAGE_ROTATED_DUMP ? APP : image->address;
	size_t end = address + size;

	if (address == 0 && end <= APP && end >= image->bootloader.header.offset + 102)
		return true;
	if (address == APP && end >= FLASH / 4 && (end & (end - 1)) == 0)
		return true; /* such as a dump without its bootloader */
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

/*
 * In a dump, a bootloader may differ from what its header says; blank blocks in it are not an
 * error.
 */
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

/* A reading in which every byte arrived one place late, with FF at the start. */
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

const struct accident accidents[] = {
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

const size_t accident_count = COUNT_OF(accidents);
