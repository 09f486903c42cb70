/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/torture/jobs.h"

#include <stdlib.h>
#include <unistd.h>

#include "engine/job_backup.h"
#include "engine/job_erase.h"
#include "engine/job_info.h"
#include "engine/job_protection.h"
#include "engine/job_read.h"
#include "engine/job_restore.h"
#include "engine/job_resume.h"
#include "engine/job_test.h"
#include "engine/job_verify.h"
#include "engine/job_write.h"
#include "sim/model/prng.h"
#include "tests/torture/files.h"
#include "tests/torture/job_doctor.h"
#include "tests/torture/lamp.h"

/* --- modules --- */

/* Nothing tells what it is: no SoC, no calibration. A part of it is blank. */
static void fill_small(uint8_t *die, uint32_t size)
{
	struct prng prng = {.state = 11};

	for (uint32_t i = 0; i < size; i++)
		die[i] = (uint8_t)prng_next(&prng);
	memset(die + 0x20000, 0xff, 0x8000);
}

static const struct module small = {"GD25Q40B", fill_small};
static const struct module lamp = {"TH25Q16HB", lamp_fill};

const struct module torture_loaders_module = {"GD25Q16B", fill_small};

static void fill_full(uint8_t *die, uint32_t size)
{
	lamp_fill_full(die, size, 3);
}

static const struct module full = {"TH25Q16HB", fill_full};

/* --- reading --- */

static bool run_backup(struct scene *scene)
{
	struct backup_job job;
	bool good = backup_plan_job(&job, &scene->session, &scene->reading, "out.bin") &&
		    backup_do_job(&job);

	backup_free_job(&job);
	return good;
}

static const char *check_backup(const struct scene *scene)
{
	if (!files_equal("out.bin", scene->before, scene->part->size))
		return "the backup is not what the die holds";
	return files_exist("out.bin.json") ? NULL : "there is no manifest";
}

#define READ_AT 0x18000u
#define READ_SIZE 0x9000u

static bool run_read(struct scene *scene)
{
	const struct area_wish wish = {
		.has_at = true, .at = READ_AT, .has_size = true, .size = READ_SIZE};
	struct read_job job;
	bool good = read_plan_job(&job, &scene->session, &scene->reading, &wish) &&
		    read_do_job(&job, "out.bin", false);

	read_free_job(&job);
	return good;
}

static const char *check_read(const struct scene *scene)
{
	return files_equal("out.bin", scene->before + READ_AT, READ_SIZE)
		       ? NULL
		       : "the file is not what the die holds";
}

static bool verify(struct scene *scene, const char *path)
{
	const struct area_wish wish = {.has_at = true, .at = READ_AT};
	struct verify_job job;
	bool good = verify_load(&job, &scene->session, path) &&
		    verify_plan_job(&job, &scene->reading, &wish) && verify_do_job(&job);

	scene->different = job.different;
	verify_free_job(&job);
	return good;
}

static void prepare_same(struct scene *scene)
{
	files_put("same.bin", scene->before + READ_AT, READ_SIZE);
}

static bool run_verify(struct scene *scene)
{
	return verify(scene, "same.bin");
}

static const char *check_same(const struct scene *scene)
{
	return scene->different ? "differences that are not there" : NULL;
}

static void prepare_other(struct scene *scene)
{
	uint8_t *other = malloc(READ_SIZE);

	assert_non_null(other);
	memcpy(other, scene->before + READ_AT, READ_SIZE);
	other[READ_SIZE / 3] ^= 0x01;
	files_put("other.bin", other, READ_SIZE);
	free(other);
}

static bool run_verify_other(struct scene *scene)
{
	return verify(scene, "other.bin");
}

static const char *check_other(const struct scene *scene)
{
	return scene->different == 1 ? NULL : "not the one difference that is there";
}

static bool run_info(struct scene *scene)
{
	struct info_job job;
	bool good = info_do_job(&job, &scene->session, &scene->reading, false);

	if (good && job.image.rf_count > 0)
		snprintf(scene->mac, sizeof(scene->mac), "%02x:%02x", job.image.rf[0].mac[4],
			 job.image.rf[0].mac[5]);
	scene->found_registers = scene->session.protection.registers;
	return good;
}

static const char *check_info(const struct scene *scene)
{
	const bool is_lamp = scene->job->module == &lamp;

	/* Most bootloaders do not tell them. */
	if (!scene->loader && scene->found_registers != scene->registers)
		return "the registers are others";
	return strcmp(scene->mac, is_lamp ? "00:01" : "") == 0 ? NULL : "the MAC is another";
}

/* --- changing --- */

#define WRITE_AT 0x1b000u
#define WRITE_SIZE (9 * 1024u + 300)

/* Noise that goes over other content, into a blank place, and into the middle of a sector. */
static void prepare_piece(struct scene *scene)
{
	struct prng prng = {.state = 5};

	for (uint32_t i = 0; i < WRITE_SIZE; i++)
		scene->wanted[WRITE_AT + i] = (uint8_t)prng_next(&prng);
	files_put("new.bin", scene->wanted + WRITE_AT, WRITE_SIZE);
}

static bool write_it(struct scene *scene, const struct write_wish *wish)
{
	struct write_job job = {.unfinished.lock = -1, .present.backup.output.fd = -1};
	bool good =
		write_plan_job(&job, &scene->session, &scene->writing, wish) && write_do_job(&job);

	write_free_job(&job);
	return good;
}

static bool write_piece(struct scene *scene, const char *backup)
{
	struct write_wish wish = {
		.path = "new.bin",
		.source = {.has_at = true, .at = WRITE_AT},
		.backup = backup,
		.no_backup = !backup,
	};

	for (unsigned i = 0; i < PLACEMENT_REFUSAL_KINDS; i++)
		wish.source.force[i] = true;
	return write_it(scene, &wish);
}

static bool run_write(struct scene *scene)
{
	return write_piece(scene, NULL);
}

static bool run_write_saved(struct scene *scene)
{
	return write_piece(scene, "out.bin");
}

static void prepare_given(struct scene *scene)
{
	prepare_piece(scene);
	files_put_backup("given.bin", scene->part, NULL, scene->before);
}

static bool run_write_given(struct scene *scene)
{
	return write_piece(scene, "given.bin");
}

static void prepare_restore(struct scene *scene)
{
	prepare_piece(scene);
	files_put_backup("given.bin", scene->part, NULL, scene->wanted);
}

static bool run_restore(struct scene *scene)
{
	const struct restore_wish wish = {.path = "given.bin"};
	struct restore_job job = {.unfinished.lock = -1, .backup.output.fd = -1};
	bool good = restore_plan_job(&job, &scene->session, &scene->writing, &wish) &&
		    restore_do_job(&job);

	restore_free_job(&job);
	return good;
}

#define ERASE_AT 0x1e000u
#define ERASE_SIZE 0x4000u

static void prepare_erase(struct scene *scene)
{
	memset(scene->wanted + ERASE_AT, 0xff, ERASE_SIZE);
}

static bool run_erase(struct scene *scene)
{
	const struct erase_wish wish = {
		.area = {.has_at = true, .at = ERASE_AT, .has_size = true, .size = ERASE_SIZE},
		.with = {.rf = true, .net = true, .data = true},
		.no_backup = true,
	};
	struct erase_job job = {.present.backup.output.fd = -1};
	bool good =
		erase_plan_job(&job, &scene->session, &scene->writing, &wish) && erase_do_job(&job);

	erase_free_job(&job);
	return good;
}

static bool run_resume(struct scene *scene)
{
	struct resume_job job = {.unfinished.lock = -1};
	bool good = resume_plan_job(&job, &scene->session, &scene->writing, 0, false) &&
		    resume_do_job(&job);

	resume_free_job(&job);
	return good;
}

static bool run_try(struct scene *scene)
{
	const struct test_wish wish = {
		.area = {.has_at = true, .at = ERASE_AT, .has_size = true, .size = ERASE_SIZE},
		.save = "out.bin",
	};
	struct test_job job;
	bool good =
		test_plan_job(&job, &scene->session, &scene->writing, &wish) && test_do_job(&job);

	test_free_job(&job);
	return good;
}

static const char *check_test(const struct scene *scene)
{
	return files_equal("out.bin", scene->before + ERASE_AT, ERASE_SIZE)
		       ? NULL
		       : "the saved content is not what the die held";
}

static void prepare_open(struct scene *scene)
{
	scene->registers = 0;
}

static bool protect(struct scene *scene, bool on)
{
	const struct protection_wish wish = {.protect = on};
	struct protection_job job;
	bool good = protection_plan_job(&job, &scene->session, &scene->writing, &wish) &&
		    protection_do_job(&job);

	scene->found_registers = job.after.registers;
	return good;
}

static bool run_protect(struct scene *scene)
{
	return protect(scene, true);
}

static bool run_unprotect(struct scene *scene)
{
	return protect(scene, false);
}

static uint32_t registers_now(void)
{
	return nor_status(&desk.nor, desk.ns) & ~UINT32_C(3);
}

static const char *check_protected(const struct scene *scene)
{
	return protection_active(scene->part, registers_now()) ? NULL : "nothing is protected";
}

static const char *check_open(const struct scene *scene)
{
	return protection_active(scene->part, registers_now()) ? "it is still protected" : NULL;
}

/* --- the lamp --- */

static void prepare_app(struct scene *scene)
{
	lamp_put_app("app.bin", scene->wanted);
}

static bool run_app(struct scene *scene)
{
	const struct write_wish wish = {.path = "app.bin", .backup = "out.bin"};

	return write_it(scene, &wish);
}

/* Most of what it replaces need not be read; two sectors in the middle are the module's own. */
static void prepare_full(struct scene *scene)
{
	uint8_t *file = malloc(scene->part->size);

	assert_non_null(file);
	lamp_fill_full(file, scene->part->size, 4);
	memset(file + LAMP_OTHER_RF, 0x5a, 0x1000);
	memset(file + LAMP_OTHER_SETTINGS, 0x5a, 0x1000);
	files_put("new.bin", file, scene->part->size);
	memcpy(file + LAMP_OTHER_RF, scene->before + LAMP_OTHER_RF, 0x1000);
	memcpy(file + LAMP_OTHER_SETTINGS, scene->before + LAMP_OTHER_SETTINGS, 0x1000);
	memcpy(scene->wanted, file, scene->part->size);
	free(file);
}

static bool run_full(struct scene *scene)
{
	const struct write_wish wish = {.path = "new.bin", .no_backup = true};

	return write_it(scene, &wish);
}

static void prepare_lamp_restore(struct scene *scene)
{
	lamp_put_app("app.bin", scene->wanted);
	files_put_backup("given.bin", scene->part, "BK7231N", scene->wanted);
}

#define PIECE                                                                                      \
	{                                                                                          \
		WRITE_AT, 0x3000                                                                   \
	}

const struct torture_job torture_jobs[] = {
	{.name = "doctor", .module = &small, .spi = true, .run = run_doctor, .check = check_doctor},
	{.name = "info", .module = &small, .run = run_info, .check = check_info},
	{.name = "read", .module = &small, .run = run_read, .check = check_read},
	{.name = "verify",
	 .module = &small,
	 .prepare = prepare_same,
	 .run = run_verify,
	 .check = check_same},
	{.name = "verify, another file",
	 .module = &small,
	 .prepare = prepare_other,
	 .run = run_verify_other,
	 .check = check_other},
	{.name = "backup", .module = &small, .run = run_backup, .check = check_backup},
	{.name = "write",
	 .module = &small,
	 .partly = true,
	 .prepare = prepare_piece,
	 .run = run_write,
	 .touches = PIECE},
	{.name = "write, backup first",
	 .module = &small,
	 .prepare = prepare_piece,
	 .once = true,
	 .run = run_write_saved,
	 .check = check_backup,
	 .touches = PIECE},
	{.name = "write, backup given",
	 .module = &small,
	 .partly = true,
	 .prepare = prepare_given,
	 .run = run_write_given,
	 .touches = PIECE},
	{.name = "restore",
	 .module = &small,
	 .prepare = prepare_restore,
	 .run = run_restore,
	 .touches = PIECE},
	{.name = "erase",
	 .module = &small,
	 .partly = true,
	 .prepare = prepare_erase,
	 .run = run_erase,
	 .touches = {ERASE_AT, ERASE_SIZE}},
	{.name = "resume",
	 .module = &small,
	 .prepare = prepare_piece,
	 .run = run_resume,
	 .touches = PIECE,
	 .resumes = true},
	{.name = "test",
	 .module = &small,
	 .partly = true,
	 .run = run_try,
	 .check = check_test,
	 .touches = {ERASE_AT, ERASE_SIZE},
	 .puts_back = true},
	{.name = "protect",
	 .module = &small,
	 .prepare = prepare_open,
	 .run = run_protect,
	 .check = check_protected,
	 .spi = true,
	 .changes_registers = true},
	{.name = "unprotect",
	 .module = &small,
	 .run = run_unprotect,
	 .check = check_open,
	 .spi = true,
	 .changes_registers = true},
	{.name = "lamp: info", .module = &lamp, .run = run_info, .check = check_info},
	{.name = "lamp: backup", .module = &lamp, .run = run_backup, .check = check_backup},
	{.name = "lamp: write",
	 .module = &lamp,
	 .prepare = prepare_app,
	 .once = true,
	 .run = run_app,
	 .check = check_backup,
	 .touches = LAMP_APP_RANGE},
	{.name = "lamp: write, most unread",
	 .module = &full,
	 .prepare = prepare_full,
	 .run = run_full,
	 .touches = {LAMP_FULL, LAMP_FULL_END - LAMP_FULL}},
	{.name = "lamp: restore",
	 .module = &lamp,
	 .prepare = prepare_lamp_restore,
	 .run = run_restore,
	 .touches = LAMP_APP_RANGE},
	{.name = NULL},
};
