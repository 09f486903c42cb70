/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * toy_die - a flash of bytes in memory, behind the proxy, for one run of a program that speaks
 * serprog. There is no adapter, no SoC and no SPI.
 *
 * usage: toy_die PART IMAGE CLOSED_START CLOSED_LENGTH COMMAND...
 *
 * IMAGE is the content of the flash, and is replaced by the content afterwards. "-p
 * serprog:dev=PTY" is appended to COMMAND. The exit status is the command's, or 99 if the proxy
 * found an error that the command did not report.
 */
#include "base/number.h"
#include "programmer/child.h"
#include "programmer/guard/proxy.h"
#include "programmer/serprog.h"
#include "tests/programmer/die/memory_die.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PATIENCE_MS 5000
#define STATUS_PROXY 99
#define STATUS_SELF 98

static enum trouble_kind serve_op(void *data, const uint8_t *tx, size_t tx_len, uint8_t *rx,
				  size_t rx_len)
{
	return proxy_op(data, tx, tx_len, rx, rx_len);
}

static enum trouble_kind serve_finish(void *data)
{
	return proxy_finish(data);
}

static bool serve_go_on(void *data)
{
	(void)data;
	return true;
}

static void on_trouble(void *data, const struct trouble *trouble)
{
	(void)data;
	fprintf(stderr, "toy_die: %s: %s (the flash is %s)\n", trouble_name(trouble->kind),
		trouble->seen, die_state_name(trouble->die));
}

/* COMMAND... -p serprog:dev=PTY */
static bool start(struct child *child, struct child_pty *pty, char **command, int count)
{
	char option[] = "-p", programmer[sizeof(pty->name) + 16];
	char **argv = calloc((size_t)count + 3, sizeof(*argv));
	bool started;

	if (!argv)
		return false;
	snprintf(programmer, sizeof(programmer), "serprog:dev=%s", pty->name);
	memcpy(argv, command, (size_t)count * sizeof(*argv));
	argv[count] = option;
	argv[count + 1] = programmer;
	started = child_start(child, pty, argv, -1);
	free(argv);
	return started;
}

/* Runs the command at the other end of a pty; returns its exit status. */
static int serve(struct proxy *proxy, char **command, int count)
{
	const struct serprog_target target = {
		.name = "toy die",
		.write_most = PROXY_WRITE_MOST,
		.read_most = PROXY_READ_MOST,
		.spi_hz = 1000000,
		.spi_op = serve_op,
		.finish = serve_finish,
		.go_on = serve_go_on,
		.data = proxy,
	};
	struct child_pty pty;
	struct child child;

	if (!child_open_pty(&pty) || !start(&child, &pty, command, count)) {
		perror("toy_die");
		return STATUS_SELF;
	}
	serprog_serve(pty.master, &target);
	child_close_pty(&pty);
	child_wait(&child, PATIENCE_MS);
	return child_exit_status(&child);
}

static bool move_image(const char *path, const char *mode, struct memory_die *memory, size_t size)
{
	FILE *file = fopen(path, mode);
	size_t moved = 0;

	if (file && mode[0] == 'r')
		moved = fread(memory->memory, 1, size, file);
	else if (file)
		moved = fwrite(memory->memory, 1, size, file);
	return file && fclose(file) == 0 && moved == size;
}

int main(int argc, char **argv)
{
	const struct observer observer = {.trouble = on_trouble};
	struct proxy_options options = {.observer = &observer};
	enum trouble_kind kind;
	struct memory_die *memory;
	struct proxy *proxy;
	struct range closed;
	int status;

	if (argc < 6 || !number_bytes(argv[3], &closed.start) ||
	    !number_bytes(argv[4], &closed.length))
		return STATUS_SELF;
	options.part = chipdb_part_by_name(argv[1]);
	memory = options.part ? memory_die_new(options.part) : NULL;
	if (!memory || !move_image(argv[2], "r", memory, options.part->size))
		return STATUS_SELF;
	memory->die.caps.closed[0] = closed;
	proxy = proxy_new(&memory->die, &options);
	if (!proxy)
		return STATUS_SELF;
	status = serve(proxy, argv + 5, argc - 5);
	kind = proxy_close(proxy, false);
	printf("toy_die: %s, %lu erases, %lu programs\n", trouble_name(kind), memory->erases,
	       memory->programs);
	if (!move_image(argv[2], "w", memory, options.part->size))
		status = STATUS_SELF;
	memory_die_free(memory);
	return status == 0 && kind ? STATUS_PROXY : status;
}
