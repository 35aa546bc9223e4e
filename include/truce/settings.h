/* Process-wide settings and the library's version. */
#ifndef TRUCE_SETTINGS_H
#define TRUCE_SETTINGS_H

#include <stdbool.h>
#include <stddef.h>

#include <truce/compiler.h>
#include <truce/status.h>

#ifdef __cplusplus
extern "C" {
#endif

#define TRUCE_VERSION_MAJOR 0
#define TRUCE_VERSION_MINOR 1
#define TRUCE_VERSION_PATCH 0

/* The version of the library that is running, "0.1.0". */
TRUCE_PUBLIC const char *truce_version(void);

/* The version clock. Deferred: commits read it and nobody writes it unless somebody meets a version that is too new; on
 * independent keys no line is shared. Counter: each commit takes a number of its own; for tests, fuzzing and the
 * oracle, which replay a history in commit order. */
enum { TRUCE_CLOCK_DEFERRED = 1, TRUCE_CLOCK_COUNTER = 2 };

/* Chooses the clock. TRUCE_OK, or TRUCE_TOO_LATE once a transaction was begun or a collection created (unless it is the
 * clock in use). Without a call: the environment variable TRUCE_CLOCK ("deferred" or "counter"), else the one the
 * library was built with (deferred, unless the build says otherwise). Another number is a misuse. */
TRUCE_PUBLIC TRUCE_MUST_USE truce_status truce_set_clock(int clock);

/* The clock in use, or that would be used: TRUCE_CLOCK_DEFERRED or TRUCE_CLOCK_COUNTER. */
TRUCE_PUBLIC int truce_clock(void);

/* Called with the broken rule of the contract, one sentence. It must not return: it may exit the process, or throw. If
 * it returns, the process is aborted. The default prints the sentence to standard error and aborts. NULL sets the
 * default back. Returns the handler that was set before, NULL for the default. */
typedef void truce_misuse_handler(const char *sentence);
TRUCE_PUBLIC truce_misuse_handler *truce_set_misuse_handler(truce_misuse_handler *handler);

/* Asked before each allocation: false refuses it, and the operation or commit that wanted it answers TRUCE_NO_MEMORY
 * with nothing changed. For a budget of one's own, and to test what a program does then. Called in any thread, must not
 * call the library. NULL: no gate (the default). Set it while no other thread is inside the library. */
typedef bool truce_memory_gate(size_t size_bytes, void *context);
TRUCE_PUBLIC void truce_set_memory_gate(truce_memory_gate *gate, void *context);

/* Where the secret of the process's hash functions comes from: fills `size_bytes` bytes and returns true, or false if
 * it can't, which makes the creation of a dict answer TRUCE_NO_RANDOM. NULL: getrandom(2) (the default). Asked once,
 * for the first dict that succeeds. TRUCE_OK, or TRUCE_TOO_LATE when the secret is there already. A predictable source
 * gives up the protection against chosen colliding keys. */
typedef bool truce_random_source(void *bytes, size_t size_bytes, void *context);
TRUCE_PUBLIC TRUCE_MUST_USE truce_status truce_set_random_source(truce_random_source *source, void *context);

#ifdef __cplusplus
}
#endif

#endif
