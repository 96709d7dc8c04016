#ifdef __linux__
#include "UdpTrains.hpp"
#include <netinet/udp.h>
#include <sys/socket.h>
#include <unistd.h>
#include <cerrno>
#include <cstring>

namespace
{
	// The kernel takes 64 at least. A train must be shorter than a datagram can be at most.
	constexpr size_t MaxTrainDatagrams{ 16 };
	// Longer datagrams may exceed what fits into one packet of the network, and the kernel splits only into packets.
	constexpr size_t MaxTrainDatagramBytes{ 1200 };
	// Linux sends this many messages per call at most.
	constexpr size_t MaxMessages{ DatagramList::MaxDatagrams };

	union Control
	{
		struct cmsghdr header;
		char space[CMSG_SPACE(sizeof(uint16_t))];
	};

	std::array<struct mmsghdr, MaxMessages> messages;
	std::array<struct iovec, DatagramList::MaxDatagrams> vectors;
	std::array<Control, MaxMessages> controls;
	size_t messageCount{ 0 };
	bool canSplit{ false };

	/** A datagram that waits in libuv for room in the socket. */
	struct Queued
	{
		uv_udp_send_t request;
		uint8_t data[DatagramList::MaxDatagramBytes];
	};

	void queueInLibuv(uv_udp_t* socket, const struct iovec& datagram, const struct sockaddr* address)
	{
		auto* queued = new Queued;

		std::memcpy(queued->data, datagram.iov_base, datagram.iov_len);
		queued->request.data = queued;

		const uv_buf_t buffer = uv_buf_init(reinterpret_cast<char*>(queued->data), datagram.iov_len);
		const int err         = uv_udp_send(
          &queued->request,
          socket,
          &buffer,
          1,
          address,
          [](uv_udp_send_t* request, int /*status*/) { delete static_cast<Queued*>(request->data); });

		if (err != 0)
		{
			delete queued;
		}
	}

	void queueInLibuv(uv_udp_t* socket, const struct msghdr& message)
	{
		for (size_t idx{ 0 }; idx < message.msg_iovlen; ++idx)
		{
			queueInLibuv(socket, message.msg_iov[idx], static_cast<const struct sockaddr*>(message.msg_name));
		}
	}

	void setTrain(struct msghdr& message, Control& control, uint16_t datagramBytes)
	{
		message.msg_control    = &control;
		message.msg_controllen = sizeof(control.space);

		auto* header       = CMSG_FIRSTHDR(&message);
		header->cmsg_level = SOL_UDP;
		header->cmsg_type  = UDP_SEGMENT;
		header->cmsg_len   = CMSG_LEN(sizeof(uint16_t));
		std::memcpy(CMSG_DATA(header), &datagramBytes, sizeof(datagramBytes));
	}

	/** Makes the messages to one destination. Returns the number of vectors in use then. */
	size_t addMessages(DatagramList& list, DatagramList::Destination& destination, size_t vectorCount)
	{
		uint16_t idx = destination.first;

		while (idx != DatagramList::None)
		{
			const size_t datagramBytes = list.GetDatagram(idx).len;
			const size_t firstVector   = vectorCount;
			size_t lastBytes{ datagramBytes };

			do
			{
				const auto& datagram   = list.GetDatagram(idx);
				vectors[vectorCount++] = { list.GetData(datagram), datagram.len };
				lastBytes              = datagram.len;
				idx                    = datagram.next;
			} while (canSplit && idx != DatagramList::None && datagramBytes <= MaxTrainDatagramBytes &&
			         lastBytes == datagramBytes && list.GetDatagram(idx).len <= datagramBytes &&
			         list.GetDatagram(idx).len > 0 && vectorCount - firstVector < MaxTrainDatagrams);

			auto& message      = messages[messageCount].msg_hdr;
			message            = {};
			message.msg_name   = &destination.address;
			message.msg_namelen = destination.addressLen;
			message.msg_iov    = &vectors[firstVector];
			message.msg_iovlen = vectorCount - firstVector;

			if (message.msg_iovlen > 1)
			{
				setTrain(message, controls[messageCount], static_cast<uint16_t>(datagramBytes));
			}

			++messageCount;
		}

		return vectorCount;
	}

	/** Whether a datagram was refused because there is no room for it now. */
	bool isFull(int err)
	{
		return err == EAGAIN || err == EWOULDBLOCK || err == ENOBUFS;
	}

	/** Whether datagrams wait in libuv. All later ones must then wait behind them, also if there is room again. */
	bool waitsInLibuv(const uv_udp_t* socket)
	{
		return uv_udp_get_send_queue_count(socket) > 0;
	}

	/** Sends the datagrams of a train one by one, after the kernel refused it as a whole. */
	void sendApart(uv_udp_t* socket, int fd, const struct msghdr& train)
	{
		struct msghdr single  = train;
		single.msg_control    = nullptr;
		single.msg_controllen = 0;
		single.msg_iovlen     = 1;

		for (size_t idx{ 0 }; idx < train.msg_iovlen; ++idx)
		{
			single.msg_iov = &train.msg_iov[idx];

			if (waitsInLibuv(socket) || (sendmsg(fd, &single, MSG_DONTWAIT) < 0 && isFull(errno)))
			{
				queueInLibuv(socket, single);
			}
		}
	}
} // namespace

void UdpTrains::Start()
{
	const int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	int value{ 0 };
	socklen_t len{ sizeof(value) };

	// Earlier kernels would send a train as one datagram.
	canSplit = fd >= 0 && getsockopt(fd, SOL_UDP, UDP_SEGMENT, &value, &len) == 0;

	if (fd >= 0)
	{
		close(fd);
	}
}

void UdpTrains::Send(uv_udp_t* socket, int fd, DatagramList& list)
{
	size_t vectorCount{ 0 };
	size_t sent{ 0 };

	messageCount = 0;

	for (size_t idx{ 0 }; idx < list.GetDestinationCount(); ++idx)
	{
		vectorCount = addMessages(list, list.GetDestination(idx), vectorCount);
	}

	while (sent < messageCount)
	{
		if (waitsInLibuv(socket))
		{
			queueInLibuv(socket, messages[sent++].msg_hdr);
			continue;
		}

		const int ret =
		  sendmmsg(fd, &messages[sent], static_cast<unsigned int>(messageCount - sent), MSG_DONTWAIT);

		if (ret > 0)
		{
			sent += static_cast<size_t>(ret);
		}
		else if (isFull(errno))
		{
			// libuv sends it, and all behind it, when the socket has room.
			queueInLibuv(socket, messages[sent++].msg_hdr);
		}
		else if (errno != EINTR)
		{
			const auto& message = messages[sent++].msg_hdr;

			if (message.msg_iovlen > 1)
			{
				// The network card cannot compute checksums.
				if (errno == EIO)
				{
					canSplit = false;
				}

				sendApart(socket, fd, message);
			}
			// A single datagram cannot be sent, for instance because there is no route to its address.
		}
	}
}

#endif
