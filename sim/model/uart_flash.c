/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sim/model/uart_flash.h"

#include <string.h>

#define LINE 32u
#define NS_PER_BYTE UINT64_C(250)

static uint64_t window(struct nor *nor, const uint8_t *out, size_t sent, uint8_t *in, size_t count,
		       uint64_t ns)
{
	nor_select(nor);
	for (size_t i = 0; i < sent; i++, ns += NS_PER_BYTE)
		nor_accept(nor, out[i], ns);
	for (size_t i = 0; i < count; i++, ns += NS_PER_BYTE) {
		int value = nor_output(nor, ns);

		in[i] = value < 0 ? 0xFF : (uint8_t)value;
		nor_accept(nor, 0, ns);
	}
	nor_deselect(nor, true, ns);
	return ns;
}

/* WREN, the command, and its busy time; the last look at WIP finds it clear. */
static uint64_t change(struct nor *nor, const uint8_t *out, size_t sent, uint64_t ns)
{
	const uint8_t enable = 0x06, look = 0x05;
	uint8_t status;

	ns = window(nor, &enable, 1, NULL, 0, ns);
	ns = window(nor, out, sent, NULL, 0, ns);
	if (nor->busy && nor->busy_until_ns > ns)
		ns = nor->busy_until_ns;
	return window(nor, &look, 1, &status, 1, ns);
}

static void put_command(uint8_t command[4], uint8_t opcode, uint32_t address)
{
	command[0] = opcode;
	command[1] = (uint8_t)(address >> 16);
	command[2] = (uint8_t)(address >> 8);
	command[3] = (uint8_t)address;
}

uint64_t uart_flash_read(struct nor *nor, uint32_t address, uint8_t *data, size_t count,
			 uint64_t ns)
{
	uint8_t command[4];

	put_command(command, 0x03, address);
	return window(nor, command, sizeof(command), data, count, ns);
}

uint64_t uart_flash_program(struct nor *nor, uint32_t address, const uint8_t *data, size_t count,
			    uint64_t ns)
{
	while (count) {
		uint8_t command[4 + LINE];
		size_t now = LINE - address % LINE;

		if (now > count)
			now = count;
		put_command(command, 0x02, address);
		memcpy(command + 4, data, now);
		ns = change(nor, command, 4 + now, ns);
		address += (uint32_t)now;
		data += now;
		count -= now;
	}
	return ns;
}

uint64_t uart_flash_erase(struct nor *nor, uint8_t opcode, uint32_t address, uint64_t ns)
{
	uint8_t command[4];

	put_command(command, opcode, address);
	return change(nor, command, nor_is_chip_erase(opcode) ? 1 : sizeof(command), ns);
}

uint64_t uart_flash_id(struct nor *nor, uint8_t id[3], uint64_t ns)
{
	const uint8_t opcode = 0x9F;

	return window(nor, &opcode, 1, id, 3, ns);
}

uint64_t uart_flash_status(struct nor *nor, uint8_t opcode, uint8_t *value, uint64_t ns)
{
	return window(nor, &opcode, 1, value, 1, ns);
}

uint64_t uart_flash_write_status(struct nor *nor, const uint8_t *values, size_t count, uint64_t ns)
{
	uint8_t command[3] = {0x01};

	if (count > 2)
		count = 2;
	memcpy(command + 1, values, count);
	return change(nor, command, 1 + count, ns);
}
