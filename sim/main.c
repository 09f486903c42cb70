/* SPDX-License-Identifier: GPL-2.0-or-later */
/* beken-sim: a virtual CH341A with a Beken chip on it. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "sim/sim_commands.h"

static void help(void)
{
	printf("beken-sim: a virtual CH341A adapter with a Beken chip on it\n\n"
	       "  beken-sim run [OPTIONS] -- COMMAND...    run a program with it plugged in\n"
	       "  beken-sim serve --listen ADDRESS [OPTIONS]\n"
	       "                      serve it over USB/IP until interrupted; ADDRESS is\n"
	       "                      unix:PATH, 127.0.0.1:PORT or [::1]:PORT\n"
	       "  beken-sim list socs|parts|entries|bootloaders  names that options take\n"
	       "  beken-sim --help | --version\n\n"
	       "%s\n"
	       "'run' exits with the program's status, or with 128 + the signal that ended it.\n"
	       "A program under it lives in virtual time: it is quicker than real hardware,\n"
	       "and the same run always gives the same figures.\n",
	       options_help);
}

static void list_part(const struct chipdb_part *part)
{
	printf("%-16s %02X%02X%02X %6" PRIu32 " KiB  %s\n", part->name, part->id[0], part->id[1],
	       part->id[2], part->size / 1024, part->maker);
}

static int list(const char *what)
{
	const char *name;

	if (strcmp(what, "socs") == 0) {
		for (size_t i = 0; i < chipdb_soc_count; i++)
			puts(chipdb_socs[i].name);
	} else if (strcmp(what, "parts") == 0) {
		for (size_t i = 0; i < chipdb_part_count; i++)
			if (!chipdb_parts[i].refuse)
				list_part(&chipdb_parts[i]);
	} else if (strcmp(what, "entries") == 0) {
		for (unsigned i = 0; (name = board_entry_name(i)); i++)
			puts(name);
	} else if (strcmp(what, "bootloaders") == 0) {
		for (unsigned i = 0; uart_variant(i); i++)
			puts(uart_variant(i)->name);
	} else {
		complain("cannot list '%s'; there are socs, parts, entries and bootloaders", what);
		return 2;
	}
	return 0;
}

int main(int argc, char **argv)
{
	const char *command = argc > 1 ? argv[1] : "";
	struct options options;

	if (strcmp(command, "--help") == 0 || strcmp(command, "-h") == 0) {
		help();
		return 0;
	}
	if (strcmp(command, "--version") == 0) {
		puts("beken-sim " BEKEN_SIM_VERSION);
		return 0;
	}
	if (strcmp(command, "list") == 0 && argc == 3)
		return list(argv[2]);
	if (strcmp(command, "run") == 0) {
		options_parse(&options, false, argc - 1, argv + 1);
		return command_run(&options);
	}
	if (strcmp(command, "serve") == 0) {
		options_parse(&options, true, argc - 1, argv + 1);
		return command_serve(&options);
	}
	complain("say 'run', 'serve' or 'list'; see beken-sim --help");
	return 2;
}
