/*
 * Tests UdpBatch on sockets of libuv, with calls that fail. Usage: udp-batch SEED [SCENARIO]
 *
 * Each scenario sends thousands of numbered datagrams in a random order, and then looks at those that arrived: each
 * destination got those of each socket in their order, none twice, and all that could be sent. sendmmsg() and sendmsg()
 * are replaced: they refuse datagrams as the kernel does, and pass the others on. The waiting datagrams of libuv go to
 * the kernel directly.
 */
#include "UdpBatch.hpp"
#include <netinet/udp.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <array>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <map>
#include <random>
#include <string>
#include <vector>

namespace
{
	constexpr size_t SocketCount{ 3 };
	constexpr size_t DestinationCount{ 6 };
	constexpr size_t TurnCount{ 4000 };
	constexpr size_t MaxUdpBytes{ 65507 };

	std::mt19937 randomBits;

	size_t below(size_t count)
	{
		return randomBits() % count;
	}

	[[noreturn]] void fail(const std::string& what)
	{
		std::printf("FAILED: %s\n", what.c_str());
		std::exit(1);
	}

	void expect(bool isTrue, const std::string& what)
	{
		if (!isTrue)
		{
			fail(what);
		}
	}

	/** The start of each datagram. The rest repeats the number. */
	struct Head
	{
		/** A socket that is opened again has another one. */
		uint32_t socket;
		uint32_t destination;
		uint32_t number;
		uint32_t bytes;
	};

	uint16_t portOf(const struct msghdr& message)
	{
		// Both families have it in the same place.
		return ntohs(static_cast<const struct sockaddr_in*>(message.msg_name)->sin_port);
	}

	/** Returns the error for a message, or 0 when it is sent. */
	using Refuse = std::function<int(const struct msghdr&)>;
	Refuse refuse;
	/** Messages that one call sends at most. */
	size_t maxMessagesPerCall{ SIZE_MAX };
	size_t refusedCount{ 0 };
	size_t trainCount{ 0 };

	bool isTrain(const struct msghdr& message)
	{
		return message.msg_control != nullptr;
	}

	/** Checks what udp(7) demands of a train. */
	void checkTrain(const struct msghdr& message)
	{
		uint16_t segmentBytes{ 0 };
		size_t bytes{ 0 };

		std::memcpy(&segmentBytes, CMSG_DATA(CMSG_FIRSTHDR(&message)), sizeof(segmentBytes));
		expect(message.msg_iovlen > 1 && message.msg_iovlen <= 64, "2 to 64 datagrams in a train");

		for (size_t idx{ 0 }; idx < message.msg_iovlen; ++idx)
		{
			const size_t len = message.msg_iov[idx].iov_len;

			expect(
			  idx + 1 < message.msg_iovlen ? len == segmentBytes : len > 0 && len <= segmentBytes,
			  "equal sizes in a train, the last at most as long");
			bytes += len;
		}

		expect(bytes <= MaxUdpBytes, "a train is no longer than a datagram can be");
	}

	ssize_t sendOne(int fd, const struct msghdr& message, int flags)
	{
		if (isTrain(message))
		{
			checkTrain(message);
			++trainCount;
		}

		const int err = refuse ? refuse(message) : 0;

		if (err != 0)
		{
			++refusedCount;
			errno = err;

			return -1;
		}

		return syscall(SYS_sendmsg, fd, &message, flags);
	}
} // namespace

extern "C" ssize_t sendmsg(int fd, const struct msghdr* message, int flags)
{
	return sendOne(fd, *message, flags);
}

extern "C" int sendmmsg(int fd, struct mmsghdr* messages, unsigned int count, int flags)
{
	for (unsigned int idx{ 0 }; idx < count; ++idx)
	{
		if (idx == maxMessagesPerCall)
		{
			return static_cast<int>(idx);
		}

		if (sendOne(fd, messages[idx].msg_hdr, flags) < 0)
		{
			return idx > 0 ? static_cast<int>(idx) : -1;
		}
	}

	return static_cast<int>(count);
}

namespace
{
	struct Destination
	{
		int fd;
		struct sockaddr_storage address;
		/** Whether only the IPv6 socket reaches it. */
		bool isV6;
		uint16_t port;
	};

	struct Socket
	{
		uint32_t id;
		uv_udp_t* handle;
		bool isV6;
	};

	/** The datagrams of a socket to a destination. */
	struct Stream
	{
		uint32_t sent{ 0 };
		/** The number that comes next. */
		uint32_t next{ 0 };
		uint32_t received{ 0 };
		/** Whether a socket was closed while its datagrams waited in libuv, or the destination cannot be reached. */
		bool mayLose{ false };
	};

	class Scenario
	{
	public:
		explicit Scenario(bool hasV6) : hasV6(hasV6)
		{
			uv_loop_init(&this->loop);
			UdpBatch::Start(&this->loop);

			for (size_t idx{ 0 }; idx < SocketCount; ++idx)
			{
				this->sockets[idx] = Open(hasV6 && idx == 0);
			}

			for (size_t idx{ 0 }; idx < DestinationCount; ++idx)
			{
				this->destinations[idx] = Receive(idx);
			}
		}

		/** Sends in a random order. Bursts to one destination become trains. */
		void Run(bool closesSockets)
		{
			for (size_t turn{ 0 }; turn < TurnCount; ++turn)
			{
				const size_t choice = below(100);

				if (choice < 6)
				{
					RunLoop(UV_RUN_NOWAIT);
				}
				else if (choice < 7 && closesSockets)
				{
					auto& socket = this->sockets[below(SocketCount)];

					Close(socket);
					socket = Open(socket.isV6);
				}
				else
				{
					const auto& socket      = this->sockets[below(SocketCount)];
					const size_t burst      = choice < 30 ? 1 + below(60) : 1;
					const size_t usualBytes = SizeOf(below(8));
					const uint32_t to       = static_cast<uint32_t>(below(DestinationCount));

					for (size_t idx{ 0 }; idx < burst; ++idx)
					{
						Send(socket, to, below(8) > 0 ? usualBytes : SizeOf(below(8)), below(40) == 0);
					}
				}

				Drain();
			}
		}

		void MayLose(const Destination& destination)
		{
			this->unreachablePort = destination.port;
		}

		const Destination& GetDestination(size_t idx) const
		{
			return this->destinations[idx];
		}

		/** Sends what still waits, and checks what arrived. */
		void Finish()
		{
			refuse             = nullptr;
			maxMessagesPerCall = SIZE_MAX;

			for (auto& socket : this->sockets)
			{
				// What waits in libuv would be lost with the socket.
				UdpBatch::Flush(socket.handle);
				while (uv_udp_get_send_queue_count(socket.handle) > 0)
				{
					RunLoop(UV_RUN_NOWAIT);
					Drain();
				}
				Close(socket);
			}
			UdpBatch::Stop();
			RunLoop(UV_RUN_DEFAULT);
			Drain();
			expect(uv_loop_close(&this->loop) == 0, "nothing is left in the loop");

			size_t total{ 0 };

			for (const auto& [key, stream] : this->streams)
			{
				total += stream.received;
				expect(
				  stream.mayLose || stream.received == stream.sent,
				  "socket " + std::to_string(key.first) + " to destination " + std::to_string(key.second) + ": " +
				    std::to_string(stream.received) + " of " + std::to_string(stream.sent) + " datagrams arrived");
			}

			for (const auto& destination : this->destinations)
			{
				close(destination.fd);
			}

			std::printf("%zu datagrams, %zu trains, %zu refusals\n", total, trainCount, refusedCount);
		}

	private:
		/** Sizes of small and large packets, at and beyond the limits of trains and of the batch. */
		static size_t SizeOf(size_t idx)
		{
			static constexpr std::array<size_t, 8> Sizes{ 16, 80, 120, 160, 1200, 1201, 1500, 1501 };

			return Sizes[idx];
		}

		void RunLoop(uv_run_mode mode)
		{
			uv_run(&this->loop, mode);
		}

		Socket Open(bool isV6)
		{
			auto* handle = new uv_udp_t;
			struct sockaddr_storage address
			{
			};

			uv_udp_init(&this->loop, handle);
			if (isV6)
			{
				uv_ip6_addr("::", 0, reinterpret_cast<struct sockaddr_in6*>(&address));
			}
			else
			{
				uv_ip4_addr("127.0.0.1", 0, reinterpret_cast<struct sockaddr_in*>(&address));
			}
			expect(uv_udp_bind(handle, reinterpret_cast<struct sockaddr*>(&address), 0) == 0, "bind");

			return { this->nextSocketId++, handle, isV6 };
		}

		/** Closes a socket as UdpSocketHandle does. */
		void Close(Socket& socket)
		{
			UdpBatch::Flush(socket.handle);
			if (uv_udp_get_send_queue_count(socket.handle) > 0)
			{
				for (uint32_t to{ 0 }; to < DestinationCount; ++to)
				{
					this->streams[{ socket.id, to }].mayLose = true;
				}
			}
			uv_close(
			  reinterpret_cast<uv_handle_t*>(socket.handle),
			  [](uv_handle_t* handle) { delete reinterpret_cast<uv_udp_t*>(handle); });
			socket.handle = nullptr;
		}

		/** Opens a destination: IPv4, IPv6, or IPv4 as an address of IPv6. */
		Destination Receive(size_t idx)
		{
			Destination destination{};
			const bool bindsV6 = this->hasV6 && idx % 3 == 1;
			struct sockaddr_storage bound
			{
			};
			socklen_t len{ sizeof(bound) };
			const int bytes{ 4 << 20 };

			if (bindsV6)
			{
				uv_ip6_addr("::1", 0, reinterpret_cast<struct sockaddr_in6*>(&bound));
			}
			else
			{
				uv_ip4_addr("127.0.0.1", 0, reinterpret_cast<struct sockaddr_in*>(&bound));
			}
			destination.fd = socket(bindsV6 ? AF_INET6 : AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0);
			setsockopt(destination.fd, SOL_SOCKET, SO_RCVBUF, &bytes, sizeof(bytes));
			expect(bind(destination.fd, reinterpret_cast<struct sockaddr*>(&bound), len) == 0, "bind");
			getsockname(destination.fd, reinterpret_cast<struct sockaddr*>(&bound), &len);
			destination.port    = ntohs(reinterpret_cast<struct sockaddr_in*>(&bound)->sin_port);
			destination.address = bound;
			destination.isV6    = bindsV6 || (this->hasV6 && idx % 3 == 2);
			if (destination.isV6 && !bindsV6)
			{
				uv_ip6_addr(
				  "::ffff:127.0.0.1", destination.port, reinterpret_cast<struct sockaddr_in6*>(&destination.address));
			}

			return destination;
		}

		/** Sends a datagram as UdpSocketHandle does. */
		void Send(const Socket& socket, uint32_t to, size_t bytes, bool hasCallback)
		{
			const auto& destination = this->destinations[to];

			if (destination.isV6 && !socket.isV6)
			{
				return;
			}

			auto& stream = this->streams[{ socket.id, to }];
			const Head head{ socket.id, to, stream.sent++, static_cast<uint32_t>(bytes) };
			// Of exactly this size, so that the sanitizer finds a read behind its end.
			std::vector<uint8_t> data(bytes, static_cast<uint8_t>(head.number));
			const auto* address = reinterpret_cast<const struct sockaddr*>(&destination.address);

			std::memcpy(data.data(), &head, sizeof(head));
			stream.mayLose = stream.mayLose || destination.port == this->unreachablePort;
			if (!hasCallback && UdpBatch::Add(socket.handle, data.data(), bytes, address))
			{
				return;
			}

			UdpBatch::Flush(socket.handle);
			uv_buf_t buffer = uv_buf_init(reinterpret_cast<char*>(data.data()), static_cast<unsigned int>(bytes));

			if (uv_udp_try_send(socket.handle, &buffer, 1, address) == static_cast<int>(bytes))
			{
				return;
			}

			auto* kept    = new std::vector<uint8_t>(data);
			auto* request = new uv_udp_send_t;

			request->data = kept;
			buffer.base   = reinterpret_cast<char*>(kept->data());
			expect(
			  uv_udp_send(
			    request,
			    socket.handle,
			    &buffer,
			    1,
			    address,
			    [](uv_udp_send_t* done, int /*status*/)
			    {
				    delete static_cast<std::vector<uint8_t>*>(done->data);
				    delete done;
			    }) == 0,
			  "uv_udp_send");
		}

		/** Reads what arrived. */
		void Drain()
		{
			// Longer than any datagram here.
			static std::array<uint8_t, 2048> data;

			for (uint32_t to{ 0 }; to < DestinationCount; ++to)
			{
				ssize_t bytes;

				while ((bytes = recv(this->destinations[to].fd, data.data(), data.size(), 0)) >= 0)
				{
					Head head{};

					std::memcpy(&head, data.data(), sizeof(head));
					expect(static_cast<size_t>(bytes) == head.bytes && head.destination == to, "a whole datagram");
					for (size_t idx{ sizeof(head) }; idx < head.bytes; ++idx)
					{
						expect(data[idx] == static_cast<uint8_t>(head.number), "the bytes of the datagram");
					}

					auto& stream = this->streams[{ head.socket, to }];

					expect(
					  head.number >= stream.next,
					  "socket " + std::to_string(head.socket) + " to destination " + std::to_string(to) + ": datagram " +
					    std::to_string(head.number) + " arrived after " + std::to_string(stream.next - 1));
					stream.next = head.number + 1;
					++stream.received;
				}
			}
		}

		bool hasV6;
		uint32_t nextSocketId{ 0 };
		uint16_t unreachablePort{ 0 };
		uv_loop_t loop{};
		std::array<Socket, SocketCount> sockets{};
		std::array<Destination, DestinationCount> destinations{};
		std::map<std::pair<uint32_t, uint32_t>, Stream> streams;
	};

	/** What the kernel refuses in a scenario. */
	struct Play
	{
		std::string name;
		Refuse refuse;
		bool closesSockets{ false };
		size_t maxMessagesPerCall{ SIZE_MAX };
		/** Whether datagrams to the first destination may be lost. */
		bool mayLose{ false };
	};

	/** Refuses a part of the messages, in runs of random length. */
	Refuse sometimes(int err, const std::function<bool(const struct msghdr&)>& applies)
	{
		return [err, applies, left = size_t{ 0 }, isRefusing = false](const struct msghdr& message) mutable
		{
			if (left-- == 0)
			{
				left       = 1 + below(12);
				isRefusing = !isRefusing;
			}

			return isRefusing && applies(message) ? err : 0;
		};
	}

	std::vector<Play> plays(uint16_t firstPort)
	{
		const auto always   = [](const struct msghdr&) { return true; };
		const auto toFirst  = [firstPort](const struct msghdr& message) { return portOf(message) == firstPort; };
		const auto noTrains = [](const Refuse& ofOthers, int err)
		{ return [=](const struct msghdr& message) { return isTrain(message) ? err : ofOthers(message); }; };

		return {
			{ "nothing is refused", nullptr },
			{ "sockets close", nullptr, true },
			{ "a call sends three messages", nullptr, false, 3 },
			{ "sockets are full", sometimes(EAGAIN, always) },
			{ "sockets are full and close", sometimes(EAGAIN, always), true },
			{ "the kernel has no buffers", sometimes(ENOBUFS, always) },
			{ "calls are interrupted", sometimes(EINTR, isTrain) },
			{ "the network card computes no checksums", noTrains(sometimes(0, always), EIO) },
			{ "packets of the network are short", noTrains(sometimes(0, always), EINVAL) },
			{ "packets are short, sockets full", noTrains(sometimes(EAGAIN, always), EINVAL), true },
			{ "packets are short, no buffers", noTrains(sometimes(ENOBUFS, always), EMSGSIZE) },
			{ "a destination has no route", sometimes(ENETUNREACH, toFirst), false, SIZE_MAX, true },
			{ "a firewall forbids a destination", sometimes(EPERM, toFirst), true, SIZE_MAX, true },
		};
	}

	bool canUseV6()
	{
		const int fd = socket(AF_INET6, SOCK_DGRAM, 0);
		struct sockaddr_in6 address{};

		address.sin6_family = AF_INET6;
		address.sin6_addr   = in6addr_loopback;
		const bool can      = fd >= 0 && bind(fd, reinterpret_cast<struct sockaddr*>(&address), sizeof(address)) == 0;

		if (fd >= 0)
		{
			close(fd);
		}

		return can;
	}
} // namespace

int main(int argc, char** argv)
{
	const unsigned long seed = argc > 1 ? std::strtoul(argv[1], nullptr, 10) : 1;
	const std::string only   = argc > 2 ? argv[2] : "";
	const bool hasV6         = canUseV6();

	std::setvbuf(stdout, nullptr, _IOLBF, 0);
	std::printf("seed %lu, IPv6: %s\n", seed, hasV6 ? "yes" : "no");

	for (size_t idx{ 0 }; idx < plays(0).size(); ++idx)
	{
		if (!only.empty() && plays(0)[idx].name != only)
		{
			continue;
		}

		refusedCount = 0;
		trainCount   = 0;
		randomBits.seed(seed);

		Scenario scenario(hasV6);
		const Play play = plays(scenario.GetDestination(0).port)[idx];

		std::printf("%s: ", play.name.c_str());
		refuse             = play.refuse;
		maxMessagesPerCall = play.maxMessagesPerCall;
		if (play.mayLose)
		{
			scenario.MayLose(scenario.GetDestination(0));
		}
		scenario.Run(play.closesSockets);
		scenario.Finish();
		expect(!play.refuse || refusedCount > 0, "the scenario refuses something");
	}

	return 0;
}
