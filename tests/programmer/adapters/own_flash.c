/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The computer's own flash, found in a sysfs that the test provides. */
#include "tests/unit.h"

#include <errno.h>
#include <stdio.h>
#include <unistd.h>

#include "programmer/adapters/own_flash.h"

#define DEVICES "/sys/bus/spi/devices/"
#define MODEL "/sys/firmware/devicetree/base/model"

FILE *__real_fopen(const char *path, const char *mode);
FILE *__wrap_fopen(const char *path, const char *mode);
FILE *__wrap_fopen64(const char *path, const char *mode);
ssize_t __wrap_readlink(const char *path, char *text, size_t room);
int __wrap_access(const char *path, int mode);

/* The entries: the target of a link, the content of a file, or a folder. */
static const struct sysfs {
	const char *path, *text;
} * sysfs;

static const char *content(const char *path)
{
	for (const struct sysfs *at = sysfs; at && at->path; at++)
		if (strcmp(at->path, path) == 0)
			return at->text;
	errno = ENOENT;
	return NULL;
}

FILE *__wrap_fopen(const char *path, const char *mode)
{
	const char *text;

	/* Coverage writes its files at the end of the program. */
	if (strncmp(path, "/sys/", 5) != 0)
		return __real_fopen(path, mode);
	text = content(path);
	return text ? fmemopen((char *)(uintptr_t)text, strlen(text), "r") : NULL;
}

FILE *__wrap_fopen64(const char *path, const char *mode)
{
	return __wrap_fopen(path, mode);
}

ssize_t __wrap_readlink(const char *path, char *text, size_t room)
{
	const char *target = content(path);
	size_t length = target ? strlen(target) : 0;

	if (!target)
		return -1;
	if (length > room)
		length = room;
	memcpy(text, target, length);
	return (ssize_t)length;
}

int __wrap_access(const char *path, int mode)
{
	assert_int_equal(mode, F_OK);
	return content(path) ? 0 : -1;
}

static void a_bus_with_nothing_or_with_spidev_alone_is_free(void **state)
{
	static const struct sysfs usual[] = {
		{DEVICES "spi0.0/driver", "../../../../../../bus/spi/drivers/spidev"},
		{DEVICES "spi0.0/modalias", "spi:spidev\n"},
		{MODEL, "Raspberry Pi 4 Model B Rev 1.4"},
		{NULL, NULL},
	};
	char why[160];

	(void)state;
	sysfs = NULL;
	assert_false(own_flash_on_bus(0, why, sizeof(why)));
	sysfs = usual;
	assert_false(own_flash_on_bus(0, why, sizeof(why)));
	assert_false(own_flash_on_bus(10, why, sizeof(why)));
}

static void a_flash_of_the_kernels_is_found_at_any_select_by_driver_mtd_or_description(void **state)
{
	static const struct {
		struct sysfs sysfs[2];
		const char *why;
	} rows[] = {
		{{{DEVICES "spi2.0/driver", "../../bus/spi/drivers/spi-nor"}},
		 "the kernel's driver spi-nor has spi2.0"},
		{{{DEVICES "spi2.15/driver", "../../bus/spi/drivers/m25p80"}},
		 "the kernel's driver m25p80 has spi2.15"},
		{{{DEVICES "spi2.1/driver", "../../bus/spi/drivers/mtd_dataflash"}},
		 "the kernel's driver mtd_dataflash has spi2.1"},
		{{{DEVICES "spi2.1/mtd", ""}}, "spi2.1 is an MTD device"},
		{{{DEVICES "spi2.3/modalias", "spi:spi-nand\n"}},
		 "spi2.3 is described as \"spi:spi-nand\""},
		{{{DEVICES "spi2.3/modalias", "spi:sst25wf040b\n"}},
		 "spi2.3 is described as \"spi:sst25wf040b\""},
	};
	char why[160];

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		sysfs = rows[i].sysfs;
		assert_true(own_flash_on_bus(2, why, sizeof(why)));
		assert_string_equal(why, rows[i].why);
		assert_false(own_flash_on_bus(1, why, sizeof(why)));
	}
}

/* A folder in the path may have such a name; only the driver's name counts. */
static void only_the_drivers_own_name_counts(void **state)
{
	static const struct sysfs odd[] = {
		{DEVICES "spi0.0/driver", "../../spi-nor/drivers/spidev"}, {NULL, NULL}};
	char why[160];

	(void)state;
	sysfs = odd;
	assert_false(own_flash_on_bus(0, why, sizeof(why)));
}

static void bus_10_of_a_pi_5_is_the_boot_eeproms(void **state)
{
	static const struct {
		const char *model;
		bool boots_from_it;
	} rows[] = {
		{"Raspberry Pi 5 Model B Rev 1.0", true},
		{"Raspberry Pi 500 Rev 1.0", true},
		{"Raspberry Pi Compute Module 5 Rev 1.0", true},
		{"Raspberry Pi Compute Module 4 Rev 1.0", false},
		{"Raspberry Pi", false},
		{"\n", false},
	};
	char why[160];

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		const struct sysfs model[] = {{MODEL, rows[i].model}, {NULL, NULL}};

		sysfs = model;
		assert_int_equal(own_flash_on_bus(10, why, sizeof(why)), rows[i].boots_from_it);
		if (rows[i].boots_from_it) {
			assert_non_null(strstr(why, rows[i].model));
			assert_non_null(strstr(why, "boot EEPROM"));
		}
		assert_false(own_flash_on_bus(0, why, sizeof(why)));
	}
	sysfs = NULL;
}

static void the_reason_is_cut_to_fit_its_buffer(void **state)
{
	static const struct sysfs flash[] = {{DEVICES "spi0.0/modalias", "spi:spi-nor\n"},
					     {NULL, NULL}};
	char why[9] = "........";

	(void)state;
	sysfs = flash;
	assert_true(own_flash_on_bus(0, why, 7));
	assert_string_equal(why, "spi0.0");
	sysfs = NULL;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_bus_with_nothing_or_with_spidev_alone_is_free),
		cmocka_unit_test(
			a_flash_of_the_kernels_is_found_at_any_select_by_driver_mtd_or_description),
		cmocka_unit_test(only_the_drivers_own_name_counts),
		cmocka_unit_test(bus_10_of_a_pi_5_is_the_boot_eeproms),
		cmocka_unit_test(the_reason_is_cut_to_fit_its_buffer),
	};

	return cmocka_run_group_tests_name("own_flash", tests, NULL, NULL);
}
