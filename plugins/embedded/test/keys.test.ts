import { Binary, Double, Int32, Long, MaxKey, MinKey, ObjectId, Timestamp } from 'bson'
import fc from 'fast-check'
import t from 'tap'
import { compareValues, compoundKey, equalValues, keyOf } from '../bson/key.ts'

const number = fc.oneof(
  fc.double(),
  fc.integer(),
  fc.integer().map(n => new Int32(n)),
  fc.double().map(n => new Double(n)),
  fc.bigInt(-(2n ** 63n), 2n ** 63n - 1n).map(n => Long.fromBigInt(n)),
  fc.bigInt(2n ** 53n - 4n, 2n ** 53n + 4n).map(n => Long.fromBigInt(n)),
  fc.integer({ min: -4, max: 4 }).map(n => 2 ** 53 + n),
  fc.constantFrom(0, -0, NaN, Infinity, -Infinity, 2 ** 63)
)
const text = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string({ unit: fc.constantFrom('a', 'b', '\0', '\x01', '\xFF') })
)
const scalar = fc.oneof(
  number,
  text,
  fc.constant(null),
  fc.boolean(),
  fc.date({ noInvalidDate: true }),
  fc.uint8Array({ maxLength: 4 }).map(bytes => new Binary(bytes)),
  fc.uint8Array({ minLength: 12, maxLength: 12 }).map(bytes => new ObjectId(bytes)),
  fc.nat(5).map(n => new Timestamp({ t: n, i: 1 })),
  fc.constantFrom(new MinKey(), new MaxKey())
)
const value = fc.letrec(tie => ({
  any: fc.oneof(
    { maxDepth: 3 },
    scalar,
    fc.array(tie('any'), { maxLength: 3 }),
    fc.dictionary(fc.string({ unit: fc.constantFrom('a', 'b', '\xFF'), minLength: 1, maxLength: 2 }), tie('any'), {
      maxKeys: 3,
      noNullPrototype: true
    })
  )
})).any

function exactly(value: unknown): number | bigint {
  if (value instanceof Int32 || value instanceof Double) return value.value
  return Long.isLong(value) ? value.toBigInt() : Number(value)
}

t.test('keys of numbers of all types have the order of their values', async t => {
  t.doesNotThrow(() =>
    fc.assert(
      fc.property(number, number, (a, b) => {
        const [x, y] = [exactly(a), exactly(b)]
        const [aNaN, bNaN] = [Number.isNaN(x), Number.isNaN(y)]
        const expected = aNaN || bNaN ? Number(bNaN) - Number(aNaN) : x < y ? -1 : x > y ? 1 : 0
        return Math.sign(Buffer.compare(keyOf(a), keyOf(b))) === (expected || 0)
      }),
      { numRuns: 5000 }
    )
  )
})

t.test('keys of strings have the order of their UTF-8 bytes', async t => {
  t.doesNotThrow(() =>
    fc.assert(
      fc.property(
        text,
        text,
        (a, b) =>
          Math.sign(Buffer.compare(keyOf(a), keyOf(b))) === Math.sign(Buffer.compare(Buffer.from(a), Buffer.from(b)))
      ),
      { numRuns: 5000 }
    )
  )
})

t.test('the order of values is antisymmetric and transitive', async t => {
  t.doesNotThrow(() =>
    fc.assert(
      fc.property(value, value, value, (a, b, c) => {
        const sign = (x: unknown, y: unknown) => Math.sign(compareValues(x, y))
        if (sign(a, b) !== -sign(b, a) && sign(a, b) !== 0) return false
        if ((sign(a, b) === 0) !== equalValues(a, b)) return false
        return !(sign(a, b) <= 0 && sign(b, c) <= 0) || sign(a, c) <= 0
      }),
      { numRuns: 3000 }
    )
  )
})

t.test('no key is a prefix of another', async t => {
  t.doesNotThrow(() =>
    fc.assert(
      fc.property(value, value, (a, b) => {
        const [x, y] = [keyOf(a), keyOf(b)]
        return x.equals(y) || !y.subarray(0, x.length).equals(x)
      }),
      { numRuns: 3000 }
    )
  )
})

t.test('compound keys have the order of their fields, each in its direction', async t => {
  t.doesNotThrow(() =>
    fc.assert(
      fc.property(fc.array(fc.tuple(value, value, fc.boolean()), { minLength: 1, maxLength: 3 }), fields => {
        const directions = fields.map(([, , isDescending]) => isDescending)
        const [left, right] = [fields.map(([a]) => a), fields.map(([, b]) => b)]
        const expected =
          fields
            .map(([a, b, isDescending]) => Math.sign(compareValues(a, b)) * (isDescending ? -1 : 1))
            .find(order => order !== 0) ?? 0
        return Math.sign(Buffer.compare(compoundKey(left, directions), compoundKey(right, directions))) === expected
      }),
      { numRuns: 3000 }
    )
  )
})
