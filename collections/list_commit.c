/* A list's work in the commit: the functions of the seam.
 *
 * Indexes below `low`, the first one at which elements are added, taken away or moved, stand for one element from the
 * first entry to the last: what is overwritten there is written to its line. From `low` on everything is locked. If
 * there are only elements appended they are written behind the others; else what stands there is copied into the image,
 * the entries are carried out on that, and the result is written back where it differs. */
#include "list_parts.h"

#include <string.h>

static truce_list *list_of(const struct truce_effect_ *effect)
{
    return truce_list_of_(effect->participant->object);
}

static struct truce_list_work_ *work_of(const struct truce_effect_ *effect)
{
    return (struct truce_list_work_ *)(uintptr_t)effect->value;
}

/* Carrying out entries in thought. */

/* The length after an entry, and the first index that it moves: UINT64_MAX if none. An entry whose observation is not
 * true any more does nothing: the check will find it. */
static uint64_t length_after(const struct truce_list_entry_ *entry, uint64_t length, uint64_t *moves)
{
    *moves = UINT64_MAX;
    switch (entry->change) {
    case TRUCE_LIST_APPEND_:
        *moves = length;
        return length + entry->given.value;
    case TRUCE_LIST_INSERT_:
        if (entry->index > length) return length;
        *moves = entry->index;
        return length + 1;
    case TRUCE_LIST_REMOVE_:
        if (entry->index >= length) return length;
        *moves = entry->index;
        return length - 1;
    case TRUCE_LIST_POP_:
        if (length < entry->given.value) return length;
        *moves = length - entry->given.value;
        return *moves;
    case TRUCE_LIST_CLEAR_:
        *moves = 0;
        return 0;
    default:
        return length;
    }
}

static void plan(struct truce_list_work_ *work)
{
    uint64_t length = work->before;
    work->low = UINT64_MAX;
    work->high = length;
    for (uint32_t i = 0; i < work->count; i++) {
        uint64_t moves;
        length = length_after(&work->entries[i], length, &moves);
        if (moves < work->low) work->low = moves;
        if (length > work->high) work->high = length;
    }
    work->after = length;
    work->imaged = work->moves_from != TRUCE_LIST_NOTHING_ || work->index_end > work->low;
}

/* Where an element that was appended is after all entries. */
static uint64_t index_at_end(const struct truce_list_work_ *work, uint64_t number)
{
    uint64_t length = work->before, index = TRUCE_TICKET_GONE_, moves;
    for (uint32_t i = 0; i < work->count; i++) {
        const struct truce_list_entry_ *entry = &work->entries[i];
        if (index == TRUCE_TICKET_GONE_) {
            const bool here = entry->change == TRUCE_LIST_APPEND_ && number >= entry->index &&
                              number - entry->index < entry->given.value;
            if (here) index = length + (number - entry->index);
        } else if (entry->change == TRUCE_LIST_INSERT_) {
            if (entry->index <= index) index++;
        } else if (entry->change == TRUCE_LIST_REMOVE_) {
            if (entry->index == index) return TRUCE_TICKET_GONE_;
            if (entry->index < index) index--;
        } else if (entry->change == TRUCE_LIST_POP_) {
            if (index + entry->given.value >= length) return TRUCE_TICKET_GONE_;
        } else if (entry->change == TRUCE_LIST_CLEAR_) {
            return TRUCE_TICKET_GONE_;
        }
        length = length_after(entry, length, &moves);
    }
    return index;
}

/* Memory. */

static bool reserve_effect(truce_tx *tx, struct truce_effect_ *effect)
{
    struct truce_list_work_ *work = work_of(effect);
    if (!truce_list_make_lines_(list_of(effect), work->lines_needed)) return false;
    if (work->image_needed > work->image_capacity) {
        uint64_t *image = truce_alloc_(work->image_needed * sizeof *image);
        if (image == NULL) return false;
        if (work->image != work->small_image) truce_free_(work->image);
        work->image = image;
        work->image_capacity = work->image_needed;
        tx->settles = true;
    }
    if (work->events_needed > work->events_capacity) {
        struct truce_list_event_ *events = truce_alloc_(work->events_needed * sizeof *events);
        if (events == NULL) return false;
        truce_free_(work->events);
        work->events = events;
        work->events_capacity = work->events_needed;
        tx->settles = true;
    }
    return true;
}

/* Whether something that the list owns may be gone afterwards: not where there are appends only. */
static bool may_let_go(const truce_list *list, const struct truce_list_work_ *work)
{
    return truce_list_owns_(list) && (work->moves_from != TRUCE_LIST_NOTHING_ || work->index_end != 0);
}

static void need_memory(truce_tx *tx, const truce_list *list, struct truce_list_work_ *work)
{
    const uint64_t committed = work->imaged ? work->before - work->low : 0;
    work->image_needed = work->imaged ? work->high - work->low : 0;
    work->events_needed = 0;
    if (may_let_go(list, work)) {
        const uint64_t gone = committed + 2 * (uint64_t)work->count + work->appended_count;
        const uint64_t after = work->imaged ? work->high - work->low : work->appended_count;
        work->events_needed = gone + after + committed + 2 * (uint64_t)work->count + work->appended_count;
        tx->needs.retires += gone < UINT32_MAX / 4 ? (uint32_t)gone : UINT32_MAX / 4;
    }
    if (work->image_needed > work->image_capacity || work->events_needed > work->events_capacity) tx->needs.effects++;
}

/* Locking. */

static enum truce_step_ lock_line(truce_tx *tx, const truce_list *list, uint64_t line)
{
    uint32_t lock;
    if (TRUCE_UNLIKELY_(line >= truce_list_lines_(list)))
        return TRUCE_STEP_DONE_; /* out of range: the check will find it */
    return truce_lock_(tx, &truce_list_line_(list, line)->word, &lock);
}

static enum truce_step_ lock_overwritten(truce_tx *tx, const truce_list *list, const struct truce_list_work_ *work)
{
    for (uint32_t i = 0; i < work->count; i++) {
        const struct truce_list_entry_ *entry = &work->entries[i];
        if (entry->change > TRUCE_LIST_ADD_ || entry->index >= work->low) continue;
        const enum truce_step_ step = lock_line(tx, list, entry->index / TRUCE_LINE_SLOTS_);
        if (TRUCE_UNLIKELY_(step != TRUCE_STEP_DONE_)) return step;
    }
    return TRUCE_STEP_DONE_;
}

/* The lines from `low` on which have values, before or after. */
static uint64_t lines_end(const struct truce_list_work_ *work)
{
    return truce_list_lines_for_(work->before > work->after ? work->before : work->after);
}

static enum truce_step_ lock_behind(truce_tx *tx, const truce_list *list, struct truce_list_work_ *work)
{
    const uint64_t first = work->low / TRUCE_LINE_SLOTS_, end = lines_end(work);
    work->lines_needed = end;
    if (end > truce_list_lines_(list)) {
        tx->needs.effects++;
        return TRUCE_STEP_DONE_; /* on to the other effects: what they need is reserved with it */
    }
    if (end > first && end - first > tx->lock_capacity - tx->lock_count) {
        const uint64_t locks = tx->lock_count + (end - first) + tx->effect_count + 64;
        tx->needs.locks = locks < UINT32_MAX ? (uint32_t)locks : UINT32_MAX;
        return TRUCE_STEP_NEEDS_;
    }
    for (uint64_t line = first; line < end; line++) {
        const enum truce_step_ step = lock_line(tx, list, line);
        if (TRUCE_UNLIKELY_(step != TRUCE_STEP_DONE_)) return step;
    }
    return TRUCE_STEP_DONE_;
}

static enum truce_step_ lock_effect(truce_tx *tx, struct truce_effect_ *effect)
{
    truce_list *list = list_of(effect);
    struct truce_list_work_ *work = work_of(effect);
    const bool changes_length = work->moves_from != TRUCE_LIST_NOTHING_ || work->appended_count > 0;
    enum truce_step_ step;
    work->low = UINT64_MAX;
    work->imaged = false;
    work->before = work->after = 0;
    if (changes_length) {
        step = truce_lock_(tx, &list->tail, &work->tail_lock);
        if (TRUCE_UNLIKELY_(step != TRUCE_STEP_DONE_)) return step;
        work->before = truce_load_relaxed_(&list->length); /* ours: the tail is locked */
        plan(work);
        for (struct truce_list_promise_ *promise = work->promises; promise != NULL; promise = promise->next) {
            promise->ticket->index = index_at_end(work, promise->number);
        }
    }
    step = lock_overwritten(tx, list, work);
    if (TRUCE_UNLIKELY_(step != TRUCE_STEP_DONE_)) return step;
    if (work->low != UINT64_MAX) {
        step = lock_behind(tx, list, work);
        if (TRUCE_UNLIKELY_(step != TRUCE_STEP_DONE_)) return step;
    }
    need_memory(tx, list, work);
    return TRUCE_STEP_DONE_;
}

/* Installing. */

struct installing {
    truce_tx *tx;
    const truce_list *list;
    struct truce_list_work_ *work;
    bool owns; /* and what becomes of values must be noted */
};

static uint64_t as_installed(const struct truce_own_value_ *given)
{
    if (given->kind == TRUCE_TICKET) return truce_ticket_at_(given->value)->index;
    return given->value;
}

static void note(const struct installing *to, uint64_t value, enum truce_list_note_ what)
{
    if (to->owns) truce_list_note_value_(to->work, value, what);
}

/* What a place holds after a SET or ADD, where it held `old`. The same word over itself is nothing. */
static uint64_t overwrite(const struct installing *to, const struct truce_list_entry_ *entry, uint64_t old)
{
    if (entry->change == TRUCE_LIST_ADD_) return old + entry->given.value;
    const uint64_t given = as_installed(&entry->given);
    if (given == old) return old;
    note(to, given, TRUCE_LIST_GIVEN_);
    return truce_value_equal_(truce_list_has_(to->list, TRUCE_LIST_BYTES_), old, given) ? old : given;
}

/* An element is taken out. Bytes that were handed out stay the list's, and readable as long as need be. */
static void take_out(const struct installing *to, uint64_t value, bool handed)
{
    if (handed && truce_list_has_(to->list, TRUCE_LIST_RELEASES_)) note(to, value, TRUCE_LIST_HANDED_);
}

static struct truce_lock_ *lock_of(const struct installing *to, const struct truce_line_ *line)
{
    return &to->tx->locks[truce_cell_lock_number_(truce_load_relaxed_(&line->word))]; /* ours */
}

/* Carries a SET or ADD out in its line; `number` is the entry's, counted from 1. */
static void overwrite_in_line(const struct installing *to, uint32_t number)
{
    const struct truce_list_entry_ *entry = &to->work->entries[number - 1];
    struct truce_line_ *line = truce_list_line_(to->list, entry->index / TRUCE_LINE_SLOTS_);
    truce_atomic64_ *place = &line->values[entry->index % TRUCE_LINE_SLOTS_];
    const uint64_t old = truce_load_relaxed_(place); /* ours */
    const uint64_t value = overwrite(to, entry, old);
    if (to->owns && truce_list_older_(to->work, number) == 0) note(to, old, TRUCE_LIST_BEFORE_);
    if (to->owns && truce_list_newest_(to->work, entry->index, to->work->count) == number) {
        note(to, value, TRUCE_LIST_AFTER_);
    }
    if (value == old) return;
    truce_store_release_(place, value); /* [content] */
    lock_of(to, line)->changed = true;
}

static void append_to_image(const struct installing *to, const struct truce_list_entry_ *entry, uint64_t *at)
{
    const struct truce_own_value_ *given = &to->work->appended[entry->index];
    for (uint64_t i = 0; i < entry->given.value; i++) {
        at[i] = as_installed(&given[i]);
        note(to, at[i], TRUCE_LIST_GIVEN_);
    }
}

/* Carries an entry out on the image, which has `length - low` elements. */
static void carry_out_on_image(const struct installing *to, const struct truce_list_entry_ *entry, uint64_t length)
{
    const uint64_t low = to->work->low, at = entry->index - low; /* used where the entry has an index */
    uint64_t *image = to->work->image;
    switch (entry->change) {
    case TRUCE_LIST_SET_:
    case TRUCE_LIST_ADD_:
        image[at] = overwrite(to, entry, image[at]);
        break;
    case TRUCE_LIST_APPEND_:
        append_to_image(to, entry, image + (length - low));
        break;
    case TRUCE_LIST_INSERT_:
        memmove(&image[at + 1], &image[at], (length - entry->index) * sizeof *image);
        image[at] = as_installed(&entry->given);
        note(to, image[at], TRUCE_LIST_GIVEN_);
        break;
    case TRUCE_LIST_REMOVE_:
        take_out(to, image[at], entry->handed);
        memmove(&image[at], &image[at + 1], (length - 1 - entry->index) * sizeof *image);
        break;
    case TRUCE_LIST_POP_:
        for (uint64_t i = 0; i < entry->given.value; i++) take_out(to, image[length - 1 - i - low], entry->handed);
        break;
    default: /* CLEAR: it is empty */
        break;
    }
}

/* What stands from `low` on. */
static void make_image(const struct installing *to)
{
    struct truce_list_work_ *work = to->work;
    for (uint64_t index = work->low; index < work->before; index++) {
        const struct truce_line_ *line = truce_list_line_(to->list, index / TRUCE_LINE_SLOTS_);
        const uint64_t value = truce_load_relaxed_(&line->values[index % TRUCE_LINE_SLOTS_]); /* ours */
        work->image[index - work->low] = value;
        note(to, value, TRUCE_LIST_BEFORE_);
    }
}

/* All entries, each where it belongs; but elements that are only appended are left to be written at once. */
static void carry_out(const struct installing *to)
{
    const struct truce_list_work_ *work = to->work;
    uint64_t length = work->before;
    for (uint32_t i = 0; i < work->count; i++) {
        const struct truce_list_entry_ *entry = &work->entries[i];
        if (entry->change <= TRUCE_LIST_ADD_ && entry->index < work->low) {
            overwrite_in_line(to, i + 1);
        } else if (work->imaged) {
            uint64_t moves;
            carry_out_on_image(to, entry, length);
            length = length_after(entry, length, &moves);
        }
    }
}

/* The value that an index from `low` on has in the end. */
static uint64_t final_value(const struct installing *to, uint64_t index)
{
    const struct truce_list_work_ *work = to->work;
    uint64_t value;
    if (work->imaged) {
        value = work->image[index - work->low];
    } else {
        value = as_installed(&work->appended[index - work->before]);
        note(to, value, TRUCE_LIST_GIVEN_);
    }
    note(to, value, TRUCE_LIST_AFTER_);
    return value;
}

/* Writes what a line has from `low` on. */
static void install_line(const struct installing *to, uint64_t number)
{
    const struct truce_list_work_ *work = to->work;
    struct truce_line_ *line = truce_list_line_(to->list, number);
    struct truce_lock_ *lock = lock_of(to, line);
    const uint64_t first = number * TRUCE_LINE_SLOTS_;
    const uint64_t taken = work->after <= first ? 0 : work->after - first;
    const uint8_t low_byte = (uint8_t)(taken < TRUCE_LINE_SLOTS_ ? taken : TRUCE_LINE_SLOTS_);
    for (unsigned slot = work->low > first ? (unsigned)(work->low - first) : 0; slot < low_byte; slot++) {
        const uint64_t value = final_value(to, first + slot);
        if (slot < lock->low && truce_load_relaxed_(&line->values[slot]) == value) continue; /* ours */
        truce_store_release_(&line->values[slot], value);                                    /* [content] */
        lock->changed = true;
    }
    if (lock->low == low_byte) return;
    lock->low = low_byte;
    lock->changed = true;
}

static void install_effect(truce_tx *tx, struct truce_effect_ *effect)
{
    truce_list *list = list_of(effect);
    struct truce_list_work_ *work = work_of(effect);
    const struct installing to = {tx, list, work, may_let_go(list, work)};
    work->events_count = 0;
    if (work->imaged) make_image(&to);
    carry_out(&to);
    if (work->low != UINT64_MAX) {
        for (uint64_t line = work->low / TRUCE_LINE_SLOTS_; line < lines_end(work); line++) install_line(&to, line);
        if (work->after != work->before) {
            truce_store_release_(&list->length, work->after); /* [content] */
            tx->locks[work->tail_lock].changed = true;
        }
    }
    if (to.owns) truce_list_retire_gone_(tx, list, work);
}

/* Settling. */

static void free_given(const struct truce_own_value_ *given)
{
    if (given->kind == TRUCE_BYTES) truce_free_((void *)(uintptr_t)given->value);
}

static void settle_effect(truce_tx *tx, struct truce_effect_ *effect, bool committed)
{
    struct truce_list_work_ *work = work_of(effect);
    (void)tx;
    if (work->image != work->small_image) truce_free_(work->image);
    truce_free_(work->events);
    if (committed) return; /* what was given is in the list, or retired */
    for (uint32_t i = 0; i < work->count; i++) free_given(&work->entries[i].given);
    for (uint64_t i = 0; i < work->appended_count; i++) free_given(&work->appended[i]);
}

const struct truce_kind_ truce_list_kind_ = {
    .name = "list",
    .recheck = truce_list_recheck_,
    .reserve_effect = reserve_effect,
    .lock_effect = lock_effect,
    .install_effect = install_effect,
    .settle_effect = settle_effect,
};
