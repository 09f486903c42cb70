/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A small computer's board for the guest of tools/check-kernel, as a kernel module: two SPI buses
 * and a GPIO chip, so that the kernel's own spidev, SPI core and gpiolib can be used, which the
 * simulator only imitates.
 *
 * On the first bus is a Beken module, as simple as one can be: after CEN has risen it waits for D2,
 * for as long as that takes, since an emulated machine is slow; its flash knows the commands of the
 * GD25Q16 and is busy for a moment after each change. Its content is /dev/board-flash. CEN is
 * GPIO25, with a pull-up; a line that nobody holds any more keeps its level, as Allwinner's do.
 *
 * On the second bus, beside a free chip select, is a flash of the computer's own. Nothing drives
 * it, and any clock there is counted: there must be none.
 *
 * What happened is in /sys/module/beken_board/parameters.
 */
#include <linux/delay.h>
#include <linux/fs.h>
#include <linux/gpio/consumer.h>
#include <linux/gpio/driver.h>
#include <linux/gpio/machine.h>
#include <linux/ktime.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/platform_device.h>
#include <linux/spi/spi.h>
#include <linux/vmalloc.h>

#define BUSES 2
#define SELECTS 2
#define SLOWEST_HZ 10000
#define FASTEST_HZ 50000000

#define FLASH_SIZE (2 << 20)
#define PAGE_BYTES 256
#define BUSY_US 500

enum line { LINE_SELECT, LINE_CEN, LINE_HELD, LINES };

static uint transfers, clocked, own_clocked, pulses, driven_high, hz, stall;
static bool cs_low, cen_high = true, paced;

module_param(transfers, uint, 0644);
module_param(clocked, uint, 0644);     /* bytes to the module */
module_param(own_clocked, uint, 0644); /* and to the computer's own flash */
module_param(pulses, uint, 0644);      /* of CEN */
module_param(driven_high, uint, 0644); /* how often CEN was driven, not released */
module_param(hz, uint, 0644);	       /* of the last transfer */
module_param(stall, uint, 0644);       /* so many transfers from now, one never ends */
module_param(paced, bool, 0644);       /* bytes take the time of the clock */
module_param(cs_low, bool, 0444);
module_param(cen_high, bool, 0444);

static DEFINE_MUTEX(lock);

/* --- the module --- */

static struct {
	bool window, linked; /* waits for D2; has got it */
	u8 *content;
	u32 index, address; /* bytes since CS fell */
	u8 command, status[2], argument[2];
	bool enabled; /* to be written */
	u64 ready_ns;
	u8 page[PAGE_BYTES];
	bool set[PAGE_BYTES];
} module;

static bool is_busy(void)
{
	return ktime_get_ns() < module.ready_ns;
}

static u8 read_next(void)
{
	return module.content[module.address++ % FLASH_SIZE];
}

static u8 flash_byte(u8 out)
{
	static const u8 id[] = {0xC8, 0x40, 0x15};
	u32 index = module.index++;

	if (index == 0) {
		module.command = is_busy() && out != 0x05 && out != 0x35 ? 0xFF : out;
		module.address = 0;
		memset(module.set, 0, sizeof(module.set));
		return 0xFF;
	}
	switch (module.command) {
	case 0x9F:
		return id[(index - 1) % sizeof(id)];
	case 0x05:
		return module.status[0] | (module.enabled ? 2 : 0) | (is_busy() ? 1 : 0);
	case 0x35:
		return module.status[1];
	case 0x01:
		if (index <= sizeof(module.argument))
			module.argument[index - 1] = out;
		return 0xFF;
	case 0x02:
	case 0x03:
	case 0x0B:
	case 0x20:
	case 0x52:
	case 0xD8:
		break;
	default:
		return 0xFF;
	}
	if (index <= 3) {
		module.address = module.address << 8 | out;
	} else if (module.command == 0x03 || (module.command == 0x0B && index > 4)) {
		return read_next();
	} else if (module.command == 0x02) {
		u32 at = (module.address + index - 4) % PAGE_BYTES;

		module.page[at] = out;
		module.set[at] = true;
	}
	return 0xFF;
}

static void erase(u32 size)
{
	memset(module.content + (module.address % FLASH_SIZE & ~(size - 1)), 0xFF, size);
}

/* CS has risen: a command that changes something does so now. */
static void end_command(void)
{
	u8 *page = module.content + (module.address % FLASH_SIZE & ~(PAGE_BYTES - 1));

	if (!module.linked || !module.index)
		return;
	if (module.command == 0x06 || module.command == 0x04) {
		module.enabled = module.command == 0x06;
		return;
	}
	if (!module.enabled)
		return;
	switch (module.command) {
	case 0x01:
		module.status[0] = module.argument[0] & 0xFC;
		module.status[1] = module.index > 2 ? module.argument[1] : 0;
		break;
	case 0x02:
		for (u32 i = 0; i < PAGE_BYTES; i++)
			if (module.set[i])
				page[i] &= module.page[i];
		break;
	case 0x20:
		erase(4 << 10);
		break;
	case 0x52:
		erase(32 << 10);
		break;
	case 0xD8:
		erase(64 << 10);
		break;
	case 0x60:
	case 0xC7:
		memset(module.content, 0xFF, FLASH_SIZE);
		break;
	default:
		return;
	}
	module.enabled = false;
	module.ready_ns = ktime_get_ns() + BUSY_US * NSEC_PER_USEC;
}

/* --- CEN --- */

static struct {
	bool output, level;
} lines[LINES];

static bool line_is_high(unsigned int offset)
{
	return lines[offset].output ? lines[offset].level : offset != LINE_HELD;
}

static u8 module_byte(u8 out)
{
	if (!line_is_high(LINE_CEN))
		return 0xFF;
	if (module.linked)
		return flash_byte(out);
	if (!module.window)
		return 0x00;
	if (out == 0xD2) {
		module.window = false;
		module.linked = true;
		module.index = 1;
		module.command = 0xFF;
	}
	return 0xD2;
}

static int set_line(unsigned int offset, bool output, bool level)
{
	bool was_high;

	mutex_lock(&lock);
	was_high = line_is_high(offset);
	lines[offset].output = output;
	lines[offset].level = level;
	if (offset == LINE_CEN) {
		cen_high = line_is_high(offset);
		driven_high += output && level;
		if (was_high && !line_is_high(offset)) {
			module.linked = module.window = false;
			pulses++;
		} else if (!was_high && line_is_high(offset)) {
			module.window = true;
		}
	}
	mutex_unlock(&lock);
	return 0;
}

static int line_get_direction(struct gpio_chip *chip, unsigned int offset)
{
	return lines[offset].output ? GPIO_LINE_DIRECTION_OUT : GPIO_LINE_DIRECTION_IN;
}

static int line_input(struct gpio_chip *chip, unsigned int offset)
{
	return set_line(offset, false, lines[offset].level);
}

static int line_output(struct gpio_chip *chip, unsigned int offset, int level)
{
	return set_line(offset, true, level);
}

static int line_get(struct gpio_chip *chip, unsigned int offset)
{
	return line_is_high(offset);
}

static void line_set(struct gpio_chip *chip, unsigned int offset, int level)
{
	set_line(offset, lines[offset].output, level);
}

static const char *const line_names[LINES] = {"GPIO8", "GPIO25", "GPIO24"};

static struct gpio_chip gpio = {
	.label = "board",
	.owner = THIS_MODULE,
	.get_direction = line_get_direction,
	.direction_input = line_input,
	.direction_output = line_output,
	.get = line_get,
	.set = line_set,
	.base = -1,
	.ngpio = LINES,
	.names = line_names,
	.can_sleep = true,
};

/* --- the buses --- */

static void set_cs(struct spi_device *spi, bool high)
{
	if (spi->controller->bus_num != 0)
		return;
	mutex_lock(&lock);
	if (high && cs_low)
		end_command();
	if (!high && !cs_low)
		module.index = 0;
	cs_low = !high;
	mutex_unlock(&lock);
}

static int transfer_one(struct spi_controller *bus, struct spi_device *spi,
			struct spi_transfer *xfer)
{
	const u8 *tx = xfer->tx_buf;
	u8 *rx = xfer->rx_buf;

	if (bus->bus_num != 0) {
		own_clocked += xfer->len;
		return 0;
	}
	if (stall && --stall == 0)
		return 1; /* it goes on, and nobody will say that it has ended */
	mutex_lock(&lock);
	for (u32 i = 0; i < xfer->len; i++) {
		u8 in = module_byte(tx ? tx[i] : 0);

		if (rx)
			rx[i] = in;
	}
	transfers++;
	clocked += xfer->len;
	hz = xfer->speed_hz;
	mutex_unlock(&lock);
	if (paced)
		fsleep(xfer->len * 8000ul / (xfer->speed_hz / 1000));
	return 0;
}

/* --- its content, for the cases --- */

static ssize_t content_read(struct file *file, char __user *to, size_t count, loff_t *at)
{
	return simple_read_from_buffer(to, count, at, module.content, FLASH_SIZE);
}

static ssize_t content_write(struct file *file, const char __user *from, size_t count, loff_t *at)
{
	return simple_write_to_buffer(module.content, FLASH_SIZE, at, from, count);
}

static const struct file_operations content_file = {
	.owner = THIS_MODULE,
	.read = content_read,
	.write = content_write,
	.llseek = default_llseek,
};

static struct miscdevice content = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = "board-flash",
	.fops = &content_file,
};

/* --- the board --- */

static struct platform_device *board;
static struct spi_controller *buses[BUSES];
static struct gpio_desc *chip_select;

static int add_bus(int number)
{
	struct spi_controller *bus = __spi_alloc_controller(&board->dev, 0, false);
	int error;

	if (!bus)
		return -ENOMEM;
	bus->bus_num = (s16)number;
	bus->num_chipselect = SELECTS;
	bus->mode_bits = SPI_CPOL | SPI_CPHA;
	bus->bits_per_word_mask = SPI_BPW_MASK(8);
	bus->min_speed_hz = SLOWEST_HZ;
	bus->max_speed_hz = FASTEST_HZ;
	bus->set_cs = set_cs;
	bus->transfer_one = transfer_one;
	error = spi_register_controller(bus);
	if (error) {
		spi_controller_put(bus);
		return error;
	}
	buses[number] = bus;
	for (u16 select = 0; select < SELECTS; select++) {
		struct spi_board_info info = {.chip_select = select, .max_speed_hz = FASTEST_HZ};

		strscpy(info.modalias, number == 1 && select == 0 ? "spi-nor" : "header",
			sizeof(info.modalias));
		if (!spi_new_device(bus, &info))
			return -ENODEV;
	}
	return 0;
}

static void board_exit(void)
{
	for (int number = 0; number < BUSES; number++)
		if (buses[number])
			spi_unregister_controller(buses[number]);
	if (!IS_ERR_OR_NULL(chip_select))
		gpiochip_free_own_desc(chip_select);
	if (gpio.parent)
		gpiochip_remove(&gpio);
	if (content.this_device)
		misc_deregister(&content);
	platform_device_unregister(board);
	vfree(module.content);
}

static int __init board_init(void)
{
	int error;

	module.content = vzalloc(FLASH_SIZE);
	if (!module.content)
		return -ENOMEM;
	board = platform_device_register_simple("board", -1, NULL, 0);
	if (IS_ERR(board)) {
		vfree(module.content);
		return PTR_ERR(board);
	}
	error = misc_register(&content);
	if (!error) {
		gpio.parent = &board->dev;
		error = gpiochip_add_data(&gpio, NULL);
		if (error)
			gpio.parent = NULL;
	}
	if (!error) {
		chip_select = gpiochip_request_own_desc(&gpio, LINE_SELECT, "spi0 CS0",
							GPIO_ACTIVE_HIGH, GPIOD_OUT_HIGH);
		error = PTR_ERR_OR_ZERO(chip_select);
	}
	for (int number = 0; !error && number < BUSES; number++)
		error = add_bus(number);
	if (error)
		board_exit();
	return error;
}

module_init(board_init);
module_exit(board_exit);
MODULE_DESCRIPTION(
	"A board with two SPI buses and a GPIO chip, for the guest of tools/check-kernel");
MODULE_LICENSE("GPL");
