#ifndef AMBIENT_UDP_BATCH_HPP
#define AMBIENT_UDP_BATCH_HPP

#include <uv.h>
#include <cstddef>
#include <cstdint>

/**
 * Collects the datagrams of one socket and sends them in one system call, each destination's datagrams in their order.
 * They wait until the batch is full, until another socket sends, until their socket sends in any other way or closes,
 * and at the latest until the loop polls. Datagrams to one destination leave together where the kernel can split them.
 */
class UdpBatch
{
public:
	/** Starts batching on a loop. Without it, and on systems other than Linux, Add() takes nothing. */
	static void Start(uv_loop_t* loop);
	static void Stop();
	/** Takes a datagram. Returns false when the caller must send it itself, after Flush(). */
	static bool Add(uv_udp_t* socket, const uint8_t* data, size_t len, const struct sockaddr* address);
	/** Sends the datagrams that wait for this socket. */
	static void Flush(const uv_udp_t* socket);
};

#endif
