import t from 'tap'
import type { ShowAnalytics } from '../../../../contract/analytics.ts'
import { csvOf } from '../../../../plugins/app/analytics/csv.ts'

const at = '2027-01-15T08:00:00.000Z'
const span = { from: at, to: '2027-01-15T08:00:30.000Z' }

/** One minute in which these titles play and these people talk. */
function cellsOf(titles: string[], names: string[]): string {
  const numbers: Pick<ShowAnalytics, 'minutes' | 'played' | 'speakers'> = {
    minutes: [{ at, listeners: 1, maxListeners: 1, joins: 1, leaves: 0, comments: 0, reactions: 0 }],
    played: titles.map(title => ({ ...span, itemId: title, songId: null, title, artists: [] })),
    speakers: names.map(displayName => ({
      user: { id: displayName, displayName, avatarUrl: null },
      talkMs: 30_000,
      spans: [span]
    }))
  }
  const [, row = ''] = csvOf(numbers as ShowAnalytics).split('\r\n')
  return row.slice(`${at},1,1,1,0,0,0,`.length)
}

t.test('texts keep their place', t => {
  t.equal(cellsOf(['A song'], ['Ann', 'Bob']), 'A song,Ann; Bob')
  t.equal(cellsOf(['A "song", and more'], []), '"A ""song"", and more",')
  t.equal(cellsOf(['1 - 2 = 3'], ['a@b']), '1 - 2 = 3,a@b')
  t.end()
})

t.test('no text becomes a formula, also where a semicolon separates cells', t => {
  for (const formula of ['=1+1', '+1', '-1', '@SUM(1)']) {
    t.equal(cellsOf([formula], [formula]), `'${formula},'${formula}`)
    t.equal(cellsOf([`A;${formula}`], ['Ann', formula]), `A;'${formula},Ann; '${formula}`)
  }
  t.end()
})
