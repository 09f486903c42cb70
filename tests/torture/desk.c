/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/torture/desk.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "programmer/adapters/ch341a_usb.h"
#include "tests/torture/desk_uart.h"
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
		[DESK_SENT_LOST - DESK_FIRST] = "lost byte to the chip",
		[DESK_SENT_TWICE - DESK_FIRST] = "doubled byte to the chip",
		[DESK_SENT_FLIPPED - DESK_FIRST] = "flipped bit to the chip",
		[DESK_FRAME_LOST - DESK_FIRST] = "lost frame",
		[DESK_ANSWER_LATE - DESK_FIRST] = "late answer",
		[DESK_HEARD_LOST - DESK_FIRST] = "lost byte from the chip",
		[DESK_HEARD_TWICE - DESK_FIRST] = "doubled byte from the chip",
		[DESK_HEARD_FLIPPED - DESK_FIRST] = "flipped bit from the chip",
		[DESK_ANSWER_LOST - DESK_FIRST] = "lost answer",
		[DESK_ANSWER_FOREIGN - DESK_FIRST] = "text in an answer",
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

static void start_again(bool die_too)
{
	if (die_too)
		nor_brown_out(&desk.nor, desk_is_uart() ? desk_uart_ns() : desk.ns);
	if (desk_is_uart())
		desk_uart_reset();
	else
		soc_lose_power(&desk.soc, desk.ns);
}

static void happen(unsigned kind)
{
	switch (kind) {
	case DESK_RESET:
	case DESK_POWER:
		start_again(kind == DESK_POWER);
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
	uint64_t now = desk_is_uart() ? desk_writes() : desk_windows();

	for (size_t i = 0; i < DESK_FAULTS_MOST; i++) {
		const struct desk_fault *fault = &desk.faults[i];

		if (fault->kind < NOR_MISHAP_KINDS || fault->kind > DESK_STOP || desk.happened[i] ||
		    now < fault->at)
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

unsigned desk_fault_of_write(uint64_t write)
{
	look_at_faults();
	for (size_t i = 0; i < DESK_FAULTS_MOST; i++)
		if (desk.faults[i].kind > DESK_STOP && desk.faults[i].at == write)
			return desk.faults[i].kind;
	return NOR_MISHAP_NONE;
}

static void note_opcode(uint8_t opcode)
{
	if (desk.opcode_count < OPCODES_MOST && desk.opcodes)
		desk.opcodes[desk.opcode_count++] = opcode;
}

void desk_note_command(enum nor_op op)
{
	note_opcode(op == NOR_OP_PROGRAM	? 0x02
		    : op == NOR_OP_ERASE	? 0x20
		    : op == NOR_OP_WRITE_STATUS ? 0x01
						: 0);
}

/* A packet holds the start of at most one window, and its opcode is then the first byte sent. */
static void note_window(uint64_t before, const uint8_t *bytes, size_t len)
{
	static bool selected;
	uint8_t opcode = 0;

	selected = selected || desk.nor.windows != before;
	if (!selected || len < 2 || bytes[0] != 0xa8)
		return;
	selected = false;
	for (unsigned bit = 0; bit < 8; bit++)
		opcode |= (uint8_t)((bytes[1] >> bit & 1) << (7 - bit));
	note_opcode(opcode);
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

void desk_begin(const struct chipdb_part *part, const uint8_t *die, uint32_t registers,
		const char *loader)
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
	if (loader)
		desk_uart_begin(loader);
}

void desk_end(void)
{
	desk_uart_end();
	nor_fini(&desk.nor);
}

static void power_cycle(void)
{
	desk.ns += UINT64_C(20000000000);
	nor_power_cycle(&desk.nor);
	if (desk_is_uart()) {
		desk_uart_reset();
	} else {
		soc_set_cen(&desk.soc, false, desk.ns);
		desk.ns += UINT64_C(1000000000);
		soc_set_cen(&desk.soc, true, desk.ns);
	}
	desk.ns += UINT64_C(1000000000);
}

void desk_again(const struct desk_fault faults[DESK_FAULTS_MOST], bool cold)
{
	if (cold)
		power_cycle();
	desk_uart_again();
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

bool desk_is_held(void)
{
	return desk_is_uart() ? desk_uart_is_held() : !desk.soc.cen;
}

bool desk_runs(void)
{
	return desk_is_uart() ? desk_uart_runs() : desk.soc.state != SOC_FLASH;
}
