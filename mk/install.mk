# Installing on a host. `make install` puts everything below $(DESTDIR), and edits the documents so that they
# name the places where things are. BOOT is the directory that guests see; it is not in /usr/share, as
# libvirt's AppArmor refuses a guest that names a file there.
DESTDIR =
PREFIX  = /usr/local
ETC     = /etc
BOOT    = /var/lib/partless/boot

SHARE = $(DESTDIR)$(PREFIX)/share
LOADER_DIR = $(DESTDIR)$(BOOT)

# Media with the loaders, ready-made, beside the directory. SETTINGS is a partless.conf that they hold.
MEDIA    = $(patsubst %/,%,$(dir $(BOOT)))/partless
SETTINGS =
# What makes them, each with its Debian package.
MEDIA_TOOLS = mformat:mtools sfdisk:fdisk xorriso:xorriso

loaders: $(LOADERS) $(LEFT_OUT)

install: install-loaders install-media install-command ## put loaders, commands, man pages and documents below DESTDIR and PREFIX

# The directory that guests see holds the loaders, and a link to the host's partless.conf. The unpacked loaders,
# which can be signed, lie below PREFIX.
install-loaders: loaders
	install -d $(LOADER_DIR)/EFI/BOOT $(ARCHES:%=$(SHARE)/partless/%)
	for file in $(foreach ARCH,$(ARCHES),$(FILE_$(ARCH))); do \
		install -m 644 $B/$$file $(LOADER_DIR).new && mv -f $(LOADER_DIR).new $(LOADER_DIR)/EFI/BOOT/$$file || exit; \
	done
	for arch in $(ARCHES); do install -m 644 $B/$$arch/partless.efi $(SHARE)/partless/$$arch || exit; done
	ln -sfn $(ETC)/partless/partless.conf $(LOADER_DIR)/partless.conf

# They are made of the loaders alone: what a host has in its directory and in $(ETC) is not for the package.
install-media: loaders
	rm -rf $B/media
	install -d $B/media/EFI/BOOT $(DESTDIR)$(dir $(MEDIA))
	cp $(foreach ARCH,$(ARCHES),$B/$(FILE_$(ARCH))) $B/media/EFI/BOOT
	$(if $(SETTINGS),cp $(SETTINGS) $B/media/partless.conf)
	@PATH=$$PATH:/usr/sbin:/sbin; missing=; for tool in $(MEDIA_TOOLS); do \
		command -v $${tool%:*} >/dev/null || missing="$$missing $${tool#*:}"; \
	done; \
	if [ -z "$$missing" ]; then \
		scripts/mkimage --directory $B/media $(DESTDIR)$(MEDIA).img $(DESTDIR)$(MEDIA).iso; \
	else \
		echo "$(MEDIA).img and $(MEDIA).iso are left out: install$$missing" >&2; \
	fi

# CONTRIBUTING.md is of no use without the sources: the documents name it and do not link to it.
install-command: $B/partless
	install -d $(DESTDIR)$(PREFIX)/bin $(SHARE)/man/man1 $(SHARE)/man/man5 $(SHARE)/doc/partless/examples \
		$(SHARE)/doc/partless/hosts
	install -m 755 $B/partless $(DESTDIR)$(PREFIX)/bin/partless
	install -m 755 scripts/mkguest $(DESTDIR)$(PREFIX)/bin/partless-mkguest
	install -m 755 scripts/sign $(DESTDIR)$(PREFIX)/bin/partless-sign
	install -m 755 scripts/mkimage $(DESTDIR)$(PREFIX)/bin/partless-mkimage
	sed -i 's,/var/lib/partless/boot,$(BOOT),g; s,/usr/share/partless,$(PREFIX)/share/partless,g; s,/etc/partless,$(ETC)/partless,g' \
		$(DESTDIR)$(PREFIX)/bin/partless-sign $(DESTDIR)$(PREFIX)/bin/partless-mkimage
	install -m 644 docs/*.1 $(SHARE)/man/man1
	install -m 644 docs/*.5 $(SHARE)/man/man5
	install -m 644 README.md CHANGELOG.md LICENSE SECURITY.md docs/*.md docs/*.svg docs/*.png \
		$(SHARE)/doc/partless
	install -m 644 docs/hosts/*.md $(SHARE)/doc/partless/hosts
	install -m 644 docs/examples/*.xml docs/examples/*.service $(SHARE)/doc/partless/examples
	install -m 755 docs/examples/partless-bless-boot $(SHARE)/doc/partless/examples
	sed -i 's,/var/lib/partless/boot,$(BOOT),g; s,/var/lib/partless/partless\.,$(MEDIA).,g; s,/usr/share/\(partless\|doc/partless\),$(PREFIX)/share/\1,g' \
		$(SHARE)/doc/partless/*.md $(SHARE)/doc/partless/hosts/*.md \
		$(SHARE)/doc/partless/examples/*.xml $(SHARE)/man/man1/*.1
	sed -i 's,](\(docs\|\.\.\)/,](,g; s,\[\(CONTRIBUTING.md\)\]([^)]*),\1,g' $(SHARE)/doc/partless/*.md
	sed -i 's,](\.\./\.\./,](../,g' $(SHARE)/doc/partless/hosts/*.md

uninstall: ## remove what install has put there
	rm -f $(DESTDIR)$(PREFIX)/bin/partless $(DESTDIR)$(PREFIX)/bin/partless-mkguest \
		$(DESTDIR)$(PREFIX)/bin/partless-sign $(DESTDIR)$(PREFIX)/bin/partless-mkimage \
		$(DESTDIR)$(MEDIA).img $(DESTDIR)$(MEDIA).iso
	rm -f $(patsubst docs/%,$(SHARE)/man/man1/%,$(wildcard docs/*.1))
	rm -f $(patsubst docs/%,$(SHARE)/man/man5/%,$(wildcard docs/*.5))
	rm -rf $(LOADER_DIR) $(SHARE)/partless $(SHARE)/doc/partless

# Builds from a copy of the sources, so that nothing is left outside of $B, and without the unit tests, which
# `make check` runs.
deb: ## make the Debian packages in build/deb
	rm -rf $B/deb
	mkdir -p $B/deb/partless-$(VERSION)
	tar -c --exclude=./$B --exclude=./.git . | tar -x -C $B/deb/partless-$(VERSION)
	cd $B/deb/partless-$(VERSION) && DEB_BUILD_OPTIONS=nocheck dpkg-buildpackage -b -us -uc -Pnocheck
	rm -rf $B/deb/partless-$(VERSION)

.PHONY: loaders install install-loaders install-media install-command uninstall deb
