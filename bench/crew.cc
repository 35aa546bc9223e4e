#include "crew.h"

#include "machine.h"

namespace bench {

Crew::Crew(int size)
{
    threads_.reserve(static_cast<std::size_t>(size));
    for (int member = 0; member < size; ++member) {
        threads_.emplace_back([this, member] { work(member); });
    }
}

Crew::~Crew()
{
    {
        const std::lock_guard<std::mutex> guard(mutex_);
        dismissed_ = true;
    }
    called_.notify_all();
    for (std::thread &thread : threads_) thread.join();
}

void Crew::run(int members, const std::function<void(int)> &job)
{
    std::unique_lock<std::mutex> lock(mutex_);
    job_ = &job;
    members_ = members;
    busy_ = members;
    arrived_.store(0, std::memory_order_relaxed); // members see it through mutex_
    ++calls_;
    called_.notify_all();
    done_.wait(lock, [this] { return busy_ == 0; });
}

void Crew::work(int member)
{
    pin_thread(member);
    unsigned answered = 0;
    std::unique_lock<std::mutex> lock(mutex_);
    for (;;) {
        called_.wait(lock, [&] { return dismissed_ || calls_ != answered; });
        if (dismissed_) return;
        answered = calls_;
        if (member >= members_) continue;
        const std::function<void(int)> &job = *job_;
        const int members = members_;
        lock.unlock();
        // Relaxed: it only lines up the start; what the job reads was handed over through mutex_.
        arrived_.fetch_add(1, std::memory_order_relaxed);
        for (Spin spin; arrived_.load(std::memory_order_relaxed) < members;) spin.wait();
        job(member);
        lock.lock();
        if (--busy_ == 0) done_.notify_one();
    }
}

} // namespace bench
