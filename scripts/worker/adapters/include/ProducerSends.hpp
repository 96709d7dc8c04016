#ifndef AMBIENT_PRODUCER_SENDS_HPP
#define AMBIENT_PRODUCER_SENDS_HPP

#include "FramePacker.hpp"
#include "SharedInterface.hpp"
#include <cstdint>
#include <vector>

namespace RTC
{
	class Consumer;
	namespace RTP
	{
		class Packet;
	}
} // namespace RTC

/**
 * Sends the packets of one Producer to its Consumers: as they come, or to those that ask for it with the Opus frames of
 * several in one packet.
 */
class ProducerSends
{
public:
	explicit ProducerSends(SharedInterface* shared);

	/** Adds a Consumer in front of its first packet. */
	void Add(RTC::Consumer* consumer);
	void Remove(RTC::Consumer* consumer);
	/** The Consumer asks for other packets than before. */
	void Change(RTC::Consumer* consumer);
	/** A Consumer gets packets from now on. */
	void Begin()
	{
		this->packer.PassNextNoise();
	}
	void Send(RTC::RTP::Packet* packet);

private:
	std::vector<RTC::Consumer*> unpacked;
	std::vector<RTC::Consumer*> packed;
	FramePacker packer;
	/** What the Consumers ask for; they agree. */
	uint8_t packMs{ 0 };
};

#endif
