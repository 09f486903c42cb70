/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/torture/desk.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "programmer/adapters/ch341a_usb.h"
#include "tests/unit.h"

#define BETWEEN_NS 100000
#define OPCODES_MOST 200000

struct desk desk;

const char *desk_fault_name(unsigned kind)
{
	static const char *const names[] = {
		[DESK_RESET - DESK_FIRST] = "SoC starts again",
		[DESK_POWER - DESK_FIRST] = "power fails for a moment",
		[DESK_REPLY_LOST - DESK_FIRST] = "lost USB reply",
		[DESK_UNPLUGGED - DESK_FIRST] = "adapter unplugged",
		[DESK_STOP - DESK_FIRST] = "Ctrl-C",
	};

	return kind < NOR_MISHAP_KINDS ? nor_mishap_name((enum nor_mishap_kind)kind)
				       : names[kind - DESK_FIRST];
}

/* --- replaces the C library's clock and files --- */

int clock_gettime(clockid_t id, struct timespec *time)
{
	if (id != CLOCK_MONOTONIC)
		return timespec_get(time, TIME_UTC) == TIME_UTC ? 0 : -1;
	desk.ns += 100;
	time->tv_sec = (time_t)(desk.ns / 1000000000);
	time->tv_nsec = (long)(desk.ns % 1000000000);
	return 0;
}

int nanosleep(const struct timespec *length, struct timespec *left)
{
	(void)left;
	desk.ns += (uint64_t)length->tv_sec * 1000000000 + (uint64_t)length->tv_nsec;
	return 0;
}

/*
 * Syncing to a real disk would take most of the time, and no test here would notice whether it was
 * done.
 */
int fsync(int fd)
{
	return fcntl(fd, F_GETFD) < 0 ? -1 : 0;
}

/* --- replaces programmer/adapters/ch341a_usb.c --- */

struct ch341a_usb *ch341a_usb_open(const struct adapter *adapter, const char *place, char port[48],
				   const struct observer *observer)
{
	(void)adapter, (void)place;
	if (desk.gone) {
		observer_raise(observer, TROUBLE_NO_ADAPTER, NO_RANGE, "there is no adapter");
		return NULL;
	}
	strcpy(port, "1-1");
	return (struct ch341a_usb *)&desk;
}

void ch341a_usb_close(struct ch341a_usb *usb)
{
	(void)usb;
}

void ch341a_usb_recover(struct ch341a_usb *usb)
{
	(void)usb;
	desk.lost = false;
}

static void happen(unsigned kind)
{
	switch (kind) {
	case DESK_RESET:
	case DESK_POWER:
		if (kind == DESK_POWER)
			nor_brown_out(&desk.nor, desk.ns);
		soc_lose_power(&desk.soc, desk.ns);
		if (desk.protects)
			nor_firmware_status(&desk.nor, desk.nor.part->firmware_sr);
		break;
	case DESK_REPLY_LOST:
		desk.lost = true;
		break;
	case DESK_UNPLUGGED:
		desk.gone = true;
		break;
	case DESK_STOP:
		desk.stopped = true;
		break;
	default:
		break;
	}
}

static void look_at_faults(void)
{
	for (size_t i = 0; i < DESK_FAULTS_MOST; i++) {
		const struct desk_fault *fault = &desk.faults[i];

		if (fault->kind < NOR_MISHAP_KINDS || desk.happened[i] ||
		    desk_windows() < fault->at)
			continue;
		desk.happened[i] = true;
		happen(fault->kind);
	}
	/* The die has room for one mishap; it gets the next one when that is over. */
	if (desk.nor.mishap.at > desk.nor.windows)
		return;
	for (size_t i = 0; i < DESK_FAULTS_MOST; i++) {
		const struct desk_fault *fault = &desk.faults[i];

		if (fault->kind == NOR_MISHAP_NONE || fault->kind >= NOR_MISHAP_KINDS ||
		    desk.happened[i] || desk_windows() >= fault->at)
			continue;
		desk.nor.mishap = (struct nor_mishap){(enum nor_mishap_kind)fault->kind,
						      desk.begun + fault->at};
		desk.happened[i] = true;
		return;
	}
}

/* A packet holds the start of at most one window, and its opcode is then the first byte sent. */
static void note_window(uint64_t before, const uint8_t *bytes, size_t len)
{
	static bool selected;

	selected = selected || desk.nor.windows != before;
	if (!selected || len < 2 || bytes[0] != 0xa8)
		return;
	selected = false;
	if (desk.opcode_count < OPCODES_MOST && desk.opcodes) {
		uint8_t opcode = 0;

		for (unsigned bit = 0; bit < 8; bit++)
			opcode |= (uint8_t)((bytes[1] >> bit & 1) << (7 - bit));
		desk.opcodes[desk.opcode_count++] = opcode;
	}
}

/* USB splits a slice into packets of 32 bytes; what they answer becomes the next reply. */
static enum trouble_kind run_slice(struct ch341a_stream *stream, struct spi_op *ops, size_t slice,
				   size_t *reply)
{
	uint8_t *bytes, answer[CH341A_PACKET];
	size_t left = ch341a_stream_slice(stream, slice, &bytes);

	while (left > 0) {
		size_t len = left < CH341A_PACKET ? left : CH341A_PACKET;
		struct ch341a_effect effect = ch341a_engine_look(bytes, len);
		uint64_t windows = desk.nor.windows;

		ch341a_engine_run(&desk.engine, bytes, len, desk.ns, answer);
		note_window(windows, bytes, len);
		look_at_faults();
		desk.ns += effect.cost_ns;
		if (effect.reply_length > 0 && !desk.lost && !desk.gone &&
		    ch341a_stream_reply(stream, ops, (*reply)++, answer, effect.reply_length))
			return TROUBLE_ADAPTER_FAULT;
		bytes += len;
		left -= len;
	}
	return TROUBLE_NONE;
}

/* As with the real one, the slice after a missed wait is already in flight. */
enum trouble_kind ch341a_usb_run(struct ch341a_usb *usb, struct ch341a_stream *stream,
				 struct spi_op *ops)
{
	size_t reply = 0, more = 1;

	(void)usb;
	desk.ns += BETWEEN_NS;
	desk.transfers++;
	desk.stopped |= desk.transfers == desk.stop_at;
	for (size_t slice = 0; slice < stream->slice_count && more > 0 && !desk.gone; slice++) {
		if (run_slice(stream, ops, slice, &reply))
			return TROUBLE_ADAPTER_FAULT;
		more -= stream->missed;
	}
	if (desk.gone)
		return TROUBLE_ADAPTER_GONE;
	return desk.lost ? TROUBLE_ADAPTER_FAULT : TROUBLE_NONE;
}

/* --- the desk --- */

void desk_begin(const struct chipdb_part *part, const uint8_t *die, uint32_t registers)
{
	const struct board_options board = {.part = part,
					    .entry = "instant",
					    .seed = 1,
					    .sr_given = true,
					    .sr = registers,
					    .busy = BUSY_VARYING};
	uint64_t ns = desk.ns;
	uint8_t *opcodes = desk.opcodes;

	memset(&desk, 0, sizeof(desk));
	desk.ns = ns;
	desk.opcodes = opcodes;
	assert_true(nor_init(&desk.nor, &board, &desk.stats));
	memcpy(desk.nor.memory, die, part->size);
	soc_init(&desk.soc, soc_variant_by_name(board.entry), 1, &desk.nor, &desk.stats);
	desk.engine.soc = &desk.soc;
	desk.engine.stats = &desk.stats;
}

void desk_end(void)
{
	nor_fini(&desk.nor);
}

void desk_again(const struct desk_fault faults[DESK_FAULTS_MOST], bool cold)
{
	if (cold) {
		desk.ns += UINT64_C(20000000000);
		nor_power_cycle(&desk.nor);
		soc_set_cen(&desk.soc, false, desk.ns);
		desk.ns += UINT64_C(1000000000);
		soc_set_cen(&desk.soc, true, desk.ns);
		desk.ns += UINT64_C(1000000000);
	}
	desk.nor.mishap = (struct nor_mishap){NOR_MISHAP_NONE, 0};
	desk.begun = desk.nor.windows;
	desk.gone = desk.stopped = desk.lost = desk.protects = false;
	desk.transfers = desk.stop_at = 0;
	memset(desk.happened, 0, sizeof(desk.happened));
	memset(desk.faults, 0, sizeof(desk.faults));
	if (faults)
		memcpy(desk.faults, faults, sizeof(desk.faults));
	if (!desk.opcodes)
		desk.opcodes = malloc(OPCODES_MOST);
	desk.opcode_count = 0;
	look_at_faults();
}

bool desk_cancelled(void *data)
{
	(void)data;
	return desk.stopped;
}

uint64_t desk_windows(void)
{
	return desk.nor.windows - desk.begun;
}
