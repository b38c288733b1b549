package org.wandagpu.launcher;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;

/**
 * Passes on the signals that ask a program to end: the first asks the child to end, which lets it clean up, the second
 * ends it at once. The launcher itself ends when the child has.
 *
 * <p>A Ctrl-C on the terminal reaches the child without help too; asked to end twice, a JVM heeds the first.
 *
 * <p>Java 8's own classes know no signals. {@code sun.misc.Signal}, which every JDK has, does, but the compiler hides
 * it from code for an old release; hence the reflection.
 */
final class SignalRelay implements InvocationHandler {

    private static final String[] ENDING = {"HUP", "INT", "TERM"};
    private static final int TERMINATED = 128 + 15;

    private int firstSignal;
    private Process child;

    private SignalRelay() {
    }

    /** Takes over the ending signals of this process; one that cannot be taken over ends the launcher as before. */
    static SignalRelay install() {
        SignalRelay relay = new SignalRelay();
        for (String name : ENDING) {
            try {
                Class<?> signal = Class.forName("sun.misc.Signal");
                Class<?> handler = Class.forName("sun.misc.SignalHandler");
                signal.getMethod("handle", signal, handler).invoke(null,
                        signal.getConstructor(String.class).newInstance(name),
                        Proxy.newProxyInstance(handler.getClassLoader(), new Class<?>[] {handler}, relay));
            } catch (ReflectiveOperationException e) {
                // not known to this system, or kept by the JVM for itself: nothing to relay
            }
        }
        return relay;
    }

    /** Called with {@code SignalHandler.handle(Signal)} on a thread of the signal's own. */
    @Override
    public Object invoke(Object proxy, Method method, Object[] arguments) throws ReflectiveOperationException {
        if (method.getName().equals("handle")) {
            Object signal = arguments[0];
            received((Integer) signal.getClass().getMethod("getNumber").invoke(signal));
        }
        return null;
    }

    private synchronized void received(int signal) {
        boolean first = firstSignal == 0;
        if (first) {
            firstSignal = signal;
        }
        if (child != null) {
            end(first);
        }
    }

    /** Names the child; a signal that came before it was started reaches it now. */
    synchronized void relayTo(Process started) {
        child = started;
        if (firstSignal != 0) {
            end(true);
        }
    }

    private void end(boolean gently) {
        if (gently) {
            child.destroy();
        } else {
            child.destroyForcibly();
        }
    }

    /** The exit code for a child's: one that ended because it was asked to counts as ended by what asked for it. */
    synchronized int exitCode(int childCode) {
        return childCode == TERMINATED && firstSignal != 0 ? 128 + firstSignal : childCode;
    }
}
