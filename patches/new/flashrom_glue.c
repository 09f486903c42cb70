/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * flashrom_glue.c - the in-tree side: a programmer of flashrom's on top of programmer.h. It is
 * compiled inside flashrom only.
 */
/*
 * BEKEN_FLASHROM is the oldest release that a patch is for: 103 is 1.3. patches/make-patches
 * decides the conditions on it, so that a patch has no code for other releases.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "flash.h"
#include "programmer.h"
#include "spi.h"
#if BEKEN_FLASHROM >= 108
#include "log.h"
#endif
#include "programmer/programmer.h"

#define OPCODE_WREN 0x06
#define OPCODE_PP 0x02
#define OPCODE_PP4 0x12 /* four address bytes, in any mode of the die */

#define PARAMETERS_MOST 512 /* bytes of all parameters together */

struct glue {
	struct beken_programmer *beken;
	struct proxy *proxy;
	struct spi_pins pins;
	struct observer observer;
};

/* BEKEN_FLASHROM: what differs between releases is in this section, and in the two tables below. */

#if BEKEN_FLASHROM < 104
static void tell_progress(struct flashctx *flash, size_t piece, size_t done, size_t total)
{
	(void)flash;
	(void)piece;
	(void)done;
	(void)total;
}

static void no_delay(unsigned int usecs)
{
	(void)usecs;
}
#else
static void tell_progress(struct flashctx *flash, size_t piece, size_t done, size_t total)
{
#if BEKEN_FLASHROM == 104 && !__has_include("usbdev.h") /* 1.4; since 1.5 it counts itself */
	(void)piece;
	update_progress(flash, FLASHROM_PROGRESS_WRITE, done, total);
#else
	(void)done;
	(void)total;
	update_progress(flash, FLASHROM_PROGRESS_WRITE, piece);
#endif
}

static void no_delay(const struct flashctx *flash, unsigned int usecs)
{
	(void)flash;
	(void)usecs;
}
#endif

static void print_trouble(void *data, const struct trouble *trouble)
{
	const char *next = trouble->next[0] ? trouble->next : trouble_next(trouble->kind);
	const struct glue *glue = data;
	char words[TROUBLE_WORDS];

	msg_perr("%s%s%s\n", trouble->seen, next[0] ? ". " : "",
		 spi_pins_put(&glue->pins, next, words, sizeof(words)));
}

static void print_note(void *data, enum note_level level, enum trouble_kind kind, const char *text)
{
	(void)data;
	(void)kind;
	switch (level) {
	case NOTE_WARN:
		msg_pwarn("%s\n", text);
		break;
	case NOTE_INFO:
		msg_pinfo("%s\n", text);
		break;
	case NOTE_DEBUG:
		msg_pdbg("%s\n", text);
		break;
	}
}

/* "name=value,name=value..." for beken_open(), of those that the user gave. */
static bool collect_parameters(const struct programmer_cfg *cfg, char text[PARAMETERS_MOST])
{
	static const char *const names[] = {"enter",	 "reset_ms", "tries", "leave",
					    "unprotect", "chip",     "usb"};
	size_t len = 0;

	text[0] = '\0';
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]) && len < PARAMETERS_MOST; i++) {
		char *value = extract_programmer_param_str(cfg, names[i]);

		if (value)
			len += (size_t)snprintf(text + len, PARAMETERS_MOST - len, "%s%s=%s",
						len ? "," : "", names[i], value);
		free(value);
	}
	if (len >= PARAMETERS_MOST)
		msg_perr("The parameters of beken_spi are too long.\n");
	return len < PARAMETERS_MOST;
}

/*
 * A programmer is not told what flashrom is going to do, so that the user has to say when
 * --wp-... is meant: only then flashrom may see and write the real status registers.
 */
static bool choose_registers(const struct programmer_cfg *cfg, enum proxy_registers *registers)
{
	char *value = extract_programmer_param_str(cfg, "registers");
	bool real = value && strcmp(value, "real") == 0;
	bool good = !value || real || strcmp(value, "hidden") == 0;

	*registers = real ? PROXY_REGISTERS_WRITE : PROXY_REGISTERS_HIDDEN;
	if (!good)
		msg_perr("beken_spi: bad value \"%s\" of registers. There is: "
			 "registers=hidden|real\n",
			 value);
	free(value);
	return good;
}

static struct glue *glue_of(const struct flashctx *flash)
{
	return flash->mst->spi.data;
}

static int send_command(const struct flashctx *flash, unsigned int writecnt, unsigned int readcnt,
			const unsigned char *writearr, unsigned char *readarr)
{
	return proxy_op(glue_of(flash)->proxy, writearr, writecnt, readarr, readcnt)
		       ? SPI_PROGRAMMER_ERROR
		       : 0;
}

static int send_multicommand(const struct flashctx *flash, struct spi_command *cmds)
{
	int ret = 0;

	for (; !ret && (cmds->writecnt || cmds->readcnt); cmds++)
		ret = send_command(flash, cmds->writecnt, cmds->readcnt, cmds->writearr,
				   cmds->readarr);
	return ret;
}

static int program_page(struct proxy *proxy, unsigned address_bytes, unsigned int start,
			const uint8_t *data, size_t len)
{
	static const uint8_t wren = OPCODE_WREN;
	uint8_t tx[5 + PROXY_WRITE_MOST] = {address_bytes == 4 ? OPCODE_PP4 : OPCODE_PP};

	for (unsigned i = 0; i < address_bytes; i++)
		tx[1 + i] = (uint8_t)(start >> 8 * (address_bytes - 1 - i));
	memcpy(tx + 1 + address_bytes, data, len);
	if (proxy_op(proxy, &wren, 1, NULL, 0) ||
	    proxy_op(proxy, tx, 1 + address_bytes + len, NULL, 0))
		return SPI_PROGRAMMER_ERROR;
	return 0;
}

/*
 * Pages go into the queue, and nobody asks for the status behind each. Their size is the
 * part's, also where flashrom only has a table of the part and takes pages for smaller.
 */
static int write_pages(struct flashctx *flash, const uint8_t *buf, unsigned int start,
		       unsigned int len)
{
	const struct glue *glue = glue_of(flash);
	const struct chipdb_part *part = beken_part(glue->beken);

	for (unsigned int done = 0; done < len;) {
		unsigned int room = part->page - (start + done) % part->page;
		unsigned int piece = len - done < room ? len - done : room;
		int ret = program_page(glue->proxy, part->address_bytes, start + done, buf + done,
				       piece);

		if (ret)
			return ret;
		done += piece;
		tell_progress(flash, piece, done, len);
	}
	return 0;
}

static int shut_down(void *data)
{
	struct glue *glue = data;
	enum trouble_kind kind = beken_close(glue->beken);

	if (kind)
		msg_perr("beken_spi did not end well, see above: the flash may not hold what was "
			 "written.\n");
	free(glue);
	return kind ? 1 : 0;
}

static const struct spi_master spi_master_beken_spi = {
	.features = SPI_MASTER_4BA,
	.max_data_read = PROXY_READ_MOST,
	.max_data_write = PROXY_WRITE_MOST,
	.command = send_command,
	.multicommand = send_multicommand,
	.read = default_spi_read,
	.write_256 = write_pages,
	.shutdown = shut_down,
#if BEKEN_FLASHROM < 104
	.write_aai = default_spi_write_aai,
	.probe_opcode = default_spi_probe_opcode,
#else
	.delay = no_delay, /* the driver knows itself when the die is ready */
#endif
};

static int beken_spi_init(const struct programmer_cfg *cfg)
{
	struct glue *glue = calloc(1, sizeof(*glue));
	struct proxy_options session = {.read_only = false};
	struct beken_options options = {.parameters = NULL};
	char params[PARAMETERS_MOST];

	if (!glue) {
		msg_perr("Out of memory!\n");
		return 1;
	}
	glue->observer.trouble = print_trouble;
	glue->observer.note = print_note;
	glue->observer.data = glue;
	options.parameters = params;
	options.observer = &glue->observer;
	options.pins = &glue->pins;
	if (!collect_parameters(cfg, params) || !choose_registers(cfg, &session.registers))
		goto err_free;
	glue->beken = beken_open(&options);
	if (!glue->beken)
		goto err_free;
	glue->proxy = beken_start(glue->beken, &session);
	if (!glue->proxy) {
		msg_perr("Out of memory!\n");
		beken_close(glue->beken);
		goto err_free;
	}
	/* From here on shut_down() is called by flashrom, also when this fails. */
	return register_spi_master(&spi_master_beken_spi, glue);

err_free:
	free(glue);
	return 1;
}

static const struct dev_entry devs_beken_spi[] = {
	{0x1a86, 0x5512, NT, "WinChipHead (WCH)", "CH341A with a Beken Wi-Fi SoC"},
	{0},
};

const struct programmer_entry programmer_beken_spi = {
	.name = "beken_spi",
	.type = USB,
	.devs.dev = devs_beken_spi,
	.init = beken_spi_init,
#if BEKEN_FLASHROM < 104
	.delay = no_delay, /* the driver knows itself when the die is ready */
#endif
};
