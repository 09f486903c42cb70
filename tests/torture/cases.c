/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/torture/cases.h"

#include <stdlib.h>

/* For each kind of fault, with --all, where a job takes long. */
#define LAMP_POINTS 40
#define LOADER_POINTS 12

/* One bootloader of each family, as in beken-sim --uart. */
static const char *const loaders[] = {"n", "t", "u"};

struct torture_case cases[CASES_MOST];
size_t case_count;

static struct plain plain[CASES_MOST]; /* windows 0: not played yet */

static void add_case(const struct torture_job *job, const char *loader)
{
	struct torture_case *added = &cases[case_count++];

	assert_true(case_count <= CASES_MOST);
	added->job = job;
	added->loader = loader;
	snprintf(added->name, sizeof(added->name), "%s%s%s", loader ? loader : "",
		 loader ? ": " : "", job->name);
}

bool is_lamp(size_t number)
{
	return strncmp(cases[number].job->name, "lamp", 4) == 0;
}

bool is_sampled(size_t number)
{
	return is_lamp(number) || cases[number].loader;
}

uint64_t points(size_t number)
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

void make_cases(void)
{
	for (const struct torture_job *job = torture_jobs; job->name; job++)
		add_wanted(job, NULL);
	for (size_t i = 0; i < sizeof(loaders) / sizeof(loaders[0]); i++)
		for (const struct torture_job *job = torture_jobs; job->name; job++)
			if (!job->spi && strncmp(job->name, "lamp", 4) != 0)
				add_wanted(job, loaders[i]);
}

const struct plain *plain_of(size_t number)
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

void free_plain(void)
{
	for (size_t number = 0; number < case_count; number++)
		free(plain[number].opcodes);
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

uint64_t places(size_t number, unsigned kind)
{
	const struct plain *known = plain_of(number);

	return cases[number].loader && kind >= DESK_FIRST ? known->writes : known->windows;
}

bool may_hit(size_t number, unsigned kind, uint64_t at)
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
