/* SPDX-License-Identifier: GPL-2.0-or-later */
/* alias_table.h - what other tools call commands and options; see aliases.h. */
#ifndef CLI_ALIAS_TABLE_H
#define CLI_ALIAS_TABLE_H

#include <stddef.h>

enum trait {
	ONLY_READS = 1,	      /* and its result is the same: it may be run */
	PLACES_ARE_WORDS = 2, /* numbers among its words are an address and a length */
	SOC_IS_A_WORD = 4,    /* its first word is a family of chips */
	CHECKS = 8,	      /* -c has no value */
	IS_FLAG = 16,	      /* an option, not the first word */
	IN_HEX = 32,	      /* its numbers are hexadecimal */
	SPLITS = 64,	      /* it takes files apart: -l and -e are other options */
	IS_ALL = 128,	      /* it is about the whole flash */
};

struct alias_command {
	const char *first, *second, *ours; /* its first word, or two */
	unsigned traits;
};

enum meaning {
	BECOMES_OPTION,	 /* ours=VALUE */
	BECOMES_SECTORS, /* ours=VALUE times 4 KiB */
	IS_RENAMED,	 /* the same, of a spelling that this program had once */
	IS_RENAMED_ALONE,
	BECOMES_WORD, /* VALUE alone */
	BECOMES_SOC,  /* --soc=VALUE if it is one; the names of adapters are left out */
	BECOMES_PORT, /* --port=VALUE if it is a path or tcp:HOST; COM3 is left out */
	IS_LEFT_OUT,  /* with its value */
	IS_LEFT_OUT_ALONE,
	IS_NOTHING_HERE,
};

struct alias_option {
	const char *theirs;
	enum meaning meaning;
	const char *ours;
};

extern const struct alias_command alias_commands[];
extern const struct alias_option alias_options[];
extern const size_t alias_command_count, alias_option_count;

/* Commands of ours that never change the flash; NULL after the last. */
extern const char *const alias_harmless[];

#endif
