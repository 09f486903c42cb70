/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "image/identity.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

void identity_add(struct identity *identity, enum evidence_kind kind,
		  enum evidence_strength strength, chipdb_soc_set socs, size_t place,
		  const char *words, ...)
{
	struct evidence *evidence = &identity->list[identity->count];
	va_list args;

	if (identity->count == IDENTITY_EVIDENCE)
		return;
	identity->count++;
	*evidence =
		(struct evidence){.kind = kind, .strength = strength, .socs = socs, .place = place};
	va_start(args, words);
	vsnprintf(evidence->words, sizeof(evidence->words), words, args);
	va_end(args);
}

/* Stronger evidence first, and the kinds in their order. */
static bool goes_before(const struct evidence *one, const struct evidence *other)
{
	return one->strength != other->strength ? one->strength > other->strength
						: one->kind < other->kind;
}

static void sort(struct identity *identity)
{
	for (size_t i = 1; i < identity->count; i++)
		for (size_t j = i; j > 0 && goes_before(&identity->list[j], &identity->list[j - 1]);
		     j--) {
			struct evidence later = identity->list[j - 1];

			identity->list[j - 1] = identity->list[j];
			identity->list[j] = later;
		}
}

static void weigh(struct identity *identity, struct evidence *evidence, bool named,
		  chipdb_soc_set *others)
{
	evidence->contradicts = identity->foreign ||
				(evidence->socs ? !(identity->possible & evidence->socs) : named);
	if (!evidence->contradicts && evidence->socs) {
		identity->possible &= evidence->socs;
	} else if (!evidence->contradicts) {
		identity->foreign = true;
	} else if (evidence->strength == EVIDENCE_STRONG && evidence->kind != EVIDENCE_CODING &&
		   identity->list[0].strength != EVIDENCE_SURE) {
		identity->contradicted = true;
		*others |= evidence->socs;
	}
}

static bool is_few(chipdb_soc_set set)
{
	size_t count = 0;

	for (; set; set &= set - 1)
		count++;
	return count <= IDENTITY_FEW;
}

static void list_socs(struct identity *identity)
{
	identity->soc_count = 0;
	if (identity->foreign || !is_few(identity->possible))
		return;
	for (size_t i = 0; i < chipdb_soc_count; i++)
		if (identity->possible >> i & 1)
			identity->socs[identity->soc_count++] = &chipdb_socs[i];
}

void identity_settle(struct identity *identity)
{
	chipdb_soc_set others = 0;
	bool named = false;

	sort(identity);
	identity->possible = chipdb_socs_all();
	identity->contradicted = identity->foreign = false;
	for (size_t i = 0; i < identity->count; i++) {
		struct evidence *evidence = &identity->list[i];

		if (evidence->strength == EVIDENCE_WEAK && !is_few(identity->possible))
			continue;
		weigh(identity, evidence, named, &others);
		named |= evidence->kind != EVIDENCE_CODING;
	}
	identity->possible |= others;
	list_socs(identity);
}

const struct evidence *identity_reason(const struct identity *identity)
{
	return identity->count > 0 ? &identity->list[0] : NULL;
}

const struct evidence *identity_against(const struct identity *identity,
					const struct evidence *other)
{
	for (const struct evidence *one = identity->list; one < other; one++)
		if (!one->contradicts && !(one->socs & other->socs))
			return one;
	return &identity->list[0];
}

const struct evidence *identity_evidence(const struct identity *identity, enum evidence_kind kind)
{
	for (size_t i = 0; i < identity->count; i++)
		if (identity->list[i].kind == kind)
			return &identity->list[i];
	return NULL;
}

chipdb_soc_set identity_socs(const struct identity *identity)
{
	chipdb_soc_set socs = 0;

	for (size_t i = 0; i < identity->soc_count; i++)
		socs |= chipdb_soc_bit(identity->socs[i]);
	return socs;
}

chipdb_soc_set identity_candidates(const struct identity *identity)
{
	return identity->soc_count > 0 ? identity_socs(identity) : identity->possible;
}

const char *soc_set_text(chipdb_soc_set socs, char *text, size_t room)
{
	size_t used = 0;

	text[0] = '\0';
	for (size_t i = 0; i < chipdb_soc_count && used < room; i++)
		if (socs >> i & 1)
			used += (size_t)snprintf(text + used, room - used, "%s%s",
						 used ? " or " : "", chipdb_socs[i].name);
	return text;
}

const char *identity_text(const struct identity *identity, char *text, size_t room)
{
	return soc_set_text(identity_socs(identity), text, room);
}

const char *evidence_name(enum evidence_kind kind)
{
	static const char *const names[EVIDENCE_KINDS] = {
		[EVIDENCE_TOLD] = "told",
		[EVIDENCE_BOOT_NAME] = "boot-name",
		[EVIDENCE_CALIBRATION] = "calibration",
		[EVIDENCE_UF2_FAMILY] = "uf2-family",
		[EVIDENCE_APP_NAME] = "app-name",
		[EVIDENCE_APP_VERSION] = "app-version",
		[EVIDENCE_BOOT_BEGIN] = "boot-begin",
		[EVIDENCE_CLEAR_NAME] = "clear-name",
		[EVIDENCE_APP_WORDS] = "app-words",
		[EVIDENCE_APP_END] = "app-end",
		[EVIDENCE_CODING] = "coding",
	};

	return names[kind];
}

const char *evidence_strength_name(enum evidence_strength strength)
{
	static const char *const names[] = {"weak", "fair", "strong", "sure"};

	return names[strength];
}
