/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cli/flashrom_beken/flashrom_args.h"

#include <ctype.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>

/* Those of this project. */
static const char *const names[] = {"beken_spi", "beken_uart"};

#define LONG_OPTION "--programmer"

enum {
	OPT_IGNORED = 256,
	OPT_IGNORED_ARGUMENT,
	OPT_WP_READS,
	OPT_WP_WRITES,
};

/*
 * flashrom's options from 1.3 to 1.8, except --progress of newer releases: it has no argument, and
 * would make --prog ambiguous here. --read-repeated counts as --read, so that an abbreviation of
 * both is still one of them. The file of -r, -w and -v is optional in newer releases; if it is a
 * separate word it is an argument without an option (the "-" in front), which also keeps getopt
 * from reordering anything.
 */
static const char short_options[] = "-r::Rw::v::nNVEfc:l:i:p:Lzho:x";
static const struct option long_options[] = {
	{"read", optional_argument, NULL, 'r'},
	{"read-repeated", optional_argument, NULL, 'r'},
	{"write", optional_argument, NULL, 'w'},
	{"erase", no_argument, NULL, 'E'},
	{"verify", optional_argument, NULL, 'v'},
	{"noverify", no_argument, NULL, 'n'},
	{"noverify-all", no_argument, NULL, 'N'},
	{"extract", no_argument, NULL, 'x'},
	{"chip", required_argument, NULL, 'c'},
	{"verbose", no_argument, NULL, 'V'},
	{"force", no_argument, NULL, 'f'},
	{"layout", required_argument, NULL, 'l'},
	{"ifd", no_argument, NULL, OPT_IGNORED},
	{"fmap", no_argument, NULL, OPT_IGNORED},
	{"fmap-file", required_argument, NULL, OPT_IGNORED_ARGUMENT},
	{"fmap-verify", no_argument, NULL, OPT_IGNORED},
	{"image", required_argument, NULL, 'i'},
	{"include", required_argument, NULL, 'i'},
	{"flash-contents", required_argument, NULL, OPT_IGNORED_ARGUMENT},
	{"flash-name", no_argument, NULL, OPT_IGNORED_ARGUMENT},
	{"flash-size", no_argument, NULL, OPT_IGNORED_ARGUMENT},
	{"get-size", no_argument, NULL, OPT_IGNORED_ARGUMENT},
	{"wp-status", no_argument, NULL, OPT_WP_READS},
	{"wp-list", no_argument, NULL, OPT_WP_READS},
	{"wp-range", required_argument, NULL, OPT_WP_WRITES},
	{"wp-region", required_argument, NULL, OPT_WP_WRITES},
	{"wp-enable", no_argument, NULL, OPT_WP_WRITES},
	{"wp-disable", no_argument, NULL, OPT_WP_WRITES},
	{"list-supported", no_argument, NULL, 'L'},
	{"list-supported-wiki", no_argument, NULL, 'z'},
	{"programmer", required_argument, NULL, 'p'},
	{"help", no_argument, NULL, 'h'},
	{"version", no_argument, NULL, 'R'},
	{"output", required_argument, NULL, 'o'},
	{"sacrifice-ratio", required_argument, NULL, OPT_IGNORED_ARGUMENT},
	{NULL, 0, NULL, 0},
};

/* Those of the options above that earlier releases lack; flashrom 1.5, 1.7 and 1.8. */
static const char *const newer[] = {"sacrifice-ratio", "fmap-verify", "read-repeated"};

static bool is_newer(const char *name)
{
	for (size_t i = 0; i < sizeof(newer) / sizeof(newer[0]); i++)
		if (strcmp(newer[i], name) == 0)
			return true;
	return false;
}

/* More likely an option than a file whose name begins like one. */
static bool looks_like_option(const char *word)
{
	if (word[0] != '-' || !word[1])
		return false;
	return word[1] == '-' ||
	       (!word[2] && isalpha((unsigned char)word[1]) && strchr(short_options, word[1]));
}

/* The argument that a string returned by getopt points into. */
static void locate(int argc, char *const argv[], const char *text, struct flashrom_args *args)
{
	for (int i = 1; i < argc; i++) {
		const char *end = argv[i] + strlen(argv[i]);

		if (text >= argv[i] && text <= end) {
			args->programmer_index = i;
			args->programmer_offset = (int)(text - argv[i]);
			return;
		}
	}
}

/* The name that "NAME" or "NAME:params" begins with, or NULL. */
static const char *beken_name(const char *programmer)
{
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		size_t len = strlen(names[i]);

		if (strncmp(programmer, names[i], len) == 0 &&
		    (programmer[len] == '\0' || programmer[len] == ':'))
			return names[i];
	}
	return NULL;
}

void flashrom_args_parse(int argc, char *const argv[], struct flashrom_args *args)
{
	unsigned programmers = 0;
	int opt, before = 0, option = -1;

	*args = (struct flashrom_args){.params = ""};
	opterr = 0;
	optind = 0; /* GNU: start again, also if called twice */
	for (; (opt = getopt_long(argc, argv, short_options, long_options, &option)) != -1;
	     before = opt, option = -1) {
		if (option >= 0 && is_newer(long_options[option].name))
			args->doubtful = long_options[option].name;
		else if (opt && strchr("rwv", opt) && !optarg &&
			 (!argv[optind] || looks_like_option(argv[optind])))
			args->fileless = (char)opt;
		switch (opt) {
		case 1:
			if (before == 'w' && !args->write_file)
				args->write_file = optarg;
			break;
		case 'p':
			programmers++;
			args->programmer = optarg;
			if (!beken_name(optarg))
				break;
			args->beken = beken_name(optarg);
			locate(argc, argv, optarg, args);
			if (optarg[strlen(args->beken)] == ':')
				args->params = optarg + strlen(args->beken) + 1;
			break;
		case 'r':
		case 'v':
		case 'x':
			args->operation = true;
			break;
		case 'w':
			args->operation = true;
			args->modifies = true;
			args->writes = true;
			args->write_file = optarg;
			break;
		case 'c':
			args->chip = optarg;
			break;
		case 'E':
			args->operation = true;
			args->modifies = true;
			break;
		case 'l':
			args->layout = optarg;
			break;
		case 'i':
			if (args->include_count < FLASHROM_ARGS_INCLUDES)
				args->includes[args->include_count] = optarg;
			args->include_count++;
			break;
		case '?':
			if (strncmp(argv[optind - 1], "--", 2) == 0)
				args->doubtful = argv[optind - 1];
			break;
		case OPT_WP_READS:
			args->wp_reads = true;
			break;
		case OPT_WP_WRITES:
			args->wp_writes = true;
			break;
		case 'V':
			args->verbose++;
			break;
		case 'R':
			args->version = true;
			args->told = true;
			break;
		case 'h':
		case 'L':
		case 'z':
			args->told = true;
			break;
		}
	}
	args->ambiguous = args->beken && programmers > 1;
	/* Otherwise it was a file name that begins with "-" and was taken for options. */
	args->told &= !args->operation;
}

/* @argument with all from @offset on replaced. NULL when memory is short. */
static char *replace_end(const char *argument, size_t offset, const char *end)
{
	char *replaced = malloc(offset + strlen(end) + 1);

	if (!replaced)
		return NULL;
	memcpy(replaced, argument, offset);
	strcpy(replaced + offset, end);
	return replaced;
}

char **flashrom_args_replace(int argc, char *const argv[], const struct flashrom_args *args,
			     const char *program, const char *programmer, const char *const *more)
{
	size_t len = 0, room = (size_t)argc + 1;
	char **copy;

	for (size_t i = 0; more[i]; i++)
		room++;
	copy = calloc(room, sizeof(*copy));
	if (!copy)
		return NULL;
	copy[len++] = strdup(program);
	/* At the front, where no option can take it as its value and no "--" makes it a file. */
	for (; *more; more++)
		copy[len++] = strdup(*more);
	for (int i = 1; i < argc; i++) {
		bool is_long = strncmp(argv[i], "--", 2) == 0;

		/* In full: an abbreviation may be ambiguous in another release. */
		if (i == args->programmer_index && is_long)
			copy[len++] =
				replace_end(LONG_OPTION "=", strlen(LONG_OPTION "="), programmer);
		else if (i == args->programmer_index)
			copy[len++] =
				replace_end(argv[i], (size_t)args->programmer_offset, programmer);
		else if (i + 1 == args->programmer_index && !args->programmer_offset && is_long)
			copy[len++] = strdup(LONG_OPTION);
		else
			copy[len++] = strdup(argv[i]);
	}
	for (size_t i = 0; i < len; i++) {
		if (copy[i])
			continue;
		while (len > 0)
			free(copy[--len]);
		free(copy);
		return NULL;
	}
	return copy;
}

void flashrom_args_free(char **argv)
{
	if (!argv)
		return;
	for (size_t i = 0; argv[i]; i++)
		free(argv[i]);
	free(argv);
}
