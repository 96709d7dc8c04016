#include "FramePacker.hpp"

namespace
{
	constexpr uint32_t SamplesPerMs{ 48 };
	/** Opus sends comfort noise each 400 ms. */
	constexpr int32_t MinSilenceSamples{ 200 * SamplesPerMs };
	/** A stream stays known to its receivers, and comfort noise follows the noise of a room. */
	constexpr int64_t MaxSilenceMs{ 4000 };
	/** A joined packet fits into a datagram of any network. */
	constexpr size_t MaxHeaderBytes{ 200 };
	/** The last frame of a packet may come this much later than it should. */
	constexpr int64_t MaxDelayMs{ 10 };
} // namespace

FramePacker::FramePacker(SharedInterface* shared, Send send)
  : shared(shared), send(std::move(send)), timer(shared->CreateTimer(this, "frame-packer"))
{
}

FramePacker::~FramePacker() = default;

void FramePacker::Add(RTC::RTP::Packet* packet, uint8_t maxMs)
{
	const auto seq = packet->GetSequenceNumber();

	if (this->numbers.IsOld(seq))
	{
		uint16_t number{ 0 };

		if (this->numbers.TakeOld(seq, number))
		{
			SendAs(number, packet);
		}

		return;
	}

	if (this->frames.Count() > 0 && !Follows(packet))
	{
		Flush();
	}

	const auto packetSamples = OpusFrames::SamplesOf(packet->GetPayload(), packet->GetPayloadLength());
	const auto maxSamples    = maxMs * SamplesPerMs;

	if (packetSamples == 0 || packetSamples * 2 > maxSamples || !Wait(packet, packetSamples))
	{
		Flush();
		this->numbers.Advance(seq);
		SendAs(this->numbers.Take(), packet);
	}
	else if (this->samples + packetSamples > maxSamples)
	{
		Flush();
	}
	else if (this->frames.Count() == 1)
	{
		this->timer->Start(maxMs + MaxDelayMs);
	}

	this->isStarted     = true;
	this->nextTimestamp = packet->GetTimestamp() + packetSamples;
}

bool FramePacker::Follows(const RTC::RTP::Packet* packet) const
{
	return this->numbers.IsNext(packet->GetSequenceNumber()) && packet->GetTimestamp() == this->nextTimestamp &&
	       packet->GetPayloadType() == this->newest->GetPayloadType();
}

bool FramePacker::Wait(RTC::RTP::Packet* packet, uint32_t packetSamples)
{
	const auto* payload = packet->GetPayload();
	const auto bytes    = packet->GetPayloadLength();

	if (packet->GetLength() - bytes > MaxHeaderBytes)
	{
		return false;
	}

	if (!this->frames.Add(payload, bytes))
	{
		Flush();

		if (!this->frames.Add(payload, bytes))
		{
			return false;
		}
	}

	if (this->frames.Count() == 1)
	{
		const auto silence   = static_cast<int32_t>(packet->GetTimestamp() - this->nextTimestamp);
		this->isAfterSilence = this->isStarted && silence > MinSilenceSamples;
		this->firstTimestamp = packet->GetTimestamp();
		this->samples        = 0;
		this->hasMarker      = false;
	}
	else
	{
		// The packet before it is part of this one.
		this->numbers.LeaveOut();
	}

	this->numbers.Advance(packet->GetSequenceNumber());
	this->samples += packetSamples;
	this->hasMarker |= packet->HasMarker();
	this->newest.reset(packet->Clone(this->buffer.data(), this->buffer.size()));

	return true;
}

void FramePacker::Flush()
{
	if (this->frames.Count() == 0)
	{
		return;
	}

	size_t bytes{ 0 };
	const auto* payload = this->frames.Join(bytes);

	this->newest->SetPayload(payload, bytes);
	this->newest->SetTimestamp(this->firstTimestamp);
	this->newest->SetMarker(this->hasMarker);
	this->frames.Clear();
	this->timer->Stop();
	SendAs(this->numbers.Take(), this->newest.get());
}

void FramePacker::LeaveOut()
{
	this->frames.Clear();
	this->timer->Stop();
	this->numbers.LeaveOut();
}

void FramePacker::SendAs(uint16_t number, RTC::RTP::Packet* packet)
{
	const auto seq = packet->GetSequenceNumber();

	this->sentAtMs        = this->shared->GetTimeMs();
	this->isNoiseExpected = false;
	packet->SetSequenceNumber(number);
	this->send(packet);
	packet->SetSequenceNumber(seq);
}

void FramePacker::OnTimer(TimerHandleInterface* /*timer*/)
{
	const bool isComfortNoise = this->isAfterSilence && this->frames.Count() == 1;

	const bool isWanted = this->isNoiseExpected || this->shared->GetTimeMs() - this->sentAtMs >= MaxSilenceMs;

	if (isComfortNoise && !isWanted)
	{
		LeaveOut();
	}
	else
	{
		Flush();
	}
}
