/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * changes.h - erases and programs, sent to the die in batches.
 *
 * A change is queued and goes out together with others: WREN, the command and the
 * wait behind it, up to 16 times in one transfer. What is asked of the die behind the
 * queue (a read) travels in the same transfer. A part above 16 MiB is driven by the
 * opcodes that take four address bytes (chipdb.h).
 *
 * A transfer with changes in it is not given up when the user wants to end, but for an
 * erase of the whole chip.
 *
 * Errors are spi_errors, logged. What was queued is then forgotten; whether it was done
 * is not known.
 */
#ifndef CHANGES_H
#define CHANGES_H

#include "base/observer.h"
#include "chipdb/chipdb.h"
#include "programmer/die/pace.h"
#include "programmer/bus/spi.h"

/* About 40 ms of page programs, so that progress stays smooth. */
#define CHANGES_MOST 16
#define CHANGES_PAGE 256
#define CHANGES_HEADER 5 /* opcode and address */

struct change {
	enum activity activity;
	struct pace *pace;
	uint32_t address;
	uint32_t size; /* bytes of the die that it changes */
	uint8_t tx[CHANGES_HEADER + CHANGES_PAGE];
	size_t tx_len;
};

struct changes {
	/* To be set by the user; all that they point to outlives this. */
	struct spi_bus *bus;
	const struct chipdb_part *part;
	const struct observer *observer;

	/* Kept by changes.c. */
	struct pace program_pace, erase_pace[CHIPDB_ERASES];
	struct change queue[CHANGES_MOST];
	size_t queued;
	bool read, sent; /* anything was read; a change was sent */
	bool unchecked;	 /* something was read; for the user to reset */
};

void changes_init(struct changes *changes);

/* @len bytes, which do not cross the end of a page; they are copied. */
int changes_program(struct changes *changes, uint32_t address, const uint8_t *data, size_t len);

/* @erase is one of the part's; @address is aligned to its size. */
int changes_erase(struct changes *changes, const struct chipdb_erase *erase, uint32_t address);

/* Send what is queued. */
int changes_flush(struct changes *changes);

/* Send what is queued and read @len bytes behind it. */
int changes_read(struct changes *changes, uint32_t address, uint8_t *rx, size_t len);

#endif
