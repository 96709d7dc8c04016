import t from 'tap'
import { MediaSessionStack } from '../../../web/src/media-session/media-session-stack.ts'

/** Stands in for the media session of a browser: keeps what it was told. */
function createSession() {
  const handlers = new Map<MediaSessionAction, MediaSessionActionHandler>()
  const session = {
    metadata: null as MediaMetadata | null,
    playbackState: 'none' as MediaSessionPlaybackState,
    position: {} as MediaPositionState | undefined,
    setPositionState(position?: MediaPositionState) {
      session.position = position
    },
    setActionHandler(action: MediaSessionAction, handler: MediaSessionActionHandler | null) {
      if (handler) handlers.set(action, handler)
      else handlers.delete(action)
    },
    setCameraActive: async () => {},
    setMicrophoneActive: async () => {}
  }
  const stack = new MediaSessionStack(session, init => ({
    title: init.title ?? '',
    artist: init.artist ?? '',
    album: init.album ?? '',
    artwork: init.artwork ?? []
  }))
  const press = (action: MediaSessionAction) => handlers.get(action)?.({ action })
  return { session, handlers, stack, press }
}

/** Controls of a part of the page, which notes each press. */
function controlsOf(title: string, presses: string[], actions: MediaSessionAction[] = ['play', 'pause']) {
  const handlers = Object.fromEntries(actions.map(action => [action, () => presses.push(`${title} ${action}`)]))
  return { metadata: { title }, handlers, position: { duration: title.length }, playbackState: 'playing' as const }
}

t.test('the owner in front has the controls, and gives them back', async t => {
  const { session, handlers, stack, press } = createSession()
  const presses: string[] = []
  const show = stack.own()
  show.update(controlsOf('Show', presses))
  const replay = stack.own()
  t.equal(session.metadata, null, 'nothing of the show is left')
  t.equal(session.playbackState, 'none')
  replay.update({ ...controlsOf('A replay', presses, ['play', 'pause', 'seekto']), playbackState: 'none' })
  press('pause')
  t.equal(session.metadata?.title, 'A replay')
  t.strictSame(session.position, { duration: 8 })

  show.update({ metadata: { title: 'The next song' }, playbackState: 'paused' })
  t.equal(session.metadata?.title, 'A replay', 'what happens behind is not shown')

  replay.release()
  press('pause')
  t.equal(session.metadata?.title, 'The next song', 'but is not forgotten')
  t.equal(session.playbackState, 'paused')
  t.strictSame(session.position, { duration: 4 })
  t.strictSame([...handlers.keys()].sort(), ['pause', 'play'], 'a show has no seeking')
  t.strictSame(presses, ['A replay pause', 'Show pause'])

  show.release()
  t.equal(handlers.size, 0)
  t.equal(session.metadata, null)
  t.equal(session.playbackState, 'none')
})

t.test('an owner that starts to play comes to the front, and one behind goes without a trace', async t => {
  const { stack, session, press } = createSession()
  const presses: string[] = []
  const replay = stack.own()
  replay.update(controlsOf('A replay', presses))
  const show = stack.own()
  show.update(controlsOf('Show', presses))
  press('play')
  replay.raise()
  press('play')
  show.release()
  press('play')
  t.equal(session.metadata?.title, 'A replay')
  t.strictSame(presses, ['Show play', 'A replay play', 'A replay play'])
})

t.test('a browser without media controls needs none', async () => {
  const owner = new MediaSessionStack(undefined, () => {
    throw new Error('unused')
  }).own()
  owner.update({ metadata: { title: 'Show' } })
  owner.release()
})
