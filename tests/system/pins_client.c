/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Asks Linux' spidev and GPIO what a program sees of them, one call after another. The simulator
 * has to answer like a real kernel: system-spidev runs this on it, and tools/check-kernel runs it
 * in a kernel.
 *
 * usage: pins-client NODE CHIP     a module with its CEN on GPIO25 is on the bus
 *
 * Prints each answer that is wrong; the exit status says whether there was one.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/gpio.h>
#include <linux/spi/spidev.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#define BUFFER 4096 /* of the kernel's module parameter bufsiz */
#define TRIES 200

static const char *node_path;
static int wrong;

/* The result of the call, or -errno. */
static int asked(int result)
{
	return result < 0 ? -errno : result;
}

static void expect(const char *what, int found, int wanted)
{
	if (found == wanted)
		return;
	printf("%s: %d, not %d\n", what, found, wanted);
	wrong++;
}

static void expect_true(const char *what, bool found)
{
	expect(what, found, true);
}

static void sleep_ms(long ms)
{
	nanosleep(&(struct timespec){.tv_nsec = ms * 1000000}, NULL);
}

static int send_all(int node, const struct spi_ioc_transfer *x, size_t count)
{
	return asked(ioctl(node, _IOC(_IOC_WRITE, SPI_IOC_MAGIC, 0, count * sizeof(*x)), x));
}

static uint64_t at(const void *buffer)
{
	return (uintptr_t)buffer;
}

/* Raises CS if it was left low, without a clock. */
static int send_nothing(int node)
{
	return send_all(node, &(struct spi_ioc_transfer){.len = 0}, 1);
}

static int open_node(uint32_t hz)
{
	int node = open(node_path, O_RDWR | O_CLOEXEC);

	expect_true("the node opens", node >= 0);
	expect("a clock", asked(ioctl(node, SPI_IOC_WR_MAX_SPEED_HZ, &hz)), 0);
	return node;
}

static const uint8_t rdid = 0x9F;

/* With @left_low CS stays low after it. */
static void read_id(int node, uint8_t id[3], bool left_low)
{
	const struct spi_ioc_transfer x[] = {{.tx_buf = at(&rdid), .len = 1},
					     {.rx_buf = at(id), .len = 3, .cs_change = left_low}};

	expect("an ID", send_all(node, x, 2), 4);
}

static bool is_id(const uint8_t id[3])
{
	return id[0] != 0x00 && id[0] != 0xFF && id[0] != 0xD2;
}

/* --- the line --- */

static int find_line(int chip)
{
	struct gpiochip_info info;

	expect("what the chip is", asked(ioctl(chip, GPIO_GET_CHIPINFO_IOCTL, &info)), 0);
	for (uint32_t i = 0; i < info.lines; i++) {
		struct gpio_v2_line_info line = {.offset = i};

		if (!ioctl(chip, GPIO_V2_GET_LINEINFO_IOCTL, &line) &&
		    strcmp(line.name, "GPIO25") == 0)
			return (int)i;
	}
	expect_true("there is a GPIO25", false);
	return 0;
}

static struct gpio_v2_line_request open_drain(int line, uint64_t level)
{
	return (struct gpio_v2_line_request){
		.offsets = {(uint32_t)line},
		.num_lines = 1,
		.consumer = "beken-cen",
		.config = {
			.flags = GPIO_V2_LINE_FLAG_OUTPUT | GPIO_V2_LINE_FLAG_OPEN_DRAIN,
			.num_attrs = 1,
			.attrs = {{.attr = {.id = GPIO_V2_LINE_ATTR_ID_OUTPUT_VALUES,
					    .values = level},
				   .mask = 1}},
		}};
}

static int set_line(int line, uint64_t level)
{
	struct gpio_v2_line_values values = {.bits = level, .mask = 1};

	return asked(ioctl(line, GPIO_V2_LINE_SET_VALUES_IOCTL, &values));
}

static int get_line(int line)
{
	struct gpio_v2_line_values values = {.mask = 1};
	int status = asked(ioctl(line, GPIO_V2_LINE_GET_VALUES_IOCTL, &values));

	return status ? status : (int)(values.bits & 1);
}

/* Checks the requests for a line; returns the line, released. */
static int ask_of_lines(int chip)
{
	int number = find_line(chip);
	struct gpio_v2_line_request cen = open_drain(number, 1), other = cen;
	struct gpio_v2_line_values values = {.mask = 2};
	struct gpio_v2_line_info info = {.offset = (uint32_t)number};

	expect("a line", asked(ioctl(chip, GPIO_V2_GET_LINE_IOCTL, &cen)), 0);
	expect("it is released", get_line(cen.fd), 1);
	expect("it is known", asked(ioctl(chip, GPIO_V2_GET_LINEINFO_IOCTL, &info)), 0);
	expect_true("it is somebody's", info.flags & GPIO_V2_LINE_FLAG_USED);
	expect_true("it is an output", info.flags & GPIO_V2_LINE_FLAG_OUTPUT);
	expect_true("it is open drain", info.flags & GPIO_V2_LINE_FLAG_OPEN_DRAIN);
	expect_true("whose it is", strcmp(info.consumer, "beken-cen") == 0);
	expect("a line of somebody", asked(ioctl(chip, GPIO_V2_GET_LINE_IOCTL, &other)), -EBUSY);
	other.config.padding[0] = 1;
	expect("padding", asked(ioctl(chip, GPIO_V2_GET_LINE_IOCTL, &other)), -EINVAL);
	other = open_drain(1000, 1);
	expect("no line", asked(ioctl(chip, GPIO_V2_GET_LINE_IOCTL, &other)), -EINVAL);
	expect("the level of no line", asked(ioctl(cen.fd, GPIO_V2_LINE_SET_VALUES_IOCTL, &values)),
	       -EINVAL);
	return cen.fd;
}

/*
 * The level stays as it was last; whether that holds after the line is released is for the caller
 * to check.
 */
static void let_go(int chip, int line, int number)
{
	struct gpio_v2_line_info info = {.offset = (uint32_t)number};
	struct gpio_v2_line_request as_it_is = {.offsets = {(uint32_t)number}, .num_lines = 1};
	struct gpio_v2_line_request cen = open_drain(number, 1);

	expect("low", set_line(line, 0), 0);
	close(line);
	expect("it is known", asked(ioctl(chip, GPIO_V2_GET_LINEINFO_IOCTL, &info)), 0);
	expect_true("it is nobody's", !(info.flags & GPIO_V2_LINE_FLAG_USED));
	expect_true("it is an output", info.flags & GPIO_V2_LINE_FLAG_OUTPUT);
	expect("as it is", asked(ioctl(chip, GPIO_V2_GET_LINE_IOCTL, &as_it_is)), 0);
	expect("it stayed low", get_line(as_it_is.fd), 0);
	close(as_it_is.fd);
	expect("a line", asked(ioctl(chip, GPIO_V2_GET_LINE_IOCTL, &cen)), 0);
	expect("it is high", get_line(cen.fd), 1);
	close(cen.fd);
}

/* --- the bus --- */

static void ask_of_settings(int node)
{
	uint32_t none = 0, slow = 1000, fast = 900000000, told = 0;
	uint8_t mode = 0, unknown = 0x80, bits = 9;
	const struct spi_ioc_transfer too_slow = {.speed_hz = slow};

	expect("mode 0", asked(ioctl(node, SPI_IOC_WR_MODE, &mode)), 0);
	expect("a mode that is none", asked(ioctl(node, SPI_IOC_WR_MODE, &unknown)), -EINVAL);
	expect("nine bits", asked(ioctl(node, SPI_IOC_WR_BITS_PER_WORD, &bits)), -EINVAL);
	expect("no clock", asked(ioctl(node, SPI_IOC_WR_MAX_SPEED_HZ, &none)), -EINVAL);
	expect("too fast a clock", asked(ioctl(node, SPI_IOC_WR_MAX_SPEED_HZ, &fast)), 0);
	expect("what it is", asked(ioctl(node, SPI_IOC_RD_MAX_SPEED_HZ, &told)), 0);
	expect_true("it is told as asked for", told == fast);
	expect("a message at less", send_nothing(node), 0);
	expect("a transfer too slow", send_all(node, &too_slow, 1), -EINVAL);
	expect("too slow a clock", asked(ioctl(node, SPI_IOC_WR_MAX_SPEED_HZ, &slow)), 0);
	expect("a message too slow", send_nothing(node), -EINVAL);
}

static void ask_of_sizes(int node)
{
	static uint8_t out[BUFFER + 1], in[BUFFER + 1];
	static struct spi_ioc_transfer x[512];
	const struct spi_ioc_transfer most = {.tx_buf = at(out), .rx_buf = at(in), .len = BUFFER};
	const struct spi_ioc_transfer more[] = {{.rx_buf = at(in), .len = BUFFER},
						{.rx_buf = at(in), .len = 1}};
	const struct spi_ioc_transfer longer = {.tx_buf = at(out), .len = BUFFER + 1};

	expect("nothing", send_nothing(node), 0);
	expect("as much as there is room for", send_all(node, &most, 1), BUFFER);
	expect("more", send_all(node, more, 2), -EMSGSIZE);
	expect("longer", send_all(node, &longer, 1), -EMSGSIZE);
	/*
	 * The size of 512 transfers does not fit into the request number and becomes 0, so nothing
	 * is sent.
	 */
	expect("512 transfers", send_all(node, x, 512), 0);
}

static bool link_up(int node, int line)
{
	uint8_t d2[31], id[3];
	const struct spi_ioc_transfer enter = {.tx_buf = at(d2), .len = sizeof(d2)};

	memset(d2, 0xD2, sizeof(d2));
	expect("low", set_line(line, 0), 0);
	sleep_ms(200);
	expect("high", set_line(line, 1), 0);
	for (int i = 0; i < 60; i++)
		expect("D2", send_all(node, &enter, 1), sizeof(d2));
	for (int i = 0; i < TRIES; i++) {
		sleep_ms(1);
		read_id(node, id, false);
		if (is_id(id))
			return true;
	}
	return false;
}

static void ask_of_windows(int node)
{
	uint8_t id[3], again[3];
	const struct spi_ioc_transfer two[] = {
		{.tx_buf = at(&rdid), .len = 1},
		{.rx_buf = at(id), .len = 3, .cs_change = 1},
		{.tx_buf = at(&rdid), .len = 1},
		{.rx_buf = at(again), .len = 3},
	};
	const struct spi_ioc_transfer command = {.tx_buf = at(&rdid), .len = 1, .cs_change = 1};
	const struct spi_ioc_transfer unbuffered[] = {
		{.tx_buf = at(&rdid), .len = 1}, {.len = 5}, {.rx_buf = at(again), .len = 3}};
	const struct spi_ioc_transfer reading = {.rx_buf = at(again), .len = 3};

	expect("two windows", send_all(node, two, 4), 8);
	expect_true("each is one", is_id(id) && memcmp(id, again, 3) == 0);
	expect("without a buffer", send_all(node, unbuffered, 3), 9);
	expect_true("nothing was clocked", memcmp(id, again, 3) == 0);

	expect("a command", send_all(node, &command, 1), 1);
	close(node);
	node = open(node_path, O_RDWR | O_CLOEXEC);
	memset(again, 0, sizeof(again));
	expect("its answer", send_all(node, &reading, 1), 3);
	expect_true("the window went on in the next program", memcmp(id, again, 3) == 0);

	expect("a command", send_all(node, &command, 1), 1);
	expect("nothing", send_nothing(node), 0);
	expect("no answer", send_all(node, &reading, 1), 3);
	expect_true("the window was ended by nothing", memcmp(id, again, 3) != 0);

	expect("a command", send_all(node, &command, 1), 1);
	close(node);
	node = open_node(1000000);
	expect("no answer", send_all(node, &reading, 1), 3);
	expect_true("the window was ended by a setting", memcmp(id, again, 3) != 0);
	close(node);
}

int main(int argc, char **argv)
{
	int node, other, chip, line;

	if (argc != 3)
		return 2;
	node_path = argv[1];
	node = open_node(1000000);
	other = open_node(1000000);
	expect("a lock", asked(flock(node, LOCK_EX | LOCK_NB)), 0);
	expect("a second one", asked(flock(other, LOCK_EX | LOCK_NB)), -EWOULDBLOCK);
	close(other);
	ask_of_settings(node);
	close(node);

	node = open_node(1000000);
	ask_of_sizes(node);
	chip = open(argv[2], O_RDWR | O_CLOEXEC);
	expect_true("the chip opens", chip >= 0);
	line = ask_of_lines(chip);
	expect_true("the module is linked", link_up(node, line));
	ask_of_windows(node);
	let_go(chip, line, find_line(chip));
	if (!wrong)
		puts("all as it should be");
	return wrong != 0;
}
