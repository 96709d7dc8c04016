#include "UdpBatch.hpp"

#ifdef __linux__
#include "DatagramList.hpp"
#include "UdpTrains.hpp"
#include <utility>

namespace
{
	DatagramList datagrams;
	uv_udp_t* owner{ nullptr };
	int ownerFd{ -1 };
	uv_prepare_t* beforePoll{ nullptr };

	void flush()
	{
		if (!datagrams.IsEmpty())
		{
			UdpTrains::Send(owner, ownerFd, datagrams);
			datagrams.Clear();
		}
	}
} // namespace

void UdpBatch::Start(uv_loop_t* loop)
{
	UdpTrains::Start();

	beforePoll = new uv_prepare_t;
	uv_prepare_init(loop, beforePoll);
	uv_prepare_start(beforePoll, [](uv_prepare_t* /*handle*/) { flush(); });
	// It does not keep the loop running.
	uv_unref(reinterpret_cast<uv_handle_t*>(beforePoll));
}

void UdpBatch::Stop()
{
	flush();
	uv_close(
	  reinterpret_cast<uv_handle_t*>(std::exchange(beforePoll, nullptr)),
	  [](uv_handle_t* handle) { delete reinterpret_cast<uv_prepare_t*>(handle); });
}

bool UdpBatch::Add(uv_udp_t* socket, const uint8_t* data, size_t len, const struct sockaddr* address)
{
	if (!beforePoll)
	{
		return false;
	}

	if (owner != socket)
	{
		flush();
		owner = socket;

		if (uv_fileno(reinterpret_cast<uv_handle_t*>(socket), &ownerFd) != 0)
		{
			owner = nullptr;

			return false;
		}
	}

	// Datagrams that libuv holds come first.
	if (datagrams.IsEmpty() && uv_udp_get_send_queue_count(socket) > 0)
	{
		return false;
	}

	if (datagrams.Add(data, len, address))
	{
		return true;
	}

	flush();

	return uv_udp_get_send_queue_count(socket) == 0 && datagrams.Add(data, len, address);
}

void UdpBatch::Flush(const uv_udp_t* socket)
{
	if (owner == socket)
	{
		flush();
		// A closed socket may be freed, and another one get its place in memory.
		owner = nullptr;
	}
}

#else

void UdpBatch::Start(uv_loop_t* /*loop*/)
{
}

void UdpBatch::Stop()
{
}

bool UdpBatch::Add(
  uv_udp_t* /*socket*/, const uint8_t* /*data*/, size_t /*len*/, const struct sockaddr* /*address*/)
{
	return false;
}

void UdpBatch::Flush(const uv_udp_t* /*socket*/)
{
}

#endif
