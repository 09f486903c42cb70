/* SPDX-License-Identifier: GPL-2.0-or-later */
/* CEN on a line of a serial port: the requests to the kernel, and what follows if they fail. */
#include "tests/unit.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <sys/ioctl.h>
#include <termios.h>

#include "programmer/adapters/tty_line.h"

#define FD 1000

int __real_open(const char *path, int flags, ...);
int __real_close(int fd);
int __wrap_open(const char *path, int flags, ...);
int __wrap_open64(const char *path, int flags, ...);
int __wrap_close(int fd);
int __wrap_ioctl(int fd, unsigned long request, ...);
int __wrap_tcgetattr(int fd, struct termios *settings);
int __wrap_tcsetattr(int fd, int action, const struct termios *settings);

/* A port as Linux opens it: both lines are asserted. */
static struct {
	int open_error, lines_error, settings_error;
	bool taken;

	bool is_open, exclusive;
	int flags, asserted;
	unsigned lows; /* how often CEN fell */
	struct termios settings;
} port;
static struct notes notes;

static int refuse(int error)
{
	errno = error;
	return -1;
}

int __wrap_open(const char *path, int flags, ...)
{
	/* Coverage writes its files at the end of the program. */
	if (strcmp(path, "/dev/ttyUSB0") != 0)
		return __real_open(path, flags, 0644);
	if (port.open_error)
		return refuse(port.open_error);
	port.is_open = true;
	port.flags = flags;
	port.asserted = TIOCM_RTS | TIOCM_DTR;
	port.settings.c_cflag = CRTSCTS | B9600;
	return FD;
}

int __wrap_open64(const char *path, int flags, ...)
{
	return __wrap_open(path, flags);
}

int __wrap_close(int fd)
{
	if (fd != FD)
		return __real_close(fd);
	assert_true(port.is_open);
	port.is_open = false;
	if (port.settings.c_cflag & HUPCL)
		port.asserted = 0;
	return 0;
}

int __wrap_ioctl(int fd, unsigned long request, ...)
{
	va_list arguments;
	int *value;

	va_start(arguments, request);
	value = va_arg(arguments, int *);
	va_end(arguments);
	assert_int_equal(fd, FD);
	switch (request) {
	case TIOCGEXCL:
		*value = port.taken;
		return 0;
	case TIOCEXCL:
		port.exclusive = true;
		return 0;
	case TIOCMBIS:
		port.lows++;
		port.asserted |= *value;
		return port.lines_error ? refuse(port.lines_error) : 0;
	case TIOCMBIC:
		port.asserted &= ~*value;
		return port.lines_error ? refuse(port.lines_error) : 0;
	default:
		fail_msg("no such request: %lx", request);
		return -1;
	}
}

int __wrap_tcgetattr(int fd, struct termios *settings)
{
	assert_int_equal(fd, FD);
	*settings = port.settings;
	return port.settings_error ? refuse(port.settings_error) : 0;
}

int __wrap_tcsetattr(int fd, int action, const struct termios *settings)
{
	assert_int_equal(fd, FD);
	assert_int_equal(action, TCSANOW);
	port.settings = *settings;
	return 0;
}

static struct cen *open_line(const char *value)
{
	const struct cen_wish wish = {.value = value};

	return tty_line_open(&wish, &notes.observer);
}

static int begin(void **state)
{
	(void)state;
	memset(&port, 0, sizeof(port));
	notes_begin(&notes);
	return 0;
}

static void only_its_own_line_moves_and_is_high_at_the_end(void **state)
{
	static const struct {
		const char *value, *name;
		int own, other;
	} lines[] = {{"rts:/dev/ttyUSB0", "RTS of ttyUSB0", TIOCM_RTS, TIOCM_DTR},
		     {"dtr:/dev/ttyUSB0", "DTR of ttyUSB0", TIOCM_DTR, TIOCM_RTS}};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(lines); i++) {
		struct cen *cen;

		begin(NULL);
		cen = open_line(lines[i].value);
		assert_non_null(cen);
		assert_string_equal(cen->name, lines[i].name);
		assert_int_equal(port.asserted, lines[i].other);
		assert_int_equal(cen->ops->set(cen, false), TROUBLE_NONE);
		assert_int_equal(port.asserted, lines[i].own | lines[i].other);
		assert_int_equal(cen->ops->set(cen, true), TROUBLE_NONE);
		assert_int_equal(port.asserted, lines[i].other);
		cen->ops->set(cen, false);
		cen->ops->close(cen);
		assert_int_equal(port.asserted, 0);
		assert_false(port.is_open);
		assert_int_equal(notes.errors, 0);
	}
}

/* What the kernel does when the program is killed: it closes the port. */
static void a_kill_lets_go_of_it(void **state)
{
	struct cen *cen = open_line("rts:/dev/ttyUSB0");

	(void)state;
	assert_non_null(cen);
	cen->ops->set(cen, false);
	assert_true(port.settings.c_cflag & HUPCL);
	__wrap_close(FD);
	assert_int_equal(port.asserted, 0);
	port.is_open = true;
	cen->ops->close(cen);
}

static void nothing_else_uses_the_port_and_nobody_waits_for_a_carrier(void **state)
{
	struct cen *cen = open_line("rts:/dev/ttyUSB0");

	(void)state;
	assert_non_null(cen);
	assert_true(port.exclusive);
	assert_int_equal(port.flags & (O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC),
			 O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
	assert_true(port.settings.c_cflag & CLOCAL);
	/* Otherwise the driver would move RTS by itself. */
	assert_false(port.settings.c_cflag & CRTSCTS);
	cen->ops->close(cen);
}

static void refusals_are_told_by_their_kind_and_nothing_stays_open(void **state)
{
	static const struct {
		int open, lines, settings;
		bool taken;
		enum trouble_kind kind;
	} refusals[] = {
		{.open = ENOENT, .kind = TROUBLE_NO_ADAPTER},
		{.open = EACCES, .kind = TROUBLE_ADAPTER_FORBIDDEN},
		{.open = EBUSY, .kind = TROUBLE_ADAPTER_IN_USE},
		{.taken = true, .kind = TROUBLE_ADAPTER_IN_USE},
		{.lines = ENOTTY, .kind = TROUBLE_SYSTEM},
		{.settings = ENODEV, .kind = TROUBLE_ADAPTER_GONE},
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(refusals); i++) {
		begin(NULL);
		port.open_error = refusals[i].open;
		port.lines_error = refusals[i].lines;
		port.settings_error = refusals[i].settings;
		port.taken = refusals[i].taken;
		assert_null(open_line("dtr:/dev/ttyUSB0"));
		assert_int_equal(notes.errors, 1);
		assert_int_equal(notes.trouble.kind, refusals[i].kind);
		assert_mentions(&notes, "/dev/ttyUSB0");
		assert_false(port.is_open);
	}
}

static void an_adapter_that_was_unplugged_is_gone(void **state)
{
	struct cen *cen = open_line("rts:/dev/ttyUSB0");

	(void)state;
	assert_non_null(cen);
	port.lines_error = EIO;
	assert_int_equal(cen->ops->set(cen, false), TROUBLE_ADAPTER_GONE);
	port.lines_error = EINVAL;
	assert_int_equal(cen->ops->set(cen, false), TROUBLE_ADAPTER_FAULT);
	cen->ops->close(cen);
	assert_false(port.is_open);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(only_its_own_line_moves_and_is_high_at_the_end, begin),
		cmocka_unit_test_setup(a_kill_lets_go_of_it, begin),
		cmocka_unit_test_setup(nothing_else_uses_the_port_and_nobody_waits_for_a_carrier,
				       begin),
		cmocka_unit_test_setup(refusals_are_told_by_their_kind_and_nothing_stays_open,
				       begin),
		cmocka_unit_test_setup(an_adapter_that_was_unplugged_is_gone, begin),
	};

	return cmocka_run_group_tests_name("tty_line", tests, NULL, NULL);
}
