/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The proxy on the simulated die: what flashrom asks for reaches the die. */
#include "tests/unit.h"
#include "sim/model/prng.h"
#include "programmer/guard/proxy.h"
#include "tests/programmer/sim_bus.h"

#include <stdlib.h>

#define FUZZ_OPS 60000

/* Pages that are sent again to a die of constant speed while that is learnt: one full queue. */
#define SENT_AGAIN_MOST 16

static struct notes notes;

struct session {
	struct sim_bus *sim;
	struct proxy *proxy;
	const struct chipdb_part *part;
};

static struct session begin(struct board_options options, bool read_only)
{
	struct session session = {.sim = sim_bus_new(&options), .part = options.part};
	const struct proxy_options proxy_options = {
		.part = options.part, .read_only = read_only, .observer = &notes.observer};

	notes_begin(&notes);
	session.proxy = proxy_new(session.sim->die, &proxy_options);
	assert_non_null(session.proxy);
	return session;
}

static void end(struct session *session)
{
	proxy_close(session->proxy, true);
	sim_bus_free(session->sim);
}

static enum trouble_kind send_to(struct session *session, uint8_t opcode, uint32_t address,
				 const uint8_t *data, size_t len)
{
	const uint8_t wren = 0x06;
	uint8_t tx[4 + 256] = {opcode, (uint8_t)(address >> 16), (uint8_t)(address >> 8),
			       (uint8_t)address};

	if (len)
		memcpy(tx + 4, data, len);
	assert_int_equal(proxy_op(session->proxy, &wren, 1, NULL, 0), 0);
	return proxy_op(session->proxy, tx, 4 + len, NULL, 0);
}

static void write_64k(struct session *session, const uint8_t *data, size_t piece)
{
	assert_int_equal(send_to(session, 0xd8, 0, NULL, 0), 0);
	for (uint32_t at = 0; at < 65536; at += (uint32_t)piece)
		assert_int_equal(send_to(session, 0x02, at, data + at, piece), 0);
	assert_int_equal(proxy_finish(session->proxy), 0);
	assert_memory_equal(session->sim->nor.memory, data, 65536);
}

static uint8_t *noise(size_t len)
{
	struct prng prng = {.state = 42};
	uint8_t *data = malloc(len);

	assert_non_null(data);
	for (size_t i = 0; i < len; i++)
		data[i] = (uint8_t)prng_next(&prng);
	return data;
}

static void what_is_written_is_in_the_die_on_every_part(void **state)
{
	uint8_t *data = noise(65536);

	(void)state;
	for (size_t i = 0; i < chipdb_part_count; i++) {
		const struct chipdb_part *part = &chipdb_parts[i];
		const uint32_t qe = chipdb_sr_mask(part, CHIPDB_QE);
		struct session session;

		/* tests/system/parts.py tests the large ones, too. */
		if (part->refuse || part->address_bytes > 3)
			continue;
		session = begin((struct board_options){.part = part,
						       .sr_given = true,
						       .sr = part->firmware_sr | qe},
				false);

		write_64k(&session, data, 256);
		assert_in_range(session.sim->stats.page_programs, 256, 256 + SENT_AGAIN_MOST);
		assert_int_equal(session.sim->stats.ignored_protected, 0);
		assert_int_equal(sim_bus_sr(session.sim) & qe, qe);
		assert_int_equal(notes.errors, 0);
		end(&session);
	}
	free(data);
}

static void small_pieces_cost_no_more_programs_than_pages(void **state)
{
	uint8_t *data = noise(65536);
	struct session session =
		begin((struct board_options){.part = chipdb_part_by_name("W25Q32")}, false);

	(void)state;
	write_64k(&session, data, 64);
	assert_in_range(session.sim->stats.page_programs, 256, 256 + SENT_AGAIN_MOST);
	end(&session);
	free(data);
}

/* On a slow die the first wait of each length is too short; what it ignored is sent again. */
static void a_die_of_any_speed_gets_every_page(void **state)
{
	static const enum busy_times times[] = {BUSY_TYPICAL, BUSY_MAXIMUM, BUSY_VARYING};
	uint8_t *data = noise(65536);

	(void)state;
	for (size_t i = 0; i < COUNT_OF(times); i++) {
		struct session session =
			begin((struct board_options){.part = chipdb_part_by_name("GD25Q16B"),
						     .busy = times[i]},
			      false);

		write_64k(&session, data, 256);
		if (times[i] == BUSY_MAXIMUM)
			assert_true(session.sim->missed > 0);
		if (times[i] == BUSY_VARYING)
			assert_true(session.sim->stats.ignored_while_busy > 0);
		end(&session);
	}
	free(data);
}

static void protection_is_lifted_at_the_first_change_and_not_by_reading(void **state)
{
	const uint8_t read[4] = {0x03}, one = 0x12;
	struct session session = begin(
		(struct board_options){
			.part = chipdb_part_by_name("GD25Q16B"), .sr_given = true, .sr = 0x4204},
		false);
	uint8_t rx[64];

	(void)state;
	assert_int_equal(proxy_op(session.proxy, read, 4, rx, sizeof(rx)), 0);
	assert_int_equal(sim_bus_sr(session.sim), 0x4204);
	assert_int_equal(send_to(&session, 0x02, 0, &one, 1), 0);
	assert_int_equal(proxy_op(session.proxy, read, 4, rx, sizeof(rx)), 0);
	assert_int_equal(rx[0], 0x12);
	assert_int_equal(sim_bus_sr(session.sim), 0x0200);
	assert_int_equal(session.sim->stats.sr_writes, 1);
	end(&session);
}

static void protection_that_stays_ends_the_run_before_anything_is_erased(void **state)
{
	struct session session =
		begin((struct board_options){.part = chipdb_part_by_name("GD25Q16B"),
					     .sr_given = true,
					     .sr = 0x009c,
					     .wp_low = true},
		      false);
	const uint8_t rdid = 0x9f;

	(void)state;
	assert_int_not_equal(send_to(&session, 0x20, 0, NULL, 0), 0);
	assert_int_not_equal(proxy_finish(session.proxy), 0);
	assert_int_not_equal(proxy_op(session.proxy, &rdid, 1, (uint8_t[3]){0}, 3), 0);
	assert_int_equal(session.sim->sent[0x20], 0);
	assert_mentions(&notes, "write-protected");
	end(&session);
}

static void a_bus_that_fails_from_any_point_on_is_told_at_the_end(void **state)
{
	uint8_t *data = noise(256);
	bool failed = true;

	(void)state;
	for (unsigned at = 1; failed; at++) {
		struct session session =
			begin((struct board_options){.part = chipdb_part_by_name("GD25Q16B"),
						     .sr_given = true,
						     .sr = 0x4004},
			      false);
		enum trouble_kind ret = TROUBLE_NONE;

		session.sim->fail_at = at;
		session.sim->fail_more = 100;
		session.sim->fail_error = TROUBLE_ADAPTER_FAULT;
		for (uint32_t page = 0; page < 40 && !ret; page++) {
			const uint8_t wren = 0x06;

			ret = proxy_op(session.proxy, &wren, 1, NULL, 0);
			if (!ret)
				ret = send_to(&session, 0x02, page * 256, data, 256);
		}
		ret = proxy_finish(session.proxy);
		failed = session.sim->transfers >= at;
		assert_int_equal(ret, failed ? TROUBLE_ADAPTER_FAULT : 0);
		assert_int_equal(notes.errors > 0, failed);
		end(&session);
	}
	free(data);
}

/* The content was written, but whether the protection came back cannot be checked any more. */
static void
a_protection_that_can_not_be_restored_is_told_with_what_became_of_the_content(void **state)
{
	struct session session = {
		.sim = sim_bus_new(&(struct board_options){
			.part = chipdb_part_by_name("GD25Q16B"), .sr_given = true, .sr = 0x4004}),
		.part = chipdb_part_by_name("GD25Q16B")};
	const struct proxy_options options = {
		.part = session.part, .unprotect = UNPROTECT_RESTORE, .observer = &notes.observer};
	const uint8_t one = 0x12;

	(void)state;
	notes_begin(&notes);
	session.proxy = proxy_new(session.sim->die, &options);
	assert_non_null(session.proxy);
	assert_int_equal(send_to(&session, 0x02, 0, &one, 1), TROUBLE_NONE);
	assert_int_equal(proxy_finish(session.proxy), TROUBLE_NONE);
	session.sim->fail_at = session.sim->transfers + 1;
	session.sim->fail_more = 100;
	session.sim->fail_error = TROUBLE_ADAPTER_GONE;
	assert_int_equal(proxy_close(session.proxy, false), TROUBLE_ADAPTER_GONE);
	session.proxy = NULL;
	assert_int_equal(notes.errors, 1);
	assert_int_equal(notes.trouble.kind, TROUBLE_ADAPTER_GONE);
	assert_int_equal(notes.trouble.die, DIE_UNSURE);
	assert_int_equal(notes_number(&notes, "registers"), 0x4004);
	assert_mentions(&notes, "may not have been put back");
	end(&session);
}

static bool always(void *data)
{
	(void)data;
	return true;
}

/* For flashrom, twelve sectors are erased and programmed; then the user presses Ctrl-C. */
static void what_was_acknowledged_is_written_though_the_user_wants_to_end(void **state)
{
	uint8_t *data = noise(12 * 4096), rx[4096];
	const uint8_t read[4] = {0x03};

	(void)state;
	for (int finished = 0; finished < 2; finished++) {
		struct session session =
			begin((struct board_options){.part = chipdb_part_by_name("GD25Q16B"),
						     .sr_given = true,
						     .sr = 0x4004},
			      false);

		memset(session.sim->nor.memory, 0x55, session.part->size);
		session.sim->nor.memory[0] = 0x44;
		for (uint32_t at = 0; at < 12 * 4096; at += 4096) {
			assert_int_equal(send_to(&session, 0x20, at, NULL, 0), 0);
			for (uint32_t page = 0; page < 4096; page += 256)
				assert_int_equal(
					send_to(&session, 0x02, at + page, data + at + page, 256),
					0);
		}
		session.sim->observer.cancelled = always;
		if (finished) /* a read that may be aborted, like flashrom's verification */
			proxy_op(session.proxy, read, 4, rx, sizeof(rx));
		session.sim->observer.cancelled = NULL;
		proxy_close(session.proxy, true);
		session.proxy = NULL;
		assert_memory_equal(session.sim->nor.memory, data, 12 * 4096);
		assert_int_equal(session.sim->nor.memory[12 * 4096], 0x55);
		end(&session);
	}
	free(data);
}

/* CEN goes low and high in the middle: what is read then is not the flash. */
static void a_chip_that_left_the_spi_mode_is_found_out_at_the_end(void **state)
{
	struct session session =
		begin((struct board_options){.part = chipdb_part_by_name("GD25Q16B")}, true);
	const uint8_t read[4] = {0x03};
	uint8_t rx[64];

	(void)state;
	assert_int_equal(proxy_op(session.proxy, read, 4, rx, sizeof(rx)), 0);
	assert_int_equal(proxy_finish(session.proxy), 0);
	soc_set_cen(&session.sim->soc, false, session.sim->ns);
	session.sim->ns += 200000000;
	soc_set_cen(&session.sim->soc, true, session.sim->ns);
	assert_int_equal(proxy_op(session.proxy, read, 4, rx, sizeof(rx)), 0);
	assert_int_not_equal(proxy_finish(session.proxy), 0);
	assert_int_equal(notes.trouble.kind, TROUBLE_LINK_LOST);
	assert_mentions(&notes, "do not trust what was read");
	end(&session);
}

/* A window of noise, which often begins with a real command. */
static size_t random_window(struct prng *prng, uint8_t tx[300])
{
	static const uint8_t common[] = {0x06, 0x02, 0x02, 0x20, 0x52,
					 0xd8, 0x03, 0x0b, 0xc7, 0x01};
	size_t len = (size_t)prng_between(prng, 1, 300);

	for (size_t i = 0; i < len; i++)
		tx[i] = (uint8_t)prng_next(prng);
	if (prng_between(prng, 0, 2)) {
		tx[0] = common[prng_between(prng, 0, sizeof(common) - 1)];
		tx[1] &= 0x1f;
		if (prng_between(prng, 0, 1)) {
			/* To a few pages, with the right length. */
			tx[1] = 0;
			tx[2] &= 0x13;
			tx[3] &= 0xc0;
			len = tx[0] == 0x06 || tx[0] == 0xc7 ? 1 : tx[0] == 0x0b ? 5 : 4;
			if (tx[0] == 0x02)
				len += (size_t)prng_between(prng, 1, 64);
		}
	}
	return len;
}

static void a_read_only_run_sends_nothing_that_changes_the_die(void **state)
{
	struct prng prng = {.state = 7};
	uint8_t *before = noise(0x200000), tx[300], rx[300];
	struct session session = begin(
		(struct board_options){
			.part = chipdb_part_by_name("GD25Q16B"), .sr_given = true, .sr = 0x0204},
		true);

	(void)state;
	memcpy(session.sim->nor.memory, before, 0x200000);
	for (unsigned i = 0; i < FUZZ_OPS; i++) {
		size_t len = random_window(&prng, tx);

		if (i < 256 * 8)
			tx[0] = (uint8_t)i; /* none is left out */
		proxy_op(session.proxy, tx, len, rx, (size_t)prng_between(&prng, 0, sizeof(rx)));
	}
	assert_int_equal(proxy_finish(session.proxy), 0);
	for (unsigned opcode = 0; opcode < 256; opcode++)
		if (opcode != 0x03 && opcode != 0x9f)
			assert_int_equal(session.sim->sent[opcode], 0);
	assert_true(session.sim->sent[0x03] > 100);
	assert_memory_equal(session.sim->nor.memory, before, 0x200000);
	assert_int_equal(sim_bus_sr(session.sim), 0x0204);
	end(&session);
	free(before);
}

/* The content of a die without protection, after the ops that the proxy accepted. */
struct model {
	const struct chipdb_part *part;
	uint8_t *memory;
};

static void model_apply(struct model *model, const uint8_t *tx, size_t len)
{
	uint32_t address = len >= 4 ? (uint32_t)(tx[1] << 16 | tx[2] << 8 | tx[3]) : 0;

	if (tx[0] == 0x02)
		for (size_t i = 4; i < len; i++)
			model->memory[address + i - 4] &= tx[i];
	for (size_t i = 0; i < CHIPDB_ERASES && model->part->erase[i].opcode; i++) {
		uint32_t size = model->part->erase[i].size;

		if (model->part->erase[i].opcode == tx[0])
			memset(model->memory + address / size * size, 0xff, size);
	}
}

static void whatever_is_asked_reads_show_what_was_acknowledged(void **state)
{
	static const uint8_t allowed[] = {0x01, 0x02, 0x03, 0x04, 0x05, 0x06,
					  0x20, 0x35, 0x52, 0x9f, 0xd8};
	struct prng prng = {.state = 11};
	struct session session =
		begin((struct board_options){.part = chipdb_part_by_name("GD25Q16B"),
					     .sr_given = true,
					     .sr = 0x4604,
					     .busy = BUSY_VARYING},
		      false);
	struct model model = {session.part, malloc(session.part->size)};
	uint8_t tx[300], rx[300];
	unsigned long changes = 0, reads = 0;

	(void)state;
	assert_non_null(model.memory);
	memset(model.memory, 0xff, session.part->size);
	for (unsigned i = 0; i < FUZZ_OPS; i++) {
		size_t len = random_window(&prng, tx),
		       rx_len = (size_t)prng_between(&prng, 0, sizeof(rx));
		const uint8_t wren = 0x06;
		enum trouble_kind ret;

		/* Refused after smaller erases, and then everything else would be refused. */
		if (tx[0] == 0x60 || tx[0] == 0xc7)
			continue;
		if (prng_between(&prng, 0, 1))
			assert_int_equal(proxy_op(session.proxy, &wren, 1, NULL, 0), 0);
		ret = proxy_op(session.proxy, tx, len, rx, rx_len);

		if (ret == 0 && (tx[0] == 0x03 || tx[0] == 0x0b)) {
			uint32_t address = (uint32_t)(tx[1] << 16 | tx[2] << 8 | tx[3]);

			reads++;
			assert_memory_equal(rx, model.memory + address, rx_len);
		} else if (ret == 0) {
			changes += tx[0] == 0x02;
			model_apply(&model, tx, len);
		}
	}
	assert_int_equal(proxy_finish(session.proxy), 0);
	assert_memory_equal(session.sim->nor.memory, model.memory, session.part->size);
	assert_int_equal(sim_bus_sr(session.sim), 0x0600);
	for (unsigned opcode = 0; opcode < 256; opcode++)
		if (!memchr(allowed, (int)opcode, sizeof(allowed)))
			assert_int_equal(session.sim->sent[opcode], 0);
	assert_true(changes > 1000 && reads > 1000);
	free(model.memory);
	end(&session);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_written_is_in_the_die_on_every_part),
		cmocka_unit_test(small_pieces_cost_no_more_programs_than_pages),
		cmocka_unit_test(a_die_of_any_speed_gets_every_page),
		cmocka_unit_test(protection_is_lifted_at_the_first_change_and_not_by_reading),
		cmocka_unit_test(protection_that_stays_ends_the_run_before_anything_is_erased),
		cmocka_unit_test(a_bus_that_fails_from_any_point_on_is_told_at_the_end),
		cmocka_unit_test(
			a_protection_that_can_not_be_restored_is_told_with_what_became_of_the_content),
		cmocka_unit_test(what_was_acknowledged_is_written_though_the_user_wants_to_end),
		cmocka_unit_test(a_chip_that_left_the_spi_mode_is_found_out_at_the_end),
		cmocka_unit_test(a_read_only_run_sends_nothing_that_changes_the_die),
		cmocka_unit_test(whatever_is_asked_reads_show_what_was_acknowledged),
	};

	return cmocka_run_group_tests_name("proxy_die", tests, NULL, NULL);
}
