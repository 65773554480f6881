// Masks the pairs of query strings, form bodies and path parameters. Refuses to know where a query comes from.
#pragma once

#include "actors/redaction/mask_writer.hpp"

#include <string_view>

namespace cleartap::masking {

/// application/x-www-form-urlencoded, with '&' or ';' between the pairs. Keys are compared decoded. A ';' within a
/// sensitive value belongs to it: readers disagree whether it does. What is secret in a value that is encoded is masked
/// where it is written. `cut`: the text goes on behind its end.
void mask_form(std::string_view text, bool cut, mask_writer& out);

/// The values of sensitive matrix parameters (RFC 3986 section 3.3), as in "/a;jsessionid=1/b", the segment behind one
/// that names a secret, user information, and patterns, percent-encoded too.
void mask_path(std::string_view path, mask_writer& out);

/// Only what patterns.hpp finds, in base64 too. `cut`: the text goes on behind its end.
void mask_patterns(std::string_view text, bool cut, mask_writer& out);

} // namespace cleartap::masking
