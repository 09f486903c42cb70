/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A CH341A in a few lines: it runs the packets of a stream as the chip would and feeds
 * the replies back. Every rule of the wire that holds for all streams is
 * asserted here.
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
	uint8_t shifted; /* clocked by hand, and how many bits of it */
	unsigned bits;
	bool window_cen[ADAPTER_WINDOWS];
	size_t window_count;
	size_t slice, packets, replies;

	/* Answers of the die; a pattern that tells positions apart when NULL. */
	const uint8_t *script;
};

/* Builds a stream from @ops, runs it and feeds the replies; returns what the last one gave. */
enum trouble_kind adapter_run_script(struct adapter *adapter, uint8_t pins, struct spi_op *ops,
				     size_t count, const uint8_t *script);

/* The same, and all must go well. */
void adapter_run(struct adapter *adapter, uint8_t pins, struct spi_op *ops, size_t count);
void adapter_free(struct adapter *adapter);

#endif
