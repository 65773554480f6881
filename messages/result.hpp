// A value or the reason why there is none. Knows nothing of exceptions: a recoverable failure is returned, a bug is an
// assert.
#pragma once

#include <cassert>
#include <optional>
#include <string>
#include <utility>
#include <variant>

namespace cleartap {

/// Why something could not be done, in one line for a person: the cause, then the mend.
struct failure {
  std::string text;
};

template <class T>
class [[nodiscard]] result {
public:
  result(T value) : state_{std::move(value)} {}
  result(failure why) : state_{std::move(why)} {}

  explicit operator bool() const noexcept { return std::holds_alternative<T>(state_); }

  T& operator*() & { return assert(*this), std::get<T>(state_); }
  const T& operator*() const& { return assert(*this), std::get<T>(state_); }
  T&& operator*() && { return assert(*this), std::get<T>(std::move(state_)); }
  T* operator->() { return &**this; }
  const T* operator->() const { return &**this; }

  const failure& error() const { return assert(!*this), std::get<failure>(state_); }

private:
  std::variant<T, failure> state_;
};

template <>
class [[nodiscard]] result<void> {
public:
  result() = default;
  result(failure why) : failure_{std::move(why)} {}

  explicit operator bool() const noexcept { return !failure_; }
  const failure& error() const { return assert(failure_), *failure_; }

private:
  std::optional<failure> failure_;
};

} // namespace cleartap
