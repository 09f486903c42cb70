/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A programmer is opened completely or not at all, and troubles at its end are reported. */
#include "tests/unit.h"

#include "programmer/guard/proxy.h"
#include "programmer/programmer.h"
#include "tests/programmer/die/memory_die.h"

static struct notes notes;
static struct memory_die *memory;
static struct link one;
static struct spi_bus bus;
static char parameters[200];
static unsigned opened, released, resets;
static enum trouble_kind release_kind, reset_kind;
static bool no_link, interrupted, was_whole;

static enum trouble_kind release(struct link *link)
{
	assert_ptr_equal(link, &one);
	released++;
	was_whole = bus.whole;
	return release_kind ? observer_raise(&notes.observer, release_kind, NO_RANGE, "CEN")
			    : TROUBLE_NONE;
}

static struct link *open_one(const char *rest, const struct observer *observer,
			     struct spi_pins *pins)
{
	snprintf(parameters, sizeof(parameters), "%s", rest);
	pins->clock = "D3";
	if (no_link) {
		observer_raise(observer, TROUBLE_NO_ADAPTER, NO_RANGE, "none is there");
		return NULL;
	}
	opened++;
	return &one;
}

static const char *list_parameters(char *text, size_t room)
{
	snprintf(text, room, "own=, " LINK_COMMON_PARAMETERS);
	return text;
}

static bool check(const char *rest, const struct observer *observer, struct link_intent *intent)
{
	(void)observer;
	snprintf(parameters, sizeof(parameters), "%s", rest);
	intent->reset_ms = 7;
	return strcmp(rest, "bad") != 0;
}

static enum trouble_kind reset(const char *rest, const struct observer *observer)
{
	(void)observer;
	snprintf(parameters, sizeof(parameters), "%s", rest);
	resets++;
	return reset_kind;
}

static const struct programmer first = {"first", list_parameters, open_one, check, reset, NULL},
			       second = {"second", list_parameters, open_one, check, NULL, NULL};

const struct programmer *const programmers[] = {&first, &second, NULL};

static bool is_cancelled(void *data)
{
	(void)data;
	return interrupted;
}

static int begin(void **state)
{
	const struct chipdb_part *part = chipdb_part_by_name("GD25Q40B");

	(void)state;
	notes_begin(&notes);
	notes.observer.cancelled = is_cancelled;
	memory = memory_die_new(part);
	bus = (struct spi_bus){.caps = {.clock_hz = 1500000}};
	one = (struct link){.die = &memory->die,
			    .bus = &bus,
			    .kind = "array",
			    .place = "usb",
			    .clock_hz = 115200,
			    .resets = 3,
			    .port = "1-4.2",
			    .release = release};
	memcpy(one.id, part->id, 3);
	opened = released = resets = 0;
	release_kind = reset_kind = TROUBLE_NONE;
	no_link = interrupted = false;
	memory->die.caps.cost.ns_per_byte = 17;
	return 0;
}

static int end(void **state)
{
	(void)state;
	memory_die_free(memory);
	return 0;
}

static struct beken_programmer *open_with(const char *name, const char *text)
{
	const struct beken_options options = {
		.programmer = name, .parameters = text, .observer = &notes.observer};

	return beken_open(&options);
}

static void it_knows_its_part_and_where_it_is(void **state)
{
	struct beken_programmer *beken = open_with(NULL, NULL);

	(void)state;
	assert_non_null(beken);
	assert_string_equal(beken_part(beken)->name, "GD25Q40B");
	assert_int_equal(beken_part_source(beken), IDENTITY_DATABASE);
	assert_string_equal(beken_adapter(beken), "array");
	assert_string_equal(beken_place(beken), "usb");
	assert_string_equal(beken_port(beken), "1-4.2");
	assert_int_equal(beken_clock_hz(beken), 1500000);
	assert_int_equal(beken_cost(beken)->ns_per_byte, 17);
	assert_false(beken_has_registers(beken));
	assert_string_equal(parameters, "");
	assert_mentions(&notes, "linked: GigaDevice GD25Q40B, 512 KiB (ID C8 40 13)");
	assert_int_equal(beken_close(beken), TROUBLE_NONE);
	assert_int_equal(released, 1);
	/* Without a bus the link reports its clock. */
	one.bus = NULL;
	one.was_linked = true;
	beken = open_with("second", NULL);
	assert_int_equal(beken_clock_hz(beken), 115200);
	assert_mentions(&notes, "the chip was in SPI mode already");
	assert_int_equal(beken_close(beken), TROUBLE_NONE);
}

static void only_what_is_the_links_own_is_passed_to_it(void **state)
{
	struct beken_programmer *beken;

	(void)state;
	beken = open_with("first", "a=1,unprotect=no,b=2,chip=GD25Q40B,c");
	assert_non_null(beken);
	assert_string_equal(parameters, "a=1,b=2,c");
	beken_close(beken);
	assert_null(open_with("first", "a=1,unprotect=perhaps"));
	assert_int_equal(opened, 1);
	assert_int_equal(notes.trouble.kind, TROUBLE_USAGE);
	assert_mentions(&notes, "first: bad value \"perhaps\" of unprotect. Possible: own=");
}

static void what_is_written_is_there_and_protection_is_as_was_said(void **state)
{
	const struct proxy_options options = {.read_only = false};
	struct beken_programmer *beken = open_with(NULL, "unprotect=restore");
	struct proxy *proxy = beken_start(beken, &options);

	(void)state;
	assert_non_null(proxy);
	assert_int_equal(proxy_protection(proxy)->policy, UNPROTECT_RESTORE);
	assert_int_equal(proxy_write(proxy, 0x100, (const uint8_t *)"new", 3), TROUBLE_NONE);
	assert_int_equal(beken_close(beken), TROUBLE_NONE);
	assert_memory_equal(memory->memory + 0x100, "new", 3);
	/* Closing cannot be interrupted. */
	assert_true(was_whole);
}

static unsigned idles, differences;

static void idle(struct beken_die *die)
{
	assert_ptr_equal(die, &memory->die);
	idles++;
}

static bool differed(struct die_slower *slower)
{
	(void)slower;
	differences++;
	return false;
}

static void what_is_for_the_die_gets_there(void **state)
{
	struct die_ops ops = *memory->die.ops;
	struct die_slower slower = {differed};
	struct beken_programmer *beken = open_with(NULL, NULL);

	(void)state;
	idles = differences = 0;
	ops.idle = idle;
	memory->die.ops = &ops;
	memory->die.slower = &slower;
	beken_idle(beken);
	beken_differed(beken);
	assert_int_equal(idles, 1);
	assert_int_equal(differences, 1);
	assert_int_equal(beken_close(beken), TROUBLE_NONE);
}

static void what_fails_at_the_end_is_told(void **state)
{
	const struct proxy_options options = {.read_only = false};
	struct beken_programmer *beken = open_with(NULL, NULL);
	struct proxy *proxy = beken_start(beken, &options);

	(void)state;
	assert_int_equal(proxy_write(proxy, 0x100, (const uint8_t *)"new", 3), TROUBLE_NONE);
	memory->fail_at = 1;
	release_kind = TROUBLE_NOT_RELEASED;
	assert_int_equal(beken_close(beken), TROUBLE_ADAPTER_FAULT);
	assert_int_equal(released, 1);
	memory->fail_at = 0;
	beken = open_with(NULL, NULL);
	assert_int_equal(beken_close(beken), TROUBLE_NOT_RELEASED);
}

/* flashrom was told that it is done, so a Ctrl-C does not change that. */
static void what_was_acknowledged_is_written_after_an_interrupt_too(void **state)
{
	const struct proxy_options options = {.read_only = false};
	struct beken_programmer *beken = open_with(NULL, NULL);
	struct proxy *proxy = beken_start(beken, &options);
	unsigned long reads;

	(void)state;
	assert_int_equal(proxy_write(proxy, 0x100, (const uint8_t *)"new", 3), TROUBLE_NONE);
	assert_int_equal(memory->programs, 0);
	reads = memory->reads;
	interrupted = true;
	assert_int_equal(beken_close(beken), TROUBLE_NONE);
	assert_memory_equal(memory->memory + 0x100, "new", 3);
	assert_int_equal(memory->reads, reads); /* and nobody waits for a check */
}

static void a_part_that_nobody_knows_is_released_again(void **state)
{
	(void)state;
	memset(one.id, 0x12, 3);
	memset(memory->id, 0x12, 3);
	memory->id[2] = one.id[2] = 0x99; /* this byte tells no size, either */
	assert_null(open_with(NULL, NULL));
	assert_int_equal(opened, 1);
	assert_int_equal(released, 1);
	assert_true(notes.errors > 0);
}

static void without_a_link_there_is_nothing_but_the_names_of_its_pins(void **state)
{
	struct spi_pins pins = {.clock = NULL};
	const struct beken_options options = {.observer = &notes.observer, .pins = &pins};

	(void)state;
	no_link = true;
	assert_null(beken_open(&options));
	assert_null(open_with(NULL, NULL));
	assert_string_equal(pins.clock, "D3");
	assert_int_equal(released, 0);
	assert_int_equal(notes.errors, 2);
}

static void a_reset_is_the_programmers_own_if_it_has_one(void **state)
{
	struct beken_options options = {.parameters = "a=1,chip=size:2M",
					.observer = &notes.observer};
	struct link_intent intent = {.reset_ms = 0};

	(void)state;
	assert_int_equal(beken_reset(&options), TROUBLE_NONE);
	assert_int_equal(resets, 1);
	assert_string_equal(parameters, "a=1");
	reset_kind = TROUBLE_NOT_RELEASED;
	assert_int_equal(beken_reset(&options), TROUBLE_NOT_RELEASED);
	assert_true(beken_check(&options, &intent));
	assert_int_equal(intent.reset_ms, 7);
	options.parameters = "bad";
	assert_false(beken_check(&options, &intent));
	options.parameters = "chip=";
	assert_int_equal(beken_reset(&options), TROUBLE_USAGE);
	assert_int_equal(resets, 2);
	options.programmer = "second";
	options.parameters = NULL;
	notes_begin(&notes);
	assert_int_equal(beken_reset(&options), TROUBLE_USAGE);
	assert_mentions(&notes, "second cannot reset the chip");
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(it_knows_its_part_and_where_it_is),
		CASE(only_what_is_the_links_own_is_passed_to_it),
		CASE(what_is_written_is_there_and_protection_is_as_was_said),
		CASE(what_is_for_the_die_gets_there),
		CASE(what_fails_at_the_end_is_told),
		CASE(what_was_acknowledged_is_written_after_an_interrupt_too),
		CASE(a_part_that_nobody_knows_is_released_again),
		CASE(without_a_link_there_is_nothing_but_the_names_of_its_pins),
		CASE(a_reset_is_the_programmers_own_if_it_has_one),
	};

	return cmocka_run_group_tests_name("programmer_open", tests, NULL, NULL);
}
