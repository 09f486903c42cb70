/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "engine/session.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "engine/estimate.h"

#define PARAMETERS_ROOM 512
#define LONG_US 1000000

/* --- the session's own observer: everything goes on to the watcher --- */

static void on_trouble(void *data, const struct trouble *trouble)
{
	struct session *session = data;

	if (session->trouble.kind == TROUBLE_NONE)
		session->trouble = *trouble;
	session->stuck |= trouble->kind == TROUBLE_NOT_RELEASED;
	observer_tell(session->watcher, trouble);
}

static void on_note(void *data, enum note_level level, enum trouble_kind kind, const char *text)
{
	const struct session *session = data;

	observer_note(session->watcher, level, kind, "%s", text);
}

static void on_phase(void *data, const char *name, const struct work *work)
{
	const struct session *session = data;

	observer_phase(session->watcher, name, work);
}

static void on_progress(void *data, enum activity activity, struct range range)
{
	const struct session *session = data;

	observer_progress(session->watcher, activity, range);
}

static bool on_cancelled(void *data)
{
	const struct session *session = data;

	return !session->deferred && observer_cancelled(session->watcher);
}

void session_begin(struct session *session, const struct observer *watcher)
{
	*session = (struct session){
		.watcher = watcher,
		.own = {.trouble = on_trouble,
			.note = on_note,
			.phase = on_phase,
			.progress = on_progress,
			.cancelled = on_cancelled,
			.data = session},
	};
	session->observer = &session->own;
}

/* --- opening and closing --- */

/* All SoCs whose names begin like this: the name of a family stands for several. */
static chipdb_soc_set family(const char *name)
{
	chipdb_soc_set socs = 0;

	for (size_t i = 0; i < chipdb_soc_count; i++)
		if (strncasecmp(chipdb_socs[i].name, name, strlen(name)) == 0)
			socs |= chipdb_soc_bit(&chipdb_socs[i]);
	return socs;
}

static bool find_told(struct session *session, const char *name)
{
	struct trouble trouble;
	chipdb_soc_set socs;
	char names[120];

	if (!name)
		return true;
	session->told = chipdb_soc_by_name(name);
	if (session->told)
		return true;
	if ((socs = chipdb_socs_in_module(name)))
		trouble = trouble_seen(TROUBLE_USAGE,
				       "%s is the name of a module, which is sold with %s", name,
				       soc_set_text(socs, names, sizeof(names)));
	else if ((socs = family(name)))
		trouble = trouble_seen(TROUBLE_USAGE, "%s is the start of several names: %s", name,
				       soc_set_text(socs, names, sizeof(names)));
	else
		trouble = trouble_seen(TROUBLE_USAGE, "there is no SoC called %s", name);
	trouble_set_next(&trouble, socs ? "Name one, or omit it" : "See docs/socs.md, or omit it");
	trouble_add_text(&trouble, "soc", "%s", name);
	observer_tell(session->observer, &trouble);
	return false;
}

static bool check_parameters(const struct session *session, const char *programmer,
			     const char *parameters)
{
	const struct beken_options options = {
		.programmer = programmer, .parameters = parameters, .observer = session->observer};
	struct link_intent intent;

	if (parameters && strlen(parameters) >= PARAMETERS_ROOM / 2) {
		observer_raise(session->observer, TROUBLE_USAGE, NO_RANGE,
			       "the parameters of the programmer are too long");
		return false;
	}
	return beken_check(&options, &intent);
}

/* The flash takes its own with it when it is closed. */
static void keep_part(struct session *session)
{
	session->part_copy = *flash_part(session->flash);
	snprintf(session->part_name, sizeof(session->part_name), "%s", session->part_copy.name);
	session->part_copy.name = session->part_name;
	snprintf(session->part_maker, sizeof(session->part_maker), "%s", session->part_copy.maker);
	session->part_copy.maker = session->part_maker;
	session->part = &session->part_copy;
	session->id_told = flash_tells_id(session->flash);
	snprintf(session->adapter, sizeof(session->adapter), "%s", flash_adapter(session->flash));
	session->place = flash_place(session->flash);
	snprintf(session->port, sizeof(session->port), "%s", flash_port(session->flash));
	if (flash_answers(session->flash))
		snprintf(session->answers, sizeof(session->answers), "%s",
			 flash_answers(session->flash));
	session->cost = *flash_cost(session->flash);
}

/* What the job needs comes first, so that the user's own parameters take precedence. */
static void join_parameters(const struct session_options *options, char *text, size_t room)
{
	const char *leave = options->programmer ? "leave=stay," : "leave=spi,";

	snprintf(text, room, "%s%s%s", options->holds ? leave : "",
		 options->restores ? "unprotect=restore," : "",
		 options->parameters ? options->parameters : "");
}

bool session_open(struct session *session, const struct session_options *options)
{
	char parameters[PARAMETERS_ROOM];
	const struct beken_options joined = {.programmer = options->programmer,
					     .parameters = parameters};
	struct link_intent intent = {.stays = false};
	const struct flash_options flash = {
		.programmer = options->programmer,
		.params = parameters,
		.observer = session->observer,
		.read_only = !options->writes,
		.pins = options->pins,
	};

	if (!find_told(session, options->soc) ||
	    !check_parameters(session, options->programmer, options->parameters))
		return false;
	join_parameters(options, parameters, sizeof(parameters));
	session->stays = beken_check(&joined, &intent) && intent.stays;
	session->flash = flash_open(&flash);
	if (!session->flash)
		return false;
	keep_part(session);
	return true;
}

bool session_close(struct session *session)
{
	bool good;

	if (session->flash && !session->die_told && flash_done(session->flash) == PROXY_CHANGED)
		session->die = DIE_HALF;
	if (session->flash)
		session->unknown_bytes = flash_unknown(session->flash);
	good = flash_close(session->flash);

	session->flash = NULL;
	return good;
}

/* --- what went wrong, and what has become of the die --- */

const struct trouble *session_trouble(struct session *session)
{
	session->trouble.die = session->die;
	return &session->trouble;
}

const struct trouble *session_failure(struct session *session)
{
	if (session->trouble.kind == TROUBLE_NONE && session_interrupted(session))
		session->trouble.kind = TROUBLE_INTERRUPTED;
	if (session->trouble.kind == TROUBLE_NONE)
		observer_raise(session->observer, TROUBLE_BUG, NO_RANGE,
			       "it failed for an unknown reason");
	return session_trouble(session);
}

void session_set_die(struct session *session, enum die_state die)
{
	session->die = die;
	session->die_told = true;
}

void session_set_unfinished(struct session *session, const char *backup)
{
	session->unfinished = backup != NULL;
	snprintf(session->saved, sizeof(session->saved), "%s", backup ? backup : "");
}

const char *session_unfinished(const struct session *session)
{
	return session->unfinished ? session->saved : NULL;
}

/* --- which SoC it is --- */

bool session_agrees(const struct session *session)
{
	if (session->told_otherwise)
		observer_raise(session->observer, TROUBLE_SOC_CONTRADICTED, NO_RANGE,
			       "what has to stay is not known, since the flash indicates another "
			       "SoC than the one named");
	return !session->told_otherwise;
}

const struct chipdb_soc *session_soc(const struct session *session)
{
	return session->target.identity.soc_count == 1 ? session->target.identity.socs[0] : NULL;
}

/* --- asking, and being asked to end --- */

bool session_ask(const struct session *session, enum trouble_kind kind, const char *question, ...)
{
	char text[TROUBLE_WORDS];
	struct trouble trouble;
	va_list args;

	va_start(args, question);
	vsnprintf(text, sizeof(text), question, args);
	va_end(args);
	if (session->ask && session->ask(session->ask_data, kind, text))
		return true;
	trouble = trouble_seen(kind, "%s", text);
	trouble_add_text(&trouble, "consent", "%s", trouble_name(kind));
	observer_tell(session->observer, &trouble);
	return false;
}

static uint64_t estimate_ranges(const struct session *session, const struct range *ranges,
				size_t count, struct estimate *time)
{
	uint64_t bytes = 0, known = 0;

	for (size_t i = 0; i < count; i++) {
		bytes += ranges[i].length;
		known += flash_known(session->flash, ranges[i]);
	}
	estimate_read(time, &session->cost, bytes - known);
	estimate_verify(time, &session->cost, known);
	return bytes;
}

void session_phase_read(const struct session *session, const char *name, const struct range *ranges,
			size_t count)
{
	struct estimate time = {0};

	estimate_ranges(session, ranges, count, &time);
	observer_phase(session->observer, name, &time.work);
}

void session_phase_read_twice(const struct session *session, const char *name,
			      const struct range *ranges, size_t count)
{
	struct estimate time = {0};
	uint64_t bytes = estimate_ranges(session, ranges, count, &time);

	estimate_compare(&time, &session->cost, bytes);
	observer_phase(session->observer, name, &time.work);
}

void session_phase_compare(const struct session *session, const char *name, uint64_t bytes)
{
	struct estimate time = {0};

	estimate_compare(&time, &session->cost, bytes);
	observer_phase(session->observer, name, &time.work);
}

bool session_phase_search(const struct session *session, const char *name, uint32_t bytes,
			  uint64_t places, uint64_t known, unsigned times)
{
	struct estimate time = {0};

	estimate_search(&time, &session->cost, bytes, places - known, times);
	estimate_samples(&time, &session->cost, bytes, known * times);
	if (time.typical_us < LONG_US)
		return false;
	observer_phase(session->observer, name, &time.work);
	return true;
}

bool session_no_memory(const struct session *session)
{
	observer_raise(session->observer, TROUBLE_NO_MEMORY, NO_RANGE, "out of memory");
	return false;
}

void session_id_text(const struct session *session, char text[PART_ID])
{
	text[0] = '\0';
	if (session->id_told)
		part_id_text(session->part, text);
}

const char *session_flash_text(const struct session *session, char text[SESSION_FLASH])
{
	const struct chipdb_part *part = session->part;
	char id[PART_ID];

	session_id_text(session, id);
	snprintf(text, SESSION_FLASH, "%s%s%s, %u KiB, %s%s", part->maker,
		 part->maker[0] ? " " : "", part->name, (unsigned)(part->size / 1024),
		 id[0] ? "ID " : "whose ID is out of reach this way", id);
	return text;
}

bool session_registers(const struct session *session, uint32_t *registers)
{
	*registers = 0;
	return !flash_has_registers(session->flash) ||
	       protection_read(flash_protection(session->flash), registers) == TROUBLE_NONE;
}

bool session_look_at_protection(struct session *session)
{
	struct protection_state *state = &session->protection;
	struct range range;

	if (!flash_has_registers(session->flash)) {
		*state = (struct protection_state){.registers = 0};
		return true;
	}
	if (protection_look(flash_protection(session->flash), state))
		return false;
	session->protection_seen = true;
	if (flash_part_source(session->flash) != IDENTITY_FLASHROM)
		return true;
	if (flash_protected_range(session->flash, &range)) {
		state->known = true;
		state->active = range.length > 0;
		state->ranges = (struct ranges){.range = {range}, .count = range.length > 0};
	}
	return !session_interrupted(session);
}

bool session_interrupted(const struct session *session)
{
	return observer_cancelled(session->watcher);
}

void session_defer(struct session *session, bool deferred)
{
	session->deferred = deferred;
}
