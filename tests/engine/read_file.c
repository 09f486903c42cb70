/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "engine/read_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "tests/engine/place.h"

static void a_file_is_read_to_its_end(void **state)
{
	static const size_t sizes[] = {0, 1, (1 << 22) - 1, 1 << 22, (1 << 22) + 1};
	uint8_t *data = malloc((1 << 22) + 1), *found;
	size_t size;

	(void)state;
	for (size_t i = 0; i < (1 << 22) + 1; i++)
		data[i] = (uint8_t)(i * 3 + i / 256);
	for (size_t i = 0; i < COUNT_OF(sizes); i++) {
		place_put("a", data, sizes[i]);
		found = read_file("a", &size);
		assert_non_null(found);
		assert_int_equal(size, sizes[i]);
		assert_memory_equal(found, data, size);
		free(found);
	}
	free(data);
}

static void what_is_too_large_for_any_flash_is_not_read(void **state)
{
	uint8_t *data;
	size_t size;

	(void)state;
	/* A sparse file, which takes no space on the disk. */
	place_put("a", "", 0);
	assert_int_equal(truncate("a", (off_t)READ_FILE_MOST), 0);
	data = read_file("a", &size);
	assert_non_null(data);
	assert_int_equal(size, READ_FILE_MOST);
	free(data);
	assert_int_equal(truncate("a", (off_t)READ_FILE_MOST + 1), 0);
	errno = 0;
	assert_null(read_file("a", &size));
	assert_int_equal(errno, EFBIG);
}

static void what_cannot_be_read_says_why(void **state)
{
	size_t size;

	(void)state;
	assert_null(read_file("nothing", &size));
	assert_int_equal(errno, ENOENT);
	assert_null(read_file(".", &size));
	assert_int_equal(errno, EISDIR);
}

static int next_descriptor(void)
{
	int fd = open("/dev/null", O_RDONLY);

	close(fd);
	return fd;
}

static void no_file_stays_open(void **state)
{
	int before = next_descriptor();
	size_t size;

	(void)state;
	place_put("a", "b", 1);
	free(read_file("a", &size));
	assert_null(read_file(".", &size));
	assert_int_equal(next_descriptor(), before);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, place_set_up_closed, place_tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(a_file_is_read_to_its_end),
		CASE(what_is_too_large_for_any_flash_is_not_read),
		CASE(what_cannot_be_read_says_why),
		CASE(no_file_stays_open),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
