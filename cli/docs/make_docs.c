/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * make-docs - the man page and the completion of shells, from the table of commands.
 *
 *	make-docs man < TEMPLATE	@NAME@ on a line of its own is replaced
 *	make-docs bash|zsh|fish
 *
 * It runs while beken-flash is built, and is not installed.
 */
#include <stdio.h>
#include <string.h>

#include "chipdb/chipdb.h"
#include "cli/beken_flash/commands.h"
#include "cli/dialect/describe.h"

#define LINE_ROOM 512
#define REGIONS_MOST 64

/* Escapes what mdoc would interpret: a dot or a quote at the start, and backslashes. */
static void man_text(const char *text, const char *end)
{
	bool at_begin = true;

	for (; text < end; text++) {
		if (at_begin && (*text == '.' || *text == '\''))
			fputs("\\&", stdout);
		if (*text == '\\')
			fputs("\\e", stdout);
		else if (*text == '-')
			fputs("\\-", stdout);
		else
			putchar(*text);
		at_begin = *text == '\n';
	}
}

static void man_line(const char *text)
{
	man_text(text, text + strlen(text));
	putchar('\n');
}

/* mdoc wants a new line after each full stop. */
static void man_sentences(const char *text)
{
	for (const char *at = text; *at; at++) {
		bool ends = *at == '.' && (at[1] == ' ' || at[1] == '\n');

		if (!ends && at[1])
			continue;
		man_text(text, at + 1);
		text = at + 1;
		if (ends && *text)
			putchar('\n');
		while (*text == ' ' || (ends && *text == '\n'))
			text++;
		at = text - 1;
	}
}

static void man_option(const struct command_option *option)
{
	const char *argument = option->argument;

	printf(".It ");
	if (option->letter)
		printf("Fl %c , ", option->letter);
	printf("Fl Fl %s", option->name);
	if (argument && argument[0] == '[')
		printf(" Ns Op = Ns Ar %.*s", (int)strlen(argument) - 2, argument + 1);
	else if (argument)
		printf(" Ns = Ns Ar %s", argument);
	putchar('\n');
	man_line(option->help);
}

static void man_options(uint64_t set)
{
	FOR_EACH_OPTION(id, set)
		man_option(&option_table[id]);
}

static void man_statuses(const struct command_status *at)
{
	for (; at && at->meaning; at++) {
		printf(".It %d\n", at->status);
		man_line(at->meaning);
	}
}

static void man_command(const struct command *command)
{
	printf(".Ss %s\n", command->name);
	man_text(command->summary, command->summary + strlen(command->summary));
	puts(".");
	if (command->about)
		man_sentences(command->about);
	puts(".Bl -tag -width Ds");
	man_options(command->takes);
	puts(".El");
	if (command->statuses) {
		puts(".Pp\nExit status of its own:\n.Bl -tag -width Ds");
		man_statuses(command->statuses);
		puts(".El");
	}
	for (const struct command_example *at = command->examples; at && at->what; at++) {
		puts(".Pp");
		man_line(at->what);
		puts(".Bd -literal -offset indent");
		man_line(at->line);
		puts(".Ed");
	}
}

static void man_synopsis(void)
{
	for (const struct command *const *at = command_table; *at; at++)
		printf(".Nm\n.Cm %s\n.Op Ar options\n%s%s%s", (*at)->name,
		       (*at)->words[0] ? ".Ar " : "", (*at)->words, (*at)->words[0] ? "\n" : "");
}

static void man_insert(const char *name)
{
	if (strcmp(name, "@SYNOPSIS@\n") == 0)
		man_synopsis();
	else if (strcmp(name, "@COMMANDS@\n") == 0)
		for (const struct command *const *at = command_table; *at; at++)
			man_command(*at);
	else if (strcmp(name, "@OPTIONS@\n") == 0)
		man_options(TAKES_ALWAYS | TAKES(VERSION));
	else if (strcmp(name, "@STATUSES@\n") == 0)
		man_statuses(command_statuses);
	else
		fputs(name, stdout);
}

static void make_man(void)
{
	char line[LINE_ROOM];

	while (fgets(line, sizeof(line), stdin))
		man_insert(line);
}

static void print_socs(void)
{
	for (size_t i = 0; i < chipdb_soc_count; i++)
		printf("%s%s", i ? " " : "", chipdb_socs[i].name);
}

static void print_regions(void)
{
	const char *seen[REGIONS_MOST];
	size_t count = 0;

	for (size_t i = 0; i < chipdb_soc_count; i++) {
		const struct chipdb_region *region = chipdb_socs[i].regions;

		for (size_t j = 0; j < CHIPDB_REGIONS && region[j].name; j++) {
			size_t k = 0;

			while (k < count && strcmp(seen[k], region[j].name) != 0)
				k++;
			if (k < count || count == REGIONS_MOST)
				continue;
			printf("%s%s", count ? " " : "", region[j].name);
			seen[count++] = region[j].name;
		}
	}
}

static void print_commands(void)
{
	for (const struct command *const *at = command_table; *at; at++)
		printf("%s ", (*at)->name);
}

/* Whether "=" has to follow. */
static bool needs_argument(const struct command_option *option)
{
	return option->argument && option->argument[0] != '[';
}

static void bash_command(const struct command *command)
{
	printf("\t%s) words=\"", command->name);
	FOR_EACH_OPTION(id, command->takes | TAKES_ALWAYS)
		printf("--%s%s ", option_table[id].name,
		       needs_argument(&option_table[id]) ? "=" : "");
	printf("\" ;;\n");
}

/* "=" is a word of its own to bash. */
static void make_bash(void)
{
	puts("# SPDX-License-Identifier: GPL-2.0-or-later\n"
	     "_beken_flash()\n"
	     "{\n"
	     "\tlocal cur=${COMP_WORDS[COMP_CWORD]} option=${COMP_WORDS[COMP_CWORD-1]} words=\n\n"
	     "\tif [[ $cur == = ]]; then\n"
	     "\t\tcur=\n"
	     "\telif [[ $option == = ]]; then\n"
	     "\t\toption=${COMP_WORDS[COMP_CWORD-2]}\n"
	     "\tfi\n"
	     "\tcase $option in");
	fputs("\t--soc) words=\"", stdout);
	print_socs();
	fputs("\" ;;\n\t--region) words=\"", stdout);
	print_regions();
	puts("\" ;;\n\t--color) words=\"always never auto\" ;;\n\tesac");
	fputs("\tif [[ -z $words && COMP_CWORD -eq 1 ]]; then\n\t\twords=\"", stdout);
	print_commands();
	puts("help --help --version\"\n"
	     "\telif [[ -z $words && COMP_CWORD -eq 2 && ${COMP_WORDS[1]} == help ]]; then");
	fputs("\t\twords=\"", stdout);
	print_commands();
	puts("\"\n"
	     "\telif [[ -z $words && $cur == -* ]]; then\n"
	     "\t\tcase ${COMP_WORDS[1]} in");
	for (const struct command *const *at = command_table; *at; at++)
		bash_command(*at);
	puts("\t\tesac\n"
	     "\tfi\n"
	     "\tCOMPREPLY=($(compgen -W \"$words\" -- \"$cur\"))\n"
	     "\t[[ ${COMPREPLY[0]} != *= ]] || compopt -o nospace\n"
	     "}\n"
	     "complete -o default -F _beken_flash beken-flash");
}

#define WITHOUT_COMMAND (TAKES_ALWAYS | TAKES(VERSION))

/* In single quotes, as zsh has it; @own are signs that the completion itself would interpret. */
static void zsh_quoted(const char *text, const char *own)
{
	for (; *text; text++)
		if (*text == '\'')
			fputs("'\\''", stdout);
		else
			printf("%s%c", strchr(own, *text) ? "\\" : "", *text);
}

static void fish_quoted(const char *text)
{
	for (; *text; text++)
		printf("%s%c", strchr("'\\", *text) ? "\\" : "", *text);
}

static void zsh_option(const struct command_option *option)
{
	printf("\t\t'%s--%s%s[", option->list ? "*" : "", option->name,
	       needs_argument(option) ? "=" : "");
	zsh_quoted(option->help, "[]:");
	putchar(']');
	if (needs_argument(option)) {
		printf(":%s:", option->argument);
		if (strcmp(option->argument, ARGUMENT_FILE) == 0) {
			fputs("_files", stdout);
		} else if (strcmp(option->argument, ARGUMENT_SOC) == 0) {
			putchar('(');
			print_socs();
			putchar(')');
		} else if (strcmp(option->argument, ARGUMENT_REGION) == 0) {
			putchar('(');
			print_regions();
			putchar(')');
		} else if (strcmp(option->argument, ARGUMENT_WHEN) == 0) {
			fputs("(always never auto)", stdout);
		}
	}
	puts("' \\");
}

static void make_zsh(void)
{
	puts("#compdef beken-flash\n"
	     "# SPDX-License-Identifier: GPL-2.0-or-later\n"
	     "if (( CURRENT == 2 )) && [[ $words[2] == -* ]]; then\n"
	     "\t_arguments \\");
	FOR_EACH_OPTION(id, WITHOUT_COMMAND)
		zsh_option(&option_table[id]);
	puts("\n\treturn\n"
	     "fi\n"
	     "if (( CURRENT == 2 )); then\n"
	     "\tlocal -a commands=(");
	for (const struct command *const *at = command_table; *at; at++) {
		printf("\t\t'%s:", (*at)->name);
		zsh_quoted((*at)->summary, "");
		puts("'");
	}
	puts("\t\t'help:say more about a command'\n"
	     "\t)\n"
	     "\t_describe command commands\n"
	     "\treturn\n"
	     "fi\n"
	     "local command=$words[2]\n"
	     "shift words\n"
	     "(( CURRENT-- ))\n"
	     "case $command in");
	for (const struct command *const *at = command_table; *at; at++) {
		printf("%s)\n\t_arguments \\\n", (*at)->name);
		FOR_EACH_OPTION(id, (*at)->takes | TAKES_ALWAYS)
			zsh_option(&option_table[id]);
		printf("\t\t%s\n\t;;\n", (*at)->passes_on  ? "'*::COMMAND:_normal'"
					 : (*at)->words[0] ? "'*:FILE:_files'"
							   : "");
	}
	puts("esac");
}

/* @command: NULL for all of them. */
static void fish_option(const char *command, const struct command_option *option)
{
	printf("complete -c beken-flash ");
	if (command)
		printf("-n '__fish_seen_subcommand_from %s' ", command);
	if (option->letter)
		printf("-s %c ", option->letter);
	printf("-l %s -d '", option->name);
	fish_quoted(option->help);
	putchar('\'');
	if (needs_argument(option))
		printf(" -r");
	if (option->argument && strcmp(option->argument, ARGUMENT_SOC) == 0) {
		printf(" -f -a '");
		print_socs();
		putchar('\'');
	} else if (option->argument && strcmp(option->argument, ARGUMENT_REGION) == 0) {
		printf(" -f -a '");
		print_regions();
		putchar('\'');
	} else if (option->argument && strcmp(option->argument, ARGUMENT_WHEN) == 0) {
		printf(" -f -a 'always never auto'");
	}
	putchar('\n');
}

static void fish_word(const char *condition, const char *word, const char *help)
{
	printf("complete -c beken-flash -f -n '%s' -a %s -d '", condition, word);
	fish_quoted(help);
	puts("'");
}

static void make_fish(void)
{
	puts("# SPDX-License-Identifier: GPL-2.0-or-later");
	fish_word("__fish_use_subcommand", "help", "say more about a command");
	FOR_EACH_OPTION(id, WITHOUT_COMMAND)
		fish_option(NULL, &option_table[id]);
	for (const struct command *const *at = command_table; *at; at++) {
		fish_word("__fish_use_subcommand", (*at)->name, (*at)->summary);
		fish_word("__fish_seen_subcommand_from help", (*at)->name, (*at)->summary);
		FOR_EACH_OPTION(id, (*at)->takes)
			fish_option((*at)->name, &option_table[id]);
	}
}

int main(int argc, char **argv)
{
	static const struct {
		const char *name;
		void (*make)(void);
	} kinds[] = {
		{"man", make_man}, {"bash", make_bash}, {"zsh", make_zsh}, {"fish", make_fish}};

	for (size_t i = 0; argc == 2 && i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		if (strcmp(argv[1], kinds[i].name) != 0)
			continue;
		kinds[i].make();
		return fflush(stdout) == 0 ? 0 : 1;
	}
	fputs("usage: make-docs man|bash|zsh|fish\n", stderr);
	return 2;
}
