# SPDX-License-Identifier: GPL-2.0-or-later
#
# For Homebrew on Linux. Checked on Debian 12: ruby reads it (ruby -c). Tried by nobody: with brew,
# brew audit, brew test.
class FlashromBeken < Formula
  desc "Read, write and rescue the flash inside Beken Wi-Fi chips"
  # Not an address yet: see docs/release.md.
  homepage "https://flashrom-beken.invalid/"
  url "https://flashrom-beken.invalid/releases/flashrom-beken-0.2.0.tar.xz"
  sha256 "0000000000000000000000000000000000000000000000000000000000000000"
  license "GPL-2.0-or-later"

  depends_on "meson" => :build
  depends_on "ninja" => :build
  depends_on "pkgconf" => :build
  depends_on "python@3.13" => :build
  depends_on "curl"
  depends_on "flashrom"
  depends_on "jansson"
  depends_on "libmd"
  depends_on "libserialport"
  depends_on "libusb"
  depends_on :linux

  def install
    # No simulator: it needs umockdev. No rule: what is here is no place where udev looks.
    args = %w[-Dsimulator=false -Dtests=false -Dmetainfo=false -Dudevdir=]
    system "meson", "setup", "build", *args, *std_meson_args
    system "meson", "compile", "-C", "build", "--verbose"
    system "meson", "install", "-C", "build"
    (pkgshare/"udev").install "data/60-flashrom-beken.rules"
  end

  def caveats
    <<~EOS
      To use the adapter without being root:
        sudo cp #{opt_pkgshare}/udev/60-flashrom-beken.rules /etc/udev/rules.d/
    EOS
  end

  test do
    (testpath/"page.bin").write "<!DOCTYPE html><title>Not Found</title>"
    assert_match "html", shell_output("#{bin}/beken-flash identify --json page.bin", 3)
    assert_match version.to_s, shell_output("#{bin}/beken-flash --version")
  end
end
