/* Queues for tests: an owner, operations as data, how the library answers them, and how a plain deque does. */
#ifndef TRUCE_TESTS_SUPPORT_QUEUE_MODEL_H
#define TRUCE_TESTS_SUPPORT_QUEUE_MODEL_H

#include <algorithm>
#include <deque>
#include <new>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>
#include <truce/truce.h>

#include "support/items.h"

namespace truce_test {

inline truce_queue_options queue_options(uint32_t values = TRUCE_WORD, size_t capacity = 0, const char *name = nullptr)
{
    truce_queue_options options = TRUCE_QUEUE_OPTIONS_INIT;
    options.name = name;
    options.capacity = capacity;
    options.values = values;
    return options;
}

/* A queue, freed with its owner. */
class Queue {
  public:
    Queue() : Queue(queue_options()) {}
    explicit Queue(const truce_queue_options &options)
    {
        if (truce_queue_new(&options, &queue_) != TRUCE_OK) throw std::bad_alloc();
    }
    Queue(Queue &&other) noexcept : queue_(std::exchange(other.queue_, nullptr)) {}
    Queue &operator=(Queue &&other) noexcept
    {
        std::swap(queue_, other.queue_);
        return *this;
    }
    ~Queue() { free(); }
    void free() { truce_queue_free(std::exchange(queue_, nullptr)); }
    operator truce_queue *() const { return queue_; }

  private:
    truce_queue *queue_ = nullptr;
};

enum class QueueVerb { push, pop, peek, pop_up_to, pop_any, len, len_at_least, is_empty, each, each_some };

struct QueueOp {
    QueueVerb verb;
    Word value = 0; /* push */
    size_t n = 0;   /* pop_up_to, len_at_least, each_some: how many */
};

inline const char *name(QueueVerb verb)
{
    static const char *const names[] = {"push", "pop",          "peek",     "pop_up_to", "pop_any",
                                        "len",  "len_at_least", "is_empty", "each",      "each"};
    return names[static_cast<size_t>(verb)];
}

inline std::string text(const QueueOp &op)
{
    std::string words = name(op.verb);
    if (op.verb == QueueVerb::push) words += " " + std::to_string(op.value);
    if (op.verb == QueueVerb::each_some) words += " some";
    if (op.n != 0) words += " " + std::to_string(op.n);
    return words;
}

inline bool changes(QueueVerb verb)
{
    return verb <= QueueVerb::pop_any && verb != QueueVerb::peek;
}

struct QueueAnswer {
    truce_status status = TRUCE_OK;
    std::vector<Word> items;
    size_t number = 0; /* a count, or yes */

    friend bool operator==(const QueueAnswer &a, const QueueAnswer &b)
    {
        return a.status == b.status && a.items == b.items && a.number == b.number;
    }
};

inline std::string text(const QueueAnswer &answer)
{
    std::string words = truce_status_name(answer.status);
    for (const Word item : answer.items) words += " " + std::to_string(item);
    return words + " (" + std::to_string(answer.number) + ")";
}

struct Collected {
    std::vector<Word> items;
    uint32_t values;
    size_t left;
};

constexpr truce_status stopped_by_visitor = 1001;

inline truce_status collect_item(void *context, truce_item index, truce_item value)
{
    Collected &collected = *static_cast<Collected *>(context);
    EXPECT_EQ(collected.items.size(), index.word);
    collected.items.push_back(decode(value, collected.values).value_or(~Word{0}));
    return --collected.left == 0 ? stopped_by_visitor : TRUCE_OK;
}

/* Carries an operation out with the library. */
inline QueueAnswer play(truce_tx *tx, truce_queue *queue, uint32_t values, const QueueOp &op)
{
    QueueAnswer answer;
    truce_item item = {1, 1, 1};
    bool yes = true;
    size_t count = 1;
    std::string storage;
    const auto one = [&] {
        if (answer.status == TRUCE_OK) {
            answer.items.push_back(decode(item, values).value_or(~Word{0}));
        } else {
            EXPECT_EQ(0u, item.word | item.size | item.kind);
        }
    };
    switch (op.verb) {
    case QueueVerb::push:
        answer.status = truce_queue_push(tx, queue, encode(op.value, values, storage));
        break;
    case QueueVerb::pop:
        answer.status = truce_queue_pop(tx, queue, &item);
        one();
        break;
    case QueueVerb::peek:
        answer.status = truce_queue_peek(tx, queue, &item);
        one();
        break;
    case QueueVerb::pop_any:
        answer.status = truce_queue_pop_any(tx, queue, &item);
        one();
        break;
    case QueueVerb::pop_up_to: {
        std::vector<truce_item> items(op.n + 1, item);
        answer.status = truce_queue_pop_up_to(tx, queue, items.data(), op.n, &count);
        EXPECT_TRUE(answer.status == TRUCE_OK || count == 0);
        for (size_t i = 0; i < count; ++i) answer.items.push_back(decode(items[i], values).value_or(~Word{0}));
        for (size_t i = count; i < op.n; ++i) EXPECT_EQ(0u, items[i].word | items[i].kind);
        break;
    }
    case QueueVerb::len:
        answer.status = truce_queue_len(tx, queue, &answer.number);
        break;
    case QueueVerb::len_at_least:
        answer.status = truce_queue_len_at_least(tx, queue, op.n, &yes);
        answer.number = yes;
        break;
    case QueueVerb::is_empty:
        answer.status = truce_queue_is_empty(tx, queue, &yes);
        answer.number = yes;
        break;
    case QueueVerb::each:
    case QueueVerb::each_some: {
        Collected collected = {{}, values, op.verb == QueueVerb::each ? ~size_t{0} : op.n};
        answer.status = truce_queue_each(tx, queue, collect_item, &collected);
        if (answer.status == stopped_by_visitor) answer.status = TRUCE_OK;
        answer.items = collected.items;
        break;
    }
    }
    return answer;
}

/* An item of the model, with a name of its own: which of two equal items it is. */
struct QueueItem {
    uint64_t id;
    Word value;
};

using QueueState = std::deque<QueueItem>;

/* What a plain deque answers; any item is right for pop_any, so the model says the first. An item that is pushed is
 * called `id`. */
inline QueueAnswer model_play(QueueState &state, size_t capacity, const QueueOp &op, uint64_t id = 0)
{
    QueueAnswer answer;
    const auto first = [&](size_t most, bool takes) {
        for (size_t i = 0; i < most && i < state.size(); ++i) answer.items.push_back(state[i].value);
        if (takes) state.erase(state.begin(), state.begin() + static_cast<ptrdiff_t>(answer.items.size()));
    };
    switch (op.verb) {
    case QueueVerb::push:
        if (capacity != 0 && state.size() >= capacity) {
            answer.status = TRUCE_FULL;
        } else {
            state.push_back({id, op.value});
        }
        break;
    case QueueVerb::pop:
    case QueueVerb::peek:
    case QueueVerb::pop_any:
        first(1, op.verb != QueueVerb::peek);
        if (answer.items.empty()) answer.status = TRUCE_EMPTY;
        break;
    case QueueVerb::pop_up_to:
        first(op.n, true);
        if (answer.items.empty() && op.n > 0) answer.status = TRUCE_EMPTY;
        break;
    case QueueVerb::len:
        answer.number = state.size();
        break;
    case QueueVerb::len_at_least:
        answer.number = state.size() >= op.n;
        break;
    case QueueVerb::is_empty:
        answer.number = state.empty();
        break;
    case QueueVerb::each:
        first(state.size(), false);
        break;
    case QueueVerb::each_some:
        first(op.n, false);
        break;
    }
    return answer;
}

/* What the queue holds, by a transaction of its own. */
inline std::vector<Word> content(truce_queue *queue, uint32_t values)
{
    truce_tx *tx = nullptr;
    EXPECT_EQ(TRUCE_OK, truce_begin(nullptr, &tx));
    std::vector<Word> items = play(tx, queue, values, {QueueVerb::each}).items;
    EXPECT_EQ(TRUCE_OK, truce_commit(tx));
    truce_end(tx);
    return items;
}

inline std::vector<Word> values_of(const QueueState &state)
{
    std::vector<Word> values;
    for (const QueueItem &item : state) values.push_back(item.value);
    return values;
}

} // namespace truce_test

#endif
