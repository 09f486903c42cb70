/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sim/model/uart_commands.h"

#include <string.h>

#include "sim/model/uart_flash.h"

#define SECTOR 4096u
#define PAGE 256u
#define LINE 32u
#define NS_PER_CRC_BYTE UINT64_C(500) /* 2 MB/s, inferred */
#define ENDLESS_PAGES 0x10000u
#define FUSES_ASK 0x800074u
#define FUSES_ANSWER 0x800078u
#define STATUS_PARAMETER 6
#define STATUS_UNKNOWN 7

static uint32_t le32(const uint8_t *bytes)
{
	return bytes[0] | (uint32_t)bytes[1] << 8 | (uint32_t)bytes[2] << 16 |
	       (uint32_t)bytes[3] << 24;
}

static void put(struct uart_bootloader *uart, const uint8_t *bytes, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		uart->free_ns += uart_session_byte_ns(uart);
		uart->send(uart->context, bytes[i], uart->free_ns);
	}
}

static void answer_short(struct uart_bootloader *uart, const uint8_t *payload, size_t count)
{
	const uint8_t head[] = {0x04, 0x0E, (uint8_t)(4 + count), 0x01, 0xE0, 0xFC, uart->body[0]};

	put(uart, head, sizeof(head));
	put(uart, payload, count);
}

static void answer_long(struct uart_bootloader *uart, uint8_t status, const uint8_t *payload,
			size_t count)
{
	const uint8_t head[] = {0x04,
				0x0E,
				0xFF,
				0x01,
				0xE0,
				0xFC,
				0xF4,
				(uint8_t)(2 + count),
				(uint8_t)((2 + count) >> 8),
				uart->body[0],
				status};

	put(uart, head, sizeof(head));
	put(uart, payload, count);
}

static uint32_t die_id(struct uart_bootloader *uart)
{
	uint8_t id[3];

	uart->free_ns = uart_flash_id(uart->nor, id, uart->free_ns);
	return (uint32_t)id[0] << 16 | (uint32_t)id[1] << 8 | id[2];
}

static void want_status(struct uart_bootloader *uart, uint32_t id, uint16_t wanted)
{
	bool single = uart_variant_single_register(uart->variant, id);
	uint8_t now[2] = {0}, values[] = {(uint8_t)wanted, (uint8_t)(wanted >> 8)};

	uart->free_ns = uart_flash_status(uart->nor, 0x05, &now[0], uart->free_ns);
	if (!single)
		uart->free_ns = uart_flash_status(uart->nor, 0x35, &now[1], uart->free_ns);
	if (memcmp(now, values, single ? 1 : 2) != 0)
		uart->free_ns =
			uart_flash_write_status(uart->nor, values, single ? 1 : 2, uart->free_ns);
}

static uint16_t protected_value(const struct uart_variant *variant, uint32_t id)
{
	if (!uart_variant_knows(variant, id))
		return variant->protects_unknown ? 0x7C : 0;
	return id == 0xC22315 ? 0x3C : 0x7C;
}

/* Before an erase, once after each LinkCheck. */
static void lift_protection(struct uart_bootloader *uart)
{
	uint32_t id;

	if (uart->variant->rom || !uart->armed)
		return;
	id = die_id(uart);
	uart->armed = false;
	/* S ORs the old value into the new one, so bits that a CRC command has set stay. */
	want_status(uart, id,
		    uart->variant->link_never_rearms && uart->protected
			    ? protected_value(uart->variant, id)
			    : 0);
}

/* In 32-bit arithmetic, which wraps around. */
static bool is_within(struct uart_bootloader *uart, uint32_t address, uint32_t count)
{
	uint32_t size;

	if (!uart->variant->checks_size)
		return true;
	size = UINT32_C(1) << (die_id(uart) & 0x1F);
	return address + count <= size;
}

/* The effect of programming one line: bits 24 to 28 of the address are ORed into the operation. */
static void program_line(struct uart_bootloader *uart, uint32_t address, const uint8_t *data,
			 size_t count)
{
	static const uint8_t erases[] = {0, 0x20, 0x52, 0xD8};
	uint32_t bits = uart->variant->rom ? 0 : address >> 24;

	if (bits & 0x10)
		return;
	if (bits & 3)
		uart->free_ns =
			uart_flash_erase(uart->nor, erases[bits & 3], address, uart->free_ns);
	else
		uart->free_ns = uart_flash_program(uart->nor, address, data, count, uart->free_ns);
}

static void program(struct uart_bootloader *uart, uint32_t address, const uint8_t *data,
		    uint32_t count)
{
	if (!is_within(uart, address, count))
		return;
	for (uint32_t done = 0, now; done < count; done += now) {
		now = LINE - (address + done) % LINE;
		if (now > count - done)
			now = count - done;
		program_line(uart, address + done, data + done, now);
	}
}

static void set_rate(struct uart_bootloader *uart)
{
	uint32_t rate = le32(uart->body + 1), value;

	if (!rate)
		rate = 115200;
	if (uart->variant->divider_is_high)
		value = (uint32_t)((UART_CLOCK + (uint64_t)rate - 1) / rate);
	else
		value = (uint32_t)((UART_CLOCK + (uint64_t)rate / 2) / rate) - 1;
	if (value < 4 || value == UINT32_MAX)
		value = 4;
	uart->divider = (value & 0x1FFF) + 1;
	uart->free_ns += (uart->body[5] + UINT64_C(1)) * UART_TICK_NS;
	answer_short(uart, uart->body + 1, 5);
}

static uint32_t crc_add(uint32_t crc, uint8_t byte)
{
	crc ^= byte;
	for (int bit = 0; bit < 8; bit++)
		crc = crc >> 1 ^ (crc & 1 ? 0xEDB88320 : 0);
	return crc;
}

static void check_crc(struct uart_bootloader *uart)
{
	uint32_t start = le32(uart->body + 1), length = le32(uart->body + 5) - start + 1;
	uint32_t crc = UINT32_MAX;
	uint8_t data[PAGE];

	if (length >> 8 > ENDLESS_PAGES) {
		uart->state = UART_HUNG;
		return;
	}
	if (!uart->variant->rom)
		length &= ~UINT32_C(0xFF);
	for (uint32_t done = 0; done < length;) {
		uint32_t now = length - done < PAGE ? length - done : PAGE;

		uart_flash_read(uart->nor, start + done, data, now, uart->free_ns);
		uart->free_ns += now * NS_PER_CRC_BYTE;
		for (uint32_t i = 0; i < now; i++)
			crc = crc_add(crc, data[i]);
		done += now;
	}
	if (!uart->variant->rom) {
		uint32_t id = die_id(uart);

		want_status(uart, id, protected_value(uart->variant, id));
		uart->protected = true;
	}
	answer_short(uart,
		     (const uint8_t[]){(uint8_t)crc, (uint8_t)(crc >> 8), (uint8_t)(crc >> 16),
				       (uint8_t)(crc >> 24)},
		     4);
}

/* Bits 8 to 12 of the one say which byte of the fuses the other shows; bit 0 is set until then. */
static uint32_t register_value(const struct uart_bootloader *uart, uint32_t address)
{
	uint32_t at = uart->fuses >> 8 & 0x1F;

	switch (address) {
	case 0x800000:
		return uart->variant->chip_id;
	case FUSES_ASK:
		return uart->fuses & ~UINT32_C(1);
	case FUSES_ANSWER:
		return 0x100 | (at < 16 ? uart->variant->key[at / 4] >> 8 * (at % 4) & 0xFF : 0);
	default:
		return 0;
	}
}

static void read_register(struct uart_bootloader *uart)
{
	uint32_t value = register_value(uart, le32(uart->body + 1));

	memcpy(uart->body + 5,
	       (const uint8_t[]){(uint8_t)value, (uint8_t)(value >> 8), (uint8_t)(value >> 16),
				 (uint8_t)(value >> 24)},
	       4);
	answer_short(uart, uart->body + 1, 8);
}

static void execute_short_rom(struct uart_bootloader *uart)
{
	static const uint8_t sean[] = {0x53, 0x45, 0x41, 0x4E}, fe[] = {0x95, 0x27, 0x95, 0x27};

	switch (uart->body[0]) {
	case 0x01:
		if (le32(uart->body + 1) == FUSES_ASK)
			uart->fuses = le32(uart->body + 5);
		answer_short(uart, uart->body + 1, 8);
		break;
	case 0x03:
		read_register(uart);
		break;
	case 0xAA:
		answer_short(uart, uart->body + 1, 1);
		break;
	case 0x70:
	case 0xFE:
		if (!memcmp(uart->body + 1, uart->body[0] == 0x70 ? sean : fe, 4))
			uart->restart = true;
		break;
	}
}

static void execute_short(struct uart_bootloader *uart)
{
	/* The one answer that does not repeat its code. */
	static const uint8_t linked[] = {0x04, 0x0E, 0x05, 0x01, 0xE0, 0xFC, 0x01, 0x00};
	char version[17] = {0};

	switch (uart->body[0]) {
	case 0x00:
		uart->state = UART_LINKED;
		uart->armed = true;
		put(uart, linked, sizeof(linked));
		break;
	case 0x0E:
		if (uart->body[1] != 0xA5)
			break;
		if (uart->variant->reboot_jumps)
			uart->state = UART_APPLICATION;
		else
			uart->restart = true;
		break;
	case 0x0F:
		set_rate(uart);
		break;
	case 0x10:
		check_crc(uart);
		break;
	case 0x11:
		if (!uart->variant->version)
			break;
		memcpy(version, uart->variant->version, strlen(uart->variant->version));
		answer_short(uart, (const uint8_t *)version, 16);
		break;
	default:
		if (uart->variant->rom)
			execute_short_rom(uart);
	}
}

/* What it reads takes the place of a write's data; a refusal repeats one byte of that. */
static void read_flash(struct uart_bootloader *uart, size_t count)
{
	uint32_t address = le32(uart->body + 1);
	uint8_t *data = uart->body + 5;

	if (address < uart->variant->limit) {
		answer_long(uart, STATUS_PARAMETER, uart->body + 1, 5);
		return;
	}
	if (count > SECTOR)
		count = SECTOR;
	uart->free_ns = uart_flash_read(uart->nor, address, data, count, uart->free_ns);
	answer_long(uart, 0, uart->body + 1, 4 + count);
}

/* @at: the position of the address in the body; what follows the code is echoed. */
static void erase(struct uart_bootloader *uart, uint8_t opcode, unsigned at)
{
	uint32_t address = le32(uart->body + at);
	bool below = address < uart->variant->limit;

	if (!uart->variant->rom && address >> 31)
		below = true; /* its test is a signed one */
	if (below) {
		answer_long(uart, STATUS_PARAMETER, uart->body + 1, at + 3);
		return;
	}
	lift_protection(uart);
	if ((opcode == 0x20 || opcode == 0xD8) && is_within(uart, address, 1))
		uart->free_ns = uart_flash_erase(uart->nor, opcode, address, uart->free_ns);
	answer_long(uart, 0, uart->body + 1, at + 3);
}

static void write_bytes(struct uart_bootloader *uart)
{
	uint32_t address = le32(uart->body + 1), count = uart->length - 5;

	if (address < uart->variant->limit) {
		uart->body[5] = (uint8_t)count;
		answer_long(uart, STATUS_PARAMETER, uart->body + 1, 5);
		return;
	}
	/* Its count is below zero: it programs until it is reset. */
	if (uart->length < 5) {
		program(uart, address, uart->body + 5, sizeof(uart->long_body) - 5);
		uart->state = UART_HUNG;
		return;
	}
	/* If the first line is incomplete, the rest of it is what is on the stack; here zeros. */
	if (!uart->variant->rom && address % LINE == 0 && count < LINE) {
		uint8_t line[LINE] = {0};

		memcpy(line, uart->body + 5, count);
		program(uart, address, line, count ? LINE : 0);
	} else {
		program(uart, address, uart->body + 5, count);
	}
	/* In the place of its first byte of data. */
	uart->body[5] = (uint8_t)count;
	answer_long(uart, 0, uart->body + 1, 5);
}

void uart_commands_body(struct uart_bootloader *uart)
{
	uint32_t address = le32(uart->body + 1);

	if (uart->body[0] != 0x07 || uart->received <= 5 || ++uart->page_filled < PAGE)
		return;
	uart->page_filled = 0;
	address += uart->received - 5 - PAGE;
	if (le32(uart->body + 1) >= uart->variant->write_limit)
		program(uart, address, uart->body + uart->received - PAGE, PAGE);
}

bool uart_commands_goes_on(const struct uart_bootloader *uart)
{
	return uart->state == UART_LINKED && uart->is_long && uart->body[0] == 0x07 &&
	       (uart->page_filled || uart->received <= 5 || uart->received > uart->length);
}

static void end_write_4k(struct uart_bootloader *uart)
{
	if (le32(uart->body + 1) < uart->variant->write_limit) {
		uart->body[1] = (uint8_t)uart->variant->write_limit;
		uart->body[2] = (uint8_t)(uart->variant->write_limit >> 8);
		answer_long(uart, STATUS_PARAMETER, uart->body + 1, 4);
	} else {
		answer_long(uart, 0, uart->body + 1, 4);
	}
}

static void execute_long_rom(struct uart_bootloader *uart)
{
	uint32_t id;

	switch (uart->body[0]) {
	case 0x08:
		read_flash(uart, uart->body[5] | (size_t)uart->body[6] << 8);
		break;
	case 0x0A:
		uart->free_ns = uart_flash_erase(uart->nor, 0xC7, 0, uart->free_ns);
		answer_long(uart, 0, uart->body + 1, 1);
		break;
	case 0x0B:
		erase(uart, 0x20, 1);
		break;
	case 0x0C:
		uart->free_ns =
			uart_flash_status(uart->nor, uart->body[1], uart->body + 2, uart->free_ns);
		answer_long(uart, 0, uart->body + 1, 2);
		break;
	case 0x0D:
		uart->free_ns = uart_flash_write_status(uart->nor, uart->body + 2,
							uart->length == 3 ? 1 : 2, uart->free_ns);
		answer_long(uart, 0, uart->body + 1, uart->length == 3 ? 2 : 3);
		break;
	case 0x0E:
		id = die_id(uart);
		answer_long(
			uart, 0,
			(const uint8_t[]){0, (uint8_t)(id >> 16), (uint8_t)(id >> 8), (uint8_t)id},
			4);
		break;
	default:
		answer_long(uart, STATUS_UNKNOWN, NULL, 0);
	}
}

static void execute_long(struct uart_bootloader *uart)
{
	switch (uart->body[0]) {
	case 0x06:
		write_bytes(uart);
		break;
	case 0x07:
		end_write_4k(uart);
		break;
	case 0x09:
		read_flash(uart, SECTOR);
		break;
	case 0x0F:
		erase(uart, uart->body[1], 2);
		break;
	default:
		if (uart->variant->rom)
			execute_long_rom(uart);
	}
}

void uart_commands_execute(struct uart_bootloader *uart)
{
	/* Assumed: nothing but LinkCheck works before the link. */
	if (uart->state != UART_LINKED && (uart->is_long || uart->body[0] != 0x00))
		return;
	uart->commands++;
	if (uart->is_long)
		execute_long(uart);
	else
		execute_short(uart);
	uart->idle_ns = uart->free_ns;
}
