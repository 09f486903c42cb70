/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The dialogue with flashrom was traced with 1.3.0; see the source of each test. */
#include "tests/unit.h"
#include "tests/programmer/serprog_client.h"
#include "sim/model/prng.h"

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <termios.h>
#include <unistd.h>

/* Reads the ID: 9Fh out, three bytes in, as on_spi_op() answers. */
#define SPIOP_ID "\x13\x01\x00\x00\x03\x00\x00\x9f"
#define SPIOP_ID_ANSWER "\x06\x9f\xa0\xa1"

/* Commands 00 to 05, 07, 08, 0B, 0E to 15. */
#define COMMAND_MAP "\xbf\xc9\x3f\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"

static const struct {
	const char *bytes;
	size_t len;
	const char *answer;
	size_t answer_len;
} conversation[] = {
#define SAY(bytes, answer)                                                                         \
	{                                                                                          \
		bytes, sizeof(bytes) - 1, answer, sizeof(answer) - 1                               \
	}
	SAY("\0\0\0\0\0\0\0\0", "\6\6\6\6\6\6\6\6"),
	SAY("\x10", "\x15\x06"),
	SAY("\x10", "\x15\x06"),
	SAY("\x01", "\x06\x01\x00"),
	SAY("\x02", "\x06" COMMAND_MAP),
	SAY("\x05", "\x06\x08"),
	SAY("\x12\x08", "\x06"),
	SAY("\x08", "\x06\x00\x01\x00"),
	SAY("\x11", "\x06\x00\x10\x00"),
	SAY("\x14\x80\x84\x1e\x00", "\x06\x60\xe3\x16\x00"), /* 2 MHz requested, 1.5 MHz set */
	SAY("\x12\x08", "\x06"),
	SAY("\x03", "\x06"
		    "beken test\0\0\0\0\0\0"),
	SAY("\x04", "\x06\xff\xff"),
	SAY("\x0b", "\x06"),
	SAY("\x07", "\x06\xff\xff"),
	SAY("\x15\x01", "\x06"),
	SAY(SPIOP_ID, SPIOP_ID_ANSWER),
	SAY("\x13\x01\x00\x00\x00\x00\x00\x06", "\x06"),
	SAY("\x0e\x0a\x00\x00\x00", "\x06"),
	SAY("\x0f", "\x06"),
	SAY("\x15\x00", "\x06"),
};

static void flashroms_whole_conversation_is_answered_byte_for_byte(void **state)
{
	struct session session;

	(void)state;
	session_begin(&session);
	for (size_t i = 0; i < COUNT_OF(conversation); i++)
		session_talk(&session, conversation[i].bytes, conversation[i].len,
			     conversation[i].answer, conversation[i].answer_len);
	assert_int_equal(session.spi_ops, 2);
	session_end(&session);
	assert_int_equal(session.end, SERPROG_HANGUP);
}

static void the_map_names_exactly_what_is_answered(void **state)
{
	(void)state;
	for (unsigned command = 0; command < 256; command++) {
		bool listed = (uint8_t)COMMAND_MAP[command / 8 % 32] >> command % 8 & 1;
		uint8_t bytes[8] = {(uint8_t)command};
		struct session session;

		session_begin(&session);
		session_send(&session, bytes, 1);
		if (!listed) {
			session_expect(&session, "\x15", 1);
			/* It ends by itself. */
			assert_int_equal(read(session.fd, bytes, 1), 0);
		}
		session_end(&session);
		assert_int_equal(session.end, listed ? SERPROG_HANGUP : SERPROG_GARBAGE);
	}
}

static void single_bytes_are_as_good_as_whole_commands(void **state)
{
	struct session session;

	(void)state;
	session_begin(&session);
	for (size_t i = 0; i < COUNT_OF(conversation); i++) {
		for (size_t at = 0; at < conversation[i].len; at++)
			session_send(&session, conversation[i].bytes + at, 1);
		session_expect(&session, conversation[i].answer, conversation[i].answer_len);
	}
	session_end(&session);
}

static void commands_that_come_all_at_once_are_answered_in_order(void **state)
{
	uint8_t bytes[512], answers[512];
	size_t len = 0, answer_len = 0;
	struct session session;

	(void)state;
	for (size_t i = 0; i < COUNT_OF(conversation); i++) {
		memcpy(bytes + len, conversation[i].bytes, conversation[i].len);
		len += conversation[i].len;
		memcpy(answers + answer_len, conversation[i].answer, conversation[i].answer_len);
		answer_len += conversation[i].answer_len;
	}
	session_begin(&session);
	session_talk(&session, bytes, len, answers, answer_len);
	session_end(&session);
}

static void the_longest_op_passes(void **state)
{
	uint8_t bytes[7 + WRITE_MOST + 6] = {0x13, (WRITE_MOST + 6) & 0xff, (WRITE_MOST + 6) >> 8};
	uint8_t answer[1 + READ_MOST] = {0x06};
	struct session session;

	(void)state;
	bytes[5] = READ_MOST >> 8;
	for (size_t i = 7; i < sizeof(bytes); i++)
		bytes[i] = (uint8_t)i;
	for (size_t i = 0; i < READ_MOST; i++)
		answer[1 + i] = (uint8_t)(7 + i);
	session_begin(&session);
	session_talk(&session, bytes, sizeof(bytes), answer, sizeof(answer));
	assert_int_equal(session.tx_len, WRITE_MOST + 6);
	assert_memory_equal(session.tx, bytes + 7, WRITE_MOST + 6);
	session_end(&session);
}

static void an_op_that_is_too_long_is_refused_and_the_line_stays_in_step(void **state)
{
	static const size_t lengths[] = {WRITE_MOST + 7, 1000, 70000, 0x100000};
	uint8_t *data = calloc(1, 0x100000);
	struct session session;

	(void)state;
	assert_non_null(data);
	memset(data, 0xee, 0x100000);
	session_begin(&session);
	for (size_t i = 0; i < COUNT_OF(lengths); i++) {
		const uint8_t head[7] = {0x13, (uint8_t)lengths[i], (uint8_t)(lengths[i] >> 8),
					 (uint8_t)(lengths[i] >> 16)};

		session_send(&session, head, sizeof(head));
		session_talk(&session, data, lengths[i], "\x15", 1);
		TALK(&session, SPIOP_ID, SPIOP_ID_ANSWER);
	}
	/* One byte too many to write; then FFFFFF bytes to read. */
	TALK(&session, "\x13\x01\x00\x00\x01\x10\x00\x9f", "\x15");
	TALK(&session, "\x13\x01\x00\x00\xff\xff\xff\x9f", "\x15");
	TALK(&session, SPIOP_ID, SPIOP_ID_ANSWER);
	assert_int_equal(session.spi_ops, COUNT_OF(lengths) + 1);
	session_end(&session);
	free(data);
}

static void a_refused_op_is_a_nak_without_data(void **state)
{
	struct session session;

	(void)state;
	session_begin(&session);
	session.spi_result = TROUBLE_REFUSED_COMMAND;
	TALK(&session, SPIOP_ID, "\x15");
	session.spi_result = TROUBLE_NONE;
	TALK(&session, SPIOP_ID, SPIOP_ID_ANSWER);
	session_end(&session);
}

static void only_spi_can_be_chosen(void **state)
{
	struct session session;

	(void)state;
	session_begin(&session);
	TALK(&session, "\x12\x01", "\x15");
	TALK(&session, "\x12\x09", "\x15");
	TALK(&session, "\x12\x08", "\x06");
	session_end(&session);
}

static void switching_the_pins_off_finishes_and_tells_how_it_went(void **state)
{
	struct session session;

	(void)state;
	session_begin(&session);
	TALK(&session, "\x15\x01", "\x06");
	assert_int_equal(session.finishes, 0);
	TALK(&session, "\x15\x00", "\x06");
	assert_int_equal(session.finishes, 1);
	session.finish_result = TROUBLE_NOT_WRITTEN;
	TALK(&session, "\x15\x00", "\x15");
	session_end(&session);
}

static void a_hangup_at_any_byte_finishes_and_returns(void **state)
{
	uint8_t bytes[512];
	size_t len = 0;

	(void)state;
	/* Without the last command, so that only the hang-up calls finish(). */
	for (size_t i = 0; i + 1 < COUNT_OF(conversation); i++) {
		memcpy(bytes + len, conversation[i].bytes, conversation[i].len);
		len += conversation[i].len;
	}
	for (size_t cut = 0; cut <= len; cut++) {
		for (int answers_read = 0; answers_read < 2; answers_read++) {
			struct session session;
			uint8_t sink[512];

			session_begin(&session);
			session_send(&session, bytes, cut);
			if (answers_read) {
				shutdown(session.fd, SHUT_WR);
				while (read(session.fd, sink, sizeof(sink)) > 0)
					;
			}
			session_end(&session);
			assert_int_equal(session.end, cut ? SERPROG_HANGUP : SERPROG_SILENT);
			assert_int_equal(session.finishes, 1);
		}
	}
}

static void a_client_that_reads_no_answers_does_not_hold_the_server(void **state)
{
	uint8_t *zeros = calloc(1, 1 << 20);
	struct session session;

	(void)state;
	assert_non_null(zeros);
	session_begin(&session);
	assert_int_equal(fcntl(session.fd, F_SETFL, O_NONBLOCK), 0);
	for (int i = 0; i < 10; i++)
		if (send(session.fd, zeros, 1 << 20, MSG_NOSIGNAL) < 0)
			usleep(10000);
	session_end(&session);
	assert_int_equal(session.finishes, 1);
	free(zeros);
}

static void it_ends_when_it_is_told_to(void **state)
{
	static const char *const partial[] = {"", "\x10", "\x13\x01"};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(partial); i++) {
		struct session session;

		session_begin(&session);
		session_send(&session, partial[i], strlen(partial[i]));
		atomic_store(&session.stop, true);
		assert_int_equal(pthread_join(session.thread, NULL), 0);
		/* It may be told to stop before it has read what was sent. */
		assert_true(session.end == SERPROG_HANGUP || session.end == SERPROG_SILENT);
		assert_int_equal(session.finishes, 1);
		assert_false(session.late);
		close(session.fd);
	}
}

static void garbage_never_hangs_it(void **state)
{
	struct prng prng = {.state = 3};

	(void)state;
	for (unsigned round = 0; round < 300; round++) {
		uint8_t bytes[400], sink[4096];
		struct session session;

		for (size_t i = 0; i < sizeof(bytes); i++)
			bytes[i] = (uint8_t)prng_between(&prng, 0, round % 2 ? 255 : 0x15);
		session_begin(&session);
		assert_int_equal(send(session.fd, bytes, sizeof(bytes), MSG_NOSIGNAL),
				 sizeof(bytes));
		shutdown(session.fd, SHUT_WR);
		while (read(session.fd, sink, sizeof(sink)) > 0)
			;
		session_end(&session);
		assert_int_not_equal(session.end, SERPROG_FAILED);
	}
}

/* As in flashrom-beken; a flashrom that is killed disappears without a message. */
static void the_hangup_of_a_pty_is_noticed(void **state)
{
	struct session session;
	int master, client;
	struct termios raw;

	(void)state;
	session_begin(&session); /* for its target; the server on the socket is ended first */
	session_end(&session);
	session.finishes = 0;
	master = posix_openpt(O_RDWR | O_NOCTTY);
	assert_true(master >= 0);
	assert_int_equal(grantpt(master) | unlockpt(master), 0);
	assert_int_equal(tcgetattr(master, &raw), 0);
	cfmakeraw(&raw);
	assert_int_equal(tcsetattr(master, TCSANOW, &raw), 0);
	client = open(ptsname(master), O_RDWR | O_NOCTTY);
	assert_true(client >= 0);
	session.fd = client;
	session_serve_on(&session, master);
	TALK(&session, "\x10", "\x15\x06");
	TALK(&session, SPIOP_ID, SPIOP_ID_ANSWER);
	session_send(&session, "\x13\x01", 2);
	session_end(&session);
	assert_int_equal(session.end, SERPROG_HANGUP);
	assert_int_equal(session.finishes, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(flashroms_whole_conversation_is_answered_byte_for_byte),
		cmocka_unit_test(the_map_names_exactly_what_is_answered),
		cmocka_unit_test(single_bytes_are_as_good_as_whole_commands),
		cmocka_unit_test(commands_that_come_all_at_once_are_answered_in_order),
		cmocka_unit_test(the_longest_op_passes),
		cmocka_unit_test(an_op_that_is_too_long_is_refused_and_the_line_stays_in_step),
		cmocka_unit_test(a_refused_op_is_a_nak_without_data),
		cmocka_unit_test(only_spi_can_be_chosen),
		cmocka_unit_test(switching_the_pins_off_finishes_and_tells_how_it_went),
		cmocka_unit_test(a_hangup_at_any_byte_finishes_and_returns),
		cmocka_unit_test(a_client_that_reads_no_answers_does_not_hold_the_server),
		cmocka_unit_test(it_ends_when_it_is_told_to),
		cmocka_unit_test(garbage_never_hangs_it),
		cmocka_unit_test(the_hangup_of_a_pty_is_noticed),
	};

	/* As every program with a socket has to do. */
	signal(SIGPIPE, SIG_IGN);
	return cmocka_run_group_tests_name("serprog", tests, NULL, NULL);
}
