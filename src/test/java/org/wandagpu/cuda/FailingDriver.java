package org.wandagpu.cuda;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntPredicate;
import org.wandagpu.failure.DeviceException;

/**
 * A driver whose n-th call fails, and which keeps count of what is given out and given back. Calls of several threads run
 * one after the other.
 */
public final class FailingDriver {

    private static final List<String> GIVING_OUT = List.of("openContext", "loadModule", "allocate", "allocatePinned",
            "createStream", "createEvent");
    private static final List<String> GIVING_BACK = List.of("closeContext", "unloadModule", "free", "freePinned",
            "destroyStream", "destroyEvent");

    private final Driver real;
    private final IntPredicate fails;
    private final List<String> calls = new ArrayList<>();
    private int givenOut;
    private String failed = "";

    /** @param failing index of the call that fails, from 0; -1 for none */
    public FailingDriver(Driver real, int failing) {
        this.real = real;
        this.fails = index -> index == failing;
    }

    private FailingDriver(Driver real, IntPredicate fails) {
        this.real = real;
        this.fails = fails;
    }

    /** A device that is lost: this call and all that follow fail, those that give back included. */
    public static FailingDriver lostAt(Driver real, int call) {
        return new FailingDriver(real, index -> index >= call);
    }

    /** @param occurrence of the calls of that name, the one that fails, from 0: the same call whatever other threads do */
    public FailingDriver(Driver real, String name, int occurrence) {
        this.real = real;
        this.fails = index -> calls.get(index).equals(name)
                && calls.stream().filter(name::equals).count() == occurrence + 1L;
    }

    /** The driver itself. */
    public Driver driver() {
        return (Driver) Proxy.newProxyInstance(Driver.class.getClassLoader(), new Class<?>[] {Driver.class}, this::call);
    }

    private synchronized Object call(Object proxy, Method method, Object[] arguments) throws Throwable {
        calls.add(method.getName());
        boolean givesBack = GIVING_BACK.contains(method.getName());
        givenOut -= givesBack ? 1 : 0;
        if (fails.test(calls.size() - 1)) {
            failed = failed.isEmpty() ? method.getName() : failed;
            throw new DeviceException("planted failure of " + method.getName());
        }
        try {
            Object result = method.invoke(real, arguments);
            givenOut += GIVING_OUT.contains(method.getName()) ? 1 : 0;
            return result;
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }

    /** Names of the calls so far. */
    public List<String> calls() {
        return calls;
    }

    /** Handles that nobody has given, or tried to give, back. */
    public int givenOut() {
        return givenOut;
    }

    /** The call that failed first, empty before. */
    public String failed() {
        return failed;
    }
}
