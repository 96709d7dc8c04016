/** One part of a segment. All parts are independent, since every frame of AAC is. */
export interface HlsPart {
  readonly name: string
  readonly durationMs: number
}

/** One segment. `durationMs` is null while parts are added. */
export interface HlsSegment {
  readonly number: number
  readonly name: string
  readonly parts: readonly HlsPart[]
  readonly durationMs: number | null
  /** Time of its first sample, ms since the epoch. */
  readonly startsAtMs: number
  /** Name of the head it needs. */
  readonly headName: string
  /** Whether it begins another run of the encoder with another head. */
  readonly isDiscontinuous: boolean
}

/** The content of a playlist. */
export interface HlsWindow {
  readonly segments: readonly HlsSegment[]
  /** Number of discontinuities before the first segment. */
  readonly discontinuities: number
  /** Name of the part that comes next. */
  readonly nextPartName: string
  readonly partTargetMs: number
  readonly targetSeconds: number
}

/** Parts are listed for the newest segments only: RFC 8216bis, section 6.2.2. */
const segmentsWithParts = 3

const seconds = (ms: number) => (ms / 1000).toFixed(5)

/**
 * Writes the media playlist of Low-Latency HLS. The hold-backs are three times the target durations, as section 4.4.3.8
 * recommends: https://datatracker.ietf.org/doc/html/draft-pantos-hls-rfc8216bis
 */
export function mediaPlaylist({
  segments,
  discontinuities,
  nextPartName,
  partTargetMs,
  targetSeconds
}: HlsWindow): string {
  const lines = [
    '#EXTM3U',
    '#EXT-X-VERSION:6',
    `#EXT-X-TARGETDURATION:${targetSeconds}`,
    `#EXT-X-SERVER-CONTROL:CAN-BLOCK-RELOAD=YES,PART-HOLD-BACK=${seconds(3 * partTargetMs)},HOLD-BACK=${3 * targetSeconds}.0`,
    `#EXT-X-PART-INF:PART-TARGET=${seconds(partTargetMs)}`,
    `#EXT-X-MEDIA-SEQUENCE:${segments[0]?.number ?? 0}`,
    `#EXT-X-DISCONTINUITY-SEQUENCE:${discontinuities}`,
    '#EXT-X-INDEPENDENT-SEGMENTS'
  ]
  let headName: string | undefined
  for (const [n, segment] of segments.entries()) {
    if (segment.isDiscontinuous && n > 0) lines.push('#EXT-X-DISCONTINUITY')
    if (segment.headName !== headName) lines.push(`#EXT-X-MAP:URI="${segment.headName}"`)
    headName = segment.headName
    lines.push(`#EXT-X-PROGRAM-DATE-TIME:${new Date(segment.startsAtMs).toISOString()}`)
    if (n >= segments.length - segmentsWithParts) {
      for (const { name, durationMs } of segment.parts) {
        lines.push(`#EXT-X-PART:DURATION=${seconds(durationMs)},URI="${name}",INDEPENDENT=YES`)
      }
    }
    if (segment.durationMs !== null) lines.push(`#EXTINF:${seconds(segment.durationMs)},`, segment.name)
  }
  return [...lines, `#EXT-X-PRELOAD-HINT:TYPE=PART,URI="${nextPartName}"`, ''].join('\n')
}

/** Writes the multivariant playlist, with its one rendition. */
export function multivariantPlaylist(mediaName: string, bps: number): string {
  return [
    '#EXTM3U',
    '#EXT-X-VERSION:6',
    '#EXT-X-INDEPENDENT-SEGMENTS',
    `#EXT-X-STREAM-INF:BANDWIDTH=${Math.round(bps * 1.2)},AVERAGE-BANDWIDTH=${bps},CODECS="mp4a.40.2"`,
    mediaName,
    ''
  ].join('\n')
}
