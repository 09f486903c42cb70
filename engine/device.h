/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * device.h - the chip on the adapter, for the length of one command of beken-flash.
 *
 * It has the options that all such commands share, reports what happens, hears signals,
 * and knows the SoC as far as the content of the flash or the user tells it.
 */
#ifndef CLI_DEVICE_H
#define CLI_DEVICE_H

#include "chipdb/chipdb.h"
#include "cli/beken_flash/commands.h"
#include "engine/flash.h"
#include "cli/beken_flash/report.h"

/* To stand first in a command's options, and in its enum. */
#define DEVICE_OPTIONS                                                                             \
	{"params", "NAME=VALUE,...",                                                               \
	 "parameters of the programmer, as behind -p beken_spi:", false},                          \
		{"soc", ARGUMENT_SOC, "the SoC, if it cannot be told from the flash", false},      \
	{                                                                                          \
		"json", NULL, "events and the result as JSON, one object a line", false            \
	}
enum { DEVICE_PARAMS, DEVICE_SOC, DEVICE_JSON, DEVICE_OPTION_COUNT };

#define DEVICE_SOCS 16

struct device {
	struct report report;
	struct flash *flash;
	const struct chipdb_part *part; /* stays after device_close(), as does the adapter */
	char adapter[16];		/* what it is */
	char port[48];			/* where it is plugged in */
	bool stays;			/* in SPI mode after device_close() */
	const struct chipdb_soc *told;	/* by --soc; or NULL */

	/* The SoCs that the flash's content allows; one: it is that. See device_look(). */
	const struct chipdb_soc *socs[DEVICE_SOCS];
	size_t soc_count;
	char soc_evidence[160]; /* how they are known, in words */
	bool told_otherwise;	/* --soc, but the flash begins as the bootloader of another */

	/* Kept by device.c. */
	bool wrong_usage;
	struct chipdb_part part_copy;
	char part_name[48];
};

enum device_use {
	DEVICE_READS = 0, /* nothing can change the die */
	DEVICE_WRITES = 1,
	DEVICE_HOLDS = 2,    /* the chip stays in SPI mode at the end */
	DEVICE_RESTORES = 4, /* protection is put back at the end */
};

/*
 * The report alone, for what can be found wrong before anything is opened; then the
 * command returns device_usage().
 */
void device_begin(struct device *device, const struct command *command,
		  const struct command_line *line);
int device_usage(struct device *device);

/*
 * Open by the options of the command line. @use: of enum device_use, together. False after
 * an error, which has been reported; then nothing is open: return device_failed().
 */
bool device_open(struct device *device, const struct command *command,
		 const struct command_line *line, unsigned use);

/* False if something went wrong at the end, which has been reported. Twice is fine. */
bool device_close(struct device *device);

/*
 * Closes it and makes the result of a command that failed, which has no members of its
 * own. Returns the exit status: 1, 2 if the options were wrong, or 128 + the number of the
 * signal that ended it.
 */
int device_failed(struct device *device);

/*
 * Look at the begin of the flash and say which SoC it is (a few hundred bytes). --soc
 * goes before it; if the content says otherwise that is warned of.
 */
bool device_look(struct device *device);

/* False, and reported, if --soc contradicts what device_look() has seen. */
bool device_agrees(const struct device *device);

/* The SoC if there is exactly one; else NULL. */
const struct chipdb_soc *device_soc(const struct device *device);

/* The number of the signal that came, or 0. The exit status is then 128 + it. */
int device_signal(void);

/*
 * While @deferred, a signal does not end what is under way, but device_signal() tells that
 * it came: for a command that must put back what it changed.
 */
void device_defer_signals(bool deferred);

#endif
