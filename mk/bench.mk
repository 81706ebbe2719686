# Benchmarks: Partless beside other loaders.
$B/bench/bench_fs: bench/bench_fs.c $(SEAMS:%.c=$B/test/%.o) $B/test/pure.a
	@mkdir -p $(@D)
	$(call say,LD,$@)$(CC) $(TEST_FLAGS) -o $@ $^ -lcmocka

# The benchmarks boot x86-64 guests, on any machine.
BENCHED = $B/BOOTX64.EFI $B/x86_64/partless.efi

# ROUNDS=1 BENCH="--most 1 --quick --cases small" is a short run; bench/bench-boot --help lists the options.
ROUNDS = 5
bench: ## boot guests through Partless, GRUB, rEFInd and QEMU alone, and compare
	@scripts/setup bench
	@$(MAKE) -j$(JOBS) $(BENCHED) $B/x86_64/test/probe.efi $(WATCH)
	@$(PYTHON) -B bench/bench-boot $B --rounds $(ROUNDS) $(BENCH)

bench-fs: $B/partless $B/bench/bench_fs ## count requests, and time `partless cat` beside others
	@$B/bench/bench_fs 2>/dev/null
	@bench/bench-fs $B

# SCALE="--guests 1,16 --rounds 3" asks for other numbers; bench/bench-scale --help lists the options.
bench-scale: ## many guests at once, and the least memory, by Partless and by GRUB
	@scripts/setup bench
	@$(MAKE) -j$(JOBS) $(BENCHED)
	@$(PYTHON) -B bench/bench-scale $B $(SCALE)

# DOORS="--doors kernel,image-virtio" picks some; bench/bench-doors --help lists the options.
bench-doors: ## boot one guest through each door by which the firmware finds Partless, and compare
	@scripts/setup bench
	@$(MAKE) -j$(JOBS) $(BENCHED) $(WATCH)
	@$(PYTHON) -B bench/bench-doors $B --rounds $(ROUNDS) $(DOORS)

# The plugin by which `make bench` watches QEMU.
WATCH = $B/bench/marks.so

$B/bench/marks.so: bench/marks.c Makefile
	@mkdir -p $(@D)
	$(call say,CC,$<)$(CC) $(HOST_FLAGS) -fPIC -fvisibility=hidden -shared -o $@ $<

.PHONY: bench bench-fs bench-scale bench-doors
