# Installing on a host. `make install` puts everything below $(DESTDIR), and edits the documents so that they
# name the places where things are. BOOT is the directory that guests see; it is not in /usr/share, as
# libvirt's AppArmor refuses a guest that names a file there.
DESTDIR =
PREFIX  = /usr/local
ETC     = /etc
BOOT    = /var/lib/partless/boot

SHARE = $(DESTDIR)$(PREFIX)/share
LOADER_DIR = $(DESTDIR)$(BOOT)

# The directory that guests see holds the loader, and a link to the host's partless.conf. The unpacked loader,
# which can be signed, lies below PREFIX. CONTRIBUTING.md is of no use without the sources: the documents name it
# and do not link to it.
install: all ## put loader, commands, man pages and documents below DESTDIR and PREFIX (/usr/local)
	install -d $(DESTDIR)$(PREFIX)/bin $(SHARE)/man/man1 $(SHARE)/man/man5 $(LOADER_DIR)/EFI/BOOT \
		$(SHARE)/partless/$(ARCH) $(SHARE)/doc/partless/examples
	install -m 755 $B/partless $(DESTDIR)$(PREFIX)/bin/partless
	install -m 755 scripts/mkguest $(DESTDIR)$(PREFIX)/bin/partless-mkguest
	install -m 644 $(LOADER) $(LOADER_DIR).new
	mv -f $(LOADER_DIR).new $(LOADER_DIR)/EFI/BOOT/$(notdir $(LOADER))
	install -m 644 $E/partless.efi $(SHARE)/partless/$(ARCH)/partless.efi
	ln -sfn $(ETC)/partless/partless.conf $(LOADER_DIR)/partless.conf
	install -m 644 docs/*.1 $(SHARE)/man/man1
	install -m 644 docs/*.5 $(SHARE)/man/man5
	install -m 644 README.md CHANGELOG.md LICENSE docs/*.md docs/*.svg docs/*.png \
		$(SHARE)/doc/partless
	install -m 644 docs/examples/*.xml $(SHARE)/doc/partless/examples
	sed -i 's,/var/lib/partless/boot,$(BOOT),g; s,/usr/share/\(partless\|doc/partless\),$(PREFIX)/share/\1,g' \
		$(SHARE)/doc/partless/*.md \
		$(SHARE)/doc/partless/examples/*.xml $(SHARE)/man/man1/partless-mkguest.1
	sed -i 's,](docs/,](,g; s,\[\(CONTRIBUTING.md\)\]([^)]*),\1,g' $(SHARE)/doc/partless/*.md

uninstall: ## remove what install has put there
	rm -f $(DESTDIR)$(PREFIX)/bin/partless $(DESTDIR)$(PREFIX)/bin/partless-mkguest
	rm -f $(patsubst docs/%,$(SHARE)/man/man1/%,$(wildcard docs/*.1))
	rm -f $(patsubst docs/%,$(SHARE)/man/man5/%,$(wildcard docs/*.5))
	rm -rf $(LOADER_DIR) $(SHARE)/partless $(SHARE)/doc/partless

# Builds from a copy of the sources, so that nothing is left outside of $B, and without the unit tests, which
# `make check` runs.
deb: ## make a Debian package in build/deb
	rm -rf $B/deb
	mkdir -p $B/deb/partless-$(VERSION)
	tar -c --exclude=./$B --exclude=./.git . | tar -x -C $B/deb/partless-$(VERSION)
	cd $B/deb/partless-$(VERSION) && DEB_BUILD_OPTIONS=nocheck dpkg-buildpackage -b -us -uc -Pnocheck
	rm -rf $B/deb/partless-$(VERSION)

.PHONY: install uninstall deb
