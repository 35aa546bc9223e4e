/* A transaction's work on a list, before the commit: the journal of its entries. */
#include "list_parts.h"

#include <string.h>

struct truce_list_work_ *truce_list_work_(truce_tx *tx, truce_list *list)
{
    struct truce_list_work_ *work = truce_list_work_if_any_(tx, list);
    if (work != NULL) return work;
    work = truce_tx_bytes_(tx, sizeof *work);
    if (work == NULL) return NULL;
    struct truce_effect_ *effect = truce_object_effect_new_(tx, &list->object);
    if (effect == NULL) return NULL;
    memset(work, 0, offsetof(struct truce_list_work_, first_entries));
    work->moves_from = TRUCE_LIST_NOTHING_;
    work->entries = work->first_entries;
    work->capacity = TRUCE_LIST_FIRST_ENTRIES_;
    work->appended = work->first_appended;
    work->appended_capacity = TRUCE_LIST_FIRST_APPENDED_;
    work->image = work->small_image;
    work->image_capacity = TRUCE_LIST_SMALL_IMAGE_;
    effect->value = (uint64_t)(uintptr_t)work;
    return work;
}

struct truce_list_view_ truce_list_view_(const truce_tx *tx, const truce_list *list)
{
    const struct truce_list_work_ *work = truce_list_work_if_any_(tx, list);
    if (work == NULL) return (struct truce_list_view_){NULL, 0, 0, 0};
    const uint64_t in_row = work->count == 0 ? 0 : work->entries[work->count - 1].given.value;
    return (struct truce_list_view_){work, work->appended_count, in_row, work->count};
}

int64_t truce_list_net_(const struct truce_list_view_ *view, uint32_t number, bool *absolute)
{
    const struct truce_list_entry_ *entry = &view->work->entries[number - 1];
    *absolute = entry->absolute;
    switch (entry->change) {
    case TRUCE_LIST_APPEND_:
        return entry->net + (int64_t)truce_list_in_row_(view, number);
    case TRUCE_LIST_INSERT_:
        return entry->net + 1;
    case TRUCE_LIST_REMOVE_:
        return entry->net - 1;
    case TRUCE_LIST_POP_:
        return entry->net - (int64_t)truce_list_in_row_(view, number);
    case TRUCE_LIST_CLEAR_:
        *absolute = true;
        return 0;
    default:
        return entry->net;
    }
}

/* Finding SETs and ADDs by index. */

static uint32_t *head_of(const struct truce_list_work_ *work, uint64_t index)
{
    return &work->heads[(index * 0x9e3779b97f4a7c15u >> 32) & work->heads_mask];
}

/* The newest SET or ADD of an index among the first `entries`, looked for one by one. */
static uint32_t scan(const struct truce_list_work_ *work, uint64_t index, uint32_t entries)
{
    for (; entries > 0; entries--) {
        const struct truce_list_entry_ *entry = &work->entries[entries - 1];
        if (entry->change <= TRUCE_LIST_ADD_ && entry->index == index) break;
    }
    return entries;
}

uint32_t truce_list_older_(const struct truce_list_work_ *work, uint32_t number)
{
    const uint64_t index = work->entries[number - 1].index;
    if (work->heads == NULL) return scan(work, index, number - 1);
    do {
        number = work->entries[number - 1].older;
    } while (number != 0 && work->entries[number - 1].index != index);
    return number;
}

uint32_t truce_list_newest_(const struct truce_list_work_ *work, uint64_t index, uint32_t entries)
{
    if (index >= work->index_end) return 0;
    if (work->heads == NULL) return scan(work, index, entries);
    uint32_t number = *head_of(work, index);
    while (number > entries || (number != 0 && work->entries[number - 1].index != index)) {
        number = work->entries[number - 1].older;
    }
    return number;
}

static void link_entry(struct truce_list_work_ *work, uint32_t number)
{
    struct truce_list_entry_ *entry = &work->entries[number - 1];
    if (work->heads == NULL || entry->change > TRUCE_LIST_ADD_) return;
    uint32_t *head = head_of(work, entry->index);
    entry->older = *head;
    *head = number;
}

/* So many entries are looked through one by one. */
enum { SCANNED_MAX = 8 };

/* Memory. Everything is in the arena: what was outgrown goes with the attempt. */

static bool grow_heads(truce_tx *tx, struct truce_list_work_ *work)
{
    const size_t size = 2 * (size_t)work->capacity;
    uint32_t *heads = truce_tx_bytes_(tx, size * sizeof *heads);
    if (heads == NULL) return false;
    memset(heads, 0, size * sizeof *heads);
    work->heads = heads;
    work->heads_mask = (uint32_t)(size - 1);
    for (uint32_t number = 1; number <= work->count; number++) link_entry(work, number);
    return true;
}

static bool room_for_entry(truce_tx *tx, struct truce_list_work_ *work)
{
    if (work->count < work->capacity) return true;
    if (work->capacity > UINT32_MAX / 4) return false;
    const uint32_t capacity = 2 * work->capacity;
    struct truce_list_entry_ *entries = truce_tx_bytes_(tx, capacity * sizeof *entries);
    if (entries == NULL) return false;
    memcpy(entries, work->entries, work->count * sizeof *entries);
    work->entries = entries;
    work->capacity = capacity;
    return capacity <= SCANNED_MAX || grow_heads(tx, work);
}

static bool room_for_appended(truce_tx *tx, struct truce_list_work_ *work)
{
    if (work->appended_count < work->appended_capacity) return true;
    const uint64_t capacity = 2 * work->appended_capacity;
    if (capacity > SIZE_MAX / 64) return false;
    struct truce_own_value_ *appended = truce_tx_bytes_(tx, capacity * sizeof *appended);
    if (appended == NULL) return false;
    memcpy(appended, work->appended, work->appended_count * sizeof *appended);
    work->appended = appended;
    work->appended_capacity = capacity;
    return true;
}

/* Values. */

truce_status truce_list_take_(truce_tx *tx, const truce_list *list, truce_item value, struct truce_own_value_ *taken)
{
    const bool bytes = truce_list_has_(list, TRUCE_LIST_BYTES_);
    if (value.kind == TRUCE_TICKET && !truce_list_owns_(list)) {
        *taken = (struct truce_own_value_){(uint64_t)(uintptr_t)truce_ticket_of_(tx, value), TRUCE_TICKET};
        return TRUCE_OK;
    }
    const truce_status status = truce_value_check_(bytes, value);
    if (status < 0) return truce_tx_fail_(tx, status);
    *taken = (struct truce_own_value_){value.word, value.kind};
    if (!bytes) return TRUCE_OK;
    taken->value = truce_blob_new_(value);
    if (taken->value == 0) return truce_list_no_memory_(tx);
    tx->settles = true;
    return TRUCE_OK;
}

static truce_status drop_value(truce_tx *tx, const struct truce_own_value_ *value)
{
    if (value->kind == TRUCE_BYTES) truce_free_((void *)(uintptr_t)value->value);
    return truce_list_no_memory_(tx);
}

/* Noting. */

/* Nothing depends on the newest SET or ADD of the index, and nothing has moved: it can take the change in itself. */
static bool merge(const truce_list *list, struct truce_list_work_ *work, enum truce_list_change_ change, uint64_t index,
                  struct truce_own_value_ given)
{
    if (change > TRUCE_LIST_ADD_ || work->moves_from != TRUCE_LIST_NOTHING_ || truce_list_owns_(list)) return false;
    const uint32_t number = truce_list_newest_(work, index, work->count);
    if (number <= work->observed) return false; /* 0: there is none */
    struct truce_list_entry_ *entry = &work->entries[number - 1];
    if (change == TRUCE_LIST_SET_) {
        entry->change = TRUCE_LIST_SET_;
        entry->given = given;
        return true;
    }
    if (entry->given.kind == TRUCE_TICKET) return false;
    entry->given.value += given.value;
    return true;
}

/* One more in a row. */
static bool lengthen(struct truce_list_work_ *work, enum truce_list_change_ change)
{
    struct truce_list_entry_ *newest = work->count > 0 ? &work->entries[work->count - 1] : NULL;
    if (newest == NULL || newest->change != change) return false;
    newest->given.value++;
    work->net += change == TRUCE_LIST_APPEND_ ? 1 : -1;
    return true;
}

truce_status truce_list_note_(truce_tx *tx, truce_list *list, enum truce_list_change_ change, uint64_t index,
                              struct truce_own_value_ given, bool handed)
{
    struct truce_list_work_ *work = truce_list_work_(tx, list);
    if (work == NULL) return drop_value(tx, &given);
    if (merge(list, work, change, index, given)) return TRUCE_OK;
    if (change == TRUCE_LIST_POP_ && lengthen(work, change)) return TRUCE_OK;
    if (!room_for_entry(tx, work)) return drop_value(tx, &given);
    struct truce_list_entry_ *entry = &work->entries[work->count];
    *entry = (struct truce_list_entry_){.index = index,
                                        .given = given,
                                        .net = work->net,
                                        .change = (uint8_t)change,
                                        .absolute = work->absolute,
                                        .handed = handed};
    if (change >= TRUCE_LIST_INSERT_ && work->moves_from == TRUCE_LIST_NOTHING_) work->moves_from = work->count;
    work->count++;
    link_entry(work, work->count);
    const struct truce_list_view_ view = {work, work->appended_count, given.value, work->count};
    work->net = truce_list_net_(&view, work->count, &work->absolute);
    if (change <= TRUCE_LIST_ADD_ && index >= work->index_end) work->index_end = index + 1;
    return TRUCE_OK;
}

truce_status truce_list_note_append_(truce_tx *tx, truce_list *list, struct truce_own_value_ given)
{
    struct truce_list_work_ *work = truce_list_work_(tx, list);
    if (work == NULL || !room_for_appended(tx, work)) return drop_value(tx, &given);
    if (!lengthen(work, TRUCE_LIST_APPEND_)) {
        const struct truce_own_value_ one = {1, TRUCE_NONE};
        const truce_status status = truce_list_note_(tx, list, TRUCE_LIST_APPEND_, work->appended_count, one, false);
        if (status < 0) return drop_value(tx, &given);
    }
    work->appended[work->appended_count++] = given;
    return TRUCE_OK;
}

truce_status truce_list_promise_(truce_tx *tx, truce_list *list, truce_item *ticket)
{
    struct truce_list_work_ *work = truce_list_work_(tx, list);
    struct truce_list_promise_ *promise = truce_tx_bytes_(tx, sizeof *promise);
    if (work == NULL || promise == NULL) return truce_list_no_memory_(tx);
    *promise = (struct truce_list_promise_){work->promises, truce_ticket_new_(tx), work->appended_count - 1};
    if (promise->ticket == NULL) return truce_list_no_memory_(tx);
    work->promises = promise;
    *ticket = truce_ticket_item_(promise->ticket);
    return TRUCE_OK;
}
