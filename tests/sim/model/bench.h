/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A host for tests: it queues transfers, waits for them in virtual time, and can carry out a whole
 * SPI command, CS included.
 */
#ifndef TESTS_SIM_BENCH_H
#define TESTS_SIM_BENCH_H

#include <stdint.h>

#include "tests/unit.h"
#include "sim/model/board.h"

#define BENCH_US UINT64_C(1000)
#define BENCH_MS (1000 * BENCH_US)

struct bench {
	struct board *board;
	struct usb_device *usb;
	uint64_t now_ns;
};

/* Pins of the CH341A as the usual SPI tools drive them. */
enum { IDLE = 0x37, SELECT = 0x36, IDLE_RESET = 0x33, OUTPUTS = 0x3F };

struct bench bench_open(const struct board_options *options);
void bench_close(struct bench *bench);

struct usb_urb *bench_urb(struct bench *bench, uint8_t endpoint, const void *data, size_t length);
void bench_free(struct usb_urb *urb);

/* Submits a transfer now; @data NULL: an IN transfer. */
struct usb_urb *bench_submit(struct bench *bench, uint8_t endpoint, const void *data,
			     size_t length);

/* Advances the time to the next completion and returns it; the test fails if there is none. */
struct usb_urb *bench_wait(struct bench *bench);

/* The test fails if an IN transfer receives anything. */
void bench_expect_nothing(struct bench *bench);

/* Queues an IN for each packet that will be answered, sends the stream, and joins the answers. */
size_t bench_stream(struct bench *bench, const uint8_t *stream, size_t length, size_t answers,
		    uint8_t *replies);

void bench_pins(struct bench *bench, uint8_t latch);

/* One CS window. */
void bench_spi(struct bench *bench, const uint8_t *out, size_t out_length, uint8_t *in,
	       size_t in_length);

/* CEN low for @ms, then high. */
void bench_reset(struct bench *bench, unsigned ms);

/* Sends D2 in CS windows of @window bytes for @ms; returns the number of D2 bytes received. */
unsigned bench_enter(struct bench *bench, unsigned ms, size_t window);

void bench_sleep(struct bench *bench, unsigned ms);
uint32_t bench_id(struct bench *bench);

uint8_t bench_reversed(uint8_t byte);

#endif
