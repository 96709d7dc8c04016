#ifdef __linux__
#include "DatagramList.hpp"
#include <cstring>

namespace
{
	constexpr uint64_t Multiplier{ 0x9e3779b97f4a7c15 };

	uint64_t mixed(uint64_t hash, uint64_t value)
	{
		hash = (hash ^ value) * Multiplier;

		return hash ^ (hash >> 32);
	}

	uint64_t hashOf(const struct sockaddr* address)
	{
		if (address->sa_family == AF_INET6)
		{
			const auto* v6 = reinterpret_cast<const struct sockaddr_in6*>(address);
			uint64_t halves[2];

			std::memcpy(halves, &v6->sin6_addr, sizeof(halves));

			return mixed(mixed(mixed(0, halves[0]), halves[1]), v6->sin6_port);
		}

		const auto* v4 = reinterpret_cast<const struct sockaddr_in*>(address);

		return mixed(0, (uint64_t{ v4->sin_addr.s_addr } << 16) | v4->sin_port);
	}

	bool isSame(const struct sockaddr* one, const struct sockaddr* other)
	{
		if (one->sa_family != other->sa_family)
		{
			return false;
		}

		if (one->sa_family == AF_INET6)
		{
			const auto* a = reinterpret_cast<const struct sockaddr_in6*>(one);
			const auto* b = reinterpret_cast<const struct sockaddr_in6*>(other);

			return a->sin6_port == b->sin6_port && a->sin6_scope_id == b->sin6_scope_id &&
			       std::memcmp(&a->sin6_addr, &b->sin6_addr, sizeof(a->sin6_addr)) == 0;
		}

		const auto* a = reinterpret_cast<const struct sockaddr_in*>(one);
		const auto* b = reinterpret_cast<const struct sockaddr_in*>(other);

		return a->sin_port == b->sin_port && a->sin_addr.s_addr == b->sin_addr.s_addr;
	}
} // namespace

DatagramList::DatagramList()
{
	this->buckets.fill(None);
}

bool DatagramList::Add(const uint8_t* data, size_t len, const struct sockaddr* address)
{
	if (this->datagramCount == MaxDatagrams || len > MaxDatagramBytes || this->byteCount + len > MaxBytes)
	{
		return false;
	}

	Destination& destination = this->destinations[FindOrAddDestination(address)];
	const auto idx           = static_cast<uint16_t>(this->datagramCount++);

	this->datagrams[idx] = { static_cast<uint32_t>(this->byteCount), static_cast<uint16_t>(len), None };
	std::memcpy(&this->bytes[this->byteCount], data, len);
	this->byteCount += len;

	if (destination.first == None)
	{
		destination.first = idx;
	}
	else
	{
		this->datagrams[destination.last].next = idx;
	}

	destination.last = idx;

	return true;
}

void DatagramList::Clear()
{
	for (size_t idx{ 0 }; idx < this->destinationCount; ++idx)
	{
		this->buckets[this->destinations[idx].bucket] = None;
	}

	this->datagramCount    = 0;
	this->destinationCount = 0;
	this->byteCount        = 0;
}

size_t DatagramList::FindOrAddDestination(const struct sockaddr* address)
{
	size_t bucket = hashOf(address) & (BucketCount - 1);

	while (this->buckets[bucket] != None)
	{
		const uint16_t idx = this->buckets[bucket];

		if (isSame(&this->destinations[idx].address.any, address))
		{
			return idx;
		}

		bucket = (bucket + 1) & (BucketCount - 1);
	}

	const auto idx           = static_cast<uint16_t>(this->destinationCount++);
	Destination& destination = this->destinations[idx];

	destination.addressLen =
	  address->sa_family == AF_INET6 ? sizeof(struct sockaddr_in6) : sizeof(struct sockaddr_in);
	std::memcpy(&destination.address, address, destination.addressLen);
	destination.first     = None;
	destination.last      = None;
	destination.bucket    = static_cast<uint16_t>(bucket);
	this->buckets[bucket] = idx;

	return idx;
}

#endif
