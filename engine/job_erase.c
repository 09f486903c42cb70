/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "engine/job_erase.h"

#include "engine/look.h"

bool erase_plan_job(struct erase_job *erase, struct session *session,
		    const struct session_options *options, const struct erase_wish *wish)
{
	struct session_options how = *options;

	*erase = (struct erase_job){.session = session};
	how.writes = !wish->dry;
	if (!session_open(session, &how) || !look_at_module(session) || !session_agrees(session) ||
	    !area_find(&wish->area, session_soc(session), session->part->size, session->observer,
		       &erase->area) ||
	    !spare_find(&erase->spare, session, &wish->with, &erase->area))
		return false;
	if (erase->area.count > 0)
		return !wish->dry || session_look_at_protection(session);
	observer_raise(session->observer, TROUBLE_KEPT, NO_RANGE,
		       "all of that is calibration, which is kept");
	return false;
}

bool erase_do_job(struct erase_job *erase)
{
	struct session *session = erase->session;
	const struct ranges *area = &erase->area;
	bool good;

	/* Each byte is erased, and read to see that it is blank. */
	observer_phase(session->observer, "erase", 2 * (uint64_t)ranges_bytes(area));
	good = flash_erase(session->flash, area->range, area->count);
	observer_phase_end(session->observer);
	if (!session_close(session) || !good) {
		if (good)
			session_set_die(session, DIE_UNSURE);
		return false;
	}
	session_set_die(session, DIE_CHANGED);
	return true;
}
