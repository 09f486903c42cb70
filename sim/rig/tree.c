/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sim/rig/tree.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define HUB "/sys/devices/platform/beken-sim/usb1"
#define USB_MAJOR 189

static const uint8_t hub_device[18] = {18,   1,	   0x10, 0x01, 9,    0, 0, 64, 0x6b,
				       0x1d, 0x01, 0x00, 0x01, 0x06, 0, 0, 0,  1};
static const uint8_t hub_config[25] = {9, 2, 25, 0, 1, 1, 0, 0xe0, 0, 9, 4, 0,	0,
				       1, 9, 0,	 0, 0, 7, 5, 0x81, 3, 4, 0, 255};

/* A tree under construction; after the first error everything else is skipped. */
struct tree {
	const char *root;
	int error;
};

__attribute__((format(printf, 3, 4))) static void path_of(struct tree *tree, char path[PATH_MAX],
							  const char *format, ...)
{
	va_list arguments;
	int length = snprintf(path, PATH_MAX, "%s", tree->root), more = 0;

	va_start(arguments, format);
	if (length < PATH_MAX)
		more = vsnprintf(path + length, (size_t)(PATH_MAX - length), format, arguments);
	va_end(arguments);
	if (length + more >= PATH_MAX && !tree->error)
		tree->error = -ENAMETOOLONG;
}

/* Creates it with all directories above it. */
static void make_directory(struct tree *tree, const char *name)
{
	char path[PATH_MAX];

	path_of(tree, path, "%s", name);
	for (char *slash = path + strlen(tree->root); !tree->error && slash;) {
		slash = strchr(slash + 1, '/');
		if (slash)
			*slash = 0;
		if (mkdir(path, 0755) && errno != EEXIST)
			tree->error = -errno;
		if (slash)
			*slash = '/';
	}
}

static void write_file(struct tree *tree, const char *directory, const char *name, mode_t mode,
		       const void *bytes, size_t length)
{
	char path[PATH_MAX];
	int fd;

	path_of(tree, path, "%s/%s", directory, name);
	if (tree->error)
		return;
	fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd < 0 || write(fd, bytes, length) != (ssize_t)length || fchmod(fd, mode))
		tree->error = errno ? -errno : -EIO;
	if (fd >= 0)
		close(fd);
}

__attribute__((format(printf, 4, 5))) static void
attribute(struct tree *tree, const char *directory, const char *name, const char *format, ...)
{
	char text[512];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(text, sizeof(text), format, arguments);
	va_end(arguments);
	write_file(tree, directory, name, 0444, text, strlen(text));
}

static void make_link(struct tree *tree, const char *name, const char *target)
{
	char path[PATH_MAX];

	path_of(tree, path, "%s", name);
	if (!tree->error && symlink(target, path))
		tree->error = -errno;
}

static void make_interfaces(struct tree *tree, const char *directory, const char *busid,
			    const uint8_t *config)
{
	size_t total = config[2] | (size_t)config[3] << 8;
	char name[256], link[320], target[320];

	for (size_t k = 0; k + 9 <= total && config[k]; k += config[k]) {
		const uint8_t *i = config + k;

		if (i[1] != 4 || i[3]) /* interface, setting 0 */
			continue;
		snprintf(name, sizeof(name), "%s/%s:%u.%u", directory, busid, config[5], i[2]);
		make_directory(tree, name);
		attribute(tree, name, "uevent", "DEVTYPE=usb_interface\nINTERFACE=%u/%u/%u\n", i[5],
			  i[6], i[7]);
		attribute(tree, name, "bInterfaceNumber", "%02x\n", i[2]);
		attribute(tree, name, "bAlternateSetting", "%2u\n", i[3]);
		attribute(tree, name, "bNumEndpoints", "%02x\n", i[4]);
		attribute(tree, name, "bInterfaceClass", "%02x\n", i[5]);
		attribute(tree, name, "bInterfaceSubClass", "%02x\n", i[6]);
		attribute(tree, name, "bInterfaceProtocol", "%02x\n", i[7]);
		snprintf(target, sizeof(target), "../../..%s", name + 4);
		snprintf(link, sizeof(link), "/sys/bus/usb/devices/%.32s:%u.%u", busid, config[5],
			 i[2]);
		make_link(tree, link, target);
		snprintf(link, sizeof(link), "%s/subsystem", name);
		make_link(tree, link, "../../../../../../bus/usb");
	}
}

static void make_device(struct tree *tree, const char *directory, const char *busid,
			unsigned devnum, const uint8_t *device, const uint8_t *config,
			const char *product, bool high_speed, bool forbidden)
{
	size_t total = config[2] | (size_t)config[3] << 8;
	char name[256], target[256];
	uint8_t descriptors[18 + 4096];

	if (total > sizeof(descriptors) - 18) {
		tree->error = -EINVAL;
		return;
	}
	memcpy(descriptors, device, 18);
	memcpy(descriptors + 18, config, total);
	make_directory(tree, directory);
	write_file(tree, directory, "descriptors", 0444, descriptors, 18 + total);
	attribute(tree, directory, "uevent",
		  "MAJOR=%u\nMINOR=%u\nDEVNAME=bus/usb/001/%03u\nDEVTYPE=usb_device\nDRIVER=usb\n"
		  "PRODUCT=%x/%x/%x\nTYPE=%u/%u/%u\nBUSNUM=001\nDEVNUM=%03u\n",
		  USB_MAJOR, devnum - 1, devnum, device[8] | device[9] << 8,
		  device[10] | device[11] << 8, device[12] | device[13] << 8, device[4], device[5],
		  device[6], devnum);
	attribute(tree, directory, "dev", "%u:%u\n", USB_MAJOR, devnum - 1);
	attribute(tree, directory, "busnum", "1\n");
	attribute(tree, directory, "devnum", "%u\n", devnum);
	attribute(tree, directory, "devpath", "%u\n", devnum - 1);
	attribute(tree, directory, "speed", "%u\n", high_speed ? 480 : 12);
	attribute(tree, directory, "version", "%2x.%02x\n", device[3], device[2]);
	attribute(tree, directory, "maxchild", "%u\n", device[4] == 9 ? 8 : 0);
	attribute(tree, directory, "idVendor", "%04x\n", device[8] | device[9] << 8);
	attribute(tree, directory, "idProduct", "%04x\n", device[10] | device[11] << 8);
	attribute(tree, directory, "bcdDevice", "%04x\n", device[12] | device[13] << 8);
	attribute(tree, directory, "bDeviceClass", "%02x\n", device[4]);
	attribute(tree, directory, "bDeviceSubClass", "%02x\n", device[5]);
	attribute(tree, directory, "bDeviceProtocol", "%02x\n", device[6]);
	attribute(tree, directory, "bMaxPacketSize0", "%u\n", device[7]);
	attribute(tree, directory, "bNumConfigurations", "%u\n", device[17]);
	attribute(tree, directory, "bNumInterfaces", "%2u\n", config[4]);
	attribute(tree, directory, "bConfigurationValue", "%u\n", config[5]);
	attribute(tree, directory, "bmAttributes", "%02x\n", config[7]);
	attribute(tree, directory, "bMaxPower", "%umA\n", 2 * config[8]);
	attribute(tree, directory, "authorized", "1\n");
	if (product)
		attribute(tree, directory, "product", "%s\n", product);

	snprintf(name, sizeof(name), "/sys/bus/usb/devices/%s", busid);
	snprintf(target, sizeof(target), "../../..%s", directory + 4);
	make_link(tree, name, target);
	snprintf(name, sizeof(name), "%s/subsystem", directory);
	make_link(tree, name, devnum == 1 ? "../../../../bus/usb" : "../../../../../bus/usb");
	snprintf(name, sizeof(name), "%03u", devnum);
	write_file(tree, "/dev/bus/usb/001", name, forbidden ? 0 : 0666, descriptors, 18 + total);
	make_interfaces(tree, directory, busid, config);
}

int tree_make(const char *root, const struct tree_device *devices, size_t count)
{
	struct tree tree = {.root = root};

	make_directory(&tree, "/sys/bus/usb/devices");
	make_directory(&tree, "/dev/bus/usb/001");
	make_directory(&tree, "/run/udev/data");
	make_device(&tree, HUB, "usb1", 1, hub_device, hub_config, "Simulated root hub", false,
		    true);
	for (size_t i = 0; i < count; i++) {
		char directory[96], busid[32];

		snprintf(busid, sizeof(busid), "1-%zu", i + 1);
		snprintf(directory, sizeof(directory), HUB "/%s", busid);
		make_device(&tree, directory, busid, (unsigned)i + 2,
			    devices[i].device->device_descriptor,
			    devices[i].device->config_descriptor, devices[i].device->product,
			    devices[i].device->high_speed, devices[i].forbidden);
	}
	return tree.error;
}

int tree_add_tty(const char *root, const char *name)
{
	struct tree tree = {.root = root};
	char path[96], target[96];

	snprintf(path, sizeof(path), "/sys/devices/virtual/tty/%.32s", name);
	make_directory(&tree, path);
	attribute(&tree, path, "uevent", "MAJOR=188\nMINOR=0\nDEVNAME=%.32s\n", name);
	attribute(&tree, path, "dev", "188:0\n");
	make_directory(&tree, "/sys/class/tty");
	snprintf(target, sizeof(target), "../../devices/virtual/tty/%.32s", name);
	snprintf(path, sizeof(path), "/sys/class/tty/%.32s", name);
	make_link(&tree, path, target);
	/* The sticky bit makes a character device of it. */
	write_file(&tree, "/dev", name, 01666, "", 0);
	return tree.error;
}

static void spi_device(struct tree *tree, unsigned bus, unsigned select, const char *modalias,
		       const char *driver)
{
	char path[96], link[128], target[128];

	snprintf(path, sizeof(path), "/sys/devices/platform/spi/spi%u.%u", bus, select);
	make_directory(tree, path);
	attribute(tree, path, "modalias", "spi:%s\n", modalias);
	make_directory(tree, "/sys/bus/spi/devices");
	snprintf(link, sizeof(link), "/sys/bus/spi/devices/spi%u.%u", bus, select);
	snprintf(target, sizeof(target), "../../..%s", path + 4);
	make_link(tree, link, target);
	snprintf(link, sizeof(link), "/sys/bus/spi/drivers/%s", driver);
	make_directory(tree, link);
	snprintf(link, sizeof(link), "%s/driver", path);
	snprintf(target, sizeof(target), "../../../../bus/spi/drivers/%s", driver);
	make_link(tree, link, target);
}

const char *tree_spidev_node(bool pi5)
{
	return pi5 ? "/dev/spidev10.0" : "/dev/spidev0.0";
}

int tree_add_spidev(const char *root, const struct spidev_options *options)
{
	static const char parameters[] = "/sys/module/spidev/parameters";
	static const char base[] = "/sys/firmware/devicetree/base";
	struct tree tree = {.root = root};
	mode_t mode = options->forbidden ? 01000 : 01666; /* sticky: a character device */

	make_directory(&tree, parameters);
	attribute(&tree, parameters, "bufsiz", "%u\n", options->bufsiz);
	make_directory(&tree, base);
	attribute(&tree, base, "model", "Raspberry Pi %s",
		  options->pi5 ? "5 Model B Rev 1.0" : "4 Model B Rev 1.5");
	spi_device(&tree, options->pi5 ? 10 : 0, 0, "spidev", "spidev");
	if (options->nor)
		spi_device(&tree, 0, 1, "spi-nor", "spi-nor");
	write_file(&tree, "/dev", tree_spidev_node(options->pi5) + 5, mode, "", 0);
	write_file(&tree, "/dev", "gpiochip0", mode, "", 0);
	return tree.error;
}

void tree_unplug(const char *root, size_t index)
{
	char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s/dev/bus/usb/001/%03zu", root, index + 2);
	unlink(path);
	snprintf(path, sizeof(path), "%s/sys/bus/usb/devices/1-%zu", root, index + 1);
	unlink(path);
	snprintf(path, sizeof(path), "%s" HUB "/1-%zu", root, index + 1);
	tree_remove(path);
}

static int remove_entry(const char *path, const struct stat *st, int type, struct FTW *where)
{
	(void)st;
	(void)type;
	(void)where;
	return remove(path);
}

void tree_remove(const char *path)
{
	nftw(path, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
}
