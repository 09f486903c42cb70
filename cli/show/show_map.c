/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cli/show/show_map.h"

#include <stdlib.h>
#include <string.h>

#include "cli/say.h"
#include "engine/output_file.h"

#define ACROSS 32
#define BOX 16
#define LEGEND 28

static const char *const signs[SECTOR_USES] = {".", "#", "K", "?"};
static const char *const fills[SECTOR_USES] = {"#eee8d5", "#268bd2", "#859900", "#dc322f"};
static const enum say_paint paints[SECTOR_USES] = {PAINT_NONE, PAINT_NONE, PAINT_GOOD, PAINT_BAD};

void show_map(const struct flash_map *map)
{
	for (size_t i = 0; i < map->count; i++) {
		if (i % ACROSS == 0)
			say("0x%06zx  ", i * FLASH_MAP_SECTOR);
		say_painted(paints[map->use[i]], signs[map->use[i]]);
		if (i % ACROSS == ACROSS - 1 || i + 1 == map->count)
			say("\n");
	}
	say("One sign is 4 KiB:");
	for (enum sector_use use = 0; use < SECTOR_USES; use++)
		say(" %s %s%s", signs[use], sector_use_name(use),
		    use + 1 < SECTOR_USES ? "," : "\n");
}

/* How many sectors from @first on are used alike. */
static size_t run_from(const struct flash_map *map, size_t first)
{
	size_t i = first;

	while (i < map->count && map->use[i] == map->use[first])
		i++;
	return i - first;
}

void show_map_json(struct json *json, const struct flash_map *map)
{
	if (!map) {
		json_no_value(json, "map");
		return;
	}
	json_begin(json, "map", '[');
	for (size_t i = 0, length; i < map->count; i += length) {
		length = run_from(map, i);
		json_begin(json, NULL, '{');
		json_text(json, "use", sector_use_name(map->use[i]));
		json_range(json, (uint64_t)i * FLASH_MAP_SECTOR,
			   (uint64_t)length * FLASH_MAP_SECTOR);
		json_end(json, '}');
	}
	json_end(json, ']');
}

/* White below it, so that it can be read on a dark page, too. */
static void draw(FILE *out, const struct flash_map *map)
{
	size_t lines = (map->count + ACROSS - 1) / ACROSS;
	size_t width = 80 + ACROSS * BOX + 8, height = lines * BOX + LEGEND + 16;

	fprintf(out,
		"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %zu %zu\" "
		"font-family=\"monospace\" font-size=\"12\">\n"
		"<rect width=\"%zu\" height=\"%zu\" fill=\"#fff\"/>\n",
		width, height, width, height);
	for (size_t i = 0; i < map->count; i++) {
		size_t x = 80 + i % ACROSS * BOX, y = 8 + i / ACROSS * BOX;

		if (i % ACROSS == 0)
			fprintf(out, "<text x=\"8\" y=\"%zu\">0x%06zx</text>\n", y + 12,
				i * FLASH_MAP_SECTOR);
		fprintf(out, "<rect x=\"%zu\" y=\"%zu\" width=\"%d\" height=\"%d\" fill=\"%s\"/>\n",
			x, y, BOX - 1, BOX - 1, fills[map->use[i]]);
	}
	for (enum sector_use use = 0; use < SECTOR_USES; use++)
		fprintf(out,
			"<rect x=\"%zu\" y=\"%zu\" width=\"%d\" height=\"%d\" fill=\"%s\"/>"
			"<text x=\"%zu\" y=\"%zu\">%s</text>\n",
			80 + (size_t)use * 100, height - LEGEND, BOX, BOX, fills[use],
			102 + (size_t)use * 100, height - LEGEND + 12, sector_use_name(use));
	fprintf(out, "</svg>\n");
}

bool show_map_svg(const struct flash_map *map, const char *path, const struct observer *observer)
{
	char *text = NULL;
	size_t length;
	FILE *out = open_memstream(&text, &length);
	bool good;

	if (out)
		draw(out, map);
	if (!out || fclose(out) != 0) {
		observer_raise(observer, TROUBLE_NO_MEMORY, NO_RANGE, "out of memory");
		free(text);
		return false;
	}
	good = output_whole(path, text, length, OUTPUT_NEW, observer);
	free(text);
	return good;
}
