/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "image/evidence.h"

#include <ctype.h>
#include <string.h>

#include "image/crc_blocks.h"

#define CLEAR_NAME_AT 0x100 /* logical */

static bool begins_with(const uint8_t *data, size_t size, const struct chipdb_fingerprint *print)
{
	return print->length > 0 && print->length <= size &&
	       memcmp(data, print->bytes, print->length) == 0;
}

static chipdb_soc_set socs_with_begin(const uint8_t *data, size_t size)
{
	chipdb_soc_set socs = 0;

	for (size_t i = 0; i < chipdb_soc_count * CHIPDB_FINGERPRINTS; i++) {
		const struct chipdb_soc *soc = &chipdb_socs[i / CHIPDB_FINGERPRINTS];

		if (begins_with(data, size, &soc->bootloader[i % CHIPDB_FINGERPRINTS]))
			socs |= chipdb_soc_bit(soc);
	}
	return socs;
}

bool evidence_is_known_begin(const uint8_t *data, size_t size)
{
	return socs_with_begin(data, size) != 0;
}

static size_t application_end(const struct chipdb_soc *soc)
{
	for (size_t i = 0; i < CHIPDB_REGIONS && soc->regions[i].name; i++)
		if (soc->regions[i].kind == CHIPDB_REGION_APP)
			return (size_t)soc->regions[i].start + soc->regions[i].length;
	return 0;
}

size_t evidence_application_end(const struct identity *identity)
{
	size_t end = identity->soc_count > 0 ? application_end(identity->socs[0]) : 0;

	for (size_t i = 1; i < identity->soc_count; i++)
		if (application_end(identity->socs[i]) != end)
			return 0;
	return end;
}

size_t evidence_first_calibration(const struct identity *identity)
{
	size_t first = SIZE_MAX;

	for (size_t i = 0; i < chipdb_soc_count; i++)
		for (size_t j = 0; identity->possible >> i & 1 && j < CHIPDB_REGIONS; j++) {
			const struct chipdb_region *region = &chipdb_socs[i].regions[j];

			if (region->name && region->kind == CHIPDB_REGION_RF &&
			    region->start < first)
				first = region->start;
		}
	return first;
}

static chipdb_soc_set socs_coded(bool keyed)
{
	chipdb_soc_set socs = 0;

	for (size_t i = 0; i < chipdb_soc_count; i++)
		if (chipdb_socs[i].code == (keyed ? CHIPDB_CODE_KEYED : CHIPDB_CODE_PLAIN))
			socs |= chipdb_soc_bit(&chipdb_socs[i]);
	return socs;
}

static void add_coding(struct identity *identity, const struct code *code, const char *what)
{
	switch (code->coding.kind) {
	case CODING_UNKNOWN:
		break;
	case CODING_PLAIN:
		identity_add(identity, EVIDENCE_CODING, EVIDENCE_STRONG, socs_coded(false),
			     code->start, "%s is plain", what);
		break;
	case CODING_STOCK:
		identity_add(identity, EVIDENCE_CODING, EVIDENCE_STRONG, socs_coded(true),
			     code->start, "%s is coded with the stock key", what);
		break;
	case CODING_OTHER:
		identity_add(identity, EVIDENCE_CODING, EVIDENCE_STRONG, socs_coded(true),
			     code->start, "%s is coded with another key than the stock one%s", what,
			     code->coding.has_key ? ", which it holds" : "");
		break;
	}
}

static size_t place_of(const struct code *code, size_t logical)
{
	return code->start + logical / CRC_BLOCK_DATA * CRC_BLOCK_SIZE + logical % CRC_BLOCK_DATA;
}

/* Of the bootloaders that leave the common core's name in plain text, only one is keyed. */
static void add_clear_name(struct identity *identity, const struct code *code, const uint8_t *data,
			   size_t size)
{
	static const char name[8] = "BK7231";
	uint8_t clear[8];

	if ((code->coding.kind != CODING_STOCK && code->coding.kind != CODING_OTHER) ||
	    crc_blocks_read(data, size, CLEAR_NAME_AT, clear, sizeof(clear)) != sizeof(clear) ||
	    memcmp(clear, name, sizeof(clear)) != 0)
		return;
	identity_add(identity, EVIDENCE_CLEAR_NAME, EVIDENCE_FAIR, chipdb_socs_called("BK7231N"),
		     place_of(code, CLEAR_NAME_AT),
		     "its bootloader is keyed and leaves a name in plain text, as that of BK7231N "
		     "does");
}

void evidence_of_bootloader(struct identity *identity, const struct code *code, const uint8_t *data,
			    size_t size)
{
	chipdb_soc_set socs = socs_with_begin(data, size);
	const char *name = code->names.self;

	if (name[0])
		identity_add(identity, EVIDENCE_BOOT_NAME, EVIDENCE_STRONG,
			     chipdb_socs_called(name), place_of(code, code->names.self_at),
			     "its bootloader calls itself %s", name);
	if (socs)
		identity_add(identity, EVIDENCE_BOOT_BEGIN, EVIDENCE_FAIR, socs, code->start,
			     "its first bytes are those of a known bootloader");
	add_clear_name(identity, code, data, size);
	add_coding(identity, code, "its bootloader");
}

/* LibreTiny's versions end in the SoC: "1.4.1-bk7231n". */
static void add_version(struct identity *identity, const struct code *code,
			enum evidence_strength strength)
{
	const char *dash = strrchr(code->header.version, '-');
	chipdb_soc_set socs = dash ? chipdb_socs_called(dash + 1) : 0;

	if (code->check == CODE_NO_HEADER || !socs)
		return;
	identity_add(identity, EVIDENCE_APP_VERSION, strength, socs, code->header.offset,
		     "the version of its application is %s", code->header.version);
}

/*
 * A bootloader looks for the application's RBL header at the end of the partition. So
 * if it is where some SoCs have that end, the application is for one of these.
 */
static void add_end(struct identity *identity, const struct code *code)
{
	size_t end = code->header.offset + RBL_FRAMED_SIZE;
	chipdb_soc_set socs = 0;

	if (code->check != CODE_MATCHES)
		return;
	for (size_t i = 0; i < chipdb_soc_count; i++)
		if (application_end(&chipdb_socs[i]) == end)
			socs |= chipdb_soc_bit(&chipdb_socs[i]);
	if (socs)
		identity_add(identity, EVIDENCE_APP_END, EVIDENCE_WEAK, socs, code->header.offset,
			     "its RBL header ends at 0x%zx", end);
}

void evidence_of_application(struct identity *identity, const struct code *code,
			     enum evidence_strength strength)
{
	const struct own_names *names = &code->names;

	if (names->self[0])
		identity_add(identity, EVIDENCE_APP_NAME, strength, chipdb_socs_called(names->self),
			     place_of(code, names->self_at), "its application calls itself %s%s%s",
			     names->firmware[0] ? names->firmware : names->self,
			     names->version[0] ? " " : "", names->version);
	add_version(identity, code, strength);
	if (names->words[0] && !names->words_differ)
		identity_add(identity, EVIDENCE_APP_WORDS, EVIDENCE_FAIR,
			     chipdb_socs_called(names->words), place_of(code, names->words_at),
			     "words of its application name %s, and no other", names->words);
	if (!identity_evidence(identity, EVIDENCE_CODING))
		add_coding(identity, code, "its application");
	add_end(identity, code);
}

void evidence_of_uf2(struct identity *identity, const struct uf2 *uf2)
{
	if (uf2->socs)
		identity_add(identity, EVIDENCE_UF2_FAMILY, EVIDENCE_STRONG, uf2->socs,
			     EVIDENCE_NO_PLACE, "its UF2 blocks are of the family %s",
			     uf2->family_name);
}

void evidence_of_calibration(struct identity *identity, const struct rf *rf, size_t count)
{
	chipdb_soc_set socs = 0;
	size_t place = EVIDENCE_NO_PLACE;

	for (size_t n = 0; n < count; n++)
		for (size_t i = 0; i < chipdb_soc_count * CHIPDB_REGIONS; i++) {
			const struct chipdb_soc *soc = &chipdb_socs[i / CHIPDB_REGIONS];
			const struct chipdb_region *region = &soc->regions[i % CHIPDB_REGIONS];

			if (!region->name || region->kind != CHIPDB_REGION_RF ||
			    region->start != rf[n].offset)
				continue;
			socs |= chipdb_soc_bit(soc);
			place = rf[n].offset;
		}
	if (socs)
		identity_add(identity, EVIDENCE_CALIBRATION, EVIDENCE_STRONG, socs, place,
			     "its calibration is at 0x%zx", place);
}
