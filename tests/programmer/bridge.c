/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A proxy on the simulator's die, from the view of flashrom at the other end. */
#include "tests/unit.h"
#include "programmer/bridge.h"
#include "programmer/die/spi_die.h"
#include "tests/programmer/sim_bus.h"

#include <sys/socket.h>
#include <unistd.h>

static struct sim_bus *sim;
static struct beken_die *die;
static struct proxy *proxy;
static bool stopped;

static bool go_on(void *data)
{
	(void)data;
	return !stopped;
}

/* Sends everything that flashrom would send; the replies go to @answer. */
static enum serprog_end serve(const void *bytes, size_t len, uint8_t *answer, size_t *answer_len)
{
	const struct bridge bridge = {.proxy = proxy,
				      .name = "a name that is longer than the protocol has room",
				      .clock_hz = 1234567,
				      .go_on = go_on};
	enum serprog_end end;
	ssize_t heard;
	int fds[2];

	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, fds), 0);
	assert_int_equal(write(fds[0], bytes, len), len);
	shutdown(fds[0], SHUT_WR);
	end = bridge_serve(fds[1], &bridge);
	close(fds[1]);
	heard = read(fds[0], answer, *answer_len);
	/* Input that was not read resets the connection. */
	*answer_len = heard > 0 ? (size_t)heard : 0;
	close(fds[0]);
	return end;
}

static int setup(void **state)
{
	static struct chipdb_part part;
	const struct board_options board = {.part = chipdb_part_by_name("GD25Q16B")};
	const struct proxy_options options = {.part = &part, .read_only = true};

	(void)state;
	part = *board.part;
	stopped = false;
	sim = sim_bus_new(&board);
	die = spi_die_new(&sim->bus);
	proxy = proxy_new(die, &options);
	return proxy ? 0 : -1;
}

static int teardown(void **state)
{
	(void)state;
	proxy_close(proxy, false);
	spi_die_free(die);
	sim_bus_free(sim);
	return 0;
}

static void flashrom_is_told_name_and_clock_of_the_adapter_and_gets_the_id(void **state)
{
	/* sync; name; 2 MHz requested; 9Fh and three bytes; pins off */
	static const uint8_t said[] = {0x10, 0x03, 0x14, 0x80, 0x84, 0x1e, 0x00, 0x13, 0x01,
				       0x00, 0x00, 0x03, 0x00, 0x00, 0x9f, 0x15, 0x00};
	static const uint8_t wanted[] = {0x15, 0x06, 0x06, 'a',	 ' ',  'n',  'a',  'm',	 'e', ' ',
					 't',  'h',  'a',  't',	 ' ',  'i',  's',  ' ',	 'l', 0x06,
					 0x87, 0xd6, 0x12, 0x00, 0x06, 0xc8, 0x40, 0x15, 0x06};
	uint8_t answer[64];
	size_t len = sizeof(answer);

	(void)state;
	assert_int_equal(serve(said, sizeof(said), answer, &len), SERPROG_HANGUP);
	assert_int_equal(len, sizeof(wanted));
	assert_memory_equal(answer, wanted, sizeof(wanted));
}

static void it_ends_when_it_is_stopped(void **state)
{
	static const uint8_t said[] = {0x10};
	uint8_t answer[64];
	size_t len = sizeof(answer);

	(void)state;
	stopped = true;
	serve(said, sizeof(said), answer, &len);
	assert_int_equal(len, 0);
}

static unsigned idles;

static void count_idle(struct beken_die *idle)
{
	assert_ptr_equal(idle, die);
	idles++;
}

/* A bootloader at the other end of the bridge needs this, or the chip is lost. */
static void while_flashrom_thinks_the_die_is_told(void **state)
{
	struct die_ops ops = *die->ops;
	uint8_t answer[8];
	size_t len = sizeof(answer);

	(void)state;
	ops.idle = count_idle;
	die->ops = &ops;
	idles = 0;
	assert_int_equal(serve("\0\0", 2, answer, &len), SERPROG_HANGUP);
	/* It waits for each command, and for the end. */
	assert_in_range(idles, 1, 10);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			flashrom_is_told_name_and_clock_of_the_adapter_and_gets_the_id, setup,
			teardown),
		cmocka_unit_test_setup_teardown(it_ends_when_it_is_stopped, setup, teardown),
		cmocka_unit_test_setup_teardown(while_flashrom_thinks_the_die_is_told, setup,
						teardown),
	};

	return cmocka_run_group_tests_name("bridge", tests, NULL, NULL);
}
