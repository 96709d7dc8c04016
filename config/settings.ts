import { availableParallelism } from 'node:os'
import { Type } from 'typebox'
import { Count, DurationMs, Formatted, OneOf, OptionalCount, Port, Secret, Switch, Text } from './setting-types.ts'

const dayMs = 24 * 3_600_000
const gibibyte = 1_073_741_824
const maxBytes = 999_999_999_999_999

/** All settings. Each one is an environment variable with its meaning. */
export const Settings = Type.Object(
  {
    NODE_ENV: OneOf(['development', 'production', 'test'], 'development', '`production` turns on strict checks'),
    HOST: Formatted('host', 'address on which HTTP and Socket.io listen', { default: '127.0.0.1' }),
    PORT: Port('port of HTTP and Socket.io; 0 picks a free port', { default: 3000 }),
    PUBLIC_URL: Type.Optional(
      Formatted('base-url', 'address at which clients reach the server; unset: http://HOST:PORT')
    ),
    TRUST_PROXY: Type.Boolean({
      default: false,
      description: 'take the client address from the X-Forwarded-For header of one proxy'
    }),
    CORS_ORIGINS: Type.Optional(Formatted('origins', 'origins of pages that may call the server; unset: PUBLIC_URL')),
    DATA_DIR: Type.String({
      minLength: 1,
      default: './data',
      description: 'folder of the embedded store, the folder storage, and the generated keys'
    }),
    MONGODB_URL: Type.Optional(Secret('MongoDB; unset: the embedded store', { format: 'mongodb-url' })),
    REDIS_URL: Type.Optional(
      Secret('Redis that connects several nodes, or the sentinels that know it; unset: one node', {
        format: 'redis-url'
      })
    ),
    KAFKA_BROKERS: Type.Optional(
      Formatted('brokers', 'Kafka that gets the sequence of events, HOST:PORT, comma separated; unset: off')
    ),
    KAFKA_TOPIC_PREFIX: Formatted('topic-prefix', 'beginning of the names of topics in Kafka', { default: 'ambient' }),
    KAFKA_SASL_MECHANISM: Type.Optional(
      Type.Unsafe<'plain' | 'scram-sha-256' | 'scram-sha-512'>({
        type: 'string',
        enum: ['plain', 'scram-sha-256', 'scram-sha-512'],
        description: 'sign-in to Kafka: `plain`, `scram-sha-256` or `scram-sha-512`; unset: none'
      })
    ),
    KAFKA_USERNAME: Type.Optional(Secret('user name at Kafka')),
    KAFKA_PASSWORD: Type.Optional(Secret('password at Kafka')),
    KAFKA_TLS: Type.Boolean({ default: false, description: 'connect to Kafka with TLS' }),
    KAFKA_TLS_CA: Type.Optional(
      Text("file with the certificates, PEM, that sign those of the brokers; unset: Node.js's own list")
    ),
    NODE_ID: Type.Optional(Formatted('node-id', 'name of this node in logs and metrics of a cluster; unset: `node`')),
    STORAGE_URL: Type.Optional(
      Secret('storage of songs and avatars; unset: a folder in DATA_DIR', { format: 'storage-url' })
    ),
    RECORDS_URL: Formatted('records-url', 'store of room events, comments and statistics; `mongodb:` is the database', {
      default: 'mongodb:'
    }),
    AWS_ACCESS_KEY_ID: Type.Optional(
      Secret('access to an s3: STORAGE_URL and a dynamodb: RECORDS_URL', { format: 'access-key' })
    ),
    AWS_SECRET_ACCESS_KEY: Type.Optional(
      Secret('access to an s3: STORAGE_URL and a dynamodb: RECORDS_URL', { format: 'access-key' })
    ),
    JWT_KEYS: Type.Optional(Secret('keys of access tokens: the first signs, all verify', { format: 'keys' })),
    TOKEN_KEYS: Type.Optional(
      Secret('keys that encrypt third-party tokens: the first encrypts, all decrypt', { format: 'keys' })
    ),
    AUTH_DEV_LOGIN: Type.Optional(Switch('sign in with only a name; unset: on in development on a loopback HOST')),
    AUTH_GUESTS: Type.Boolean({ default: false, description: 'allow listening without an account' }),
    ACCESS_TOKEN_TTL_MS: DurationMs(900_000, 'lifetime of an access token'),
    REFRESH_TOKEN_TTL_MS: DurationMs(30 * dayMs, 'lifetime of an unused sign-in', 3650 * dayMs),
    REDIRECT_URIS: Type.Optional(
      Formatted('redirects', 'addresses to which sign-in may redirect; unset: PUBLIC_URL/sign-in')
    ),
    OPERATOR_IDS: Type.Optional(
      Formatted('ids', 'account ids of operators, who see reports and act on them; comma separated')
    ),
    SPOTIFY_CLIENT_ID: Type.Optional(Formatted('credential', 'client id of the app at Spotify; unset: Spotify is off')),
    SPOTIFY_CLIENT_SECRET: Type.Optional(Secret('client secret of the app at Spotify', { format: 'credential' })),
    SPOTIFY_ACCOUNTS_URL: Formatted('base-url', "address of Spotify's sign-in", {
      default: 'https://accounts.spotify.com'
    }),
    SPOTIFY_API_URL: Formatted('base-url', "address of Spotify's Web API", { default: 'https://api.spotify.com/v1' }),
    SPOTIFY_PLAYER: Type.Boolean({
      default: false,
      description:
        "play Spotify tracks for listeners with Premium in Spotify's own player, which the web client loads from Spotify"
    }),
    METADATA_SOURCES: Formatted(
      'metadata-sources',
      'repositories that propose metadata of songs, in the order in which they are preferred: `tags`, `musicbrainz`, ' +
        '`discogs`, `lastfm`; comma separated',
      { default: 'tags' }
    ),
    METADATA_CONTACT: Type.Optional(
      Formatted('contact', 'mail address or URL of the operator, sent to repositories of metadata in the user agent')
    ),
    MUSICBRAINZ_URL: Formatted('base-url', "address of MusicBrainz's API", {
      default: 'https://musicbrainz.org/ws/2'
    }),
    DISCOGS_TOKEN: Type.Optional(Secret('personal access token at Discogs', { format: 'access-key' })),
    DISCOGS_URL: Formatted('base-url', "address of Discogs' API", { default: 'https://api.discogs.com' }),
    LASTFM_API_KEY: Type.Optional(Secret('API key at Last.fm', { format: 'access-key' })),
    LASTFM_URL: Formatted('base-url', "address of Last.fm's API", { default: 'https://ws.audioscrobbler.com/2.0' }),
    SPEECHMATICS_API_KEY: Type.Optional(
      Secret('API key at Speechmatics, which transcribes recorded shows; unset: no transcripts', {
        format: 'access-key'
      })
    ),
    SPEECHMATICS_URL: Formatted('base-url', "address of Speechmatics' API, in the region of the key", {
      default: 'https://eu1.asr.api.speechmatics.com/v2'
    }),
    SPEECHMATICS_LANGUAGE: Formatted(
      'spoken-language',
      'language of all shows as Speechmatics names it, such as `en`; `auto`: found for each speaker',
      { default: 'auto' }
    ),
    SPEECHMATICS_TOPICS: Type.Boolean({ default: true, description: 'ask Speechmatics for the topics of shows' }),
    OIDC_ISSUER: Type.Optional(Formatted('web-url', 'OpenID Connect provider; unset: off')),
    OIDC_CLIENT_ID: Type.Optional(Formatted('credential', 'client id of the app at the provider')),
    OIDC_CLIENT_SECRET: Type.Optional(
      Secret('client secret of the app at the provider; unset: a public client', { format: 'credential' })
    ),
    MEDIA_LISTEN_IP: Formatted('ip', 'IP address on which media listens, UDP and TCP', { default: '127.0.0.1' }),
    MEDIA_ANNOUNCED_ADDRESS: Type.Optional(
      Formatted('host', 'address to which clients send media, when it differs from MEDIA_LISTEN_IP')
    ),
    MEDIA_PORT: Port('port of media, UDP and TCP; worker n uses MEDIA_PORT + n; 0 picks free ports', {
      default: 40_000
    }),
    MEDIA_WORKERS: Count(availableParallelism(), 'number of media workers; unset: one per core', 256),
    MEDIA_LISTENERS_PER_WORKER: Count(500, 'number of sessions from which a show uses one more worker'),
    CLUSTER_ADDRESS: Type.Optional(
      Formatted(
        'host',
        'address from which this node sends media to other nodes, and at which it receives theirs; unset: ' +
          'MEDIA_ANNOUNCED_ADDRESS or MEDIA_LISTEN_IP'
      )
    ),
    MEDIA_PIPE_PORTS: Formatted('port-range', 'UDP ports of media between nodes', { default: '41000-48999' }),
    MEDIASOUP_WORKER_BIN: Type.Optional(Text('path of the media worker; unset: found by setup')),
    TURN_URLS: Type.Optional(
      Formatted('turn-urls', 'TURN servers for clients behind strict firewalls, comma separated')
    ),
    TURN_SECRET: Type.Optional(
      Secret('secret for time-limited TURN credentials; 16 characters or more', { minLength: 16 })
    ),
    SONG_FRAME_MS: OneOf(
      ['20', '60'],
      '60',
      'frame length of songs, ms: 20 leaves shorter gaps when packets are lost, and sends three times as many'
    ),
    VOICE_FRAME_MS: OneOf(
      ['20', '60'],
      '60',
      'length of voice packets to those who only listen, ms: 20 comes 40 ms earlier, and is three times as many'
    ),
    SONG_KEEP_ORIGINALS: Type.Boolean({
      default: false,
      description: 'keep uploaded files besides the transcoded songs'
    }),
    SONG_JOBS: Count(1, 'number of uploads transcoded at the same time', 64),
    SONG_TIME_LIMIT_MS: DurationMs(
      10 * 60_000,
      'maximum CPU time of each step of transcoding; the maximum wall time is four times as long'
    ),
    SONG_LEASE_MS: DurationMs(
      30_000,
      'time without a heartbeat after which another server takes over a transcoding job'
    ),
    CREATOR_GRACE_MS: DurationMs(120_000, 'time for which a show waits for its disconnected creator'),
    SPEAKER_GRACE_MS: DurationMs(
      30_000,
      'time for which a disconnected member keeps a seat or a place in the request queue'
    ),
    DRAIN_DEADLINE_MS: DurationMs(30_000, 'maximum duration of a shutdown'),
    METRICS_PORT: Type.Optional(Port('port of /metrics; unset: on PORT, for loopback clients only')),
    LIVE_VALUES_PORT: Port('port of /healthz, /readyz and /metrics of `npm run live-values`; 0 picks a free port', {
      default: 3100
    }),
    OTEL_EXPORTER_OTLP_ENDPOINT: Type.Optional(
      Formatted('base-url', 'collector of traces, over OTLP/HTTP; unset: tracing is off')
    ),
    OTEL_SERVICE_NAME: Type.String({ minLength: 1, default: 'ambient', description: 'name of this server in traces' }),
    OTEL_TRACES_SAMPLER_ARG: Formatted('ratio', 'share of requests that are traced, from 0 to 1', { default: '1' }),
    LOG_LEVEL: OneOf(
      ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'],
      'info',
      'minimum level of log lines, a level of pino'
    ),
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
  },
  { additionalProperties: false }
)
