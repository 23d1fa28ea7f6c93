/* SPDX-License-Identifier: GPL-2.0 */
/*
 * SipHash (Aumasson and Bernstein, 2012), a hash that nobody can find collisions
 * of who does not know its key: for tables whose keys a stranger chooses. This
 * text is also compiled by clang for BPF: it includes nothing.
 */
#ifndef SIPHASH_H
#define SIPHASH_H

struct siphash_key {
	__u64 word[2];
};

/* What a table needs: one round for each word, three at the end. */
#define SIPHASH_TABLE 1, 3

struct siphash_state {
	__u64 a, b, c, d;
};

static inline __u64 siphash_rotate(__u64 word, __u32 bits)
{
	return word << bits | word >> (64 - bits);
}

static inline void siphash_round(struct siphash_state *s)
{
	s->a += s->b;
	s->c += s->d;
	s->b = siphash_rotate(s->b, 13) ^ s->a;
	s->d = siphash_rotate(s->d, 16) ^ s->c;
	s->a = siphash_rotate(s->a, 32);
	s->c += s->b;
	s->a += s->d;
	s->b = siphash_rotate(s->b, 17) ^ s->c;
	s->d = siphash_rotate(s->d, 21) ^ s->a;
	s->c = siphash_rotate(s->c, 32);
}

static inline void siphash_take(struct siphash_state *s, __u64 word, __u32 nr)
{
	__u32 i;

	s->d ^= word;
#ifdef __clang__
#pragma unroll
#endif
	for (i = 0; i < nr; i++)
		siphash_round(s);
	s->a ^= word;
}

/*
 * SIZE bytes of DATA, with NR rounds for each word of them and NR_END at the
 * end. In BPF these three are constants. Words are read as the machine has them,
 * so the published values hold where the low byte comes first.
 */
static inline __u64 siphash(const struct siphash_key *key, const void *data,
			    __u32 size, __u32 nr, __u32 nr_end)
{
	struct siphash_state s = {
		.a = key->word[0] ^ 0x736f6d6570736575,
		.b = key->word[1] ^ 0x646f72616e646f6d,
		.c = key->word[0] ^ 0x6c7967656e657261,
		.d = key->word[1] ^ 0x7465646279746573,
	};
	__u64 word;
	__u32 i;

#ifdef __clang__
#pragma unroll
#endif
	for (i = 0; i + sizeof(word) <= size; i += sizeof(word)) {
		__builtin_memcpy(&word, (const char *)data + i, sizeof(word));
		siphash_take(&s, word, nr);
	}
	word = 0;
	if (size & 7)
		__builtin_memcpy(&word, (const char *)data + i, size & 7);
	siphash_take(&s, word | (__u64)size << 56, nr);
	s.c ^= 0xff;
	siphash_take(&s, 0, nr_end);
	return s.a ^ s.b ^ s.c ^ s.d;
}

_Static_assert(sizeof(struct siphash_key) == 16, "128 bits");

#endif
