# Fuzzers, and their corpus.
FUZZ     := $(sort $(wildcard test/fuzz/*.c))
FUZZERS  := $(patsubst test/fuzz/fuzz_%.c,%,$(wildcard test/fuzz/fuzz_*.c))

# Fuzzing needs clang's libFuzzer; replaying the corpus does not.
CLANG        = clang
FUZZ_SECONDS = 600
FUZZ_FLAGS   = -std=c2x -D_GNU_SOURCE -iquote test/fuzz/bounds -I. -DVERSION='"$(VERSION)"' -O1 -g -fno-omit-frame-pointer \
               -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=all -MMD -MP
FUZZ_SHARED  = test/fuzz/fuzz.c test/fuzz/lies.c test/fuzz/disk.c test/fuzz/ext_lies.c test/fuzz/xfs_disk.c \
               test/fuzz/xfs_lies.c test/unit/arch.c
FUZZ_PURE    = $(filter base/% fs/% config/%,$(PURE)) \
               loader/cmdline.c loader/menu/edit.c loader/menu/keys.c loader/log.c loader/plan.c \
               loader/plan_initrd.c loader/progress.c loader/menu/row.c
FUZZ_HOST    = host/flash.c host/image.c host/nbd.c host/varstore.c
# What one fuzzer needs, which has stand-ins for the firmware or for QEMU.
FUZZ_CHANNELS = loader/disks/boot_order.c loader/settings/boot_server.c loader/settings/channels.c loader/settings/fw_cfg.c \
               loader/settings/fw_cfg_place.c loader/settings/smbios.c
FUZZ_WISHES  = loader/log_lines.c loader/disks/find.c loader/disks/linux_name.c loader/disks/names.c \
               loader/disks/order.c loader/settings/apply.c loader/interface/ids.c loader/interface/values.c \
               loader/interface/wishes.c
FUZZ_BIN     = $(FUZZERS:%=$B/fuzz/%)
REPLAY_BIN   = $(FUZZERS:%=$B/fuzz/replay-%)
export FUZZ_IMAGES = $B/fuzz/images

$B/fuzz/images: test/fuzz/images test/lib/disk.py test/lib/mke2fs.conf
	$(call say,MAKE,$@)sh test/fuzz/images $@ >/dev/null

# Code that is instrumented for coverage.
FUZZ_OBJ = $(patsubst %.c,$B/fuzz/obj/%.o,$(FUZZ_SHARED) $(FUZZ_PURE) $(FUZZ_HOST))
FUZZ_CHANNELS_OBJ = $(FUZZ_CHANNELS:%.c=$B/fuzz/obj/%.o)
FUZZ_WISHES_OBJ = $(FUZZ_WISHES:%.c=$B/fuzz/obj/%.o)
$(FUZZ_OBJ) $(FUZZ_CHANNELS_OBJ) $(FUZZ_WISHES_OBJ) $(FUZZERS:%=$B/fuzz/obj/test/fuzz/fuzz_%.o): $B/fuzz/obj/%.o: %.c Makefile mk/fuzz.mk
	@mkdir -p $(@D)
	$(call say,CC,$<)$(CLANG) $(FUZZ_FLAGS) -c -o $@ $<

# base/ compares bytes all the time, and none of that leads a fuzzer anywhere: text is compared by memcmp(), which
# libFuzzer sees in any case.
$B/fuzz/obj/base/%.o: FUZZ_FLAGS += -fno-sanitize-coverage=trace-cmp

# One fuzzer stands before the cache.
$B/fuzz/changing $B/fuzz/replay-changing: FUZZ_LINK = -Wl,--wrap=cache_slot

$B/fuzz/channels: $(FUZZ_CHANNELS_OBJ)
$B/fuzz/variables: $(FUZZ_WISHES_OBJ)
$(FUZZ_BIN): $B/fuzz/%: $B/fuzz/obj/test/fuzz/fuzz_%.o $(FUZZ_OBJ)
	$(call say,FUZZ,$@)$(CLANG) -fsanitize=fuzzer,address,undefined $(FUZZ_LINK) -o $@ $^ -lnbd

$(FUZZ:%.c=$B/test/%.o): $B/test/%.o: %.c Makefile
	@mkdir -p $(@D)
	$(call say,CC,$<)$(CC) $(TEST_FLAGS) -c -o $@ $<

$(REPLAY_BIN): $B/fuzz/replay-%: $B/test/test/fuzz/fuzz_%.o $(FUZZ_SHARED:%.c=$B/test/%.o) \
		$(FUZZ_HOST:%.c=$B/test/%.o) $B/test/test/fuzz/replay.o $B/test/pure.a
	@mkdir -p $(@D)
	$(call say,LD,$@)$(CC) $(TEST_FLAGS) $(FUZZ_LINK) -o $@ $^ -lnbd

# Inputs that fail go to $B/fuzz/finds, and new ones to $B/fuzz/corpus, from which fuzz-merge takes what is useful.
fuzz: $(FUZZ_BIN) $B/fuzz/images ## run each fuzzer for FUZZ_SECONDS (600), JOBS at once
	@mkdir -p $(FUZZERS:%=$B/fuzz/corpus/%) $B/fuzz/finds
	printf '%s\n' $(FUZZERS) | xargs -P$(JOBS) -I{} sh -c '$B/fuzz/{} \
		-max_total_time=$(FUZZ_SECONDS) -timeout=60 -artifact_prefix=$B/fuzz/finds/{}- \
		-max_len=40000 $(FUZZ_OPTIONS) $B/fuzz/corpus/{} test/fuzz/corpus/{} >$B/fuzz/{}.log 2>&1 \
		|| { tail -50 $B/fuzz/{}.log; exit 255; }'

# Keeps one input for each branch: hundreds more would only count loops differently.
fuzz-merge: $(FUZZ_BIN) $B/fuzz/images ## add inputs that reached new code to the tree's corpus
	for f in $(FUZZERS); do $B/fuzz/$$f -set_cover_merge=1 -use_counters=0 -use_cmp=0 \
		-max_len=10000 test/fuzz/corpus/$$f $B/fuzz/corpus/$$f || exit 1; done

replay: $(REPLAY_BIN) $B/fuzz/images ## run every input of the corpus once, without clang
	@for f in $(FUZZERS); do $B/fuzz/replay-$$f test/fuzz/corpus/$$f || exit 1; done

.PHONY: fuzz fuzz-merge replay
