import type { Config } from './config.ts'

/** A shorter secret would also remove other words. */
const minSecretLength = 8
const replacement = '[secret]'

/** Returns the secrets in the settings. Of a URL, its user name and password are the secret. */
function secretsIn(config: Partial<Config>): string[] {
  const { SPOTIFY_CLIENT_ID, SPOTIFY_CLIENT_SECRET, OIDC_CLIENT_ID, OIDC_CLIENT_SECRET } = config
  const {
    AWS_SECRET_ACCESS_KEY,
    DISCOGS_TOKEN,
    LASTFM_API_KEY,
    SPEECHMATICS_API_KEY,
    KAFKA_PASSWORD,
    TURN_SECRET,
    PUSH_VAPID_KEY,
    MONGODB_URL,
    REDIS_URL,
    SMTP_URL,
    JWT_KEYS = [],
    TOKEN_KEYS = []
  } = config
  const credentials = [MONGODB_URL, REDIS_URL, SMTP_URL].flatMap(
    url => /^[a-z+]+:\/\/([^/?#]*)@/.exec(url ?? '')?.[1] ?? []
  )
  const basic = [
    [SPOTIFY_CLIENT_ID, SPOTIFY_CLIENT_SECRET],
    [OIDC_CLIENT_ID, OIDC_CLIENT_SECRET]
  ].flatMap(([id = '', secret]) => (secret === undefined ? [] : [btoa(`${id}:${secret}`), secret]))
  const passwords = credentials.flatMap(credential => [credential, credential.slice(credential.indexOf(':') + 1)])
  const keys = [...JWT_KEYS, ...TOKEN_KEYS].map(({ secret }) => secret)
  const single = [
    AWS_SECRET_ACCESS_KEY,
    DISCOGS_TOKEN,
    LASTFM_API_KEY,
    SPEECHMATICS_API_KEY,
    KAFKA_PASSWORD,
    TURN_SECRET,
    PUSH_VAPID_KEY
  ]
  return [...basic, ...passwords, ...keys, ...single.filter(secret => secret !== undefined)]
}

/** Returns the ways in which a secret may be written in a log line or a URL. */
function spellingsOf(secret: string): string[] {
  return [secret, decoded(secret)].flatMap(text => [text, JSON.stringify(text).slice(1, -1), encodeURIComponent(text)])
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

/**
 * Returns a function that removes the secrets of the settings from a text. Errors of libraries may contain what they
 * were given; this is the last guard before a line is written.
 */
export function createRedaction(config: Partial<Config>): (text: string) => string {
  const spellings = [
    ...new Set(
      secretsIn(config)
        .filter(({ length }) => length >= minSecretLength)
        .flatMap(spellingsOf)
    )
  ]
    // The longest first: a secret may contain another one.
    .toSorted((a, b) => b.length - a.length)
  return text =>
    spellings.reduce((rest, secret) => (rest.includes(secret) ? rest.replaceAll(secret, replacement) : rest), text)
}
