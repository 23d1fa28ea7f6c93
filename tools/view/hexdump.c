// SPDX-License-Identifier: GPL-2.0
#include "view/hexdump.h"

#include "view/buf.h"

#define LINE_BYTES 16

/* Four digits and a blank for two bytes. */
#define HEX_COLUMNS (LINE_BYTES / 2 * 5)

static void hexdump_line(struct out *o, uint32_t offset, const uint8_t *p,
			 uint32_t nr)
{
	char line[80];
	struct buf b = {line, line + sizeof(line)};
	uint32_t i;

	buf_str(&b, "\t0x");
	buf_hex(&b, offset, offset > 0xffff ? 8 : 4);
	buf_str(&b, ":  ");
	for (i = 0; i < nr; i++) {
		buf_hex(&b, p[i], 2);
		if (i % 2)
			buf_chr(&b, ' ');
	}
	buf_pad(&b, HEX_COLUMNS - nr / 2 * 5 - nr % 2 * 2 + 1);
	for (i = 0; i < nr; i++)
		buf_chr(&b, p[i] >= ' ' && p[i] <= '~' ? p[i] : '.');
	buf_chr(&b, '\n');
	out_mem(o, line, b.pos - line);
}

void hexdump_payload(struct out *o, const struct record *rec)
{
	uint32_t missing = rec->len - rec->payload_len;
	uint32_t i, nr;

	for (i = 0; i < rec->payload_len; i += nr) {
		nr = rec->payload_len - i;
		if (nr > LINE_BYTES)
			nr = LINE_BYTES;
		hexdump_line(o, i, rec->payload + i, nr);
	}
	if (!missing)
		return;
	out_str(o, "\t(+");
	out_u64(o, missing);
	out_str(o, missing == 1 ? " more byte)\n" : " more bytes)\n");
}
