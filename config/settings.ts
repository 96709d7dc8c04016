import { availableParallelism } from 'node:os'
import { Type } from 'typebox'
import { limitSettings } from './limit-settings.ts'
import { notificationSettings } from './notification-settings.ts'
import { providerSettings } from './provider-settings.ts'
import { Count, DurationMs, Formatted, OneOf, Port, Secret, Switch, Text } from './setting-types.ts'

const dayMs = 24 * 3_600_000

/** All settings. Each one is an environment variable with its meaning. */
export const Settings = Type.Object(
  {
    NODE_ENV: OneOf(['development', 'production', 'test'], 'development', '`production` turns on strict checks'),
    HOST: Formatted('host', 'address on which HTTP and Socket.io listen', { default: '127.0.0.1' }),
    PORT: Port('port of HTTP and Socket.io; 0 picks a free port', { default: 3000 }),
    PUBLIC_URL: Type.Optional(
      Formatted(
        'base-url',
        'address at which clients reach the server; unset: http://HOST:PORT, or https: with HTTPS_CERT'
      )
    ),
    HTTPS_CERT: Type.Optional(
      Text('file with the certificate chain of HTTPS, PEM, which is read again when it is renewed; unset: HTTP')
    ),
    HTTPS_KEY: Type.Optional(Text('file with the private key of HTTPS, PEM; it may be HTTPS_CERT')),
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
      Secret('storage of songs and pictures; unset: a folder in DATA_DIR', { format: 'storage-url' })
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
    AUTH_GUESTS: Type.Optional(Switch('allow listening without an account; unset: on in development')),
    ACCESS_TOKEN_TTL_MS: DurationMs(900_000, 'lifetime of an access token'),
    REFRESH_TOKEN_TTL_MS: DurationMs(30 * dayMs, 'lifetime of an unused sign-in', 3650 * dayMs),
    REDIRECT_URIS: Type.Optional(
      Formatted('redirects', 'addresses to which sign-in may redirect; unset: PUBLIC_URL/sign-in')
    ),
    OPERATOR_IDS: Type.Optional(
      Formatted('ids', 'account ids of operators, who see reports and act on them; comma separated')
    ),
    ...providerSettings,
    ...notificationSettings,
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
    ...limitSettings
  },
  { additionalProperties: false }
)
