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

# A short line for each file; V=1 prints the commands, and -s nothing.
V = 0
ifneq ($(V)$(findstring s,$(firstword -$(MAKEFLAGS))),0)
say =
else
say = @printf '  %-5s %s\n' $(1) $(2) &&
endif

# The file on the host never changes its size: QEMU's vvfat freezes it when a guest starts.
EFI_SIZE = 131072

# Folders have rooms, and rooms may have rooms.
in = $(sort $(foreach d,$(1),$(wildcard $(d)/*.$(2) $(d)/*/*.$(2) $(d)/*/*/*.$(2))))

PURE_DIRS = base fs config loader
PURE     := $(call in,$(PURE_DIRS),c)
EFI      := $(sort $(wildcard efi/*.c efi/$(ARCH)/*.c))
HOST     := $(sort $(wildcard host/*.c))
PACK     := $(sort $(filter-out pack/unpack.c,$(wildcard pack/*.c)))
SEAMS    := $(sort $(wildcard test/unit/*.c))
TESTS    := $(filter-out $(SEAMS),$(call in,test/unit,c))

WARNINGS = -Wall -Wextra -Werror -Wshadow -Wconversion -Wno-sign-conversion -Wstrict-prototypes \
           -Wmissing-prototypes -Wvla -Wundef -Wwrite-strings -Wimplicit-fallthrough -Wformat=2
LINT_FLAGS = -std=c2x -D_GNU_SOURCE -I. -DVERSION=\"$(VERSION)\"
COMMON   = -std=c2x -D_GNU_SOURCE -D_FILE_OFFSET_BITS=64 $(WARNINGS) -I. -DVERSION='"$(VERSION)"' -MMD -MP

# What may not know that there is an operating system sees the compiler's own headers and no other.
BUILTIN_INCLUDE := $(shell $(CC) -print-file-name=include)
FREESTANDING = -ffreestanding -nostdinc -isystem $(BUILTIN_INCLUDE)

HOST_FLAGS = $(CPPFLAGS) $(CFLAGS) $(COMMON) -O2 -g
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

PURE_HOST  = $(PURE:%.c=$B/host/%.o)
EFI_OBJ    = $(PURE:%.c=$B/efi/%.o) $(EFI:%.c=$B/efi/%.o)
UNPACK_OBJ = $B/efi/efi/efi.o $B/efi/efi/sbat.o $B/efi/pack/expand.o

all: $B/BOOTX64.EFI $B/partless.efi $B/partless ## build the loader and the `partless` command

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  make %-11s %s\n", $$1, $$2}' Makefile mk/*.mk

$B/loader.o: $(EFI_OBJ)
	$(call say,LD,$@)$(call drop_unused,$^)

# The loader as it is; and as every guest reads it, packed into a program that unpacks it.
$B/partless.efi: $B/loader.o efi/$(ARCH)/pe.lds
	$(call say,LD,$@)$(call link_efi,$<)

$B/BOOTX64.EFI: $B/partless.unpack.o efi/$(ARCH)/pe.lds
	$(call say,LD,$@)$(call link_efi_padded,$<)

$B/%.packed: $B/%.efi $B/compress
	$(call say,PACK,$@)$B/compress -p <$< >$@

$B/%.main.o: pack/unpack.c $B/%.packed Makefile
	$(call say,CC,$<)$(CC) $(EFI_FLAGS) $(EFI_INCLUDE) -DPACKED='"$B/$*.packed"' -c -o $@ $<

$B/%.unpack.o: $B/%.main.o $(UNPACK_OBJ)
	$(call say,LD,$@)$(call drop_unused,$^)

.PRECIOUS: $B/%.packed $B/%.main.o $B/%.unpack.o

$B/compress: $(PACK:%.c=$B/host/%.o)
	$(call say,LD,$@)$(CC) $(HOST_FLAGS) -o $@ $^

# As libraries: a program takes what it calls, so the command needs no console and no firmware.
# `q` keeps files of the same name in different rooms.
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

$B/efi/pack/expand.o: EFI_FLAGS += -O2 # it runs long, at each boot

# To clear or copy a little by `rep` is three blocks of code to a processor that translates, one call
# is one. clang has no such option.
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

-include $(shell find $B -name '*.d' 2>/dev/null)

.PHONY: all help demo clean
