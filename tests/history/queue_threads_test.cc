/* Queues used by threads: who is never run again, that nothing is lost and nothing there twice, the order, and random
 * transactions replayed in commit order on plain deques. TRUCE_LONG=1: a million transactions where nobody may abort. */
#include <gtest/gtest.h>
#include <truce/truce.h>

#include <algorithm>
#include <atomic>
#include <cstring>
#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "history/harness.h"
#include "support/handles.h"
#include "support/queue_model.h"
#include "support/seed.h"

namespace truce_test {

namespace {

constexpr unsigned all_threads = 8;

/* Transactions of each thread. */
uint64_t rounds()
{
    return long_form() ? 1000000 / all_threads : scaled(16000);
}

/* Item number `i` of a thread. */
Word item_of(unsigned thread, uint64_t i)
{
    return Word{thread} << 32 | i;
}

unsigned thread_of(Word item)
{
    return static_cast<unsigned>(item >> 32);
}

truce_status push(truce_tx *tx, truce_queue *queue, Word value)
{
    return truce_queue_push(tx, queue, truce_word(value));
}

void breathe(uint64_t i)
{
    if (i % 32 == 0) sched_yield();
}

/* How often bodies were started more than once. */
class Runs {
  public:
    template <class Body> truce_status transaction(Body &&body)
    {
        uint64_t started = 0;
        const truce_status status = run([&](truce_tx *tx) {
            started++;
            return body(tx);
        });
        again_ += started - 1;
        return status;
    }

    uint64_t again() const { return again_; }

  private:
    uint64_t again_ = 0;
};

uint64_t conflicts()
{
    truce_stats stats = TRUCE_STATS_INIT;
    truce_stats_process(&stats);
    return stats.conflicts;
}

/* ---- who is never run again ---- */

/* Every transaction pushes three items: they stand together, and those of a thread in their order. */
void expect_runs_of_three(const std::vector<Word> &items)
{
    std::map<unsigned, uint64_t> next;
    ASSERT_EQ(0u, items.size() % 3);
    for (size_t i = 0; i < items.size(); i++) {
        const unsigned thread = thread_of(items[i]);
        ASSERT_EQ(item_of(thread, next[thread]++), items[i]);
        ASSERT_EQ(thread_of(items[i - i % 3]), thread) << "items of a transaction are apart";
    }
}

truce_status push_three(truce_tx *tx, truce_queue *queue, unsigned thread, uint64_t i)
{
    for (uint64_t k = 0; k < 3; k++) TRUCE_NEED(push(tx, queue, item_of(thread, 3 * i + k)));
    breathe(i);
    return TRUCE_OK;
}

TEST(QueueThreads, PushesNeverConflict)
{
    const Queue queue;
    const uint64_t before = conflicts();
    run_threads(all_threads, [&](unsigned thread) {
        Runs runs;
        for (uint64_t i = 0; i < rounds(); i++) {
            EXPECT_EQ(TRUCE_OK, runs.transaction([&](truce_tx *tx) { return push_three(tx, queue, thread, i); }));
        }
        EXPECT_EQ(0u, runs.again());
    });
    EXPECT_EQ(before, conflicts());
    const std::vector<Word> items = content(queue, TRUCE_WORD);
    ASSERT_EQ(3 * rounds() * all_threads, items.size());
    expect_runs_of_three(items);
}

/* Seven threads push, one pops a queue that is never empty: not even that one runs again. */
TEST(QueueThreads, PushesDontDisturbThePopper)
{
    const Queue queue;
    constexpr unsigned popper = all_threads - 1;
    for (uint64_t i = 0; i < 3 * rounds(); i++) ASSERT_EQ(TRUCE_OK, push(TRUCE_ALONE, queue, item_of(100, i)));
    const uint64_t before = conflicts();
    std::vector<Word> popped;
    run_threads(all_threads, [&](unsigned thread) {
        Runs runs;
        for (uint64_t i = 0; i < rounds(); i++) {
            const truce_status status = runs.transaction([&](truce_tx *tx) -> truce_status {
                if (thread != popper) return push_three(tx, queue, thread, i);
                truce_item items[3];
                size_t count = 0;
                bool empty = true;
                TRUCE_NEED(truce_queue_pop(tx, queue, &items[0]));
                TRUCE_NEED(truce_queue_pop_up_to(tx, queue, &items[1], 2, &count));
                TRUCE_NEED(truce_queue_is_empty(tx, queue, &empty)); /* as long as something was left in it */
                EXPECT_EQ(2u, count);
                breathe(i);
                if (popped.size() == 3 * i) {
                    for (const truce_item &item : items) popped.push_back(item.word);
                }
                return TRUCE_OK;
            });
            EXPECT_EQ(TRUCE_OK, status);
        }
        EXPECT_TRUE(thread == popper || runs.again() == 0);
    });
    /* At the very end the popper may have seen the queue empty, and somebody pushed. */
    EXPECT_LE(conflicts(), before + 1);
    std::vector<Word> items = popped;
    const std::vector<Word> left = content(queue, TRUCE_WORD);
    items.insert(items.end(), left.begin(), left.end());
    ASSERT_EQ(3 * rounds() * all_threads, items.size());
    for (Word &item : items) {
        if (thread_of(item) == 100) item = item_of(popper, item & 0xffffffff);
    }
    expect_runs_of_three(items);
}

/* Poppers may be run again, because of each other; those who push are not. */
TEST(QueueThreads, PopsDontDisturbThosePushing)
{
    const Queue queue;
    std::mutex mutex;
    std::map<Word, int> seen;
    for (uint64_t i = 0; i < 1000; i++) ASSERT_EQ(TRUCE_OK, push(TRUCE_ALONE, queue, item_of(100, i)));
    run_threads(all_threads, [&](unsigned thread) {
        Runs runs;
        std::vector<Word> mine;
        for (uint64_t i = 0; i < rounds() / 2; i++) {
            if (thread % 2 == 0) {
                EXPECT_EQ(TRUCE_OK, runs.transaction([&](truce_tx *tx) { return push_three(tx, queue, thread, i); }));
                continue;
            }
            truce_item items[2] = {};
            size_t count = 0;
            EXPECT_LE(TRUCE_OK, runs.transaction([&](truce_tx *tx) {
                breathe(i);
                return truce_queue_pop_up_to(tx, queue, items, 2, &count);
            }));
            for (size_t k = 0; k < count; k++) mine.push_back(items[k].word);
        }
        if (thread % 2 == 0) {
            EXPECT_EQ(0u, runs.again());
        }
        /* What one thread popped is in the order in which each thread pushed. */
        std::map<unsigned, Word> last;
        for (const Word item : mine) {
            const auto found = last.find(thread_of(item));
            EXPECT_TRUE(found == last.end() || found->second < item);
            last[thread_of(item)] = item;
        }
        const std::lock_guard<std::mutex> lock(mutex);
        for (const Word item : mine) seen[item]++;
    });
    for (const Word item : content(queue, TRUCE_WORD)) seen[item]++;
    EXPECT_EQ(1000 + 3 * (rounds() / 2) * (all_threads / 2), seen.size());
    for (const auto &[item, times] : seen) ASSERT_EQ(1, times) << item;
}

/* Each takes any item and puts it back, with a number of its own changed: nobody is ever in another's way. */
TEST(QueueThreads, PopAnyOfAQueueThatStaysNonEmptyNeverConflicts)
{
    constexpr uint64_t items = 100;
    const Queue queue;
    const Dict counts;
    for (uint64_t i = 0; i < items; i++) ASSERT_EQ(TRUCE_OK, push(TRUCE_ALONE, queue, i));
    const uint64_t before = conflicts();
    run_threads(all_threads, [&](unsigned thread) {
        Runs runs;
        for (uint64_t i = 0; i < rounds(); i++) {
            const truce_status status = runs.transaction([&](truce_tx *tx) -> truce_status {
                truce_item first, second;
                TRUCE_NEED(truce_queue_pop_any(tx, queue, &first));
                breathe(i);
                TRUCE_NEED(truce_queue_pop_any(tx, queue, &second));
                EXPECT_NE(first.word, second.word);
                TRUCE_NEED(truce_dict_add(tx, counts, truce_word(thread), 1));
                TRUCE_NEED(truce_queue_push(tx, queue, second));
                return truce_queue_push(tx, queue, first);
            });
            EXPECT_EQ(TRUCE_OK, status);
        }
        EXPECT_EQ(0u, runs.again());
        EXPECT_EQ(static_cast<int64_t>(rounds()), held(counts, thread));
    });
    EXPECT_EQ(before, conflicts());
    std::vector<Word> left = content(queue, TRUCE_WORD);
    std::sort(left.begin(), left.end());
    ASSERT_EQ(items, left.size());
    for (uint64_t i = 0; i < items; i++) EXPECT_EQ(i, left[i]);
}

/* ---- nothing lost, nothing twice ---- */

class Moving : public testing::TestWithParam<size_t> {};

/* Half of the threads put in what the others take out, in every way there is, some of them giving up now and then. */
TEST_P(Moving, NothingIsLostAndNothingTwice)
{
    const Queue queue(queue_options(TRUCE_WORD, GetParam()));
    const uint64_t a_thread = scaled(6000);
    const uint64_t first_seed = seed();
    std::atomic<uint64_t> missing{a_thread * (all_threads / 2)};
    std::mutex mutex;
    std::map<Word, int> seen;
    run_threads(all_threads, [&](unsigned thread) {
        Random random(first_seed + thread);
        if (thread % 2 == 0) {
            for (uint64_t i = 0; i < a_thread;) {
                const uint64_t many = std::min<uint64_t>(1 + random.below(3), a_thread - i);
                const bool gives_up = random.one_in(8);
                const truce_status status = run([&](truce_tx *tx) -> truce_status {
                    for (uint64_t k = 0; k < many; k++) TRUCE_NEED(push(tx, queue, item_of(thread, i + k)));
                    return gives_up ? TRUCE_USER_ROLL_BACK : TRUCE_OK;
                });
                if (status == TRUCE_OK) i += many;
                if (status == TRUCE_UNEXPECTED) sched_yield(); /* full */
            }
            return;
        }
        std::vector<Word> mine;
        while (missing.load() > 0) {
            truce_item items[5] = {};
            size_t count = 0;
            const uint64_t way = random.below(4);
            const bool gives_up = random.one_in(8);
            const truce_status status = run([&](truce_tx *tx) -> truce_status {
                count = 0;
                truce_status one = TRUCE_OK;
                if (way == 0) one = truce_queue_pop_up_to(tx, queue, items, 5, &count);
                for (size_t k = 0; way > 0 && k < way; k++) {
                    one = way == 1 ? truce_queue_pop(tx, queue, &items[k]) : truce_queue_pop_any(tx, queue, &items[k]);
                    if (one != TRUCE_OK) break;
                    count++;
                }
                if (one < 0) return one;
                return gives_up ? TRUCE_USER_ROLL_BACK : TRUCE_OK;
            });
            if (status == TRUCE_OK && count > 0) {
                for (size_t k = 0; k < count; k++) mine.push_back(items[k].word);
                missing -= count;
            } else {
                sched_yield();
            }
        }
        const std::lock_guard<std::mutex> lock(mutex);
        for (const Word item : mine) seen[item]++;
    });
    EXPECT_EQ(0u, missing.load());
    EXPECT_EQ(a_thread * (all_threads / 2), seen.size());
    for (const auto &[item, times] : seen) ASSERT_EQ(1, times) << item;
    EXPECT_TRUE(content(queue, TRUCE_WORD).empty());
}

INSTANTIATE_TEST_SUITE_P(Queue, Moving, testing::Values(0, 7), testing::PrintToStringParamName());

/* ---- replayed in commit order ---- */

constexpr size_t capacities[] = {0, 6};

struct Step {
    size_t queue;
    QueueOp op;
    QueueAnswer told;
};

struct Transaction {
    uint64_t number;
    bool writes;
    std::vector<Step> steps;
};

QueueOp any_op(Random &random, Word next)
{
    switch (random.below(14)) {
    case 0:
    case 1:
        return {QueueVerb::pop};
    case 2:
        return {QueueVerb::pop_up_to, 0, random.below(5)};
    case 3:
    case 4:
        return {QueueVerb::pop_any};
    case 5:
        return {QueueVerb::len};
    case 6:
        return {QueueVerb::len_at_least, 0, random.below(8)};
    case 7:
        return {QueueVerb::is_empty};
    case 8:
        return random.one_in(4) ? QueueOp{QueueVerb::each} : QueueOp{QueueVerb::each_some, 0, 1 + random.below(3)};
    case 9:
        return {QueueVerb::peek};
    default:
        return {QueueVerb::push, next};
    }
}

/* One thread's transactions, those that committed. */
std::vector<Transaction> random_transactions(const std::vector<Queue> &queues, unsigned thread, uint64_t first_seed,
                                             uint64_t count)
{
    Random random(first_seed + thread);
    std::vector<Transaction> committed;
    Word next = item_of(thread, 0);
    for (uint64_t i = 0; i < count; i++) {
        Tx tx;
        Transaction transaction = {0, false, {}};
        truce_status status = TRUCE_OK;
        for (uint64_t left = 1 + random.below(5); left > 0 && status >= 0; left--) {
            const size_t queue = random.below(queues.size());
            const QueueOp op = any_op(random, next++);
            const QueueAnswer told = play(tx, queues[queue], TRUCE_WORD, op);
            status = told.status;
            const bool changed = op.verb == QueueVerb::push ? status == TRUCE_OK : !told.items.empty();
            if (changes(op.verb) && changed) transaction.writes = true;
            transaction.steps.push_back({queue, op, told});
            if (random.one_in(8)) sched_yield();
        }
        if (status < 0 || random.one_in(10)) continue;
        if (truce_commit(tx) != TRUCE_OK) continue;
        transaction.number = truce_commit_number(tx);
        committed.push_back(std::move(transaction));
    }
    return committed;
}

/* Whether the answer is right; any item is for pop_any, and of one that is claimed nothing is known. */
bool replay(QueueState &state, const Step &step)
{
    if (step.told.status == TRUCE_CLAIMED) return true;
    if (step.op.verb != QueueVerb::pop_any || step.told.status != TRUCE_OK) {
        return model_play(state, capacities[step.queue], step.op) == step.told;
    }
    const auto found = std::find_if(state.begin(), state.end(),
                                    [&](const QueueItem &item) { return item.value == step.told.items[0]; });
    if (found == state.end()) return false;
    state.erase(found);
    return true;
}

TEST(QueueHistory, ReplaysInCommitOrder)
{
    const char *const clock = std::getenv("TRUCE_CLOCK");
    if (clock == nullptr || std::strcmp(clock, "counter") != 0) GTEST_SKIP() << "commits share their numbers";
    const uint64_t first_seed = seed();
    uint64_t replayed = 0;
    for (uint64_t round = 0; round < scaled(10); round++) {
        std::vector<Queue> queues;
        for (const size_t capacity : capacities) queues.emplace_back(queue_options(TRUCE_WORD, capacity));
        std::vector<Transaction> history;
        std::mutex mutex;
        run_threads(4, [&](unsigned thread) {
            std::vector<Transaction> mine = random_transactions(queues, thread, first_seed + 10 * round, 2000);
            const std::lock_guard<std::mutex> lock(mutex);
            std::move(mine.begin(), mine.end(), std::back_inserter(history));
        });
        std::sort(history.begin(), history.end(), [](const Transaction &a, const Transaction &b) {
            return a.number != b.number ? a.number < b.number : a.writes && !b.writes;
        });
        std::vector<QueueState> states(queues.size());
        for (const Transaction &transaction : history) {
            for (const Step &step : transaction.steps) {
                ASSERT_TRUE(replay(states[step.queue], step))
                    << "commit " << transaction.number << ", " << text(step.op) << ": " << text(step.told);
            }
        }
        for (size_t i = 0; i < queues.size(); i++) ASSERT_EQ(values_of(states[i]), content(queues[i], TRUCE_WORD));
        replayed += history.size();
    }
    std::printf("[  HISTORY ] %llu transactions\n", static_cast<unsigned long long>(replayed));
    EXPECT_GT(replayed, 1000u);
}

} // namespace

} // namespace truce_test
