/* SPDX-License-Identifier: GPL-2.0-or-later */
/* See flash.h. */
#ifndef SURFACE_PROGRAMMER_H
#define SURFACE_PROGRAMMER_H

#include "flash.h"

enum programmer_type { PCI = 1, USB, OTHER };

struct dev_entry {
	uint16_t vendor_id;
	uint16_t device_id;
	const enum test_state status;
	const char *vendor_name;
	const char *device_name;
};

struct programmer_cfg;
struct programmer_entry {
	const char *name;
	const enum programmer_type type;
	union {
		const struct dev_entry *const dev;
		const char *const note;
	} devs;
	int (*init)(const struct programmer_cfg *cfg);
#if SURFACE < 104
	void (*delay)(unsigned int usecs);
#endif
};
extern const struct programmer_entry programmer_beken_spi;

char *extract_programmer_param_str(const struct programmer_cfg *cfg, const char *param_name);

#define SPI_MASTER_4BA (1U << 0)
struct spi_command;
struct spi_master {
	uint32_t features;
	unsigned int max_data_read;
	unsigned int max_data_write;
	int (*command)(const struct flashctx *flash, unsigned int writecnt, unsigned int readcnt,
		       const unsigned char *writearr, unsigned char *readarr);
	int (*multicommand)(const struct flashctx *flash, struct spi_command *cmds);
	int (*read)(struct flashctx *flash, uint8_t *buf, unsigned int start, unsigned int len);
	int (*write_256)(struct flashctx *flash, const uint8_t *buf, unsigned int start,
			 unsigned int len);
	int (*write_aai)(struct flashctx *flash, const uint8_t *buf, unsigned int start,
			 unsigned int len);
	int (*shutdown)(void *data);
#if SURFACE < 104
	bool (*probe_opcode)(struct flashctx *flash, uint8_t opcode);
#else
	bool (*probe_opcode)(const struct flashctx *flash, uint8_t opcode);
	void (*delay)(const struct flashctx *flash, unsigned int usecs);
#endif
	void *data;
};
int register_spi_master(const struct spi_master *mst, void *data);

struct registered_master {
	struct spi_master spi;
};

int default_spi_read(struct flashctx *flash, uint8_t *buf, unsigned int start, unsigned int len);
#if SURFACE < 104
int default_spi_write_aai(struct flashctx *flash, const uint8_t *buf, unsigned int start,
			  unsigned int len);
bool default_spi_probe_opcode(struct flashctx *flash, uint8_t opcode);
#endif

#endif
