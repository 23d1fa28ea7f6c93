// SPDX-License-Identifier: GPL-2.0
#include "view/why.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "event.h"
#include "view/columns.h"

static const char nobody[] = "nobody-listens", full[] = "queue-full",
		  firewall[] = "firewall", dropped[] = "syn-dropped",
		  ack_dropped[] = "ack-dropped",
		  unanswered[] = "synack-unanswered",
		  reset_in[] = "reset-by-client",
		  reset_out[] = "reset-by-application", nothing[] = "no-answer";

void why_fill(struct why *w, uint64_t ts_ns, const struct why_key *key,
	      const struct why_attempt *a)
{
	*w = (struct why){
		.rec =
			{
				.ts_ns = ts_ns,
				.ip = key->ip,
				.sport = key->remote_port,
				.dport = key->local_port,
				.flags = TCP_SYN,
				.seq = a->seq,
			},
		.attempt = *a,
	};
	memcpy(w->rec.saddr, key->remote, sizeof(key->remote));
	memcpy(w->rec.daddr, key->local, sizeof(key->local));
}

int why_decode(const void *raw, size_t size, uint64_t boot_ns, struct why *w)
{
	struct why_event ev;

	if (size < sizeof(ev))
		return -EBADMSG;
	memcpy(&ev, raw, sizeof(ev));
	if ((ev.key.ip != 4 && ev.key.ip != 6) || ev.attempt.how > WHY_NOTHING)
		return -EBADMSG;
	why_fill(w, ev.ts_ns + boot_ns, &ev.key, &ev.attempt);
	return 0;
}

static const char *verdict_of_reason(const char *reason)
{
	static const struct {
		const char *reason, *verdict;
	} known[] = {
		{"NO_SOCKET", nobody},
		{"NETFILTER_DROP", firewall},
		{"TCP_LISTEN_OVERFLOW", full},
	};
	size_t i;

	for (i = 0; reason && i < sizeof(known) / sizeof(*known); i++)
		if (!strcmp(known[i].reason, reason))
			return known[i].verdict;
	return NULL;
}

static bool is_full(const struct why_attempt *a)
{
	return a->has_queue && a->queued > a->limit;
}

static const char *verdict_of_drop(const struct why *w, bool has_listener)
{
	if (!w->rec.reason && !has_listener)
		return nobody;
	return verdict_of_reason(w->rec.reason) ?: dropped;
}

/* The SYN was taken, and then no connection came to be. */
static const char *verdict_of_silence(const struct why *w)
{
	const struct why_attempt *a = &w->attempt;
	const char *verdict = NULL;

	if (a->nr_refused)
		verdict = verdict_of_reason(w->rec.reason);
	if (verdict)
		return verdict;
	if (is_full(a))
		return full;
	if (a->nr_refused)
		return ack_dropped;
	return a->nr_synack ? unanswered : nothing;
}

static void evidence_put(struct why *w)
{
	const struct why_attempt *a = &w->attempt;
	char *to = w->evidence;
	size_t size = sizeof(w->evidence);

	if (w->verdict == full && a->has_queue)
		snprintf(to, size, "%u wait, limit %u", a->queued, a->limit);
	else if (w->verdict == unanswered)
		snprintf(to, size, "SYN-ACK sent %u times", a->nr_synack + 1);
	else if (w->verdict == nothing)
		snprintf(to, size, "%u SYN taken", a->nr_syn);
	else if (w->verdict == reset_out)
		snprintf(to, size, "nothing was sent");
	else if (w->verdict == reset_in)
		snprintf(to, size, "in the handshake");
	else
		snprintf(to, size, "%s in %s", w->rec.reason ?: "dropped",
			 w->function ?: "?");
}

void why_judge(struct why *w, bool has_listener)
{
	const struct why_attempt *a = &w->attempt;

	if (a->how == WHY_RST_IN)
		w->verdict = reset_in;
	else if (a->how == WHY_RST_OUT)
		w->verdict = reset_out;
	else if (a->how == WHY_DROPPED)
		w->verdict = verdict_of_drop(w, has_listener);
	else
		w->verdict = verdict_of_silence(w);
	evidence_put(w);
}

static const struct why *to_why(const struct record *rec)
{
	return (const struct why *)(const void *)rec;
}

static bool has_function(const struct record *rec)
{
	return to_why(rec)->function;
}

static bool has_queue(const struct record *rec)
{
	return to_why(rec)->attempt.has_queue;
}

static uint64_t number_queued(const struct record *rec)
{
	return to_why(rec)->attempt.queued;
}

static uint64_t number_limit(const struct record *rec)
{
	return to_why(rec)->attempt.limit;
}

static uint64_t number_syns(const struct record *rec)
{
	return to_why(rec)->attempt.nr_syn;
}

static uint64_t number_synacks(const struct record *rec)
{
	return to_why(rec)->attempt.nr_synack;
}

static uint64_t number_refused(const struct record *rec)
{
	return to_why(rec)->attempt.nr_refused;
}

static const char *string_evidence(const struct record *rec)
{
	return to_why(rec)->evidence;
}

/* Of words, unlike other strings; ours, and names of the kernel. */
static void text_evidence(struct view *v, const struct record *rec,
			  struct buf *b)
{
	buf_str(b, to_why(rec)->evidence);
}

COLUMN_STRING(struct why, verdict)
COLUMN_STRING(struct why, function)

/* clang-format off */
static const struct column why_verdict = {COLUMN_KEY("verdict"),
	COLUMN_LEFT("VERDICT"), .string = string_verdict};
static const struct column why_evidence = {COLUMN_KEY("evidence"),
	COLUMN_LEFT("EVIDENCE"), .can_cut = true, .string = string_evidence,
	.text = text_evidence};
static const struct column why_function = {COLUMN_KEY("function"),
	.has = has_function, .string = string_function};
static const struct column why_queued = {COLUMN_KEY("queued"), .has = has_queue,
	.number = number_queued};
static const struct column why_limit = {COLUMN_KEY("limit"), .has = has_queue,
	.number = number_limit};
static const struct column why_syns = {COLUMN_KEY("syns"),
	.number = number_syns};
static const struct column why_synacks = {COLUMN_KEY("synack_retransmits"),
	.number = number_synacks};
static const struct column why_refused = {COLUMN_KEY("acks_dropped"),
	.number = number_refused};

static const struct field fields[] = {
	CELL(&column_ts, 12),
	WORD(&column_ifname),
	WORD(&column_ip),
	CELL(&column_saddr, 19),
	JOINED(&column_sport),
	CELL(&column_daddr, 17),
	JOINED(&column_dport),
	WORD(&column_seq),
	CELL(&why_verdict, 20),
	CELL(&why_evidence, 28),
	WORD(&column_reason),
	WORD(&why_function),
	WORD(&why_queued),
	WORD(&why_limit),
	WORD(&why_syns),
	WORD(&why_synacks),
	WORD(&why_refused),
	FIELDS_END,
};
/* clang-format on */

const struct schema schema_why = {
	.type = "failure",
	.noun = "failed attempt",
	.nouns = "failed attempts",
	.fields = fields,
};
