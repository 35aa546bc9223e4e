/* Columns are padded to the widest entry that is likely; what may be of any width comes last in its line. */
#include "report.h"

#include <stdio.h>
#include <string.h>

#include "terminal.h"

#define WORD_SHOWN_BYTES 64
#define LINE_SHOWN_BYTES 160
#define LINE_BEFORE_MATCH 40 /* bytes of a long line that are shown before the word */
#define PATH_SHOWN_BYTES 4096

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

void report_text(const struct options *options, const struct files *files, const struct contest *contest)
{
    const struct text *text = contest->reading.text;
    const uint64_t passes = contest->reading.passes;
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
    const uint64_t passes = contest->reading.passes;
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

static void print_why(const struct run *run)
{
    const struct aborts *why = &run->why;
    if (why->transactions == 0) return;
    printf("\n  %11s  run again by %s, %u thread%s, because of\n", "transactions", run->way->name, run->threads,
           run->threads == 1 ? "" : "s");
    for (size_t i = 0; i < why->kind_count; i++) {
        printf("  %12s  %s\n", group(why->kinds[i].transactions).text, why->kinds[i].name);
        printf("  %12s  such as %s\n", "", why->kinds[i].example);
    }
}

void report_runs(const struct options *options, const struct contest *contest)
{
    const struct run *baseline = contest_baseline(contest);
    const uint64_t bytes = contest->reading.text->bytes * contest->reading.passes;
    printf("\n  %-20s %7s %10s %8s", "way", "threads", "time", "MB/s");
    if (baseline != NULL) printf(" %9s", "speed");
    printf(" %11s %9s\n", "commits", "aborts");
    for (size_t i = 0; i < contest->run_count; i++) print_run(&contest->runs[i], baseline, bytes);
    print_why(&contest->runs[0]);

    if (options->compare && way_plain() == NULL) {
        puts("\n  Built without absl: the ways with its map are missing.");
    }
    if (baseline == NULL) return;
    puts("\n  All ways found every word equally often and in the same places.");
    puts("  Speed is relative to the last way.");
}

/* Prints the line, or as much of it as is shown, from shortly before the word on: blanks around it are left away, and
 * tabs are blanks. */
static void print_line(const struct answer_line *line)
{
    const char *const bytes = line->file->bytes;
    size_t start = line->start;
    size_t end = line->start + line->size;
    while (bytes[start] == ' ' || bytes[start] == '\t') start++; /* at the latest the word ends this */
    while (bytes[end - 1] == ' ' || bytes[end - 1] == '\t' || bytes[end - 1] == '\r') end--;
    const bool from_start = end - start < LINE_SHOWN_BYTES || line->match - start <= LINE_BEFORE_MATCH;
    if (!from_start) start = line->match - LINE_BEFORE_MATCH;
    while (!from_start && ((unsigned char)bytes[start] & 0xc0) == 0x80 && start < line->match) start++; /* of UTF-8 */

    char blanked[LINE_SHOWN_BYTES] = "";
    const size_t size = end - start < sizeof blanked ? end - start : sizeof blanked;
    for (size_t i = 0; i < size; i++) blanked[i] = bytes[start + i] == '\t' ? ' ' : bytes[start + i];
    char shown[LINE_SHOWN_BYTES];
    const size_t taken = terminal_escape(shown, sizeof shown, blanked, size);
    printf("  %8zu  %s%s%s\n", line->number, from_start ? "" : "...", shown, taken < end - start ? "..." : "");
}

static void print_path(const char *path)
{
    char shown[PATH_SHOWN_BYTES];
    const size_t size = strlen(path);
    const bool whole = terminal_escape(shown, sizeof shown, path, size) == size;
    printf("  %s%s\n", shown, whole ? "" : "...");
}

static void print_query(const struct query *query, const struct answer *answer)
{
    char shown[LINE_SHOWN_BYTES];
    const size_t size = strlen(query->text);
    const bool whole = terminal_escape(shown, sizeof shown, query->text, size) == size;
    const size_t documents = answer_documents(answer);
    printf("\"%s%s\": ", shown, whole ? "" : "...");
    if (documents == 0) {
        printf("no document has %s\n", query->count == 1 ? "this word" : "all these words");
    } else {
        printf("%s document%s, ", group(documents).text, documents == 1 ? "" : "s");
        printf("%s line%s\n", group(answer->count).text, answer->count == 1 ? "" : "s");
    }
}

void report_answer(const struct query *query, const struct answer *answer, size_t line_count)
{
    print_query(query, answer);
    size_t first = 0; /* of the document's lines */
    for (size_t i = 0; i < answer->count; i++) {
        const struct answer_line *line = &answer->lines[i];
        if (line->file != answer->lines[first].file) first = i;
        if (i == first) print_path(line->file->path);
        if (i - first < line_count) print_line(line);
        const bool is_last = i + 1 == answer->count || answer->lines[i + 1].file != line->file;
        if (is_last && i - first >= line_count && line_count > 0) {
            printf("  %8s  %zu more\n", "", i - first + 1 - line_count);
        }
    }
}
