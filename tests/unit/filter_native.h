/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Generated filters behind the parser of bpf_src/, compiled for this machine to
 * be called by a test.
 */
#ifndef FILTER_NATIVE_H
#define FILTER_NATIVE_H

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "compile/embed.h"
#include "compile/filter.h"
#include "compile/source.h"
#include "unit/native.h"

#define NR(array) (sizeof(array) / sizeof((array)[0]))
#define FILTERS_MAX 128
#define DRAWS 2000 /* random values for each */

/* What the parser and the filters expect of the kernel's headers. */
static const char native_start[] =
	"#include <arpa/inet.h>\n"
	"#include <linux/if_ether.h>\n"
	"#include <linux/in6.h>\n"
	"#include <linux/ip.h>\n"
	"#include <linux/ipv6.h>\n"
	"#include <linux/tcp.h>\n"
	"#include <string.h>\n"
	"typedef __u8 u8;\n"
	"typedef __u16 u16;\n"
	"typedef __u32 u32;\n"
	"typedef __u64 u64;\n"
	"#define WANT_IPV4 1\n"
	"#define WANT_IPV6 1\n"
	"struct packet {\n"
	"\tconst u8 *bytes;\n"
	"\tu32 len;\n"
	"};\n"
	"static int load(const struct packet *p, u32 off, void *to, u32 len)\n"
	"{\n"
	"\tif (off > p->len || len > p->len - off)\n"
	"\t\treturn -1;\n"
	"\tmemcpy(to, p->bytes + off, len);\n"
	"\treturn 0;\n"
	"}\n"
	"#define LOAD(ctx, off, to, len) load(ctx, off, to, len)\n"
	"#define IS_MERGED(ctx) 0\n";

/* For each filter: names of its own, and functions that can be found. */
static const char native_names[] = "#define NAME2(name, id) name##id\n"
				   "#define NAME1(name, id) NAME2(name, id)\n"
				   "#define NAME(name) NAME1(name, ID)\n"
				   "#define segment_matches NAME(matches)\n"
				   "#define is_local_port NAME(local_port)\n"
				   "#define is_remote_port NAME(remote_port)\n"
				   "#define is_local_ipv4 NAME(local_ipv4)\n"
				   "#define is_local_ipv6 NAME(local_ipv6)\n"
				   "#define is_remote_ipv4 NAME(remote_ipv4)\n"
				   "#define is_remote_ipv6 NAME(remote_ipv6)\n"
				   "#define is_host_ipv4 NAME(host_ipv4)\n"
				   "#define is_host_ipv6 NAME(host_ipv6)\n";

static const char native_packet[] =
	"int NAME(packet_)(const u8 *bytes, u32 len, u16 proto, u8 dir)\n"
	"{\n"
	"\tstruct packet p = {bytes, len};\n"
	"\tstruct segment s;\n"
	"\tu16 vlan = VLAN_NONE;\n"
	"\n"
	"\treturn segment_parse(&p, &s, htons(proto), len, &vlan) &&\n"
	"\t       segment_matches(&s, dir);\n"
	"}\n";

/* Zeroed, to be filled by the test before library_make(). */
static struct filter filters[FILTERS_MAX];
static size_t nr_filters;
static void *library;

static struct filter *filter_new(void)
{
	assert_true(nr_filters < FILTERS_MAX);
	return &filters[nr_filters++];
}

static void filter_write(FILE *f, size_t id)
{
	const struct filter *flt = &filters[id];
	struct filter_families fam = filter_families(flt);
	char *text = filter_text(flt);

	assert_non_null(text);
	fprintf(f, "#undef ID\n#define ID %zu\n%s%s", id, text, native_packet);
	free(text);
	if (flt->local_ports.nr)
		fprintf(f, "int NAME(port_)(u16 port)\n"
			   "{\n\treturn is_local_port(port);\n}\n");
	if (fam.has_ipv4 && flt->hosts.v4.nr)
		fprintf(f, "int NAME(ipv4_)(u32 addr)\n"
			   "{\n\treturn is_host_ipv4(addr);\n}\n");
	if (fam.has_ipv6 && flt->hosts.v6.nr)
		fprintf(f, "int NAME(ipv6_)(u64 hi, u64 lo)\n"
			   "{\n\treturn is_host_ipv6(hi, lo);\n}\n");
}

static void library_write(FILE *f)
{
	char *parser = source_assemble("bpf_src/common/tcp.h", NULL, NULL);
	size_t id;

	assert_non_null(parser);
	fputs(native_start, f);
	fputs(embedded_text("include/event.h"), f);
	fputs(parser, f);
	free(parser);
	fputs(native_names, f);
	for (id = 0; id < nr_filters; id++)
		filter_write(f, id);
}

static void library_make(void)
{
	library = native_load("-Wall -Werror -Wno-unknown-pragmas",
			      library_write);
}

/* The function NAME of a filter, or NULL where it has none. */
static void *function(const char *name, size_t id)
{
	char full[32];

	snprintf(full, sizeof(full), "%s_%zu", name, id);
	return dlsym(library, full);
}

static int library_free(void **state)
{
	size_t id;

	if (library)
		dlclose(library);
	for (id = 0; id < nr_filters; id++)
		filter_free(&filters[id]);
	return 0;
}

#endif
