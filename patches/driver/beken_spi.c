/*
 * This file is part of the flashrom project.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 * SPDX-FileCopyrightText: The flashrom-beken authors
 */

/*
 * The SPI NOR flash inside Beken's Wi-Fi SoCs (BK7231, BK7252 and relatives). Released from reset, the SoC
 * listens on its SPI port for a while. It takes the byte D2h as "download", and connects the port to the flash
 * until the next reset. The adapter is a CH341A, with D2 on the SoC's reset pin CEN. Sources named below:
 * [cam]  measurements on a BK7252 camera, github.com/Apache02/bk7252-cam, docs/hardware/flash_spi_mode.md
 * [gui]  github.com/openshwprojects/BK7231GUIFlashTool, Flashers/SPIFlasher_Beken.cs
 * [ft]   github.com/libretiny-eu/ltchiptool-ft232-flasher, work/bk72xx_boot.py
 * [lt]   github.com/libretiny-eu/libretiny, issue 206
 * [sdk]  flash_config in the flash driver of Beken's SDKs
 * [bkt]  github.com/tuya-cloudcutter/bk7231tools, pull request 29
 */

#include <stdbool.h>
#include <stdlib.h>
#include "platform/string.h"
#include "flash.h"
#include "programmer.h"
#include "spi.h"
#include "helpers.h"
#include "log.h"
#include "ch341a_usb.h"

/* A pin packet sets all of D5..D0, so each one is made from a shadow copy that includes CEN. */
#define PIN_CS		0x01
#define PIN_CEN		0x04
#define PINS_IDLE	0x37 /* all CS and CEN high, SCK low, DOUT high */

#define DOWNLOAD	0xD2

/* 3 ms of CS windows of D2h: some chips take windows of one byte, others need longer ones. */
#define PACKET_WINDOW	31
#define LONG_WINDOW	250
#define GROUP		(8 + PACKET_WINDOW + LONG_WINDOW)
#define GROUPS		10 /* in one stream, 30 ms */

/* The window was measured as 53 ms [cam]; it opens up to some tens of ms after CEN rises. */
#define STREAMS		4
#define STREAMS_LONG	11
#define TAKEN_GROUPS	9 /* the SoC sends D2h until it takes ours, or until its window closes */

/* Each takes 3 ms. The flash answered after 40 ms [cam], but [gui] waits up to 2 s and sends 25000 zeros. */
#define LOOKS_TAKEN	600
#define LOOKS_DOUBTFUL	30
#define LOOKS		3

/* All dies of these SoCs have such pages. With 64, the core's guess for SFDP, 2 MiB take 100 s, not 69 s. */
#define PAGE		256
#define PAGES		32 /* in one stream */
#define MAX_STATUS	1000 /* after a page, 6 us each */

#define SR2_QE		0x02
#define SR2_CMP		0x40

struct beken_spi_data {
	struct ch341a_usb *usb;
	uint8_t pins;
	uint8_t id[3];
	bool leave_linked;
	bool real_registers;
	bool unprotected;
	unsigned int reset_ms;
	unsigned int tries;
	unsigned int status_samples;
};

static const uint8_t rdid = JEDEC_RDID, rdsr = JEDEC_RDSR, rdsr2 = JEDEC_RDSR2, wren = JEDEC_WREN;

static const struct dev_entry devs_beken_spi[] = {
	{0x1A86, 0x5512, NT, "Winchiphead (WCH)", "CH341A"},

	{0},
};

static void set_pins(struct beken_spi_data *data, uint8_t pins)
{
	const uint8_t op = CH341A_UIO_OUT | pins;

	data->pins = pins;
	ch341a_usb_uio(data->usb, &op, 1);
}

/* The adapter does the timing, so a slow host does no harm. */
static void add_delay(struct beken_spi_data *data, unsigned int us)
{
	uint8_t ops[CH341A_UIO_OPS];

	while (us > 0) {
		size_t count;

		for (count = 0; count < sizeof(ops) && us > 0; us -= ops[count++] & 63)
			ops[count] = CH341A_UIO_US | MIN(us, 63);
		ch341a_usb_uio(data->usb, ops, count);
	}
}

/* A CS window. The end of the previous one is in the same packet. Returns where the reply will be. */
static size_t add_command(struct beken_spi_data *data, const uint8_t *out, size_t outcnt, size_t incnt)
{
	const uint8_t ops[] = { CH341A_UIO_OUT | data->pins | PIN_CS, CH341A_UIO_OUT | (data->pins & ~PIN_CS) };

	ch341a_usb_uio(data->usb, ops, sizeof(ops));
	return ch341a_usb_spi(data->usb, out, outcnt, incnt);
}

/* End the last window, at which the flash executes its command, and run the stream. */
static int run(struct beken_spi_data *data)
{
	set_pins(data, data->pins | PIN_CS);
	if (!ch341a_usb_run(data->usb))
		return 0;
	/* A lost reply or a stalled pipe. Everything may be sent twice: a busy flash ignores it. */
	ch341a_usb_recover(data->usb);
	return ch341a_usb_run(data->usb) ? SPI_PROGRAMMER_ERROR : 0;
}

static int set_all_pins(struct beken_spi_data *data, uint8_t outputs)
{
	const uint8_t ops[] = { CH341A_UIO_OUT | PINS_IDLE, CH341A_UIO_DIR | outputs };

	data->pins = PINS_IDLE;
	ch341a_usb_begin(data->usb);
	ch341a_usb_uio(data->usb, ops, sizeof(ops));
	return run(data);
}

static int command(struct beken_spi_data *data, const uint8_t *out, size_t outcnt, uint8_t *in, size_t incnt)
{
	size_t at;

	ch341a_usb_begin(data->usb);
	at = add_command(data, out, outcnt, incnt);
	if (run(data))
		return SPI_PROGRAMMER_ERROR;
	ch341a_usb_replies(data->usb, at, outcnt, in, incnt);
	return 0;
}

/* Neither an idle line nor the rest of the SoC's D2h [gui]. */
static bool plausible_id(const uint8_t id[3])
{
	if (id[0] == 0x00 || id[0] == 0xFF || id[0] == DOWNLOAD || id[1] == DOWNLOAD || id[2] == DOWNLOAD)
		return false;
	return id[1] != id[2] || (id[1] != 0x00 && id[1] != 0xFF && id[1] != id[0]);
}

/* Ask twice. Zeros go in between for a SoC that counts clocks. The firmware may have left the flash in
 * power-down, QPI or a continuous read. */
static int look_for_flash(struct beken_spi_data *data, bool wake, bool *found)
{
	static const uint8_t release = JEDEC_RES, end_modes[] = { 0xFF, 0xFF }, zeros[25];
	size_t first, second;
	uint8_t id[3];
	int i;

	ch341a_usb_begin(data->usb);
	if (wake) {
		add_command(data, end_modes, sizeof(end_modes), 0);
		add_command(data, &release, 1, 0);
		set_pins(data, data->pins | PIN_CS);
		add_delay(data, 100);
	}
	first = add_command(data, &rdid, 1, 3);
	for (i = 0; i < 10; i++)
		add_command(data, zeros, sizeof(zeros), 0);
	second = add_command(data, &rdid, 1, 3);
	if (run(data))
		return SPI_PROGRAMMER_ERROR;
	ch341a_usb_replies(data->usb, first, 1, id, 3);
	ch341a_usb_replies(data->usb, second, 1, data->id, 3);
	*found = plausible_id(id) && !memcmp(id, data->id, 3);
	return 0;
}

struct echo {
	unsigned int groups; /* since D2h was heard */
	bool stopped;
};

static void listen(struct echo *echo, const uint8_t group[GROUP])
{
	unsigned int i, heard = 0, idle = 0;

	for (i = 0; i < GROUP; i++) {
		heard += group[i] == DOWNLOAD;
		idle += group[i] == 0x00 || group[i] == 0xFF;
	}
	/* The first byte may be cut: 52 D2 D2 D2 D2 00 [lt]. D2h among other bytes is noise of the firmware. */
	if ((heard && heard + idle + 8 > GROUP) || echo->groups)
		echo->groups++;
	/* Even then the first byte of a window may be D2h [cam]. */
	echo->stopped = echo->groups && group[GROUP - 1] != DOWNLOAD && group[GROUP - 2] != DOWNLOAD;
}

/* CEN rises in the same stream, so that D2h is in time with any host. */
static int send_download(struct beken_spi_data *data, unsigned int streams, struct echo *echo)
{
	static const size_t windows[] = { 1, 1, 1, 1, 1, 1, 1, 1, PACKET_WINDOW, LONG_WINDOW };
	uint8_t out[LONG_WINDOW], group[GROUP];
	size_t at[GROUPS][ARRAY_SIZE(windows)], len;
	unsigned int stream, i, j;

	memset(out, DOWNLOAD, sizeof(out));
	for (stream = 0; stream < streams && !echo->stopped; stream++) {
		ch341a_usb_begin(data->usb);
		if (stream == 0)
			set_pins(data, data->pins | PIN_CEN);
		for (i = 0; i < GROUPS; i++)
			for (j = 0; j < ARRAY_SIZE(windows); j++)
				at[i][j] = add_command(data, out, windows[j], 0);
		if (run(data))
			return SPI_PROGRAMMER_ERROR;
		for (i = 0; i < GROUPS && !echo->stopped; i++) {
			for (j = 0, len = 0; j < ARRAY_SIZE(windows); len += windows[j++])
				ch341a_usb_replies(data->usb, at[i][j], 0, group + len, windows[j]);
			listen(echo, group);
		}
	}
	return 0;
}

static int hold_reset(struct beken_spi_data *data, unsigned int ms)
{
	while (ms > 0) {
		const unsigned int now = MIN(ms, 100);

		ch341a_usb_begin(data->usb);
		set_pins(data, data->pins & ~PIN_CEN);
		add_delay(data, now * 1000);
		if (run(data))
			return SPI_PROGRAMMER_ERROR;
		ms -= now;
	}
	return 0;
}

static int reset_and_link(struct beken_spi_data *data, bool *found)
{
	static const unsigned int longer[] = { 1, 1, 3, 1, 10 }; /* 100 ms do [cam] [ft], unless CEN is slow */
	bool heard = false;
	unsigned int try, looks;

	for (try = 0; try < data->tries && !*found; try++) {
		struct echo echo = { 0 };
		const unsigned int ms = data->reset_ms * longer[try % ARRAY_SIZE(longer)];

		if (hold_reset(data, MAX(MIN(ms, 1000), data->reset_ms)) ||
		    send_download(data, try % 2 ? STREAMS_LONG : STREAMS, &echo))
			return SPI_PROGRAMMER_ERROR;
		heard |= echo.groups > 0;
		looks = echo.stopped ? LOOKS_DOUBTFUL : LOOKS;
		/* If this did not help in the first tries, the window just closes early. */
		if (echo.stopped && echo.groups <= TAKEN_GROUPS && try < 4)
			looks = LOOKS_TAKEN;
		while (looks-- && !*found)
			if (look_for_flash(data, looks % 8 == 0, found))
				return SPI_PROGRAMMER_ERROR;
	}
	if (*found)
		msg_pdbg("beken_spi: linked after %u resets\n", try);
	else
		msg_perr(heard ? "The SoC sent D2h, but no flash answered. Are CS, CLK and MOSI connected?\n" :
			 "The SoC did not respond to a reset. Are CEN and MISO connected? Is it powered?\n");
	return 0;
}

static int link_flash(struct beken_spi_data *data, bool always, bool never)
{
	bool found = false;

	if (!always && (look_for_flash(data, false, &found) || (!found && look_for_flash(data, true, &found))))
		return 1;
	if (!found && never)
		msg_perr("No flash answers, and enter=never forbids a reset of the SoC.\n");
	return found || (!never && !reset_and_link(data, &found) && found) ? 0 : 1;
}

/* Without a flash every status reads as ready and unprotected: if that is possible, ask for the ID. */
static int check_link(struct beken_spi_data *data)
{
	uint8_t id[3];

	if (command(data, &rdid, 1, id, 3))
		return SPI_PROGRAMMER_ERROR;
	if (!memcmp(id, data->id, 3))
		return 0;
	msg_perr("The link was lost, the ID is %02x %02x %02x. Was the SoC reset?\n", id[0], id[1], id[2]);
	return SPI_PROGRAMMER_ERROR;
}

/* The core would sleep up to 1 s between polls. Sets *was_busy if the flash was busy. */
static int wait_idle(struct beken_spi_data *data, unsigned int seconds, bool *was_busy)
{
	unsigned int us, step;
	uint8_t status;
	size_t at;

	*was_busy = false;
	for (us = 0; us < seconds * 1000 * 1000; us += step + 100) {
		step = MIN(us / 64, 20 * 1000);
		ch341a_usb_begin(data->usb);
		add_delay(data, step);
		at = add_command(data, &rdsr, 1, 1);
		if (run(data))
			return SPI_PROGRAMMER_ERROR;
		ch341a_usb_replies(data->usb, at, 1, &status, 1);
		if (!(status & SPI_SR_WIP))
			return 0;
		if (status == 0xFF && check_link(data))
			return SPI_PROGRAMMER_ERROR;
		*was_busy = true;
	}
	msg_perr("The flash is still busy after %u s.\n", seconds);
	return SPI_PROGRAMMER_ERROR;
}

/* Eon and Macronix (35h enters QPI) have neither SR2 nor a bit BP4 or SEC in SR1. */
static bool one_register(const struct beken_spi_data *data)
{
	return data->id[0] == 0x1C || data->id[0] == 0xC2;
}

static int read_registers(struct beken_spi_data *data, uint8_t sr[2], bool *has_sr2)
{
	if (command(data, &rdsr, 1, &sr[0], 1))
		return SPI_PROGRAMMER_ERROR;
	sr[0] &= ~(SPI_SR_WIP | SPI_SR_WEL);
	sr[1] = 0xFF;
	if (!one_register(data) && command(data, &rdsr2, 1, &sr[1], 1))
		return SPI_PROGRAMMER_ERROR;
	*has_sr2 = sr[1] != 0xFF;
	return 0;
}

static int write_registers(struct beken_spi_data *data, const uint8_t *cmd, size_t len)
{
	bool was_busy;

	ch341a_usb_begin(data->usb);
	add_command(data, &wren, 1, 0);
	add_command(data, cmd, len, 0);
	return run(data) ? SPI_PROGRAMMER_ERROR : wait_idle(data, 2, &was_busy);
}

/*
 * The firmware leaves most parts with CMP and BP0 set [sdk], where clearing BP alone protects all of the flash.
 * So both are cleared at once, which also keeps QE: 01h with one byte clears the second register of many parts.
 * What a part does not take so is written register by register. Nothing is written unless a bit must change, as
 * a needless write has locked a P25Q16HBK [bkt].
 */
static int unprotect(struct beken_spi_data *data)
{
	const uint8_t bp = one_register(data) ? 0x3C : 0x7C;
	uint8_t before[2], wanted[2], sr[2];
	bool has_sr2, was_busy;

	if (data->unprotected || data->real_registers)
		return 0;
	/* It may still be busy with a command of an earlier run that was killed. */
	if (wait_idle(data, 300, &was_busy) || check_link(data) || read_registers(data, before, &has_sr2))
		return SPI_PROGRAMMER_ERROR;
	wanted[0] = before[0] & ~bp;
	wanted[1] = has_sr2 ? before[1] & ~SR2_CMP : before[1];
	if (memcmp(before, wanted, 2)) {
		const uint8_t both[] = { JEDEC_WRSR, wanted[0], wanted[1] };
		const uint8_t second[] = { JEDEC_WRSR2, wanted[1] };

		if (write_registers(data, both, has_sr2 ? 3 : 2) || read_registers(data, sr, &has_sr2))
			return SPI_PROGRAMMER_ERROR;
		if ((sr[0] & bp) && (write_registers(data, both, 2) || read_registers(data, sr, &has_sr2)))
			return SPI_PROGRAMMER_ERROR;
		if (has_sr2 && ((sr[1] ^ wanted[1]) & (SR2_CMP | SR2_QE)) &&
		    (write_registers(data, second, 2) || read_registers(data, sr, &has_sr2)))
			return SPI_PROGRAMMER_ERROR;
		if ((sr[0] & bp) || (has_sr2 && (sr[1] & SR2_CMP))) {
			msg_perr("The flash stays write protected: registers %02x %02x, before %02x %02x.\n",
				 sr[0], sr[1], before[0], before[1]);
			return SPI_PROGRAMMER_ERROR;
		}
		msg_pinfo("Write protection lifted: status registers were %02x %02x.\n", before[0], before[1]);
	}
	data->unprotected = true;
	return 0;
}

/* Program and erase commands. */
static const uint8_t changing[] = { 0x02, 0x12, 0x20, 0x21, 0x52, 0x5C, 0x60, 0x81, 0xC7, 0xD8, 0xDC };

/*
 * The core clears BP bits that it sees, also for a mere read, and puts them back: by 01h with one byte, which
 * wipes CMP and QE on some parts. So it sees none, and what it writes is dropped; unprotect() does the rest.
 */
static uint8_t shown_bits(const struct beken_spi_data *data, const struct spi_command *cmd)
{
	if (data->real_registers || !cmd->writecnt)
		return 0xFF;
	switch (cmd->writearr[0]) {
	case JEDEC_RDSR:
		return SPI_SR_WIP | SPI_SR_WEL;
	case JEDEC_RDSR2:
		return (uint8_t)~SR2_CMP;
	case JEDEC_WRSR: case JEDEC_WRSR2: case JEDEC_WRSR3:
		return 0;
	default:
		return 0xFF;
	}
}

static int beken_spi_send_multicommand(const struct flashctx *flash, struct spi_command *cmds)
{
	struct beken_spi_data *data = flash->mst->spi.data;
	struct spi_command *cmd;
	bool changes = false, was_busy;
	size_t at[8], count = 0, i;

	for (cmd = cmds; cmd->writecnt || cmd->readcnt; cmd++, count++)
		changes |= cmd->writecnt && memchr(changing, cmd->writearr[0], sizeof(changing));
	if (count > ARRAY_SIZE(at))
		return SPI_INVALID_LENGTH;
	if (changes && unprotect(data))
		return SPI_PROGRAMMER_ERROR;

	ch341a_usb_begin(data->usb);
	for (cmd = cmds, count = 0; cmd->writecnt || cmd->readcnt; cmd++, count++) {
		at[count] = shown_bits(data, cmd) ?
			    add_command(data, cmd->writearr, cmd->writecnt, cmd->readcnt) : 0;
	}
	if (run(data))
		return SPI_PROGRAMMER_ERROR;
	for (cmd = cmds, count = 0; cmd->writecnt || cmd->readcnt; cmd++, count++) {
		ch341a_usb_replies(data->usb, at[count], cmd->writecnt, cmd->readarr, cmd->readcnt);
		for (i = 0; i < cmd->readcnt; i++)
			cmd->readarr[i] &= shown_bits(data, cmd);
	}
	if (!changes)
		return 0;
	return wait_idle(data, 1200, &was_busy) || (!was_busy && check_link(data)) ? SPI_PROGRAMMER_ERROR : 0;
}

static int beken_spi_read(struct flashctx *flash, uint8_t *buf, unsigned int start, unsigned int len)
{
	const int ret = default_spi_read(flash, buf, start, len);

	return ret ? ret : check_link(flash->mst->spi.data);
}

/* WREN, the page, and as many status reads as the slowest of the previous pages needed. */
static size_t add_page(struct beken_spi_data *data, uint8_t opcode, size_t address_len, unsigned int address,
		       const uint8_t *buf, size_t len)
{
	uint8_t cmd[1 + JEDEC_MAX_ADDR_LEN + PAGE] = { opcode };
	size_t i;

	for (i = 0; i < address_len; i++)
		cmd[1 + i] = address >> 8 * (address_len - 1 - i);
	memcpy(cmd + 1 + address_len, buf, len);
	add_command(data, &wren, 1, 0);
	add_command(data, cmd, 1 + address_len + len, 0);
	return add_command(data, &rdsr, 1, data->status_samples);
}

/*
 * Many pages in one stream, where the core would wait for the host after each. A busy flash ignores the next
 * page; the status samples of the page before show that, and what was ignored is sent again.
 */
static int beken_spi_write_256(struct flashctx *flash, const uint8_t *buf, unsigned int start, unsigned int len)
{
	struct beken_spi_data *data = flash->mst->spi.data;
	const bool native_4ba = flash->chip->feature_bits & FEATURE_4BA_WRITE;
	const size_t address_len = native_4ba || flash->in_4ba_mode ? 4 : 3;
	bool was_busy;

	/* Only the core knows the extended address register. */
	if (address_len == 3 && (flash->chip->feature_bits & FEATURE_4BA_EAR_ANY))
		return default_spi_write_256(flash, buf, start, len);
	if (unprotect(data))
		return SPI_PROGRAMMER_ERROR;
	while (len > 0) {
		unsigned int page, pages, slowest = 0, used = 0, done = 0;
		size_t at[PAGES], length[PAGES];
		uint8_t status[MAX_STATUS];

		ch341a_usb_begin(data->usb);
		for (pages = 0; pages < PAGES && done < len; done += length[pages++]) {
			length[pages] = MIN(PAGE - (start + done) % PAGE, len - done);
			at[pages] = add_page(data, native_4ba ? JEDEC_BYTE_PROGRAM_4BA : JEDEC_BYTE_PROGRAM,
					     address_len, start + done, buf + done, length[pages]);
		}
		if (run(data))
			return SPI_PROGRAMMER_ERROR;
		for (page = 0, done = 0; page < pages && used < data->status_samples; done += length[page++]) {
			ch341a_usb_replies(data->usb, at[page], 1, status, data->status_samples);
			for (used = 0; used < data->status_samples && (status[used] & SPI_SR_WIP); used++)
				;
			slowest = MAX(slowest, used);
		}
		if (used == data->status_samples) {
			if (wait_idle(data, 2, &was_busy))
				return SPI_PROGRAMMER_ERROR;
			slowest += slowest / 4;
		} else if (used == 0 && check_link(data)) {
			return SPI_PROGRAMMER_ERROR;
		}
		data->status_samples = MIN(slowest + slowest / 16 + 4, MAX_STATUS);
		update_progress(flash, FLASHROM_PROGRESS_WRITE, done);
		buf += done;
		start += done;
		len -= done;
	}
	return 0;
}

/* In any case, CEN is high at the end and no pin is driven. */
static int release_adapter(struct beken_spi_data *data)
{
	const int ret = set_all_pins(data, 0);

	ch341a_usb_close(data->usb);
	free(data);
	return ret;
}

static int beken_spi_shutdown(void *ptr)
{
	struct beken_spi_data *data = ptr;
	/* Only a reset ends SPI mode; then the firmware starts. */
	int ret = data->leave_linked ? 0 : hold_reset(data, data->reset_ms);

	ret |= release_adapter(data);
	if (ret)
		msg_perr("The SoC could not be reset: cut its power for a moment.\n");
	return ret ? 1 : 0;
}

static const struct spi_master spi_master_beken_spi = {
	.features	= SPI_MASTER_4BA,
	.max_data_read	= MAX_DATA_READ_UNLIMITED,
	.max_data_write	= MAX_DATA_WRITE_UNLIMITED,
	.multicommand	= beken_spi_send_multicommand,
	.read		= beken_spi_read,
	.write_256	= beken_spi_write_256,
	.shutdown	= beken_spi_shutdown,
};

/* One of @choices, which end with NULL, or a number. Without the parameter *value stays unchanged. */
static int get_param(const struct programmer_cfg *cfg, const char *name, const char *const *choices,
		     unsigned int least, unsigned int most, unsigned int *value)
{
	char *text = extract_programmer_param_str(cfg, name), *end = text;
	unsigned long number = 0;

	if (!text)
		return 0;
	if (choices) {
		while (choices[number] && strcmp(text, choices[number]))
			number++;
		end += choices[number] ? strlen(text) : 0;
	} else if (*text >= '0' && *text <= '9') {
		number = strtoul(text, &end, 10);
	}
	const bool good = *text && !*end && number >= least && number <= most;
	if (!good)
		msg_perr("Error: bad value %s=%s, see the manual page.\n", name, text);
	*value = number;
	free(text);
	return good ? 0 : 1;
}

static int beken_spi_init(const struct programmer_cfg *cfg)
{
	static const char *const enters[] = { "auto", "always", "never", NULL };
	static const char *const leaves[] = { "run", "spi", NULL };
	static const char *const registers[] = { "hidden", "real", NULL };
	unsigned int enter = 0, leave = 2, shown = 0, num = 0, reset_ms = 100, tries = 20;
	struct beken_spi_data *data;

	if (get_param(cfg, "enter", enters, 0, 2, &enter) || get_param(cfg, "leave", leaves, 0, 1, &leave) ||
	    get_param(cfg, "registers", registers, 0, 1, &shown) || get_param(cfg, "num", NULL, 0, 127, &num) ||
	    get_param(cfg, "reset_ms", NULL, 10, 5000, &reset_ms) ||
	    get_param(cfg, "tries", NULL, 1, 1000, &tries))
		return 1;
	data = calloc(1, sizeof(*data));
	if (!data)
		return 1;
	data->reset_ms = reset_ms;
	data->tries = tries;
	data->leave_linked = leave == 1 || (leave == 2 && enter == 2);
	data->real_registers = shown == 1;
	data->status_samples = 60;
	data->usb = ch341a_usb_open(devs_beken_spi[0].vendor_id, devs_beken_spi[0].device_id, num);
	if (!data->usb) {
		free(data);
		return 1;
	}
	if (set_all_pins(data, 0x3F) || link_flash(data, enter == 1, enter == 2)) {
		release_adapter(data);
		return 1;
	}
	return register_spi_master(&spi_master_beken_spi, data);
}

const struct programmer_entry programmer_beken_spi = {
	.name			= "beken_spi",
	.type			= USB,
	.devs.dev		= devs_beken_spi,
	.init			= beken_spi_init,
};
