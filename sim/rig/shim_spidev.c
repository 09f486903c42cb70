/* SPDX-License-Identifier: GPL-2.0-or-later */
#undef _FORTIFY_SOURCE
#include "sim/rig/shim_spidev.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/gpio.h>
#include <linux/spi/spidev.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/ioctl.h>

#include "sim/model/spidev_model.h"
#include "sim/rig/shim_ask.h"
#include "sim/rig/shim_clock.h"
#include "sim/rig/shim_libc.h"
#include "sim/rig/shim_poll.h"
#include "sim/rig/shim_server.h"
#include "sim/rig/spidev_wire.h"

#define CHIP_PATH "/dev/gpiochip0"
#define CHIP_LABEL "pinctrl-bcm2835"

enum role { ROLE_NONE, ROLE_BUS, ROLE_CHIP, ROLE_LINE };

static _Atomic uint8_t roles[SHIM_MAX_FDS];
static struct rig_peer server = {.lock = PTHREAD_MUTEX_INITIALIZER};
static uint32_t speed, mode; /* as they are reported back */

static enum role role_of(int fd)
{
	return fd >= 0 && fd < SHIM_MAX_FDS ? (enum role)roles[fd] : ROLE_NONE;
}

bool spidev_is_path(const char *path)
{
	const char *bus = getenv("BEKEN_SIM_SPIDEV");

	return path && bus && (strcmp(path, bus) == 0 || strcmp(path, CHIP_PATH) == 0);
}

bool spidev_is_fd(int fd)
{
	return role_of(fd) != ROLE_NONE;
}

void spidev_forget(int fd)
{
	roles[fd] = ROLE_NONE;
}

static int64_t ask(int fd, enum spidev_wire_op op, uint64_t argument, const void *out,
		   size_t length, void *in, size_t room)
{
	return rig_ask(&server, fd, op, argument, out, length, in, room);
}

static int ask_plain(int fd, enum spidev_wire_op op, uint64_t argument)
{
	return (int)ask(fd, op, argument, NULL, 0, NULL, 0);
}

static int connect_as(enum role role, int flags)
{
	int fd = server_connect_to("BEKEN_SIM_SPIDEV_SOCKET", flags & O_CLOEXEC);

	if (fd >= SHIM_MAX_FDS) {
		libc_close(fd);
		return -EMFILE;
	}
	if (fd >= 0)
		roles[fd] = role;
	return fd;
}

int spidev_open(const char *path, int flags)
{
	int fd;

	clock_start();
	fd = connect_as(strcmp(path, CHIP_PATH) == 0 ? ROLE_CHIP : ROLE_BUS, flags);
	if (fd >= 0)
		ask_plain(fd, SPIDEV_HELLO, 0);
	return fd;
}

int spidev_flock(int fd, int operation)
{
	return ask_plain(fd, operation & LOCK_UN ? SPIDEV_UNLOCK : SPIDEV_LOCK, 0);
}

static void *pointer(uint64_t address)
{
	return (void *)(uintptr_t)address;
}

/* The bytes to be sent, after the transfers; *out: their length. */
static void gather(const struct spi_ioc_transfer *x, size_t count, uint8_t *sent, size_t *out)
{
	*out = count * sizeof(struct spidev_wire_transfer);
	for (size_t i = 0; i < count; i++) {
		const struct spidev_wire_transfer wire = {
			.length = x[i].len,
			.hz = x[i].speed_hz,
			.delay_us = x[i].delay_usecs,
			.sends = x[i].tx_buf != 0,
			.receives = x[i].rx_buf != 0,
			.cs_change = x[i].cs_change,
		};

		memcpy(sent + i * sizeof(wire), &wire, sizeof(wire));
		if (wire.sends) {
			memcpy(sent + *out, pointer(x[i].tx_buf), x[i].len);
			*out += x[i].len;
		}
	}
}

static void scatter(const struct spi_ioc_transfer *x, size_t count, const uint8_t *received)
{
	for (size_t i = 0; i < count; i++)
		if (x[i].rx_buf) {
			memcpy(pointer(x[i].rx_buf), received, x[i].len);
			received += x[i].len;
		}
}

static int message(int fd, const struct spi_ioc_transfer *x, size_t count)
{
	size_t out = count * sizeof(struct spidev_wire_transfer), in = 0;
	uint8_t *sent, *received;
	int64_t status = -ENOMEM;

	for (size_t i = 0; i < count; i++) {
		out += x[i].tx_buf ? x[i].len : 0;
		in += x[i].rx_buf ? x[i].len : 0;
		if (x[i].len > SPIDEV_WIRE_DATA || out > SPIDEV_WIRE_DATA || in > SPIDEV_WIRE_DATA)
			return -EMSGSIZE;
	}
	sent = calloc(1, out + 1);
	received = calloc(1, in + 1);
	if (sent && received) {
		gather(x, count, sent, &out);
		status = ask(fd, SPIDEV_MESSAGE, count, sent, out, received, in);
		if (status >= 0)
			scatter(x, count, received);
	}
	free(sent);
	free(received);
	return (int)status;
}

/* Stores the value that is reported back, if it was accepted. */
static int write_value(int fd, enum spidev_wire_op op, uint32_t value, uint32_t *told)
{
	int status = ask_plain(fd, op, value);

	if (!status)
		*told = value;
	return status;
}

static int bus_ioctl(int fd, unsigned long request, void *argument)
{
	uint32_t value = _IOC_SIZE(request) == 1 ? *(uint8_t *)argument : *(uint32_t *)argument;

	if (_IOC_NR(request) == 0 && _IOC_DIR(request) == _IOC_WRITE)
		return message(fd, argument, _IOC_SIZE(request) / sizeof(struct spi_ioc_transfer));
	switch (request) {
	case SPI_IOC_WR_MODE:
	case SPI_IOC_WR_MODE32:
		return write_value(fd, SPIDEV_MODE, value, &mode);
	case SPI_IOC_RD_MODE:
		*(uint8_t *)argument = (uint8_t)mode;
		return 0;
	case SPI_IOC_RD_MODE32:
		*(uint32_t *)argument = mode;
		return 0;
	case SPI_IOC_WR_LSB_FIRST:
		return value ? -EINVAL : 0;
	case SPI_IOC_WR_BITS_PER_WORD:
		return ask_plain(fd, SPIDEV_BITS, value);
	case SPI_IOC_WR_MAX_SPEED_HZ:
		return write_value(fd, SPIDEV_SPEED, value, &speed);
	case SPI_IOC_RD_MAX_SPEED_HZ:
		*(uint32_t *)argument = speed;
		return 0;
	default:
		return -ENOTTY;
	}
}

static int line_info(int fd, struct gpio_v2_line_info *info)
{
	struct spidev_wire_line line;
	uint32_t offset = info->offset;
	int64_t status = ask(fd, SPIDEV_LINE_INFO, offset, NULL, 0, &line, sizeof(line));

	if (status)
		return (int)status;
	*info = (struct gpio_v2_line_info){.offset = offset};
	memcpy(info->name, line.name, sizeof(info->name));
	memcpy(info->consumer, line.consumer, sizeof(info->consumer));
	if (line.output)
		info->flags |= GPIO_V2_LINE_FLAG_OUTPUT;
	else
		info->flags |= GPIO_V2_LINE_FLAG_INPUT;
	if (line.consumer[0])
		info->flags |= GPIO_V2_LINE_FLAG_USED;
	if (line.open_drain)
		info->flags |= GPIO_V2_LINE_FLAG_OPEN_DRAIN;
	return 0;
}

/* -EINVAL for what the kernel refuses: padding, and flags that contradict each other. */
static int read_wish(const struct gpio_v2_line_config *config, struct spidev_wish *wish)
{
	static const uint32_t no_padding[5];
	uint64_t flags = config->flags;

	*wish = (struct spidev_wish){
		.output = flags & GPIO_V2_LINE_FLAG_OUTPUT,
		.as_is = !(flags & (GPIO_V2_LINE_FLAG_OUTPUT | GPIO_V2_LINE_FLAG_INPUT)),
		.open_drain = flags & GPIO_V2_LINE_FLAG_OPEN_DRAIN,
	};
	if (memcmp(config->padding, no_padding, sizeof(no_padding)) != 0 ||
	    config->num_attrs > GPIO_V2_LINE_NUM_ATTRS_MAX ||
	    (wish->output && flags & GPIO_V2_LINE_FLAG_INPUT) ||
	    (wish->open_drain && !wish->output))
		return -EINVAL;
	for (uint32_t i = 0; i < config->num_attrs; i++) {
		if (config->attrs[i].attr.padding)
			return -EINVAL;
		if (config->attrs[i].attr.id == GPIO_V2_LINE_ATTR_ID_OUTPUT_VALUES &&
		    config->attrs[i].mask & 1)
			wish->level = config->attrs[i].attr.values & 1;
	}
	return 0;
}

static int request_line(struct gpio_v2_line_request *request)
{
	struct spidev_wish wish;
	int64_t status = read_wish(&request->config, &wish);
	int fd;

	if (status || request->num_lines != 1 || request->offsets[0] >= SPIDEV_LINES)
		return -EINVAL;
	fd = connect_as(ROLE_LINE, O_CLOEXEC);
	if (fd < 0)
		return fd;
	status = ask(fd, SPIDEV_LINE_REQUEST, request->offsets[0], &wish, sizeof(wish), NULL, 0);
	if (status) {
		spidev_forget(fd);
		libc_close(fd);
		return (int)status;
	}
	request->fd = fd;
	return 0;
}

static int line_ioctl(int fd, unsigned long request, void *argument)
{
	struct gpio_v2_line_values *values = argument;
	struct spidev_wish wish;
	int status;

	switch (request) {
	case GPIO_V2_LINE_GET_VALUES_IOCTL:
		status = ask_plain(fd, SPIDEV_LINE_GET, 0);
		if (status < 0 || !(values->mask & 1))
			return status < 0 ? status : -EINVAL;
		values->bits = status ? 1 : 0;
		return 0;
	case GPIO_V2_LINE_SET_VALUES_IOCTL:
		if (!(values->mask & 1))
			return -EINVAL;
		return ask_plain(fd, SPIDEV_LINE_SET, values->bits & 1);
	case GPIO_V2_LINE_SET_CONFIG_IOCTL:
		if (read_wish(argument, &wish))
			return -EINVAL;
		return (int)ask(fd, SPIDEV_LINE_CONFIG, 0, &wish, sizeof(wish), NULL, 0);
	default:
		return -ENOTTY;
	}
}

int spidev_ioctl(int fd, unsigned long request, void *argument)
{
	if (role_of(fd) == ROLE_BUS)
		return bus_ioctl(fd, request, argument);
	if (role_of(fd) == ROLE_LINE)
		return line_ioctl(fd, request, argument);
	switch (request) {
	case GPIO_GET_CHIPINFO_IOCTL:
		*(struct gpiochip_info *)argument = (struct gpiochip_info){
			.name = "gpiochip0", .label = CHIP_LABEL, .lines = SPIDEV_LINES};
		return 0;
	case GPIO_V2_GET_LINEINFO_IOCTL:
		return line_info(fd, argument);
	case GPIO_V2_GET_LINE_IOCTL:
		return request_line(argument);
	default:
		return -ENOTTY;
	}
}
