/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "engine/job_list.h"

#include <stdio.h>

#include "engine/look.h"

#define PLACES_MOST 32
#define PARAMETERS_ROOM 256

static void look(struct session *session, const struct session_options *options,
		 const struct beken_place *place)
{
	struct session_options own = *options;
	char parameters[PARAMETERS_ROOM];

	if (place->mode) {
		observer_raise(session->observer, TROUBLE_ADAPTER_MODE, NO_RANGE, "it is in its %s",
			       place->mode);
		return;
	}
	if (place->only_named) {
		observer_raise(session->observer, TROUBLE_NO_ADAPTER, NO_RANGE,
			       "not examined, since it may be used for something else: name it "
			       "for that");
		return;
	}
	snprintf(parameters, sizeof(parameters), "%s%s%s=%s",
		 options->parameters ? options->parameters : "", options->parameters ? "," : "",
		 place->parameter, place->value);
	own.parameters = parameters;
	if (session_open(session, &own))
		look_at_module(session);
	session_close(session);
}

bool list_do_job(const struct session_options *options, const struct observer *observer,
		 void (*entry)(void *data, const struct list_entry *entry), void *data)
{
	const struct observer quiet = {.cancelled = observer->cancelled, .data = observer->data};
	struct beken_place places[PLACES_MOST];
	size_t count = beken_places(places, PLACES_MOST);

	for (size_t i = 0; i < count && !observer_cancelled(observer); i++) {
		struct session session;
		const struct list_entry one = {&places[i], &session};

		session_begin(&session, &quiet);
		look(&session, options, &places[i]);
		if (!observer_cancelled(observer))
			entry(data, &one);
	}
	if (!count && !observer_cancelled(observer))
		observer_raise(observer, TROUBLE_NO_ADAPTER, NO_RANGE, "no adapter was found");
	return count && !observer_cancelled(observer);
}
