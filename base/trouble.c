/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/trouble.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static const struct {
	const char *name;
	int status;
	const char *next;
} kinds[TROUBLE_KINDS] = {
#define X(id, word, number, text) [TROUBLE_##id] = {word, number, text},
	TROUBLES(X)
#undef X
};

const char *trouble_name(enum trouble_kind kind)
{
	return kinds[kind].name;
}

const char *trouble_next(enum trouble_kind kind)
{
	return kinds[kind].next;
}

const char *die_state_name(enum die_state state)
{
	static const char *const names[] = {"untouched", "changed", "half-written", "unsure",
					    "unknown"};

	return names[state];
}

int trouble_status(const struct trouble *trouble)
{
	if (trouble->kind == TROUBLE_INTERRUPTED && trouble->signal)
		return 128 + trouble->signal;
	if (trouble->kind != TROUBLE_NONE && trouble->die == DIE_HALF)
		return TROUBLE_STATUS_HALF;
	return kinds[trouble->kind].status;
}

const char *trouble_text(enum trouble_kind kind)
{
	switch (kind) {
	case TROUBLE_NONE:
		return "no error";
	case TROUBLE_ADAPTER_FAULT:
		return "the adapter's answers do not match what was sent";
	case TROUBLE_ADAPTER_SILENT:
		return "the adapter fell silent";
	case TROUBLE_ADAPTER_GONE:
		return "the adapter was unplugged, or its driver unloaded";
	case TROUBLE_NET_CLOSED:
		return "the bridge closed the connection";
	case TROUBLE_HELPER_REFUSED:
		return "the helper's HTTP command failed";
	case TROUBLE_STAYS_BUSY:
		return "the flash stayed busy longer than it should";
	case TROUBLE_LINK_LOST:
		return "the chip does not answer any more as it did";
	case TROUBLE_UNSTEADY_READ:
		return "the flash does not answer the same twice, or its answers never arrive "
		       "whole";
	case TROUBLE_NO_REGISTERS:
		return "this way to the flash does not reach its status registers";
	case TROUBLE_CLOSED_RANGE:
		return "a part of the flash cannot be changed this way";
	case TROUBLE_INTERRUPTED:
		return "interrupted";
	case TROUBLE_NO_MEMORY:
		return "out of memory";
	default:
		return trouble_name(kind);
	}
}

struct trouble trouble_seen(enum trouble_kind kind, const char *seen, ...)
{
	struct trouble trouble = {.kind = kind};
	va_list args;

	va_start(args, seen);
	vsnprintf(trouble.seen, sizeof(trouble.seen), seen, args);
	va_end(args);
	return trouble;
}

static struct trouble_value *add(struct trouble *trouble, const char *name)
{
	struct trouble_value *value;

	if (trouble->value_count == TROUBLE_VALUES)
		return NULL;
	value = &trouble->values[trouble->value_count++];
	*value = (struct trouble_value){.name = name};
	return value;
}

void trouble_add_number(struct trouble *trouble, const char *name, uint64_t number)
{
	struct trouble_value *value = add(trouble, name);

	if (!value)
		return;
	value->is_number = true;
	value->number = number;
}

void trouble_add_text(struct trouble *trouble, const char *name, const char *text, ...)
{
	struct trouble_value *value = add(trouble, name);
	va_list args;

	if (!value)
		return;
	va_start(args, text);
	vsnprintf(value->text, sizeof(value->text), text, args);
	va_end(args);
}

void trouble_set_next(struct trouble *trouble, const char *next, ...)
{
	va_list args;

	va_start(args, next);
	vsnprintf(trouble->next, sizeof(trouble->next), next, args);
	va_end(args);
}

const struct trouble_value *trouble_value(const struct trouble *trouble, const char *name)
{
	for (size_t i = 0; i < trouble->value_count; i++)
		if (strcmp(trouble->values[i].name, name) == 0)
			return &trouble->values[i];
	return NULL;
}
