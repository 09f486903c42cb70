/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sim/model/host.h"

#define US UINT64_C(1000)
#define FRAME_NS (1000 * US)

uint64_t host_visible(enum host_class host, uint64_t ns)
{
	/* A transfer that ends exactly with a frame is reported with the next one. */
	if (host == HOST_U)
		return (ns / FRAME_NS + 1) * FRAME_NS;
	return ns + 75 * US;
}

uint64_t host_turnaround(enum host_class host)
{
	return host == HOST_U ? 20 * US : 200 * US;
}

uint64_t host_packet_spacing(enum host_class host)
{
	return host == HOST_T ? FRAME_NS / 2 : 0;
}
