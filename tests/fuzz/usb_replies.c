/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Replies of the adapter, from the bytes of its packets up: linking, identifying the part, reading,
 * erasing, writing, examining the wires. Whatever comes, each job ends within its limits, says why,
 * and leaves CEN high. The first byte of an input chooses the job; after the end of the input the
 * adapter is silent. The seeds are replies of the simulated CH341A.
 */
#include "tests/fuzz/fuzz.h"

#include <stdlib.h>
#include <time.h>

#include "programmer/adapters/ch341a.h"
#include "programmer/adapters/ch341a_usb.h"
#include "programmer/examine.h"
#include "programmer/programmer.h"
#include "sim/model/ch341a_engine.h"

#define SECTOR 4096u
#define RECORD_MOST (1u << 20)
#define RUNS_MOST 100000
#define VIRTUAL_MOST_S 600

/* Replaces programmer/adapters/ch341a_usb.c. */
struct ch341a_usb {
	/* Bytes of the fuzzer; while recording, the simulated chip answers. */
	struct fuzz_input replies;
	bool records;
	struct ch341a_engine engine;
	struct soc soc;
	struct nor nor;
	struct board_stats stats;
	uint8_t *record;
	size_t recorded;

	unsigned runs;
	uint8_t pins; /* as the last stream set them */
	bool open;
};

static struct ch341a_usb side;
static uint64_t clock_ns;

/* Replaces the C library's clock for the bus; a fuzzer's own is another. */
int clock_gettime(clockid_t id, struct timespec *time)
{
	if (id != CLOCK_MONOTONIC)
		return timespec_get(time, TIME_UTC) == TIME_UTC ? 0 : -1;
	clock_ns += 100;
	time->tv_sec = (time_t)(clock_ns / 1000000000);
	time->tv_nsec = (long)(clock_ns % 1000000000);
	return 0;
}

int nanosleep(const struct timespec *length, struct timespec *left)
{
	(void)left;
	clock_ns += (uint64_t)length->tv_sec * 1000000000 + (uint64_t)length->tv_nsec;
	return 0;
}

struct ch341a_usb *ch341a_usb_open(const struct adapter *adapter, const char *place, char port[48],
				   const struct observer *observer)
{
	(void)adapter, (void)place, (void)observer;
	strcpy(port, "1-1");
	side.open = true;
	return &side;
}

void ch341a_usb_close(struct ch341a_usb *usb)
{
	usb->open = false;
}

void ch341a_usb_recover(struct ch341a_usb *usb)
{
	(void)usb;
}

static void record_slice(struct ch341a_usb *usb, struct ch341a_stream *stream, size_t slice)
{
	uint8_t *bytes, answer[CH341A_PACKET];
	size_t left = ch341a_stream_slice(stream, slice, &bytes);

	while (left > 0) {
		size_t len = left < CH341A_PACKET ? left : CH341A_PACKET;
		struct ch341a_effect effect = ch341a_engine_look(bytes, len);

		ch341a_engine_run(&usb->engine, bytes, len, clock_ns, answer);
		clock_ns += effect.cost_ns;
		assert_true(usb->recorded + effect.reply_length <= RECORD_MOST);
		memcpy(usb->record + usb->recorded, answer, effect.reply_length);
		usb->recorded += effect.reply_length;
		bytes += len;
		left -= len;
	}
}

static enum trouble_kind run_recorded(struct ch341a_usb *usb, struct ch341a_stream *stream,
				      struct spi_op *ops)
{
	size_t at = usb->recorded;

	for (size_t slice = 0; slice < stream->slice_count; slice++)
		record_slice(usb, stream, slice);
	for (size_t i = 0; i < stream->reply_count; i++) {
		enum trouble_kind kind = ch341a_stream_reply(stream, ops, i, usb->record + at,
							     stream->replies[i].len);

		assert_int_equal(kind, TROUBLE_NONE);
		at += stream->replies[i].len;
	}
	return TROUBLE_NONE;
}

enum trouble_kind ch341a_usb_run(struct ch341a_usb *usb, struct ch341a_stream *stream,
				 struct spi_op *ops)
{
	assert_true(usb->open);
	assert_true(++usb->runs < RUNS_MOST);
	usb->pins = stream->pins;
	clock_ns += 100000 + 40000 * (stream->out_len / CH341A_PACKET + 1);
	if (usb->records)
		return run_recorded(usb, stream, ops);
	for (size_t i = 0; i < stream->reply_count; i++) {
		uint8_t bytes[CH341A_PACKET];
		enum trouble_kind kind;

		if (usb->replies.size == 0)
			return TROUBLE_ADAPTER_SILENT;
		for (size_t b = 0; b < stream->replies[i].len; b++)
			bytes[b] = fuzz_byte(&usb->replies);
		kind = ch341a_stream_reply(stream, ops, i, bytes, stream->replies[i].len);
		if (kind)
			return kind;
	}
	return TROUBLE_NONE;
}

/* --- what is done with the chip --- */

static void change(struct proxy *proxy)
{
	uint8_t data[SECTOR];

	if (proxy_read(proxy, 0, data, 512) || proxy_erase(proxy, (struct range){SECTOR, SECTOR}))
		return;
	memset(data, 0x5a, 300);
	if (!proxy_write(proxy, SECTOR, data, 300))
		proxy_read(proxy, SECTOR, data, 512);
}

static void work(uint8_t how, struct notes *notes)
{
	static const char *const enter[] = {"enter=never", "enter=auto,tries=2",
					    "enter=always,tries=1,leave=spi",
					    "enter=never,unprotect=restore"};
	const struct beken_options options = {.parameters = enter[how / 2 % COUNT_OF(enter)],
					      .observer = &notes->observer};
	struct proxy_options wish = {.read_only = how & 8};
	struct beken_programmer *beken = beken_open(&options);
	struct proxy *proxy;

	if (!beken) {
		assert_true(notes->errors > 0);
		return;
	}
	proxy = beken_start(beken, &wish);
	assert_non_null(proxy);
	change(proxy);
	if (beken_close(beken))
		assert_true(notes->errors > 0);
}

static void look(uint8_t how, struct notes *notes)
{
	const struct beken_options options = {.parameters = "tries=1",
					      .observer = &notes->observer};
	struct examined examined;
	enum trouble_kind kind = beken_examine(&options, how & 2, &examined);

	assert_int_equal(kind != TROUBLE_NONE, notes->errors > 0);
	assert_true(examined.verdict.count <= WIRE_SUSPECTS);
	if (examined.verdict.certain)
		assert_int_equal(examined.verdict.count, 1);
	for (size_t i = 0; i < examined.verdict.count; i++) {
		const struct wire_suspect *suspect = &examined.verdict.suspects[i];
		char text[WIRE_TEXT_ROOM];

		assert_true(suspect->cause < WIRE_CAUSE_COUNT);
		assert_true(wire_suspect_text(suspect, &examined.caps, text)[0]);
		wire_suspect_next(suspect, &examined.caps, text);
	}
}

static void session(uint8_t how)
{
	static struct notes notes;
	uint64_t begin = clock_ns;

	notes_begin(&notes);
	if (how & 1)
		look(how, &notes);
	else
		work(how, &notes);
	assert_false(side.open);
	if (side.runs)
		assert_true(side.pins & CH341A_PIN_CEN);
	assert_in_range((clock_ns - begin) / 1000000000, 0, VIRTUAL_MOST_S);
}

static void record(uint8_t how, const char *entry)
{
	const struct board_options board = {
		.part = chipdb_part_by_name("GD25Q40B"), .entry = entry, .seed = 1};

	memset(&side, 0, sizeof(side));
	side.records = true;
	side.record = malloc(RECORD_MOST);
	assert_non_null(side.record);
	assert_true(nor_init(&side.nor, &board, &side.stats));
	soc_init(&side.soc, soc_variant_by_name(entry), 1, &side.nor, &side.stats);
	side.engine.soc = &side.soc;
	side.engine.stats = &side.stats;
	side.record[side.recorded++] = how;
	session(how);
	fuzz_seed(side.record, side.recorded);
	nor_fini(&side.nor);
	free(side.record);
}

void fuzz_seeds(void)
{
	record(0, "linked");
	record(2, "instant");
	record(4, "measured");
	record(6, "linked");
	record(8, "linked");
	record(1, "instant");
	record(3, "measured");
}

void fuzz_one(const uint8_t *data, size_t size)
{
	struct fuzz_input input = {data, size};
	uint8_t how = fuzz_byte(&input);

	memset(&side, 0, sizeof(side));
	side.replies = input;
	session(how);
}
