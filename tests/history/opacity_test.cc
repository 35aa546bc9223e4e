/* Every attempt sees one consistent state, also one that will not commit.
 *
 * Threads change dicts so that an invariant holds after every transaction, and look at it inside their bodies, before
 * anybody knows whether the attempt will commit: some looks lose to others, some bodies roll back. With more threads
 * than cores, with dicts that grow, with the ordinary hash and with one hash for all keys; under whichever clock is in
 * use. */
#include <gtest/gtest.h>
#include <truce/truce.h>

#include <atomic>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "history/harness.h"
#include "support/collide.h"
#include "support/handles.h"
#include "support/seed.h"

namespace truce_test {

namespace {

/* Dicts with an invariant. */
class Scenario {
  public:
    virtual ~Scenario() = default;

    /* Changes the dicts and keeps the invariant. */
    virtual truce_status change(truce_tx *tx, Random &random) = 0;

    /* Says with `require` whether the invariant holds. */
    virtual truce_status look(truce_tx *tx, Random &random) = 0;

    std::string broken() const { return broken_; }

  protected:
    explicit Scenario(bool collide) : collide_(collide) {}

    Dict new_dict(uint32_t keys, uint32_t values) const
    {
        Dict dict(keys, values);
        if (collide_) truce_test_collide(dict);
        return dict;
    }

    void require(bool holds, const std::string &what)
    {
        if (holds) return;
        const std::lock_guard<std::mutex> guard(mutex_);
        if (broken_.empty()) broken_ = what;
    }

    /* Puts in a key that no invariant is about, so that the dict grows; up to a number of them. */
    truce_status grow(truce_tx *tx, truce_dict *dict)
    {
        const uint64_t number = fillers_.fetch_add(1, std::memory_order_relaxed);
        if (number >= (collide_ ? 20u : 2000u)) return TRUCE_OK;
        return truce_dict_set(tx, dict, truce_word(1000 + number), truce_word(0));
    }

  private:
    const bool collide_;
    std::atomic<uint64_t> fillers_{0};
    std::mutex mutex_;
    std::string broken_;
};

/* Between two operations of a body: sometimes somebody else's turn. */
void breathe(Random &random)
{
    if (random.one_in(32)) sched_yield();
}

truce_status add_up(void *context, truce_item, truce_item value)
{
    *static_cast<uint64_t *>(context) += value.word;
    return TRUCE_OK;
}

truce_status count_up(void *context, truce_item, truce_item)
{
    ++*static_cast<size_t *>(context);
    return TRUCE_OK;
}

/* Money goes from account to account: the sum stays. */
class Bank : public Scenario {
  public:
    explicit Bank(bool collide) : Scenario(collide), accounts_(new_dict(TRUCE_WORD, TRUCE_WORD))
    {
        for (uint64_t i = 0; i < accounts; i++) put(accounts_, i, each_holds);
    }

    truce_status change(truce_tx *tx, Random &random) override
    {
        const truce_item from = truce_word(random.below(accounts));
        const truce_item to = truce_word(random.below(accounts));
        const int64_t amount = static_cast<int64_t>(random.below(5));
        if (random.one_in(4)) TRUCE_TRY(grow(tx, accounts_));
        if (random.one_in(2)) {
            TRUCE_NEED(truce_dict_add(tx, accounts_, from, -amount));
            return truce_dict_add(tx, accounts_, to, amount);
        }
        truce_item held_by;
        TRUCE_NEED(truce_dict_get(tx, accounts_, from, &held_by));
        TRUCE_NEED(truce_dict_set(tx, accounts_, from, truce_signed(truce_as_signed(held_by) - amount)));
        breathe(random);
        TRUCE_NEED(truce_dict_get(tx, accounts_, to, &held_by));
        return truce_dict_set(tx, accounts_, to, truce_signed(truce_as_signed(held_by) + amount));
    }

    truce_status look(truce_tx *tx, Random &random) override
    {
        uint64_t sum = 0;
        const char *how = "get";
        if (random.one_in(3)) {
            how = "each";
            TRUCE_NEED(truce_dict_each(tx, accounts_, add_up, &sum));
        } else if (random.one_in(2)) {
            how = "get_many";
            truce_item keys[accounts];
            truce_item values[accounts];
            for (uint64_t i = 0; i < accounts; i++) keys[i] = truce_word(i);
            TRUCE_NEED(truce_dict_get_many(tx, accounts_, keys, accounts, values));
            for (const truce_item &value : values) sum += value.word;
        } else {
            for (uint64_t i = 0; i < accounts; i++) {
                truce_item value;
                TRUCE_NEED(truce_dict_get(tx, accounts_, truce_word(i), &value));
                sum += value.word;
                breathe(random);
            }
        }
        require(sum == accounts * each_holds,
                "sum " + std::to_string(static_cast<int64_t>(sum)) + " by " + std::string(how));
        return TRUCE_OK;
    }

  private:
    static constexpr uint64_t accounts = 24;
    static constexpr uint64_t each_holds = 100;
    const Dict accounts_;
};

/* What one dict holds under a key another one holds too, under a key of another kind; or neither holds it. */
class Pairs : public Scenario {
  public:
    explicit Pairs(bool collide)
        : Scenario(collide), left_(new_dict(TRUCE_WORD, TRUCE_WORD)), right_(new_dict(TRUCE_BYTES, TRUCE_WORD))
    {
    }

    truce_status change(truce_tx *tx, Random &random) override
    {
        const uint64_t number = random.below(keys);
        const std::string name = std::to_string(number);
        if (random.one_in(4)) TRUCE_TRY(grow(tx, left_));
        if (random.one_in(4)) {
            TRUCE_NEED(truce_dict_remove(tx, left_, truce_word(number), nullptr));
            return truce_dict_remove(tx, right_, truce_text(name.c_str()), nullptr);
        }
        const truce_item value = truce_word(random.next());
        TRUCE_NEED(truce_dict_set(tx, left_, truce_word(number), value));
        breathe(random);
        return truce_dict_set(tx, right_, truce_text(name.c_str()), value);
    }

    truce_status look(truce_tx *tx, Random &random) override
    {
        for (int i = 0; i < 6; i++) {
            const uint64_t number = random.below(keys);
            const std::string name = std::to_string(number);
            truce_item left, right;
            TRUCE_TRY(truce_dict_get(tx, left_, truce_word(number), &left));
            breathe(random);
            TRUCE_TRY(truce_dict_get(tx, right_, truce_text(name.c_str()), &right));
            require(left.kind == right.kind && left.word == right.word, "the pair of " + name + " differs");
            bool present;
            TRUCE_NEED(truce_dict_contains(tx, left_, truce_word(number), &present));
            require(present == (left.kind != TRUCE_NONE), "contains and get of " + name + " differ");
        }
        return TRUCE_OK;
    }

  private:
    static constexpr uint64_t keys = 12;
    const Dict left_, right_;
};

/* Pairs of bytes. What was handed out stays what it was until the attempt ends, whatever others do meanwhile. */
class Bytes : public Scenario {
  public:
    explicit Bytes(bool collide) : Scenario(collide), dict_(new_dict(TRUCE_BYTES, TRUCE_BYTES))
    {
        for (char name = 'a'; name < 'a' + pairs; name++) {
            for (const std::string &key : keys_of(name)) EXPECT_EQ(TRUCE_OK, set(TRUCE_ALONE, key, "first"));
        }
    }

    truce_status change(truce_tx *tx, Random &random) override
    {
        const std::string value(random.below(200), static_cast<char>('a' + random.below(26)));
        for (const std::string &key : keys_of(any_name(random))) TRUCE_NEED(set(tx, key, value));
        return TRUCE_OK;
    }

    truce_status look(truce_tx *tx, Random &random) override
    {
        std::vector<std::pair<truce_item, std::string>> kept;
        for (int i = 0; i < 4; i++) {
            const char name = any_name(random);
            for (const std::string &key : keys_of(name)) {
                truce_item value;
                TRUCE_NEED(truce_dict_get(tx, dict_, truce_text(key.c_str()), &value));
                kept.emplace_back(value, content(value));
                breathe(random);
            }
            const size_t last = kept.size() - 1;
            require(kept[last].second == kept[last - 1].second, std::string("the pair of ") + name + " differs");
        }
        sched_yield();
        for (const auto &[value, was] : kept) require(content(value) == was, "bytes changed that were handed out");
        return TRUCE_OK;
    }

  private:
    static constexpr int pairs = 6;

    static char any_name(Random &random) { return static_cast<char>('a' + random.below(pairs)); }

    static std::vector<std::string> keys_of(char name) { return {std::string(1, name), std::string(20, name)}; }

    static std::string content(truce_item value)
    {
        return std::string(static_cast<const char *>(truce_as_bytes(value)), value.size);
    }

    truce_status set(truce_tx *tx, const std::string &key, const std::string &value) const
    {
        return truce_dict_set(tx, dict_, truce_text(key.c_str()), truce_text(value.c_str()));
    }

    const Dict dict_;
};

/* Each key holds the next one of a ring. Keys change places, and are replaced by new ones. */
class Ring : public Scenario {
  public:
    explicit Ring(bool collide) : Scenario(collide), next_(new_dict(TRUCE_WORD, TRUCE_WORD))
    {
        for (uint64_t i = 0; i < length; i++) put(next_, i, static_cast<int64_t>((i + 1) % length));
    }

    truce_status change(truce_tx *tx, Random &random) override
    {
        uint64_t before = 0, moving, after, behind;
        for (uint64_t left = random.below(length - 3); left > 0; left--) TRUCE_NEED(follow(tx, before, &before));
        TRUCE_NEED(follow(tx, before, &moving));
        TRUCE_NEED(follow(tx, moving, &after));
        breathe(random);
        if (random.one_in(2)) {
            TRUCE_NEED(follow(tx, after, &behind));
            TRUCE_NEED(point(tx, before, after));
            TRUCE_NEED(point(tx, after, moving));
            return point(tx, moving, behind);
        }
        const uint64_t fresh = length + fresh_.fetch_add(1, std::memory_order_relaxed);
        TRUCE_NEED(truce_dict_remove(tx, next_, truce_word(moving), nullptr));
        TRUCE_NEED(point(tx, before, fresh));
        return point(tx, fresh, after);
    }

    truce_status look(truce_tx *tx, Random &random) override
    {
        uint64_t key = 0;
        for (uint64_t i = 0; i < length; i++) {
            require(i == 0 || key != 0, "the ring closes after " + std::to_string(i));
            TRUCE_TRY(follow(tx, key, &key));
            breathe(random);
        }
        require(key == 0, "the ring does not close");
        return TRUCE_OK;
    }

  private:
    static constexpr uint64_t length = 12;

    truce_status follow(truce_tx *tx, uint64_t key, uint64_t *next)
    {
        truce_item value;
        const truce_status status = truce_dict_get(tx, next_, truce_word(key), &value);
        require(status < 0 || status == TRUCE_OK, "a key of the ring is absent");
        *next = value.word;
        return status;
    }

    truce_status point(truce_tx *tx, uint64_t key, uint64_t next) const
    {
        return truce_dict_set(tx, next_, truce_word(key), truce_word(next));
    }

    const Dict next_;
    std::atomic<uint64_t> fresh_{0};
};

/* How many keys a dict has is written in another. */
class Count : public Scenario {
  public:
    explicit Count(bool collide)
        : Scenario(collide), range_(collide ? 24 : 4000), dict_(new_dict(TRUCE_WORD, TRUCE_WORD)),
          count_(new_dict(TRUCE_WORD, TRUCE_WORD))
    {
        put(count_, 0, 0);
    }

    truce_status change(truce_tx *tx, Random &random) override
    {
        const truce_item key = truce_word(random.below(range_));
        bool present;
        if (random.below(3) != 0) {
            truce_item now;
            TRUCE_NEED(truce_dict_get_or_set(tx, dict_, key, truce_word(1), &now, &present));
            return truce_dict_add(tx, count_, truce_word(0), present ? 0 : 1);
        }
        TRUCE_NEED(truce_dict_remove(tx, dict_, key, &present));
        return truce_dict_add(tx, count_, truce_word(0), present ? -1 : 0);
    }

    truce_status look(truce_tx *tx, Random &random) override
    {
        truce_item written;
        size_t len, handed_out = 0;
        bool empty, enough, more;
        TRUCE_NEED(truce_dict_len(tx, dict_, &len));
        breathe(random);
        TRUCE_NEED(truce_dict_get(tx, count_, truce_word(0), &written));
        require(len == written.word, "len " + std::to_string(len) + ", written " + std::to_string(written.word));
        const auto iterate = random.one_in(2) ? truce_dict_each : truce_dict_each_key;
        TRUCE_NEED(iterate(tx, dict_, count_up, &handed_out));
        require(len == handed_out, "len " + std::to_string(len) + ", handed out " + std::to_string(handed_out));
        TRUCE_NEED(truce_dict_is_empty(tx, dict_, &empty));
        TRUCE_NEED(truce_dict_len_at_least(tx, dict_, len, &enough));
        TRUCE_NEED(truce_dict_len_at_least(tx, dict_, len + 1, &more));
        require(empty == (len == 0) && enough && !more, "predicates against len " + std::to_string(len));
        return TRUCE_OK;
    }

  private:
    const uint64_t range_;
    const Dict dict_, count_;
};

/* A key comes for each that goes. */
class Moves : public Scenario {
  public:
    explicit Moves(bool collide) : Scenario(collide), dict_(new_dict(TRUCE_WORD, TRUCE_WORD))
    {
        for (uint64_t i = 0; i < present; i++) put(dict_, i, 1);
    }

    truce_status change(truce_tx *tx, Random &random) override
    {
        const truce_item from = truce_word(random.below(range));
        const truce_item to = truce_word(random.below(range));
        bool from_there, to_there;
        TRUCE_NEED(truce_dict_contains(tx, dict_, from, &from_there));
        TRUCE_NEED(truce_dict_contains(tx, dict_, to, &to_there));
        if (!from_there || to_there) return TRUCE_OK;
        breathe(random);
        TRUCE_NEED(truce_dict_remove(tx, dict_, from, nullptr));
        return truce_dict_set(tx, dict_, to, truce_word(1));
    }

    truce_status look(truce_tx *tx, Random &random) override
    {
        size_t len, counted = 0;
        bool enough, more;
        for (uint64_t i = 0; i < range; i++) {
            bool there;
            TRUCE_NEED(truce_dict_contains(tx, dict_, truce_word(i), &there));
            if (there) counted++;
            breathe(random);
        }
        require(counted == present, std::to_string(counted) + " keys counted");
        TRUCE_NEED(truce_dict_len(tx, dict_, &len));
        require(len == present, "len " + std::to_string(len));
        TRUCE_NEED(truce_dict_len_at_least(tx, dict_, present, &enough));
        TRUCE_NEED(truce_dict_len_at_least(tx, dict_, present + 1, &more));
        require(enough && !more, "predicates against a constant len");
        return TRUCE_OK;
    }

  private:
    static constexpr uint64_t range = 32;
    static constexpr uint64_t present = 12;
    const Dict dict_;
};

/* Zeros and ones, of which the ones are even in number. Every value comes back soon: what was read and changed may hold
 * again when it is looked at. */
class Parity : public Scenario {
  public:
    explicit Parity(bool collide)
        : Scenario(collide), left_(new_dict(TRUCE_WORD, TRUCE_WORD)), right_(new_dict(TRUCE_WORD, TRUCE_WORD))
    {
        for (uint64_t key = 0; key < keys; key++) {
            put(dict_of(key), key, 0);
        }
    }

    truce_status change(truce_tx *tx, Random &random) override
    {
        TRUCE_NEED(flip(tx, random.below(keys)));
        breathe(random);
        return flip(tx, random.below(keys));
    }

    truce_status look(truce_tx *tx, Random &random) override
    {
        uint64_t ones = 0;
        const uint64_t first = random.below(keys);
        for (uint64_t i = 0; i < keys; i++) {
            const uint64_t key = (first + i) % keys;
            truce_item value;
            TRUCE_NEED(truce_dict_get(tx, dict_of(key), truce_word(key), &value));
            ones += value.word;
            breathe(random);
        }
        require(ones % 2 == 0, std::to_string(ones) + " ones");
        return TRUCE_OK;
    }

  private:
    static constexpr uint64_t keys = 6;

    truce_dict *dict_of(uint64_t key) const { return key % 2 == 0 ? left_ : right_; }

    truce_status flip(truce_tx *tx, uint64_t key) const
    {
        truce_item value;
        TRUCE_NEED(truce_dict_get(tx, dict_of(key), truce_word(key), &value));
        return truce_dict_set(tx, dict_of(key), truce_word(key), truce_word(1 - value.word));
    }

    const Dict left_, right_;
};

/* ---- the threads ---- */

struct Worker {
    Scenario *scenario;
    Random random;
};

truce_status body(truce_tx *tx, void *arg)
{
    Worker *const worker = static_cast<Worker *>(arg);
    Random &random = worker->random;
    if (random.one_in(2)) TRUCE_TRY(worker->scenario->look(tx, random));
    for (uint64_t changes = random.below(3); changes > 0; changes--) {
        TRUCE_TRY(worker->scenario->change(tx, random));
        breathe(random);
    }
    if (random.one_in(3)) TRUCE_TRY(worker->scenario->look(tx, random));
    return random.one_in(6) ? TRUCE_USER_ROLL_BACK : TRUCE_OK;
}

template <class Kind> std::unique_ptr<Scenario> make(bool collide)
{
    return std::make_unique<Kind>(collide);
}

struct Setting {
    const char *name;
    std::unique_ptr<Scenario> (*make)(bool collide);
    unsigned threads;
};

std::string name_of(const testing::TestParamInfo<Setting> &info)
{
    return info.param.name + std::to_string(info.param.threads);
}

class Opacity : public testing::TestWithParam<Setting> {};

TEST_P(Opacity, OneConsistentState)
{
    const uint64_t first_seed = seed();
    truce_stats before = TRUCE_STATS_INIT;
    truce_stats after = TRUCE_STATS_INIT;
    truce_stats_process(&before);
    for (const bool collide : {false, true}) {
        const std::unique_ptr<Scenario> scenario = GetParam().make(collide);
        const uint64_t end_ns = end_of_part_ns(56, 4);
        run_threads(GetParam().threads, [&](unsigned thread) {
            Worker worker = {scenario.get(), Random(first_seed + thread)};
            do {
                const truce_status status = truce_run(nullptr, body, &worker);
                ASSERT_TRUE(status == TRUCE_OK || status == TRUCE_USER_ROLL_BACK) << truce_status_name(status);
            } while (now_ns() < end_ns && scenario->broken().empty());
        });
        EXPECT_EQ("", scenario->broken()) << (collide ? "with one hash for all keys" : "with the ordinary hash");
    }
    truce_stats_process(&after);
    EXPECT_GT(after.conflicts, before.conflicts) << "without a conflict this shows little";
}

std::vector<Setting> settings()
{
    std::vector<Setting> all;
    for (const unsigned threads : {2u, 4u, 8u, 16u}) {
        all.push_back({"Bank", make<Bank>, threads});
        all.push_back({"Pairs", make<Pairs>, threads});
        all.push_back({"Bytes", make<Bytes>, threads});
        all.push_back({"Ring", make<Ring>, threads});
        all.push_back({"Count", make<Count>, threads});
        all.push_back({"Moves", make<Moves>, threads});
        all.push_back({"Parity", make<Parity>, threads});
    }
    return all;
}

INSTANTIATE_TEST_SUITE_P(Threads, Opacity, testing::ValuesIn(settings()), name_of);

} // namespace

} // namespace truce_test
