/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "programmer/programmer.h"

#include <stdlib.h>
#include <string.h>

/* The parameters of all programmers, and the text of those that belong to the link. */
struct common {
	char chip[40]; /* what an unknown flash is, see identify.h; usually empty */
	enum protection_policy unprotect;
	char *rest;
};

struct beken_programmer {
	struct common common;
	const struct observer *observer;
	struct link *link;
	struct part_identity identity;
	struct proxy *proxy;
};

static const struct programmer *find(const struct beken_options *options)
{
	if (!options->programmer)
		return programmers[0];
	for (size_t i = 0; programmers[i]; i++)
		if (strcmp(programmers[i]->name, options->programmer) == 0)
			return programmers[i];
	observer_raise(options->observer, TROUBLE_USAGE, NO_RANGE,
		       "there is no programmer called %s", options->programmer);
	return NULL;
}

static bool set_unprotect(struct common *common, const char *value)
{
	static const char *const words[] = {
		[UNPROTECT_AUTO] = "auto", [UNPROTECT_NO] = "no", [UNPROTECT_RESTORE] = "restore"};

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (strcmp(value, words[i]) == 0) {
			common->unprotect = (enum protection_policy)i;
			return true;
		}
	}
	return false;
}

static bool set_chip(struct common *common, const char *value)
{
	if (!identify_is_chip(value) || strlen(value) >= sizeof(common->chip))
		return false;
	strcpy(common->chip, value);
	return true;
}

/* A common parameter is taken; any other is passed to the link. */
static bool take(struct common *common, const char *item, const struct programmer *programmer,
		 const struct observer *observer)
{
	bool is_chip = strncmp(item, "chip=", 5) == 0;
	bool is_unprotect = strncmp(item, "unprotect=", 10) == 0;
	const char *value = strchr(item, '=');
	char there_is[LINK_PARAMETERS_ROOM];

	if (!is_chip && !is_unprotect) {
		if (common->rest[0])
			strcat(common->rest, ",");
		strcat(common->rest, item);
		return true;
	}
	if (is_chip ? set_chip(common, value + 1) : set_unprotect(common, value + 1))
		return true;
	observer_raise(observer, TROUBLE_USAGE, NO_RANGE,
		       "%s: bad value \"%s\" of %.*s. Possible: %s", programmer->name, value + 1,
		       (int)(value - item), item,
		       programmer->parameters(there_is, sizeof(there_is)));
	return false;
}

/* False after a trouble; then common->rest has to be freed, too. */
static bool split(const struct beken_options *options, const struct programmer *programmer,
		  struct common *common)
{
	char *copy = strdup(options->parameters ? options->parameters : ""), *state, *item;
	bool good = true;

	*common = (struct common){.rest = copy ? calloc(strlen(copy) + 1, 1) : NULL};
	if (!common->rest) {
		observer_raise(options->observer, TROUBLE_NO_MEMORY, NO_RANGE, "out of memory");
		free(copy);
		return false;
	}
	for (item = strtok_r(copy, ",", &state); item && good; item = strtok_r(NULL, ",", &state))
		good = take(common, item, programmer, options->observer);
	free(copy);
	return good;
}

static bool find_part(struct beken_programmer *beken, const struct identify_ask *ask)
{
	static const char *const source[] = {
		[IDENTITY_DATABASE] = "",
		[IDENTITY_FLASHROM] = ", described by flashrom",
		[IDENTITY_SFDP] = ", unknown; described by its own table",
		[IDENTITY_USER] = ", unknown; described by chip=",
		[IDENTITY_SIZE] = " made up from its size; nothing here tells which part it is",
	};
	const struct link *link = beken->link;
	const struct chipdb_part *part = &beken->identity.part;

	if (identify(link->die, link->id, beken->common.chip, ask, beken->observer,
		     &beken->identity))
		return false;
	observer_note(beken->observer, NOTE_INFO, TROUBLE_NONE,
		      "%s: %s%s%s, %u KiB (ID %02X %02X %02X%s)",
		      link->was_linked ? "the chip was in SPI mode already" : "linked", part->maker,
		      part->maker[0] ? " " : "", part->name, (unsigned)(part->size / 1024),
		      link->id[0], link->id[1], link->id[2], source[beken->identity.source]);
	if (!link->was_linked)
		observer_note(beken->observer, NOTE_DEBUG, TROUBLE_NONE, "resets needed: %u",
			      link->resets);
	return true;
}

struct beken_programmer *beken_open(const struct beken_options *options)
{
	const struct programmer *programmer = find(options);
	struct beken_programmer *beken = programmer ? calloc(1, sizeof(*beken)) : NULL;
	struct spi_pins pins = {.clock = NULL};

	if (!beken) {
		if (programmer)
			observer_raise(options->observer, TROUBLE_NO_MEMORY, NO_RANGE,
				       "out of memory");
		return NULL;
	}
	beken->observer = options->observer;
	if (split(options, programmer, &beken->common))
		beken->link = programmer->open(beken->common.rest, options->observer,
					       options->pins ? options->pins : &pins);
	free(beken->common.rest);
	beken->common.rest = NULL;
	if (beken->link && find_part(beken, options->ask))
		return beken;
	if (beken->link)
		beken->link->release(beken->link);
	free(beken);
	return NULL;
}

bool beken_check(const struct beken_options *options, struct link_intent *intent)
{
	const struct programmer *programmer = find(options);
	struct common common;
	bool good;

	if (!programmer)
		return false;
	good = split(options, programmer, &common) &&
	       programmer->check(common.rest, options->observer, intent);
	free(common.rest);
	return good;
}

enum trouble_kind beken_reset(const struct beken_options *options)
{
	const struct programmer *programmer = find(options);
	enum trouble_kind kind = TROUBLE_USAGE;
	struct common common;

	if (!programmer)
		return kind;
	if (!programmer->reset)
		return observer_raise(options->observer, TROUBLE_USAGE, NO_RANGE,
				      "%s cannot reset the chip", programmer->name);
	if (split(options, programmer, &common))
		kind = programmer->reset(common.rest, options->observer);
	free(common.rest);
	return kind;
}

const struct chipdb_part *beken_part(const struct beken_programmer *beken)
{
	return &beken->identity.part;
}

enum identity_source beken_part_source(const struct beken_programmer *beken)
{
	return beken->identity.source;
}

const char *beken_adapter(const struct beken_programmer *beken)
{
	return beken->link->kind;
}

const char *beken_place(const struct beken_programmer *beken)
{
	return beken->link->place;
}

const char *beken_port(const struct beken_programmer *beken)
{
	return beken->link->port;
}

uint32_t beken_clock_hz(const struct beken_programmer *beken)
{
	const struct link *link = beken->link;

	return link->bus ? link->bus->caps.clock_hz : link->clock_hz;
}

void beken_idle(struct beken_programmer *beken)
{
	die_idle(beken->link->die);
}

void beken_differed(struct beken_programmer *beken)
{
	die_differed(beken->link->die);
}

const char *beken_answers(const struct beken_programmer *beken)
{
	return beken->link->answers;
}

bool beken_tells_id(const struct beken_programmer *beken)
{
	return !beken->link->die->caps.no_id;
}

bool beken_has_registers(const struct beken_programmer *beken)
{
	return beken->link->die->caps.registers;
}

const struct die_cost *beken_cost(const struct beken_programmer *beken)
{
	return &beken->link->die->caps.cost;
}

uint32_t beken_known(struct beken_programmer *beken, struct range range)
{
	return die_known(beken->link->die, range);
}

struct proxy *beken_start(struct beken_programmer *beken, const struct proxy_options *options)
{
	struct proxy_options all = *options;

	all.part = &beken->identity.part;
	all.size_told = beken->identity.size_told;
	all.unprotect = beken->common.unprotect;
	all.observer = beken->observer;
	beken->proxy = proxy_new(beken->link->die, &all);
	return beken->proxy;
}

enum trouble_kind beken_close(struct beken_programmer *beken)
{
	bool interrupted = observer_cancelled(beken->observer);
	enum trouble_kind kind, released;

	/* Changes that were acknowledged to flashrom are written even after Ctrl-C. */
	if (beken->link->bus)
		beken->link->bus->whole = true;
	kind = proxy_close(beken->proxy, interrupted);
	released = beken->link->release(beken->link);
	free(beken);
	return kind ? kind : released;
}
