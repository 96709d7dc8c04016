#ifndef AMBIENT_SRTP_ADAPTER_H
#define AMBIENT_SRTP_ADAPTER_H

// The worker speaks libsrtp 3, which no distribution packages; this header puts the few calls it makes over libsrtp 2.
// In version 3 a policy is a handle; here the handle points to version 2's struct and the memory its key needs.

#define srtp_policy_t srtp2_policy_t
#include <srtp2/srtp.h>
#undef srtp_policy_t

#include <openssl/crypto.h>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <new>

// Codes that version 3 adds after version 2's last one (27).
inline constexpr srtp_err_status_t srtp_err_status_buffer_small = static_cast<srtp_err_status_t>(28);
inline constexpr srtp_err_status_t srtp_err_status_cryptex_err  = static_cast<srtp_err_status_t>(29);

struct AmbientSrtpPolicy
{
	srtp2_policy_t policy{};
	uint8_t key[SRTP_MAX_KEY_LEN]{};
};

using srtp_policy_t = AmbientSrtpPolicy*;

inline srtp_err_status_t srtp_policy_create(srtp_policy_t* handle)
{
	*handle = new (std::nothrow) AmbientSrtpPolicy();

	return *handle ? srtp_err_status_ok : srtp_err_status_alloc_fail;
}

inline void srtp_policy_destroy(srtp_policy_t handle)
{
	if (!handle)
	{
		return;
	}

	OPENSSL_cleanse(handle->key, sizeof(handle->key));
	delete handle;
}

inline srtp_err_status_t srtp_policy_set_ssrc(srtp_policy_t handle, srtp_ssrc_t ssrc)
{
	handle->policy.ssrc = ssrc;

	return srtp_err_status_ok;
}

inline srtp_err_status_t srtp_policy_set_profile(srtp_policy_t handle, srtp_profile_t profile)
{
	const srtp_err_status_t err =
	  srtp_crypto_policy_set_from_profile_for_rtp(&handle->policy.rtp, profile);

	if (err != srtp_err_status_ok)
	{
		return err;
	}

	return srtp_crypto_policy_set_from_profile_for_rtcp(&handle->policy.rtcp, profile);
}

inline srtp_err_status_t srtp_policy_add_key(
  srtp_policy_t handle,
  const uint8_t* key,
  size_t keyLen,
  const uint8_t* salt,
  size_t saltLen,
  const uint8_t* /*mki*/,
  size_t mkiLen)
{
	// The worker never uses master key identifiers.
	if (mkiLen != 0 || keyLen + saltLen > sizeof(handle->key))
	{
		return srtp_err_status_bad_param;
	}

	std::memcpy(handle->key, key, keyLen);
	std::memcpy(handle->key + keyLen, salt, saltLen);
	handle->policy.key = handle->key;

	return srtp_err_status_ok;
}

inline srtp_err_status_t srtp_policy_set_allow_repeat_tx(srtp_policy_t handle, bool allow)
{
	handle->policy.allow_repeat_tx = allow ? 1 : 0;

	return srtp_err_status_ok;
}

inline srtp_err_status_t srtp_policy_set_window_size(srtp_policy_t handle, size_t size)
{
	handle->policy.window_size = size;

	return srtp_err_status_ok;
}

inline srtp_err_status_t srtp_create(srtp_t* session, srtp_policy_t handle)
{
	return srtp_create(session, &handle->policy);
}

// Version 2 works in place and grows the packet; version 3 has an input, an output and the room there is in the output.
inline srtp_err_status_t ambientSrtpInPlace(
  srtp_err_status_t (*transform)(srtp_t, void*, int*),
  srtp_t session,
  const uint8_t* in,
  size_t inLen,
  size_t growth,
  uint8_t* out,
  size_t* outLen)
{
	if (inLen + growth > *outLen)
	{
		return srtp_err_status_buffer_small;
	}

	if (in != out)
	{
		std::memmove(out, in, inLen);
	}

	int len                     = static_cast<int>(inLen);
	const srtp_err_status_t err = transform(session, out, &len);

	if (err == srtp_err_status_ok)
	{
		*outLen = static_cast<size_t>(len);
	}

	return err;
}

inline srtp_err_status_t srtp_protect(
  srtp_t session, const uint8_t* rtp, size_t rtpLen, uint8_t* srtp, size_t* srtpLen, size_t /*mkiIndex*/)
{
	return ambientSrtpInPlace(srtp_protect, session, rtp, rtpLen, SRTP_MAX_TRAILER_LEN, srtp, srtpLen);
}

inline srtp_err_status_t srtp_unprotect(
  srtp_t session, const uint8_t* srtp, size_t srtpLen, uint8_t* rtp, size_t* rtpLen)
{
	return ambientSrtpInPlace(srtp_unprotect, session, srtp, srtpLen, 0, rtp, rtpLen);
}

// An SRTCP packet carries its 4 byte index besides the trailer.
inline srtp_err_status_t srtp_protect_rtcp(
  srtp_t session, const uint8_t* rtcp, size_t rtcpLen, uint8_t* srtcp, size_t* srtcpLen, size_t /*mkiIndex*/)
{
	return ambientSrtpInPlace(
	  srtp_protect_rtcp, session, rtcp, rtcpLen, SRTP_MAX_TRAILER_LEN + 4, srtcp, srtcpLen);
}

inline srtp_err_status_t srtp_unprotect_rtcp(
  srtp_t session, const uint8_t* srtcp, size_t srtcpLen, uint8_t* rtcp, size_t* rtcpLen)
{
	return ambientSrtpInPlace(srtp_unprotect_rtcp, session, srtcp, srtcpLen, 0, rtcp, rtcpLen);
}

// Both versions take the SSRC in network order, as the worker gives it.
inline srtp_err_status_t srtp_stream_remove(srtp_t session, uint32_t ssrc)
{
	return srtp_remove_stream(session, ssrc);
}

#endif
