/* Random transactions on a list that owns its words. Every word is given once, or again after it was handed out: so when
 * a transaction has committed, what it found or gave, did not hand out and did not leave in the list was released once,
 * and nothing else was. */
#include <algorithm>
#include <map>

#include <gtest/gtest.h>

#include "history/harness.h"
#include "support/list_model.h"
#include "support/seed.h"

namespace truce_test {

namespace {

std::map<Word, int> released_;

void count_release(void *pointer, void *)
{
    released_[reinterpret_cast<uintptr_t>(pointer)]++;
}

class Owner {
  public:
    explicit Owner(uint64_t seed) : random_(seed), list_(options()) { released_.clear(); }

    void run_one()
    {
        held_ = state_;
        mine_ = free_;
        given_.clear();
        {
            Tx tx;
            for (uint64_t left = random_.below(10); left > 0; --left) do_one(tx);
            if (random_.one_in(4)) return; /* rolled back */
            ASSERT_EQ(TRUCE_OK, truce_commit(tx));
        }
        Elements gone = state_;
        gone.insert(gone.end(), given_.begin(), given_.end());
        for (const Word word : gone) {
            const bool kept = std::count(held_.begin(), held_.end(), word) != 0;
            const bool handed = std::count(mine_.begin(), mine_.end(), word) != 0;
            if (!kept && !handed) expected_[word] = 1;
        }
        state_ = held_;
        free_ = mine_;
    }

    void check()
    {
        for (int i = 0; i < 4; ++i) truce_collect();
        ASSERT_EQ(expected_, released_);
        ASSERT_EQ(state_.size(), length());
    }

    void finish()
    {
        list_.free();
        for (const Word word : state_) expected_[word] = 1;
        state_.clear();
        for (int i = 0; i < 4; ++i) truce_collect();
        ASSERT_EQ(expected_, released_);
    }

  private:
    static truce_list_options options()
    {
        truce_list_options options = TRUCE_LIST_OPTIONS_INIT;
        options.release = count_release;
        return options;
    }

    size_t length()
    {
        size_t count = 0;
        EXPECT_EQ(TRUCE_OK, truce_list_len(TRUCE_ALONE, list_, &count));
        return count;
    }

    /* A word to give: one that was handed out, or a new one. */
    Word word_to_give()
    {
        if (mine_.empty() || random_.one_in(2)) return next_++;
        const Word word = mine_.back();
        mine_.pop_back();
        return word;
    }

    void do_one(truce_tx *tx)
    {
        const Word index = random_.below(held_.size() + 2);
        truce_item out;
        switch (random_.below(8)) {
        case 0:
        case 1:
            return give(tx, {ListVerb::append, 0, 0});
        case 2:
            return give(tx, {ListVerb::insert, index, 0});
        case 3:
            return give(tx, {ListVerb::set, index, 0});
        case 4: /* the same word over itself */
            if (index >= held_.size()) return;
            EXPECT_EQ(TRUCE_OK, truce_list_set(tx, list_, index, truce_word(held_[index])));
            return;
        case 5:
            if (truce_list_pop(tx, list_, &out) == TRUCE_OK) {
                EXPECT_EQ(held_.back(), out.word);
                mine_.push_back(out.word);
                held_.pop_back();
            }
            return;
        case 6: {
            const bool asked = random_.one_in(2);
            if (truce_list_remove(tx, list_, index, asked ? &out : nullptr) != TRUCE_OK) return;
            if (asked) mine_.push_back(held_[index]);
            held_.erase(held_.begin() + static_cast<ptrdiff_t>(index));
            return;
        }
        default:
            if (!random_.one_in(6)) return;
            EXPECT_EQ(TRUCE_OK, truce_list_clear(tx, list_));
            held_.clear();
        }
    }

    void give(truce_tx *tx, ListOp op)
    {
        op.value = word_to_give();
        const ListAnswer told = play(tx, list_, TRUCE_WORD, op);
        if (told.status != TRUCE_OK) { /* refused: still the caller's */
            mine_.push_back(op.value);
            return;
        }
        given_.push_back(op.value);
        change(held_, op);
    }

    Random random_;
    List list_;
    Elements state_, free_;        /* committed: in the list; the caller's */
    Elements held_, mine_, given_; /* the same in the transaction, and what it gave */
    Word next_ = 1;
    std::map<Word, int> expected_;
};

TEST(ListReleaseRandom, EveryWordIsReleasedOnce)
{
    const uint64_t start = seed();
    for (uint64_t round = 0; round < 40; ++round) {
        Owner owner(start + round);
        for (uint64_t i = 0; i < scaled(200); ++i) {
            owner.run_one();
            owner.check();
            if (HasFatalFailure()) FAIL() << "round " << round << ", transaction " << i;
        }
        owner.finish();
    }
}

} // namespace

} // namespace truce_test
