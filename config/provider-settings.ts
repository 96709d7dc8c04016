import { Type } from 'typebox'
import { Formatted, Secret } from './setting-types.ts'

/** Settings of third parties: sign-in, playlists, metadata, transcripts. */
export const providerSettings = {
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
  )
}
