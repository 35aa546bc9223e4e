/* Recorded runs of lists, judged by the list-append checker: whatever threads read in committed and in aborted
 * attempts, some order explains it that keeps real time.
 *
 * Threads append words of their own to a few lists and read them, in rounds that begin with empty lists. A list is
 * reached directly, or by a name in a dict whose entries change places now and then. The environment steers it: see
 * harness.h. */
#include <gtest/gtest.h>
#include <truce/truce.h>

#include <algorithm>
#include <cstdio>
#include <iterator>
#include <string>

#include "history/append_checker.h"
#include "history/harness.h"
#include "support/handles.h"
#include "support/list_model.h"
#include "support/seed.h"

namespace truce_test {

namespace {

constexpr uint64_t transactions_of_round = 480;
constexpr uint64_t longest = 6; /* operations of a transaction */

/* The lists of a round, and a dict that holds each of them under one of as many names. */
class Lists {
  public:
    explicit Lists(unsigned count) : lists_(count)
    {
        for (unsigned i = 0; i < count; i++) {
            EXPECT_EQ(TRUCE_OK, truce_dict_set(TRUCE_ALONE, names_, truce_word(i), item_of(i)));
        }
    }

    unsigned count() const { return static_cast<unsigned>(lists_.size()); }
    truce_list *list(unsigned number) const { return lists_[number]; }

    /* The list that has the name at this moment. */
    truce_status find(truce_tx *tx, unsigned name, unsigned *number) const
    {
        truce_item found;
        TRUCE_NEED(truce_dict_get(tx, names_, truce_word(name), &found));
        for (*number = 0; *number < count(); (*number)++) {
            if (item_of(*number).word == found.word) return TRUCE_OK;
        }
        ADD_FAILURE() << "a word that was never put in";
        return TRUCE_CANCELLED;
    }

    truce_status exchange_names(truce_tx *tx, unsigned a, unsigned b) const
    {
        truce_item one, other;
        TRUCE_NEED(truce_dict_get(tx, names_, truce_word(a), &one));
        TRUCE_NEED(truce_dict_swap(tx, names_, truce_word(b), one, &other));
        return truce_dict_set(tx, names_, truce_word(a), other);
    }

  private:
    truce_item item_of(unsigned number) const { return truce_ptr(static_cast<truce_list *>(lists_[number])); }

    std::vector<List> lists_;
    Dict names_;
};

/* One thread's part of a round: every attempt is recorded, those that abort as well. */
class Recorder {
  public:
    Recorder(const Lists &lists, unsigned thread, uint64_t seed) : lists_(lists), thread_(thread), random_(seed) {}

    void transaction()
    {
        since_ns_ = now_ns();
        const truce_status status = random_.one_in(4) ? in_parts() : truce_run(nullptr, body, this);
        end_attempt(status == TRUCE_OK);
        EXPECT_TRUE(status == TRUCE_OK || status == TRUCE_USER_ROLL_BACK) << truce_status_name(status);
        index_++;
    }

    /* Reads every list. */
    void last()
    {
        since_ns_ = now_ns();
        begin_attempt();
        const truce_status status = run([&](truce_tx *tx) -> truce_status {
            for (unsigned i = 0; i < lists_.count(); i++) TRUCE_NEED(read(tx, i));
            return TRUCE_OK;
        });
        EXPECT_EQ(TRUCE_OK, status) << truce_status_name(status);
        end_attempt(true);
    }

    const std::vector<Attempt> &attempts() const { return attempts_; }

  private:
    static truce_status body(truce_tx *tx, void *arg) { return static_cast<Recorder *>(arg)->attempt(tx); }

    truce_status in_parts()
    {
        truce_tx *tx = nullptr;
        truce_status status = truce_begin(nullptr, &tx);
        while (status == TRUCE_OK) {
            status = attempt(tx);
            if (status == TRUCE_OK) status = truce_commit(tx);
            if (status != TRUCE_CONFLICT) break;
            status = truce_again(tx);
        }
        truce_end(tx);
        return status;
    }

    truce_status attempt(truce_tx *tx)
    {
        if (open_) end_attempt(false);
        begin_attempt();
        truce_status status = TRUCE_OK;
        for (uint64_t left = 1 + random_.below(longest); left > 0 && status == TRUCE_OK; left--) {
            status = random_step(tx);
            if (random_.one_in(6)) sched_yield();
        }
        since_ns_ = now_ns();
        return status == TRUCE_OK && random_.one_in(8) ? TRUCE_USER_ROLL_BACK : status;
    }

    /* An attempt did not begin before the last one's operations were done, and had ended when the next one's begin. */
    void begin_attempt()
    {
        now_ = Attempt();
        now_.thread = thread_;
        now_.index = index_;
        now_.began_ns = since_ns_;
        open_ = true;
    }

    void end_attempt(bool committed)
    {
        now_.committed = committed;
        now_.ended_ns = now_ns();
        attempts_.push_back(std::move(now_));
        open_ = false;
    }

    truce_status random_step(truce_tx *tx)
    {
        unsigned number = any_list();
        if (random_.one_in(16)) return lists_.exchange_names(tx, number, any_list());
        if (random_.one_in(2)) TRUCE_NEED(lists_.find(tx, number, &number));
        switch (random_.below(6)) {
        case 0:
        case 1:
            return append(tx, number);
        case 2:
            return extend(tx, number);
        case 3:
            return get(tx, number);
        case 4:
            return len(tx, number);
        default:
            return read(tx, number);
        }
    }

    unsigned any_list() { return static_cast<unsigned>(random_.below(lists_.count())); }
    Word new_value() { return (Word{thread_} << 32) + next_++; }

    truce_status append(truce_tx *tx, unsigned number)
    {
        const Word value = new_value();
        TRUCE_NEED(truce_list_append(tx, lists_.list(number), truce_word(value)));
        now_.steps.push_back({AppendVerb::append, number, {value}});
        return TRUCE_OK;
    }

    truce_status extend(truce_tx *tx, unsigned number)
    {
        AppendStep step = {AppendVerb::append, number, {}};
        std::vector<truce_item> items;
        for (uint64_t left = 1 + random_.below(3); left > 0; left--) {
            step.values.push_back(new_value());
            items.push_back(truce_word(step.values.back()));
        }
        TRUCE_NEED(truce_list_extend(tx, lists_.list(number), items.data(), items.size()));
        now_.steps.push_back(std::move(step));
        return TRUCE_OK;
    }

    truce_status read(truce_tx *tx, unsigned number)
    {
        AppendStep step = {AppendVerb::read, number, {}};
        const auto visit = [](void *context, truce_item index, truce_item value) -> truce_status {
            std::vector<Word> &values = *static_cast<std::vector<Word> *>(context);
            EXPECT_EQ(values.size(), index.word);
            values.push_back(value.word);
            return TRUCE_OK;
        };
        TRUCE_NEED(truce_list_each(tx, lists_.list(number), 0, SIZE_MAX, visit, &step.values));
        now_.steps.push_back(std::move(step));
        return TRUCE_OK;
    }

    /* Mostly near the end, as far as this thread has heard of it. */
    truce_status get(truce_tx *tx, unsigned number)
    {
        AppendStep step = {AppendVerb::get, number, {}};
        const uint64_t far = heard_ + 2;
        step.number = random_.one_in(3) ? random_.below(far) : far - 1 - random_.below(std::min<uint64_t>(far, 6));
        truce_item value;
        const truce_status status = truce_list_get(tx, lists_.list(number), step.number, &value);
        TRUCE_TRY(status);
        EXPECT_TRUE(status == TRUCE_OK || status == TRUCE_ABSENT) << truce_status_name(status);
        if (status == TRUCE_OK) step.values = {value.word};
        if (status == TRUCE_OK) heard_ = std::max(heard_, step.number);
        now_.steps.push_back(std::move(step));
        return TRUCE_OK;
    }

    truce_status len(truce_tx *tx, unsigned number)
    {
        AppendStep step = {AppendVerb::len, number, {}};
        TRUCE_NEED(truce_list_len(tx, lists_.list(number), &step.number));
        heard_ = step.number;
        now_.steps.push_back(std::move(step));
        return TRUCE_OK;
    }

    const Lists &lists_;
    const unsigned thread_;
    Random random_;
    uint64_t index_ = 0;
    Word next_ = 1;
    size_t heard_ = 0;
    uint64_t since_ns_ = 0;
    bool open_ = false;
    Attempt now_;
    std::vector<Attempt> attempts_;
};

struct Setting {
    unsigned threads;
    unsigned lists;
};

/* How many attempts aborted that had read something, by a conflict or on purpose. */
uint64_t aborted_readers(const std::vector<Attempt> &history)
{
    uint64_t count = 0;
    for (const Attempt &attempt : history) {
        const bool reads = std::any_of(attempt.steps.begin(), attempt.steps.end(),
                                       [](const AppendStep &step) { return step.verb != AppendVerb::append; });
        if (!attempt.committed && reads) count++;
    }
    return count;
}

std::vector<Attempt> history_of_round(const Setting &setting, uint64_t seed)
{
    const Lists lists(setting.lists);
    std::vector<Recorder> recorders;
    for (unsigned i = 0; i <= setting.threads; i++) recorders.emplace_back(lists, i, seed + i);
    run_threads(setting.threads, [&](unsigned thread) {
        for (uint64_t left = transactions_of_round / setting.threads; left > 0; left--) recorders[thread].transaction();
    });
    recorders.back().last();
    std::vector<Attempt> history;
    for (const Recorder &recorder : recorders) {
        std::copy(recorder.attempts().begin(), recorder.attempts().end(), std::back_inserter(history));
    }
    return history;
}

std::string name_of(const testing::TestParamInfo<Setting> &info)
{
    return std::to_string(info.param.threads) + "On" + std::to_string(info.param.lists);
}

class ListAppend : public testing::TestWithParam<Setting> {};

TEST_P(ListAppend, HasAnOrder)
{
    Random random(seed());
    truce_stats before = TRUCE_STATS_INIT;
    truce_stats after = TRUCE_STATS_INIT;
    truce_stats_process(&before);
    const uint64_t end_ns = end_of_part_ns(6, long_form() ? 60 : 1.5);
    uint64_t aborted = 0; /* attempts that had read */
    do {
        const std::vector<Attempt> history = history_of_round(GetParam(), random.next());
        const auto fault = check_appends(history);
        ASSERT_FALSE(fault.has_value()) << fault->text;
        aborted += aborted_readers(history);
    } while (!HasFailure() && now_ns() < end_ns);
    truce_stats_process(&after);
    std::printf("[ RECORDED ] %llu conflicts, %llu aborted attempts that had read\n",
                static_cast<unsigned long long>(after.conflicts - before.conflicts),
                static_cast<unsigned long long>(aborted));
    EXPECT_GT(aborted, 0u) << "what aborted attempts saw was not judged";
    EXPECT_GT(after.conflicts, before.conflicts) << "without a conflict this shows little";
}

INSTANTIATE_TEST_SUITE_P(Threads, ListAppend,
                         testing::Values(Setting{2, 2}, Setting{2, 4}, Setting{4, 1}, Setting{4, 4}, Setting{8, 2},
                                         Setting{8, 6}),
                         name_of);

} // namespace

} // namespace truce_test
