#include "exporters/http/message/response.h"

#include <boost/beast/http/status.hpp>

namespace streamhouse::exporters {

namespace http = boost::beast::http;

std::string_view ReasonPhrase(int status) {
  const auto reason = http::obsolete_reason(http::int_to_status(static_cast<unsigned>(status)));
  return {reason.data(), reason.size()};
}

Response ErrorResponse(int status) {
  Response response;
  response.status = status;
  response.body = std::to_string(status);
  response.body.append(" ").append(ReasonPhrase(status)).append("\n");
  return response;
}

}  // namespace streamhouse::exporters
