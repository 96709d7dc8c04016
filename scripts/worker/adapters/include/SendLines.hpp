#ifndef AMBIENT_SEND_LINES_HPP
#define AMBIENT_SEND_LINES_HPP

#include <array>
#include <cstddef>

/**
 * The addresses of memory that sending a packet reads, in steps of the cache. Never read itself: it may be stale.
 */
class SendLines
{
public:
	void Clear()
	{
		this->count = 0;
	}

	/** Adds an object if there is one. Leaves out what exceeds the room. */
	void Add(const void* object, size_t bytes)
	{
		if (!object)
		{
			return;
		}

		for (size_t offset{ 0 }; offset < bytes && this->count < this->lines.size(); offset += CacheLineBytes)
		{
			this->lines[this->count++] = static_cast<const char*>(object) + offset;
		}
	}

	void Prefetch() const
	{
		for (size_t idx{ 0 }; idx < this->count; ++idx)
		{
			__builtin_prefetch(this->lines[idx], 1);
		}
	}

private:
	static constexpr size_t CacheLineBytes{ 64 };

	size_t count{ 0 };
	std::array<const char*, 23> lines{};
};

#endif
