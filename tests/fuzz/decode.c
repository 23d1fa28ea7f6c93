// SPDX-License-Identifier: GPL-2.0
/*
 * Bytes from a perf buffer through the decoder, the flow table and both views:
 * whatever they are, JSON is one well-formed line and text moves no cursor.
 *
 * Input: a byte of options, the terminal's width, the length of the
 * interface's name, that name, the event.
 */
#include <locale.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "view/flow.h"
#include "view/view.h"

#define MAX_NAME 80

/* IPv4 rows fit into 100 columns up to what the kernel can put into one skb. */
#define MAX_IP4_LEN 999999

#define CHECK(claim)             \
	do {                     \
		if (!(claim))    \
			abort(); \
	} while (0)

static struct flow_table *flows;
static char text[1 << 18];

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	CHECK(setlocale(LC_CTYPE, "C.UTF-8"));
	flows = flow_table_new(16);
	CHECK(flows);
	return 0;
}

static size_t print(const struct view_ops *ops, const struct view_opts *opts,
		    const struct record *rec)
{
	struct view v = {.ops = ops, .opts = *opts, .schema = &schema_packet};
	int fd = memfd_create("view", MFD_CLOEXEC);
	ssize_t len;

	v.out = out_new(fd);
	CHECK(fd >= 0 && v.out);
	view_begin(&v);
	view_record(&v, rec);
	CHECK(!out_flush(v.out));
	out_free(v.out);
	len = pread(fd, text, sizeof(text) - 1, 0);
	CHECK(len > 0 && (size_t)len < sizeof(text) - 1);
	text[len] = '\0';
	close(fd);
	return len;
}

static const char *skip_string(const char *s)
{
	for (s++; *s != '"'; s++) {
		CHECK((unsigned char)*s >= ' ');
		if (*s != '\\')
			continue;
		s++;
		CHECK(strchr("\"\\u", *s));
		if (*s == 'u') {
			CHECK(strspn(s + 1, "0123456789abcdef") >= 4);
			s += 4;
		}
	}
	return s;
}

static void check_json(const struct view_opts *opts, const struct record *rec)
{
	size_t len = print(&view_json, opts, rec);
	const char *s;

	CHECK(strlen(text) == len && text[len - 1] == '\n');
	text[len - 1] = '\0';
	CHECK(mbstowcs(NULL, text, 0) != (size_t)-1);
	CHECK(!strncmp(text, "{\"type\":\"packet\",\"ts\":\"", 23));
	for (s = text + 1; *s && *s != '}'; s++)
		s = *s == '"' ? skip_string(s) : s;
	CHECK(s == text + len - 2);
}

static void check_text(const struct view_opts *opts, const struct record *rec)
{
	size_t len = print(&view_text, opts, rec), i;
	const char *row = strchr(text, '\n') + 1;

	CHECK(strlen(text) == len && text[len - 1] == '\n');
	for (i = 0; i < len; i++)
		CHECK((text[i] >= ' ' && text[i] <= '~') || text[i] == '\n' ||
		      (text[i] == '\t' && opts->want_hex) ||
		      (text[i] == '\033' && opts->want_colour));
	if (rec->ip == 4 && rec->len <= MAX_IP4_LEN && !opts->want_colour &&
	    !opts->want_all)
		CHECK(strcspn(row, "\n") <= 100);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct view_opts opts = {.is_utc = true};
	char name[MAX_NAME + 1] = "";
	struct record rec;
	uint32_t ifindex;
	size_t nr;

	if (size < 3)
		return 0;
	opts.want_colour = data[0] & 1;
	opts.want_raw_seq = data[0] & 2;
	opts.want_hex = data[0] & 4;
	opts.want_all = data[0] & 8;
	opts.width = data[1];
	nr = data[2] % (MAX_NAME + 1);
	nr = nr < size - 3 ? nr : size - 3;
	memcpy(name, data + 3, nr);
	if (record_decode(data + 3 + nr, size - 3 - nr, 0, &rec, &ifindex))
		return 0;
	CHECK(rec.payload_len <= rec.len && !rec.ifname && !rec.hook);
	rec.hook = "tracepoint";
	rec.ifname = name;
	flow_relate(flows, &rec);
	check_json(&opts, &rec);
	check_text(&opts, &rec);
	return 0;
}
