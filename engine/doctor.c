/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "engine/doctor.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "engine/look.h"
#include "engine/repeats.h"

__attribute__((format(printf, 4, 5))) static void tell(const struct doctor_listener *listener,
						       const char *name, enum doctor_state state,
						       const char *seen, ...)
{
	struct doctor_step step = {.name = name, .state = state};
	va_list arguments;

	va_start(arguments, seen);
	vsnprintf(step.seen, sizeof(step.seen), seen, arguments);
	va_end(arguments);
	listener->step(listener->data, &step);
}

/* --- the adapter --- */

/* What the kind of failure tells: which steps were good, and which was not. */
static void tell_no_adapter(const struct trouble *trouble, const struct doctor_listener *listener)
{
	switch (trouble->kind) {
	case TROUBLE_USAGE:
		break;
	case TROUBLE_ADAPTER_MODE:
		tell(listener, "adapter", DOCTOR_GOOD, "it is there");
		tell(listener, "mode", DOCTOR_BAD, "%s", trouble->seen);
		break;
	case TROUBLE_ADAPTER_FORBIDDEN:
		tell(listener, "adapter", DOCTOR_GOOD, "it is there");
		tell(listener, "permission", DOCTOR_BAD, "%s", trouble->seen);
		break;
	case TROUBLE_ADAPTER_IN_USE:
		tell(listener, "adapter", DOCTOR_GOOD, "it is there");
		tell(listener, "permission", DOCTOR_GOOD, "it can be opened");
		tell(listener, "driver", DOCTOR_BAD, "%s", trouble->seen);
		break;
	default:
		tell(listener, "adapter", DOCTOR_BAD, "%s", trouble->seen);
	}
}

static void tell_adapter(const struct examined *examined, const struct doctor_listener *listener)
{
	tell(listener, "adapter", DOCTOR_GOOD, "%s at %s=%s", examined->caps.kind,
	     examined->caps.place, examined->port);
	tell(listener, "permission", DOCTOR_GOOD, "it can be opened");
	if (examined->has_modes)
		tell(listener, "mode", DOCTOR_GOOD, "it is an SPI adapter");
	tell(listener, "driver", DOCTOR_GOOD, "nothing else holds it");
}

/* --- the wires --- */

static const char *level(const struct wire_levels *levels, uint8_t line)
{
	return levels->low & line ? "low" : levels->high & line ? "high" : "moving";
}

static void tell_pins(const struct examined *examined, const struct doctor_listener *listener)
{
	const struct wire_levels *rest = &examined->seen.rest;
	const struct spi_pins *pins = &examined->caps.pins;

	if (examined->seen.by_hand)
		tell(listener, "pins", DOCTOR_UNSURE, "let go: %s %s, %s %s, %s %s, %s %s",
		     pins->clock, level(rest, SPI_LINE_CLOCK), pins->select,
		     level(rest, SPI_LINE_SELECT), pins->out, level(rest, SPI_LINE_OUT), pins->in,
		     level(rest, SPI_LINE_IN));
}

static void tell_cen(const struct examined *examined, const struct doctor_listener *listener)
{
	const struct wire_seen *seen = &examined->seen;
	const char *cen = examined->caps.pins.cen;

	if (seen->cen_undriven)
		tell(listener, "cen", seen->link.kind ? DOCTOR_BAD : DOCTOR_UNSURE,
		     "nothing drives CEN");
	else if (seen->answers_off || seen->link.kind == TROUBLE_CEN_UNWIRED)
		tell(listener, "cen", DOCTOR_BAD, "the flash answers even while %s is low", cen);
	else if (seen->entered || (seen->echo.found && seen->echo.cen == SPI_LINE_CEN))
		tell(listener, "cen", DOCTOR_GOOD, "%s resets the chip", cen);
	else if (seen->echo.found)
		tell(listener, "cen", DOCTOR_BAD, "a pin other than %s resets the chip", cen);
	else if (seen->cen_low)
		tell(listener, "cen", DOCTOR_BAD, "%s is low, though it was released", cen);
	else if (seen->link.kind)
		tell(listener, "cen", DOCTOR_UNSURE, "no effect of %s was seen", cen);
}

static void tell_link(const struct examined *examined, const struct doctor_listener *listener)
{
	const struct wire_seen *seen = &examined->seen;
	const struct wire_echo *echo = &seen->echo;
	const uint8_t *id = seen->link.id;

	if (!examined->verdict.linked)
		tell(listener, "link", DOCTOR_BAD, "%s%s",
		     examined->symptom ? examined->symptom : trouble_text(seen->link.kind),
		     echo->found ? "; clocked by hand, it sends D2" : "");
	else if (seen->entries)
		tell(listener, "link", seen->wrong ? DOCTOR_BAD : DOCTOR_GOOD,
		     "%02X %02X %02X; entered %u of %u times; %u of %u bits differed", id[0], id[1],
		     id[2], seen->entered, seen->entries, seen->wrong, seen->bits);
	else
		tell(listener, "link", DOCTOR_GOOD, "%02X %02X %02X%s", id[0], id[1], id[2],
		     seen->link.was_linked ? "; it was in SPI mode already" : "");
	if (seen->link.woken)
		tell(listener, "link", DOCTOR_UNSURE, "%s", spi_wake_text(seen->link.woken));
}

static void tell_wires(const struct examined *examined, const struct doctor_listener *listener)
{
	tell_adapter(examined, listener);
	tell_pins(examined, listener);
	tell_cen(examined, listener);
	tell_link(examined, listener);
}

static void tell_suspects(const struct examined *examined, const struct doctor_listener *listener)
{
	for (size_t i = 0; i < examined->verdict.count; i++) {
		const struct wire_suspect *wire = &examined->verdict.suspects[i];
		struct doctor_suspect suspect = {.cause = wire_cause_name(wire->cause),
						 .certain = examined->verdict.certain};

		wire_suspect_text(wire, &examined->caps, suspect.seen);
		wire_suspect_next(wire, &examined->caps, suspect.next);
		listener->suspect(listener->data, &suspect);
	}
}

/* Several wires in wrong places are one fault; other suspects exclude each other. */
static bool both_misplaced(const struct wire_verdict *verdict, size_t i)
{
	return verdict->suspects[i - 1].cause == WIRE_MISPLACED &&
	       verdict->suspects[i].cause == WIRE_MISPLACED;
}

/* All possible causes in one sentence, and what to do about the likeliest. */
static void raise_wires(const struct session *session, const struct examined *examined)
{
	const struct wire_verdict *verdict = &examined->verdict;
	const enum trouble_kind kind = examined->seen.link.kind;
	struct trouble trouble = trouble_seen(kind ? kind : TROUBLE_UNSTEADY, "%s",
					      verdict->certain ? "" : "maybe ");
	char text[WIRE_TEXT_ROOM];

	for (size_t i = 0; i < verdict->count; i++) {
		size_t length = strlen(trouble.seen);

		snprintf(trouble.seen + length, sizeof(trouble.seen) - length, "%s%s",
			 i == 0			      ? ""
			 : both_misplaced(verdict, i) ? ", and "
						      : ", or ",
			 wire_suspect_text(&verdict->suspects[i], &examined->caps, text));
	}
	trouble_set_next(&trouble, "%s",
			 wire_suspect_next(&verdict->suspects[0], &examined->caps, text));
	trouble.next[0] = (char)toupper((unsigned char)trouble.next[0]);
	trouble_add_text(&trouble, "port", "%s", examined->port);
	trouble_add_text(&trouble, "cause", "%s", wire_cause_name(verdict->suspects[0].cause));
	observer_tell(session->observer, &trouble);
}

/* Faults that do not prevent the flash from answering, and so do not end the work. */
static bool is_tolerable(const struct wire_verdict *verdict)
{
	return verdict->linked &&
	       (verdict->count == 0 || verdict->suspects[0].cause == WIRE_ENTERS_RARELY ||
		verdict->suspects[0].cause == WIRE_BARE_DIE ||
		verdict->suspects[0].cause == WIRE_CEN_UNDRIVEN ||
		verdict->suspects[0].cause == WIRE_OPEN);
}

static bool examine(struct session *session, const struct session_options *options, bool quickly,
		    struct examined *examined, const struct doctor_listener *listener)
{
	const struct beken_options beken = {.parameters = options->parameters,
					    .observer = session->observer,
					    .pins = options->pins};

	if (beken_examine(&beken, quickly, examined)) {
		if (!examined->opened)
			tell_no_adapter(session_trouble(session), listener);
		return false;
	}
	tell_wires(examined, listener);
	return true;
}

/* It was left in SPI mode. */
static bool let_run(struct session *session, const struct session_options *options)
{
	const struct beken_options beken = {.parameters = options->parameters,
					    .observer = session->observer,
					    .pins = options->pins};
	struct link_intent intent;

	return beken_check(&beken, &intent) && (intent.stays || !beken_reset(&beken));
}

/* --- the flash --- */

/* What the user says is believed; over a UART each sample would take as long as a sector. */
static bool size_is_good(struct session *session, const struct session_options *options,
			 const struct doctor_listener *listener)
{
	const struct chipdb_part *part = session->part;
	struct trouble trouble;
	uint32_t after;

	if (options->programmer || (options->parameters && strstr(options->parameters, "chip=")))
		return true;
	if (!repeats_look(session, &after))
		return false;
	if (!after)
		return true;
	trouble = trouble_seen(TROUBLE_PART_SMALLER,
			       "by its ID %02X %02X %02X the flash has %u KiB, but its content "
			       "repeats itself after %u KiB: it seems to be a smaller one",
			       part->id[0], part->id[1], part->id[2], (unsigned)(part->size / 1024),
			       (unsigned)(after / 1024));
	trouble_set_next(&trouble,
			 "It can be read; before a write, find out what it is. If you are "
			 "sure of the size, say chip=%s",
			 part->name);
	trouble_add_number(&trouble, "size_by_id", part->size);
	trouble_add_number(&trouble, "size_seen", after);
	tell(listener, "id", DOCTOR_BAD, "%s", trouble.seen);
	observer_tell(session->observer, &trouble);
	return false;
}

static void tell_flash(struct session *session, const struct session_options *options,
		       const struct doctor_listener *listener)
{
	char text[PROTECTION_TEXT], flash[SESSION_FLASH];

	if (!size_is_good(session, options, listener))
		return;
	tell(listener, "id", session->id_told ? DOCTOR_GOOD : DOCTOR_UNSURE, "%s",
	     session_flash_text(session, flash));
	if (!session_look_at_protection(session))
		return;
	if (session->protection_seen)
		tell(listener, "status", DOCTOR_GOOD, "protection: %s",
		     protection_say(&session->protection, text));
	else
		tell(listener, "status", DOCTOR_UNSURE, "protection: out of reach this way");
	if (!look_at_module(session))
		return;
	if (session->target.identity.soc_count)
		tell(listener, "content", DOCTOR_GOOD, "the firmware of a %s",
		     session->target.identity.socs[0]->name);
	else
		tell(listener, "content", DOCTOR_UNSURE, "no known firmware");
}

/* The wires are good enough for the flash to answer. */
static bool link_is_good(struct session *session, const struct session_options *options,
			 struct examined *examined, const struct doctor_listener *listener)
{
	if (!examine(session, options, false, examined, listener))
		return false;
	tell_suspects(examined, listener);
	if (is_tolerable(&examined->verdict))
		return true;
	raise_wires(session, examined);
	return false;
}

/* A link with only a wire or two: the trouble's kind names the fault; no more can be examined. */
static bool open_other_way(struct session *session, const struct session_options *options,
			   const struct doctor_listener *listener)
{
	if (!session_open(session, options)) {
		tell(listener, "link", DOCTOR_BAD, "%s", session_trouble(session)->seen);
		return false;
	}
	tell(listener, "link", DOCTOR_GOOD, "the chip's bootloader answers at %s", session->port);
	return true;
}

bool doctor_examine(struct session *session, const struct session_options *options,
		    const struct doctor_listener *listener)
{
	struct examined examined;

	if (options->programmer) {
		if (!open_other_way(session, options, listener))
			return false;
		tell_flash(session, options, listener);
		return session_close(session) && session_trouble(session)->kind == TROUBLE_NONE;
	}
	if (!link_is_good(session, options, &examined, listener)) {
		/*
		 * After an interrupt no verdict is waited for, and the chip may be in SPI mode by
		 * then.
		 */
		if (examined.opened && (examined.verdict.linked || session_interrupted(session)))
			let_run(session, options);
		return false;
	}
	if (!session_open(session, options)) {
		tell(listener, "id", DOCTOR_BAD, "%s", session_trouble(session)->seen);
		return false;
	}
	tell_flash(session, options, listener);
	return session_close(session) && session_trouble(session)->kind == TROUBLE_NONE;
}

bool doctor_glance(struct session *session, const struct session_options *options,
		   const struct doctor_listener *listener, bool *linked)
{
	struct examined examined;

	if (options->programmer) {
		*linked = open_other_way(session, options, listener);
		return *linked && session_close(session);
	}
	if (!examine(session, options, true, &examined, listener)) {
		if (examined.opened && session_interrupted(session))
			let_run(session, options);
		return false;
	}
	*linked = examined.verdict.linked;
	tell_suspects(&examined, listener);
	return !*linked || let_run(session, options);
}

void doctor_suspects(const struct session_options *options, const struct observer *observer,
		     const struct doctor_listener *listener)
{
	const struct observer quiet = {.cancelled = observer->cancelled, .data = observer->data};
	const struct beken_options beken = {
		.parameters = options->parameters, .observer = &quiet, .pins = options->pins};
	struct examined examined;
	struct link_intent intent;

	if (beken_examine(&beken, false, &examined))
		return;
	tell_suspects(&examined, listener);
	/* Now it answers, so a contact is intermittent. */
	if (examined.verdict.linked && beken_check(&beken, &intent) && !intent.stays)
		beken_reset(&beken);
}
