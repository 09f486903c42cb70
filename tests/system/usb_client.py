# SPDX-License-Identifier: GPL-2.0-or-later
"""Programs that use libusb inside the rig, for simulator.py.

Usage: usb_client.py NAME
"""
import ctypes
import os
import select
import signal
import sys
import threading
import time


class Usb:
    """As much of libusb as the tests need."""

    def __init__(self):
        self.lib = ctypes.CDLL("libusb-1.0.so.0")
        self.lib.libusb_open_device_with_vid_pid.restype = ctypes.c_void_p
        assert self.lib.libusb_init(None) == 0

    def open(self):
        handle = self.lib.libusb_open_device_with_vid_pid(None, 0x1A86, 0x5512)
        assert handle
        return ctypes.c_void_p(handle)

    def bulk(self, handle, endpoint, data, timeout):
        moved = ctypes.c_int()
        result = self.lib.libusb_bulk_transfer(handle, endpoint, data, len(data),
                                               ctypes.byref(moved), timeout)
        return result, moved.value

    def deselect(self, handle):
        assert self.bulk(handle, 0x02, b"\xab\xb7\x20", 1000) == (0, 3)

    def command(self, handle, *octets):
        """Sends octets to the flash: CS low, the octets, CS high."""
        turned = bytes(int(f"{octet:08b}"[::-1], 2) for octet in octets)
        for packet in b"\xab\xb7\x7f\xb6\x20", b"\xa8" + turned:
            assert self.bulk(handle, 0x02, packet, 1000) == (0, len(packet))
        self.deselect(handle)
        replies = ctypes.create_string_buffer(32)
        assert self.bulk(handle, 0x82, replies, 1000) == (0, len(octets))


def client_claim():
    usb = Usb()
    first, second = usb.open(), usb.open()
    assert usb.lib.libusb_claim_interface(first, 0) == 0
    assert usb.lib.libusb_claim_interface(first, 1) == -5  # not found
    assert usb.lib.libusb_claim_interface(second, 0) == -6  # busy
    usb.lib.libusb_close(first)
    assert usb.lib.libusb_claim_interface(second, 0) == 0
    usb.lib.libusb_close(second)


def client_timeout():
    usb = Usb()
    handle = usb.open()
    assert usb.lib.libusb_claim_interface(handle, 0) == 0
    for _ in range(3):
        before = time.monotonic()
        result, moved = usb.bulk(handle, 0x82, ctypes.create_string_buffer(32), 30000)
        after = time.monotonic()
        assert (result, moved) == (-7, 0), (result, moved)
        assert 30 <= after - before < 30.1, after - before
    libc = ctypes.CDLL(None)
    libc.time.restype = ctypes.c_long
    seconds, before = libc.time(None), time.monotonic()
    time.sleep(100)
    assert 100 <= time.monotonic() - before < 100.1
    assert libc.time(None) - seconds in (100, 101)
    # The levels of the pins: a command, then its answer, which waits in the device until it is read.
    command = ctypes.create_string_buffer(b"\xab\x00\x20", 3)
    assert usb.bulk(handle, 0x02, command, 1000) == (0, 3)
    assert usb.bulk(handle, 0x82, ctypes.create_string_buffer(32), 1000) == (0, 1)
    assert usb.lib.libusb_reset_device(handle) == 0
    assert usb.lib.libusb_clear_halt(handle, 0x82) == 0


def client_unplug():
    usb = Usb()
    handle = usb.open()
    assert usb.lib.libusb_claim_interface(handle, 0) == 0
    before = time.monotonic()
    result, _ = usb.bulk(handle, 0x82, ctypes.create_string_buffer(32), 30000)
    assert result == -4, result  # no device
    assert 0.4 < time.monotonic() - before <= 0.5
    usb.lib.libusb_close(handle)
    assert not usb.lib.libusb_open_device_with_vid_pid(None, 0x1A86, 0x5512)


def client_erases(killed_before=False):
    """Four sectors, each with two commands."""
    usb = Usb()
    handle = usb.open()
    assert usb.lib.libusb_claim_interface(handle, 0) == 0
    if killed_before:
        # The answer to the erase is still there, and CS is low: when it goes high, the erase begins.
        assert usb.bulk(handle, 0x82, ctypes.create_string_buffer(32), 1000) == (0, 4)
        usb.deselect(handle)
        time.sleep(1)
    for sector in range(4):
        usb.command(handle, 0x06)
        usb.command(handle, 0x20, 0, sector << 4, 0)
        time.sleep(1)


def client_erases_after_a_kill():
    client_erases(killed_before=True)


def client_event():
    """Other events still wake a thread that waits for the device."""
    node, event = os.open("/dev/bus/usb/001/002", os.O_RDWR), os.eventfd(0)
    waiting = select.poll()
    waiting.register(node, select.POLLOUT)
    waiting.register(event, select.POLLIN)
    assert not waiting.poll(0)
    threading.Timer(0.1, os.eventfd_write, (event, 1)).start()
    assert waiting.poll() == [(event, select.POLLIN)]
    assert any(waiting.poll(0) for _ in range(20))
    os.eventfd_read(event)
    assert not any(waiting.poll(0) for _ in range(20))
    os.close(event)


def client_lost_server():
    usb = Usb()
    handle = usb.open()
    assert usb.lib.libusb_claim_interface(handle, 0) == 0
    os.kill(os.getppid(), signal.SIGKILL)
    result, _ = usb.bulk(handle, 0x82, ctypes.create_string_buffer(32), 0)
    assert result == -4, result
    with open(os.environ["RIG_NOTE"], "w", encoding="ascii") as note:
        note.write("no device")


if __name__ == "__main__":
    globals()["client_" + sys.argv[1]]()
