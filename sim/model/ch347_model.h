/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A CH347T in its mode 1, or a CH347F: frames of a command, a length and a payload, one in each
 * transfer, and CEN of the SoC at the second chip select.
 *
 *   C0h  configuration of the bus, C1h both chip selects (no answer), C2h bytes out and in, C3h
 * bytes in, C4h bytes out, CAh what it is, CCh GPIOs, E2h functions of pins (CH347F)
 *
 * From flashrom's ch347_spi.c, the vendor's kernel driver (WCHSoftGroup/ch34x_mphsi_master_linux)
 * and captures of its library (nic3-14159/CH347-Research). Firmware from 3.41 on, and every CH347F,
 * takes the edges of the chip selects in the length of C2h: bits 15 and 14 for the first, 13 and 12
 * for the second, and payloads of 4093 bytes; older firmware takes 507 bytes and no such bits.
 *
 * Assumptions: a frame costs 10 us beside its bits; the bus moves 40 MB/s; what follows the first
 * frame of a transfer is lost, since there is no evidence that it is not; a frame that is not
 * understood is ignored; a GPIO that is no output is high. Left out: what else the pins of the GPIOs
 * do, the clock tree (E1h), the UARTs. CCh is openocd's ch347.c's and the vendor's.
 */
#ifndef SIM_CH347_MODEL_H
#define SIM_CH347_MODEL_H

#include "sim/model/host.h"
#include "sim/model/soc.h"
#include "sim/model/urb_queue.h"
#include "sim/model/usb.h"

#define CH347_REPLIES 8 /* that wait for the host; then the next frame does */
#define CH347_FRAME 4096
#define CH347_CONFIG 26

struct ch347_reply {
	uint8_t bytes[CH347_FRAME];
	uint32_t length;
	uint64_t ready_ns, taken_ns;
};

struct ch347 {
	struct usb_device usb;
	struct soc *soc; /* or NULL */
	struct board_stats *stats;
	enum host_class host;
	uint64_t kill_at;
	bool old, is_f;
	uint8_t device_descriptor[18];

	struct urb_queue out, in;
	uint64_t first_ns, free_ns, in_ns, out_ns;
	bool started;

	uint8_t config[CH347_CONFIG];
	bool cs_low, cen_low, cs1_enabled;
	unsigned cen_gpio; /* 1 + the GPIO that is wired to CEN, or 0 */
	uint8_t pins[8];   /* as the last CCh left them: 80h an output, 40h high */
	uint32_t to_read; /* of a C3h that has not all been answered */

	/* Number @taken to @produced - 1 wait, number n in place n % CH347_REPLIES. */
	struct ch347_reply replies[CH347_REPLIES];
	uint64_t produced, taken;
};

void ch347_init(struct ch347 *ch, const struct board_options *options, struct soc *soc,
		struct board_stats *stats);

#endif
