/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/engine/pair.h"

#include <stdlib.h>

#define MIB (1u << 20)
#define CALIBRATION_MAC 36
#define STORAGE_AT 0x1ee000u
#define STORAGE_MOST 0x13000u
#define NOISE 0x100u

/* What is known of each SoC. Its calibration, what lies behind that, and what is in .more stay. */
static const struct fact {
	const char *soc;
	bool keyed;
	uint32_t calibration, net;
	struct range kept[PAIR_KEPT];
	const char *runs; /* it runs code of this SoC, too */
	const char *called;
} facts[] = {
	{"BK7231T", true, 0x1e0000, 0x1e1000, {{0x1d8000, 0x28000}}, NULL, "S"},
	{"BK7231N", true, 0x1d0000, 0x1d1000, {{0x1d0000, 0x30000}}, NULL, "N"},
	{"BK7231M", false, 0x1d0000, 0x1d1000, {{0x1d0000, 0x3000}}, "BL2028N", "N"},
	{"BL2028N",
	 false,
	 0x1e0000,
	 0x1e1000,
	 {{0x1e0000, 0x3000}, {0x1f3000, 0x1000}},
	 "BK7231M",
	 "N"},
	{"BK7231U", false, 0x1e0000, 0x1e1000, {{0x1e0000, 0x3000}}, NULL, "U"},
	{"BK7231Q", false, 0x1e0000, 0x1e1000, {{0x1e0000, 0x3000}}, NULL, "Q"},
	{"BK7238", false, 0x1e0000, 0x1e1000, {{0x1e0000, 0x20000}}, NULL, "38"},
	{"BK7252", false, 0x1e0000, 0x1e1000, {{0x1e0000, 0x3000}, {0x3fe000, 0x2000}}, NULL, "51"},
	{"BK7252N", false, 0x1e0000, 0x1e1000, {{0x1e0000, 0x3000}}, NULL, "52N"},
};
#define FACTS COUNT_OF(facts)

static size_t fact_of(const char *soc)
{
	for (size_t i = 0; i < FACTS; i++)
		if (strcmp(facts[i].soc, soc) == 0)
			return i;
	fail_msg("nothing is known of %s", soc);
	return 0;
}

/* --- what modules and files hold --- */

static struct recipe recipe_of(const char *soc, enum recipe_key key, bool holds_key, bool nameless)
{
	struct recipe recipe = recipe_for(soc);

	recipe.boot_code = 0x2000;
	recipe.app_code = 0x2000;
	recipe.key = key;
	recipe.holds_key = holds_key;
	recipe.nameless = nameless;
	if (nameless)
		recipe.built_for = "BK";
	return recipe;
}

static void put_noise(struct bytes bytes, size_t at, uint32_t seed)
{
	if (at + NOISE > bytes.size)
		return;
	for (size_t i = 0; i < NOISE; i++)
		bytes.data[at + i] = (uint8_t)test_random(&seed);
}

static void put_storage(uint8_t *at, uint32_t seed)
{
	static const uint8_t zeros[16] = {0x46, 0xdc, 0xed, 0x0e, 0x67, 0x2f, 0x3b, 0x70,
					  0xae, 0x12, 0x76, 0xa3, 0xf8, 0x71, 0x2e, 0x03};

	for (size_t i = 0; i < 0x2000; i++)
		at[i] = (uint8_t)test_random(&seed);
	memcpy(at + 32, zeros, sizeof(zeros));
	memcpy(at + 48, zeros, sizeof(zeros));
}

static void put_settings(uint8_t *at, uint32_t seed)
{
	for (size_t i = 0; i < 0xe00; i++)
		at[i] = (uint8_t)test_random(&seed);
	memcpy(at, "CFG\x5a\x04\0\0\0", 8);
}

static struct bytes make_whole(struct recipe recipe, size_t size, uint32_t unit)
{
	const struct fact *fact = &facts[fact_of(recipe.soc)];
	struct bytes die;

	recipe.seed += unit;
	die = make_dump(&recipe, size);
	die.data[fact->calibration + CALIBRATION_MAC + 5] = (uint8_t)unit;
	put_settings(die.data + fact->net, unit);
	put_storage(die.data + STORAGE_AT, unit);
	put_noise(die, 0x150000, unit);
	put_noise(die, fact->kept[0].start - NOISE, unit);
	for (size_t i = 0; i < PAIR_KEPT && fact->kept[i].length; i++) {
		put_noise(die, fact->kept[i].start + fact->kept[i].length - NOISE, unit);
		put_noise(die, fact->kept[i].start + fact->kept[i].length, unit);
	}
	return die;
}

enum { OWN = 1, OTHERS = 2, BEFORE = 3 };

static size_t size_of(const struct pair_module *module)
{
	return module->size ? module->size : 2 * MIB;
}

static void put_foreign(struct bytes die, const char *soc)
{
	struct recipe recipe = recipe_for(strcmp(soc, "BK7231T") == 0 ? "BK7231N" : "BK7231T");
	struct bytes app = make_app(&recipe);

	memcpy(die.data, app.data, app.size);
	free_bytes(app);
}

struct bytes pair_make_module(const struct pair_module *module)
{
	struct bytes die;

	if (module->start == BLANK)
		return make_bytes(size_of(module), 0xff);
	die = make_whole(recipe_of(module->soc, module->key, module->holds_key, module->nameless),
			 size_of(module), OWN);
	switch (module->start) {
	case NO_BOOTLOADER:
		memset(die.data, 0xff, APP);
		break;
	case FOREIGN_APP:
		put_foreign(die, module->soc);
		break;
	case NO_CALIBRATION:
		memset(die.data + facts[fact_of(module->soc)].calibration, 0xff, 0x1000);
		break;
	case STARTS:
	case BLANK:
		break;
	}
	return die;
}

static struct bytes make_rotated_of(struct bytes dump)
{
	struct bytes rotated = make_rotated(dump, APP);

	free_bytes(dump);
	return rotated;
}

/* The calibration is the module's own; everything else was different then. */
static struct bytes make_backup(const struct pair_module *module, struct bytes die)
{
	const struct fact *fact = &facts[fact_of(module->soc)];
	struct bytes own =
		make_whole(recipe_of(module->soc, module->key, module->holds_key, module->nameless),
			   size_of(module), BEFORE);

	memcpy(own.data + fact->calibration, die.data + fact->calibration, 0x1000);
	return own;
}

bool pair_depends(const struct pair_file *file)
{
	return file->what == OWN_BACKUP || file->what == OWN_ROTATED;
}

static struct bytes make_region(enum pair_what what)
{
	bool storage = what == STORAGE || what == STORAGE_PLACED;
	struct bytes bytes = make_bytes(storage ? 0x2000 : 0x1000, 0xff);

	if (storage)
		put_storage(bytes.data, OTHERS);
	else
		put_settings(bytes.data, OTHERS);
	return bytes;
}

static struct bytes make_calibration(uint8_t unit)
{
	struct bytes rf = make_rf();

	rf.data[CALIBRATION_MAC + 5] = unit;
	return rf;
}

struct bytes pair_make_file(const struct pair_file *file, const struct pair_module *module,
			    struct bytes die)
{
	struct recipe recipe;

	switch (file->what) {
	case OWN_BACKUP:
		return make_backup(module, die);
	case OWN_ROTATED:
		return make_rotated_of(make_backup(module, die));
	case OWN_CALIBRATION:
		return make_calibration(OWN);
	case OTHER_CALIBRATION:
		return make_calibration(OTHERS);
	case STORAGE:
	case STORAGE_PLACED:
	case SETTINGS:
	case SETTINGS_PLACED:
		return make_region(file->what);
	default:
		break;
	}
	recipe = recipe_of(file->soc, file->key, file->holds_key, file->nameless);
	switch (file->what) {
	case DUMP:
		return make_whole(recipe, 2 * MIB, OTHERS);
	case ROTATED_DUMP:
		return make_rotated_of(make_whole(recipe, 2 * MIB, OTHERS));
	case APPLICATION:
		return make_app(&recipe);
	case BOOTLOADER:
		return make_bootloader(&recipe);
	default:
		return file->spoil ? file->spoil(make_qio(&recipe)) : make_qio(&recipe);
	}
}

/* --- the rule --- */

static bool is_keyed(const struct fact *fact, enum recipe_key key)
{
	return key == KEY_USUAL ? fact->keyed : key != KEY_NONE;
}

/* The key of a file, or of a module, whose SoC is known. */
static bool same_coding(const char *soc, enum recipe_key key, const char *other,
			enum recipe_key other_key)
{
	bool keyed = is_keyed(&facts[fact_of(soc)], key);

	if (keyed != is_keyed(&facts[fact_of(other)], other_key))
		return false;
	return !keyed || key == other_key;
}

static bool runs(const struct fact *fact, const char *code_for)
{
	return strcmp(fact->soc, code_for) == 0 ||
	       (fact->runs && strcmp(fact->runs, code_for) == 0);
}

static bool has_calibration_at(const struct fact *fact, uint32_t at)
{
	bool tuyas_7238 = strcmp(fact->soc, "BK7238") == 0 && at == 0x1e3000;
	bool other_2028 = strcmp(fact->soc, "BL2028N") == 0 && at == 0x1f3000;

	return fact->calibration == at || tuyas_7238 || other_2028;
}

/* An unknown key hides the names as well. */
static bool is_named(bool nameless, enum recipe_key key, bool holds_key)
{
	return !nameless && (key < KEY_OTHER || holds_key);
}

static bool starts(const struct pair_module *module)
{
	return module->start == STARTS || module->start == NO_CALIBRATION;
}

/* All SoCs that it may be, by its bootloader, the place of its calibration, and its coding. */
static unsigned candidates(const struct pair_module *module)
{
	unsigned all = 0;
	const struct fact *own;

	if (module->start == BLANK)
		return (1u << FACTS) - 1;
	own = &facts[fact_of(module->soc)];
	for (size_t i = 0; i < FACTS; i++) {
		bool may = true;

		if (module->start != NO_CALIBRATION)
			may = has_calibration_at(&facts[i], own->calibration);
		if (module->start != FOREIGN_APP)
			may &= is_keyed(&facts[i], KEY_USUAL) == is_keyed(own, module->key);
		if (starts(module) && is_named(module->nameless, module->key, module->holds_key))
			may &= strcmp(facts[i].called, own->called) == 0;
		all |= (unsigned)may << i;
	}
	return all;
}

/* At most a few are left, which have their calibration in the same place. */
static bool is_known(const struct pair_module *module)
{
	unsigned all = candidates(module), count = 0;
	uint32_t at = 0;

	for (size_t i = 0; i < FACTS; i++) {
		if (!(all >> i & 1))
			continue;
		if (count++ > 0 && facts[i].calibration != at)
			return false;
		at = facts[i].calibration;
	}
	return count > 0 && count <= 4;
}

/* A BK7231N without a key is a BK7231M. */
static const char *soc_of(const struct pair_file *file)
{
	return file->key == KEY_NONE && strcmp(file->soc, "BK7231N") == 0 ? "BK7231M" : file->soc;
}

/* Without a bootloader: the application in its place names another SoC. */
static bool application_denies(const struct pair_file *file, const struct pair_module *module)
{
	return module->start == NO_BOOTLOADER && !module->nameless &&
	       strcmp(facts[fact_of(module->soc)].called, facts[fact_of(soc_of(file))].called) != 0;
}

/* Whether all of them run the file; where nothing starts yet, whether one of them does. */
static bool fits(const struct pair_file *file, const struct pair_module *module)
{
	unsigned all = candidates(module), others = 0, any = 0;

	/* If it has a key that only this module has. */
	if (!is_named(file->nameless, file->key, file->holds_key))
		return file->key >= KEY_OTHER && module->start != BLANK &&
		       module->start != FOREIGN_APP && file->key == module->key;
	for (size_t i = 0; i < FACTS; i++) {
		if (!(all >> i & 1))
			continue;
		if (runs(&facts[i], soc_of(file)))
			any++;
		else
			others++;
	}
	if (starts(module) || others == 0)
		return any > 0 && others == 0;
	return any > 0 && !application_denies(file, module);
}

static bool brings_a_bootloader(const struct pair_file *file)
{
	return file->what == QIO || file->what == BOOTLOADER || file->what == DUMP ||
	       file->what == ROTATED_DUMP;
}

static bool code_goes(const struct pair_file *file, const struct pair_module *module)
{
	bool whole = file->what == DUMP || file->what == ROTATED_DUMP;
	bool runs_code = module->start != BLANK && module->start != FOREIGN_APP;

	if (!brings_a_bootloader(file) && !starts(module))
		return false;
	if (whole && size_of(module) != 2 * MIB)
		return false;
	if (runs_code && !same_coding(file->soc, file->key, module->soc, module->key))
		return false;
	return fits(file, module);
}

bool pair_goes(const struct pair_file *file, const struct pair_module *module)
{
	switch (file->what) {
	case QIO:
	case APPLICATION:
	case BOOTLOADER:
	case DUMP:
	case ROTATED_DUMP:
		return code_goes(file, module);
	case OWN_BACKUP:
	case OWN_ROTATED:
		return true;
	case OWN_CALIBRATION:
		return is_known(module);
	case OTHER_CALIBRATION: /* without calibration, none is lost */
		return is_known(module) && module->start == NO_CALIBRATION;
	case STORAGE_PLACED:
	case SETTINGS_PLACED:
		return is_known(module);
	case STORAGE:
	case SETTINGS:
	case NEVER:
		break;
	}
	return false;
}

bool pair_address(const struct pair_file *file, const struct pair_module *module, uint32_t *address)
{
	*address = file->what == STORAGE_PLACED ? STORAGE_AT
		   : module->soc		? facts[fact_of(module->soc)].net
						: facts[0].net;
	return file->what == STORAGE_PLACED || file->what == SETTINGS_PLACED;
}

static void put_back(struct bytes outcome, struct bytes die, struct range range)
{
	if (range.start < outcome.size && range.length <= outcome.size - range.start)
		memcpy(outcome.data + range.start, die.data + range.start, range.length);
}

/*
 * What a dump leaves as it is: whatever any SoC keeps that the module may have. A blank module has
 * nothing to keep, and becomes what the file is for. Settings and calibration stay wherever the
 * module or the file has them.
 */
static void keep(const struct pair_file *file, const struct pair_module *module, struct bytes die,
		 struct bytes outcome)
{
	unsigned all = module->soc ? candidates(module) : 1u << fact_of(file->soc);
	uint32_t left = (uint32_t)outcome.size - STORAGE_AT;

	for (size_t i = 0; i < FACTS; i++)
		for (size_t k = 0; all >> i & 1 && k < PAIR_KEPT; k++)
			put_back(outcome, die, facts[i].kept[k]);
	if (file->soc) {
		const struct fact *fact = &facts[fact_of(file->soc)];

		put_back(outcome, die, (struct range){fact->calibration, 0x1000});
		put_back(outcome, die, (struct range){fact->net, 0x1000});
	}
	put_back(outcome, die,
		 (struct range){STORAGE_AT, left < STORAGE_MOST ? left : STORAGE_MOST});
}

static uint32_t usual_place(const struct pair_file *file, const struct pair_module *module)
{
	uint32_t at;

	if (file->what == OWN_CALIBRATION || file->what == OTHER_CALIBRATION)
		return facts[fact_of(module->soc)].calibration;
	if (pair_address(file, module, &at))
		return at;
	return file->what == APPLICATION ? APP : 0;
}

struct bytes pair_outcome(const struct pair_file *file, const struct pair_module *module,
			  struct bytes die, struct bytes content)
{
	struct bytes outcome = make_copy(die, 0, die.size), turned;

	switch (file->what) {
	case ROTATED_DUMP:
	case OWN_ROTATED:
		turned = make_rotated(content, content.size - APP);
		memcpy(outcome.data, turned.data, turned.size);
		free_bytes(turned);
		keep(file, module, die, outcome);
		break;
	case DUMP:
	case OWN_BACKUP:
		memcpy(outcome.data, content.data, content.size);
		keep(file, module, die, outcome);
		break;
	default:
		memcpy(outcome.data + usual_place(file, module), content.data, content.size);
	}
	return outcome;
}
