/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Output on a terminal: an unbroken progress line, colors, and silence. */
#include "tests/unit.h"

#include <fcntl.h>
#include <pty.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "cli/say.h"

#define LONGER "read  42%, 860 of 2048 KiB, 900 KiB/s, 2 s left"
#define SHORTER "read  42%, 900 KiB/s, 2 s left"
#define SHORTEST "read  42%, 2 s left"

static char said[4096];

/* Standard error is a terminal with this many columns while @speak runs. */
static const char *on_terminal(unsigned short columns, void (*speak)(void))
{
	const struct winsize size = {.ws_row = 24, .ws_col = columns};
	int master, slave, before = dup(STDERR_FILENO);
	size_t length = 0;
	ssize_t got;

	assert_int_equal(openpty(&master, &slave, NULL, NULL, &size), 0);
	assert_int_equal(fcntl(master, F_SETFL, O_NONBLOCK), 0);
	fflush(stderr);
	assert_true(dup2(slave, STDERR_FILENO) >= 0);
	speak();
	fflush(stderr);
	while ((got = read(master, said + length, sizeof(said) - 1 - length)) > 0)
		length += (size_t)got;
	said[length] = '\0';
	dup2(before, STDERR_FILENO);
	close(before);
	close(slave);
	close(master);
	return said;
}

static void begin(const struct say_wish *wish)
{
	assert_true(say_begin(wish));
}

static void progress(void)
{
	const struct say_wish wish = {.color = "never"};

	begin(&wish);
	say_progress(LONGER, SHORTER, SHORTEST);
}

static void then_a_message(void)
{
	progress();
	say_message(SAY_WARNING, "the end");
}

static void quietly(void)
{
	const struct say_wish wish = {.quiet = true, .color = "never"};

	begin(&wish);
	say_progress(LONGER, SHORTER, SHORTEST);
	say_message(SAY_INFO, "nothing");
}

static void in_color(void)
{
	const struct say_wish wish = {.verbose = true};

	begin(&wish);
	say_message(SAY_ERROR, "red");
	say_message(SAY_DEBUG, "detail");
}

static void what_does_not_fit_the_terminal_is_said_shorter(void **state)
{
	(void)state;
	assert_string_equal(on_terminal(80, progress), "\r" LONGER "\033[K");
	assert_string_equal(on_terminal(40, progress), "\r" SHORTER "\033[K");
	assert_string_equal(on_terminal(30, progress), "\r" SHORTEST "\033[K");
	assert_string_equal(on_terminal(10, progress), "\rread  42%\033[K");
}

static void a_message_wipes_the_line_away(void **state)
{
	const char *line;

	(void)state;
	line = on_terminal(40, then_a_message);
	assert_non_null(strstr(line, SHORTER "\033[K\r\033[K"));
	assert_non_null(strstr(line, "warning: the end\r\n"));
}

static void quiet_is_silence(void **state)
{
	(void)state;
	assert_string_equal(on_terminal(80, quietly), "");
}

static void colors_are_for_terminals_unless_nobody_wants_them(void **state)
{
	(void)state;
	setenv("TERM", "xterm", 1);
	unsetenv("NO_COLOR");
	assert_non_null(strstr(on_terminal(80, in_color), "\033[31merror: \033[0mred"));
	assert_non_null(strstr(said, "detail"));
	setenv("NO_COLOR", "1", 1);
	assert_null(strstr(on_terminal(80, in_color), "\033["));
	unsetenv("NO_COLOR");
	setenv("TERM", "dumb", 1);
	assert_null(strstr(on_terminal(80, in_color), "\033["));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_does_not_fit_the_terminal_is_said_shorter),
		cmocka_unit_test(a_message_wipes_the_line_away),
		cmocka_unit_test(quiet_is_silence),
		cmocka_unit_test(colors_are_for_terminals_unless_nobody_wants_them),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
