/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/programmer/adapters/fake_gpio.h"

#include <errno.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include <setjmp.h>
#include <cmocka.h>

#define CHIP_FD 1000
#define LINE_FD 2000

/* Numbers and layouts are from include/uapi/linux/gpio.h, Linux 5.10 and later. */
#define GET_CHIPINFO 0x8044b401ul
#define GET_LINEINFO 0xc100b405ul
#define GET_LINE 0xc250b407ul
#define GET_VALUES 0xc010b40eul
#define SET_VALUES 0xc010b40ful

#define USED 1u
#define OUTPUT 8u

struct fake_gpio gpio;
static struct fake_line *requested;

int __real_open(const char *path, int flags, ...);
int __real_close(int fd);
int __wrap_open(const char *path, int flags, ...);
int __wrap_open64(const char *path, int flags, ...);
int __wrap_close(int fd);
int __wrap_ioctl(int fd, unsigned long request, ...);
int __wrap_nanosleep(const struct timespec *time, struct timespec *left);

static int refuse(int error)
{
	errno = error;
	return -1;
}

int __wrap_open(const char *path, int flags, ...)
{
	unsigned number;

	/* Coverage writes its files at the end of the program. */
	if (strncmp(path, "/dev/", 5) != 0)
		return __real_open(path, flags, 0644);
	if (sscanf(path, "/dev/gpiochip%u", &number) != 1 || number >= 6 ||
	    !gpio.chips[number].name)
		return refuse(ENOENT);
	if (gpio.chips[number].error)
		return refuse(gpio.chips[number].error);
	gpio.open_fds++;
	return CHIP_FD + (int)number;
}

int __wrap_open64(const char *path, int flags, ...)
{
	return __wrap_open(path, flags);
}

int __wrap_close(int fd)
{
	if (fd < CHIP_FD)
		return __real_close(fd);
	assert_true(gpio.open_fds > 0);
	gpio.open_fds--;
	return 0;
}

int __wrap_nanosleep(const struct timespec *time, struct timespec *left)
{
	(void)time;
	(void)left;
	return 0;
}

uint64_t gpio_get(const uint8_t *bytes, size_t width)
{
	uint64_t wide;
	uint32_t narrow;

	if (width == 8) {
		memcpy(&wide, bytes, 8);
		return wide;
	}
	memcpy(&narrow, bytes, 4);
	return narrow;
}

void gpio_put(uint8_t *bytes, uint64_t value, size_t width)
{
	uint32_t narrow = (uint32_t)value;

	if (width == 8)
		memcpy(bytes, &value, 8);
	else
		memcpy(bytes, &narrow, 4);
}

static int chip_info(const struct fake_chip *chip, uint8_t *info)
{
	memset(info, 0, 68);
	memcpy(info, chip->name, strlen(chip->name));
	memcpy(info + 32, chip->label, strlen(chip->label));
	gpio_put(info + 64, FAKE_LINES, 4);
	return 0;
}

static int line_info(const struct fake_chip *chip, uint8_t *info)
{
	const struct fake_line *line;

	if (gpio_get(info + 64, 4) >= FAKE_LINES)
		return refuse(EINVAL);
	line = &chip->lines[gpio_get(info + 64, 4)];
	if (line->name)
		memcpy(info, line->name, strlen(line->name));
	if (line->consumer)
		memcpy(info + 32, line->consumer, strlen(line->consumer));
	gpio_put(info + 72, (line->consumer ? USED : 0) | (line->output ? OUTPUT : 0), 8);
	return 0;
}

static int request_line(struct fake_chip *chip, uint8_t *wanted)
{
	uint64_t flags = gpio_get(wanted + 288, 8);

	assert_int_equal(gpio_get(wanted + 560, 4), 1);
	if (gpio_get(wanted, 4) >= FAKE_LINES)
		return refuse(EINVAL);
	requested = &chip->lines[gpio_get(wanted, 4)];
	if (requested->consumer)
		return refuse(EBUSY);
	if (flags & OUTPUT) {
		memcpy(gpio.request, wanted, sizeof(gpio.request));
		requested->output = true;
		requested->low = false;
		gpio.level = true;
	}
	gpio_put(wanted + 588, LINE_FD, 4);
	gpio.open_fds++;
	return 0;
}

int __wrap_ioctl(int fd, unsigned long request, ...)
{
	struct fake_chip *chip = &gpio.chips[fd < LINE_FD ? fd - CHIP_FD : 0];
	va_list arguments;
	uint8_t *argument;

	va_start(arguments, request);
	argument = va_arg(arguments, uint8_t *);
	va_end(arguments);
	switch (request) {
	case GET_CHIPINFO:
		return chip_info(chip, argument);
	case GET_LINEINFO:
		return line_info(chip, argument);
	case GET_LINE:
		return request_line(chip, argument);
	case GET_VALUES:
		gpio_put(argument, !requested->low && !requested->held, 8);
		return 0;
	case SET_VALUES:
		if (gpio.set_error)
			return refuse(gpio.set_error);
		if (gpio.set < 16)
			memcpy(gpio.values[gpio.set], argument, 16);
		gpio.set++;
		gpio.level = gpio_get(argument, 8) & 1;
		requested->low = !gpio.level;
		return 0;
	default:
		fail_msg("no such request: %lx", request);
		return -1;
	}
}
