/**
 * What {@code java -jar wanda-gpu.jar} starts: finds a JDK that can run the program and runs it there.
 *
 * <p>The program needs JDK 25 or newer and flags that no jar can set for itself ({@code --add-modules
 * jdk.incubator.vector} above all). {@link org.wandagpu.launcher.Launcher} therefore is compiled for Java 8, looks for
 * a JDK ({@link org.wandagpu.launcher.JdkSearch}), and starts {@code org.wandagpu.cli.Main} of the same class path in a
 * child process whose streams, signals and exit code are its own ({@link org.wandagpu.launcher.ChildProcess}).
 *
 * <p>Imports nothing but Java 8's own classes, and does as little as it can: all it takes is added to every command.
 */
package org.wandagpu.launcher;
