/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/torture/job_doctor.h"

#include "engine/doctor.h"

static void hear_step(void *data, const struct doctor_step *step)
{
	struct scene *scene = data;

	assert_true(step->name[0] && step->seen[0]);
	if (strcmp(step->name, "id") == 0)
		scene->found_part = step->state == DOCTOR_GOOD;
}

static void hear_suspect(void *data, const struct doctor_suspect *suspect)
{
	struct scene *scene = data;

	assert_true(suspect->cause[0] && suspect->seen[0]);
	scene->suspects++;
	/* The wires are good: a single fault must not be blamed on one of them with certainty. */
	scene->accused |= suspect->certain;
}

bool run_doctor(struct scene *scene)
{
	const struct doctor_listener listener = {hear_step, hear_suspect, scene};

	return doctor_examine(&scene->session, &scene->reading, &listener);
}

const char *check_doctor(const struct scene *scene)
{
	if (scene->accused)
		return "a wire is said to be wrong, and none is";
	return scene->found_part ? NULL : "the flash was not found";
}
