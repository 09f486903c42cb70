/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Every job with every kind of fault: the result is exact, healed, or a truthful failure.
 *
 * usage: test-torture                    a sample, as a test
 *        test-torture --all              every CS window of the small die, many of the lamp's, many
 *                                        writes to a bootloader, and random pairs of faults; a
 *                                        table at the end
 *        test-torture JOB KIND AT [KIND AT]    one of them, or two, with messages
 * --all may be followed by a number N, to take only every Nth such window, and by a seed for the
 * pairs. With TORTURE_TELL set, truthful failures are reported, too, except those of lasting
 * faults. TORTURE_JOBS names the jobs, by how their names begin ("n: write"); TORTURE_POINTS is how
 * many places are tried of each kind of fault, where a job takes long.
 */
#include "tests/torture/cases.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "sim/model/prng.h"

/* The number of faults that the test tries. */
#ifdef TEST_SANITIZED
#define SAMPLE 20
#else
#define SAMPLE 300
#endif

#define STOPS 40 /* for the doctor */

#define PAIRS 1500
#define REAL_SECONDS 120 /* the longest time for one run, which takes a fraction of a second */

/* Virtual time: a job may take as long as without a fault, and this much longer. */
#define MORE_TIMES 4
#define MORE_NS UINT64_C(180000000000)

struct counts {
	atomic_ulong of[OUTCOMES];
};

/* Counted by all workers. */
static struct tally {
	struct counts by_kind[DESK_FAULTS], by_case[CASES_MOST], pairs;
} own_tally, *tally = &own_tally;

/* Each worker plays every so many'th fault. */
static unsigned worker, workers = 1;
static uint64_t turn;

static bool may_be_told(const struct desk_fault faults[DESK_FAULTS_MOST])
{
	return getenv("TORTURE_TELL") && faults[0].kind != DESK_STOP &&
	       faults[0].kind != DESK_UNPLUGGED;
}

static enum outcome play(size_t number, const struct desk_fault faults[DESK_FAULTS_MOST])
{
	const struct plain *known = plain_of(number);
	enum outcome outcome;
	struct scene scene;

	alarm(REAL_SECONDS);
	outcome = scene_play(&scene, cases[number].job, cases[number].loader, faults,
			     MORE_TIMES * known->ns + MORE_NS);
	alarm(0);
	if (outcome == WRONG || (outcome >= TRUTHFUL && may_be_told(faults))) {
		char second[80] = "";

		if (faults[1].kind)
			snprintf(second, sizeof(second), " and \"%s\" %ju",
				 desk_fault_name(faults[1].kind), (uintmax_t)faults[1].at);
		print_message("# %s: \"%s\" \"%s\" %ju%s: %s\n",
			      outcome == WRONG ? "WRONG" : "not healed", cases[number].name,
			      desk_fault_name(faults[0].kind), (uintmax_t)faults[0].at, second,
			      scene.text);
	}
	return outcome == HEALED && scene.notes.warnings <= known->warnings ? EXACT : outcome;
}

static bool is_mine(void)
{
	return turn++ % workers == worker;
}

static void play_one(size_t number, unsigned kind, uint64_t at)
{
	const struct desk_fault faults[DESK_FAULTS_MOST] = {{kind, at}};
	enum outcome outcome = play(number, faults);

	tally->by_kind[kind].of[outcome]++;
	tally->by_case[number].of[outcome]++;
}

static void play_pair(size_t number, struct prng *prng)
{
	struct desk_fault faults[DESK_FAULTS_MOST];

	for (size_t i = 0; i < DESK_FAULTS_MOST; i++)
		do {
			faults[i].kind = 1 + (unsigned)(prng_next(prng) % (DESK_FAULTS - 1));
			faults[i].at = 1 + prng_next(prng) % places(number, faults[i].kind);
		} while (!may_hit(number, faults[i].kind, faults[i].at));
	if (is_mine())
		tally->pairs.of[play(number, faults)]++;
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
		size_t number = prng_next(&prng) % case_count;
		unsigned kind = 1 + (unsigned)(prng_next(&prng) % (DESK_FAULTS - 1));
		uint64_t at;

		/* These take ten times as long. */
		if (is_sampled(number) && prng_next(&prng) % 8)
			continue;
		at = 1 + prng_next(&prng) % places(number, kind);
		if (!may_hit(number, kind, at))
			continue;
		play_one(number, kind, at);
		played++;
	}
	for (size_t i = 0; i < DESK_FAULTS; i++)
		wrong += tally->by_kind[i].of[WRONG];
	assert_int_equal(wrong, 0);
}

static void without_a_fault_there_is_nothing_to_heal(void **state)
{
	(void)state;
	for (size_t number = 0; number < case_count; number++)
		assert_true(plain_of(number)->windows > 0);
}

/* Also while it is still trying to reach the flash, with CEN low most of the time. */
static void a_doctor_that_is_stopped_anywhere_leaves_CEN_high(void **state)
{
	const struct torture_job *doctor = torture_jobs;
	struct scene scene;
	uint64_t transfers;

	(void)state;
	assert_int_equal(scene_play(&scene, doctor, NULL, NULL, 0), EXACT);
	transfers = desk.transfers;
	for (uint64_t at = 1; at < transfers; at += 1 + transfers / STOPS) {
		enum outcome outcome;

		scene_stop_at = at;
		outcome = scene_play(&scene, doctor, NULL, NULL, 0);
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
		print_row(desk_fault_name(kind), &tally->by_kind[kind]);
	print_row("two of them at random", &tally->pairs);
	for (size_t o = 0; o < OUTCOMES; o++) {
		all.of[o] = tally->pairs.of[o];
		for (unsigned kind = 1; kind < DESK_FAULTS; kind++)
			all.of[o] += tally->by_kind[kind].of[o];
	}
	print_row("**all**", &all);
	printf("\n| Job " COLUMNS);
	for (size_t number = 0; number < case_count; number++)
		print_row(cases[number].name, &tally->by_case[number]);
	return all.of[WRONG];
}

static void play_share(uint64_t each, uint64_t seed)
{
	struct prng prng = {.state = seed};

	for (size_t number = 0; number < case_count; number++) {
		for (unsigned kind = 1; kind < DESK_FAULTS; kind++) {
			uint64_t count = places(number, kind);
			uint64_t step =
				each * (is_sampled(number) ? count / points(number) + 1 : 1);

			for (uint64_t at = 1 + kind % step; at <= count; at += step)
				if (may_hit(number, kind, at) && is_mine())
					play_one(number, kind, at);
		}
		if (!worker)
			fprintf(stderr, "%s: %ju windows\n", cases[number].name,
				(uintmax_t)plain_of(number)->windows);
	}
	for (unsigned i = 0; i < PAIRS / each; i++) {
		size_t number = prng_next(&prng) % case_count;

		if (!is_lamp(number))
			play_pair(number, &prng);
	}
}

/* A worker for each processor: runs share nothing but their tally. False: one of them died. */
static bool play_shares(uint64_t each, uint64_t seed)
{
	bool good = true;

	workers = (unsigned)sysconf(_SC_NPROCESSORS_ONLN);
	tally = mmap(NULL, sizeof(*tally), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1,
		     0);
	assert_true(tally != MAP_FAILED);
	fflush(stdout);
	for (worker = 0; worker < workers; worker++) {
		pid_t child = fork();

		assert_true(child >= 0);
		if (child)
			continue;
		scenes_begin();
		play_share(each, seed);
		scenes_end();
		fflush(stdout);
		_exit(0);
	}
	for (unsigned i = 0; i < workers; i++) {
		int status;

		good &= wait(&status) > 0 && status == 0;
	}
	return good;
}

static int play_all(uint64_t each, uint64_t seed)
{
	if (!play_shares(each, seed)) {
		fprintf(stderr, "a worker did not come to its end\n");
		return 1;
	}
	if (each > 1)
		printf("Tried: one in %ju of the CS windows of each job on the small flash",
		       (uintmax_t)each);
	else
		printf("Tried: each CS window of each job on the small flash");
	printf(", some of those on the lamp's, and "
	       "some writes to a bootloader.\n\n");
	return print_table() ? 1 : 0;
}

/* 0: there is no such one. */
static unsigned kind_by_name(const char *name)
{
	for (unsigned kind = 1; kind < DESK_FAULTS; kind++)
		if (strcmp(desk_fault_name(kind), name) == 0)
			return kind;
	return 0;
}

static size_t case_by_name(const char *name)
{
	size_t number = 0;

	while (number < case_count && strcmp(cases[number].name, name) != 0)
		number++;
	return number;
}

/* @words: the job, and the kind and the place of each fault. */
static int play_named(char *const *words, int count)
{
	static const char *const ends[] = {"exact", "healed", "truthful", "unseen", "WRONG"};
	struct desk_fault faults[DESK_FAULTS_MOST] = {{0, 0}};
	size_t number = case_by_name(words[0]);
	bool known = number < case_count;
	enum outcome outcome;
	struct scene scene;

	for (int i = 0; i < DESK_FAULTS_MOST && 2 + 2 * i < count; i++) {
		faults[i].kind = kind_by_name(words[1 + 2 * i]);
		faults[i].at = strtoull(words[2 + 2 * i], NULL, 10);
		known &= faults[i].kind != 0;
	}
	if (!known) {
		fprintf(stderr, "there is no such job, or no such kind of fault\n");
		return 2;
	}
	outcome = scene_play(&scene, cases[number].job, cases[number].loader, faults, 0);
	printf("%s: %s\n%ju windows, %ju writes, %ju ms\n%s", ends[outcome], scene.text,
	       (uintmax_t)scene.windows, (uintmax_t)scene.writes, (uintmax_t)(scene.ns / 1000000),
	       scene.notes.text);
	return outcome == WRONG;
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(without_a_fault_there_is_nothing_to_heal),
		cmocka_unit_test(a_doctor_that_is_stopped_anywhere_leaves_CEN_high),
		cmocka_unit_test(a_sample_of_faults_ends_exact_healed_or_truthful),
	};
	int status;

	make_cases();
	scenes_begin();
	if (argc > 3 && argv[1][0] != '-')
		status = play_named(argv + 1, argc - 1);
	else if (argc > 1 && strcmp(argv[1], "--all") == 0)
		status = play_all(argc > 2 ? strtoull(argv[2], NULL, 10) : 1,
				  argc > 3 ? strtoull(argv[3], NULL, 10) : 1);
	else
		status = cmocka_run_group_tests_name("torture", tests, NULL, NULL);
	scenes_end();
	free_plain();
	return status;
}
