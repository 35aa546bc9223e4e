/* Columns are padded to the widest entry that is likely; what may be of any width comes last in its line. */
#include "report.h"

#include <stdio.h>
#include <string.h>

#include "terminal.h"

#define WORD_SHOWN_BYTES 64

/* A number with a comma before every three digits. */
struct grouped {
    char text[32];
};

static struct grouped group(uint64_t number)
{
    char digits[24];
    const size_t count = (size_t)snprintf(digits, sizeof digits, "%llu", (unsigned long long)number);
    struct grouped result;
    char *out = result.text;
    for (size_t i = 0; i < count; i++) {
        if (i > 0 && (count - i) % 3 == 0) *out++ = ',';
        *out++ = digits[i];
    }
    *out = '\0';
    return result;
}

static void print_total(const char *name, uint64_t number, const char *note)
{
    printf("  %-12s %15s%s%s\n", name, group(number).text, note[0] != '\0' ? "   " : "", note);
}

void report_text(const struct options *options, const struct files *files, const struct text *text,
                 const struct contest *contest)
{
    const uint64_t passes = contest->runs[0].passes;
    char note[80];
    puts("text");
    print_total("files", text->file_count, "");
    print_total("skipped", text->skipped, "not text");
    print_total("unreadable", files->unreadable + text->unreadable, "");
    if (text->left_out > 0) {
        snprintf(note, sizeof note, "more than --at-most %s bytes", group(options->at_most_bytes).text);
        print_total("left out", text->left_out, note);
    }
    print_total("bytes", text->bytes, "");
    print_total("words", counts_total(&contest->counts) / passes, "");
    print_total("distinct", contest->counts.size, "");
    if (passes > 1) {
        snprintf(note, sizeof note, "times, to reach --at-least %s bytes", group(options->at_least_bytes).text);
        print_total("gone over", passes, note);
        puts("  The counts are those of going over it once.");
    }
}

static void print_word(size_t rank, const struct count *count, uint64_t times, uint64_t total)
{
    char shown[WORD_SHOWN_BYTES];
    const size_t taken = terminal_escape(shown, sizeof shown, count->word, count->size_bytes);
    printf("  %6zu %15s %8.3f %%  %s", rank, group(times).text, 100.0 * (double)times / (double)total, shown);
    if (taken < count->size_bytes) printf("... (%s bytes)", group(count->size_bytes).text);
    putchar('\n');
}

void report_words(struct contest *contest, size_t top)
{
    struct counts *counts = &contest->counts;
    if (top == 0 || counts->size == 0) return;
    counts_sort_by_times(counts);
    const uint64_t passes = contest->runs[0].passes;
    const uint64_t total = counts_total(counts) / passes;

    printf("\n  %6s %15s %10s  %s\n", "rank", "times", "share", "word");
    for (size_t i = 0; i < top && i < counts->size; i++) {
        print_word(i + 1, &counts->list[i], counts->list[i].times / passes, total);
    }
}

static void print_run(const struct run *run, const struct run *baseline, uint64_t bytes)
{
    printf("  %-20s %7u %8.3f s %8.1f", run->way->name, run->threads, run->seconds, (double)bytes / 1e6 / run->seconds);
    if (baseline != NULL) printf(" %7.2f x", baseline->seconds / run->seconds);
    if (run->way->transactions) {
        printf(" %11s %9s\n", group(run->commits).text, group(run->aborts).text);
    } else {
        printf(" %11s %9s\n", "-", "-");
    }
}

void report_runs(const struct options *options, const struct text *text, const struct contest *contest)
{
    const struct run *baseline = contest_baseline(contest);
    const uint64_t bytes = text->bytes * contest->runs[0].passes;
    printf("\n  %-20s %7s %10s %8s", "way", "threads", "time", "MB/s");
    if (baseline != NULL) printf(" %9s", "speed");
    printf(" %11s %9s\n", "commits", "aborts");
    for (size_t i = 0; i < contest->run_count; i++) print_run(&contest->runs[i], baseline, bytes);

    if (options->compare && way_plain() == NULL) {
        puts("\n  Built without absl: the ways with its map are missing.");
    }
    if (baseline == NULL) return;
    puts("\n  All ways counted every word equally often.");
    puts("  Speed is relative to the last way.");
}
