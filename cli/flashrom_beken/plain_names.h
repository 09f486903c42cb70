/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * plain_names.h - files of -i REGION:FILE under names without blanks.
 *
 * From 1.4 on flashrom puts "_" for each blank in such a name (layout.c, sanitise_filename()) and
 * opens another file, or makes one. So it is given a link without blanks, which leads to the
 * intended file, whether that exists already or is to be written.
 */
#ifndef PLAIN_NAMES_H
#define PLAIN_NAMES_H

#include <limits.h>
#include <stdbool.h>

#include "cli/flashrom_beken/flashrom_args.h"

struct plain_names {
	char **argv; /* the command line with the links; @argv itself if none is needed */
	char **made; /* the same, if it is to be freed */
	char *arguments[FLASHROM_ARGS_INCLUDES];
	char directory[PATH_MAX]; /* of the links; "" if there is none */
	unsigned count;
};

/* @args of @argv. False, with errno, if links cannot be made; then nothing is left behind. */
bool plain_names_make(struct plain_names *names, int argc, char **argv,
		      const struct flashrom_args *args);

/* When flashrom has ended. */
void plain_names_remove(struct plain_names *names);

#endif
