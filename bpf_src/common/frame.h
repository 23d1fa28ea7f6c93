/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The frame as tcpdump(8) would have it in a file, for a pcap-filter(7): link
 * header, then the VLAN tag that the kernel took off, put back, then the rest.
 * Enough for whole TCP segments: nothing that is shorter matches. Beside what
 * snoop.h wants, the program says:
 *
 *	FRAME_LOAD(ctx, off, to, len)	copy LEN bytes at OFF, counted from the
 *					link header; negative behind the end
 *	FRAME_PEEK(ctx, len)		only where the frame's first LEN bytes
 *					can be had without a copy: a pointer, or
 *					NULL for a packet of which they cannot
 *	FRAME_NEAR(ctx, len)		with common/cast.h, instead of that:
 *					where the frame lies, *LEN bytes of it
 *	FRAME_LOAD_IS_PART		1 where that ends with the first piece of
 *					a packet in several, and LOAD does not
 *	FRAME_IS_RAW(ctx)		only where WANT_ETHER and WANT_RAW: has
 *					this packet no link header?
 */
#ifndef COMMON_FRAME_H
#define COMMON_FRAME_H

#ifdef FRAME_NEAR
#define HAS_NEAR 1
#else
#define HAS_NEAR 0
#endif
#ifndef FRAME_PEEK
#define FRAME_PEEK(ctx, len) 0
#endif
#ifndef FRAME_LOAD_IS_PART
#define FRAME_LOAD_IS_PART 0
#endif

#define TAG_AT 12 /* behind the addresses */
#define TAG_SIZE 4

/* Link, IP and TCP headers have at least these. */
#define ETHER_HEAD 54
#define RAW_HEAD 40

struct frame {
	void *ctx;
	u32 len;      /* on the wire */
	u32 moved;    /* TAG_SIZE for a tag that was put back, else 0 */
	u32 link;     /* bytes in front of the network header, without that */
	const u8 *at; /* its start: the packet's own, or head */
	u16 pad; /* so that the IP header's words lie on their boundaries */
	u8 head[ETHER_HEAD];
#if HAS_NEAR
	void *near;
	u32 near_len;
#endif
};

#if HAS_NEAR
/*
 * A load from kernel memory takes the room of ten instructions: eight bytes
 * each, from which clang takes all that is wanted of them. OFF is a constant.
 */
static inline u64 head_word(const struct frame *f, u32 off)
{
	return be64_to_cpu(*(const u64 *)(f->at + (off & ~7)));
}

static inline u32 head_u8(const struct frame *f, u32 off)
{
	return head_word(f, off) >> (56 - 8 * (off & 7)) & 0xff;
}

static inline u32 head_u16(const struct frame *f, u32 off)
{
	if (off % 8 > 6)
		return head_u8(f, off) << 8 | head_u8(f, off + 1);
	return head_word(f, off) >> (48 - 8 * (off & 7)) & 0xffff;
}

static inline u32 head_u32(const struct frame *f, u32 off)
{
	if (off % 8 > 4)
		return head_u16(f, off) << 16 | head_u16(f, off + 2);
	return head_word(f, off) >> (32 - 8 * (off & 7));
}
#else
static inline u32 head_u8(const struct frame *f, u32 off)
{
	return f->at[off];
}

static inline u32 head_u16(const struct frame *f, u32 off)
{
	if (off % 2)
		return head_u8(f, off) << 8 | head_u8(f, off + 1);
	return ntohs(*(const u16 *)(f->at + off));
}

static inline u32 head_u32(const struct frame *f, u32 off)
{
	if (off % 4 != 2)
		return head_u16(f, off) << 16 | head_u16(f, off + 2);
	return ntohl(*(const u32 *)(f->at + off));
}
#endif

static inline u64 head_u64(const struct frame *f, u32 off)
{
	return (u64)head_u32(f, off) << 32 | head_u32(f, off + 4);
}

/*
 * As FRAME_LOAD, whatever the pieces; but what starts in the link header must
 * end in the first.
 */
static inline int frame_load_rest(struct frame *f, u32 off, void *to, u32 len)
{
	if (FRAME_LOAD(f->ctx, off, to, len) >= 0)
		return 0;
#if FRAME_LOAD_IS_PART
	if (off >= f->link)
		return LOAD(f->ctx, off - f->link, to, len);
#endif
	return -1;
}

/* From OFF in the link header, which is in the first piece, past its end. */
static inline int frame_load_head(struct frame *f, u32 off, u8 *to, u32 len)
{
	u32 link = ETH_HLEN - off;

	if (FRAME_LOAD(f->ctx, off, to, len) >= 0)
		return 0;
#if FRAME_LOAD_IS_PART
	if (f->link == ETH_HLEN && FRAME_LOAD(f->ctx, off, to, link) >= 0)
		return LOAD(f->ctx, 0, to + link, len - link);
#endif
	return -1;
}

/*
 * LEN bytes as a number, from OFF in front of or in the tag that was put back.
 * By shifts: older verifiers refuse to read the stack at places that they do
 * not know.
 */
static inline u32 head_number(const struct frame *f, u32 off, u32 len)
{
	u64 mid = head_u64(f, 8);
	u64 high = off < 8 ? head_u64(f, 0) : mid;
	u64 low = off < 8 ? mid : head_u64(f, 16);
	u32 shift = 8 * (off & 7);

	/* In two steps, as a shift by 64 is none. */
	return (high << shift | low >> 1 >> (63 - shift)) >> (64 - 8 * len);
}

static inline bool is_in_tag(const struct frame *f, u64 off)
{
	return f->moved && off < TAG_AT + TAG_SIZE;
}

#if HAS_NEAR
/* At once: as bytes, memcpy() would not know how they are aligned. */
static inline u32 near_load(const struct frame *f, u64 off, u32 len)
{
	const void *at = cast(f->near + off);
	u32 v;

	if (len == sizeof(u32))
		v = *(const u32 *)at;
	else if (len == sizeof(u16))
		v = *(const u16 *)at;
	else
		v = *(const u8 *)at;
	/* Else clang loads from here and from a copy by one instruction. */
	asm volatile("" : "+r"(v));
	return v;
}
#endif

/* Anywhere else; LEN is 1, 2 or 4. */
static inline int frame_load(struct frame *f, u64 off, void *to, u32 len)
{
	if (off > 0xffff)
		return -1;
#if HAS_NEAR
	/* Else one way more each time in a loop, and a verifier gives up. */
	if (__builtin_constant_p(off) && off - f->moved + len <= f->near_len) {
		u32 v = near_load(f, off - f->moved, len);

		__builtin_memcpy(to, &v, len);
		return 0;
	}
#endif
	return frame_load_rest(f, off - f->moved, to, len);
}

static inline int frame_u8(struct frame *f, u64 off, u32 *to)
{
	u8 v = 0;

	if (is_in_tag(f, off)) {
		*to = head_number(f, off, sizeof(v));
		return 0;
	}
	if (frame_load(f, off, &v, sizeof(v)) < 0)
		return -1;
	*to = v;
	return 0;
}

static inline int frame_u16(struct frame *f, u64 off, u32 *to)
{
	u16 v = 0;

	if (is_in_tag(f, off)) {
		*to = head_number(f, off, sizeof(v));
		return 0;
	}
	if (frame_load(f, off, &v, sizeof(v)) < 0)
		return -1;
	*to = ntohs(v);
	return 0;
}

static inline int frame_u32(struct frame *f, u64 off, u32 *to)
{
	u32 v = 0;

	if (is_in_tag(f, off)) {
		*to = head_number(f, off, sizeof(v));
		return 0;
	}
	if (frame_load(f, off, &v, sizeof(v)) < 0)
		return -1;
	*to = ntohl(v);
	return 0;
}

/* A verifier wants pointers of one kind, wherever the first bytes are. */
#if HAS_NEAR
#define FRAME_HEAD(f) ((const u8 *)cast((f)->head))
#else
#define FRAME_HEAD(f) ((f)->head)
#endif

/* The first LEN bytes: where they are, or copied. */
static inline int frame_open(struct frame *f, u32 len)
{
	int err;

#if HAS_NEAR
	f->at = f->near_len < len ? (void *)0 : (const u8 *)cast(f->near);
#else
	f->at = FRAME_PEEK(f->ctx, len);
#endif
	if (f->at)
		return 0;
	err = f->link ? frame_load_head(f, 0, f->head, len)
		      : frame_load_rest(f, 0, f->head, len);
	f->at = FRAME_HEAD(f);
	return err;
}

#include "common/pcap.h"

#if WANT_ETHER
static inline int ether_matches(struct frame *f, const struct arrival *a)
{
	f->len = a->wirelen + ETH_HLEN;
	f->link = ETH_HLEN + a->link_tags;
	if (!a->tag_proto)
		return frame_open(f, ETHER_HEAD) >= 0 && pcap_ether(f);
	f->at = FRAME_HEAD(f);
	f->moved = TAG_SIZE;
	f->head[TAG_AT] = ntohs(a->tag_proto) >> 8;
	f->head[TAG_AT + 1] = ntohs(a->tag_proto);
	f->head[TAG_AT + 2] = a->tag_tci >> 8;
	f->head[TAG_AT + 3] = a->tag_tci;
	return FRAME_LOAD(f->ctx, 0, f->head, TAG_AT) >= 0 &&
	       frame_load_head(f, TAG_AT, f->head + TAG_AT + TAG_SIZE,
			       ETHER_HEAD - TAG_AT - TAG_SIZE) >= 0 &&
	       pcap_ether(f);
}
#endif

#if WANT_RAW
static inline int raw_matches(struct frame *f, const struct arrival *a)
{
	f->len = a->wirelen;
	f->link = 0;
	return frame_open(f, RAW_HEAD) >= 0 && pcap_raw(f);
}
#endif

/* 1 for a packet that the words on the command line describe. */
static inline int pcap_matches(void *ctx, const struct arrival *a)
{
	struct frame f;

	f.ctx = ctx;
	f.moved = 0;
#if HAS_NEAR
	f.near = FRAME_NEAR(ctx, &f.near_len);
#endif
#if WANT_BOTH_LINKS
	if (FRAME_IS_RAW(ctx))
		return raw_matches(&f, a);
	return ether_matches(&f, a);
#else
#if WANT_ETHER
	return ether_matches(&f, a);
#else
	return raw_matches(&f, a);
#endif
#endif
}

#endif
