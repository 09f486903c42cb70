/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A write by flashrom, with one fault in any of its CS windows. */
#include "tests/unit.h"
#include "sim/model/prng.h"
#include "programmer/guard/proxy.h"
#include "programmer/link/spi_revive.h"
#include "tests/programmer/sim_bus.h"

#include <stdlib.h>
#include <limits.h>

#define BLOCK 65536u
#define SECTOR 4096u
#define AREA (4 * BLOCK) /* the part of the die that flashrom has read before */
#define START BLOCK
/* Step between windows with a fault, since pages are much alike. With TORTURE=1: all of them. */
#ifdef TEST_SANITIZED
#define STEP 17
#else
#define STEP 5
#endif

static struct notes notes;

/* Bytes that are written, and how: all are erased first, or each sector in turn, with a look. */
static uint32_t length;
static bool by_sectors;

static int two_sectors(void **state)
{
	(void)state;
	length = 2 * SECTOR;
	by_sectors = false;
	return 0;
}

/* As flashrom 1.3.0 does; the look at the last sector sends the block. */
static int a_block_by_sectors(void **state)
{
	(void)state;
	length = BLOCK;
	by_sectors = true;
	return 0;
}

enum outcome { EXACT, HEALED, TRUTHFUL, WRONG };

struct job {
	struct sim_bus *sim;
	struct proxy *proxy;
	uint8_t *wanted;
	unsigned begin;	    /* number of windows before the first change */
	uint64_t nor_begin; /* the same, counted by the die, with those of waits */
};

static struct spi_revive revive;

static struct job begin(void)
{
	const struct chipdb_part *part = chipdb_part_by_name("GD25Q16B");
	struct job job = {.sim = sim_bus_new(&(struct board_options){.part = part}),
			  .wanted = malloc(part->size)};
	struct prng prng = {.state = 5};

	assert_non_null(job.wanted);
	notes_begin(&notes);
	revive = (struct spi_revive){.bus = &job.sim->bus, .observer = &notes.observer};
	spi_revive_use(&revive, job.sim->die);
	for (uint32_t i = 0; i < AREA; i++)
		job.sim->nor.memory[i] = (uint8_t)prng_next(&prng);
	memcpy(job.wanted, job.sim->nor.memory, part->size);
	for (uint32_t i = 0; i < length; i++)
		job.wanted[START + i] = (uint8_t)prng_next(&prng);
	job.proxy = proxy_new(job.sim->die,
			      &(struct proxy_options){.part = part, .observer = &notes.observer});
	assert_non_null(job.proxy);
	return job;
}

static bool change(const struct job *job, uint32_t start, uint32_t bytes)
{
	return !proxy_erase(job->proxy, (struct range){start, bytes}) &&
	       !proxy_write(job->proxy, start, job->wanted + start, bytes);
}

static bool change_sector(const struct job *job, uint32_t start)
{
	uint8_t seen[SECTOR];

	if (proxy_erase(job->proxy, (struct range){start, SECTOR}) ||
	    proxy_read(job->proxy, start, seen, SECTOR))
		return false;
	for (uint32_t i = 0; i < SECTOR; i++)
		if (seen[i] != 0xff)
			return false;
	return !proxy_write(job->proxy, start, job->wanted + start, SECTOR);
}

/* Reads, erases, programs and verifies; returns whether all of that succeeded. */
static bool write_it(struct job *job)
{
	uint32_t size = job->sim->die->part->size;
	uint8_t *seen = malloc(size);
	bool good;

	assert_non_null(seen);
	good = !proxy_read(job->proxy, 0, seen, AREA) && !proxy_read(job->proxy, 0, seen, AREA);
	job->begin = job->sim->windows;
	job->nor_begin = job->sim->nor.windows;
	if (!by_sectors)
		good = good && change(job, START, length);
	for (uint32_t at = START; by_sectors && good && at < START + length; at += SECTOR)
		good = change_sector(job, at);
	good = good && !proxy_read(job->proxy, START, seen, length) &&
	       !memcmp(seen, job->wanted + START, length);
	good = !proxy_close(job->proxy, false) && good;
	free(seen);
	return good;
}

static enum outcome end(struct job *job, bool good)
{
	bool right = !memcmp(job->sim->nor.memory, job->wanted, job->sim->die->part->size);
	enum outcome outcome = good	      ? right ? notes.warnings ? HEALED : EXACT : WRONG
			       : notes.errors ? TRUTHFUL
					      : WRONG;

	sim_bus_free(job->sim);
	free(job->wanted);
	return outcome;
}

static void a_write_without_a_fault_has_nothing_to_repair(void **state)
{
	struct job job = begin();
	bool good = write_it(&job);

	(void)state;
	assert_int_equal(job.sim->stats.erase_4k, 2);
	assert_int_equal(end(&job, good), EXACT);
}

static void a_block_by_sectors_is_erased_at_once(void **state)
{
	struct job job = begin();
	bool good = write_it(&job);

	(void)state;
	assert_int_equal(job.sim->stats.erase_4k, 0);
	assert_int_equal(job.sim->stats.erase_64k, 1);
	assert_int_equal(end(&job, good), EXACT);
}

static void sweep(enum sim_fault fault, unsigned counts[4])
{
	struct job job = begin();
	unsigned last, first, step = getenv("TORTURE") ? 1 : STEP;

	write_it(&job);
	first = job.begin + 1;
	last = job.sim->windows;
	end(&job, true);
	for (unsigned at = first; at <= last; at += step) {
		enum outcome outcome;
		bool good;

		job = begin();
		job.sim->fault = fault;
		job.sim->fault_at = at;
		good = write_it(&job);
		outcome = end(&job, good);
		counts[outcome]++;
		if (outcome == WRONG || outcome == TRUTHFUL)
			print_message("# fault %d in window %u: %s\n", (int)fault, at,
				      outcome == WRONG ? "WRONG" : notes.text);
	}
	print_message("# fault %d: %u exact, %u healed, %u truthful failures, %u wrong\n",
		      (int)fault, counts[EXACT], counts[HEALED], counts[TRUTHFUL], counts[WRONG]);
}

/* The same for accidents in the die itself; @step is the one between windows. */
static void sweep_mishaps(enum nor_mishap_kind kind, unsigned step, unsigned counts[4])
{
	struct job job = begin();
	uint64_t last, first;

	write_it(&job);
	first = job.nor_begin + 1;
	last = job.sim->nor.windows;
	end(&job, true);
	for (uint64_t at = first; at <= last; at += getenv("TORTURE") ? 1 : step) {
		enum outcome outcome;
		bool good;

		job = begin();
		job.sim->nor.mishap = (struct nor_mishap){kind, at};
		good = write_it(&job);
		outcome = end(&job, good);
		counts[outcome]++;
		if (outcome == WRONG || outcome == TRUTHFUL)
			print_message("# %s in window %u: %s\n", nor_mishap_name(kind),
				      (unsigned)at, outcome == WRONG ? "WRONG" : notes.text);
	}
	print_message("# %s: %u exact, %u healed, %u truthful failures, %u wrong\n",
		      nor_mishap_name(kind), counts[EXACT], counts[HEALED], counts[TRUTHFUL],
		      counts[WRONG]);
}

static void a_die_that_falls_asleep_or_is_locked_in_the_middle_gets_it_all_the_same(void **state)
{
	static const enum nor_mishap_kind kinds[] = {
		NOR_MISHAP_POWER_DOWN, NOR_MISHAP_QPI,	     NOR_MISHAP_CONTINUOUS_READ,
		NOR_MISHAP_PROTECTED,  NOR_MISHAP_BROWN_OUT, NOR_MISHAP_STAYS_BUSY};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(kinds); i++) {
		unsigned counts[4] = {0};

		sweep_mishaps(kinds[i], 4 * STEP, counts);
		assert_int_equal(counts[WRONG], 0);
		assert_int_equal(counts[TRUTHFUL], 0);
		assert_in_range(counts[HEALED], 1, UINT_MAX);
	}
}

static void no_accident_in_a_block_by_sectors_goes_unnoticed(void **state)
{
	(void)state;
	for (unsigned kind = NOR_MISHAP_NONE + 1; kind < NOR_MISHAP_KINDS; kind++) {
		unsigned counts[4] = {0};

		sweep_mishaps((enum nor_mishap_kind)kind, 37 * STEP, counts);
		assert_int_equal(counts[WRONG], 0);
	}
}

static void what_gets_lost_on_the_way_to_the_die_is_written_again(void **state)
{
	static const enum sim_fault faults[] = {FAULT_LOST, FAULT_FLIP_COMMAND, FAULT_CUT,
						FAULT_FLIP_OUT, FAULT_FLIP_IN};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(faults); i++) {
		unsigned counts[4] = {0};

		sweep(faults[i], counts);
		assert_int_equal(counts[WRONG], 0);
		assert_in_range(counts[TRUTHFUL], 0, 2);
	}
}

static void what_a_command_that_went_astray_destroyed_is_put_back(void **state)
{
	unsigned counts[4] = {0};

	(void)state;
	sweep(FAULT_FLIP_ADDRESS, counts);
	assert_int_equal(counts[WRONG], 0);
	assert_int_equal(counts[TRUTHFUL], 0);
	assert_in_range(counts[HEALED], 2, UINT_MAX);
}

static void a_worn_cell_is_tried_three_times_and_then_a_failure(void **state)
{
	struct job job = begin();
	uint32_t at = START;

	(void)state;
	while (!(job.wanted[at] & 1))
		at++;
	sim_bus_wear(job.sim, at, 1);
	assert_false(write_it(&job));
	assert_int_equal(job.sim->stats.erase_4k, 2 + 3);
	sim_bus_free(job.sim);
	free(job.wanted);
}

#define of_two(name) cmocka_unit_test_setup(name, two_sectors)
#define of_block(name) cmocka_unit_test_setup(name, a_block_by_sectors)

int main(void)
{
	const struct CMUnitTest tests[] = {
		of_two(a_write_without_a_fault_has_nothing_to_repair),
		of_two(what_gets_lost_on_the_way_to_the_die_is_written_again),
		of_two(what_a_command_that_went_astray_destroyed_is_put_back),
		of_two(a_die_that_falls_asleep_or_is_locked_in_the_middle_gets_it_all_the_same),
		of_two(a_worn_cell_is_tried_three_times_and_then_a_failure),
		of_block(a_block_by_sectors_is_erased_at_once),
		of_block(no_accident_in_a_block_by_sectors_goes_unnoticed),
	};

	return cmocka_run_group_tests_name("mend_faults", tests, NULL, NULL);
}
