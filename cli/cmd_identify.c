/* SPDX-License-Identifier: GPL-2.0-or-later */
/* beken-flash identify: what is in a file, without any hardware. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "commands.h"
#include "image.h"
#include "json.h"
#include "placement.h"
#include "read_file.h"

#define JSON_SCHEMA 1
#define NOT_TO_BE_WRITTEN 3

enum { OPTION_JSON };

static const struct command_option options[] = {
	[OPTION_JSON] = {"json", NULL, "one JSON object a file, each in a line of its own"},
	{NULL, NULL, NULL},
};

/* As if the flash fitted; the SoC is the one that the file names, if it names one. */
static bool find_place(const struct image *image, struct placement *placement)
{
	const struct chipdb_soc *soc = image->soc_count == 1 ? image->socs[0] : NULL;
	size_t size = READ_FILE_MOST, i;

	if (image->kind == IMAGE_DUMP || image->kind == IMAGE_ROTATED_DUMP)
		size = image->size;
	else if (image->kind == IMAGE_REST)
		size = image->address + image->size;
	placement_find(image, soc, size, PLACEMENT_ANYWHERE, placement);
	for (i = 0; i < placement->refusal_count; i++)
		if (placement->refusals[i].why != PLACEMENT_NEEDS_SOC)
			return false;
	return true;
}

static const char *code_name(enum chipdb_code code)
{
	switch (code) {
	case CHIPDB_CODE_PLAIN:
		return "plain";
	case CHIPDB_CODE_KEYED:
		return "keyed";
	case CHIPDB_CODE_UNKNOWN:
		break;
	}
	return "unknown";
}

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
	printf("  %-12s %zx to %zx: CRC blocks: %zu good, %zu blank, %zu bad", label, code->start,
	       code->end, code->good, code->blank, code->bad);
	if (code->bad > 0)
		printf(" (first at %zx)", code->first_bad);
	if (code->check == CODE_NO_HEADER)
		printf("; no RBL header\n");
	else
		printf("; RBL header %s %s, content %s\n", code->header.name, code->header.version,
		       code->check == CODE_MATCHES ? "as it says" : "not as it says");
}

static void print_mac(FILE *out, const uint8_t mac[6])
{
	for (unsigned i = 0; i < 6; i++)
		fprintf(out, "%s%02x", i ? ":" : "", mac[i]);
}

static void print_pieces(const struct image *image)
{
	if (image->has_bootloader)
		print_code("bootloader:", &image->bootloader);
	if (image->has_application)
		print_code("application:", &image->application);
	for (size_t i = 0; i < image->partitions.count; i++) {
		const struct partition *entry = &image->partitions.entry[i];

		printf("%s %s %zx+%zx", i ? "," : "  partitions: ", entry->name, entry->start,
		       entry->length);
	}
	if (image->partitions.count > 0)
		putchar('\n');
	for (size_t i = 0; i < image->rf_count; i++) {
		printf("  %-12s at %zx, MAC ", "calibration:", image->rf[i].offset);
		if (image->rf[i].mac_good)
			print_mac(stdout, image->rf[i].mac);
		else
			fputs("missing", stdout);
		putchar('\n');
	}
}

static void print_place(const struct image *image, const struct placement *placement, bool good)
{
	if (placement->rotation > 0)
		printf("  %-12s address 0, turned round: byte %zx of the file comes first\n",
		       "belongs at:", placement->rotation);
	else if (good && (image->has_address || placement->address > 0))
		printf("  %-12s %06zx:%06zx (first and last byte, as in a layout of flashrom)\n",
		       "belongs at:", placement->address,
		       placement->address + placement->length - 1);
	for (size_t i = 0; i < placement->refusal_count; i++)
		printf("  %s [%s]: %s.\n", good ? "note" : "DO NOT WRITE",
		       placement_refusal_name(placement->refusals[i].why),
		       placement->refusals[i].text);
	for (size_t i = 0; i < image->finding_count; i++)
		if (image->findings[i].kind >= IMAGE_GRAVE)
			printf("  note [%s]: %s.\n", image_finding_name(image->findings[i].kind),
			       image->findings[i].text);
}

static void print_image(const char *path, const struct image *image,
			const struct placement *placement, bool good)
{
	printf("%s: %s, %zu bytes\n", path,
	       image->other ? image->other->title : image_kind_title(image->kind), image->size);
	for (size_t i = 0; i < image->evidence_count; i++)
		printf("  %-12s %s\n", i ? "" : "seen:", image->evidence[i]);
	for (size_t i = 0; i < image->soc_count; i++)
		printf("%s%s", i ? " or " : "  SoC:         ", image->socs[i]->name);
	if (image->soc_count > 0)
		printf(", %s code\n", code_name(image->code));
	print_pieces(image);
	print_place(image, placement, good);
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
	json_number(json, "start", code->start);
	json_number(json, "end", code->end);
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
	json_text(json, "built_for", code->names);
	json_end(json, '}');
}

static void json_lists(struct json *json, const struct image *image)
{
	char mac[18];

	json_begin(json, "partitions", '[');
	for (size_t i = 0; i < image->partitions.count; i++) {
		json_begin(json, NULL, '{');
		json_text(json, "name", image->partitions.entry[i].name);
		json_number(json, "start", image->partitions.entry[i].start);
		json_number(json, "length", image->partitions.entry[i].length);
		json_end(json, '}');
	}
	json_end(json, ']');
	json_begin(json, "rbl", '[');
	for (size_t i = 0; i < image->rbl_count; i++)
		json_rbl(json, NULL, &image->rbl[i]);
	json_end(json, ']');
	json_begin(json, "calibration", '[');
	for (size_t i = 0; i < image->rf_count; i++) {
		const uint8_t *m = image->rf[i].mac;

		json_begin(json, NULL, '{');
		json_number(json, "offset", image->rf[i].offset);
		json_number(json, "length", image->rf[i].length);
		snprintf(mac, sizeof(mac), "%02x:%02x:%02x:%02x:%02x:%02x", m[0], m[1], m[2], m[3],
			 m[4], m[5]);
		if (image->rf[i].mac_good)
			json_text(json, "mac", mac);
		else
			json_no_value(json, "mac");
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

static void json_place(struct json *json, const struct image *image,
		       const struct placement *placement, bool good)
{
	bool known = image->has_address || (good && placement->address > 0);

	json_bool(json, "writable", good);
	if (known) {
		json_number(json, "address", placement->address);
		json_number(json, "rotation", placement->rotation);
	} else {
		json_no_value(json, "address");
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

static void json_image(const char *path, const struct image *image,
		       const struct placement *placement, bool good)
{
	struct json json = {stdout, false};

	json_begin(&json, NULL, '{');
	json_number(&json, "schema", JSON_SCHEMA);
	json_text(&json, "file", path);
	json_number(&json, "size", image->size);
	json_text(&json, "kind", image->other ? image->other->name : image_kind_name(image->kind));
	json_begin(&json, "socs", '[');
	for (size_t i = 0; i < image->soc_count; i++)
		json_text(&json, NULL, image->socs[i]->name);
	json_end(&json, ']');
	json_text(&json, "code", code_name(image->code));
	json_code(&json, "bootloader", image->has_bootloader, &image->bootloader);
	json_code(&json, "application", image->has_application, &image->application);
	json_lists(&json, image);
	json_place(&json, image, placement, good);
	json_end(&json, '}');
	putchar('\n');
}

static void complain(const char *path, bool as_json)
{
	struct json json = {stdout, false};
	const char *why = errno == EFBIG ? "too large for any flash" : strerror(errno);

	fprintf(stderr, "beken-flash: %s: %s\n", path, why);
	if (!as_json)
		return;
	json_begin(&json, NULL, '{');
	json_number(&json, "schema", JSON_SCHEMA);
	json_text(&json, "file", path);
	json_text(&json, "error", why);
	json_end(&json, '}');
	putchar('\n');
}

static int identify_file(const char *path, bool as_json)
{
	struct placement placement;
	struct image image;
	size_t size;
	uint8_t *data = read_file(path, &size);
	bool good;

	if (!data || !image_identify(data, size, &image)) {
		complain(path, as_json);
		free(data);
		return COMMAND_FAILED;
	}
	good = find_place(&image, &placement);
	if (as_json)
		json_image(path, &image, &placement, good);
	else
		print_image(path, &image, &placement, good);
	free(data);
	return good ? COMMAND_DONE : NOT_TO_BE_WRITTEN;
}

static int run(const struct command_line *line)
{
	int worst = COMMAND_DONE;

	for (size_t i = 0; i < line->word_count; i++) {
		int status = identify_file(line->words[i], line->option[OPTION_JSON] != NULL);

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
	.summary = "Say what is in files, for which SoC, and where it belongs in its flash",
	.status = ",\n3 a file is not to be written, or unknown",
	.options = options,
	.run = run,
};
