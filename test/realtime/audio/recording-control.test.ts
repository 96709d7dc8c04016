import { mock } from 'node:test'
import t from 'tap'
import type { LocalVoice } from '../../../media/recording/recorded-voice.ts'
import type { RecordingParts } from '../../../media/recording/show-recorder.ts'
import { createRecordingControl, type RecordingControlParts } from '../../../realtime/audio/recording-control.ts'
import { openingState } from '../../../realtime/room/opening-state.ts'
import { memoryStints } from '../../media/recording/memory-stints.ts'
import { showWith } from '../room/people.ts'
import { until } from '../real-app.ts'

const opened = openingState(showWith(0), 0)

/** The state of a room whose recording began at this time; undefined: it is off. */
function stateWith(startedAt?: number, status: 'live' | 'ended' = 'live') {
  const recording = startedAt === undefined ? {} : { recording: { startedAt, by: null } }
  return { room: { ...opened, status, ...recording } }
}

/** A control of one show whose recorder keeps what it is told. */
function controlled(
  reportFailure: RecordingControlParts['reportFailure'] = async () => {},
  stopped: Promise<void> = Promise.resolve(),
  reportRecorded: RecordingControlParts['reportRecorded'] = async () => {}
) {
  const calls: string[] = []
  const recordings: RecordingParts[] = []
  const recorder = {
    start(recording: RecordingParts) {
      calls.push('start')
      recordings.push(recording)
    },
    async stop() {
      calls.push('stop')
      await stopped
    }
  }
  const control = createRecordingControl({
    files: memoryStints().files,
    findRecorder: showId => (showId === 'show' ? recorder : undefined),
    reportFailure,
    reportRecorded,
    logger: { warn() {}, error() {} },
    nowMs: Date.now
  })
  return { control, calls, recordings }
}

t.test('the recorder of a show follows its recording', async t => {
  const { control, calls } = controlled()
  control.changed('show', stateWith())
  control.changed('another', stateWith(1))
  t.same(calls, [])
  control.changed('show', stateWith(1))
  control.changed('show', stateWith(1))
  t.same(calls, ['start'], 'other changes of the room do nothing')
  control.changed('show', stateWith(2))
  t.same(calls, ['start', 'stop', 'start'], 'a stop and a start that were missed')
  control.changed('show', stateWith(2, 'ended'))
  t.same(calls.slice(3), ['stop'])
  control.changed('show', stateWith(3))
  control.closing('show')
  control.closing('show')
  t.same(calls.slice(4), ['start', 'stop'])
  control.changed('show', stateWith(3))
  t.same(calls.slice(6), ['start'], 'the audio was opened again')
  await control.close()
  control.changed('show', stateWith(4))
  t.same(calls.slice(7), ['stop'])
})

t.test('a failure is reported until the home knows, and the recording does not begin again by itself', async t => {
  const reports: unknown[][] = []
  const { control, calls, recordings } = controlled(async (...report) => {
    reports.push(report)
    if (reports.length < 2) throw new Error('no home')
  })
  control.changed('show', stateWith(1))
  recordings[0]!.onFailed('full')
  control.changed('show', stateWith(1))
  t.same(calls, ['start'])
  await until(() => reports.length === 2)
  t.same(reports[1], ['show', 1, 'full'], 'names the recording')
  control.changed('show', stateWith())
  control.changed('show', stateWith(2))
  t.same(calls, ['start', 'stop', 'start'], 'a host starts it again')
})

t.test('what is recorded of a voice is reported in order until the home knows, while the recording is on', async t => {
  const reports: unknown[][] = []
  let answer = Promise.withResolvers<void>()
  const { control, recordings } = controlled(undefined, undefined, async (...report) => {
    reports.push(report)
    await answer.promise
  })
  control.changed('show', stateWith(1))
  const voice = { userId: 'ben', producer: { id: 'p1' } } as LocalVoice
  recordings[0]!.onRecordedChanged(voice, false)
  t.same(reports, [['show', 1, { userId: 'ben', producerId: 'p1' }, false]])
  // It is not known whether the first report arrived, so the next one is needed.
  recordings[0]!.onRecordedChanged(voice, true)
  const first = answer
  answer = Promise.withResolvers()
  first.reject(new Error('no home'))
  await until(() => reports.length === 2)
  t.equal(reports[1]![3], true, 'the latest')
  recordings[0]!.onRecordedChanged(voice, false)
  recordings[0]!.onRecordedChanged(voice, true)
  recordings[0]!.onRecordedChanged(voice, false)
  t.equal(reports.length, 2, 'one at a time')
  answer.resolve()
  await until(() => reports.length === 3)
  t.equal(reports[2]![3], false)

  answer = Promise.withResolvers()
  recordings[0]!.onRecordedChanged(voice, true)
  await until(() => reports.length === 4)
  control.changed('show', stateWith(2))
  answer.reject(new Error('no home'))
  recordings[1]!.onRecordedChanged(voice, false)
  t.same(reports[4], ['show', 2, { userId: 'ben', producerId: 'p1' }, false])
  t.equal(reports.length, 5, 'the earlier recording is over')
})

t.test('closing waits for the files, and not for ever', async t => {
  const files = Promise.withResolvers<void>()
  const one = controlled(undefined, files.promise)
  one.control.changed('show', stateWith(1))
  let isClosed = false
  const closing = one.control.close().then(() => {
    isClosed = true
  })
  await new Promise(resolve => setImmediate(resolve))
  t.notOk(isClosed)
  files.resolve()
  await closing

  mock.timers.enable({ apis: ['setTimeout'] })
  t.teardown(() => mock.timers.reset())
  const stuck = controlled(undefined, new Promise(() => {}))
  stuck.control.changed('show', stateWith(1))
  const given = stuck.control.close()
  mock.timers.tick(5000)
  await given
})
