/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sim/model/host.h"

#define US UINT64_C(1000)
#define FRAME_NS (1000 * US)

static const struct {
	uint64_t seen;	  /* from a completion to the program that sees it */
	uint64_t start;	  /* from the submission to an idle adapter to the first packet */
	uint64_t gap;	  /* between two packets */
	uint64_t spacing; /* the least time from the start of a packet to the start of the next */
	bool frames;	  /* completions are seen when the next frame begins */
} prices[] = {
	[HOST_X] = {.seen = 25 * US, .start = 25 * US},
	[HOST_X200] = {.seen = 75 * US, .start = 200 * US},
	[HOST_U] = {.start = 20 * US, .gap = 16 * US, .frames = true},
	[HOST_T] = {.seen = 75 * US, .start = 200 * US, .spacing = FRAME_NS / 2},
};

uint64_t host_visible(enum host_class host, uint64_t ns)
{
	/* A transfer that ends exactly with a frame is reported with the next one. */
	if (prices[host].frames)
		return (ns / FRAME_NS + 1) * FRAME_NS;
	return ns + prices[host].seen;
}

uint64_t host_turnaround(enum host_class host)
{
	return prices[host].start;
}

uint64_t host_next_packet(enum host_class host, uint64_t start_ns, uint64_t end_ns)
{
	uint64_t spaced = start_ns + prices[host].spacing, after = end_ns + prices[host].gap;

	return spaced > after ? spaced : after;
}
