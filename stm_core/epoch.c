#include "epoch.h"

#include <limits.h>
#include <linux/membarrier.h>
#include <stddef.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <truce/tx.h>

#include "alloc.h"
#include "wait.h"

enum { GRACE = 3, LIMBO_MIN = 256 };

struct truce_epoch_now_ truce_epoch_now_ = {{1}, {0}};
bool truce_epoch_asymmetric_;

/* What ended threads left, a list of limbos. Guarded by the rare lock. */
struct left_behind {
    struct left_behind *next;
    struct truce_limbo_ limbo;
};
static struct left_behind *left_;

void truce_epoch_start_(void)
{
    truce_epoch_asymmetric_ = syscall(SYS_membarrier, MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED, 0, 0) == 0;
}

/* Makes announcements visible that were made before this call: [announce]. False if the system refused. */
static bool see_announcements(void)
{
    return !truce_epoch_asymmetric_ || syscall(SYS_membarrier, MEMBARRIER_CMD_PRIVATE_EXPEDITED, 0, 0) == 0;
}

bool truce_epoch_anybody_(void)
{
    if (!see_announcements()) return true;
    for (const struct truce_thread_ *thread = truce_thread_first_(); thread != NULL; thread = thread->next) {
        if (truce_load_seq_cst_(&thread->announced) != 0) return true; /* [announce] */
    }
    return false;
}

/* Moves the epoch on by one if every announcement is of the present one. */
static bool move_on(void)
{
    uint64_t now = truce_load_seq_cst_(&truce_epoch_now_.now);
    if (!see_announcements()) return false;
    for (const struct truce_thread_ *thread = truce_thread_first_(); thread != NULL; thread = thread->next) {
        const uint64_t announced = truce_load_seq_cst_(&thread->announced); /* [announce], [leave] */
        if (announced != 0 && announced != now) return false;
    }
    truce_cas_seq_cst_(&truce_epoch_now_.now, &now, now + 1); /* lost to somebody who moved it as far: as good */
    return true;
}

/* Releases the first items of a limbo that are old enough. */
static void release_old(struct truce_limbo_ *limbo)
{
    const uint64_t now = truce_load_acquire_(&truce_epoch_now_.now); /* [leave], by way of whoever moved it */
    while (limbo->count > 0 && limbo->items[limbo->first].epoch + GRACE <= now) {
        const struct truce_retired_ item = limbo->items[limbo->first];
        limbo->first++;
        limbo->count--;
        if (limbo->count == 0) limbo->first = 0;
        truce_count_(TRUCE_COUNT_RELEASED_, 1);
        item.release(item.pointer, item.context); /* may retire more into this limbo */
    }
}

static void release_left_behind(void)
{
    truce_rare_lock_();
    struct left_behind *mine = left_;
    left_ = NULL;
    truce_rare_unlock_();
    while (mine != NULL) {
        struct left_behind *next = mine->next;
        release_old(&mine->limbo);
        if (mine->limbo.count == 0) {
            truce_free_(mine->limbo.items);
            truce_free_(mine);
        } else {
            truce_rare_lock_();
            mine->next = left_;
            left_ = mine;
            truce_rare_unlock_();
        }
        mine = next;
    }
}

/* Also when a release callback throws. */
static void stop_collecting(struct truce_thread_ **thread)
{
    (*thread)->collecting = false;
}

void truce_epoch_collect_(struct truce_thread_ *thread)
{
    if (thread->collecting) return;
    struct truce_thread_ *collector __attribute__((cleanup(stop_collecting))) = thread;
    collector->collecting = true;
    for (int i = 0; i < GRACE && move_on(); i++) {
    }
    release_old(&thread->limbo);
    release_left_behind();
    const uint32_t count = thread->limbo.count;
    thread->limbo.collect_above = count + (count < TRUCE_COLLECT_AFTER_ ? TRUCE_COLLECT_AFTER_ : count / 2);
}

bool truce_epoch_reserve_(struct truce_thread_ *thread, uint32_t count)
{
    struct truce_limbo_ *limbo = &thread->limbo;
    if (count <= limbo->capacity - limbo->first - limbo->count) return true;
    if (count > INT_MAX - limbo->count) return false;
    const uint32_t wanted = limbo->count + count;
    if (wanted > limbo->capacity) {
        uint32_t capacity = limbo->capacity < LIMBO_MIN ? LIMBO_MIN : limbo->capacity;
        while (capacity < wanted) capacity *= 2;
        struct truce_retired_ *items = truce_alloc_(capacity * sizeof *items);
        if (items == NULL) return false;
        if (limbo->count > 0) memcpy(items, limbo->items + limbo->first, limbo->count * sizeof *items);
        truce_free_(limbo->items);
        limbo->items = items;
        limbo->capacity = capacity;
    } else {
        memmove(limbo->items, limbo->items + limbo->first, limbo->count * sizeof *limbo->items);
    }
    limbo->first = 0;
    return true;
}

void truce_epoch_retire_(struct truce_thread_ *thread, void *pointer, void (*release)(void *pointer, void *context),
                         void *context)
{
    struct truce_limbo_ *limbo = &thread->limbo;
    limbo->items[limbo->first + limbo->count] = (struct truce_retired_){
        pointer, release, context, truce_load_seq_cst_(&truce_epoch_now_.now)};
    limbo->count++;
    truce_count_own_(&thread->counts[TRUCE_COUNT_RETIRED_], 1);
}

bool truce_epoch_wait_(const struct truce_thread_ *thread)
{
    if (thread != NULL && thread->open != NULL) return false;
    const uint64_t until = truce_load_seq_cst_(&truce_epoch_now_.now) + GRACE;
    for (struct truce_waiter_ waiter = {0}; truce_load_seq_cst_(&truce_epoch_now_.now) < until;) {
        if (!move_on()) truce_wait_round_(&waiter);
    }
    return true;
}

void truce_epoch_leave_behind_(struct truce_thread_ *thread)
{
    truce_epoch_leave_(thread);
    truce_epoch_collect_(thread);
    if (thread->limbo.count == 0) return;
    struct left_behind *left = truce_alloc_(sizeof *left);
    if (left == NULL) return; /* stays with the record, for the thread that gets it next */
    truce_rare_lock_();
    *left = (struct left_behind){left_, thread->limbo};
    left_ = left;
    truce_rare_unlock_();
    thread->limbo = (struct truce_limbo_){.collect_above = TRUCE_COLLECT_AFTER_};
}

void truce_collect(void)
{
    struct truce_thread_ *thread = truce_thread_();
    if (thread != NULL) truce_epoch_collect_(thread);
}
