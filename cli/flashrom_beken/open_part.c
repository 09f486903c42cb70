/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cli/flashrom_beken/open_part.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/flashrom_beken/whole_file.h"

#define SECTOR_MOST 65536u

static const char *const names[OPEN_PART_REGIONS] = {"open", "open2", "open3"};

/* The range from @start on that may be changed as a whole, or not at all. */
static struct range run_from(const struct proxy *proxy, const struct chipdb_part *part,
			     uint32_t start, bool *may_change)
{
	struct range sector = {start, part->erase[0].size};

	*may_change = proxy_may_change(proxy, sector);
	do
		sector.start += sector.length;
	while (sector.start < part->size && proxy_may_change(proxy, sector) == *may_change);
	return (struct range){start, sector.start - start};
}

static bool tell_difference(const struct observer *observer, const char *file, struct range closed,
			    uint32_t where)
{
	char there[RANGE_TEXT];
	struct trouble trouble = trouble_seen(
		TROUBLE_CLOSED_RANGE,
		"%s differs from the flash at 0x%" PRIx32
		", and %s of the flash cannot be changed this way. Nothing was changed; a layout "
		"(-l, -i) leaves that range as it is",
		file, where, range_text(closed, there));

	trouble.range = closed;
	trouble_add_number(&trouble, "closed_start", closed.start);
	trouble_add_number(&trouble, "closed_length", closed.length);
	observer_tell(observer, &trouble);
	return false;
}

/* Of two that differ. */
static uint32_t first_difference(const uint8_t *one, const uint8_t *other)
{
	uint32_t i = 0;

	while (one[i] == other[i])
		i++;
	return i;
}

/* Whether the flash holds in @closed the same as @file, which is to be written. */
static bool compare(const struct flashrom_args *args, FILE *file, struct range closed,
		    uint32_t sector, struct proxy *proxy, const struct observer *observer)
{
	uint8_t wanted[SECTOR_MOST], found[SECTOR_MOST];

	for (uint32_t at = closed.start; at < range_end(closed); at += sector) {
		if (fseek(file, (long)at, SEEK_SET) || fread(wanted, 1, sector, file) != sector) {
			observer_raise(observer, TROUBLE_SYSTEM, NO_RANGE, "%s cannot be read",
				       args->write_file);
			return false;
		}
		if (proxy_read(proxy, at, found, sector))
			return false;
		if (memcmp(wanted, found, sector) != 0)
			return tell_difference(observer, args->write_file, closed,
					       at + first_difference(wanted, found));
	}
	return true;
}

static FILE *make_layout(struct open_part *open, const struct observer *observer)
{
	const char *place = getenv("TMPDIR");
	FILE *layout = NULL;
	int fd = -1;

	if (!place || place[0] != '/')
		place = "/tmp";
	if (snprintf(open->layout, sizeof(open->layout), "%s/flashrom-beken.XXXXXX", place) <
	    (int)sizeof(open->layout))
		fd = mkstemp(open->layout);
	if (fd >= 0)
		layout = fdopen(fd, "w");
	if (layout)
		return layout;
	observer_raise(observer, TROUBLE_SYSTEM, NO_RANGE, "no layout can be made in %s: %s", place,
		       strerror(errno));
	if (fd >= 0)
		close(fd);
	else
		open->layout[0] = '\0';
	return NULL;
}

static bool write_layout(struct open_part *open, const struct range *ranges, unsigned count,
			 const struct observer *observer)
{
	FILE *layout = make_layout(open, observer);
	const char **word = open->words;

	if (!layout)
		return false;
	*word++ = "-l";
	*word++ = open->layout;
	for (unsigned i = 0; i < count; i++) {
		fprintf(layout, "%08" PRIx32 ":%08" PRIx32 " %s\n", ranges[i].start,
			range_end(ranges[i]) - 1, names[i]);
		*word++ = "-i";
		*word++ = names[i];
	}
	if (fclose(layout) == 0)
		return true;
	observer_raise(observer, TROUBLE_SYSTEM, NO_RANGE, "%s cannot be written: %s", open->layout,
		       strerror(errno));
	return false;
}

bool open_part_make(struct open_part *open, const struct flashrom_args *args,
		    const struct chipdb_part *part, struct proxy *proxy,
		    const struct observer *observer)
{
	struct range ranges[OPEN_PART_REGIONS], range;
	unsigned count = 0;
	bool good = true, may_change;
	FILE *file;

	*open = (struct open_part){0};
	if (args->layout || args->include_count || part->erase[0].size > SECTOR_MOST ||
	    proxy_may_change(proxy, (struct range){0, part->size}))
		return true;
	file = whole_file_open(args->write_file, part->size);
	if (!file)
		return true;
	for (uint32_t at = 0; good && at < part->size; at = range_end(range)) {
		range = run_from(proxy, part, at, &may_change);
		if (!may_change)
			good = compare(args, file, range, part->erase[0].size, proxy, observer);
		else if (count < OPEN_PART_REGIONS)
			ranges[count++] = range;
	}
	fclose(file);
	if (good && count)
		good = write_layout(open, ranges, count, observer);
	if (!good)
		open_part_remove(open);
	return good;
}

void open_part_remove(struct open_part *open)
{
	if (open->layout[0])
		unlink(open->layout);
	*open = (struct open_part){0};
}
