/* The public operations of a list on elements: what each asks, and what it notes. A get on a list of words without own
 * work takes a fast path: one comparison tells that the transaction is open, and that the line is unlocked and old
 * enough. */
#include "list_parts.h"

#include <string.h>

static const truce_item no_item = {0, 0, TRUCE_NONE};
static const struct truce_own_value_ nothing = {0, TRUCE_NONE};

/* Alone, nothing keeps alive what is handed out. */
static void may_hand_out_alone(const truce_list *list)
{
    if (truce_list_owns_(list)) {
        truce_misuse_("bytes, or words that have a release callback, can't be handed out by an operation alone");
    }
}

/* The same, where a word with a release callback becomes the caller's. */
static void may_give_away_alone(const truce_list *list)
{
    if (truce_list_has_(list, TRUCE_LIST_BYTES_)) truce_misuse_("bytes can't be handed out by an operation alone");
}

static truce_status ask(truce_tx *tx, truce_list *list, unsigned operation, enum truce_list_asked_ asked,
                        uint64_t index, struct truce_list_answer_ *answer)
{
    const struct truce_list_question_ question = {asked, index, truce_list_view_(tx, list)};
    return truce_list_observe_(tx, list, operation, &question, answer);
}

/* get. */

/* A word alone: no transaction, no time. Linearizable: the content was whole while the cell kept one word; a line that
 * did not exist was out of range then. */
static truce_status get_alone(truce_list *list, size_t index, truce_item *value)
{
    may_hand_out_alone(list);
    struct truce_thread_ *thread = truce_thread_();
    if (thread == NULL) return TRUCE_NO_MEMORY;
    const bool first = thread->open == NULL;
    if (first) truce_epoch_enter_(thread);
    truce_status status = TRUCE_ABSENT;
    const uint64_t line = index / TRUCE_LINE_SLOTS_;
    if (line < truce_list_lines_(list)) {
        const struct truce_line_ *at = truce_list_line_(list, line);
        for (struct truce_waiter_ waiter = {0};; truce_wait_round_(&waiter)) {
            const uint64_t word = truce_load_seq_cst_(&at->word);
            if (truce_cell_locked_(word)) continue;
            if (index % TRUCE_LINE_SLOTS_ >= truce_cell_low_(word)) break;
            const uint64_t found = truce_load_acquire_(&at->values[index % TRUCE_LINE_SLOTS_]); /* [content] */
            if (truce_load_acquire_(&at->word) != word) continue;
            *value = truce_word(found);
            status = TRUCE_OK;
            break;
        }
    }
    if (first) truce_epoch_leave_(thread);
    return status;
}

static truce_status look_up_item(truce_tx *tx, truce_list *list, unsigned operation, size_t index, truce_item *value)
{
    struct truce_list_answer_ answer;
    TRUCE_TRY(truce_tx_enter_(tx));
    TRUCE_TRY(ask(tx, list, operation, TRUCE_LIST_VALUE_, index, &answer));
    if (!answer.present) return TRUCE_ABSENT;
    *value = truce_list_item_(list, &answer.held);
    return TRUCE_OK;
}

__attribute__((noinline)) static truce_status get_slow(truce_tx *tx, truce_list *list, size_t index, truce_item *value)
{
    truce_list_require_(list, value != NULL);
    *value = no_item;
    if (tx == TRUCE_ALONE) return get_alone(list, index, value);
    return look_up_item(tx, list, TRUCE_OP_list_get_, index, value);
}

/* Whether the arguments are those of the fast path: an open transaction of this thread that did nothing to this list, a
 * list of words. */
static inline bool plain(const truce_tx *tx, const truce_list *list)
{
    return TRUCE_LIKELY_((uintptr_t)tx > (uintptr_t)TRUCE_ALONE && list != NULL &&
                         list->object.magic == TRUCE_LIST_MAGIC_ && tx->thread == truce_thread_current_ &&
                         !truce_effect_maybe_(tx, truce_object_hash_(&list->object)));
}

truce_status truce_list_get(truce_tx *tx, truce_list *list, size_t index, truce_item *value)
{
    const uint64_t line = index / TRUCE_LINE_SLOTS_;
    const unsigned slot = (unsigned)(index - line * TRUCE_LINE_SLOTS_);
    if (TRUCE_UNLIKELY_(!plain(tx, list) || value == NULL || tx->records.next == tx->records.chunk_end ||
                        line >= truce_list_lines_(list))) {
        return get_slow(tx, list, index, value);
    }
    struct truce_line_ *at = truce_list_line_(list, line);
    const uint64_t word = truce_load_seq_cst_(&at->word); /* [clock], [unlock] */
    if (TRUCE_UNLIKELY_(word >= tx->limit || slot >= truce_cell_low_(word))) return get_slow(tx, list, index, value);
    const uint64_t found = truce_load_acquire_(&at->values[slot]); /* [content] */
    if (TRUCE_UNLIKELY_(truce_load_acquire_(&at->word) != word)) return get_slow(tx, list, index, value);
    struct truce_record_ *record = (struct truce_record_ *)(void *)tx->records.next;
    record->cell = (uint64_t)(uintptr_t)at;
    record->object = (uint64_t)(uintptr_t)&list->object | TRUCE_OP_list_get_;
    record->key = index;
    record->seen = found;
    tx->records.next = (char *)(record + 1);
    *value = truce_word(found);
    return TRUCE_OK;
}

truce_status truce_list_copy(truce_tx *tx, truce_list *list, size_t index, void *buffer, size_t capacity_bytes,
                             size_t *size_bytes)
{
    truce_list_require_(list, size_bytes != NULL && (buffer != NULL || capacity_bytes == 0));
    *size_bytes = 0;
    if (tx == TRUCE_ALONE) {
        TRUCE_RETURN_ALONE_(truce_list_copy(alone.tx, list, index, buffer, capacity_bytes, size_bytes));
    }
    truce_item value = no_item;
    const truce_status status = look_up_item(tx, list, TRUCE_OP_list_copy_, index, &value);
    if (status != TRUCE_OK) return status;
    if (value.kind == TRUCE_TICKET) truce_misuse_("a ticket can't be copied: it has no value before the commit");
    const void *bytes = value.kind == TRUCE_WORD ? &value.word : truce_as_bytes(value);
    *size_bytes = value.kind == TRUCE_WORD ? sizeof value.word : value.size;
    const size_t copied = *size_bytes < capacity_bytes ? *size_bytes : capacity_bytes;
    if (copied > 0) memcpy(buffer, bytes, copied);
    return TRUCE_OK;
}

truce_status truce_list_own(truce_tx *tx, truce_list *list, size_t number, truce_item *value)
{
    truce_list_require_(list, value != NULL);
    *value = no_item;
    if (tx == TRUCE_ALONE) return TRUCE_ABSENT;
    TRUCE_TRY(truce_tx_enter_(tx));
    const struct truce_list_work_ *work = truce_list_work_if_any_(tx, list);
    if (work == NULL || number >= work->appended_count) return TRUCE_ABSENT;
    *value = truce_list_item_(list, &work->appended[number]);
    return TRUCE_OK;
}

/* set, add, insert, remove. */

/* Whether there is something at an index that own work has no say in, on the fast path; false where that does not
 * apply, and nothing was observed. */
static inline bool in_range_plain(truce_tx *tx, const truce_list *list, unsigned operation, size_t index)
{
    const struct truce_list_work_ *work = truce_list_work_if_any_(tx, list);
    if (work != NULL && (work->moves_from != TRUCE_LIST_NOTHING_ || work->appended_count != 0 ||
                         truce_list_newest_(work, index, work->count) != 0)) {
        return false;
    }
    const uint64_t line = index / TRUCE_LINE_SLOTS_;
    if (TRUCE_UNLIKELY_(tx->records.next == tx->records.chunk_end || line >= truce_list_lines_(list))) return false;
    truce_atomic64_ *cell = &truce_list_line_(list, line)->word;
    const uint64_t word = truce_load_seq_cst_(cell); /* [clock], [unlock]; the word itself is what is looked for */
    if (word >= tx->limit || index % TRUCE_LINE_SLOTS_ >= truce_cell_low_(word)) return false;
    return truce_record_(tx, (uint64_t)(uintptr_t)cell, &list->object, operation, index, 0) == TRUCE_OK;
}

/* Whether there is something at an index: OK or ABSENT. */
static truce_status in_range(truce_tx *tx, truce_list *list, unsigned operation, size_t index)
{
    struct truce_list_answer_ answer;
    if (operation != TRUCE_OP_list_remove_ && in_range_plain(tx, list, operation, index)) return TRUCE_OK;
    TRUCE_TRY(ask(tx, list, operation, TRUCE_LIST_IN_RANGE_, index, &answer));
    return answer.present ? TRUCE_OK : TRUCE_ABSENT;
}

/* The value is taken only if it is not refused. Stops, or fails, before that if it can't be one. */
static truce_status check_value(truce_tx *tx, const truce_list *list, truce_item value)
{
    return truce_ticket_or_value_check_(tx, truce_list_has_(list, TRUCE_LIST_BYTES_),
                                        truce_list_has_(list, TRUCE_LIST_RELEASES_), value);
}

static truce_status take_and_note(truce_tx *tx, truce_list *list, enum truce_list_change_ change, size_t index,
                                  truce_item value)
{
    struct truce_own_value_ given;
    TRUCE_TRY(truce_list_take_(tx, list, value, &given));
    return truce_list_note_(tx, list, change, index, given, false);
}

truce_status truce_list_set(truce_tx *tx, truce_list *list, size_t index, truce_item value)
{
    truce_list_require_(list, true);
    if (tx == TRUCE_ALONE) TRUCE_RETURN_ALONE_(truce_list_set(alone.tx, list, index, value));
    TRUCE_TRY(truce_tx_enter_to_change_(tx));
    TRUCE_TRY(check_value(tx, list, value));
    const truce_status status = in_range(tx, list, TRUCE_OP_list_set_, index);
    return status == TRUCE_OK ? take_and_note(tx, list, TRUCE_LIST_SET_, index, value) : status;
}

truce_status truce_list_add(truce_tx *tx, truce_list *list, size_t index, int64_t delta)
{
    truce_list_require_(list, true);
    if (truce_list_owns_(list)) truce_misuse_("add is for lists of words without a release callback");
    if (tx == TRUCE_ALONE) TRUCE_RETURN_ALONE_(truce_list_add(alone.tx, list, index, delta));
    TRUCE_TRY(truce_tx_enter_to_change_(tx));
    const truce_status status = in_range(tx, list, TRUCE_OP_list_add_, index);
    if (status != TRUCE_OK) return status;
    return truce_list_note_(tx, list, TRUCE_LIST_ADD_, index, (struct truce_own_value_){(uint64_t)delta, TRUCE_WORD},
                            false);
}

truce_status truce_list_insert(truce_tx *tx, truce_list *list, size_t index, truce_item value)
{
    truce_list_require_(list, true);
    if (tx == TRUCE_ALONE) TRUCE_RETURN_ALONE_(truce_list_insert(alone.tx, list, index, value));
    TRUCE_TRY(truce_tx_enter_to_change_(tx));
    TRUCE_TRY(check_value(tx, list, value));
    const truce_status status = index == 0 ? TRUCE_OK : in_range(tx, list, TRUCE_OP_list_insert_, index - 1);
    return status == TRUCE_OK ? take_and_note(tx, list, TRUCE_LIST_INSERT_, index, value) : status;
}

/* Runs one that hands a word out as a transaction of its own. */
#define RETURN_GIVING_ALONE(call, out)                                                                                 \
    do {                                                                                                               \
        truce_status status_alone;                                                                                     \
        TRUCE_RUN_ALONE_(status_alone, call);                                                                          \
        if (status_alone < 0) *(out) = no_item;                                                                        \
        return status_alone;                                                                                           \
    } while (0)

static truce_status remove_unseen(truce_tx *tx, truce_list *list, size_t index)
{
    if (tx == TRUCE_ALONE) TRUCE_RETURN_ALONE_(remove_unseen(alone.tx, list, index));
    TRUCE_TRY(truce_tx_enter_to_change_(tx));
    const truce_status status = in_range(tx, list, TRUCE_OP_list_remove_, index);
    return status == TRUCE_OK ? truce_list_note_(tx, list, TRUCE_LIST_REMOVE_, index, nothing, false) : status;
}

truce_status truce_list_remove(truce_tx *tx, truce_list *list, size_t index, truce_item *old)
{
    truce_list_require_(list, true);
    if (old == NULL) return remove_unseen(tx, list, index);
    *old = no_item;
    if (tx == TRUCE_ALONE) {
        may_give_away_alone(list);
        RETURN_GIVING_ALONE(truce_list_remove(alone.tx, list, index, old), old);
    }
    struct truce_list_answer_ answer;
    TRUCE_TRY(truce_tx_enter_to_change_(tx));
    TRUCE_TRY(ask(tx, list, TRUCE_OP_list_remove_, TRUCE_LIST_VALUE_, index, &answer));
    if (!answer.present) return TRUCE_ABSENT;
    TRUCE_TRY(truce_list_note_(tx, list, TRUCE_LIST_REMOVE_, index, nothing, true));
    *old = truce_list_item_(list, &answer.held);
    return TRUCE_OK;
}

/* last, pop. */

truce_status truce_list_last(truce_tx *tx, truce_list *list, truce_item *value)
{
    truce_list_require_(list, value != NULL);
    *value = no_item;
    if (tx == TRUCE_ALONE) {
        may_hand_out_alone(list);
        RETURN_GIVING_ALONE(truce_list_last(alone.tx, list, value), value);
    }
    struct truce_list_answer_ answer;
    TRUCE_TRY(truce_tx_enter_(tx));
    TRUCE_TRY(ask(tx, list, TRUCE_OP_list_last_, TRUCE_LIST_LAST_, 0, &answer));
    if (!answer.present) return TRUCE_EMPTY;
    *value = truce_list_item_(list, &answer.held);
    return TRUCE_OK;
}

truce_status truce_list_pop(truce_tx *tx, truce_list *list, truce_item *value)
{
    truce_list_require_(list, value != NULL);
    *value = no_item;
    if (tx == TRUCE_ALONE) {
        may_give_away_alone(list);
        RETURN_GIVING_ALONE(truce_list_pop(alone.tx, list, value), value);
    }
    struct truce_list_answer_ answer;
    TRUCE_TRY(truce_tx_enter_to_change_(tx));
    TRUCE_TRY(ask(tx, list, TRUCE_OP_list_pop_, TRUCE_LIST_LAST_, 0, &answer));
    if (!answer.present) return TRUCE_EMPTY;
    TRUCE_TRY(truce_list_note_(tx, list, TRUCE_LIST_POP_, 0, (struct truce_own_value_){1, TRUCE_NONE}, true));
    *value = truce_list_item_(list, &answer.held);
    return TRUCE_OK;
}

/* append and its like; clear. */

static truce_status append(truce_tx *tx, truce_list *list, truce_item value)
{
    struct truce_own_value_ given;
    TRUCE_TRY(truce_tx_enter_to_change_(tx));
    TRUCE_TRY(truce_list_take_(tx, list, value, &given));
    return truce_list_note_append_(tx, list, given);
}

truce_status truce_list_append(truce_tx *tx, truce_list *list, truce_item value)
{
    truce_list_require_(list, true);
    if (tx == TRUCE_ALONE) TRUCE_RETURN_ALONE_(append(alone.tx, list, value));
    return append(tx, list, value);
}

truce_status truce_list_extend(truce_tx *tx, truce_list *list, const truce_item *values, size_t count)
{
    truce_list_require_(list, true);
    if (values == NULL && count > 0) truce_misuse_("values are required; NULL was given");
    if (tx == TRUCE_ALONE) TRUCE_RETURN_ALONE_(truce_list_extend(alone.tx, list, values, count));
    TRUCE_TRY(truce_tx_enter_to_change_(tx));
    for (size_t i = 0; i < count; i++) TRUCE_TRY(append(tx, list, values[i]));
    return TRUCE_OK;
}

truce_status truce_list_append_ticket(truce_tx *tx, truce_list *list, truce_item value, truce_item *ticket)
{
    truce_list_require_(list, ticket != NULL);
    *ticket = no_item;
    if (tx == TRUCE_ALONE)
        truce_misuse_("a ticket is good within a transaction only: truce_list_append_at tells the index");
    TRUCE_TRY(append(tx, list, value));
    return truce_list_promise_(tx, list, ticket);
}

truce_status truce_list_append_at(truce_tx *tx, truce_list *list, truce_item value, size_t *index)
{
    truce_list_require_(list, index != NULL);
    *index = 0;
    if (tx == TRUCE_ALONE) {
        truce_status status;
        TRUCE_RUN_ALONE_(status, truce_list_append_at(alone.tx, list, value, index));
        if (status < 0) *index = 0;
        return status;
    }
    struct truce_list_answer_ length;
    TRUCE_TRY(truce_tx_enter_to_change_(tx));
    TRUCE_TRY(check_value(tx, list, value));
    TRUCE_TRY(ask(tx, list, TRUCE_OP_list_append_at_, TRUCE_LIST_LENGTH_, 0, &length));
    TRUCE_TRY(append(tx, list, value));
    *index = (size_t)length.held.value;
    return TRUCE_OK;
}

truce_status truce_list_clear(truce_tx *tx, truce_list *list)
{
    truce_list_require_(list, true);
    if (tx == TRUCE_ALONE) TRUCE_RETURN_ALONE_(truce_list_clear(alone.tx, list));
    TRUCE_TRY(truce_tx_enter_to_change_(tx));
    return truce_list_note_(tx, list, TRUCE_LIST_CLEAR_, 0, nothing, false);
}
