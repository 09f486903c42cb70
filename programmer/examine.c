/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "programmer/examine.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "programmer/bus/adapter.h"
#include "programmer/link/spi_link.h"
#include "programmer/link/spi_speed.h"
#include "programmer/link/spi_symptom.h"
#include "programmer/link/wire_look.h"

/* A chip that enters one time in three needs this many, nine times out of ten; see spi_params.c. */
#define TRIES 6
#define TRIES_QUICKLY 1

static bool is_common(const char *item)
{
	return strncmp(item, "chip=", 5) == 0 || strncmp(item, "unprotect=", 10) == 0;
}

/* The link's parameters, without those that all programmers have; to be freed. NULL: no memory. */
static char *link_parameters(const char *parameters)
{
	char *copy = strdup(parameters ? parameters : ""), *state, *item;
	char *rest = copy ? calloc(strlen(copy) + 1, 1) : NULL;

	if (rest)
		for (item = strtok_r(copy, ",", &state); item; item = strtok_r(NULL, ",", &state))
			if (!is_common(item)) {
				strcat(rest, rest[0] ? "," : "");
				strcat(rest, item);
			}
	free(copy);
	return rest;
}

static enum trouble_kind raise_fault(const struct observer *observer, enum trouble_kind kind,
				     const struct examined *examined)
{
	struct trouble trouble =
		trouble_seen(kind, "looking at the wires failed: %s", trouble_text(kind));

	trouble_add_text(&trouble, "port", "%s", examined->port);
	return observer_tell(observer, &trouble);
}

static bool has_modes(const char *kind)
{
	for (size_t i = 0; adapters[i]; i++)
		if (strcmp(adapters[i]->name, kind) == 0)
			return adapters[i]->mode_next;
	return false;
}

static enum trouble_kind open_and_look(struct spi_params *params, bool quickly,
				       const struct observer *observer, struct examined *examined)
{
	struct spi_bus *bus = spi_params_open(params, observer);
	const unsigned tries = quickly ? TRIES_QUICKLY : TRIES;
	enum trouble_kind kind = TROUBLE_NONE;

	if (!bus)
		return TROUBLE_NO_ADAPTER;
	examined->opened = true;
	examined->caps = bus->caps;
	examined->has_modes = has_modes(bus->caps.kind);
	snprintf(examined->port, sizeof(examined->port), "%s", bus->port);
	/* This examines the wires; whether they are too long for a fast clock shows when it links.
	 */
	if (bus->ops->set_speed && bus->caps.clock_hz > SPI_SPEED_SAFE_HZ)
		kind = bus->ops->set_speed(bus, SPI_SPEED_SAFE_HZ);
	if (params->link.tries > tries)
		params->link.tries = tries;
	if (!kind)
		kind = quickly ? wire_look_quickly(bus, &params->link, observer, &examined->seen)
			       : wire_look(bus, &params->link, observer, &examined->seen);
	if (kind)
		raise_fault(observer, kind, examined);
	else
		wire_judge(&examined->seen, &examined->verdict);
	examined->symptom = spi_symptom(&examined->seen.link, &bus->caps);
	adapter_close(bus);
	return kind;
}

enum trouble_kind beken_examine(const struct beken_options *options, bool quickly,
				struct examined *examined)
{
	char *parameters = link_parameters(options->parameters);
	enum trouble_kind kind = TROUBLE_USAGE;
	struct spi_params params;

	*examined = (struct examined){.opened = false};
	if (!parameters)
		return observer_raise(options->observer, TROUBLE_NO_MEMORY, NO_RANGE,
				      "out of memory");
	if (spi_params_parse(parameters, &params, options->observer))
		kind = open_and_look(&params, quickly, options->observer, examined);
	free(parameters);
	if (options->pins && examined->opened)
		*options->pins = examined->caps.pins;
	return kind;
}
