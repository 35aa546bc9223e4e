/* The list-append checker, without threads: it accepts what the law allows, and names every anomaly that is planted
 * into a history that was right. */
#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <string>

#include "history/append_checker.h"
#include "history/harness.h"
#include "support/seed.h"

namespace truce_test {

namespace {

using History = std::vector<Attempt>;
using Values = std::vector<Word>;

/* ---- histories that are right ---- */

constexpr uint64_t step_ns = 100; /* from one transaction's instant to the next's */

/* Attempts that took effect one after the other, each at an instant within its real time, which overlaps with that of
 * some others; and a last one that reads every list. */
class Serial {
  public:
    Serial(Random &random, unsigned lists) : random_(random), lists_(lists) {}

    History history(uint64_t transactions)
    {
        for (uint64_t i = 0; i < transactions; i++) add(i, 1 + random_.below(6));
        Attempt last = attempt(transactions + 10, true);
        last.began_ns = last.ended_ns - 1;
        for (unsigned list = 0; list < lists_.size(); list++) {
            last.steps.push_back({AppendVerb::read, list, lists_[list]});
        }
        history_.push_back(last);
        return std::move(history_);
    }

  private:
    Attempt attempt(uint64_t place, bool committed)
    {
        const uint64_t instant_ns = (place + 10) * step_ns;
        Attempt made;
        made.thread = static_cast<unsigned>(place % 4);
        made.index = place / 4;
        made.committed = committed;
        made.began_ns = instant_ns - 1 - random_.below(4 * step_ns);
        made.ended_ns = instant_ns + 1 + random_.below(4 * step_ns);
        return made;
    }

    void add(uint64_t place, uint64_t steps)
    {
        Attempt made = attempt(place, !random_.one_in(4));
        std::vector<std::pair<unsigned, Values>> before; /* the lists it changed, as they were */
        for (; steps > 0; steps--) {
            const auto list = static_cast<unsigned>(random_.below(lists_.size()));
            made.steps.push_back(step(list, static_cast<AppendVerb>(random_.below(4))));
            const Values &given = made.steps.back().values;
            if (made.steps.back().verb != AppendVerb::append) continue;
            if (!made.committed) before.emplace_back(list, lists_[list]);
            lists_[list].insert(lists_[list].end(), given.begin(), given.end());
        }
        for (; !before.empty(); before.pop_back()) lists_[before.back().first] = before.back().second;
        history_.push_back(std::move(made));
    }

    AppendStep step(unsigned number, AppendVerb verb)
    {
        const Values &list = lists_[number];
        AppendStep made = {verb, number, {}};
        switch (verb) {
        case AppendVerb::append:
            for (uint64_t count = 1 + random_.below(3); count > 0; count--) made.values.push_back(next_++);
            break;
        case AppendVerb::read:
            made.values = list;
            break;
        case AppendVerb::get:
            made.number = random_.below(list.size() + 2);
            if (made.number < list.size()) made.values = {list[made.number]};
            break;
        case AppendVerb::len:
            made.number = list.size();
            break;
        }
        return made;
    }

    Random &random_;
    std::vector<Values> lists_;
    History history_;
    Word next_ = 1000;
};

void shuffle(History &history, Random &random)
{
    std::shuffle(history.begin(), history.end(), std::mt19937_64(random.next()));
}

TEST(AppendChecker, AcceptsWhatTheLawAllows)
{
    Random random(seed());
    for (int i = 0; i < 100; i++) {
        History history = Serial(random, 1 + static_cast<unsigned>(random.below(5))).history(200);
        shuffle(history, random);
        const auto fault = check_appends(history);
        ASSERT_FALSE(fault.has_value()) << fault->text;
    }
}

TEST(AppendChecker, IsFast)
{
    Random random(seed());
    const History history = Serial(random, 2000).history(scaled(100000));
    const uint64_t began_ns = now_ns();
    const auto fault = check_appends(history);
    const double seconds = static_cast<double>(now_ns() - began_ns) * 1e-9;
    std::printf("[ CHECKED  ] %zu transactions in %.2f s\n", history.size(), seconds);
    EXPECT_FALSE(fault.has_value()) << fault->text;
    EXPECT_LT(seconds, 10) << "it should grow with the history, and no faster";
}

/* A read with two elements exchanged, one doubled or the first missing is a fault wherever it is. */
TEST(AppendChecker, ReportsEveryFalsifiedRead)
{
    Random random(seed());
    for (int i = 0; i < 100; i++) {
        History history = Serial(random, 2).history(60);
        std::vector<AppendStep *> reads;
        for (Attempt &attempt : history) {
            for (AppendStep &step : attempt.steps) {
                if (step.verb == AppendVerb::read && step.values.size() > 1) reads.push_back(&step);
            }
        }
        ASSERT_FALSE(reads.empty());
        Values &values = reads[random.below(reads.size())]->values;
        const auto place = values.begin() + static_cast<ptrdiff_t>(random.below(values.size() - 1));
        if (i % 3 == 0) std::swap(place[0], place[1]);
        if (i % 3 == 1) values.insert(place, place[1]);
        if (i % 3 == 2) values.erase(values.begin());
        EXPECT_TRUE(check_appends(history).has_value()) << i;
    }
}

TEST(AppendChecker, ReportsEveryAbortedAppendThatWasSeen)
{
    Random random(seed());
    for (int i = 0; i < 30; i++) {
        History history = Serial(random, 2).history(60);
        const Values seen = history.back().steps[0].values;
        const Word value = seen[random.below(seen.size())];
        for (size_t writer = 0; writer < history.size(); writer++) {
            for (const AppendStep &step : history[writer].steps) {
                const bool appends = std::count(step.values.begin(), step.values.end(), value) != 0;
                if (step.verb == AppendVerb::append && appends) history[writer].committed = false;
            }
        }
        const auto fault = check_appends(history);
        ASSERT_TRUE(fault.has_value());
        EXPECT_EQ(Anomaly::aborted_read, fault->anomaly) << fault->text;
    }
}

/* ---- histories that may be wrong, against every order there is ---- */

/* Carries out one attempt on lists, if it can have been told this by them. */
bool carry_out(const Attempt &attempt, std::vector<Values> &lists)
{
    std::vector<Values> seen = lists;
    for (const AppendStep &step : attempt.steps) {
        Values &list = seen[step.list];
        const bool in_range = step.number < list.size();
        switch (step.verb) {
        case AppendVerb::append:
            list.insert(list.end(), step.values.begin(), step.values.end());
            break;
        case AppendVerb::read:
            if (step.values != list) return false;
            break;
        case AppendVerb::get:
            if (step.values != (in_range ? Values{list[step.number]} : Values())) return false;
            break;
        case AppendVerb::len:
            if (step.number != list.size()) return false;
            break;
        }
    }
    if (attempt.committed) lists = std::move(seen);
    return true;
}

bool explains(const std::vector<const Attempt *> &order, size_t list_count)
{
    std::vector<Values> lists(list_count);
    uint64_t latest_begin_ns = 0; /* of those so far */
    for (const Attempt *const attempt : order) {
        latest_begin_ns = std::max(latest_begin_ns, attempt->began_ns);
        if (attempt->ended_ns < latest_begin_ns || !carry_out(*attempt, lists)) return false;
    }
    return true;
}

bool some_order_explains(const History &history, size_t list_count)
{
    std::vector<const Attempt *> order;
    for (const Attempt &attempt : history) order.push_back(&attempt);
    std::sort(order.begin(), order.end());
    do {
        if (explains(order, list_count)) return true;
    } while (std::next_permutation(order.begin(), order.end() - 1)); /* the last read stays the last */
    return false;
}

/* A few attempts one after the other, of which some are told what was there before or is there later. */
History doubtful_history(Random &random, uint64_t attempts, size_t list_count)
{
    std::vector<std::vector<Values>> states(1, std::vector<Values>(list_count));
    History history;
    Word next = 1;
    for (uint64_t i = 0; i < attempts; i++) {
        Attempt attempt;
        attempt.index = i;
        attempt.committed = !random.one_in(4);
        attempt.began_ns = 100 + 10 * i - random.below(25);
        attempt.ended_ns = 100 + 10 * i + random.below(25);
        for (uint64_t left = 1 + random.below(3); left > 0; left--) {
            AppendStep step = {
                static_cast<AppendVerb>(random.below(4)), static_cast<unsigned>(random.below(list_count)), {}};
            if (step.verb == AppendVerb::append) step.values = {next++};
            attempt.steps.push_back(step);
        }
        std::vector<Values> state = states.back();
        for (const AppendStep &step : attempt.steps) {
            if (attempt.committed)
                state[step.list].insert(state[step.list].end(), step.values.begin(), step.values.end());
        }
        states.push_back(state);
        history.push_back(attempt);
    }
    for (uint64_t i = 0; i < attempts; i++) {
        std::vector<Values> own(list_count);
        const uint64_t base = random.one_in(4) ? random.below(attempts + 1) : i;
        for (AppendStep &step : history[i].steps) {
            Values list = states[random.one_in(8) ? random.below(attempts + 1) : base][step.list];
            list.insert(list.end(), own[step.list].begin(), own[step.list].end());
            if (step.verb == AppendVerb::append) own[step.list].push_back(step.values[0]);
            if (step.verb == AppendVerb::read) step.values = list;
            if (step.verb == AppendVerb::len) step.number = list.size();
            if (step.verb != AppendVerb::get) continue;
            step.number = random.below(list.size() + 1);
            if (step.number < list.size()) step.values = {list[step.number]};
        }
    }
    Attempt last;
    last.committed = true;
    last.began_ns = 1000;
    last.ended_ns = 1001;
    for (unsigned i = 0; i < list_count; i++) last.steps.push_back({AppendVerb::read, i, states.back()[i]});
    history.push_back(last);
    return history;
}

TEST(AppendChecker, AgreesWithTryingEveryOrder)
{
    Random random(seed());
    uint64_t right = 0;
    const uint64_t histories = scaled(4000);
    for (uint64_t i = 0; i < histories; i++) {
        const size_t list_count = 1 + random.below(3);
        const History history = doubtful_history(random, 3 + random.below(3), list_count);
        const bool expected = some_order_explains(history, list_count);
        const auto fault = check_appends(history);
        ASSERT_EQ(expected, !fault.has_value()) << "history " << i << ": " << (fault ? fault->text : "");
        if (expected) right++;
    }
    std::printf("[ CHECKED  ] %llu of %llu histories are right\n", static_cast<unsigned long long>(right),
                static_cast<unsigned long long>(histories));
    EXPECT_GT(right, histories / 10);
    EXPECT_LT(right, histories - histories / 10);
}

/* ---- anomalies planted by hand, into two lists of their own ---- */

constexpr unsigned a = 4, b = 5;

AppendStep append(unsigned list, Values values)
{
    return {AppendVerb::append, list, std::move(values)};
}

AppendStep read(unsigned list, Values values)
{
    return {AppendVerb::read, list, std::move(values)};
}

AppendStep get(unsigned list, size_t index, Word value)
{
    return {AppendVerb::get, list, {value}, index};
}

AppendStep get_none(unsigned list, size_t index)
{
    return {AppendVerb::get, list, {}, index};
}

AppendStep len(unsigned list, size_t length)
{
    return {AppendVerb::len, list, {}, length};
}

using Steps = std::vector<AppendStep>;

/* Between 10 and 20, unless it is said otherwise. */
Attempt done(const Steps &steps, uint64_t began_ns = 10, uint64_t ended_ns = 20)
{
    Attempt attempt;
    attempt.committed = true;
    attempt.began_ns = began_ns;
    attempt.ended_ns = ended_ns;
    attempt.steps = steps;
    return attempt;
}

Attempt aborted(const Steps &steps, uint64_t began_ns = 10, uint64_t ended_ns = 20)
{
    Attempt attempt = done(steps, began_ns, ended_ns);
    attempt.committed = false;
    return attempt;
}

/* What a and b hold in the end. */
struct Last {
    Values a, b;
};

class Planted : public testing::Test {
  protected:
    std::optional<AppendFault> check(const History &attempts, const Last &last)
    {
        History history = right_;
        for (Attempt attempt : attempts) history.push_back(at_the_end(attempt));
        history.push_back(at_the_end(done({read(a, last.a), read(b, last.b)}, 100, 110)));
        for (size_t i = right_.size(); i < history.size(); i++) history[i].index = 1000 + i - right_.size();
        return check_appends(history);
    }

    void passes(const History &attempts, const Last &last)
    {
        const auto fault = check(attempts, last);
        EXPECT_FALSE(fault.has_value()) << fault->text;
    }

    /* The fault found is this one, and these take part, by their places among the attempts given; the last read is
     * attempts.size(). */
    void fails(Anomaly anomaly, const std::vector<size_t> &who, const History &attempts, const Last &last)
    {
        const auto fault = check(attempts, last);
        ASSERT_TRUE(fault.has_value());
        EXPECT_EQ(anomaly, fault->anomaly) << fault->text;
        std::vector<size_t> places;
        for (const size_t attempt : fault->attempts) places.push_back(attempt - right_.size());
        std::sort(places.begin(), places.end());
        EXPECT_EQ(who, places) << fault->text;
        EXPECT_EQ(0u, fault->text.find(name(anomaly))) << fault->text;
    }

  private:
    Attempt at_the_end(Attempt attempt) const
    {
        attempt.began_ns += 1000 * step_ns;
        attempt.ended_ns += 1000 * step_ns;
        attempt.thread = 9;
        return attempt;
    }

    Random random_{1};
    const History right_ = Serial(random_, 4).history(200);
};

TEST_F(Planted, AbortedRead)
{
    const Attempt writer = aborted({append(a, {1})});
    passes({writer, done({read(a, {})})}, {});
    fails(Anomaly::aborted_read, {0, 1}, {writer, done({read(a, {1})})}, {});
    fails(Anomaly::aborted_read, {0, 1}, {writer, aborted({read(a, {1})})}, {});
    fails(Anomaly::aborted_read, {0, 1}, {writer, done({get(a, 0, 1)})}, {});
}

TEST_F(Planted, IntermediateRead)
{
    const Attempt writer = done({append(a, {1}), append(a, {2})});
    passes({writer, done({read(a, {1, 2}), len(a, 2)})}, {{1, 2}, {}});
    passes({writer, done({get(a, 0, 1)})}, {{1, 2}, {}});
    fails(Anomaly::intermediate_read, {0, 1}, {writer, done({read(a, {1})})}, {{1, 2}, {}});
    fails(Anomaly::intermediate_read, {0, 1}, {writer, aborted({read(a, {1})})}, {{1, 2}, {}});
    fails(Anomaly::intermediate_read, {0, 1}, {writer, done({len(a, 1)})}, {{1, 2}, {}});
    fails(Anomaly::intermediate_read, {0, 1}, {writer}, {{1}, {}});
}

TEST_F(Planted, LostAppend)
{
    fails(Anomaly::lost_append, {0}, {done({append(a, {1})})}, {});
    fails(Anomaly::lost_append, {1}, {done({append(a, {1})}), done({append(a, {2})})}, {{1}, {}});
}

TEST_F(Planted, DoubledElement)
{
    fails(Anomaly::doubled_element, {1}, {done({append(a, {1})}), done({read(a, {1, 1})})}, {{1}, {}});
    fails(Anomaly::doubled_element, {1}, {done({append(a, {1})})}, {{1, 1}, {}});
}

TEST_F(Planted, IncompatibleOrders)
{
    const History writers = {done({append(a, {1})}), done({append(a, {2})})};
    History history = writers;
    history.push_back(done({read(a, {2})}));
    passes(history, {{2, 1}, {}});
    fails(Anomaly::orders_differ, {2, 3}, history, {{1, 2}, {}});
    history.back() = done({get(a, 0, 2)});
    passes(history, {{2, 1}, {}});
    fails(Anomaly::orders_differ, {2, 3}, history, {{1, 2}, {}});
    history.back() = done({len(a, 3)});
    fails(Anomaly::orders_differ, {2, 3}, history, {{1, 2}, {}});
}

TEST_F(Planted, ElementThatNobodyAppended)
{
    fails(Anomaly::unknown_element, {0}, {done({read(a, {77})})}, {});
    fails(Anomaly::unknown_element, {1}, {done({append(b, {1})}), done({read(a, {1})})}, {{}, {1}});
}

TEST_F(Planted, AppendedTwice)
{
    fails(Anomaly::appended_twice, {0, 1}, {done({append(a, {1})}), done({append(a, {1})})}, {{1}, {}});
}

TEST_F(Planted, AppendsApart)
{
    const History writers = {done({append(a, {1, 2})}), done({append(a, {3})})};
    passes(writers, {{1, 2, 3}, {}});
    passes(writers, {{3, 1, 2}, {}});
    fails(Anomaly::appends_apart, {0}, writers, {{1, 3, 2}, {}});
    fails(Anomaly::appends_apart, {0}, writers, {{2, 1, 3}, {}});
    fails(Anomaly::appends_apart, {0}, writers, {{2, 3}, {}});
}

TEST_F(Planted, OwnWork)
{
    passes({done({append(a, {1}), read(a, {1}), append(a, {2}), len(a, 2), get(a, 1, 2)})}, {{1, 2}, {}});
    passes({aborted({append(a, {1}), read(a, {1}), len(a, 1), get(a, 0, 1), get_none(a, 1)})}, {});
    const std::vector<Steps> wrong = {{append(a, {1}), read(a, {})},  {read(a, {1}), append(a, {1})},
                                      {append(a, {1}), len(a, 0)},    {append(a, {1}), get_none(a, 0)},
                                      {append(a, {1}), get(a, 5, 1)}, {get(a, 0, 1), append(a, {1})},
                                      {append(a, {1}), len(a, 2)}};
    for (const Steps &steps : wrong) fails(Anomaly::own_work, {0}, {done(steps)}, {{1}, {}});
}

TEST_F(Planted, WriteCycle)
{
    const History writers = {done({append(a, {1}), append(b, {3})}), done({append(a, {2}), append(b, {4})})};
    passes(writers, {{1, 2}, {3, 4}});
    fails(Anomaly::write_cycle, {0, 1}, writers, {{1, 2}, {4, 3}});
}

TEST_F(Planted, CircularInformationFlow)
{
    const Attempt first = done({append(a, {1}), read(b, {2})});
    passes({first, done({append(b, {2}), read(a, {})})}, {{1}, {2}});
    fails(Anomaly::information_cycle, {0, 1}, {first, done({append(b, {2}), read(a, {1})})}, {{1}, {2}});
}

TEST_F(Planted, ReadSkew)
{
    const Attempt writer = done({append(a, {1}), append(b, {2})});
    passes({writer, done({read(a, {}), read(b, {})})}, {{1}, {2}});
    fails(Anomaly::read_skew, {0, 1}, {writer, done({read(a, {1}), read(b, {})})}, {{1}, {2}});
    fails(Anomaly::read_skew, {0, 1}, {writer, done({get(a, 0, 1), get_none(b, 0)})}, {{1}, {2}});
    fails(Anomaly::read_skew, {0, 1}, {writer, done({len(a, 0), len(b, 1)})}, {{1}, {2}});
}

TEST_F(Planted, LostUpdate)
{
    const Attempt first = done({read(a, {}), append(a, {1})});
    passes({first, done({read(a, {1}), append(a, {2})})}, {{1, 2}, {}});
    fails(Anomaly::read_skew, {0, 1}, {first, done({read(a, {}), append(a, {2})})}, {{1, 2}, {}});
    fails(Anomaly::read_skew, {0, 1}, {first, done({append(a, {2}), get(a, 0, 2)})}, {{1, 2}, {}});
}

TEST_F(Planted, WriteSkew)
{
    const Attempt first = done({read(a, {}), append(b, {1})});
    passes({first, done({read(b, {1}), append(a, {2})})}, {{2}, {1}});
    fails(Anomaly::write_skew, {0, 1}, {first, done({read(b, {}), append(a, {2})})}, {{2}, {1}});
    const Attempt second = done({read(b, {}), append(b, {2})}), third = done({read(b, {1, 2}), append(a, {3})});
    fails(Anomaly::read_skew, {0, 1}, {first, second, third}, {{3}, {1, 2}});
}

TEST_F(Planted, CycleOfThree)
{
    const History history = {done({append(a, {1}), append(b, {2})}), done({append(a, {3})}),
                             done({get(a, 1, 3), get_none(b, 0)})};
    fails(Anomaly::read_skew, {0, 1, 2}, history, {{1, 3}, {2}});
}

TEST_F(Planted, StaleRead)
{
    const Attempt writer = done({append(a, {1})}, 10, 20);
    passes({writer, done({read(a, {})}, 20, 30)}, {{1}, {}});
    fails(Anomaly::against_real_time, {0, 1}, {writer, done({read(a, {})}, 21, 30)}, {{1}, {}});
    fails(Anomaly::against_real_time, {0, 1}, {writer, done({get_none(a, 0)}, 21, 30)}, {{1}, {}});
    fails(Anomaly::against_real_time, {0, 1}, {writer, aborted({read(a, {})}, 21, 30)}, {{1}, {}});
    fails(Anomaly::against_real_time, {0, 1}, {writer, done({append(a, {2})}, 21, 30)}, {{2, 1}, {}});
}

/* The second saw the first's element early, or the third did not see it though it began after the second had ended. */
TEST_F(Planted, NewValueThatIsOldAgain)
{
    const Attempt writer = done({append(a, {1})}, 10, 50), reader = done({read(a, {1})}, 11, 20);
    passes({writer, reader, done({read(a, {})}, 15, 30)}, {{1}, {}});
    fails(Anomaly::against_real_time, {0, 1, 2}, {writer, reader, done({read(a, {})}, 21, 30)}, {{1}, {}});
}

TEST_F(Planted, AbortedAttemptThatSawNoOneState)
{
    const Attempt writer = done({append(a, {1}), append(b, {2})});
    passes({writer, aborted({read(a, {1}), read(b, {2})})}, {{1}, {2}});
    passes({writer, aborted({read(a, {1}), append(b, {3}), read(b, {2, 3})})}, {{1}, {2}});
    fails(Anomaly::torn_abort, {0, 1}, {writer, aborted({read(a, {1}), read(b, {})})}, {{1}, {2}});
    fails(Anomaly::torn_abort, {0, 1}, {writer, aborted({read(a, {1}), append(b, {3}), read(b, {3})})}, {{1}, {2}});
}

TEST_F(Planted, TheWordsTellWhy)
{
    const History history = {done({append(a, {1}), append(b, {2})}), aborted({read(a, {1}), read(b, {})})};
    const auto fault = check(history, {{1}, {2}});
    ASSERT_TRUE(fault.has_value());
    EXPECT_EQ("an aborted attempt that saw no one state: \n"
              "  transaction 1000 of thread 9 appended 1 in list 4, which was seen by an aborted attempt of "
              "transaction 1001 of thread 9\n"
              "  an aborted attempt of transaction 1001 of thread 9 did not see 2 in list 5, appended by transaction "
              "1000 of thread 9",
              fault->text);
}

} // namespace

} // namespace truce_test
