# SPDX-License-Identifier: GPL-2.0-or-later
#
# For Gentoo, as app-misc/flashrom-beken in an overlay. Checked on Debian 12: bash reads it
# (bash -n). Tried by nobody: on Gentoo, pkgcheck.

EAPI=8

PYTHON_COMPAT=( python3_{11..13} )
inherit meson python-any-r1 udev

DESCRIPTION="Read, write and rescue the flash inside Beken Wi-Fi chips"
# Not an address yet: see docs/release.md.
HOMEPAGE="https://flashrom-beken.invalid/"
SRC_URI="https://flashrom-beken.invalid/releases/${P}.tar.xz"

LICENSE="GPL-2+ FSFAP"
SLOT="0"
KEYWORDS="~amd64"
IUSE="simulator test"
RESTRICT="!test? ( test )"

# flashrom is spoken to by its programmer serprog, which is a flag of its own there.
DEPEND="
	>=sys-apps/flashrom-1.3.0
	dev-libs/jansson:=
	dev-libs/libmd
	dev-libs/libserialport
	net-misc/curl
	virtual/libusb:1
	test? ( dev-util/cmocka )
"
RDEPEND="
	>=sys-apps/flashrom-1.3.0[serprog]
	dev-libs/jansson:=
	dev-libs/libmd
	dev-libs/libserialport
	net-misc/curl
	virtual/libusb:1
	simulator? ( dev-util/umockdev )
"
BDEPEND="
	${PYTHON_DEPS}
	virtual/pkgconfig
	test? ( dev-vcs/git )
"

src_configure() {
	local emesonargs=(
		$(meson_use simulator)
		$(meson_use test tests)
		-Dudevdir="${EPREFIX}$(get_udevdir)"
	)
	meson_src_configure
}

src_test() {
	meson_src_test --no-suite system --no-suite sanitized --no-suite packaging
}

pkg_postinst() {
	udev_reload
}

pkg_postrm() {
	udev_reload
}
