package org.wandagpu.cli;

import java.time.Duration;
import java.util.Locale;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import org.wandagpu.schedule.Progress;

/** Progress for people: a bar with rate and time left on a terminal, else a line now and then. */
final class TerminalProgress {

    private static final int TERMINAL_WIDTH_WITHOUT_COLUMNS = 80;

    private TerminalProgress() {
    }

    static Progress of(Console console) {
        return Terminal.canRedraw() ? new Bar() : new Lines(console);
    }

    /** A bar that redraws itself on standard error. */
    private static final class Bar implements Progress {
        private ProgressBar bar;

        @Override
        public void start(String what, long steps, long done) {
            bar = new ProgressBarBuilder()
                    .setTaskName(what)
                    .setInitialMax(steps)
                    .startsFrom(done, Duration.ZERO)
                    .setStyle(ProgressBarStyle.ASCII)
                    .setUpdateIntervalMillis(250)
                    .showSpeed()
                    .setConsumer(new ConsoleProgressBarConsumer(System.err, width()))
                    .build();
        }

        private static int width() {
            String columns = System.getenv("COLUMNS");
            return columns != null && columns.matches("\\d{2,3}") ? Integer.parseInt(columns) - 1
                    : TERMINAL_WIDTH_WITHOUT_COLUMNS - 1;
        }

        @Override
        public void step(long steps) {
            bar.stepBy(steps);
        }

        @Override
        public void message(String line) {
            bar.setExtraMessage(" " + line);
        }

        @Override
        public void end() {
            bar.close();
        }
    }

    /** A line a message; where a stretch of work sends none, a line every half minute. */
    private static final class Lines implements Progress {
        private static final Duration SILENCE = Duration.ofSeconds(30);

        private final Console console;
        private String what;
        private long steps;
        private long done;
        private long doneBefore;
        private long begin;
        private long lastLine;

        Lines(Console console) {
            this.console = console;
        }

        @Override
        public void start(String name, long count, long before) {
            what = name;
            steps = count;
            done = before;
            doneBefore = before;
            begin = System.nanoTime();
            lastLine = begin;
        }

        @Override
        public void step(long count) {
            done += count;
            if (System.nanoTime() - lastLine > SILENCE.toNanos()) {
                print("");
            }
        }

        @Override
        public void message(String line) {
            print(", " + line);
        }

        private void print(String suffix) {
            double seconds = (System.nanoTime() - begin) / 1e9;
            double left = done > doneBefore ? seconds / (done - doneBefore) * (steps - done) : Double.NaN;
            console.note(String.format(Locale.ROOT, "%s %d/%d, %.1f s%s%s", what, done, steps, seconds,
                    Double.isNaN(left) ? "" : String.format(Locale.ROOT, ", %.1f s left", left), suffix));
            lastLine = System.nanoTime();
        }

        @Override
        public void end() {
        }
    }
}
