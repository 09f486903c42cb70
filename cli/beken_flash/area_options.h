/* SPDX-License-Identifier: GPL-2.0-or-later */
/* area_options.h - --region, --at and --size, which several commands have. */
#ifndef CLI_AREA_OPTIONS_H
#define CLI_AREA_OPTIONS_H

#include "cli/beken_flash/commands.h"
#include "engine/area.h"

#define TAKES_AREA (TAKES(REGION) | TAKES(AT) | TAKES(SIZE))

/*
 * The argument of --at. False after a trouble: it is not an address, or may be meant as another one
 * (number_looks_hexadecimal()).
 */
bool area_parse_address(const char *text, const struct observer *observer, uint32_t *at);

/* False after a trouble: --region was combined with one of the others, or a number is bad. */
bool area_parse(const struct command_line *line, const struct observer *observer,
		struct area_wish *wish);

/* The same where a file holds one range: at most one region. */
bool area_parse_one(const struct command_line *line, const struct observer *observer,
		    struct area_wish *wish);

#endif
