/* What becomes of the values that a list owns: words with a release callback, blobs. Hides the bookkeeping of one
 * commit.
 *
 * Of each value it is noted, in order, where it stood at a place that the commit changes, before and after, where it was
 * given, and where it was handed out. A word is the same wherever it stands. If the transaction gave it or was handed
 * it, the last of that says whose it is: the caller's, or the list's, which lets it go if it does not stand anywhere
 * afterwards. If it did neither, it is let go as many times as it stands at fewer places.
 */
#include "list_parts.h"

void truce_list_note_value_(struct truce_list_work_ *work, uint64_t value, enum truce_list_note_ note)
{
    const uint64_t number = note == TRUCE_LIST_BEFORE_ ? 0 : work->events_count; /* that was so before all */
    work->events[work->events_count++] = (struct truce_list_event_){value, number * TRUCE_LIST_NOTES_ + note};
}

static bool less(const struct truce_list_event_ *a, const struct truce_list_event_ *b)
{
    return a->value != b->value ? a->value < b->value : a->order < b->order;
}

static void sift(struct truce_list_event_ *events, uint64_t from, uint64_t count)
{
    const struct truce_list_event_ sifted = events[from];
    for (uint64_t child; (child = 2 * from + 1) < count; from = child) {
        if (child + 1 < count && less(&events[child], &events[child + 1])) child++;
        if (!less(&sifted, &events[child])) break;
        events[from] = events[child];
    }
    events[from] = sifted;
}

/* By value, then in order: heapsort, since it takes no memory. */
static void sort(struct truce_list_event_ *events, uint64_t count)
{
    for (uint64_t i = count / 2; i > 0; i--) sift(events, i - 1, count);
    for (uint64_t last = count; last > 1; last--) {
        const struct truce_list_event_ greatest = events[0];
        events[0] = events[last - 1];
        events[last - 1] = greatest;
        sift(events, 0, last - 1);
    }
}

static void retire(truce_tx *tx, const truce_list *list, uint64_t value)
{
    void *pointer = (void *)(uintptr_t)value;
    if (truce_list_has_(list, TRUCE_LIST_BYTES_)) {
        truce_epoch_retire_(tx->thread, pointer, truce_memory_free_, NULL);
    } else {
        truce_epoch_retire_(tx->thread, pointer, list->release, list->release_context);
    }
}

void truce_list_retire_gone_(truce_tx *tx, const truce_list *list, struct truce_list_work_ *work)
{
    const struct truce_list_event_ *events = work->events;
    sort(work->events, work->events_count);
    for (uint64_t i = 0; i < work->events_count;) {
        const uint64_t value = events[i].value;
        uint64_t owned = 0, stands = 0;
        for (; i < work->events_count && events[i].value == value; i++) {
            const uint64_t note = events[i].order % TRUCE_LIST_NOTES_;
            if (note == TRUCE_LIST_GIVEN_) owned = 1;
            if (note == TRUCE_LIST_HANDED_) owned = 0;
            if (note == TRUCE_LIST_BEFORE_) owned++;
            if (note == TRUCE_LIST_AFTER_) stands++;
        }
        for (; owned > stands; owned--) retire(tx, list, value);
    }
}
