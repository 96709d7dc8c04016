import { BSONError, Code, Decimal128, Double, Int32, Long, serialize } from 'bson'
import fc from 'fast-check'
import t from 'tap'
import { assertReadable } from '../bson/check.ts'
import { decodeTyped, encode } from '../bson/codec.ts'
import { CommandError } from '../errors.ts'

/** Returns the code of the error of a check, or undefined if the bytes are accepted. */
function codeOf(bytes: Uint8Array): number | undefined {
  try {
    assertReadable(bytes, false)
    return undefined
  } catch (error) {
    if (error instanceof CommandError) return error.code
    throw error
  }
}

// Names that JavaScript or `bson` treat in a special way, and others.
const name = fc.constantFrom(
  'a',
  'b',
  '0',
  '1',
  '10',
  '01',
  '-1',
  '4294967295',
  '$ref',
  '$id',
  '$db',
  '__proto__',
  'é',
  ''
)
const leaf = fc.oneof(
  fc.string({ maxLength: 3 }),
  fc.constantFrom('x.y', null, true, new Int32(1), new Double(1), Long.fromNumber(2), Decimal128.fromString('1')),
  fc.constantFrom(new Date(0), new Code('f', { a: new Int32(1) }), new Code('f'))
)
const { document } = fc.letrec<{ value: unknown; document: Map<string, unknown> }>(tie => ({
  value: fc.oneof({ maxDepth: 3 }, leaf, tie('document'), fc.array(tie('value'), { maxLength: 3 })),
  document: fc
    .uniqueArray(fc.tuple(name, tie('value')), { maxLength: 4, selector: ([field]) => field })
    .map(entries => new Map(entries))
}))

t.test('bytes that are accepted come back unchanged from JavaScript objects', async t => {
  let accepted = 0
  let refused = 0
  fc.assert(
    fc.property(document, fields => {
      const bytes = serialize(fields)
      const code = codeOf(bytes)
      if (code === undefined) accepted++
      else refused++
      return code === 115 || encode(decodeTyped(bytes)).equals(bytes)
    }),
    { numRuns: 3000 }
  )
  t.ok(accepted > 500, `${accepted} accepted`)
  t.ok(refused > 100, `${refused} refused`)
})

t.test('damaged bytes are refused or are BSON, and end without another error', async t => {
  fc.assert(
    fc.property(document, fc.nat(), fc.integer({ min: 0, max: 255 }), (fields, at, byte) => {
      const bytes = Buffer.from(serialize(fields))
      bytes[at % bytes.length] = byte
      if (codeOf(bytes) !== undefined) return true
      try {
        return encode(decodeTyped(bytes)).length > 0
      } catch (error) {
        // The decoder checks the texts themselves.
        return error instanceof BSONError && /utf/i.test(error.message)
      }
    }),
    { numRuns: 3000 }
  )
  t.pass()
})

t.test('what is deeper than in MongoDB is refused', async t => {
  const nested = (depth: number) => {
    let doc = {}
    for (let n = 0; n < depth; n++) doc = { a: doc }
    return serialize(doc)
  }
  t.equal(codeOf(nested(180)), undefined)
  t.equal(codeOf(nested(181)), 15)
})

t.test('names that are numbers are in order before others', async t => {
  const withNames = (...names: string[]) => serialize(new Map(names.map(each => [each, 1])))
  t.equal(codeOf(withNames('2', '10', 'a', '01', '4294967295')), undefined)
  t.equal(codeOf(withNames('10', '2')), 115)
  t.equal(codeOf(withNames('a', '2')), 115)
  t.equal(codeOf(withNames('_id', '2')), 115)
  t.doesNotThrow(() => assertReadable(withNames('_id', '2'), true), 'a stored document begins with its _id')
  const inBody = serialize(
    new Map<string, unknown>([
      ['insert', 'c'],
      [
        'documents',
        [
          new Map([
            ['_id', 1],
            ['2', 1]
          ])
        ]
      ]
    ])
  )
  t.equal(codeOf(inBody), undefined, 'in the body of an insert as well')
})
