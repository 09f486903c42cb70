/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cli/show/show_image.h"

#include <stdio.h>

#include "cli/say.h"

static const char *check_name(enum code_check check)
{
	switch (check) {
	case CODE_MATCHES:
		return "matches";
	case CODE_DIFFERS:
		return "differs";
	case CODE_NO_HEADER:
		break;
	}
	return "none";
}

static void print_code(const char *label, const struct code *code)
{
	say("  %-12s 0x%zx to 0x%zx: CRC blocks: %zu good, %zu blank, %zu bad", label, code->start,
	    code->end, code->good, code->blank, code->bad);
	if (code->bad > 0)
		say(" (first at 0x%zx)", code->first_bad);
	if (code->check == CODE_NO_HEADER)
		say("; no RBL header\n");
	else
		say("; RBL header %s %s, content %s\n", code->header.name, code->header.version,
		    code->check == CODE_MATCHES ? "as it says" : "not as it says");
}

/* NULL if it is missing or made up. */
static const char *mac_of(const struct rf *rf, char text[18])
{
	const uint8_t *m = rf->mac;

	snprintf(text, 18, "%02x:%02x:%02x:%02x:%02x:%02x", m[0], m[1], m[2], m[3], m[4], m[5]);
	return rf->mac_good ? text : NULL;
}

void show_pieces(const struct image *image)
{
	char text[18];

	if (image->has_bootloader)
		print_code("bootloader:", &image->bootloader);
	if (image->has_application)
		print_code("application:", &image->application);
	for (size_t i = 0; i < image->partitions.count; i++) {
		const struct partition *entry = &image->partitions.entry[i];

		say("%s %s 0x%zx+0x%zx", i ? "," : "  partitions: ", entry->name, entry->start,
		    entry->length);
	}
	if (image->partitions.count > 0)
		say("\n");
	for (size_t i = 0; i < image->rf_count; i++) {
		const char *mac = mac_of(&image->rf[i], text);

		say("  %-12s at 0x%zx, MAC %s\n", "calibration:", image->rf[i].offset,
		    mac ? mac : "missing");
	}
}

static void json_rbl(struct json *json, const char *key, const struct rbl *rbl)
{
	json_begin(json, key, '{');
	json_number(json, "offset", rbl->offset);
	json_bool(json, "framed", rbl->framed);
	json_text(json, "name", rbl->name);
	json_text(json, "version", rbl->version);
	json_number(json, "raw_size", rbl->raw_size);
	json_number(json, "package_size", rbl->package_size);
	json_end(json, '}');
}

static void json_code(struct json *json, const char *key, bool there, const struct code *code)
{
	if (!there) {
		json_no_value(json, key);
		return;
	}
	json_begin(json, key, '{');
	json_range(json, code->start, code->end - code->start);
	json_begin(json, "blocks", '{');
	json_number(json, "good", code->good);
	json_number(json, "blank", code->blank);
	json_number(json, "bad", code->bad);
	json_number(json, "leftover", code->leftovers);
	if (code->bad > 0)
		json_number(json, "first_bad", code->first_bad);
	else
		json_no_value(json, "first_bad");
	json_end(json, '}');
	json_text(json, "header", check_name(code->check));
	json_text(json, "built_for", code->names.self);
	json_end(json, '}');
}

void show_pieces_json(struct json *json, const struct image *image)
{
	char mac[18];

	json_code(json, "bootloader", image->has_bootloader, &image->bootloader);
	json_code(json, "application", image->has_application, &image->application);
	json_begin(json, "partitions", '[');
	for (size_t i = 0; i < image->partitions.count; i++) {
		json_begin(json, NULL, '{');
		json_text(json, "name", image->partitions.entry[i].name);
		json_range(json, image->partitions.entry[i].start,
			   image->partitions.entry[i].length);
		json_end(json, '}');
	}
	json_end(json, ']');
	json_begin(json, "rbl", '[');
	for (size_t i = 0; i < image->rbl_count; i++)
		json_rbl(json, NULL, &image->rbl[i]);
	json_end(json, ']');
	json_begin(json, "calibration", '[');
	for (size_t i = 0; i < image->rf_count; i++) {
		json_begin(json, NULL, '{');
		json_range(json, image->rf[i].offset, image->rf[i].length);
		json_text_or_none(json, "mac", mac_of(&image->rf[i], mac));
		json_end(json, '}');
	}
	json_end(json, ']');
	json_begin(json, "evidence", '[');
	for (size_t i = 0; i < image->evidence_count; i++)
		json_text(json, NULL, image->evidence[i]);
	json_end(json, ']');
	json_begin(json, "findings", '[');
	for (size_t i = 0; i < image->finding_count; i++) {
		json_begin(json, NULL, '{');
		json_text(json, "name", image_finding_name(image->findings[i].kind));
		json_bool(json, "grave", image->findings[i].kind < IMAGE_GRAVE);
		json_text(json, "text", image->findings[i].text);
		json_end(json, '}');
	}
	json_end(json, ']');
}
