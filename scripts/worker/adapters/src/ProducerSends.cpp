#include "ProducerSends.hpp"
#include "DepLibUV.hpp"
#include "RTC/Consumer.hpp"
#include "RTC/RTP/Packet.hpp"
#include "RTC/RTP/SharedPacket.hpp"
#include "SendAhead.hpp"
#include <algorithm>

namespace
{
	void sendTo(const std::vector<RTC::Consumer*>& consumers, RTC::RTP::Packet* packet)
	{
		if (consumers.empty())
		{
			return;
		}

		// Cloned ref-counted packet that will be filled for as long as needed
		// avoiding multiple allocations unless absolutely necessary.
		// Clone only happens if needed and only once.
		RTC::RTP::SharedPacket sharedPacket;
		const DepLibUV::FrozenTime frozenTime;
		SendAhead sendAhead(consumers);

		for (auto* consumer : consumers)
		{
			sendAhead.Next();

			// Update MID RTP extension value.
			const auto& mid = consumer->GetRtpParameters().mid;

			if (!mid.empty())
			{
				packet->UpdateMid(mid);
			}

			consumer->SendRtpPacket(packet, sharedPacket);

			// Assert that, if this Consumer filled sharedPacket or it was already
			// filled, both packet and sharedPacket are the very same RTP packet.
			if (sharedPacket.HasPacket())
			{
				sharedPacket.AssertSamePacket(packet);
			}
		}
	}
} // namespace

ProducerSends::ProducerSends(SharedInterface* shared)
  : packer(shared, [this](RTC::RTP::Packet* packet) { sendTo(this->packed, packet); })
{
}

void ProducerSends::Add(RTC::Consumer* consumer)
{
	consumer->producerSends = this;

	if (consumer->GetPackMs() > 0)
	{
		this->packMs = consumer->GetPackMs();
		this->packed.push_back(consumer);
	}
	else
	{
		this->unpacked.push_back(consumer);
	}
}

void ProducerSends::Remove(RTC::Consumer* consumer)
{
	std::erase(this->packed, consumer);
	std::erase(this->unpacked, consumer);
}

void ProducerSends::Change(RTC::Consumer* consumer)
{
	// Frames that wait came before the change.
	this->packer.Flush();
	Remove(consumer);
	Add(consumer);
}

void ProducerSends::Send(RTC::RTP::Packet* packet)
{
	sendTo(this->unpacked, packet);

	if (!this->packed.empty())
	{
		this->packer.Add(packet, this->packMs);
	}
}
