#include "sum.h"

#include <unistd.h>

#include "object.h"

/* The stripes, each on two lines of its own: lines are fetched in pairs. */
struct stripes {
    uint32_t count; /* a power of two; read by everybody who adds */
    char rest_of_lines[124];
    struct {
        struct truce_stripe_ stripe;
        char rest_of_lines[112];
    } each[];
};

static struct stripes *stripes_of(const struct truce_sum_ *sum)
{
    return truce_load_ptr_acquire_(&sum->stripes); /* [publish] */
}

static void free_stripes(struct stripes *stripes)
{
    if (stripes != NULL) truce_free_zeroed_(stripes, sizeof *stripes + stripes->count * sizeof stripes->each[0]);
}

void truce_sum_start_(struct truce_sum_ *sum, uint64_t amount)
{
    truce_store_relaxed_(&sum->base.amount, amount); /* nobody sees it yet */
}

void truce_sum_end_(struct truce_sum_ *sum)
{
    free_stripes(stripes_of(sum));
}

/* Adds one part. */
static enum truce_step_ add_part(truce_tx *tx, struct truce_stripe_ *part, uint64_t limit, uint64_t *amount)
{
    struct truce_look_ look;
    const enum truce_step_ step = truce_look_(tx, &part->word, limit, &look);
    if (step != TRUCE_STEP_DONE_) return step;
    *amount += truce_load_acquire_(&part->amount); /* [content] */
    return truce_look_stands_(&look) ? TRUCE_STEP_DONE_ : TRUCE_STEP_UNSTABLE_;
}

enum truce_step_ truce_sum_read_(truce_tx *tx, struct truce_sum_ *sum, uint64_t limit, struct truce_total_ *total)
{
    struct truce_look_ base;
    enum truce_step_ step = truce_look_(tx, &sum->base.word, limit, &base);
    if (step != TRUCE_STEP_DONE_) return step;
    total->amount = truce_load_acquire_(&sum->base.amount); /* [content] */
    total->cell = (uint64_t)(uintptr_t)&sum->base.word;
    struct stripes *stripes = stripes_of(sum); /* [content] as well */
    if (stripes != NULL) {
        total->cell = (uint64_t)(uintptr_t)&truce_never_old_ | TRUCE_RECORD_SEVERAL_;
        for (uint32_t i = 0; i < stripes->count; i++) {
            step = add_part(tx, &stripes->each[i].stripe, limit, &total->amount);
            if (step != TRUCE_STEP_DONE_) return step;
        }
    }
    return truce_look_stands_(&base) ? TRUCE_STEP_DONE_ : TRUCE_STEP_UNSTABLE_;
}

bool truce_sum_read_alone_(const struct truce_sum_ *sum, uint64_t *amount)
{
    for (struct truce_waiter_ waiter = {0}; stripes_of(sum) == NULL; truce_wait_round_(&waiter)) {
        const uint64_t word = truce_load_seq_cst_(&sum->base.word); /* [unlock] */
        if (truce_cell_locked_(word)) continue;
        *amount = truce_load_acquire_(&sum->base.amount); /* [content] */
        const bool whole = stripes_of(sum) == NULL;       /* [content] as well */
        if (whole && truce_load_acquire_(&sum->base.word) == word) return true;
    }
    return false;
}

uint64_t truce_sum_about_(const struct truce_sum_ *sum)
{
    uint64_t amount = truce_load_relaxed_(&sum->base.amount); /* about */
    const struct stripes *stripes = stripes_of(sum);
    if (stripes != NULL) {
        for (uint32_t i = 0; i < stripes->count; i++) amount += truce_load_relaxed_(&stripes->each[i].stripe.amount);
    }
    return amount;
}

/* The part that a thread adds to. */
static struct truce_stripe_ *part_of(struct truce_sum_ *sum, const struct truce_thread_ *thread)
{
    struct stripes *stripes = stripes_of(sum);
    return stripes == NULL ? &sum->base : &stripes->each[thread->index & (stripes->count - 1)].stripe;
}

enum truce_step_ truce_sum_lock_(truce_tx *tx, struct truce_sum_ *sum, uint32_t *lock, bool *crowded)
{
    truce_atomic64_ *cell = &part_of(sum, tx->thread)->word;
    const uint64_t word = truce_load_relaxed_(cell); /* a hint: who is in the way is met by truce_lock_ */
    if (truce_cell_locked_(word)) *crowded = true;
    return truce_lock_(tx, cell, lock);
}

uint64_t truce_sum_install_(truce_tx *tx, uint32_t lock, uint64_t delta)
{
    struct truce_stripe_ *part = (struct truce_stripe_ *)tx->locks[lock].cell;
    const uint64_t after = truce_load_relaxed_(&part->amount) + delta; /* ours */
    truce_store_release_(&part->amount, after);                        /* [content] */
    tx->locks[lock].changed = true;
    return after;
}

/* One for each thread there is by now, and two for each core, since more threads may come. */
static uint32_t stripes_wanted(void)
{
    enum { STRIPES_MIN = 4, STRIPES_MAX = 64 };
    const long cores = sysconf(_SC_NPROCESSORS_ONLN);
    uint32_t count = STRIPES_MIN;
    while (count < STRIPES_MAX && (long)count < 2 * cores) count *= 2;
    for (const struct truce_thread_ *thread = truce_thread_first_(); thread != NULL; thread = thread->next) {
        while (count < STRIPES_MAX && count <= thread->index) count *= 2;
    }
    return count;
}

void truce_sum_spread_(struct truce_sum_ *sum)
{
    if (stripes_of(sum) != NULL) return;
    const uint32_t count = stripes_wanted();
    struct stripes *stripes = truce_alloc_zeroed_(128, sizeof *stripes + count * sizeof stripes->each[0]);
    if (stripes == NULL) return; /* it goes without */
    stripes->count = count;
    uint64_t word = truce_load_seq_cst_(&sum->base.word);
    if (!truce_cell_locked_(word) &&
        truce_cas_seq_cst_(&sum->base.word, &word, truce_cell_lock_word_(TRUCE_OWNER_SYSTEM_, 0))) {
        const bool first = stripes_of(sum) == NULL;
        if (first) {
            truce_store_ptr_release_(&sum->stripes, stripes); /* [publish] */
            word = truce_cell_word_(truce_clock_take_to_stamp_(truce_cell_version_(word)) + 1, 0); /* a new version */
            stripes = NULL;
        }
        truce_store_release_(&sum->base.word, word); /* [unlock] */
    }
    free_stripes(stripes); /* somebody was in the way: the next who is crowded tries again */
}

void truce_sum_disturb_(struct truce_sum_ *sum)
{
    truce_object_disturb_(&sum->base.word);
    struct stripes *stripes = stripes_of(sum);
    if (stripes == NULL) return;
    for (uint32_t i = 0; i < stripes->count; i++) truce_object_disturb_(&stripes->each[i].stripe.word);
}
