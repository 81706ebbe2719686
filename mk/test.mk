# The tests.
TEST_BIN   = $(TESTS:test/unit/%.c=$B/test/%)
UNIT       = $(foreach t,$(TEST_BIN),$(if $(filter test_%,$(notdir $t)),$t))
PURE_TEST  = $(PURE:%.c=$B/test/%.o)
TEST_FLAGS = $(COMMON) -O1 -g -fsanitize=address,undefined -fno-sanitize-recover=all \
             -fno-omit-frame-pointer

$(PURE_TEST): $B/test/%.o: %.c Makefile
	@mkdir -p $(@D)
	$(call say,CC,$<)$(CC) $(TEST_FLAGS) $(FREESTANDING) -c -o $@ $<

$(HOST:%.c=$B/test/%.o) $(PACK:%.c=$B/test/%.o) $(SEAMS:%.c=$B/test/%.o) $(TESTS:%.c=$B/test/%.o): \
		$B/test/%.o: %.c Makefile
	@mkdir -p $(@D)
	$(call say,CC,$<)$(CC) $(TEST_FLAGS) -c -o $@ $<

$B/test/pure.a: $(PURE_TEST)

$B/compress-asan: $(COMPRESS:%.c=$B/test/%.o)
	$(call say,LD,$@)$(CC) $(TEST_FLAGS) -o $@ $^

$B/partless-asan: $(HOST:%.c=$B/test/%.o) $B/test/pure.a
	$(call say,LD,$@)$(CC) $(TEST_FLAGS) -o $@ $^

$(TEST_BIN): $B/test/%: $B/test/test/unit/%.o $(SEAMS:%.c=$B/test/%.o) $B/test/pure.a
	@mkdir -p $(@D)
	$(call say,LD,$@)$(CC) $(TEST_FLAGS) -o $@ $^ -lcmocka

unit: $(UNIT) ## run the unit tests
	@for t in $(UNIT); do \
		echo "  TEST  $${t#$B/test/}"; \
		$$t >$B/unit.log 2>&1 || { cat $B/unit.log; exit 1; }; \
	done

# EFI programs for the tests and for `make bench`, built as the loader is.
TEST_EFI = $B/test/around.efi $B/test/hello.efi $B/test/old_stub.efi $B/test/probe.efi
$(TEST_EFI:.efi=.o): $B/test/%.o: test/efi/%.c Makefile
	@mkdir -p $(@D)
	$(call say,CC,$<)$(CC) $(EFI_FLAGS) $(EFI_INCLUDE) -c -o $@ $<

$(TEST_EFI:.efi=.elf): %.elf: %.o

# Two inputs packed as the loader is: test/efi/hello.c, and bytes that are no program.
PACKED_EFI = $B/test/packed-hello.efi $B/test/packed-nothing.efi
$(PACKED_EFI): $B/test/packed-%.efi: $B/test/%.unpacker $B/elf2pe
	$(call say,PE,$@)$B/elf2pe <$< >$@

$B/test/nothing.packed: $B/compress
	@mkdir -p $(@D)
	$(call say,PACK,$@)echo 'This text is as long as it has to be, and yet no program.' | $B/compress >$@

# The loader with a confidential_guest() that always says yes: QEMU emulates no processor on which it would.
$B/test/says-confidential.o: test/efi/confidential.c Makefile
	@mkdir -p $(@D)
	$(call say,CC,$<)$(CC) $(EFI_FLAGS) $(EFI_INCLUDE) -c -o $@ $<

$B/test/confidential.elf: $(filter-out $B/efi/efi/$(ARCH)/confidential.o,$(EFI_OBJ)) \
	$B/test/says-confidential.o

tested: all $(TEST_EFI) $(PACKED_EFI) $B/test/confidential.efi $B/partless-asan \
	$B/compress-asan $B/test/config/golden $(WATCH)

# Runs `make $(2)` and adds a line with the time that it took to $B/stages.
stage = +@begin=$$(date +%s) && $(MAKE) $(2) && \
	printf '  %-7s %4d s\n' $(1) $$(($$(date +%s) - begin)) >>$B/stages

check: ## build everything and run all tests but the long trials
	@scripts/setup check
	@mkdir -p $B && rm -f $B/stages
	$(call stage,build,-j$(JOBS) tested $(TEST_BIN) $(REPLAY_BIN) $(FUZZ_BIN))
	$(call stage,unit,unit)
	$(call stage,replay,replay)
	$(call stage,fuzz,fuzz FUZZ_SECONDS=5 FUZZ_OPTIONS=-seed=1)
	$(call stage,pytest,pytest)
	@echo 'All tests passed. Times:'
	@cat $B/stages

pytest: ## run the tests that start programs and machines (PYTEST="-k boot" picks some)
	$(PYTHON) -m pytest -n $(WORKERS) -m '$(MARK)' $(PYTEST)

check-all: ## run check and every trial: some hours, as the sources are checked in Debian 12 and 13 too
	@scripts/setup trial bench
	@$(MAKE) check MARK=

.PHONY: unit tested check check-all pytest
