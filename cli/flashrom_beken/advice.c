/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cli/flashrom_beken/advice.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

#include "base/shell_word.h"

void advise_programmer(const struct observer *observer, const struct flashrom_args *args)
{
	if (args->beken || args->told)
		return;
	if (!args->programmer || strncasecmp(args->programmer, "beken", 5) == 0)
		observer_note(observer, NOTE_INFO, TROUBLE_NONE,
			      "the programmer for Beken chips is given as "
			      "-p beken_spi[:name=value,...]");
}

void advise_size(const struct observer *observer, const struct flashrom_args *args,
		 const struct chipdb_part *part)
{
	const char *file = args->write_file;
	char region[600], source[512], programmer[200], name[160];
	struct stat info;

	if (!file || args->regions || strcmp(file, "-") == 0 || stat(file, &info) ||
	    !S_ISREG(info.st_mode) || info.st_size == (off_t)part->size || info.st_size == 0)
		return;
	if (info.st_size > (off_t)part->size) {
		observer_note(observer, NOTE_WARN, TROUBLE_NONE,
			      "%s has %lld bytes, the flash only %u: it is for another chip", file,
			      (long long)info.st_size, (unsigned)part->size);
		return;
	}
	snprintf(source, sizeof(source), "part:%s", file);
	shell_word(source, region, sizeof(region));
	snprintf(name, sizeof(name), "beken_spi%s%s", args->params[0] ? ":" : "", args->params);
	shell_word(name, programmer, sizeof(programmer));
	observer_note(
		observer, NOTE_WARN, TROUBLE_NONE,
		"%s has %lld bytes, the flash %u. A part of the flash is written as a region: read "
		"the whole flash into a new file first (-r whole.bin), then: "
		"echo '000000:%06llx part' > part.layout; flashrom-beken -p %s -l part.layout "
		"-i %s -N -w whole.bin",
		file, (long long)info.st_size, (unsigned)part->size,
		(unsigned long long)info.st_size - 1, programmer, region);
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
		observer_raise(observer, TROUBLE_PART_UNKNOWN, NO_RANGE,
			       "this flashrom knows neither %s nor another part of %u KiB, and "
			       "above 16 MiB it has to. Nothing was done. A newer flashrom may: "
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
			      "what flashrom calls \"%s\" is %s %s, %u KiB", name, part->maker,
			      part->name, (unsigned)(part->size / 1024));
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
			      "flashrom knows parts by names of its own. Leave -c away, and "
			      "flashrom-beken finds the right one");
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
