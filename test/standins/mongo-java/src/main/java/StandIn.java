import de.bwaldvogel.mongo.MongoServer;
import de.bwaldvogel.mongo.MongoVersion;
import de.bwaldvogel.mongo.backend.memory.MemoryBackend;
import de.bwaldvogel.mongo.bson.Document;
import de.bwaldvogel.mongo.exception.MongoServerException;
import de.bwaldvogel.mongo.wire.message.MongoMessage;
import java.net.InetSocketAddress;
import java.util.List;

/** A server with MongoDB's wire protocol that is not ours. It stores everything in memory. */
public final class StandIn {
    /** The lowest version that the driver accepts. By default the server reports a lower one than it supports. */
    private static final MongoVersion VERSION = new MongoVersion() {
        @Override
        public List<Integer> getVersionArray() {
            return List.of(4, 4, 0);
        }

        @Override
        public int getWireVersion() {
            return 9;
        }
    };

    private StandIn() {
    }

    /**
     * Answers one command at a time: version 1.47.0 creates collections and reads their names without a lock, and
     * rarely fails when clients do both at once. Prints unexpected errors, which clients see without their cause.
     */
    private static final class SerialBackend extends MemoryBackend {
        @Override
        public synchronized Document handleMessage(MongoMessage message) {
            try {
                return super.handleMessage(message);
            } catch (MongoServerException error) {
                throw error;
            } catch (RuntimeException error) {
                error.printStackTrace();
                throw error;
            }
        }
    }

    public static void main(String[] args) throws InterruptedException {
        MongoServer server = new MongoServer(new SerialBackend().version(VERSION));
        InetSocketAddress address = server.bind();
        Runtime.getRuntime().addShutdownHook(new Thread(server::shutdownNow));
        System.out.println("mongodb://127.0.0.1:" + address.getPort() + "/");
        Thread.currentThread().join();
    }
}
