/* SPDX-License-Identifier: GPL-2.0-or-later */
/* beken-flash detect: what is on the adapter. */
#include <stdio.h>

#include "device.h"

enum { OPTION_HOLD = DEVICE_OPTION_COUNT };

static const struct command_option options[] = {
	DEVICE_OPTIONS,
	[OPTION_HOLD] = {"hold", NULL, "leave the chip in SPI mode, for other programs"},
	{NULL, NULL, NULL},
};

struct found {
	uint32_t registers;
	bool protects;
};

static void print_socs(const struct device *device)
{
	for (size_t i = 0; i < device->soc_count; i++)
		printf("%s%s", i ? " or " : "SoC:        ", device->socs[i]->name);
	printf("%s (%s)\n", device->soc_count ? "" : "SoC:        unknown", device->soc_evidence);
}

static void print_found(const struct device *device, const struct found *found, bool hold)
{
	const struct chipdb_part *part = device->part;

	print_socs(device);
	printf("flash:      %s %s, %u KiB, ID %02X %02X %02X\n", part->maker, part->name,
	       (unsigned)(part->size / 1024), part->id[0], part->id[1], part->id[2]);
	printf("protection: %s (status registers 0x%04x)\n",
	       found->protects ? "on; it is lifted before a write" : "off",
	       (unsigned)found->registers);
	if (hold)
		printf("The chip stays in SPI mode. Go on with -p beken_spi:enter=never, or with "
		       "another program; beken-flash reset lets it run.\n");
}

static void json_found(struct json *json, const struct device *device, const struct found *found,
		       bool hold)
{
	const struct chipdb_part *part = device->part;
	char id[9];

	snprintf(id, sizeof(id), "%02X %02X %02X", part->id[0], part->id[1], part->id[2]);
	json_begin(json, "socs", '[');
	for (size_t i = 0; i < device->soc_count; i++)
		json_text(json, NULL, device->socs[i]->name);
	json_end(json, ']');
	json_text(json, "soc_evidence", device->soc_evidence);
	json_begin(json, "flash", '{');
	json_text(json, "part", part->name);
	json_text(json, "maker", part->maker);
	json_text(json, "id", id);
	json_number(json, "size", part->size);
	json_end(json, '}');
	json_number(json, "status_registers", found->registers);
	json_bool(json, "protected", found->protects);
	json_bool(json, "held", hold);
}

static int run(const struct command_line *line)
{
	bool hold = line->option[OPTION_HOLD] != NULL;
	struct device device;
	struct found found;
	struct json *json;
	bool good;

	if (!device_open(&device, &command_detect, line, DEVICE_READS | (hold ? DEVICE_HOLDS : 0)))
		return device_failed(&device);
	good = device_look(&device) &&
	       protection_read(flash_protection(device.flash), &found.registers) == 0;
	if (!good) {
		log_error(&device.report.log, "the flash could not be looked at");
		device_close(&device);
		return device_failed(&device);
	}
	found.protects = protection_active(device.part, found.registers);
	json = report_result(&device.report, COMMAND_DONE);
	if (json)
		json_found(json, &device, &found, hold);
	else
		print_found(&device, &found, hold);
	report_result_end(&device.report);
	return device_close(&device) ? COMMAND_DONE : COMMAND_FAILED;
}

const struct command command_detect = {
	.name = "detect",
	.words = "",
	.summary = "Say which chip and which flash are on the adapter",
	.options = options,
	.run = run,
};
