/* Runs one after the other, each in a container of its own. */
#include "contest.h"

#include "terminal.h"

#define WORD_SHOWN_BYTES 200

static void plan(struct contest *contest, const struct way *way, unsigned threads, uint64_t passes)
{
    if (way == NULL) return;
    contest->runs[contest->run_count++] = (struct run){.way = way, .threads = threads, .passes = passes};
}

void contest_plan(struct contest *contest, unsigned threads, uint64_t passes, bool compare)
{
    *contest = (struct contest){.run_count = 0};
    plan(contest, way_truce(), threads, passes);
    if (!compare) return;
    if (threads != 1) plan(contest, way_truce(), 1, passes);
    plan(contest, way_mutex(), threads, passes);
    plan(contest, way_plain(), 1, passes);
}

static bool same_counts(const struct contest *contest, const struct run *other, const struct counts *counts)
{
    const struct run *first = &contest->runs[0];
    struct difference found;
    const size_t differences = counts_compare(&contest->counts, counts, &found);
    if (differences == 0) return true;

    char shown[WORD_SHOWN_BYTES];
    const bool whole = terminal_escape(shown, sizeof shown, found.word, found.size_bytes) == found.size_bytes;
    terminal_error("the counts differ for %zu word%s: \"%s%s\" was counted %llu times by %s (threads: %u), "
                   "%llu times by %s (threads: %u)",
                   differences, differences == 1 ? "" : "s", shown, whole ? "" : "...",
                   (unsigned long long)found.left_times, first->way->name, first->threads,
                   (unsigned long long)found.right_times, other->way->name, other->threads);
    return false;
}

bool contest_run(struct contest *contest, const struct text *text)
{
    if (!run_count(&contest->runs[0], text, &contest->counts)) return false;
    bool ok = true;
    for (size_t i = 1; ok && i < contest->run_count; i++) {
        struct counts counts = {NULL, 0, 0};
        ok = run_count(&contest->runs[i], text, &counts) && same_counts(contest, &contest->runs[i], &counts);
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
