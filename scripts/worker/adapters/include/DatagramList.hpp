#ifndef AMBIENT_DATAGRAM_LIST_HPP
#define AMBIENT_DATAGRAM_LIST_HPP

#include <netinet/in.h>
#include <array>
#include <cstddef>
#include <cstdint>

/** Datagrams of bounded number and size, by destination in the order in which they came. */
class DatagramList
{
public:
	static constexpr size_t MaxDatagrams{ 1024 };
	static constexpr size_t MaxBytes{ 256 * 1024 };
	/** Longer ones are rare, and may exceed what fits into one packet of the network. */
	static constexpr size_t MaxDatagramBytes{ 1500 };
	static constexpr uint16_t None{ 0xffff };

	union Address
	{
		struct sockaddr any;
		struct sockaddr_in v4;
		struct sockaddr_in6 v6;
	};

	struct Datagram
	{
		uint32_t offset;
		uint16_t len;
		/** Index of the next datagram to the same destination, or None. */
		uint16_t next;
	};

	struct Destination
	{
		Address address;
		socklen_t addressLen;
		uint16_t first;
		uint16_t last;
		uint16_t bucket;
	};

	DatagramList();

	/** Copies a datagram. Returns false when there is no room for it. */
	bool Add(const uint8_t* data, size_t len, const struct sockaddr* address);
	void Clear();

	bool IsEmpty() const
	{
		return this->datagramCount == 0;
	}
	size_t GetDestinationCount() const
	{
		return this->destinationCount;
	}
	Destination& GetDestination(size_t idx)
	{
		return this->destinations[idx];
	}
	const Datagram& GetDatagram(size_t idx) const
	{
		return this->datagrams[idx];
	}
	uint8_t* GetData(const Datagram& datagram)
	{
		return &this->bytes[datagram.offset];
	}

private:
	/** Twice the destinations, so that searches are short. A power of two. */
	static constexpr size_t BucketCount{ 2 * MaxDatagrams };

	/** Returns the index of the destination with this address, which it adds if it is new. */
	size_t FindOrAddDestination(const struct sockaddr* address);

	size_t datagramCount{ 0 };
	size_t destinationCount{ 0 };
	size_t byteCount{ 0 };
	std::array<uint16_t, BucketCount> buckets;
	std::array<Datagram, MaxDatagrams> datagrams;
	std::array<Destination, MaxDatagrams> destinations;
	alignas(64) std::array<uint8_t, MaxBytes> bytes;
};

#endif
