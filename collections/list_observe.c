/* What a transaction sees of a list: questions about views, the records of their answers, and judging them again.
 *
 * An answer is computed from the view's entries and from as few cells as it takes. No cell: own work alone decides,
 * nothing is recorded. One: the record names it, and its word says whether the answer can have changed. Several: the
 * answer is computed again. */
#include "list_parts.h"

/* Reads what is committed, as of one time. */
struct reader {
    truce_tx *tx;
    const truce_list *list;
    uint64_t limit;
    truce_atomic64_ *cell; /* looked at last */
    unsigned cells;        /* looked at */
    bool has_length;
    uint64_t length;
};

static enum truce_step_ read_length(struct reader *reader)
{
    if (reader->has_length) return TRUCE_STEP_DONE_;
    struct truce_look_ look;
    reader->cell = (truce_atomic64_ *)(uintptr_t)&reader->list->tail;
    const enum truce_step_ step = truce_look_(reader->tx, reader->cell, reader->limit, &look);
    if (step != TRUCE_STEP_DONE_) return step;
    reader->length = truce_load_acquire_(&reader->list->length); /* [content] */
    if (!truce_look_stands_(&look)) return TRUCE_STEP_UNSTABLE_;
    reader->has_length = true;
    reader->cells++;
    return TRUCE_STEP_DONE_;
}

enum truce_step_ truce_list_read_(truce_tx *tx, const truce_list *list, uint64_t index, uint64_t limit,
                                  truce_atomic64_ **cell, bool *present, uint64_t *value)
{
    const uint64_t line = index / TRUCE_LINE_SLOTS_;
    const bool exists = line < truce_list_lines_(list);
    struct truce_line_ *at = exists ? truce_list_line_(list, line) : NULL;
    struct truce_look_ look;
    *cell = exists ? &at->word : (truce_atomic64_ *)(uintptr_t)&list->tail;
    const enum truce_step_ step = truce_look_(tx, *cell, limit, &look);
    if (step != TRUCE_STEP_DONE_) return step;
    *value = 0;
    if (!exists) { /* [shape] */
        *present = false;
        return truce_load_acquire_(&list->length) <= index && truce_look_stands_(&look) ? TRUCE_STEP_DONE_
                                                                                        : TRUCE_STEP_UNSTABLE_;
    }
    const unsigned slot = (unsigned)(index % TRUCE_LINE_SLOTS_);
    *present = slot < truce_cell_low_(look.word);
    if (!*present) return TRUCE_STEP_DONE_;          /* the word itself says so */
    *value = truce_load_acquire_(&at->values[slot]); /* [content] */
    return truce_look_stands_(&look) ? TRUCE_STEP_DONE_ : TRUCE_STEP_UNSTABLE_;
}

static enum truce_step_ read_committed(struct reader *reader, uint64_t index, struct truce_list_answer_ *answer)
{
    const bool bytes = truce_list_has_(reader->list, TRUCE_LIST_BYTES_);
    answer->held.kind = bytes ? TRUCE_BYTES : TRUCE_WORD;
    const enum truce_step_ step = truce_list_read_(reader->tx, reader->list, index, reader->limit, &reader->cell,
                                                   &answer->present, &answer->held.value);
    if (step == TRUCE_STEP_DONE_) reader->cells++;
    return step;
}

/* Finding what a view has at an index. */

static enum truce_step_ found_none(struct truce_list_answer_ *answer)
{
    *answer = (struct truce_list_answer_){false, {0, TRUCE_NONE}};
    return TRUCE_STEP_DONE_;
}

static enum truce_step_ found_own(const struct truce_own_value_ *given, uint64_t added, bool adds,
                                  struct truce_list_answer_ *answer)
{
    if (adds && given->kind == TRUCE_TICKET) {
        truce_misuse_("a ticket that was added to can't be read before the commit");
    }
    *answer = (struct truce_list_answer_){true, {given->value + added, given->kind}};
    return TRUCE_STEP_DONE_;
}

static enum truce_step_ found_committed(struct reader *reader, uint64_t index, uint64_t added,
                                        struct truce_list_answer_ *answer)
{
    const enum truce_step_ step = read_committed(reader, index, answer);
    if (step == TRUCE_STEP_DONE_ && answer->present) answer->held.value += added;
    return step;
}

/* The length before an entry. */
static enum truce_step_ length_at(struct reader *reader, int64_t net, bool absolute, uint64_t *length)
{
    uint64_t base = 0;
    if (!absolute) {
        const enum truce_step_ step = read_length(reader);
        if (step != TRUCE_STEP_DONE_) return step;
        base = reader->length;
    }
    *length = net < 0 && base < (uint64_t)-net ? 0 : base + (uint64_t)net;
    return TRUCE_STEP_DONE_;
}

/* Where nothing has moved: what an index was set to, or added to; else what is committed there; else what was appended.
 * The answer's presence alone is asked for where `value` is false. */
static enum truce_step_ look_up_unmoved(struct reader *reader, const struct truce_list_view_ *view, uint64_t index,
                                        bool value, struct truce_list_answer_ *answer)
{
    const struct truce_list_work_ *work = view->work;
    uint64_t added = 0;
    bool adds = false;
    uint32_t number = view->entries == 0 ? 0 : truce_list_newest_(work, index, view->entries);
    for (; number != 0; number = truce_list_older_(work, number)) {
        const struct truce_list_entry_ *entry = &work->entries[number - 1];
        if (entry->change == TRUCE_LIST_SET_ || !value)
            return found_own(&entry->given, value ? added : 0, adds, answer);
        added += entry->given.value;
        adds = true;
    }
    enum truce_step_ step = found_committed(reader, index, added, answer);
    if (step != TRUCE_STEP_DONE_ || answer->present || view->appended == 0) return step;
    step = read_length(reader);
    if (step != TRUCE_STEP_DONE_) return step;
    if (index < reader->length) return TRUCE_STEP_UNSTABLE_;
    if (index - reader->length >= view->appended) return found_none(answer);
    return found_own(&work->appended[index - reader->length], added, adds, answer);
}

/* The same from the view's first `entries` entries back, one by one. */
static enum truce_step_ look_up_moved(struct reader *reader, const struct truce_list_view_ *view, uint32_t entries,
                                      uint64_t index, bool value, struct truce_list_answer_ *answer)
{
    const struct truce_list_work_ *work = view->work;
    uint64_t added = 0, length;
    bool adds = false;
    while (entries > 0) {
        const uint32_t number = entries--;
        const struct truce_list_entry_ *entry = &work->entries[number - 1];
        switch (entry->change) {
        case TRUCE_LIST_SET_:
            if (index == entry->index) return found_own(&entry->given, added, adds, answer);
            break;
        case TRUCE_LIST_ADD_:
            if (index != entry->index) break;
            if (!value) return found_own(&entry->given, 0, false, answer);
            added += entry->given.value;
            adds = true;
            break;
        case TRUCE_LIST_INSERT_:
            if (index == entry->index) return found_own(&entry->given, added, adds, answer);
            if (index > entry->index) index--;
            break;
        case TRUCE_LIST_REMOVE_:
            if (index >= entry->index) index++;
            break;
        case TRUCE_LIST_CLEAR_:
            return found_none(answer);
        default: { /* APPEND, POP: here the length matters */
            const enum truce_step_ step = length_at(reader, entry->net, entry->absolute, &length);
            if (step != TRUCE_STEP_DONE_) return step;
            const uint64_t in_row = truce_list_in_row_(view, number);
            if (entry->change == TRUCE_LIST_POP_) {
                if (length < in_row || index >= length - in_row) return found_none(answer);
            } else if (index >= length) {
                if (index - length >= in_row) return found_none(answer);
                return found_own(&work->appended[entry->index + (index - length)], added, adds, answer);
            }
        }
        }
    }
    return found_committed(reader, index, added, answer);
}

static bool has_moved(const struct truce_list_view_ *view)
{
    return view->entries != 0 && view->entries > view->work->moves_from;
}

static enum truce_step_ look_up(struct reader *reader, const struct truce_list_view_ *view, uint64_t index, bool value,
                                struct truce_list_answer_ *answer)
{
    if (index > TRUCE_LIST_INDEX_MAX_) return found_none(answer);
    return has_moved(view) ? look_up_moved(reader, view, view->entries, index, value, answer)
                           : look_up_unmoved(reader, view, index, value, answer);
}

/* The last value of a view. Own elements at the end are found from the end, whatever the length is. */
static enum truce_step_ look_up_last(struct reader *reader, const struct truce_list_view_ *view,
                                     struct truce_list_answer_ *answer)
{
    uint64_t behind = 0, length; /* of so many elements at the end of the view it is known that they are not it */
    uint32_t entries = view->entries;
    int64_t net = 0;
    bool absolute = false;
    while (entries > 0) {
        const struct truce_list_entry_ *entry = &view->work->entries[entries - 1];
        if (entry->change == TRUCE_LIST_CLEAR_) return found_none(answer);
        if (entry->change == TRUCE_LIST_APPEND_) {
            const uint64_t in_row = truce_list_in_row_(view, entries);
            if (behind < in_row) {
                return found_own(&view->work->appended[entry->index + (in_row - 1 - behind)], 0, false, answer);
            }
            behind -= in_row;
        } else if (entry->change == TRUCE_LIST_POP_) {
            behind += truce_list_in_row_(view, entries);
        } else {
            net = truce_list_net_(view, entries, &absolute);
            break;
        }
        entries--;
    }
    const enum truce_step_ step = length_at(reader, net, absolute, &length);
    if (step != TRUCE_STEP_DONE_) return step;
    if (behind >= length) return found_none(answer);
    if (entries == 0) return found_committed(reader, length - 1 - behind, 0, answer);
    return look_up_moved(reader, view, entries, length - 1 - behind, true, answer);
}

static enum truce_step_ look_up_length(struct reader *reader, const struct truce_list_question_ *question,
                                       struct truce_list_answer_ *answer)
{
    const struct truce_list_view_ *view = &question->view;
    int64_t net = 0;
    bool absolute = false;
    if (view->entries > 0) net = truce_list_net_(view, view->entries, &absolute);
    uint64_t length;
    if (question->asked == TRUCE_LIST_AT_LEAST_) {
        const int64_t wanted = question->index > INT64_MAX ? INT64_MAX : (int64_t)question->index;
        bool yes = wanted == 0 || net >= wanted; /* whatever is committed */
        if (!yes) {
            const enum truce_step_ step = length_at(reader, net, absolute, &length);
            if (step != TRUCE_STEP_DONE_) return step;
            yes = length >= question->index;
        }
        *answer = (struct truce_list_answer_){true, {yes, TRUCE_WORD}};
        return TRUCE_STEP_DONE_;
    }
    const enum truce_step_ step = length_at(reader, net, absolute, &length);
    *answer = (struct truce_list_answer_){true, {length, TRUCE_WORD}};
    return step;
}

static enum truce_step_ compute(struct reader *reader, const struct truce_list_question_ *question,
                                struct truce_list_answer_ *answer)
{
    switch (question->asked) {
    case TRUCE_LIST_VALUE_:
        return look_up(reader, &question->view, question->index, true, answer);
    case TRUCE_LIST_IN_RANGE_:
        return look_up(reader, &question->view, question->index, false, answer);
    case TRUCE_LIST_LAST_:
        return look_up_last(reader, &question->view, answer);
    default:
        return look_up_length(reader, question, answer);
    }
}

/* Records. */

/* What a record refers to, unless its key is the index and its operation says what is asked of the committed list. In
 * the attempt's arena. */
struct asked_of {
    struct truce_list_question_ question;
    uint64_t kind; /* of the value seen */
};

/* What an operation asks, if its record does not say. */
static enum truce_list_asked_ usually_asks(unsigned operation)
{
    switch (operation) {
    case TRUCE_OP_list_set_:
    case TRUCE_OP_list_add_:
    case TRUCE_OP_list_insert_:
        return TRUCE_LIST_IN_RANGE_;
    case TRUCE_OP_list_last_:
    case TRUCE_OP_list_pop_:
        return TRUCE_LIST_LAST_;
    case TRUCE_OP_list_len_:
    case TRUCE_OP_list_append_at_:
        return TRUCE_LIST_LENGTH_;
    case TRUCE_OP_list_len_at_least_:
    case TRUCE_OP_list_is_empty_:
        return TRUCE_LIST_AT_LEAST_;
    default:
        return TRUCE_LIST_VALUE_;
    }
}

/* Whether the entries of the question's view have no say in its answer, and never would. */
static bool is_plain(const struct truce_list_question_ *question)
{
    const struct truce_list_view_ *view = &question->view;
    if (view->entries == 0) return true;
    if (question->asked > TRUCE_LIST_IN_RANGE_ || has_moved(view) || view->appended != 0) return false;
    return truce_list_newest_(view->work, question->index, view->entries) == 0;
}

static truce_status record(truce_tx *tx, const struct reader *reader, unsigned operation,
                           const struct truce_list_question_ *question, const struct truce_list_answer_ *answer)
{
    const truce_list *list = reader->list;
    uint64_t cell = (uint64_t)(uintptr_t)reader->cell;
    if (reader->cells > 1) cell = (uint64_t)(uintptr_t)&truce_never_old_ | TRUCE_RECORD_SEVERAL_;
    if (!answer->present) cell |= TRUCE_RECORD_NOT_THERE_;
    if (usually_asks(operation) == question->asked && is_plain(question)) {
        return truce_record_(tx, cell, &list->object, operation, question->index, answer->held.value);
    }
    struct asked_of *asked = truce_tx_bytes_(tx, sizeof *asked);
    if (asked == NULL) return truce_list_no_memory_(tx);
    *asked = (struct asked_of){*question, answer->held.kind};
    struct truce_list_work_ *work = truce_list_work_if_any_(tx, list);
    if (work != NULL && question->view.entries > work->observed) work->observed = question->view.entries;
    return truce_record_(tx, cell | TRUCE_RECORD_ASKED_, &list->object, operation, (uint64_t)(uintptr_t)asked,
                         answer->held.value);
}

truce_status truce_list_observe_(truce_tx *tx, truce_list *list, unsigned operation,
                                 const struct truce_list_question_ *question, struct truce_list_answer_ *answer)
{
    for (;;) {
        struct reader reader = {.tx = tx, .list = list, .limit = tx->limit};
        const enum truce_step_ step = compute(&reader, question, answer);
        if (TRUCE_LIKELY_(step == TRUCE_STEP_DONE_)) {
            return reader.cells == 0 ? TRUCE_OK : record(tx, &reader, operation, question, answer);
        }
        TRUCE_TRY(truce_resolve_(tx, step));
    }
}

truce_item truce_list_item_(const truce_list *list, const struct truce_own_value_ *value)
{
    if (value->kind == TRUCE_TICKET) return truce_ticket_item_(truce_ticket_at_(value->value));
    return truce_value_as_item_(truce_list_has_(list, TRUCE_LIST_BYTES_), value->value);
}

/* Judging. */

/* An answer as an explanation gives it. */
static truce_item as_explained(const truce_list *list, enum truce_list_asked_ asked, unsigned operation,
                               const struct truce_list_answer_ *answer)
{
    const truce_item none = {0, 0, TRUCE_NONE};
    if (asked == TRUCE_LIST_IN_RANGE_) return truce_word(answer->present);
    if (asked == TRUCE_LIST_AT_LEAST_)
        return truce_word((answer->held.value != 0) != (operation == TRUCE_OP_list_is_empty_));
    if (asked == TRUCE_LIST_LENGTH_) return truce_word(answer->held.value);
    return answer->present ? truce_list_item_(list, &answer->held) : none;
}

static enum truce_step_ conflict(truce_tx *tx, const truce_list *list, const struct truce_record_ *record,
                                 const struct truce_list_question_ *question, const struct truce_list_answer_ *seen,
                                 const struct truce_list_answer_ *now)
{
    const truce_item none = {0, 0, TRUCE_NONE};
    const unsigned operation = truce_record_operation_(record);
    /* insert asks for the element before its place. */
    const uint64_t index = question->index + (operation == TRUCE_OP_list_insert_);
    return truce_object_conflict_(tx, record, list, question->asked > TRUCE_LIST_IN_RANGE_ ? none : truce_word(index),
                                  as_explained(list, question->asked, operation, seen),
                                  as_explained(list, question->asked, operation, now));
}

static bool same_answer(const truce_list *list, enum truce_list_asked_ asked, const struct truce_list_answer_ *seen,
                        const struct truce_list_answer_ *now)
{
    if (seen->present != now->present) return false;
    if (!seen->present || asked == TRUCE_LIST_IN_RANGE_) return true;
    if (seen->held.kind != now->held.kind) return false;
    return truce_value_equal_(seen->held.kind == TRUCE_BYTES && truce_list_has_(list, TRUCE_LIST_BYTES_),
                              seen->held.value, now->held.value);
}

enum truce_step_ truce_list_recheck_(truce_tx *tx, struct truce_record_ *record, uint64_t limit)
{
    const truce_list *list = truce_list_of_(truce_record_object_(record));
    if (list->object.magic == TRUCE_FREED_) {
        truce_misuse_("a transaction must not go on after a list that it read was freed");
    }
    const uint64_t committed_kind = truce_list_has_(list, TRUCE_LIST_BYTES_) ? TRUCE_BYTES : TRUCE_WORD;
    const enum truce_list_asked_ usual = usually_asks(truce_record_operation_(record));
    struct asked_of asked = {{usual, record->key, {NULL, 0, 0, 0}}, committed_kind};
    if (record->cell & TRUCE_RECORD_ASKED_) asked = *(const struct asked_of *)(uintptr_t)record->key;
    if (asked.question.asked > TRUCE_LIST_LAST_) asked.kind = TRUCE_WORD;
    struct truce_list_answer_ seen = {!(record->cell & TRUCE_RECORD_NOT_THERE_), {record->seen, asked.kind}};
    struct truce_list_answer_ now;
    struct reader reader = {.tx = tx, .list = list, .limit = limit};
    const enum truce_step_ step = compute(&reader, &asked.question, &now);
    if (step != TRUCE_STEP_DONE_) return step;
    if (!same_answer(list, asked.question.asked, &seen, &now)) {
        return conflict(tx, list, record, &asked.question, &seen, &now);
    }
    /* From now on it is these cells that the answer comes from. */
    uint64_t cell = (uint64_t)(uintptr_t)reader.cell;
    if (reader.cells != 1) cell = (uint64_t)(uintptr_t)&truce_never_old_ | TRUCE_RECORD_SEVERAL_;
    record->cell = cell | (record->cell & (TRUCE_RECORD_NOT_THERE_ | TRUCE_RECORD_ASKED_));
    return TRUCE_STEP_DONE_;
}
