#include "PacketNumbers.hpp"

void PacketNumbers::Advance(uint16_t seq)
{
	const uint16_t steps = seq - this->newest;
	// A packet from far back: its sender counts anew.
	const bool isRestart = !this->isStarted || steps > UINT16_MAX / 2;

	if (isRestart || steps > MaxOld)
	{
		this->isLost.reset();
	}

	if (isRestart)
	{
		this->isStarted = true;
		this->leftOut   = seq - this->taken - 1;
	}
	else
	{
		for (uint16_t lost = steps > MaxOld ? seq - MaxOld : this->newest + 1; lost != seq; ++lost)
		{
			this->isLost[lost % MaxOld]        = true;
			this->leftOutBefore[lost % MaxOld] = this->leftOut;
		}
	}

	this->newest               = seq;
	this->isLost[seq % MaxOld] = false;
}

bool PacketNumbers::TakeOld(uint16_t seq, uint16_t& number)
{
	if (!this->isLost[seq % MaxOld])
	{
		return false;
	}

	this->isLost[seq % MaxOld] = false;
	number                     = seq - this->leftOutBefore[seq % MaxOld];

	return true;
}
