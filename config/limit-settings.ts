import { Type } from 'typebox'
import { Count, DurationMs, OneOf, OptionalCount, Text } from './setting-types.ts'

const gibibyte = 1_073_741_824
const maxBytes = 999_999_999_999_999

/** Settings that bound what one person, one address and one server may use. */
export const limitSettings = {
  LIMIT_BODY_BYTES: Count(1_048_576, 'maximum REST body, bytes; each route accepts only what its schema can hold'),
  LIMIT_UPLOAD_BYTES: Count(104_857_600, 'maximum size of one uploaded file, bytes'),
  LIMIT_SONGS_BYTES_PER_PERSON: Count(
    5 * gibibyte,
    'maximum size of all songs of one person, including kept originals, bytes',
    maxBytes
  ),
  LIMIT_RECORDING_BYTES: Count(
    10 * gibibyte,
    "maximum size of all recordings and replays of one creator's shows, bytes; an hour of one voice takes about 14 MB",
    maxBytes
  ),
  LIMIT_TRANSCRIBED_HOURS_PER_DAY: Count(
    12,
    "speech of one creator's shows that is sent to Speechmatics on a day (UTC), hours; the rest waits",
    24_000
  ),
  RECORDING_RETENTION_DAYS: OptionalCount(
    'days after the end of a show after which its recording is deleted; unset: kept',
    36_500
  ),
  MIN_FREE_BYTES: Count(
    268_435_456,
    'free space on the disks of stored objects and of DATA_DIR below which uploads and recordings end, bytes',
    maxBytes
  ),
  LIMIT_SONG_MS: DurationMs(4 * 3_600_000, 'maximum duration of one song'),
  LIMIT_MESSAGE_BYTES: Count(16_384, 'maximum socket message, bytes; above 64 KiB the socket is closed', 65_536),
  LIMIT_COMMENTS_PER_10S: Count(5, 'comments of one person'),
  COMMENT_BLOCKED_WORDS: Type.Optional(
    Text(
      'words that comments and other texts of people may not have, comma separated; `*` at the end: all words that begin so; unset: none'
    )
  ),
  COMMENT_LINKS: OneOf(
    ['everybody', 'hosts', 'nobody'],
    'everybody',
    'people who may send links in comments: `everybody`, `hosts` or `nobody`'
  ),
  LIMIT_REACTIONS_PER_10S: Count(20, 'reactions of one person'),
  LIMIT_SPEAK_REQUESTS_PER_MINUTE: Count(6, 'speak requests of one person'),
  LIMIT_UNMUTES_PER_10S: Count(10, 'times that one person unmutes; muting has no limit'),
  LIMIT_JOINS_PER_MINUTE: Count(30, 'times that one person joins a show'),
  LIMIT_PRODUCES_PER_MINUTE: Count(30, '`media:produce` events of one person'),
  LIMIT_MEDIA_EVENTS_PER_10S: Count(200, '`media:*` events of one socket'),
  LIMIT_EVENTS_PER_10S: Count(50, 'other events of one socket'),
  LIMIT_SOCKETS_PER_PERSON: Count(5, 'open sockets of one person'),
  LIMIT_SOCKETS: OptionalCount(
    'open sockets of this server, after which it sends new ones to another node; unset: no limit'
  ),
  LIMIT_SHOWS_PER_PERSON: Count(200, 'shows of one person that have not started'),
  LIMIT_STAGE: Count(10, 'default number of seats in a show, besides the creator', 50),
  LIMIT_STREAMS: Count(20, 'shows that one node streams over HTTP at a time; each takes about 6 % of a core'),
  LIMIT_STREAM_LISTENERS: Count(1000, 'listeners of the HTTP streams of one show on one node'),
  LIMIT_STREAM_LISTENERS_PER_ADDRESS: Count(50, 'listeners of HTTP streams from one address on one node'),
  LIMIT_QUEUE: Count(1000, 'length of the request queue of one show'),
  LIMIT_AUDIO_BPS: Count(192_000, 'bit rate of one producer, bits per second'),
  LIMIT_AUDIO_PACKETS_PER_SECOND: Count(500, 'packets of one producer or transport, per second'),
  LIMIT_REPORTS_PER_HOUR: Count(20, 'reports of one person'),
  LIMIT_REST_PER_MINUTE: Count(300, 'REST requests of one person'),
  LIMIT_EDITS_PER_MINUTE: Count(
    30,
    'shows that one person creates, changes of shows, and changes of the profile, each'
  ),
  LIMIT_AUTH_PER_MINUTE: Count(20, 'failed sign-ins from one address, and renewals of one sign-in'),
  LIMIT_SPOTIFY_CALLS_PER_MINUTE: Count(600, 'requests to Spotify for all people together'),
  LIMIT_SPOTIFY_CALLS_PER_MINUTE_PER_PERSON: Count(60, 'requests to Spotify for one person')
}
