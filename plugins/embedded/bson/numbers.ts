import { Double, Int32, Long } from 'bson'

/** The number in any of its BSON types, if it is one. */
export function numberIn(value: unknown): number | undefined {
  if (typeof value === 'number') return value
  if (value instanceof Int32 || value instanceof Double) return value.value
  return Long.isLong(value) ? value.toNumber() : undefined
}

/** A number as arithmetic has to know it: a whole one of 32 or 64 bits, or a double. */
type Typed = { kind: 'int' | 'long'; value: bigint } | { kind: 'double'; value: number }

function typedNumber(value: unknown): Typed | undefined {
  if (value instanceof Double) return { kind: 'double', value: value.value }
  if (value instanceof Int32) return { kind: 'int', value: BigInt(value.value) }
  if (Long.isLong(value)) return { kind: 'long', value: value.toBigInt() }
  if (typeof value !== 'number') return undefined
  const whole = Number.isInteger(value) && Math.abs(value) < 2 ** 31
  return whole ? { kind: 'int', value: BigInt(value) } : { kind: 'double', value }
}

export type Arithmetic = 'add' | 'multiply' | 'and' | 'or' | 'xor'

const whole: Record<Arithmetic, (a: bigint, b: bigint) => bigint> = {
  add: (a, b) => a + b,
  multiply: (a, b) => a * b,
  and: (a, b) => a & b,
  or: (a, b) => a | b,
  xor: (a, b) => a ^ b
}

const fitsInt = (value: bigint) => BigInt.asIntN(32, value) === value
const fitsLong = (value: bigint) => BigInt.asIntN(64, value) === value

/**
 * MongoDB's arithmetic: with a double the result is one, whole numbers stay whole, and one of 32 bits grows to 64 when it must.
 * Undefined where an operand is no number (or no whole one, for bits); 'overflow' past 64 bits.
 */
export function calculate(
  operation: Arithmetic,
  a: unknown,
  b: unknown
): Int32 | Long | Double | 'overflow' | undefined {
  const [x, y] = [typedNumber(a), typedNumber(b)]
  if (!x || !y) return undefined
  if (x.kind === 'double' || y.kind === 'double') {
    if (operation !== 'add' && operation !== 'multiply') return undefined
    const [left, right] = [Number(x.value), Number(y.value)]
    return new Double(operation === 'add' ? left + right : left * right)
  }
  const result = whole[operation](x.value, y.value)
  if (!fitsLong(result)) return 'overflow'
  return x.kind === 'int' && y.kind === 'int' && fitsInt(result) ? new Int32(Number(result)) : Long.fromBigInt(result)
}
