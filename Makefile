# SPDX-License-Identifier: GPL-2.0-or-later
# A thin front to meson. `make` builds and never installs a package. `make deps` installs what is
# missing, from the distribution; so do the targets that run tests or the simulator, first of all.

BUILD ?= build
MESON_ARGS ?=

# meson and ninja know best what can be done side by side; deps comes before all in `demo: deps all`.
.NOTPARALLEL:
.PHONY: all demo check check-kernel coverage torture bench calibrate docs stories patches install deps clean

all: $(BUILD)/build.ninja
	@ninja --quiet -C $(BUILD)

$(BUILD)/build.ninja:
	@meson setup $(MESON_ARGS) $(BUILD) || { \
		echo "make: nothing was built. \`make deps\` installs what the build needs" \
			"(Debian and its relatives; through sudo)" >&2; exit 1; }

deps:
	@tools/install-deps

demo: deps all
	@tools/demo $(BUILD)

# With the runtime of clang's sanitizers.
check:
	@tools/install-deps libclang-rt-dev
	@tools/check $(BUILD)

# Which lines the unit tests in C run, by room. ARGS=engine: by source; ARGS=engine/keep.c: which
# lines of it they do not.
coverage: deps
	@tools/coverage $(BUILD)-coverage $(ARGS)

# The adapter in a real kernel, in QEMU. Not part of check: it downloads a kernel.
check-kernel: deps all
	@tools/check-kernel $(BUILD)

# What takes longer, half an hour of it; check walks a sample.
torture: deps all
	@tools/torture $(BUILD)

bench: deps all
	@tools/bench $(BUILD)

calibrate: deps all
	@tools/calibrate $(BUILD)

# The tables in docs/ that are made from the chip database; commit them.
docs:
	@python3 chipdb/generate.py docs docs

# What the commands show on the virtual device, as a page of the docs; commit it.
stories: deps all
	@tools/stories $(BUILD)

# The patches for flashrom, from programmer/ and the chip database. Python is enough for it.
patches:
	@patches/make-patches $(BUILD)/patches

install: all
	@meson install -C $(BUILD)

clean:
	rm -rf $(BUILD) $(BUILD)-*
