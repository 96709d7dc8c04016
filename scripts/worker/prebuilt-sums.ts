/**
 * SHA-256 of mediasoup's prebuilt workers, by the name of the archive, which has version, platform, architecture and
 * kernel. Setup downloads only what is listed here or in MEDIASOUP_WORKER_PREBUILT_SHA256, and builds the worker
 * otherwise. An entry needs an archive that somebody downloaded, ran and compared with the build: there is none of
 * 3.27.1, because the release was not reachable when this version was adopted.
 */
export const prebuiltSums: Readonly<Record<string, string>> = {}
