# SPDX-License-Identifier: GPL-2.0-or-later
#
# For Nix: callPackage ./package.nix { }. Checked on Debian 12: it parses (nix-instantiate --parse).
# Tried by nobody: an evaluation against nixpkgs, a build, an installation. What differs from other
# systems, and so may be wrong: flashrom by a wrapper, since there is no /usr/sbin; the library that
# beken-sim preloads by its path; the rule is taken up by services.udev.packages.
{
  lib,
  stdenv,
  fetchurl,
  meson,
  ninja,
  pkg-config,
  python3,
  makeBinaryWrapper,
  flashrom,
  curl,
  libserialport,
  libusb1,
  jansson,
  libmd,
  cmocka,
  git,
  umockdev,
}:

stdenv.mkDerivation (finalAttrs: {
  pname = "flashrom-beken";
  version = "0.2.0";

  src = fetchurl {
    # Not an address yet: see docs/release.md.
    url = "https://flashrom-beken.invalid/releases/flashrom-beken-${finalAttrs.version}.tar.xz";
    hash = lib.fakeHash;
  };

  nativeBuildInputs = [ meson ninja pkg-config python3 makeBinaryWrapper ];
  buildInputs = [ flashrom curl libserialport libusb1 jansson libmd umockdev ];
  nativeCheckInputs = [ git ];
  checkInputs = [ cmocka ];

  mesonFlags = [
    (lib.mesonBool "tests" finalAttrs.finalPackage.doCheck)
    (lib.mesonOption "umockdev_preload" "${lib.getLib umockdev}/lib/libumockdev-preload.so.0")
  ];

  doCheck = stdenv.buildPlatform.canExecute stdenv.hostPlatform;
  mesonCheckFlags = [ "--no-suite" "system" "--no-suite" "sanitized" "--no-suite" "packaging" ];

  # The name that it is called by counts: the link "flashrom" in libexec leads to the same program.
  postFixup = ''
    wrapProgram $out/bin/flashrom-beken --inherit-argv0 \
      --set-default FLASHROM ${lib.getExe' flashrom "flashrom"}
  '';

  meta = {
    description = "Read, write and rescue the flash inside Beken Wi-Fi chips";
    license = lib.licenses.gpl2Plus;
    mainProgram = "flashrom-beken";
    platforms = lib.platforms.linux;
  };
})
