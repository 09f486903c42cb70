/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/torture/jobs.h"

#include <stdlib.h>
#include <unistd.h>

#include "engine/job_resume.h"
#include "engine/journal.h"
#include "tests/torture/files.h"

uint64_t scene_stop_at;

void scenes_begin(void)
{
	files_enter();
}

void scenes_end(void)
{
	files_leave();
}

static const char *wrong(struct scene *scene, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

static const char *wrong(struct scene *scene, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(scene->text, sizeof(scene->text), format, args);
	va_end(args);
	return scene->text;
}

static bool is_beside(const struct scene *scene, uint32_t at)
{
	return at - scene->job->touches.start >= scene->job->touches.length;
}

static uint32_t protecting(const struct scene *scene)
{
	return protection_mask(scene->part);
}

/* The first byte that differs; the size if none does. */
static uint32_t first_difference(const struct scene *scene, const uint8_t *die)
{
	const uint8_t *memory = desk.nor.memory;
	uint32_t at = 0;

	if (memcmp(memory, die, scene->part->size) == 0)
		return scene->part->size;
	while (memory[at] == die[at])
		at++;
	return at;
}

static bool holds(const struct scene *scene, const uint8_t *die)
{
	return first_difference(scene, die) == scene->part->size;
}

/* Only what the job was for has changed. */
static const char *judge_surroundings(struct scene *scene)
{
	const uint8_t *memory = desk.nor.memory;

	for (uint32_t at = 0; at < scene->part->size; at++) {
		if (memory[at] == scene->before[at] || !is_beside(scene, at))
			continue;
		scene->unseen = scene->job->partly;
		return wrong(scene, "0x%06x, beside what was asked for, holds %02X, not %02X",
			     (unsigned)at, memory[at], scene->before[at]);
	}
	return NULL;
}

/* No command can reach a die that sleeps, or a chip whose firmware runs again. */
static bool can_be_reached(void)
{
	for (size_t i = 0; i < DESK_FAULTS_MOST; i++)
		if (desk.faults[i].kind == DESK_RESET || desk.faults[i].kind == DESK_POWER)
			return false;
	return !desk.nor.powered_down && !desk.nor.qpi && !desk.nor.continuous;
}

/* Bits that can be set only once are lost, and it says so. */
static bool says_registers(struct scene *scene)
{
	return !scene->good && session_failure(&scene->session)->kind == TROUBLE_STAYS_PROTECTED &&
	       strstr(scene->notes.text, "the status registers changed from");
}

static const char *judge_board(struct scene *scene)
{
	uint32_t registers = desk.nor.registers.now;

	/* Nothing can be done with an adapter that is gone. */
	if (desk.gone)
		return NULL;
	if (desk_is_held())
		return wrong(scene, "CEN is low");
	if (!desk_runs())
		return wrong(scene, "the chip does not run");
	if (!scene->loader && desk.nor.wel && !desk.nor.busy && can_be_reached())
		return wrong(scene, "the die is left with WEL set");
	if (!scene->job->changes_registers && !says_registers(scene) &&
	    ((registers ^ scene->registers) & ~protecting(scene)))
		return wrong(scene, "the registers were %06X and are %06X",
			     (unsigned)scene->registers, (unsigned)registers);
	if (files_half())
		return wrong(scene, "half a file is left behind");
	return NULL;
}

static bool journal_is_there(void)
{
	return journal_exists(1);
}

static const char *judge_good(struct scene *scene)
{
	const uint8_t *die = scene->job->puts_back ? scene->before : scene->wanted;
	uint32_t at = first_difference(scene, die);
	const char *why = NULL;

	/* Then it has to say that some content is not known. */
	scene->unseen = scene->job->partly && is_beside(scene, at) && scene->session.unknown_bytes;
	if (at < scene->part->size)
		return wrong(scene, "it says that it went well, and 0x%06x holds %02X, not %02X",
			     (unsigned)at, desk.nor.memory[at], die[at]);
	if (scene->notes.errors)
		return wrong(scene, "it went well, and there is a trouble: %s",
			     scene->notes.trouble.seen);
	if (journal_is_there())
		return wrong(scene, "it went well, and the journal is still there");
	if (scene->job->check)
		why = scene->job->check(scene);
	/* As above, for what was read once. */
	scene->unseen = scene->job->once && strstr(scene->notes.text, "were read only once");
	return why ? wrong(scene, "it says that it went well, but: %s", why) : NULL;
}

/* Resumes what was begun, without a fault. */
static const char *resume(struct scene *scene)
{
	struct resume_job job = {.unfinished.lock = -1};
	static struct notes notes;
	struct session session;
	bool good;

	notes_begin(&notes);
	desk_again(NULL, true);
	session_begin(&session, &notes.observer);
	good = resume_plan_job(&job, &session, &scene->writing, 0, false) && resume_do_job(&job);
	session_close(&session);
	resume_free_job(&job);
	if (!good)
		return wrong(scene, "resume does not end it: %s", notes.text);
	if (!holds(scene, scene->wanted)) {
		uint32_t at = first_difference(scene, scene->wanted);

		scene->unseen = scene->job->partly && is_beside(scene, at);
		return wrong(scene, "resume says that it is done, and 0x%06x is wrong",
			     (unsigned)at);
	}
	return journal_is_there() ? wrong(scene, "resume leaves its journal") : NULL;
}

static const char *judge_failed(struct scene *scene)
{
	const struct trouble *trouble = session_failure(&scene->session);
	const enum die_state die = trouble->die;
	const char *why;

	if (trouble->kind == TROUBLE_NONE || trouble->kind == TROUBLE_BUG ||
	    (!trouble->seen[0] && trouble->kind != TROUBLE_INTERRUPTED))
		return wrong(scene, "it failed and does not say why (%s: %s)",
			     trouble_name(trouble->kind), trouble->seen);
	if (die == DIE_UNTOUCHED && !holds(scene, scene->before))
		return wrong(scene, "it says that the flash is untouched, and 0x%06x is not (%s)",
			     (unsigned)first_difference(scene, scene->before), trouble->seen);
	if (die == DIE_CHANGED && !scene->job->puts_back && !holds(scene, scene->wanted))
		return wrong(scene, "it says that all is written, and 0x%06x is not (%s)",
			     (unsigned)first_difference(scene, scene->wanted), trouble->seen);
	if (files_exist("out.bin") && scene->job->check && !scene->job->changes_registers &&
	    !files_equal("out.bin", scene->before, scene->part->size) && scene->job->check(scene))
		return wrong(scene, "it failed, and leaves a file that is wrong");
	/* What was hit elsewhere is named, and resume repairs it. */
	why = journal_is_there() ? resume(scene) : judge_surroundings(scene);
	if (why)
		return why;
	snprintf(scene->text, sizeof(scene->text), "%s: %s", trouble_name(trouble->kind),
		 trouble->seen);
	return NULL;
}

static void set_up(struct scene *scene, const struct torture_job *job, const char *loader)
{
	const struct module *module = loader ? &torture_loaders_module : job->module;
	const struct chipdb_part *part = chipdb_part_by_name(module->part);

	memset(scene, 0, sizeof(*scene));
	assert_non_null(part);
	scene->loader = loader;
	scene->reading = loader ? (struct session_options){.programmer = "beken_uart",
							   .parameters = "port=/dev/ttyUSB0"}
				: (struct session_options){.parameters = "tries=3"};
	scene->writing = scene->reading;
	scene->writing.writes = true;
	scene->job = job;
	scene->part = part;
	scene->registers = part->firmware_sr;
	scene->before = malloc(part->size);
	scene->wanted = malloc(part->size);
	assert_true(scene->before && scene->wanted);
	module->fill(scene->before, part->size);
	memcpy(scene->wanted, scene->before, part->size);
	files_clear();
	if (job->prepare)
		job->prepare(scene);
	desk_begin(part, scene->before, scene->registers, loader);
	notes_begin(&scene->notes);
	scene->notes.observer.cancelled = desk_cancelled;
}

/* Leaves a write that was stopped in the middle of its changes. */
static void stop_a_write(struct scene *scene)
{
	struct desk_fault stop[DESK_FAULTS_MOST] = {{DESK_STOP, 1}};
	const struct torture_job *write = torture_jobs;

	while (strcmp(write->name, "write") != 0)
		write++;
	for (stop[0].at = 100; !journal_is_there(); stop[0].at += 30) {
		assert_true(stop[0].at < 2000);
		desk_again(stop, true);
		session_begin(&scene->session, &scene->notes.observer);
		write->run(scene);
		session_close(&scene->session);
	}
	memcpy(scene->before, desk.nor.memory, scene->part->size);
	assert_false(holds(scene, scene->wanted));
	scene->registers = desk.nor.registers.now;
	notes_begin(&scene->notes);
	scene->notes.observer.cancelled = desk_cancelled;
}

static bool run(struct scene *scene)
{
	bool good, closed;

	session_begin(&scene->session, &scene->notes.observer);
	good = scene->job->run(scene);
	closed = session_close(&scene->session);
	return good && closed;
}

enum outcome scene_play(struct scene *scene, const struct torture_job *job, const char *loader,
			const struct desk_fault faults[DESK_FAULTS_MOST], uint64_t limit_ns)
{
	const char *why;
	bool good;

	set_up(scene, job, loader);
	if (job->resumes)
		stop_a_write(scene);
	desk_again(faults, true);
	desk.stop_at = scene_stop_at;
	desk.protects = !job->changes_registers;
	scene->ns = desk.ns;
	good = run(scene);
	scene->ns = desk.ns - scene->ns;
	scene->good = good;
	scene->windows = desk_windows();
	scene->writes = desk_writes();
	why = judge_board(scene);
	if (!why && limit_ns && scene->ns > limit_ns)
		why = wrong(scene, "it took %ju s of virtual time",
			    (uintmax_t)(scene->ns / 1000000000));
	if (!why)
		why = good ? judge_good(scene) : judge_failed(scene);
	free(scene->before);
	free(scene->wanted);
	scene->before = scene->wanted = NULL;
	desk_end();
	if (why)
		return scene->unseen ? UNSEEN : WRONG;
	return !good ? TRUTHFUL : scene->notes.warnings ? HEALED : EXACT;
}
