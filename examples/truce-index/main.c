/* truce-index: counts every word of a directory of text, in parallel, in one transactional dict.
 *
 * The text is read into memory first, so that the ways of counting are compared and not the disk. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "contest.h"
#include "files.h"
#include "options.h"
#include "report.h"
#include "terminal.h"
#include "text.h"

enum { COUNTED = 0, FAILED = 1, WRONG_USE = 2 };

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

static int count_text(const struct options *options, const struct files *files, const struct text *text)
{
    struct contest contest;
    contest_plan(&contest, options->threads, passes_needed(text, options->at_least_bytes), options->compare);
    const bool ok = contest_run(&contest, text);
    if (ok) {
        report_text(options, files, text, &contest);
        report_words(&contest, options->top);
        report_runs(options, text, &contest);
    }
    contest_free(&contest);
    return ok && terminal_output_written() ? COUNTED : FAILED;
}

static int count_files(const struct options *options, const struct files *files)
{
    struct text text = {.files = NULL};
    int status;
    if (!text_read(&text, files, options->at_most_bytes)) {
        status = out_of_memory();
    } else if (text.file_count + text.skipped + text.left_out == 0) {
        terminal_error("no file could be read");
        status = FAILED;
    } else {
        status = count_text(options, files, &text);
    }
    text_free(&text);
    return status;
}

static int count_directories(const struct options *options)
{
    struct files files = {.paths = NULL};
    bool ok = true;
    for (size_t i = 0; ok && i < options->directory_count; i++) ok = files_add(&files, options->directories[i]);
    const int status = ok ? count_files(options, &files) : out_of_memory();
    files_free(&files);
    return status;
}

int main(int argc, char **argv)
{
    struct options options;
    int exit_status;
    if (!options_read(&options, argc, argv, &exit_status)) return exit_status;
    for (size_t i = 0; i < options.directory_count; i++) {
        if (!is_directory(options.directories[i])) return WRONG_USE;
    }
    return count_directories(&options);
}
