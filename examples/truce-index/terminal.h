/* What is said while the program runs, on standard error: errors, and on a terminal one line that tells how far it is.
 * Called by the main thread only. */
#ifndef TERMINAL_H
#define TERMINAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Shows `what` and how many percent are done, a few times a second. Nothing where standard error is no terminal. */
void terminal_progress(const char *what, uint64_t done, uint64_t total);

/* Takes the progress line away. */
void terminal_clear(void);

/* Whether a progress line would be seen. */
bool terminal_shows_progress(void);

/* Prints "truce-index: ", the message and a line end. */
void terminal_error(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Prints that `path` could not be read, and why. */
void terminal_path_error(const char *path, int error_number);

/* Writes `bytes` into `text` such that a terminal shows them and obeys none: UTF-8 stays, everything else that is not
 * printable becomes \xNN. Stops before what doesn't fit into `capacity` with the closing NUL. Returns how many of the
 * bytes were taken. */
size_t terminal_escape(char *text, size_t capacity, const char *bytes, size_t size);

/* Writes out standard output. False, after an error message, if something printed there was lost. */
bool terminal_output_written(void);

#endif
