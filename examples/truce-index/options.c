/* The command line: its defaults, its limits and its help. */
#define _POSIX_C_SOURCE 200809L

#include "options.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "terminal.h"

#define THREADS_MAX 1024u
#define TOP_MAX 1000000000u
#define SIZE_BYTES_MAX ((uint64_t)1 << 40)
#define AT_LEAST_DEFAULT UINT64_MAX /* until it is known whether there are queries */

static const char usage_line[] = "usage: truce-index [options] DIR...\n";

static const char help_text[] =
    "\n"
    "Makes an inverted index of the text files under DIR, in parallel, in transactional collections: of each word the\n"
    "places where it stands. Does the same work with a mutex and without threads, and compares indexes and times.\n"
    "\n"
    "  --query WORDS     answer a query from the index instead: the documents that hold all WORDS, ordered by path,\n"
    "                    with the lines that hold one of them; checked against reading the text from end to end. May\n"
    "                    be given several times\n"
    "  --lines N         print up to N lines of each document (default 5)\n"
    "\n"
    "  --threads N       threads that index (default: the cores that are online)\n"
    "  --at-least SIZE   go over the text again until it is that much (default 20M; with --query 0)\n"
    "  --at-most SIZE    read no more text than that into memory (default 128M; an index takes up to nine times that)\n"
    "  --top N           print the N most frequent words (default 20)\n"
    "  --no-compare      index with Truce only\n"
    "  --help            print this and exit\n"
    "\n"
    "SIZE is in bytes, or with K, M or G in units of 1024, 1024^2 or 1024^3 bytes.\n"
    "\n"
    "A word is a run of ASCII letters, digits and bytes above 127, with A to Z folded to a to z. A file with a NUL in\n"
    "its first 8 KB is not text and is skipped. Symbolic links are not followed, save for DIR itself; a file with\n"
    "several names is indexed once.\n"
    "\n"
    "Exit status: 0 the text was indexed and every query answered, also if no document has its words; 1 it was not,\n"
    "or two ways of indexing differ, or no file could be read; 2 the command line is wrong or a DIR is not there.\n";

/* A decimal number up to `max`. *rest is what follows it. */
static bool number_read(const char *text, uint64_t max, uint64_t *number, const char **rest)
{
    uint64_t value = 0;
    const char *at = text;
    for (; *at >= '0' && *at <= '9'; at++) {
        const uint64_t digit = (uint64_t)(*at - '0');
        if (value > (max - digit) / 10) return false;
        value = value * 10 + digit;
    }
    *number = value;
    *rest = at;
    return at != text;
}

static bool count_read(const char *text, uint64_t min, uint64_t max, uint64_t *count)
{
    const char *rest;
    return number_read(text, max, count, &rest) && *rest == '\0' && *count >= min;
}

static bool size_read(const char *text, uint64_t *size_bytes)
{
    static const char units[] = "KMG";
    const char *rest;
    if (!number_read(text, SIZE_BYTES_MAX, size_bytes, &rest)) return false;
    if (*rest == '\0') return true;

    const char *unit = strchr(units, *rest);
    if (unit == NULL || rest[1] != '\0') return false;
    const unsigned shift = 10u * (unsigned)(unit - units + 1);
    if (*size_bytes > SIZE_BYTES_MAX >> shift) return false;
    *size_bytes <<= shift;
    return true;
}

static bool value_read(struct options *options, int option, const char *text)
{
    uint64_t count = 0;
    switch (option) {
    case 't':
        if (!count_read(text, 1, THREADS_MAX, &count)) break;
        options->threads = (unsigned)count;
        return true;
    case 'n':
        if (!count_read(text, 0, TOP_MAX, &count)) break;
        options->top = (size_t)count;
        return true;
    case 'p':
        if (!count_read(text, 0, TOP_MAX, &count)) break;
        options->lines = (size_t)count;
        return true;
    case 'q':
        options->queries[options->query_count++] = text;
        return true;
    case 'l':
        if (!size_read(text, &options->at_least_bytes)) break;
        return true;
    case 'm':
        if (!size_read(text, &options->at_most_bytes)) break;
        return true;
    }
    return false;
}

static unsigned cores_online(void)
{
    const long cores = sysconf(_SC_NPROCESSORS_ONLN);
    if (cores < 1) return 1;
    return cores > (long)THREADS_MAX ? THREADS_MAX : (unsigned)cores;
}

static bool usage_error(int *exit_status)
{
    fputs(usage_line, stderr);
    fputs("truce-index --help tells more\n", stderr);
    *exit_status = 2;
    return false;
}

static bool set_defaults(struct options *options, int argc)
{
    *options = (struct options){
        .threads = cores_online(),
        .at_least_bytes = AT_LEAST_DEFAULT,
        .at_most_bytes = (uint64_t)128 << 20,
        .top = 20,
        .compare = true,
        .queries = malloc((size_t)argc * sizeof *options->queries), /* more than there can be */
        .lines = 5,
    };
    return options->queries != NULL;
}

/* False: the program is to end with *exit_status. */
static bool arguments_read(struct options *options, int argc, char **argv, int *exit_status)
{
    static const struct option known[] = {
        {"query", required_argument, NULL, 'q'},
        {"lines", required_argument, NULL, 'p'},
        {"threads", required_argument, NULL, 't'},
        {"at-least", required_argument, NULL, 'l'},
        {"at-most", required_argument, NULL, 'm'},
        {"top", required_argument, NULL, 'n'},
        {"no-compare", no_argument, NULL, 'c'},
        {"help", no_argument, NULL, 'h'},
        {NULL, 0, NULL, 0},
    };
    for (int option, index = 0; (option = getopt_long(argc, argv, "", known, &index)) != -1;) {
        if (option == 'h') {
            fputs(usage_line, stdout);
            fputs(help_text, stdout);
            *exit_status = terminal_output_written() ? 0 : 1;
            return false;
        }
        if (option == '?') return usage_error(exit_status);
        if (option == 'c') {
            options->compare = false;
        } else if (!value_read(options, option, optarg)) {
            terminal_error("--%s can't be %s", known[index].name, optarg);
            return usage_error(exit_status);
        }
    }
    if (optind == argc) {
        terminal_error("no directory given");
        return usage_error(exit_status);
    }
    options->directories = argv + optind;
    options->directory_count = (size_t)(argc - optind);
    return true;
}

bool options_read(struct options *options, int argc, char **argv, int *exit_status)
{
    if (!set_defaults(options, argc)) {
        terminal_error("out of memory");
        *exit_status = 1;
        return false;
    }
    if (!arguments_read(options, argc, argv, exit_status)) {
        options_free(options);
        return false;
    }
    if (options->at_least_bytes == AT_LEAST_DEFAULT) {
        options->at_least_bytes = options->query_count > 0 ? 0 : (uint64_t)20 << 20;
    }
    return true;
}

void options_free(struct options *options)
{
    free(options->queries);
}
