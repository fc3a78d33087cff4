/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FOLIOS_H
#define FOLIOS_H

#include <linux/mm.h>

struct folio_buf {
	struct folio **folios;
	long nr;
};

#endif
