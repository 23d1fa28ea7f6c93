// SPDX-License-Identifier: GPL-2.0
#include "view/pcapng_block.h"

#include <string.h>

#include "view/buf.h"
#include "view/escape.h"

/* Numbers in comments: sections of draft-ietf-opsawg-pcapng. */

enum block_type { /* 4 */
	BLOCK_INTERFACE = 1,
	BLOCK_STATISTICS = 5,
	BLOCK_PACKET = 6,
	BLOCK_SECTION = 0x0a0d0d0a,
};

enum option_code {
	OPT_END = 0, /* 3.5 */
	OPT_COMMENT = 1,
	SHB_HARDWARE = 2, /* 4.1 */
	SHB_OS = 3,
	SHB_USERAPPL = 4,
	IF_NAME = 2, /* 4.2 */
	IF_DESCRIPTION = 3,
	IF_TSRESOL = 9,
	IF_FILTER = 11,
	EPB_FLAGS = 2,	   /* 4.3 */
	ISB_STARTTIME = 2, /* 4.6 */
	ISB_ENDTIME = 3,
	ISB_IFRECV = 4,
	ISB_IFDROP = 5,
	ISB_FILTERACCEPT = 6,
	ISB_OSDROP = 7,
	ISB_USRDELIV = 8,
};

#define BYTE_ORDER_MAGIC 0x1a2b3c4d
#define VERSION_MAJOR 1
#define VERSION_MINOR 0

#define TSRESOL_NS 9	   /* 10^-9 s */
#define FILTER_IS_STRING 0 /* the first byte of an if_filter */

#define EPB_INBOUND 1 /* bits 0 and 1 of epb_flags */
#define EPB_OUTBOUND 2

/* A string is at most this long, and a block has room for three and a bit. */
#define STRING_SIZE 4000
#define OPTIONS_SIZE (3 * STRING_SIZE + 512)

#define OPTION_HEAD 4
#define BLOCK_FRAME 12 /* type, length, and the length again */

struct options {
	struct buf b;
	char data[OPTIONS_SIZE];
};

static size_t padding(size_t len)
{
	return -len & 3;
}

static void options_init(struct options *opts)
{
	opts->b = (struct buf){opts->data, opts->data + sizeof(opts->data)};
}

static void put_zeros(struct buf *b, size_t nr)
{
	buf_mem(b, "\0\0\0", nr);
}

/* What does not fit is left out; room for the end is kept. */
static void option_mem(struct options *opts, uint16_t code, const void *p,
		       uint16_t len)
{
	struct buf *b = &opts->b;
	size_t size = OPTION_HEAD + len + padding(len);

	if ((size_t)(b->end - b->pos) < size + OPTION_HEAD)
		return;
	buf_mem(b, &code, sizeof(code));
	buf_mem(b, &len, sizeof(len));
	buf_mem(b, p, len);
	put_zeros(b, padding(len));
}

/* FIRST, unless negative, is a byte in front of the string. */
static void option_str(struct options *opts, uint16_t code, int first,
		       const char *s)
{
	char clean[STRING_SIZE];
	struct buf b = {clean, clean + sizeof(clean)};

	if (!s || !s[0])
		return;
	if (first >= 0)
		buf_chr(&b, first);
	escape_clean(&b, s);
	option_mem(opts, code, clean, b.pos - clean);
}

static void option_u32(struct options *opts, uint16_t code, uint32_t v)
{
	option_mem(opts, code, &v, sizeof(v));
}

static void option_u64(struct options *opts, uint16_t code, uint64_t v)
{
	option_mem(opts, code, &v, sizeof(v));
}

/* The high half first, in either byte order. */
static void option_time(struct options *opts, uint16_t code, uint64_t ns)
{
	uint32_t halves[] = {ns >> 32, ns};

	option_mem(opts, code, halves, sizeof(halves));
}

static void put_u32(struct out *o, uint32_t v)
{
	out_mem(o, &v, sizeof(v));
}

/* The parts of a block: FIXED is a multiple of 4 bytes, DATA may be NULL. */
static size_t put_block(struct out *o, uint32_t type, const void *fixed,
			size_t fixed_len, const void *data, size_t data_len,
			struct options *opts)
{
	size_t size = BLOCK_FRAME + fixed_len + data_len + padding(data_len);

	if (opts->b.pos != opts->data)
		put_zeros(&opts->b, OPTION_HEAD); /* OPT_END */
	size += opts->b.pos - opts->data;
	put_u32(o, type);
	put_u32(o, size);
	out_mem(o, fixed, fixed_len);
	out_mem(o, data, data_len);
	out_mem(o, "\0\0\0", padding(data_len));
	out_mem(o, opts->data, opts->b.pos - opts->data);
	put_u32(o, size);
	return size;
}

size_t pcapng_put_section(struct out *o, const struct pcapng_section *s)
{
	const struct {
		uint32_t magic;
		uint16_t major, minor;
		uint32_t length[2];
	} fixed = {
		BYTE_ORDER_MAGIC,
		VERSION_MAJOR,
		VERSION_MINOR,
		{UINT32_MAX, UINT32_MAX}, /* not known in advance */
	};
	struct options opts;

	options_init(&opts);
	option_str(&opts, SHB_HARDWARE, -1, s->hardware);
	option_str(&opts, SHB_OS, -1, s->os);
	option_str(&opts, SHB_USERAPPL, -1, s->application);
	return put_block(o, BLOCK_SECTION, &fixed, sizeof(fixed), NULL, 0,
			 &opts);
}

size_t pcapng_put_interface(struct out *o, const struct pcapng_interface *i)
{
	const struct {
		uint16_t linktype, reserved;
		uint32_t snaplen;
	} fixed = {i->linktype, 0, i->snaplen};
	const uint8_t tsresol = TSRESOL_NS;
	struct options opts;

	options_init(&opts);
	option_str(&opts, IF_NAME, -1, i->name);
	option_str(&opts, IF_DESCRIPTION, -1, i->description);
	option_mem(&opts, IF_TSRESOL, &tsresol, sizeof(tsresol));
	option_str(&opts, IF_FILTER, FILTER_IS_STRING, i->filter);
	return put_block(o, BLOCK_INTERFACE, &fixed, sizeof(fixed), NULL, 0,
			 &opts);
}

static void put_owner(struct buf *b, const struct record *rec)
{
	buf_str(b, "pid ");
	buf_u64(b, rec->pid);
	buf_chr(b, ' ');
	if (!rec->comm)
		return;
	buf_str(b, rec->owner_is_listener ? "(" : "");
	buf_str(b, rec->comm);
	buf_str(b, rec->owner_is_listener ? ") " : " ");
}

static void option_comment(struct options *opts, const struct record *rec)
{
	char comment[512];
	struct buf b = {comment, comment + sizeof(comment) - 1};

	if (rec->has_owner)
		put_owner(&b, rec);
	buf_str(&b, "hook ");
	buf_str(&b, rec->hook);
	if (rec->reason) {
		buf_str(&b, " reason ");
		buf_str(&b, rec->reason);
	}
	*b.pos = '\0';
	option_str(opts, OPT_COMMENT, -1, comment);
}

static size_t least(size_t a, size_t b)
{
	return a < b ? a : b;
}

size_t pcapng_put_packet(struct out *o, uint32_t interface, uint32_t snaplen,
			 const struct record *rec,
			 const struct pcapng_frame *frame)
{
	size_t limit = least(snaplen ?: SIZE_MAX, PCAPNG_CAPLEN_MAX);
	size_t caplen = least(frame->caplen, limit);
	const uint32_t fixed[] = {
		interface,
		rec->ts_ns >> 32,
		rec->ts_ns,
		caplen,
		frame->wirelen < caplen ? caplen : frame->wirelen,
	};
	struct options opts;

	options_init(&opts);
	option_comment(&opts, rec);
	option_u32(&opts, EPB_FLAGS, rec->is_out ? EPB_OUTBOUND : EPB_INBOUND);
	return put_block(o, BLOCK_PACKET, fixed, sizeof(fixed), frame->data,
			 caplen, &opts);
}

size_t pcapng_put_statistics(struct out *o, const struct pcapng_statistics *s)
{
	const uint32_t fixed[] = {s->interface, s->end_ns >> 32, s->end_ns};
	struct options opts;

	options_init(&opts);
	option_str(&opts, OPT_COMMENT, -1, s->comment);
	option_time(&opts, ISB_STARTTIME, s->start_ns);
	option_time(&opts, ISB_ENDTIME, s->end_ns);
	if (s->has_counts) {
		option_u64(&opts, ISB_IFRECV, s->seen);
		option_u64(&opts, ISB_IFDROP, s->lost);
		option_u64(&opts, ISB_FILTERACCEPT, s->matched);
		option_u64(&opts, ISB_OSDROP, s->lost_os);
	}
	option_u64(&opts, ISB_USRDELIV, s->nr_written);
	return put_block(o, BLOCK_STATISTICS, fixed, sizeof(fixed), NULL, 0,
			 &opts);
}
