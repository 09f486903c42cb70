/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "engine/job_test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "engine/output_file.h"
#include "engine/spare.h"
#include "engine/look.h"

#define DEFAULT_SIZE 65536

/* The last @size bytes in there that begin at a multiple of it. */
static bool last_piece(struct range in, uint32_t size, struct range *range)
{
	uint32_t end = in.start + in.length;

	end -= end % size;
	if (end < in.start + size)
		return false;
	*range = (struct range){end - size, size};
	return true;
}

/* What belongs to no region of the SoC. */
static bool find_free(const struct chipdb_soc *soc, uint32_t flash_size, struct range *range)
{
	struct ranges area = {.range = {{0, flash_size}}, .count = 1};
	bool good = true;

	for (size_t i = 0; good && i < CHIPDB_REGIONS && soc->regions[i].name; i++)
		good = ranges_remove(&area,
				     (struct range){soc->regions[i].start, soc->regions[i].length});
	for (size_t i = area.count; good && i-- > 0;)
		if (last_piece(area.range[i], DEFAULT_SIZE, range))
			return true;
	return false;
}

/* The place where updates wait until the bootloader unpacks them; the firmware runs without. */
static bool find_update(const struct chipdb_soc *soc, uint32_t flash_size, uint32_t sector,
			struct range *range)
{
	for (size_t i = 0; i < CHIPDB_REGIONS && soc->regions[i].name; i++) {
		const struct chipdb_region *region = &soc->regions[i];
		const struct range in = {region->start, region->length};

		if (region->kind == CHIPDB_REGION_OTA && in.start + in.length <= flash_size &&
		    (last_piece(in, DEFAULT_SIZE, range) || last_piece(in, sector, range)))
			return true;
	}
	return false;
}

static bool find_by_itself(struct session *session, struct range *range)
{
	const struct chipdb_soc *soc = session_soc(session);
	uint32_t size = session->part->size;

	if (!soc)
		observer_raise(session->observer, TROUBLE_SOC_UNKNOWN, NO_RANGE,
			       "which piece may be tested depends on the SoC, which is not known");
	else if (!find_free(soc, size, range) &&
		 !find_update(soc, size, session->part->erase[0].size, range))
		observer_raise(session->observer, TROUBLE_WRONG_PLACE, NO_RANGE,
			       "on a %s with this flash every piece belongs to something that the "
			       "module needs",
			       soc->name);
	else
		return true;
	return false;
}

static bool find_range(struct session *session, struct test_job *test)
{
	const struct observer *observer = session->observer;
	const struct chipdb_soc *soc = session_soc(session);
	uint32_t sector = session->part->erase[0].size, flash_size = session->part->size;
	struct ranges area;

	if (!test->wish.area.has_at)
		return find_by_itself(session, &test->range);
	if (!area_find(&test->wish.area, soc, flash_size, observer, &area))
		return false;
	test->range = area.range[0];
	if (test->range.start % sector == 0 && test->range.length % sector == 0)
		return true;
	observer_raise(observer, TROUBLE_NO_SUCH_RANGE, NO_RANGE,
		       "address and size have to be multiples of the sector size, 0x%x",
		       (unsigned)sector);
	return false;
}

/* Settings may be tried, since they are restored. Lost calibration cannot be recovered. */
static bool spares_rf(struct session *session, const struct test_job *test)
{
	const struct keep_not all_but_rf = {.net = true, .data = true};
	struct ranges area = {.range = {test->range}, .count = 1};
	struct trouble trouble;
	struct spare spare;

	if (!spare_find(&spare, session, &all_but_rf, &area))
		return false;
	if (spare.kept.count == 0)
		return true;
	trouble = trouble_seen(
		TROUBLE_KEPT,
		"the calibration and the MAC address may be there, which cannot be recovered");
	trouble_set_next(&trouble, "Choose another place");
	observer_tell(session->observer, &trouble);
	return false;
}

static void name_save(struct test_job *test, const struct session *session)
{
	snprintf(test->save, sizeof(test->save), "beken-flash-test-%s-0x%x-%ld.bin",
		 session->part->name, (unsigned)test->range.start, (long)getpid());
	/* A part's name may contain any characters, as in "W25Q16.V/...". */
	for (char *at = test->save; *at; at++)
		if (*at == '/' || *at == ' ')
			*at = '-';
}

const char *test_save_path(const struct test_job *test)
{
	return test->wish.save ? test->wish.save : test->save;
}

/* Different in every page and sector, so that confused addresses are detected. */
static void fill_pattern(uint8_t *data, size_t size)
{
	uint32_t state = 0x2545f491;

	for (size_t i = 0; i < size; i++) {
		state = state * 1664525 + 1013904223;
		data[i] = (uint8_t)(state >> 24);
	}
}

static bool read_steadily(struct session *session, struct test_job *test)
{
	session_phase_read_twice(session, "read", &test->range, 1);
	if (!flash_read(session->flash, &test->range, 1, test->old) ||
	    !flash_read(session->flash, &test->range, 1, test->now))
		return false;
	observer_phase_end(session->observer);
	if (memcmp(test->old + test->range.start, test->now + test->range.start,
		   test->range.length) == 0)
		return true;
	observer_raise(session->observer, TROUBLE_UNSTEADY_READ, NO_RANGE,
		       "two readings differ; nothing was changed");
	return false;
}

static void estimate(const struct session *session, const struct test_job *test,
		     const uint8_t *wanted, const uint8_t *present, struct estimate *time)
{
	plan_estimate(time, &session->cost, session->part, &test->range, 1, wanted, present);
}

/* The flash is read for what it really holds, since a failed write may leave anything. */
static bool put_back(struct session *session, struct test_job *test)
{
	struct estimate time = {0};

	estimate_read(&time, &session->cost, test->range.length);
	estimate(session, test, test->old, test->wanted, &time);
	observer_phase(session->observer, "restore", &time.work);
	test->restored = flash_read(session->flash, &test->range, 1, test->now) &&
			 flash_write(session->flash, &test->range, 1, test->old, test->now);
	observer_phase_end(session->observer);
	return test->restored;
}

static bool reopen(struct test_job *test)
{
	observer_note(test->session->observer, NOTE_INFO, TROUBLE_NONE,
		      "starting again, to put back what was there");
	session_close(test->session);
	return session_open(test->session, &test->options);
}

static bool try_pattern(struct session *session, struct test_job *test)
{
	const struct observer *observer = session->observer;
	struct estimate time = {0};

	memcpy(test->wanted, test->old, session->part->size);
	fill_pattern(test->wanted + test->range.start, test->range.length);
	/* From here on the old content has to be restored, so the work must not be interrupted. */
	session_defer(session, true);
	estimate(session, test, test->wanted, test->old, &time);
	observer_phase(session->observer, "pattern", &time.work);
	test->pattern_good = flash_write(session->flash, &test->range, 1, test->wanted, test->old);
	observer_phase_end(session->observer);
	if (session_interrupted(session))
		observer_note(observer, NOTE_WARN, TROUBLE_NONE,
			      "stopped by a signal: what was there is put back first");
	test->changed = test->pattern_good || flash_done(session->flash) == PROXY_CHANGED;
	test->restored = !test->changed;
	/* After a failure nothing more is sent to the die in the same session. */
	if (!test->restored && (test->pattern_good || reopen(test)))
		put_back(session, test);
	session_defer(session, false);
	if (!test->restored)
		observer_raise(observer, TROUBLE_NOT_WRITTEN, NO_RANGE,
			       "what was there could not be put back: it is in %s, for address "
			       "0x%x",
			       test_save_path(test), (unsigned)test->range.start);
	return test->pattern_good && test->restored;
}

bool test_plan_job(struct test_job *test, struct session *session,
		   const struct session_options *options, const struct test_wish *wish)
{
	*test = (struct test_job){.session = session, .wish = *wish, .options = *options};
	test->options.writes = test->options.restores = !wish->dry;
	if (!session_open(session, &test->options) || !look_at_module(session) ||
	    !session_agrees(session) || !find_range(session, test) || !spares_rf(session, test) ||
	    !flash_can_change(session->flash, &test->range, 1))
		return false;
	name_save(test, session);
	return true;
}

bool test_do_job(struct test_job *test)
{
	struct session *session = test->session;
	bool good;

	test->old = calloc(3, session->part->size);
	if (!test->old)
		return session_no_memory(session);
	test->now = test->old + session->part->size;
	test->wanted = test->now + session->part->size;
	if (!read_steadily(session, test) ||
	    !output_whole(test_save_path(test), test->old + test->range.start, test->range.length,
			  OUTPUT_NEW, session->observer))
		return false;
	good = try_pattern(session, test) && !session_interrupted(session) &&
	       session_close(session);
	if (!test->restored)
		session_set_die(session, DIE_HALF);
	else
		session_set_die(session, test->changed ? DIE_CHANGED : DIE_UNTOUCHED);
	if (test->restored && !test->wish.save)
		unlink(test_save_path(test)); /* nothing in it is needed any more */
	return good;
}

void test_free_job(struct test_job *test)
{
	free(test->old);
	test->old = NULL;
}
