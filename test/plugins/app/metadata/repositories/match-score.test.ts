import t from 'tap'
import {
  matchScore,
  nameSimilarity,
  normalizeName
} from '../../../../../plugins/app/metadata/repositories/match-score.ts'

const asked = { title: 'First Light', artist: 'The Quiet Lanterns', album: 'Paper Moons', durationMs: 221_000 }
const same = { ...asked }

t.test('names are compared without case, accents, punctuation and additions', async t => {
  const equal: [string, string][] = [
    ['Café Déjà-Vu', 'cafe deja vu'],
    ['Song (feat. Somebody)', 'song'],
    ['Song ft. Somebody', 'Song'],
    ['Song - 2011 Remaster', 'Song'],
    ['Song [2011 Remaster]', 'Song'],
    ['The Lanterns', 'Lanterns'],
    ['Orbit & Signal', 'Orbit and Signal'],
    ["Don't", 'Dont'],
    ['Ёлка', 'ёлка']
  ]
  for (const [one, other] of equal) t.equal(nameSimilarity(one, other), 1, `${one} = ${other}`)
  t.equal(normalizeName('!!!'), '!!!', 'a name of punctuation stays')
  t.equal(nameSimilarity('!!!', '???'), 0)
  t.ok(nameSimilarity('Song (Live)', 'Song') < 1, 'a live recording is another one')
  t.equal(normalizeName('The'), 'the', 'an article alone stays')
})

t.test('similar names lie between', async t => {
  const near = nameSimilarity('First Light', 'First Lights')
  t.ok(near > 0.9 && near < 1, String(near))
  const far = nameSimilarity('First Light', 'Low Tide')
  t.ok(far < 0.3, String(far))
  t.ok(nameSimilarity('x'.repeat(100_000), 'y'.repeat(100_000)) === 0, 'long names are cut')
})

t.test('a score is 1 for the same song, and falls with every difference', async t => {
  t.equal(matchScore(asked, same), 1)
  const scores = [
    same,
    { ...same, album: 'Best of Everything' },
    { ...same, durationMs: 190_000 },
    { ...same, artist: 'Velvet' },
    { title: 'Low Tide', artist: 'Velvet', album: null, durationMs: 100_000 }
  ].map(found => matchScore(asked, found))
  t.same(
    scores,
    scores.toSorted((a, b) => b - a)
  )
  t.equal(new Set(scores).size, scores.length)
  t.ok(scores.every(score => score >= 0 && score <= 1))
})

t.test('parts that nobody knows do not count', async t => {
  const short = { ...asked, album: null, durationMs: 0 }
  t.equal(matchScore(short, { ...same, album: 'Any', durationMs: 1 }), 1)
  const unknown = matchScore(asked, { ...same, durationMs: null })
  t.ok(unknown < 1 && unknown > matchScore(asked, { ...same, durationMs: 1 }))
})

t.test('a title alone is never certain', async t => {
  t.equal(matchScore({ ...asked, artist: null, album: null, durationMs: 0 }, same), 0.6)
})

t.test('a difference in length of up to two seconds does not count', async t => {
  t.equal(matchScore(asked, { ...same, durationMs: 222_900 }), 1)
  t.ok(matchScore(asked, { ...same, durationMs: 224_000 }) < 1)
})
