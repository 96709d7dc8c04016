import sharp from 'sharp'
import { roles, type Caller, type Role, type World } from './world.ts'

/** A request to an operation. `caller` is set when another person than that of the role sends it. */
export interface Attempt {
  params?: Record<string, string>
  query?: Record<string, string>
  body?: object
  form?: FormData
  caller?: Caller | null
}

/** One case of an operation: the request, and the status each role gets, in the order of `roles`. */
export interface Expectation {
  case: string
  attempt: (world: World, role: Role) => Attempt | Promise<Attempt>
  statuses: readonly number[]
  /** Returns data of the owner that must not be in an answer to anybody else. */
  hidden?: (world: World) => string
}

/** Creates an expectation from the statuses for anonymous, guest, banned, other, cohost, owner, operator. */
function row(
  name: string,
  statuses: string,
  attempt: Expectation['attempt'],
  hidden?: Expectation['hidden']
): Expectation {
  const numbers = statuses.split(' ').map(Number)
  if (numbers.length !== roles.length) throw new Error(`${name}: ${statuses} has no status for some role`)
  return { case: name, attempt, statuses: numbers, ...(hidden && { hidden }) }
}

const noInput = () => ({})
const reason = { reason: 'A reason' }
const pkce = 'x'.repeat(43)
const live = ({ liveShowId }: World) => ({ params: { showId: liveShowId } })
const hiddenShow = ({ privateShowId }: World) => ({ params: { showId: privateShowId } })
const ofOwner = ({ people: { owner } }: World) => ({ params: { userId: owner.id } })
const toSpotify = () => ({ query: { redirectUri: 'http://127.0.0.1/sign-in', codeChallenge: pkce } })
const fromProvider = () => ({ query: { code: 'x', state: 'x' } })
/** A new person in the role, who may lose their account or data. */
const newcomer = async ({ newcomer }: World, role: Role) => ({ caller: await newcomer(role) })
const aNewId = async ({ newcomer }: World) => (await newcomer('other'))?.id ?? ''
/** The refresh token identifies the caller; the access token does not matter. */
const withRefreshToken = async ({ newcomer }: World) => ({
  body: { refreshToken: (await newcomer('other'))?.refreshToken }
})
const recorded = async (world: World) => ({ params: { showId: (await world.recordedShow()).showId } })
/** A recorded show of its own for the role that may change it. The others are refused, all with the same show. */
const recordedToChange = (changing: Role) => async (world: World, role: Role) =>
  role === changing ? { params: { showId: (await world.anotherRecordedShow()).showId } } : await recorded(world)
const recordedForOwner = recordedToChange('owner')
const recordedForOperator = recordedToChange('operator')
const withUnknownTicket = async (world: World) => ({
  ...(await recorded(world)),
  query: { ticket: 'x' },
  caller: null
})
const endOfLiveShow = async ({ anotherLiveShow }: World, role: Role) => {
  const { creator, showId } = await anotherLiveShow()
  return { params: { showId }, ...(role === 'owner' && { caller: creator }) }
}

const redSquare = async () =>
  await sharp({ create: { width: 8, height: 8, channels: 3, background: 'red' } })
    .png()
    .toBuffer()

async function picture(): Promise<FormData> {
  const png = await redSquare()
  const form = new FormData()
  form.set('file', new Blob([new Uint8Array(png)], { type: 'image/png' }), 'picture.png')
  return form
}

function song(): FormData {
  const form = new FormData()
  form.set('file', new Blob(['OggS', 'x'.repeat(100)]), 'song.ogg')
  return form
}

const ofNobody = '401 403 404 404 404 404 404'
const everybody = '200 200 200 200 200 200 200'
const nowhere = '404 404 404 404 404 404 404'
const accounts = '401 403 200 200 200 200 200'
const spotifyOff = '401 403 404 404 404 404 404'
const operators = (done: number) => `404 404 404 404 404 404 ${done}`
/** Only the creator may do it: to a show that everybody sees, and to one that only the creator sees. */
const creator = (done: number) => `401 403 403 403 403 ${done} 403`
const creatorOfHidden = (done: number) => `401 403 404 404 404 ${done} 404`
/** Only the owner may do it; nobody else can see the subject. */
const ownerOnly = (done: number) => `401 403 404 404 404 ${done} 404`
/** Nobody but the owner can see the subject. */
const onlyOwner = '404 404 404 404 404 200 404'
const hosts = (done: number) => `401 403 403 403 ${done} ${done} 403`

/** Expectations of every operation, by operationId. An operation without expectations fails the test. */
export const expectations: Readonly<Record<string, readonly Expectation[]>> = {
  healthz: [row('', everybody, noInput)],
  readyz: [row('', everybody, noInput)],

  devLogin: [row('', everybody, () => ({ body: { displayName: 'Somebody' } }))],
  guestLogin: [row('', everybody, () => ({ body: {} }))],
  refresh: [row('', everybody, withRefreshToken)],
  logout: [row('', '204 204 204 204 204 204 204', withRefreshToken)],
  getSignInOptions: [row('', everybody, noInput)],
  exchangeCode: [
    row('an unknown code', '401 401 401 401 401 401 401', () => ({ body: { code: 'x', codeVerifier: pkce } }))
  ],
  oidcSignIn: [row('while it is off', '404 404 404 404 404 404 404', toSpotify)],
  oidcCallback: [row('while it is off', '404 404 404 404 404 404 404', fromProvider)],
  spotifySignIn: [row('while it is off', '404 404 404 404 404 404 404', toSpotify)],
  spotifyCallback: [row('while it is off', '404 404 404 404 404 404 404', fromProvider)],
  followLinkTicket: [row('an unknown ticket', '400 400 400 400 400 400 400', () => ({ query: { ticket: 'x' } }))],

  getMe: [row('', '401 200 200 200 200 200 200', noInput, ({ people: { owner } }) => owner.id)],
  patchMe: [
    row(
      '',
      accounts,
      () => ({ body: { bio: 'Me' } }),
      ({ people: { owner } }) => owner.id
    )
  ],
  eraseMe: [row('', '401 204 204 204 204 204 204', newcomer)],
  exportMe: [row('', '401 200 200 200 200 200 200', noInput, ({ privateShowId }) => privateShowId)],
  listMySessions: [row('', '401 200 200 200 200 200 200', noInput)],
  endMySession: [
    row('of the owner', '401 404 404 404 404 204 404', async world => ({
      params: { sessionId: await world.sessionOfOwner() }
    }))
  ],
  putMyAvatar: [
    row('', accounts, async (world, role) => ({ ...(await newcomer(world, role)), form: await picture() }))
  ],
  deleteMyAvatar: [row('', accounts, newcomer)],
  getAvatar: [
    row('of no user', '404 404 404 404 404 404 404', () => ({ params: { key: `nobody.${'x'.repeat(16)}` } }))
  ],
  graphql: [
    row('what everybody may read', everybody, () => ({ body: { query: '{ live { showsLive } }' } })),
    row(
      'the private show',
      everybody,
      ({ privateShowId }) => ({ body: { query: `{ show(id: "${privateShowId}") { title } }` } }),
      () => 'A planned show'
    )
  ],
  getLiveValues: [row('', everybody, noInput)],
  listFollowedOnline: [row('', accounts, noInput)],
  listMyBlocks: [row('', accounts, noInput)],
  block: [row('', '401 403 204 204 204 204 204', async world => ({ params: { userId: await aNewId(world) } }))],
  unblock: [row('', '401 403 204 204 204 204 204', async world => ({ params: { userId: await aNewId(world) } }))],
  startLinkingSpotify: [
    row('while it is off', spotifyOff, () => ({
      body: { redirectUri: 'http://127.0.0.1/sign-in', codeChallenge: pkce }
    }))
  ],
  linkSpotify: [row('while it is off', spotifyOff, () => ({ body: { code: 'x', codeVerifier: pkce } }))],
  unlinkSpotify: [row('', '401 403 204 204 204 204 204', newcomer)],
  listSpotifyPlaylists: [row('while it is off', spotifyOff, noInput)],
  listSpotifyPlaylistItems: [row('while it is off', spotifyOff, () => ({ params: { id: 'x' } }))],
  getSpotifyPlayerToken: [row('while it is off', spotifyOff, noInput)],
  searchSpotify: [row('while it is off', spotifyOff, () => ({ query: { q: 'x' } }))],

  getUser: [row('', everybody, ofOwner)],
  listFollowers: [row('', everybody, ofOwner)],
  listFollowing: [row('', everybody, ofOwner)],
  listShowsOf: [row('', everybody, ofOwner, ({ privateShowId }) => privateShowId)],
  follow: [row('', '401 403 204 204 204 204 204', async world => ({ params: { userId: await aNewId(world) } }))],
  unfollow: [row('', '401 403 204 204 204 204 204', async world => ({ params: { userId: await aNewId(world) } }))],

  createShow: [row('', '401 403 201 201 201 201 201', () => ({ body: { title: 'A show' } }))],
  postSong: [
    row('', '401 403 201 201 201 201 201', async (world, role) => ({ ...(await newcomer(world, role)), form: song() }))
  ],
  listSongs: [row('', accounts, noInput, () => 'Hidden treasure')],
  getSongSpace: [row('', accounts, noInput)],
  getSong: [row('of the owner', ownerOnly(200), ({ songId }) => ({ params: { songId } }))],
  patchSong: [
    row('of the owner', ownerOnly(200), ({ songId }) => ({ params: { songId }, body: { album: 'An album' } }))
  ],
  listProposedSongs: [row('', accounts, noInput, () => 'Hidden treasure')],
  getSongMetadata: [row('of the owner', ownerOnly(200), ({ songId }) => ({ params: { songId } }))],
  acceptSongMetadata: [
    row('an unknown proposal', ownerOnly(404), ({ songId }) => ({ params: { songId }, body: { proposalId: 'x' } }))
  ],
  rejectSongMetadata: [
    row('an unknown proposal', ownerOnly(404), ({ songId }) => ({ params: { songId }, body: { proposalId: 'x' } }))
  ],
  getArtist: [row('of an unknown artist', '404 404 404 404 404 404 404', () => ({ params: { key: 'x' } }))],
  deleteSong: [row('of the owner', ownerOnly(204), async world => ({ params: { songId: await world.song() } }))],
  getSongAudio: [
    row('of the owner', '401 404 404 404 404 200 404', ({ songId }) => ({ params: { songId } })),
    row('with an unknown ticket', '401 401 401 401 401 401 401', ({ songId }) => ({
      params: { songId },
      query: { ticket: 'x' },
      caller: null
    }))
  ],
  getRecordingSpace: [row('', accounts, noInput)],
  getOwnVoice: [
    row(
      'of a recorded show',
      accounts,
      async world => ({ params: { showId: (await world.recordedShow()).showId } }),
      () => '/v1/recordings/'
    ),
    row('of a private show without a recording', creatorOfHidden(200), hiddenShow)
  ],
  getRecordedAudio: [
    row('of the owner', '401 404 404 404 404 200 404', async world => ({
      params: { stintId: (await world.recordedShow()).stintIds[0] ?? '' }
    })),
    row('with an unknown ticket', '401 401 401 401 401 401 401', async world => ({
      params: { stintId: (await world.recordedShow()).stintIds[0] ?? '' },
      query: { ticket: 'x' },
      caller: null
    }))
  ],
  getReplay: [row('that is not published', onlyOwner, recorded)],
  patchReplay: [
    row('with a stale version', creator(409), async world => ({
      ...(await recorded(world)),
      body: { published: true, version: 0 }
    }))
  ],
  deleteReplay: [row('', creator(204), recordedForOwner)],
  mixReplay: [row('', creator(200), recordedForOwner)],
  listReplayComments: [row('that is not published', onlyOwner, recorded)],
  getReplayReactions: [row('that is not published', onlyOwner, recorded)],
  getReplayOpus: [
    row('that is not published', onlyOwner, recorded),
    row('with an unknown ticket', '404 404 404 404 404 404 404', withUnknownTicket)
  ],
  getReplayMp3: [
    row('that is not published', onlyOwner, recorded),
    row('with an unknown ticket', '404 404 404 404 404 404 404', withUnknownTicket)
  ],
  getReplayChapters: [
    row('that is not published', onlyOwner, recorded),
    row('with an unknown ticket', '404 404 404 404 404 404 404', withUnknownTicket)
  ],
  getReplayCaptions: [row('of a replay without any', '404 404 404 404 404 404 404', recorded)],
  getFeed: [row('', everybody, ofOwner)],
  getShowsCalendar: [row('', everybody, ofOwner, ({ privateShowId }) => privateShowId)],
  getMyCalendar: [row('', accounts, noInput)],
  putMyCalendar: [row('', accounts, noInput)],
  deleteMyCalendar: [row('', '401 403 204 204 204 204 204', newcomer)],
  getPushKey: [row('', everybody, noInput)],
  listMyPushSubscriptions: [row('', accounts, noInput)],
  putMyPushSubscription: [
    row('at a private address', '401 403 400 400 400 400 400', () => ({
      body: { endpoint: 'https://127.0.0.1/send', keys: { p256dh: 'B'.repeat(87), auth: 'A'.repeat(22) } }
    }))
  ],
  deleteMyPushSubscription: [
    row('of nobody', '401 403 204 204 204 204 204', () => ({ params: { subscriptionId: 'x' } }))
  ],
  getMyNotifications: [row('', accounts, noInput)],
  patchMyNotifications: [row('', accounts, () => ({ body: { creators: 'all' } }))],
  getMyBlockedWords: [row('', accounts, noInput)],
  putMyBlockedWords: [
    row('without words', '401 403 400 400 400 400 400', () => ({ body: {} })),
    row('with words', accounts, () => ({ body: { words: ['spoiler'] } }))
  ],
  getMyEmail: [row('', accounts, noInput)],
  putMyEmail: [row('without e-mail', '401 403 404 404 404 404 404', () => ({ body: { address: 'a@example.org' } }))],
  deleteMyEmail: [row('', '401 403 204 204 204 204 204', noInput)],
  verifyEmail: [row('with an unknown token', nowhere, () => ({ body: { token: 'x' } }))],
  blockEmail: [row('with an unknown token', nowhere, () => ({ body: { token: 'x' } }))],
  unblockEmail: [row('with an unknown token', nowhere, () => ({ body: { token: 'x' } }))],
  getUnsubscribePage: [row('', '302 302 302 302 302 302 302', () => ({ query: { token: 'x' } }))],
  unsubscribeEmail: [row('with an unknown token', nowhere, () => ({ query: { token: 'x' } }))],
  listMyWebhooks: [row('', accounts, noInput)],
  createMyWebhook: [
    row('at a private address', '401 403 400 400 400 400 400', () => ({
      body: { url: 'https://127.0.0.1/hook', events: ['show.started'] }
    }))
  ],
  patchMyWebhook: [row('of nobody', ofNobody, () => ({ params: { webhookId: 'x' }, body: { isEnabled: false } }))],
  deleteMyWebhook: [row('of nobody', '401 403 204 204 204 204 204', () => ({ params: { webhookId: 'x' } }))],
  rotateMyWebhookSecret: [row('of nobody', ofNobody, () => ({ params: { webhookId: 'x' } }))],
  testMyWebhook: [row('of nobody', ofNobody, () => ({ params: { webhookId: 'x' } }))],
  listMyWebhookDeliveries: [row('of nobody', ofNobody, () => ({ params: { webhookId: 'x' } }))],
  listMyReminders: [row('', accounts, noInput)],
  putReminder: [
    row('for a planned show', '401 403 204 204 204 204 204', async world => ({
      params: { showId: await world.plannedShow() }
    })),
    row('for a show that has started', '401 403 409 409 409 409 409', live),
    row('for a private show', '401 403 404 404 404 204 404', hiddenShow)
  ],
  deleteReminder: [row('', '401 403 204 204 204 204 204', live)],
  getCalendarFeed: [row('with an unknown key', nowhere, () => ({ query: { key: 'x' } }))],
  getArtwork: [
    row('of no song', '404 404 404 404 404 404 404', () => ({ params: { key: `nothing.${'x'.repeat(16)}` } }))
  ],

  patchSeries: [
    row('of the owner', ownerOnly(204), async world => ({
      params: { seriesId: await world.series() },
      body: { description: 'Each week' }
    }))
  ],
  deleteSeries: [row('of the owner', ownerOnly(204), async world => ({ params: { seriesId: await world.series() } }))],
  listTags: [row('', everybody, noInput, () => 'private tag')],
  listShows: [row('', everybody, noInput, ({ privateShowId }) => privateShowId)],
  getShow: [
    row('that is live', everybody, live),
    row('that is unlisted', everybody, ({ unlistedShowId }) => ({ params: { showId: unlistedShowId } })),
    row('that is private', '404 404 404 404 404 200 404', hiddenShow)
  ],
  patchShow: [
    row('that is live', creator(200), world => ({ ...live(world), body: { description: 'Changed' } })),
    row('that is private', creatorOfHidden(200), world => ({ ...hiddenShow(world), body: { description: 'Changed' } }))
  ],
  putShowCover: [
    row('that is live', creator(200), async world => ({ ...live(world), form: await picture() })),
    row('that is private', creatorOfHidden(200), async world => ({ ...hiddenShow(world), form: await picture() }))
  ],
  deleteShowCover: [row('that is live', creator(200), live), row('that is private', creatorOfHidden(200), hiddenShow)],
  getCover: [row('of no show', nowhere, () => ({ params: { key: `nobody.${'x'.repeat(16)}` } }))],
  deleteShow: [
    row('that is planned', creator(204), async world => ({ params: { showId: await world.plannedShow() } })),
    row('that is private', creatorOfHidden(204), async world => ({
      params: { showId: await world.plannedShow('private') }
    }))
  ],
  // The owner has a live show already. Only the owner gets that error.
  startShow: [
    row('that is planned', creator(409), async world => ({ params: { showId: await world.plannedShow() } })),
    row('that is private', creatorOfHidden(409), hiddenShow)
  ],
  endShow: [row('that is live', creator(200), endOfLiveShow), row('that is private', creatorOfHidden(409), hiddenShow)],
  listMembers: [
    row('of the live show', hosts(200), live),
    row('of the private show', creatorOfHidden(409), hiddenShow)
  ],
  listPeopleHere: [
    row('of the live show', '401 409 409 409 200 200 409', live),
    row('of the private show', '401 404 404 404 404 409 404', hiddenShow)
  ],
  listRequestableSongs: [
    row('of the live show', '401 409 409 409 403 403 409', live),
    row('of the private show', '401 404 404 404 404 409 404', hiddenShow)
  ],
  listBans: [row('of the live show', hosts(200), live), row('of the private show', creatorOfHidden(200), hiddenShow)],
  liftBan: [row('', hosts(204), async world => ({ params: { showId: world.liveShowId, userId: await world.ban() } }))],
  getTranscript: [
    row('of the live show', '404 404 404 404 200 200 404', live),
    row('of a private show', '404 404 404 404 404 200 404', hiddenShow)
  ],
  listTranscriptSegments: [
    row('of the live show', '404 404 404 404 200 200 404', live),
    row('of a private show', '404 404 404 404 404 200 404', hiddenShow)
  ],
  requestTranscript: [
    row('while transcripts are off', hosts(404), live),
    row('of a private show', creatorOfHidden(404), hiddenShow)
  ],
  getShowProgram: [
    row('of the live show', hosts(200), live),
    row('of the private show', creatorOfHidden(200), hiddenShow)
  ],
  getProgramMp3: [
    row('of a live show that is not streamed', nowhere, live),
    row('of the private show', nowhere, hiddenShow)
  ],
  getProgramAac: [
    row('of a live show that is not streamed', nowhere, live),
    row('of the private show', nowhere, hiddenShow)
  ],
  getProgramOpus: [
    row('of a live show that is not streamed', nowhere, live),
    row('of the private show', nowhere, hiddenShow)
  ],
  getProgramHls: [
    row('of a live show that is not streamed', nowhere, live),
    row('of the private show', nowhere, hiddenShow)
  ],
  getProgramHlsPlaylist: [row('of a live show that is not streamed', nowhere, live)],
  getProgramHlsSegment: [
    row('of a live show that is not streamed', nowhere, world => ({
      params: { ...live(world).params, name: 'a-1.m4s' }
    }))
  ],
  getShowAnalytics: [
    row('of the live show', hosts(200), live),
    row('of the private show', creatorOfHidden(409), hiddenShow)
  ],
  getShowAnalyticsCsv: [
    row('of the live show', hosts(200), live),
    row('of the private show', creatorOfHidden(409), hiddenShow)
  ],
  getMyAnalytics: [row('', accounts, noInput, ({ liveShowId }) => liveShowId)],
  listDecisions: [
    row('of the live show', creator(200), live),
    row('of the private show', creatorOfHidden(200), hiddenShow)
  ],
  listComments: [
    row('of the live show', everybody, live),
    row('of the private show', '404 404 404 404 404 200 404', hiddenShow)
  ],
  deleteComment: [
    row('of a bystander', hosts(204), async world => ({
      params: { showId: world.liveShowId, commentId: await world.comment() }
    }))
  ],
  getPlaylist: [
    row('of the live show', everybody, live),
    row('of the private show', '404 404 404 404 404 200 404', hiddenShow)
  ],
  listJingles: [
    row('of the live show', hosts(200), live),
    row('of the private show', creatorOfHidden(200), hiddenShow)
  ],
  listSongsOnAir: [
    row('of the live show', everybody, live),
    row('of the private show', '404 404 404 404 404 200 404', hiddenShow)
  ],
  putPlaylist: [
    row('of the live show', hosts(409), world => ({ ...live(world), body: { version: 1_000_000, items: [] } })),
    row('of the private show', creatorOfHidden(409), world => ({
      ...hiddenShow(world),
      body: { version: 1_000_000, items: [] }
    }))
  ],
  listInvitations: [row('to the private show', creatorOfHidden(200), hiddenShow)],
  createInvitation: [row('to the private show', creatorOfHidden(201), world => ({ ...hiddenShow(world), body: {} }))],
  withdrawInvitation: [
    row('to the private show', creatorOfHidden(204), async world => ({
      params: { showId: world.privateShowId, id: (await world.invitation(world.privateShowId)).id }
    }))
  ],
  listBackstage: [row('of the private show', creatorOfHidden(200), hiddenShow)],
  inviteBackstage: [
    row('to a private show', creatorOfHidden(200), async world => ({
      params: { showId: await world.plannedShow('private'), userId: world.people.other.id },
      body: {}
    }))
  ],
  withdrawBackstage: [
    row('of the private show', creatorOfHidden(204), world => ({
      params: { showId: world.privateShowId, userId: world.people.other.id }
    }))
  ],
  acceptInvitation: [
    row('with its token', accounts, async world => {
      const showId = await world.plannedShow('private')
      return { params: { showId }, body: { token: (await world.invitation(showId)).token } }
    }),
    row('with the token of another show', '401 403 404 404 404 404 404', async world => ({
      ...hiddenShow(world),
      body: { token: (await world.invitation(await world.plannedShow('private'))).token }
    }))
  ],

  createReport: [
    row('about the owner', '401 403 201 201 201 201 201', ({ people: { owner } }) => ({
      body: { kind: 'user', subjectId: owner.id, ...reason }
    })),
    row('about a comment', '401 403 201 201 201 201 201', async world => ({
      body: { kind: 'comment', subjectId: await world.comment(), ...reason }
    })),
    row('about the private show', '401 403 404 404 404 201 404', ({ privateShowId }) => ({
      body: { kind: 'show', subjectId: privateShowId, ...reason }
    }))
  ],
  listReports: [row('', operators(200), noInput)],
  answerReport: [
    row('', operators(200), async world => ({ params: { reportId: await world.report() }, body: { answer: 'Done' } }))
  ],
  endShowAsOperator: [
    row('', operators(204), async world => ({
      params: { showId: (await world.anotherLiveShow()).showId },
      body: reason
    }))
  ],
  deleteCommentAsOperator: [
    row('', operators(204), async world => ({ params: { commentId: await world.comment() }, body: reason }))
  ],
  takeDownReplay: [
    row('', operators(204), async (world, role) => ({ ...(await recordedForOperator(world, role)), body: reason }))
  ],
  restoreReplay: [
    row('', operators(204), async (world, role) => ({ ...(await recordedForOperator(world, role)), body: reason }))
  ],
  removeCoverAsOperator: [
    row('', operators(204), async world => ({
      params: { showId: await world.coveredShow(await redSquare()) },
      body: reason
    }))
  ],
  suspendUser: [
    row('a person', operators(204), async world => ({ params: { userId: await aNewId(world) }, body: reason })),
    row('an operator', operators(403), ({ people: { operator } }) => ({
      params: { userId: operator.id },
      body: reason
    }))
  ],
  restoreUser: [row('', operators(204), async world => ({ params: { userId: await aNewId(world) }, body: reason }))],
  listOperatorActs: [row('', operators(200), noInput)],
  announce: [row('', operators(201), async world => ({ body: await world.announcementDraft() }))],
  listOperatorAnnouncements: [row('', operators(200), noInput)],
  endAnnouncement: [
    row('', operators(204), async world => ({ params: { announcementId: await world.announcement() } })),
    row('an unknown one', operators(404), () => ({ params: { announcementId: 'x' } }))
  ],
  listAnnouncements: [row('', everybody, noInput)]
}
