#ifndef AMBIENT_SEND_AHEAD_HPP
#define AMBIENT_SEND_AHEAD_HPP

#include <cstddef>

/**
 * Prefetches what the next Consumers of a packet need, while the Consumer before them sends. Hundreds of Consumers,
 * their streams and transports do not fit into the nearest cache: without it each send waits for memory many times.
 */
template<typename Consumers>
class SendAhead
{
public:
	explicit SendAhead(const Consumers& consumers)
	  : fields(consumers.begin()), parts(consumers.begin()), transports(consumers.begin()), end(consumers.end())
	{
		for (size_t turn{ 0 }; turn < TurnsAhead; ++turn)
		{
			Next();
		}
	}

	/** Looks one Consumer further. */
	void Next()
	{
		if (this->fields != this->end)
		{
			(*this->fields++)->PrefetchFields();
		}

		if (this->turns > 0 && this->parts != this->end)
		{
			(*this->parts++)->PrefetchParts();
		}

		if (this->turns > 1 && this->transports != this->end)
		{
			(*this->transports++)->PrefetchTransport();
		}

		++this->turns;
	}

private:
	/** Each of the three steps needs what the one before it fetched. */
	static constexpr size_t TurnsAhead{ 3 };

	typename Consumers::const_iterator fields;
	typename Consumers::const_iterator parts;
	typename Consumers::const_iterator transports;
	typename Consumers::const_iterator end;
	size_t turns{ 0 };
};

#endif
