/* Runs one after the other, each with an index of its own, which is dropped before the next begins. */
#include "contest.h"

#include "terminal.h"

#define WORD_SHOWN_BYTES 200

static void plan(struct contest *contest, const struct way *way, unsigned threads)
{
    if (way == NULL) return;
    contest->runs[contest->run_count++] = (struct run){.way = way, .threads = threads};
}

void contest_plan(struct contest *contest, struct reading reading, unsigned threads, bool compare)
{
    *contest = (struct contest){.reading = reading};
    plan(contest, way_truce(), threads);
    if (!compare) return;
    if (threads != 1) plan(contest, way_truce(), 1);
    plan(contest, way_mutex(), threads);
    plan(contest, way_plain(), 1);
}

static bool same_counts(const struct contest *contest, const struct run *other, const struct counts *counts)
{
    const struct run *first = &contest->runs[0];
    struct difference found;
    const size_t differences = counts_compare(&contest->counts, counts, &found);
    if (differences == 0) return true;

    char shown[WORD_SHOWN_BYTES];
    const bool whole = terminal_escape(shown, sizeof shown, found.word, found.size_bytes) == found.size_bytes;
    const bool elsewhere = found.left_times == found.right_times;
    terminal_error("the indexes differ in %zu word%s: \"%s%s\" was found %llu times by %s (threads: %u), "
                   "%llu times by %s (threads: %u)%s",
                   differences, differences == 1 ? "" : "s", shown, whole ? "" : "...",
                   (unsigned long long)found.left_times, first->way->name, first->threads,
                   (unsigned long long)found.right_times, other->way->name, other->threads,
                   elsewhere ? ", but in other places" : "");
    return false;
}

/* Does one run and lists its words. */
static bool run_and_list(struct contest *contest, struct run *run, struct counts *counts)
{
    void *container;
    if (!run_index(run, &contest->reading, &container)) return false;
    const bool ok = run_list(run, container, counts);
    run->way->drop(container);
    return ok;
}

bool contest_run(struct contest *contest)
{
    if (!run_and_list(contest, &contest->runs[0], &contest->counts)) return false;
    bool ok = true;
    for (size_t i = 1; ok && i < contest->run_count; i++) {
        struct run *run = &contest->runs[i];
        struct counts counts = {NULL, 0, 0};
        ok = run_and_list(contest, run, &counts) && same_counts(contest, run, &counts);
        counts_free(&counts);
    }
    return ok;
}

const struct run *contest_baseline(const struct contest *contest)
{
    if (contest->run_count < 2) return NULL;
    return &contest->runs[contest->run_count - 1];
}

void contest_free(struct contest *contest)
{
    counts_free(&contest->counts);
}
