/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which USB device is chosen, and what is said when it cannot be used. */
#include "tests/unit.h"

#include "programmer/adapters/ch341a.h"
#include "programmer/adapters/usb_find.h"
#include "tests/programmer/adapters/fake_libusb.h"

static struct notes notes;
static char port[USB_PORT_ROOM];

static int begin(void **state)
{
	(void)state;
	fake_usb_begin();
	notes_begin(&notes);
	return 0;
}

static libusb_device_handle *find(const char *place)
{
	return usb_find_open(NULL, &ch341a_adapter, place, 0, port, &notes.observer);
}

static void assert_trouble(const char *place, enum trouble_kind kind)
{
	assert_null(find(place));
	assert_int_equal(notes.errors, 1);
	assert_int_equal(notes.trouble.kind, kind);
	assert_int_equal(fake_usb.opened, fake_usb.closed);
}

static void the_only_one_is_taken_and_its_port_told(void **state)
{
	(void)state;
	fake_usb_add(0x1d6b, 0x0002, 1, 1, 1);
	assert_ptr_equal(find(NULL), &fake_usb.devices[0]);
	assert_string_equal(port, "1-3.2");
	assert_int_equal(fake_usb.claimed, 1);
	assert_int_equal(notes.errors, 0);
}

static void a_driver_of_the_kernel_is_detached_and_stays_so(void **state)
{
	(void)state;
	fake_usb.kernel_driver = true;
	assert_non_null(find(NULL));
	assert_int_equal(fake_usb.claimed, 1);
	libusb_release_interface((libusb_device_handle *)&fake_usb.devices[0], 0);
	libusb_close((libusb_device_handle *)&fake_usb.devices[0]);
	assert_false(fake_usb.kernel_driver);
	assert_int_equal(notes.errors, 0);
}

static void of_several_the_place_says_which(void **state)
{
	static const char *const places[] = {"2:9", "02:009", "2-5.2"};

	(void)state;
	fake_usb_add(0x1a86, 0x5512, 2, 9, 5);
	for (size_t i = 0; i < COUNT_OF(places); i++)
		assert_ptr_equal(find(places[i]), &fake_usb.devices[1]);
	assert_int_equal(notes.errors, 0);
}

static void of_several_none_is_guessed_and_all_are_listed(void **state)
{
	(void)state;
	fake_usb_add(0x1a86, 0x5512, 2, 9, 5);
	assert_trouble(NULL, TROUBLE_MANY_ADAPTERS);
	assert_mentions(&notes, "usb=1:4");
	assert_mentions(&notes, "usb=2-5.2");
	assert_int_equal(notes.trouble.values[0].number, 2);
}

static void a_place_without_one_is_told_with_those_that_there_are(void **state)
{
	(void)state;
	assert_trouble("7:7", TROUBLE_NO_ADAPTER);
	assert_mentions(&notes, "usb=7:7");
	assert_mentions(&notes, "usb=1:4");
}

static void no_adapter_and_one_in_another_mode_are_different_troubles(void **state)
{
	(void)state;
	fake_usb.device_count = 0;
	assert_trouble(NULL, TROUBLE_NO_ADAPTER);
	notes_begin(&notes);
	fake_usb_add(0x1a86, 0x5523, 1, 4, 3);
	assert_trouble(NULL, TROUBLE_ADAPTER_MODE);
	assert_mentions(&notes, "1a86:5512");
}

static void what_the_system_refuses_is_told_by_its_kind(void **state)
{
	static const struct {
		int list, open, claim;
		enum trouble_kind kind;
	} refusals[] = {
		{.list = LIBUSB_ERROR_NO_MEM, .kind = TROUBLE_SYSTEM},
		{.open = LIBUSB_ERROR_ACCESS, .kind = TROUBLE_ADAPTER_FORBIDDEN},
		{.open = LIBUSB_ERROR_BUSY, .kind = TROUBLE_ADAPTER_IN_USE},
		{.open = LIBUSB_ERROR_NO_DEVICE, .kind = TROUBLE_ADAPTER_GONE},
		{.claim = LIBUSB_ERROR_BUSY, .kind = TROUBLE_ADAPTER_IN_USE},
		{.claim = LIBUSB_ERROR_NO_DEVICE, .kind = TROUBLE_ADAPTER_GONE},
		{.claim = LIBUSB_ERROR_NO_MEM, .kind = TROUBLE_NO_MEMORY},
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(refusals); i++) {
		notes_begin(&notes);
		fake_usb.list = refusals[i].list;
		fake_usb.open = refusals[i].open;
		fake_usb.claim = refusals[i].claim;
		assert_trouble(NULL, refusals[i].kind);
	}
}

static void a_place_is_an_address_or_a_port(void **state)
{
	static const char *const good[] = {"1:4", "01:004", "1-2", "1-2.3.4"};
	static const char *const bad[] = {"",	   "1",	    "1:",  ":4",  "1-",	 "1-2.",
					  "1-.2x", "1:2:3", "a:1", "1;4", "-1-2"};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(good); i++)
		assert_true(usb_is_place(good[i]));
	for (size_t i = 0; i < COUNT_OF(bad); i++)
		if (usb_is_place(bad[i]))
			fail_msg("\"%s\" was taken", bad[i]);
}

static void whether_one_is_there_opens_nothing(void **state)
{
	const struct adapter_wish any = {.parameter = NULL},
				  other = {.parameter = "usb", .value = "7:7"};

	(void)state;
	assert_true(usb_find_present(&ch341a_adapter, &any));
	assert_false(usb_find_present(&ch341a_adapter, &other));
	fake_usb.device_count = 0;
	assert_false(usb_find_present(&ch341a_adapter, &any));
	fake_usb.init = LIBUSB_ERROR_OTHER;
	assert_false(usb_find_present(&ch341a_adapter, &any));
	assert_int_equal(fake_usb.opened, 0);
}

static void all_that_are_plugged_in_are_listed_in_any_mode(void **state)
{
	struct adapter_place places[4] = {{.value = ""}};

	(void)state;
	fake_usb_add(0x1d6b, 0x0002, 1, 1, 1);
	fake_usb_add(0x1a86, 0x5523, 2, 9, 5);
	assert_int_equal(usb_find_list(&ch341a_adapter, places, COUNT_OF(places)), 2);
	assert_ptr_equal(places[0].adapter, &ch341a_adapter);
	assert_string_equal(places[0].value, "1-3.2");
	assert_null(places[0].mode);
	assert_ptr_equal(places[1].adapter, &ch341a_adapter);
	assert_string_equal(places[1].value, "2-5.2");
	assert_string_equal(places[1].mode, ch341a_adapter.other_modes[0].mode);
	assert_int_equal(usb_find_list(&ch341a_adapter, places, 1), 1);
	assert_int_equal(fake_usb.opened, 0);
	fake_usb.list = LIBUSB_ERROR_NO_MEM;
	assert_int_equal(usb_find_list(&ch341a_adapter, places, COUNT_OF(places)), 0);
	assert_int_equal(fake_usb.began, fake_usb.exited);
	fake_usb.init = LIBUSB_ERROR_OTHER;
	assert_int_equal(usb_find_list(&ch341a_adapter, places, COUNT_OF(places)), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(the_only_one_is_taken_and_its_port_told, begin),
		cmocka_unit_test_setup(a_driver_of_the_kernel_is_detached_and_stays_so, begin),
		cmocka_unit_test_setup(of_several_the_place_says_which, begin),
		cmocka_unit_test_setup(of_several_none_is_guessed_and_all_are_listed, begin),
		cmocka_unit_test_setup(a_place_without_one_is_told_with_those_that_there_are,
				       begin),
		cmocka_unit_test_setup(no_adapter_and_one_in_another_mode_are_different_troubles,
				       begin),
		cmocka_unit_test_setup(what_the_system_refuses_is_told_by_its_kind, begin),
		cmocka_unit_test_setup(a_place_is_an_address_or_a_port, begin),
		cmocka_unit_test_setup(whether_one_is_there_opens_nothing, begin),
		cmocka_unit_test_setup(all_that_are_plugged_in_are_listed_in_any_mode, begin),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
