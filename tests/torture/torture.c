/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Every job with every kind of fault: the result is exact, healed, or a truthful failure.
 *
 * usage: test-torture                    a sample, as a test
 *        test-torture --all              every CS window of the small die, many of the lamp's, and
 *                                        random pairs of faults; a table at the end
 *        test-torture JOB KIND AT        one of them, with its messages
 * --all may be followed by a number N, to take only every Nth such window, and by a seed for the
 * pairs. With TORTURE_TELL set, truthful failures are reported, too, except those of lasting
 * faults.
 */
#include "tests/torture/jobs.h"

#include <stdlib.h>
#include <unistd.h>

#include "sim/model/prng.h"

/* The number of faults that the test tries. */
#ifdef TEST_SANITIZED
#define SAMPLE 20
#else
#define SAMPLE 300
#endif

#define STOPS 40 /* for the doctor */

#define LAMP_POINTS 40 /* for each kind of fault, with --all */
#define PAIRS 1500
#define REAL_SECONDS 120 /* the longest time for one run, which takes a fraction of a second */

/* Virtual time: a job may take as long as without a fault, and this much longer. */
#define MORE_TIMES 4
#define MORE_NS UINT64_C(180000000000)

struct plain {
	uint64_t windows, ns;
	unsigned warnings; /* about other things */
	uint8_t *opcodes;
	size_t opcode_count;
};

struct counts {
	unsigned long of[OUTCOMES];
};

static struct plain plain[32];
static struct counts by_kind[DESK_FAULTS], by_job[32], pairs;

/* Without a fault: how long it takes, and its windows. */
static const struct plain *plain_of(size_t job)
{
	struct plain *known = &plain[job];
	struct scene scene;

	if (known->windows)
		return known;
	if (scene_play(&scene, &torture_jobs[job], NULL, 0) > HEALED)
		fail_msg("%s, without a fault: %s %s", torture_jobs[job].name, scene.text,
			 scene.notes.text);
	known->windows = scene.windows;
	known->ns = scene.ns;
	known->warnings = scene.notes.warnings;
	known->opcode_count = desk.opcode_count;
	known->opcodes = malloc(desk.opcode_count + 1);
	assert_non_null(known->opcodes);
	memcpy(known->opcodes, desk.opcodes, desk.opcode_count);
	return known;
}

static bool is_erase(uint8_t opcode)
{
	return opcode == 0x20 || opcode == 0x52 || opcode == 0xd8;
}

/* Nobody can see what is returned after the last look at the registers. */
static bool is_looked_at(const struct plain *known, uint64_t at)
{
	for (uint64_t i = at; i <= known->opcode_count; i++)
		if (known->opcodes[i - 1] == 0x05)
			return true;
	return false;
}

/* Whether this fault can occur in that window. */
static bool may_hit(const struct plain *known, unsigned kind, uint64_t at)
{
	uint8_t opcode = at <= known->opcode_count ? known->opcodes[at - 1] : 0;

	switch (kind) {
	case NOR_MISHAP_HALF_PROGRAM:
	case NOR_MISHAP_WEAK_BIT:
		return opcode == 0x02;
	case NOR_MISHAP_HALF_ERASE:
		return is_erase(opcode);
	case NOR_MISHAP_STAYS_BUSY:
		return opcode == 0x02 || is_erase(opcode) || opcode == 0x01;
	case NOR_MISHAP_FLIP_DATA:
		return opcode == 0x02;
	case NOR_MISHAP_FOUR_BYTES: /* none of the parts here has this mode */
		return false;
	case NOR_MISHAP_FLIP_ADDRESS:
		return opcode == 0x02 || opcode == 0x03 || is_erase(opcode) || opcode == 0x01;
	case NOR_MISHAP_PROTECTED:
		return is_looked_at(known, at);
	case NOR_MISHAP_FLIP_ANSWER:
		return opcode != 0x02 && opcode != 0x06 && !is_erase(opcode);
	}
	return true;
}

static bool may_be_told(const struct desk_fault faults[DESK_FAULTS_MOST])
{
	return getenv("TORTURE_TELL") && faults[0].kind != DESK_STOP &&
	       faults[0].kind != DESK_UNPLUGGED;
}

static enum outcome play(size_t job, const struct desk_fault faults[DESK_FAULTS_MOST])
{
	const struct plain *known = plain_of(job);
	enum outcome outcome;
	struct scene scene;

	alarm(REAL_SECONDS);
	outcome = scene_play(&scene, &torture_jobs[job], faults, MORE_TIMES * known->ns + MORE_NS);
	alarm(0);
	if (outcome == WRONG || (outcome >= TRUTHFUL && may_be_told(faults)))
		print_message("# %s: \"%s\" \"%s\" %ju%s: %s\n",
			      outcome == WRONG ? "WRONG" : "not healed", torture_jobs[job].name,
			      desk_fault_name(faults[0].kind), (uintmax_t)faults[0].at,
			      faults[1].kind ? " and another" : "", scene.text);
	return outcome == HEALED && scene.notes.warnings <= known->warnings ? EXACT : outcome;
}

static void play_one(size_t job, unsigned kind, uint64_t at)
{
	const struct desk_fault faults[DESK_FAULTS_MOST] = {{kind, at}};
	enum outcome outcome = play(job, faults);

	by_kind[kind].of[outcome]++;
	by_job[job].of[outcome]++;
}

static size_t job_count(void)
{
	size_t count = 0;

	while (torture_jobs[count].name)
		count++;
	return count;
}

static bool is_lamp(size_t job)
{
	return strncmp(torture_jobs[job].name, "lamp", 4) == 0;
}

static void play_pair(size_t job, struct prng *prng)
{
	const struct plain *known = plain_of(job);
	struct desk_fault faults[DESK_FAULTS_MOST];

	for (size_t i = 0; i < DESK_FAULTS_MOST; i++)
		do
			faults[i] = (struct desk_fault){
				1 + (unsigned)(prng_next(prng) % (DESK_FAULTS - 1)),
				1 + prng_next(prng) % known->windows};
		while (!may_hit(known, faults[i].kind, faults[i].at));
	pairs.of[play(job, faults)]++;
}

/* --- the test --- */

/* All jobs and all kinds in turn, each at a different window. */
static void a_sample_of_faults_ends_exact_healed_or_truthful(void **state)
{
	struct prng prng = {.state = 20261127};
	unsigned long wrong = 0;
	unsigned played = 0;

	(void)state;
	while (played < SAMPLE) {
		size_t job = prng_next(&prng) % job_count();
		unsigned kind = 1 + (unsigned)(prng_next(&prng) % (DESK_FAULTS - 1));
		uint64_t at;

		/* Jobs of the lamp take ten times as long. */
		if (is_lamp(job) && prng_next(&prng) % 8)
			continue;
		at = 1 + prng_next(&prng) % plain_of(job)->windows;
		if (!may_hit(plain_of(job), kind, at))
			continue;
		play_one(job, kind, at);
		played++;
	}
	for (size_t i = 0; i < DESK_FAULTS; i++)
		wrong += by_kind[i].of[WRONG];
	assert_int_equal(wrong, 0);
}

static void without_a_fault_there_is_nothing_to_heal(void **state)
{
	(void)state;
	for (size_t job = 0; job < job_count(); job++)
		assert_true(plain_of(job)->windows > 0);
}

/* Also while it is still trying to reach the flash, with CEN low most of the time. */
static void a_doctor_that_is_stopped_anywhere_leaves_CEN_high(void **state)
{
	const struct torture_job *doctor = torture_jobs;
	struct scene scene;
	uint64_t transfers;

	(void)state;
	assert_int_equal(scene_play(&scene, doctor, NULL, 0), EXACT);
	transfers = desk.transfers;
	for (uint64_t at = 1; at < transfers; at += 1 + transfers / STOPS) {
		enum outcome outcome;

		scene_stop_at = at;
		outcome = scene_play(&scene, doctor, NULL, 0);
		scene_stop_at = 0;
		/* At the very end it no longer checks for a signal. */
		if (outcome > TRUTHFUL ||
		    (outcome == TRUTHFUL && !strstr(scene.text, "interrupted")))
			fail_msg("stopped at transfer %ju of %ju: %s", (uintmax_t)at,
				 (uintmax_t)transfers, scene.text);
	}
}

/* --- all of it --- */

static void print_row(const char *name, const struct counts *counts)
{
	unsigned long all = 0;

	for (size_t i = 0; i < OUTCOMES; i++)
		all += counts->of[i];
	if (all)
		printf("| %s | %lu | %lu | %lu | %lu | %lu | %lu |\n", name, all, counts->of[EXACT],
		       counts->of[HEALED], counts->of[TRUTHFUL], counts->of[UNSEEN],
		       counts->of[WRONG]);
}

#define COLUMNS                                                                                    \
	"| tried | exact | healed | truthful failure | never read | anything else |\n"             \
	"|---|--:|--:|--:|--:|--:|--:|\n"

static unsigned long print_table(void)
{
	struct counts all = {{0}};

	printf("| Fault " COLUMNS);
	for (unsigned kind = 1; kind < DESK_FAULTS; kind++)
		print_row(desk_fault_name(kind), &by_kind[kind]);
	print_row("two of them at random", &pairs);
	for (size_t o = 0; o < OUTCOMES; o++) {
		all.of[o] = pairs.of[o];
		for (unsigned kind = 1; kind < DESK_FAULTS; kind++)
			all.of[o] += by_kind[kind].of[o];
	}
	print_row("**all**", &all);
	printf("\n| Job " COLUMNS);
	for (size_t job = 0; job < job_count(); job++)
		print_row(torture_jobs[job].name, &by_job[job]);
	return all.of[WRONG];
}

static int play_all(uint64_t each, uint64_t seed)
{
	struct prng prng = {.state = seed};

	for (size_t job = 0; job < job_count(); job++) {
		const struct plain *known = plain_of(job);

		for (unsigned kind = 1; kind < DESK_FAULTS; kind++) {
			uint64_t step = is_lamp(job) ? known->windows / LAMP_POINTS + 1 : 1;

			step *= each;
			for (uint64_t at = 1 + kind % step; at <= known->windows; at += step)
				if (may_hit(known, kind, at))
					play_one(job, kind, at);
		}
		fprintf(stderr, "%s: %ju windows\n", torture_jobs[job].name,
			(uintmax_t)known->windows);
	}
	for (unsigned i = 0; i < PAIRS / each; i++) {
		size_t job = prng_next(&prng) % job_count();

		if (!is_lamp(job))
			play_pair(job, &prng);
	}
	if (each > 1)
		printf("Tried: one in %ju of the CS windows of each job on the small flash",
		       (uintmax_t)each);
	else
		printf("Tried: each CS window of each job on the small flash");
	printf(", and some of those on the lamp's.\n\n");
	return print_table() ? 1 : 0;
}

static int play_named(const char *name, const char *kind, uint64_t at)
{
	static const char *const words[] = {"exact", "healed", "truthful", "unseen", "WRONG"};

	for (size_t job = 0; job < job_count(); job++)
		for (unsigned i = 0; i < DESK_FAULTS; i++) {
			const struct desk_fault faults[DESK_FAULTS_MOST] = {{i, at}};
			enum outcome outcome;
			struct scene scene;

			if (strcmp(torture_jobs[job].name, name) != 0 ||
			    strcmp(desk_fault_name(i), kind) != 0)
				continue;
			outcome = scene_play(&scene, &torture_jobs[job], faults, 0);
			printf("%s: %s\n%ju windows, %ju ms\n%s", words[outcome], scene.text,
			       (uintmax_t)scene.windows, (uintmax_t)(scene.ns / 1000000),
			       scene.notes.text);
			return outcome == WRONG;
		}
	fprintf(stderr, "there is no such job, or no such kind of fault\n");
	return 2;
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(without_a_fault_there_is_nothing_to_heal),
		cmocka_unit_test(a_doctor_that_is_stopped_anywhere_leaves_CEN_high),
		cmocka_unit_test(a_sample_of_faults_ends_exact_healed_or_truthful),
	};
	int status;

	scenes_begin();
	if (argc == 4 && argv[1][0] != '-')
		status = play_named(argv[1], argv[2], strtoull(argv[3], NULL, 10));
	else if (argc > 1 && strcmp(argv[1], "--all") == 0)
		status = play_all(argc > 2 ? strtoull(argv[2], NULL, 10) : 1,
				  argc > 3 ? strtoull(argv[3], NULL, 10) : 1);
	else
		status = cmocka_run_group_tests_name("torture", tests, NULL, NULL);
	scenes_end();
	for (size_t job = 0; job < job_count(); job++)
		free(plain[job].opcodes);
	return status;
}
