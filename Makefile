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

VERSION = 0.1.0
ARCH    = x86_64

# Prints a short line for each file; with V=1 the whole command, with -s nothing.
V = 0
ifneq ($(V)$(findstring s,$(firstword -$(MAKEFLAGS))),0)
say =
else
say = @printf '  %-5s %s\n' $(1) $(2) &&
endif

# Every version of BOOTX64.EFI has this size, in bytes: QEMU's vvfat freezes the size of a file when a guest
# starts, and the file may be replaced while guests run.
EFI_SIZE = 131072

# The files *.$(2) in the directories $(1), to a depth of three.
in = $(sort $(foreach d,$(1),$(wildcard $(d)/*.$(2) $(d)/*/*.$(2) $(d)/*/*/*.$(2))))

PURE_DIRS = base fs config loader
PURE     := $(call in,$(PURE_DIRS),c)
EFI      := $(sort $(wildcard efi/*.c efi/$(ARCH)/*.c))
HOST     := $(sort $(wildcard host/*.c))
PACK     := $(sort $(filter-out pack/unpack.c,$(wildcard pack/*.c)))
COMPRESS := pack/compress.c pack/expand.c pack/layout.c pack/parse.c
ELF2PE   := $(filter-out $(COMPRESS),$(PACK))
SEAMS    := $(sort $(wildcard test/unit/*.c))
TESTS    := $(filter-out $(SEAMS),$(call in,test/unit,c))

WARNINGS = -Wall -Wextra -Werror -Wshadow -Wconversion -Wno-sign-conversion -Wstrict-prototypes \
           -Wmissing-prototypes -Wvla -Wundef -Wwrite-strings -Wimplicit-fallthrough -Wformat=2
LINT_FLAGS = -std=c2x -D_GNU_SOURCE -I. -DVERSION=\"$(VERSION)\"
COMMON   = -std=c2x -D_GNU_SOURCE -D_FILE_OFFSET_BITS=64 $(WARNINGS) -I. -DVERSION='"$(VERSION)"' -MMD -MP

# Code that must not depend on an operating system sees only the compiler's own headers.
BUILTIN_INCLUDE := $(shell $(CC) -print-file-name=include)
FREESTANDING = -ffreestanding -nostdinc -isystem $(BUILTIN_INCLUDE)

HOST_FLAGS = $(CPPFLAGS) $(CFLAGS) $(COMMON) -O2 -g
EFI_FLAGS  = $(COMMON) $(FREESTANDING) -Os -fno-stack-protector -fshort-wchar -mno-red-zone \
             -mgeneral-regs-only -fpie -include efi/hidden.h -fno-asynchronous-unwind-tables \
             -fno-ident -ffunction-sections -fdata-sections -ffile-prefix-map=$(CURDIR)=. \
             -DGNU_EFI_USE_MS_ABI
EFI_INCLUDE = -isystem /usr/include/efi -isystem /usr/include/efi/$(ARCH)

# An EFI program is linked as a position-independent executable in ELF; elf2pe makes the PE file of it.
EFI_LINK   = $(LD) -pie --no-dynamic-linker --no-undefined --gc-sections -e efi_main -z noexecstack \
             -z norelro -z max-page-size=4096 -T efi/program.lds

PURE_HOST  = $(PURE:%.c=$B/host/%.o)
EFI_OBJ    = $(PURE:%.c=$B/efi/%.o) $(EFI:%.c=$B/efi/%.o)
UNPACK_OBJ = $B/efi/efi/efi.o $B/efi/efi/sbat.o $B/efi/pack/expand.o

all: $B/BOOTX64.EFI $B/partless.efi $B/partless ## build the loader and the `partless` command

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  make %-11s %s\n", $$1, $$2}' Makefile mk/*.mk

# partless.efi is the loader. BOOTX64.EFI, which guests read, is a program that holds it packed, unpacks it and
# calls it.
$B/partless.elf: $(EFI_OBJ)

$B/BOOTX64.EFI: $B/partless.unpacker $B/elf2pe
	$(call say,PE,$@)$B/elf2pe $(EFI_SIZE) <$< >$@

$B/%.efi: $B/%.elf $B/elf2pe
	$(call say,PE,$@)$B/elf2pe <$< >$@

$B/%.elf: efi/program.lds
	$(call say,LD,$@)$(EFI_LINK) -o $@ $(filter %.o,$^)

$B/%.packed: $B/%.efi $B/compress
	$(call say,PACK,$@)$B/compress -p <$< >$@

$B/%.main.o: pack/unpack.c $B/%.packed Makefile
	$(call say,CC,$<)$(CC) $(EFI_FLAGS) $(EFI_INCLUDE) -DPACKED='"$B/$*.packed"' -c -o $@ $<

$B/%.unpacker: $B/%.main.o $(UNPACK_OBJ) efi/program.lds
	$(call say,LD,$@)$(EFI_LINK) -o $@ $(filter %.o,$^)

.PRECIOUS: $B/%.packed $B/%.main.o $B/%.elf $B/%.unpacker

$B/compress: $(COMPRESS:%.c=$B/host/%.o)
$B/elf2pe: $(ELF2PE:%.c=$B/host/%.o)
$B/compress $B/elf2pe:
	$(call say,LD,$@)$(CC) $(HOST_FLAGS) -o $@ $^

# The pure folders are linked as a library: a program gets only the files whose functions it calls, so the
# command needs none of those that call the console or the firmware. ar's `q` appends without comparing
# names, so that entry.o of one folder does not replace that of another.
$B/host/pure.a: $(PURE_HOST)
$B/%/pure.a:
	@rm -f $@
	$(call say,AR,$@)$(AR) qcs $@ $^

$B/partless: $(HOST:%.c=$B/host/%.o) $B/host/pure.a
	$(call say,LD,$@)$(CC) $(HOST_FLAGS) $(LDFLAGS) -o $@ $^

# The same sources are built three times: for the loader, for the command and, in mk/test.mk, for the
# tests. The pure folders are freestanding in each.
$(PURE:%.c=$B/efi/%.o) $B/efi/pack/expand.o: $B/efi/%.o: %.c Makefile
	@mkdir -p $(@D)
	$(call say,CC,$<)$(CC) $(EFI_FLAGS) -c -o $@ $<

$B/efi/pack/expand.o: EFI_FLAGS += -O2 # every boot waits for it

# With -Os gcc clears and copies small objects by `rep` in place. QEMU's TCG translates that into three blocks
# of code where a call is one, so gcc is told to call memset() and memcpy(). clang has no such option.
LIBCALL := $(shell $(CC) -mstringop-strategy=libcall -E - </dev/null >/dev/null 2>&1 && \
	echo -mstringop-strategy=libcall)
$(EFI_OBJ): EFI_FLAGS += $(LIBCALL)

$(EFI:%.c=$B/efi/%.o): $B/efi/%.o: %.c Makefile
	@mkdir -p $(@D)
	$(call say,CC,$<)$(CC) $(EFI_FLAGS) $(EFI_INCLUDE) -c -o $@ $<

$(PURE_HOST): $B/host/%.o: %.c Makefile
	@mkdir -p $(@D)
	$(call say,CC,$<)$(CC) $(HOST_FLAGS) $(FREESTANDING) -c -o $@ $<

$(HOST:%.c=$B/host/%.o) $(PACK:%.c=$B/host/%.o): $B/host/%.o: %.c Makefile
	@mkdir -p $(@D)
	$(call say,CC,$<)$(CC) $(HOST_FLAGS) -c -o $@ $<

demo: ## boot a small guest in this terminal (ACCEL=kvm where KVM works)
	@scripts/setup demo
	@$(MAKE) $B/BOOTX64.EFI
	@scripts/demo $B $(ACCEL)

clean: ## remove everything that was built
	rm -rf $B

include mk/bench.mk mk/test.mk mk/fuzz.mk mk/develop.mk mk/install.mk

-include $(shell find $B -path $B/cache -prune -o -name '*.d' -type f -print 2>/dev/null)

.PHONY: all help demo clean
