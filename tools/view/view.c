// SPDX-License-Identifier: GPL-2.0
#include "view/view.h"

#define VIEW_ROW(name) &view_##name,

const struct view_ops *const views[] = {VIEWS(VIEW_ROW) NULL};

const char *view_name(size_t nr, const char **what)
{
	if (what)
		*what = views[nr] ? views[nr]->what : NULL;
	return views[nr] ? views[nr]->name : NULL;
}
