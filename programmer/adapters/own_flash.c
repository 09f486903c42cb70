/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "programmer/adapters/own_flash.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define DEVICES "/sys/bus/spi/devices"
#define MODEL "/sys/firmware/devicetree/base/model"

#define SELECTS_MOST 16
#define PI_5_BOOT_BUS 10

/* The first line, or "". */
static void read_line(const char *path, char *text, size_t room)
{
	FILE *file = fopen(path, "re");

	if (!file || !fgets(text, (int)room, file))
		text[0] = '\0';
	if (file)
		fclose(file);
	text[strcspn(text, "\n")] = '\0';
}

static bool names_a_flash(const char *text)
{
	static const char *const words[] = {"spi-nor", "m25p80", "spi-nand", "sst25", "dataflash"};

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (strstr(text, words[i]))
			return true;
	return false;
}

/*
 * The kernel drives it as a flash, or the device tree says that it is one, whoever drives it now:
 * such a device can be given to spidev by hand.
 */
static bool is_flash(unsigned bus, unsigned select, char *why, size_t room)
{
	char path[96], text[256] = "", *driver;

	snprintf(path, sizeof(path), DEVICES "/spi%u.%u/driver", bus, select);
	driver = readlink(path, text, sizeof(text) - 1) > 0 ? strrchr(text, '/') : NULL;
	if (driver && names_a_flash(driver)) {
		snprintf(why, room, "the kernel's driver %s has spi%u.%u", driver + 1, bus, select);
		return true;
	}
	snprintf(path, sizeof(path), DEVICES "/spi%u.%u/mtd", bus, select);
	if (access(path, F_OK) == 0) {
		snprintf(why, room, "spi%u.%u is an MTD device", bus, select);
		return true;
	}
	snprintf(path, sizeof(path), DEVICES "/spi%u.%u/modalias", bus, select);
	read_line(path, text, sizeof(text));
	if (names_a_flash(text)) {
		snprintf(why, room, "spi%u.%u is described as \"%.80s\"", bus, select, text);
		return true;
	}
	return false;
}

static bool is_pi_5(char *model, size_t room)
{
	static const char *const models[] = {"Raspberry Pi 5", "Raspberry Pi Compute Module 5"};

	read_line(MODEL, model, room);
	for (size_t i = 0; i < sizeof(models) / sizeof(models[0]); i++)
		if (strncmp(model, models[i], strlen(models[i])) == 0)
			return true;
	return false;
}

bool own_flash_on_bus(unsigned bus, char *why, size_t room)
{
	char model[80];

	if (bus == PI_5_BOOT_BUS && is_pi_5(model, sizeof(model))) {
		snprintf(why, room, "on a %s it is the bus of the boot EEPROM", model);
		return true;
	}
	for (unsigned select = 0; select < SELECTS_MOST; select++)
		if (is_flash(bus, select, why, room))
			return true;
	return false;
}
