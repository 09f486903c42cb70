/* SPDX-License-Identifier: GPL-2.0-or-later */
/* job_doctor.h - the doctor as a job: the wires are good, whatever happens once. */
#ifndef TESTS_TORTURE_JOB_DOCTOR_H
#define TESTS_TORTURE_JOB_DOCTOR_H

#include "tests/torture/jobs.h"

/* See .run and .check of a struct torture_job. */
bool run_doctor(struct scene *scene);
const char *check_doctor(const struct scene *scene);

#endif
