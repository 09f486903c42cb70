/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * uart_frames.h - the frames of Beken's bootloaders, made and taken apart. docs/uart.md has them
 * byte by byte, with the sources.
 *
 *   short request   01 E0 FC LL CC payload               LL counts CC and payload
 *   short answer    04 0E LL 01 E0 FC CC payload         LL counts what follows it
 *   long request    01 E0 FC FF F4 ll hh CC payload      hhll counts CC and payload
 *   long answer     04 0E FF 01 E0 FC F4 ll hh CC SS payload   ... and SS, the status
 *
 * Numbers are little endian. The same CC means one thing in a short frame and another in a long
 * one. No frame has a checksum: only what an answer repeats of its request shows whether it belongs
 * to it.
 */
#ifndef DIE_UART_FRAMES_H
#define DIE_UART_FRAMES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/range.h"

#define UART_SECTOR 4096u /* of Read4K and Write4K */

/* The longest frame that is sent (Write4K), the longest that comes (Read4K). */
#define UART_REQUEST_MOST (12 + UART_SECTOR)
#define UART_ANSWER_MOST (15 + UART_SECTOR)

/* After the code of a request, before its data. */
#define UART_HEAD_MOST 8

/* The status of an answer. A bootloader may skip what it cannot do and still answer OK. */
enum uart_status {
	UART_OK = 0x00,
	UART_PARAMETER = 0x06,	/* an address that it does not allow */
	UART_NO_COMMAND = 0x07, /* the ROM: a command that it does not have */
};

struct uart_request {
	bool is_long;
	uint8_t code;
	uint8_t head[UART_HEAD_MOST];
	size_t head_len;
	const uint8_t *data; /* the caller's */
	size_t data_len;

	/* Of a good answer; @answers: there is one. */
	uint8_t answer_code;
	size_t answer_len; /* its payload, after code and status */
	size_t echo_len;   /* how much of @head that begins with */
	bool answers;

	bool changes; /* the die */
	bool alone;   /* what follows must not complete a damaged one; the caller may say so, too */
};

/* The commands. Each address is one of the die, except for registers of the SoC. */
struct uart_request uart_link_check(void);
struct uart_request uart_boot_version(void);
struct uart_request uart_reboot(void);
struct uart_request uart_set_rate(uint32_t rate, uint8_t ticks);
struct uart_request uart_check_crc(struct range range);
struct uart_request uart_read_register(uint32_t address);
struct uart_request uart_read_sector(uint32_t address);
struct uart_request uart_write_sector(uint32_t address, const uint8_t data[UART_SECTOR]);
struct uart_request uart_write_bytes(uint32_t address, const uint8_t *data, size_t len);
struct uart_request uart_erase(uint32_t address, bool block); /* 64 KiB, or 4 KiB */
uint32_t uart_erased_by(const struct uart_request *erase);    /* bytes */
uint32_t uart_erased_by_write(uint32_t address);	      /* on BL; 0: that is no erase */
struct uart_request uart_get_id(void);
struct uart_request uart_read_status(uint8_t opcode);
struct uart_request uart_write_status(const uint8_t *values, size_t count); /* 1 or 2 after 01h */

/* To firmware that runs, not to a bootloader: Beken's SDK reboots by it. */
struct uart_request uart_reboot_firmware(void);

/* Into @frame; returns its length, at most UART_REQUEST_MOST. */
size_t uart_encode(const struct uart_request *request, uint8_t *frame);

/* Bytes of a good answer on the wire; 0: there is none. */
size_t uart_answer_size(const struct uart_request *request);

struct uart_answer {
	bool is_long;
	uint8_t code;
	uint8_t status; /* OK in a short one */
	const uint8_t *payload;
	size_t length;
};

enum uart_look {
	UART_MORE,   /* the start of an answer: more has to come */
	UART_ANSWER, /* one, of *@used bytes */
	UART_NOISE,  /* @bytes do not begin with an answer */
};

/* Looks at the first of @count bytes. The payload points into them. */
enum uart_look uart_decode(const uint8_t *bytes, size_t count, struct uart_answer *answer,
			   size_t *used);

/* Whether it is an answer to this request, a good one. */
bool uart_is_answer_to(const struct uart_answer *answer, const struct uart_request *request);

/*
 * Whether it may be a refusal of this request: a long answer with its code and a status. How long
 * that is differs, and the address in it may be mangled.
 */
bool uart_is_refusal_of(const struct uart_answer *answer, const struct uart_request *request);

uint32_t uart_number(const uint8_t bytes[4]);

#endif
