/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sim/model/nor_mishap.h"

const char *nor_mishap_name(enum nor_mishap_kind kind)
{
	static const char *const names[] = {
#define X(id, name) [NOR_MISHAP_##id] = (name),
		NOR_MISHAPS(X)
#undef X
	};

	return names[kind];
}

uint8_t nor_mishap_mosi(const struct nor_mishap *mishap, uint64_t window, uint32_t index,
			uint8_t mosi)
{
	if (index == 0 && nor_mishap_is(mishap, window, NOR_MISHAP_FLIP_COMMAND))
		return mosi ^ 0x04;
	if (index == 1 && nor_mishap_is(mishap, window, NOR_MISHAP_FLIP_ADDRESS))
		return mosi ^ 0x02;
	if (index == 4 && nor_mishap_is(mishap, window, NOR_MISHAP_FLIP_DATA))
		return mosi ^ 0x20;
	return mosi;
}
