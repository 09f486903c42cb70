/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "programmer/adapters/gpio_line.h"
#include "programmer/adapters/node_ioctl.h"
#include "programmer/adapters/node_trouble.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/gpio.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define CONSUMER "beken-cen"

/* The header of a Pi 5 was number 4, is 0, and has neighbours from 10 on. */
#define CHIPS_MOST 64
#define LINES_MOST 1024

#define BANK_LINES 32

/* A slow CEN has a capacitor. */
#define RISE_MS 100
#define RISE_STEP_MS 5

struct gpio_cen {
	struct cen cen;
	int fd;
};

struct line {
	int chip; /* descriptor, or -1 */
	char path[32];
	uint32_t offset;
	unsigned found; /* number of chips with a line of this name */
	int error;	/* of a chip that could not be opened; and its number */
	char forbidden[32];
};

bool gpio_line_is(const char *value)
{
	static const char digits[] = "0123456789";
	static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_.-";
	const char *colon = strrchr(value, ':');
	char all[sizeof(digits) + sizeof(letters)];

	snprintf(all, sizeof(all), "%s%s", digits, letters);
	if (strlen(value) >= sizeof(((struct cen *)0)->name) || !value[0] || value == colon)
		return false;
	if (!colon) /* a mistyped word must not be taken for a line */
		return !strchr(digits, value[0]) && !value[strspn(value, all)] &&
		       value[strcspn(value, digits)];
	return value + strspn(value, all) == colon && colon[1] && strlen(colon + 1) < 5 &&
	       !colon[1 + strspn(colon + 1, digits)];
}

static bool same_name(const char *name, const char *from_kernel, size_t room)
{
	return strlen(name) < room && strncmp(name, from_kernel, room) == 0;
}

/* "PB21" of Allwinner. */
static bool in_bank(const char *value, const struct gpiochip_info *chip, uint32_t *offset)
{
	static const char ending[] = ".pinctrl";
	size_t len = strnlen(chip->label, sizeof(chip->label));
	unsigned number;
	char letter, end;

	if (len < sizeof(ending) ||
	    memcmp(chip->label + len - (sizeof(ending) - 1), ending, sizeof(ending) - 1) != 0)
		return false;
	if (sscanf(value, "P%c%2u%c", &letter, &number, &end) != 2 || letter < 'A' ||
	    letter > 'Z' || number >= BANK_LINES)
		return false;
	*offset = (uint32_t)(letter - 'A') * BANK_LINES + number;
	return *offset < chip->lines;
}

static bool has_line(int fd, const char *value, const struct gpiochip_info *chip, uint32_t *offset)
{
	const char *colon = strrchr(value, ':');
	char name[sizeof(((struct cen *)0)->name)];

	if (colon) {
		snprintf(name, sizeof(name), "%.*s", (int)(colon - value), value);
		*offset = (uint32_t)strtoul(colon + 1, NULL, 10);
		return (same_name(name, chip->name, sizeof(chip->name)) ||
			same_name(name, chip->label, sizeof(chip->label))) &&
		       *offset < chip->lines;
	}
	for (*offset = 0; *offset < chip->lines && *offset < LINES_MOST; ++*offset) {
		struct gpio_v2_line_info info = {.offset = *offset};

		if (node_ioctl(fd, GPIO_V2_GET_LINEINFO_IOCTL, &info) == 0 &&
		    same_name(value, info.name, sizeof(info.name)))
			return true;
	}
	return in_bank(value, chip, offset);
}

/* The chip stays open if the line is one of its lines. */
static void look_at_chip(struct line *line, unsigned number, const char *value)
{
	struct gpiochip_info info = {.lines = 0};
	uint32_t offset;
	char path[32];
	int fd;

	snprintf(path, sizeof(path), "/dev/gpiochip%u", number);
	fd = open(path, O_RDWR | O_CLOEXEC);
	if (fd < 0 && errno != ENOENT) {
		line->error = errno;
		memcpy(line->forbidden, path, sizeof(path));
	}
	if (fd < 0)
		return;
	/* A link to another chip has that chip's name. */
	if (node_ioctl(fd, GPIO_GET_CHIPINFO_IOCTL, &info) ||
	    !same_name(path + strlen("/dev/"), info.name, sizeof(info.name)) ||
	    !has_line(fd, value, &info, &offset) || line->found++ > 0) {
		close(fd);
		return;
	}
	line->chip = fd;
	line->offset = offset;
	memcpy(line->path, path, sizeof(path));
}

/* Raises what is wrong. */
static bool find_line(struct line *line, const char *value, const struct observer *observer)
{
	struct trouble trouble;

	*line = (struct line){.chip = -1};
	for (unsigned i = 0; i < CHIPS_MOST; i++)
		look_at_chip(line, i, value);
	if (line->found == 1)
		return true;
	if (line->found > 1) {
		observer_raise(observer, TROUBLE_USAGE, NO_RANGE,
			       "several chips have a GPIO line %s: name one, as in "
			       "cen=gpiochip0:25 (gpioinfo lists them)",
			       value);
	} else if (line->error) {
		raise_node(observer, line->error, line->forbidden);
	} else {
		trouble = trouble_seen(TROUBLE_NO_ADAPTER, "there is no GPIO line %s here", value);
		trouble_set_next(&trouble,
				 "gpioinfo lists the lines. Linux 5.10 or later is needed");
		observer_tell(observer, &trouble);
	}
	if (line->chip >= 0)
		close(line->chip);
	return false;
}

static void raise_taken(const struct observer *observer, const struct line *line, const char *name)
{
	struct gpio_v2_line_info info = {.offset = line->offset};
	struct trouble trouble;
	char consumer[GPIO_MAX_NAME_SIZE + 1] = "something unknown";

	if (node_ioctl(line->chip, GPIO_V2_GET_LINEINFO_IOCTL, &info) == 0 && info.consumer[0])
		snprintf(consumer, sizeof(consumer), "%.32s", info.consumer);
	trouble = trouble_seen(TROUBLE_ADAPTER_IN_USE, "the GPIO line %s is used by \"%s\"", name,
			       consumer);
	trouble_add_text(&trouble, "consumer", "%s", consumer);
	trouble_set_next(&trouble,
			 "End the other program, or wire CEN to another line: one that is "
			 "a chip select of the SPI bus (\"spi0 CS0\") cannot be CEN");
	observer_tell(observer, &trouble);
}

/* An earlier program may have ended while it held the line low; on some systems it stays low. */
static bool was_left_low(const struct line *line)
{
	struct gpio_v2_line_info info = {.offset = line->offset};
	struct gpio_v2_line_request as_it_is = {
		.offsets = {line->offset}, .num_lines = 1, .consumer = CONSUMER};
	struct gpio_v2_line_values values = {.mask = 1, .bits = 1};

	if (node_ioctl(line->chip, GPIO_V2_GET_LINEINFO_IOCTL, &info) ||
	    info.flags & GPIO_V2_LINE_FLAG_USED || !(info.flags & GPIO_V2_LINE_FLAG_OUTPUT) ||
	    node_ioctl(line->chip, GPIO_V2_GET_LINE_IOCTL, &as_it_is))
		return false;
	if (node_ioctl(as_it_is.fd, GPIO_V2_LINE_GET_VALUES_IOCTL, &values))
		values.bits = 1;
	close(as_it_is.fd);
	return !(values.bits & 1);
}

static bool request(struct gpio_cen *gpio, const struct line *line, bool push_pull,
		    const struct observer *observer)
{
	struct gpio_v2_line_request wanted = {
		.offsets = {line->offset},
		.num_lines = 1,
		.consumer = CONSUMER,
		.config = {
			.flags = GPIO_V2_LINE_FLAG_OUTPUT,
			/* Without it the line begins at 0, which resets the SoC. */
			.num_attrs = 1,
			.attrs = {{.attr = {.id = GPIO_V2_LINE_ATTR_ID_OUTPUT_VALUES, .values = 1},
				   .mask = 1}},
		}};

	if (!push_pull)
		wanted.config.flags |=
			GPIO_V2_LINE_FLAG_OPEN_DRAIN | GPIO_V2_LINE_FLAG_BIAS_PULL_UP;
	if (node_ioctl(line->chip, GPIO_V2_GET_LINE_IOCTL, &wanted) == 0) {
		gpio->fd = wanted.fd;
		return true;
	}
	if (errno == EBUSY)
		raise_taken(observer, line, gpio->cen.name);
	else
		raise_node(observer, errno, line->path);
	return false;
}

static bool is_high(const struct gpio_cen *gpio)
{
	struct gpio_v2_line_values values = {.mask = 1};

	/* If it cannot be read, it is not known to be low. */
	return node_ioctl(gpio->fd, GPIO_V2_LINE_GET_VALUES_IOCTL, &values) || values.bits & 1;
}

static bool rises(const struct gpio_cen *gpio, const struct observer *observer)
{
	const struct timespec step = {.tv_nsec = RISE_STEP_MS * 1000000L};
	struct trouble trouble;

	for (unsigned ms = 0; ms < RISE_MS; ms += RISE_STEP_MS) {
		if (is_high(gpio))
			return true;
		nanosleep(&step, NULL);
	}
	trouble = trouble_seen(TROUBLE_CEN_HELD, "CEN (%s) stays low though it was released",
			       gpio->cen.name);
	trouble_add_text(&trouble, "cen", "%s", gpio->cen.name);
	observer_tell(observer, &trouble);
	return false;
}

static enum trouble_kind set_level(struct cen *cen, bool level)
{
	struct gpio_cen *gpio = (struct gpio_cen *)cen;
	struct gpio_v2_line_values values = {.bits = level, .mask = 1};

	if (node_ioctl(gpio->fd, GPIO_V2_LINE_SET_VALUES_IOCTL, &values) == 0)
		return TROUBLE_NONE;
	return errno == ENODEV ? TROUBLE_ADAPTER_GONE : TROUBLE_ADAPTER_FAULT;
}

static void close_line(struct cen *cen)
{
	struct gpio_cen *gpio = (struct gpio_cen *)cen;

	set_level(cen, true);
	close(gpio->fd);
	free(gpio);
}

static const struct cen_ops gpio_ops = {.set = set_level, .close = close_line};

struct cen *gpio_line_open(const struct cen_wish *wish, const struct observer *observer)
{
	struct gpio_cen *gpio = calloc(1, sizeof(*gpio));
	struct line line;
	bool good, low;

	if (!gpio) {
		observer_raise(observer, TROUBLE_NO_MEMORY, NO_RANGE, "out of memory");
		return NULL;
	}
	gpio->cen.ops = &gpio_ops;
	snprintf(gpio->cen.name, sizeof(gpio->cen.name), "%s", wish->value);
	if (!find_line(&line, wish->value, observer)) {
		free(gpio);
		return NULL;
	}
	low = was_left_low(&line);
	good = request(gpio, &line, wish->push_pull, observer);
	close(line.chip);
	if (good && low)
		observer_note(observer, NOTE_WARN, TROUBLE_NONE,
			      "CEN (%s) was left low by an earlier program, which held the chip in "
			      "reset; it is released now",
			      gpio->cen.name);
	if (good && rises(gpio, observer))
		return &gpio->cen;
	if (good)
		close_line(&gpio->cen);
	else
		free(gpio);
	return NULL;
}
