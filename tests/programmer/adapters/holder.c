/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/unit.h"

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "programmer/adapters/holder.h"

static void a_file_that_nobody_else_has_open_has_no_holder(void **state)
{
	char path[] = "/tmp/holder-XXXXXX", name[HOLDER_NAME];
	int own = mkstemp(path);
	pid_t pid;

	(void)state;
	assert_true(own >= 0);
	assert_false(holder_find(path, &pid, name));
	close(own);
	unlink(path);
}

static void a_program_that_has_it_open_is_named(void **state)
{
	char path[] = "/tmp/holder-XXXXXX", name[HOLDER_NAME], byte;
	int own = mkstemp(path), ready[2];
	pid_t child, pid;

	(void)state;
	assert_true(own >= 0 && pipe(ready) == 0);
	close(own);
	child = fork();
	if (child == 0) {
		if (open(path, O_RDONLY) < 0 || write(ready[1], "x", 1) != 1)
			_exit(1);
		pause();
		_exit(0);
	}
	assert_true(child > 0 && read(ready[0], &byte, 1) == 1);
	assert_true(holder_find(path, &pid, name));
	assert_int_equal(pid, child);
	assert_string_equal(name, "test-holder");
	kill(child, SIGKILL);
	waitpid(child, NULL, 0);
	assert_false(holder_find(path, &pid, name));
	unlink(path);
}

static void a_driver_is_named_by_what_its_link_leads_to(void **state)
{
	static const char folder[] = "../../../../bus/usb/drivers/";
	char path[] = "/tmp/holder-XXXXXX", target[80], name[HOLDER_NAME] = "";

	(void)state;
	close(mkstemp(path));
	assert_false(holder_driver(path, name));
	unlink(path);
	assert_false(holder_driver(path, name));
	snprintf(target, sizeof(target), "%sspi-ch341", folder);
	assert_int_equal(symlink(target, path), 0);
	assert_true(holder_driver(path, name));
	assert_string_equal(name, "spi-ch341");
	unlink(path);
	/* A program that uses it through usbfs. */
	snprintf(target, sizeof(target), "%susbfs", folder);
	assert_int_equal(symlink(target, path), 0);
	assert_false(holder_driver(path, name));
	unlink(path);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_file_that_nobody_else_has_open_has_no_holder),
		cmocka_unit_test(a_program_that_has_it_open_is_named),
		cmocka_unit_test(a_driver_is_named_by_what_its_link_leads_to),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
