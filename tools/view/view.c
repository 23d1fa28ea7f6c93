// SPDX-License-Identifier: GPL-2.0
#include "view/view.h"

const struct view_ops *const views[] = {&view_text, &view_json, NULL};

const char *view_name(size_t nr, const char **what)
{
	if (what)
		*what = views[nr] ? views[nr]->what : NULL;
	return views[nr] ? views[nr]->name : NULL;
}
