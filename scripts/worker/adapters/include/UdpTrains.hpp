#ifndef AMBIENT_UDP_TRAINS_HPP
#define AMBIENT_UDP_TRAINS_HPP

#include "DatagramList.hpp"
#include <uv.h>

/**
 * Sends a list of datagrams by sendmmsg(). Consecutive datagrams to one destination form a train: one message that the
 * kernel, or the network card, splits into the datagrams (UDP_SEGMENT, Linux 4.18). All of a train have the same size,
 * except a shorter last one. See udp(7).
 */
namespace UdpTrains
{
	/** Finds out whether the kernel can split trains. */
	void Start();
	/** Sends all datagrams. Those that find the socket full wait in libuv; those that cannot be sent are lost. */
	void Send(uv_udp_t* socket, int fd, DatagramList& list);
} // namespace UdpTrains

#endif
