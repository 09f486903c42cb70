/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cli/beken_flash/say_next.h"

#include <stdio.h>
#include <string.h>

/* The names of kinds that are agreed to; a value may be longer, and these are not. */
#define KIND "%.60s"

/* Next steps with the options of this program, which are better than those of the kind. */
static const struct {
	enum trouble_kind kind;
	const char *try, *text;
} steps[] = {
	{TROUBLE_ADAPTER_FORBIDDEN, "doctor", NULL},
	{TROUBLE_ADAPTER_IN_USE, "doctor", NULL},
	{TROUBLE_CLOSED_RANGE, "wiring",
	 "Use SPI for that part of the flash; beken-flash wiring shows its wires"},
	{TROUBLE_JOURNAL_DAMAGED, "restore,resume --forget",
	 "beken-flash restore BACKUP brings the old content back; beken-flash resume --forget "
	 "removes the journal, and then write again"},
	{TROUBLE_KEPT, "--with-rf", "Use --with-rf to include it"},
	{TROUBLE_MANY_ADAPTERS, "--usb,list",
	 "Choose one with --usb=PORT; beken-flash list shows what is on them"},
	{TROUBLE_NO_MANIFEST, "--no-manifest,write",
	 "--no-manifest uses it as it is; beken-flash write FILE examines it first"},
	{TROUBLE_NO_ADAPTER, "--port",
	 "Is it plugged in, and does lsusb show it? In a virtual machine it has to be passed "
	 "through; a USB-serial adapter is used with --port=DEVICE"},
	{TROUBLE_NO_REGISTERS, "wiring",
	 "Use SPI for the status registers; beken-flash wiring shows its wires"},
	{TROUBLE_NOT_CONFIRMED, "--yes,--dry-run",
	 "Use --yes, or --dry-run to see what would be done"},
	{TROUBLE_REGISTER_REFUSED, "--registers", "Name only those bits with --registers=HEX"},
	{TROUBLE_REGISTER_UNKNOWN, "--registers", "Give the bits with --registers=HEX"},
	{TROUBLE_SOC_CONTRADICTED, "--soc", "Omit --soc"},
	{TROUBLE_SOC_UNKNOWN, "--soc", "Name it with --soc"},
	{TROUBLE_UNFINISHED, "resume,restore,resume --forget",
	 "beken-flash resume continues it; beken-flash restore BACKUP brings the old content "
	 "back; beken-flash resume --forget drops it"},
	{TROUBLE_STALE_BACKUP, "--backup", "Omit --backup, or give it the name of a new file"},
	{TROUBLE_WRONG_PLACE, "--at", "Give its address with --at=ADDRESS"},
};

/* Only SoCs that it may be, and no other one as an example. */
static void name_candidates(const struct identity *module, struct next *next)
{
	size_t text = 0, try = 0;

	for (size_t i = 0; i < module->soc_count; i++) {
		const char *name = module->socs[i]->name;

		text += (size_t)snprintf(next->text + text, sizeof(next->text) - text, "%s--soc=%s",
					 i ? " or " : "Use ", name);
		try += (size_t)snprintf(next->try + try, sizeof(next->try) - try, "%s--soc=%s",
					i ? "," : "", name);
	}
}

void next_of(const struct trouble *trouble, const struct identity *module, struct next *next)
{
	const struct trouble_value *refusal = trouble_value(trouble, "refusal");
	const struct trouble_value *consent = trouble_value(trouble, "consent");
	const char *doctor = say_doctor(trouble);

	*next = (struct next){.text = ""};
	snprintf(next->text, sizeof(next->text), "%s", trouble_next(trouble->kind));
	snprintf(next->try, sizeof(next->try), "%s", doctor[0] ? "doctor" : "");
	for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++)
		if (steps[i].kind == trouble->kind && !trouble->next[0]) {
			snprintf(next->try, sizeof(next->try), "%s", steps[i].try);
			if (steps[i].text)
				snprintf(next->text, sizeof(next->text), "%s", steps[i].text);
		}
	if (trouble->kind == TROUBLE_UNFINISHED && trouble_value(trouble, "which")) {
		snprintf(next->text, sizeof(next->text),
			 "Choose one by its number: beken-flash resume --journal=N continues it, "
			 "and with --forget drops it");
		snprintf(next->try, sizeof(next->try), "--journal");
	}
	if (trouble->kind == TROUBLE_SOC_UNKNOWN && module && module->soc_count > 1)
		name_candidates(module, next);
	if (trouble->next[0])
		snprintf(next->text, sizeof(next->text), "%s", trouble->next);
	/* Only a loss that the question named can be agreed to, and by that name. */
	if (consent && trouble->kind != TROUBLE_NOT_CONFIRMED) {
		snprintf(next->text, sizeof(next->text), "If that is what you want, use --yes=%s%s",
			 consent->text,
			 trouble->kind == TROUBLE_NEWER_CONTENT
				 ? "; beken-flash resume --forget drops the job"
				 : "");
		snprintf(next->try, sizeof(next->try), "--yes=" KIND, consent->text);
	} else if (refusal) {
		size_t length = strlen(next->text);

		snprintf(next->text + length, sizeof(next->text) - length,
			 "%s--force=%s overrides this", length ? "; " : "", refusal->text);
		snprintf(next->try, sizeof(next->try), "--force=" KIND, refusal->text);
	} else {
		size_t length = strlen(next->text);

		snprintf(next->text + length, sizeof(next->text) - length, "%s", doctor);
	}
}
