#include "thread.h"

#include <pthread.h>
#include <stddef.h>

#include "alloc.h"
#include "clock.h"
#include "epoch.h"
#include "tx.h"

__thread struct truce_thread_ *truce_thread_current_;

static truce_atomic_ptr_ first_;
static uint32_t records_;
static pthread_mutex_t rare_ = PTHREAD_MUTEX_INITIALIZER;
static pthread_key_t ending_;
static pthread_once_t once_ = PTHREAD_ONCE_INIT;

void truce_rare_lock_(void)
{
    pthread_mutex_lock(&rare_);
}

void truce_rare_unlock_(void)
{
    pthread_mutex_unlock(&rare_);
}

struct truce_thread_ *truce_thread_first_(void)
{
    return truce_load_ptr_acquire_(&first_); /* [publish] */
}

/* Runs when a thread ends. A later destructor of the thread may use the library again: then it gets a record anew. */
static void end_thread(void *record)
{
    struct truce_thread_ *thread = record;
    truce_tx_end_all_(thread);
    truce_epoch_leave_behind_(thread);
    truce_thread_current_ = NULL;
    truce_store_release_(&thread->in_use, 0);
}

static void begin_process(void)
{
    pthread_key_create(&ending_, end_thread);
    truce_epoch_start_();
    truce_clock_settle_();
}

static struct truce_thread_ *find_free(void)
{
    struct truce_thread_ *thread = truce_thread_first_();
    while (thread != NULL) {
        uint64_t expected = 0;
        if (truce_cas_seq_cst_(&thread->in_use, &expected, 1)) return thread;
        thread = thread->next;
    }
    return NULL;
}

static struct truce_thread_ *make_record(void)
{
    struct truce_thread_ *thread = truce_alloc_zeroed_(128, sizeof *thread);
    if (thread == NULL) return NULL;
    truce_store_relaxed_(&thread->in_use, 1); /* nobody sees it yet */
    truce_rare_lock_();
    thread->index = records_++;
    thread->seed = thread->index;
    thread->limbo.collect_above = TRUCE_COLLECT_AFTER_;
    thread->next = truce_load_ptr_acquire_(&first_);
    truce_store_ptr_release_(&first_, thread); /* [publish] */
    truce_rare_unlock_();
    return thread;
}

struct truce_thread_ *truce_thread_attach_(void)
{
    pthread_once(&once_, begin_process);
    struct truce_thread_ *thread = find_free();
    if (thread == NULL) thread = make_record();
    if (thread == NULL) return NULL;
    for (int i = 0; i < TRUCE_COUNTS_; i++) thread->counts_before[i] = truce_load_relaxed_(&thread->counts[i]);
    if (pthread_setspecific(ending_, thread) != 0) {
        truce_store_release_(&thread->in_use, 0);
        return NULL;
    }
    truce_thread_current_ = thread;
    return thread;
}
