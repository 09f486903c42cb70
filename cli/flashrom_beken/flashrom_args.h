/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * flashrom_args.h - what a flashrom command line asks for.
 *
 * Only what this program has to know is understood; everything is passed to flashrom as it is,
 * including what is wrong or new.
 */
#ifndef FLASHROM_ARGS_H
#define FLASHROM_ARGS_H

#include <stdbool.h>

#define FLASHROM_ARGS_INCLUDES 16 /* more of them are only counted */

struct flashrom_args {
	const char *beken; /* the programmer of this project that flashrom is to run with; NULL */
	bool ambiguous;	   /* several programmers, one of them ours */
	bool told;	   /* -h, -R, -L: flashrom answers without a programmer */
	bool version;	   /* -R */
	const char *programmer; /* the last one given; NULL if none */
	const char *chip;	/* -c; NULL if none */
	const char *params;	/* what follows its name and a colon; "" if nothing */
	int programmer_index;	/* the argument that holds the programmer, and ... */
	int programmer_offset;	/* ... where in it the name begins */
	bool operation;		/* any of -r, -w, -v, -E, -x */
	bool modifies;		/* -w or -E */
	bool wp_reads;		/* --wp-status, --wp-list */
	bool wp_writes;		/* --wp-enable, --wp-disable, --wp-range, --wp-region */
	bool writes;		/* -w, with or without a file */
	const char *write_file; /* of -w; NULL if none, "-" for standard input */
	const char *layout;	/* the file of -l; NULL if none */
	const char *includes[FLASHROM_ARGS_INCLUDES]; /* of -i: "REGION", "REGION:FILE" */
	unsigned include_count;
	unsigned verbose;     /* how often -V was given */
	const char *doubtful; /* a long option that not every release has; NULL if none */
	char fileless;	      /* 'r', 'w' or 'v' without a file, which not every one takes; or 0 */
};

/* @argv is not changed; the strings in @args point into it. */
void flashrom_args_parse(int argc, char *const argv[], struct flashrom_args *args);

/*
 * The command line for flashrom: @argv with @program first and @programmer (such as
 * "serprog:dev=...") in place of ours, and the words of @more, which end with NULL, in front. A
 * shortened --programmer is written in full. NULL when memory runs out. Free the result with
 * flashrom_args_free().
 */
char **flashrom_args_replace(int argc, char *const argv[], const struct flashrom_args *args,
			     const char *program, const char *programmer, const char *const *more);
void flashrom_args_free(char **argv);

#endif
