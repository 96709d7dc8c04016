import type { GraphQLField } from 'graphql'

/** Work of a field whenever it is read once. A field without it takes its value from its parent. */
export interface FieldCost {
  /** The requests of REST whose work it does. Fields that are read for many parents at once cost a part of one. */
  requests: number
  /** Limit of REST requests per minute of a field that has a stricter one. */
  maxPerMinute?: number
  /** Its parent cannot be an item of a list, because each parent would take a command of the store. */
  isSingle?: boolean
  /** It is a connection, whose `first` is the number of its edges. */
  isConnection?: boolean
}

/** Returns the cost that the configuration of a field names. */
export function costOfField({ extensions }: GraphQLField<unknown, unknown>): FieldCost | undefined {
  const { cost }: { cost?: FieldCost } = Object(extensions)
  return cost
}

/** A field that is one request of REST. */
export const oneRequest: FieldCost = { requests: 1 }
/** A field that is one request of REST, for one parent only. */
export const oneRequestOfOneParent: FieldCost = { requests: 1, isSingle: true }
/** A field that is read for all parents at once, by their ids. */
export const readByIds: FieldCost = { requests: 0.1 }
/** A field that counts for each parent. A profile of REST has two such counts. */
export const countedForEach: FieldCost = { requests: 0.5 }
