/* truce-index: makes an inverted index of a directory of text, in parallel, in transactional collections, and answers
 * queries from it.
 *
 * The text is read into memory first, so that the ways of indexing are compared and not the disk. */
#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "ask.h"
#include "contest.h"
#include "files.h"
#include "options.h"
#include "query.h"
#include "reading.h"
#include "report.h"
#include "terminal.h"
#include "text.h"

enum { DONE = 0, FAILED = 1, WRONG_USE = 2 };

static bool is_directory(const char *path)
{
    struct stat about;
    if (stat(path, &about) != 0) {
        terminal_path_error(path, errno);
        return false;
    }
    if (!S_ISDIR(about.st_mode)) {
        terminal_path_error(path, ENOTDIR);
        return false;
    }
    return true;
}

static int out_of_memory(void)
{
    terminal_error("out of memory");
    return FAILED;
}

static uint64_t passes_needed(const struct text *text, uint64_t at_least_bytes)
{
    if (text->bytes == 0 || at_least_bytes <= text->bytes) return 1;
    return (at_least_bytes + text->bytes - 1) / text->bytes;
}

static bool compare_ways(const struct options *options, const struct files *files, struct reading reading)
{
    struct contest contest;
    contest_plan(&contest, reading, options->threads, options->compare);
    const bool ok = contest_run(&contest);
    if (ok) {
        report_text(options, files, &contest);
        report_words(&contest, options->top);
        report_runs(options, &contest);
    }
    contest_free(&contest);
    return ok;
}

static int index_text(const struct options *options, const struct files *files, const struct text *text,
                      const struct query *queries)
{
    const struct reading reading = {text, passes_needed(text, options->at_least_bytes)};
    const bool ok = options->query_count > 0 ? ask(options, &reading, queries, options->query_count)
                                             : compare_ways(options, files, reading);
    return ok && terminal_output_written() ? DONE : FAILED;
}

static int index_files(const struct options *options, const struct files *files, const struct query *queries)
{
    struct text text = {.files = NULL};
    int status;
    if (!text_read(&text, files, options->at_most_bytes)) {
        status = out_of_memory();
    } else if (text.file_count + text.skipped + text.left_out == 0) {
        terminal_error("no file could be read");
        status = FAILED;
    } else {
        status = index_text(options, files, &text, queries);
    }
    text_free(&text);
    return status;
}

static int index_directories(const struct options *options, const struct query *queries)
{
    struct files files = {.paths = NULL};
    bool ok = true;
    for (size_t i = 0; ok && i < options->directory_count; i++) ok = files_add(&files, options->directories[i]);
    const int status = ok ? index_files(options, &files, queries) : out_of_memory();
    files_free(&files);
    return status;
}

/* Reads the queries, as many as *count tells in the end. DONE, or the exit status. */
static int read_queries(const struct options *options, struct query *queries, size_t *count)
{
    for (*count = 0; *count < options->query_count; ++*count) {
        if (!query_read(&queries[*count], options->queries[*count])) return out_of_memory();
        if (queries[*count].count > 0) continue;
        ++*count;
        terminal_error("there is no word in a --query");
        return WRONG_USE;
    }
    return DONE;
}

static int run_program(const struct options *options)
{
    for (size_t i = 0; i < options->directory_count; i++) {
        if (!is_directory(options->directories[i])) return WRONG_USE;
    }
    struct query *queries = calloc(options->query_count + 1, sizeof *queries);
    if (queries == NULL) return out_of_memory();
    size_t count;
    int status = read_queries(options, queries, &count);
    if (status == DONE) status = index_directories(options, queries);
    while (count > 0) query_free(&queries[--count]);
    free(queries);
    return status;
}

int main(int argc, char **argv)
{
    struct options options;
    int exit_status;
    if (!options_read(&options, argc, argv, &exit_status)) return exit_status;
    exit_status = run_program(&options);
    options_free(&options);
    return exit_status;
}
