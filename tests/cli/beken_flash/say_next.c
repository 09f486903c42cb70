/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The next step that a message names: never one that would not help. */
#include "tests/unit.h"

#include "cli/beken_flash/say_next.h"

static struct next next;

static const char *say_next(const struct trouble *trouble, const struct identity *module,
			    struct next *filled)
{
	next_of(trouble, module, filled);
	return filled->text;
}

static void a_loss_can_be_agreed_to_only_where_it_was_asked_for(void **state)
{
	static const enum trouble_kind kinds[] = {TROUBLE_IDENTITY_LOST, TROUBLE_OTHER_MODULE};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(kinds); i++) {
		struct trouble trouble = trouble_seen(kinds[i], "x");
		char wanted[64];

		assert_null(strstr(say_next(&trouble, NULL, &next), "--yes"));
		trouble_add_text(&trouble, "consent", "%s", trouble_name(kinds[i]));
		snprintf(wanted, sizeof(wanted), "--yes=%s", trouble_name(kinds[i]));
		assert_non_null(strstr(say_next(&trouble, NULL, &next), wanted));
	}
}

static void a_refusal_is_overruled_by_its_own_name(void **state)
{
	struct trouble trouble = trouble_seen(TROUBLE_WRONG_FILE, "x");

	(void)state;
	assert_null(strstr(say_next(&trouble, NULL, &next), "--force"));
	trouble_add_text(&trouble, "refusal", "app-at-0");
	assert_string_equal(say_next(&trouble, NULL, &next), "--force=app-at-0 overrides this");
	assert_string_equal(next.try, "--force=app-at-0");
}

static void what_was_found_with_it_goes_before_the_kinds_own(void **state)
{
	struct trouble trouble = trouble_seen(TROUBLE_KEPT, "x");

	(void)state;
	assert_non_null(strstr(say_next(&trouble, NULL, &next), "--with-rf"));
	trouble_set_next(&trouble, "Choose another place");
	assert_string_equal(say_next(&trouble, NULL, &next), "Choose another place");
}

static void only_what_the_module_may_be_is_named_as_an_example(void **state)
{
	struct trouble trouble = trouble_seen(TROUBLE_SOC_UNKNOWN, "x");
	struct identity module = {.soc_count = 0};

	(void)state;
	assert_null(strstr(say_next(&trouble, NULL, &next), "--soc="));
	assert_null(strstr(say_next(&trouble, &module, &next), "--soc="));
	module.socs[module.soc_count++] = chipdb_soc_by_name("BK7231U");
	/* The SoC is not in doubt. */
	assert_null(strstr(say_next(&trouble, &module, &next), "--soc="));
	module.socs[module.soc_count++] = chipdb_soc_by_name("BK7252");
	assert_string_equal(say_next(&trouble, &module, &next),
			    "Use --soc=BK7231U or --soc=BK7252");
	assert_string_equal(next.try, "--soc=BK7231U,--soc=BK7252");
	trouble_add_text(&trouble, "refusal", "unproven-soc");
	assert_string_equal(say_next(&trouble, &module, &next),
			    "Use --soc=BK7231U or --soc=BK7252; "
			    "--force=unproven-soc overrides this");
	trouble = trouble_seen(TROUBLE_KEPT, "x");
	assert_null(strstr(say_next(&trouble, &module, &next), "--soc"));
}

static void facts_and_next_step_are_two_sentences(void **state)
{
	struct trouble trouble = trouble_seen(TROUBLE_NOT_CONFIRMED, "Erase it?");
	char text[SAY_TROUBLE_ROOM];

	(void)state;
	assert_string_equal(say_trouble(&trouble, "Say so", NULL, text), "Erase it? Say so");
	trouble = trouble_seen(TROUBLE_FILE, "it is gone");
	assert_string_equal(say_trouble(&trouble, "Look", NULL, text), "it is gone. Look");
	assert_string_equal(say_trouble(&trouble, "", NULL, text), "it is gone");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_loss_can_be_agreed_to_only_where_it_was_asked_for),
		cmocka_unit_test(a_refusal_is_overruled_by_its_own_name),
		cmocka_unit_test(what_was_found_with_it_goes_before_the_kinds_own),
		cmocka_unit_test(only_what_the_module_may_be_is_named_as_an_example),
		cmocka_unit_test(facts_and_next_step_are_two_sentences),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
