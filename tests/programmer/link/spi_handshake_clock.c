/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The link measures in time, not in bytes. */
#include "tests/unit.h"
#include "programmer/link/spi_handshake.h"
#include "tests/programmer/sim_bus.h"

static const struct link_options usual = {.reset_ms = 100, .tries = 25, .timeout_ms = 100000};

/* From the clock of a Banana Pi to the fastest clocks of CH347 and FT232H. */
static void a_chip_links_at_any_clock(void **state)
{
	static const uint32_t clocks[] = {30000, 100000, 1000000, 16000000, 60000000};
	static const char *const entries[] = {
		"python",      "csharp",	   "instant",	  "clocked", "clocked-long",
		"measured",    "late-window",	   "long-window", "lag",     "slow-cen",
		"per-byte-cs", "per-byte-cs-long", "reprotect"};

	(void)state;
	for (size_t c = 0; c < COUNT_OF(clocks); c++) {
		for (size_t i = 0; i < COUNT_OF(entries); i++) {
			const struct board_options options = {
				.part = chipdb_part_by_name("GD25Q16B"),
				.entry = entries[i],
				.seed = 1};
			struct sim_bus *sim = sim_bus_new(&options);
			struct link_report report;

			sim->bus.caps.clock_hz = clocks[c];
			sim->byte_ns = UINT64_C(8000000000) / clocks[c];
			if (spi_handshake(&sim->bus, &usual, NULL, &report))
				fail_msg("%s at %u Hz", entries[i], (unsigned)clocks[c]);
			sim_bus_free(sim);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_chip_links_at_any_clock),
	};

	return cmocka_run_group_tests_name("spi_handshake_clock", tests, NULL, NULL);
}
