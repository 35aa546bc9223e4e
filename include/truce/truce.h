/* Truce: transactional collections in which accesses with independent keys never conflict. Includes everything. */
#ifndef TRUCE_TRUCE_H
#define TRUCE_TRUCE_H

#include <truce/check.h>
#include <truce/counter.h>
#include <truce/dict.h>
#include <truce/item.h>
#include <truce/list.h>
#include <truce/queue.h>
#include <truce/settings.h>
#include <truce/stats.h>
#include <truce/status.h>
#include <truce/tx.h>
#include <truce/var.h>

#endif
