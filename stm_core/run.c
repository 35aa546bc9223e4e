/* Running transactions: the public functions that begin, repeat and end them. */
#include "core.h"
#include "wait.h"

/* Answers NO_MEMORY to everything; what truce_begin gives when it can't make a transaction. Never written. */
static struct truce_tx no_transaction_ = {.status = TRUCE_NO_MEMORY, .state = TRUCE_TX_OVER_};

static void conflict_out(const truce_tx *tx, truce_conflict *out)
{
    const size_t size = out->size < sizeof *out ? out->size : sizeof *out;
    truce_conflict whole = tx->conflict;
    whole.size = out->size;
    __builtin_memcpy(out, &whole, size);
}

static void fill_report(const truce_tx *tx)
{
    truce_report *report = tx->report;
    if (report == NULL) return;
    report->attempts = tx->attempts;
    report->conflicts = tx->conflicts;
    report->commit_number = truce_tx_number_(tx);
    report->conflict.size = sizeof report->conflict;
    if (tx->conflict.object != NULL) conflict_out(tx, &report->conflict);
}

static void clear_report(const truce_tx *tx)
{
    if (tx->report == NULL) return;
    const size_t size = tx->report->size;
    *tx->report = (truce_report){.size = size};
}

/* A transaction with its first attempt open; NULL when memory ran out. */
__attribute__((noinline)) static truce_tx *begin_slow(const truce_run_options *options, truce_status *status)
{
    struct truce_thread_ *thread = truce_thread_();
    truce_tx *tx = thread == NULL ? NULL : truce_tx_take_(thread, options);
    if (tx == NULL) {
        *status = TRUCE_NO_MEMORY;
        return NULL;
    }
    if (TRUCE_UNLIKELY_(tx->report != NULL)) clear_report(tx);
    *status = truce_tx_attempt_(tx);
    return tx;
}

static inline truce_tx *begin(const truce_run_options *options, truce_status *status)
{
    struct truce_thread_ *thread = truce_thread_current_;
    if (TRUCE_LIKELY_(thread != NULL && options == NULL)) {
        truce_tx *tx = truce_tx_begin_short_(thread);
        *status = TRUCE_OK;
        if (TRUCE_LIKELY_(tx != NULL)) return tx;
    }
    return begin_slow(options, status);
}

/* Whether the attempt that ended so is followed by another. */
static bool runs_again(truce_status status)
{
    return status == TRUCE_CONFLICT || status == TRUCE_WAIT;
}

/* Ends the open attempt as the body's answer asks for. */
__attribute__((noinline)) static truce_status finish_slow(truce_tx *tx, truce_status answer)
{
    if (TRUCE_UNLIKELY_(tx->status < 0)) answer = tx->status; /* a failure wins over the body's answer */
    if (TRUCE_LIKELY_(answer >= 0)) {
        const truce_status status = truce_tx_commit_(tx);
        if (TRUCE_LIKELY_(status == TRUCE_OK)) return answer;
        answer = status;
    } else {
        truce_tx_roll_back_(tx, answer);
    }
    if (answer == TRUCE_CONFLICT && tx->conflict.object != NULL) {
        tx->conflicts++;
        if (tx->report != NULL) fill_report(tx);
    }
    return answer;
}

static inline truce_status finish_attempt(truce_tx *tx, truce_status answer)
{
    if (TRUCE_LIKELY_(answer >= 0) && truce_tx_commit_short_(tx)) return answer;
    return finish_slow(tx, answer);
}

static truce_status next_attempt(truce_tx *tx, truce_status last)
{
    if (runs_again(last)) truce_back_off_(last == TRUCE_WAIT ? tx->attempts + 8 : tx->attempts, &tx->thread->seed);
    return truce_tx_attempt_(tx);
}

/* Ends the transaction also when the body is left by an exception, by pthread_exit or by cancellation. */
static void end_at_scope_exit(truce_tx **tx)
{
    if (TRUCE_UNLIKELY_(*tx != NULL)) truce_end(*tx);
}

truce_status truce_run(const truce_run_options *options, truce_body *body, void *arg)
{
    if (body == NULL) truce_misuse_("truce_run needs a body");
    truce_status status;
    truce_tx *const tx = begin(options, &status);
    if (tx == NULL) return status;
    truce_tx *unfinished __attribute__((cleanup(end_at_scope_exit))) = tx;
    while (status == TRUCE_OK) {
        status = finish_attempt(tx, body(tx, arg));
        if (TRUCE_LIKELY_(!runs_again(status))) break;
        status = next_attempt(tx, status);
    }
    if (TRUCE_UNLIKELY_(tx->report != NULL)) fill_report(tx);
    unfinished = NULL;
    truce_tx_put_back_(tx);
    return status;
}

truce_status truce_begin(const truce_run_options *options, truce_tx **tx)
{
    if (tx == NULL) truce_misuse_("truce_begin needs a place for the transaction");
    truce_status status;
    *tx = begin(options, &status);
    if (*tx == NULL) {
        *tx = &no_transaction_;
        return status;
    }
    if (status < 0) { /* timed out before it began */
        (*tx)->status = status;
        (*tx)->state = TRUCE_TX_OVER_;
    }
    return status;
}

/* Stops unless this is a transaction of this thread that was not given back. */
static void must_be_mine(const truce_tx *tx)
{
    if (tx == NULL || tx == TRUCE_ALONE) truce_misuse_("a transaction that was begun is required");
    if (tx == &no_transaction_) return;
    if (tx->state == TRUCE_TX_IDLE_) truce_misuse_("the transaction is finished: truce_end was called on it");
    if (tx->thread != truce_thread_current_) truce_misuse_("the transaction belongs to another thread");
}

truce_status truce_commit(truce_tx *tx)
{
    must_be_mine(tx);
    if (tx->state != TRUCE_TX_OPEN_) {
        if (tx->status < 0) return tx->status;
        truce_misuse_("the transaction is finished: it has no open attempt");
    }
    const truce_status status = finish_attempt(tx, TRUCE_OK);
    if (tx->report != NULL) fill_report(tx);
    return status;
}

static void abort_open(truce_tx *tx)
{
    if (tx->state != TRUCE_TX_OPEN_) return;
    if (tx->status == TRUCE_CONFLICT) tx->conflicts++;
    truce_tx_roll_back_(tx, tx->status);
    if (tx->report != NULL) fill_report(tx);
}

truce_status truce_abort(truce_tx *tx)
{
    must_be_mine(tx);
    if (tx->state == TRUCE_TX_COMMITTED_) truce_misuse_("the transaction is finished: it has committed");
    abort_open(tx);
    return TRUCE_OK;
}

truce_status truce_again(truce_tx *tx)
{
    must_be_mine(tx);
    if (tx == &no_transaction_) return TRUCE_NO_MEMORY;
    if (tx->state == TRUCE_TX_COMMITTED_) truce_misuse_("the transaction is finished: it has committed");
    const truce_status last = tx->status;
    abort_open(tx);
    const truce_status status = next_attempt(tx, last);
    if (status < 0) tx->status = status;
    return status;
}

void truce_end(truce_tx *tx)
{
    must_be_mine(tx);
    if (tx == &no_transaction_) return;
    if (tx->state == TRUCE_TX_OPEN_) abort_open(tx);
    truce_tx_put_back_(tx);
}

truce_status truce_explain(truce_tx *tx, truce_conflict *conflict)
{
    must_be_mine(tx);
    if (conflict == NULL || conflict->size < sizeof conflict->size) {
        truce_misuse_("truce_explain needs a struct whose size field is set");
    }
    conflict_out(tx, conflict);
    return tx->conflict.object != NULL ? TRUCE_OK : TRUCE_ABSENT;
}

uint64_t truce_commit_number(truce_tx *tx)
{
    must_be_mine(tx);
    return truce_tx_number_(tx);
}

bool truce_alone_again_(struct truce_alone_ *alone)
{
    truce_tx *tx = alone->tx;
    if (tx == NULL) {
        alone->tx = tx = begin(NULL, &alone->status);
        return tx != NULL;
    }
    alone->status = finish_attempt(tx, alone->status);
    if (runs_again(alone->status)) {
        next_attempt(tx, alone->status); /* no limit, no deadline: can't fail */
        return true;
    }
    alone->tx = NULL;
    truce_tx_put_back_(tx);
    return false;
}

void truce_alone_leave_(struct truce_alone_ *alone)
{
    end_at_scope_exit(&alone->tx);
}

/* A delayed action for the attempt, in its arena. */
static struct truce_delayed_ *new_delayed(truce_tx *tx, truce_action *action, void *context)
{
    if (action == NULL) truce_misuse_("a delayed action is required; NULL was given");
    struct truce_delayed_ *delayed = truce_tx_bytes_(tx, sizeof *delayed);
    if (delayed != NULL) *delayed = (struct truce_delayed_){NULL, action, context};
    return delayed;
}

truce_status truce_on_commit(truce_tx *tx, truce_action *action, void *context)
{
    if (tx == TRUCE_ALONE) {
        if (action == NULL) truce_misuse_("a delayed action is required; NULL was given");
        action(context);
        return TRUCE_OK;
    }
    TRUCE_TRY(truce_tx_enter_(tx));
    struct truce_delayed_ *delayed = new_delayed(tx, action, context);
    if (delayed == NULL) return truce_tx_fail_(tx, TRUCE_NO_MEMORY);
    if (tx->on_commit == NULL) tx->on_commit_end = &tx->on_commit;
    *tx->on_commit_end = delayed;
    tx->on_commit_end = &delayed->next;
    return TRUCE_OK;
}

truce_status truce_on_abort(truce_tx *tx, truce_action *action, void *context)
{
    if (tx == TRUCE_ALONE) {
        if (action == NULL) truce_misuse_("a delayed action is required; NULL was given");
        return TRUCE_OK;
    }
    TRUCE_TRY(truce_tx_enter_(tx));
    struct truce_delayed_ *delayed = new_delayed(tx, action, context);
    if (delayed == NULL) return truce_tx_fail_(tx, TRUCE_NO_MEMORY);
    delayed->next = tx->on_abort;
    tx->on_abort = delayed;
    return TRUCE_OK;
}

truce_status truce_retire(truce_tx *tx, void *pointer, truce_release *release, void *context)
{
    if (release == NULL) truce_misuse_("truce_retire needs a release callback");
    if (tx == TRUCE_ALONE) {
        struct truce_thread_ *thread = truce_thread_();
        if (thread == NULL || !truce_epoch_reserve_(thread, 1)) return TRUCE_NO_MEMORY;
        truce_epoch_retire_(thread, pointer, release, context);
        truce_epoch_collect_soon_(thread);
        return TRUCE_OK;
    }
    TRUCE_TRY(truce_tx_enter_(tx));
    struct truce_retirement_ *retirement = truce_tx_bytes_(tx, sizeof *retirement);
    if (retirement == NULL) return truce_tx_fail_(tx, TRUCE_NO_MEMORY);
    *retirement = (struct truce_retirement_){tx->retirements, pointer, release, context};
    tx->retirements = retirement;
    tx->retirement_count++;
    return TRUCE_OK;
}
