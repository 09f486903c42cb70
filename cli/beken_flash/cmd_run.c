/* SPDX-License-Identifier: GPL-2.0-or-later */
/* beken-flash run: a command in which `flashrom -p beken_spi` works. */
#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cli/beken_flash/say_plan.h"
#include "cli/by_sudo.h"

#define CANNOT_RUN 126
#define NOT_FOUND 127

static const struct command_status statuses[] = {
	{CANNOT_RUN, "the command cannot be executed"},
	{NOT_FOUND, "the command was not found; any other status is the command's own"},
	{0, NULL},
};

static const struct command_example examples[] = {
	{"flashrom itself:", "beken-flash run -- flashrom -p beken_spi -r dump.bin"},
	{"A script that calls flashrom:", "beken-flash run -- ./backup-all.sh"},
	{NULL, NULL},
};

/* The directory whose flashrom is flashrom-beken: beside this program, or as installed. */
static bool find_directory(char path[PATH_MAX], const struct observer *observer)
{
	static const char *const places[] = {"path", INSTALLED_PATH};
	char self[PATH_MAX], tried[PATH_MAX];
	ssize_t len = readlink("/proc/self/exe", self, sizeof(self) - 1);
	char *slash;

	self[len < 0 ? 0 : len] = '\0';
	slash = strrchr(self, '/');
	if (slash)
		slash[1] = '\0';
	for (size_t i = 0; slash && i < sizeof(places) / sizeof(places[0]); i++) {
		int wrote = snprintf(tried, sizeof(tried), "%s%s/flashrom", self, places[i]);

		if (wrote >= (int)sizeof(tried) || access(tried, X_OK))
			continue;
		tried[wrote - (int)strlen("/flashrom")] = '\0';
		return realpath(tried, path) != NULL;
	}
	observer_raise(observer, TROUBLE_SYSTEM, NO_RANGE,
		       "the directory with flashrom-beken as flashrom is not at %s%s, nor at "
		       "%s%s: is everything installed?",
		       self, places[0], self, places[1]);
	return false;
}

static bool prepend(const char *directory, const struct observer *observer)
{
	const char *old = getenv("PATH");
	char *value;
	bool good;

	if (asprintf(&value, "%s%s%s", directory, old ? ":" : "", old ? old : "") < 0) {
		observer_raise(observer, TROUBLE_NO_MEMORY, NO_RANGE, "out of memory");
		return false;
	}
	good = setenv("PATH", value, 1) == 0;
	free(value);
	return good;
}

/* A directory in PATH without search permission is no reason: execvp() reports EACCES then. */
static bool is_in_path(const char *word)
{
	const char *directories = getenv("PATH");
	char path[PATH_MAX];

	while (directories && *directories) {
		int len = (int)strcspn(directories, ":");

		snprintf(path, sizeof(path), "%.*s/%s", len, directories, word);
		if (access(path, F_OK) == 0)
			return true;
		directories += len;
		directories += *directories == ':';
	}
	return false;
}

/* Returns only after a failure, with the status that a shell would have. */
static int become(char *const *words, const struct observer *observer)
{
	execvp(words[0], words);
	if (errno == EACCES && !strchr(words[0], '/') && !is_in_path(words[0]))
		errno = ENOENT;
	observer_raise(observer, TROUBLE_FILE, NO_RANGE, "%s: %s", words[0], strerror(errno));
	return errno == ENOENT ? NOT_FOUND : CANNOT_RUN;
}

/* The command handles Ctrl-C; its status tells. */
static int run_and_wait(char *const *words, const struct observer *observer)
{
	int status;
	pid_t pid;

	fflush(NULL);
	pid = fork();
	if (pid < 0) {
		observer_raise(observer, TROUBLE_SYSTEM, NO_RANGE, "no process: %s",
			       strerror(errno));
		return COMMAND_FAILED;
	}
	if (pid == 0) {
		dup2(STDERR_FILENO, STDOUT_FILENO);
		_exit(become(words, NULL));
	}
	signal(SIGINT, SIG_IGN);
	signal(SIGQUIT, SIG_IGN);
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

static int say_dry(struct device *device, const struct command_line *line, const char *directory)
{
	struct say_plan plan = {.action_count = 0};

	say_action(&plan, "run %s with %s in front of PATH", line->words[0], directory);
	return say_plan(&plan, device);
}

/* The status is the command's own. */
static int say_done(struct device *device, int status, const char *directory)
{
	struct trouble end;

	if (status && session_trouble(&device->session)->kind == TROUBLE_NONE) {
		end = trouble_seen(TROUBLE_COMMAND_FAILED, "the command ended with status %d",
				   status);
		trouble_add_number(&end, "status", (uint64_t)status);
		observer_tell(device->session.observer, &end);
	}
	end = *session_trouble(&device->session);
	end.die = DIE_UNKNOWN;
	json_text(report_result_as(&device->report, status, &end), "path", directory);
	report_result_end(&device->report);
	return status;
}

static int run(const struct command_line *line)
{
	char directory[PATH_MAX];
	struct device device;

	device_begin(&device, &command_run, line);
	if (!find_directory(directory, device.session.observer) ||
	    !prepend(directory, device.session.observer))
		return device_failed(&device);
	if (line->option[OPTION_DRY_RUN])
		return say_dry(&device, line, directory);
	if (by_sudo(line->words))
		observer_note(
			device.session.observer, NOTE_WARN, TROUBLE_NONE,
			"PATH is usually not passed on by sudo, and the flashrom that it "
			"finds then has no beken_spi. Start this program as root instead, and call "
			"flashrom alone in the command");
	if (!device.report.as_json)
		return become(line->words, device.session.observer);
	return say_done(&device, run_and_wait(line->words, device.session.observer), directory);
}

const struct command command_run = {
	.name = "run",
	.words = "-- COMMAND...",
	.words_least = 1,
	.words_most = 4096,
	.passes_on = true,
	.summary = "Run a command in which flashrom -p beken_spi is available",
	.about = "Puts a directory in front of PATH in which flashrom is flashrom-beken: with\n"
		 "the programmer beken_spi it uses this project's driver, with any other it\n"
		 "is the system's flashrom. Nothing else of the environment is changed. sudo\n"
		 "replaces PATH: it belongs in front of beken-flash, if it is needed. With\n"
		 "--json, what the command prints goes to standard error.\n",
	.statuses = statuses,
	.examples = examples,
	.takes = TAKES(JSON) | TAKES(DRY_RUN),
	.run = COMMAND_RUN(run),
};
