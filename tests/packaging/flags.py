#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The sources compile with the flags that distributions use for all packages, without a warning.

All sources with every set of flags are `make check-package`'s and the distributions' own matter. Here
are those that have had, or may have, something against one of them: what the C library checks or
renames, what is done with its structures, what is loaded into other programs.
"""
import pathlib
import shlex
import shutil
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests"))
import tap  # noqa: E402

# What these give to every package, as their builds print it: Fedora (kernel.spec in build logs that were
# posted to kernel lists; redhat-rpm-config's two -Werror of C), Arch (what its php 8.2 was configured
# with; devtools' makepkg.conf), Ubuntu 24.04 (dpkg-buildflags there). What one needs a file of
# theirs for (-specs=) is left out.
FLAGS = {
    "fedora": "-O2 -flto=auto -ffat-lto-objects -fexceptions -g -grecord-gcc-switches -pipe -Wall "
              "-Werror=format-security -Werror=implicit-function-declaration -Werror=implicit-int "
              "-Wp,-U_FORTIFY_SOURCE,-D_FORTIFY_SOURCE=3 -Wp,-D_GLIBCXX_ASSERTIONS "
              "-fstack-protector-strong -m64 -march=x86-64 -mtune=generic "
              "-fasynchronous-unwind-tables -fstack-clash-protection -fcf-protection "
              "-mtls-dialect=gnu2 -fno-omit-frame-pointer -mno-omit-leaf-frame-pointer",
    "arch": "-march=x86-64 -mtune=generic -O2 -pipe -fno-plt -fexceptions -Wp,-D_FORTIFY_SOURCE=3 "
            "-Wformat -Werror=format-security -fstack-clash-protection -fcf-protection "
            "-fno-omit-frame-pointer -mno-omit-leaf-frame-pointer -g -flto=auto",
    "ubuntu": "-g -O2 -fno-omit-frame-pointer -mno-omit-leaf-frame-pointer -flto=auto "
              "-ffat-lto-objects -fstack-protector-strong -fstack-clash-protection -Wformat "
              "-Werror=format-security -fcf-protection -Wdate-time -D_FORTIFY_SOURCE=3 "
              "-D_FILE_OFFSET_BITS=64 -D_TIME_BITS=64",
    # With --buildtype=release, as people build who package nothing.
    "release": "-O3 -D_FORTIFY_SOURCE=3",
}
OURS = ["-std=c11", "-D_GNU_SOURCE", "-Wall", "-Wextra", "-Wshadow", "-Wconversion", "-Werror", "-I",
        ROOT]
TELLING = ["sim/rig/shim.c", "sim/rig/shim_libc.c", "sim/rig/shim_node.c", "programmer/child.c",
           "programmer/serprog.c", "programmer/adapters/ch341a_stream.c",
           "engine/output_file.c", "cli/flashrom_beken/flashrom_cache.c"]
MACHINE = subprocess.run(["cc", "-dumpmachine"], capture_output=True, text=True).stdout


class Flags(unittest.TestCase):
    def compile(self, flags):
        if not MACHINE.startswith("x86_64"):
            flags = [flag for flag in flags if not flag.startswith(("-m", "-fcf-", "-fno-plt"))]
        with tempfile.TemporaryDirectory() as folder:
            for name in TELLING:
                # As in meson.build, for the library that is preloaded.
                own = ["-fPIC", "-U_FILE_OFFSET_BITS", "-U_TIME_BITS"] if "/shim" in name else []
                run = subprocess.run(["cc", *flags, *OURS, *own, "-c", ROOT / name, "-o",
                                      f"{folder}/out.o"], capture_output=True, text=True)
                with self.subTest(name):
                    self.assertEqual((run.returncode, run.stderr), (0, ""))

    def test_with_those_of_fedora(self):
        self.compile(shlex.split(FLAGS["fedora"]))

    def test_with_those_of_arch(self):
        self.compile(shlex.split(FLAGS["arch"]))

    def test_with_those_of_ubuntu(self):
        self.compile(shlex.split(FLAGS["ubuntu"]))

    def test_with_those_of_a_release_build(self):
        self.compile(shlex.split(FLAGS["release"]))

    def test_with_those_of_debian_and_all_of_its_hardening(self):
        if not shutil.which("dpkg-buildflags"):
            self.skipTest("dpkg-buildflags is not here (Debian: dpkg-dev)")
        flags = [word for name in ("CPPFLAGS", "CFLAGS") for word in subprocess.run(
            ["dpkg-buildflags", "--get", name], check=True, capture_output=True, text=True,
            env={"PATH": "/usr/bin:/bin", "DEB_BUILD_MAINT_OPTIONS": "hardening=+all",
                 "DEB_VENDOR": "Debian"}).stdout.split()]
        self.assertIn("-D_FORTIFY_SOURCE=2", flags)
        self.compile(flags)


if __name__ == "__main__":
    tap.main()
