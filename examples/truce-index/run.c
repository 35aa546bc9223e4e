/* Threads take chunks by one shared index until there are none left, or one of them failed. The main thread waits, and
 * draws the progress line meanwhile. */
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

struct job {
    const struct way *way;
    void *container;
    const struct text *text;
    uint64_t chunks; /* of all passes */

    /* Only a number to be shared out: the text was there before the threads began, so its accesses are relaxed. */
    _Atomic uint64_t next;
    atomic_bool stop;

    pthread_mutex_t mutex;
    pthread_cond_t finished; /* `working` became 0 */
    unsigned working;        /* guarded by `mutex`, as is `problem` */
    failure problem;         /* the first */
};

struct worker {
    struct job *job;
    struct words *words;
    pthread_t thread;
};

static failure count_chunks(struct job *job, struct words *words)
{
    while (!atomic_load_explicit(&job->stop, memory_order_relaxed)) {
        const uint64_t index = atomic_fetch_add_explicit(&job->next, 1, memory_order_relaxed);
        if (index >= job->chunks) break;
        const struct chunk *chunk = &job->text->chunks[index % job->text->chunk_count];
        words_find(words, chunk->bytes, chunk->size);
        const failure problem = job->way->add(job->container, words);
        if (problem != NULL) return problem;
    }
    return NULL;
}

static void *work(void *arg)
{
    struct worker *self = arg;
    struct job *job = self->job;
    const failure problem = count_chunks(job, self->words);
    if (problem != NULL) atomic_store_explicit(&job->stop, true, memory_order_relaxed);

    pthread_mutex_lock(&job->mutex);
    if (job->problem == NULL) job->problem = problem;
    if (--job->working == 0) pthread_cond_signal(&job->finished);
    pthread_mutex_unlock(&job->mutex);
    return NULL;
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
    snprintf(what, sizeof what, "counting: %s, %u thread%s", job->way->name, threads, threads == 1 ? "" : "s");
    pthread_mutex_lock(&job->mutex);
    while (job->working > 0) {
        if (terminal_shows_progress()) {
            const struct timespec until = next_redraw();
            pthread_cond_timedwait(&job->finished, &job->mutex, &until);
            terminal_progress(what, atomic_load_explicit(&job->next, memory_order_relaxed), job->chunks);
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

static bool count_with_workers(struct job *job, struct worker *workers, unsigned threads, double *seconds)
{
    const double begun = seconds_now();
    const unsigned started = start(job, workers, threads);
    wait_until_finished(job, threads);
    *seconds = seconds_now() - begun;
    for (unsigned i = 0; i < started; i++) pthread_join(workers[i].thread, NULL);
    terminal_clear();
    if (job->problem != NULL) terminal_error("counting failed (%s): %s", job->way->name, job->problem);
    return started == threads && job->problem == NULL;
}

static void free_workers(struct worker *workers, unsigned count)
{
    for (unsigned i = 0; i < count; i++) free(workers[i].words);
    free(workers);
}

/* NULL: out of memory. */
static struct worker *make_workers(struct job *job, unsigned count)
{
    struct worker *workers = calloc(count, sizeof *workers);
    if (workers == NULL) return NULL;
    for (unsigned i = 0; i < count; i++) {
        workers[i].job = job;
        workers[i].words = malloc(sizeof *workers[i].words);
        if (workers[i].words == NULL) {
            free_workers(workers, count);
            return NULL;
        }
    }
    return workers;
}

static bool count_into(void *container, struct run *run, const struct text *text)
{
    struct job job = {.way = run->way, .container = container, .text = text, .chunks = run->passes * text->chunk_count};
    struct worker *workers = make_workers(&job, run->threads);
    if (workers == NULL) {
        terminal_error("out of memory");
        return false;
    }
    pthread_condattr_t monotonic;
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_cond_init(&job.finished, &monotonic);
    pthread_condattr_destroy(&monotonic);
    pthread_mutex_init(&job.mutex, NULL);

    truce_stats before = TRUCE_STATS_INIT;
    truce_stats after = TRUCE_STATS_INIT;
    truce_stats_process(&before);
    const bool ok = count_with_workers(&job, workers, run->threads, &run->seconds);
    truce_stats_process(&after);
    run->commits = after.commits - before.commits;
    run->aborts = after.conflicts - before.conflicts;

    pthread_mutex_destroy(&job.mutex);
    pthread_cond_destroy(&job.finished);
    free_workers(workers, run->threads);
    return ok;
}

static bool list(void *container, const struct way *way, struct counts *counts)
{
    const failure problem = way->list(container, counts);
    if (problem != NULL) {
        terminal_error("listing the words failed (%s): %s", way->name, problem);
        return false;
    }
    counts_sort_by_word(counts);
    return true;
}

bool run_count(struct run *run, const struct text *text, struct counts *counts)
{
    void *container;
    const failure problem = run->way->make(&container);
    if (problem != NULL) {
        terminal_error("cannot begin (%s): %s", run->way->name, problem);
        return false;
    }
    const bool ok = count_into(container, run, text) && list(container, run->way, counts);
    run->way->drop(container);
    return ok;
}
