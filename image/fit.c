/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "image/fit.h"

#include <stdio.h>

enum { NAMES = 80 };

static chipdb_soc_set alike(chipdb_soc_set socs)
{
	chipdb_soc_set all = 0;

	for (size_t i = 0; i < chipdb_soc_count; i++)
		if (socs >> i & 1)
			all |= chipdb_socs_alike(&chipdb_socs[i]);
	return all;
}

/* Whether each of @socs runs code for any of @code. */
static bool all_run(chipdb_soc_set socs, chipdb_soc_set code)
{
	for (size_t i = 0; i < chipdb_soc_count; i++)
		if (socs >> i & 1 && (code & ~chipdb_socs_alike(&chipdb_socs[i])))
			return false;
	return true;
}

static bool is_told(const struct identity *identity)
{
	return identity_evidence(identity, EVIDENCE_TOLD) != NULL;
}

/* A single SoC, with those that run the same code. */
static bool is_one(chipdb_soc_set code)
{
	for (size_t i = 0; i < chipdb_soc_count; i++)
		if (code >> i & 1)
			return !(code & ~chipdb_socs_alike(&chipdb_socs[i]));
	return false;
}

/* An application in its place that names another SoC: with a bootloader it once ran there. */
static const struct evidence *denial(const struct target *target, chipdb_soc_set code)
{
	static const enum evidence_kind kinds[] = {EVIDENCE_APP_NAME, EVIDENCE_APP_VERSION};

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		const struct evidence *said = identity_evidence(&target->identity, kinds[i]);

		if (said && !(alike(said->socs) & code))
			return said;
	}
	return NULL;
}

/*
 * Firmware of another SoC may have been written to it. Code does not move the calibration; a file
 * for the SoC that has it at that place repairs the module. If nothing starts, the SoC is one of
 * several, and what is left in the module does not exclude it.
 */
static bool is_rescue(const struct image *image, const struct target *target, chipdb_soc_set code)
{
	const struct evidence *place = identity_evidence(&target->identity, EVIDENCE_CALIBRATION);

	if (!image->has_bootloader || !is_one(code))
		return false;
	if (!target->boots)
		return (code & alike(target->identity.possible)) && !denial(target, code);
	return target->identity.contradicted && place && !(code & ~alike(place->socs));
}

/* Evidence of one identity that excludes all of @others; else the strongest evidence. */
static const char *reason_against(const struct identity *identity, chipdb_soc_set others)
{
	for (size_t i = 0; i < identity->count; i++) {
		const struct evidence *one = &identity->list[i];

		if (!one->contradicts && one->socs && !(alike(one->socs) & others))
			return one->words;
	}
	return identity_reason(identity)->words;
}

static enum fit compare_socs(const struct image *image, const struct target *target,
			     char why[FIT_WHY])
{
	const chipdb_soc_set code = identity_socs(&image->identity),
			     socs = identity_socs(&target->identity);
	char names[NAMES], own[NAMES];
	bool same_key = target->coding.kind == CODING_OTHER &&
			coding_compare(&image->coding, &target->coding) == CODING_SAME;

	soc_set_text(code, names, sizeof(names));
	soc_set_text(socs, own, sizeof(own));
	if (image->identity.foreign && !is_told(&target->identity)) {
		snprintf(why, FIT_WHY, "%s, a SoC that is not known here",
			 identity_reason(&image->identity)->words);
		return FIT_NOT;
	}
	if (is_rescue(image, target, code))
		return FIT_GOOD;
	if (!(image->identity.possible & alike(target->identity.possible)) ||
	    (target->identity.foreign && code)) {
		snprintf(why, FIT_WHY, "it is for %s (%s), and this module has %s (%s)",
			 names[0] ? names : "another SoC",
			 reason_against(&image->identity, target->identity.possible),
			 own[0] ? own : "another SoC",
			 reason_against(&target->identity, image->identity.possible));
		return FIT_NOT;
	}
	if ((code && socs && all_run(socs, code)) || is_told(&target->identity) || same_key)
		return FIT_GOOD;
	if (!target->boots && denial(target, code))
		snprintf(why, FIT_WHY, "it is for %s, and what is left in this module is not: %s",
			 names[0] ? names : "an unknown SoC", denial(target, code)->words);
	else if (!socs)
		snprintf(why, FIT_WHY,
			 "which SoC this module has is not known%s%s, so it cannot be told whether "
			 "it runs there",
			 code ? "; the file is for " : "", names);
	else if (!code)
		snprintf(why, FIT_WHY,
			 "nothing in it says which SoC it was built for, so it may be for one "
			 "other than %s",
			 own);
	else
		snprintf(why, FIT_WHY, "it may be for %s, and the module's SoC may be %s", names,
			 own);
	return FIT_UNKNOWN;
}

/* Without code, the kind of the module shows whether it has a key at all. */
static bool other_kind(const struct image *image, const struct target *target)
{
	bool keyed = image->coding.kind != CODING_PLAIN, plain = false, coded = false;

	for (size_t i = 0; i < target->identity.soc_count; i++) {
		plain |= target->identity.socs[i]->code != CHIPDB_CODE_KEYED;
		coded |= target->identity.socs[i]->code != CHIPDB_CODE_PLAIN;
	}
	return target->identity.soc_count > 0 && !(keyed ? coded : plain);
}

static bool has_code(const struct image *image)
{
	return image->has_bootloader || image->has_application;
}

enum fit fit_coding(const struct image *image, const struct target *target, char why[FIT_WHY])
{
	const char *title = coding_title(image->coding.kind);

	if (coding_compare(&image->coding, &target->coding) == CODING_DIFFERS) {
		snprintf(why, FIT_WHY,
			 "its code is %s, and what this module runs is %s: the key is in the chip "
			 "and cannot be changed",
			 title,
			 image->coding.kind == target->coding.kind
				 ? "with yet another"
				 : coding_title(target->coding.kind));
		return FIT_NOT;
	}
	if (target->coding.kind == CODING_UNKNOWN && image->coding.kind != CODING_UNKNOWN &&
	    other_kind(image, target)) {
		snprintf(why, FIT_WHY, "its code is %s, and %s runs only %s code", title,
			 target->identity.socs[0]->name,
			 image->coding.kind == CODING_PLAIN ? "keyed" : "plain");
		return FIT_NOT;
	}
	return FIT_GOOD;
}

enum fit fit_soc(const struct image *image, const struct target *target, char why[FIT_WHY])
{
	return has_code(image) ? compare_socs(image, target, why) : FIT_GOOD;
}
