/* SPDX-License-Identifier: GPL-2.0-or-later */
/* beken-flash identify: what is in a file, without any hardware. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/beken_flash/report.h"
#include "cli/say.h"
#include "image/image.h"
#include "base/json.h"
#include "image/placement.h"
#include "engine/read_file.h"
#include "cli/show/show_image.h"
#include "cli/show/show_identity.h"

#define NOT_TO_BE_WRITTEN 3

static const struct command_status statuses[] = {
	{NOT_TO_BE_WRITTEN, "a file should not be written, or is unknown"},
	{0, NULL},
};

static const struct command_example examples[] = {
	{"Look at what was downloaded, before it goes anywhere:",
	 "beken-flash identify OpenBK7231N_QIO_1.18.300.bin"},
	{"The MAC address that a backup holds:",
	 "beken-flash identify --json backup.bin | jq -r '.calibration[].mac'"},
	{NULL, NULL},
};

/* As if the flash fitted; the SoC is the one that the file names, if it names one. */
static bool find_place(const struct image *image, struct placement *placement)
{
	const struct identity *identity = &image->identity;
	const struct chipdb_soc *soc = identity->soc_count == 1 ? identity->socs[0] : NULL;
	size_t size = READ_FILE_MOST, i;

	if (image->kind == IMAGE_DUMP || image->kind == IMAGE_ROTATED_DUMP)
		size = image->size;
	else if (image->kind == IMAGE_REST)
		size = image->address + image->size;
	placement_find(image, soc, NULL, size, PLACEMENT_ANYWHERE, placement);
	for (i = 0; i < placement->refusal_count; i++)
		if (placement->refusals[i].why != PLACEMENT_NEEDS_SOC)
			return false;
	return true;
}

static void print_place(const struct image *image, const struct placement *placement, bool good)
{
	if (placement->rotation > 0)
		say("  %-12s address 0, rotated back: byte 0x%zx of the file comes first\n",
		    "belongs at:", placement->rotation);
	else if (good && (image->has_address || placement->address > 0))
		say("  %-12s %06zx:%06zx (first and last byte, as in a layout of flashrom)\n",
		    "belongs at:", placement->address, placement->address + placement->length - 1);
	for (size_t i = 0; i < placement->refusal_count; i++)
		say("  %s [%s]: %s.\n", good ? "note" : "DO NOT WRITE",
		    placement_refusal_name(placement->refusals[i].why),
		    placement->refusals[i].text);
	for (size_t i = 0; i < image->finding_count; i++)
		if (image->findings[i].kind >= IMAGE_GRAVE)
			say("  note [%s]: %s.\n", image_finding_name(image->findings[i].kind),
			    image->findings[i].text);
}

static void print_image(const char *path, const struct image *image,
			const struct placement *placement, bool good)
{
	say("%s: %s%s, %zu bytes\n", path, image->unpacked ? "UF2 of " : "",
	    image->piece[0] ? image->piece
	    : image->other  ? image->other->title
			    : image_kind_title(image->kind),
	    image->file_size);
	for (size_t i = 0; i < image->evidence_count; i++)
		say("  %-12s %s\n", i ? "" : "seen:", image->evidence[i]);
	if (image->identity.count > 0)
		show_identity(&image->identity, "  SoC:         ");
	if (image->has_bootloader || image->has_application)
		say("  %-12s %s\n", "coding:", coding_title(image->coding.kind));
	show_firmware(image, "  firmware:    ");
	show_pieces(image);
	print_place(image, placement, good);
}

static void json_place(struct json *json, const struct image *image,
		       const struct placement *placement, bool good)
{
	bool known = image->has_address || (good && placement->address > 0);

	json_bool(json, "writable", good);
	if (known) {
		json_range(json, placement->address, placement->length);
		json_number(json, "rotation", placement->rotation);
	} else {
		json_no_value(json, "start");
		json_no_value(json, "length");
		json_no_value(json, "rotation");
	}
	json_begin(json, "refusals", '[');
	for (size_t i = 0; i < placement->refusal_count; i++) {
		json_begin(json, NULL, '{');
		json_text(json, "name", placement_refusal_name(placement->refusals[i].why));
		json_text(json, "text", placement->refusals[i].text);
		json_end(json, '}');
	}
	json_end(json, ']');
}

static void json_image(struct report *report, const char *path, const struct image *image,
		       const struct placement *placement, bool good)
{
	struct json *json = report_event(report, "file");

	json_text(json, "file", path);
	json_number(json, "size", image->file_size);
	json_text_or_none(json, "container", image->unpacked ? "uf2" : NULL);
	json_text(json, "kind", image->other ? image->other->name : image_kind_name(image->kind));
	json_text_or_none(json, "piece", image->piece);
	show_identity_json(json, &image->identity);
	json_text(json, "code",
		  image->coding.kind == CODING_STOCK || image->coding.kind == CODING_OTHER
			  ? "keyed"
			  : coding_name(image->coding.kind));
	json_text(json, "coding", coding_name(image->coding.kind));
	show_firmware_json(json, image);
	show_pieces_json(json, image);
	json_place(json, image, placement, good);
	report_event_end(report);
}

static void complain(struct report *report, const char *path)
{
	const char *why = errno == EFBIG ? "too large for any flash" : strerror(errno);
	struct json *json;

	say_message(SAY_ERROR, "%s: %s", path, why);
	if (!report->as_json)
		return;
	json = report_event(report, "unreadable");
	json_text(json, "file", path);
	json_text(json, "trouble", trouble_name(TROUBLE_FILE));
	json_text(json, "error", why);
	report_event_end(report);
}

static int identify_file(struct report *report, const char *path)
{
	struct placement placement;
	struct image image;
	size_t size;
	uint8_t *data = read_file(path, &size);
	bool good;

	if (!data || !image_identify(data, size, &image)) {
		complain(report, path);
		free(data);
		return COMMAND_FAILED;
	}
	good = find_place(&image, &placement);
	if (report->as_json)
		json_image(report, path, &image, &placement, good);
	else
		print_image(path, &image, &placement, good);
	free(data);
	return good ? COMMAND_DONE : NOT_TO_BE_WRITTEN;
}

static int run(const struct command_line *line)
{
	int worst = COMMAND_DONE;
	struct report report;

	report_begin(&report, "identify", line);
	for (size_t i = 0; i < line->word_count; i++) {
		int status = identify_file(&report, line->words[i]);

		if (status == COMMAND_FAILED || worst == COMMAND_DONE)
			worst = status;
	}
	if (fflush(stdout) != 0 || ferror(stdout)) {
		perror("beken-flash: standard output");
		return COMMAND_FAILED;
	}
	return worst;
}

const struct command command_identify = {
	.name = "identify",
	.words = "FILE...",
	.words_least = 1,
	.words_most = SIZE_MAX,
	.summary = "Show what is in files, for which SoC, and where it belongs in its flash",
	.about = "It examines the content, not the name, and needs no hardware.\n",
	.statuses = statuses,
	.examples = examples,
	.takes = TAKES(JSON),
	.run = COMMAND_RUN(run),
};
