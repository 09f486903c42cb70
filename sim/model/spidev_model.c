/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sim/model/spidev_model.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CALL_NS 60000
#define BETWEEN_NS 10000 /* how long CS is high if a transfer asks for a change */

/* A Raspberry Pi's: 250 MHz divided by an even number. The device tree allows 125 MHz. */
#define CORE_HZ 250000000u
#define DEVICE_TREE_HZ 125000000u
#define SLOWEST_HZ (CORE_HZ / 65536)
#define TRANSFERS_MOST 511

#define MODES 0x47u /* CPHA, CPOL, CS_HIGH, NO_CS */

const struct spidev_options spidev_usual = {.given = true, .slot = 128, .bufsiz = 4096};

static bool number_is(const char *item, const char *name, uint32_t *value)
{
	size_t length = strlen(name);
	char *end;

	if (strncmp(item, name, length) != 0 || item[length] != '=' || item[length + 1] < '0' ||
	    item[length + 1] > '9')
		return false;
	*value = (uint32_t)strtoul(item + length + 1, &end, 10);
	return !*end && *value;
}

static bool parse_item(struct spidev_options *options, const char *item)
{
	const struct {
		const char *name;
		bool *flag;
	} flags[] = {
		{"rounds-up", &options->rounds_up},
		{"keeps", &options->keeps_line},
		{"cen-low", &options->cen_left_low},
		{"cs-low", &options->cs_left_low},
		{"taken", &options->line_taken},
		{"held", &options->line_held},
		{"forbidden", &options->forbidden},
		{"nor", &options->nor},
		{"pi5", &options->pi5},
	};
	const struct {
		const char *name;
		uint32_t *value;
	} numbers[] = {
		{"slot", &options->slot},
		{"bufsiz", &options->bufsiz},
		{"timeout", &options->timeout_at},
		{"shutdown", &options->shutdown_at},
	};

	for (size_t i = 0; i < sizeof(flags) / sizeof(flags[0]); i++)
		if (strcmp(item, flags[i].name) == 0)
			return *flags[i].flag = true;
	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
		if (number_is(item, numbers[i].name, numbers[i].value))
			return true;
	return false;
}

bool spidev_parse(struct spidev_options *options, const char *text)
{
	char *copy = strdup(text), *item, *state;
	bool good = copy && text[0];

	if (!options->given)
		*options = spidev_usual;
	for (item = good ? strtok_r(copy, ",", &state) : NULL; item && good;
	     item = strtok_r(NULL, ",", &state))
		good = parse_item(options, item);
	free(copy);
	return good && (options->slot & (options->slot - 1)) == 0 && options->bufsiz <= 65536;
}

static void set_cen(struct spidev *spidev)
{
	bool level = !spidev->line.output || spidev->line.level;

	if (spidev->options->line_held)
		level = false;
	if (level == spidev->soc->cen)
		return;
	spidev->stats->cen_pulses += !level;
	soc_set_cen(spidev->soc, level, spidev->now_ns);
}

void spidev_init(struct spidev *spidev, const struct spidev_options *options, uint64_t kill_at,
		 struct soc *soc, struct board_stats *stats)
{
	*spidev = (struct spidev){
		.options = options,
		.soc = soc,
		.stats = stats,
		.hz = DEVICE_TREE_HZ,
		.kill_at = kill_at,
		.cs_low = options->cs_left_low,
		.line.output = options->cen_left_low,
	};
	soc_set_cs(soc, spidev->cs_low, 0);
	set_cen(spidev);
	stats->cen_pulses = 0;
}

uint64_t spidev_now(const struct spidev *spidev)
{
	return spidev->now_ns;
}

static void count_time(struct spidev *spidev)
{
	spidev->stats->virtual_us = (spidev->now_ns - spidev->first_ns) / 1000;
}

/* Advances the time to @ns, and adds that of the call itself. */
static void enter(struct spidev *spidev, uint64_t ns)
{
	if (!spidev->started)
		spidev->first_ns = ns;
	spidev->started = true;
	if (ns > spidev->now_ns)
		spidev->now_ns = ns;
	spidev->now_ns += CALL_NS;
	count_time(spidev);
}

/* The same for the bus. -ESHUTDOWN: its driver is gone. */
static int enter_bus(struct spidev *spidev, uint64_t ns)
{
	uint32_t last = spidev->options->shutdown_at;

	enter(spidev, ns);
	return last && spidev->messages >= last ? -ESHUTDOWN : 0;
}

static void select_chip(struct spidev *spidev, bool low)
{
	if (spidev->cs_low != low)
		soc_set_cs(spidev->soc, low, spidev->now_ns);
	spidev->cs_low = low;
}

/* spi_setup() of the kernel: an accepted setting raises a CS that was left low. */
static int set_up(struct spidev *spidev, bool is_taken)
{
	if (!is_taken)
		return -EINVAL;
	select_chip(spidev, false);
	return 0;
}

int spidev_mode(struct spidev *spidev, uint32_t mode, uint64_t ns)
{
	int status = enter_bus(spidev, ns);

	return status ? status : set_up(spidev, !(mode & ~MODES));
}

int spidev_bits(struct spidev *spidev, uint32_t bits, uint64_t ns)
{
	int status = enter_bus(spidev, ns);

	return status ? status : set_up(spidev, bits == 0 || bits == 8);
}

int spidev_speed(struct spidev *spidev, uint32_t hz, uint64_t ns)
{
	int status = enter_bus(spidev, ns);

	if (!status)
		status = set_up(spidev, hz != 0);
	if (!status)
		spidev->hz = hz;
	return status;
}

/* The clock that the controller makes of the requested one: not faster, or not slower. */
static uint64_t byte_ns(const struct spidev *spidev, uint32_t hz)
{
	bool up = spidev->options->rounds_up;
	uint32_t divider = CORE_HZ / hz;

	if (CORE_HZ % hz && !up)
		divider++;
	if (divider % 2)
		divider = up ? divider - 1 : divider + 1;
	if (divider < 2)
		divider = 2;
	return UINT64_C(8000000000) * divider / CORE_HZ;
}

static uint32_t in_slots(const struct spidev *spidev, uint32_t length)
{
	uint32_t slot = spidev->options->slot;

	return (length + slot - 1) / slot * slot;
}

/* Errors of a message that are found before anything moves. */
static int check(const struct spidev *spidev, const struct spidev_transfer *x, size_t count)
{
	uint64_t tx = 0, rx = 0;

	if (count > TRANSFERS_MOST)
		return -EMSGSIZE;
	for (size_t i = 0; i < count; i++) {
		if (x[i].length > spidev->options->bufsiz)
			return -EMSGSIZE;
		tx += x[i].tx ? in_slots(spidev, x[i].length) : 0;
		rx += x[i].rx ? in_slots(spidev, x[i].length) : 0;
	}
	if (tx > spidev->options->bufsiz || rx > spidev->options->bufsiz)
		return -EMSGSIZE;
	for (size_t i = 0; i < count; i++)
		if ((x[i].hz ? x[i].hz : spidev->hz) < SLOWEST_HZ)
			return -EINVAL;
	return 0;
}

static void clock_bytes(struct spidev *spidev, const struct spidev_transfer *x)
{
	uint32_t hz = x->hz ? x->hz : spidev->hz;
	uint64_t step = byte_ns(spidev, hz > DEVICE_TREE_HZ ? DEVICE_TREE_HZ : hz);
	uint8_t out[256], in[256];

	if (!x->tx && !x->rx)
		return;
	for (uint32_t at = 0; at < x->length;) {
		uint32_t n = x->length - at < sizeof(out) ? x->length - at : sizeof(out);

		memset(out, 0, sizeof(out));
		if (x->tx)
			memcpy(out, x->tx + at, n);
		soc_shift(spidev->soc, out, in, n, spidev->now_ns, step);
		if (x->rx)
			memcpy(x->rx + at, in, n);
		spidev->now_ns += n * step;
		at += n;
	}
}

/* In the middle of the command: it has started, and its rest never comes. */
static bool dies(struct spidev *spidev)
{
	if (!spidev->kill_at || spidev->stats->spi_ops < spidev->kill_at)
		return false;
	spidev->kill_at = 0;
	spidev->host_dies = true;
	return true;
}

int spidev_message(struct spidev *spidev, const struct spidev_transfer *transfers, size_t count,
		   uint64_t ns)
{
	int status = enter_bus(spidev, ns), total = 0;

	if (!status)
		status = check(spidev, transfers, count);
	if (status || count == 0)
		return status;
	spidev->stats->messages++;
	if (++spidev->messages == spidev->options->timeout_at)
		return -ETIMEDOUT;
	select_chip(spidev, true);
	for (size_t i = 0; i < count; i++) {
		clock_bytes(spidev, &transfers[i]);
		if (dies(spidev))
			return 0;
		total += (int)transfers[i].length;
		spidev->now_ns += transfers[i].delay_us * UINT64_C(1000);
		if (transfers[i].cs_change && i + 1 < count) {
			select_chip(spidev, false);
			spidev->now_ns += BETWEEN_NS;
			select_chip(spidev, true);
		}
	}
	if (!transfers[count - 1].cs_change)
		select_chip(spidev, false);
	count_time(spidev);
	return total;
}

void spidev_close(struct spidev *spidev)
{
	spidev->hz = DEVICE_TREE_HZ;
}

int spidev_lock(struct spidev *spidev)
{
	if (spidev->locked)
		return -EWOULDBLOCK;
	spidev->locked = true;
	return 0;
}

void spidev_unlock(struct spidev *spidev)
{
	spidev->locked = false;
}

void spidev_line_name(uint32_t line, char name[32])
{
	if (line < 2)
		snprintf(name, 32, "%s", line ? "ID_SCL" : "ID_SDA");
	else
		snprintf(name, 32, "GPIO%u", line);
}

const char *spidev_line_consumer(const struct spidev *spidev, uint32_t line)
{
	if (line == SPIDEV_SELECT_LINE)
		return "spi0 CS0";
	if (line != SPIDEV_CEN_LINE)
		return NULL;
	return spidev->options->line_taken ? "button" : spidev->line.used ? "beken-cen" : NULL;
}

int spidev_line_config(struct spidev *spidev, const struct spidev_wish *wish, uint64_t ns)
{
	enter(spidev, ns);
	if (!wish->as_is) {
		spidev->line.output = wish->output;
		spidev->line.open_drain = wish->open_drain;
		spidev->line.level = wish->level;
	}
	set_cen(spidev);
	return 0;
}

int spidev_line_request(struct spidev *spidev, uint32_t line, const struct spidev_wish *wish,
			uint64_t ns)
{
	if (line >= SPIDEV_LINES)
		return -EINVAL;
	if (spidev_line_consumer(spidev, line))
		return -EBUSY;
	if (line != SPIDEV_CEN_LINE)
		return -EPERM; /* nothing is wired there, and nobody should want it */
	spidev->line.used = true;
	return spidev_line_config(spidev, wish, ns);
}

int spidev_line_set(struct spidev *spidev, bool level, uint64_t ns)
{
	enter(spidev, ns);
	if (!spidev->line.output)
		return -EPERM;
	spidev->line.level = level;
	set_cen(spidev);
	return 0;
}

int spidev_line_get(struct spidev *spidev, uint64_t ns)
{
	enter(spidev, ns);
	return spidev->soc->cen;
}

void spidev_line_release(struct spidev *spidev)
{
	spidev->line.used = false;
	/* An open drain that is released is an input already. */
	if (!spidev->options->keeps_line || (spidev->line.open_drain && spidev->line.level))
		spidev->line.output = false;
	set_cen(spidev);
}
