/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A UF2 file is replaced by what it holds, or stays as it is; no memory is lost or left. */
#include "engine/unpack.h"

#include <stdlib.h>

#include "tests/failing_memory.h"
#include "tests/image/make_uf2.h"
#include "tests/unit.h"

struct file {
	struct uf2 uf2;
	uint8_t *data, *carried;
	size_t size;
};

static struct file make(void)
{
	struct recipe recipe = recipe_for("BK7231N");
	struct bytes uf2;

	recipe.libretiny = true;
	uf2 = make_app_uf2(UF2_N, make_app(&recipe));
	return (struct file){.data = uf2.data, .size = uf2.size};
}

static bool unpack(struct file *file)
{
	return unpack_file(&file->uf2, &file->data, &file->size, &file->carried);
}

static void let_go(struct file *file)
{
	free(file->data);
	free(file->carried);
	*file = (struct file){.data = NULL};
}

static void a_uf2_file_becomes_its_content(void **state)
{
	long before = live;
	struct file file = make();
	size_t size = file.size;
	uint8_t *packed = file.data;

	(void)state;
	assert_true(unpack(&file));
	assert_int_equal(file.uf2.fault, UF2_GOOD);
	assert_ptr_not_equal(file.data, packed);
	assert_non_null(file.carried);
	assert_int_not_equal(file.size, size);
	assert_false(uf2_begins(file.data, file.size));
	let_go(&file);
	assert_int_equal(live, before);
}

static void one_with_a_fault_stays_as_it_is(void **state)
{
	long before = live;
	struct file file = make();
	const struct file whole = file;

	(void)state;
	file.data[512 + 4] ^= 1; /* a magic number of its second block */
	assert_true(unpack(&file));
	assert_int_not_equal(file.uf2.fault, UF2_GOOD);
	assert_ptr_equal(file.data, whole.data);
	assert_int_equal(file.size, whole.size);
	assert_null(file.carried);
	let_go(&file);
	assert_int_equal(live, before);
}

static void any_other_file_stays_as_it_is(void **state)
{
	uint8_t text[] = "these are words";
	struct file file = {.data = text, .size = sizeof(text), .carried = text};

	(void)state;
	assert_true(unpack(&file));
	assert_int_equal(file.uf2.fault, UF2_GOOD);
	assert_ptr_equal(file.data, text);
	assert_int_equal(file.size, sizeof(text));
	assert_null(file.carried);
}

static void without_memory_it_is_no_success_and_nothing_is_left(void **state)
{
	(void)state;
	for (unsigned missing = 1; missing <= 2; missing++) {
		long before = live;
		struct file file = make();
		const struct file whole = file;

		allocations = 0;
		fails = missing;
		assert_false(unpack(&file));
		fails = 0;
		assert_ptr_equal(file.data, whole.data);
		let_go(&file);
		assert_int_equal(live, before);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_uf2_file_becomes_its_content),
		cmocka_unit_test(one_with_a_fault_stays_as_it_is),
		cmocka_unit_test(any_other_file_stays_as_it_is),
		cmocka_unit_test(without_memory_it_is_no_success_and_nothing_is_left),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
