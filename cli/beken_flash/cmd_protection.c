/* SPDX-License-Identifier: GPL-2.0-or-later */
/* beken-flash protect and unprotect: the status registers, by the part's own method. */
#include <stdio.h>
#include <stdlib.h>

#include "engine/device.h"
#include "cli/beken_flash/intent.h"

enum { UNPROTECT_DRY_RUN = DEVICE_OPTION_COUNT };
enum { PROTECT_DRY_RUN = DEVICE_OPTION_COUNT, PROTECT_REGISTERS };

static const struct command_option unprotect_options[] = {
	DEVICE_OPTIONS,
	[UNPROTECT_DRY_RUN] = INTENT_OPTION,
	{NULL, NULL, NULL, false},
};

static const struct command_option protect_options[] = {
	DEVICE_OPTIONS,
	[PROTECT_DRY_RUN] = INTENT_OPTION,
	[PROTECT_REGISTERS] = {"registers", "HEX",
			       "the protection bits of SR1 | SR2 << 8 | SR3 << 16 shall be so",
			       false},
	{NULL, NULL, NULL, false},
};

static const struct command_example protect_examples[] = {
	{"As Beken's firmware leaves it:", "beken-flash protect"},
	{"CMP and BP0, as registers:", "beken-flash protect --registers=0x4004"},
	{NULL, NULL},
};

struct setting {
	uint32_t before, wanted, after;
};

static const char *in_words(const struct chipdb_part *part, uint32_t registers)
{
	return protection_active(part, registers) ? "protected" : "not protected";
}

static int say_intent(struct device *device, const struct setting *setting)
{
	struct intent intent = {0};

	if (setting->before == setting->wanted) {
		intent_action(&intent, "do nothing: the status registers are 0x%04x already",
			      (unsigned)setting->before);
	} else {
		intent_action(&intent, "set the status registers from 0x%04x (%s) to 0x%04x (%s)",
			      (unsigned)setting->before, in_words(device->part, setting->before),
			      (unsigned)setting->wanted, in_words(device->part, setting->wanted));
		estimate_register_write(&intent.time, device->part);
		intent_risk(&intent, "the protection bits, if the power fails in that moment; the "
				     "content of the flash is not touched");
	}
	return intent_result(&intent, device);
}

static void print_result(struct device *device, const struct setting *setting)
{
	struct json *json = report_result(&device->report, COMMAND_DONE);
	bool changed = setting->after != setting->before;

	if (json) {
		json_bool(json, "dry_run", false);
		json_number(json, "before", setting->before);
		json_number(json, "after", setting->after);
		json_bool(json, "changed", changed);
		json_bool(json, "protected", protection_active(device->part, setting->after));
	} else {
		printf("before: status registers 0x%04x, %s\n", (unsigned)setting->before,
		       in_words(device->part, setting->before));
		printf("after:  status registers 0x%04x, %s%s\n", (unsigned)setting->after,
		       in_words(device->part, setting->after), changed ? "" : "; nothing was done");
	}
	report_result_end(&device->report);
}

static bool read_registers(struct device *device, uint32_t *registers)
{
	return protection_read(flash_protection(device->flash), registers) == TROUBLE_NONE;
}

/* @set makes the registers setting->wanted. */
static int finish(struct device *device, struct setting *setting, bool dry_run,
		  bool (*set)(struct protection *protection, uint32_t wanted))
{
	if (dry_run)
		return say_intent(device, setting);
	if ((setting->before != setting->wanted &&
	     !set(flash_protection(device->flash), setting->wanted)) ||
	    !read_registers(device, &setting->after) || !device_close(device))
		return device_failed(device);
	print_result(device, setting);
	return COMMAND_DONE;
}

static bool lift(struct protection *protection, uint32_t wanted)
{
	(void)wanted;
	/* That it is lifted for good is what was asked for. */
	if (protection->policy == UNPROTECT_RESTORE)
		protection->policy = UNPROTECT_AUTO;
	return protection_lift(protection) == TROUBLE_NONE;
}

static bool set(struct protection *protection, uint32_t wanted)
{
	return protection_set(protection, wanted) == 0;
}

static int run_unprotect(const struct command_line *line)
{
	bool dry_run = line->option[UNPROTECT_DRY_RUN] != NULL;
	unsigned use = dry_run ? DEVICE_READS : DEVICE_WRITES;
	struct device device;
	struct setting setting;

	if (!device_open(&device, &command_unprotect, line, use) ||
	    !read_registers(&device, &setting.before))
		return device_failed(&device);
	/* Bits that select nothing do no harm, and are left alone. */
	setting.wanted = setting.before;
	if (protection_active(device.part, setting.before))
		setting.wanted &= ~protection_mask(device.part);
	return finish(&device, &setting, dry_run, lift);
}

/* False if nobody knows what would protect the part. */
static bool find_wanted(struct device *device, bool told, uint32_t registers,
			struct setting *setting)
{
	const struct chipdb_part *part = device->part;
	const uint32_t mask = protection_mask(part);

	if (told && registers & ~mask) {
		observer_raise(
			&device->report.observer, TROUBLE_REGISTER_REFUSED, NO_RANGE,
			"--registers=0x%04x: on %s only the bits 0x%04x protect, and no others "
			"are set here",
			(unsigned)registers, part->name, (unsigned)mask);
		return false;
	}
	if (!told)
		registers = part->firmware_sr & mask;
	if (!told && !protection_active(part, registers)) {
		observer_raise(
			&device->report.observer, TROUBLE_SOC_UNKNOWN, NO_RANGE,
			"how Beken's firmware protects %s is not known: say --registers=HEX (of "
			"the bits 0x%04x)",
			part->name, (unsigned)mask);
		return false;
	}
	setting->wanted = (setting->before & ~mask) | registers;
	return true;
}

static int run_protect(const struct command_line *line)
{
	bool dry_run = line->option[PROTECT_DRY_RUN] != NULL;
	unsigned use = dry_run ? DEVICE_READS : DEVICE_WRITES;
	const char *text = line->option[PROTECT_REGISTERS];
	unsigned long registers = 0;
	struct device device;
	struct setting setting;
	char *end = NULL;

	device_begin(&device, &command_protect, line);
	if (text)
		registers = strtoul(text, &end, 16);
	if (text && (end == text || *end || text[0] == '-' || registers > 0xffffff)) {
		observer_raise(&device.report.observer, TROUBLE_USAGE, NO_RANGE,
			       "--registers=%s is no value of three registers, as "
			       "in --registers=0x4004",
			       text);
		return device_usage(&device);
	}
	if (!device_open(&device, &command_protect, line, use) ||
	    !read_registers(&device, &setting.before) ||
	    !find_wanted(&device, text != NULL, (uint32_t)registers, &setting))
		return device_failed(&device);
	return finish(&device, &setting, dry_run, set);
}

const struct command command_unprotect = {
	.name = "unprotect",
	.words = "",
	.summary = "Lift the write protection of the flash, and leave it lifted",
	.about = "No other command needs that: what writes lifts it by itself. The\n"
		 "registers are not written if nothing is protected.\n",
	.options = unprotect_options,
	.run = run_unprotect,
};

const struct command command_protect = {
	.name = "protect",
	.words = "",
	.summary = "Protect the flash against writes, as Beken's firmware does",
	.about = "Sets BP, TB, SEC and CMP, and no other bits: none that can never be\n"
		 "undone. The registers are not written if they are so already.\n",
	.options = protect_options,
	.examples = protect_examples,
	.run = run_protect,
};
