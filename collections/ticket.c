/* The tickets of an attempt are kept by a participant of its own, whose object is the same for all: it locks nothing and
 * installs nothing. */
#include "ticket.h"

#include <string.h>

struct tickets {
    uint64_t attempt;
    uint32_t count, capacity;
    struct truce_ticket_ **each;
};

static enum truce_step_ judge_nothing(truce_tx *tx, struct truce_record_ *record, uint64_t limit)
{
    (void)tx;
    (void)record;
    (void)limit;
    return TRUCE_STEP_DONE_;
}

static enum truce_step_ lock_no_effect(truce_tx *tx, struct truce_effect_ *effect)
{
    (void)tx;
    (void)effect;
    return TRUCE_STEP_DONE_;
}

static void install_no_effect(truce_tx *tx, struct truce_effect_ *effect)
{
    (void)tx;
    (void)effect;
}

static const struct truce_kind_ ticket_kind = {
    .name = "ticket",
    .recheck = judge_nothing,
    .lock_effect = lock_no_effect,
    .install_effect = install_no_effect,
};

/* Never written. Its effects have a hash that others have as well: what tells them is the participant. */
static struct truce_object_ all_tickets __attribute__((aligned(TRUCE_OBJECT_ALIGNMENT_))) = {
    .magic = 0x71c4e700, .kind = &ticket_kind};
static const uint64_t ticket_hash = 0x71c4e7;

static struct tickets *tickets_of(const truce_tx *tx)
{
    if (!truce_effect_maybe_(tx, ticket_hash)) return NULL;
    for (struct truce_effect_ *effect = truce_effect_first_(tx, ticket_hash); effect != NULL; effect = effect->next) {
        if (effect->participant->object == &all_tickets) return (struct tickets *)(uintptr_t)effect->value;
    }
    return NULL;
}

static struct tickets *new_tickets(truce_tx *tx)
{
    struct truce_participant_ *participant = truce_participant_(tx, &all_tickets);
    struct tickets *tickets = truce_tx_bytes_(tx, sizeof *tickets);
    if (participant == NULL || tickets == NULL) return NULL;
    struct truce_effect_ *effect = truce_effect_new_(tx, participant, ticket_hash);
    if (effect == NULL) return NULL;
    effect->value = (uint64_t)(uintptr_t)tickets;
    /* No other attempt has this transaction's number and was begun as this thread's so many-th. */
    const uint64_t attempts = truce_attempts_ended_(tx->thread);
    *tickets = (struct tickets){.attempt = (uint64_t)tx->owner << 42 | (uint64_t)(tx->thread->index & 0x3ff) << 32 |
                                           (attempts & UINT32_MAX)};
    return tickets;
}

static bool make_room(truce_tx *tx, struct tickets *tickets)
{
    if (tickets->count < tickets->capacity) return true;
    if (tickets->capacity > UINT32_MAX / 2) return false;
    const uint32_t capacity = tickets->capacity == 0 ? 4 : 2 * tickets->capacity;
    struct truce_ticket_ **each = truce_tx_bytes_(tx, capacity * sizeof *each);
    if (each == NULL) return false;
    if (tickets->count > 0) memcpy(each, tickets->each, tickets->count * sizeof *each);
    tickets->each = each;
    tickets->capacity = capacity;
    return true;
}

struct truce_ticket_ *truce_ticket_new_(truce_tx *tx)
{
    struct tickets *tickets = tickets_of(tx);
    if (tickets == NULL) tickets = new_tickets(tx);
    if (tickets == NULL || !make_room(tx, tickets)) return NULL;
    struct truce_ticket_ *ticket = truce_tx_bytes_(tx, sizeof *ticket);
    if (ticket == NULL) return NULL;
    *ticket = (struct truce_ticket_){TRUCE_TICKET_GONE_, tickets->attempt, tickets->count};
    tickets->each[tickets->count++] = ticket;
    return ticket;
}

struct truce_ticket_ *truce_ticket_of_(const truce_tx *tx, truce_item item)
{
    const struct tickets *tickets = tickets_of(tx);
    if (tickets == NULL || item.word != tickets->attempt || item.size >= tickets->count) {
        truce_misuse_("a ticket is good in the attempt that made it, and nowhere else");
    }
    return tickets->each[item.size];
}
