import type { Environment, SettingSchemas } from './mistakes.ts'

const ourPrefixes = [
  'MEDIA_',
  'SPOTIFY_',
  'OIDC_',
  'TURN_',
  'AUTH_',
  'SONG_',
  'RECORDING_',
  'LIMIT_',
  'COMMENT_',
  'OPERATOR_',
  'KAFKA_SASL_',
  'KAFKA_TLS_',
  'METADATA_',
  'MUSICBRAINZ_',
  'DISCOGS_',
  'LASTFM_',
  'SPEECHMATICS_',
  'PUSH_',
  'NOTIFY_',
  'SMTP_',
  'MAIL_'
]

/** Reports unknown names with one of our prefixes: most likely a typing error, which would otherwise go unnoticed. */
export function unknownNames(env: Environment, schemas: SettingSchemas): string[] {
  return Object.keys(env)
    .filter(name => ourPrefixes.some(prefix => name.startsWith(prefix)) && !Object.hasOwn(schemas, name))
    .map(name => `${name} is not a setting${suggestion(name, Object.keys(schemas))}`)
}

/** Suggests the known name with the smallest edit distance, unless more than a third of the name differs. */
function suggestion(name: string, known: readonly string[]): string {
  const [best = ''] = known.toSorted((a, b) => distance(name, a) - distance(name, b))
  return distance(name, best) <= name.length / 3 ? `; did you mean ${best}?` : ''
}

/** Returns the Levenshtein distance, computed row by row. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++) {
      next.push(
        Math.min((row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1, (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1))
      )
    }
    row = next
  }
  return row[b.length] ?? 0
}
