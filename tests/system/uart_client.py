# SPDX-License-Identifier: GPL-2.0-or-later
"""Programs that use the serial port inside the rig, for uart_rig.py.

Usage: uart_client.py NAME
"""
import array
import errno
import fcntl
import os
import select
import struct
import sys
import termios
import time

PATH = os.environ["BEKEN_SIM_TTY"]
LINK = bytes.fromhex("01e0fc0100")
LINKED = bytes.fromhex("040e0501e0fc0100")


class Port:
    """A port with plain termios."""

    def __init__(self):
        self.fd = os.open(PATH, os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK)
        assert os.isatty(self.fd)
        self.rate(termios.B115200)

    def rate(self, speed):
        flags = termios.CS8 | termios.CREAD | termios.CLOCAL
        termios.tcsetattr(self.fd, termios.TCSADRAIN,
                          [0, 0, flags, 0, speed, speed, [b"\0"] * 32])
        assert termios.tcgetattr(self.fd)[5] == speed

    def lines(self, request, bits):
        fcntl.ioctl(self.fd, request, struct.pack("I", bits))

    def reset(self):
        self.lines(termios.TIOCMBIS, termios.TIOCM_RTS)
        time.sleep(0.05)
        self.lines(termios.TIOCMBIC, termios.TIOCM_RTS)

    def send(self, data):
        while data:
            select.select([], [self.fd], [])
            data = data[os.write(self.fd, data):]

    def receive(self, count, timeout=1.0):
        """At most @count bytes, within @timeout seconds."""
        got, end = b"", time.monotonic() + timeout
        while len(got) < count and time.monotonic() < end:
            left = max(0, end - time.monotonic())
            if select.select([self.fd], [], [], left)[0]:
                got += os.read(self.fd, count - len(got))
        return got

    def ask(self, request, count, timeout=1.0):
        self.send(request)
        return self.receive(count, timeout)

    def link(self):
        self.reset()
        for _ in range(100):
            if self.ask(LINK, 8, 0.003) == LINKED:
                break
        else:
            raise AssertionError("no link")
        self.receive(4096, 0.02)

    def read_sector(self, address):
        request = bytes.fromhex("01e0fcfff4050009") + struct.pack("<I", address)
        answer = self.ask(request, 4111)
        assert answer[:15] == bytes.fromhex("040eff01e0fcf4061009 00") + request[-4:], answer[:16]
        return answer[15:]


def client_link():
    port = Port()
    port.link()
    version = port.ask(bytes.fromhex("01e0fc0111"), 23)
    assert version[7:20] == b"BK7231S_1.0.5", version


def client_times():
    """Reading a sector takes at two rates what it takes on the wire."""
    port = Port()
    port.link()
    begin = time.monotonic()
    first = port.read_sector(0x11000)
    slow = time.monotonic() - begin
    port.send(bytes.fromhex("01e0fc060f00100e0014"))
    termios.tcdrain(port.fd)
    port.rate(termios.B921600)
    assert port.receive(12) == bytes.fromhex("040e0901e0fc0f00100e0014")
    begin = time.monotonic()
    assert port.read_sector(0x11000) == first
    fast = time.monotonic() - begin
    assert 0.357 < slow < 0.365 and 0.0447 < fast < 0.052, (slow, fast)
    print(f"{slow:.6f} {fast:.6f}")


def client_write():
    port = Port()
    port.link()
    data = bytes(range(256)) * 16
    address = struct.pack("<I", 0x20000)
    assert port.ask(bytes.fromhex("01e0fcfff406000f20") + address, 16)[10:11] == b"\0"
    assert port.ask(bytes.fromhex("01e0fcfff4051007") + address + data, 15, 3)[10:11] == b"\0"
    assert port.read_sector(0x20000) == data


def client_erase():
    port = Port()
    port.link()
    port.ask(bytes.fromhex("01e0fcfff406000f2000000200"), 16)


def client_silence():
    """Nothing arrives: the timeout is the model's time, to the millisecond."""
    port = Port()
    begin = time.monotonic()
    assert port.receive(1, 20) == b""
    assert 20 <= time.monotonic() - begin < 20.01
    try:
        settings = termios.tcgetattr(port.fd)
        settings[6][termios.VMIN] = 1
        termios.tcsetattr(port.fd, termios.TCSANOW, settings)
        os.read(port.fd, 1)
        raise AssertionError("read something")
    except BlockingIOError as error:
        assert error.errno == errno.EAGAIN


def client_flipped():
    """A blank sector does not read as blank, since the line flips bits."""
    port = Port()
    port.link()
    answer = port.ask(bytes.fromhex("01e0fcfff405000900000300"), 4111)
    assert len(answer) == 4111 and answer[15:] != b"\xff" * 4096


def client_idle():
    """A link that nobody uses ends."""
    port = Port()
    port.link()
    assert port.ask(LINK, 8, 0.1) == LINKED
    time.sleep(0.3)
    assert port.ask(LINK, 8, 0.1) == b""


def client_noise():
    port = Port()
    port.link()
    port.rate(termios.B57600)
    assert port.ask(LINK, 8, 0.1) == b""


def client_other_rate():
    """BOTHER: the rate 921599 has no name, and is close enough."""
    port = Port()
    port.link()
    port.send(bytes.fromhex("01e0fc060f00100e0014"))
    termios.tcdrain(port.fd)
    form = array.array("i", [0] * 64)
    fcntl.ioctl(port.fd, 0x802C542A, form)
    form[2] = form[2] & ~0o10017 | 0o10000
    form[9] = form[10] = 921599
    fcntl.ioctl(port.fd, 0x402C542B, form)
    assert port.receive(12) == bytes.fromhex("040e0901e0fc0f00100e0014")


def client_twice():
    port = Port()
    try:
        os.open(PATH, os.O_RDWR)
        raise AssertionError("opened twice")
    except OSError as error:
        assert error.errno == errno.EBUSY
    os.close(port.fd)
    Port().link()


def client_pyserial():
    import serial
    port = serial.Serial(PATH, 115200, timeout=0.003)
    port.rts = True
    time.sleep(0.05)
    port.rts = False
    for _ in range(100):
        port.write(LINK)
        if port.read(8) == LINKED:
            break
    else:
        raise AssertionError("no link")
    port.timeout = 1
    assert port.in_waiting == 0
    port.write(bytes.fromhex("01e0fc060f80841e0014"))
    port.flush()
    port.baudrate = 2000000
    assert port.read(12) == bytes.fromhex("040e0901e0fc0f80841e0014")
    port.close()


if __name__ == "__main__":
    globals()["client_" + sys.argv[1]]()
