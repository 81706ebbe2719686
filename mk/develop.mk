# For people who work on the sources.
SOURCES  := $(PURE) $(wildcard efi/*.c efi/*/*.c) $(HOST) $(PACK) pack/unpack.c $(SEAMS) $(TESTS) $(FUZZ) \
            $(sort $(wildcard bench/*.c))
HEADERS  := $(call in,$(PURE_DIRS) efi host pack test,h)

TIDY = clang-tidy --quiet
lint: ## clang-tidy, cppcheck, the layout of the sources and the man pages
	@scripts/setup develop
	clang-format --dry-run -Werror $(SOURCES) $(HEADERS)
	printf '%s\n' $(PURE) | xargs -P$(JOBS) -n4 sh -c '$(TIDY) "$$@" -- $(LINT_FLAGS) -ffreestanding' -
	printf '%s\n' $(wildcard efi/*.c) pack/unpack.c | xargs -P$(JOBS) -n4 sh -c '$(TIDY) "$$@" -- $(LINT_FLAGS) \
		-DPACKED=\"\" -DSBAT_VENDOR=\"\" -DFILE=\"\" -DCALLS=x86_64_calls -ffreestanding -fshort-wchar -DEFIAPI= $(EFI_INCLUDE)' -
	$(foreach ARCH,$(PROCESSORS),$(TIDY) efi/$(ARCH)/*.c -- $(LINT_FLAGS) --target=$(ARCH)-linux-gnu \
		-ffreestanding -fshort-wchar -DEFIAPI= $(EFI_INCLUDE) &&) :
	printf '%s\n' $(HOST) $(PACK) | xargs -P$(JOBS) -n4 sh -c '$(TIDY) "$$@" -- $(LINT_FLAGS) $(XML)' -
	cppcheck --std=c11 --enable=warning,performance,portability --error-exitcode=1 --inline-suppr \
		--suppress=funcArgOrderDifferent -q -I. $(PURE_DIRS) host $(PACK)
	mandoc -Tlint -Wwarning docs/*.[15]

format: ## lay out the sources as .clang-format says
	clang-format -i $(SOURCES) $(HEADERS)

# As root. The root of that Debian is kept.
reproduce: ## build the loaders twice in a minimal Debian 12, compare them, and print their digests
	@scripts/setup reproduce
	@scripts/reproduce $B/cache/reproduce

screenshot: ## take docs/menu.png, the picture of the menu, again
	@scripts/setup check
	@$(MAKE) $B/BOOTX64.EFI
	@$(PYTHON) -B scripts/screenshot $B docs/menu.png

.PHONY: lint format reproduce screenshot
