// The functions of Boost.JSON, compiled once for all targets that use it: two copies do not link
// into one program.
#include <boost/json/src.hpp>
