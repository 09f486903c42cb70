/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the host's USB controller and software add to the adapter's own time.
 *
 * X, an xHCI port: a transfer to an idle adapter starts 25 us after it was submitted, and
 *    a program sees a completion 25 us after it happened. Fitted on all that was
 *    published at once: of ch341prog's write, 86 and about 100 s for 8 MiB, hundreds of
 *    thousands of transfers that wait for each other leave no more; flashrom's and
 *    ch341prog's readings hardly feel it.
 * X200, the same with 200 us and 75 us: what flashrom's reading of 32 MiB in 252 s leaves
 *    for each command, if nothing else but the host took it. The other extreme: a gain
 *    that depends on the host is stated for both.
 * U, a UHCI root port: a program sees completions only when the next 1 ms frame
 *    begins. Calibrated by ch341prog with its single IN transfer: 135 300 packets in
 *    135.3 s, and 22 transfers for each of 16 384 pages in 359.5 s. 20 us to start is
 *    an assumption: a transfer ends in the frame in which it can. 16 us between two
 *    packets: flashrom, IMSProg and SNANDer read 4 MiB in 33.0 to 34.6 s there, with
 *    transfers of 4 to 64 KiB, which is 244 us a packet for 227 us of the adapter's own.
 * T, seen on one machine with stock flashrom, 4 MiB in 67.78 s, twice: 500 us a
 *    packet. The cause was not named; a high-speed hub's transaction translator fits.
 *    What else it costs is not known, and taken from X200.
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

/* The earliest start of a packet after one that ran from @start_ns to @end_ns. */
uint64_t host_next_packet(enum host_class host, uint64_t start_ns, uint64_t end_ns);

#endif
