/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "engine/job_erase.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/look.h"
#include "engine/plan.h"
#include "engine/reading.h"

static struct range whole_sectors(const struct erase_job *erase, struct range range)
{
	uint32_t sector = plan_sector(erase->session->part);
	uint32_t start = range.start / sector * sector, end = range.start + range.length;

	return (struct range){start, (end + sector - 1) / sector * sector - start};
}

static bool find_around(struct erase_job *erase)
{
	bool good = true;

	erase->around.count = 0;
	for (size_t i = 0; good && i < erase->area.count; i++)
		good = ranges_add(&erase->around, whole_sectors(erase, erase->area.range[i]));
	for (size_t i = 0; good && i < erase->area.count; i++)
		good = ranges_remove(&erase->around, erase->area.range[i]);
	if (!good)
		observer_raise(erase->session->observer, TROUBLE_NO_SUCH_RANGE, NO_RANGE,
			       "these are too many pieces; erase some at a time");
	return good;
}

/* Less than a sector. */
static bool look_if_blank(struct session *session, struct range range, bool *blank)
{
	uint8_t bytes[256];

	*blank = true;
	for (uint32_t done = 0; *blank && done < range.length; done += sizeof(bytes)) {
		uint32_t rest = range.length - done;
		uint32_t length = rest < sizeof(bytes) ? rest : sizeof(bytes);

		if (!flash_peek(session->flash, range.start + done, bytes, length))
			return false;
		for (uint32_t i = 0; i < length; i++)
			*blank &= bytes[i] == 0xff;
	}
	return true;
}

/* Where nothing is, nothing can be lost. */
static bool ask_around(const struct erase_job *erase)
{
	struct session *session = erase->session;
	char around[4 * RANGE_TEXT] = "", text[RANGE_TEXT];
	size_t count = 0;

	for (size_t i = 0; i < erase->around.count; i++) {
		size_t length = strlen(around);
		bool blank;

		if (!look_if_blank(session, erase->around.range[i], &blank))
			return false;
		if (!blank && count++ < 3)
			snprintf(around + length, sizeof(around) - length, "%s%s",
				 length ? ", " : "", range_text(erase->around.range[i], text));
	}
	return count == 0 ||
	       session_ask(
		       session, TROUBLE_PARTIAL_SECTOR,
		       "Only whole sectors of 0x%x bytes can be erased: %s%s would be erased with "
		       "it and written back, and be lost if the power fails meanwhile.",
		       (unsigned)plan_sector(session->part), around, count > 3 ? ", and more" : "");
}

static void find_code(struct erase_job *erase)
{
	chipdb_soc_set candidates = identity_candidates(&erase->session->target.identity);

	for (size_t i = 0; i < erase->area.count; i++) {
		struct range range = erase->area.range[i];

		erase->boot_goes |= area_touches(range, candidates, CHIPDB_REGION_BOOT);
		erase->app_goes |= area_touches(range, candidates, CHIPDB_REGION_APP);
	}
}

/* From the first byte of the area to its last. */
static struct range hull(const struct ranges *area)
{
	const struct range last = area->range[area->count - 1];

	return (struct range){area->range[0].start,
			      last.start + last.length - area->range[0].start};
}

static bool find_area(struct erase_job *erase)
{
	struct session *session = erase->session;

	if (!area_find(&erase->wish.area, session_soc(session), session->part->size,
		       session->observer, &erase->area) ||
	    !spare_find(&erase->spare, session, &erase->wish.with, &erase->area))
		return false;
	if (erase->area.count > 0)
		return flash_can_change(session->flash, erase->area.range, erase->area.count);
	observer_raise(session->observer, TROUBLE_KEPT, NO_RANGE,
		       "all of that is calibration, which is kept");
	return false;
}

bool erase_plan_job(struct erase_job *erase, struct session *session,
		    const struct session_options *options, const struct erase_wish *wish)
{
	struct session_options how = *options;

	*erase = (struct erase_job){.session = session, .wish = *wish, .unfinished.lock = -1};
	how.writes = !wish->dry;
	if (!present_begin(&erase->present, session, wish->backup, wish->no_backup) ||
	    !session_open(session, &how) || !look_at_module(session) || !session_agrees(session) ||
	    /* Resuming the stopped job would overwrite the erased range. */
	    (!wish->dry && !unfinished_none(&erase->unfinished, session)) || !find_area(erase) ||
	    !find_around(erase) || !ask_around(erase))
		return false;
	find_code(erase);
	return (wish->no_backup || present_read(&erase->present, hull(&erase->area), wish->dry)) &&
	       (!wish->dry || session_look_at_protection(session));
}

/* The sectors of which a part stays. */
static void find_shared(const struct erase_job *erase, struct ranges *shared)
{
	shared->count = 0;
	for (size_t i = 0; i < erase->around.count; i++)
		ranges_add(shared, whole_sectors(erase, erase->around.range[i]));
}

uint64_t erase_read_bytes(const struct erase_job *erase)
{
	struct ranges shared;

	find_shared(erase, &shared);
	return erase->present.read_bytes + ranges_bytes(&shared);
}

/* The rest of each sector must be known to the last byte. */
static bool know(struct erase_job *erase, const struct ranges *shared)
{
	struct session *session = erase->session;
	uint8_t **die = &erase->present.die;

	if (erase->wish.no_backup) {
		*die = malloc(session->part->size);
		if (!*die)
			return session_no_memory(session);
		if (!flash_read(session->flash, shared->range, shared->count, *die))
			return false;
	}
	switch (reading_compare(session, *die, shared->range, shared->count)) {
	case READING_SAME:
		return true;
	case READING_DIFFERS:
		observer_raise(session->observer, TROUBLE_UNSTEADY_READ, NO_RANGE,
			       "two readings differ; nothing was changed");
		break;
	case READING_FAILED:
		break;
	}
	return false;
}

/* Verified over whole sectors, since an erase of a part is not verified there. */
static bool erase_shared(struct erase_job *erase, const struct ranges *shared)
{
	const struct session *session = erase->session;
	const struct ranges *area = &erase->area;
	uint8_t *wanted = malloc(session->part->size);
	bool good;

	if (!wanted)
		return session_no_memory(session);
	memcpy(wanted, erase->present.die, session->part->size);
	for (size_t i = 0; i < area->count; i++)
		memset(wanted + area->range[i].start, 0xff, area->range[i].length);
	good = flash_write(session->flash, shared->range, shared->count, wanted,
			   erase->present.die);
	free(wanted);
	return good;
}

/* A given backup is compared at that point, too. */
static bool secure(struct erase_job *erase, const struct ranges *shared)
{
	struct ranges sectors = erase->area;

	for (size_t i = 0; i < shared->count; i++)
		if (!ranges_add(&sectors, shared->range[i]))
			return session_no_memory(erase->session);
	if (shared->count > 0 && erase->present.kind != PRESENT_GIVEN && !know(erase, shared))
		return false;
	if (erase->wish.no_backup)
		return true;
	if (!present_secure(&erase->present, sectors.range, sectors.count))
		return false;
	observer_note(erase->session->observer, NOTE_INFO, TROUBLE_NONE,
		      "the content of the flash is in %s", erase->present.backup.path);
	return true;
}

void erase_estimate(const struct erase_job *erase, struct estimate *time)
{
	const struct session *session = erase->session;
	const struct ranges *area = &erase->area;
	/* Of the die, all of what is erased was read, or compared. */
	bool all = erase->present.kind == PRESENT_SAVED ||
		   (erase->present.kind == PRESENT_GIVEN && !erase->present.assumed);
	const uint8_t *known = all ? erase->present.die : NULL;

	uint64_t erased = estimate_erase(time, &session->cost, session->part, area->range,
					 area->count, known);

	/* Every byte is read to check that it is blank. */
	estimate_blank(time, &session->cost, erased);
	estimate_verify(time, &session->cost, ranges_bytes(area) - erased);
}

bool erase_do_job(struct erase_job *erase)
{
	struct session *session = erase->session;
	struct ranges shared, rest = erase->area;
	struct estimate time = {0};
	bool good;

	find_shared(erase, &shared);
	for (size_t i = 0; i < shared.count; i++)
		if (!ranges_remove(&rest, shared.range[i]))
			return session_no_memory(session);
	if (!secure(erase, &shared))
		return false;
	erase_estimate(erase, &time);
	observer_phase(session->observer, "erase", &time.work);
	good = (shared.count == 0 || erase_shared(erase, &shared)) &&
	       (rest.count == 0 || flash_erase(session->flash, rest.range, rest.count));
	observer_phase_end(session->observer);
	if (!session_close(session) || !good) {
		if (good)
			session_set_die(session, DIE_UNSURE);
		return false;
	}
	session_set_die(session, DIE_CHANGED);
	return true;
}

void erase_free_job(struct erase_job *erase)
{
	unfinished_let_go(&erase->unfinished);
	present_free(&erase->present);
}
