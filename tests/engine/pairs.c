/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Every kind of file on every kind of module: each pair is written or refused as the rule in pair.h
 * says, and then the flash holds what the rule says, to the last byte.
 */
#include "engine/job_write.h"

#include <stdlib.h>

#include "tests/engine/pair.h"
#include "tests/engine/place.h"

#define NAME "file.bin"
#define BEFORE_MOST 24

/* With a sanitizer each pair takes ten times as long, and the first ones show what it finds. */
#ifdef TEST_SANITIZED
#define EACH 19
#else
#define EACH                                                                                       \
	2 /* in turns, so that each module meets each kind of file; `make torture` walks all       \
	   */
#endif
/* What is no image is refused on any module. */
#define EACH_OF_NEVER 4 /* tried more rarely by this factor */

static struct bytes dies[BEFORE_MOST];
static unsigned accepted, refused, wrong, unread;

/*
 * Most SoCs put updates there. With noise in it, a dump replaces so much that not everything is
 * read (unread.h).
 */
static void add_noise(struct bytes die)
{
	uint32_t state = 1;

	for (size_t at = 0x134000; at < 0x1d0000; at += PLACE_SECTOR)
		for (size_t i = 0; die.data[at] == 0xff && i < PLACE_SECTOR; i++) {
			state = state * 1664525 + 1013904223;
			die.data[at + PLACE_SECTOR - 1 - i] = (uint8_t)(state >> 24) & 0xfe;
		}
}

static int make_modules(void **state)
{
	(void)state;
	assert_true(pair_module_count <= BEFORE_MOST);
	for (size_t i = 0; i < pair_module_count; i++) {
		dies[i] = pair_make_module(&pair_modules[i]);
		if (pair_modules[i].start == STARTS)
			add_noise(dies[i]);
	}
	return 0;
}

static int free_modules(void **state)
{
	(void)state;
	for (size_t i = 0; i < pair_module_count; i++)
		free_bytes(dies[i]);
	return 0;
}

/* The user knows that a blank module is really blank; other losses are not agreed to. */
static bool agree(void *data, enum trouble_kind kind, const char *question)
{
	(void)data, (void)question;
	return kind == TROUBLE_DOUBTFUL_CONTENT;
}

static void plug_in(struct place *place, struct bytes die)
{
	fake_end(&place->fake);
	fake_begin(&place->fake,
		   chipdb_part_by_name(die.size == PLACE_SIZE ? "TH25Q16HB" : "W25Q32"));
	memcpy(place->fake.die, die.data, die.size);
}

struct
try {
	struct place *place;
	const struct pair_file *file;
	const struct pair_module *module;
	struct bytes die, wanted; /* of the die, before and after */
};

static void say_wrong(const struct try *try, const char *what, size_t at)
{
	wrong++;
	print_message("# %s on %s: %s 0x%zx: %s\n", try->file->name, try->module->name, what, at,
		      try->place->notes.text);
}

static void compare(const struct try *try, const uint8_t *found, const char *what)
{
	for (size_t i = 0; i < try->wanted.size; i++)
		if (found[i] != try->wanted.data[i]) {
			say_wrong(try, what, i);
			return;
		}
}

/* With a backup only a dry run, to save time; without one, the real write. */
static bool run(const struct try *try, bool dry)
{
	struct place *place = try->place;
	const struct session_options options = {.parameters = ""};
	struct write_wish wish = {.path = NAME, .dry = dry, .no_backup = !dry};
	struct write_job write;
	bool good;

	wish.source.has_at = pair_address(try->file, try->module, &wish.source.at);
	notes_begin(&place->notes);
	session_begin(&place->session, &place->notes.observer);
	place->session.ask = agree;
	good = write_plan_job(&write, &place->session, &options, &wish);
	if (good && dry)
		compare(try, write.plan.wanted, "planned otherwise from");
	if (good && !dry)
		good = write_do_job(&write);
	unread += write.present.unread.bytes > 0;
	write_free_job(&write);
	session_close(&place->session);
	return good;
}

static void check(const struct try *try, bool dry)
{
	bool goes = pair_goes(try->file, try->module), went;

	plug_in(try->place, try->die);
	went = run(try, dry);
	if (went != goes)
		say_wrong(try, went ? "accepted" : "refused", 0);
	else if (went)
		accepted++;
	else
		refused++;
	if (!went && fake_changed(&try->place->fake))
		say_wrong(try, "refused, and changed", 0);
	if (went && !dry)
		compare(try, try->place->fake.die, "written otherwise from");
}

static void check_pair(struct place *place, const struct pair_file *file, struct bytes content,
		       size_t module, size_t turn)
{
	struct try try = {place, file, &pair_modules[module], dies[module], {NULL, 0}};
	bool both;

	if (pair_goes(file, try.module))
		try.wanted = pair_outcome(file, try.module, try.die, content);
	/*
	 * What is refused is refused with and without a backup; to save time, most pairs are tried
	 * one way.
	 */
	both = try.wanted.data || try.module->start != STARTS;
	if (both || turn % 2)
		check(&try, true);
	if (both || turn % 2 == 0)
		check(&try, false);
	free(try.wanted.data);
}

static unsigned each(void)
{
	return getenv("TORTURE") ? 1 : EACH;
}

static bool is_left_out(const struct pair_file *file, const struct pair_module *module, size_t turn)
{
	/* A blank module has nothing that could have been saved. */
	return (pair_depends(file) && module->start == BLANK) ||
	       turn % (file->what == NEVER ? EACH_OF_NEVER * each() : each()) != 0;
}

static void every_pair_ends_as_the_rule_says(void **state)
{
	struct place *place = *state;

	for (size_t f = 0; f < pair_file_count; f++) {
		const struct pair_file *file = &pair_files[f];
		struct bytes content = {NULL, 0};

		for (size_t m = 0; m < pair_module_count; m++) {
			if (is_left_out(file, &pair_modules[m], f + m))
				continue;
			if (!content.data || pair_depends(file)) {
				free(content.data);
				content = pair_make_file(file, &pair_modules[m], dies[m]);
				place_put(NAME, content.data, content.size);
			}
			check_pair(place, file, content, m, f + m);
		}
		free(content.data);
	}
	print_message("# %u times accepted, %u times refused; %u times not all was read\n",
		      accepted, refused, unread);
	assert_int_equal(wrong, 0);
	assert_true(accepted > 400 / each() && refused > 1000 / each());
	assert_true(unread > 60 / each());
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(every_pair_ends_as_the_rule_says,
						place_set_up_closed, place_tear_down),
	};

	return cmocka_run_group_tests(tests, make_modules, free_modules);
}
