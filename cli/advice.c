/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "advice.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

void advise_programmer(const struct log *log, const struct flashrom_args *args)
{
	if (args->beken || args->told)
		return;
	if (!args->programmer || strncasecmp(args->programmer, "beken", 5) == 0)
		log_info(log, "the programmer for Beken chips is given as "
			      "-p beken_spi[:name=value,...]");
}

/* @text so that a shell takes it as one word. */
static void quote(const char *text, char *quoted, size_t room)
{
	size_t len = 0;

	if (room < 3)
		return;
	quoted[len++] = '\'';
	for (; *text && len + 6 < room; text++) {
		if (*text == '\'') {
			memcpy(quoted + len, "'\\''", 4);
			len += 4;
		} else {
			quoted[len++] = *text;
		}
	}
	quoted[len++] = '\'';
	quoted[len] = '\0';
}

void advise_size(const struct log *log, const struct flashrom_args *args,
		 const struct chipdb_part *part)
{
	const char *file = args->write_file;
	char region[600], source[512], programmer[200], name[160];
	struct stat info;

	if (!file || args->regions || strcmp(file, "-") == 0 || stat(file, &info) ||
	    !S_ISREG(info.st_mode) || info.st_size == (off_t)part->size || info.st_size == 0)
		return;
	if (info.st_size > (off_t)part->size) {
		log_warn(log, "%s has %lld bytes, the flash only %u: it is for another chip", file,
			 (long long)info.st_size, (unsigned)part->size);
		return;
	}
	snprintf(source, sizeof(source), "part:%s", file);
	quote(source, region, sizeof(region));
	snprintf(name, sizeof(name), "beken_spi%s%s", args->params[0] ? ":" : "", args->params);
	quote(name, programmer, sizeof(programmer));
	log_warn(
		log,
		"%s has %lld bytes, the flash %u. A part of the flash is written as a region: read "
		"the whole flash into a new file first (-r whole.bin), then: "
		"echo '000000:%06llx part' > part.layout; flashrom-beken -p %s -l part.layout "
		"-i %s -N -w whole.bin",
		file, (long long)info.st_size, (unsigned)part->size,
		(unsigned long long)info.st_size - 1, programmer, region);
}

void advise_end(const struct log *log, const struct flashrom_args *args, enum proxy_done done)
{
	if (args->chip && done == PROXY_NOTHING)
		log_info(log, "flashrom knows parts by names of its own. Leave -c away, or use "
			      "-c 'SFDP-capable chip' for a part that it does not know");
	if (!args->modifies)
		return;
	if (done == PROXY_CHANGED)
		log_warn(log, "the flash was changed, but not as it should be: it may be half "
			      "written. Write or erase it again; there is no need to report this "
			      "to flashrom");
	else
		log_info(log, "the content of the flash was not changed");
}
