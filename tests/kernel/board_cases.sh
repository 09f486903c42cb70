# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=dash disable=SC2034,SC2086
# What a real kernel's spidev and GPIO do for the adapter "spidev", on the board of
# beken_board.c; see cases.sh.

board_cases="
a_program_gets_the_answers_that_the_simulator_gives
a_module_on_the_computers_own_pins_is_read_and_cen_never_driven_high
a_region_is_written_through_the_computers_own_pins
the_bus_runs_at_the_clock_that_was_asked_for_in_either_mode
a_clock_that_the_controller_does_not_have_is_said
a_line_that_is_a_chip_select_is_not_cen
a_line_that_something_holds_low_is_not_cen
the_computers_own_flash_is_not_clocked
two_programs_do_not_share_the_bus
who_may_use_the_nodes_is_said
a_kill_leaves_cen_low_and_a_reset_cures_it
a_signal_leaves_cen_high
a_transfer_that_never_ends_is_repeated
a_bus_that_goes_away_in_the_middle_is_a_clean_error
"

parameters=/sys/module/beken_board/parameters
pins="spidev=/dev/spidev0.0,cen=GPIO25"
size="--flash-size"

board_up() {
	insmod /beken_board.ko
	cat /data/old.bin >/dev/board-flash
	# As described in docs/adapters.md.
	for device in spi0.0 spi1.0 spi1.1; do
		echo spidev >/sys/bus/spi/devices/$device/driver_override
		echo $device >/sys/bus/spi/drivers/spidev/bind
	done
}

seen() { # NAME VALUE, of the board's figures
	[ "$(cat $parameters/$1)" = "$2" ] || { echo "$1: $(cat $parameters/$1), not $2"; return 1; }
}

refused() { # PARAMS WORDS: and nothing happened
	fails beken -p beken_spi:$1 $size
	grep -q "$2" failed.log
	seen cen_high Y
}

a_program_gets_the_answers_that_the_simulator_gives() {
	board_up
	pins-client /dev/spidev0.0 /dev/gpiochip0
	seen cs_low N
	seen cen_high Y
}

a_module_on_the_computers_own_pins_is_read_and_cen_never_driven_high() {
	board_up
	beken -p beken_spi:$pins -r out.bin
	cmp out.bin /data/old.bin
	seen cen_high Y
	seen cs_low N
	seen driven_high 0
	[ "$(cat $parameters/pulses)" -ge 1 ]
	beken -p beken_spi:$pins,cen_drive=push-pull $size
	fails seen driven_high 0
}

a_region_is_written_through_the_computers_own_pins() {
	board_up
	beken -p beken_spi:$pins $region -N -w /data/new.bin >write.log 2>&1 || { cat write.log; false; }
	grep VERIFIED write.log
	cmp /dev/board-flash /data/new.bin
}

the_bus_runs_at_the_clock_that_was_asked_for_in_either_mode() {
	board_up
	beken -p beken_spi:$pins,speed=7.5M $size
	seen hz 7500000
	beken -p beken_spi:$pins,speed=16M,mode=3 $size
	seen hz 16000000
	# A clock that is too fast becomes the fastest of the controller.
	beken -p beken_spi:$pins,speed=60M $region -v /data/old.bin >verify.log 2>&1 || { cat verify.log; false; }
	seen hz 50000000
}

a_clock_that_the_controller_does_not_have_is_said() {
	board_up
	refused $pins,speed=5k 'does not take mode 0 at 5000 Hz: try another speed='
}

a_line_that_is_a_chip_select_is_not_cen() {
	board_up
	refused spidev=/dev/spidev0.0,cen=GPIO8 'used by "spi0 CS0"'
	seen clocked 0
}

a_line_that_something_holds_low_is_not_cen() {
	board_up
	refused spidev=/dev/spidev0.0,cen=GPIO24 'stays low though it was released'
	seen clocked 0
}

the_computers_own_flash_is_not_clocked() {
	board_up
	for node in /dev/spidev1.0 /dev/spidev1.1; do
		ls -l $node
		refused spidev=$node,cen=GPIO25 "$node is on the bus of this computer's own flash: .*spi1.0"
	done
	seen own_clocked 0
	seen pulses 0
}

two_programs_do_not_share_the_bus() {
	board_up
	fails flock /dev/spidev0.0 timeout 60 flashrom-beken -p beken_spi:$pins $size
	grep -q '/dev/spidev0.0 cannot be used: another program has locked it; .* (process [0-9]*) is using it' failed.log
	seen clocked 0
}

as_nobody() {
	chmod 777 .
	fails timeout 20 su nobody -s /bin/sh -c "flashrom-beken -p beken_spi:$pins $size"
}

who_may_use_the_nodes_is_said() {
	board_up
	chmod 600 /dev/spidev0.0
	as_nobody
	grep -q '/dev/spidev0.0 cannot be used: Permission denied' failed.log
	grep -q 'Only root may use it' failed.log
	chgrp spi /dev/spidev0.0
	chmod 660 /dev/spidev0.0
	as_nobody
	grep -q 'belongs to the group spi: adduser USER spi' failed.log
	chmod 666 /dev/spidev0.0
	chmod 600 /dev/gpiochip*
	as_nobody
	grep -q '/dev/gpiochip.* cannot be used: Permission denied' failed.log
}

cen_is_low() {
	read -r high <$parameters/cen_high
	[ $high = N ]
}

a_kill_leaves_cen_low_and_a_reset_cures_it() {
	board_up
	flashrom-beken -p beken_spi:$pins $size &
	job=$!
	until cen_is_low; do :; done
	kill -9 $job
	wait $job || true
	seen cen_high N
	beken-flash reset --params=$pins >reset.log 2>&1 || { cat reset.log; false; }
	cat reset.log
	grep -q 'CEN (GPIO25) was left low by an earlier program' reset.log
	seen cen_high Y
}

a_signal_leaves_cen_high() {
	board_up
	flashrom-beken -p beken_spi:$pins $size &
	job=$!
	until cen_is_low; do :; done
	kill -TERM $job
	fails wait $job
	seen cen_high Y
	seen cs_low N
}

a_transfer_that_never_ends_is_repeated() {
	board_up
	echo 100 >$parameters/stall
	beken -p beken_spi:$pins $region -v /data/old.bin >verify.log 2>&1 || { cat verify.log; false; }
	grep VERIFIED verify.log
	seen stall 0
}

unbind() {
	echo spi0.0 >/sys/bus/spi/drivers/spidev/unbind
}

a_bus_that_goes_away_in_the_middle_is_a_clean_error() {
	board_up
	echo Y >$parameters/paced
	interrupted unbind 'Reading flash' beken -p beken_spi:$pins -r out.bin
	grep -q 'driver unloaded' cut.log
	seen cen_high Y
	# It is connected again, and everything works.
	echo spi0.0 >/sys/bus/spi/drivers/spidev/bind
	beken -p beken_spi:$pins $size
}
