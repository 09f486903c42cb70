# SPDX-License-Identifier: GPL-2.0-or-later
# A thin front to meson. `make` builds and never installs a package. `make deps` installs what is
# missing, from the distribution; so do the targets that run tests or the simulator, first of all,
# unless NO_INSTALL=1 is given. What each of them needs is in tools/packages.

BUILD ?= build
MESON_ARGS ?=

# meson and ninja know best what can be done side by side; deps comes before all in `demo: deps-demo all`.
.NOTPARALLEL:
.PHONY: all demo check check-kernel check-package check-recipes coverage mutate torture fuzz bench calibrate docs \
	stories patches package install uninstall deps deps-demo clean

all: $(BUILD)/build.ninja
	@ninja --quiet -C $(BUILD)

$(BUILD)/build.ninja:
	@meson setup $(MESON_ARGS) $(BUILD) || { \
		echo "make: nothing was built. \`make deps\` installs what the build needs" \
			"(Debian and its relatives; through sudo)" >&2; \
		NO_INSTALL=1 tools/install-deps build; exit 1; }

SETS ?= build
deps:
	@tools/install-deps $(SETS)

# What runs programs on the virtual device.
deps-demo:
	@tools/install-deps build demo

demo: deps-demo all
	@tools/demo $(BUILD) $(ARGS)

# The second of its builds is made where clang is: `make deps SETS=clang`.
check:
	@tools/install-deps build demo check
	@tools/check $(BUILD)

# Which lines the unit tests in C run, by room. ARGS=engine: by source; ARGS=engine/keep.c: which
# lines of it they do not.
coverage: deps-demo
	@tools/coverage $(BUILD)-coverage $(ARGS)

# Seeded bugs in programmer/ and engine/, or ARGS="[--count=N] SOURCE|FOLDER...".
mutate: deps-demo
	@tools/mutate $(BUILD) $(ARGS)

# The adapter in a real kernel, in QEMU. Not part of check: it downloads a kernel.
check-kernel: deps-demo all
	@tools/check-kernel $(BUILD)

# What takes longer, more than an hour of it; check walks a sample.
torture: deps-demo all
	@tools/torture $(BUILD)

# Any bytes into every parser, with libFuzzer and the sanitizers; ARGS="SECONDS [TARGET...]".
fuzz:
	@tools/install-deps build clang
	@tools/fuzz $(BUILD)-fuzz $(ARGS)

# Debian packages of what is committed, into $(BUILD)/package; the source folder stays as it is.
package:
	@tools/install-deps build package
	@DEB_BUILD_OPTIONS="$${DEB_BUILD_OPTIONS-nocheck}" packaging/debian/build $(BUILD)/package

# Builds them with their tests, lints, compares a second build, installs and removes them in a clean
# root. As root.
check-package:
	@tools/install-deps build demo package check-package
	@tools/check-package $(BUILD)

# What can be tried here of the recipes for other systems.
check-recipes:
	@tools/install-deps build recipes
	@tools/check-recipes $(BUILD)

bench: deps-demo all
	@tools/bench-adapters $(BUILD)
	@tools/bench-uart $(BUILD)
	@tools/bench $(BUILD)

calibrate: deps-demo all
	@tools/calibrate $(BUILD)

# The tables in docs/ that are made from the chip database; commit them.
docs:
	@python3 chipdb/generate.py docs docs
	@python3 cli/docs/json_docs.py docs

# What the commands show on the virtual device, as a page of the docs; commit it.
stories: deps-demo all
	@tools/stories $(BUILD)

# The series of patches for flashrom, or that for one RELEASE. Python is enough for it.
patches:
	@patches/make-patches $(if $(RELEASE),--release $(RELEASE)) $(BUILD)/patches

install: all
	@meson install -C $(BUILD)

# What the last `make install` of this build has installed.
uninstall:
	@ninja --quiet -C $(BUILD) uninstall

clean:
	rm -rf $(BUILD) $(BUILD)-*
