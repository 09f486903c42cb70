/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "image/unpacked.h"

#include "image/crc_blocks.h"
#include "image/uf2_block.h"

void image_say_uf2(struct image *image)
{
	const struct uf2 *uf2 = &image->uf2;

	image_say(image, "UF2 blocks of %d bytes%s%s%s%s%s%s", UF2_BLOCK_SIZE,
		  uf2->firmware[0] ? ": " : "", uf2->firmware, uf2->version[0] ? " " : "",
		  uf2->version, uf2->board[0] ? ", made for " : "", uf2->board);
	for (size_t i = 0; i < uf2->part_count; i++) {
		const struct uf2_part *part = &uf2->parts[i];

		image_say(image, "%zu bytes in them for the partition %s%s", part->bytes,
			  part->name,
			  part->by_wire ? "" : ": an over-the-air update, which is left out");
	}
}

static bool is_code_alone(enum image_kind kind)
{
	return kind == IMAGE_APPLICATION || kind == IMAGE_QIO || kind == IMAGE_BOOTLOADER;
}

void image_compare_uf2(size_t address, struct image *image)
{
	if (!is_code_alone(image->kind) || image->address != address)
		image_find(image, IMAGE_INCONSISTENT,
			   "its UF2 blocks go to 0x%zx, and do not hold what belongs there, but %s",
			   address, image_kind_title(image->kind));
	else if (image->application.check != CODE_NO_HEADER &&
		 (image->application.header.offset - image->application.start) % CRC_BLOCK_SIZE)
		image_find(image, IMAGE_INCONSISTENT,
			   "its RBL header would be at 0x%zx, where no partition ends",
			   image->application.header.offset);
}
