/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "programmer/link/uart_identify.h"

#include <string.h>

#define CHIP_ID_REGISTER 0x800000
#define PROBES 3
#define ID_READINGS 5

/* Of a line that damages one byte in 10 000, nine are too few in one of a hundred times. */
#define READINGS_MOST 25

#define READ_US 20000
#define LEAST_LOG 19 /* 512 KiB: taken for 1 MiB, its upper half would be the bootloader */
#define MOST_LOG 24
#define USUAL_LOG 21
#define BOOT UINT32_C(0x80000000)

/* Two places with content, and not the same content: any firmware and its data. */
#define PLACES 2
static const uint32_t candidates[] = {0x11000, 0x12000, 0x20000, 0x30000, 0x18000, 0x40000,
				      0x60000, 0x80000, 0xa0000, 0xd0000, 0xe0000, 0xff000};

/* The version for which it is known that a LinkCheck does not lift the protection again. */
#define NEVER_REARMS "BK7231S_1.0.1"

/*
 * Repeats until two readings in a row are equal, or both are refused: a line that damages an
 * address once makes one that is.
 */
static enum trouble_kind read_place(struct uart_talk *talk, uint32_t address, uint8_t *data,
				    bool *refused)
{
	const struct uart_request request = uart_read_sector(address);
	enum uart_heard heard = UART_HEARD_NOTHING;

	*refused = false;
	for (unsigned i = 0; i < READINGS_MOST; i++) {
		const enum uart_heard before = heard;
		struct uart_answer answer;
		enum trouble_kind kind = talk_ask(talk, &request, READ_US, &answer, &heard);

		if (kind)
			return kind;
		*refused = heard == UART_HEARD_REFUSAL && before == heard;
		if (*refused || (heard == UART_HEARD && before == heard &&
				 memcmp(data, answer.payload + 4, UART_SECTOR) == 0))
			return TROUBLE_NONE;
		if (heard == UART_HEARD)
			memcpy(data, answer.payload + 4, UART_SECTOR);
	}
	return TROUBLE_UNSTEADY;
}

static bool is_blank(const uint8_t *data)
{
	return memcmp(data, data + 1, UART_SECTOR - 1) == 0;
}

/* *@count: number of places that were found. */
static enum trouble_kind find_places(struct uart_talk *talk, uint32_t *addresses,
				     uint8_t data[PLACES][UART_SECTOR], size_t *count)
{
	enum trouble_kind kind = TROUBLE_NONE;
	bool refused;

	*count = 0;
	for (size_t i = 0; i < sizeof(candidates) / sizeof(candidates[0]) && *count < PLACES; i++) {
		kind = read_place(talk, candidates[i], data[*count], &refused);
		if (kind)
			break;
		if (refused || is_blank(data[*count]) ||
		    (*count && memcmp(data[0], data[*count], UART_SECTOR) == 0))
			continue;
		addresses[(*count)++] = candidates[i];
	}
	return kind;
}

/* Or ends: no published bootloader refuses to read there, but another one may. */
static enum trouble_kind begins_again(struct uart_talk *talk, uint32_t address, uint32_t size,
				      const uint8_t *wanted, bool *again)
{
	uint8_t data[UART_SECTOR];
	bool refused;
	enum trouble_kind kind = read_place(talk, address + size, data, &refused);

	*again = !kind && (refused || memcmp(data, wanted, UART_SECTOR) == 0);
	return kind;
}

/*
 * Where all else is blank the bootloader is not. A published one reads what is at 0x11000 also from
 * 0x80011000, since the die ignores that bit; those that get into the operation of the flash
 * controller are lower ones.
 */
static enum trouble_kind find_size_by_boot(struct uart_talk *talk, unsigned *log, bool *assumed)
{
	uint8_t data[UART_SECTOR];
	bool again = false, refused;
	enum trouble_kind kind = read_place(talk, BOOT, data, &refused);

	*assumed = true;
	if (kind || refused || is_blank(data))
		return kind;
	for (unsigned at = LEAST_LOG; !kind && !again; at++) {
		if (at < MOST_LOG)
			kind = begins_again(talk, 0, UINT32_C(1) << at, data, &again);
		else
			again = true;
		*log = at;
	}
	*assumed = kind != TROUBLE_NONE;
	return kind;
}

static enum trouble_kind find_size(struct uart_talk *talk, unsigned *log, bool *assumed)
{
	static const unsigned usual = USUAL_LOG;
	uint8_t data[PLACES][UART_SECTOR];
	uint32_t addresses[PLACES];
	enum trouble_kind kind;
	size_t count;

	*log = usual;
	kind = find_places(talk, addresses, data, &count);
	*assumed = !kind && count < PLACES;
	if (kind || *assumed)
		return kind ? kind : find_size_by_boot(talk, log, assumed);
	for (*log = LEAST_LOG; !kind && *log < MOST_LOG; (*log)++) {
		bool again = true;

		for (size_t i = 0; !kind && again && i < PLACES; i++)
			kind = begins_again(talk, addresses[i], UINT32_C(1) << *log, data[i],
					    &again);
		if (again)
			break;
	}
	return kind;
}

static enum trouble_kind identify_rom(struct uart_talk *talk, struct uart_loader *loader)
{
	const struct uart_request get = uart_get_id();
	const uint8_t none[2][3] = {{0x00, 0x00, 0x00}, {0xff, 0xff, 0xff}};
	enum trouble_kind kind = TROUBLE_NONE;
	uint8_t last[3] = {0};
	bool same = false;

	for (unsigned i = 0; !kind && !same && i < ID_READINGS; i++) {
		struct uart_answer answer;

		kind = talk_ask(talk, &get, 0, &answer, NULL);
		if (kind)
			break;
		memcpy(loader->id, answer.payload + 1, 3);
		same = i && memcmp(last, loader->id, 3) == 0;
		memcpy(last, loader->id, 3);
	}
	if (kind)
		return kind;
	if (!same)
		return TROUBLE_UNSTEADY;
	return memcmp(last, none[0], 3) && memcmp(last, none[1], 3) ? TROUBLE_NONE
								    : TROUBLE_NO_FLASH;
}

static enum trouble_kind identify_bl(struct uart_talk *talk, struct uart_loader *loader)
{
	const struct uart_request ask = uart_boot_version();
	struct uart_answer answer;
	enum uart_heard heard;
	unsigned log;
	enum trouble_kind kind = talk_probe(talk, &ask, PROBES, &answer, &heard);

	if (!kind && heard == UART_HEARD)
		for (size_t i = 0; i < 16 && answer.payload[i]; i++)
			loader->version[i] = answer.payload[i] >= 0x20 && answer.payload[i] < 0x7f
						     ? (char)answer.payload[i]
						     : '?';
	loader->never_rearms = strcmp(loader->version, NEVER_REARMS) == 0;
	if (!kind)
		kind = find_size(talk, &log, &loader->size_assumed);
	if (kind)
		return kind;
	loader->id[0] = 0xef;
	loader->id[1] = 0x40;
	loader->id[2] = (uint8_t)log;
	return TROUBLE_NONE;
}

enum trouble_kind uart_identify(struct uart_talk *talk, struct uart_loader *loader)
{
	const struct uart_request chip = uart_read_register(CHIP_ID_REGISTER);
	struct uart_answer answer;
	enum uart_heard heard;
	enum trouble_kind kind = talk_probe(talk, &chip, PROBES, &answer, &heard);

	*loader = (struct uart_loader){.family = UART_BL};
	if (kind)
		return kind;
	if (heard != UART_HEARD)
		return identify_bl(talk, loader);
	loader->family = UART_ROM;
	loader->chip = uart_number(answer.payload + 4);
	return identify_rom(talk, loader);
}
