/*
 * This file is part of the flashrom project.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 * SPDX-FileCopyrightText: 2011-2016 The authors of ch341a_spi.c
 * SPDX-FileCopyrightText: The flashrom-beken authors
 */

#ifndef __CH341A_USB_H__
#define __CH341A_USB_H__ 1

#include <stdint.h>
#include <stddef.h>

#define CH341A_PACKET_LENGTH		0x20
#define CH341A_SPI_LENGTH		(CH341A_PACKET_LENGTH - 1)	/* one byte is the command */
#define CH341A_UIO_OPS			(CH341A_PACKET_LENGTH - 2)	/* and one is the end */

#define CH341A_CMD_SPI_STREAM		0xA8
#define CH341A_CMD_I2C_STREAM		0xAA
#define CH341A_CMD_UIO_STREAM		0xAB

/*
 * UIO operations. UIO_OUT sets all of D5..D0 at once; the map between its bits, pins on the
 * CH341A chip and pins on the SPI chip:
 * UIO	CH341A	SPI	CH341A SPI name
 * 0	D0/15	CS/1	(CS0)
 * 1	D1/16	unused	(CS1)
 * 2	D2/17	unused	(CS2)
 * 3	D3/18	SCK/6	(DCK)
 * 4	D4/19	unused	(DOUT2)
 * 5	D5/20	SI/5	(DOUT)
 * - The UIO stream commands seem to only have 6 bits of output, and D6/D7 are the SPI inputs,
 *  mapped as follows:
 *	D6/21	unused	(DIN2)
 *	D7/22	SO/2	(DIN)
 */
#define CH341A_UIO_DIR			0x40	/* which of D5..D0 are outputs */
#define CH341A_UIO_OUT			0x80	/* levels of D5..D0 */
#define CH341A_UIO_US			0xC0	/* wait 0..63 us */
#define CH341A_UIO_END			0x20

/* A stream of packets, which the adapter executes in order. */
struct ch341a_usb;

/* Open adapter number @num of this ID. NULL on errors, which were printed. */
struct ch341a_usb *ch341a_usb_open(uint16_t vid, uint16_t pid, unsigned int num);
void ch341a_usb_close(struct ch341a_usb *usb);

/* Begin an empty stream. */
void ch341a_usb_begin(struct ch341a_usb *usb);
/* Append a packet unchanged. */
void ch341a_usb_packet(struct ch341a_usb *usb, const uint8_t *bytes, size_t len);
/* Append a packet of up to CH341A_UIO_OPS pin operations. */
void ch341a_usb_uio(struct ch341a_usb *usb, const uint8_t *ops, size_t count);
/* Append packets that clock out @outcnt bytes of @out and @incnt more. Returns where the reply will be. */
size_t ch341a_usb_spi(struct ch341a_usb *usb, const uint8_t *out, size_t outcnt, size_t incnt);

/* Run the stream. Returns 0 when every packet was taken and every reply is there. */
int ch341a_usb_run(struct ch341a_usb *usb);
/* Copy @incnt bytes of the reply at @at, starting with byte @skip. */
void ch341a_usb_replies(const struct ch341a_usb *usb, size_t at, size_t skip, uint8_t *in, size_t incnt);
/* After a failed run: prepare the adapter for another one. */
void ch341a_usb_recover(struct ch341a_usb *usb);

#endif /* __CH341A_USB_H__ */
