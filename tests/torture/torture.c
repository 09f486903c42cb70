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

/* For each kind of fault, with --all, where a job takes long. */
#define LAMP_POINTS 40
#define LOADER_POINTS 12
#define PAIRS 1500
#define REAL_SECONDS 120 /* the longest time for one run, which takes a fraction of a second */

/* Virtual time: a job may take as long as without a fault, and this much longer. */
#define MORE_TIMES 4
#define MORE_NS UINT64_C(180000000000)

#define CASES_MOST 96

/* One bootloader of each family, as in beken-sim --uart. */
static const char *const loaders[] = {"n", "t", "u"};

/* A job, over SPI or through a bootloader. */
static struct torture_case {
	const struct torture_job *job;
	const char *loader;
	char name[64];
} cases[CASES_MOST];

static size_t case_count;

struct plain {
	uint64_t windows, writes, ns;
	unsigned warnings; /* about other things */
	uint8_t *opcodes;
	size_t opcode_count;
};

struct counts {
	unsigned long of[OUTCOMES];
};

static struct plain plain[CASES_MOST];
static struct counts by_kind[DESK_FAULTS], by_case[CASES_MOST], pairs;

static void add_case(const struct torture_job *job, const char *loader)
{
	struct torture_case *added = &cases[case_count++];

	assert_true(case_count <= CASES_MOST);
	added->job = job;
	added->loader = loader;
	snprintf(added->name, sizeof(added->name), "%s%s%s", loader ? loader : "",
		 loader ? ": " : "", job->name);
}

static bool is_lamp(size_t number)
{
	return strncmp(cases[number].job->name, "lamp", 4) == 0;
}

/* Jobs that take long. */
static bool is_sampled(size_t number)
{
	return is_lamp(number) || cases[number].loader;
}

static uint64_t points(size_t number)
{
	const char *told = getenv("TORTURE_POINTS");

	return told ? strtoull(told, NULL, 10) : cases[number].loader ? LOADER_POINTS : LAMP_POINTS;
}

static void add_wanted(const struct torture_job *job, const char *loader)
{
	const char *wanted = getenv("TORTURE_JOBS");

	add_case(job, loader);
	if (wanted && strncmp(cases[case_count - 1].name, wanted, strlen(wanted)) != 0)
		case_count--;
}

static void make_cases(void)
{
	for (const struct torture_job *job = torture_jobs; job->name; job++)
		add_wanted(job, NULL);
	for (size_t i = 0; i < sizeof(loaders) / sizeof(loaders[0]); i++)
		for (const struct torture_job *job = torture_jobs; job->name; job++)
			if (!job->spi && strncmp(job->name, "lamp", 4) != 0)
				add_wanted(job, loaders[i]);
}

/* Without a fault: how long it takes, and its windows. */
static const struct plain *plain_of(size_t number)
{
	struct plain *known = &plain[number];
	struct scene scene;

	if (known->windows)
		return known;
	if (scene_play(&scene, cases[number].job, cases[number].loader, NULL, 0) > HEALED)
		fail_msg("%s, without a fault: %s %s", cases[number].name, scene.text,
			 scene.notes.text);
	known->writes = scene.writes;
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

/* Accidents that the die has in the hands of a bootloader, too. */
static bool is_of_cells(unsigned kind)
{
	return kind == NOR_MISHAP_HALF_PROGRAM || kind == NOR_MISHAP_WEAK_BIT ||
	       kind == NOR_MISHAP_HALF_ERASE || kind == NOR_MISHAP_STAYS_BUSY;
}

/* How many places there are for a fault of this kind: windows, or writes. */
static uint64_t places(size_t number, unsigned kind)
{
	const struct plain *known = plain_of(number);

	return cases[number].loader && kind >= DESK_FIRST ? known->writes : known->windows;
}

/* Whether this fault can occur in that window, or at that write. */
static bool may_hit(size_t number, unsigned kind, uint64_t at)
{
	const struct plain *known = plain_of(number);
	uint8_t opcode = at <= known->opcode_count ? known->opcodes[at - 1] : 0;

	if (!cases[number].loader && kind > DESK_STOP)
		return false;
	if (cases[number].loader && (kind == DESK_REPLY_LOST || kind < DESK_FIRST) &&
	    !is_of_cells(kind))
		return false;
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

static void play_one(size_t number, unsigned kind, uint64_t at)
{
	const struct desk_fault faults[DESK_FAULTS_MOST] = {{kind, at}};
	enum outcome outcome = play(number, faults);

	by_kind[kind].of[outcome]++;
	by_case[number].of[outcome]++;
}

static void play_pair(size_t number, struct prng *prng)
{
	struct desk_fault faults[DESK_FAULTS_MOST];

	for (size_t i = 0; i < DESK_FAULTS_MOST; i++)
		do {
			faults[i].kind = 1 + (unsigned)(prng_next(prng) % (DESK_FAULTS - 1));
			faults[i].at = 1 + prng_next(prng) % places(number, faults[i].kind);
		} while (!may_hit(number, faults[i].kind, faults[i].at));
	pairs.of[play(number, faults)]++;
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
		wrong += by_kind[i].of[WRONG];
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
		print_row(desk_fault_name(kind), &by_kind[kind]);
	print_row("two of them at random", &pairs);
	for (size_t o = 0; o < OUTCOMES; o++) {
		all.of[o] = pairs.of[o];
		for (unsigned kind = 1; kind < DESK_FAULTS; kind++)
			all.of[o] += by_kind[kind].of[o];
	}
	print_row("**all**", &all);
	printf("\n| Job " COLUMNS);
	for (size_t number = 0; number < case_count; number++)
		print_row(cases[number].name, &by_case[number]);
	return all.of[WRONG];
}

static int play_all(uint64_t each, uint64_t seed)
{
	struct prng prng = {.state = seed};

	for (size_t number = 0; number < case_count; number++) {
		for (unsigned kind = 1; kind < DESK_FAULTS; kind++) {
			uint64_t count = places(number, kind);
			uint64_t step =
				each * (is_sampled(number) ? count / points(number) + 1 : 1);

			for (uint64_t at = 1 + kind % step; at <= count; at += step)
				if (may_hit(number, kind, at))
					play_one(number, kind, at);
		}
		fprintf(stderr, "%s: %ju windows\n", cases[number].name,
			(uintmax_t)plain_of(number)->windows);
	}
	for (unsigned i = 0; i < PAIRS / each; i++) {
		size_t number = prng_next(&prng) % case_count;

		if (!is_lamp(number))
			play_pair(number, &prng);
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
	for (size_t number = 0; number < case_count; number++)
		free(plain[number].opcodes);
	return status;
}
