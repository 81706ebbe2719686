# EFI programs, for the processor ARCH: x86_64 or aarch64. What is made for one processor lies in $E; the
# loaders for all of them lie together in $B, as in the directory that guests see.
E := $B/$(ARCH)
FILE_x86_64  = BOOTX64.EFI
FILE_aarch64 = BOOTAA64.EFI
LOADER := $B/$(FILE_$(ARCH))

# Every version of the loader has this size, in bytes: QEMU's vvfat freezes the size of a file when a guest
# starts, and the file may be replaced while guests run.
EFI_SIZE = 131072

ifeq ($(FILE_$(ARCH)),)
$(error ARCH is x86_64 or aarch64, not $(ARCH))
endif

CROSS  := $(if $(filter $(ARCH),$(shell uname -m)),,$(ARCH)-linux-gnu-)
EFI_CC  = $(if $(findstring clang,$(CC)),$(CC) --target=$(ARCH)-linux-gnu,$(CROSS)$(CC))
EFI_LD  = $(CROSS)$(LD)

EFI        := $(sort $(wildcard efi/*.c efi/$(ARCH)/*.c))
EFI_OBJ     = $(PURE:%.c=$E/%.o) $(EFI:%.c=$E/%.o)
UNPACK_OBJ  = $E/efi/efi.o $E/efi/sbat.o $E/pack/expand.o $E/pack/calls.o $E/efi/$(ARCH)/cache.o

EFI_FLAGS_x86_64  = -mno-red-zone -DGNU_EFI_USE_MS_ABI
EFI_FLAGS_aarch64 = -DEFIAPI= -ffixed-x18 # UEFI specification, 2.3.6.4
EFI_FLAGS = $(COMMON) $(EFI_FLAGS_$(ARCH)) -ffreestanding -nostdinc -isystem $(EFI_BUILTIN_INCLUDE) -Os \
            -fno-stack-protector -fshort-wchar -mgeneral-regs-only -fpie -include efi/hidden.h \
            -fno-asynchronous-unwind-tables -fno-ident -ffunction-sections -fdata-sections \
            -ffile-prefix-map=$(CURDIR)=.
EFI_BUILTIN_INCLUDE := $(shell $(EFI_CC) -print-file-name=include 2>/dev/null)

# The headers of gnu-efi for one processor do for the other too: efi/other/ stands in for those that are missing.
EFI_INCLUDE = -isystem /usr/include/efi -isystem /usr/include/efi/$(ARCH) -idirafter efi/other

# An EFI program is linked as a position-independent executable in ELF; elf2pe makes the PE file of it.
EFI_LINK = $(EFI_LD) -pie --no-dynamic-linker --no-undefined --gc-sections -e efi_main -z noexecstack \
           -z norelro -z max-page-size=4096 --hash-style=sysv -T efi/program.lds

# partless.efi is the loader. $(LOADER), which guests read, is a program that holds it packed, unpacks it and
# calls it.
$E/partless.elf: $(EFI_OBJ)

$(LOADER): $E/partless.unpacker $B/elf2pe mk/efi.mk
	$(call say,PE,$@)$B/elf2pe $(EFI_SIZE) <$< >$@

$E/%.efi: $E/%.elf $B/elf2pe
	$(call say,PE,$@)$B/elf2pe <$< >$@

$E/%.elf: efi/program.lds mk/efi.mk
	$(call say,LD,$@)$(EFI_LINK) -o $@ $(filter %.o,$^)

$E/%.packed: $E/%.efi $B/compress
	$(call say,PACK,$@)$B/compress -p <$< >$@

$E/%.main.o: pack/unpack.c $E/%.packed Makefile mk/efi.mk
	$(call say,CC,$<)$(EFI_CC) $(EFI_FLAGS) $(EFI_INCLUDE) -DPACKED='"$E/$*.packed"' \
		-DFILE='"$(FILE_$(ARCH))"' -DCALLS=$(ARCH)_calls -c -o $@ $<

$E/%.unpacker: $E/%.main.o $(UNPACK_OBJ) efi/program.lds mk/efi.mk
	$(call say,LD,$@)$(EFI_LINK) -o $@ $(filter %.o,$^)

.PRECIOUS: $E/%.packed $E/%.main.o $E/%.elf $E/%.unpacker

$(PURE:%.c=$E/%.o) $E/pack/expand.o $E/pack/calls.o: $E/%.o: %.c Makefile mk/efi.mk
	@mkdir -p $(@D)
	$(call say,CC,$<)$(EFI_CC) $(EFI_FLAGS) -c -o $@ $<

$E/pack/expand.o $E/pack/calls.o: EFI_FLAGS += -O2 # every boot waits for them

# With -Os gcc clears and copies small objects by `rep` in place. QEMU's TCG translates that into three blocks
# of code where a call is one, so gcc is told to call memset() and memcpy(). clang has no such option.
LIBCALL := $(shell $(EFI_CC) -mstringop-strategy=libcall -E - </dev/null >/dev/null 2>&1 && \
	echo -mstringop-strategy=libcall)
$(EFI_OBJ): EFI_FLAGS += $(LIBCALL)

$(EFI:%.c=$E/%.o): $E/%.o: %.c Makefile mk/efi.mk
	@mkdir -p $(@D)
	$(call say,CC,$<)$(EFI_CC) $(EFI_FLAGS) $(EFI_INCLUDE) -c -o $@ $<
