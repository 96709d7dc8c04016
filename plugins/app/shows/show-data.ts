import fp from 'fastify-plugin'

declare module 'fastify' {
  interface FastifyInstance {
    showData: ShowData
  }
}

/** Removes what one concern keeps of a show. Safe to repeat. */
export type RemoveOfShow = (showId: string) => Promise<void>

export type ShowData = ReturnType<typeof createShowData>

/** Where every concern that keeps something in shows says, once and by its name, how that goes when the show goes. */
export function createShowData() {
  const removals = new Map<string, RemoveOfShow>()

  return {
    register(name: string, remove: RemoveOfShow): void {
      removals.set(name, remove)
    },

    /** Removes everything that is kept of a show, but the show itself. */
    async remove(showId: string): Promise<void> {
      for (const remove of removals.values()) await remove(showId)
    }
  }
}

export default fp(
  async app => {
    app.decorate('showData', createShowData())
  },
  { name: 'show-data' }
)
