// A crew: threads that wait for jobs. Member t stays on CPU t (modulo their count) from start to end.
#ifndef BENCH_CREW_H
#define BENCH_CREW_H

#include <atomic>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace bench {

class Crew {
  public:
    explicit Crew(int size);
    ~Crew();
    Crew(const Crew &) = delete;
    Crew &operator=(const Crew &) = delete;

    // Members 0 to members - 1 call job(member), all from one instant on. Returns when the last one is done.
    void run(int members, const std::function<void(int)> &job);

  private:
    void work(int member);

    std::mutex mutex_; // guards all below but arrived_
    std::condition_variable called_;
    std::condition_variable done_;
    const std::function<void(int)> *job_ = nullptr;
    int members_ = 0;
    int busy_ = 0;
    unsigned calls_ = 0;
    bool dismissed_ = false;
    std::atomic<int> arrived_{0}; // members of the present job that are ready to start
    std::vector<std::thread> threads_;
};

} // namespace bench

#endif
