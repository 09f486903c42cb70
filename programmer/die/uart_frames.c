/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "programmer/die/uart_frames.h"

#include <string.h>

enum code {
	SHORT_LINK_CHECK = 0x00,
	SHORT_LINK_ANSWER = 0x01, /* the one answer that does not repeat its code */
	SHORT_READ_REGISTER = 0x03,
	SHORT_REBOOT = 0x0e,
	SHORT_SET_RATE = 0x0f,
	SHORT_CHECK_CRC = 0x10,
	SHORT_BOOT_VERSION = 0x11,
	SHORT_REBOOT_FIRMWARE = 0xfe,
	LONG_WRITE_BYTES = 0x06,
	LONG_WRITE_SECTOR = 0x07,
	LONG_READ_SECTOR = 0x09,
	LONG_READ_STATUS = 0x0c,
	LONG_WRITE_STATUS = 0x0d,
	LONG_GET_ID = 0x0e,
	LONG_ERASE = 0x0f,
};

#define LONG_MARK 0xff
#define LONG_MARK_2 0xf4

/* In front of an answer's payload, and what of it the length field does not count. */
#define SHORT_HEADER 7
#define SHORT_UNCOUNTED 3
#define SHORT_LEAST 4
#define LONG_HEADER 11
#define LONG_UNCOUNTED 9
#define LONG_LEAST 2

#define ERASE_SECTOR 0x20
#define ERASE_BLOCK 0xd8
#define REBOOT_KEY 0xa5

static void put_number(uint8_t bytes[4], uint32_t value)
{
	for (unsigned i = 0; i < 4; i++)
		bytes[i] = (uint8_t)(value >> 8 * i);
}

uint32_t uart_number(const uint8_t bytes[4])
{
	return bytes[0] | (uint32_t)bytes[1] << 8 | (uint32_t)bytes[2] << 16 |
	       (uint32_t)bytes[3] << 24;
}

/* An answer that has the same code, repeats the head, and brings @more bytes. */
static struct uart_request request(bool is_long, uint8_t code, size_t head_len, size_t more)
{
	return (struct uart_request){.is_long = is_long,
				     .code = code,
				     .head_len = head_len,
				     .answers = true,
				     .answer_code = code,
				     .answer_len = head_len + more,
				     .echo_len = head_len};
}

static struct uart_request change(uint8_t code, size_t head_len, size_t more)
{
	struct uart_request changes = request(true, code, head_len, more);

	changes.changes = true;
	return changes;
}

struct uart_request uart_link_check(void)
{
	struct uart_request link = request(false, SHORT_LINK_CHECK, 0, 1);

	link.answer_code = SHORT_LINK_ANSWER;
	return link;
}

struct uart_request uart_boot_version(void)
{
	return request(false, SHORT_BOOT_VERSION, 0, 16);
}

struct uart_request uart_reboot(void)
{
	return (struct uart_request){.code = SHORT_REBOOT, .head = {REBOOT_KEY}, .head_len = 1};
}

struct uart_request uart_reboot_firmware(void)
{
	return (struct uart_request){
		.code = SHORT_REBOOT_FIRMWARE, .head = {0x95, 0x27, 0x95, 0x27}, .head_len = 4};
}

struct uart_request uart_set_rate(uint32_t rate, uint8_t ticks)
{
	struct uart_request set = request(false, SHORT_SET_RATE, 5, 0);

	put_number(set.head, rate);
	set.head[4] = ticks;
	return set;
}

/* The end is inclusive for the ROM, and rounded down to pages by others: this is right for both. */
struct uart_request uart_check_crc(struct range range)
{
	struct uart_request crc = request(false, SHORT_CHECK_CRC, 8, 0);

	put_number(crc.head, range.start);
	put_number(crc.head + 4, range.start + range.length - 1);
	crc.echo_len = 0;
	crc.answer_len = 4;
	return crc;
}

/* BK7236's ROM may repeat an address that is one more than it was (tyutool). */
struct uart_request uart_read_register(uint32_t address)
{
	struct uart_request read = request(false, SHORT_READ_REGISTER, 4, 4);

	put_number(read.head, address);
	read.echo_len = 0;
	return read;
}

struct uart_request uart_read_sector(uint32_t address)
{
	struct uart_request read = request(true, LONG_READ_SECTOR, 4, UART_SECTOR);

	put_number(read.head, address);
	return read;
}

struct uart_request uart_write_sector(uint32_t address, const uint8_t data[UART_SECTOR])
{
	struct uart_request write = change(LONG_WRITE_SECTOR, 4, 0);

	put_number(write.head, address);
	write.data = data;
	write.data_len = UART_SECTOR;
	return write;
}

/* After the address, the answer gives the number of bytes, modulo 256. */
struct uart_request uart_write_bytes(uint32_t address, const uint8_t *data, size_t len)
{
	struct uart_request write = change(LONG_WRITE_BYTES, 4, 1);

	put_number(write.head, address);
	write.data = data;
	write.data_len = len;
	return write;
}

struct uart_request uart_erase(uint32_t address, bool block)
{
	struct uart_request erase = change(LONG_ERASE, 5, 0);

	erase.head[0] = block ? ERASE_BLOCK : ERASE_SECTOR;
	put_number(erase.head + 1, address);
	return erase;
}

uint32_t uart_erased_by(const struct uart_request *erase)
{
	return erase->head[0] == ERASE_BLOCK ? 65536 : UART_SECTOR;
}

/* BL's flash controller takes the address with the bits of the operation above it. */
uint32_t uart_erased_by_write(uint32_t address)
{
	static const uint32_t erases[] = {0, 4096, 32768, 65536};

	return erases[address >> 24 & 3];
}

struct uart_request uart_get_id(void)
{
	struct uart_request get = request(true, LONG_GET_ID, 4, 0);

	get.head[0] = 0x9f;
	get.echo_len = 0;
	return get;
}

struct uart_request uart_read_status(uint8_t opcode)
{
	struct uart_request read = request(true, LONG_READ_STATUS, 1, 1);

	read.head[0] = opcode;
	return read;
}

struct uart_request uart_write_status(const uint8_t *values, size_t count)
{
	struct uart_request write = change(LONG_WRITE_STATUS, 1 + count, 0);

	write.alone = true;
	write.head[0] = 0x01;
	memcpy(write.head + 1, values, count);
	return write;
}

size_t uart_encode(const struct uart_request *from, uint8_t *frame)
{
	static const uint8_t begin[] = {0x01, 0xe0, 0xfc};
	size_t length = 1 + from->head_len + from->data_len, at = sizeof(begin);

	memcpy(frame, begin, sizeof(begin));
	if (from->is_long) {
		frame[at++] = LONG_MARK;
		frame[at++] = LONG_MARK_2;
		frame[at++] = (uint8_t)length;
		frame[at++] = (uint8_t)(length >> 8);
	} else {
		frame[at++] = (uint8_t)length;
	}
	frame[at++] = from->code;
	memcpy(frame + at, from->head, from->head_len);
	at += from->head_len;
	if (from->data_len)
		memcpy(frame + at, from->data, from->data_len);
	return at + from->data_len;
}

size_t uart_answer_size(const struct uart_request *to)
{
	if (!to->answers)
		return 0;
	return (to->is_long ? LONG_HEADER : SHORT_HEADER) + to->answer_len;
}

/* Whether these bytes can be those of a header. */
static bool begins_answer(const uint8_t *bytes, size_t count)
{
	static const uint8_t header[] = {0x04, 0x0e, 0, 0x01, 0xe0, 0xfc};

	for (size_t i = 0; i < count && i < sizeof(header); i++)
		if (i != 2 && bytes[i] != header[i])
			return false;
	return count <= 6 || bytes[2] != LONG_MARK || bytes[6] == LONG_MARK_2;
}

static enum uart_look decode_long(const uint8_t *bytes, size_t count, struct uart_answer *answer,
				  size_t *used)
{
	size_t length;

	if (count < LONG_HEADER)
		return UART_MORE;
	length = bytes[7] | (size_t)bytes[8] << 8;
	/* The ROM's bug: some claim one byte less of the ID than they send (BK7231GUIFlashTool). */
	if (bytes[9] == LONG_GET_ID && length == 5)
		length = 6;
	if (length < LONG_LEAST || LONG_UNCOUNTED + length > UART_ANSWER_MOST)
		return UART_NOISE;
	if (count < LONG_UNCOUNTED + length)
		return UART_MORE;
	*used = LONG_UNCOUNTED + length;
	*answer = (struct uart_answer){.is_long = true,
				       .code = bytes[9],
				       .status = bytes[10],
				       .payload = bytes + LONG_HEADER,
				       .length = length - LONG_LEAST};
	return UART_ANSWER;
}

enum uart_look uart_decode(const uint8_t *bytes, size_t count, struct uart_answer *answer,
			   size_t *used)
{
	if (!begins_answer(bytes, count))
		return UART_NOISE;
	if (count < SHORT_HEADER)
		return UART_MORE;
	if (bytes[2] == LONG_MARK)
		return decode_long(bytes, count, answer, used);
	if (bytes[2] < SHORT_LEAST)
		return UART_NOISE;
	if (count < SHORT_UNCOUNTED + (size_t)bytes[2])
		return UART_MORE;
	*used = SHORT_UNCOUNTED + (size_t)bytes[2];
	*answer = (struct uart_answer){.code = bytes[6],
				       .payload = bytes + SHORT_HEADER,
				       .length = (size_t)bytes[2] - SHORT_LEAST};
	return UART_ANSWER;
}

bool uart_is_answer_to(const struct uart_answer *answer, const struct uart_request *to)
{
	return to->answers && answer->is_long == to->is_long && answer->code == to->answer_code &&
	       answer->status == UART_OK && answer->length == to->answer_len &&
	       memcmp(answer->payload, to->head, to->echo_len) == 0;
}

bool uart_is_refusal_of(const struct uart_answer *answer, const struct uart_request *to)
{
	return to->answers && answer->is_long && to->is_long && answer->code == to->answer_code &&
	       answer->status != UART_OK;
}
