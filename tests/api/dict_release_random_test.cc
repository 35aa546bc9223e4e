/* Random transactions on a dict that owns its words, against a ledger of who owns which: whatever the sequence, each
 * word is released once, or handed out, or still held. */
#include <map>
#include <random>
#include <set>
#include <vector>

#include <gtest/gtest.h>

#include "support/handles.h"
#include "support/seed.h"

using namespace truce_test;

namespace {

constexpr uint64_t keys = 4;

struct Step {
    enum Kind { set, remove, clear, swap, pop, get_or_set } kind;
    uint64_t key, word;
};

/* Who owns the words that were ever given: the dict holds them under a key, is done with them, or gave them back. */
struct Ledger {
    std::map<uint64_t, uint64_t> held; /* by key */
    std::map<uint64_t, uint64_t> done; /* released, or to be released; with the key that held it last */

    void drop(uint64_t key)
    {
        const auto found = held.find(key);
        if (found == held.end()) return;
        done[found->second] = key;
        held.erase(found);
    }

    void give(uint64_t key, uint64_t word)
    {
        const auto found = held.find(key);
        if (found != held.end() && found->second == word) return;
        drop(key);
        held[key] = word;
        done.erase(word);
    }

    void carry_out(const Step &step)
    {
        switch (step.kind) {
        case Step::set:
            return give(step.key, step.word);
        case Step::remove:
            return drop(step.key);
        case Step::clear:
            for (uint64_t key = 0; key < keys; ++key) drop(key);
            return;
        case Step::swap:
            held.erase(step.key);
            return give(step.key, step.word);
        case Step::pop:
            held.erase(step.key);
            return;
        case Step::get_or_set:
            if (held.count(step.key) == 0) give(step.key, step.word);
            return;
        }
    }
};

class ReleaseAtRandom : public testing::Test {
  protected:
    ReleaseAtRandom() : random(seed()), dict(make()) {}

    Dict make()
    {
        truce_dict_options options = dict_options();
        options.release_context = &released;
        options.release = [](void *pointer, void *context) {
            ++(*static_cast<std::map<uint64_t, int> *>(context))[truce_ptr(pointer).word];
        };
        return Dict(options);
    }

    uint64_t below(uint64_t n) { return random() % n; }

    /* What is given is a new word, or one that may be given again: what the key holds, or held before in the same
     * transaction, and what was handed out. With somebody else at work only words from `first_own` on: what is the
     * dict's may be released before this transaction commits. */
    uint64_t some_word(const Ledger &now, const std::set<uint64_t> &handed, uint64_t key, uint64_t first_own)
    {
        std::vector<uint64_t> again(handed.begin(), handed.end());
        const auto found = now.held.find(key);
        if (found != now.held.end() && found->second >= first_own) again.push_back(found->second);
        for (const auto &[word, last_key] : now.done) {
            if (last_key == key && word >= first_own) again.push_back(word);
        }
        if (again.empty() || below(2) == 0) return next_word++;
        return again[below(again.size())];
    }

    std::vector<Step> some_program(Ledger now, uint64_t kinds, bool undisturbed)
    {
        const uint64_t first_own = undisturbed ? 0 : next_word;
        std::vector<Step> program;
        std::set<uint64_t> handed; /* the caller's, and given to nobody since */
        for (uint64_t length = below(10); length > 0; --length) {
            Step step{static_cast<Step::Kind>(below(kinds)), below(keys), 0};
            if (step.kind == Step::clear && below(3) != 0) continue;
            const auto before = now.held.find(step.key);
            const bool hands_out = step.kind == Step::swap || step.kind == Step::pop;
            const uint64_t out = before != now.held.end() && hands_out ? before->second : 0;
            if (step.kind != Step::remove && step.kind != Step::clear && step.kind != Step::pop) {
                step.word = some_word(now, handed, step.key, first_own);
            }
            if (out != 0 && step.word == out) continue;
            program.push_back(step);
            now.carry_out(step);
            handed.erase(step.word);
            if (out != 0) handed.insert(out);
        }
        return program;
    }

    /* What of a program takes effect at its commit: all but a get_or_set that found something. */
    static std::vector<Step> effects(Ledger now, const std::vector<Step> &program)
    {
        std::vector<Step> effects;
        for (Step step : program) {
            if (step.kind == Step::get_or_set) {
                if (now.held.count(step.key) != 0) continue;
                step.kind = Step::set;
            }
            now.carry_out(step);
            effects.push_back(step);
        }
        return effects;
    }

    void play(truce_tx *tx, const Step &step)
    {
        const truce_item key = truce_word(step.key), word = truce_word(step.word);
        truce_item out;
        switch (step.kind) {
        case Step::set:
            ASSERT_EQ(TRUCE_OK, truce_dict_set(tx, dict, key, word));
            break;
        case Step::remove:
            ASSERT_EQ(TRUCE_OK, truce_dict_remove(tx, dict, key, nullptr));
            break;
        case Step::clear:
            ASSERT_EQ(TRUCE_OK, truce_dict_clear(tx, dict));
            break;
        case Step::swap:
            ASSERT_GE(truce_dict_swap(tx, dict, key, word, &out), 0);
            break;
        case Step::pop:
            ASSERT_GE(truce_dict_pop(tx, dict, key, &out), 0);
            break;
        case Step::get_or_set:
            ASSERT_EQ(TRUCE_OK, truce_dict_get_or_set(tx, dict, key, word, &out, nullptr));
            break;
        }
    }

    void check()
    {
        truce_collect();
        for (const auto &[word, times] : released) {
            ASSERT_EQ(1, times) << word;
            ASSERT_EQ(1u, ledger.done.count(word)) << word << " was released and is not the dict's to release";
        }
        ASSERT_EQ(ledger.done.size(), released.size()) << "some word was not released";
        released.clear();
        ledger.done.clear();
    }

    static std::string text(const std::vector<Step> &program)
    {
        std::string out;
        for (const Step &step : program) {
            static const char *const names[] = {"set", "remove", "clear", "swap", "pop", "get_or_set"};
            out += std::string("\n  ") + names[step.kind] + " " + std::to_string(step.key) + " " +
                   std::to_string(step.word);
        }
        return out;
    }

    std::mt19937_64 random;
    std::map<uint64_t, int> released;
    Dict dict;
    Ledger ledger;
    uint64_t next_word = 1000;
};

/* Each transaction alone, or with another one, of blind operations, that commits while it is open. */
TEST_F(ReleaseAtRandom, EveryWordOnce)
{
    constexpr uint64_t all_kinds = 6, blind_kinds = 3;
    for (int turn = 0; turn < 20000 && !HasFatalFailure(); ++turn) {
        const bool undisturbed = below(2) == 0;
        const auto program = some_program(ledger, all_kinds, undisturbed);
        const auto other = undisturbed ? std::vector<Step>() : some_program(ledger, blind_kinds, false);
        SCOPED_TRACE("turn " + std::to_string(turn) + ": " + text(program) + "\nmeanwhile" + text(other));
        {
            Tx tx, disturber;
            const auto effects_of_it = effects(ledger, program);
            for (const Step &step : program) play(tx, step);
            for (const Step &step : other) play(disturber, step);
            ASSERT_EQ(TRUCE_OK, truce_commit(disturber));
            for (const Step &step : other) ledger.carry_out(step);
            if (below(4) == 0) {
                ASSERT_EQ(TRUCE_OK, truce_abort(tx));
            } else {
                const truce_status status = truce_commit(tx);
                ASSERT_TRUE(status == TRUCE_OK || (status == TRUCE_CONFLICT && !other.empty()));
                if (status == TRUCE_OK) {
                    for (const Step &step : effects_of_it) ledger.carry_out(step);
                }
            }
        }
        check();
        ASSERT_EQ(ledger.held.size(), length(dict));
    }
    for (uint64_t key = 0; key < keys; ++key) ledger.drop(key);
    dict.free();
    check();
}

} // namespace
