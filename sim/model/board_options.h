/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * board_options.h - what a board is made of, how it behaves, and what it counts.
 *
 * Each thing on the board takes from the options what concerns it, and counts in the one
 * set of figures.
 */
#ifndef SIM_BOARD_OPTIONS_H
#define SIM_BOARD_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>

#include "chipdb/chipdb.h"
#include "sim/model/spidev_options.h"
#include "sim/model/wiring.h"

/* How the host's USB controller behaves; see host.h for what each costs. */
enum host_class { HOST_X, HOST_X200, HOST_U, HOST_T };

enum one_byte_01 { ONE_BYTE_01_PART, ONE_BYTE_01_KEEPS_SR2, ONE_BYTE_01_CLEARS_SR2 };

/* Which forms of register writes the die takes, see nor_registers.h. */
enum sr_forms { SR_FORMS_PART, SR_FORMS_JOINT, SR_FORMS_SPLIT, SR_FORMS_BOTH };

/* Which table the die answers to 5Ah: the part's or none of it, none, or one of sfdp_size. */
enum sfdp_table { SFDP_OF_PART, SFDP_NONE, SFDP_OF_SIZE };

enum busy_times {
	BUSY_TYPICAL, /* every program and erase takes the part's typical time */
	BUSY_MAXIMUM, /* ... its maximum */
	BUSY_VARYING, /* ... between 0.7 and 1.5 times typical, from the seed */
};

/* The mode in which the die was left. In none of them it answers a plain command. */
enum die_start { DIE_READY, DIE_POWER_DOWN, DIE_QPI, DIE_CONTINUOUS_READ };

/* What the chip is connected to. */
enum board_adapter {
	BOARD_CH341A,
	BOARD_SPIDEV,
	BOARD_FT232H,
	BOARD_CH347T,
	BOARD_CH347T_OLD, /* with firmware before 3.41 */
	BOARD_CH347F,
};

struct board_options {
	enum board_adapter adapter;
	unsigned cen_pin; /* 1 + ADBUS, or 8 + ACBUS, of an FT232H, GPIO of a CH347; 0: the usual */
	const struct chipdb_part *part;
	const char *entry; /* name of an entry variant, see soc.h; NULL for "measured" */
	uint64_t seed;
	enum host_class host;
	enum one_byte_01 one_byte_01;
	enum busy_times busy;
	bool sr_given; /* start with @sr in the status registers instead of 0 */
	uint32_t sr;   /* SR1 | SR2 << 8 | SR3 << 16 */
	enum sr_forms sr_forms;
	unsigned registers; /* the die has only this many status registers (0: the part's) */
	bool id_given;	    /* it answers @id to 9Fh */
	uint8_t id[3];
	enum sfdp_table sfdp;
	uint32_t sfdp_size; /* SFDP_OF_SIZE: what its table claims, bytes, a power of two */
	/*
	 * Bytes of memory, a power of two from 64 KiB to the part's size, which is what 0 means. A
	 * smaller one is a relabelled die: addresses wrap around, protection counts from the real
	 * size, ID and SFDP stay those of the part.
	 */
	uint32_t capacity;
	/*
	 * Above this clock the chip's answers are late: now and then a bit is read wrong; at twice
	 * this clock each bit is read as the one before. 0: never.
	 */
	uint32_t wire_hz;
	uint32_t jitter_ns; /* of the edges from the chip, root mean square, see jitter.h */
	uint32_t noise; /* about one in this many bytes from the die has a flipped bit (0: none) */
	uint64_t flip_at; /* this one of the bytes that pass on the die's pins has a flipped bit */
	bool no_global_unlock; /* of the locks of blocks 7Eh and 98h are not known */
	enum die_start start;
	bool wp_low;	     /* the die's WP# pin is low: SRP0 locks the registers */
	bool uart_mode;	     /* the adapter's jumper is in the UART position (1a86:5523) */
	bool product_string; /* a newer adapter: iProduct 2, "USB UART-LPT" */
	bool strict_replies; /* a fifth unread reply locks the adapter up instead of a NAK */
	bool unwired;	     /* nothing is connected to the adapter */
	struct wiring wiring;
	struct spidev_options spidev;
	uint32_t stall_out; /* stall the Nth bulk OUT transfer, once (0: never) */
	/* The program is killed as the Nth CS window in SPI mode has begun, once (0: never). */
	uint64_t kill_at;
	uint32_t lose_reply; /* lose the Nth reply packet, once (0: never) */
};

/* What a run cost. Counts start at 0 when the board is made. */
struct board_stats {
	uint64_t virtual_us;	    /* from the first transfer to the last completion */
	uint64_t out_urbs, in_urbs; /* completed bulk transfers */
	uint64_t control_urbs;
	uint64_t packets;   /* 32-byte command packets that the adapter executed */
	uint64_t spi_ops;   /* CS windows that reached the die in SPI mode */
	uint64_t spi_bytes; /* bytes shifted to the die in SPI mode */
	uint64_t
		host_turnarounds; /* OUT transfers that found the adapter idle, nothing in flight */
	uint64_t messages;	  /* system calls of an SPI bus that transferred something */
	uint64_t page_programs;	  /* executed */
	uint64_t erase_4k, erase_32k, erase_64k, erase_chip; /* executed */
	uint64_t sr_writes;	     /* status-register writes that the die executed */
	uint64_t sr_writes_volatile; /* of these, after 50h: until power is cycled */
	uint64_t sr_writes_needless; /* of these, such as changed no bit */
	uint64_t sr_write_commands;  /* CS windows that began with 01h, 31h or 11h */
	uint64_t cen_pulses;	     /* times that CEN went low */
	uint64_t ignored_while_busy; /* commands other than RDSR that came while WIP was set */
	uint64_t ignored_protected;  /* programs and erases refused by block protection */
};

#endif
