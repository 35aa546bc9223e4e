/* Every operation of a queue, in one thread: its answers, own work, bytes, release callbacks, bounds, memory. */
#include <malloc.h>

#include <algorithm>
#include <cstring>
#include <set>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "history/harness.h"
#include "support/gate.h"
#include "support/handles.h"
#include "support/list_model.h"
#include "support/queue_model.h"

using namespace truce_test;

namespace {

constexpr truce_item none = {0, 0, TRUCE_NONE};

truce_status push(truce_tx *tx, truce_queue *queue, uint64_t value)
{
    return truce_queue_push(tx, queue, truce_word(value));
}

void fill(truce_queue *queue, uint64_t from, uint64_t to)
{
    for (uint64_t i = from; i < to; ++i) ASSERT_EQ(TRUCE_OK, push(TRUCE_ALONE, queue, i));
}

std::vector<Word> range(uint64_t from, uint64_t to)
{
    std::vector<Word> words;
    for (uint64_t i = from; i < to; ++i) words.push_back(i);
    return words;
}

int64_t pop(truce_tx *tx, truce_queue *queue)
{
    truce_item item = none;
    const truce_status status = truce_queue_pop(tx, queue, &item);
    EXPECT_TRUE(status == TRUCE_OK || item.kind == TRUCE_NONE);
    return status == TRUCE_OK ? truce_as_signed(item) : -status;
}

size_t length_of(truce_tx *tx, truce_queue *queue)
{
    size_t count = 99;
    EXPECT_EQ(TRUCE_OK, truce_queue_len(tx, queue, &count));
    return count;
}

TEST(Queue, IsEmptyAtFirst)
{
    Queue queue;
    truce_item item = {1, 1, 1}, items[3];
    size_t count = 9;
    bool yes = false;
    EXPECT_EQ(TRUCE_EMPTY, truce_queue_pop(TRUCE_ALONE, queue, &item));
    EXPECT_EQ(0, std::memcmp(&item, &none, sizeof item));
    EXPECT_EQ(TRUCE_EMPTY, truce_queue_peek(TRUCE_ALONE, queue, &item));
    EXPECT_EQ(TRUCE_EMPTY, truce_queue_pop_any(TRUCE_ALONE, queue, &item));
    EXPECT_EQ(TRUCE_EMPTY, truce_queue_pop_up_to(TRUCE_ALONE, queue, items, 3, &count));
    EXPECT_EQ(0u, count);
    EXPECT_EQ(TRUCE_OK, truce_queue_is_empty(TRUCE_ALONE, queue, &yes));
    EXPECT_TRUE(yes);
    EXPECT_EQ(TRUCE_OK, truce_queue_len_at_least(TRUCE_ALONE, queue, 0, &yes));
    EXPECT_TRUE(yes);
    EXPECT_EQ(TRUCE_OK, truce_queue_len_at_least(TRUCE_ALONE, queue, 1, &yes));
    EXPECT_FALSE(yes);
    EXPECT_EQ(0u, length_of(TRUCE_ALONE, queue));
    EXPECT_TRUE(content(queue, TRUCE_WORD).empty());
}

TEST(Queue, FirstInFirstOut)
{
    Queue queue;
    fill(queue, 0, 200);
    EXPECT_EQ(200u, length_of(TRUCE_ALONE, queue));
    truce_item item;
    ASSERT_EQ(TRUCE_OK, truce_queue_peek(TRUCE_ALONE, queue, &item));
    EXPECT_EQ(0u, item.word);
    for (int64_t i = 0; i < 150; ++i) EXPECT_EQ(i, pop(TRUCE_ALONE, queue));
    fill(queue, 200, 300);
    EXPECT_EQ(range(150, 300), content(queue, TRUCE_WORD));
    for (int64_t i = 150; i < 300; ++i) EXPECT_EQ(i, pop(TRUCE_ALONE, queue));
    EXPECT_EQ(-TRUCE_EMPTY, pop(TRUCE_ALONE, queue));
}

TEST(Queue, ItemsOfATransactionStandTogether)
{
    Queue queue;
    Tx a, b;
    for (uint64_t i = 0; i < 100; ++i) {
        ASSERT_EQ(TRUCE_OK, push(a, queue, 100 + i));
        ASSERT_EQ(TRUCE_OK, push(b, queue, i));
    }
    ASSERT_EQ(TRUCE_OK, truce_commit(b));
    ASSERT_EQ(TRUCE_OK, truce_commit(a));
    EXPECT_EQ(range(0, 200), content(queue, TRUCE_WORD));
}

TEST(Queue, PopUpTo)
{
    Queue queue;
    fill(queue, 0, 100);
    truce_item items[200];
    size_t count = 9;
    ASSERT_EQ(TRUCE_OK, truce_queue_pop_up_to(TRUCE_ALONE, queue, nullptr, 0, &count));
    EXPECT_EQ(0u, count);
    ASSERT_EQ(TRUCE_OK, truce_queue_pop_up_to(TRUCE_ALONE, queue, items, 70, &count));
    ASSERT_EQ(70u, count);
    for (size_t i = 0; i < count; ++i) EXPECT_EQ(i, items[i].word);
    Tx tx;
    ASSERT_EQ(TRUCE_OK, push(tx, queue, 100));
    ASSERT_EQ(TRUCE_OK, truce_queue_pop_up_to(tx, queue, items, 200, &count));
    ASSERT_EQ(31u, count);
    for (size_t i = 0; i < count; ++i) EXPECT_EQ(70 + i, items[i].word);
    EXPECT_EQ(0, std::memcmp(&items[31], &none, sizeof none));
    EXPECT_EQ(TRUCE_EMPTY, truce_queue_pop_up_to(tx, queue, items, 200, &count));
    ASSERT_EQ(TRUCE_OK, truce_commit(tx));
    EXPECT_EQ(0u, length_of(TRUCE_ALONE, queue));
}

TEST(Queue, ATransactionSeesItsOwnWork)
{
    Queue queue;
    fill(queue, 0, 2);
    {
        Tx tx;
        ASSERT_EQ(TRUCE_OK, push(tx, queue, 2));
        EXPECT_EQ(3u, length_of(tx, queue));
        EXPECT_EQ(0, pop(tx, queue));
        EXPECT_EQ(1, pop(tx, queue));
        EXPECT_EQ(1u, length_of(tx, queue));
        EXPECT_EQ(2, pop(tx, queue));
        EXPECT_EQ(-TRUCE_EMPTY, pop(tx, queue));
        bool yes = false;
        ASSERT_EQ(TRUCE_OK, truce_queue_is_empty(tx, queue, &yes));
        EXPECT_TRUE(yes);
        EXPECT_EQ(2u, length_of(TRUCE_ALONE, queue));
        ASSERT_EQ(TRUCE_OK, push(tx, queue, 3));
        ASSERT_EQ(TRUCE_OK, truce_abort(tx));
    }
    EXPECT_EQ(range(0, 2), content(queue, TRUCE_WORD));
}

TEST(Queue, EachShowsTheStateAtTheCall)
{
    Queue queue;
    fill(queue, 0, 3);
    struct Context {
        truce_queue *queue;
        truce_tx *tx;
        std::vector<Word> seen;
    };
    Tx tx;
    ASSERT_EQ(TRUCE_OK, push(tx, queue, 3));
    Context context = {queue, tx, {}};
    const auto visit = [](void *arg, truce_item index, truce_item value) -> truce_status {
        Context &c = *static_cast<Context *>(arg);
        EXPECT_EQ(c.seen.size(), index.word);
        c.seen.push_back(value.word);
        EXPECT_EQ(static_cast<int64_t>(index.word), pop(c.tx, c.queue));
        return push(c.tx, c.queue, 50 + value.word);
    };
    ASSERT_EQ(TRUCE_OK, truce_queue_each(tx, queue, visit, &context));
    EXPECT_EQ(range(0, 4), context.seen);
    ASSERT_EQ(TRUCE_OK, truce_commit(tx));
    EXPECT_EQ(range(50, 54), content(queue, TRUCE_WORD));
}

/* Somebody pushes while the callback works: each goes on with what is there then. */
TEST(Queue, EachGoesOnWhenTheSnapshotMoves)
{
    Queue queue;
    Dict dict;
    fill(queue, 0, 3);
    struct Context {
        truce_queue *queue;
        truce_dict *dict;
        truce_tx *tx;
        std::vector<Word> seen;
    };
    Tx tx;
    Context context = {queue, dict, tx, {}};
    const auto visit = [](void *arg, truce_item, truce_item value) -> truce_status {
        Context &c = *static_cast<Context *>(arg);
        c.seen.push_back(value.word);
        if (c.seen.size() > 3) return TRUCE_OK;
        Tx other;
        EXPECT_EQ(TRUCE_OK, push(other, c.queue, 10 + value.word));
        EXPECT_EQ(TRUCE_OK, truce_dict_set(other, c.dict, value, value));
        EXPECT_EQ(TRUCE_OK, truce_commit(other));
        truce_item got;
        return truce_dict_get(c.tx, c.dict, value, &got);
    };
    ASSERT_EQ(TRUCE_OK, truce_queue_each(tx, queue, visit, &context));
    EXPECT_EQ((std::vector<Word>{0, 1, 2, 10, 11, 12}), context.seen);
    ASSERT_EQ(TRUCE_OK, truce_dict_set(tx, dict, truce_word(77), truce_word(1)));
    ASSERT_EQ(TRUCE_OK, push(TRUCE_ALONE, queue, 13));
    EXPECT_EQ(TRUCE_CONFLICT, truce_commit(tx)) << "it saw that there were no more";
}

TEST(Queue, PopAnyTakesHeadsAndLeavesHoles)
{
    Queue queue;
    fill(queue, 0, 300);
    Tx keeper;
    std::set<Word> taken;
    truce_item item;
    for (int i = 0; i < 5; ++i) { /* claimed for long: 0 to 4 */
        ASSERT_EQ(TRUCE_OK, truce_queue_pop_any(keeper, queue, &item));
        taken.insert(item.word);
    }
    for (int i = 0; i < 200; ++i) {
        ASSERT_EQ(TRUCE_OK, truce_queue_pop_any(TRUCE_ALONE, queue, &item));
        EXPECT_TRUE(taken.insert(item.word).second) << item.word;
    }
    EXPECT_EQ(100u, length_of(TRUCE_ALONE, queue));
    ASSERT_EQ(TRUCE_OK, truce_abort(keeper));
    EXPECT_EQ(range(0, 5), [&] {
        std::vector<Word> left = content(queue, TRUCE_WORD);
        left.resize(5);
        return left;
    }());
    for (size_t left = 100; left > 0; --left) ASSERT_GE(pop(TRUCE_ALONE, queue), 0);
    EXPECT_EQ(-TRUCE_EMPTY, pop(TRUCE_ALONE, queue));
    fill(queue, 0, 3);
    EXPECT_EQ(range(0, 3), content(queue, TRUCE_WORD));
}

TEST(Queue, Bounded)
{
    Queue queue(queue_options(TRUCE_WORD, 3));
    fill(queue, 0, 3);
    EXPECT_EQ(TRUCE_FULL, push(TRUCE_ALONE, queue, 3));
    EXPECT_EQ(range(0, 3), content(queue, TRUCE_WORD));
    Tx tx;
    EXPECT_EQ(TRUCE_FULL, push(tx, queue, 3));
    EXPECT_EQ(0, pop(tx, queue));
    EXPECT_EQ(TRUCE_OK, push(tx, queue, 3));
    EXPECT_EQ(TRUCE_FULL, push(tx, queue, 4));
    ASSERT_EQ(TRUCE_OK, truce_commit(tx));
    EXPECT_EQ(range(1, 4), content(queue, TRUCE_WORD));
    EXPECT_EQ(TRUCE_FULL, push(TRUCE_ALONE, queue, 4));
}

truce_item ticket_of(truce_tx *tx, truce_list *list)
{
    truce_item ticket = {77, 77, 77};
    EXPECT_EQ(TRUCE_OK, truce_list_append_ticket(tx, list, truce_word(1), &ticket));
    return ticket;
}

void expect_ticket(const truce_item &ticket, const truce_item &read)
{
    EXPECT_EQ(static_cast<uint32_t>(TRUCE_TICKET), read.kind);
    EXPECT_EQ(0, std::memcmp(&ticket, &read, sizeof read));
}

TEST(QueueTickets, BecomeTheIndex)
{
    const List list;
    Queue queue;
    fill(queue, 100, 101);
    Tx tx;
    const truce_item kept = ticket_of(tx, list), gone = ticket_of(tx, list);
    for (const truce_item &ticket : {kept, gone, kept}) ASSERT_EQ(TRUCE_OK, truce_queue_push(tx, queue, ticket));
    ASSERT_EQ(TRUCE_OK, push(tx, queue, 7));
    truce_item out;
    ASSERT_EQ(TRUCE_OK, truce_list_pop(tx, list, &out));
    for (uint64_t i = 0; i < 5; ++i) ASSERT_EQ(TRUCE_OK, truce_list_append(TRUCE_ALONE, list, truce_word(i)));
    ASSERT_EQ(TRUCE_OK, truce_commit(tx));
    EXPECT_EQ((std::vector<Word>{100, 5, UINT64_MAX, 5, 7}), content(queue, TRUCE_WORD));
}

TEST(QueueTickets, ReadBackAsTheTicket)
{
    const List list;
    Queue queue;
    fill(queue, 100, 101);
    Tx tx;
    const truce_item ticket = ticket_of(tx, list), last = ticket_of(tx, list);
    for (const truce_item &item : {ticket, ticket, ticket, ticket, last}) {
        ASSERT_EQ(TRUCE_OK, truce_queue_push(tx, queue, item));
    }
    std::vector<truce_item> listed;
    const auto list_item = [](void *context, truce_item, truce_item item) -> truce_status {
        static_cast<std::vector<truce_item> *>(context)->push_back(item);
        return TRUCE_OK;
    };
    ASSERT_EQ(TRUCE_OK, truce_queue_each(tx, queue, list_item, &listed));
    ASSERT_EQ(6u, listed.size());
    EXPECT_EQ(100u, listed[0].word);
    expect_ticket(ticket, listed[1]);
    expect_ticket(last, listed[5]);
    truce_item item, items[2];
    size_t count = 0;
    EXPECT_EQ(100, pop(tx, queue));
    ASSERT_EQ(TRUCE_OK, truce_queue_peek(tx, queue, &item));
    expect_ticket(ticket, item);
    ASSERT_EQ(TRUCE_OK, truce_queue_pop(tx, queue, &item));
    expect_ticket(ticket, item);
    ASSERT_EQ(TRUCE_OK, truce_queue_pop_up_to(tx, queue, items, 2, &count));
    ASSERT_EQ(2u, count);
    expect_ticket(ticket, items[1]);
    ASSERT_EQ(TRUCE_OK, truce_queue_pop_any(tx, queue, &item));
    expect_ticket(ticket, item);
    const truce_item other = ticket_of(tx, list);
    ASSERT_EQ(TRUCE_OK, truce_queue_push(tx, queue, other));
    ASSERT_EQ(TRUCE_OK, truce_commit(tx));
    EXPECT_EQ((std::vector<Word>{1, 2}), content(queue, TRUCE_WORD));
}

/* An answer that was a ticket stays one when it is judged anew, and another's item in its place is another answer. */
TEST(QueueTickets, AreJudgedAsWhatTheyAre)
{
    enum { POP, POP_UP_TO, POP_ANY, EACH, WAYS };
    for (int way = 0; way < WAYS; ++way) {
        for (const bool disturbed : {false, true}) {
            const List list;
            Queue queue;
            Tx tx;
            const truce_item ticket = ticket_of(tx, list);
            ASSERT_EQ(TRUCE_OK, truce_queue_push(tx, queue, ticket));
            ASSERT_EQ(TRUCE_OK, truce_queue_push(tx, queue, ticket));
            truce_item item = none;
            size_t count;
            const auto keep = [](void *context, truce_item, truce_item value) -> truce_status {
                *static_cast<truce_item *>(context) = value;
                return 1000;
            };
            if (way == POP) {
                ASSERT_EQ(TRUCE_OK, truce_queue_pop(tx, queue, &item));
            } else if (way == POP_UP_TO) {
                ASSERT_EQ(TRUCE_OK, truce_queue_pop_up_to(tx, queue, &item, 1, &count));
            } else if (way == POP_ANY) {
                truce_item popped;
                ASSERT_EQ(TRUCE_OK, truce_queue_pop(tx, queue, &popped));
                ASSERT_EQ(TRUCE_OK, truce_queue_pop_any(tx, queue, &item));
            } else {
                ASSERT_EQ(1000, truce_queue_each(tx, queue, keep, &item));
            }
            expect_ticket(ticket, item);
            fill(queue, 100, 101); /* the tail is newer now */
            if (!disturbed) {
                EXPECT_EQ(100, pop(TRUCE_ALONE, queue));
            }
            EXPECT_EQ(disturbed ? TRUCE_CONFLICT : TRUCE_OK, truce_commit(tx)) << "way " << way;
            if (!disturbed) continue;
            truce_conflict conflict = TRUCE_CONFLICT_INIT;
            ASSERT_EQ(TRUCE_OK, truce_explain(tx, &conflict));
            expect_ticket(ticket, conflict.seen);
            char sentence[200];
            truce_conflict_text(&conflict, sentence, sizeof sentence);
            EXPECT_NE(nullptr, std::strstr(sentence, "a ticket")) << sentence;
        }
    }
}

TEST(QueueOfBytes, KeepsCopies)
{
    Queue queue(queue_options(TRUCE_BYTES));
    char buffer[] = "first";
    ASSERT_EQ(TRUCE_OK, truce_queue_push(TRUCE_ALONE, queue, truce_text(buffer)));
    std::strcpy(buffer, "XXXXX");
    ASSERT_EQ(TRUCE_OK, truce_queue_push(TRUCE_ALONE, queue, truce_bytes(nullptr, 0)));
    Tx tx;
    truce_item first, second, own;
    ASSERT_EQ(TRUCE_OK, truce_queue_pop(tx, queue, &first));
    ASSERT_EQ(TRUCE_OK, truce_queue_pop(tx, queue, &second));
    ASSERT_EQ(TRUCE_OK, truce_queue_push(tx, queue, truce_text("own")));
    ASSERT_EQ(TRUCE_OK, truce_queue_pop(tx, queue, &own));
    EXPECT_STREQ("first", static_cast<const char *>(truce_as_bytes(first)));
    EXPECT_EQ(0u, reinterpret_cast<uintptr_t>(truce_as_bytes(first)) % 16);
    EXPECT_EQ(0u, second.size);
    EXPECT_STREQ("", static_cast<const char *>(truce_as_bytes(second)));
    EXPECT_STREQ("own", static_cast<const char *>(truce_as_bytes(own)));
    {
        Tx other; /* takes what the first one is reading */
        truce_item item;
        ASSERT_EQ(TRUCE_OK, truce_queue_pop(other, queue, &item));
        ASSERT_EQ(TRUCE_OK, truce_commit(other));
    }
    truce_collect();
    EXPECT_STREQ("first", static_cast<const char *>(truce_as_bytes(first))) << "readable until the attempt ends";
    EXPECT_EQ(TRUCE_CONFLICT, truce_commit(tx));
    truce_conflict conflict = TRUCE_CONFLICT_INIT;
    ASSERT_EQ(TRUCE_OK, truce_explain(tx, &conflict));
    EXPECT_STREQ("first", static_cast<const char *>(truce_as_bytes(conflict.seen)));
    EXPECT_STREQ("", static_cast<const char *>(truce_as_bytes(conflict.now)));
}

TEST(QueueOfBytes, TooLarge)
{
    Queue queue(queue_options(TRUCE_BYTES));
    char byte = 0;
    EXPECT_EQ(TRUCE_TOO_LARGE,
              truce_queue_push(TRUCE_ALONE, queue, truce_bytes(&byte, size_t{TRUCE_VALUE_SIZE_MAX} + 1)));
    EXPECT_EQ(0u, length_of(TRUCE_ALONE, queue));
}

/* ---- release callbacks ---- */

struct Released {
    std::multiset<uint64_t> words;

    static void release(void *word, void *context)
    {
        static_cast<Released *>(context)->words.insert(reinterpret_cast<uintptr_t>(word));
    }
};

TEST(QueueWithRelease, IsCalledOnlyForWhatIsLeft)
{
    Released released;
    truce_queue_options options = queue_options(TRUCE_WORD, 4);
    options.release = Released::release;
    options.release_context = &released;
    Queue queue(options);
    fill(queue, 1, 5);
    EXPECT_EQ(TRUCE_FULL, push(TRUCE_ALONE, queue, 77));
    EXPECT_EQ(1, pop(TRUCE_ALONE, queue));
    {
        Tx tx;
        ASSERT_EQ(TRUCE_OK, push(tx, queue, 88));
        EXPECT_EQ(2, pop(tx, queue));
        ASSERT_EQ(TRUCE_OK, truce_abort(tx));
    }
    {
        Tx tx;
        EXPECT_EQ(2, pop(tx, queue));
        ASSERT_EQ(TRUCE_OK, push(tx, queue, 99));
        truce_item item;
        ASSERT_EQ(TRUCE_OK, truce_queue_pop_any(tx, queue, &item));
        EXPECT_EQ(3u, item.word);
        ASSERT_EQ(TRUCE_OK, truce_commit(tx));
    }
    truce_collect();
    EXPECT_TRUE(released.words.empty());
    {
        Tx open, claimer;
        truce_item item;
        ASSERT_EQ(TRUCE_OK, truce_queue_peek(open, queue, &item));
        ASSERT_EQ(TRUCE_OK, truce_queue_pop_any(claimer, queue, &item));
        queue.free();
        truce_collect();
        EXPECT_TRUE(released.words.empty()) << "somebody may still see them";
    }
    truce_collect();
    EXPECT_EQ((std::multiset<uint64_t>{4, 99}), released.words);
}

/* ---- misuse ---- */

void expect_not_reached(truce_status status)
{
    ADD_FAILURE() << "answered " << truce_status_name(status);
}

#define EXPECT_MISUSE(call, regex) EXPECT_DEATH(expect_not_reached(call), "truce: .*(" regex ")")

truce_status ignore(void *, truce_item, truce_item)
{
    return TRUCE_OK;
}

TEST(MisuseOfAQueue, Objects)
{
    truce_item item;
    Dict dict;
    EXPECT_MISUSE(truce_queue_pop(TRUCE_ALONE, nullptr, &item), "queue.*NULL");
    EXPECT_MISUSE(truce_queue_push(nullptr, Queue(), truce_word(1)), "transaction.*NULL");
    alignas(64) static unsigned char zeros[1024];
    EXPECT_MISUSE(truce_queue_pop(TRUCE_ALONE, reinterpret_cast<truce_queue *>(zeros), &item), "queue.*another kind");
}

TEST(MisuseOfAQueue, OfAReadOnlyTransaction)
{
    for (const size_t capacity : {size_t{0}, size_t{1}}) {
        Queue queue(queue_options(TRUCE_WORD, capacity));
        truce_run_options options = run_options();
        options.read_only = true;
        Tx reader(&options);
        truce_item item;
        size_t count = 0;
        EXPECT_MISUSE(truce_queue_push(reader, queue, truce_word(1)), "read-only");
        EXPECT_MISUSE(truce_queue_pop(reader, queue, &item), "read-only");
        EXPECT_MISUSE(truce_queue_pop_up_to(reader, queue, &item, 1, &count), "read-only");
        EXPECT_MISUSE(truce_queue_pop_any(reader, queue, &item), "read-only");
        EXPECT_EQ(TRUCE_EMPTY, truce_queue_peek(reader, queue, &item));
        EXPECT_EQ(0u, length_of(reader, queue));
    }
}

TEST(MisuseOfAQueue, Arguments)
{
    Queue words, texts(queue_options(TRUCE_BYTES));
    size_t count;
    EXPECT_MISUSE(truce_queue_push(TRUCE_ALONE, words, truce_text("text")), "value");
    EXPECT_MISUSE(truce_queue_push(TRUCE_ALONE, texts, truce_word(1)), "value");
    EXPECT_MISUSE(truce_queue_push(TRUCE_ALONE, texts, truce_bytes(nullptr, 5)), "NULL");
    EXPECT_MISUSE(truce_queue_pop(TRUCE_ALONE, words, nullptr), "NULL");
    EXPECT_MISUSE(truce_queue_peek(TRUCE_ALONE, words, nullptr), "NULL");
    EXPECT_MISUSE(truce_queue_pop_any(TRUCE_ALONE, words, nullptr), "NULL");
    EXPECT_MISUSE(truce_queue_pop_up_to(TRUCE_ALONE, words, nullptr, 1, &count), "NULL");
    EXPECT_MISUSE(truce_queue_len(TRUCE_ALONE, words, nullptr), "NULL");
    EXPECT_MISUSE(truce_queue_is_empty(TRUCE_ALONE, words, nullptr), "NULL");
    EXPECT_MISUSE(truce_queue_len_at_least(TRUCE_ALONE, words, 1, nullptr), "NULL");
    EXPECT_MISUSE(truce_queue_each(TRUCE_ALONE, words, nullptr, nullptr), "NULL");
}

TEST(MisuseOfAQueue, Tickets)
{
    const List list;
    truce_queue_options options = queue_options();
    options.release = [](void *, void *) {};
    Queue queue, texts(queue_options(TRUCE_BYTES)), owned(options);
    Tx tx, another;
    const truce_item ticket = ticket_of(tx, list);
    ticket_of(another, list);
    EXPECT_MISUSE(truce_queue_push(another, queue, ticket), "ticket");
    EXPECT_MISUSE(truce_queue_push(TRUCE_ALONE, queue, ticket), "ticket");
    EXPECT_MISUSE(truce_queue_push(tx, texts, ticket), "bytes");
    EXPECT_MISUSE(truce_queue_push(tx, owned, ticket), "words");
    ASSERT_EQ(TRUCE_OK, truce_abort(tx));
    ASSERT_EQ(TRUCE_OK, truce_again(tx));
    EXPECT_MISUSE(truce_queue_push(tx, queue, ticket), "ticket");
    ASSERT_EQ(TRUCE_OK, truce_commit(tx));
    EXPECT_MISUSE(truce_queue_push(tx, queue, ticket), "finished");
}

TEST(MisuseOfAQueue, Alone)
{
    truce_queue_options options = queue_options();
    options.release = Released::release;
    Released released;
    options.release_context = &released;
    Queue owning(options), texts(queue_options(TRUCE_BYTES));
    truce_item item;
    size_t count = 0;
    EXPECT_MISUSE(truce_queue_pop(TRUCE_ALONE, texts, &item), "alone");
    EXPECT_MISUSE(truce_queue_pop_any(TRUCE_ALONE, texts, &item), "alone");
    EXPECT_MISUSE(truce_queue_pop_up_to(TRUCE_ALONE, texts, &item, 1, &count), "alone");
    EXPECT_MISUSE(truce_queue_peek(TRUCE_ALONE, texts, &item), "alone");
    EXPECT_MISUSE(truce_queue_each(TRUCE_ALONE, texts, ignore, nullptr), "alone");
    EXPECT_MISUSE(truce_queue_peek(TRUCE_ALONE, owning, &item), "alone");
    EXPECT_MISUSE(truce_queue_each(TRUCE_ALONE, owning, ignore, nullptr), "alone");
    fill(owning, 1, 2);
    EXPECT_EQ(1, pop(TRUCE_ALONE, owning)) << "it is the caller's";
    fill(owning, 2, 4);
    EXPECT_EQ(TRUCE_OK, truce_queue_pop_up_to(TRUCE_ALONE, owning, &item, 1, &count)) << "and so are these";
    EXPECT_EQ(TRUCE_OK, truce_queue_pop_any(TRUCE_ALONE, owning, &item));
}

TEST(MisuseOfAQueue, Options)
{
    truce_queue *queue;
    truce_queue_options options = queue_options();
    EXPECT_MISUSE(truce_queue_new(&options, nullptr), "place");
    options.values = 17;
    EXPECT_MISUSE(truce_queue_new(&options, &queue), "TRUCE_WORD");
    options.values = TRUCE_BYTES;
    options.release = Released::release;
    EXPECT_MISUSE(truce_queue_new(&options, &queue), "release");
    options.size = 0;
    EXPECT_MISUSE(truce_queue_new(&options, &queue), "size");
}

TEST(MisuseOfAQueue, Freed)
{
    truce_queue *queue;
    ASSERT_EQ(TRUCE_OK, truce_queue_new(nullptr, &queue));
    truce_queue_free(nullptr);
    fill(queue, 0, 100);
    Dict dict;
    Tx pusher, claimer, reader;
    truce_item item;
    bool yes;
    ASSERT_EQ(TRUCE_OK, push(pusher, queue, 1));
    ASSERT_EQ(TRUCE_OK, truce_queue_pop_any(claimer, queue, &item));
    ASSERT_EQ(TRUCE_OK, truce_queue_is_empty(reader, queue, &yes));
    ASSERT_EQ(TRUCE_OK, truce_dict_set(reader, dict, truce_word(1), truce_word(1)));
    truce_queue_free(queue);
    EXPECT_MISUSE(truce_queue_pop(TRUCE_ALONE, queue, &item), "freed");
    EXPECT_MISUSE(truce_queue_push(pusher, queue, truce_word(1)), "freed");
    EXPECT_MISUSE(truce_commit(pusher), "freed");
    EXPECT_MISUSE(truce_commit(claimer), "freed");
    EXPECT_MISUSE(truce_commit(reader), "freed");
    EXPECT_DEATH(truce_queue_free(queue), "truce: .*freed");
    EXPECT_EQ(TRUCE_OK, truce_abort(claimer));
    EXPECT_EQ(TRUCE_OK, truce_abort(pusher));
    EXPECT_EQ(TRUCE_OK, truce_abort(reader));
}

/* ---- memory ---- */

size_t allocated_bytes()
{
    truce_collect();
    const struct mallinfo2 info = mallinfo2();
    return info.uordblks + info.hblkhd;
}

void expect_given_back(uint32_t values, uint64_t items, size_t least_each, size_t most_each)
{
    if (sanitized) GTEST_SKIP() << "under a sanitizer memory is another";
    Queue queue(queue_options(values));
    const auto fill_with = [&](uint64_t count) {
        std::string storage;
        for (uint64_t i = 0; i < count; ++i) {
            ASSERT_EQ(TRUCE_OK, truce_queue_push(TRUCE_ALONE, queue, encode(i, values, storage)));
        }
    };
    const auto drain = [&](auto *pop_one) { /* in transactions: bytes are not handed out otherwise */
        auto body = [&](truce_tx *tx) -> truce_status {
            truce_item item;
            return pop_one(tx, queue, &item);
        };
        while (run(body) == TRUCE_OK) {
        }
        truce_collect();
    };
    fill_with(1000);
    drain(truce_queue_pop);
    const size_t before = allocated_bytes();
    fill_with(items);
    const size_t full = allocated_bytes();
    EXPECT_GE(full - before, least_each * items);
    EXPECT_LE(full - before, most_each * items);
    drain(truce_queue_pop);
    EXPECT_LE(allocated_bytes(), before + 16384);
    fill_with(items);
    drain(truce_queue_pop_any);
    EXPECT_LE(allocated_bytes(), before + 16384);
}

TEST(MemoryOfAQueue, IsGivenBackWhenItIsEmpty)
{
    expect_given_back(TRUCE_WORD, 1000000, 8, 9);
}

TEST(MemoryOfAQueue, OfBytesIsGivenBackWhenItIsEmpty)
{
    expect_given_back(TRUCE_BYTES, 100000, 24, 200);
}

/* Behind an item that nobody gives back, chunks of nothing but holes are taken out. */
TEST(MemoryOfAQueue, IsGivenBackBehindALongClaim)
{
    if (sanitized) GTEST_SKIP() << "under a sanitizer memory is another";
    Queue queue;
    fill(queue, 0, 1);
    const size_t before = allocated_bytes();
    Tx claimer;
    truce_item item;
    ASSERT_EQ(TRUCE_OK, truce_queue_pop_any(claimer, queue, &item));
    for (uint64_t i = 1; i < 100000; ++i) {
        ASSERT_EQ(TRUCE_OK, push(TRUCE_ALONE, queue, i));
        ASSERT_EQ(TRUCE_OK, truce_queue_pop_any(TRUCE_ALONE, queue, &item));
        ASSERT_EQ(i, item.word);
    }
    ASSERT_EQ(TRUCE_OK, truce_abort(claimer)); /* what was taken out is kept for its attempt until here */
    EXPECT_LE(allocated_bytes(), before + 131072) << "800000 bytes went by";
    EXPECT_EQ(range(0, 1), content(queue, TRUCE_WORD));
}

TEST(MemoryOfAQueue, AnEmptyOneIsCheap)
{
    const Gate gate;
    const Queue queue;
    EXPECT_LE(gate.bytes(), 384u);
}

/* Every allocation of a transaction on a queue refused in turn: it happens whole, or not at all. */
TEST(MemoryOfAQueue, RunsOutAnywhere)
{
    for (const uint32_t values : {TRUCE_WORD, TRUCE_BYTES}) {
        for (uint64_t n = 1;; ++n) {
            Queue queue(queue_options(values));
            const auto number = [&](uint64_t i, std::string &storage) { return encode(i, values, storage); };
            std::string storage;
            for (uint64_t i = 0; i < 70; ++i) {
                ASSERT_EQ(TRUCE_OK, truce_queue_push(TRUCE_ALONE, queue, number(i, storage)));
            }
            const std::vector<Word> before = content(queue, values);
            bool refused = false;
            truce_status status = TRUCE_OK;
            {
                Tx tx;
                Gate gate(n);
                const auto body = [&]() -> truce_status {
                    truce_item item, items[100];
                    size_t count;
                    for (uint64_t i = 100; i < 300; ++i) TRUCE_NEED(truce_queue_push(tx, queue, number(i, storage)));
                    TRUCE_NEED(truce_queue_pop_up_to(tx, queue, items, 65, &count));
                    TRUCE_NEED(truce_queue_pop(tx, queue, &item));
                    for (int i = 0; i < 6; ++i) TRUCE_NEED(truce_queue_pop_any(tx, queue, &item));
                    return truce_queue_len(tx, queue, &count);
                };
                status = body();
                if (status == TRUCE_OK) status = truce_commit(tx);
                refused = gate.refused();
                EXPECT_TRUE(status == TRUCE_OK || status == TRUCE_NO_MEMORY) << truce_status_name(status);
            }
            if (status != TRUCE_OK) {
                EXPECT_EQ(before, content(queue, values)) << "allocation " << n;
                truce_item item;
                Tx tx;
                EXPECT_EQ(TRUCE_OK, truce_queue_pop_any(tx, queue, &item)) << "claims are given back";
                EXPECT_EQ(Word{0}, decode(item, values));
            } else {
                EXPECT_EQ(range(102, 300), content(queue, values));
            }
            if (!refused) {
                EXPECT_GT(n, 5u);
                break;
            }
        }
    }
}

/* What an operation alone had found is not handed out when its commit gets no memory. */
TEST(MemoryOfAQueue, ACallThatGetsNoneHandsOutNothing)
{
    Queue queue;
    fill(queue, 0, 5);
    constexpr truce_item full = {77, 77, 77};
    truce_item items[2];
    size_t count = 0;
    bool yes = false;
    const auto refill = [&] {
        items[0] = items[1] = full;
        count = 77;
        yes = true;
    };
    const auto expect_nothing = [&](size_t places) {
        for (size_t i = 0; i < places; ++i) EXPECT_EQ(0, std::memcmp(&none, &items[i], sizeof none));
        EXPECT_EQ(range(0, 5), content(queue, TRUCE_WORD));
    };
    refuse_each([&] { return refill(), truce_queue_peek(TRUCE_ALONE, queue, items); }, [&] { expect_nothing(1); });
    refuse_each([&] { return refill(), truce_queue_len_at_least(TRUCE_ALONE, queue, 1, &yes); },
                [&] { EXPECT_FALSE(yes); });
    refuse_each([&] { return refill(), truce_queue_len(TRUCE_ALONE, queue, &count); }, [&] { EXPECT_EQ(0u, count); });
    refuse_each([&] { return refill(), truce_queue_pop(TRUCE_ALONE, queue, items); }, [&] { expect_nothing(1); });
    EXPECT_EQ(0u, items[0].word);
    fill(queue, 0, 5);
    for (int64_t i = 1; i < 5; ++i) EXPECT_EQ(i, pop(TRUCE_ALONE, queue));
    refuse_each([&] { return refill(), truce_queue_pop_any(TRUCE_ALONE, queue, items); }, [&] { expect_nothing(1); });
    fill(queue, 0, 1);
    for (int64_t i = 1; i < 5; ++i) EXPECT_EQ(i, pop(TRUCE_ALONE, queue));
    fill(queue, 1, 5);
    refuse_each([&] { return refill(), truce_queue_pop_up_to(TRUCE_ALONE, queue, items, 2, &count); },
                [&] {
                    expect_nothing(2);
                    EXPECT_EQ(0u, count);
                });
    EXPECT_EQ(range(2, 5), content(queue, TRUCE_WORD));
}

} // namespace
