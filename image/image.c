/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "image/image.h"

#include <stdlib.h>
#include <string.h>

#include "image/crc_blocks.h"
#include "image/evidence.h"
#include "image/piece.h"
#include "image/regions.h"
#include "image/unpacked.h"
#include "image/updates.h"

/* Smaller files of a round size are pieces, not flashes. */
#define FLASH_LEAST 0x80000u

/* Where all these SoCs have their application: after 2048 blocks of bootloader. */
#define APPLICATION_START 0x11000u

#define PADDING_LEAST CRC_BLOCK_SIZE

static bool is_flash_size(size_t size)
{
	return size >= FLASH_LEAST && (size & (size - 1)) == 0;
}

/* What the first vectors look like. */
enum look {
	LOOK_NONE,
	LOOK_PLAIN,
	LOOK_BOOTLOADER,  /* with the stock key, at the bootloader's address */
	LOOK_APPLICATION, /* with the stock key, at the application's */
	LOOK_OTHER,	  /* with another key: the address is not known */
};

static enum look look_at(const uint8_t *data, size_t size)
{
	if (size < CODING_VECTORS)
		return LOOK_NONE;
	if (coding_look(data, CODE_APPLICATION).kind == CODING_STOCK)
		return LOOK_APPLICATION;
	switch (coding_look(data, CODE_BOOTLOADER).kind) {
	case CODING_PLAIN:
		return LOOK_PLAIN;
	case CODING_STOCK:
		return LOOK_BOOTLOADER;
	case CODING_OTHER:
		return LOOK_OTHER;
	case CODING_UNKNOWN:
		break;
	}
	return LOOK_NONE;
}

static bool has_bootloader_table(const uint8_t *data, size_t size)
{
	struct partitions partitions;

	partitions_find(data, size < APPLICATION_START ? size : APPLICATION_START, &partitions);
	return partitions_by_name(&partitions, "bootloader") != NULL;
}

static bool has_header(const uint8_t *data, size_t size, const char *name)
{
	struct rbl rbl;

	for (size_t at = 0; rbl_find(data, size, at, &rbl); at = rbl.offset + 1)
		if (rbl.framed && strcmp(rbl.name, name) == 0)
			return true;
	return false;
}

static bool names_itself(const uint8_t *data, size_t size)
{
	struct code code;

	code_examine(data, size, 0, size < APPLICATION_START ? size : APPLICATION_START,
		     "bootloader", CODE_BOOTLOADER, &code);
	return code.names.self[0] != '\0';
}

/* Code is a bootloader only if more than its vectors shows it. */
static bool is_bootloader(const uint8_t *data, size_t size)
{
	enum look look = look_at(data, size);
	size_t end = size < APPLICATION_START ? size : APPLICATION_START;

	if (!code_is_framed(data, size) || look == LOOK_APPLICATION)
		return false;
	if (has_header(data, end, "app") && !has_header(data, end, "bootloader"))
		return false;
	return look == LOOK_BOOTLOADER || evidence_is_known_begin(data, size) ||
	       has_bootloader_table(data, size) || has_header(data, end, "bootloader") ||
	       (look != LOOK_NONE && names_itself(data, size));
}

/* Without vectors, its header shows what it is. */
static bool is_application(const uint8_t *data, size_t size)
{
	enum look look = look_at(data, size);

	if (!code_is_framed(data, size) || look == LOOK_BOOTLOADER)
		return false;
	return look != LOOK_NONE || has_header(data, size, "app");
}

/*
 * @whole: the file is this code and no more, and has to be perfect. Otherwise it is a
 * flash, in which only what runs has to be; and cameras run with bootloaders that are
 * not what their header says (docs/images.md).
 */
static void judge_code(const struct code *code, const char *what, bool whole, struct image *image)
{
	enum image_finding_kind doubt = whole ? IMAGE_UNCONFIRMED : IMAGE_UNPROVEN;
	bool application = code == &image->application;

	if (code->bad > 0)
		image_find(image, IMAGE_DAMAGED,
			   "%s: %zu of %zu CRC blocks are wrong, the first at 0x%zx", what,
			   code->bad, code->good + code->bad, code->first_bad);
	if (code->cut)
		image_find(image, IMAGE_TRUNCATED, "%s: it ends inside a CRC block", what);
	/* What its header confirms ends before them. */
	if (code->leftovers > 0)
		image_find(image,
			   whole && code->check != CODE_MATCHES ? IMAGE_DAMAGED : IMAGE_LEFTOVERS,
			   "%s: after its end, %zu CRC blocks are half old, half new", what,
			   code->leftovers);
	if (code->check == CODE_DIFFERS)
		image_find(image, whole || !application ? doubt : IMAGE_DAMAGED,
			   "%s: it is not what its RBL header was made for, or its end is missing",
			   what);
	else if (code->check == CODE_NO_HEADER)
		image_find(image, doubt,
			   "%s: there is no RBL header at its end: it is cut off, or was made by a "
			   "tool that adds none",
			   what);
	if (code->coding.kind == CODING_UNKNOWN)
		image_find(image, IMAGE_UNKNOWN_CODE,
			   "%s: its coding cannot be told: there are no vectors at its start",
			   what);
}

static void collect_headers(const struct flash *flash, struct image *image)
{
	struct rbl rbl;

	for (size_t at = 0;
	     image->rbl_count < IMAGE_RBLS && rbl_find(flash->data, flash->size, at, &rbl);
	     at = rbl.offset + 1) {
		image->rbl[image->rbl_count] = rbl;
		image->rbl[image->rbl_count++].offset += flash->address;
	}
}

/* The end of the application in the flash: by the table, by its header, by the SoC. */
static size_t application_end(const struct flash *flash, struct image *image)
{
	const struct partition *partition = partitions_by_name(&image->partitions, "app");
	size_t usual;

	if (partition && partition->start == APPLICATION_START)
		return APPLICATION_START + partition->length;
	for (size_t i = 0; i < image->rbl_count; i++)
		if (image->rbl[i].framed && strcmp(image->rbl[i].name, "app") == 0)
			return image->rbl[i].offset + RBL_FRAMED_SIZE;
	usual = evidence_application_end(&image->identity);
	return usual ? usual : flash->address + flash->size;
}

static void examine(const struct flash *flash, size_t start, size_t end, bool bootloader,
		    struct image *image)
{
	struct code *code = bootloader ? &image->bootloader : &image->application;

	code_examine(flash->data, flash->size, start - flash->address, end - flash->address,
		     bootloader ? "bootloader" : "app",
		     bootloader ? CODE_BOOTLOADER : CODE_APPLICATION, code);
	code->start += flash->address;
	code->end += flash->address;
	code->first_bad += flash->address;
	code->header.offset += flash->address;
}

/* A key that the bootloader holds opens the application, too. */
static void compare_codings(const struct flash *flash, struct image *image)
{
	const struct coding *boot = &image->bootloader.coding;
	struct code *application = &image->application;

	switch (coding_compare(boot, &application->coding)) {
	case CODING_CANNOT_TELL:
		break;
	case CODING_SAME:
		if (boot->has_key && !application->coding.has_key) {
			application->start -= flash->address;
			application->end -= flash->address;
			code_use_key(flash->data, &boot->key, false, application);
			application->start += flash->address;
			application->end += flash->address;
		}
		break;
	case CODING_DIFFERS:
		image_find(
			image, IMAGE_INCONSISTENT,
			"the code of the bootloader is %s, but that of the application is %s: no "
			"SoC runs both",
			coding_title(boot->kind), coding_title(application->coding.kind));
		break;
	}
}

/* What the file says about itself, and stronger evidence that contradicts it. */
static void compare_names(struct image *image)
{
	const struct identity *identity = &image->identity;

	for (size_t i = 1; i < identity->count; i++) {
		const struct evidence *one = &identity->list[i];

		if (one->contradicts &&
		    (one->kind == EVIDENCE_UF2_FAMILY || one->kind == EVIDENCE_APP_NAME ||
		     one->kind == EVIDENCE_APP_VERSION))
			image_find(image, IMAGE_INCONSISTENT, "%s, but %s",
				   identity_against(identity, one)->words, one->words);
	}
}

/* Bootloader, application, and what follows them, in flash order. */
static void examine_flash(const struct flash *flash, struct image *image)
{
	size_t end = flash->address + flash->size, boot_end = APPLICATION_START, app_end;

	image->has_address = true;
	image->address = flash->address;
	collect_headers(flash, image);
	if (image->has_bootloader) {
		boot_end = end < APPLICATION_START ? end : APPLICATION_START;
		examine(flash, 0, boot_end, true, image);
		partitions_find(flash->data, boot_end, &image->partitions);
		evidence_of_bootloader(&image->identity, &image->bootloader, flash->data,
				       flash->size);
		identity_settle(&image->identity);
		image->coding = image->bootloader.coding;
	}
	app_end = application_end(flash, image);
	if (app_end > end || app_end < APPLICATION_START)
		app_end = end;
	if (end > boot_end &&
	    !crc_blocks_blank(flash->data + (boot_end - flash->address), app_end - boot_end)) {
		image->has_application = true;
		examine(flash, boot_end, app_end, false, image);
		if (image->has_bootloader)
			compare_codings(flash, image);
		evidence_of_application(&image->identity, &image->application, EVIDENCE_STRONG);
		if (image->coding.kind == CODING_UNKNOWN)
			image->coding = image->application.coding;
	}
}

/* After all evidence was collected. */
static void settle(struct image *image)
{
	identity_settle(&image->identity);
	compare_names(image);
}

static size_t end_of_partitions(const struct partitions *partitions)
{
	size_t end = 0;

	for (size_t i = 0; i < partitions->count; i++) {
		const struct partition *entry = &partitions->entry[i];

		if (end < entry->start + entry->length)
			end = entry->start + entry->length;
	}
	return end;
}

static void judge_dump(const struct flash *flash, size_t rest, struct image *image)
{
	size_t end = flash->address + flash->size;

	if (image->has_bootloader)
		judge_code(&image->bootloader, "bootloader", false, image);
	if (image->has_application)
		judge_code(&image->application, "application", false, image);
	if (!is_flash_size(end) || end < end_of_partitions(&image->partitions))
		image_find(image, IMAGE_TRUNCATED,
			   "it holds more than code, but 0x%zx is not the size of a flash%s", end,
			   end < end_of_partitions(&image->partitions)
				   ? ": its own partitions are not in it"
				   : "");
	if (memcmp(flash->data, flash->data + flash->size / 2, flash->size / 2) == 0)
		image_find(image, IMAGE_REPEATED,
			   "its halves are equal: the flash was read twice, and has 0x%zx bytes",
			   flash->size / 2);
	image_find_regions(flash, rest, image);
	evidence_of_calibration(&image->identity, image->rf, image->rf_count);
	settle(image);
}

static void judge_file(size_t code_end, struct image *image)
{
	size_t end = image->address + image->size;

	if (image->has_bootloader)
		judge_code(&image->bootloader, "bootloader", true, image);
	if (image->has_application)
		judge_code(&image->application, "application", true, image);
	settle(image);
	/* Up to the end of a sector, as in a region that was read; this is not written. */
	if (end > code_end && end - code_end < SETTINGS_SECTOR && end % SETTINGS_SECTOR == 0)
		image->filled = end - code_end;
	else if (end > code_end && end - code_end >= PADDING_LEAST)
		image_find(image, IMAGE_PADDED,
			   "the code ends at 0x%zx; the %zu bytes of FF after it would erase what "
			   "is in the flash there",
			   code_end, end - code_end);
}

static void identify_bootloader(const struct flash *flash, struct image *image)
{
	size_t rest;

	image->has_bootloader = true;
	image_say(image, "a bootloader at its start");
	examine_flash(flash, image);
	rest = image->has_application ? image->application.end : APPLICATION_START;
	if (rest > flash->size)
		rest = flash->size;
	if (image->kind == IMAGE_ROTATED_DUMP) {
		judge_dump(flash, rest, image);
	} else if (image_carries_user_data(flash, rest, image)) {
		image->kind = IMAGE_QIO;
		image_say(image, "user data after the application, before any calibration");
		judge_file(flash->size, image);
	} else if (!crc_blocks_blank(flash->data + rest, flash->size - rest)) {
		image->kind = IMAGE_DUMP;
		image_say(image, "data after the application, from 0x%zx on", rest);
		judge_dump(flash, rest, image);
	} else if (image->has_application) {
		image->kind = IMAGE_QIO;
		image_say(image, "an application at 0x%x, and nothing after it", APPLICATION_START);
		judge_file(image->application.end, image);
	} else {
		image->kind = IMAGE_BOOTLOADER;
		image_say(image, "no application");
		judge_file(APPLICATION_START, image);
	}
}

static void identify_application(const struct flash *flash, struct image *image)
{
	size_t rest;

	image_say(image, "an application at its start");
	examine_flash(flash, image);
	rest = image->application.end - flash->address;
	if (is_flash_size(flash->address + flash->size) &&
	    !crc_blocks_blank(flash->data + rest, flash->size - rest)) {
		image->kind = IMAGE_REST;
		image_say(image, "data after it, up to 0x%zx in a flash",
			  flash->address + flash->size);
		judge_dump(flash, rest, image);
		return;
	}
	image->kind = IMAGE_APPLICATION;
	if (!crc_blocks_blank(flash->data + rest, flash->size - rest))
		image_find(image, IMAGE_TRUNCATED,
			   "%zu bytes of something else follow the application",
			   flash->size - rest);
	judge_file(image->application.end, image);
}

/* Where in a rotated flash the bootloader is; 0 if nowhere. */
static size_t find_rotated_bootloader(const uint8_t *data, size_t size)
{
	if (!is_flash_size(size))
		return 0;
	for (size_t at = RF_ALIGNMENT; at < size; at += RF_ALIGNMENT)
		if (code_is_framed(data + at, size - at) && is_bootloader(data + at, size - at))
			return at;
	return 0;
}

void image_turn(uint8_t *to, const uint8_t *from, size_t size, size_t first)
{
	memcpy(to, from + first, size - first);
	memcpy(to + (size - first), from, first);
}

static bool identify_rotated(const uint8_t *data, size_t size, size_t at, struct image *image)
{
	struct flash flash = {.size = size};
	uint8_t *turned = malloc(size);

	if (!turned)
		return false;
	image_turn(turned, data, size, at);
	flash.data = turned;
	image->kind = IMAGE_ROTATED_DUMP;
	image_say(image,
		  "the bootloader is at 0x%zx of the file, so it begins at 0x%zx of the flash", at,
		  size - at);
	identify_bootloader(&flash, image);
	image->address = size - at;
	free(turned);
	return true;
}

static void identify_without_bootloader(const struct flash *flash, struct image *image)
{
	image->kind = IMAGE_DUMP;
	image_say(image, "the size of a flash, and an application at 0x%x", APPLICATION_START);
	examine_flash(flash, image);
	image_find(image, IMAGE_NO_BOOTLOADER, "there is no bootloader at its start");
	judge_dump(flash, image->application.end, image);
}

/* Data without CRC blocks, where a flash has code. */
static void identify_other(const uint8_t *data, size_t size, struct image *image)
{
	if (image_is_update(data, size, image) || image_is_region(data, size, image))
		return;
	if (look_at(data, size) != LOOK_NONE) {
		image->kind = IMAGE_UNFRAMED_CODE;
		image_say(image, "%s code at its start, but no CRC blocks",
			  look_at(data, size) == LOOK_PLAIN ? "plain" : "keyed");
	} else if ((image->other = other_file_find(data, size)) != NULL) {
		image->kind = IMAGE_OTHER;
		image_say(image, "it begins like %s", image->other->title);
	} else {
		image_say(image, "no code, no header, and no region that is known");
	}
}

static bool identify_content(const uint8_t *data, size_t size, struct image *image)
{
	const struct flash whole = {data, size, 0},
			   from_application = {data, size, APPLICATION_START};
	size_t at;

	image->kind = IMAGE_UNKNOWN;
	image->size = size;
	if (size > 1 && memcmp(data, data + 1, size - 1) == 0) {
		image->kind = IMAGE_CONSTANT;
		image_say(image, "every byte is %02X%s", data[0],
			  data[0] == 0xff ? ", as in an erased flash" : "");
	} else if (is_bootloader(data, size)) {
		identify_bootloader(&whole, image);
	} else if ((at = find_rotated_bootloader(data, size)) != 0) {
		return identify_rotated(data, size, at, image);
	} else if (is_application(data, size)) {
		identify_application(&from_application, image);
	} else if (is_flash_size(size) && crc_blocks_blank(data, APPLICATION_START) &&
		   is_application(data + APPLICATION_START, size - APPLICATION_START)) {
		identify_without_bootloader(&whole, image);
	} else {
		identify_other(data, size, image);
	}
	image_find_piece(data, size, image);
	return true;
}

static bool identify_uf2(const uint8_t *data, size_t size, struct image *image)
{
	struct uf2_content content;
	bool good = uf2_unpack(data, size, &image->uf2, &content);

	image->kind = IMAGE_UF2;
	image_say_uf2(image);
	evidence_of_uf2(&image->identity, &image->uf2);
	identity_settle(&image->identity);
	if (good && content.data) {
		image->unpacked = true;
		good = identify_content(content.data, content.size, image);
		image_compare_uf2(content.address, image);
	}
	uf2_free_content(&content);
	return good;
}

bool image_identify(const uint8_t *data, size_t size, struct image *image)
{
	memset(image, 0, sizeof(*image));
	image->size = image->file_size = size;
	if (size == 0)
		image->kind = IMAGE_EMPTY;
	else if (uf2_begins(data, size))
		return identify_uf2(data, size, image);
	else
		return identify_content(data, size, image);
	return true;
}
