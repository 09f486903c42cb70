/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * flashrom-beken - flashrom with two more programmers, beken_spi and beken_uart.
 *
 * It has flashrom's command line. With another programmer it executes flashrom; with these it makes
 * the chip's flash accessible, and runs the system's flashrom on a private pty, on which it speaks
 * serprog.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/shell_word.h"
#include "cli/flashrom_beken/advice.h"
#include "programmer/bridge.h"
#include "programmer/child.h"
#include "cli/flashrom_beken/chip_choice.h"
#include "cli/flashrom_beken/flashrom_args.h"
#include "cli/flashrom_beken/flashrom_find.h"
#include "cli/flashrom_beken/flashrom_knows.h"
#include "cli/flashrom_beken/open_part.h"
#include "cli/flashrom_beken/plain_names.h"
#include "cli/flashrom_beken/release.h"
#include "cli/flashrom_beken/run_plain.h"
#include "cli/flashrom_beken/second_look.h"
#include "programmer/programmer.h"
#include "cli/plain_text.h"
#include "cli/say_trouble.h"
#include "cli/signals.h"

#define NAME "flashrom-beken"
#define EXIT_NOT_RUN 1
#define EXIT_DIFFERS 3 /* flashrom's, when a verify found something else */

/* flashrom has nothing left to do once its pty is quiet. */
#define PATIENCE_MS 5000

struct session {
	struct flashrom_args args;
	struct observer observer;
	struct beken_programmer *beken;
	struct spi_pins pins;
	struct proxy *proxy;
	struct child child;
	enum serprog_end end;
	struct plain_names names;
	struct open_part open;
	bool misreads; /* it is a flashrom whose verify of this write may be wrong, and ... */
	struct second_look *look; /* ... how to find out; NULL if that is impossible */
	char flashrom[PATH_MAX];
	struct chip_choice choice;
	bool show_progress;
	int shown_percent;
	bool stuck; /* the chip could not be released */
};

static void on_trouble(void *data, const struct trouble *trouble)
{
	struct session *session = data;
	char text[SAY_TROUBLE_ROOM], word[SAY_TROUBLE_ROOM];

	session->stuck |= trouble->kind == TROUBLE_NOT_RELEASED;
	/* The user asked for it, so it is not an error. */
	say_trouble(trouble, NULL, &session->pins, text);
	/* It ends with the command, which is meant for the same adapter. */
	if (say_doctor(trouble)[0] && session->args.params[0]) {
		size_t length = strlen(text);

		snprintf(text + length, sizeof(text) - length, " --params=%s",
			 shell_word(session->args.params, word, sizeof(word)));
	}
	fprintf(stderr, NAME ": %s: %s\n",
		trouble->kind == TROUBLE_INTERRUPTED ? "warning" : "error", plain_text(text));
}

static void on_note(void *data, enum note_level level, enum trouble_kind kind, const char *text)
{
	const struct session *session = data;
	char plain[SAY_TROUBLE_ROOM];

	(void)kind;
	snprintf(plain, sizeof(plain), "%s", text);
	if (level != NOTE_DEBUG || session->args.verbose)
		fprintf(stderr, NAME ": %s%s\n", level == NOTE_WARN ? "warning: " : "",
			plain_text(plain));
}

static bool cancelled(void *data)
{
	(void)data;
	return signals_seen() != 0;
}

/*
 * The figure is printed at the cursor, which does not move, so that flashrom's next output replaces
 * it.
 */
static void show_percent(struct session *session, int percent)
{
	if (percent == session->shown_percent)
		return;
	session->shown_percent = percent;
	fprintf(stderr, "%3d%%\b\b\b\b", percent);
}

static void on_progress(void *data, enum activity activity, struct range range)
{
	struct session *session = data;
	uint64_t size = beken_part(session->beken)->size;

	(void)activity;
	if (session->show_progress)
		show_percent(session, (int)((range.start + (uint64_t)range.length) * 100 / size));
}

/*
 * The end of flashrom need not be checked: its side of the pty hangs up. beken_close() does what is
 * left to do after an interrupt.
 */
static bool go_on(void *data)
{
	(void)data;
	return !signals_seen();
}

/* While flashrom is asked, the chip waits. */
static bool cancelled_or_idle(void *data)
{
	const struct session *session = data;

	if (session->beken)
		beken_idle(session->beken);
	return signals_seen() != 0;
}

static bool ask_flashrom(void *data, const uint8_t id[3], struct flashrom_names *names)
{
	struct session *session = data;

	observer_note(&session->observer, NOTE_DEBUG, TROUBLE_NONE,
		      "asking what %s knows of ID %02X %02X %02X, unless that is known already",
		      session->flashrom, id[0], id[1], id[2]);
	return !signals_seen() &&
	       flashrom_knows(session->flashrom, id, cancelled_or_idle, session, names);
}

/* For an ID that is not in the database. If entries differ in size, the size is not known. */
static bool ask_unknown(void *data, const uint8_t id[3], struct identify_known *known)
{
	struct flashrom_names names;

	if (!ask_flashrom(data, id, &names) || names.count == 0)
		return false;
	for (unsigned i = 1; i < names.count; i++)
		if (names.names[i].kib != names.names[0].kib)
			return false;
	if (names.names[0].kib > UINT32_MAX / 1024)
		return false;
	*known = (struct identify_known){.size = names.names[0].kib * 1024};
	snprintf(known->name, sizeof(known->name), "%.*s", IDENTITY_NAME - 1, names.names[0].name);
	return true;
}

/* False if flashrom cannot work with the part, or the session is to end. */
static bool choose_chip(struct session *session)
{
	const struct chipdb_part *part = beken_part(session->beken);
	const struct chip_choice_ask ask = {.ask = ask_flashrom, .data = session};

	if (!session->args.chip)
		chip_choose(part, &ask, &session->choice);
	return !signals_seen() &&
	       advise_choice(&session->observer, &session->args, part, &session->choice);
}

/* The chip given with -c, by the user or by this program; NULL: none. */
static const char *chip_name(const struct session *session)
{
	if (session->args.chip)
		return session->args.chip;
	return session->choice.name[0] ? session->choice.name : NULL;
}

static bool start_flashrom(struct session *session, int argc, char **argv, struct child_pty *pty)
{
	const char *more[OPEN_PART_WORDS + 3] = {NULL}, **word = more;
	char programmer[sizeof(pty->name) + 16];
	char **child_argv;
	bool started;

	snprintf(programmer, sizeof(programmer), "serprog:dev=%s", pty->name);
	if (!session->args.chip && chip_name(session)) {
		*word++ = "-c";
		*word++ = chip_name(session);
	}
	memcpy(word, session->open.words, sizeof(session->open.words));
	child_argv = flashrom_args_replace(argc, argv, &session->args, session->flashrom,
					   programmer, more);
	if (!child_argv)
		return false;
	fflush(NULL);
	started = child_start(&session->child, pty, child_argv, -1);
	flashrom_args_free(child_argv);
	return started;
}

static void serve(struct session *session, int pty)
{
	char name[SERPROG_NAME_LEN + 1];
	const struct bridge bridge = {
		.proxy = session->proxy,
		.name = name,
		.clock_hz = beken_clock_hz(session->beken),
		.go_on = go_on,
		.data = session,
	};

	snprintf(name, sizeof(name), "beken %s", beken_part(session->beken)->name);
	session->end = bridge_serve(pty, &bridge);
	if (session->end == SERPROG_GARBAGE || session->end == SERPROG_FAILED)
		observer_raise(&session->observer, TROUBLE_FLASHROM_FAILED, NO_RANGE,
			       "%s did not speak serprog as expected", session->flashrom);
	if (session->shown_percent >= 0)
		fprintf(stderr, "    \b\b\b\b");
}

static enum proxy_registers registers_for(const struct flashrom_args *args)
{
	if (args->wp_writes)
		return PROXY_REGISTERS_WRITE;
	return args->wp_reads ? PROXY_REGISTERS_READ : PROXY_REGISTERS_HIDDEN;
}

/* Reports how flashrom ended; returns the exit status of this program. */
static int judge_flashrom(struct session *session)
{
	int status = child_exit_status(&session->child);

	if (status == 127) {
		observer_raise(&session->observer, TROUBLE_NO_FLASHROM, NO_RANGE,
			       "%s cannot be run", session->flashrom);
	} else if (status == 0 && session->end == SERPROG_SILENT) {
		observer_raise(&session->observer, TROUBLE_FLASHROM_FAILED, NO_RANGE,
			       "%s did not use the chip: is it flashrom?", session->flashrom);
		status = EXIT_NOT_RUN;
	} else if (status == 0 &&
		   (session->end == SERPROG_GARBAGE || session->end == SERPROG_FAILED)) {
		status = EXIT_NOT_RUN;
	} else if (status > 128 && !signals_seen()) {
		observer_raise(&session->observer, TROUBLE_FLASHROM_FAILED, NO_RANGE,
			       "flashrom was ended by signal %d", status - 128);
	} else if (status == EXIT_DIFFERS && session->misreads && !signals_seen()) {
		bool good = session->look && second_look_is_good(session->look, session->proxy);

		advise_second_look(&session->observer, session->look, good);
		status = good ? 0 : status;
	}
	return status;
}

/* flashrom behind the bridge; returns the exit status of this program. */
static int run_flashrom(struct session *session, int argc, char **argv)
{
	struct child_pty pty;

	if (!child_open_pty(&pty)) {
		observer_raise(&session->observer, TROUBLE_SYSTEM, NO_RANGE,
			       "no pty for flashrom: %s", strerror(errno));
		return EXIT_NOT_RUN;
	}
	if (!start_flashrom(session, argc, argv, &pty)) {
		observer_raise(&session->observer, TROUBLE_NO_FLASHROM, NO_RANGE,
			       "%s cannot be started: %s", session->flashrom, strerror(errno));
		child_close_pty(&pty);
		return EXIT_NOT_RUN;
	}
	serve(session, pty.master);
	/* flashrom notices that its pty is gone and ends, even if nothing else stops it. */
	child_close_pty(&pty);
	child_wait(&session->child, signals_seen() ? 0 : PATIENCE_MS);
	return judge_flashrom(session);
}

/* Also compares what a flashrom that misreads has written. */
static int run_and_look(struct session *session, int argc, char **argv)
{
	const struct chipdb_part *part = beken_part(session->beken);
	int status;

	session->misreads = second_look_needed(&session->args, part) &&
			    release_misreads_ends(session->flashrom, &session->observer);
	if (session->misreads)
		session->look = second_look_begin(&session->args, part, session->proxy);
	status = run_flashrom(session, argc, argv);
	second_look_end(session->look);
	return status;
}

/* Adds what this flashrom needs besides its command line. */
static int prepare_and_run(struct session *session, int argc, char **argv)
{
	const struct proxy_options wanted = {
		.read_only = !session->args.modifies,
		.registers = registers_for(&session->args),
		.stand_in = session->choice.kind == CHIP_STAND_IN ? session->choice.id : NULL,
	};
	int status = EXIT_NOT_RUN;

	session->proxy = beken_start(session->beken, &wanted);
	if (!session->proxy || !plain_names_make(&session->names, argc, argv, &session->args))
		observer_raise(&session->observer, TROUBLE_SYSTEM, NO_RANGE,
			       "flashrom cannot be prepared: %s", strerror(errno));
	else if (open_part_make(&session->open, &session->args, beken_part(session->beken),
				session->proxy, &session->observer))
		status = run_and_look(session, argc, session->names.argv);
	open_part_remove(&session->open);
	plain_names_remove(&session->names);
	return status;
}

/* Between the link and the release of the chip. */
static int use_chip(struct session *session, int argc, char **argv, enum proxy_done *done)
{
	const struct chipdb_part *part = beken_part(session->beken);
	int status;

	advise_files(&session->observer, &session->args, part);
	if (!choose_chip(session))
		return EXIT_NOT_RUN;
	status = prepare_and_run(session, argc, argv);
	if (session->proxy)
		*done = proxy_done(session->proxy);
	if (signals_seen())
		return status;
	if (chip_name(session) && (status == 0 || *done != PROXY_NOTHING))
		advise_name(&session->observer, part, chip_name(session));
	if (status && registers_for(&session->args) != PROXY_REGISTERS_HIDDEN)
		advise_write_protect(&session->observer);
	/* If it changed without a trace, flashrom may not know its own name any more. */
	if (status && session->end == SERPROG_SILENT && session->choice.name[0])
		flashrom_knows_forget(session->flashrom, session->choice.id);
	return status;
}

static int run_session(struct session *session, int argc, char **argv)
{
	const struct identify_ask ask = {.ask = ask_unknown, .data = session};
	const struct beken_options options = {
		.programmer = session->args.beken,
		.parameters = session->args.params,
		.observer = &session->observer,
		.pins = &session->pins,
		.ask = &ask,
	};
	enum proxy_done done = PROXY_NOTHING;
	bool content_good = false;
	int status = EXIT_NOT_RUN;

	signals_catch();
	/* If this were inherited as ignored, the status of flashrom would be lost. */
	signal(SIGCHLD, SIG_DFL);
	session->beken = beken_open(&options);
	if (session->beken) {
		status = use_chip(session, argc, argv, &done);
		content_good = status == 0;
		if (beken_close(session->beken) && status == 0) {
			observer_raise(&session->observer, TROUBLE_NOT_WRITTEN, NO_RANGE,
				       "flashrom reported success, but afterwards "
				       "something failed, see above: verify the content (-v)");
			status = EXIT_NOT_RUN;
		}
	}
	if (signals_seen()) {
		observer_note(&session->observer, NOTE_WARN, TROUBLE_NONE, "stopped by a signal%s",
			      session->pins.clock && !session->stuck ? "; CEN was released" : "");
		status = 128 + signals_seen();
	}
	if (status && session->beken && !content_good)
		advise_end(&session->observer, &session->args, done);
	return status;
}

/* flashrom would refuse a programmer that it does not know, instead of answering. */
static int become_flashrom(struct session *session, int argc, char **argv)
{
	const char *const no_more[] = {NULL};

	if (session->args.beken)
		argv = flashrom_args_replace(argc, argv, &session->args, session->flashrom, "dummy",
					     no_more);
	else
		argv[0] = session->flashrom;
	if (!session->args.told && run_plain_may_help(session->args.programmer))
		return run_plain(argv, session->args.programmer, &session->observer);
	if (argv)
		execv(argv[0], argv);
	observer_raise(&session->observer, TROUBLE_NO_FLASHROM, NO_RANGE, "%s cannot be run: %s",
		       session->flashrom, strerror(errno));
	return EXIT_NOT_RUN;
}

int main(int argc, char **argv)
{
	struct session session = {.shown_percent = -1, .end = SERPROG_SILENT};

	session.observer = (struct observer){.trouble = on_trouble,
					     .note = on_note,
					     .progress = on_progress,
					     .cancelled = cancelled,
					     .data = &session};
	session.show_progress = isatty(STDERR_FILENO);
	flashrom_args_parse(argc, argv, &session.args);
	if (!flashrom_find(session.flashrom)) {
		const char *named = getenv("FLASHROM");

		observer_raise(&session.observer, TROUBLE_NO_FLASHROM, NO_RANGE,
			       "%s%s. Install flashrom (Debian, Ubuntu: apt install flashrom), "
			       "or set FLASHROM= to its path",
			       named && named[0] ? "no flashrom that can be run at FLASHROM="
						 : "flashrom was not found",
			       named && named[0] ? named : "");
		return EXIT_NOT_RUN;
	}
	/* For a flashrom in PATH that is a script around this program. */
	setenv(FLASHROM_MARK, "1", 1);
	if (strcmp(program_invocation_short_name, NAME) == 0) {
		/* Not on standard output: scripts read flashrom's version there. */
		if (session.args.version)
			fputs(NAME " " FLASHROM_BEKEN_VERSION "\n", stderr);
		advise_programmer(&session.observer, &session.args);
	}
	if (!session.args.beken || session.args.told)
		return become_flashrom(&session, argc, argv);
	if (session.args.ambiguous) {
		observer_raise(&session.observer, TROUBLE_USAGE, NO_RANGE,
			       "only one programmer can be used: give -p once");
		return EXIT_NOT_RUN;
	}
	if (session.args.operation && (session.args.wp_reads || session.args.wp_writes)) {
		observer_raise(
			&session.observer, TROUBLE_USAGE, NO_RANGE,
			"--wp-... needs a run of its own: -r, -w, -v and -E also make flashrom "
			"write the status registers. Nothing was done");
		return EXIT_NOT_RUN;
	}
	if (!release_has_options(session.flashrom, &session.args, &session.observer))
		return EXIT_NOT_RUN;
	return run_session(&session, argc, argv);
}
