/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cli/flashrom_beken/second_look.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/flashrom_beken/flashrom_layout.h"
#include "cli/flashrom_beken/whole_file.h"

#define PIECE 65536

struct region {
	struct range range;
	FILE *file;
	uint32_t file_start; /* where in the file the region begins */
};

/* The old content of a sector of which the region covers only a part. */
struct edge {
	uint32_t start;
	uint8_t *old;
};

struct second_look {
	uint32_t sector;
	struct region regions[FLASHROM_ARGS_INCLUDES];
	struct edge edges[2 * FLASHROM_ARGS_INCLUDES];
	unsigned region_count, edge_count;
	uint8_t *found, *wanted; /* PIECE bytes each */
};

/* The region of -i REGION or REGION:FILE, inside of the flash. */
static bool find_region(const struct flashrom_args *args, unsigned i,
			const struct chipdb_part *part, struct range *range)
{
	return flashrom_layout_find(args->layout, args->includes[i],
				    strcspn(args->includes[i], ":"), range) &&
	       range->start < part->size && range->length <= part->size - range->start;
}

bool second_look_needed(const struct flashrom_args *args, const struct chipdb_part *part)
{
	struct range range;

	if (!args->writes || !args->layout)
		return false;
	for (unsigned i = 0; i < args->include_count && i < FLASHROM_ARGS_INCLUDES; i++)
		if (find_region(args, i, part, &range) && range_end(range) % part->erase[0].size)
			return true;
	return false;
}

static bool add_region(struct second_look *look, const struct flashrom_args *args, unsigned i,
		       const struct chipdb_part *part)
{
	struct region *region = &look->regions[look->region_count];
	const char *colon = strchr(args->includes[i], ':');

	if (!find_region(args, i, part, &region->range))
		return false;
	region->file = colon ? whole_file_open(colon + 1, region->range.length)
			     : whole_file_open(args->write_file, part->size);
	region->file_start = colon ? 0 : region->range.start;
	if (!region->file)
		return false;
	look->region_count++;
	return true;
}

/* The sector at @address, unless it is kept already. */
static bool keep_edge(struct second_look *look, struct proxy *proxy, uint32_t address)
{
	struct edge *edge = &look->edges[look->edge_count];

	edge->start = address / look->sector * look->sector;
	for (unsigned i = 0; i < look->edge_count; i++)
		if (look->edges[i].start == edge->start)
			return true;
	edge->old = malloc(look->sector);
	if (!edge->old)
		return false;
	look->edge_count++;
	return proxy_read(proxy, edge->start, edge->old, look->sector) == TROUBLE_NONE;
}

struct second_look *second_look_begin(const struct flashrom_args *args,
				      const struct chipdb_part *part, struct proxy *proxy)
{
	struct second_look *look = calloc(1, sizeof(*look));
	bool good;

	if (!look)
		return NULL;
	look->sector = part->erase[0].size;
	look->found = malloc(PIECE);
	look->wanted = malloc(PIECE);
	good = look->found && look->wanted && look->sector <= PIECE &&
	       args->include_count <= FLASHROM_ARGS_INCLUDES;
	for (unsigned i = 0; good && i < args->include_count; i++)
		good = add_region(look, args, i, part);
	for (unsigned i = 0; good && i < look->region_count; i++) {
		struct range range = look->regions[i].range;

		if (range.start % look->sector)
			good = keep_edge(look, proxy, range.start);
		if (good && range_end(range) % look->sector)
			good = keep_edge(look, proxy, range_end(range) - 1);
	}
	if (good)
		return look;
	second_look_end(look);
	return NULL;
}

static bool region_is_good(struct second_look *look, const struct region *region,
			   struct proxy *proxy)
{
	uint32_t length = region->range.length;

	if (fseek(region->file, (long)region->file_start, SEEK_SET))
		return false;
	for (uint32_t done = 0, piece; done < length; done += piece) {
		piece = length - done < PIECE ? length - done : PIECE;
		if (fread(look->wanted, 1, piece, region->file) != piece ||
		    proxy_read(proxy, region->range.start + done, look->found, piece) ||
		    memcmp(look->found, look->wanted, piece) != 0)
			return false;
	}
	return true;
}

static bool is_in_region(const struct second_look *look, uint32_t address)
{
	for (unsigned i = 0; i < look->region_count; i++)
		if (address - look->regions[i].range.start < look->regions[i].range.length)
			return true;
	return false;
}

static bool edge_is_good(struct second_look *look, const struct edge *edge, struct proxy *proxy)
{
	if (proxy_read(proxy, edge->start, look->found, look->sector))
		return false;
	for (uint32_t i = 0; i < look->sector; i++)
		if (look->found[i] != edge->old[i] && !is_in_region(look, edge->start + i))
			return false;
	return true;
}

bool second_look_is_good(struct second_look *look, struct proxy *proxy)
{
	for (unsigned i = 0; i < look->region_count; i++)
		if (!region_is_good(look, &look->regions[i], proxy))
			return false;
	for (unsigned i = 0; i < look->edge_count; i++)
		if (!edge_is_good(look, &look->edges[i], proxy))
			return false;
	return true;
}

void second_look_end(struct second_look *look)
{
	if (!look)
		return;
	for (unsigned i = 0; i < look->region_count; i++)
		fclose(look->regions[i].file);
	for (unsigned i = 0; i < look->edge_count; i++)
		free(look->edges[i].old);
	free(look->found);
	free(look->wanted);
	free(look);
}
