import type { StoredItem } from './dynamo-items.ts'
import { keyText } from './dynamo-keys.ts'

/** Items in order, whose sort keys begin with the same text. */
interface ItemList {
  readonly items: AsyncGenerator<StoredItem>
  readonly beginning: string
}

interface Head {
  readonly list: ItemList
  readonly item: StoredItem
  readonly order: Buffer
}

/** Yields the items of several lists, each once, in the order of what follows the beginnings. */
export async function* inOneOrder(lists: readonly ItemList[], reverse: boolean): AsyncGenerator<StoredItem> {
  const [only, ...others] = lists
  if (only && others.length === 0) {
    yield* only.items
    return
  }
  const seen = new Set<string>()
  const first = await Promise.all(lists.map(nextOf))
  const heads = first.filter(head => head !== undefined)
  while (heads.length > 0) {
    const best = heads.reduce((a, b) => (Buffer.compare(a.order, b.order) * (reverse ? -1 : 1) <= 0 ? a : b))
    const next = await nextOf(best.list)
    heads.splice(heads.indexOf(best), 1, ...(next ? [next] : []))
    const place = keyText(best.item.place)
    if (!seen.has(place)) yield best.item
    seen.add(place)
  }
}

async function nextOf(list: ItemList): Promise<Head | undefined> {
  const { value, done } = await list.items.next()
  if (done) return undefined
  const { sk } = value.via ?? value.place
  // DynamoDB orders by bytes.
  return { list, item: value, order: Buffer.from(sk.slice(list.beginning.length)) }
}
