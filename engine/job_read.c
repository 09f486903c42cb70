/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "engine/job_read.h"

#include <stdlib.h>
#include <string.h>

#include "engine/find_rf.h"
#include "engine/look.h"
#include "engine/output_file.h"
#include "engine/reading.h"

#define RF_NAME "rf" /* of all SoCs */

static bool wants_rf(const struct area_wish *wish)
{
	return wish->regions && strcmp(wish->regions, RF_NAME) == 0;
}

/* If the SoC is not known, the calibration is searched for. */
static bool find_by_content(struct read_job *read)
{
	struct session *session = read->session;
	struct rf found[IMAGE_RFS];
	char text[FIND_RF_TEXT];
	size_t count;

	if (!find_rf(session, found, &count))
		return false;
	if (count == 1) {
		read->range = (struct range){(uint32_t)found[0].offset, RF_ALIGNMENT};
		observer_note(session->observer, NOTE_INFO, TROUBLE_NONE,
			      "the SoC is not known; calibration data was found at "
			      "0x%zx",
			      found[0].offset);
		return true;
	}
	if (count == 0)
		observer_raise(session->observer, TROUBLE_SOC_UNKNOWN, NO_RANGE,
			       "no calibration data was found anywhere in the flash, and the SoC "
			       "is not known");
	else
		observer_raise(session->observer, TROUBLE_SOC_UNKNOWN, NO_RANGE,
			       "calibration data was found at %s: give the address of the one that "
			       "you mean",
			       find_rf_text(found, count, text));
	return false;
}

/* A region that should hold calibration, and does not. */
static bool look_for_rf(const struct read_job *read)
{
	struct session *session = read->session;
	struct rf found[IMAGE_RFS];
	char text[FIND_RF_TEXT];
	size_t count;
	bool there;

	if (!find_rf_at(session, read->range.start, found, &there))
		return false;
	if (there)
		return true;
	if (!find_rf(session, found, &count))
		return false;
	observer_note(session->observer, NOTE_WARN, TROUBLE_NONE,
		      "there is no calibration data at 0x%x, where a %s has it%s%s",
		      (unsigned)read->range.start, session_soc(session)->name,
		      count ? "; it was found at " : ", nor anywhere else in the flash",
		      find_rf_text(found, count, text));
	return true;
}

bool read_plan_job(struct read_job *read, struct session *session,
		   const struct session_options *options, const struct area_wish *wish)
{
	struct ranges area;

	*read = (struct read_job){.session = session};
	if (!session_open(session, options) || !look_at_module(session))
		return false;
	if (wants_rf(wish) && !session_soc(session))
		return find_by_content(read);
	if (!area_find(wish, session_soc(session), session->part->size, session->observer, &area))
		return false;
	read->range = area.range[0];
	return !wants_rf(wish) || look_for_rf(read);
}

static bool save(const struct read_job *read, struct output_file *file, const char *path)
{
	enum output_result result;

	if (!output_write(file, read->die + read->range.start, read->range.length))
		return false;
	result = output_commit(file, path, OUTPUT_NEW);
	if (result == OUTPUT_EXISTS)
		observer_raise(read->session->observer, TROUBLE_FILE_EXISTS, NO_RANGE,
			       "%s has appeared meanwhile, and is never overwritten", path);
	return result == OUTPUT_DONE;
}

static bool read_once(struct read_job *read)
{
	struct session *session = read->session;
	bool good;

	steady_begin(session, &read->steadiness);
	session_phase_read(session, "read", &read->range, 1);
	good = flash_read(session->flash, &read->range, 1, read->die);
	observer_phase_end(session->observer);
	return good;
}

bool read_do_job(struct read_job *read, const char *path, bool once)
{
	struct session *session = read->session;
	struct output_file file = {.fd = -1};
	bool good;

	/* Opened before anything is read, so that no time is wasted. */
	if (path && !output_open(&file, path, read->range.length, session->observer))
		return false;
	read->die = malloc(session->part->size);
	if (!read->die)
		session_no_memory(session);
	good = read->die &&
	       (once ? read_once(read)
		     : reading_twice(session, read->range, read->die, &read->steadiness));
	good = good && session_close(session) && (!path || save(read, &file, path));
	output_discard(&file);
	return good;
}

void read_free_job(struct read_job *read)
{
	free(read->die);
	read->die = NULL;
}
