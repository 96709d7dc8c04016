/** The services that are measured: the decorators of the domains that read or write collections. */
export const services = [
  'users',
  'blocks',
  'follows',
  'avatars',
  'shows',
  'showGuard',
  'showInvitations',
  'eventLog',
  'showEvents',
  'showData',
  'comments',
  'playlists',
  'songs',
  'reports',
  'operators',
  'operatorActions',
  'showModeration',
  'sessions',
  'suspensions',
  'identities',
  'guestCleanup',
  'personalData',
  'erasure'
] as const

/** Methods that read and write no collection, or only through methods that are called here. */
export const withoutStore: ReadonlySet<string> = new Set([
  'users.onChanged',
  'blocks.onBlocked',
  'avatars.read',
  'showGuard.admissions',
  'showData.register',
  'comments.findPending',
  'comments.close',
  'songs.worker',
  'songs.onRemoved',
  'songs.getAudioBytes',
  'songs.getArtwork',
  'operators.isOperator',
  'sessions.onRevoked',
  'sessions.bindConnections',
  'sessions.isRevoked',
  'personalData.register',
  'personalData.keepers',
  'erasure.prepareBy'
])
