# How EFI programs are made for one processor, ARCH. mk/efi.mk includes this file once for each of ARCHES, and each
# time the rules get names of their own, by $E. A recipe runs later, so it is told the processor with its target.
$E/%: ARCH := $(ARCH)

EFI_BUILTIN_INCLUDE_$(ARCH) := $(shell $(EFI_CC) -print-file-name=include)

# partless.efi is the loader. $(LOADER), which guests read, is a program that holds it packed, unpacks it and
# calls it.
$E/partless.elf: $(EFI_OBJ)

$(LOADER): $E/partless.unpacker $B/elf2pe mk/efi.mk mk/arch.mk
	$(call say,PE,$@)$B/elf2pe $(EFI_SIZE) <$< >$@

$E/partless.efi: $E/partless.elf $B/elf2pe mk/efi.mk mk/arch.mk
	$(call say,PE,$@)$B/elf2pe $(UNPACKED_SIZE) <$< >$@

$E/%.efi: $E/%.elf $B/elf2pe
	$(call say,PE,$@)$B/elf2pe <$< >$@

$E/%.elf: efi/program.lds mk/efi.mk mk/arch.mk
	$(call say,LD,$@)$(EFI_LINK) -o $@ $(filter %.o,$^)

$E/%.packed: $E/%.efi $B/compress
	$(call say,PACK,$@)$B/compress -p <$< >$@

$E/%.main.o: pack/unpack.c $E/%.packed Makefile mk/efi.mk mk/arch.mk
	$(call say,CC,$<)$(EFI_CC) $(EFI_FLAGS) $(EFI_INCLUDE) -DPACKED='"$E/$*.packed"' \
		-DFILE='"$(FILE_$(ARCH))"' -DCALLS=$(ARCH)_calls -c -o $@ $<

$E/%.unpacker: $E/%.main.o $(UNPACK_OBJ) efi/program.lds mk/efi.mk mk/arch.mk
	$(call say,LD,$@)$(EFI_LINK) -o $@ $(filter %.o,$^)

.PRECIOUS: $E/%.packed $E/%.main.o $E/%.elf $E/%.unpacker

$(PURE:%.c=$E/%.o) $E/pack/expand.o $E/pack/calls.o: $E/%.o: %.c Makefile mk/efi.mk mk/arch.mk
	@mkdir -p $(@D)
	$(call say,CC,$<)$(EFI_CC) $(EFI_FLAGS) -c -o $@ $<

$E/pack/expand.o $E/pack/calls.o: EFI_FLAGS += -O2 # every boot waits for them

# Options of gcc's that clang has not. With -Os gcc clears and copies small objects by `rep` in place. QEMU's TCG
# translates that into three blocks of code where a call is one, so gcc is told to call memset() and memcpy(). Without
# the two others the same statements give the same instructions more often, and the loader packs 4 % better.
GCC_FLAGS_$(ARCH) := $(foreach flag,-mstringop-strategy=libcall -fno-schedule-insns2 -fno-caller-saves,$(shell \
	$(EFI_CC) -Werror $(flag) -E - </dev/null >/dev/null 2>&1 && echo $(flag)))

# The loader is below 1 MiB, so that one instruction names an address; a test program may be larger.
TINY_aarch64 := -mcmodel=tiny
$(EFI_OBJ): EFI_FLAGS += $(GCC_FLAGS_$(ARCH)) $(TINY_$(ARCH))

$(EFI:%.c=$E/%.o): $E/%.o: %.c Makefile mk/efi.mk mk/arch.mk
	@mkdir -p $(@D)
	$(call say,CC,$<)$(EFI_CC) $(EFI_FLAGS) $(EFI_INCLUDE) -c -o $@ $<

$E/efi/sbat.o: $B/sbat.h
$E/efi/sbat.o: EFI_FLAGS += -include $B/sbat.h

# The programs of the tests are built as the loader is.
$(TEST_OBJ): $E/test/%.o: test/efi/%.c Makefile mk/efi.mk mk/arch.mk
	@mkdir -p $(@D)
	$(call say,CC,$<)$(EFI_CC) $(EFI_FLAGS) $(EFI_INCLUDE) -c -o $@ $<

$(filter-out %/confidential.elf,$(TEST_OBJ:.o=.elf)): %.elf: %.o

# Two inputs packed as the loader is: test/efi/hello.c, and bytes that are no program.
$E/test/packed-hello.efi $E/test/packed-nothing.efi: $E/test/packed-%.efi: $E/test/%.unpacker $B/elf2pe
	$(call say,PE,$@)$B/elf2pe <$< >$@

$E/test/nothing.packed: $B/compress
	@mkdir -p $(@D)
	$(call say,PACK,$@)echo 'This text is as long as it has to be, and yet no program.' | $B/compress >$@

# The loader with a confidential_guest() that always says yes: QEMU emulates no processor on which it would.
$E/test/confidential.elf: $(filter-out $E/efi/$(ARCH)/confidential.o,$(EFI_OBJ)) $E/test/confidential.o
