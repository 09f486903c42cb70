/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "engine/manifest.h"

#include <ctype.h>
#include <errno.h>
#include <jansson.h>
#include <limits.h>
#include <sha256.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/json.h"
#include "engine/read_file.h"

#define MANIFEST_MOST 65536 /* bytes of the file */

void sha256_text(const void *data, size_t size, char text[MANIFEST_SHA256])
{
	SHA256Data(data, size, text);
}

static void add_regions(struct manifest *manifest, const struct chipdb_soc *soc)
{
	for (size_t i = 0; i < CHIPDB_REGIONS && soc->regions[i].name; i++) {
		const struct chipdb_region *from = &soc->regions[i];
		struct manifest_region *to = &manifest->regions[manifest->region_count];

		if (from->start >= manifest->size || from->length > manifest->size - from->start)
			continue;
		snprintf(to->name, sizeof(to->name), "%s", from->name);
		to->range = (struct range){from->start, from->length};
		manifest->region_count++;
	}
}

void manifest_describe(struct manifest *manifest, const struct chipdb_part *part,
		       const struct chipdb_soc *soc, const uint8_t *die)
{
	time_t now = time(NULL);
	struct tm utc;

	snprintf(manifest->part, sizeof(manifest->part), "%s", part->name);
	part_id_text(part, manifest->id);
	manifest->size = part->size;
	manifest->region_count = 0;
	manifest->soc[0] = '\0';
	if (soc) {
		snprintf(manifest->soc, sizeof(manifest->soc), "%s", soc->name);
		add_regions(manifest, soc);
	}
	sha256_text(die, part->size, manifest->sha256);
	strftime(manifest->date, sizeof(manifest->date), "%Y-%m-%dT%H:%M:%SZ",
		 gmtime_r(&now, &utc));
}

static void text_or_null(struct json *json, const char *key, const char *text)
{
	if (text[0])
		json_text(json, key, text);
	else
		json_no_value(json, key);
}

char *manifest_text(const struct manifest *manifest, size_t *length)
{
	char *text = NULL;
	FILE *out = open_memstream(&text, length);
	struct json json = {.out = out};

	if (!out)
		return NULL;
	json_begin(&json, NULL, '{');
	json_number(&json, "schema", MANIFEST_SCHEMA);
	json_text(&json, "part", manifest->part);
	text_or_null(&json, "id", manifest->id);
	json_number(&json, "size", manifest->size);
	if (manifest->has_registers)
		json_number(&json, "registers", manifest->registers);
	else
		json_no_value(&json, "registers");
	text_or_null(&json, "soc", manifest->soc);
	text_or_null(&json, "mac", manifest->mac);
	json_begin(&json, "regions", '[');
	for (size_t i = 0; i < manifest->region_count; i++) {
		json_begin(&json, NULL, '{');
		json_text(&json, "name", manifest->regions[i].name);
		json_range(&json, manifest->regions[i].range.start,
			   manifest->regions[i].range.length);
		json_end(&json, '}');
	}
	json_end(&json, ']');
	json_text(&json, "sha256", manifest->sha256);
	json_number(&json, "confirmed", manifest->confirmed);
	steady_json(&manifest->steadiness, &json);
	json_text(&json, "date", manifest->date);
	json_begin(&json, "versions", '{');
	json_text(&json, "beken-flash", BEKEN_FLASH_VERSION);
	json_text(&json, "libflashrom", flash_engine_version());
	json_end(&json, '}');
	json_end(&json, '}');
	putc('\n', out);
	if (fclose(out)) {
		free(text);
		return NULL;
	}
	return text;
}

/* False if the member exists and is not such a text. null and a missing one are "". */
static bool take_text(const json_t *object, const char *key, char *text, size_t room)
{
	const json_t *value = json_object_get(object, key);

	text[0] = '\0';
	if (!value || json_is_null(value))
		return true;
	if (!json_is_string(value) || json_string_length(value) >= room)
		return false;
	for (const char *at = json_string_value(value); *at; at++)
		if (!isprint((unsigned char)*at))
			return false;
	strcpy(text, json_string_value(value));
	return true;
}

static bool take_number(const json_t *object, const char *key, uint32_t most, uint32_t *number)
{
	const json_t *value = json_object_get(object, key);

	if (!json_is_integer(value) || json_integer_value(value) < 0 ||
	    json_integer_value(value) > most)
		return false;
	*number = (uint32_t)json_integer_value(value);
	return true;
}

/* A longer text did not fit. */
static bool is_mac(const char text[MANIFEST_MAC])
{
	for (unsigned i = 0; i < MANIFEST_MAC - 1; i++)
		if (i % 3 == 2 ? text[i] != ':' : !isxdigit((unsigned char)text[i]))
			return false;
	return true;
}

static const char *take_regions(const json_t *root, struct manifest *manifest)
{
	const json_t *list = json_object_get(root, "regions"), *entry;
	size_t index;

	manifest->region_count = 0;
	if (!json_is_array(list) || json_array_size(list) > MANIFEST_REGIONS)
		return "regions";
	json_array_foreach(list, index, entry)
	{
		struct manifest_region *region = &manifest->regions[index];
		struct range *range = &region->range;

		if (!take_text(entry, "name", region->name, sizeof(region->name)) ||
		    !region->name[0] ||
		    !take_number(entry, "start", manifest->size - 1, &range->start) ||
		    !take_number(entry, "length", manifest->size - range->start, &range->length) ||
		    range->length == 0)
			return "regions";
		manifest->region_count++;
	}
	return NULL;
}

/* The member that is wrong, or NULL. */
static const char *take(const json_t *root, struct manifest *manifest)
{
	uint32_t schema;

	if (!take_number(root, "schema", UINT32_MAX, &schema) || schema != MANIFEST_SCHEMA)
		return "schema";
	if (!take_text(root, "part", manifest->part, sizeof(manifest->part)))
		return "part";
	if (!take_text(root, "id", manifest->id, sizeof(manifest->id)))
		return "id";
	if (!take_number(root, "size", (uint32_t)FLASH_SIZE_MOST, &manifest->size) ||
	    manifest->size == 0)
		return "size";
	manifest->has_registers = !json_is_null(json_object_get(root, "registers"));
	if (manifest->has_registers &&
	    !take_number(root, "registers", UINT32_MAX, &manifest->registers))
		return "registers";
	if (!take_text(root, "soc", manifest->soc, sizeof(manifest->soc)))
		return "soc";
	if (!take_text(root, "mac", manifest->mac, sizeof(manifest->mac)) ||
	    (manifest->mac[0] && !is_mac(manifest->mac)))
		return "mac";
	if (!take_text(root, "sha256", manifest->sha256, sizeof(manifest->sha256)) ||
	    strlen(manifest->sha256) != MANIFEST_SHA256 - 1)
		return "sha256";
	if (!take_number(root, "confirmed", manifest->size, &manifest->confirmed))
		return "confirmed";
	if (!take_text(root, "date", manifest->date, sizeof(manifest->date)))
		return "date";
	return take_regions(root, manifest);
}

enum manifest_result manifest_read(struct manifest *manifest, const char *backup,
				   const struct observer *observer)
{
	char path[PATH_MAX];
	json_error_t error;
	const char *wrong;
	uint8_t *text;
	json_t *root;
	size_t size;

	memset(manifest, 0, sizeof(*manifest));
	snprintf(path, sizeof(path), "%s" MANIFEST_SUFFIX, backup);
	text = read_file(path, &size);
	if (!text && errno == ENOENT)
		return MANIFEST_MISSING;
	if (!text) {
		observer_raise(observer, TROUBLE_FILE, NO_RANGE, "%s: %s", path, strerror(errno));
		return MANIFEST_BAD;
	}
	root = size <= MANIFEST_MOST ? json_loadb((const char *)text, size, 0, &error) : NULL;
	free(text);
	if (!root) {
		observer_raise(observer, TROUBLE_WRONG_FILE, NO_RANGE,
			       "%s is not a manifest of a backup: it is not JSON", path);
		return MANIFEST_BAD;
	}
	wrong = take(root, manifest);
	json_decref(root);
	if (wrong)
		observer_raise(observer, TROUBLE_WRONG_FILE, NO_RANGE,
			       "%s is not a manifest of a backup: \"%s\" is missing or wrong", path,
			       wrong);
	return wrong ? MANIFEST_BAD : MANIFEST_GOOD;
}

bool manifest_fits(const struct manifest *manifest, const uint8_t *die, size_t size)
{
	char sum[MANIFEST_SHA256];

	if (size != manifest->size)
		return false;
	sha256_text(die, size, sum);
	return strcasecmp(sum, manifest->sha256) == 0;
}

const struct manifest_region *manifest_region(const struct manifest *manifest, const char *name)
{
	for (size_t i = 0; i < manifest->region_count; i++)
		if (strcmp(manifest->regions[i].name, name) == 0)
			return &manifest->regions[i];
	return NULL;
}
