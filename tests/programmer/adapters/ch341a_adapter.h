/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A minimal CH341A: it runs the packets of a stream as the chip would, and returns the replies. The
 * rules that hold for all streams are asserted here.
 */
#ifndef TESTS_CH341A_ADAPTER_H
#define TESTS_CH341A_ADAPTER_H

#include "programmer/adapters/ch341a_stream.h"

#define ADAPTER_BYTES 4096
#define ADAPTER_WINDOWS 64

struct adapter {
	struct ch341a_stream stream;
	uint8_t pins;
	unsigned cen_changes;
	uint64_t ns; /* as measured: 40 us a packet, 6.03 a byte, 0.75 an output of pins,
			n + 1.1 a delay of n */

	uint8_t mosi[ADAPTER_BYTES], miso[ADAPTER_BYTES]; /* as on the wires, MSB first */
	uint64_t byte_ns[ADAPTER_BYTES];		  /* when each byte began */
	size_t byte_count;
	uint8_t shifted; /* clocked by hand; and the number of bits */
	unsigned bits;
	bool window_cen[ADAPTER_WINDOWS];
	size_t window_count;
	size_t slice, packets, replies;

	/* Answers of the die. NULL: a pattern that shows the position of each byte. */
	const uint8_t *script;
};

/* Builds a stream from @ops, runs it and passes it the replies; returns the last one's result. */
enum trouble_kind adapter_run_script(struct adapter *adapter, uint8_t pins, struct spi_op *ops,
				     size_t count, const uint8_t *script);

/* The same; everything must succeed. */
void adapter_run(struct adapter *adapter, uint8_t pins, struct spi_op *ops, size_t count);
void adapter_free(struct adapter *adapter);

#endif
