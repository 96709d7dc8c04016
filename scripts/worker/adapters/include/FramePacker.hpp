#ifndef AMBIENT_FRAME_PACKER_HPP
#define AMBIENT_FRAME_PACKER_HPP

#include "OpusFrames.hpp"
#include "PacketNumbers.hpp"
#include "RTC/Consts.hpp"
#include "RTC/RTP/Packet.hpp"
#include "SharedInterface.hpp"
#include "handles/TimerHandleInterface.hpp"
#include <array>
#include <functional>
#include <memory>

/**
 * Makes fewer packets of a stream: joins the Opus frames of consecutive packets, and leaves out comfort noise, the
 * single frames that a sender with DTX sends in silence. Packets of other forms pass as they are, after those that wait.
 * The packets that come out are numbered without gaps other than those of the stream.
 */
class FramePacker : public TimerHandleInterface::Listener
{
public:
	using Send = std::function<void(RTC::RTP::Packet*)>;

	/** `send` gets the packets that come out. They are valid during the call. */
	FramePacker(SharedInterface* shared, Send send);
	FramePacker(const FramePacker&)            = delete;
	FramePacker& operator=(const FramePacker&) = delete;
	~FramePacker() override;

	/** Takes a packet and joins up to so many ms with it. */
	void Add(RTC::RTP::Packet* packet, uint8_t maxMs);
	/** Sends the frames that wait. */
	void Flush();
	/** Sends the next comfort noise: somebody new waits for a first packet. */
	void PassNextNoise()
	{
		this->isNoiseExpected = true;
	}

	/* Methods inherited from TimerHandleInterface::Listener. */
	void OnTimer(TimerHandleInterface* timer) override;

private:
	/** Whether it is the next frame after those that wait. */
	bool Follows(const RTC::RTP::Packet* packet) const;
	/** Lets the frame of a packet wait. Returns false when it cannot. */
	bool Wait(RTC::RTP::Packet* packet, uint32_t packetSamples);
	void SendAs(uint16_t number, RTC::RTP::Packet* packet);
	void LeaveOut();

private:
	SharedInterface* shared;
	Send send;
	std::unique_ptr<TimerHandleInterface> timer;
	PacketNumbers numbers;
	OpusFrames frames;
	/** A copy of the newest packet that waits: the joined packet has its headers. */
	std::unique_ptr<RTC::RTP::Packet> newest;
	std::array<uint8_t, RTC::Consts::MtuSize> buffer{};
	uint32_t firstTimestamp{ 0 };
	/** Number of samples of the frames that wait. */
	uint32_t samples{ 0 };
	bool hasMarker{ false };
	/** Whether silence was before the first frame that waits. */
	bool isAfterSilence{ false };
	bool isStarted{ false };
	bool isNoiseExpected{ false };
	/** The timestamp that follows the newest packet. */
	uint32_t nextTimestamp{ 0 };
	int64_t sentAtMs{ 0 };
};

#endif
