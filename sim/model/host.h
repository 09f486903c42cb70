/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the host's USB controller and software add to the adapter's own time.
 *
 * X, an xHCI port: a program sees a completion 75 us after it happened, the middle of
 *    the 50 to 100 us of direct ports. An OUT transfer to an idle adapter starts
 *    200 us after it was submitted, within the 100 to 400 us a command that flashrom
 *    reads of 32 MiB in 252 s leave. Checks: 4096-byte reads take 30.1 ms and this.
 * U, a UHCI root port: a program sees completions only when the next 1 ms frame
 *    begins. Calibrated by ch341prog with its single IN transfer: 135 300 packets in
 *    135.3 s, and 22 transfers for each of 16 384 pages in 359.5 s. 20 us to start is
 *    an assumption: a page program (1.97 ms) ends in its second frame.
 * T, seen on one machine with stock flashrom, 4 MiB in 67.78 s, twice: 500 us a
 *    packet. The cause was not named; a high-speed hub's transaction translator fits.
 *
 * No report named its controller: X and U are inferred from the machines' age and
 * from the 1.0000 ms. docs/calibration.md compares all of this with what was measured.
 */
#ifndef SIM_HOST_H
#define SIM_HOST_H

#include <stdint.h>

#include "sim/model/board_options.h"

/* When the host sees a completion that happened at @ns. */
uint64_t host_visible(enum host_class host, uint64_t ns);

/* From the submission of an OUT transfer to an idle adapter to its first packet. */
uint64_t host_turnaround(enum host_class host);

/* The least time from the start of one packet to the start of the next. */
uint64_t host_packet_spacing(enum host_class host);

#endif
