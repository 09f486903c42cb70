/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Input from a flashrom, or from any program that opened the pty: the bridge ends, and a die that
 * is served for reading only stays as it is. The first byte of the input chooses how it is served.
 */
#include "tests/fuzz/fuzz.h"

#include <fcntl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "programmer/bridge.h"
#include "tests/programmer/die/memory_die.h"

static struct fuzz_input line;
static int line_fd = -1;

/* Replaces the C library's for the served descriptor. */
ssize_t read(int fd, void *to, size_t room)
{
	size_t len = line.size < room ? line.size : room;

	if (fd != line_fd)
		return syscall(SYS_read, fd, to, room);
	if (len == 0)
		return 0;
	memcpy(to, line.data, len);
	line.data += len;
	line.size -= len;
	return (ssize_t)len;
}

static bool go_on(void *data)
{
	(void)data;
	return true;
}

#define OP(out, in) 0x13, out, 0, 0, in, 0, 0

void fuzz_seeds(void)
{
	/* How flashrom begins: sync, version, map, name, buffers, bus, lengths, clock, 9Fh. */
	static const uint8_t hello[] = {0x00,	   0x10, 0x10, 0x01, 0x02, 0x03,     0x04,
					0x05,	   0x12, 0x08, 0x08, 0x11, 0x14,     0x80,
					0x84,	   0x1e, 0x00, 0x15, 0x01, OP(1, 3), 0x9f,
					OP(4, 52), 0x5a, 0,    0,    0,	   0x15,     0x00};
	static const uint8_t change[] = {0x01,	    OP(1, 0), 0x06, OP(4, 0), 0x20, 0,	      0x10,
					 0,	    OP(1, 1), 0x05, OP(1, 0), 0x06, OP(8, 0), 0x02,
					 0,	    0x10,     0,    1,	      2,    3,	      4,
					 OP(4, 16), 0x03,     0,    0x10,     0,    0x15,     0x00};
	static const uint8_t registers[] = {0x02, OP(1, 0), 0x06, OP(2, 0), 0x01, 0x1c, OP(1, 1),
					    0x35, OP(1, 0), 0x50, OP(2, 0), 0x31, 0x02};
	static const uint8_t long_one[] = {0x01, 0x13, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x9f};

	fuzz_seed(hello, sizeof(hello));
	fuzz_seed(change, sizeof(change));
	fuzz_seed(registers, sizeof(registers));
	fuzz_seed(long_one, sizeof(long_one));
}

static void serve(struct proxy *proxy)
{
	const struct bridge bridge = {
		.proxy = proxy, .name = "fuzz", .clock_hz = 1500000, .go_on = go_on};
	enum serprog_end end;

	line_fd = open("/dev/null", O_RDWR | O_CLOEXEC);
	assert_true(line_fd >= 0);
	end = bridge_serve(line_fd, &bridge);
	assert_true(end == SERPROG_HANGUP || end == SERPROG_SILENT || end == SERPROG_GARBAGE);
	if (end != SERPROG_GARBAGE)
		assert_int_equal(line.size, 0);
	close(line_fd);
	line_fd = -1;
}

void fuzz_one(const uint8_t *data, size_t size)
{
	struct chipdb_part part = *chipdb_part_by_name("GD25Q40B");
	static struct notes notes;
	struct proxy_options options = {.part = &part, .observer = &notes.observer};
	struct memory_die *memory;
	struct proxy *proxy;
	uint8_t how;

	line = (struct fuzz_input){data, size};
	how = fuzz_byte(&line);
	notes_begin(&notes);
	options.read_only = how % 2 == 0;
	options.registers = (enum proxy_registers)(how / 2 % 3);
	memory = memory_die_new(&part);
	assert_non_null(memory);
	memory->memory[0] = 0x5a;
	proxy = proxy_new(&memory->die, &options);
	assert_non_null(proxy);
	serve(proxy);
	proxy_close(proxy, false);
	if (options.read_only)
		assert_int_equal(memory->changes + memory->programs + memory->erases, 0);
	memory_die_free(memory);
}
