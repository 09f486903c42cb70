/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "programmer/adapters/spidev_node.h"
#include "programmer/adapters/node_ioctl.h"
#include "programmer/adapters/node_trouble.h"
#include "programmer/adapters/own_flash.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/spi/spidev.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#define FOLDER "/dev/"
#define PREFIX "spidev"
#define NODES_MOST 16
#define BUFSIZ_PATH "/sys/module/spidev/parameters/bufsiz"
#define BUFSIZ_USUAL 4096

bool spidev_node_numbers(const char *node, unsigned *bus, unsigned *select)
{
	char end;

	return strncmp(node, FOLDER PREFIX, strlen(FOLDER PREFIX)) == 0 &&
	       sscanf(node + strlen(FOLDER PREFIX), "%3u.%2u%c", bus, select, &end) == 2;
}

uint32_t spidev_node_bufsiz(void)
{
	FILE *file = fopen(BUFSIZ_PATH, "re");
	unsigned value = BUFSIZ_USUAL;

	if (file && (fscanf(file, "%9u", &value) != 1 || value < 2 * SPI_WINDOW_LEAST))
		value = BUFSIZ_USUAL;
	if (file)
		fclose(file);
	return value;
}

size_t spidev_node_list(const struct adapter *adapter, struct adapter_place *places, size_t room)
{
	DIR *dir = opendir(FOLDER);
	struct dirent *entry;
	unsigned bus, select;
	char why[160];
	size_t count = 0;

	while (dir && count < room && (entry = readdir(dir))) {
		struct adapter_place *place = &places[count];

		*place = (struct adapter_place){.adapter = adapter};
		snprintf(place->value, sizeof(place->value), FOLDER "%.30s", entry->d_name);
		count += spidev_node_numbers(place->value, &bus, &select) &&
			 !own_flash_on_bus(bus, why, sizeof(why));
	}
	if (dir)
		closedir(dir);
	return count;
}

/* Says which nodes there are instead of the missing one. */
static void raise_missing(const struct observer *observer, const char *node)
{
	struct trouble trouble = trouble_seen(TROUBLE_NO_ADAPTER, "there is no %s", node);
	struct adapter_place places[NODES_MOST];
	size_t count = spidev_node_list(NULL, places, NODES_MOST), len = 0;
	char list[200] = "";

	for (size_t i = 0; i < count && len < sizeof(list); i++)
		len += (size_t)snprintf(list + len, sizeof(list) - len, "%s%s", i ? ", " : "",
					places[i].value);
	trouble_add_text(&trouble, "node", "%s", node);
	if (count)
		trouble_set_next(&trouble, "There is: %s", list);
	else
		trouble_set_next(
			&trouble,
			"This computer shows no SPI bus: on a Raspberry Pi put dtparam=spi=on "
			"into config.txt (raspi-config does it), with Armbian "
			"overlays=spi-spidev into armbianEnv.txt, and start it again");
	observer_tell(observer, &trouble);
}

static bool may_be_used(const char *node, const struct observer *observer)
{
	struct trouble trouble;
	unsigned bus, select;
	char why[160];

	if (!spidev_node_numbers(node, &bus, &select)) {
		observer_raise(observer, TROUBLE_USAGE, NO_RANGE,
			       "%s is not a node of an SPI bus, such as " FOLDER PREFIX "0.0",
			       node);
		return false;
	}
	if (!own_flash_on_bus(bus, why, sizeof(why)))
		return true;
	trouble = trouble_seen(TROUBLE_OWN_FLASH,
			       "%s is on the bus of this computer's own flash: %s", node, why);
	trouble_add_text(&trouble, "node", "%s", node);
	observer_tell(observer, &trouble);
	return false;
}

/*
 * A message that clocks nothing comes last. After it, CS is high even if another program left it
 * low and the settings did not change that; and a controller refuses a clock that is too slow only
 * with a message.
 */
static bool set_up(int fd, bool mode3, uint32_t hz)
{
	struct spi_ioc_transfer nothing = {.len = 0};
	uint8_t mode = mode3 ? SPI_MODE_3 : SPI_MODE_0, bits = 8;

	return node_ioctl(fd, SPI_IOC_WR_MODE, &mode) >= 0 &&
	       node_ioctl(fd, SPI_IOC_WR_BITS_PER_WORD, &bits) >= 0 &&
	       node_ioctl(fd, SPI_IOC_WR_MAX_SPEED_HZ, &hz) >= 0 &&
	       node_ioctl(fd, SPI_IOC_MESSAGE(1), &nothing) >= 0;
}

int spidev_node_open(const struct adapter_wish *wish, uint32_t hz, const struct observer *observer)
{
	const char *node = wish->value;
	int fd;

	if (!may_be_used(node, observer))
		return -1;
	fd = open(node, O_RDWR | O_CLOEXEC);
	if (fd < 0 && errno == ENOENT) {
		raise_missing(observer, node);
		return -1;
	}
	/* Linux lets several programs have the bus, and mixes their messages. */
	if (fd < 0 || flock(fd, LOCK_EX | LOCK_NB)) {
		raise_node(observer, errno, node);
	} else if (set_up(fd, wish->mode3, hz)) {
		return fd;
	} else if (errno == EINVAL) {
		observer_raise(observer, TROUBLE_USAGE, NO_RANGE,
			       "the controller of %s does not take mode %u at %u Hz: try another "
			       "speed=",
			       node, wish->mode3 ? 3u : 0u, (unsigned)hz);
	} else {
		raise_node(observer, errno, node);
	}
	if (fd >= 0)
		close(fd);
	return -1;
}
