/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * option_table.h - every option of beken-flash: one row, from which the parser, the help, the
 * man page and the completion of shells come.
 *
 * A command names those that it takes by TAKES(ID) | TAKES(ID) ...; no other code lists them.
 * Options of all commands are at the end, after JSON.
 */
#ifndef CLI_OPTION_TABLE_H
#define CLI_OPTION_TABLE_H

#include <stdbool.h>
#include <stdint.h>

/* The names of arguments that shells can complete; others may have any name. */
#define ARGUMENT_FILE "FILE"
#define ARGUMENT_SOC "SOC"
#define ARGUMENT_REGION "REGION"
#define ARGUMENT_WHEN "WHEN"

/*
 * ID, name, letter or 0, argument (in brackets: it is optional; NULL: it takes none), whether it
 * may be given several times (the values are joined by commas), help: one line, no full stop.
 */
#define OPTION_TABLE(X)                                                                            \
	X(PARAMS, "params", 0, "NAME=VALUE,...", true,                                             \
	  "parameters of the programmer, as behind -p beken_spi:")                                 \
	X(USB, "usb", 0, "PORT", false, "the adapter at this USB port, as list shows it")          \
	X(PORT, "port", 0, "DEVICE", false,                                                        \
	  "use the chip's bootloader, at a serial port or tcp:HOST")                               \
	X(SOC, "soc", 0, ARGUMENT_SOC, false,                                                      \
	  "the SoC, if the flash does not tell which one it is")                                   \
	X(REGION, "region", 0, ARGUMENT_REGION, true,                                              \
	  "a region of the SoC by its name, as info lists them")                                   \
	X(AT, "at", 0, "ADDRESS", false, "start address: decimal or 0x..., K and M may follow")    \
	X(SIZE, "size", 0, "SIZE", false, "number of bytes: decimal or 0x..., K and M may follow") \
	X(ALL, "all", 0, NULL, false, "the whole flash")                                           \
	X(ONCE, "once", 0, NULL, false, "do not read it a second time")                            \
	X(MAP, "map", 0, "[FILE.svg]", false,                                                      \
	  "draw a map of the sectors, or save it as SVG; reads the whole flash")                   \
	X(AS, "as", 0, "KIND", false,                                                              \
	  "what the file is (qio, application, dump, ...), if not recognized")                     \
	X(FORCE, "force", 0, "NAME,...", true, "override refusals, by their names")                \
	X(BACKUP, "backup", 0, ARGUMENT_FILE, false,                                               \
	  "make the backup there; if it exists, use it as the present content")                    \
	X(NO_BACKUP, "no-backup", 0, NULL, false, "make no backup: what is overwritten is gone")   \
	X(NO_MANIFEST, "no-manifest", 0, NULL, false,                                              \
	  "use a backup that has no manifest, as it is")                                           \
	X(WITH_RF, "with-rf", 0, NULL, false, "change calibration and MAC address, too")           \
	X(WITH_NET, "with-net", 0, NULL, false, "change network settings, too")                    \
	X(WITH_DATA, "with-data", 0, NULL, false, "change settings of the firmware, too")          \
	X(REGISTERS, "registers", 0, "HEX", false,                                                 \
	  "set the protection bits to SR1 | SR2 << 8 | SR3 << 16")                                 \
	X(PROTECT, "protect", 0, NULL, false, "restore the write protection that was found")       \
	X(SAVE, "save", 0, ARGUMENT_FILE, false,                                                   \
	  "keep the old content in this file, also after success")                                 \
	X(FORGET, "forget", 0, NULL, false, "delete the journal and leave the flash as it is")     \
	X(JOURNAL, "journal", 0, "N", false,                                                       \
	  "the stopped job with this number, if there are several")                                \
	X(HOLD, "hold", 0, NULL, false, "leave the chip in SPI mode, for other programs")          \
	X(WATCH, "watch", 0, NULL, false,                                                          \
	  "check the wires again and again until the flash answers")                               \
	X(YES, "yes", 0, "[WHAT,...]", true,                                                       \
	  "agree beforehand: identity-lost, other-module, doubtful-content ...")                   \
	X(DRY_RUN, "dry-run", 0, NULL, false,                                                      \
	  "change nothing: print what would be done, the time, and what is at risk")               \
	X(RECORD, "record", 0, ARGUMENT_FILE, false, "append one line of JSON about this board")   \
	X(JSON, "json", 0, NULL, false, "print events and results as JSON, one object per line")   \
	X(QUIET, "quiet", 'q', NULL, false, "print only results, warnings and errors")             \
	X(VERBOSE, "verbose", 'v', NULL, false, "print details that help to find a fault")         \
	X(LOG, "log", 0, ARGUMENT_FILE, false,                                                     \
	  "append everything that is printed, with times, for a bug report")                       \
	X(COLOR, "color", 0, ARGUMENT_WHEN, false,                                                 \
	  "always, never, or auto: on a terminal, unless NO_COLOR is set")                         \
	X(HELP, "help", 'h', NULL, false, "print this help")                                       \
	X(VERSION, "version", 0, NULL, false, "print the version")

enum option_id {
#define X(id, name, letter, argument, list, help) OPTION_##id,
	OPTION_TABLE(X)
#undef X
		OPTION_COUNT
};

struct command_option {
	const char *name; /* without the two dashes */
	char letter;
	const char *argument;
	bool list;
	const char *help;
};

extern const struct command_option option_table[OPTION_COUNT];

#define TAKES(id) (UINT64_C(1) << OPTION_##id)

/* Those that every command takes. */
#define TAKES_ALWAYS (TAKES(QUIET) | TAKES(VERBOSE) | TAKES(LOG) | TAKES(COLOR) | TAKES(HELP))

/* Goes through the options of a set, in the order of the table. */
#define FOR_EACH_OPTION(id, set)                                                                   \
	for (enum option_id id = 0; id < OPTION_COUNT; id++)                                       \
		if ((set) >> id & 1)

#endif
