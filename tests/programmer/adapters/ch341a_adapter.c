/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/unit.h"
#include "tests/programmer/adapters/ch341a_adapter.h"

#define PACKET_NS 40000
#define BYTE_NS 6030
#define OUTPUT_NS 750
#define DELAY_NS(us) ((us)*1000u + 1100)

static uint8_t mirror(uint8_t byte)
{
	uint8_t result = 0;

	for (int bit = 0; bit < 8; bit++)
		if (byte & 1 << bit)
			result |= (uint8_t)(0x80 >> bit);
	return result;
}

static void put_byte(struct adapter *adapter, uint8_t mosi)
{
	size_t at = adapter->byte_count++;

	assert_true(at < ADAPTER_BYTES);
	adapter->mosi[at] = mosi;
	adapter->miso[at] =
		adapter->script ? adapter->script[at] : (uint8_t)(at * 7 + at / 256 * 3 + 1);
	adapter->byte_ns[at] = adapter->ns;
}

/* On a rising edge, data out must have its value already. */
static void clock_bit(struct adapter *adapter, uint8_t latches)
{
	assert_false(adapter->pins & CH341A_PIN_CS);
	assert_int_equal((latches ^ adapter->pins) & CH341A_PIN_OUT, 0);
	adapter->shifted = (uint8_t)(adapter->shifted << 1 | !!(latches & CH341A_PIN_OUT));
	if (++adapter->bits == 8) {
		put_byte(adapter, adapter->shifted);
		adapter->bits = 0;
	}
}

static void set_latches(struct adapter *adapter, uint8_t latches)
{
	/* Unused outputs are high; between two windows the clock is low and data out is high. */
	assert_int_equal(latches & 0x12, 0x12);
	if (latches & CH341A_PIN_CS) {
		assert_int_equal(latches & 0x3a, 0x32);
		assert_int_equal(adapter->bits, 0);
	}
	if (latches & ~adapter->pins & CH341A_PIN_CLOCK)
		clock_bit(adapter, latches);
	adapter->cen_changes += ((latches ^ adapter->pins) & CH341A_PIN_CEN) != 0;
	if (adapter->pins & CH341A_PIN_CS && !(latches & CH341A_PIN_CS)) {
		assert_true(adapter->window_count < ADAPTER_WINDOWS);
		adapter->window_cen[adapter->window_count++] = latches & CH341A_PIN_CEN;
	}
	adapter->pins = latches;
}

static void run_uio(struct adapter *adapter, const uint8_t *packet, size_t len)
{
	size_t i = 1;

	for (; i < len && packet[i] != 0x20; i++) {
		if ((packet[i] & 0xc0) == 0xc0) {
			adapter->ns += DELAY_NS(packet[i] & 0x3fu);
		} else if ((packet[i] & 0xc0) == 0x80) {
			adapter->ns += OUTPUT_NS;
			set_latches(adapter, packet[i] & 0x3f);
		} else {
			fail_msg("pin operation %02x", packet[i]);
		}
	}
	assert_true(i > 1);	/* not empty, */
	assert_true(i < len);	/* which has an end byte */
	for (i++; i < len; i++) /* and nothing after that */
		assert_int_equal(packet[i], 0);
}

static enum trouble_kind run_spi(struct adapter *adapter, struct spi_op *ops, const uint8_t *packet,
				 size_t len)
{
	const struct ch341a_reply *reply = &adapter->stream.replies[adapter->replies];
	uint8_t answer[CH341A_PACKET];

	assert_in_range(len, 2, 32);
	assert_int_equal(adapter->pins & (CH341A_PIN_CS | CH341A_PIN_CLOCK), 0);
	assert_int_equal(adapter->bits, 0);
	assert_true(adapter->replies < adapter->stream.reply_count);
	assert_int_equal(reply->slice, adapter->slice);
	/* The chip shifts all bytes of the packet, padding included, and returns as many. */
	assert_int_equal(reply->len, len - 1);
	for (size_t i = 1; i < len; i++) {
		put_byte(adapter, mirror(packet[i]));
		adapter->ns += BYTE_NS;
		answer[i - 1] = mirror(adapter->miso[adapter->byte_count - 1]);
	}
	return ch341a_stream_reply(&adapter->stream, ops, adapter->replies++, answer, len - 1);
}

/* One OUT transfer. USB splits it into packets of 32 bytes; only the last may be shorter. */
static enum trouble_kind run_slice(struct adapter *adapter, struct spi_op *ops,
				   const uint8_t *bytes, size_t left)
{
	enum trouble_kind ret = TROUBLE_NONE;

	assert_in_range(left, 1, CH341A_SLICE_PACKETS * CH341A_PACKET);
	while (left > 0 && !ret && !adapter->stream.missed) {
		size_t len = left < CH341A_PACKET ? left : CH341A_PACKET;

		adapter->ns += PACKET_NS;
		if (bytes[0] == 0xa8)
			ret = run_spi(adapter, ops, bytes, len);
		else if (bytes[0] == 0xab)
			run_uio(adapter, bytes, len);
		else
			fail_msg("a packet begins with %02x", bytes[0]);
		adapter->packets++;
		bytes += len;
		left -= len;
	}
	return ret;
}

enum trouble_kind adapter_run_script(struct adapter *adapter, uint8_t pins, struct spi_op *ops,
				     size_t count, const uint8_t *script)
{
	struct ch341a_stream *stream = &adapter->stream;
	size_t total = 0;
	enum trouble_kind ret = TROUBLE_NONE;

	memset(adapter, 0, sizeof(*adapter));
	adapter->script = script;
	adapter->pins = pins;
	ch341a_stream_begin(stream, pins);
	assert_int_equal(ch341a_stream_add_ops(stream, ops, count), 0);
	for (; adapter->slice < stream->slice_count && !ret && !stream->missed; adapter->slice++) {
		uint8_t *bytes;
		size_t len = ch341a_stream_slice(stream, adapter->slice, &bytes);

		assert_ptr_equal(bytes, stream->out + total);
		total += len;
		ret = run_slice(adapter, ops, bytes, len);
	}
	if (!ret && !stream->missed)
		assert_int_equal(total, stream->out_len);
	return ret;
}

void adapter_run(struct adapter *adapter, uint8_t pins, struct spi_op *ops, size_t count)
{
	assert_int_equal(adapter_run_script(adapter, pins, ops, count, NULL), 0);
	assert_false(adapter->stream.missed);
	assert_int_equal(adapter->stream.op_count, count);
	assert_int_equal(adapter->replies, adapter->stream.reply_count);
	/* All six pins match the shadow copy. */
	assert_int_equal(adapter->pins, adapter->stream.pins);
}

void adapter_free(struct adapter *adapter)
{
	ch341a_stream_free(&adapter->stream);
}
