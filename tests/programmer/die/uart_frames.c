/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Frames as Beken's own bootloaders answered them on a CPU emulator, and those of tools for the
 * ROM.
 */
#include "tests/unit.h"
#include "programmer/die/uart_frames.h"

static uint8_t sector[UART_SECTOR];

/* Converts "01 e0 fc" to bytes; returns their number. */
static size_t bytes_of(const char *text, uint8_t *bytes)
{
	size_t count = 0;
	unsigned value;
	int used;

	while (sscanf(text, "%2x%n", &value, &used) == 1) {
		bytes[count++] = (uint8_t)value;
		text += used;
	}
	return count;
}

struct vector {
	const char *name;
	struct uart_request request;
	const char *sent;    /* followed by a sector, if it has data */
	const char *answer;  /* NULL: there is no answer */
	bool brings;	     /* the answer brings a sector */
	const char *payload; /* of an answer without a sector */
};

static struct vector vectors[32];
static size_t vector_count;

static void add(const char *name, struct uart_request request, const char *sent, const char *answer,
		const char *payload)
{
	vectors[vector_count++] = (struct vector){.name = name,
						  .request = request,
						  .sent = sent,
						  .answer = answer,
						  .payload = payload,
						  .brings = !payload};
}

static int set_up(void **state)
{
	static const uint8_t zeros[2];

	(void)state;
	for (size_t i = 0; i < sizeof(sector); i++)
		sector[i] = (uint8_t)(i * 7);
	add("link", uart_link_check(), "01 e0 fc 01 00", "04 0e 05 01 e0 fc 01 00", "00");
	add("version", uart_boot_version(), "01 e0 fc 01 11",
	    "04 0e 14 01 e0 fc 11 42 4b 37 32 33 31 53 5f 31 2e 30 2e 35 00 00 00",
	    "42 4b 37 32 33 31 53 5f 31 2e 30 2e 35 00 00 00");
	add("921600 baud", uart_set_rate(921600, 20), "01 e0 fc 06 0f 00 10 0e 00 14",
	    "04 0e 09 01 e0 fc 0f 00 10 0e 00 14", "00 10 0e 00 14");
	add("2 Mbaud", uart_set_rate(2000000, 20), "01 e0 fc 06 0f 80 84 1e 00 14",
	    "04 0e 09 01 e0 fc 0f 80 84 1e 00 14", "80 84 1e 00 14");
	add("115200 baud", uart_set_rate(115200, 20), "01 e0 fc 06 0f 00 c2 01 00 14",
	    "04 0e 09 01 e0 fc 0f 00 c2 01 00 14", "00 c2 01 00 14");
	add("reboot", uart_reboot(), "01 e0 fc 02 0e a5", NULL, "");
	add("reboot the firmware", uart_reboot_firmware(), "01 e0 fc 05 fe 95 27 95 27", NULL, "");
	add("crc of a sector", uart_check_crc((struct range){0x30000, 4096}),
	    "01 e0 fc 09 10 00 00 03 00 ff 0f 03 00", "04 0e 08 01 e0 fc 10 f5 98 ab 0e",
	    "f5 98 ab 0e");
	add("read", uart_read_sector(0x11000), "01 e0 fc ff f4 05 00 09 00 10 01 00",
	    "04 0e ff 01 e0 fc f4 06 10 09 00 00 10 01 00", NULL);
	add("erase 4K", uart_erase(0x11000, false), "01 e0 fc ff f4 06 00 0f 20 00 10 01 00",
	    "04 0e ff 01 e0 fc f4 07 00 0f 00 20 00 10 01 00", "20 00 10 01 00");
	add("erase 64K", uart_erase(0x20000, true), "01 e0 fc ff f4 06 00 0f d8 00 00 02 00",
	    "04 0e ff 01 e0 fc f4 07 00 0f 00 d8 00 00 02 00", "d8 00 00 02 00");
	add("write 4K", uart_write_sector(0x20000, sector), "01 e0 fc ff f4 05 10 07 00 00 02 00",
	    "04 0e ff 01 e0 fc f4 06 00 07 00 00 00 02 00", "00 00 02 00");
	add("write 16", uart_write_bytes(0x24110, sector, 16),
	    "01 e0 fc ff f4 15 00 06 10 41 02 00",
	    "04 0e ff 01 e0 fc f4 07 00 06 00 10 41 02 00 10", "10 41 02 00 10");
	add("write 256", uart_write_bytes(0x24000, sector, 256),
	    "01 e0 fc ff f4 05 01 06 00 40 02 00",
	    "04 0e ff 01 e0 fc f4 07 00 06 00 00 40 02 00 00", "00 40 02 00 00");
	add("write 1000", uart_write_bytes(0x25000, sector, 1000),
	    "01 e0 fc ff f4 ed 03 06 00 50 02 00",
	    "04 0e ff 01 e0 fc f4 07 00 06 00 00 50 02 00 e8", "00 50 02 00 e8");
	add("chip id", uart_read_register(0x800000), "01 e0 fc 05 03 00 00 80 00",
	    "04 0e 0c 01 e0 fc 03 00 00 80 00 1c 23 07 00", "00 00 80 00 1c 23 07 00");
	add("chip id, the address one more", uart_read_register(0x800000),
	    "01 e0 fc 05 03 00 00 80 00", "04 0e 0c 01 e0 fc 03 01 00 80 00 1c 23 07 00",
	    "01 00 80 00 1c 23 07 00");
	add("die's id", uart_get_id(), "01 e0 fc ff f4 05 00 0e 9f 00 00 00",
	    "04 0e ff 01 e0 fc f4 06 00 0e 00 77 eb 60 15", "77 eb 60 15");
	add("die's id, the length one less", uart_get_id(), "01 e0 fc ff f4 05 00 0e 9f 00 00 00",
	    "04 0e ff 01 e0 fc f4 05 00 0e 00 77 eb 60 15", "77 eb 60 15");
	add("status register", uart_read_status(0x05), "01 e0 fc ff f4 02 00 0c 05",
	    "04 0e ff 01 e0 fc f4 04 00 0c 00 05 3c", "05 3c");
	add("status registers written", uart_write_status(zeros, 2),
	    "01 e0 fc ff f4 04 00 0d 01 00 00", "04 0e ff 01 e0 fc f4 05 00 0d 00 01 00 00",
	    "01 00 00");
	return 0;
}

static void requests_are_those_of_the_tools_byte_for_byte(void **state)
{
	uint8_t frame[UART_REQUEST_MOST], wanted[64];

	(void)state;
	for (size_t i = 0; i < vector_count; i++) {
		const struct vector *vector = &vectors[i];
		size_t length = uart_encode(&vector->request, frame);
		size_t head = bytes_of(vector->sent, wanted);

		print_message("# %s\n", vector->name);
		assert_int_equal(length, head + vector->request.data_len);
		assert_memory_equal(frame, wanted, head);
		if (vector->request.data_len)
			assert_memory_equal(frame + head, sector, vector->request.data_len);
	}
}

/* Builds the answer of a vector in @frame. */
static size_t answer_of(const struct vector *vector, uint8_t *frame)
{
	size_t length = bytes_of(vector->answer, frame);

	if (!vector->brings)
		return length;
	memcpy(frame + length, sector, sizeof(sector));
	return length + sizeof(sector);
}

static void answers_are_understood_when_they_are_whole_and_not_before(void **state)
{
	uint8_t frame[UART_ANSWER_MOST], payload[64];

	(void)state;
	for (size_t i = 0; i < vector_count; i++) {
		const struct vector *vector = &vectors[i];
		struct uart_answer answer;
		size_t used, length;

		if (!vector->answer) {
			assert_int_equal(uart_answer_size(&vector->request), 0);
			continue;
		}
		print_message("# %s\n", vector->name);
		length = answer_of(vector, frame);
		assert_int_equal(uart_answer_size(&vector->request), length);
		/* Bytes after those that have arrived do not count. */
		for (size_t count = 0; count < length; count++) {
			uint8_t next = frame[count];

			frame[count] ^= 0x55;
			assert_int_equal(uart_decode(frame, count, &answer, &used), UART_MORE);
			frame[count] = next;
		}
		assert_int_equal(uart_decode(frame, length, &answer, &used), UART_ANSWER);
		assert_int_equal(used, length);
		assert_true(uart_is_answer_to(&answer, &vector->request));
		if (vector->brings)
			assert_memory_equal(answer.payload + 4, sector, sizeof(sector));
		else
			assert_memory_equal(answer.payload, payload,
					    bytes_of(vector->payload, payload));
	}
}

static void an_answer_belongs_to_one_request_only(void **state)
{
	uint8_t frame[UART_ANSWER_MOST];

	(void)state;
	for (size_t i = 0; i < vector_count; i++) {
		struct uart_answer answer;
		size_t used;

		if (!vectors[i].answer)
			continue;
		uart_decode(frame, answer_of(&vectors[i], frame), &answer, &used);
		for (size_t k = 0; k < vector_count; k++) {
			bool same = !strcmp(vectors[i].sent, vectors[k].sent);

			assert_int_equal(uart_is_answer_to(&answer, &vectors[k].request), same);
		}
	}
}

/* From U 1.0.15; the address of a refused write is mangled. */
static void a_refusal_is_one_and_no_answer(void **state)
{
	static const struct {
		const char *answer;
		size_t request;
	} refusals[] = {
		{"04 0e ff 01 e0 fc f4 07 00 09 06 00 00 00 00 00", 8},
		{"04 0e ff 01 e0 fc f4 07 00 09 06 ff 1f 00 00 00", 8},
		{"04 0e ff 01 e0 fc f4 07 00 0f 06 20 00 10 00 00", 9},
		{"04 0e ff 01 e0 fc f4 06 00 07 06 00 20 00 00", 11},
	};
	uint8_t frame[64];

	(void)state;
	for (size_t i = 0; i < COUNT_OF(refusals); i++) {
		const struct uart_request *request = &vectors[refusals[i].request].request;
		size_t length = bytes_of(refusals[i].answer, frame), used;
		struct uart_answer answer;

		assert_int_equal(uart_decode(frame, length, &answer, &used), UART_ANSWER);
		assert_int_equal(used, length);
		assert_int_equal(answer.status, UART_PARAMETER);
		assert_true(uart_is_refusal_of(&answer, request));
		assert_false(uart_is_answer_to(&answer, request));
	}
}

static void what_is_no_answer_is_noise(void **state)
{
	static const char *const noise[] = {
		"00",
		"05",
		"04 0f",
		"04 0e 05 02",
		"04 0e 05 01 e1",
		"04 0e 05 01 e0 fd",
		"04 0e 03 01 e0 fc 01",
		"04 0e ff 01 e0 fc f5",
		"04 0e ff 01 e0 fc f4 01 00 09 00",
		"04 0e ff 01 e0 fc f4 07 10 09 00",
		"04 0e ff 01 e0 fc f4 ff ff 09 00",
	};
	uint8_t bytes[64];

	(void)state;
	for (size_t i = 0; i < COUNT_OF(noise); i++) {
		struct uart_answer answer;
		size_t used;

		assert_int_equal(uart_decode(bytes, bytes_of(noise[i], bytes), &answer, &used),
				 UART_NOISE);
	}
}

/* Whatever arrives, nothing is read past its end. */
static void any_bytes_are_looked_at_within_their_end(void **state)
{
	uint32_t random = 1;

	(void)state;
	for (unsigned i = 0; i < 20000; i++) {
		const struct vector *vector = &vectors[i % vector_count];
		size_t count, used = 0, length;
		uint8_t frame[UART_ANSWER_MOST], *bytes;
		struct uart_answer answer = {.length = 0};
		enum uart_look look;

		length = vector->answer ? answer_of(vector, frame) : 1;
		for (unsigned k = 0; k < 3; k++) {
			random = random * 1664525 + 1013904223;
			frame[(random >> 8) % (length < 12 ? length : 12)] =
				(uint8_t)(random >> 24);
		}
		count = (random >> 4) % (length + 1);
		bytes = test_malloc(count + 1); /* so that its end is guarded */
		memcpy(bytes, frame, count);
		look = uart_decode(bytes, count, &answer, &used);
		if (look == UART_ANSWER) {
			assert_true(used <= count);
			assert_true(answer.payload + answer.length <= bytes + count);
		}
		test_free(bytes);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(requests_are_those_of_the_tools_byte_for_byte),
		cmocka_unit_test(answers_are_understood_when_they_are_whole_and_not_before),
		cmocka_unit_test(an_answer_belongs_to_one_request_only),
		cmocka_unit_test(a_refusal_is_one_and_no_answer),
		cmocka_unit_test(what_is_no_answer_is_noise),
		cmocka_unit_test(any_bytes_are_looked_at_within_their_end),
	};

	return cmocka_run_group_tests(tests, set_up, NULL);
}
