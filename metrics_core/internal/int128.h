// Int128, Uint128: whole numbers of 128 bits, under names that -Wpedantic takes.
//
// Thread safety: values.
// Cost: that of the compiler's own type.
#pragma once

namespace streamhouse::metrics::internal {

__extension__ using Int128 = __int128;
__extension__ using Uint128 = unsigned __int128;

}  // namespace streamhouse::metrics::internal
