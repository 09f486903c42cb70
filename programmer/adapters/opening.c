/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "programmer/adapters/opening.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

void *opening_begin(size_t size, const struct spi_adapter_ops *ops, const struct observer *observer)
{
	struct spi_bus *bus = calloc(1, size);

	if (!bus) {
		observer_raise(observer, TROUBLE_NO_MEMORY, NO_RANGE, "out of memory");
		return NULL;
	}
	bus->ops = ops;
	bus->observer = observer;
	return bus;
}

struct spi_bus *opening_end(struct spi_bus *bus, enum trouble_kind kind, bool there)
{
	struct trouble trouble;

	if (!kind)
		return bus;
	if (there) {
		trouble = trouble_seen(kind, "the %s at %s=%s does not take commands (%s)",
				       bus->caps.kind, bus->caps.place, bus->port,
				       trouble_text(kind));
		trouble_add_text(&trouble, bus->caps.place, "%s", bus->port);
		observer_tell(bus->observer, &trouble);
	}
	bus->ops->close(bus);
	return NULL;
}

int opening_own_cen(struct spi_bus *bus, const struct adapter_wish *wish, const char *prefix,
		    const char *digits)
{
	const char *value = wish->cen;
	size_t length = strlen(prefix);

	if (!value || strncmp(value, prefix, length) != 0 || !value[length] || value[length + 1] ||
	    !strchr(digits, value[length]))
		return -1;
	for (size_t i = 0; i <= length + 1; i++)
		bus->caps.pins.cen[i] = (char)toupper((unsigned char)value[i]);
	return value[length] - '0';
}
