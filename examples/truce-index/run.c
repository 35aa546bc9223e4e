/* The main thread puts the files into the queue while the workers take chunks from it, until every chunk is filed or
 * one of them failed. Then it waits, and draws the progress line meanwhile. Only a way without a lock is fed before its
 * worker begins. */
#define _POSIX_C_SOURCE 200809L

#include "run.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <truce/stats.h>

#include "terminal.h"

#define PROGRESS_NS 100000000L

/* A worker that finds nothing to take looks again after so long. */
#define PAUSE_NS 50000L

struct job {
    const struct way *way;
    void *container;
    const struct reading *reading;

    /* Neither hands anything over: their accesses are relaxed. */
    _Atomic uint64_t filed; /* chunks, for the progress line */
    atomic_bool stop;

    pthread_mutex_t mutex;
    pthread_cond_t finished; /* `working` became 0 */
    unsigned working;        /* guarded by `mutex`, as is `problem` */
    failure problem;         /* the first */
};

struct worker {
    struct job *job;
    void *hand; /* of the way */
    pthread_t thread;
};

static failure take_steps(struct job *job, void *hand)
{
    const struct timespec pause = {.tv_nsec = PAUSE_NS};
    while (!atomic_load_explicit(&job->stop, memory_order_relaxed)) {
        enum step step = STEP_FINISHED;
        const failure problem = job->way->step(hand, &step);
        if (problem != NULL) return problem;
        if (step == STEP_FINISHED) break;
        if (step == STEP_FILED) {
            atomic_fetch_add_explicit(&job->filed, 1, memory_order_relaxed);
        } else {
            nanosleep(&pause, NULL);
        }
    }
    return NULL;
}

/* Keeps a problem, which stops everybody. */
static void report_problem(struct job *job, failure problem)
{
    if (problem == NULL) return;
    atomic_store_explicit(&job->stop, true, memory_order_relaxed);
    pthread_mutex_lock(&job->mutex);
    if (job->problem == NULL) job->problem = problem;
    pthread_mutex_unlock(&job->mutex);
}

static void *work(void *arg)
{
    struct worker *self = arg;
    struct job *job = self->job;
    report_problem(job, take_steps(job, self->hand));
    pthread_mutex_lock(&job->mutex);
    if (--job->working == 0) pthread_cond_signal(&job->finished);
    pthread_mutex_unlock(&job->mutex);
    return NULL;
}

/* Puts every file into the queue, as often as it is read. */
static void feed(struct job *job)
{
    const struct text *text = job->reading->text;
    failure problem = NULL;
    for (uint64_t pass = 0; pass < job->reading->passes && problem == NULL; pass++) {
        for (size_t i = 0; i < text->file_count && problem == NULL; i++) {
            const struct text_file *file = &text->files[i];
            if (file->chunk_count == 0) continue;
            if (atomic_load_explicit(&job->stop, memory_order_relaxed)) return;
            problem = job->way->feed(job->container, pass * text->chunk_count + file->first_chunk);
        }
    }
    report_problem(job, problem);
}

static double seconds_now(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

static struct timespec next_redraw(void)
{
    struct timespec at;
    clock_gettime(CLOCK_MONOTONIC, &at);
    at.tv_nsec += PROGRESS_NS;
    if (at.tv_nsec >= 1000000000L) {
        at.tv_nsec -= 1000000000L;
        at.tv_sec++;
    }
    return at;
}

static void wait_until_finished(struct job *job, unsigned threads)
{
    char what[64];
    snprintf(what, sizeof what, "indexing: %s, %u thread%s", job->way->name, threads, threads == 1 ? "" : "s");
    pthread_mutex_lock(&job->mutex);
    while (job->working > 0) {
        if (terminal_shows_progress()) {
            const struct timespec until = next_redraw();
            pthread_cond_timedwait(&job->finished, &job->mutex, &until);
            terminal_progress(what, atomic_load_explicit(&job->filed, memory_order_relaxed),
                              reading_chunks(job->reading));
        } else {
            pthread_cond_wait(&job->finished, &job->mutex);
        }
    }
    pthread_mutex_unlock(&job->mutex);
}

/* Starts up to `threads` workers; returns how many run. */
static unsigned start(struct job *job, struct worker *workers, unsigned threads)
{
    job->working = threads;
    for (unsigned i = 0; i < threads; i++) {
        const int error_number = pthread_create(&workers[i].thread, NULL, work, &workers[i]);
        if (error_number == 0) continue;

        terminal_error("cannot start thread %u of %u: %s", i + 1, threads, strerror(error_number));
        atomic_store_explicit(&job->stop, true, memory_order_relaxed);
        pthread_mutex_lock(&job->mutex);
        job->working -= threads - i;
        pthread_mutex_unlock(&job->mutex);
        return i;
    }
    return threads;
}

static bool index_with_workers(struct job *job, struct worker *workers, unsigned threads, double *seconds)
{
    const bool feeds_first = !job->way->concurrent;
    const double begun = seconds_now();
    if (feeds_first) feed(job);
    const unsigned started = start(job, workers, threads);
    if (!feeds_first) feed(job);
    wait_until_finished(job, threads);
    *seconds = seconds_now() - begun;
    for (unsigned i = 0; i < started; i++) pthread_join(workers[i].thread, NULL);
    terminal_clear();
    if (job->problem != NULL) terminal_error("indexing failed (%s): %s", job->way->name, job->problem);
    return started == threads && job->problem == NULL;
}

static void free_workers(struct worker *workers, unsigned count, struct aborts *why)
{
    for (unsigned i = 0; i < count; i++) workers[i].job->way->dismiss(workers[i].hand, why);
    free(workers);
}

/* On a failure *workers is NULL. */
static failure make_workers(struct job *job, unsigned count, struct worker **workers)
{
    failure problem = NULL;
    *workers = calloc(count, sizeof **workers);
    if (*workers == NULL) return "out of memory";
    for (unsigned i = 0; i < count; i++) {
        (*workers)[i].job = job;
        problem = job->way->hire(job->container, &(*workers)[i].hand);
        if (problem == NULL) continue;
        struct aborts none = {.kind_count = 0};
        free_workers(*workers, i, &none);
        *workers = NULL;
        break;
    }
    return problem;
}

static void begin_waiting(struct job *job)
{
    pthread_condattr_t monotonic;
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_cond_init(&job->finished, &monotonic);
    pthread_condattr_destroy(&monotonic);
    pthread_mutex_init(&job->mutex, NULL);
}

static void end_waiting(struct job *job)
{
    pthread_mutex_destroy(&job->mutex);
    pthread_cond_destroy(&job->finished);
}

static bool cannot_begin(const struct run *run, failure problem)
{
    terminal_error("cannot begin (%s): %s", run->way->name, problem);
    return false;
}

static bool index_into(void *container, struct run *run, const struct reading *reading)
{
    struct job job = {.way = run->way, .container = container, .reading = reading};
    struct worker *workers;
    const failure problem = make_workers(&job, run->threads, &workers);
    if (problem != NULL) return cannot_begin(run, problem);

    begin_waiting(&job);
    truce_stats before = TRUCE_STATS_INIT;
    truce_stats after = TRUCE_STATS_INIT;
    truce_stats_process(&before);
    const bool ok = index_with_workers(&job, workers, run->threads, &run->seconds);
    truce_stats_process(&after);
    run->commits = after.commits - before.commits;
    run->aborts = after.conflicts - before.conflicts;
    end_waiting(&job);
    free_workers(workers, run->threads, &run->why);
    return ok;
}

bool run_index(struct run *run, const struct reading *reading, void **container)
{
    const failure problem = run->way->make(reading, container);
    if (problem != NULL) return cannot_begin(run, problem);
    if (index_into(*container, run, reading)) return true;
    run->way->drop(*container);
    *container = NULL;
    return false;
}

bool run_list(const struct run *run, void *container, struct counts *counts)
{
    const failure problem = run->way->list(container, counts);
    if (problem != NULL) {
        terminal_error("listing the words failed (%s): %s", run->way->name, problem);
        return false;
    }
    counts_sort_by_word(counts);
    return true;
}
