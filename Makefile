# Partless: see `make help`.
.POSIX:
.SUFFIXES:
.DELETE_ON_ERROR:

CC      = gcc
LD      = ld
AR      = ar
PYTHON  = /usr/bin/python3
ACCEL   = tcg
JOBS    = 2
WORKERS = 3
MARK    = not trial
B       = build

# `make install` puts everything below $(DESTDIR). The documents name the places that they are put to.
# BOOT is the directory that guests see. libvirt's AppArmor refuses guests that name a file in /usr/share.
DESTDIR =
PREFIX  = /usr/local
ETC     = /etc
BOOT    = /var/lib/partless/boot

VERSION = 0.1.0
ARCH    = x86_64

# The file on the host never changes its size: QEMU's vvfat freezes it when a guest starts.
EFI_SIZE = 131072

# Folders have rooms, and rooms may have rooms.
in = $(sort $(foreach d,$(1),$(wildcard $(d)/*.$(2) $(d)/*/*.$(2) $(d)/*/*/*.$(2))))

PURE_DIRS = base fs config loader
PURE     := $(call in,$(PURE_DIRS),c)
EFI      := $(sort $(wildcard efi/*.c efi/$(ARCH)/*.c))
HOST     := $(sort $(wildcard host/*.c))
SEAMS    := $(sort $(wildcard test/unit/*.c))
PACK     := $(sort $(filter-out pack/unpack.c,$(wildcard pack/*.c)))
TESTS    := $(filter-out $(SEAMS),$(call in,test/unit,c))
FUZZ     := $(sort $(wildcard test/fuzz/*.c))
FUZZERS  := $(patsubst test/fuzz/fuzz_%.c,%,$(wildcard test/fuzz/fuzz_*.c))
SOURCES  := $(PURE) $(EFI) $(HOST) $(PACK) pack/unpack.c $(SEAMS) $(TESTS) $(FUZZ) \
            $(sort $(wildcard bench/*.c))
HEADERS  := $(call in,$(PURE_DIRS) efi host pack test,h)

WARNINGS = -Wall -Wextra -Werror -Wshadow -Wconversion -Wno-sign-conversion -Wstrict-prototypes \
           -Wmissing-prototypes -Wvla -Wundef -Wwrite-strings -Wimplicit-fallthrough -Wformat=2
LINT_FLAGS = -std=c2x -D_GNU_SOURCE -I. -DVERSION=\"$(VERSION)\"
COMMON   = -std=c2x -D_GNU_SOURCE -D_FILE_OFFSET_BITS=64 $(WARNINGS) -I. -DVERSION='"$(VERSION)"' -MMD -MP

# What may not know that there is an operating system sees the compiler's own headers and no other.
BUILTIN_INCLUDE := $(shell $(CC) -print-file-name=include)
FREESTANDING = -ffreestanding -nostdinc -isystem $(BUILTIN_INCLUDE)

HOST_FLAGS = $(CPPFLAGS) $(CFLAGS) $(COMMON) -O2 -g
TEST_FLAGS = $(COMMON) -O1 -g -fsanitize=address,undefined -fno-sanitize-recover=all \
             -fno-omit-frame-pointer
EFI_FLAGS  = $(COMMON) $(FREESTANDING) -Os -fno-stack-protector -fshort-wchar -mno-red-zone \
             -mgeneral-regs-only -fpie -include efi/hidden.h -fno-asynchronous-unwind-tables \
             -fno-ident -ffunction-sections -fdata-sections -ffile-prefix-map=$(CURDIR)=. \
             -DGNU_EFI_USE_MS_ABI
EFI_INCLUDE = -isystem /usr/include/efi -isystem /usr/include/efi/$(ARCH)
EFI_LINK   = $(LD) -m i386pep --subsystem 10 -e efi_main --enable-reloc-section --nxcompat \
             --dynamicbase --no-insert-timestamp --image-base 0 --section-alignment 4096 \
             --file-alignment 512 -s -T efi/$(ARCH)/pe.lds

# In two steps: the first, in ELF, drops every function that nobody calls; the second makes the PE
# file and refuses what is undefined.
drop_unused = $(LD) -r --gc-sections -e efi_main -u sbat -o $@ $(1)

# Links $(1) twice: how much padding makes it EFI_SIZE bytes shows when it has none. Too large a
# program moves the location counter backwards, and that is an error.
link_efi = $(EFI_LINK) --defsym=PAD=0 -o $@ $(1)
link_efi_padded = $(link_efi) && \
	$(EFI_LINK) --defsym=PAD=$$(($(EFI_SIZE) - $$(stat -c %s $@))) -o $@ $(1)

PURE_HOST = $(PURE:%.c=$B/host/%.o)
PURE_TEST = $(PURE:%.c=$B/test/%.o)
EFI_OBJ   = $(PURE:%.c=$B/efi/%.o) $(EFI:%.c=$B/efi/%.o)
UNPACK_OBJ = $B/efi/efi/efi.o $B/efi/efi/sbat.o $B/efi/pack/expand.o
TEST_BIN  = $(TESTS:test/unit/%.c=$B/test/%)

all: $B/BOOTX64.EFI $B/partless.efi $B/partless ## build the loader and the `partless` command

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  make %-11s %s\n", $$1, $$2}' Makefile

$B/loader.o: $(EFI_OBJ)
	$(call drop_unused,$^)

# The loader as it is; and as every guest reads it, packed into a program that unpacks it.
$B/partless.efi: $B/loader.o efi/$(ARCH)/pe.lds
	$(call link_efi,$<)

$B/BOOTX64.EFI: $B/partless.unpack.o efi/$(ARCH)/pe.lds
	$(call link_efi_padded,$<)

$B/%.packed: $B/%.efi $B/compress
	$B/compress -p <$< >$@

$B/%.main.o: pack/unpack.c $B/%.packed Makefile
	$(CC) $(EFI_FLAGS) $(EFI_INCLUDE) -DPACKED='"$B/$*.packed"' -c -o $@ $<

$B/%.unpack.o: $B/%.main.o $(UNPACK_OBJ)
	$(call drop_unused,$^)

.PRECIOUS: $B/%.packed $B/%.main.o $B/%.unpack.o

$B/compress: $(PACK:%.c=$B/host/%.o)
	$(CC) $(HOST_FLAGS) -o $@ $^

$B/compress-asan: $(PACK:%.c=$B/test/%.o)
	$(CC) $(TEST_FLAGS) -o $@ $^

# As libraries: a program takes what it calls, so the command needs no console and no firmware.
# `q` keeps files of the same name in different rooms.
$B/host/pure.a: $(PURE_HOST)
$B/test/pure.a: $(PURE_TEST)
$B/%/pure.a:
	rm -f $@
	$(AR) qcs $@ $^

$B/partless: $(HOST:%.c=$B/host/%.o) $B/host/pure.a
	$(CC) $(HOST_FLAGS) $(LDFLAGS) -o $@ $^

$B/partless-asan: $(HOST:%.c=$B/test/%.o) $B/test/pure.a
	$(CC) $(TEST_FLAGS) -o $@ $^

$(TEST_BIN): $B/test/%: $B/test/test/unit/%.o $(SEAMS:%.c=$B/test/%.o) $B/test/pure.a
	@mkdir -p $(@D)
	$(CC) $(TEST_FLAGS) -o $@ $^ -lcmocka

# One rule a world and a half: the pure folders are freestanding in each of the three.
$(PURE:%.c=$B/efi/%.o) $B/efi/pack/expand.o: $B/efi/%.o: %.c Makefile
	@mkdir -p $(@D)
	$(CC) $(EFI_FLAGS) -c -o $@ $<

$B/efi/pack/expand.o: EFI_FLAGS += -O2 # it runs long, at each boot

# To clear or copy a little by `rep` is three blocks of code to a processor that translates, one call
# is one. clang has no such option.
LIBCALL := $(shell $(CC) -mstringop-strategy=libcall -E - </dev/null >/dev/null 2>&1 && \
	echo -mstringop-strategy=libcall)
$(EFI_OBJ): EFI_FLAGS += $(LIBCALL)

$(EFI:%.c=$B/efi/%.o): $B/efi/%.o: %.c Makefile
	@mkdir -p $(@D)
	$(CC) $(EFI_FLAGS) $(EFI_INCLUDE) -c -o $@ $<

$(PURE_HOST): $B/host/%.o: %.c Makefile
	@mkdir -p $(@D)
	$(CC) $(HOST_FLAGS) $(FREESTANDING) -c -o $@ $<

$(HOST:%.c=$B/host/%.o) $(PACK:%.c=$B/host/%.o): $B/host/%.o: %.c Makefile
	@mkdir -p $(@D)
	$(CC) $(HOST_FLAGS) -c -o $@ $<

$(PURE_TEST): $B/test/%.o: %.c Makefile
	@mkdir -p $(@D)
	$(CC) $(TEST_FLAGS) $(FREESTANDING) -c -o $@ $<

$(HOST:%.c=$B/test/%.o) $(PACK:%.c=$B/test/%.o) $(SEAMS:%.c=$B/test/%.o) $(TESTS:%.c=$B/test/%.o): \
		$B/test/%.o: %.c Makefile
	@mkdir -p $(@D)
	$(CC) $(TEST_FLAGS) -c -o $@ $<

unit: $(TEST_BIN) ## run the unit tests
	@for t in $(TEST_BIN); do $$t || exit 1; done

$B/bench/bench_fs: bench/bench_fs.c $(SEAMS:%.c=$B/test/%.o) $B/test/pure.a
	@mkdir -p $(@D)
	$(CC) $(TEST_FLAGS) -o $@ $^ -lcmocka

# ROUNDS=1 BENCH="--most 1 --quick --cases small" is a short one; bench/bench-boot --help tells the rest.
ROUNDS = 5
bench: ## boot guests through Partless, GRUB, rEFInd and QEMU alone, and compare
	@scripts/setup bench
	@$(MAKE) -j$(JOBS) $B/BOOTX64.EFI $B/test/probe.efi $(WATCH)
	@$(PYTHON) -B bench/bench-boot $B --rounds $(ROUNDS) $(BENCH)

bench-fs: $B/partless $B/bench/bench_fs ## count requests, and time `partless cat` beside others
	@$B/bench/bench_fs 2>/dev/null
	@bench/bench-fs $B

# SCALE="--guests 1,16 --rounds 3" asks for other numbers; bench/bench-scale --help tells the rest.
bench-scale: ## many guests at once, and the least memory, by Partless and by GRUB
	@scripts/setup bench
	@$(MAKE) -j$(JOBS) $B/BOOTX64.EFI
	@$(PYTHON) -B bench/bench-scale $B $(SCALE)

# More EFI programs, for the tests and for `make bench`: built as the loader is.
TEST_EFI = $B/test/around.efi $B/test/hello.efi $B/test/old_stub.efi $B/test/probe.efi
$(TEST_EFI): $B/test/%.efi: test/efi/%.c efi/$(ARCH)/pe.lds Makefile
	@mkdir -p $(@D)
	$(CC) $(EFI_FLAGS) $(EFI_INCLUDE) -c -o $B/test/$*.o $<
	$(call link_efi,$B/test/$*.o)

# What `make bench` watches QEMU with, and where in partless.efi it looks.
WATCH = $B/bench/marks.so $B/bench/partless.symbols

$B/bench/partless.symbols: $B/loader.o efi/$(ARCH)/pe.lds
	@mkdir -p $(@D)
	$(filter-out -s,$(call link_efi,$<))

$B/bench/marks.so: bench/marks.c Makefile
	@mkdir -p $(@D)
	$(CC) $(HOST_FLAGS) -fPIC -fvisibility=hidden -shared -o $@ $<

# What is packed as the loader is: a program that tells what it was handed, and none.
PACKED_EFI = $B/test/packed-hello.efi $B/test/packed-nothing.efi
$(PACKED_EFI): EFI_SIZE = 20480
$(PACKED_EFI): $B/test/packed-%.efi: $B/test/%.unpack.o efi/$(ARCH)/pe.lds
	$(call link_efi_padded,$<)

$B/test/nothing.packed: $B/compress
	@mkdir -p $(@D)
	echo 'This text is as long as it has to be, and yet no program.' | $B/compress >$@

# The loader as it is where the processor says that the guest is confidential, which no processor
# of QEMU's own does.
$B/test/says-confidential.o: test/efi/confidential.c Makefile
	@mkdir -p $(@D)
	$(CC) $(EFI_FLAGS) $(EFI_INCLUDE) -c -o $@ $<

$B/test/confidential.o: $(filter-out $B/efi/efi/$(ARCH)/confidential.o,$(EFI_OBJ)) $B/test/says-confidential.o
	$(call drop_unused,$^)

$B/test/confidential.efi: $B/test/confidential.o efi/$(ARCH)/pe.lds
	$(call link_efi,$<)

tested: all $(TEST_EFI) $(PACKED_EFI) $B/test/confidential.efi $B/partless-asan \
	$B/compress-asan $(WATCH)

# Fuzzing needs clang's libFuzzer; to replay the corpus does not. The sources are read in one go:
# what is instrumented for coverage is of no use to anything else.
CLANG        = clang
FUZZ_SECONDS = 600
FUZZ_FLAGS   = -std=c2x -D_GNU_SOURCE -I. -DVERSION='"$(VERSION)"' -O1 -g -fno-omit-frame-pointer \
               -fsanitize=fuzzer,address,undefined -fno-sanitize-recover=all
FUZZ_SHARED  = test/fuzz/fuzz.c test/fuzz/disk.c
FUZZ_PURE    = $(filter base/% fs/% config/%,$(PURE)) \
               loader/cmdline.c loader/menu/edit.c loader/menu/keys.c loader/log.c loader/plan.c \
               loader/plan_initrd.c loader/progress.c loader/menu/row.c
FUZZ_BIN     = $(FUZZERS:%=$B/fuzz/%)
REPLAY_BIN   = $(FUZZERS:%=$B/fuzz/replay-%)
export FUZZ_IMAGES = $B/fuzz/images

$B/fuzz/images: test/fuzz/images test/fs/mke2fs.conf
	sh test/fuzz/images $@ >/dev/null

$(FUZZ_BIN): $B/fuzz/%: test/fuzz/fuzz_%.c $(FUZZ_SHARED) $(FUZZ_PURE) $(HEADERS) Makefile
	@mkdir -p $(@D)
	$(CLANG) $(FUZZ_FLAGS) -o $@ $< $(FUZZ_SHARED) $(FUZZ_PURE)

$(FUZZ:%.c=$B/test/%.o): $B/test/%.o: %.c Makefile
	@mkdir -p $(@D)
	$(CC) $(TEST_FLAGS) -c -o $@ $<

$(REPLAY_BIN): $B/fuzz/replay-%: $B/test/test/fuzz/fuzz_%.o $(FUZZ_SHARED:%.c=$B/test/%.o) \
		$B/test/test/fuzz/replay.o $B/test/pure.a
	@mkdir -p $(@D)
	$(CC) $(TEST_FLAGS) -o $@ $^

# Finds land in $B/fuzz/finds; what is new and worth keeping is put into the tree by fuzz-merge.
fuzz: $(FUZZ_BIN) $B/fuzz/images ## run each fuzzer for FUZZ_SECONDS (600), JOBS at once
	@mkdir -p $(FUZZERS:%=$B/fuzz/corpus/%) $B/fuzz/finds
	printf '%s\n' $(FUZZERS) | xargs -P$(JOBS) -I{} sh -c '$B/fuzz/{} \
		-max_total_time=$(FUZZ_SECONDS) -timeout=60 -artifact_prefix=$B/fuzz/finds/{}- \
		-max_len=40000 $(FUZZ_OPTIONS) $B/fuzz/corpus/{} test/fuzz/corpus/{} >$B/fuzz/{}.log 2>&1 \
		|| { tail -50 $B/fuzz/{}.log; exit 255; }'

# One input for each branch is enough to keep: hundreds more would only count loops differently.
fuzz-merge: $(FUZZ_BIN) $B/fuzz/images ## put what the fuzzers reached anew into the tree's corpus
	for f in $(FUZZERS); do $B/fuzz/$$f -set_cover_merge=1 -use_counters=0 -use_cmp=0 \
		-max_len=10000 test/fuzz/corpus/$$f $B/fuzz/corpus/$$f || exit 1; done

replay: $(REPLAY_BIN) $B/fuzz/images ## run every input of the corpus once, without clang
	@for f in $(FUZZERS); do $B/fuzz/replay-$$f test/fuzz/corpus/$$f || exit 1; done

SHARE = $(DESTDIR)$(PREFIX)/share
LOADER_DIR = $(DESTDIR)$(BOOT)

# The directory that guests see holds the loader, and a link to where the host's own words belong.
# The loader unpacked, for who wants to sign it, lies below PREFIX.
install: all ## put loader, commands, man pages and documents below DESTDIR and PREFIX (/usr/local)
	install -d $(DESTDIR)$(PREFIX)/bin $(SHARE)/man/man1 $(SHARE)/man/man5 $(LOADER_DIR)/EFI/BOOT \
		$(SHARE)/partless $(SHARE)/doc/partless/examples
	install -m 755 $B/partless $(DESTDIR)$(PREFIX)/bin/partless
	install -m 755 scripts/mkguest $(DESTDIR)$(PREFIX)/bin/partless-mkguest
	install -m 644 $B/BOOTX64.EFI $(LOADER_DIR).new
	mv -f $(LOADER_DIR).new $(LOADER_DIR)/EFI/BOOT/BOOTX64.EFI
	install -m 644 $B/partless.efi $(SHARE)/partless/partless.efi
	ln -sfn $(ETC)/partless/partless.conf $(LOADER_DIR)/partless.conf
	install -m 644 docs/*.1 $(SHARE)/man/man1
	install -m 644 docs/*.5 $(SHARE)/man/man5
	install -m 644 README.md CHANGELOG.md LICENSE docs/*.md docs/*.svg $(SHARE)/doc/partless
	install -m 644 docs/examples/*.xml $(SHARE)/doc/partless/examples
	sed -i 's,/var/lib/partless/boot,$(BOOT),g; s,/usr/share/\(partless\|doc/partless\),$(PREFIX)/share/\1,g' \
		$(SHARE)/doc/partless/*.md \
		$(SHARE)/doc/partless/examples/*.xml $(SHARE)/man/man1/partless-mkguest.1
	sed -i 's,](docs/,](,g' $(SHARE)/doc/partless/*.md

uninstall: ## remove what install put there
	rm -f $(DESTDIR)$(PREFIX)/bin/partless $(DESTDIR)$(PREFIX)/bin/partless-mkguest
	rm -f $(patsubst docs/%,$(SHARE)/man/man1/%,$(wildcard docs/*.1))
	rm -f $(patsubst docs/%,$(SHARE)/man/man5/%,$(wildcard docs/*.5))
	rm -rf $(LOADER_DIR) $(SHARE)/partless $(SHARE)/doc/partless

# From a copy of the sources, so that nothing is left outside of $B; without the unit tests, which
# `make check` runs.
deb: ## make a Debian package in build/deb
	rm -rf $B/deb
	mkdir -p $B/deb/partless-$(VERSION)
	tar -c --exclude=./$B --exclude=./.git . | tar -x -C $B/deb/partless-$(VERSION)
	cd $B/deb/partless-$(VERSION) && DEB_BUILD_OPTIONS=nocheck dpkg-buildpackage -b -us -uc -Pnocheck
	rm -rf $B/deb/partless-$(VERSION)

demo: ## boot a small guest in this terminal (ACCEL=kvm where KVM works)
	@scripts/setup demo
	@$(MAKE) $B/BOOTX64.EFI
	@scripts/demo $B $(ACCEL)

check: ## build everything and run all tests but the long trials
	@scripts/setup check
	@$(MAKE) -j$(JOBS) tested $(TEST_BIN) $(REPLAY_BIN) $(FUZZ_BIN)
	@$(MAKE) unit
	@$(MAKE) replay
	@$(MAKE) fuzz FUZZ_SECONDS=5 FUZZ_OPTIONS=-seed=1
	@$(MAKE) pytest

pytest: ## run the tests that need programs and machines (PYTEST="-k boot" picks some)
	$(PYTHON) -m pytest -n $(WORKERS) -m '$(MARK)' $(PYTEST)

check-all: ## what check does, and every trial: some hours, for the sources are checked in Debian 12 and 13 too
	@scripts/setup trial bench
	@$(MAKE) check MARK=

TIDY = clang-tidy --quiet
lint: ## clang-tidy, cppcheck, the layout of the sources and the man pages
	@scripts/setup develop
	clang-format --dry-run -Werror $(SOURCES) $(HEADERS)
	printf '%s\n' $(PURE) | xargs -P$(JOBS) -n4 sh -c '$(TIDY) "$$@" -- $(LINT_FLAGS) -ffreestanding' -
	printf '%s\n' $(EFI) pack/unpack.c | xargs -P$(JOBS) -n4 sh -c '$(TIDY) "$$@" -- $(LINT_FLAGS) \
		-DPACKED=\"\" -ffreestanding -fshort-wchar -DGNU_EFI_USE_MS_ABI $(EFI_INCLUDE)' -
	printf '%s\n' $(HOST) $(PACK) | xargs -P$(JOBS) -n4 sh -c '$(TIDY) "$$@" -- $(LINT_FLAGS)' -
	cppcheck --std=c11 --enable=warning,performance,portability --error-exitcode=1 --inline-suppr \
		--suppress=funcArgOrderDifferent -q -I. $(PURE_DIRS) host $(PACK)
	mandoc -Tlint -Wwarning docs/*.[15]

clean: ## remove everything that was built
	rm -rf $B

format: ## lay out the sources as .clang-format says
	clang-format -i $(SOURCES) $(HEADERS)

-include $(shell find $B -name '*.d' 2>/dev/null)

.PHONY: all help unit bench bench-fs bench-scale tested demo check pytest lint clean format install uninstall deb check-all fuzz fuzz-merge replay
