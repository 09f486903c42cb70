/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Every ID of the published lists (reported.txt) is in the compiled table, with the size given
 * there: either it is driven, or it is refused with a reason. Other rows of the table are not
 * tested here.
 */
#include "tests/unit.h"
#include "chipdb/chipdb.h"

static const char *path;

static const struct chipdb_part *part_of(unsigned id)
{
	const uint8_t bytes[3] = {(uint8_t)(id >> 16), (uint8_t)(id >> 8), (uint8_t)id};

	return chipdb_part_by_id(bytes);
}

static void every_reported_id_is_there_with_its_size(void **state)
{
	FILE *file = fopen(path, "r");
	unsigned rows = 0, id, kib;
	char line[200];

	(void)state;
	assert_non_null(file);
	while (fgets(line, sizeof(line), file)) {
		const struct chipdb_part *part;

		if (line[0] == '#')
			continue;
		assert_int_equal(sscanf(line, "%6x %u", &id, &kib), 2);
		part = part_of(id);
		if (!part)
			fail_msg("%06X was reported and is not in the database", id);
		assert_int_equal(part->size, kib * 1024);
		rows++;
	}
	fclose(file);
	assert_true(rows > 80);
}

static void the_placeholder_id_is_refused(void **state)
{
	const struct chipdb_part *part = part_of(0x014b42);

	(void)state;
	assert_non_null(part);
	assert_non_null(part->refuse);
	assert_null(strchr(part->refuse, '.'));
	assert_int_equal(part->erase[0].opcode, 0);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_reported_id_is_there_with_its_size),
		cmocka_unit_test(the_placeholder_id_is_refused),
	};

	path = argc == 2 ? argv[1] : "tests/chipdb/reported.txt";
	return cmocka_run_group_tests_name("chipdb_ids", tests, NULL, NULL);
}
