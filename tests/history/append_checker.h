/* The list-append checker: says whether a recorded history of transactions over lists can have been strictly
 * serializable, and opaque, without being told an order.
 *
 * Transactions append values that are given only once, and read. What was read tells the order of all appends to a
 * list, its version order, and from it follows which attempt must have come before which:
 *   write-write: its element stands before the other's in a list;
 *   write-read:  its element was seen by the other;
 *   read-write:  it did not see the other's element;
 *   real time:   it had ended before the other began.
 * A cycle of these is a fault. So is everything a list must not show at all: an element of an attempt that aborted, a
 * part of what one transaction appends, an element lost, doubled, or in two orders. Attempts that aborted take part as
 * readers: they, too, must have seen one state.
 *
 * The idea, and the names G0, G1a, G1b, G1c, G-single and G2 that the anomalies have in the literature: Kingsbury and
 * Alvaro, "Elle: Inferring Isolation Anomalies from Experimental Observations" (VLDB 2020), after Adya. */
#ifndef TRUCE_TESTS_HISTORY_APPEND_CHECKER_H
#define TRUCE_TESTS_HISTORY_APPEND_CHECKER_H

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "support/items.h"

namespace truce_test {

enum class AppendVerb { append, read, get, len };

/* One operation of an attempt on one of the lists, and what it answered, own appends included. */
struct AppendStep {
    AppendVerb verb;
    unsigned list;
    std::vector<Word> values; /* append: what is given, once in a history; read: the whole list; get: the value, or
                                 none: out of range */
    size_t number = 0;        /* get: the index; len: the length */
};

/* One attempt of a transaction. Began and ended are outer bounds of its real time. */
struct Attempt {
    unsigned thread = 0;
    uint64_t index = 0; /* of its transaction among those of its thread */
    bool committed = false;
    uint64_t began_ns = 0;
    uint64_t ended_ns = 0;
    std::vector<AppendStep> steps;
};

enum class Anomaly {
    appended_twice,    /* the history itself is wrong: a value was given twice */
    own_work,          /* a read does not end with the attempt's own appends */
    unknown_element,   /* nobody appended it there */
    aborted_read,      /* G1a: an element of an attempt that aborted */
    doubled_element,   /* an element stands in a list twice */
    orders_differ,     /* two reads of a list, of which neither continues the other */
    appends_apart,     /* what a transaction appended to a list does not stand together, whole and in its order */
    intermediate_read, /* G1b: a part of what a transaction appended to a list */
    lost_append,       /* committed, and missing from a read that began later */
    write_cycle,       /* G0: write-write only */
    information_cycle, /* G1c: write-write and write-read */
    read_skew,         /* G-single: and one read-write */
    write_skew,        /* G2: and several read-write */
    torn_abort,        /* what an attempt that aborted saw was never one state */
    against_real_time  /* each saw one state, but an older one than had been there when it began */
};

const char *name(Anomaly anomaly);

struct AppendFault {
    Anomaly anomaly;
    std::vector<size_t> attempts; /* who takes part, as places in the history; of a cycle in its order */
    std::string text;
};

/* The first fault of a history, or nothing; of cycles, a shortest one of the plainest kind. The lists were empty at
 * first, and each was read as a whole after everything else, so that the order of all its elements is known. */
std::optional<AppendFault> check_appends(const std::vector<Attempt> &history);

} // namespace truce_test

#endif
