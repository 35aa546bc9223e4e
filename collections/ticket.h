/* Tickets: values that stand for a place which is settled at the commit. Hides how one is told from any other word.
 *
 * A ticket is made by a list in an attempt and is good in that attempt only. As an item it is the attempt's number and
 * its own number in it; a collection that stores one keeps the address of struct truce_ticket_, which lives as long as
 * the attempt, and marks the value as a ticket. Its list writes the index when it locks, which is before anybody
 * installs anything; who installs a value that is a ticket installs the index. Only the transaction's thread touches
 * it. */
#ifndef TRUCE_TICKET_H
#define TRUCE_TICKET_H

#include "stm_core/core.h"

#include "value.h"

#define TRUCE_TICKET_GONE_ UINT64_MAX

struct truce_ticket_ {
    uint64_t index;   /* written under the locks; TRUCE_TICKET_GONE_: the element is not there any more */
    uint64_t attempt; /* these two are fixed: the item */
    uint32_t number;
};

/* A new ticket of the attempt; NULL when memory ran out. */
struct truce_ticket_ *truce_ticket_new_(truce_tx *tx);

static inline truce_item truce_ticket_item_(const struct truce_ticket_ *ticket)
{
    return (truce_item){ticket->attempt, ticket->number, TRUCE_TICKET};
}

/* The ticket that is this item. Stops if it is not one of this attempt. */
struct truce_ticket_ *truce_ticket_of_(const truce_tx *tx, truce_item item);

/* The ticket that a stored value is the address of. */
static inline const struct truce_ticket_ *truce_ticket_at_(uint64_t stored)
{
    return (const struct truce_ticket_ *)(uintptr_t)stored;
}

/* truce_value_check_, and tx fails if that does, where a ticket may be given as well: if values are words (not `bytes`)
 * that nobody `releases`. */
static inline truce_status truce_ticket_or_value_check_(truce_tx *tx, bool bytes, bool releases, truce_item value)
{
    if (value.kind == TRUCE_TICKET && !bytes && !releases) {
        truce_ticket_of_(tx, value);
        return TRUCE_OK;
    }
    const truce_status status = truce_value_check_(bytes, value);
    return status < 0 ? truce_tx_fail_(tx, status) : status;
}

#endif
