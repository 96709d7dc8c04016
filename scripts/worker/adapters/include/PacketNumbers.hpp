#ifndef AMBIENT_PACKET_NUMBERS_HPP
#define AMBIENT_PACKET_NUMBERS_HPP

#include <array>
#include <bitset>
#include <cstddef>
#include <cstdint>

/**
 * Numbers the packets of a stream anew when some are left out. Lost packets keep their numbers, for the case that they
 * come late. A number is given once.
 */
class PacketNumbers
{
public:
	/** Whether it is not newer than the newest packet. */
	bool IsOld(uint16_t seq) const
	{
		return this->isStarted && static_cast<uint16_t>(this->newest - seq) < MaxOld;
	}

	/** Whether it comes after the newest packet without a gap. */
	bool IsNext(uint16_t seq) const
	{
		return this->isStarted && seq == static_cast<uint16_t>(this->newest + 1);
	}

	/** Makes a packet that is not old the newest one. Then call Take() or LeaveOut(). */
	void Advance(uint16_t seq);

	/** Returns the number of the newest packet. */
	uint16_t Take()
	{
		return this->taken = this->newest - this->leftOut;
	}

	/** Gives the newest packet no number. */
	void LeaveOut()
	{
		++this->leftOut;
	}

	/** Gives an old packet its number if it was lost. Returns false when it was taken or left out. */
	bool TakeOld(uint16_t seq, uint16_t& number);

private:
	static constexpr uint16_t MaxOld{ 128 };

	bool isStarted{ false };
	uint16_t newest{ 0 };
	uint16_t taken{ 0 };
	uint16_t leftOut{ 0 };
	/** By the lowest bits of their sequence numbers. */
	std::bitset<MaxOld> isLost;
	std::array<uint16_t, MaxOld> leftOutBefore{};
};

#endif
