/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The hosts that people name, and the messages about wrong ones. */
#include "tests/unit.h"
#include "programmer/wire/net_place.h"

static void hosts_are_taken_with_a_number_or_without(void **state)
{
	static const struct {
		const char *text, *host, *again;
		unsigned number;
	} rows[] = {
		{"192.168.1.20", "192.168.1.20", "192.168.1.20", 8888},
		{"192.168.1.20:23", "192.168.1.20", "192.168.1.20", 23},
		{"lamp-helper.local:65535", "lamp-helper.local", "lamp-helper.local", 65535},
		{"[fe80::1]", "fe80::1", "[fe80::1]", 8888},
		{"[::1]:8888", "::1", "[::1]", 8888},
	};
	char text[NET_PLACE_TEXT];

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct net_place place;

		assert_null(net_place_parse(rows[i].text, 8888, 65535, &place));
		assert_string_equal(place.host, rows[i].host);
		assert_int_equal(place.number, rows[i].number);
		assert_string_equal(net_place_host(&place, text), rows[i].again);
	}
}

static void what_is_no_host_is_told_what_would_be_right(void **state)
{
	static const struct {
		const char *text, *right;
	} rows[] = {
		{"", "a host's name"},		 {":8888", "a host's name"},
		{"-x", "a host's name"},	 {"a b", "a host's name"},
		{"a/../b", "a host's name"},	 {"user@host", "a host's name"},
		{"host:", "a number"},		 {"host:0", "a number"},
		{"host:65536", "a number"},	 {"host:+1", "a number"},
		{"host:8888x", "a number"},	 {"::1", "in brackets"},
		{"fe80::1:8888", "in brackets"}, {"[::1", "in brackets"},
		{"[host]", "in brackets"},	 {"[::1]8888", ":NUMBER"},
	};
	char longest[300];

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct net_place place;
		const char *right = net_place_parse(rows[i].text, 8888, 65535, &place);

		assert_non_null(right);
		assert_non_null(strstr(right, rows[i].right));
	}
	memset(longest, 'a', sizeof(longest));
	longest[sizeof(longest) - 1] = '\0';
	assert_non_null(net_place_parse(longest, 8888, 65535, &(struct net_place){.number = 0}));
	longest[253] = '\0';
	assert_null(net_place_parse(longest, 8888, 65535, &(struct net_place){.number = 0}));
}

static void an_address_needs_nobody_to_tell_it(void **state)
{
	struct net_place place;
	struct net_addresses found;
	struct notes notes;

	(void)state;
	notes_begin(&notes);
	assert_null(net_place_parse("127.0.0.1", 8888, 65535, &place));
	assert_true(net_place_find(&place, 8888, &found, &notes.observer));
	assert_int_equal(found.count, 1);
	assert_int_equal(found.address[0].ss_family, AF_INET);
	assert_int_equal(notes.errors, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(hosts_are_taken_with_a_number_or_without),
		cmocka_unit_test(what_is_no_host_is_told_what_would_be_right),
		cmocka_unit_test(an_address_needs_nobody_to_tell_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
