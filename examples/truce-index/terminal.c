/* Standard error. The progress line is redrawn in place and always removed before anything else is printed. */
#define _POSIX_C_SOURCE 200809L

#include "terminal.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define REDRAW_NS 100000000
#define PATH_SHOWN_BYTES 4096

static int line_width; /* of the progress line that is shown, 0: none */

bool terminal_shows_progress(void)
{
    static int shows = -1;
    if (shows < 0) shows = isatty(STDERR_FILENO) == 1;
    return shows == 1;
}

static bool redraw_is_due(void)
{
    static struct timespec last;
    struct timespec now;
    if (clock_gettime(CLOCK_MONOTONIC, &now) != 0) return false;
    const int64_t passed_ns = ((int64_t)now.tv_sec - last.tv_sec) * 1000000000 + (now.tv_nsec - last.tv_nsec);
    if (passed_ns < REDRAW_NS) return false;
    last = now;
    return true;
}

void terminal_progress(const char *what, uint64_t done, uint64_t total)
{
    if (!terminal_shows_progress() || !redraw_is_due()) return;
    const double percent = total == 0 ? 100.0 : 100.0 * (double)done / (double)total;
    const int width = fprintf(stderr, "\r%s ... %3.0f %%", what, percent > 100.0 ? 100.0 : percent);
    if (width < line_width) fprintf(stderr, "%*s", line_width - width, "");
    line_width = width > line_width ? width : line_width;
    fflush(stderr);
}

void terminal_clear(void)
{
    if (line_width == 0) return;
    fprintf(stderr, "\r%*s\r", line_width, "");
    fflush(stderr);
    line_width = 0;
}

void terminal_error(const char *format, ...)
{
    terminal_clear();
    fputs("truce-index: ", stderr);
    va_list values;
    va_start(values, format);
    vfprintf(stderr, format, values);
    va_end(values);
    fputc('\n', stderr);
}

void terminal_path_error(const char *path, int error_number)
{
    char shown[PATH_SHOWN_BYTES];
    const size_t size = strlen(path);
    const bool whole = terminal_escape(shown, sizeof shown, path, size) == size;
    terminal_error("cannot read %s%s: %s", shown, whole ? "" : "...", strerror(error_number));
}

/* The size of the printable UTF-8 character at `bytes`, 0 if there is none. */
static size_t printable_size(const unsigned char *bytes, size_t size)
{
    const unsigned char lead = bytes[0];
    if (lead >= 0x20 && lead < 0x7f) return 1;
    if (lead < 0xc2 || lead > 0xf4) return 0;

    const size_t length = lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
    if (length > size) return 0;
    for (size_t i = 1; i < length; i++) {
        if ((bytes[i] & 0xc0) != 0x80) return 0;
    }
    const bool control = lead == 0xc2 && bytes[1] < 0xa0;
    const bool overlong = (lead == 0xe0 && bytes[1] < 0xa0) || (lead == 0xf0 && bytes[1] < 0x90);
    const bool no_character = (lead == 0xed && bytes[1] >= 0xa0) || (lead == 0xf4 && bytes[1] >= 0x90);
    return control || overlong || no_character ? 0 : length;
}

size_t terminal_escape(char *text, size_t capacity, const char *bytes, size_t size)
{
    size_t taken = 0;
    size_t written = 0;
    while (taken < size) {
        const unsigned char *at = (const unsigned char *)bytes + taken;
        const size_t printable = printable_size(at, size - taken);
        const size_t need = printable != 0 ? printable : 4;
        if (written + need + 1 > capacity) break;
        if (printable != 0) {
            memcpy(text + written, at, printable);
            taken += printable;
        } else {
            snprintf(text + written, need + 1, "\\x%02x", *at);
            taken += 1;
        }
        written += need;
    }
    text[written] = '\0';
    return taken;
}

bool terminal_output_written(void)
{
    if (fflush(stdout) == 0 && ferror(stdout) == 0) return true;
    terminal_error("cannot write the output: %s", strerror(errno));
    return false;
}
