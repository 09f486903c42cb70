/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/torture/lamp.h"

#include "sim/model/prng.h"
#include "tests/image/make.h"
#include "tests/torture/files.h"

#define RF 0x1d0000u
#define SETTINGS 0x1ed000u

void lamp_fill(uint8_t *die, uint32_t size)
{
	static const uint8_t mac[] = {0xc8, 0x47, 0x8c, 0, 0, 1};
	static struct bytes dump; /* made once, since it takes a while */
	struct recipe recipe = recipe_for("BK7231N");

	if (!dump.data)
		dump = make_dump(&recipe, size);
	memcpy(die, dump.data, size);
	memcpy(die + RF + 36, mac, sizeof(mac));
	for (unsigned i = 0; i < 64; i++)
		die[RF + 0x100 + i] = (uint8_t)(i * 5 + 37);
	memset(die + SETTINGS, 0x41, 100);
}

void lamp_fill_full(uint8_t *die, uint32_t size, uint32_t seed)
{
	static const uint8_t config[8] = {'C', 'F', 'G', 9, 5};
	struct prng prng = {.state = seed};

	lamp_fill(die, size);
	for (uint32_t i = LAMP_FULL; i < LAMP_FULL_END; i++)
		die[i] = (uint8_t)prng_next(&prng);
	memcpy(die + LAMP_OTHER_RF, die + RF, 0x1000);
	memcpy(die + LAMP_OTHER_SETTINGS, config, sizeof(config));
}

void lamp_put_app(const char *path, uint8_t *wanted)
{
	static struct bytes app;
	struct recipe recipe = recipe_for("BK7231N");

	recipe.seed += 1;
	recipe.app_code = 0x2000;
	if (!app.data)
		app = make_app(&recipe);
	files_put(path, app.data, app.size);
	memcpy(wanted + APP, app.data, app.size);
}
