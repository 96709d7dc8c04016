#include "OpusFrames.hpp"
#include <algorithm>
#include <cstring>

namespace
{
	constexpr uint8_t CodeMask{ 0x03 };
	/** Any number of frames, each of its own size or all of the same. */
	constexpr uint8_t AnyCount{ 3 };
	constexpr uint8_t OwnSizes{ 0x80 };
	/** Sizes from here on take two bytes. */
	constexpr size_t TwoByteSize{ 252 };

	/** Writes the size of a frame. Returns the number of bytes. */
	size_t writeSize(uint8_t* target, size_t size)
	{
		if (size < TwoByteSize)
		{
			target[0] = static_cast<uint8_t>(size);

			return 1;
		}

		target[0] = static_cast<uint8_t>(TwoByteSize + (size & 3));
		target[1] = static_cast<uint8_t>((size - target[0]) / 4);

		return 2;
	}
} // namespace

uint32_t OpusFrames::SamplesOf(const uint8_t* payload, size_t bytes)
{
	constexpr uint32_t SamplesPerMs{ 48 };
	/** Two bytes or fewer say that the sender stopped: DTX. */
	constexpr size_t MaxDtxBytes{ 2 };

	if (bytes <= MaxDtxBytes || (payload[0] & CodeMask) != 0)
	{
		return 0;
	}

	const auto config = payload[0] >> 3;

	// SILK.
	if (config < 12)
	{
		constexpr std::array<uint32_t, 4> Ms{ 10, 20, 40, 60 };

		return Ms[config & 3] * SamplesPerMs;
	}

	// SILK and CELT together.
	if (config < 16)
	{
		return ((config & 1) != 0 ? 20 : 10) * SamplesPerMs;
	}

	// CELT, from 2.5 ms on.
	return uint32_t{ 120 } << (config & 3);
}

bool OpusFrames::Add(const uint8_t* payload, size_t bytes)
{
	const size_t size = bytes - 1;

	if (this->count == MaxCount || size > MaxBytes - this->frameBytes)
	{
		return false;
	}

	if (this->count > 0 && payload[0] != this->toc)
	{
		return false;
	}

	this->toc = payload[0];
	std::memcpy(this->frames.data() + this->frameBytes, payload + 1, size);
	this->sizes[this->count++] = size;
	this->frameBytes += size;

	return true;
}

const uint8_t* OpusFrames::Join(size_t& bytes)
{
	auto* target          = this->joined.data();
	const auto* first     = this->sizes.data();
	const auto* last      = first + this->count - 1;
	const bool isConstant = std::all_of(first, last, [last](size_t size) { return size == *last; });

	bytes = 0;

	if (this->count == 1)
	{
		target[bytes++] = this->toc;
	}
	else
	{
		target[bytes++] = static_cast<uint8_t>(this->toc | AnyCount);
		target[bytes++] = static_cast<uint8_t>((isConstant ? 0 : OwnSizes) | this->count);

		for (const auto* size = first; size != last && !isConstant; ++size)
		{
			bytes += writeSize(target + bytes, *size);
		}
	}

	std::memcpy(target + bytes, this->frames.data(), this->frameBytes);
	bytes += this->frameBytes;

	return target;
}

void OpusFrames::Clear()
{
	this->count      = 0;
	this->frameBytes = 0;
}
