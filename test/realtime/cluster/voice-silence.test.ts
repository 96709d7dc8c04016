import fc from 'fast-check'
import t from 'tap'
import { createVoiceSilence } from '../../../realtime/cluster/voice-silence.ts'

/** Behaviour of a voice in one half second: what the origin sends, and whether it arrives. */
interface HalfSecond {
  sends: boolean
  arrives: boolean
}

const tickMs = 500

/**
 * Plays half seconds as `VoiceLinks` and `ReceivedVoices` see them: packets are counted here once a second. Returns the
 * times of the reports and the number of questions.
 */
function play(steps: readonly HalfSecond[]): { reports: number[]; questions: number } {
  const silence = createVoiceSilence()
  let [sent, arrived, counted, heardAtMs, questions] = [0, 0, 0, 0, 0]
  const reports: number[] = []
  steps.forEach(({ sends, arrives }, n) => {
    const nowMs = (n + 1) * tickMs
    if (sends) sent++
    if (sends && arrives) arrived++
    if (n % 2 === 1 && arrived > counted) {
      counted = arrived
      heardAtMs = nowMs
    }
    if (!silence.isCheckDue(nowMs - heardAtMs, nowMs)) return
    questions++
    if (silence.takeSent(sent, nowMs - heardAtMs, nowMs)) reports.push(nowMs)
  })
  return { reports, questions }
}

const halfSeconds = (count: number, step: HalfSecond) => Array.from({ length: count }, () => step)
const heard = { sends: true, arrives: true }
const lost = { sends: true, arrives: false }
const muted = { sends: false, arrives: true }

t.test('a voice that is heard is never asked about', async t => {
  t.same(play(halfSeconds(100, heard)), { reports: [], questions: 0 })
})

t.test('a muted voice is asked about every 3 s and not reported', async t => {
  const { reports, questions } = play(halfSeconds(120, muted))
  t.same(reports, [])
  t.ok(questions <= 22, `${questions} questions in a minute`)
})

t.test('a voice that stops to arrive is reported once, between 3 and 5 s later', async t => {
  for (const before of [9, 10]) {
    const { reports } = play([...halfSeconds(before, heard), ...halfSeconds(60, lost)])
    t.equal(reports.length, 1)
    const afterMs = reports[0]! - before * tickMs
    t.ok(afterMs >= 3000 && afterMs <= 5000, `${afterMs} ms`)
  }
})

t.test('it is reported again after it was heard in between', async t => {
  const once = [...halfSeconds(10, heard), ...halfSeconds(20, lost)]
  t.equal(play([...once, ...once]).reports.length, 2)
})

t.test('a voice that is muted for long and then lost is reported within 7 s', async t => {
  for (let mutedFor = 10; mutedFor < 20; mutedFor++) {
    const { reports } = play([...halfSeconds(mutedFor, muted), ...halfSeconds(14, lost)])
    t.equal(reports.length, 1, `muted for ${mutedFor / 2} s`)
  }
})

t.test('nothing is reported while all that is sent arrives', async t => {
  const step = fc.constantFrom(heard, muted)
  fc.assert(
    fc.property(fc.array(step, { minLength: 20, maxLength: 200 }), steps => {
      t.same(play(steps).reports, [])
    })
  )
})
