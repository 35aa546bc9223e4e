// A truce_dict with the keys of a setting.
#ifndef BENCH_TRUCE_TABLE_H
#define BENCH_TRUCE_TABLE_H

#include <truce/dict.h>

#include "contestant.h"

namespace bench {

class TruceTable {
  public:
    // With every key of the setting, and what it holds at first.
    explicit TruceTable(const Setting &setting);
    ~TruceTable();
    TruceTable(const TruceTable &) = delete;
    TruceTable &operator=(const TruceTable &) = delete;

    // Every key holds what it holds at first.
    void reset();

    truce_dict *dict() const { return dict_; }

    // Of all keys, by number.
    std::vector<std::optional<std::uint64_t>> values() const;

  private:
    truce_dict *dict_;
    Setting setting_;
};

} // namespace bench

#endif
