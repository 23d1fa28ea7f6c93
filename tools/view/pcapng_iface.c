// SPDX-License-Identifier: GPL-2.0
#include "view/pcapng_iface.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool iface_is(const struct pcapng_iface *f, const struct record *rec,
		     uint16_t linktype)
{
	return f->linktype == linktype && f->has_netns == rec->has_netns &&
	       (!f->has_netns || f->netns == rec->netns) &&
	       !strcmp(f->hook, rec->hook) && !strcmp(f->name, rec->ifname);
}

static size_t iface_put(const struct pcapng_ifaces *all, struct out *o,
			const struct pcapng_iface *f)
{
	char text[128];
	struct pcapng_interface block = {
		.linktype = f->linktype,
		.snaplen = all->snaplen,
		.name = f->name,
		.description = text,
		.filter = all->filter,
	};

	if (f->has_netns)
		snprintf(text, sizeof(text),
			 "hook %s, network namespace %" PRIu64, f->hook,
			 f->netns);
	else
		snprintf(text, sizeof(text), "hook %s", f->hook);
	return pcapng_put_interface(o, &block);
}

static ssize_t iface_add(struct pcapng_ifaces *all, struct out *o,
			 const struct record *rec, uint16_t linktype)
{
	struct pcapng_iface *f =
		reallocarray(all->all, all->nr + 1, sizeof(*f));

	if (!f)
		return -ENOMEM;
	all->all = f;
	f += all->nr;
	*f = (struct pcapng_iface){
		.name = strdup(rec->ifname),
		.hook = strdup(rec->hook),
		.has_netns = rec->has_netns,
		.netns = rec->netns,
		.linktype = linktype,
		.stats.interface = all->nr,
	};
	if (!f->name || !f->hook) {
		free(f->name);
		free(f->hook);
		return -ENOMEM;
	}
	all->current = all->nr++;
	return iface_put(all, o, f);
}

ssize_t pcapng_iface_find(struct pcapng_ifaces *all, struct out *o,
			  const struct record *rec, uint16_t linktype)
{
	size_t i;

	if (all->nr && iface_is(&all->all[all->current], rec, linktype))
		return 0;
	for (i = 0; i < all->nr; i++) {
		if (!iface_is(&all->all[i], rec, linktype))
			continue;
		all->current = i;
		return 0;
	}
	return iface_add(all, o, rec, linktype);
}

/* As pcapng_iface_find(): the first interface that H was seen on. */
static ssize_t find_hook(struct pcapng_ifaces *all, struct out *o,
			 const struct summary_hook *h)
{
	const struct record none = {
		.hook = h->name,
		.ifname = h->ifname[0] ? h->ifname : "any",
	};
	const struct pcapng_iface *f;
	size_t i;

	for (i = 0; i < all->nr; i++) {
		f = &all->all[i];
		if (strcmp(f->hook, h->name) ||
		    (h->ifname[0] && strcmp(f->name, h->ifname)))
			continue;
		all->current = i;
		return 0;
	}
	/* Older readers want one link type in a file. */
	return iface_add(all, o, &none,
			 all->nr ? all->all[0].linktype : PCAPNG_ETHERNET);
}

static void take_counts(struct pcapng_iface *f, const struct summary *s,
			const struct summary_hook *h)
{
	bool is_first = h == s->hooks;

	f->stats.has_counts = true;
	f->stats.seen += h->seen;
	f->stats.matched += h->matched;
	if (is_first) {
		f->stats.lost_os = s->lost_submit + s->lost_ring;
		f->stats.lost = summary_lost(s);
	}
	snprintf(f->comment, sizeof(f->comment), "counts of hook %s on %s%s",
		 h->name, h->ifname[0] ? h->ifname : "all interfaces",
		 is_first && s->nr_hooks > 1 ? ", losses of all hooks" : "");
}

ssize_t pcapng_iface_sum(struct pcapng_ifaces *all, struct out *o,
			 const struct summary *s)
{
	ssize_t size = 0, n;
	size_t i;

	for (i = 0; i < s->nr_hooks; i++) {
		n = find_hook(all, o, &s->hooks[i]);
		if (n < 0)
			return n;
		size += n;
		take_counts(&all->all[all->current], s, &s->hooks[i]);
	}
	return size;
}

void pcapng_iface_forget(struct pcapng_ifaces *all)
{
	size_t i;

	for (i = 0; i < all->nr; i++) {
		free(all->all[i].name);
		free(all->all[i].hook);
	}
	free(all->all);
	all->all = NULL;
	all->nr = all->current = 0;
}
