/** Returns the first item, and closes the generator. */
export async function firstOf<Item>(all: AsyncGenerator<Item>): Promise<Item | undefined> {
  const { done, value } = await all.next()
  await all.return(undefined)
  return done ? undefined : value
}
