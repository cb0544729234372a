package io.mendel.web;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.thread.QueuedThreadPool;

/**
 * Serves the page of one campaign on the loopback interface until it is closed.
 *
 * @since 0.1
 */
public final class CampaignServer implements AutoCloseable {

    private static final String LOOPBACK = "127.0.0.1";
    private static final int THREADS = 8;
    private static final long IDLE_MILLIS = 30_000;

    private final Server server;
    private final ServerConnector connector;

    private CampaignServer(Server server, ServerConnector connector) {
        this.server = server;
        this.connector = connector;
    }

    /**
     * Starts to serve.
     *
     * @param directory the campaign's directory
     * @param port the port, or 0 for any that is free
     * @throws IOException if the port is taken or not allowed
     */
    public static CampaignServer start(Path directory, int port) throws IOException {
        var threads = new QueuedThreadPool(THREADS, 1);
        threads.setName("web");
        threads.setDaemon(true);
        var server = new Server(threads);
        var configuration = new HttpConfiguration();
        configuration.setSendServerVersion(false);
        configuration.setSendDateHeader(false);
        var connector = new ServerConnector(server, 1, 1, new HttpConnectionFactory(configuration));
        connector.setHost(LOOPBACK);
        connector.setPort(port);
        connector.setIdleTimeout(IDLE_MILLIS);
        server.addConnector(connector);
        server.setHandler(new CampaignHandler(new LiveCampaign(directory)));
        var started = new CampaignServer(server, connector);
        try {
            server.start();
            return started;
        } catch (IOException e) {
            started.close();
            throw e;
        } catch (Exception e) {
            // Jetty's life cycle declares Exception; what it throws here beside IOException is a defect.
            throw new IllegalStateException("The web server cannot be started.", e);
        }
    }

    /** Where the page is. */
    public URI address() {
        return URI.create("http://" + LOOPBACK + ":" + connector.getLocalPort() + "/");
    }

    @Override
    public void close() {
        try {
            server.stop();
        } catch (Exception e) {
            // Jetty's life cycle declares Exception; a server that does not stop has daemon threads only.
            System.getLogger(CampaignServer.class.getName())
                    .log(System.Logger.Level.DEBUG, "stopping the web server", e);
        }
    }
}
