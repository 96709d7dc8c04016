import { Decimal128, Double, Int32, Long } from 'bson'
import { notSupported } from '../errors.ts'

/** Returns a value as a JavaScript number if it is a number of any BSON type. */
export function numberIn(value: unknown): number | undefined {
  if (typeof value === 'number') return value
  if (value instanceof Int32 || value instanceof Double) return value.value
  return Long.isLong(value) ? value.toNumber() : undefined
}

/** A number with its type in arithmetic: a whole number of 32 or 64 bits, or a double. */
type TypedNumber = { kind: 'int' | 'long'; value: bigint } | { kind: 'double'; value: number }

function typedNumber(value: unknown): TypedNumber | undefined {
  if (value instanceof Double) return { kind: 'double', value: value.value }
  if (value instanceof Int32) return { kind: 'int', value: BigInt(value.value) }
  if (Long.isLong(value)) return { kind: 'long', value: value.toBigInt() }
  if (typeof value !== 'number') return undefined
  const isInt32 = Number.isInteger(value) && Math.abs(value) < 2 ** 31
  return isInt32 ? { kind: 'int', value: BigInt(value) } : { kind: 'double', value }
}

const fitsInt = (value: bigint) => BigInt.asIntN(32, value) === value
const fitsLong = (value: bigint) => BigInt.asIntN(64, value) === value

/**
 * Adds two numbers as MongoDB does: the sum is a double if one of them is, whole numbers stay whole, and a sum that
 * does not fit 32 bits gets 64. Returns undefined if one of the values is not a number, and 'overflow' if the sum does
 * not fit 64 bits. Throws CommandNotSupported for Decimal128.
 */
export function addNumbers(a: unknown, b: unknown): Int32 | Long | Double | 'overflow' | undefined {
  if (a instanceof Decimal128 || b instanceof Decimal128) throw notSupported('Adding a Decimal128')
  const [x, y] = [typedNumber(a), typedNumber(b)]
  if (!x || !y) return undefined
  if (x.kind === 'double' || y.kind === 'double') return new Double(Number(x.value) + Number(y.value))
  const sum = x.value + y.value
  if (!fitsLong(sum)) return 'overflow'
  return x.kind === 'int' && y.kind === 'int' && fitsInt(sum) ? new Int32(Number(sum)) : Long.fromBigInt(sum)
}
