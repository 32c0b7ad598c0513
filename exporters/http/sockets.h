// Sockets of a server: made so that programs which the process starts do not inherit them.
//
// Asio makes sockets without close-on-exec, and setting it later leaves a moment in which another
// thread forks.
// Thread safety: pure functions of the system's.
// Cost: a system call or a few.
// Errors: those of the system.
#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <boost/system/error_code.hpp>
#include <vector>

namespace streamhouse::exporters {

// The first that works: a name may have an address of a family that this machine does not speak. Or
// the last error.
boost::system::error_code ListenOnOneOf(const std::vector<boost::asio::ip::tcp::endpoint>& endpoints,
                                        boost::asio::ip::tcp::acceptor& acceptor);

// The next connection; would_block where there is none.
boost::asio::ip::tcp::socket AcceptOne(boost::asio::ip::tcp::acceptor& acceptor, boost::system::error_code& error);

// Ends a connection so that its peer is told at once, also while a child of fork holds a copy of
// the descriptor.
void ResetConnection(boost::asio::ip::tcp::socket& socket);  // what was sent is lost
void CloseConnection(boost::asio::ip::tcp::socket& socket);  // what was sent is delivered

// In a child of fork: gives back its copy of a descriptor, without any effect on the parent's. The
// number stays taken, since objects of the parent's that the child has copies of may close it
// later.
void GiveBackCopy(int descriptor);

}  // namespace streamhouse::exporters
