# EFI programs: the loaders, and test programs. What is made for the processor ARCH lies in $E; the loaders lie
# together in $B, as in the directory that guests see.
E = $B/$(ARCH)
LOADER = $B/$(FILE_$(ARCH))
FILE_x86_64  = BOOTX64.EFI
FILE_aarch64 = BOOTAA64.EFI

# Every version of the loader has this size, in bytes: QEMU's vvfat freezes the size of a file when a guest
# starts, and the file may be replaced while guests run.
EFI_SIZE = 131072

# The same for partless.efi, which hosts sign: signed with one key, all versions again have one size.
UNPACKED_SIZE = 327680

# A packager's line of the section .sbat: SBAT_VENDOR='partless.debian,1,Debian,partless,0.9-1,https://...'
# (SECURITY.md, "Revoking a version"). scripts/sbat checks it.
SBAT_VENDOR =

# With ARCH=NAME there is one loader. Without it, ARCH is this machine's, and there are loaders for all PROCESSORS
# whose compiler and linker are here.
PROCESSORS = x86_64 aarch64
MACHINE   := $(shell uname -m)
ONLY      := $(if $(filter command,$(origin ARCH)),$(ARCH))
ARCH      := $(firstword $(filter $(MACHINE),$(PROCESSORS)) $(PROCESSORS))
ifeq ($(filter $(PROCESSORS),$(ARCH)),)
$(error ARCH is one of $(PROCESSORS), not $(ARCH))
endif

CROSS   = $(if $(filter $(ARCH),$(MACHINE)),,$(ARCH)-linux-gnu-)
EFI_CC  = $(if $(findstring clang,$(CC)),$(CC) --target=$(ARCH)-linux-gnu,$(CROSS)$(CC))
EFI_LD  = $(CROSS)$(LD)
TOOLS   = $(shell command -v $(firstword $(EFI_CC)) >/dev/null && command -v $(firstword $(EFI_LD)))
ARCHES := $(or $(ONLY),$(foreach ARCH,$(PROCESSORS),$(if $(TOOLS),$(ARCH))))

LOADERS  = $(foreach ARCH,$(ARCHES),$(LOADER) $E/partless.efi)
LEFT_OUT = $(if $(ONLY),,$(patsubst %,no-%,$(filter-out $(ARCHES),$(PROCESSORS))))

EFI        = $(sort $(wildcard efi/*.c efi/$(ARCH)/*.c))
EFI_OBJ    = $(PURE:%.c=$E/%.o) $(EFI:%.c=$E/%.o)
UNPACK_OBJ = $E/efi/efi.o $E/efi/sbat.o $E/pack/expand.o $E/pack/calls.o $E/efi/$(ARCH)/cache.o

EFI_FLAGS_x86_64  = -mno-red-zone -DEFIAPI='__attribute__((ms_abi))'
EFI_FLAGS_aarch64 = -DEFIAPI= -fomit-frame-pointer -ffixed-x18 # UEFI specification, 2.3.6.4
EFI_FLAGS = $(COMMON) $(EFI_FLAGS_$(ARCH)) -ffreestanding -nostdinc -isystem $(EFI_BUILTIN_INCLUDE_$(ARCH)) -Os \
            -fno-stack-protector -fshort-wchar -mgeneral-regs-only -fpie -include efi/hidden.h \
            -fno-asynchronous-unwind-tables -fno-ident -ffunction-sections -fdata-sections \
            -ffile-prefix-map=$(CURDIR)=.

# The headers of gnu-efi for one processor do for the other too: efi/other/ stands in for those that are missing.
GNU_EFI     = /usr/include/efi
EFI_INCLUDE = -isystem $(GNU_EFI) -isystem $(GNU_EFI)/$(ARCH) -idirafter efi/other

# An EFI program is linked as a position-independent executable in ELF; elf2pe makes the PE file of it.
EFI_LINK = $(EFI_LD) -pie --no-dynamic-linker --no-undefined --gc-sections -e efi_main -z noexecstack \
           -z norelro -z max-page-size=4096 --hash-style=sysv -T efi/program.lds

# EFI programs for the tests and for `make bench`.
TEST_EFI_x86_64  = around cc hello keep old_stub probe variables packed-hello packed-nothing confidential
TEST_EFI_aarch64 = around hello keep variables packed-hello packed-nothing confidential
TEST_OBJ = $(patsubst test/efi/%.c,$E/test/%.o,$(wildcard test/efi/*.c))

$(foreach ARCH,$(ARCHES),$(eval include mk/arch.mk))

# Made anew when it has another line.
$B/sbat.h: scripts/sbat $(if $(findstring "$(SBAT_VENDOR)$(if $(SBAT_VENDOR),\n)",$(file <$B/sbat.h)),,always)
	@mkdir -p $(@D)
	@scripts/sbat '$(subst ','\'',$(SBAT_VENDOR))' $@
always:

$(LEFT_OUT): no-%:
	@$(foreach ARCH,$*,echo '$(LOADER) is left out: $(firstword $(EFI_CC)) or $(EFI_LD) is missing; install' \
		'gcc-$(subst _,-,$*)-linux-gnu' >&2)

.PHONY: $(LEFT_OUT) always
