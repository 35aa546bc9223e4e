/* Running out of memory, at every allocation there is: each scripted program is run with its first allocation refused,
 * its second, and so on until it passes. Whatever was refused, it succeeds whole or answers TRUCE_NO_MEMORY with
 * nothing changed, and afterwards everything works. */
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "support/gate.h"
#include "support/handles.h"

using namespace truce_test;

namespace {

constexpr truce_item k1 = {1, 0, TRUCE_WORD};

/* What the programs work on. What is done to `noise` is not part of their outcome. */
struct World {
    Dict words, names{TRUCE_BYTES, TRUCE_BYTES, "names"}, noise;

    World()
    {
        for (uint64_t key = 0; key < 40; ++key) {
            put(words, key, 1);
            const std::string name = "name " + std::to_string(key);
            EXPECT_EQ(TRUCE_OK, truce_dict_set(TRUCE_ALONE, names, truce_text(name.c_str()), truce_text("value")));
        }
        put(noise, 1, 1);
    }

    using Content = std::map<std::string, std::string>;

    Content content() const
    {
        Content all;
        const auto collect_words = [](void *to, truce_item key, truce_item value) -> truce_status {
            (*static_cast<Content *>(to))[std::to_string(key.word)] = std::to_string(value.word);
            return TRUCE_OK;
        };
        const auto collect_names = [](void *to, truce_item key, truce_item value) -> truce_status {
            const auto text = [](truce_item bytes) {
                return std::string(static_cast<const char *>(truce_as_bytes(bytes)), bytes.size);
            };
            (*static_cast<Content *>(to))[text(key)] = text(value);
            return TRUCE_OK;
        };
        Tx tx;
        EXPECT_EQ(TRUCE_OK, truce_dict_each(tx, words, collect_words, &all));
        EXPECT_EQ(TRUCE_OK, truce_dict_each(tx, names, collect_names, &all));
        EXPECT_EQ(TRUCE_OK, truce_commit(tx));
        EXPECT_EQ(all.size(), length(words) + length(names));
        return all;
    }
};

using Program = std::function<truce_status(World &)>;

/* One refusal, and what must hold afterwards. */
void refuse_once(const Program &program, const World::Content &before, const World::Content &done, Gate &gate,
                 bool own_thread, World &world)
{
    truce_status status = TRUCE_UNEXPECTED;
    if (own_thread) {
        std::thread thread([&] { status = program(world); });
        thread.join();
    } else {
        status = program(world);
    }
    gate.open();
    ASSERT_TRUE(status == TRUCE_OK || (status == TRUCE_NO_MEMORY && gate.refused())) << truce_status_name(status);
    ASSERT_EQ(status == TRUCE_OK ? done : before, world.content());
    if (status == TRUCE_OK) return;
    ASSERT_EQ(TRUCE_OK, program(world)) << "the next one works";
    ASSERT_EQ(done, world.content());
}

void refuse_every_allocation(const Program &program)
{
    World untroubled;
    const World::Content before = untroubled.content();
    ASSERT_EQ(TRUCE_OK, program(untroubled));
    const World::Content done = untroubled.content();
    for (const Gate::Extent extent : {Gate::only_the_nth, Gate::from_the_nth_on}) {
        for (const bool own_thread : {false, true}) {
            for (uint64_t n = 1;; ++n) {
                SCOPED_TRACE(std::to_string(n) +
                             (extent == Gate::only_the_nth ? "th refused" : "th and later refused") +
                             (own_thread ? ", in a new thread" : ""));
                World world;
                Gate gate(n, extent);
                ASSERT_NO_FATAL_FAILURE(refuse_once(program, before, done, gate, own_thread, world));
                if (!gate.refused()) break;
                ASSERT_LT(n, 3000u);
            }
        }
    }
}

/* A transaction of one body. */
template <class Body> Program in_a_run(Body body)
{
    return [body](World &world) { return run([&](truce_tx *tx) -> truce_status { return body(tx, world); }); };
}

std::string numbered(const char *stem, uint64_t number)
{
    return stem + std::to_string(number);
}

TEST(OutOfMemory, SetsOfWords)
{
    refuse_every_allocation(in_a_run([](truce_tx *tx, World &world) -> truce_status {
        for (uint64_t key = 0; key < 600; ++key) TRUCE_NEED(truce_dict_set(tx, world.words, truce_word(key), k1));
        return TRUCE_OK;
    }));
}

TEST(OutOfMemory, SetsOfBytes)
{
    refuse_every_allocation(in_a_run([](truce_tx *tx, World &world) -> truce_status {
        for (uint64_t i = 0; i < 60; ++i) {
            const std::string key = numbered("name ", i), value(i * i, 'v');
            TRUCE_NEED(truce_dict_set(tx, world.names, truce_text(key.c_str()), truce_text(value.c_str())));
            TRUCE_NEED(truce_dict_set(tx, world.names, truce_text(key.c_str()), truce_text(key.c_str())));
        }
        return TRUCE_OK;
    }));
}

TEST(OutOfMemory, ReadingMuchAndChangingALittle)
{
    refuse_every_allocation(in_a_run([](truce_tx *tx, World &world) -> truce_status {
        truce_item value;
        bool present = false;
        for (uint64_t key = 0; key < 600; ++key) {
            const truce_status status = truce_dict_get(tx, world.words, truce_word(key), &value);
            TRUCE_TRY(status);
            const std::string name = numbered("name ", key);
            TRUCE_NEED(truce_dict_contains(tx, world.names, truce_text(name.c_str()), &present));
        }
        size_t count = 0;
        TRUCE_NEED(truce_dict_len(tx, world.words, &count));
        return truce_dict_set(tx, world.words, truce_word(count), k1);
    }));
}

TEST(OutOfMemory, GetManyAndEach)
{
    refuse_every_allocation(in_a_run([](truce_tx *tx, World &world) -> truce_status {
        std::vector<truce_item> keys, values(100);
        for (uint64_t key = 0; key < 100; ++key) keys.push_back(truce_word(key));
        TRUCE_NEED(truce_dict_get_many(tx, world.words, keys.data(), keys.size(), values.data()));
        const auto pass = [](void *, truce_item, truce_item) -> truce_status { return TRUCE_OK; };
        TRUCE_NEED(truce_dict_each(tx, world.words, pass, nullptr));
        TRUCE_NEED(truce_dict_each_key(tx, world.names, pass, nullptr));
        TRUCE_NEED(truce_dict_set(tx, world.words, truce_word(77), k1));
        return truce_dict_each(tx, world.names, pass, nullptr);
    }));
}

TEST(OutOfMemory, SwapsPopsAndRemoves)
{
    refuse_every_allocation(in_a_run([](truce_tx *tx, World &world) -> truce_status {
        truce_item old, now;
        bool yes = false;
        for (uint64_t i = 0; i < 40; ++i) {
            const std::string name = numbered("name ", i), other = numbered("other ", i);
            const truce_item key = truce_text(name.c_str()), second = truce_text(other.c_str());
            if (i % 4 == 0) TRUCE_NEED(truce_dict_swap(tx, world.names, key, second, &old));
            if (i % 4 == 1) TRUCE_NEED(truce_dict_pop(tx, world.names, key, &old));
            if (i % 4 == 2) TRUCE_NEED(truce_dict_remove(tx, world.names, key, &yes));
            if (i % 4 == 3) TRUCE_NEED(truce_dict_replace(tx, world.names, key, truce_text("value"), second, &yes));
            TRUCE_NEED(truce_dict_get_or_set(tx, world.names, second, key, &now, &yes));
            TRUCE_NEED(truce_dict_remove(tx, world.words, truce_word(i), nullptr));
        }
        return TRUCE_OK;
    }));
}

TEST(OutOfMemory, BlindUpdates)
{
    refuse_every_allocation(in_a_run([](truce_tx *tx, World &world) -> truce_status {
        truce_item value;
        const auto update = [](truce_item now, truce_item operand) { return truce_word(now.word * 3 + operand.word); };
        for (uint64_t key = 0; key < 100; ++key) {
            TRUCE_NEED(truce_dict_add(tx, world.words, truce_word(key), 5));
            TRUCE_NEED(truce_dict_max(tx, world.words, truce_word(key), 3));
            TRUCE_NEED(truce_dict_apply(tx, world.words, truce_word(key), update, truce_word(2)));
            if (key % 3 == 0) TRUCE_NEED(truce_dict_get(tx, world.words, truce_word(key), &value));
            TRUCE_NEED(truce_dict_or(tx, world.words, truce_word(key), 1));
        }
        return TRUCE_OK;
    }));
}

TEST(OutOfMemory, ClearAndFillAgain)
{
    refuse_every_allocation(in_a_run([](truce_tx *tx, World &world) -> truce_status {
        TRUCE_NEED(truce_dict_clear(tx, world.words));
        TRUCE_NEED(truce_dict_clear(tx, world.names));
        for (uint64_t key = 0; key < 30; ++key) {
            const std::string name = numbered("new ", key);
            TRUCE_NEED(truce_dict_set(tx, world.words, truce_word(key * 1000), k1));
            TRUCE_NEED(truce_dict_set(tx, world.names, truce_text(name.c_str()), truce_text("")));
        }
        return TRUCE_OK;
    }));
}

TEST(OutOfMemory, OperationsAlone)
{
    const std::vector<Program> programs = {
        [](World &w) { return truce_dict_set(TRUCE_ALONE, w.words, truce_word(1000), k1); },
        [](World &w) { return truce_dict_add(TRUCE_ALONE, w.words, truce_word(1), 1); },
        [](World &w) { return truce_dict_remove(TRUCE_ALONE, w.words, truce_word(1), nullptr); },
        [](World &w) { return truce_dict_set(TRUCE_ALONE, w.names, truce_text("name 1"), truce_text("other")); },
        [](World &w) { return truce_dict_set(TRUCE_ALONE, w.names, truce_text("new"), truce_text("other")); },
        [](World &w) { return truce_dict_clear(TRUCE_ALONE, w.names); },
        [](World &w) {
            truce_item old;
            return truce_dict_swap(TRUCE_ALONE, w.words, truce_word(1), truce_word(2), &old);
        },
        [](World &w) {
            size_t size = 0;
            char buffer[10];
            return truce_dict_copy(TRUCE_ALONE, w.names, truce_text("name 1"), buffer, sizeof buffer, &size);
        },
        [](World &w) {
            const auto pass = [](void *, truce_item, truce_item) -> truce_status { return TRUCE_OK; };
            return truce_dict_each(TRUCE_ALONE, w.words, pass, nullptr);
        },
    };
    for (const Program &program : programs) refuse_every_allocation(program);
}

TEST(OutOfMemory, ActionsAndRetirements)
{
    static int committed, aborted, released;
    refuse_every_allocation([](World &world) {
        committed = aborted = released = 0;
        const truce_status status = run([&](truce_tx *tx) -> truce_status {
            for (int i = 0; i < 300; ++i) {
                TRUCE_NEED(truce_on_commit(
                    tx, [](void *count) { ++*static_cast<int *>(count); }, &committed));
                TRUCE_NEED(truce_on_abort(
                    tx, [](void *count) { ++*static_cast<int *>(count); }, &aborted));
                TRUCE_NEED(truce_retire(
                    tx, &released, [](void *count, void *) { ++*static_cast<int *>(count); }, nullptr));
            }
            return truce_dict_set(tx, world.words, truce_word(500), k1);
        });
        truce_collect();
        EXPECT_EQ(status == TRUCE_OK ? 300 : 0, committed);
        EXPECT_TRUE(status == TRUCE_OK ? aborted == 0 : aborted <= 300);
        EXPECT_EQ(status == TRUCE_OK ? 300 : 0, released);
        return status;
    });
}

TEST(OutOfMemory, AConflictAndTheAttemptAfterIt)
{
    refuse_every_allocation([](World &world) {
        int calls = 0;
        truce_report report = TRUCE_REPORT_INIT;
        truce_run_options options = run_options();
        options.report = &report;
        return run(&options, [&](truce_tx *tx) -> truce_status {
            truce_item value;
            TRUCE_NEED(truce_dict_get(tx, world.noise, k1, &value));
            if (++calls == 1) TRUCE_NEED(truce_dict_add(TRUCE_ALONE, world.noise, k1, 1));
            TRUCE_NEED(truce_dict_set(tx, world.names, truce_text("new"), truce_text("value")));
            return truce_dict_set(tx, world.words, truce_word(800), k1);
        });
    });
}

TEST(OutOfMemory, ByHandWithSeveralOpen)
{
    refuse_every_allocation([](World &world) {
        std::vector<truce_tx *> open(20);
        truce_status worst = TRUCE_OK;
        for (truce_tx *&tx : open) {
            truce_status status = truce_begin(nullptr, &tx);
            EXPECT_NE(nullptr, tx);
            truce_item value = {1, 1, 1};
            const truce_status read = truce_dict_get(tx, world.words, k1, &value);
            EXPECT_EQ(status == TRUCE_OK ? TRUCE_WORD : TRUCE_NONE, static_cast<int>(value.kind));
            if (status == TRUCE_OK) status = read;
            EXPECT_EQ(status, truce_commit(tx));
            if (status < 0) worst = status;
        }
        for (truce_tx *const tx : open) {
            EXPECT_GE(truce_commit_number(tx), 0u);
            truce_end(tx);
        }
        return worst;
    });
}

TEST(OutOfMemory, ADictOfItsOwn)
{
    refuse_every_allocation([](World &) {
        truce_dict *dict = reinterpret_cast<truce_dict *>(1);
        const truce_dict_options options = dict_options(TRUCE_BYTES, TRUCE_BYTES, "its own");
        truce_status status = truce_dict_new(&options, &dict);
        EXPECT_EQ(status == TRUCE_OK, dict != nullptr);
        if (status == TRUCE_OK) status = truce_dict_set(TRUCE_ALONE, dict, truce_text("key"), truce_text("value"));
        truce_dict_free(dict);
        return status;
    });
}

TEST(OutOfMemory, AFailedAttemptCanBeMadeAgain)
{
    World world;
    Tx tx;
    {
        Gate gate(1, Gate::from_the_nth_on);
        truce_status status = TRUCE_OK;
        for (uint64_t key = 0; key < 100000 && status == TRUCE_OK; ++key) {
            status = truce_dict_set(tx, world.words, truce_word(key), k1);
        }
        EXPECT_EQ(TRUCE_NO_MEMORY, status);
        EXPECT_EQ(TRUCE_NO_MEMORY, truce_commit(tx));
        truce_collect();
    }
    EXPECT_EQ(World().content(), world.content());
    EXPECT_EQ(TRUCE_OK, truce_again(tx));
    EXPECT_EQ(TRUCE_OK, truce_dict_set(tx, world.words, truce_word(1000), k1));
    EXPECT_EQ(TRUCE_OK, truce_commit(tx));
    EXPECT_EQ(1, held(world.words, 1000));
}

TEST(OutOfMemory, FreeingNeedsNoMemory)
{
    auto world = std::make_unique<World>();
    Tx open;
    Gate gate(1, Gate::from_the_nth_on);
    world.reset();
    open.end();
    truce_collect();
}

TEST(OutOfMemory, IsCounted)
{
    truce_stats before = TRUCE_STATS_INIT, after = TRUCE_STATS_INIT;
    Dict names(TRUCE_BYTES, TRUCE_BYTES);
    const std::string value(100000, 'v');
    truce_stats_thread(&before);
    {
        Gate gate(1, Gate::from_the_nth_on);
        EXPECT_EQ(TRUCE_NO_MEMORY, run([&](truce_tx *tx) {
                      return truce_dict_set(tx, names, truce_text("key"), truce_text(value.c_str()));
                  }));
    }
    truce_stats_thread(&after);
    EXPECT_EQ(1u, after.memory_aborts - before.memory_aborts);
    EXPECT_EQ(0u, after.commits - before.commits);
}

TEST(MemoryUsed, ReadingAbsentKeysLeavesNothing)
{
    Dict words, names(TRUCE_BYTES, TRUCE_WORD);
    put(words, 1, 1);
    const auto read = [&](uint64_t from, uint64_t to) {
        truce_item value;
        for (uint64_t key = from; key < to; ++key) {
            const std::string name = numbered("absent ", key);
            ASSERT_EQ(TRUCE_ABSENT, truce_dict_get(TRUCE_ALONE, words, truce_word(key), &value));
            ASSERT_EQ(TRUCE_ABSENT, truce_dict_get(TRUCE_ALONE, names, truce_text(name.c_str()), &value));
            Tx tx;
            ASSERT_EQ(TRUCE_ABSENT, truce_dict_get(tx, words, truce_word(key), &value));
            ASSERT_EQ(TRUCE_ABSENT, truce_dict_get(tx, names, truce_text(name.c_str()), &value));
            ASSERT_EQ(TRUCE_OK, truce_commit(tx));
        }
    };
    read(100, 1000);
    Gate counting;
    read(1000, 101000);
    EXPECT_EQ(0u, counting.asked());
}

TEST(MemoryUsed, AnEmptyDictIsSmall)
{
    Dict first;
    Gate counting;
    Dict second;
    EXPECT_LE(counting.bytes(), 256u);
    size_t count = 7;
    EXPECT_EQ(TRUCE_OK, truce_dict_len(TRUCE_ALONE, second, &count));
    EXPECT_EQ(0u, count);
    EXPECT_LE(counting.bytes(), 256u);
}

} // namespace
