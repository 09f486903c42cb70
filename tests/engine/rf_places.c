/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where any SoC has its calibration, within the size of the flash. */
#include "engine/rf_places.h"

#include "chipdb/chipdb.h"
#include "tests/unit.h"

static uint32_t starts[RF_PLACES];
static size_t count;

static bool has(uint32_t start)
{
	for (size_t i = 0; i < count; i++)
		if (starts[i] == start)
			return true;
	return false;
}

static void each_socs_place_is_there_once(void **state)
{
	(void)state;
	count = rf_places(16u << 20, 0x1000, starts);
	assert_true(count < RF_PLACES);
	for (size_t i = 0; i < chipdb_soc_count; i++)
		for (size_t j = 0; j < CHIPDB_REGIONS && chipdb_socs[i].regions[j].name; j++)
			assert_int_equal(has(chipdb_socs[i].regions[j].start) ||
						 chipdb_socs[i].regions[j].kind != CHIPDB_REGION_RF,
					 true);
	for (size_t i = 0; i < count; i++)
		for (size_t j = 0; j < i; j++)
			assert_int_not_equal(starts[i], starts[j]);
	for (size_t k = 0; k < count; k++) {
		bool found = false;

		for (size_t i = 0; i < chipdb_soc_count * CHIPDB_REGIONS; i++) {
			const struct chipdb_region *region =
				&chipdb_socs[i / CHIPDB_REGIONS].regions[i % CHIPDB_REGIONS];

			found |= region->name && region->kind == CHIPDB_REGION_RF &&
				 region->start == starts[k];
		}
		assert_true(found);
	}
}

static void what_ends_behind_the_flash_is_left_out(void **state)
{
	(void)state;
	count = rf_places(0x1e1000, 0x1000, starts);
	assert_true(has(0x1d0000) && has(0x1e0000));
	assert_false(has(0x1e3000));
	count = rf_places(0x1e0fff, 0x1000, starts);
	assert_true(has(0x1d0000));
	assert_false(has(0x1e0000));
	count = rf_places(0x1e0fff, 16, starts);
	assert_true(has(0x1e0000));
	assert_int_equal(rf_places(0x800, 0x1000, starts), 0);
	assert_int_equal(rf_places(0x80000, 0x1000, starts), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_socs_place_is_there_once),
		cmocka_unit_test(what_ends_behind_the_flash_is_left_out),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
