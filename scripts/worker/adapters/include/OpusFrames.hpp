#ifndef AMBIENT_OPUS_FRAMES_HPP
#define AMBIENT_OPUS_FRAMES_HPP

#include <array>
#include <cstddef>
#include <cstdint>

/**
 * Collects Opus packets of one frame each, and joins their frames into one packet: RFC 6716, section 3.2.5.
 */
class OpusFrames
{
public:
	/** Number of samples of a packet with one frame, at 48 kHz; 0 when the packet has another form. */
	static uint32_t SamplesOf(const uint8_t* payload, size_t bytes);

	/** Takes a packet of one frame. Returns false when it cannot be joined with those before. */
	bool Add(const uint8_t* payload, size_t bytes);
	/** The joined packet. */
	const uint8_t* Join(size_t& bytes);
	void Clear();

	size_t Count() const
	{
		return this->count;
	}

private:
	static constexpr size_t MaxCount{ 6 };
	/** A packet has room for it within a datagram of any network. */
	static constexpr size_t MaxBytes{ 1100 };
	static constexpr size_t MaxHeadBytes{ 2 + 2 * MaxCount };

	/** The first byte of the packets: all are alike. */
	uint8_t toc{ 0 };
	size_t count{ 0 };
	size_t frameBytes{ 0 };
	std::array<size_t, MaxCount> sizes{};
	std::array<uint8_t, MaxBytes> frames{};
	std::array<uint8_t, MaxHeadBytes + MaxBytes> joined{};
};

#endif
