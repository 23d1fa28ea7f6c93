// SPDX-License-Identifier: GPL-2.0
#include "view/drop.h"
#include "view/life.h"
#include "view/view.h"
#include "view/why.h"

const struct schema *const schemas[] = {
	&schema_packet, &schema_owned_packet, &schema_connection,
	&schema_state,	&schema_drop,	      &schema_why,
	NULL,
};
