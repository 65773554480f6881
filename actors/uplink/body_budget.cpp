#include "actors/uplink/body_budget.hpp"

#include "actors/inventory/authority.hpp"
#include "actors/inventory/path_shape.hpp"
#include "actors/inventory/stable_hash.hpp"

#include <algorithm>
#include <utility>

namespace cleartap {

namespace {

using namespace std::chrono_literals;

constexpr auto burst_max = 1.0;             // seconds of its rate that a bucket holds
constexpr auto share_burst_max = 10.0;      // seconds of its share that a key may save up: what is rare comes in bursts
constexpr auto shares_min = std::size_t{8}; // or the first key would have all, and nothing would be left for the second
constexpr auto epoch_length = 10s;          // a key that did not come for one to two of them has no share

double seconds(std::chrono::nanoseconds time) { return std::chrono::duration<double>{time}.count(); }

std::uint64_t key_of(const exchange& what) {
  auto text = std::string{};
  if (what.request) {
    text = authority_of(what);
    text.append(" ").append(what.request->method).append(" ").append(path_shape(what.request->path));
  }
  return stable_hash(text.append(" ").append(std::to_string(what.response ? what.response->status : 0)));
}

std::uint64_t size_of_bodies(const exchange& what) noexcept {
  return (what.request ? what.request->body.bytes.size() : 0) + (what.response ? what.response->body.bytes.size() : 0);
}

void leave_out(http_body& body) {
  if (body.bytes.empty())
    return;
  std::string{}.swap(body.bytes); // an empty string may keep its memory
  body.truncated = true;
}

void leave_out_bodies(exchange& what) {
  if (what.request)
    leave_out(what.request->body);
  if (what.response)
    leave_out(what.response->body);
  if (what.quality == exchange_quality::complete)
    what.quality = exchange_quality::body_sampled;
}

} // namespace

void body_budget::limit(std::size_t rate_max) noexcept {
  reserve_rate_ = static_cast<double>(rate_max) / 2;
  if (!started_)
    reserve_ = open_ = level_max();
  reserve_ = std::min(reserve_, level_max());
  open_ = std::min(open_, level_max());
}

void body_budget::apply(exchange& what, time_point now) {
  const auto size = size_of_bodies(what);
  if (size == 0)
    return;
  fill(now);
  counted_.in += size;
  if (passes(what, static_cast<double>(size), now)) {
    counted_.out += size;
  } else {
    counted_.sampled += size;
    leave_out_bodies(what);
  }
}

body_bytes body_budget::take_counted() noexcept { return std::exchange(counted_, {}); }

void body_budget::fill(time_point now) noexcept {
  if (!std::exchange(started_, true))
    filled_ = epoch_begin_ = now;
  const auto fresh = seconds(std::max(now - filled_, time_point{0})) * reserve_rate_;
  filled_ = std::max(filled_, now);
  reserve_ += fresh;
  const auto over = std::max(0.0, reserve_ - level_max());
  reserve_ -= over;
  open_ = std::min(open_ + fresh + over, level_max());
}

/// Who comes first is served first; keys only matter once that is used up.
bool body_budget::passes(const exchange& what, double size, time_point now) {
  if (open_ > 0) {
    open_ -= size;
    return true;
  }
  if (reserve_rate_ == 0)
    return false;
  count_epoch(now);
  auto& own = share_of(key_of(what), now);
  if (own.level <= 0 || reserve_ <= 0)
    return false;
  own.level -= size;
  reserve_ -= size;
  return true;
}

void body_budget::count_epoch(time_point now) noexcept {
  const auto over = now - epoch_begin_;
  if (over < epoch_length)
    return;
  keys_before_ = over < 2 * epoch_length ? keys_ : 0;
  keys_ = 0;
  epoch_begin_ = now;
  ++epoch_;
}

double body_budget::level_max() const noexcept { return reserve_rate_ * burst_max; }

double body_budget::share_rate() const noexcept {
  return reserve_rate_ / static_cast<double>(std::max({keys_, keys_before_, shares_min}));
}

double body_budget::share_max() const noexcept {
  return std::min(share_rate() * share_burst_max, level_max() / static_cast<double>(shares_min));
}

body_budget::share& body_budget::share_of(hash key, time_point now) noexcept {
  auto& set = sets_[key % sets_.size()];
  auto found = std::ranges::find_if(set, [&](const share& each) { return each.taken && each.key == key; });
  if (found == set.end()) {
    found = std::ranges::min_element(set, {}, [](const share& each) { return std::pair{each.taken, each.filled}; });
    // Many keys come only once. They must not use up what the others count on, nor make their shares smaller.
    *found = {true, key, reserve_ > level_max() / 2 ? share_max() : 0.0, now};
    return *found;
  }
  if (std::exchange(found->epoch, epoch_) != epoch_)
    ++keys_;
  const auto fresh = seconds(std::max(now - found->filled, time_point{0})) * share_rate();
  found->level = std::min(found->level + fresh, share_max());
  found->filled = std::max(found->filled, now);
  return *found;
}

} // namespace cleartap
