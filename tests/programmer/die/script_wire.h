/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * script_wire.h - a wire whose other end is the test: it decides what arrives and when, and sees
 * what was sent. Time is virtual, the rate is 115200.
 */
#ifndef TESTS_SCRIPT_WIRE_H
#define TESTS_SCRIPT_WIRE_H

#include "programmer/die/uart_talk.h"

#define SCRIPT_SENT_MOST (1u << 18)
#define SCRIPT_COMING_MOST (1u << 18)
#define SCRIPT_WRITES_MOST 8192
#define SCRIPT_BYTE_US 87 /* at 115200, rounded up */
#define SCRIPT_LATENCY_US 20000

struct script_wire {
	struct wire wire; /* first */
	uint64_t us;
	uint8_t sent[SCRIPT_SENT_MOST];
	size_t sent_count;
	struct {
		uint64_t us;
		size_t at, count;
	} writes[SCRIPT_WRITES_MOST];
	size_t write_count;
	struct {
		uint64_t us;
		uint8_t byte;
	} coming[SCRIPT_COMING_MOST];
	size_t coming_count, came;
	void (*chip)(const uint8_t *bytes, size_t count); /* is told what is written */

	/* Call number @fails_at, from 1, does nothing and fails with ADAPTER_GONE; 0: none. */
	unsigned calls, fails_at;

	/* For the chip of script_links(): it answers all LinkChecks except the first @deaf. */
	unsigned links_asked, deaf, zeros_heard;
};

/* There is only one; script_begin() makes it anew. */
extern struct script_wire script;
void script_begin(void);

/* Bytes arrive every 87 us, from @after_us after those that are coming already, or from now. */
void script_comes(const uint8_t *bytes, size_t count, uint64_t after_us);

/* The answer to a LinkCheck; the answer to a Read4K, with all bytes @fill. */
void script_link_comes(uint64_t after_us);
size_t script_sector_answer(uint32_t address, uint8_t status, uint8_t fill, uint8_t *bytes);
void script_sector_comes(uint32_t address, uint8_t status, uint8_t fill, uint64_t after_us);

/* The talk on it; a test's setup makes both anew. What is heard then by it, without an error. */
extern struct uart_talk script_talk;
int script_talk_begin(void **state);
enum uart_heard script_hear(const struct uart_request *request, uint32_t work_us,
			    struct uart_answer *answer);

void script_links(const uint8_t *bytes, size_t count);
void script_let_link(unsigned deaf);

#endif
