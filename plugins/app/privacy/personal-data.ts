/** The personal data that one concern stores: how to export it, and how to erase it. */
export interface PersonalDataKeeper {
  /**
   * Yields everything stored about the person, one record after the other, but no secrets. Yields an
   * `UnreadableRecord` for a damaged record, and throws when the store is unavailable.
   */
  export(userId: string): AsyncIterable<object>
  /** Removes it, or removes the person from records that others still need. Safe to repeat. */
  erase(userId: string): Promise<void>
}

export type PersonalData = ReturnType<typeof createPersonalData>

/** Registry of the personal data that domains store. */
export function createPersonalData() {
  const keepers = new Map<string, PersonalDataKeeper>()
  const erasedLast = new Set<string>()

  return {
    /**
     * Registers a keeper under a name, which is its key in the export. Keepers export and erase in the order of
     * registration. With `isErasedLast` a keeper erases after all others, because they find their data by it.
     */
    register(name: string, keeper: PersonalDataKeeper, { isErasedLast = false } = {}): void {
      keepers.set(name, keeper)
      if (isErasedLast) erasedLast.add(name)
    },

    keepers: (): ReadonlyMap<string, PersonalDataKeeper> => keepers,

    /**
     * Erases everything stored about a person. Safe to repeat. When a keeper fails, the others still erase their data;
     * then this rejects with all errors, and the keepers that erase last wait for the next attempt.
     */
    async erase(userId: string): Promise<void> {
      const errors: unknown[] = []
      for (const [name, keeper] of keepers) {
        if (!erasedLast.has(name)) await keeper.erase(userId).catch((error: unknown) => errors.push(error))
      }
      if (errors.length > 0) throw new AggregateError(errors, `${errors.length} keepers of personal data failed`)
      for (const name of erasedLast) await keepers.get(name)?.erase(userId)
    }
  }
}
