// SPDX-License-Identifier: GPL-2.0
#include "kernel/elf_symbol.h"

#include <errno.h>
#include <glob.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define PIECE 1024	  /* symbols that are read at once */
#define NAMES (16u << 20) /* bytes of names, likewise */

struct search {
	struct elf e;
	const char *name;
	size_t size;	  /* of the name, with its NUL */
	uint64_t nr_left; /* bytes of tables that may still be read */
	char *names;	  /* of a table of strings, from FIRST on */
	uint64_t first;
	size_t nr_names, room; /* bytes there, and room for them */
	Elf64_Sym symbols[PIECE];
};

static bool is_function(const Elf64_Sym *sym)
{
	unsigned type = ELF64_ST_TYPE(sym->st_info);

	return (type == STT_FUNC || type == STT_GNU_IFUNC) && sym->st_value &&
	       sym->st_shndx != SHN_UNDEF;
}

/* Is the string at OFF the name? Not if it begins in another piece. */
static bool is_name(const struct search *s, uint64_t off)
{
	if (off < s->first || off - s->first >= NAMES)
		return false;
	off -= s->first;
	return off < s->nr_names && s->size <= s->nr_names - off &&
	       !memcmp(s->names + off, s->name, s->size);
}

/* The piece of STRINGS from FIRST on, with the rest of its last string. */
static int names_read(struct search *s, const Elf64_Shdr *strings,
		      uint64_t first)
{
	uint64_t rest = strings->sh_size - first;
	size_t size = rest < NAMES ? rest : NAMES;
	char *p;

	size = rest - size < s->size ? rest : size + s->size;
	if (size > s->room) {
		p = realloc(s->names, size);
		if (!p)
			return -ENOMEM;
		s->names = p;
		s->room = size;
	}
	s->first = first;
	s->nr_names = size;
	return elf_read(&s->e, strings->sh_offset + first, s->names, size);
}

/* 0 with *ADDR, -ENOENT when none of TABLE's symbols is it, or -errno. */
static int symbols_search(struct search *s, const Elf64_Shdr *table,
			  uint64_t *addr)
{
	uint64_t nr = table->sh_size / sizeof(Elf64_Sym), off, i, j;

	for (i = 0; i < nr; i += PIECE) {
		size_t n = nr - i < PIECE ? nr - i : PIECE;
		int err;

		off = table->sh_offset + i * sizeof(*s->symbols);
		err = elf_read(&s->e, off, s->symbols, n * sizeof(*s->symbols));
		if (err)
			return err;
		for (j = 0; j < n; j++) {
			const Elf64_Sym *sym = &s->symbols[j];

			if (is_function(sym) && is_name(s, sym->st_name)) {
				*addr = sym->st_value;
				return 0;
			}
		}
	}
	return -ENOENT;
}

/* Tables that hold more than the file does are the same bytes again. */
static int share_take(struct search *s, uint64_t size)
{
	if (size <= s->nr_left) {
		s->nr_left -= size;
		return 0;
	}
	return s->e.in.size > ELF_TABLES_MAX ? -EFBIG : -EBADMSG;
}

/* The same of TABLE, whatever it has for symbols and strings. */
static int table_search(struct search *s, const Elf64_Shdr *table,
			uint64_t *addr)
{
	Elf64_Shdr strings;
	uint64_t first;
	int ret = elf_section(&s->e, table->sh_link, &strings);

	if (!ret)
		ret = elf_section_check(&s->e, &strings);
	if (!ret)
		ret = elf_section_check(&s->e, table);
	if (!ret)
		ret = share_take(s, table->sh_size + strings.sh_size);
	if (ret)
		return ret;
	ret = -ENOENT;
	for (first = 0; ret == -ENOENT && first < strings.sh_size;
	     first += NAMES) {
		ret = names_read(s, &strings, first);
		if (!ret)
			ret = symbols_search(s, table, addr);
	}
	return ret;
}

static int tables_search(struct search *s, uint64_t *addr)
{
	Elf64_Shdr section;
	unsigned i;
	int ret = -ENOENT;

	for (i = 0; ret == -ENOENT && i < s->e.head.e_shnum; i++) {
		int err = elf_section(&s->e, i, &section);

		if (err)
			return err;
		if (section.sh_type == SHT_SYMTAB ||
		    section.sh_type == SHT_DYNSYM)
			ret = table_search(s, &section, addr);
	}
	return ret;
}

int elf_symbol_find(const struct elf_input *in, const char *symbol,
		    uint64_t *offset)
{
	struct search *s = calloc(1, sizeof(*s));
	uint64_t addr = 0;
	int ret = s ? elf_init(&s->e, in) : -ENOMEM;

	if (!ret) {
		s->name = symbol;
		s->size = strlen(symbol) + 1;
		s->nr_left =
			in->size < ELF_TABLES_MAX ? in->size : ELF_TABLES_MAX;
		ret = tables_search(s, &addr);
	}
	if (!ret)
		ret = elf_offset_of(&s->e, addr, offset);
	if (s)
		free(s->names);
	free(s);
	return ret;
}

int elf_symbol_offset(int fd, const char *symbol, uint64_t *offset)
{
	struct elf_input in;
	int err = elf_input_file(&in, &fd);

	return err ?: elf_symbol_find(&in, symbol, offset);
}

static bool is_file(const char *path)
{
	struct stat st;

	return !stat(path, &st) && S_ISREG(st.st_mode);
}

/* The first of DIRS, a colon-separated list, with the program NAME. */
static bool program_find(const char *dirs, const char *name,
			 char path[PATH_MAX])
{
	size_t len;

	for (; *dirs; dirs += len + (dirs[len] == ':')) {
		len = strcspn(dirs, ":");
		if (snprintf(path, PATH_MAX, "%.*s/%s", (int)len, dirs, name) <
			    PATH_MAX &&
		    is_file(path))
			return true;
	}
	return false;
}

static int library_find(const char *name, char path[PATH_MAX])
{
	static const char *const patterns[] = {
		"/lib/*-linux-gnu/lib%s.so.*",
		"/usr/lib/*-linux-gnu/lib%s.so.*", "/lib64/lib%s.so.*",
		"/usr/lib64/lib%s.so.*", "/usr/local/lib/lib%s.so*"};
	char pattern[PATH_MAX];
	glob_t g;
	size_t i;
	int ret;

	for (i = 0; i < sizeof(patterns) / sizeof(*patterns); i++) {
		snprintf(pattern, sizeof(pattern), patterns[i], name);
		ret = glob(pattern, 0, NULL, &g);
		if (ret == GLOB_NOSPACE)
			return -ENOMEM;
		if (ret)
			continue;
		snprintf(path, PATH_MAX, "%s", g.gl_pathv[0]);
		globfree(&g);
		if (is_file(path))
			return 0;
	}
	return -ENOENT;
}

int elf_find(const char *name, char path[PATH_MAX])
{
	if (strchr(name, '/'))
		return snprintf(path, PATH_MAX, "%s", name) < PATH_MAX
			       ? 0
			       : -ENOENT;
	if (program_find(getenv("PATH") ?: "/usr/bin:/bin", name, path))
		return 0;
	return library_find(name, path);
}
