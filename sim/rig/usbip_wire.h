/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * USB/IP 1.1.1 on the wire, and this project's extension for virtual time.
 * All numbers are big-endian. Shared by the server, the shim and the tests.
 *
 * The extension. A client that lives in virtual time puts USBIP_TIME_MAGIC
 * into the status field of its OP_REQ_IMPORT, which ordinary clients leave 0.
 * From then on every 48-byte header, in both directions, carries a time:
 * nanoseconds since the import, the upper half at offset 28, the lower half at
 * offset 36. (In CMD_SUBMIT these are start_frame and interval, in RET_SUBMIT
 * start_frame and error_count: fields that only isochronous and interrupt
 * transfers of a real controller use.)
 *
 *   CMD_SUBMIT, CMD_UNLINK  when the client did it; never earlier than before
 *   RET_SUBMIT, RET_UNLINK  when the client may see it
 *   CMD_SYNC                the client's clock; "I have nothing more to submit"
 *   RET_SYNC                when the device is unplugged, or USBIP_NEVER
 *
 * Such a client gets no answer until it sends CMD_SYNC: then it gets all
 * completions that can be known, then RET_SYNC with the same seqnum. Its
 * unlinked transfers come back as RET_SUBMIT with status -ECONNRESET, so that
 * the bytes moved before are not lost; RET_UNLINK follows as always.
 */
#ifndef SIM_USBIP_WIRE_H
#define SIM_USBIP_WIRE_H

#include <stddef.h>
#include <stdint.h>

#define USBIP_VERSION 0x0111
#define USBIP_TIME_MAGIC UINT32_C(0x42545431) /* "BTT1" */
#define USBIP_NEVER UINT64_MAX

enum {
	USBIP_OP_REQ_DEVLIST = 0x8005,
	USBIP_OP_REP_DEVLIST = 0x0005,
	USBIP_OP_REQ_IMPORT = 0x8003,
	USBIP_OP_REP_IMPORT = 0x0003
};

enum {
	USBIP_CMD_SUBMIT = 1,
	USBIP_CMD_UNLINK = 2,
	USBIP_RET_SUBMIT = 3,
	USBIP_RET_UNLINK = 4,
	USBIP_CMD_SYNC = 0x7f00,
	USBIP_RET_SYNC = 0x7f01
};

/* Status of an OP_REP_...; the names are the usbip tools'. */
enum { USBIP_ST_OK, USBIP_ST_NA, USBIP_ST_DEV_BUSY, USBIP_ST_DEV_ERR, USBIP_ST_NODEV };

enum { USBIP_DIR_OUT, USBIP_DIR_IN };

#define USBIP_OP_SIZE 8 /* version, code, status */
#define USBIP_BUSID_SIZE 32
#define USBIP_DEVICE_SIZE 312 /* a device in the replies to DEVLIST and IMPORT */
#define USBIP_HEADER_SIZE 48

/* Offsets in the device of a reply. */
enum {
	USBIP_DEV_BUSID = 256,
	USBIP_DEV_BUSNUM = 288,
	USBIP_DEV_DEVNUM = 292,
	USBIP_DEV_SPEED = 296,
	USBIP_DEV_VENDOR = 300,
	USBIP_DEV_CLASS = 306,
	USBIP_DEV_CONFIGURATION = 309,
	USBIP_DEV_INTERFACES = 311
};

/* Offsets in a header. */
enum {
	USBIP_COMMAND = 0,
	USBIP_SEQNUM = 4,
	USBIP_DEVID = 8,
	USBIP_DIRECTION = 12,
	USBIP_EP = 16,
	USBIP_FLAGS = 20,	  /* CMD_SUBMIT */
	USBIP_STATUS = 20,	  /* RET_SUBMIT, RET_UNLINK */
	USBIP_UNLINK_SEQNUM = 20, /* CMD_UNLINK */
	USBIP_LENGTH = 24,	  /* CMD_SUBMIT: asked for, RET_SUBMIT: moved */
	USBIP_TIME_HIGH = 28,
	USBIP_PACKETS = 32,
	USBIP_TIME_LOW = 36,
	USBIP_SETUP = 40
};

/* The most that one transfer may move, and that one client may have under way. */
#define USBIP_MAX_LENGTH (UINT32_C(1) << 20)
#define USBIP_MAX_URBS 4096
#define USBIP_MAX_BYTES (UINT32_C(64) << 20)

static inline void usbip_put16(uint8_t *at, uint32_t value)
{
	at[0] = (uint8_t)(value >> 8);
	at[1] = (uint8_t)value;
}

static inline void usbip_put32(uint8_t *at, uint32_t value)
{
	usbip_put16(at, value >> 16);
	usbip_put16(at + 2, value);
}

static inline uint32_t usbip_get16(const uint8_t *at)
{
	return (uint32_t)at[0] << 8 | at[1];
}

static inline uint32_t usbip_get32(const uint8_t *at)
{
	return usbip_get16(at) << 16 | usbip_get16(at + 2);
}

static inline void usbip_put_time(uint8_t *header, uint64_t ns)
{
	usbip_put32(header + USBIP_TIME_HIGH, (uint32_t)(ns >> 32));
	usbip_put32(header + USBIP_TIME_LOW, (uint32_t)ns);
}

static inline uint64_t usbip_get_time(const uint8_t *header)
{
	return (uint64_t)usbip_get32(header + USBIP_TIME_HIGH) << 32 |
	       usbip_get32(header + USBIP_TIME_LOW);
}

#endif
