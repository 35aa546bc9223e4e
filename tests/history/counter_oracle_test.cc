/* Random transactions of threads on counters and vars, recorded with their commit numbers and replayed in that order on
 * plain values. */
#include <gtest/gtest.h>
#include <truce/truce.h>

#include <algorithm>
#include <iterator>
#include <vector>

#include "history/harness.h"
#include "support/counter_var.h"
#include "support/handles.h"
#include "support/seed.h"
#include "support/stripes.h"

namespace truce_test {

namespace {

constexpr unsigned threads = 8;
constexpr unsigned pairs = 2; /* of a counter and a var */

struct Taken {
    unsigned pair;
    Request request;
    Reply told;
};

struct Committed {
    uint64_t number;
    bool writes;
    std::vector<Taken> steps;
};

Request random_request(Random &random)
{
    const auto small = [&] { return static_cast<int64_t>(random.below(9)) - 4; };
    Request request{static_cast<Call>(random.below(9)), small()};
    if (request.call == Call::get && random.one_in(2)) request.call = Call::add;
    if (request.call == Call::try_add) {
        request.min = small();
        request.max = small() + 3;
    }
    return request;
}

TEST(CounterHistory, CanHaveHappenedInCommitOrder)
{
    ASSERT_EQ(TRUCE_OK, truce_set_clock(TRUCE_CLOCK_COUNTER));
    const uint64_t transactions = scaled(40000) / threads;
    const uint64_t first_seed = seed();
    const Counter counters[pairs];
    const Var vars[pairs];
    std::vector<std::vector<Committed>> recorded(threads);
    truce_test_spread(counters[1]);
    run_threads(threads, [&](unsigned thread) {
        Random choices(first_seed + thread);
        for (uint64_t i = 0; i < transactions; i++) {
            const uint64_t own_seed = choices.next();
            Committed now{0, false, {}};
            truce_report report = TRUCE_REPORT_INIT;
            truce_run_options options = run_options();
            options.report = &report;
            const truce_status status = run(&options, [&](truce_tx *tx) -> truce_status {
                Random random(own_seed);
                now.steps.clear();
                now.writes = false;
                for (uint64_t left = 1 + random.below(6); left > 0; left--) {
                    Taken step{static_cast<unsigned>(random.below(pairs)), random_request(random), {}};
                    TRUCE_TRY(ask(tx, {counters[step.pair], vars[step.pair], TRUCE_WORD}, step.request, &step.told));
                    now.steps.push_back(step);
                    const bool tried = step.request.call == Call::try_add;
                    if (may_change(step.request.call) && (!tried || step.told == 1u)) now.writes = true;
                    if (random.one_in(6)) sched_yield();
                }
                return TRUCE_OK;
            });
            EXPECT_EQ(TRUCE_OK, status) << truce_status_name(status);
            now.number = report.commit_number;
            recorded[thread].push_back(std::move(now));
        }
    });
    std::vector<Committed> all;
    for (auto &part : recorded) std::move(part.begin(), part.end(), std::back_inserter(all));
    std::stable_sort(all.begin(), all.end(), [](const Committed &a, const Committed &b) {
        return a.number != b.number ? a.number < b.number : a.writes && !b.writes;
    });
    Plain plain[pairs];
    for (const Committed &transaction : all) {
        for (const Taken &step : transaction.steps) {
            ASSERT_EQ(text(reply(plain[step.pair], step.request)), text(step.told))
                << text(step.request) << " in commit " << transaction.number;
            change(plain[step.pair], step.request, step.told);
        }
    }
    for (unsigned i = 0; i < pairs; i++) EXPECT_EQ(static_cast<int64_t>(plain[i].sum), sum_of(counters[i]));
}

} // namespace

} // namespace truce_test
