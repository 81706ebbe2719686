# Partless: see `make help`.
.POSIX:
.SUFFIXES:
.DELETE_ON_ERROR:
.DEFAULT_GOAL := all

CC      = gcc
LD      = ld
AR      = ar
PYTHON  = /usr/bin/python3
ACCEL   = tcg
JOBS    = 2
WORKERS = 4
MARK    = not trial
B       = build

VERSION = 0.1.0

# Prints a short line for each file; with V=1 the whole command, with -s nothing.
V = 0
ifneq ($(V)$(findstring s,$(firstword -$(MAKEFLAGS))),0)
say =
else
say = @printf '  %-5s %s\n' $(1) $(2) &&
endif

# The files *.$(2) in the directories $(1), to a depth of three.
in = $(sort $(foreach d,$(1),$(wildcard $(d)/*.$(2) $(d)/*/*.$(2) $(d)/*/*/*.$(2))))

PURE_DIRS = base fs config loader
PURE     := $(call in,$(PURE_DIRS),c)
HOST     := $(call in,host,c)
PACK     := $(sort $(filter-out pack/unpack.c,$(wildcard pack/*.c)))
COMPRESS := pack/calls.c pack/codes.c pack/compress.c pack/expand.c pack/layout.c pack/parse.c
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

# What the command is linked with.
HOST_LIBS = -lcrypto -lnbd -lxml2
XML       = $(patsubst -I%,-isystem %,$(shell pkg-config --cflags libxml-2.0))

HOST_FLAGS = $(CPPFLAGS) $(CFLAGS) $(COMMON) -O2 -g
$B/host/host/doctor/domain.o $B/test/host/doctor/domain.o: COMMON += $(XML)

PURE_HOST  = $(PURE:%.c=$B/host/%.o)

include mk/efi.mk

all: $(LOADERS) $(LEFT_OUT) $B/partless ## build the loaders and the `partless` command

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  make %-11s %s\n", $$1, $$2}' Makefile mk/*.mk

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
	$(call say,LD,$@)$(CC) $(HOST_FLAGS) $(LDFLAGS) -o $@ $^ $(HOST_LIBS)

# The same sources are built three times: for the command, for the loaders in mk/arch.mk, and for the tests in
# mk/test.mk. The pure folders are freestanding in each.
$(PURE_HOST): $B/host/%.o: %.c Makefile
	@mkdir -p $(@D)
	$(call say,CC,$<)$(CC) $(HOST_FLAGS) $(FREESTANDING) -c -o $@ $<

$(HOST:%.c=$B/host/%.o) $(PACK:%.c=$B/host/%.o): $B/host/%.o: %.c Makefile
	@mkdir -p $(@D)
	$(call say,CC,$<)$(CC) $(HOST_FLAGS) -c -o $@ $<

demo: ## boot a small guest in this terminal (ACCEL=kvm where KVM works; ARCH=aarch64)
	@scripts/setup demo-$(ARCH)
	@$(MAKE) --no-print-directory ARCH=$(ARCH) $(LOADER)
	@scripts/demo $B $(ACCEL) $(ARCH)

clean: ## remove everything that was built
	rm -rf $B

include mk/bench.mk mk/test.mk mk/fuzz.mk mk/develop.mk mk/install.mk

-include $(shell find $B -path $B/cache -prune -o -name '*.d' -type f -print 2>/dev/null)

.PHONY: all help demo clean
