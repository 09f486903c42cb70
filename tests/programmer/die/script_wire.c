/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/unit.h"
#include "tests/programmer/die/script_wire.h"

struct script_wire script;
struct uart_talk script_talk;

static enum trouble_kind call(void)
{
	return ++script.calls == script.fails_at ? TROUBLE_ADAPTER_GONE : TROUBLE_NONE;
}

static enum trouble_kind script_write(struct wire *wire, const uint8_t *bytes, size_t count)
{
	enum trouble_kind kind = call();

	(void)wire;
	if (kind)
		return kind;
	assert_true(script.sent_count + count <= SCRIPT_SENT_MOST);
	assert_true(script.write_count < SCRIPT_WRITES_MOST);
	memcpy(script.sent + script.sent_count, bytes, count);
	script.writes[script.write_count].us = script.us;
	script.writes[script.write_count].at = script.sent_count;
	script.writes[script.write_count++].count = count;
	script.sent_count += count;
	if (script.chip)
		script.chip(bytes, count);
	return TROUBLE_NONE;
}

static size_t take(uint8_t *bytes, size_t most)
{
	size_t got = 0;

	while (got < most && script.came < script.coming_count &&
	       script.coming[script.came].us <= script.us)
		bytes[got++] = script.coming[script.came++].byte;
	return got;
}

static enum trouble_kind script_read(struct wire *wire, uint8_t *bytes, size_t most,
				     uint32_t wait_us, size_t *got)
{
	uint64_t deadline = script.us + wait_us;
	enum trouble_kind kind = call();

	(void)wire;
	if (kind)
		return kind;
	*got = take(bytes, most);
	if (*got || !wait_us)
		return TROUBLE_NONE;
	script.us = script.came < script.coming_count && script.coming[script.came].us <= deadline
			    ? script.coming[script.came].us
			    : deadline;
	*got = take(bytes, most);
	return TROUBLE_NONE;
}

static uint64_t script_now_us(struct wire *wire)
{
	(void)wire;
	return script.us;
}

static void script_sleep_us(struct wire *wire, uint64_t us)
{
	(void)wire;
	script.us += us;
}

void script_begin(void)
{
	static const struct wire_ops ops = {.write = script_write,
					    .read = script_read,
					    .now_us = script_now_us,
					    .sleep_us = script_sleep_us};

	script.wire = (struct wire){
		.ops = &ops, .caps = {.latency_us = SCRIPT_LATENCY_US}, .rate = 115200};
	script.us = 1000000;
	script.sent_count = script.write_count = script.coming_count = script.came = 0;
	script.chip = NULL;
	script.calls = script.fails_at = 0;
}

void script_comes(const uint8_t *bytes, size_t count, uint64_t after_us)
{
	uint64_t us = script.us;

	if (script.coming_count > script.came && script.coming[script.coming_count - 1].us > us)
		us = script.coming[script.coming_count - 1].us;
	us += after_us;
	for (size_t i = 0; i < count; i++) {
		assert_true(script.coming_count < SCRIPT_COMING_MOST);
		us += SCRIPT_BYTE_US;
		script.coming[script.coming_count].us = us;
		script.coming[script.coming_count++].byte = bytes[i];
	}
}

void script_link_comes(uint64_t after_us)
{
	static const uint8_t linked[] = {0x04, 0x0e, 0x05, 0x01, 0xe0, 0xfc, 0x01, 0x00};

	script_comes(linked, sizeof(linked), after_us);
}

size_t script_sector_answer(uint32_t address, uint8_t status, uint8_t fill, uint8_t *bytes)
{
	static const uint8_t head[] = {0x04, 0x0e, 0xff, 0x01, 0xe0, 0xfc, 0xf4, 0x06, 0x10, 0x09};
	uint8_t *at = bytes + sizeof(head);

	memcpy(bytes, head, sizeof(head));
	*at++ = status;
	for (unsigned i = 0; i < 4; i++)
		*at++ = (uint8_t)(address >> 8 * i);
	memset(at, fill, UART_SECTOR);
	return UART_ANSWER_MOST;
}

void script_sector_comes(uint32_t address, uint8_t status, uint8_t fill, uint64_t after_us)
{
	uint8_t bytes[UART_ANSWER_MOST];

	script_comes(bytes, script_sector_answer(address, status, fill, bytes), after_us);
}

static void count_zeros(const uint8_t *bytes, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (bytes[i])
			return;
	script.zeros_heard += (unsigned)count;
}

void script_links(const uint8_t *bytes, size_t count)
{
	static const uint8_t link[] = {0x01, 0xe0, 0xfc, 0x01, 0x00};

	count_zeros(bytes, count);
	if (count == sizeof(link) && memcmp(bytes, link, sizeof(link)) == 0 &&
	    ++script.links_asked > script.deaf)
		script_link_comes(500);
}

void script_let_link(unsigned deaf)
{
	script.chip = script_links;
	script.links_asked = script.zeros_heard = 0;
	script.deaf = deaf;
}

int script_talk_begin(void **state)
{
	(void)state;
	script_begin();
	script_talk = (struct uart_talk){.wire = &script.wire};
	return 0;
}

enum uart_heard script_hear(const struct uart_request *request, uint32_t work_us,
			    struct uart_answer *answer)
{
	enum uart_heard heard = UART_HEARD_OTHER;

	assert_int_equal(talk_hear(&script_talk, request, work_us, answer, &heard), TROUBLE_NONE);
	return heard;
}
