/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cli/say_file.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/shell_word.h"
#include "image/image.h"
#include "image/placement.h"

/* shell_word() drops what does not fit, and a few bytes at the end of what it quotes. */
#define WORD_ROOM 300
#define CUT_OFF 8
#define SECTOR 0x1000

static const char *title_of(const struct image *image)
{
	return image->kind == IMAGE_QIO ? "bootloader and application (QIO)"
					: image_kind_title(image->kind);
}

/* " for BK7231N", or nothing. */
static const char *whose(const struct image *image, char text[100])
{
	char names[80];

	identity_text(&image->identity, names, sizeof(names));
	snprintf(text, 100, "%s%s", names[0] ? " for " : "", names);
	return text;
}

/* @word in its room, or false if it was cut. */
static bool quote(const char *text, char word[WORD_ROOM])
{
	return strlen(shell_word(text, word, WORD_ROOM)) + CUT_OFF < WORD_ROOM;
}

/* Appends ": beken-flash write FILE" to @text, completely or not at all. */
static void add_command(const struct file_write *write, char *text)
{
	char path[WORD_ROOM], params[WORD_ROOM], command[2 * WORD_ROOM + 64];
	const char *end = write->path[0] == '-' ? "-- " : "";

	if (!quote(write->path, path) || !quote(write->params, params))
		return;
	if (write->params[0])
		snprintf(command, sizeof(command), ": beken-flash write --params=%s %s%s", params,
			 end, path);
	else
		snprintf(command, sizeof(command), ": beken-flash write %s%s", end, path);
	if (strlen(text) + strlen(command) < SAY_FILE_ROOM)
		strcat(text, command);
}

/* Finds its usual place; false if it should not be written. */
static bool find_place(const struct image *image, const struct file_write *write,
		       struct placement *placement)
{
	const struct identity *identity = &image->identity;

	placement_find(image, identity->soc_count == 1 ? identity->socs[0] : NULL, NULL,
		       write->flash_size, PLACEMENT_ANYWHERE, placement);
	/* Which SoC it is will be seen in the module. */
	return placement->refusal_count == 0 ||
	       (placement->refusal_count == 1 && placement->refusals[0].why == PLACEMENT_NEEDS_SOC);
}

static bool say_refusal(const struct file_write *write, const struct placement *placement,
			char *text)
{
	snprintf(text, SAY_FILE_ROOM, "%s should not be written: %s", write->path,
		 placement->refusals[0].text);
	return true;
}

/* flashrom will refuse it. */
static bool say_other_size(const struct image *image, const struct file_write *write, char *text)
{
	struct placement placement;
	char socs[100];
	bool good = find_place(image, write, &placement);

	if (image->kind == IMAGE_UNKNOWN)
		snprintf(text, SAY_FILE_ROOM, "%s has %zu bytes, the %s %zu, and %s", write->path,
			 image->size, write->use == FILE_REGION ? "region" : "flash", write->length,
			 placement.refusals[0].text);
	else if (!good)
		return say_refusal(write, &placement, text);
	else if (image->has_address)
		snprintf(text, SAY_FILE_ROOM, "%s is %s%s that belongs at 0x%zx", write->path,
			 title_of(image), whose(image, socs), placement.address);
	else if (image->kind == IMAGE_RF)
		snprintf(text, SAY_FILE_ROOM, "%s is %s, and the SoC decides where that belongs",
			 write->path, title_of(image));
	else
		snprintf(text, SAY_FILE_ROOM,
			 "%s is %s, which belongs at the address from which it was read: that "
			 "differs from release to release",
			 write->path, title_of(image));
	if (good && (image->has_address || image->kind == IMAGE_RF))
		add_command(write, text);
	return true;
}

/* What belongs at address 0 is elsewhere in the file. */
static bool say_shifted(const struct image *image, const struct file_write *write, char *text)
{
	const char *dead = write->use == FILE_PARTS ? "" : "; the module would not start with it";
	struct placement placement;
	bool good = find_place(image, write, &placement);
	int length;

	if (image->kind == IMAGE_ROTATED_DUMP)
		length = snprintf(text, SAY_FILE_ROOM,
				  "%s is a whole flash, but rotated: what belongs at address 0 is "
				  "at 0x%zx of it%s. ",
				  write->path, placement.rotation, dead);
	else
		length = snprintf(text, SAY_FILE_ROOM,
				  "%s is %s%s that belongs at 0x%zx, and the bootloader belongs at "
				  "address 0%s. ",
				  write->path, title_of(image), whose(image, (char[100]){""}),
				  image->address, dead);
	if (length >= SAY_FILE_ROOM)
		return true;
	snprintf(text + length, SAY_FILE_ROOM - (size_t)length, "%s",
		 good ? "This puts it where it belongs" : placement.refusals[0].text);
	if (good)
		add_command(write, text);
	return true;
}

/* For a file of unknown content: an erased start, or one that was never read. */
static bool say_blank_begin(const uint8_t *data, size_t size, const struct file_write *write,
			    char *text)
{
	if (size < SECTOR || memcmp(data, data + 1, SECTOR - 1) != 0)
		return false;
	snprintf(text, SAY_FILE_ROOM,
		 "%s has nothing but bytes %02X at its start, where the bootloader belongs: the "
		 "module would not start with it",
		 write->path, data[0]);
	return true;
}

/* flashrom will write it. */
static bool say_same_size(const uint8_t *data, const struct image *image,
			  const struct file_write *write, char *text)
{
	struct placement placement;
	bool shifted =
		image->kind == IMAGE_ROTATED_DUMP || (image->has_address && image->address > 0);

	if (write->start > 0)
		return false;
	if (shifted)
		return say_shifted(image, write, text);
	/* Problems elsewhere in it may be irrelevant, or may have been there before. */
	if (write->use != FILE_WHOLE)
		return false;
	if (image->kind == IMAGE_UNKNOWN)
		return say_blank_begin(data, image->size, write, text);
	if (find_place(image, write, &placement))
		return false;
	return say_refusal(write, &placement, text);
}

const char *say_file(const uint8_t *data, size_t size, const struct file_write *write,
		     char text[SAY_FILE_ROOM])
{
	struct image *image = malloc(sizeof(*image));
	bool said = false;

	if (image && image_identify(data, size, image))
		said = size == write->length ? say_same_size(data, image, write, text)
					     : say_other_size(image, write, text);
	free(image);
	return said ? text : NULL;
}
