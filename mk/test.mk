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
	$(call say,LD,$@)$(CC) $(TEST_FLAGS) -o $@ $^ $(HOST_LIBS)

$(TEST_BIN): $B/test/%: $B/test/test/unit/%.o $(SEAMS:%.c=$B/test/%.o) $B/test/pure.a
	@mkdir -p $(@D)
	$(call say,LD,$@)$(CC) $(TEST_FLAGS) -o $@ $^ -lcmocka

# Nothing of pack/ is in pure.a.
$B/test/pack/test_calls: $B/test/pack/calls.o

unit: $(UNIT) ## run the unit tests
	@for t in $(UNIT); do \
		echo "  TEST  $${t#$B/test/}"; \
		$$t >$B/unit.log 2>&1 || { cat $B/unit.log; exit 1; }; \
	done

# What the tests need of each processor. With ARCH=NAME there is what its tests need, without a cross compiler.
TESTED_EFI = $(foreach ARCH,$(or $(ONLY),$(PROCESSORS)),$(LOADER) $E/partless.efi $(TEST_EFI_$(ARCH):%=$E/test/%.efi))

tested: all $(TESTED_EFI) $B/partless-asan $B/compress-asan $B/test/config/golden $B/test/config/image/gunzip \
		$(WATCH)

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
