/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A whole command on the flash of a place: see tests/engine/place.h. */
#include "tests/engine/place.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/dialect/parse.h"

#define OUTPUT ".output"

/* Redirects a stream; returns where it went before. */
static int redirect(int stream, int to)
{
	int before = dup(stream);

	assert_true(before >= 0 && to >= 0 && dup2(to, stream) == stream);
	close(to);
	return before;
}

static int run_quietly(const struct command *command, const struct command_line *line)
{
	int out, err, in, status;

	fflush(NULL);
	in = redirect(STDIN_FILENO, open("/dev/null", O_RDONLY));
	out = redirect(STDOUT_FILENO, open(OUTPUT, O_WRONLY | O_CREAT | O_TRUNC | O_APPEND, 0600));
	err = redirect(STDERR_FILENO, open(OUTPUT, O_WRONLY | O_APPEND));
	status = command->run(line);
	fflush(NULL);
	close(redirect(STDIN_FILENO, in));
	close(redirect(STDOUT_FILENO, out));
	close(redirect(STDERR_FILENO, err));
	return status;
}

int place_run(struct place *place, const struct command *command, ...)
{
	const struct command *const table[] = {command, NULL};
	struct command_line line = {.word_count = 0};
	char *words[16] = {strdup(command->name)}, *copies[COUNT_OF(words)], *word;
	int count = 1, status;
	va_list arguments;
	struct stat size;

	va_start(arguments, command);
	while ((word = va_arg(arguments, char *)))
		words[count++] = strdup(word);
	va_end(arguments);
	memcpy(copies, words, sizeof(words)); /* parsing moves them */
	assert_int_equal(parse(table, command, count, words, &line, NULL), PARSED);
	status = run_quietly(command, &line);
	parse_free(&line);
	while (count > 0)
		free(copies[--count]);
	free(place->output);
	assert_int_equal(stat(OUTPUT, &size), 0);
	place->output = (char *)place_get(OUTPUT, (size_t)size.st_size);
	unlink(OUTPUT);
	return status;
}
