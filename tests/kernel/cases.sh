# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=dash disable=SC2012,SC2034,SC2086
# What a real kernel and stock programs do with the virtual adapter. Each case is a
# function that runs under set -e, in a directory of its own making; tidy_up() follows.

cases="
the_usbip_tool_lists_the_adapter
the_kernel_enumerates_the_adapter
stock_flashrom_reads_the_die
stock_flashrom_writes_a_region_and_verifies
after_a_detach_it_is_attached_again
flashrom_beken_reads_the_die_then_links_again_and_writes_a_region
ways_into_spi_mode_work_in_real_time
a_kernel_driver_on_the_adapter_makes_way
one_of_two_adapters_is_chosen
missing_permission_is_said
the_uart_position_of_the_jumper_is_said
a_detach_in_the_middle_of_a_read_is_a_clean_error
a_detach_in_the_middle_of_a_write_is_a_clean_error
stock_flashrom_survives_a_detach
the_end_of_the_server_is_an_unplugged_adapter
an_adapter_that_unplugs_itself_leaves_the_kernel
"
last_cases="the_kernel_had_nothing_to_complain_about"

port=3240
vhci=/sys/devices/platform/vhci_hcd.0/status

# Ports of the virtual hub that are in use.
ports_in_use() {
	awk '$3 == "006" { print $2 }' $vhci
}

# Device directories of the kernel with that vendor and product.
adapters() {
	for device in /sys/bus/usb/devices/*; do
		[ -e "$device/idProduct" ] || continue
		[ "$(cat "$device/idVendor"):$(cat "$device/idProduct")" = "${1:-1a86:5512}" ] &&
			echo "$device"
	done
	return 0
}

# wait_for SECONDS COMMAND...
wait_for() {
	tries=$(($1 * 10))
	shift
	while ! "$@"; do
		tries=$((tries - 1))
		if [ $tries -le 0 ]; then
			echo "waited in vain for: $*"
			return 1
		fi
		sleep 0.1
	done
}

have_adapters() { # COUNT [ID]
	[ "$(adapters "$2" | wc -l)" = "$1" ]
}

ends() { # PID
	! kill -0 "$1" 2>/dev/null
}

serve() {
	modprobe vhci-hcd
	beken-sim serve --listen 127.0.0.1:$port --save die.bin --stats stats.json "$@" >serve.log 2>&1 &
	echo $! >serve.pid
	wait_for 5 grep -q serving serve.log
}

stop_serving() {
	kill "$(cat serve.pid)"
	wait_for 10 ends "$(cat serve.pid)"
	cat serve.log
}

attach() { # [BUSID]
	usbip attach -r 127.0.0.1 -b "${1:-1-1}"
}

plug_in() { # OPTIONS of the simulator
	serve --image /data/old.bin "$@"
	attach
	wait_for 10 have_adapters 1
}

detach() {
	for used in $(ports_in_use); do
		usbip detach -p "$used"
	done
	wait_for 10 have_adapters 0
}

tidy_up() {
	detach
	[ -e serve.pid ] && kill -9 "$(cat serve.pid)"
	rmmod usbserial
	rmmod beken_board
	rm -rf /tmp/*
}

# flashrom-beken with a time limit: if it hangs, that is a failure, not the end of the tests.
beken() {
	timeout 60 flashrom-beken "$@"
}

stock() {
	timeout 60 flashrom -p ch341a_spi "$@"
}

fails() {
	if "$@" >failed.log 2>&1; then
		cat failed.log
		echo "succeeded, but should not have: $*"
		return 1
	fi
	cat failed.log
}

# A line of the statistics.
figure() {
	grep -q "\"$1\": $2" stats.json || { cat stats.json; return 1; }
}

# In the 64 KiB from 128 KiB on, new.bin differs from old.bin.
region="-l /data/layout -i region"

the_usbip_tool_lists_the_adapter() {
	serve
	usbip list -r 127.0.0.1 >list.log 2>&1
	cat list.log
	grep -q '1-1: .*(1a86:5512)' list.log
}

the_kernel_enumerates_the_adapter() {
	plug_in
	device=$(adapters)
	grep . "$device/speed" "$device/bcdDevice" "$device/bMaxPower" "$device/bConfigurationValue"
	[ "$(cat "$device/speed")" = 12 ]
	[ "$(cat "$device/bcdDevice")" = 0304 ]
	[ "$(cat "$device/bMaxPower")" = 96mA ]
	[ "$(cat "$device/bConfigurationValue")" = 1 ]
	# As in dumps of real adapters, byte for byte.
	od -An -v -tx1 "$device/descriptors" | tr -d ' \n' >descriptors
	cat descriptors
	[ "$(cat descriptors)" = \
12011001ff000208861a12550403000000010902270001010080300904000003ff0102000705820220000007050202200000070581030800"01" ]
	[ "$(ls -d "$device":1.0/ep_* | sed 's/.*_//' | tr '\n' ' ')" = "02 81 82 " ]
	lsusb
	lsusb | grep -q 'ID 1a86:5512'
	lsusb -v -d 1a86:5512 >lsusb.log 2>lsusb.err
	grep -q 'bNumEndpoints *3' lsusb.log
	[ ! -s lsusb.err ] || cat lsusb.err
}

stock_flashrom_reads_the_die() {
	plug_in --entry linked --part GD25Q16B
	stock -r out.bin
	cmp out.bin /data/old.bin
}

stock_flashrom_writes_a_region_and_verifies() {
	# A die that differs from new.bin only in its last 16 KiB, since stock flashrom is slow.
	dd if=/data/new.bin of=near.bin bs=16K count=127
	serve --entry linked --part GD25Q16B --image near.bin
	attach
	wait_for 10 have_adapters 1
	stock -l /data/layout -i tail -N -w /data/new.bin >write.log 2>&1 || { cat write.log; false; }
	grep VERIFIED write.log
	detach
	stop_serving
	cmp die.bin /data/new.bin
}

after_a_detach_it_is_attached_again() {
	plug_in --entry linked --part GD25Q16B
	for round in 1 2 3; do
		detach
		[ -z "$(ports_in_use)" ]
		attach
		wait_for 10 have_adapters 1
	done
	stock $region -v /data/old.bin >verify.log 2>&1 || { cat verify.log; false; }
	grep VERIFIED verify.log
}

flashrom_beken_reads_the_die_then_links_again_and_writes_a_region() {
	plug_in --entry measured --sr firmware
	beken -p beken_spi -r out.bin
	cmp out.bin /data/old.bin
	# The guest got it all at once, earlier than by the time of the device.
	# The second reset is as long as any other nevertheless.
	beken -p beken_spi:enter=always $region -N -w /data/new.bin >write.log 2>&1 ||
		{ cat write.log; false; }
	grep VERIFIED write.log
	detach
	stop_serving
	cmp die.bin /data/new.bin
	figure cen '"high"'
	figure ignored_protected 0
}

ways_into_spi_mode_work_in_real_time() {
	for entry in python late-window slow-cen; do
		plug_in --entry $entry
		beken -p beken_spi --flash-size >size.log 2>&1 ||
			{ cat size.log; echo "entry: $entry"; false; }
		grep -q 2097152 size.log
		detach
		stop_serving
		rm serve.pid
	done
}

a_kernel_driver_on_the_adapter_makes_way() {
	modprobe usbserial vendor=0x1a86 product=0x5512
	plug_in --entry measured
	wait_for 5 test -e "$(adapters):1.0/driver"
	ls -l "$(adapters):1.0/driver"
	beken -p beken_spi --flash-size >size.log 2>&1 || { cat size.log; false; }
	cat size.log
	grep -q "the kernel driver usbserial_generic was detached from the CH341A" size.log
}

one_of_two_adapters_is_chosen() {
	plug_in --entry measured --second-adapter
	attach 1-2
	wait_for 10 have_adapters 2
	fails beken -p beken_spi --flash-size
	grep -q 'several CH341A adapters' failed.log
	# The adapter with a chip was attached last, so its number is higher.
	place=$(for device in $(adapters); do
		echo "$(cat "$device/busnum"):$(cat "$device/devnum")"
	done | sort -t: -k2n | tail -n 1)
	beken -p beken_spi:usb=$place --flash-size
}

missing_permission_is_said() {
	plug_in --entry measured
	chmod 777 .
	fails timeout 20 su nobody -s /bin/sh -c 'flashrom-beken -p beken_spi --flash-size'
	grep -q 'no permission' failed.log
}

the_uart_position_of_the_jumper_is_said() {
	serve --adapter uart
	attach
	wait_for 10 have_adapters 1 1a86:5523
	fails beken -p beken_spi --flash-size
	grep -q 1a86:5523 failed.log
	grep -q jumper failed.log
}

# interrupted ACTION WHEN COMMAND...: does the action when flashrom prints WHEN
interrupted() {
	action=$1 when=$2
	shift 2
	"$@" >cut.log 2>&1 &
	job=$!
	wait_for 30 grep -q "$when" cut.log
	sleep 0.1
	kill -0 $job
	$action
	wait_for 30 ends $job
	if wait $job; then
		cat cut.log
		echo "succeeded without its device"
		return 1
	fi
	tail -n 15 cut.log
}

a_detach_in_the_middle_of_a_read_is_a_clean_error() {
	plug_in --entry measured
	interrupted detach 'Reading flash' beken -p beken_spi -r out.bin
	grep -q 'the adapter was unplugged' cut.log
	[ ! -s out.bin ]
	# It is plugged in again, and everything works.
	attach
	wait_for 10 have_adapters 1
	beken -p beken_spi --flash-size
}

a_detach_in_the_middle_of_a_write_is_a_clean_error() {
	plug_in --entry measured
	interrupted detach 'Erasing and writing' beken -p beken_spi $region -N -w /data/new.bin
	grep -q 'the adapter was unplugged' cut.log
}

stock_flashrom_survives_a_detach() {
	plug_in --entry linked --part GD25Q16B
	interrupted detach 'Reading flash' stock -r out.bin
}

the_end_of_the_server_is_an_unplugged_adapter() {
	plug_in --entry measured
	interrupted stop_serving 'Reading flash' beken -p beken_spi -r out.bin
	grep -q 'the adapter was unplugged' cut.log
	wait_for 10 have_adapters 0
	[ -z "$(ports_in_use)" ]
	cmp die.bin /data/old.bin
}

an_adapter_that_unplugs_itself_leaves_the_kernel() {
	plug_in --entry measured --unplug-at 3000
	wait_for 10 have_adapters 0
	[ -z "$(ports_in_use)" ]
	fails attach
}

the_kernel_had_nothing_to_complain_about() {
	dmesg >dmesg.log
	! grep -E 'BUG:|WARNING:|Oops|Call Trace|blocked for more|descriptor read|not accepting|unable to|config .* (has|descriptor)' dmesg.log
}
