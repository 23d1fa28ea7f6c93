# SPDX-License-Identifier: GPL-2.0
# Everything is built into build/ (build/sanitize/ with SANITIZE=1); V=1 shows
# the commands.

PREFIX	?= /usr/local
DESTDIR	?=
SBINDIR	?= $(PREFIX)/sbin
MANDIR	?= $(PREFIX)/share/man
COMPDIR	?= $(PREFIX)/share/bash-completion/completions

VERSION := 0.1.0
TOOLS	:= $(patsubst tools/%.c,%,$(wildcard tools/*.c))

O	:= build$(if $(SANITIZE),/sanitize)
CC	?= gcc
CFLAGS	?= -O2 -g
# include/ asks clang to unroll loops, as BPF needs it: where a size is not
# constant here, as it is there, that clang cannot is no news.
CFLAGS	+= -std=gnu11 -Wall -Wextra -Wshadow -Wstrict-prototypes \
	   -Wmissing-prototypes -Wno-unused-parameter -Wvla \
	   -Wno-pass-failed $(if $(WERROR),-Werror)
CPPFLAGS += -D_GNU_SOURCE -DVERSION='"$(VERSION)"' -Itools -Iinclude -I$(O)/gen
ifdef SANITIZE
CFLAGS	+= -fsanitize=address,undefined -fno-omit-frame-pointer \
	   -fno-sanitize-recover=undefined
LDFLAGS	+= -fsanitize=address,undefined
else
CPPFLAGS += -D_FORTIFY_SOURCE=2
CFLAGS	+= -fstack-protector-strong
# For the tools, whose rows pass many files: a twelfth more events a second. The
# tests link the same objects as they are.
LTO	?= -flto=auto -ffat-lto-objects
endif

# libbcc is not linked, only dlopened by the compile child. The others are linked
# in where their archives are whole: to look for them takes a tenth of a warm
# start. Later ones of libelf need zstd, and the archive of Debian 13's lacks a
# part.
LIBS	:= "-l:libbpf.a -l:libelf.a -l:libz.a -l:libcap.a" \
	"-l:libbpf.a -l:libelf.a -l:libz.a -l:libcap.a -l:libzstd.a" \
	"-l:libbpf.a -lelf -l:libz.a -l:libcap.a" \
	"-lbpf -lcap"
LDLIBS	= $$(cat $(O)/gen/libs)

ROOMS	:= \
	base \
	compile \
	front \
	kernel \
	view
LIB_SRC	:= $(wildcard $(ROOMS:%=tools/%/*.c))
LIB_OBJ	:= $(LIB_SRC:%.c=$(O)/%.o) $(O)/gen/embed.o
TEXTS	:= $(sort $(wildcard include/*.h bpf_src/*.c bpf_src/common/*.h \
	   tools/compile/tree/*.h))
UNIT	:= $(patsubst %.c,$(O)/%,$(wildcard tests/unit/*_test.c))
LIVE	:= $(patsubst %.c,$(O)/%,$(wildcard tests/live/*_test.c))
GOLDEN	:= $(O)/tests/golden/replay
FUZZ	:= $(patsubst tests/fuzz/%.c,$(O)/tests/fuzz/%,$(wildcard tests/fuzz/*.c))
PAGES	:= $(TOOLS:%=$(O)/%.8)
COMP	:= $(TOOLS:%=$(O)/%.bash)
BENCH	:= $(patsubst tests/bench/%.c,$(O)/tests/bench/%,$(wildcard tests/bench/*.c))

# Fuzzing wants the rooms that read what others wrote with clang's
# instrumentation, so these have objects of their own.
FUZZ_CC	:= clang
FUZZ_CFLAGS := -O1 -g -std=gnu11 -Wall -Wno-pass-failed -fno-omit-frame-pointer \
	   -fno-sanitize-recover=undefined -fsanitize=address,undefined
FUZZ_SRC := $(wildcard $(foreach r,base compile view,tools/$(r)/*.c))
FUZZ_OBJ := $(FUZZ_SRC:%.c=$(O)/fuzz/%.o) $(O)/fuzz/embed.o
FUZZ_SECONDS ?= 300

SOAK_SECONDS ?= 3600

Q	:= $(if $(V),,@)
say	= $(if $(V),,@printf '  %-7s %s\n' '$(1)' '$(2)')

.DELETE_ON_ERROR:

.PHONY: all
all: $(TOOLS:%=$(O)/%) $(PAGES) $(COMP) ## build every tool (default)

$(O)/tools/%.o: tools/%.c
	$(call say,CC,$@)
	@mkdir -p $(@D)
	$(Q)$(CC) $(CPPFLAGS) $(CFLAGS) $(LTO) -MMD -MP -c -o $@ $<

$(O)/gen/embed.c: tools/compile/embed.sh $(TEXTS)
	$(call say,GEN,$@)
	@mkdir -p $(@D)
	$(Q)sh tools/compile/embed.sh $(TEXTS) >$@.tmp && mv $@.tmp $@

# The numbers of the system calls of the machine that it is built for
$(O)/gen/syscalls.inc:
	$(call say,GEN,$@)
	@mkdir -p $(@D)
	$(Q)echo '#include <sys/syscall.h>' | $(CC) $(CPPFLAGS) -dM -E - | \
		sed -nE 's/^#define (SYS_(\w+)) .*/[\1] = "\2",/p' >$@

$(O)/tools/compile/syscall_name.o $(O)/fuzz/tools/compile/syscall_name.o: \
	$(O)/gen/syscalls.inc

$(O)/gen/embed.o: $(O)/gen/embed.c
	$(call say,CC,$@)
	$(Q)$(CC) $(CPPFLAGS) $(CFLAGS) -c -o $@ $<

$(O)/libtcpsnoop.a: $(LIB_OBJ)
	$(call say,AR,$@)
	$(Q)rm -f $@ && $(AR) rcs $@ $^

# The first of $(LIBS) with which a program can be linked
$(O)/gen/libs:
	@mkdir -p $(@D)
	$(Q)echo 'int bpf_object__open(void); int cap_get_proc(void);' \
		'int main(void) { return bpf_object__open() + cap_get_proc(); }' \
		>$@.c
	$(Q)for libs in $(LIBS); do \
		$(CC) -w $(LDFLAGS) -o $@.out $@.c $$libs 2>$@.err || continue; \
		rm $@.out $@.c $@.err; echo "$$libs" >$@; exit; done; \
	tail -n 3 $@.err >&2; \
	echo 'libraries are missing: tests/setup build' >&2; exit 1

$(TOOLS:%=$(O)/%): $(O)/%: $(O)/tools/%.o $(O)/libtcpsnoop.a | $(O)/gen/libs
	$(call say,LD,$@)
	$(Q)$(CC) $(CFLAGS) $(LTO) $(if $(LTO),-w) $(LDFLAGS) -o $@ $^ $(LDLIBS)

# The others load it only when they need it.
$(O)/tests/unit/pcap_test: LDLIBS += -lpcap

$(UNIT) $(LIVE) $(GOLDEN): $(O)/%: %.c $(O)/libtcpsnoop.a | $(O)/gen/libs
	$(call say,CC,$@)
	@mkdir -p $(@D)
	$(Q)$(CC) $(CPPFLAGS) $(CFLAGS) -fno-lto -Itests -MMD -MP -MF $@.d \
		$(LDFLAGS) -o $@ $< $(O)/libtcpsnoop.a $(LDLIBS) -lcmocka

# The page's OPTIONS are printed by the tool, from its table of options.
$(PAGES): $(O)/%.8: tools/%.8 $(O)/%
	$(call say,GEN,$@)
	$(Q)$(O)/$* --man-options >$@.opt
	$(Q)sed -e '/^\.\\" OPTIONS$$/{r $@.opt' -e 'd;}' \
		-e 's/@VERSION@/$(VERSION)/' $< >$@

$(COMP): $(O)/%.bash: $(O)/%
	$(call say,GEN,$@)
	$(Q)$(O)/$* --completion >$@.tmp && mv $@.tmp $@

$(O)/fuzz/%.o: %.c
	$(call say,FUZZ-CC,$@)
	@mkdir -p $(@D)
	$(Q)$(FUZZ_CC) $(CPPFLAGS) $(FUZZ_CFLAGS) -fsanitize=fuzzer-no-link \
		-MMD -MP -c -o $@ $<

$(O)/fuzz/embed.o: $(O)/gen/embed.c
	@mkdir -p $(@D)
	$(Q)$(FUZZ_CC) $(CPPFLAGS) $(FUZZ_CFLAGS) -c -o $@ $<

$(O)/fuzz/libtcpsnoop.a: $(FUZZ_OBJ)
	$(call say,AR,$@)
	$(Q)rm -f $@ && $(AR) rcs $@ $^

$(FUZZ): $(O)/tests/fuzz/%: tests/fuzz/%.c $(O)/fuzz/libtcpsnoop.a | $(O)/gen/libs
	$(call say,FUZZ-CC,$@)
	@mkdir -p $(@D)
	$(Q)$(FUZZ_CC) $(CPPFLAGS) $(FUZZ_CFLAGS) -fsanitize=fuzzer -Itests \
		-MMD -MP -MF $@.d -o $@ $< $(O)/fuzz/libtcpsnoop.a $(LDLIBS)

$(O)/tests/bench/%: tests/bench/%.c
	$(call say,CC,$@)
	@mkdir -p $(@D)
	$(Q)$(CC) $(CPPFLAGS) $(CFLAGS) -MMD -MP -MF $@.d $(LDFLAGS) \
		-o $@ $< -lbpf

-include $(shell find $(O) -name '*.d' 2>/dev/null)

.PHONY: setup
setup: ## install missing packages (apt-get), mount tracefs and bpffs
	$(Q)tests/setup test

.PHONY: demo
demo: ## nginx, curl and the live table, in namespaces of their own
	$(Q)examples/demo

.PHONY: unit
unit: $(UNIT) ## build the unit tests

.PHONY: tests
tests: programs $(FUZZ) ## build all tests

# What $(CC) compiles
.PHONY: programs
programs: all $(UNIT) $(LIVE) $(GOLDEN) $(BENCH)

# What our sources include and a rule makes
.PHONY: generated
generated: $(O)/gen/embed.c $(O)/gen/syscalls.inc

# Of tools and tests, one a line
.PHONY: flags
flags:
	@printf '%s\n' $(CPPFLAGS) $(CFLAGS) -Itests

.PHONY: lint
lint: ## format, shell, headers, clang-tidy, warnings, HEAD's subject
	$(Q)tests/lint

.PHONY: check
check: tests ## run all tests; SANITIZE=1: with ASan and UBSan
	$(Q)MAKEFLAGS= BUILD=$(O) tests/run

.PHONY: check-kernels
check-kernels: all ## what works under Linux 5.10 to 7.3, in qemu
	$(Q)tests/setup kernels
	$(Q)BUILD=$(O) tests/kernels/check.sh $(KERNELS)

.PHONY: fuzz
fuzz: $(FUZZ) ## fuzz each driver for FUZZ_SECONDS (300)
	$(Q)BUILD=$(O) FUZZ_SECONDS=$(FUZZ_SECONDS) tests/fuzz/fuzz.sh

.PHONY: bench
bench: all $(BENCH) ## measure against peers; QUICK=1: roughly; ONLY=start
	$(Q)tests/setup bench
	$(Q)tests/bench/bench.py $(if $(QUICK),--quick) $(ONLY)

.PHONY: soak
soak: all $(BENCH) ## watch the tools on traffic for SOAK_SECONDS (3600)
	$(Q)tests/setup bench
	$(Q)BUILD=$(O) SOAK_SECONDS=$(SOAK_SECONDS) tests/bench/soak.py

.PHONY: install
install: all ## into DESTDIR and PREFIX (/usr/local)
	$(Q)for t in $(TOOLS); do \
		install -Dm755 $(O)/$$t $(DESTDIR)$(SBINDIR)/$$t && \
		install -Dm644 $(O)/$$t.8 $(DESTDIR)$(MANDIR)/man8/$$t.8 && \
		install -Dm644 $(O)/$$t.bash $(DESTDIR)$(COMPDIR)/$$t || exit; \
	done

.PHONY: uninstall
uninstall: ## remove what install put there
	$(Q)rm -f $(TOOLS:%=$(DESTDIR)$(SBINDIR)/%) \
		$(TOOLS:%=$(DESTDIR)$(MANDIR)/man8/%.8) \
		$(TOOLS:%=$(DESTDIR)$(COMPDIR)/%)

.PHONY: format
format: ## apply .clang-format, by the version that make lint goes by
	$(Q)clang-format-14 -i $$(git ls-files '*.c' '*.h')

.PHONY: clean
clean: ## remove build/
	$(Q)rm -rf build

.PHONY: help
help: ## list the targets
	@sed -nE 's/^([a-z-]+):.*## (.*)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 24
