/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The list of plugged-in adapters, with the test's own tables of adapters and programmers. */
#include "tests/unit.h"

#include "programmer/bus/adapter.h"
#include "programmer/link/link.h"
#include "programmer/programmer.h"

static size_t listed; /* the number of places of the adapter "crowd" */

static size_t list_two(const struct adapter *adapter, struct adapter_place *places, size_t room)
{
	if (room < 2)
		return 0;
	places[0] = (struct adapter_place){.adapter = adapter, .value = "1-4.2"};
	places[1] = (struct adapter_place){
		.adapter = adapter, .value = "1-4.3", .mode = "UART position"};
	return 2;
}

static size_t list_none(const struct adapter *adapter, struct adapter_place *places, size_t room)
{
	(void)adapter, (void)places, (void)room;
	return 0;
}

static size_t list_crowd(const struct adapter *adapter, struct adapter_place *places, size_t room)
{
	size_t count = listed < room ? listed : room;

	assert_true(room <= 32 - 2);
	for (size_t i = 0; i < count; i++) {
		places[i] = (struct adapter_place){.adapter = adapter};
		snprintf(places[i].value, sizeof(places[i].value), "/dev/node%zu", i);
	}
	return count;
}

static const struct adapter two = {.name = "CH341A", .parameter = "usb", .list = list_two},
			    none = {.name = "none", .parameter = "none", .list = list_none},
			    crowd = {.name = "spidev",
				     .parameter = "spidev",
				     .only_named = true,
				     .list = list_crowd};

const struct adapter *const adapters[] = {&two, &none, &crowd, &two, NULL};

static size_t ports; /* the number of serial ports */

static size_t list_ports(struct link_place *places, size_t room)
{
	size_t count = ports < room ? ports : room;

	for (size_t i = 0; i < count; i++) {
		places[i] = (struct link_place){.kind = "serial port", .parameter = "port"};
		snprintf(places[i].value, sizeof(places[i].value), "/dev/ttyUSB%zu", i);
	}
	return count;
}

static const struct programmer on_bus = {.name = "bus"}, at_port = {.list = list_ports};

const struct programmer *const programmers[] = {&on_bus, &at_port, NULL};

static void each_has_the_name_and_the_parameter_of_its_adapter(void **state)
{
	struct beken_place places[8];

	(void)state;
	listed = 1;
	assert_int_equal(beken_places(places, COUNT_OF(places)), 5);
	assert_string_equal(places[0].kind, "CH341A");
	assert_string_equal(places[0].parameter, "usb");
	assert_string_equal(places[0].value, "1-4.2");
	assert_null(places[0].mode);
	assert_false(places[0].only_named);
	assert_string_equal(places[1].value, "1-4.3");
	assert_string_equal(places[1].mode, "UART position");
	assert_string_equal(places[2].kind, "spidev");
	assert_string_equal(places[2].parameter, "spidev");
	assert_string_equal(places[2].value, "/dev/node0");
	assert_null(places[2].mode);
	assert_true(places[2].only_named);
	assert_string_equal(places[4].value, "1-4.3");
}

static void only_as_many_are_listed_as_fit(void **state)
{
	struct beken_place places[3] = {{.kind = ""}, {.kind = ""}, {.kind = "mine"}};

	(void)state;
	listed = 0;
	assert_int_equal(beken_places(places, 2), 2);
	assert_string_equal(places[1].value, "1-4.3");
	assert_string_equal(places[2].kind, "mine");
	assert_int_equal(beken_places(places, 0), 0);
}

static void the_list_has_room_for_32_adapters(void **state)
{
	struct beken_place places[64];

	(void)state;
	listed = 28;
	assert_int_equal(beken_places(places, COUNT_OF(places)), 32);
	assert_string_equal(places[31].value, "1-4.3");
	listed = 40;
	assert_int_equal(beken_places(places, COUNT_OF(places)), 32);
	assert_string_equal(places[31].value, "/dev/node29");
}

static void serial_ports_come_last_and_are_only_named(void **state)
{
	struct beken_place places[64];

	(void)state;
	listed = 0;
	ports = 2;
	assert_int_equal(beken_places(places, COUNT_OF(places)), 6);
	assert_string_equal(places[3].kind, "CH341A");
	assert_string_equal(places[5].kind, "serial port");
	assert_string_equal(places[5].parameter, "port");
	assert_string_equal(places[5].value, "/dev/ttyUSB1");
	assert_true(places[5].only_named);
	assert_null(places[5].mode);
	assert_int_equal(beken_places(places, 5), 5);
	assert_string_equal(places[4].value, "/dev/ttyUSB0");
	ports = 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_has_the_name_and_the_parameter_of_its_adapter),
		cmocka_unit_test(only_as_many_are_listed_as_fit),
		cmocka_unit_test(the_list_has_room_for_32_adapters),
		cmocka_unit_test(serial_ports_come_last_and_are_only_named),
	};

	return cmocka_run_group_tests_name("places", tests, NULL, NULL);
}
