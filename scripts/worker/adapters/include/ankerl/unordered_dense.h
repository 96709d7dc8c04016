#ifndef AMBIENT_ANKERL_UNORDERED_DENSE_H
#define AMBIENT_ANKERL_UNORDERED_DENSE_H

// ankerl::unordered_dense is not packaged. The worker uses nothing of it that the standard containers do not offer.

#include <functional>
#include <unordered_map>
#include <unordered_set>

namespace ankerl::unordered_dense
{
	template<typename T>
	using hash = std::hash<T>;

	template<typename Key, typename Value, typename Hash = std::hash<Key>, typename Equal = std::equal_to<Key>>
	using map = std::unordered_map<Key, Value, Hash, Equal>;

	template<typename Key, typename Hash = std::hash<Key>, typename Equal = std::equal_to<Key>>
	using set = std::unordered_set<Key, Hash, Equal>;
} // namespace ankerl::unordered_dense

#endif
