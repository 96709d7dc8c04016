/** Removes what one domain stores about a show. Safe to repeat. */
export type RemoveOfShow = (showId: string) => Promise<void>

export type ShowData = ReturnType<typeof createShowData>

/** Registry of everything that is removed with a show. Each domain registers once, under its name. */
export function createShowData() {
  const removals = new Map<string, RemoveOfShow>()

  return {
    register(name: string, remove: RemoveOfShow): void {
      removals.set(name, remove)
    },

    /** Removes everything that is stored about a show, except the show itself. */
    async remove(showId: string): Promise<void> {
      for (const remove of removals.values()) await remove(showId)
    }
  }
}
