/* Long chains: all keys in one bucket, and transactions that put in and take out several at once, so that chained
 * buckets come and go within one commit. In one thread, against a plain map. */
#include <gtest/gtest.h>
#include <truce/truce.h>

#include "history/harness.h"
#include "support/collide.h"
#include "support/handles.h"
#include "support/model.h"
#include "support/play.h"
#include "support/seed.h"

namespace truce_test {

namespace {

const Flavor flavor = {TRUCE_WORD, TRUCE_WORD, true};

/* A key that is put in while the only other one of its chained bucket is taken out. */
TEST(DictChain, OneComesWhileTheLastOfABucketGoes)
{
    for (Word keys = 0; keys <= 20; keys++) {
        for (Word gone = 0; gone < keys; gone++) {
            const Dict dict;
            truce_test_collide(dict);
            State state;
            for (Word key = 0; key < keys; key++) {
                put(dict, key, 1);
                state[key] = 1;
            }
            ASSERT_EQ(TRUCE_OK, run([&](truce_tx *tx) {
                          TRUCE_NEED(truce_dict_remove(tx, dict, truce_word(gone), nullptr));
                          return truce_dict_set(tx, dict, truce_word(keys), truce_word(2));
                      }));
            state.erase(gone);
            state[keys] = 2;
            ASSERT_EQ(state, content(dict, flavor)) << keys << " keys, without " << gone;
        }
    }
}

TEST(DictChain, ManyComeAndGoAtOnce)
{
    constexpr Word keys = 40;
    Random random(seed());
    const Dict dict;
    truce_test_collide(dict);
    State state;
    for (uint64_t i = 0; i < scaled(20000); i++) {
        const uint64_t changes = random.one_in(8) ? keys : 1 + random.below(6);
        ASSERT_EQ(TRUCE_OK, run([&](truce_tx *tx) -> truce_status {
                      if (random.one_in(100)) {
                          TRUCE_NEED(truce_dict_clear(tx, dict));
                          state.clear();
                      }
                      for (uint64_t left = changes; left > 0; left--) {
                          const Word key = random.below(keys);
                          if (random.one_in(2)) {
                              TRUCE_NEED(truce_dict_set(tx, dict, truce_word(key), truce_word(i)));
                              state[key] = i;
                          } else {
                              TRUCE_NEED(truce_dict_remove(tx, dict, truce_word(key), nullptr));
                              state.erase(key);
                          }
                      }
                      return TRUCE_OK;
                  }));
        ASSERT_EQ(state, content(dict, flavor)) << "transaction " << i;
    }
}

} // namespace

} // namespace truce_test
