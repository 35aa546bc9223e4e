/* What becomes of the values that a list owns: words with a release callback, blobs. Hides the bookkeeping of one commit.
 *
 * Every value that the list took and let go is noted, in order. A value that was let go and taken again is the list's as
 * before: of each value, what was let go and not taken after that is released, once for each time. */
#include "list_parts.h"

static void note(struct truce_list_work_ *work, uint64_t value, uint64_t let_go)
{
    const uint64_t number = work->events_count++;
    work->events[number] = (struct truce_list_event_){value, number * 2 + let_go};
}

void truce_list_took_(struct truce_list_work_ *work, uint64_t value)
{
    note(work, value, 0);
}

void truce_list_let_go_(struct truce_list_work_ *work, uint64_t value)
{
    note(work, value, 1);
}

static bool let_go(const struct truce_list_event_ *event)
{
    return (event->order & 1) != 0;
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

/* Whether everything was taken, or everything let go: then the order says nothing. */
static bool all_of_one_kind(const struct truce_list_work_ *work)
{
    for (uint64_t i = 1; i < work->events_count; i++) {
        if (let_go(&work->events[i]) != let_go(&work->events[0])) return false;
    }
    return true;
}

void truce_list_retire_gone_(truce_tx *tx, const truce_list *list, struct truce_list_work_ *work)
{
    struct truce_list_event_ *events = work->events;
    if (!all_of_one_kind(work)) sort(events, work->events_count);
    for (uint64_t i = 0; i < work->events_count;) {
        const uint64_t value = events[i].value;
        uint64_t gone = 0;
        do {
            if (let_go(&events[i])) {
                gone++;
            } else if (gone > 0) {
                gone--;
            }
            i++;
        } while (i < work->events_count && events[i].value == value);
        for (; gone > 0; gone--) retire(tx, list, value);
    }
}
