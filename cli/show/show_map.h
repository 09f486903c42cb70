/* SPDX-License-Identifier: GPL-2.0-or-later */
/* show_map.h - a flash drawn sector by sector: in the terminal, as a picture, and for programs. */
#ifndef CLI_SHOW_MAP_H
#define CLI_SHOW_MAP_H

#include "base/json.h"
#include "base/observer.h"
#include "engine/flash_map.h"

/* One character a sector, 32 in a line: it fits 50 columns. */
void show_map(const struct flash_map *map);

/* The member map of docs/json.md: equal neighbours are one range. NULL: no value. */
void show_map_json(struct json *json, const struct flash_map *map);

/* A new SVG file, complete or not at all. False after a trouble. */
bool show_map_svg(const struct flash_map *map, const char *path, const struct observer *observer);

#endif
