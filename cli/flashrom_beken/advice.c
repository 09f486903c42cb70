/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cli/flashrom_beken/advice.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

#include "cli/flashrom_beken/flashrom_layout.h"
#include "cli/say_file.h"

/* No flash of these SoCs is larger than 64 MiB. */
#define FILE_MOST ((off_t)1 << 27)

void advise_programmer(const struct observer *observer, const struct flashrom_args *args)
{
	if (args->beken || args->told)
		return;
	if (!args->programmer || strncasecmp(args->programmer, "beken", 5) == 0)
		observer_note(observer, NOTE_INFO, TROUBLE_NONE,
			      "the programmer for Beken chips is given as "
			      "-p beken_spi[:name=value,...]");
}

/* The content of a regular file, to be freed; NULL for a pipe, or if no flash is that large. */
static uint8_t *read_regular(const char *path, size_t *size)
{
	FILE *file = NULL;
	uint8_t *data = NULL;
	struct stat info;

	/* A pipe can be read only once, and flashrom has to do that. */
	if (stat(path, &info) || !S_ISREG(info.st_mode) || info.st_size > FILE_MOST)
		return NULL;
	file = fopen(path, "rb");
	if (!file)
		return NULL;
	*size = (size_t)info.st_size;
	data = malloc(*size + 1);
	if (data && fread(data, 1, *size, file) != *size) {
		free(data);
		data = NULL;
	}
	fclose(file);
	return data;
}

static void advise_file(const struct observer *observer, const struct file_write *write)
{
	char text[SAY_FILE_ROOM];
	size_t size;
	uint8_t *data = read_regular(write->path, &size);

	if (data && say_file(data, size, write, text))
		observer_note(observer, NOTE_WARN, TROUBLE_NONE, "%s", text);
	free(data);
}

/* The files of -i REGION:FILE. Returns whether all regions have one. */
static bool advise_regions(const struct observer *observer, const struct flashrom_args *args,
			   size_t flash_size)
{
	bool all = args->include_count > 0 && args->include_count <= FLASHROM_ARGS_INCLUDES;

	for (unsigned i = 0; i < args->include_count && i < FLASHROM_ARGS_INCLUDES; i++) {
		const char *colon = strchr(args->includes[i], ':');
		struct range range;

		all &= colon && colon[1];
		if (!colon || !args->layout ||
		    !flashrom_layout_find(args->layout, args->includes[i],
					  (size_t)(colon - args->includes[i]), &range))
			continue;
		advise_file(observer, &(struct file_write){.path = colon + 1,
							   .use = FILE_REGION,
							   .start = range.start,
							   .length = range.length,
							   .flash_size = flash_size,
							   .params = args->params});
	}
	return all;
}

void advise_files(const struct observer *observer, const struct flashrom_args *args,
		  const struct chipdb_part *part)
{
	const struct file_write write = {.path = args->write_file,
					 .use = args->include_count ? FILE_PARTS : FILE_WHOLE,
					 .length = part->size,
					 .flash_size = part->size,
					 .params = args->params};
	struct stat info;

	if (!args->writes)
		return;
	/* Then only its size matters. */
	if (advise_regions(observer, args, part->size) && args->write_file &&
	    stat(args->write_file, &info) == 0 && info.st_size == (off_t)part->size)
		return;
	if (args->write_file)
		advise_file(observer, &write);
}

static void advise_several(const struct observer *observer, const struct chip_choice *choice)
{
	const struct flashrom_names *names = &choice->possible;
	char list[FLASHROM_NAMES_MOST * (FLASHROM_NAME_ROOM + 4)] = "";

	for (unsigned i = 0; i < names->count; i++) {
		strcat(list, i ? ", \"" : "\"");
		strcat(strcat(list, names->names[i].name), "\"");
	}
	observer_note(observer, NOTE_INFO, TROUBLE_NONE,
		      "flashrom has several entries for it: %s. \"%s\" is used; -c chooses another",
		      list, choice->name);
}

bool advise_choice(const struct observer *observer, const struct flashrom_args *args,
		   const struct chipdb_part *part, const struct chip_choice *choice)
{
	bool unknown = choice->kind != CHIP_UNASKED && choice->kind != CHIP_KNOWN;

	if (unknown && (args->wp_reads || args->wp_writes)) {
		observer_raise(observer, TROUBLE_PART_UNKNOWN, NO_RANGE,
			       "--wp-... needs a part that flashrom knows, and this flashrom does "
			       "not know %s. Nothing was done. Before a write flashrom-beken "
			       "lifts protection by itself",
			       part->name);
		return false;
	}
	switch (choice->kind) {
	case CHIP_UNASKED:
		break;
	case CHIP_KNOWN:
		if (choice->possible.count > 1)
			advise_several(observer, choice);
		else if (!chip_is_called(part, choice->name))
			observer_note(observer, NOTE_INFO, TROUBLE_NONE,
				      "flashrom will call it \"%s\"", choice->name);
		break;
	case CHIP_BY_SFDP:
		observer_note(observer, NOTE_INFO, TROUBLE_NONE,
			      "flashrom does not know it and will call it \"%s\"", choice->name);
		break;
	case CHIP_STAND_IN:
		observer_note(observer, NOTE_INFO, TROUBLE_NONE,
			      "flashrom does not know it and will call it \"%s\", which is "
			      "another part of the same size",
			      choice->name);
		break;
	case CHIP_NONE:
		observer_raise(
			observer, TROUBLE_PART_UNKNOWN, NO_RANGE,
			"this flashrom knows neither %s nor another part of %u KiB, and "
			"above 16 MiB it has to know one. Nothing was done. A newer flashrom may: "
			"set FLASHROM= to its path",
			part->name, (unsigned)(part->size / 1024));
		return false;
	}
	return true;
}

void advise_name(const struct observer *observer, const struct chipdb_part *part, const char *name)
{
	if (!chip_is_called(part, name))
		observer_note(observer, NOTE_INFO, TROUBLE_NONE,
			      "what flashrom calls \"%s\" is %s%s%s, %u KiB", name, part->maker,
			      part->maker[0] ? " " : "", part->name, (unsigned)(part->size / 1024));
}

void advise_second_look(const struct observer *observer, bool looked, bool good)
{
	const char *fault =
		"flashrom 1.4.0 misreads the last byte of a region that does not end on "
		"a sector";

	if (good)
		observer_note(observer, NOTE_INFO, TROUBLE_NONE,
			      "%s, and failed because of that. The flash was checked again: it "
			      "holds what was to be written",
			      fault);
	else if (looked)
		observer_note(observer, NOTE_WARN, TROUBLE_NONE,
			      "%s, but that is not all: the flash was checked again, and does not "
			      "hold what was to be written",
			      fault);
	else
		observer_note(observer, NOTE_WARN, TROUBLE_NONE,
			      "%s, and may have failed only because of that: use -v instead of -w "
			      "to find out",
			      fault);
}

void advise_write_protect(const struct observer *observer)
{
	observer_note(observer, NOTE_INFO, TROUBLE_NONE,
		      "flashrom can do --wp-... only with parts whose protection bits it knows. It "
		      "is not needed for a write: flashrom-beken lifts protection by itself, see "
		      "unprotect=");
}

void advise_end(const struct observer *observer, const struct flashrom_args *args,
		enum proxy_done done)
{
	if (args->chip && done == PROXY_NOTHING && !args->wp_reads && !args->wp_writes)
		observer_note(observer, NOTE_INFO, TROUBLE_NONE,
			      "flashrom has its own names for parts. Omit -c, and flashrom-beken "
			      "finds the right one");
	if (!args->modifies)
		return;
	if (done == PROXY_CHANGED)
		observer_note(observer, NOTE_WARN, TROUBLE_NONE,
			      "the flash was changed, but not as it should be: it may be half "
			      "written. Write or erase it again; there is no need to report this "
			      "to flashrom");
	else
		observer_note(observer, NOTE_INFO, TROUBLE_NONE,
			      "the content of the flash was not changed");
}
