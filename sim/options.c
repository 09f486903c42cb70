/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sim/options.h"

#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/rig/tty_wire.h"
#include "sim/rig/usbip_wire.h"

#define SMALLEST UINT32_C(0x10000)
#define LARGEST_CLAIM UINT32_C(0x20000000)

enum {
	OPT_SOC = 256,
	OPT_PART,
	OPT_IMAGE,
	OPT_SAVE,
	OPT_SR,
	OPT_WP,
	OPT_ADAPTER,
	OPT_SPIDEV,
	OPT_SECOND,
	OPT_PRODUCT,
	OPT_ENTRY,
	OPT_HOST,
	OPT_BUSY,
	OPT_ONE_BYTE_01,
	OPT_LOCKS,
	OPT_START,
	OPT_ID,
	OPT_CAPACITY,
	OPT_SFDP,
	OPT_REGISTERS,
	OPT_SR_WRITE,
	OPT_NOISE,
	OPT_WIRE_HZ,
	OPT_JITTER,
	OPT_FLIP,
	OPT_WIRING,
	OPT_SEED,
	OPT_UNPLUG,
	OPT_KILL,
	OPT_DO,
	OPT_STALL,
	OPT_LOSE,
	OPT_STRICT,
	OPT_STATS,
	OPT_UART,
	OPT_UART_CEN,
	OPT_CEN_BY,
	OPT_CEN_PIN,
	OPT_UART_LATENCY,
	OPT_UART_FAULTS,
	OPT_UART_NET,
	OPT_LISTEN
};

static const struct option table[] = {
	{"soc", required_argument, NULL, OPT_SOC},
	{"part", required_argument, NULL, OPT_PART},
	{"image", required_argument, NULL, OPT_IMAGE},
	{"save", required_argument, NULL, OPT_SAVE},
	{"sr", required_argument, NULL, OPT_SR},
	{"wp", required_argument, NULL, OPT_WP},
	{"adapter", required_argument, NULL, OPT_ADAPTER},
	{"spidev", required_argument, NULL, OPT_SPIDEV},
	{"second-adapter", no_argument, NULL, OPT_SECOND},
	{"product-string", no_argument, NULL, OPT_PRODUCT},
	{"entry", required_argument, NULL, OPT_ENTRY},
	{"host", required_argument, NULL, OPT_HOST},
	{"busy", required_argument, NULL, OPT_BUSY},
	{"one-byte-01", required_argument, NULL, OPT_ONE_BYTE_01},
	{"block-locks", required_argument, NULL, OPT_LOCKS},
	{"die-state", required_argument, NULL, OPT_START},
	{"id", required_argument, NULL, OPT_ID},
	{"capacity", required_argument, NULL, OPT_CAPACITY},
	{"sfdp", required_argument, NULL, OPT_SFDP},
	{"registers", required_argument, NULL, OPT_REGISTERS},
	{"sr-write", required_argument, NULL, OPT_SR_WRITE},
	{"noise", required_argument, NULL, OPT_NOISE},
	{"wire-limit", required_argument, NULL, OPT_WIRE_HZ},
	{"wire-jitter", required_argument, NULL, OPT_JITTER},
	{"flip-at", required_argument, NULL, OPT_FLIP},
	{"wiring", required_argument, NULL, OPT_WIRING},
	{"seed", required_argument, NULL, OPT_SEED},
	{"unplug-at", required_argument, NULL, OPT_UNPLUG},
	{"kill-at", required_argument, NULL, OPT_KILL},
	{"do-at", required_argument, NULL, OPT_DO},
	{"stall-out", required_argument, NULL, OPT_STALL},
	{"lose-reply", required_argument, NULL, OPT_LOSE},
	{"strict-replies", no_argument, NULL, OPT_STRICT},
	{"stats", required_argument, NULL, OPT_STATS},
	{"uart", required_argument, NULL, OPT_UART},
	{"uart-cen", required_argument, NULL, OPT_UART_CEN},
	{"cen-by", required_argument, NULL, OPT_CEN_BY},
	{"cen-pin", required_argument, NULL, OPT_CEN_PIN},
	{"uart-latency", required_argument, NULL, OPT_UART_LATENCY},
	{"uart-faults", required_argument, NULL, OPT_UART_FAULTS},
	{"uart-net", required_argument, NULL, OPT_UART_NET},
	{"listen", required_argument, NULL, OPT_LISTEN},
	{NULL, 0, NULL, 0},
};

void complain(const char *format, ...)
{
	va_list arguments;

	fputs("beken-sim: ", stderr);
	va_start(arguments, format);
	vfprintf(stderr, format, arguments);
	va_end(arguments);
	fputc('\n', stderr);
}

__attribute__((noreturn, format(printf, 1, 2))) static void refuse(const char *format, ...)
{
	va_list arguments;

	fputs("beken-sim: ", stderr);
	va_start(arguments, format);
	vfprintf(stderr, format, arguments);
	va_end(arguments);
	fputs("; see beken-sim --help\n", stderr);
	exit(2);
}

static uint64_t number(const char *option, const char *text, int base, uint64_t max)
{
	unsigned long long value;
	char *end;

	errno = 0;
	value = strtoull(text, &end, base);
	if (!*text || *end || errno || strchr(text, '-') || value > max)
		refuse("--%s takes a %snumber from 0 to %llu (in hexadecimal: %llx), not '%s'",
		       option, base == 16 ? "hexadecimal " : "", (unsigned long long)max,
		       (unsigned long long)max, text);
	return value;
}

/* The place of @text in the NULL-terminated @words, which are in the order of an enum. */
static unsigned word(const char *option, const char *text, const char *const words[])
{
	char all[256] = "";

	for (unsigned i = 0; words[i]; i++) {
		if (strcmp(words[i], text) == 0)
			return i;
		snprintf(all + strlen(all), sizeof(all) - strlen(all), "%s%s", i ? ", " : "",
			 words[i]);
	}
	refuse("--%s takes one of %s, not '%s'", option, all, text);
}

/* Bytes, a power of two from 64 KiB to @max. */
static uint32_t size(const char *option, const char *text, uint32_t max)
{
	unsigned long long value;
	unsigned shift = 0;
	char *end;

	errno = 0;
	value = strtoull(text, &end, 10);
	if (*end == 'K' || *end == 'M')
		shift = *end++ == 'K' ? 10 : 20;
	if (text[0] < '0' || text[0] > '9' || *end || errno || value > max >> shift ||
	    value << shift < SMALLEST || (value & (value - 1)))
		refuse("--%s takes a size from 64K to %" PRIu32
		       "K, a power of two such as 512K or 1M, not '%s'",
		       option, max / 1024, text);
	return (uint32_t)(value << shift);
}

static void read_id(struct board_options *board, const char *text)
{
	uint32_t id;

	if (strlen(text) != 6 || strspn(text, "0123456789abcdefABCDEF") != 6)
		refuse("--id takes three bytes, six hexadecimal digits such as C46099, not '%s'",
		       text);
	id = (uint32_t)strtoul(text, NULL, 16);
	board->id_given = true;
	for (unsigned i = 0; i < 3; i++)
		board->id[i] = (uint8_t)(id >> (16 - 8 * i));
}

static void read_sfdp(struct board_options *board, const char *text)
{
	if (strcmp(text, "part") == 0) {
		board->sfdp = SFDP_OF_PART;
	} else if (strcmp(text, "none") == 0) {
		board->sfdp = SFDP_NONE;
	} else {
		board->sfdp = SFDP_OF_SIZE;
		board->sfdp_size = size("sfdp", text, LARGEST_CLAIM);
	}
}

static void read_wiring(struct board_options *board, const char *text)
{
	if (!board->wiring.given)
		board->wiring = wiring_right;
	if (!wiring_parse(&board->wiring, text))
		refuse("--wiring takes items such as swap=P22/P23, CEN=D1, P20=open, P23:low, "
		       "bridge, noise=200, slow and supply=none, not '%s'",
		       text);
}

static void read_event(struct options *options, const char *text)
{
	unsigned long long value;
	char *end;
	bool time;

	errno = 0;
	value = strtoull(text, &end, 10);
	time = strncmp(end, "ms:", 3) == 0;
	if (text[0] < '0' || text[0] > '9' || errno || !value || value > UINT32_MAX ||
	    (!time && *end != ':') || !end[time ? 3 : 1])
		refuse("--do-at takes a number of commands or of milliseconds, and what to do "
		       "then, "
		       "such as '900:kill -INT 0' or '300ms:kill -INT 0', not '%s'",
		       text);
	options->event = end + (time ? 3 : 1);
	options->event_ns = time ? value * 1000000 : 0;
	options->event_ops = time ? 0 : value;
}

/* The options whose values depend on the part. */
static void fit_to_part(struct board_options *board, const char *capacity, const char *sr)
{
	const struct chipdb_part *part = board->part;
	unsigned count = board->registers ? board->registers : part->sr_count;
	uint32_t bits;

	if (count > part->sr_count)
		refuse("--registers is at most %u for a %s", part->sr_count, part->name);
	bits = (UINT32_C(1) << 8 * count) - 1;
	if (capacity)
		board->capacity = size("capacity", capacity, part->size);
	board->sr_given = sr;
	if (sr && strcmp(sr, "firmware") == 0)
		board->sr = part->firmware_sr & bits;
	else if (sr)
		board->sr = (uint32_t)number("sr", sr, 16, bits);
}

static void check_entry(const char *name)
{
	const char *known;

	for (unsigned i = 0; (known = board_entry_name(i)); i++)
		if (strcmp(known, name) == 0)
			return;
	refuse("there is no entry variant '%s'; 'beken-sim list entries' names them", name);
}

static const struct chipdb_part *choose_part(const char *soc_name, const char *part_name)
{
	const struct chipdb_soc *soc = chipdb_soc_by_name(soc_name ? soc_name : DEFAULT_SOC);
	const struct chipdb_part *part;

	if (!soc)
		refuse("there is no SoC '%s'; 'beken-sim list socs' names them", soc_name);
	part = chipdb_part_by_name(part_name ? part_name : soc->part);
	if (!part)
		refuse("there is no part '%s'; 'beken-sim list parts' names them",
		       part_name ? part_name : soc->part);
	if (part->refuse)
		refuse("%s is no flash: %s", part->name, part->refuse);
	return part;
}

void options_parse(struct options *options, bool listens, int argc, char **argv)
{
	static const char *const wp[] = {"high", "low", NULL};
	static const char *const adapters[] = {"spi",	 "uart",   "none",   "forbidden",
					       "spidev", "ft232h", "ch347t", "ch347t-old",
					       "ch347f", NULL};
	static const char *const hosts[] = {"X", "X200", "U", "T", NULL};
	static const char *const busy[] = {"typical", "maximum", "varying", NULL};
	static const char *const forms[] = {"part", "joint", "split", "both", NULL};
	static const char *const locks[] = {"all", "single", NULL};
	static const char *const starts[] = {"ready", "power-down", "qpi", "continuous-read", NULL};
	static const char *const one_byte[] = {"part", "keeps", "clears", NULL};
	static const char *const uart_cen[] = {"rts", "dtr", "none", NULL};
	static const char *const cen_by[] = {"rts", "dtr", NULL};
	const char *soc = NULL, *part = NULL, *sr = NULL, *capacity = NULL;
	struct board_options *board = &options->board;
	int option, index;

	memset(options, 0, sizeof(*options));
	options->unplug_ns = USBIP_NEVER;
	options->uart.latency_ns = 1000000;
	board->seed = 1;
	opterr = 0;
	/* "+": what follows the command word belongs to the command. */
	while ((option = getopt_long(argc, argv, "+", table, &index)) != -1) {
		const char *name = option >= OPT_SOC ? table[index].name : NULL;

		switch (option) {
		case OPT_SOC:
			soc = optarg;
			break;
		case OPT_PART:
			part = optarg;
			break;
		case OPT_IMAGE:
			options->image = optarg;
			break;
		case OPT_SAVE:
			options->save = optarg;
			break;
		case OPT_SR:
			sr = optarg;
			break;
		case OPT_WP:
			board->wp_low = word(name, optarg, wp);
			break;
		case OPT_ADAPTER:
			options->adapter = (enum adapter)word(name, optarg, adapters);
			break;
		case OPT_SPIDEV:
			if (!spidev_parse(&board->spidev, optarg))
				refuse("--spidev takes items such as slot=64, bufsiz=512, "
				       "rounds-up, "
				       "keeps, cen-low, cs-low, taken, held, forbidden, nor, pi5, "
				       "timeout=9 and shutdown=9, not '%s'",
				       optarg);
			break;
		case OPT_SECOND:
			options->second_adapter = true;
			break;
		case OPT_PRODUCT:
			board->product_string = true;
			break;
		case OPT_ENTRY:
			check_entry(optarg);
			board->entry = optarg;
			break;
		case OPT_HOST:
			board->host = (enum host_class)word(name, optarg, hosts);
			break;
		case OPT_BUSY:
			board->busy = (enum busy_times)word(name, optarg, busy);
			break;
		case OPT_ONE_BYTE_01:
			board->one_byte_01 = (enum one_byte_01)word(name, optarg, one_byte);
			break;
		case OPT_LOCKS:
			board->no_global_unlock = word(name, optarg, locks);
			break;
		case OPT_START:
			board->start = (enum die_start)word(name, optarg, starts);
			break;
		case OPT_ID:
			read_id(board, optarg);
			break;
		case OPT_CAPACITY:
			capacity = optarg;
			break;
		case OPT_SFDP:
			read_sfdp(board, optarg);
			break;
		case OPT_REGISTERS:
			board->registers = (unsigned)number(name, optarg, 10, CHIPDB_REGISTERS);
			if (!board->registers)
				refuse("--registers is at least 1: SR1 holds WIP");
			break;
		case OPT_SR_WRITE:
			board->sr_forms = (enum sr_forms)word(name, optarg, forms);
			break;
		case OPT_NOISE:
			board->noise = (uint32_t)number(name, optarg, 10, UINT32_MAX);
			break;
		case OPT_WIRE_HZ:
			board->wire_hz = (uint32_t)number(name, optarg, 10, 1000000000);
			break;
		case OPT_JITTER:
			board->jitter_ns = (uint32_t)number(name, optarg, 10, 1000000);
			break;
		case OPT_FLIP:
			board->flip_at = number(name, optarg, 10, UINT64_MAX);
			break;
		case OPT_WIRING:
			read_wiring(board, optarg);
			break;
		case OPT_SEED:
			board->seed = number(name, optarg, 0, UINT64_MAX);
			break;
		case OPT_UNPLUG:
			options->unplug_ns = number(name, optarg, 10, 86400000) * 1000000;
			break;
		case OPT_KILL:
			board->kill_at = number(name, optarg, 10, UINT32_MAX);
			break;
		case OPT_DO:
			read_event(options, optarg);
			break;
		case OPT_STALL:
			board->stall_out = (uint32_t)number(name, optarg, 10, UINT32_MAX);
			break;
		case OPT_LOSE:
			board->lose_reply = (uint32_t)number(name, optarg, 10, UINT32_MAX);
			break;
		case OPT_STRICT:
			board->strict_replies = true;
			break;
		case OPT_STATS:
			options->stats = optarg;
			break;
		case OPT_UART:
			options->uart.variant = uart_variant_by_name(optarg);
			if (!options->uart.variant)
				refuse("there is no bootloader '%s'; 'beken-sim list bootloaders' "
				       "names them",
				       optarg);
			break;
		case OPT_CEN_BY:
			options->cen_by = word(name, optarg, cen_by) ? TTY_DTR : TTY_RTS;
			break;
		case OPT_CEN_PIN:
			board->cen_pin = 1 + (unsigned)number(name, optarg, 10, 15);
			break;
		case OPT_UART_CEN:
			options->uart.cen = word(name, optarg, uart_cen);
			break;
		case OPT_UART_LATENCY:
			options->uart.latency_ns = number(name, optarg, 10, 255000) * 1000;
			break;
		case OPT_UART_FAULTS:
			if (!uart_wire_parse_faults(&options->uart.faults, optarg))
				refuse("--uart-faults takes items such as lose=1000, twice=1000, "
				       "flip=1000, burst=10000, reset=100000, fast=30, echo, "
				       "log and stuck, not '%s'",
				       optarg);
			break;
		case OPT_UART_NET:
			if (!uart_bridge_parse(&options->net, optarg))
				refuse("--uart-net takes items such as latency=20, jitter=10, "
				       "buffer=8192, baud=115200, stall=400, close=5000, "
				       "stop=5000, split, "
				       "password, no-relay and chatters, not '%s'",
				       optarg);
			break;
		case OPT_LISTEN:
			if (!listens)
				refuse("--listen belongs to 'beken-sim serve'");
			options->listen = optarg;
			break;
		default:
			refuse("'%s' is no option, or lacks its value", argv[optind - 1]);
		}
	}

	options->uart.seed = board->seed;
	if (options->net.given && !options->uart.variant)
		refuse("--uart-net needs to know which bootloader: --uart NAME");
	if (options->net.given) /* a helper has its own UART */
		options->uart.latency_ns = 0;
	board->part = choose_part(soc, part);
	board->uart_mode = options->adapter == ADAPTER_UART;
	if (options->adapter != ADAPTER_SPIDEV && board->spidev.given)
		refuse("--spidev belongs to --adapter spidev");
	if (options->adapter >= ADAPTER_SPIDEV && board->wiring.given)
		refuse("--wiring belongs to a CH341A");
	if (options->adapter == ADAPTER_SPIDEV && !board->spidev.given)
		board->spidev = spidev_usual;
	if (options->adapter >= ADAPTER_SPIDEV)
		board->adapter = (enum board_adapter)((int)BOARD_SPIDEV + (int)options->adapter -
						      (int)ADAPTER_SPIDEV);
	fit_to_part(board, capacity, sr);
	if (listens && (optind < argc || !options->listen))
		refuse("'beken-sim serve' takes --listen ADDRESS, options, and nothing else");
	if (listens && options->adapter >= ADAPTER_NONE && options->adapter <= ADAPTER_SPIDEV)
		refuse("--adapter %s makes sense for 'beken-sim run' only",
		       adapters[options->adapter]);
	if (listens && (board->kill_at || options->event))
		refuse("--kill-at and --do-at make sense for 'beken-sim run' only");
	if (options->cen_by && options->uart.variant)
		refuse("--uart and --cen-by are two ports, and there is one");
	/* A port whose data lines are not connected. */
	if (options->cen_by) {
		options->uart.variant = uart_variant_by_name("n");
		options->uart.cen = UART_CEN_NONE;
		options->uart.faults.stuck = true;
	}
	if (listens && options->uart.variant)
		refuse("--uart and --cen-by make sense for 'beken-sim run' only");
	if (!listens && optind >= argc)
		refuse("which program shall run? beken-sim run [OPTIONS] -- COMMAND...");
	options->command = argv + optind;
}
