// Truce's collections as a contestant.
//
// State is what a scenario works on. It has
//   explicit State(const Setting &)                       makes all that the first transaction expects
//   truce_status perform(truce_tx *, Transaction &)       a transaction's body
//   void rewind()                                         as Contestant::rewind; see Lasting
//   bool has(const void *object) const                    whether this is one of its collections
//   Content content() const
#ifndef BENCH_TRUCE_CONTESTANT_H
#define BENCH_TRUCE_CONTESTANT_H

#include <truce/truce.h>

#include "contestant.h"
#include "truce_calls.h"

namespace bench {

template <class State> class TruceContestant final : public Contestant {
  public:
    explicit TruceContestant(const Setting &setting) : state_(setting) {}

    Lap run(Lane &lane, std::uint64_t duration_ns) override
    {
        return lane.run(duration_ns, [this](Transaction &transaction) {
            Work work = {&state_, &transaction};
            need(truce_run(nullptr, perform, &work));
        });
    }

    Verdict judge(Lane &lane, std::uint64_t duration_ns) override
    {
        Verdict verdict = {0, 0};
        lane.run(duration_ns, [this, &verdict](Transaction &transaction) {
            Work work = {&state_, &transaction};
            run_judged(work, verdict);
        });
        return verdict;
    }

    void rewind() override { state_.rewind(); }

    Tally tally() override { return process_tally(); }

    Content content() override { return state_.content(); }

  private:
    struct Work {
        State *state;
        Transaction *transaction;
    };

    static truce_status perform(truce_tx *tx, void *arg)
    {
        const Work *work = static_cast<const Work *>(arg);
        return work->state->perform(tx, *work->transaction);
    }

    // Runs one transaction as truce_run does, and looks at the conflict that ended each failed attempt. The library is
    // not asked whether the conflict was one: what it saw and what is there now are compared here.
    static void run_judged(Work &work, Verdict &verdict)
    {
        truce_tx *tx;
        truce_status status = truce_begin(nullptr, &tx);
        while (status == TRUCE_OK) {
            status = perform(tx, &work);
            if (status == TRUCE_OK) status = truce_commit(tx);
            if (status != TRUCE_CONFLICT) break;
            truce_conflict conflict = TRUCE_CONFLICT_INIT;
            const bool is_explained = truce_explain(tx, &conflict) == TRUCE_OK && work.state->has(conflict.object);
            ++verdict.conflicts;
            if (!is_explained || same(conflict.seen, conflict.now)) ++verdict.false_conflicts;
            status = truce_again(tx);
        }
        need(status);
        truce_end(tx);
    }

    State state_;
};

template <class State> std::unique_ptr<Contestant> make_truce(const Setting &setting)
{
    return std::make_unique<TruceContestant<State>>(setting);
}

} // namespace bench

#endif
