/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sim/bench.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sim/rig/usbip_wire.h"

#define SMALLEST_DIE 0x10000

static bool load_image(const struct options *options, struct board *board)
{
	uint32_t size = board_flash_size(board);
	FILE *file = fopen(options->image, "rb");
	bool too_long, bad;

	if (!file) {
		complain("cannot open the image %s: %s", options->image, strerror(errno));
		return false;
	}
	/* The rest after a shorter image stays blank. */
	too_long = fread(board_flash(board), 1, size, file) == size && fgetc(file) != EOF;
	bad = ferror(file);
	if (bad)
		complain("cannot read the image %s: %s", options->image, strerror(errno));
	else if (too_long)
		complain("the image %s is longer than the %" PRIu32
			 " bytes of this %s; choose another "
			 "--part or a shorter image",
			 options->image, size, options->board.part->name);
	fclose(file);
	return !bad && !too_long;
}

static void plug_in(struct bench *bench, struct board *board, uint64_t unplug_ns, bool forbidden)
{
	size_t i = bench->count++;

	bench->exports[i].device = board_usb(board);
	bench->exports[i].unplug_ns = unplug_ns;
	bench->devices[i].device = board_usb(board);
	bench->devices[i].forbidden = forbidden;
}

bool bench_make(struct bench *bench, const struct options *options)
{
	memset(bench, 0, sizeof(*bench));
	bench->options = options;
	bench->board = board_new(&options->board);
	if (options->second_adapter) {
		struct board_options spare = options->board;

		spare.unwired = true;
		spare.adapter = BOARD_CH341A;
		spare.uart_mode = false;
		spare.stall_out = spare.lose_reply = 0;
		spare.kill_at = 0;
		spare.capacity = SMALLEST_DIE; /* nobody can reach it */
		bench->spare = board_new(&spare);
	}
	if (!bench->board || (options->second_adapter && !bench->spare)) {
		complain("there is not enough memory");
		goto failed;
	}
	if (options->uart.variant) {
		bench->uart = uart_wire_new(&options->uart, board_nor(bench->board));
		if (!bench->uart) {
			complain("there is not enough memory");
			goto failed;
		}
	}
	if (options->net.given) {
		bench->net = uart_bridge_new(&options->net, bench->uart, options->uart.seed);
		if (!bench->net) {
			complain("there is not enough memory");
			goto failed;
		}
	}
	if (options->image && !load_image(options, bench->board))
		goto failed;
	if (bench->spare)
		plug_in(bench, bench->spare, USBIP_NEVER, false);
	if (options->adapter != ADAPTER_NONE && options->adapter != ADAPTER_SPIDEV)
		plug_in(bench, bench->board, options->unplug_ns,
			options->adapter == ADAPTER_FORBIDDEN);
	return true;
failed:
	bench_free(bench);
	return false;
}

/* The whole file or nothing: it is written to a temporary file beside it, then renamed. */
static bool write_whole(const char *path, const void *bytes, size_t length)
{
	char temporary[PATH_MAX];
	const uint8_t *at = bytes;
	mode_t mask = umask(0);
	int fd = -1;

	umask(mask);
	if (snprintf(temporary, sizeof(temporary), "%s.XXXXXX", path) >= (int)sizeof(temporary)) {
		errno = ENAMETOOLONG;
		goto failed;
	}
	fd = mkostemp(temporary, O_CLOEXEC);
	if (fd < 0)
		goto failed;
	while (length) {
		ssize_t n = write(fd, at, length);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			goto failed;
		at += n;
		length -= (size_t)n;
	}
	if (fchmod(fd, 0666 & ~mask) || fsync(fd) || rename(temporary, path))
		goto failed;
	close(fd);
	return true;
failed:
	complain("cannot write %s: %s", path, strerror(errno));
	if (fd >= 0) {
		unlink(temporary);
		close(fd);
	}
	return false;
}

/* Statistics of the serial port; "" without one. */
static void uart_figures(const struct bench *bench, char *text, size_t size)
{
	struct uart_wire_stats stats;

	text[0] = 0;
	if (!bench->uart)
		return;
	uart_wire_stats(bench->uart, &stats);
	snprintf(text, size,
		 "  \"uart\": { \"virtual_us\": %" PRIu64 ", \"to_chip\": %" PRIu64
		 ", \"from_chip\": %" PRIu64 ", \"turnarounds\": %" PRIu64 ", \"noise\": %" PRIu64
		 ", \"faults\": %" PRIu64 ", \"overruns\": %" PRIu64
		 ",\n            \"cen_resets\": %" PRIu64
		 ", \"own_resets\": %u, \"commands\": %u, \"lost_in_chip\": %u },\n",
		 uart_wire_used_us(bench->uart), stats.to_chip, stats.from_chip, stats.turnarounds,
		 stats.noise, stats.faults, stats.overruns, stats.resets,
		 uart_wire_chip(bench->uart)->resets, uart_wire_chip(bench->uart)->commands,
		 uart_wire_chip(bench->uart)->lost);
}

static void net_figures(const struct bench *bench, char *text, size_t size)
{
	struct uart_bridge_stats stats;

	text[0] = 0;
	if (!bench->net)
		return;
	uart_bridge_stats(bench->net, &stats);
	snprintf(text, size,
		 "  \"net\": { \"clients\": %u, \"commands\": %u, \"refused\": %u, \"lost\": "
		 "%" PRIu64 ", \"relay\": \"%s\" },\n",
		 stats.clients, stats.commands, stats.refused, stats.lost,
		 stats.relay ? "on" : "off");
}

static bool write_stats(const struct bench *bench)
{
	const char *path = bench->options->stats;
	struct board_stats s;
	char text[2048], uart[512], net[256];
	int length;

	board_stats(bench->board, &s);
	uart_figures(bench, uart, sizeof(uart));
	net_figures(bench, net, sizeof(net));
	length = snprintf(text, sizeof(text),
			  "{\n"
			  "  \"part\": \"%s\",\n"
			  "  \"virtual_us\": %" PRIu64 ",\n"
			  "  \"out_urbs\": %" PRIu64 ",\n"
			  "  \"in_urbs\": %" PRIu64 ",\n"
			  "  \"control_urbs\": %" PRIu64 ",\n"
			  "  \"packets\": %" PRIu64 ",\n"
			  "  \"spi_ops\": %" PRIu64 ",\n"
			  "  \"spi_bytes\": %" PRIu64 ",\n"
			  "  \"host_turnarounds\": %" PRIu64 ",\n"
			  "  \"messages\": %" PRIu64 ",\n"
			  "  \"page_programs\": %" PRIu64 ",\n"
			  "  \"erases\": { \"4096\": %" PRIu64 ", \"32768\": %" PRIu64
			  ", \"65536\": %" PRIu64 ", \"chip\": %" PRIu64 " },\n"
			  "  \"sr_writes\": %" PRIu64 ",\n"
			  "  \"sr_writes_volatile\": %" PRIu64 ",\n"
			  "  \"sr_writes_needless\": %" PRIu64 ",\n"
			  "  \"sr_write_commands\": %" PRIu64 ",\n"
			  "  \"cen_pulses\": %" PRIu64 ",\n"
			  "  \"ignored_while_busy\": %" PRIu64 ",\n"
			  "  \"ignored_protected\": %" PRIu64 ",\n"
			  "%s%s"
			  "  \"cen\": \"%s\",\n"
			  "  \"status_registers\": \"%06" PRIx32 "\",\n"
			  "  \"locked_blocks\": %u\n"
			  "}\n",
			  bench->options->board.part->name, s.virtual_us, s.out_urbs, s.in_urbs,
			  s.control_urbs, s.packets, s.spi_ops, s.spi_bytes, s.host_turnarounds,
			  s.messages, s.page_programs, s.erase_4k, s.erase_32k, s.erase_64k,
			  s.erase_chip, s.sr_writes, s.sr_writes_volatile, s.sr_writes_needless,
			  s.sr_write_commands, s.cen_pulses, s.ignored_while_busy,
			  s.ignored_protected, uart, net, board_cen(bench->board) ? "high" : "low",
			  board_status_registers(bench->board), board_locked_blocks(bench->board));
	if (length < 0 || (size_t)length >= sizeof(text)) {
		complain("the figures do not fit, %s is not written", path);
		return false;
	}
	return write_whole(path, text, (size_t)length);
}

bool bench_report(const struct bench *bench)
{
	const struct options *options = bench->options;
	bool ok = true;

	if (options->save)
		ok = write_whole(options->save, board_flash(bench->board),
				 board_flash_size(bench->board));
	if (options->stats)
		ok = write_stats(bench) && ok;
	return ok;
}

void bench_free(struct bench *bench)
{
	uart_bridge_free(bench->net);
	uart_wire_free(bench->uart);
	bench->net = NULL;
	bench->uart = NULL;
	board_free(bench->board);
	board_free(bench->spare);
	bench->board = bench->spare = NULL;
}
