// A truce_dict as a contestant.
#include <algorithm>
#include <truce/truce.h>

#include "contestant.h"
#include "fail.h"

namespace bench {
namespace {

constexpr std::size_t fill_ops = 256;

struct Work {
    truce_dict *dict;
    Transaction *transaction;
};

truce_status perform(truce_tx *tx, void *arg)
{
    const Work *work = static_cast<const Work *>(arg);
    Transaction &transaction = *work->transaction;
    std::uint64_t sum = 0;
    for (std::size_t i = 0; i < transaction.ops; ++i) {
        const truce_item key = truce_word(transaction.keys[i]);
        switch (transaction.accesses[i]) {
        case Access::get: {
            truce_item value;
            TRUCE_NEED(truce_dict_get(tx, work->dict, key, &value));
            sum += value.word;
            break;
        }
        case Access::put:
            TRUCE_NEED(truce_dict_set(tx, work->dict, key, truce_word(transaction.first_value + i)));
            break;
        case Access::add:
            TRUCE_NEED(truce_dict_add(tx, work->dict, key, 1));
            break;
        }
    }
    transaction.sum = sum;
    return TRUCE_OK;
}

void need(truce_status status)
{
    if (status != TRUCE_OK) fail(truce_status_name(status));
}

// Words only: the dict has no others.
bool same(const truce_item &one, const truce_item &other)
{
    return one.kind == other.kind && one.word == other.word;
}

// Runs one transaction as truce_run does, and looks at the conflict that ended each failed attempt. The library is not
// asked whether the conflict was one: what it saw and what is there now are compared here.
void run_judged(Work &work, Verdict &verdict)
{
    truce_tx *tx;
    truce_status status = truce_begin(nullptr, &tx);
    while (status == TRUCE_OK) {
        status = perform(tx, &work);
        if (status == TRUCE_OK) status = truce_commit(tx);
        if (status != TRUCE_CONFLICT) break;
        truce_conflict conflict = TRUCE_CONFLICT_INIT;
        const bool is_explained = truce_explain(tx, &conflict) == TRUCE_OK && conflict.object == work.dict;
        ++verdict.conflicts;
        if (!is_explained || same(conflict.seen, conflict.now)) ++verdict.false_conflicts;
        status = truce_again(tx);
    }
    need(status);
    truce_end(tx);
}

class TruceContestant final : public Contestant {
  public:
    TruceContestant() { need(truce_dict_new(nullptr, &dict_)); }
    ~TruceContestant() override
    {
        truce_dict_free(dict_);
        truce_collect();
    }
    TruceContestant(const TruceContestant &) = delete;
    TruceContestant &operator=(const TruceContestant &) = delete;

    void fill(const std::vector<std::uint64_t> &keys, const std::vector<std::uint64_t> &values) override
    {
        Fill fill = {dict_, &keys, &values, 0};
        for (; fill.first < keys.size(); fill.first += fill_ops) need(truce_run(nullptr, set_some, &fill));
    }

    Lap run(Lane &lane, std::uint64_t duration_ns) override
    {
        return lane.run(duration_ns, [this](Transaction &transaction) {
            Work work = {dict_, &transaction};
            need(truce_run(nullptr, perform, &work));
        });
    }

    Verdict judge(Lane &lane, std::uint64_t duration_ns) override
    {
        Verdict verdict = {0, 0};
        lane.run(duration_ns, [this, &verdict](Transaction &transaction) {
            Work work = {dict_, &transaction};
            run_judged(work, verdict);
        });
        return verdict;
    }

    Tally tally() override
    {
        truce_stats stats = TRUCE_STATS_INIT;
        truce_stats_process(&stats);
        return {stats.commits, stats.conflicts + stats.user_aborts + stats.memory_aborts + stats.other_aborts};
    }

    std::optional<std::uint64_t> value_of(std::uint64_t key) override
    {
        truce_item value;
        const truce_status status = truce_dict_get(TRUCE_ALONE, dict_, truce_word(key), &value);
        if (status == TRUCE_ABSENT) return std::nullopt;
        need(status);
        return value.word;
    }

  private:
    struct Fill {
        truce_dict *dict;
        const std::vector<std::uint64_t> *keys;
        const std::vector<std::uint64_t> *values;
        std::size_t first;
    };

    static truce_status set_some(truce_tx *tx, void *arg)
    {
        const Fill *fill = static_cast<const Fill *>(arg);
        const std::size_t end = std::min(fill->first + fill_ops, fill->keys->size());
        for (std::size_t i = fill->first; i < end; ++i) {
            TRUCE_NEED(truce_dict_set(tx, fill->dict, truce_word((*fill->keys)[i]), truce_word((*fill->values)[i])));
        }
        return TRUCE_OK;
    }

    truce_dict *dict_ = nullptr;
};

} // namespace

std::unique_ptr<Contestant> make_truce()
{
    return std::make_unique<TruceContestant>();
}

} // namespace bench
