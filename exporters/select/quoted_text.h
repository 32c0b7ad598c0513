// TakeQuoted: a string as PromQL has it, in double or single quotes or in backquotes.
//
// When to use something else: LabelReader (label_reader.h) for the labels of a page, which has
// fewer escapes.
// Guarantees:
// 1. In double and single quotes the escapes of Go stand for what they mean: \a \b \f \n \r \t \v
//    \\, the quote itself, \ooo, \xhh, \uhhhh and \Uhhhhhhhh.
// 2. Text in backquotes has no escapes.
// Thread safety: pure.
// Cost: a copy of the text.
// Errors: InvalidArgument for a string without an end or with another escape; `text` then begins at
// the fault.
#pragma once

#include <string>
#include <string_view>

#include "metrics_core/status.h"

namespace streamhouse::exporters {

// Takes the string that `text` begins with off it. The first byte is one of the quotes.
metrics::Result<std::string> TakeQuoted(std::string_view& text);

}  // namespace streamhouse::exporters
